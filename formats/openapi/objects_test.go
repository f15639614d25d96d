package openapi

import (
	"slices"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
)

// A member that goes says what an object allows now: whatever else is edited there, the
// object as a whole is no finding of its own, and nobody shows one by the other.
func TestAMemberThatGoesIsOneFinding(t *testing.T) {
	base, err1 := loadText(t, of("3.0.3", `{type: object, required: [a], properties: {a: {type: string}, b: {type: string}, note: {type: string}}}`), nil)
	head, err2 := loadText(t, of("3.0.3", `{type: object, required: [a, b], properties: {a: {type: string}, b: {type: string}}}`), nil)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	changes, err := Format.Diff(base, head)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		if c.Rule.Class == change.Compatible {
			continue
		}
		proven := ""
		if Format.Prove(t.Context(), base, head, c) != nil {
			proven = ", which shows"
		}
		got = append(got, c.Rule.Name()+proven)
	}
	slices.Sort(got)
	want := []string{"optional-field-removed, which shows", "request-field-removed", "request-field-required, which shows"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What an object allows as a whole is no finding of its own where each edit within it
// is one: neither a member that comes or goes somewhere below, nor an alternative that
// becomes narrower, by which a value fits one where it did fit two.
func TestAnObjectIsNoFindingForWhatIsEditedWithin(t *testing.T) {
	const person = `{type: object, required: [id], properties: {id: {type: string, maxLength: 5}}}`
	pet := func(members string) string { return `{type: object, properties: {` + members + `}}` }
	either := func(one, other string) string {
		return `{type: object, properties: {who: {oneOf: [` + one + `, ` + other + `]}}}`
	}
	nested := func(rest, inner string) string {
		return `{type: object, properties: {a: {type: array, items: {type: object, properties: {` + inner + `}}}}` + rest + `}`
	}
	tests := []struct {
		name, base, head string
		want             []string
	}{
		{
			"a member goes below an object that is closed",
			nested("", "b: {type: string}, c: {type: string}"), nested(", additionalProperties: false", "b: {type: string}"),
			[]string{"optional-field-removed", "request-field-removed", "request-object-closed", "response-narrowed"},
		},
		{
			"a member comes below an object of which one need not be there any more",
			nested(", required: [a]", "b: {type: string}"), nested("", "b: {type: string}, c: {type: string}"),
			[]string{"field-added", "field-required-removed", "request-field-added", "request-field-optional"},
		},
		{
			"a member comes to an alternative",
			either(person, pet("name: {type: string}")), either(person, pet("name: {type: string}, age: {type: integer}")),
			[]string{"field-added", "request-field-added"},
		},
		{
			"a member that was required goes from an alternative",
			either(person, `{type: object, required: [name], properties: {name: {type: string}}}`), either(person, pet("")),
			[]string{"field-removed", "request-field-removed"},
		},
		{
			"an alternative becomes narrower",
			either(person, pet("id: {type: string, maxLength: 9}")), either(person, pet("id: {type: string, maxLength: 3}")),
			[]string{"request-length-tightened", "response-narrowed"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base, err1 := loadText(t, of("3.0.3", tt.base), nil)
			head, err2 := loadText(t, of("3.0.3", tt.head), nil)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			changes, err := Format.Diff(base, head)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range changes {
				got = append(got, c.Rule.Name())
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
