package dbt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/source"
	"go.yaml.in/yaml/v3"
)

// Every real file of sources is read, or refused at a place, and is silent against itself
// and against itself as JSON.
func TestCorpus(t *testing.T) {
	var history []struct{ Before, After *string }
	ruletest.Corpus(t, "odcs/history.json", &history)
	names, err := filepath.Glob(ruletest.CorpusPath(t, "odcs/files/*"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, h := range history {
		for _, text := range []*string{h.Before, h.After} {
			if text != nil {
				texts = append(texts, *text)
			}
		}
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	fresh, refused := 0, 0
	for _, text := range texts {
		if !strings.Contains(text, "\nsources:") {
			continue
		}
		if _, err := read(t, text); err != nil {
			refused++
			for _, e := range source.Errors(err) {
				if e.Span.IsZero() {
					t.Errorf("an error without a place: %v", e)
				}
			}
			continue
		}
		fresh++
		for _, again := range []string{text, asJSON(t, text)} {
			if got := compare(t, text, again); len(got) > 0 {
				t.Errorf("it differs from itself: %q\n%s", got, again)
			}
		}
	}
	t.Logf("of the files with sources, %d say how fresh they are, and %d do not", fresh, refused)
	if fresh+refused == 0 {
		t.Error("the corpus has no source of dbt")
	}
}

func asJSON(t *testing.T, text string) string {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Whatever two files say, reading and comparing them ends: with errors that have a
// place, or with changes of which a document has none to itself.
func FuzzDiff(f *testing.F) {
	const daily = "  freshness: {warn_after: {count: 12, period: hour}, error_after: {count: 1, period: day}}\n  loaded_at_field: loaded_at\n"
	f.Add(file(daily, "  - {name: a, freshness: null, description: A.}\n")+"models: [{name: b}]\n", file(daily, "  - {name: a, config: {freshness: {filter: x}}}\n"))
	f.Fuzz(func(t *testing.T, base, head string) {
		claims("x.yml", []byte(base))
		b, err1 := read(t, base)
		h, err2 := read(t, head)
		for _, e := range source.Errors(err1) {
			if e.Span.IsZero() {
				t.Errorf("an error without a place: %v", e)
			}
		}
		if err1 != nil {
			return
		}
		if changes, err := Format.Diff(b, b); err != nil || len(changes) > 0 {
			t.Errorf("it differs from itself: %q, %v", details(changes), err)
		}
		if err2 == nil {
			if _, err := Format.Diff(b, h); err != nil {
				t.Error(err)
			}
		}
	})
}
