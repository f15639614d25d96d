package protobuf

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

var kinds = []string{
	"int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64",
	"bool", "string", "bytes", "float", "double", "E", "M2", "repeated int32", "repeated string",
	"map<string, int32>", "map<string, string>", "map<int64, int32>", "map<string, E>",
}

// Kinds between which JSON is the same text, though a codec takes it for another
// value: a number with the digits that its first kind needs.
var sameInJSON = [][2]string{{"float", "double"}}

// What compare says of two types is what a codec does: every pair of kinds is
// written with one and read with the other, at the edges of what they hold.
func TestKindsAgainstACodec(t *testing.T) {
	text := func(kind string) string {
		return proto3 + "message M { " + kind + " f = 1; } message M2 { int32 x = 1; } enum E { Z = 0; A = 1; B = 2; }"
	}
	for _, from := range kinds {
		for _, to := range kinds {
			if from == to {
				continue
			}
			base, err1 := loadPort(files{"a.proto": text(from)})
			head, err2 := loadPort(files{"a.proto": text(to)})
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			d := &differ{pairing: pair(base, head), compared: make(map[[2]string]risk)}
			was, now := fieldOf(base), fieldOf(head)
			got := d.compare(was, now)
			for _, way := range []struct {
				risk           risk
				writer, reader field
				codec          func(m protoreflect.Message, into protoreflect.Message) error
				exact          bool
			}{
				{wireNew, now, was, throughBytes, true}, {wireOld, was, now, throughBytes, true},
				// A reader of JSON need not be a Protobuf library: more is at risk than a codec shows.
				{jsonNew, now, was, throughJSON, false}, {jsonOld, was, now, throughJSON, false},
			} {
				bad := lossOf(way.writer, way.reader, way.codec)
				if sameText := [2]string{way.writer.Kind().String(), way.reader.Kind().String()}; !way.exact && slices.Contains(sameInJSON, sameText) {
					bad = ""
				}
				if said := got&way.risk != 0; bad != "" && !said || way.exact && bad == "" && said {
					t.Errorf("%s became %s: risk %b is %v, but %q", from, to, way.risk, said, bad)
				}
			}
		}
	}
}

func fieldOf(p *port) field {
	return p.decls["p.v1.M"].(message).Fields().ByName("f")
}

func throughBytes(m, into protoreflect.Message) error {
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(m.Interface())
	if err == nil {
		err = proto.Unmarshal(data, into.Interface())
	}
	return err
}

func throughJSON(m, into protoreflect.Message) error {
	data, err := protojson.Marshal(m.Interface())
	if err == nil {
		err = protojson.Unmarshal(data, into.Interface())
	}
	return err
}

// lossOf returns a value that does not come back, or nothing.
func lossOf(writer, reader field, codec func(m, into protoreflect.Message) error) string {
	for _, v := range edges(writer) {
		m, into := dynamicpb.NewMessage(writer.ContainingMessage()), dynamicpb.NewMessage(reader.ContainingMessage())
		m.Set(writer, v)
		if err := codec(m, into); err != nil {
			return err.Error()
		}
		if a, b := meaning(writer, m.Get(writer)), meaning(reader, into.Get(reader)); a != b {
			return a + " is read as " + b
		}
	}
	return ""
}

// edges lists values at the edges of what f holds.
func edges(f field) []protoreflect.Value {
	if f.IsMap() {
		all := dynamicpb.NewMessage(f.ContainingMessage()).NewField(f)
		keys, values := edges(f.MapKey()), edges(f.MapValue())
		for i := range 2 {
			all.Map().Set(keys[i].MapKey(), values[len(values)-1-i])
		}
		return []protoreflect.Value{all}
	}
	if f.IsList() {
		list := dynamicpb.NewMessage(f.ContainingMessage()).NewField(f)
		for range 2 {
			one := edges(singular{f})
			list.List().Append(one[len(one)-1])
		}
		return []protoreflect.Value{list}
	}
	var all []protoreflect.Value
	add := func(values ...any) {
		for _, v := range values {
			all = append(all, protoreflect.ValueOf(v))
		}
	}
	switch f.Kind() {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		add(int32(1), int32(-1), int32(math.MaxInt32), int32(math.MinInt32))
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		add(int64(1), int64(-1), int64(math.MaxInt64), int64(math.MinInt64))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		add(uint32(1), uint32(2), uint32(math.MaxUint32))
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		add(uint64(1), uint64(2), uint64(math.MaxUint64))
	case protoreflect.BoolKind:
		add(true)
	case protoreflect.FloatKind:
		add(float32(1), float32(1.5), float32(math.MaxFloat32))
	case protoreflect.DoubleKind:
		add(float64(1), 1.1, math.MaxFloat64)
	case protoreflect.StringKind:
		add("a", "ä", "\x08\x01")
	case protoreflect.BytesKind:
		add([]byte("a"), []byte{0xff, 0xfe}, []byte{8, 1})
	case protoreflect.EnumKind:
		add(protoreflect.EnumNumber(1), protoreflect.EnumNumber(2), protoreflect.EnumNumber(-1))
	case protoreflect.MessageKind:
		m := dynamicpb.NewMessage(f.Message())
		m.Set(f.Message().Fields().Get(0), protoreflect.ValueOfInt32(7))
		all = append(all, protoreflect.ValueOfMessage(m))
	}
	return all
}

// A singular is a field as if it were not repeated.
type singular struct{ protoreflect.FieldDescriptor }

func (singular) IsList() bool { return false }

// meaning writes a value so that equal values of two kinds are equal texts. A list
// of one is that one, as a list is what a value can grow into.
func meaning(f field, v protoreflect.Value) string {
	if f.IsMap() {
		var items []string
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			items = append(items, meaning(f.MapKey(), k.Value())+": "+meaning(f.MapValue(), v))
			return true
		})
		slices.Sort(items)
		return "map " + strings.Join(items, ", ")
	}
	if f.IsList() {
		var items []string
		for i := range v.List().Len() {
			items = append(items, meaning(singular{f}, v.List().Get(i)))
		}
		return strings.Join(items, ",")
	}
	switch f.Kind() {
	case protoreflect.BoolKind:
		if v.Bool() {
			return "1"
		}
		return "0"
	case protoreflect.EnumKind:
		return fmt.Sprint(v.Enum())
	case protoreflect.MessageKind:
		return "message " + meaning(f.Message().Fields().Get(0), v.Message().Get(f.Message().Fields().Get(0)))
	case protoreflect.BytesKind:
		return fmt.Sprintf("%q", v.Bytes())
	case protoreflect.StringKind:
		return fmt.Sprintf("%q", v.String())
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	return v.String()
}

// Messages and enums are compared by what they hold where their names differ.
func TestShapes(t *testing.T) {
	tests := []struct{ name, head, base, now, want string }{
		{"another message of the same shape", proto3, "message M { A f = 1; B g = 2; } message A { int32 x = 1; } message B { int32 x = 1; }", "message M { B f = 1; A g = 2; } message A { int32 x = 1; } message B { int32 x = 1; }", ""},
		{"a shape within a shape", proto3, "message M { A f = 1; A g = 2; B h = 3; } message A { A a = 1; int32 x = 2; } message B { B a = 1; int32 x = 2; }", "message M { B f = 1; A g = 2; B h = 3; } message A { A a = 1; int32 x = 2; } message B { B a = 1; int32 x = 2; }", ""},
		{"a message that has less", proto3, "message M { A f = 1; A g = 2; B h = 3; } message A { int32 x = 1; int32 y = 2; } message B { int32 x = 1; }", "message M { B f = 1; A g = 2; B h = 3; } message A { int32 x = 1; int32 y = 2; } message B { int32 x = 1; }", "json replay"},
		{"other names inside", proto3, "message M { A f = 1; A g = 2; B h = 3; } message A { int32 x = 1; } message B { int32 y = 1; }", "message M { B f = 1; A g = 2; B h = 3; } message A { int32 x = 1; } message B { int32 y = 1; }", "json"},
		{"an enum that has more", proto2, "message M { optional A f = 1; optional A g = 2; optional B h = 3; } enum A { X = 0; } enum B { Y = 0; Z = 1; }", "message M { optional B f = 1; optional A g = 2; optional B h = 3; } enum A { X = 0; } enum B { Y = 0; Z = 1; }", "wire json"},
		{"a group becomes a message", proto2, "message M { optional group F = 1 { optional int32 x = 1; } }", "message M { optional F f = 1; message F { optional int32 x = 1; } }", "wire json replay"},
		{"a message becomes bytes", proto3, "message M { A f = 1; } message A { int32 x = 1; }", "message M { bytes f = 1; } message A { int32 x = 1; }", "wire json replay"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changes := diffText(t, tt.head, tt.base, tt.now, nil)
			i := slices.IndexFunc(changes, func(c change.Change) bool {
				return c.Rule == fieldTypeChanged && strings.HasSuffix(string(c.Path), "M.f")
			})
			if i < 0 {
				t.Fatalf("got %s", ruleNames(changes))
			}
			if got := strings.TrimSpace(strings.TrimSuffix(strings.Join(changes[i].Breaks().Names(), " "), "code")); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
