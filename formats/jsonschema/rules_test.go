package jsonschema

import (
	"io/fs"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// An example may say in a breakwater.yaml that consumers write to the port, or which
// profile judges.
func TestRules(t *testing.T) {
	ruletest.Run(t, rules, func(t *testing.T, base, head fs.FS) []change.Change {
		return compare(t, ruleExample(t, base), ruleExample(t, head))
	})
}

func ruleExample(t *testing.T, fsys fs.FS) schema.Schema {
	t.Helper()
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	r := schema.Request{FS: fsys, Paths: names}
	if n := config(t, fsys); n != nil {
		r.Options = n.Get("formats").Get("jsonschema")
		for _, item := range n.Get("examples").List() {
			r.Examples = append(r.Examples, item.Text)
		}
		if n.Get("direction").String() == "write" {
			r.Direction = schema.Write
		}
	}
	s, err := Format.Load(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
