package openapi

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// A peerCase is a pair of descriptions and what the peer says of it.
type peerCase struct {
	Name        string
	Before      string
	After       string
	BeforeFiles map[string]string `json:"before_files"`
	AfterFiles  map[string]string `json:"after_files"`
	Args        []string
	Right       string
	Expected    []struct{ ID, Level string }
}

// loadText reads a description with the files beside it.
func loadText(t testing.TB, text string, beside map[string]string) (schema.Schema, error) {
	t.Helper()
	const entry = "api/openapi.yaml"
	fsys := fstest.MapFS{entry: {Data: []byte(text)}}
	for name, text := range beside {
		if name = "api/" + name; fs.ValidPath(name) {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return Format.Load(t.Context(), schema.Request{FS: fsys, Paths: []string{entry}})
}

// diff compares the case. It also returns what the peer calls edits that were shown to
// change no value.
func (c peerCase) diff(t testing.TB) (changes []change.Change, equal []string, err error) {
	base, err := loadText(t, c.Before, c.BeforeFiles)
	if err != nil {
		return nil, nil, err
	}
	head, err := loadText(t, c.After, c.AfterFiles)
	if err != nil {
		return nil, nil, err
	}
	b, _ := schema.Form[*port](base)
	h, _ := schema.Form[*port](head)
	d := newDiffer(b, h)
	d.description()
	return d.changes, d.equal, nil
}

func peerIDs(changes []change.Change) (ids []string) {
	for _, c := range changes {
		for _, p := range c.Also {
			ids = append(ids, strings.TrimPrefix(p.ID, oasdiff))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// The peer's checks, except those that compare version numbers or need a setting.
func TestAgreesWithOasdiff(t *testing.T) {
	var cases []peerCase
	ruletest.Corpus(t, "openapi/oasdiff-cases.json", &cases)
	says, proven := make(map[string]string), make(map[string]string)
	total := 0
	for _, c := range cases {
		if len(c.Args) > 0 {
			continue
		}
		total++
		changes, equal, err := c.diff(t)
		if err != nil {
			if len(c.Expected) > 0 {
				says[c.Name] = "refused: " + err.Error()
			}
			continue
		}
		for _, one := range changes {
			for _, p := range one.Also {
				if !one.Rule.IsAlso(p.ID) {
					t.Errorf("%s: %s does not say that it is also %s", c.Name, one.Rule.ID, p.ID)
				}
			}
		}
		var want []string
		for _, e := range c.Expected {
			if !strings.HasPrefix(e.ID, "api-version-") && !strings.HasPrefix(e.ID, "api-major-") {
				want = append(want, e.ID)
			}
		}
		slices.Sort(want)
		want = slices.Compact(want)
		got := peerIDs(changes)
		missing := slices.DeleteFunc(slices.Clone(want), func(id string) bool { return slices.Contains(got, id) })
		surplus := slices.ContainsFunc(got, func(id string) bool { return !slices.Contains(want, id) })
		switch {
		case slices.Equal(got, want):
		case !surplus && !slices.ContainsFunc(missing, func(id string) bool { return !slices.Contains(equal, id) }):
			proven[c.Name] = fmt.Sprintf("without %v", missing)
		default:
			says[c.Name] = fmt.Sprintf("%v, not %v", got, want)
		}
	}
	ruletest.Agree(t, "testdata/oasdiff-equal.txt", total, proven)
	ruletest.Agree(t, "testdata/oasdiff-waivers.txt", total, says)
	if most := (total - len(proven)) * 3 / 100; len(says) > most {
		t.Errorf("%d of %d cases disagree; at most %d may", len(says), total-len(proven), most)
	}
}

// Our own cases, whose verdicts follow from the specification.
func TestVerdictsByHand(t *testing.T) {
	var cases []peerCase
	ruletest.Corpus(t, "openapi/hand-cases.json", &cases)
	words := map[string]change.Class{"break": change.Breaking, "warn": change.Risky, "no-break": change.Compatible}
	says := make(map[string]string)
	for _, c := range cases {
		changes, _, err := c.diff(t)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		worst := change.Compatible
		var rules []string
		for _, one := range changes {
			worst = max(worst, one.Rule.Class)
			rules = append(rules, one.Rule.Name())
		}
		if worst != words[c.Right] {
			says[c.Name] = fmt.Sprintf("%s %v, not %s", worst, rules, c.Right)
		}
	}
	ruletest.Agree(t, "testdata/hand-waivers.txt", len(cases), says)
}
