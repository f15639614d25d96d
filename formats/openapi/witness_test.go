package openapi

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// hasMessage reports whether a break can show in a request or response at all: what is
// gone from responses never comes, nobody sends what is not called any more, and some
// promises no validator knows.
func hasMessage(c change.Change) bool {
	switch c.Rule {
	case mediaTypeRemoved, responseRemoved, schemeFlowRemoved, unitChanged, spellingChanged:
		return false
	case operationRemoved:
		return c.Path.Steps()[0][:1] == "\"" && strings.HasPrefix(string(c.Path), `"/`) && !strings.Contains(string(c.Path), ".callbacks.")
	}
	return !strings.Contains(c.Key, "contentSchema") && c.Key != "x-extensible-enum"
}

// The corpus of the peer: in how many of the breaking findings a message shows the break.
func TestMostBreaksHaveAWitness(t *testing.T) {
	var cases []peerCase
	ruletest.Corpus(t, "openapi/oasdiff-cases.json", &cases)
	shown, total := make(map[string]int), make(map[string]int)
	missing := make(map[string][]string)
	beyond := 0
	for _, c := range cases {
		base, err1 := loadText(t, c.Before, c.BeforeFiles)
		head, err2 := loadText(t, c.After, c.AfterFiles)
		if err1 != nil || err2 != nil {
			continue
		}
		changes, err := Format.Diff(base, head)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range changes {
			if one.Rule.Class != change.Breaking {
				continue
			}
			if !hasMessage(one) {
				beyond++
				continue
			}
			name := one.Rule.Name()
			total[name]++
			if w := Format.Prove(t.Context(), base, head, one); w != nil {
				shown[name]++
			} else {
				missing[name] = append(missing[name], c.Name)
			}
		}
	}
	all, found := 0, 0
	for _, name := range slices.Sorted(maps.Keys(total)) {
		all, found = all+total[name], found+shown[name]
		if shown[name] < total[name] {
			t.Logf("%s: %d of %d; not %v", name, shown[name], total[name], missing[name][:min(14, len(missing[name]))])
		}
	}
	t.Logf("%d of %d breaking findings have a witness; %d more can have none", found, all, beyond)
	if found*100 < all*88 { // some speak of types that are gone, which another finding shows
		t.Errorf("%d of %d breaking findings have a witness, want 88 %%", found, all)
	}
}
