package openapi

import (
	"io/fs"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// An example may choose the settings of the format in a breakwater.yaml.
func TestRules(t *testing.T) {
	ruletest.Run(t, rules, func(t *testing.T, base, head fs.FS) []change.Change {
		changes, err := Format.Diff(ruleExample(t, base), ruleExample(t, head))
		if err != nil {
			t.Fatal(err)
		}
		return changes
	})
}

func ruleExample(t *testing.T, fsys fs.FS) schema.Schema {
	t.Helper()
	r := schema.Request{FS: fsys, Now: ruletest.Day}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && name != "breakwater.yaml" {
			r.Paths = append(r.Paths, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(fsys, "breakwater.yaml"); err == nil {
		n, err := document.Parse("breakwater.yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		r.Options = n.Get("formats").Get("openapi")
	}
	s, err := Format.Load(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
