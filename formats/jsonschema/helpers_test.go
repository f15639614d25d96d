package jsonschema

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// read loads one document as a port.
func read(t testing.TB, name, text string) (schema.Schema, error) {
	t.Helper()
	return Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{name: {Data: []byte(text)}}, Paths: []string{name}})
}

func mustRead(t testing.TB, text string) schema.Schema {
	t.Helper()
	s, err := read(t, "x.json", text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

func compare(t testing.TB, base, head schema.Schema) []change.Change {
	t.Helper()
	changes, err := Format.Diff(base, head)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func details(changes []change.Change) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s: %s %s %v: %s\n", c.Head, c.Rule.Class, c.Rule.ID, c.Breaks().Names(), c.Detail)
	}
	return b.String()
}

// config reads the breakwater.yaml of an example, which may have none.
func config(t testing.TB, fsys fs.FS) *document.Node {
	t.Helper()
	text, err := fs.ReadFile(fsys, "breakwater.yaml")
	if err != nil {
		return nil
	}
	n, err := document.Parse("breakwater.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func mustPath(t testing.TB, text string) change.Path {
	t.Helper()
	p, err := change.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
