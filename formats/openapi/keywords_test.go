package openapi

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// An edited is one keyword of one object, with an edit of it or the reason for none.
type edited struct {
	object, keyword string
	around          string            // the description, where @ is the object
	besides         map[string]string // what the object says besides the keyword
	values          [2]string
	says, why       string
	line            int
}

// Every keyword of every object of OpenAPI 3.0, 3.1 and 3.2 is added, removed and
// changed: nothing that a description can say is passed over in silence, unless
// testdata/edits.txt says why.
func TestEveryKeywordIsComparedOrWaived(t *testing.T) {
	const file = "testdata/edits.txt"
	edits, lines := readEdits(t, file)
	known := make(map[string]bool)
	for _, e := range edits {
		known[e.object+" "+e.keyword] = true
		if e.values[0] == "" {
			if e.why == "" {
				t.Errorf("%s %s: nobody says why it is not compared", e.object, e.keyword)
			}
			continue
		}
		says := fmt.Sprintf("%s / %s / %s", e.rules(t, "", e.values[0]), e.rules(t, e.values[0], ""), e.rules(t, e.values[0], e.values[1]))
		switch {
		case ruletest.Update():
			parts := strings.SplitN(lines[e.line], " | ", 4)
			lines[e.line] = strings.TrimSuffix(strings.Join(append(parts[:3], says, e.why), " | "), " | ")
		case says != e.says:
			t.Errorf("%s:%d: %s %s gives %s, want %s", file, e.line+1, e.object, e.keyword, says, e.says)
		}
		if slices.Contains(strings.Fields(says), "-") != (e.why != "") {
			t.Errorf("%s:%d: %s %s gives %s; want a reason for silence, and for nothing else", file, e.line+1, e.object, e.keyword, says)
		}
	}
	if ruletest.Update() {
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	all, err := os.ReadFile("testdata/keywords.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(all)) {
		words := strings.Fields(line)
		for _, keyword := range words[2:] {
			if !known[words[1]+" "+keyword] {
				t.Errorf("%s: OpenAPI %s has %s of %s, which is neither compared nor waived", file, words[0], keyword, words[1])
			}
		}
	}
}

// The keywords that we hold our edits against are those of the published meta-schemas.
func TestKeywordsAreThoseOfTheMetaSchemas(t *testing.T) {
	node := ruletest.Peer(t, "node_modules/.bin/node")
	modules := filepath.Dir(filepath.Dir(ruletest.Peer(t, "node_modules/@hyperjump/json-schema")))
	published, err := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "keywords.mjs"), modules).Output()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile("testdata/keywords.txt")
	if err != nil {
		t.Fatal(err)
	}
	if string(published) != string(ours) {
		t.Errorf("testdata/keywords.txt is not what the meta-schemas say:\n%s", published)
	}
}

// rules names the rules that an edit of the keyword breaks; an empty value is none.
func (e edited) rules(t *testing.T, before, after string) string {
	t.Helper()
	base, err1 := loadText(t, e.text(before), nil)
	head, err2 := loadText(t, e.text(after), nil)
	if err1 != nil || err2 != nil {
		return "error"
	}
	changes, err := Format.Diff(base, head)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range changes {
		if !slices.Contains(names, c.Rule.Name()) {
			names = append(names, c.Rule.Name())
		}
	}
	if slices.Sort(names); len(names) > 0 {
		return strings.Join(names, ", ")
	}
	return "-"
}

// text is the description in which the keyword has a value.
func (e edited) text(value string) string {
	version, object := "openapi: 3.2.0", []string{}
	for _, key := range slices.Sorted(maps.Keys(e.besides)) {
		switch {
		case key == "openapi" && e.object != "Document":
			version = "openapi: " + e.besides[key]
		case key != e.name():
			object = append(object, key+": "+e.besides[key])
		}
	}
	if value != "" {
		object = append(object, e.name()+": "+value)
	}
	return strings.Replace(strings.ReplaceAll(e.around, "@", "{"+strings.Join(object, ", ")+"}"), "openapi: 3.2.0", version, 1)
}

// name is a key that stands for the keyword, which may be a pattern.
func (e edited) name() string {
	switch {
	case e.keyword == "x-*":
		return "x-team"
	case e.keyword == "*":
		return map[string]string{"Paths": "/a", "Callback": "'$url'", "Responses": "'200'", "Content": "application/json", "SecurityRequirement": "a"}[e.object]
	}
	return e.keyword
}

// readEdits reads the edits, and the lines of the file.
func readEdits(t *testing.T, file string) (edits []edited, lines []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines = strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	var object edited
	for i, line := range lines {
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			name, around, _ := strings.Cut(line[1:], "] ")
			object = edited{object: name, around: around}
		case line[0] == ' ':
			object.besides = members(nil, line)
		default:
			e := object
			parts := strings.Split(line, " | ")
			keyword, with, _ := strings.Cut(parts[0], " with ")
			e.keyword, e.line, e.besides = keyword, i, members(object.besides, with)
			switch {
			case len(parts) == 2:
				e.why = parts[1]
			case len(parts) >= 3:
				e.values = [2]string{parts[1], parts[2]}
				parts = append(parts, "", "")
				e.says, e.why = parts[3], parts[4]
			}
			edits = append(edits, e)
		}
	}
	return edits, lines
}

// members reads what an object says; a key without a value takes away what was said.
func members(outer map[string]string, text string) map[string]string {
	all := maps.Clone(outer)
	if all == nil {
		all = make(map[string]string)
	}
	for one := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(one), ": ")
		all[key] = value
		if value == "" {
			delete(all, key)
		}
	}
	return all
}
