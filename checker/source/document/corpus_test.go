package document_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// yamlTexts returns the YAML of the corpus, by where it comes from.
func yamlTexts(t testing.TB) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	for _, pattern := range []string{"*.yaml", "*.yml"} {
		files, err := filepath.Glob(filepath.Join(ruletest.CorpusPath(t, "odcs/files"), pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts[filepath.Base(file)] = string(text)
		}
	}
	for _, name := range []string{"odcs/history.json", "odcs/datacontract-cli-cases.json", "openapi/oasdiff-cases.json", "openapi/hand-cases.json"} {
		var cases []struct{ Name, Before, After string }
		ruletest.Corpus(t, name, &cases)
		for i, c := range cases {
			for side, text := range map[string]string{"before": c.Before, "after": c.After} {
				if !strings.HasPrefix(strings.TrimSpace(text), "{") { // JSON
					texts[fmt.Sprintf("%s %d %s", name, i, side)] = text
				}
			}
		}
	}
	return texts
}

func TestCorpusIsCommon(t *testing.T) {
	texts := yamlTexts(t)
	common, valid := 0, 0
	for name, text := range texts {
		got, ok := document.ParseCommon("x.yaml", []byte(text))
		want, err := document.ParseLibrary("x.yaml", []byte(text))
		if err == nil {
			valid++
		}
		switch {
		case ok && err != nil:
			t.Errorf("%s: accepted, but %v", name, err)
		case ok && !reflect.DeepEqual(got, want):
			t.Errorf("%s: another tree", name)
		case ok:
			common++
		default:
			t.Logf("%s: steps back at %s; the library says %v", name, document.StepsBackAt("x.yaml", []byte(text)), err)
		}
	}
	t.Logf("%d of %d valid texts are common YAML", common, valid)
}
