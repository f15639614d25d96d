package checker_test

import (
	"bytes"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"golang.org/x/tools/txtar"
)

// Every report is the same twice over, keeps to its JSON Schema, and holds nothing
// that a terminal or a workflow would obey.
func TestReports(t *testing.T) {
	schema := ruletest.JSONSchema(t, "../docs/report.schema.json")
	names, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base := files(ar, "base/", nil)
		r := checkTrees(t, base, files(ar, "head/", base))
		t.Run(filepath.Base(name), func(t *testing.T) {
			for _, o := range []report.Options{{}, {Verbose: true, Width: 60}, {Color: true, Width: 140}, {Quiet: true}} {
				text := render(t, o.Text, r)
				if o.Color {
					text = strings.NewReplacer("\x1b[", "", "\x1b", "").Replace(text)
				}
				ruletest.Harmless(t, text)
			}
			text := render(t, report.JSON, r)
			if err := schema(text); err != nil {
				t.Error(err)
			}
			if doc, err := report.Read(strings.NewReader(text)); err != nil || !reflect.DeepEqual(doc, report.NewDocument(r)) {
				t.Errorf("what is read is not what was written: %v\n%+v", err, doc)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no JSON", "schemaVersion: 1", "want a report as breakwater check --output json=FILE writes it: invalid character"},
		{"two reports", `{"schemaVersion": 1} {}`, "want a report as breakwater check --output json=FILE writes it: invalid character"},
		{"something else", `{"version": 1}`, "want a report as breakwater check --output json=FILE writes it; schemaVersion is missing"},
		{"a later report", `{"schemaVersion": 2, "ports": {}}`, "the report has schemaVersion 2, and this program reads 1"},
		{"a report that breaks its word", `{"schemaVersion": 1, "ports": {}}`, "the report does not keep to its schema: "},
		{"a report without end", `{"schemaVersion": 1` + strings.Repeat(" ", report.MaxDocument), "a report has at most 64 MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := report.Read(strings.NewReader(tt.text)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func checkTrees(t *testing.T, base, head map[string][]byte) *checker.Result {
	t.Helper()
	r, err := newChecker().Check(t.Context(), checker.Revisions{Base: revision.Memory("base", base), Head: revision.Memory("head", head)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func render(t *testing.T, write report.Writer, r *checker.Result) string {
	t.Helper()
	var first, second bytes.Buffer
	if err := write(&first, r); err != nil {
		t.Fatal(err)
	}
	if err := write(&second, r); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the report differs from itself")
	}
	return first.String()
}

// Names, ids, owners and texts come from strangers.
func FuzzReport(f *testing.F) {
	f.Add("::error file=a::x", "\x1b[2J\u202e", "a\r\n##[group]b")
	f.Fuzz(func(t *testing.T, name, owner, id string) {
		quote := func(s string) string { return `"` + strings.Map(escape, s) + `"` }
		contract := func(column string) []byte {
			return []byte("apiVersion: v3.1.0\nkind: DataContract\nid: " + quote(id) + "\nversion: " + quote(owner) + "\nstatus: active\nteam: {name: " + quote(owner) + "}\nschema:\n  - name: orders\n    properties:\n      - {name: id, logicalType: string}\n" + column)
		}
		r := checkTrees(t,
			map[string][]byte{"c.odcs.yaml": contract("      - {name: " + quote(name) + ", logicalType: string}\n"), "consumers/a.yaml": []byte("apiVersion: breakwater/v1\nkind: Consumption\nconsumer: {id: " + quote(id) + "}\nconsumes: [{port: c}]\n")},
			map[string][]byte{"c.odcs.yaml": contract("")})
		ruletest.Harmless(t, render(t, report.Options{Verbose: true}.Text, r))
		ruletest.Harmless(t, render(t, report.JSON, r))
	})
}

// escape writes what a double-quoted scalar of YAML takes as it is, and a stand-in
// for what would end it.
func escape(r rune) rune {
	if r == '"' || r == '\\' || r == unicode.ReplacementChar {
		return '_'
	}
	return r
}
