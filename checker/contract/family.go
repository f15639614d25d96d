package contract

import (
	"regexp"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// A family is a kind of values, whatever a language calls it.
type family string

const (
	text    family = "text"
	integer family = "integer"
	number  family = "number"
	yesNo   family = "boolean"
	octets  family = "bytes"
	instant family = "instant"
	day     family = "date"
	clock   family = "time"
	object  family = "object"
	array   family = "array"
	table   family = "map"
	unknown family = ""
)

// families are what languages call their types, in small letters.
var families = map[family][]string{
	text: {"string", "text", "varchar", "char", "character", "nvarchar", "uuid", "stringvalue", "enum"},
	integer: {
		"integer", "int", "long", "bigint", "smallint", "tinyint", "int8", "int16", "int32", "int64", "uint32", "uint64",
		"sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64", "int32value", "int64value", "uint32value", "uint64value",
	},
	number:  {"number", "numeric", "decimal", "double", "float", "real", "float64", "float32", "floatvalue", "doublevalue", "money"},
	yesNo:   {"boolean", "bool", "boolvalue"},
	octets:  {"bytes", "binary", "bytea", "blob", "varbinary", "bytesvalue"},
	instant: {"timestamp", "datetime", "timestamptz", "timestamp_tz", "timestamp_ntz", "timestamp-millis", "timestamp-micros"},
	day:     {"date"},
	clock:   {"time", "timeofday"},
	object:  {"object", "record", "struct", "row"},
	array:   {"array", "list", "repeated"},
	table:   {"map"},
}

var typeWord = regexp.MustCompile(`[\w.-]+`)

// familyOf says of what kind the values of an element are, by how the language writes
// its type: number (DECIMAL(10,2)), google.protobuf.Timestamp.
func familyOf(o *schema.Outline, e schema.Edge) family {
	if parts := o.Decls[e.Decl]; len(parts) > 0 {
		switch parts[0].Step {
		case change.Items:
			return array
		case change.Values:
			return table
		}
	}
	word := strings.ToLower(typeWord.FindString(e.Type))
	word = word[strings.LastIndexByte(word, '.')+1:]
	for f, words := range families {
		if slices.Contains(words, word) {
			return f
		}
	}
	switch {
	case e.Values != nil:
		return text
	case e.Decl != "":
		return object
	}
	return unknown
}

// An accord says whether what is served is what is promised. The order matters: less
// is worse.
type accord uint8

const (
	apart  accord = iota
	unsure        // the one may stand for the other, or a type is not known
	agrees
)

// accord holds the kind of values that an element is promised to have against the one
// that is served.
func (e element) accord() accord {
	times := []family{instant, day, clock}
	switch want, is := e.want, e.is; {
	case e.promised.Type == "", want == is && want != unknown, want == number && is == integer:
		return agrees
	case want == unknown, is == unknown,
		slices.Contains(times, want) && (is == text || is == integer || slices.Contains(times, is)), // written out, or counted
		want == text && slices.Contains(times, is),
		want == text && is == octets, want == octets && is == text,
		want == object && is == table, want == table && is == object:
		return unsure
	}
	return apart
}
