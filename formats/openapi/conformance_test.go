package openapi

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
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
	return loadWith(t, text, beside, "")
}

// loadWith reads a description in the year 2026, with a section of breakwater.yaml.
func loadWith(t testing.TB, text string, beside map[string]string, options string) (schema.Schema, error) {
	t.Helper()
	section, err := document.Parse("breakwater.yaml", []byte(options))
	if err != nil {
		t.Fatal(err)
	}
	const entry = "api/openapi.yaml"
	fsys := fstest.MapFS{entry: {Data: []byte(text)}}
	for name, text := range beside {
		if name = "api/" + name; fs.ValidPath(name) {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return Format.Load(t.Context(), schema.Request{FS: fsys, Paths: []string{entry}, Options: section, Now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)})
}

// diff compares the case. It also returns what the peer calls edits that were shown to
// change no value.
func (c peerCase) diff(t testing.TB) (changes []change.Change, equal []string, err error) {
	base, err := loadWith(t, c.Before, c.BeforeFiles, c.options(t))
	if err != nil {
		return nil, nil, err
	}
	head, err := loadWith(t, c.After, c.AfterFiles, c.options(t))
	if err != nil {
		return nil, nil, err
	}
	b, _ := schema.Form[*port](base)
	h, _ := schema.Form[*port](head)
	d := newDiffer(b, h)
	d.description()
	return d.changes, d.equal, nil
}

// options says in our words what the peer is asked for besides.
func (c peerCase) options(t testing.TB) string {
	section, days := "{}", ""
	for i := 0; i+1 < len(c.Args); i += 2 {
		switch name, value := c.Args[i], c.Args[i+1]; {
		case strings.HasPrefix(name, "--deprecation-days-"):
			days += strings.TrimPrefix(name, "--deprecation-days-") + ": " + value + ", "
			section = "{deprecation-days: {" + days + "}}"
		case name == "--stability-level":
			section = "{stability-level: " + value + "}"
		default:
			t.Errorf("%s: nobody knows what %s is", c.Name, name)
		}
	}
	return section
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

// The peer's checks, except those that compare version numbers.
func TestAgreesWithOasdiff(t *testing.T) {
	var cases []peerCase
	ruletest.Corpus(t, "openapi/oasdiff-cases.json", &cases)
	says, proven := make(map[string]string), make(map[string]string)
	total := 0
	for _, c := range cases {
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
