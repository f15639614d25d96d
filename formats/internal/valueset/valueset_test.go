package valueset

import (
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// local resolves references within one document.
func local(t testing.TB, d Dialect, root *document.Node) *Scope {
	t.Helper()
	scope := &Scope{Dialect: d}
	scope.Resolve = func(_ string, ref *document.Node) (Target, error) {
		n := root
		name := ""
		for _, step := range strings.Split(strings.TrimPrefix(ref.Text, "#"), "/")[1:] {
			n, name = n.Get(step), step
		}
		if n == nil {
			return Target{}, source.Errorf(ref.Span, "%s leads nowhere", ref.Text)
		}
		return Target{Node: n, Scope: scope, Name: name}, nil
	}
	return scope
}

func readSchema(t testing.TB, d Dialect, text string) *Schema {
	t.Helper()
	n, err := document.Parse("x.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r := &Reader{}
	s := r.Read(local(t, d, n), n)
	if err := r.Problems.Err(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

func TestWithin(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       Verdict
	}{
		{"the same", `{"type":"string"}`, `{"type":"string"}`, Yes},
		{"a whole number is a number", `{"type":"integer"}`, `{"type":"number"}`, Yes},
		{"a number is no whole number", `{"type":"number"}`, `{"type":"integer"}`, No},
		{"an enum in a type", `{"enum":["a","b"]}`, `{"type":"string","maxLength":1}`, Yes},
		{"bounds that are written otherwise", `{"type":"integer","minimum":1}`, `{"type":"integer","exclusiveMinimum":0}`, Yes},
		{"a bound on another type", `{"type":"string","minimum":1}`, `{"type":"string"}`, Yes},
		{"multiples", `{"type":"number","multipleOf":6}`, `{"type":"number","multipleOf":3}`, Yes},
		{"multiples the other way", `{"type":"number","multipleOf":3}`, `{"type":"number","multipleOf":6}`, No},
		{"two divisors make a third", `{"type":"integer","allOf":[{"multipleOf":2},{"multipleOf":3}]}`, `{"multipleOf":6}`, Yes},
		{"a pattern in a wider one", `{"type":"string","pattern":"^a+$"}`, `{"type":"string","pattern":"^[ab]*$"}`, Yes},
		{"a pattern in a narrower one", `{"type":"string","pattern":"^[ab]*$"}`, `{"type":"string","pattern":"^a+$"}`, No},
		{"a pattern that bounds the length", `{"type":"string","pattern":"^.{2,3}$"}`, `{"type":"string","minLength":2,"maxLength":3}`, Yes},
		{"a closed object in an open one", `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`, `{"type":"object","properties":{"a":{"type":"string"}}}`, Yes},
		{"an open object in a closed one", `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`, No},
		{"required", `{"type":"object","required":["a","b"]}`, `{"type":"object","required":["a"]}`, Yes},
		{"not required", `{"type":"object","required":["a"]}`, `{"type":"object","required":["a","b"]}`, No},
		{"oneOf of what is apart", `{"oneOf":[{"type":"string"},{"type":"null"}]}`, `{"anyOf":[{"type":"string"},{"type":"null"}]}`, Yes},
		{"anyOf of what overlaps", `{"anyOf":[{"type":"number"},{"type":"integer"}]}`, `{"oneOf":[{"type":"number"},{"type":"integer"}]}`, No},
		{"a list of itself", `{"type":"object","properties":{"next":{"$ref":"#"}}}`, `{"type":"object","properties":{"next":{"type":"object","properties":{"next":{"$ref":"#/properties/next"}}}}}`, Yes},
		{"items", `{"type":"array","items":{"type":"integer"},"maxItems":2}`, `{"type":"array","items":{"type":"number"},"maxItems":3}`, Yes},
		{"contains", `{"type":"array","items":{"type":"integer"},"minItems":1}`, `{"type":"array","contains":{"type":"number"}}`, Yes},
		{"unique of few values", `{"type":"array","items":{"type":"boolean"},"uniqueItems":true}`, `{"type":"array","maxItems":2}`, Yes},
		{"names", `{"type":"object","propertyNames":{"pattern":"^a"},"additionalProperties":{"type":"string"}}`, `{"type":"object","patternProperties":{"^a":{"type":"string"}},"additionalProperties":false}`, Yes},
		{"if, then, else", `{"type":"object","properties":{"k":{"const":"x"},"v":{"type":"string"}},"required":["k"]}`, `{"if":{"properties":{"k":{"const":"x"}},"required":["k"]},"then":{"properties":{"v":{"type":"string"}}},"else":false}`, Yes},
		{"unevaluated", `{"type":"object","allOf":[{"properties":{"a":{}}}],"properties":{"b":{}},"unevaluatedProperties":false}`, `{"properties":{"a":{},"b":{}},"additionalProperties":false}`, Yes},
		{"a pattern that looks around", `{"type":"string","pattern":"^(?!a)"}`, `{"type":"string","pattern":"^b"}`, Undecided},
		{"the same pattern that looks around", `{"type":"string","pattern":"^(?!a)","minLength":2}`, `{"type":"string","pattern":"^(?!a)"}`, Yes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := NewSpace()
			a, b := s.Of(readSchema(t, Draft202012, tt.a)), s.Of(readSchema(t, Draft202012, tt.b))
			got := s.Within(a, b)
			if got.Verdict != tt.want {
				t.Fatalf("got %s, want %s (witness %v, reasons %v)", got.Verdict, tt.want, got.Witness, got.Reasons)
			}
			if got.Verdict == No && (s.Contains(a, got.Witness) != Yes || s.Contains(b, got.Witness) != No) {
				t.Errorf("the witness %s shows nothing", got.Witness)
			}
			t.Logf("%s %v", got.Verdict, got.Witness)
		})
	}
}
