package protobuf

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// diffText compares two files of one text each, as they would be with head before.
func diffText(t *testing.T, head, base, now string, change func(*schema.Request)) []change.Change {
	t.Helper()
	var sides []schema.Schema
	for _, text := range []string{base, now} {
		f := files{"a.proto": head + text}
		r := schema.Request{FS: f.fs(), Paths: f.protos()}
		if change != nil {
			change(&r)
		}
		s, err := Format.Load(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		sides = append(sides, s)
	}
	changes, err := Format.Diff(sides[0], sides[1])
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

const (
	proto2  = "syntax = \"proto2\"; package p.v1;\n"
	proto3  = "syntax = \"proto3\"; package p.v1;\n"
	edition = "edition = \"2023\"; package p.v1;\n"
)

// ruleNames lists what was reported, rule by rule.
func ruleNames(changes []change.Change) string {
	var names []string
	for _, c := range changes {
		names = append(names, c.Rule.Name())
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// One edit is one finding, and what means the same is none.
func TestWhatIsReported(t *testing.T) {
	tests := []struct{ name, head, base, now, want string }{
		{"the order of fields", proto3, `message M { int32 a = 1; int32 b = 2; }`, `message M { int32 b = 2; int32 a = 1; }`, ""},
		{"how ranges are spelled", proto3, `message M { reserved 1, 2, 3 to 5; reserved "a", "b"; }`, `message M { reserved 1 to 5; reserved "b"; reserved "a"; }`, ""},
		{"packing", proto3, `message M { repeated int32 a = 1; }`, `message M { repeated int32 a = 1 [packed = false]; }`, ""},
		{"a json name that is said to be what it is", proto3, `message M { int32 a_b = 1; }`, `message M { int32 a_b = 1 [json_name = "aB"]; }`, ""},
		{"a default that is said to be what it is", proto2, `message M { optional int32 a = 1; }`, `message M { optional int32 a = 1 [default = 0]; }`, ""},
		{"how a default is spelled", proto2, `message M { optional int32 a = 1 [default = 16]; }`, `message M { optional int32 a = 1 [default = 0x10]; }`, ""},
		{"features said at the field instead of the file", edition, `option features.field_presence = IMPLICIT; message M { int32 a = 1; }`, `message M { int32 a = 1 [features.field_presence = IMPLICIT]; }`, ""},
		{"a wider reservation", proto3, `message M { reserved 2; }`, `message M { reserved 1 to 10; }`, ""},
		{"the order of values", proto3, `enum E { A = 0; B = 1; C = 2; }`, `enum E { A = 0; C = 2; B = 1; }`, ""},
		{"options in another order", proto3, `message M { int32 a = 1 [deprecated = true, json_name = "x"]; }`, `message M { int32 a = 1 [json_name = "x", deprecated = true]; }`, ""},

		{"a message moved out of another", proto3, `message M { message A { int32 x = 1; } A a = 1; repeated A b = 2; }`, `message M { A a = 1; repeated A b = 2; } message A { int32 x = 1; }`, "message-renamed"},
		{"a renamed message, and with it what is inside", proto3, `message M { A a = 1; } message A { B b = 1; E e = 2; message B { int32 x = 1; } enum E { Z = 0; } }`, `message M { C a = 1; } message C { B b = 1; E e = 2; message B { int32 x = 1; } enum E { Z = 0; } }`, "message-renamed"},
		{"a message that is renamed and changed", proto3, `message M { A a = 1; } message A { int32 x = 1; int32 y = 2; int32 z = 3; }`, `message M { B a = 1; } message B { int32 x = 1; int32 y = 2; string z = 3; }`, "field-type-changed message-renamed"},
		{"a message that gave its place to an unlike one", proto3, `message M { A a = 1; } message A { int32 x = 1; }`, `message M { B a = 1; } message B { string y = 7; }`, "field-type-changed message-added message-removed"},
		{"a message that nothing refers to is renamed", proto3, `message A { int32 x = 1; string y = 2; }`, `message B { int32 x = 1; string y = 2; }`, "message-renamed"},
		{"a message with all that is in it", proto3, `message M {} message A { message B { enum E { Z = 0; } } B b = 1; }`, `message M {}`, "message-removed"},
		{"a map becomes a list of its entries", proto3, `message M { map<string, int32> a = 1; }`, `message M { repeated AEntry a = 1; message AEntry { string key = 1; int32 value = 2; } }`, "field-cardinality-changed"},
		{"the values of a map", proto3, `message M { map<string, int32> a = 1; }`, `message M { map<string, string> a = 1; }`, "field-type-changed"},

		{"a renamed map", proto3, `message M { map<string, int32> a = 1; }`, `message M { map<string, int32> b = 1; }`, "field-renamed"},
		{"three fields in a ring", proto3, `message M { int32 a = 1; int32 b = 2; int32 c = 3; }`, `message M { int32 b = 1; int32 c = 2; int32 a = 3; }`, "field-numbers-swapped"},
		{"a number that went to a field that was elsewhere", proto3, `message M { int32 a = 1; int32 b = 2; }`, `message M { int32 b = 1; }`, "field-removed field-renumbered"},
		{"an optional field in proto3 is no oneof", proto3, `message M { int32 a = 1; }`, `message M { optional int32 a = 1; }`, "field-presence-added"},
		{"a type and its number of values", proto3, `message M { int32 a = 1; }`, `message M { repeated string a = 1; }`, "field-type-changed"},
		{"a new name under which JSON stays the same", proto3, `message M { int32 a_b = 1; }`, `message M { int32 c = 1 [json_name = "aB"]; }`, "field-renamed"},
		{"a reserved number is taken", proto3, `message M { reserved 1; reserved "a"; }`, `message M { int32 a = 1; }`, "reserved-removed"},

		{"an existing oneof takes a field in", proto3, `message M { int32 a = 1; oneof o { int32 b = 2; } }`, `message M { oneof o { int32 a = 1; int32 b = 2; } }`, "field-joined-oneof"},
		{"a oneof is renamed and takes a field in", proto3, `message M { int32 a = 1; oneof o { int32 b = 2; } }`, `message M { oneof q { int32 a = 1; int32 b = 2; } }`, "field-joined-oneof field-joined-oneof"},
		{"a oneof is dissolved", proto3, `message M { oneof o { int32 a = 1; int32 b = 2; } }`, `message M { int32 a = 1; int32 b = 2; }`, "field-left-oneof field-left-oneof"},
		{"a oneof is renamed and grows", proto3, `message M { oneof o { int32 a = 1; } }`, `message M { oneof q { int32 a = 1; int32 b = 2; } }`, "oneof-member-added oneof-renamed"},
		{"a oneof of new fields", proto3, `message M {}`, `message M { oneof o { int32 a = 1; int32 b = 2; } }`, "field-added field-added"},
		{"a oneof loses a member", proto3, `message M { oneof o { int32 a = 1; int32 b = 2; } }`, `message M { oneof o { int32 a = 1; } }`, "field-removed"},

		{"a value with all its names", proto3, `enum E { option allow_alias = true; Z = 0; A = 1; B = 1; }`, `enum E { Z = 0; }`, "enum-value-removed"},
		{"a value that is renamed and keeps the old name behind", proto3, `enum E { Z = 0; A = 1; }`, `enum E { option allow_alias = true; Z = 0; B = 1; A = 1; }`, "enum-printed-name-changed"},
		{"a reserved value is taken", proto3, `enum E { Z = 0; reserved 1; }`, `enum E { Z = 0; A = 1; }`, "reserved-removed"},
		{"a value went to the number of another", proto3, `enum E { Z = 0; A = 1; B = 2; }`, `enum E { Z = 0; B = 1; }`, "enum-value-removed enum-value-renumbered"},

		{"a service is renamed", proto3, `message Q {} service S { rpc A(Q) returns (Q); }`, `message Q {} service T { rpc A(Q) returns (Q); }`, "service-renamed"},
		{"a request type is renamed", proto3, `message Q { int32 a = 1; } service S { rpc A(Q) returns (Q); }`, `message R { int32 a = 1; } service S { rpc A(R) returns (R); }`, "message-renamed"},
		{"a package with all that is in it", proto3, `message M { N n = 1; } message N { int32 a = 1; } enum E { Z = 0; }`, ``, "message-removed message-removed enum-removed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := strings.Fields(tt.want)
			slices.Sort(want)
			changes := diffText(t, tt.head, tt.base, tt.now, nil)
			if got := ruleNames(changes); got != strings.Join(want, " ") {
				t.Errorf("got %s, want %s", got, want)
				for _, c := range changes {
					t.Log(c.Detail)
				}
			}
		})
	}
}

// A package that is renamed is one finding, whether its files stay or move.
func TestPackageIsRenamed(t *testing.T) {
	text := "\nmessage M { N n = 1; } message N { E e = 1; } enum E { Z = 0; } service S { rpc A(M) returns (N); }\n"
	v1, v2 := "syntax = \"proto3\"; package acme.v1;"+text, "syntax = \"proto3\"; package acme.v2;"+text
	for _, sides := range [][2]files{
		{{"a.proto": v1}, {"a.proto": v2}},
		{{"v1/a.proto": v1}, {"v2/a.proto": v2}},
		{{"v1/a.proto": v1, "v1/b.proto": "syntax = \"proto3\"; package acme.v1; message O {}"}, {"v2/all.proto": v2 + "message O {}"}},
	} {
		changes, err := compareSides(t, sides[0], sides[1])
		if got := ruleNames(changes); err != nil || got != "package-renamed" {
			t.Errorf("got %s, %v", got, err)
			for _, c := range changes {
				t.Log(c.Detail)
			}
		}
	}
}

// What a change puts at risk depends on who writes the data.
func TestDirection(t *testing.T) {
	const removed = `message M { string a = 1; }`
	tests := []struct {
		name, base, now string
		direction       schema.Direction
		root            string
		want            string
	}{
		{"read, as a stream is", `message M { string a = 1; string b = 2; }`, removed, schema.Read, "", "field-removed breaking: value json replay query code"},
		{"sent by consumers", `message M { string a = 1; string b = 2; }`, removed, schema.Write, "", "field-removed breaking: request query code"},
		{"both", `message M { string a = 1; string b = 2; }`, removed, schema.Both, "", "field-removed breaking: value json replay request query code"},
		{"what a method takes", `service S { rpc A(M) returns (R); } message R {} message M { string a = 1; string b = 2; }`,
			`service S { rpc A(M) returns (R); } message R {} message M { string a = 1; }`, schema.Read, "", "field-removed breaking: request query code"},
		{"what a method returns", `service S { rpc A(R) returns (M); } message R {} message M { string a = 1; string b = 2; }`,
			`service S { rpc A(R) returns (M); } message R {} message M { string a = 1; }`, schema.Read, "", "field-removed breaking: value json replay query code"},
		{"a wider number, read", `message M { int32 a = 1; }`, `message M { int64 a = 1; }`, schema.Read, "", "field-type-changed breaking: wire json code"},
		{"a wider number, sent", `message M { int32 a = 1; }`, `message M { int64 a = 1; }`, schema.Write, "", "field-type-changed breaking: request code"},
		{"a narrower number, read", `message M { int64 a = 1; }`, `message M { int32 a = 1; }`, schema.Read, "", "field-type-changed breaking: json replay code"},
		{"a value that consumers send", `enum E { Z = 0; } message M { E e = 1; }`, `enum E { Z = 0; A = 1; } message M { E e = 1; }`, schema.Write, "", "request-enum-value-added compatible: code"},
		{"a value that they read and send", `enum E { Z = 0; } message M { E e = 1; }`, `enum E { Z = 0; A = 1; } message M { E e = 1; }`, schema.Both, "", "enum-value-added risky: value json code"},
		{"a oneof that consumers send", `message M { oneof o { int32 a = 1; } }`, `message M { oneof o { int32 a = 1; int32 b = 2; } }`, schema.Write, "", "field-added compatible: code"},
		{"what the served type does not reach", `message M { string a = 1; } message N { string a = 1; string b = 2; }`, `message M { string a = 1; } message N { string a = 1; }`, schema.Read, "M", "unreached-changed compatible: code"},
		{"what it reaches by another", `message M { repeated N n = 1; } message N { string a = 1; string b = 2; }`, `message M { repeated N n = 1; } message N { string a = 1; }`, schema.Read, "M", "field-removed breaking: value json replay query code"},
		{"what a served service takes", `service S { rpc A(N) returns (N); } message N { string a = 1; } message M {}`, `service S { rpc A(N) returns (N); } message N { bytes a = 1; } message M {}`, schema.Read, "S", "field-type-changed breaking: wire json request code"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changes := diffText(t, proto3, tt.base, tt.now, func(r *schema.Request) { r.Direction, r.Root = tt.direction, tt.root })
			var got []string
			for _, c := range changes {
				got = append(got, fmt.Sprintf("%s %s: %s", c.Rule.Name(), c.Rule.Class, strings.Join(c.Breaks().Names(), " ")))
			}
			if all := strings.Join(got, "; "); all != tt.want {
				t.Errorf("got %s, want %s", all, tt.want)
			}
		})
	}
}

// Imported types are judged where the port reaches them, and nowhere else.
func TestImportedTypes(t *testing.T) {
	order := "syntax = \"proto3\"; package shop; import \"lib.proto\"; message Order { lib.Money total = 1; }"
	lib := "syntax = \"proto3\"; package lib; message Money { int64 cents = 1; %s } message Other { int32 a = 1; %s }"
	side := func(money, other string) schema.Schema {
		f := files{"order.proto": order, "lib.proto": fmt.Sprintf(lib, money, other)}
		s, err := Format.Load(t.Context(), schema.Request{FS: f.fs(), Paths: []string{"order.proto"}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	tests := []struct {
		name       string
		base, head schema.Schema
		want       string
	}{
		{"a field of a reached type", side("string unit = 2;", ""), side("", ""), "field-removed"},
		{"a field of another type", side("", "int32 b = 2;"), side("", ""), ""},
	}
	for _, tt := range tests {
		changes, err := Format.Diff(tt.base, tt.head)
		if got := ruleNames(changes); err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v; want %s", tt.name, got, err, tt.want)
		}
	}
}
