package jsonschema

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

func TestWhatIsWrongIsToldAtItsPlace(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a type that is none", `{"type": "strnig"}`, `x.json:1:10: want a type (null, boolean, integer, number, string, array or object), got "strnig"`},
		{"a negative length", `{"minLength": -1}`, `x.json:1:15: want a whole number of 0 or more for "minLength", got -1`},
		{"a divisor of nothing", `{"multipleOf": 0}`, `x.json:1:16: want a number above 0 for "multipleOf", got 0`},
		{"properties that are a list", `{"properties": ["a"]}`, `x.json:1:16: want an object of schemas for "properties", got a list`},
		{"required where the property stands", `{"properties": {"a": {"required": true}}}`, `x.json:1:35: want a list of names for "required", got true; a property is required by the schema of the object that holds it`},
		{"a schema that is a text", `{"items": "string"}`, `x.json:1:11: want a schema, true or false, got "string"`},
		{"a tuple of another dialect", `{"items": [{}]}`, `x.json:1:11: want a schema, true or false, got a list`},
		{"no alternatives", `{"anyOf": []}`, `x.json:1:11: want a list of schemas for "anyOf", got a list`},
		{"a reference to nothing", `{"$ref": "#/$defs/a"}`, `x.json:1:10: "#/$defs/a" leads nowhere: there is no "$defs"`},
		{"a reference to no anchor", `{"$ref": "#a"}`, `x.json:1:10: "#a" names an anchor that is not there`},
		{"a reference to no file", `{"$ref": "common.json#/a"}`, `x.json:1:10: "common.json#/a" leads to no file that can be read: there is no common.json`},
		{"a reference out of the tree", `{"$ref": "../../etc/passwd"}`, `x.json:1:10: "../../etc/passwd" leads to no file that can be read: there is no etc/passwd`},
		{"a reference to the network", `{"$ref": "https://example.com/a.json"}`, `x.json:1:10: "https://example.com/a.json" leads out of the repository, and nothing is fetched; put the schema beside this one and refer to its file`},
		{"a reference to itself", `{"properties": {"a": {"$ref": "#/properties/a"}}}`, `x.json:1:22: the reference leads back to the schema that it stands in, with no step into the value in between`},
		{"alternatives that are themselves", `{"anyOf": [{"$ref": "#"}]}`, `x.json:1:12: the reference leads back to the schema that it stands in, with no step into the value in between`},
		{"a key twice", `{"type": "string", "type": "null"}`, `x.json:1:20: key "type" is given twice`},
		{"a dialect that nobody knows", `{"$schema": "https://example.com/my"}`, `x.json:1:13: want a dialect that is known (draft 4, 6, 7, 2019-09 or 2020-12), got "https://example.com/my"`},
		{"two things at once", `{"type": 1, "pattern": 2}`, "x.json:1:10: want a type (null, boolean, integer, number, string, array or object), got 1\nx.json:1:24: want a text for \"pattern\", got 2"},
		{"a list", `[]`, `x.json:1:1: want a schema, true or false, got a list`},
		{"nothing", ``, `x.json:1:1: want a JSON Schema, the file says nothing`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, "x.json", tt.text)
			if fmt.Sprint(err) != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// What is too large or too deep is refused, quickly and with a place.
func TestWhatIsTooLargeIsRefused(t *testing.T) {
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"$ref": "#/$defs/d0", "$defs": {`)
		for i := range n {
			fmt.Fprintf(&b, `"d%d": {"$ref": "#/$defs/d%d"},`, i, i+1)
		}
		fmt.Fprintf(&b, `"d%d": {}}}`, n)
		return b.String()
	}
	billion := "a: &a {enum: [1, 1, 1, 1, 1, 1, 1, 1]}\n"
	for c := 'b'; c < 'k'; c++ {
		billion += fmt.Sprintf("%c: &%c {allOf: [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]}\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	tests := []struct{ name, file, text, want string }{
		{"50 MB", "x.json", `{"type": "` + strings.Repeat("a", 50<<20) + `"}`, "bytes; the most that is read"},
		{"10,000 deep", "x.json", strings.Repeat(`{"items": `, 10_000) + "{}" + strings.Repeat("}", 10_000), "nested more than"},
		{"aliases of aliases", "x.yaml", "$schema: " + uri2020 + "\n" + billion, "aliases followed"},
		{"a chain of references", "x.json", chain(10_000), "schemas are nested more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, tt.file, tt.text)
			if !strings.Contains(fmt.Sprint(err), tt.want) || source.Errors(err)[0].Span.IsZero() {
				t.Errorf("got %.300v", err)
			}
		})
	}
}

func TestClaims(t *testing.T) {
	tests := []struct {
		name, file, text string
		want             bool
	}{
		{"a schema that names its dialect", "a.json", `{"$schema": "` + uri7 + `"}`, true},
		{"in YAML", "a.yaml", "$schema: " + uri2020 + "\ntype: object\n", true},
		{"by the name of its file", "order.schema.json", `{"type": "object"}`, true},
		{"a configuration with a schema of its own", "a.json", `{"$schema": "https://json.schemastore.org/package.json", "name": "x"}`, false},
		{"a configuration whose schema stands at json-schema.org", "a.json", `{"$schema": "https://json-schema.org/learn/x.json", "type": "module"}`, false},
		{"an API", "api.schema.yaml", "openapi: 3.1.0\n$defs: {}\n", false},
		{"broken JSON that names a dialect", "a.json", `{"$schema": "` + uri7 + `"`, true},
		{"any JSON", "a.json", `{"type": "object"}`, false},
		{"Snowplow's dialect", "1-0-0", `{"$schema": "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#"}`, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Format.Claims(tt.file, []byte(tt.text)); got != tt.want {
				t.Errorf("claimed: %v", got)
			}
		})
	}
}

// References lead through the files of the tree, by name and by identifier.
func TestReferencesBetweenFiles(t *testing.T) {
	fsys := fstest.MapFS{
		"events/order.json":   {Data: []byte(`{"$id": "https://acme.example/events/order.json", "properties": {"a": {"$ref": "../common/money.json"}, "b": {"$ref": "../common/money.json#/$defs/currency"}, "c": {"$ref": "line"}}, "$defs": {"l": {"$id": "line", "type": "string"}}}`)},
		"common/money.json":   {Data: []byte(`{"properties": {"amount": {"$ref": "numbers.yaml#cents"}}, "$defs": {"currency": {"enum": ["EUR"]}}}`)},
		"common/numbers.yaml": {Data: []byte("$defs: {c: {$anchor: cents, type: integer}}\n")},
	}
	r := schema.Request{FS: fsys, Paths: []string{"events/order.json"}}
	base, err := Format.Load(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Format.Imports(r)
	if want := "[common/money.json common/numbers.yaml]"; err != nil || fmt.Sprint(files) != want {
		t.Errorf("it imports %v, %v; want %s", files, err, want)
	}
	fsys["common/numbers.yaml"] = &fstest.MapFile{Data: []byte("$defs: {c: {$anchor: cents, type: number}}\n")}
	head, err := Format.Load(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	changes := compare(t, base, head)
	if want := "common/numbers.yaml:1:29: breaking jsonschema/field-type-changed [json]: numbers.cents: type integer became number\n"; details(changes) != want {
		t.Errorf("got  %swant %s", details(changes), want)
	}
	if w := Format.Prove(t.Context(), base, head, changes[0]); w == nil || w.Written != `{"a":{"amount":0.5}}` {
		t.Errorf("the proof is %v", w)
	}
}

func TestOutline(t *testing.T) {
	s := mustRead(t, `{"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "buyer": {"$ref": "#/$defs/Customer"},
		"lines": {"type": "array", "items": {"properties": {"sku": {"enum": ["a", "b"]}}}}, "labels": {"additionalProperties": {"type": "string"}},
		"tree": {"$ref": "#/$defs/Node"}}, "$defs": {"Customer": {"allOf": [{"properties": {"email": {"type": "string", "x-pii": true, "deprecated": true}}}]},
		"Node": {"properties": {"next": {"$ref": "#/$defs/Node"}}}}}`)
	for _, path := range []string{"x.id", "x.buyer.email", "Customer.email", "lines[].sku", "x.labels{}", "x.tree.next.next.next"} {
		if _, _, ok := s.Outline().Named(mustPath(t, path)); !ok {
			t.Errorf("%s is not in the outline", path)
		}
	}
	_, e, _ := s.Outline().Named("Customer.email")
	if fmt.Sprint(e.Tags) != "[pii:true]" || !e.Optional || !s.Outline().IsDeprecated("Customer.email") {
		t.Errorf("got %+v", e)
	}
	if _, e, _ := s.Outline().Named("x.id"); e.Optional {
		t.Error("x.id is required")
	}
}

// A document does not differ from its twin in YAML, in another order of keys.
func TestRespelled(t *testing.T) {
	base := mustRead(t, `{"type": "object", "properties": {"a": {"enum": [1, 2]}, "b": {"minimum": 1.0}}, "required": ["a", "b"]}`)
	head, err := read(t, "x.yaml", "required: [b, a]\nproperties:\n  b: {minimum: 1}\n  a: {enum: [2, 1.0]}\ntype: [object]\n")
	if err != nil {
		t.Fatal(err)
	}
	if changes := compare(t, base, head); len(changes) > 0 {
		t.Error(details(changes))
	}
}

// What x-slo promises is compared as a promise, and not as a keyword.
func TestPromises(t *testing.T) {
	base := mustRead(t, `{"x-slo": {"freshness": "1h"}}`)
	head := mustRead(t, `{"x-slo": {"freshness": "2h"}}`)
	changes := compare(t, base, head)
	if len(changes) != 1 || changes[0].Rule.ID != "slo/weakened" {
		t.Errorf("got %s", details(changes))
	}
}

// A port that consumers write to is judged by what they send.
func TestConsumersWhoSend(t *testing.T) {
	load := func(text string) schema.Schema {
		s, err := Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{"x.json": {Data: []byte(text)}}, Paths: []string{"x.json"}, Direction: schema.Both})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	base, head := load(`{"type": "integer", "minimum": 1}`), load(`{"type": "integer", "maximum": 9}`)
	changes := compare(t, base, head)
	var ids []string
	for _, c := range changes {
		ids = append(ids, c.Rule.Name())
		if c.Rule.Class > change.Compatible && Format.Prove(t.Context(), base, head, c) == nil {
			t.Errorf("no proof of %s", c.Detail)
		}
	}
	if got, want := fmt.Sprint(ids), "[bound-loosened request-widened bound-tightened request-narrowed]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
