package odcs

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

const preamble = "apiVersion: v3.1.0\nkind: DataContract\nid: orders\nversion: 1.0.0\nstatus: active\n"

// malformed are contracts in which something would have to be guessed: what
// follows the preamble, whether the standard's schema forbids it, and what we say.
var malformed = []struct {
	name, body string
	standard   bool
	want       []string
}{
	{"schema is a map", "schema: {orders: {}}\n", true, []string{`6:9: want a list for "schema", in which every object has a name`}},
	{"an object is a text", "schema: [orders]\n", true, []string{`6:10: want a name for this object of "schema"`}},
	{"an object without a name", "schema:\n  - physicalName: orders\n", true, []string{`7:5: want a name for this object of "schema"`}},
	{"a property without a name", "schema:\n  - name: orders\n    properties:\n      - logicalType: string\n", true, []string{`9:9: want a name for this property of "properties"`}},
	{"an empty name", "schema:\n  - name: orders\n    properties:\n      - name: ''\n", false, []string{`9:9: want a name for this property of "properties"`}},
	{"two objects of one name", "schema:\n  - name: orders\n  - name: orders\n", false, []string{`8:5: object "orders" is declared twice`}},
	{"two properties of one name", "schema:\n  - name: orders\n    properties:\n      - name: id\n      - name: id\n", false, []string{`10:9: property "id" is declared twice`}},
	{"two properties of one id", "schema:\n  - name: orders\n    properties:\n      - {name: a, id: x}\n      - {name: b, id: x}\n", false, []string{`10:19: id "x" is declared twice`}},
	{"properties are a map", "schema:\n  - name: orders\n    properties: {id: {}}\n", true, []string{`8:17: want a list for "properties", in which every property has a name`}},
	{"an unknown logical type", "schema:\n  - name: orders\n    properties:\n      - name: id\n        logicalType: strng\n", true, []string{`10:22: "strng" is no logical type; did you mean "string"?`}},
	{"a physical type as the logical one", "schema:\n  - name: orders\n    properties:\n      - name: id\n        logicalType: varchar\n", true, []string{`10:22: "varchar" is no logical type; known: array, boolean, date, integer, map, number, object, string, time, timestamp or vector`}},
	{"required is a word", "schema:\n  - name: orders\n    properties:\n      - name: id\n        required: maybe\n", true, []string{`10:19: want true or false for "required"`}},
	{"items are a list", "schema:\n  - name: orders\n    properties:\n      - name: lines\n        logicalType: array\n        items: [string]\n", true, []string{`11:16: want a map for "items"`}},
	{"a length in words", "schema:\n  - name: orders\n    properties:\n      - name: id\n        logicalType: string\n        logicalTypeOptions: {maxLength: ten}\n", true, []string{`11:41: want a number for "maxLength"`}},
	{"slaProperties are a map", "slaProperties: {latency: 4d}\n", true, []string{`6:16: want a list for "slaProperties", each item with a property and a value`}},
	{"an objective without a property", "slaProperties:\n  - value: 4\n", true, []string{"7:5: want the name of a property, such as latency"}},
	{"an objective whose value is a list", "slaProperties:\n  - property: latency\n    value: [4]\n", true, []string{"8:12: want a quantity, a date or a text for the value of latency"}},
	{"an objective in two units", "slaProperties:\n  - property: freshness\n    value: 25h\n    unit: d\n", false, []string{"8:12: freshness has the unit twice and they differ: value 25h, unit d"}},
	{"an objective in m", "slaProperties:\n  - property: freshness\n    value: 15\n    unit: m\n", false, []string{"9:11: the unit of freshness is unclear: m is minutes to some and months to others; say min or mo"}},
	{"a unit that is a list", "slaProperties:\n  - property: latency\n    value: 4\n    unit: [d]\n", true, []string{`9:11: want a text for "unit"`}},
	{"a physical type that is a map", "schema:\n  - name: orders\n    properties:\n      - {name: id, physicalType: {a: b}}\n", true, []string{`9:34: want a text for "physicalType"`}},
	{
		"everything at once", "schema:\n  - name: orders\n    properties:\n      - name: id\n        logicalType: strng\n      - required: true\nslaProperties:\n  - property: freshness\n    value: 15\n    unit: m\n", true,
		[]string{`10:22: "strng" is no logical type; did you mean "string"?`, `11:9: want a name for this property of "properties"`, "15:11: the unit of freshness is unclear: m is minutes to some and months to others; say min or mo"},
	},
}

func TestRefuses(t *testing.T) {
	for _, tt := range malformed {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, "x.yaml", preamble+tt.body)
			var got []string
			for _, e := range source.Errors(err) {
				got = append(got, strings.TrimPrefix(e.Error(), "x.yaml:"))
			}
			// The reader goes by the list of a level first: names before what they hold.
			if !sameLines(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func sameLines(a, b []string) bool {
	count := make(map[string]int)
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// Both places of something that is there twice are shown.
func TestRefusesShowsBothPlaces(t *testing.T) {
	_, err := read(t, "x.yaml", preamble+"schema:\n  - name: orders\n  - name: orders\n")
	errs := source.Errors(err)
	if len(errs) != 1 || len(errs[0].Also) != 1 || errs[0].Also[0].String() != "x.yaml:7:5" {
		t.Errorf("got %v, also at %v", err, errs)
	}
}

// What deviates from the standard without a doubt about what is meant is read.
func TestReadsWhatDeviates(t *testing.T) {
	tests := []struct{ name, text string }{
		{"a status of one's own", strings.Replace(preamble, "active", "in development", 1)},
		{"no status, no version", "apiVersion: v3.1.0\nkind: DataContract\nid: orders\n"},
		{"a version that is a number", strings.Replace(preamble, "1.0.0", "1.10", 1)},
		{"apiVersion without a v", strings.Replace(preamble, "v3.1.0", "3.1.0", 1)},
		{"keys of one's own", preamble + "type: tables\nschema:\n  - name: orders\n    clusterStatus: x\n"},
		{"a description that is a text", preamble + "description: All orders.\n"},
		{"a logical type of an object that is none", preamble + "schema:\n  - name: orders\n    logicalType: blob\n"},
		{"a logical type in capitals", preamble + "schema:\n  - name: orders\n    properties:\n      - {name: id, logicalType: String}\n"},
		{"quoted booleans and numbers", preamble + "schema:\n  - name: orders\n    properties:\n      - {name: id, logicalType: string, required: 'true', logicalTypeOptions: {maxLength: '10'}}\n"},
		{"a template", preamble + "schema:\n  - name: '{{TABLE}}'\n    properties:\n      - {name: id, logicalType: '${TYPE}'}\n"},
		{"the column of an objective", preamble + "slaProperties:\n  - {property: latency, value: 4, unit: d, column: orders.id}\n"},
		{"an objective without a value", preamble + "slaProperties:\n  - {property: latency, value: null}\n"},
		{"nothing but a head", preamble},
		{"a contract twice in one file", preamble + "---\n" + preamble},
		{"two contracts in one file", preamble + "---\n" + strings.Replace(preamble, "id: orders", "id: refunds", 1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := read(t, "x.yaml", tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if changes := compare(t, s, s); len(changes) > 0 {
				t.Errorf("it differs from itself:\n%s", details(changes))
			}
		})
	}
}

func TestRefusesAPort(t *testing.T) {
	tests := []struct {
		name, text string
		request    schema.Request
		want       string
	}{
		{"no contract", "a: 1\n", schema.Request{}, "x.yaml:1:1: want a data contract: kind: DataContract and apiVersion: v3.1.0"},
		{"another standard", "dataContractSpecification: 7.0.0\nid: x\n", schema.Request{}, "x.yaml:1:1: want a data contract: kind: DataContract and apiVersion: v3.1.0; Data Contract Specification 7.0.0 is not known; 0.9 to 1.2 are read"},
		{"another standard beside a contract", preamble + "---\ndataContractSpecification: 7.0.0\nid: x\n", schema.Request{}, "x.yaml:7:1: want a data contract: kind: DataContract and apiVersion: v3.1.0; Data Contract Specification 7.0.0 is not known; 0.9 to 1.2 are read"},
		{"nothing", "# nothing\n", schema.Request{}, "x.yaml:1:1: want a data contract: kind: DataContract and apiVersion: v3.1.0"},
		{"no YAML", "kind: [\n", schema.Request{}, "x.yaml:1:1: the YAML cannot be read"},
		{"two contracts of one id", preamble + "---\n" + preamble + "name: x\n", schema.Request{}, `x.yaml:9:1: contract "orders" is declared twice`},
		{"an object in two contracts", preamble + "schema: [{name: a}]\n---\n" + strings.Replace(preamble, "id: orders", "id: o2", 1) + "schema: [{name: a}]\n", schema.Request{}, `x.yaml:13:11: object "a" is declared twice`},
		{"consumers write to it", preamble, schema.Request{Direction: schema.Write}, "x.yaml:1:1: a contract is a promise to those who read; ports that consumers write to are not compared"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.request
			r.FS, r.Paths = fstest.MapFS{"x.yaml": {Data: []byte(tt.text)}}, []string{"x.yaml"}
			_, err := Format.Load(t.Context(), r)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}
