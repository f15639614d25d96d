package protobuf

import (
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// witnessOf compares two texts and looks for a value that shows the change by rule.
func witnessOf(t *testing.T, r *change.Rule, root, before, after string) *schema.Witness {
	t.Helper()
	var sides []schema.Schema
	for _, text := range []string{before, after} {
		f := files{"a.proto": text}
		s, err := Format.Load(t.Context(), schema.Request{FS: f.fs(), Paths: f.protos(), Root: root})
		if err != nil {
			t.Fatal(err)
		}
		sides = append(sides, s)
	}
	changes, err := Format.Diff(sides[0], sides[1])
	i := slices.IndexFunc(changes, func(c change.Change) bool { return c.Rule == r })
	if err != nil || i < 0 {
		t.Fatalf("%s is not found: %s %v", r.ID, ruleNames(changes), err)
	}
	return Format.Prove(t.Context(), sides[0], sides[1], changes[i])
}

func TestWitnesses(t *testing.T) {
	tests := []struct {
		name          string
		rule          *change.Rule
		head          string
		before, after string
		want          string // the surface, and the sentence
	}{
		{"a field that is gone reads as empty, beside one that is left", fieldRemoved, proto3, `message M { string id = 1; double d = 2; }`, `message M { string id = 1; reserved 2; }`,
			`value: written now {"id":"a"} is read by the old reader as d = 0 (not set)`},
		{"an integer that no longer fits", fieldTypeChanged, proto3, `message M { int32 n = 1; }`, `message M { int64 n = 1; }`,
			`wire: written now {"n":"9223372036854775807"} is read by the old reader as n = -1`},
		{"a sign that is read as another number", fieldTypeChanged, proto3, `message M { sint32 n = 1; }`, `message M { int32 n = 1; }`,
			`wire: written now {"n":1} is read by the old reader as n = -1`},
		{"an integer that no longer fits old data only", fieldTypeChanged, proto3, `message M { int64 n = 1; }`, `message M { int32 n = 1; }`,
			`replay: written before {"n":"9223372036854775807"} is read by the new reader as n = -1`},
		{"another layout on the wire is skipped", fieldTypeChanged, proto3, `message M { string s = 1; }`, `message M { int32 s = 1; }`,
			`wire: written now {"s":1} is read by the old reader as s = "" (not set)`},
		{"bytes that are no text are refused", fieldTypeChanged, proto3, `message M { string s = 1; }`, `message M { bytes s = 1; }`,
			`wire: written now {"s":"/w=="} is read by the old reader as an error: field p.v1.M.s contains invalid UTF-8`},
		{"one of many", fieldTypeChanged, proto3, `message M { string s = 1; }`, `message M { repeated bytes s = 1; }`,
			`wire: written now {"s":["/w=="]} is read by the old reader as an error: field p.v1.M.s contains invalid UTF-8`},
		{"a list of which one is kept", cardinalityChanged, proto3, `message M { string s = 1; }`, `message M { repeated string s = 1; }`,
			`wire: written now {"s":["a","1"]} is read by the old reader as s = "1"`},
		{"a map in JSON", cardinalityChanged, proto3, `message M { map<string, int32> m = 1; }`, `message M { repeated MEntry m = 1; message MEntry { string key = 1; int32 value = 2; } }`,
			`json: written now {"m":[{"key":"a"}]} is read by the old reader as an error: unexpected token [`},
		{"fields that changed places", fieldNumbersSwapped, proto3, `message M { int32 a = 1; int32 b = 2; }`, `message M { int32 a = 2; int32 b = 1; }`,
			`wire: written now {"a":1} is read by the old reader as a = 0 (not set), b = 1`},
		{"a number that belongs to another field", fieldNumberReused, proto3, `message M { int64 cents = 1; }`, `message M { sint32 delta = 1; }`,
			`wire: written now {"delta":1} is read by the old reader as cents = 2`},
		{"a field that went to the number of another", fieldRenumbered, proto3, `message M { int32 a = 1; int32 b = 2; }`, `message M { int32 b = 1; }`,
			`wire: written now {"b":1} is read by the old reader as b = 0 (not set), a = 1`},
		{"another key in JSON", fieldRenamed, proto3, `message M { string a = 1; }`, `message M { string b = 1; }`,
			`json: written now {"b":"a"} is read by the old reader as a = "" (not set)`},
		{"a key that the old reader knows and the new one does not", jsonNameChanged, proto3, `message M { string a = 1 [json_name = "x"]; }`, `message M { string a = 1; }`,
			`json: written before {"x":"a"} is read by the new reader as a = "" (not set)`},
		{"a field that is required now", requiredAdded, proto2, `message M { optional string a = 1; }`, `message M { required string a = 1; }`,
			`replay: written before {} is read by the new reader as an error: required field p.v1.M.a not set`},
		{"a field that is required now, in an edition", requiredAdded, edition, `message M { string a = 1; }`, `message M { string a = 1 [features.field_presence = LEGACY_REQUIRED]; }`,
			`replay: written before {} is read by the new reader as an error: required field p.v1.M.a not set`},
		{"a field that need not be there, beside one that must", requiredRemoved, proto2, `message M { required string a = 1; required M2 m = 2; } message M2 { required int32 x = 1; }`, `message M { optional string a = 1; required M2 m = 2; } message M2 { required int32 x = 1; }`,
			`wire: written now {"m":{"x":1}} is read by the old reader as an error: required field p.v1.M.a not set`},
		{"an empty value that was known to be set", presenceRemoved, proto3, `message M { optional int32 a = 1; }`, `message M { int32 a = 1; }`,
			`replay: written before {"a":0} is read by the new reader as a = 0 (not set)`},
		{"a default", defaultChanged, proto2, `message M { optional int32 a = 1 [default = 5]; }`, `message M { optional int32 a = 1 [default = 7]; }`,
			`value: written now {} is read by the old reader as a = 5 (not set)`},
		{"a oneof that took fields in", fieldJoinedOneof, proto3, `message M { int32 a = 1; int32 b = 2; }`, `message M { oneof o { int32 a = 1; int32 b = 2; } }`,
			`replay: written before {"a":1,"b":1} is read by the new reader as a = 0 (not set)`},
		{"a new member of a oneof", oneofMemberAdded, proto3, `message M { oneof o { int32 a = 1; } }`, `message M { oneof o { int32 a = 1; int32 b = 2; } }`,
			`value: written now {"b":1} is read by the old reader as {}`},
		{"strings that are checked now", textCheckChanged, edition, `option features.utf8_validation = NONE; message M { string s = 1; }`, `message M { string s = 1; }`,
			`replay: written before {"s":"\xff"} is read by the new reader as an error: field p.v1.M.s contains invalid UTF-8`},

		{"a new value of an enum", enumValueAdded, proto3, `message M { E e = 1; } enum E { Z = 0; }`, `message M { E e = 1; } enum E { Z = 0; A = 1; }`,
			`value: written now {"e":"A"} is read by the old reader as e = 1, which has no name there`},
		{"a value that is gone, in a list", enumValueRemoved, proto3, `message M { repeated E e = 1; } enum E { Z = 0; A = 1; }`, `message M { repeated E e = 1; } enum E { Z = 0; }`,
			`replay: written before {"e":["A"]} is read by the new reader as e = [1]`},
		{"a value with another name", enumValueRenamed, proto3, `message M { E e = 1; } enum E { Z = 0; A = 1; }`, `message M { E e = 1; } enum E { Z = 0; B = 1; }`,
			`json: written now {"e":"B"} is read by the old reader as an error: invalid value for enum field e: "B"`},
		{"a second name that is gone", enumAliasRemoved, proto3, `message M { E e = 1; } enum E { option allow_alias = true; Z = 0; A = 1; B = 1; }`, `message M { E e = 1; } enum E { Z = 0; A = 1; }`,
			`json: written before {"e":"B"} is read by the new reader as an error: invalid value for enum field e: "B"`},
		{"an enum that no message holds", enumNumbersSwapped, proto2, `enum E { Z = 0; A = 1; B = 2; }`, `enum E { Z = 0; B = 1; A = 2; }`,
			`wire: written now {"value":"A"} is read by the old reader as value = B`},

		{"a message that is gone", messageRemoved, proto3, `message M { string a = 1; } message N {}`, `message N {}`,
			`replay: written before {"@type":"type.googleapis.com/p.v1.M"} is read by the new reader as an error: there is no type p.v1.M`},
		{"a response of another type", responseTypeChanged, proto3, `message Q {} message A { string id = 1; } message B { A a = 1; } service S { rpc Get(Q) returns (A); }`, `message Q {} message A { string id = 1; } message B { A a = 1; } service S { rpc Get(Q) returns (B); }`,
			`wire: written now {"a":{"id":"a"}} is read by the old reader as id = "\n\x01a"`},
		{"what is sent is written before", fieldTypeChanged, proto3, `message Q { int64 n = 1; } message R {} service S { rpc Get(Q) returns (R); }`, `message Q { int32 n = 1; } message R {} service S { rpc Get(Q) returns (R); }`,
			`request: written before {"n":"9223372036854775807"} is read by the new reader as n = -1`},
		{"an extension", extensionRemoved, proto2, `message M { extensions 10 to 20; } extend M { optional string x = 10; }`, `message M { extensions 10 to 20; }`,
			`value: written now {} is read by the old reader as [p.v1.x] = "" (not set)`},
		{"a range for the extensions of others", extensionRangeRemoved, proto2, `message M { extensions 10 to 20; }`, `message M { extensions 15 to 20; }`,
			`replay: written before {"[some.value]":"a"} is read by the new reader as {}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := witnessOf(t, tt.rule, "", tt.head+tt.before, tt.head+tt.after)
			if w == nil {
				t.Fatal("none is found")
			}
			if got := strings.Join(w.Surface.Names(), " ") + ": " + w.String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// The value is one of the type that the port serves, with the way to what changed.
func TestWitnessFromTheRoot(t *testing.T) {
	const before = proto3 + `message Order { string id = 1; Cart cart = 2; } message Cart { repeated Line lines = 1; map<string, Line> by = 2; } message Line { string sku = 1; E e = 2; } enum E { Z = 0; A = 1; }`
	w := witnessOf(t, fieldTypeChanged, "Order", before, strings.Replace(before, "string sku", "int32 sku", 1))
	if got, want := w.String(), `written now {"cart":{"lines":[{"sku":1}]}} is read by the old reader as cart.lines[0].sku = "" (not set)`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	w = witnessOf(t, oneofMemberAdded, "Order", strings.Replace(before, "string sku = 1;", "oneof o { string sku = 1; }", 1), strings.Replace(before, "string sku = 1;", "oneof o { string sku = 1; string ean = 3; }", 1))
	if got, want := w.String(), `written now {"cart":{"lines":[{"ean":"a"}]}} is read by the old reader as cart.lines[0] = {}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	w = witnessOf(t, enumValueRenamed, "Order", before, strings.Replace(before, "A = 1", "B = 1", 1))
	if got, want := w.String(), `written now {"cart":{"lines":[{"e":"B"}]}} is read by the old reader as an error: invalid value for enum field e: "B"`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What no codec can show has no witness, and nothing is made up for it.
func TestNoWitness(t *testing.T) {
	tests := []struct {
		name                string
		rule                *change.Rule
		head, before, after string
	}{
		{"a message that is refused for another reason", fieldRenamed, proto2, `message M { required bytes r = 1; optional int32 e = 2; }`, `message M { required bool r = 1; optional int32 f = 2; }`},
		{"a method that is gone", methodRemoved, proto3, `message Q {} service S { rpc A(Q) returns (Q); rpc B(Q) returns (stream Q); }`, `message Q {} service S { rpc A(Q) returns (Q); }`},
		{"another name in generated code", oneofRenamed, proto3, `message M { oneof o { int32 a = 1; } }`, `message M { oneof q { int32 a = 1; } }`},
		{"options that nobody understands, at a field that changed", notCompared, proto2, `import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { optional string unit = 50000; } message M { optional int32 a = 1 [(unit) = "EUR"]; }`,
			`import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { optional string unit = 50000; } message M { optional string a = 1 [(unit) = "USD"]; }`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if w := witnessOf(t, tt.rule, "", tt.head+tt.before, tt.head+tt.after); w != nil {
				t.Errorf("got %s", w)
			}
		})
	}
}

// A search ends, and what it finds is short, however large the message.
func TestWitnessOfLargeMessages(t *testing.T) {
	var text strings.Builder
	text.WriteString(proto2 + "message M { required M self = 1; required " + strings.Repeat("N", 2000) + " n = 2; optional int32 x = 3;")
	for i := range 3000 {
		text.WriteString(" optional int64 f" + itoa(i) + " = " + itoa(i+10) + ";")
	}
	text.WriteString("} message " + strings.Repeat("N", 2000) + " { required string " + strings.Repeat("s", 2000) + " = 1; }")
	w := witnessOf(t, fieldTypeChanged, "", text.String(), strings.Replace(text.String(), "int32 x", "string x", 1))
	if w == nil || len([]rune(w.Written)) > maxSaid+1 {
		t.Errorf("got %v", w)
	}
}
