package protobuf

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// What the options of these tests are, in the words of their own files.
const (
	validateProto = `syntax = "proto2";
package buf.validate;
import "google/protobuf/descriptor.proto";
import "google/protobuf/duration.proto";
extend google.protobuf.FieldOptions { optional FieldRules field = 1159; }
message FieldRules {
  repeated Rule cel = 23;
  optional bool required = 25;
  optional Ignore ignore = 27;
  oneof type { Int32Rules int32 = 3; Int64Rules int64 = 4; StringRules string = 14; RepeatedRules repeated = 18; DurationRules duration = 21; }
}
message Rule { optional string expression = 1; }
enum Ignore { IGNORE_UNSPECIFIED = 0; IGNORE_ALWAYS = 3; }
message Int32Rules { optional int32 lt = 2; optional int32 lte = 3; optional int32 gt = 4; optional int32 gte = 5; }
message Int64Rules { optional int64 lt = 2; optional int64 lte = 3; optional int64 gt = 4; optional int64 gte = 5; }
message StringRules { optional uint64 len = 19; optional uint64 min_len = 2; optional string pattern = 6; repeated string in = 10; repeated string not_in = 11; optional bool email = 12; repeated string example = 34; }
message RepeatedRules { optional FieldRules items = 4; }
message DurationRules { optional google.protobuf.Duration lte = 4; }
`
	behaviorProto = `syntax = "proto3";
package google.api;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FieldOptions { repeated FieldBehavior field_behavior = 1052 [packed = false]; }
enum FieldBehavior { FIELD_BEHAVIOR_UNSPECIFIED = 0; OPTIONAL = 1; REQUIRED = 2; OUTPUT_ONLY = 3; INPUT_ONLY = 4; IMMUTABLE = 5; }
`
	acmeProto = `syntax = "proto3";
package acme;
import "google/protobuf/descriptor.proto";
enum Access { OPEN = 0; STAFF = 1; NOBODY = 2; }
extend google.protobuf.FieldOptions { string unit = 50001; int32 delay = 50002; optional Access access = 50003; bool pii = 50004; string class = 50006; string currency = 50007; }
extend google.protobuf.MessageOptions { int64 fresh = 50005; }
`
	acmeOptions = `options:
  - acme.unit
  - {name: acme.currency, means: unit}
  - {name: acme.delay, tighter: lower}
  - {name: acme.access, order: [OPEN, STAFF]}
  - {name: acme.pii, tag: pii}
  - {name: acme.class, tag: classification}
  - {name: acme.fresh, promise: freshness, unit: s}`
)

// withOption is a message with a field of some options, read by consumers, and sent by
// them if there is a service that takes it.
func withOption(t *testing.T, field, message, service string) schema.Schema {
	t.Helper()
	if field != "" {
		field = " [" + field + "]"
	}
	f := files{
		"buf/validate/validate.proto": validateProto, "google/api/field_behavior.proto": behaviorProto, "acme/options.proto": acmeProto,
		"order.proto": "syntax = \"proto3\";\npackage shop;\nimport \"buf/validate/validate.proto\";\nimport \"google/api/field_behavior.proto\";\nimport \"acme/options.proto\";\n" +
			"message Order {\n" + message + "  string id = 1" + field + ";\n}\n" + service,
	}
	section, err := document.Parse("breakwater.yaml", []byte(acmeOptions))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Format.Load(context.Background(), schema.Request{FS: f.fs(), Paths: []string{"order.proto"}, Options: section})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const sent = "service S { rpc Put(Order) returns (Done); }\nmessage Done {}\n"

func TestOptionsOfTheContract(t *testing.T) {
	const v = "(buf.validate.field)."
	tests := []struct {
		name, from, to string
		read, sent     string // the rules that report it
	}{
		{"a bound that goes up", v + "string.min_len = 1", v + "string.min_len = 2", "constraint-tightened", "request-constraint-tightened"},
		{"a bound that goes", v + "string.min_len = 1", "", "constraint-loosened", "request-constraint-loosened"},
		{"a bound that comes", "", v + "string.min_len = 1", "constraint-tightened", "request-constraint-tightened"},
		{"an upper bound that goes up", v + "int32.lte = 1", v + "int32.lte = 2", "constraint-loosened", "request-constraint-loosened"},
		{"a bound as a time", v + "duration.lte = {seconds: 1}", v + "duration.lte = {seconds: 1, nanos: 5}", "constraint-loosened", "request-constraint-loosened"},
		{"the same time", v + "duration.lte = {seconds: 2}", v + "duration.lte = {seconds: 2, nanos: 0}", "", ""},
		{"the same bound of a wider number", v + "int32.gte = 5", v + "int64.gte = 5", "", ""},
		{"bounds that come to mean what is outside", v + "int32 = {gte: 0, lte: 10}", v + "int32 = {gte: 0, lte: -5}", "constraint-loosened", "request-constraint-tightened"},
		{"bounds inside an item", v + "repeated.items.string.min_len = 3", v + "repeated.items.string.min_len = 2", "constraint-loosened", "request-constraint-loosened"},
		{"another exact length", v + "string.len = 3", v + "string.len = 4", "constraint-loosened", "request-constraint-tightened"},
		{"another pattern", v + `string.pattern = "a"`, v + `string.pattern = "b"`, "constraint-loosened", "request-constraint-tightened"},
		{"one more value", v + `string = {in: ["a"]}`, v + `string = {in: ["b", "a"]}`, "constraint-loosened", "request-constraint-loosened"},
		{"values in another order", v + `string = {in: ["a", "b"]}`, v + `string = {in: ["b", "a"]}`, "", ""},
		{"one more forbidden value", v + `string = {not_in: ["a"]}`, v + `string = {not_in: ["a", "b"]}`, "constraint-tightened", "request-constraint-tightened"},
		{"a format that goes", v + "string.email = true", "", "constraint-loosened", "request-constraint-loosened"},
		{"a check that was never on", v + "string.email = false", "", "", ""},
		{"a condition more", v + `cel = {expression: "a"}`, v + `cel = {expression: "a"}, ` + v + `cel = {expression: "b"}`, "constraint-tightened", "request-constraint-tightened"},
		{"required", "", v + "required = true", "constraint-tightened", "request-constraint-tightened"},
		{"checked no more", "", v + "ignore = IGNORE_ALWAYS", "constraint-loosened", "request-constraint-tightened"},
		{"an example", v + `string.example = "a"`, v + `string.example = "b"`, "", ""},

		{"a field to be sent", "", "(google.api.field_behavior) = REQUIRED", "constraint-tightened", "request-constraint-tightened"},
		{"a field that need not be sent", "(google.api.field_behavior) = REQUIRED", "(google.api.field_behavior) = OPTIONAL", "constraint-loosened", "request-constraint-loosened"},
		{"a field that is not read any more", "", "(google.api.field_behavior) = INPUT_ONLY", "constraint-loosened", "request-constraint-loosened"},

		{"another unit", `(acme.unit) = "EUR"`, `(acme.unit) = "USD"`, "constraint-loosened", "request-constraint-tightened"},
		{"a number that goes down", "(acme.delay) = 60", "(acme.delay) = 30", "constraint-tightened", "request-constraint-tightened"},
		{"a number that goes up", "(acme.delay) = 60", "(acme.delay) = 90", "constraint-loosened", "request-constraint-loosened"},
		{"a step up", "(acme.access) = OPEN", "(acme.access) = STAFF", "constraint-tightened", "request-constraint-tightened"},
		{"a step down", "(acme.access) = STAFF", "(acme.access) = OPEN", "constraint-loosened", "request-constraint-loosened"},
		{"a currency that the contract calls a unit", `(acme.currency) = "EUR"`, `(acme.currency) = "USD"`, "unit-changed", "unit-changed"},
		{"a currency in words", `(acme.currency) = "EUR"`, `(acme.currency) = "euro"`, "", ""},
		{"a step that is not listed", "(acme.access) = OPEN", "(acme.access) = NOBODY", "constraint-loosened", "request-constraint-tightened"},
	}
	for _, tt := range tests {
		for service, want := range map[string]string{"": tt.read, sent: tt.sent} {
			t.Run(strings.TrimSpace(tt.name+" "+strings.Fields(service + " read")[0]), func(t *testing.T) {
				changes, err := Format.Diff(withOption(t, tt.from, "", service), withOption(t, tt.to, "", service))
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, c := range changes {
					got = append(got, c.Rule.Name())
				}
				if fmt.Sprint(got) != fmt.Sprint(strings.Fields(want)) {
					t.Errorf("got %s, want %s", got, want)
				}
			})
		}
	}
}

// Options that promise something, or label an element, tell the rest of the program.
func TestOptionsThatPromiseAndLabel(t *testing.T) {
	base := withOption(t, `(acme.pii) = true, (acme.class) = "Internal"`, "  option (acme.fresh) = 60;\n", "")
	head := withOption(t, `(acme.pii) = true, (acme.class) = "Internal"`, "  option (acme.fresh) = 86400;\n", "")
	changes, err := Format.Diff(base, head)
	if err != nil || len(changes) != 1 || changes[0].Rule.ID != "slo/weakened" {
		t.Errorf("got %v %s", err, told(changes, true))
	}
	if tags := fmt.Sprint(base.Outline().Decls["shop.Order"][0].Tags); tags != "[classification:internal pii]" {
		t.Errorf("got %s", tags)
	}
}

func TestOptionsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"options: acme.unit":                               "breakwater.yaml:1:10: want a list of options",
		"options: [acme unit]":                             `breakwater.yaml:1:11: want the full name of an option, such as acme.freshness, got "acme unit"`,
		"options: [{tighter: lower}]":                      `breakwater.yaml:1:11: want a value for "name"`,
		"options: [{name: a.b, tighter: up}]":              `breakwater.yaml:1:32: want higher or lower for "tighter", got "up"`,
		"options: [{name: a.b, loose: x}]":                 `breakwater.yaml:1:23: unknown key "loose"`,
		"options: [{name: a.b, means: much}]":              `breakwater.yaml:1:30: want definition, grain, identifier, origin, unit or zone for "means", got "much"`,
		"options: [[]]":                                    `breakwater.yaml:1:11: want an option as a map`,
		"options: [{name: a.b, order: [x], promise: [y]}]": `breakwater.yaml:1:44: want a text for "promise"`,
	} {
		if _, err := readPresets(t, nil, text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s:\ngot  %v\nwant %s", text, err, want)
		}
	}
}
