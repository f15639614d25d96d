package protobuf

import (
	"io/fs"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// An example may have a breakwater.yaml, which names the type that is served.
func TestRules(t *testing.T) {
	ruletest.Run(t, rules, func(t *testing.T, base, head fs.FS) []change.Change {
		changes, err := Format.Diff(loadExample(t, base), loadExample(t, head))
		if err != nil {
			t.Fatal(err)
		}
		return changes
	})
}

func loadExample(t *testing.T, fsys fs.FS) schema.Schema {
	t.Helper()
	r := schema.Request{FS: fsys}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			r.Paths = append(r.Paths, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(fsys, "breakwater.yaml"); err == nil {
		config, err := document.Parse("breakwater.yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		r.Root = config.Get("ports").List()[0].Get("root").String()
	}
	s, err := Format.Load(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
