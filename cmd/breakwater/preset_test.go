package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/revision/repotest"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/formats"
)

const onePort = "version: 1\nports: [{id: acme/all, owner: '@acme', files: ['**/*.proto']}]\n"

// memory makes a tree of files and of what says how they are judged.
func memory(name string, files, settings repotest.Files) *revision.Tree {
	all := make(map[string][]byte)
	for _, set := range []repotest.Files{files, settings} {
		for file, text := range set {
			all[file] = []byte(text)
		}
	}
	return revision.Memory(name, all)
}

// blocked checks a change of files under settings, and returns each finding that is
// breaking by the ids and files of buf that it stands for.
func blocked(t *testing.T, before, after, settings repotest.Files) [][]string {
	t.Helper()
	c := &checker.Checker{Formats: formats.All(), Unread: formats.Unread()}
	r, err := c.Check(t.Context(), checker.Revisions{Base: memory("base", before, settings), Head: memory("head", after, settings)})
	if err != nil || len(r.Errors) > 0 {
		t.Fatal(err, r.Errors)
	}
	var all [][]string
	for _, f := range r.Findings {
		if f.Class != change.Breaking {
			continue
		}
		if f.Verdict != policy.Block {
			t.Errorf("%s is breaking and its verdict is %s: %s", f.Rule.ID, f.Verdict, f.Because)
		}
		var ids []string
		for _, p := range f.Also {
			file := p.At.File
			if file == "" && !p.Nowhere {
				file = f.Head.File
			}
			ids = append(ids, strings.TrimPrefix(p.ID, "buf:")+" "+file)
		}
		all = append(all, ids)
	}
	return all
}

func below(root, file string) string {
	if file == "" {
		return ""
	}
	return root + file
}

func inside(root string, files repotest.Files) repotest.Files {
	moved := make(repotest.Files)
	for name, text := range files {
		moved[root+name] = text
	}
	return moved
}

// A preset, and a buf.yaml that was there before, block exactly what buf reports.
func TestPresetsBlockWhatBufReports(t *testing.T) {
	var cases []struct {
		Name, Category, Config string
		Before, After          repotest.Files
		Expected               []struct{ Rule, Path string }
	}
	ruletest.Corpus(t, "protobuf/buf-cases.json", &cases)
	count := make(map[string]int)
	says := make(map[string]string)
	for _, c := range cases {
		settings := repotest.Files{"breakwater.yaml": onePort}
		switch {
		case c.Category != "own":
			settings["breakwater.yaml"] += fmt.Sprintf("formats: {protobuf: {preset: 'buf:%s'}}\n", c.Category)
		case c.Config != "":
			settings["buf.yaml"] = c.Config
		default: // buf's default
			settings["buf.yaml"] = "version: v2\nbreaking: {}\n"
		}
		root := "" // the cases name files as buf does, without the module's root
		if strings.Contains(c.Config, "- root\n") {
			root = "root/"
		}
		want := make(map[string]bool)
		for _, e := range c.Expected {
			want[e.Rule+" "+below(root, e.Path)] = true
		}
		missing := maps.Clone(want)
		var wrong []string
		for _, ids := range blocked(t, inside(root, c.Before), inside(root, c.After), settings) {
			if !slices.ContainsFunc(ids, func(id string) bool { return want[id] }) {
				wrong = append(wrong, "+"+strings.Join(ids, "/"))
			}
			for _, id := range ids {
				delete(missing, id)
			}
		}
		for id := range missing {
			wrong = append(wrong, "-"+id)
		}
		count[c.Category]++
		if len(wrong) > 0 {
			slices.Sort(wrong)
			says[c.Category+" "+c.Name] = strings.Join(wrong, ", ")
		}
	}
	t.Log(count)
	ruletest.Agree(t, "testdata/buf-presets.txt", len(cases), says)
}
