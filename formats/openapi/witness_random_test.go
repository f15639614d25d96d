package openapi

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
)

// A writer makes up schemas and edits of them.
type writer struct{ *rand.Rand }

func (w writer) schema(depth int) string {
	kinds := []func(depth int) string{w.text, w.number, w.list, w.object, w.object, w.choice}
	if depth == 0 {
		kinds = kinds[:2]
	}
	return kinds[w.IntN(len(kinds))](depth)
}

func (w writer) some(keywords ...string) string {
	var kept []string
	for _, k := range keywords {
		if w.IntN(3) == 0 {
			kept = append(kept, k)
		}
	}
	return strings.Join(append([]string{""}, kept...), ", ")
}

func (w writer) text(int) string {
	if w.IntN(3) == 0 {
		return "{type: string, enum: [a" + w.some("b", "c", "d") + "]}"
	}
	return "{type: string" + w.some(fmt.Sprintf("minLength: %d", w.IntN(4)), fmt.Sprintf("maxLength: %d", 4+w.IntN(5)), "pattern: '^[a-z]+$'") + "}"
}

func (w writer) number(int) string {
	return "{type: " + []string{"integer", "number"}[w.IntN(2)] +
		w.some(fmt.Sprintf("minimum: %d", w.IntN(9)), fmt.Sprintf("maximum: %d", 20+w.IntN(9)), fmt.Sprintf("multipleOf: %d", 1+w.IntN(3))) + "}"
}

func (w writer) list(depth int) string {
	return "{type: array, items: " + w.schema(depth-1) + w.some(fmt.Sprintf("minItems: %d", w.IntN(3)), fmt.Sprintf("maxItems: %d", 3+w.IntN(3)), "uniqueItems: true") + "}"
}

func (w writer) object(depth int) string {
	return "{type: object, properties: {a: " + w.schema(depth-1) + w.some("b: "+w.schema(depth-1), "c: "+w.schema(depth-1)) + "}" +
		w.some("required: [a]", "additionalProperties: false", "maxProperties: 3") + "}"
}

func (w writer) choice(depth int) string {
	return "{anyOf: [" + w.schema(depth-1) + w.some(w.schema(depth-1), w.schema(depth-1)) + "]}"
}

// Whatever two schemas are, a break that is told of a request or a response with them
// shows in a message which the validator accepts on one side and refuses on the other.
// Not each finding has one: that lengths are new shows in no number, which is refused for
// its type.
func TestBreaksOfRandomSchemasHaveAWitness(t *testing.T) {
	w := writer{rand.New(rand.NewPCG(9, 6))}
	breaks, shown := 0, 0
	for i := range 300 {
		was := w.schema(2)
		is := w.schema(2)
		if i%3 > 0 { // a near relative, rather than a stranger
			is = writer{rand.New(rand.NewPCG(uint64(i), 1))}.schema(2)
			was = strings.NewReplacer("minimum: ", "minimum: 1", "a: ", "a: ", "maxLength: ", "maxLength: 1", "uniqueItems: true", "uniqueItems: false").Replace(is)
		}
		version := []string{"3.0.3", "3.1.0"}[i%2]
		before, after := of(version, was), of(version, is)
		base, err1 := loadText(t, before, nil)
		head, err2 := loadText(t, after, nil)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		changes, err := Format.Diff(base, head)
		if err != nil {
			t.Fatal(err)
		}
		told := make(map[bool][]bool) // by whether the request breaks: which findings show
		for _, c := range changes {
			if c.Rule.Class == change.Breaking {
				ofRequest := c.Rule.Breaks.Overlaps(change.Request)
				told[ofRequest] = append(told[ofRequest], Format.Prove(t.Context(), base, head, c) != nil)
			}
		}
		for _, found := range told {
			breaks++
			if slices.Contains(found, true) {
				shown++
			} else {
				t.Logf("no witness\n  was %s\n  is  %s", was, is)
			}
		}
	}
	t.Logf("%d of %d breaks of random schemas have a witness", shown, breaks)
	if breaks < 200 || shown*20 < breaks*19 {
		t.Errorf("%d of %d breaks have a witness, want 95 %% of 200 and more", shown, breaks)
	}
}
