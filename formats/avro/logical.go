package avro

import (
	"fmt"
	"math"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A meaning is what a logical type says of its values.
type meaning struct {
	bases []kind
	what  string // of the same: they differ in unit or zone alone
	unit  string
	zone  string
}

// meanings are the logical types of the specification ("Logical Types").
func meanings(name string) (m meaning, ok bool) {
	integer := func(k kind, what, unit, zone string) (meaning, bool) {
		return meaning{[]kind{k}, what, unit, zone}, true
	}
	switch name {
	case "decimal":
		return meaning{bases: []kind{bytesKind, fixedKind}, what: name}, true
	case "big-decimal":
		return meaning{bases: []kind{bytesKind}, what: name}, true
	case "uuid":
		return meaning{bases: []kind{stringKind, fixedKind}, what: name}, true
	case "duration":
		return meaning{bases: []kind{fixedKind}, what: name}, true
	case "date":
		return integer(intKind, "a moment", "days", "")
	case "time-millis":
		return integer(intKind, "a time of day", "milliseconds", "")
	case "time-micros":
		return integer(longKind, "a time of day", "microseconds", "")
	case "timestamp-millis":
		return integer(longKind, "a moment", "milliseconds", "UTC")
	case "timestamp-micros":
		return integer(longKind, "a moment", "microseconds", "UTC")
	case "timestamp-nanos":
		return integer(longKind, "a moment", "nanoseconds", "UTC")
	case "local-timestamp-millis":
		return integer(longKind, "a moment", "milliseconds", "no zone")
	case "local-timestamp-micros":
		return integer(longKind, "a moment", "microseconds", "no zone")
	case "local-timestamp-nanos":
		return integer(longKind, "a moment", "nanoseconds", "no zone")
	}
	return meaning{}, false
}

// maxPrecision bounds what is read of a decimal: no number needs more digits.
const maxPrecision = 1_000_000

// logicalOf returns the logical type that the object n gives to a schema of kind k. One
// that is unknown, or not valid here, is ignored by readers: the data is what it is
// without it.
func logicalOf(n *document.Node, k kind, size int) logical {
	name := n.Get("logicalType").String()
	m, ok := meanings(name)
	if !ok || !isOne(k, m.bases) {
		return logical{}
	}
	l := logical{name: name}
	switch {
	case name == "duration" && size != 12, name == "uuid" && k == fixedKind && size != 16:
		return logical{}
	case name == "decimal":
		precision, ok1 := whole(n.Get("precision"), maxPrecision)
		scale, ok2 := 0, true
		if s := n.Get("scale"); s != nil {
			scale, ok2 = whole(s, maxPrecision)
		}
		if !ok1 || !ok2 || precision < 1 || scale > precision || k == fixedKind && precision > digits(size) {
			return logical{}
		}
		l.precision, l.scale = precision, scale
	}
	return l
}

// digits is how many decimal digits always fit into a fixed of size bytes.
func digits(size int) int {
	return int(math.Floor(math.Log10(2) * float64(8*size-1)))
}

func isOne(k kind, of []kind) bool {
	for _, one := range of {
		if k == one {
			return true
		}
	}
	return false
}

func (l logical) String() string {
	if l.name == "decimal" {
		return fmt.Sprintf("decimal(%d, %d)", l.precision, l.scale)
	}
	return l.name
}

func (l logical) suffix() string {
	if l.name == "" {
		return ""
	}
	return " (" + l.String() + ")"
}
