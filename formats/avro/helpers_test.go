package avro

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// load1 loads a port of one file.
func load1(t testing.TB, text string) (schema.Schema, error) {
	t.Helper()
	return loadFiles(t, map[string]string{"schema.avsc": text}, "schema.avsc")
}

func loadFiles(t testing.TB, files map[string]string, paths ...string) (schema.Schema, error) {
	t.Helper()
	fsys := make(fstest.MapFS)
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Format.Load(t.Context(), schema.Request{FS: fsys, Paths: paths})
}

func compare(t testing.TB, base, head schema.Schema) []change.Change {
	t.Helper()
	changes, err := Format.Diff(base, head)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// diffOf compares two schemas, which are valid.
func diffOf(t testing.TB, base, head string) []change.Change {
	t.Helper()
	b, err := load1(t, base)
	if err != nil {
		t.Fatal(err)
	}
	h, err := load1(t, head)
	if err != nil {
		t.Fatal(err)
	}
	return compare(t, b, h)
}

// told lists what changes say, one on each line.
func told(changes []change.Change) string {
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(c.Rule.Name() + ": " + c.Detail + "\n")
	}
	return b.String()
}
