package report_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/formats"
	"golang.org/x/tools/txtar"
)

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// rich returns the result of testdata/rich.txtar, which holds all that a report can
// meet.
func rich(t testing.TB) *checker.Result {
	t.Helper()
	ar, err := txtar.ParseFile("testdata/rich.txtar")
	if err != nil {
		t.Fatal(err)
	}
	base, head := make(map[string][]byte), make(map[string][]byte)
	for _, f := range ar.Files {
		side, name, _ := strings.Cut(f.Name, "/")
		if side == "base" {
			base[name], head[name] = f.Data, f.Data
		}
	}
	for _, f := range ar.Files {
		switch side, name, _ := strings.Cut(f.Name, "/"); {
		case side != "head":
		case string(f.Data) == "(removed)\n":
			delete(head, name)
		default:
			head[name] = f.Data
		}
	}
	return checkTrees(t, base, head)
}

func checkTrees(t testing.TB, base, head map[string][]byte) *checker.Result {
	t.Helper()
	c := &checker.Checker{Formats: formats.All(), Unread: formats.Unread(), Now: now, Tool: checker.Tool{Name: "breakwater", Version: "0.4.0"}}
	r, err := c.Check(t.Context(), checker.Revisions{Base: revision.Memory("main@3f2c1a9", base), Head: revision.Memory("working tree", head)})
	if err != nil {
		t.Fatal(err)
	}
	r.Base.Commit, r.Head.Commit = "3f2c1a9d0f3c1a4b8b7a1f0e2d3c4b5a69788776", "8d1e2f3a4b5c6d7e8f90a1b2c3d4e5f60718293a"
	return r
}

// render writes r twice, which has to give the same.
func render(t testing.TB, write report.Writer, r *checker.Result) string {
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

// golden holds got against a file of testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if ruletest.Update() {
		if err := os.WriteFile("testdata/"+name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("testdata/" + name)
	if err != nil || string(want) != got {
		t.Errorf("testdata/%s is not what is written (-update rewrites it): %v\n%s", name, err, got)
	}
}

// Every report is the same twice over and is what testdata says. None holds what a
// terminal or a workflow would obey, but for the annotations, which are commands.
func TestRich(t *testing.T) {
	r := rich(t)
	for name, o := range map[string]report.Options{
		"text": {}, "sarif": {}, "junit": {}, "github": {}, "gitlab": {}, "omds": {},
		"html": {Repository: "https://github.com/acme/checkout"},
	} {
		t.Run(name, func(t *testing.T) {
			got := render(t, report.Writers(o)[name], r)
			golden(t, "rich."+name, got)
			if name != "github" {
				ruletest.Harmless(t, got)
			}
		})
	}
}
