package openslo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/source"
	"go.yaml.in/yaml/v3"
)

// Every real document is read, or refused at a place, and is silent against itself and
// against itself as JSON.
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
	known, refused := 0, 0
	for _, text := range texts {
		if !claims("slo.yaml", []byte(text)) {
			continue
		}
		known++
		if _, err := read(t, text); err != nil {
			refused++
			for _, e := range source.Errors(err) {
				t.Logf("refused: %v", e)
				if e.Span.IsZero() {
					t.Errorf("an error without a place: %v", e)
				}
			}
			continue
		}
		for _, again := range []string{text, asJSON(t, text)} {
			if got := compare(t, text, again); len(got) > 0 {
				t.Errorf("it differs from itself: %q\n%s", got, again)
			}
		}
	}
	t.Logf("%d documents, of which %d are refused", known, refused)
	if known == 0 {
		t.Error("the corpus has no document of OpenSLO")
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
	f.Add(file("  - {op: lte, value: 200, target: 0.99, timeSliceTarget: 0.5, timeSliceWindow: 5m}\n", "  timeWindow: [{duration: 1w}]\n", ""), file("  - targetPercent: 99\n", "  indicatorRef: a\n", ", annotations: {breakwater/unit: ms}"))
	f.Fuzz(func(t *testing.T, base, head string) {
		claims("x.yaml", []byte(base))
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
