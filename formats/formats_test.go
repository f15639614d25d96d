package formats_test

import (
	"bytes"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/formats"
)

func rules() []change.Rules {
	return (&checker.Checker{Formats: formats.All()}).Rules()
}

// RULES.md is what the rules say.
func TestRuleIndex(t *testing.T) {
	var b bytes.Buffer
	if err := (report.Catalogue{Rules: rules(), Formats: formats.All()}).Markdown(&b); err != nil {
		t.Fatal(err)
	}
	if ruletest.Update() {
		if err := os.WriteFile("RULES.md", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile("RULES.md"); err != nil || !bytes.Equal(text, b.Bytes()) {
		t.Errorf("RULES.md is not what the rules say (%v); run: go test ./formats -update", err)
	}
}

func TestRuleIDsAreUnique(t *testing.T) {
	seen := make(map[string]bool)
	for _, rs := range rules() {
		for _, r := range rs.List {
			if seen[r.ID] {
				t.Errorf("two rules are called %s", r.ID)
			}
			seen[r.ID] = true
		}
	}
}

// The families of rules that speak of schemas. What belongs to one language alone
// is its own (odcs/*, slo/*).
var families = []string{"avro", "jsonschema", "protobuf", "table"}

// Every idea that one family has a rule for, the others have too, or say in
// testdata/symmetry.txt why not.
func TestSymmetry(t *testing.T) {
	has := make(map[string]map[change.Idea]bool)
	var ideas []change.Idea
	for _, rs := range rules() {
		for _, r := range rs.List {
			family := path.Dir(r.ID)
			if !slices.Contains(families, family) {
				continue
			}
			if has[family] == nil {
				has[family] = make(map[change.Idea]bool)
			}
			has[family][r.Idea] = true
			ideas = append(ideas, r.Idea)
		}
	}
	slices.Sort(ideas)
	ideas = slices.Compact(ideas)
	waived := readSymmetry(t)
	used := make(map[waiver]bool)
	for _, family := range families {
		for _, idea := range ideas {
			i := slices.IndexFunc(waived, func(w waiver) bool { return w.covers(family, idea) })
			switch {
			case has[family][idea] && i >= 0:
				t.Errorf("%s has a rule for %s, and a waiver that says why it has none", family, idea)
			case !has[family][idea] && i < 0:
				t.Errorf("%s has no rule for %s, and nobody says why", family, idea)
			case i >= 0:
				used[waived[i]] = true
			}
		}
	}
	for _, w := range waived {
		if !used[w] {
			t.Errorf("the waiver of %s for %s is not needed", w.idea, w.family)
		}
	}
}

type waiver struct{ family, idea string }

func (w waiver) covers(family string, idea change.Idea) bool {
	ok, err := path.Match(w.idea, string(idea))
	return w.family == family && ok && err == nil
}

func readSymmetry(t *testing.T) (all []waiver) {
	text, err := os.ReadFile("testdata/symmetry.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, "|")
		if len(parts) != 3 || strings.TrimSpace(parts[2]) == "" {
			t.Fatalf("want FAMILY | IDEAS | WHY, got %q", line)
		}
		for _, idea := range strings.Fields(parts[1]) {
			all = append(all, waiver{strings.TrimSpace(parts[0]), idea})
		}
	}
	return all
}
