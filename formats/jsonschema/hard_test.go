package jsonschema

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
)

// Questions that are hard end all the same: with an answer, or undecided and said so.
func TestHardQuestionsEnd(t *testing.T) {
	list := func(n int, item func(i int) string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = item(i)
		}
		return strings.Join(items, ",")
	}
	overlapping := func(n, from int) string {
		return `{"oneOf":[` + list(n, func(i int) string { return fmt.Sprintf(`{"minimum":%d,"required":["p%d"]}`, from+i, i) }) + `]}`
	}
	nested := func(depth int, leaf string) string {
		return strings.Repeat(`{"not":{"anyOf":[{"type":"string"},`, depth) + leaf + strings.Repeat(`]}}`, depth)
	}
	choices := func(n int, of string) string {
		return `{"allOf":[` + list(n, func(i int) string {
			return fmt.Sprintf(`{"anyOf":[{"required":["a%d"]},{"required":["b%d"]},{"required":["%s%d"]}]}`, i, i, of, i)
		}) + `],"type":"object","maxProperties":6}`
	}
	patterns := func(n int, of string) string {
		return `{"type":"object","patternProperties":{` + list(n, func(i int) string { return fmt.Sprintf(`"%s%d":{"minimum":%d}`, of, i, i) }) + `}}`
	}
	wide := func(n int, typ string) string {
		return `{"type":"object","additionalProperties":false,"properties":{` + list(n, func(i int) string { return fmt.Sprintf(`"p%d":{"type":"%s"}`, i, typ) }) + `}}`
	}
	values := func(n, from int) string {
		return `{"enum":[` + list(n, func(i int) string { return fmt.Sprint(from + i) }) + `]}`
	}
	tree := func(leaf string) string {
		return `{"$ref":"#/$defs/t","$defs":{"t":{"oneOf":[{"type":"object","required":["l","r"],"properties":{"l":{"$ref":"#/$defs/t"},"r":{"$ref":"#/$defs/t"}}},` + leaf + `]}}}`
	}
	dynamic := func(typ string) string {
		return `{"$id":"https://a.example/","anyOf":[{"$ref":"x"},{"$ref":"y"}],"$defs":{"x":{"$id":"x","$dynamicAnchor":"n","items":{"$dynamicRef":"#n"}},` +
			`"y":{"$id":"y","$dynamicAnchor":"n","type":"` + typ + `","items":{"$dynamicRef":"#n"}}}}`
	}
	tests := []struct{ name, base, head string }{
		{"overlapping alternatives", overlapping(60, 0), overlapping(60, 1)},
		{"many alternatives", overlapping(400, 0), overlapping(400, 1)},
		{"denials within denials", nested(40, `{"type":"integer"}`), nested(40, `{"type":"number"}`)},
		{"choices that exclude each other", choices(14, "c"), choices(14, "d")},
		{"automata that explode", `{"pattern":"^[ab]*a[ab]{14}$"}`, `{"pattern":"^[ab]*b[ab]{15}$"}`},
		{"long texts", `{"type":"string","pattern":"^(ab|c)*$","minLength":100000}`, `{"type":"string","pattern":"^[abc]*$","minLength":100001}`},
		{"letters of the world", `{"type":"string","pattern":"^\\p{L}+$"}`, `{"type":"string","pattern":"^[\\p{L}\\p{N}]+$"}`},
		{"many patterns of names", patterns(12, "a"), patterns(12, "b")},
		{"a few patterns of names", patterns(7, "a"), patterns(7, "b")},
		{"many properties", wide(3000, "string"), wide(3001, "integer")},
		{"many values", values(20000, 0), values(20000, 5)},
		{"many distinct items", `{"type":"array","uniqueItems":true,"items":{"enum":[1,2,3,4,5,6,7,8,9]},"minItems":9}`, `{"type":"array","uniqueItems":true,"items":{"enum":[1,2,3,4,5,6,7,8]},"minItems":9}`},
		{"items that are counted", `{"type":"array","minItems":40,"contains":{"minimum":3},"maxContains":20}`, `{"type":"array","minItems":40,"contains":{"minimum":2},"maxContains":20}`},
		{"a tree", tree(`{"type":"string"}`), tree(`{"type":["string","null"]}`)},
		{"numbers of all sizes", `{"type":"number","multipleOf":1e-200}`, `{"type":"number","multipleOf":3e-200,"maximum":1e300}`},
		{"coprime divisors", `{"type":"integer","multipleOf":999983,"maximum":1e60}`, `{"type":"integer","not":{"multipleOf":999979},"multipleOf":999983}`},
		{"numbers that are too long", `{"enum":[1e99999]}`, `{"enum":[1e99998]}`},
		{"a dynamic reference of many meanings", dynamic("string"), dynamic("array")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base, head := mustRead(t, tt.base), mustRead(t, tt.head)
			changes := compare(t, base, head)
			if len(changes) == 0 {
				t.Error("nothing is said")
			}
			if len(changes) > 0 {
				t.Logf("%d changes, the first: %.300s", len(changes), details(changes[:1]))
			}
		})
	}
}

// Definitions that hold each other behind alternatives are outlined once each, and a web of
// schemas without names has an end.
func TestOutlinesEnd(t *testing.T) {
	var named []string
	bare := "{}"
	for i := range 40 {
		var props []string
		for j := range 40 {
			props = append(props, fmt.Sprintf(`"p%d": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/T%d"}]}`, j, j))
		}
		named = append(named, fmt.Sprintf(`"T%d": {"type": "object", "properties": {%s}}`, i, strings.Join(props, ",")))
	}
	for range 20 {
		bare = fmt.Sprintf(`{"properties": {"a": {"anyOf": [%s, {"$ref": "#"}, {"properties": {"b": {"$ref": "#/$defs/T0"}}}]}}}`, bare)
	}
	for _, text := range []string{
		`{"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "#/$defs/T0", "$defs": {` + strings.Join(named, ",") + `}}`,
		`{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"x": ` + bare + `}, "$defs": {` + strings.Join(named, ",") + `}}`,
	} {
		s, err := Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{"a.json": {Data: []byte(text)}}, Paths: []string{"a.json"}})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(s.Outline().Decls); n > 2*maxDecls {
			t.Errorf("%d declarations", n)
		}
	}
}
