package protobuf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// meaning writes a value so that equal values of two types are equal texts: on the
// wire a message is known by the numbers of its fields, in JSON by their names.
func (t *trial) meaning(f field, v protoreflect.Value) string {
	var items []string
	switch {
	case f.IsMap():
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			items = append(items, t.meaning(f.MapKey(), k.Value())+":"+t.meaning(f.MapValue(), v))
			return true
		})
		slices.Sort(items)
	case f.IsList():
		for i := range v.List().Len() {
			items = append(items, t.one(f, v.List().Get(i)))
		}
	default:
		return t.one(f, v)
	}
	return strings.Join(items, ",")
}

func (t *trial) one(f field, v protoreflect.Value) string {
	switch f.Kind() {
	case protoreflect.BoolKind:
		if v.Bool() {
			return "1"
		}
		return "0"
	case protoreflect.EnumKind:
		if named := f.Enum().Values().ByNumber(v.Enum()); named != nil && t.values != nil {
			return string(named.Name())
		}
		return itoa(v.Enum())
	case protoreflect.MessageKind, protoreflect.GroupKind:
		var items []string
		v.Message().Range(func(f field, v protoreflect.Value) bool {
			key := itoa(f.Number())
			if t.way.in == inJSON {
				key = f.JSONName()
			}
			items = append(items, key+"="+t.meaning(f, v))
			return true
		})
		slices.Sort(items)
		return "{" + strings.Join(items, ",") + "}"
	case protoreflect.BytesKind:
		return strconv.Quote(string(v.Bytes()))
	case protoreflect.StringKind:
		return strconv.Quote(v.String())
	case protoreflect.FloatKind:
		return strconv.FormatFloat(v.Float(), 'g', -1, 32)
	case protoreflect.DoubleKind:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
	return v.String()
}

// value writes what r reads as, for people.
func (t *trial) value(r field, got protoreflect.Message) string {
	rt := typed(r)
	text := nameOf(r) + " = "
	switch v := got.Get(rt); {
	case r.IsMap() || r.IsList():
		only := dynamicpb.NewMessage(got.Descriptor())
		if got.Has(rt) {
			only.Set(rt, v)
		}
		fields := make(map[string]json.RawMessage)
		if json.Unmarshal([]byte(written(only, t.reader.port)), &fields) == nil && len(fields) == 1 {
			for _, inside := range fields {
				return text + string(inside)
			}
		}
		return text + map[bool]string{true: "{}", false: "[]"}[r.IsMap()]
	case r.Message() != nil && !got.Has(rt):
		return nameOf(r) + " is not set"
	case r.Message() != nil:
		return text + written(v.Message(), t.reader.port)
	case r.Enum() != nil:
		text += enumText(r.Enum(), v.Enum())
	case r.Kind() == protoreflect.BoolKind:
		text += strconv.FormatBool(v.Bool())
	default:
		text += t.one(r, v)
	}
	if !got.Has(rt) {
		text += " (not set)"
	}
	return text
}

// enumText names a value; one without a name goes by its number.
func enumText(e enum, n enumNumber) string {
	if v := e.Values().ByNumber(n); v != nil {
		return string(v.Name())
	}
	return fmt.Sprintf("%d, which has no name there", n)
}

// written returns m as JSON, without the spaces that the library varies on purpose;
// empty if it has no JSON form.
func written(m protoreflect.Message, in *port) string {
	data, err := protojson.MarshalOptions{AllowPartial: true, Resolver: resolver{in}}.Marshal(m.Interface())
	var b bytes.Buffer
	if err != nil || json.Compact(&b, data) != nil {
		return ""
	}
	return b.String()
}

// escaped writes the strings of m that are not UTF-8, which JSON cannot.
func escaped(m protoreflect.Message) string {
	text := ""
	m.Range(func(f field, v protoreflect.Value) bool {
		if f.IsList() && v.List().Len() == 1 {
			v = v.List().Get(0)
		}
		if s, ok := v.Interface().(string); ok {
			text = fmt.Sprintf("{%q:%s}", f.JSONName(), strconv.QuoteToASCII(s))
		}
		return text == ""
	})
	return text
}

// where is how the library begins a message: with its name, and a place in JSON that
// nobody else sees.
var whereInJSON = regexp.MustCompile(`^proto:\s*(\(line \d+:\d+\):\s*)?(syntax error \(line \d+:\d+\):\s*)?`)

// refusal words why nothing is read.
func refusal(err error) string {
	text := strings.ReplaceAll(err.Error(), "\u00a0", " ") // which of the two it is varies on purpose
	return "an error: " + whereInJSON.ReplaceAllString(text, "")
}
