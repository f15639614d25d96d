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
