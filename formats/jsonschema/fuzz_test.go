package jsonschema

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"golang.org/x/tools/txtar"
)

// Whatever two files say, reading and comparing them ends: with errors that have a
// place, or with changes of which a schema has none to itself.
func FuzzDiff(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, base, head string) {
		claims("x.json", []byte(base))
		b, err1 := read(t, "x.yaml", base)
		h, err2 := read(t, "x.yaml", head)
		for _, e := range source.Errors(err1) {
			if e.Span.IsZero() {
				t.Errorf("an error without a place: %v", e)
			}
		}
		for _, s := range []schema.Schema{b, h} {
			if s.Outline(); s.Crash() != nil {
				t.Fatal(s.Crash())
			}
		}
		if err1 != nil {
			return
		}
		if changes := compare(t, b, b); len(changes) > 0 {
			t.Errorf("a schema differs from itself:\n%s", details(changes))
		}
		if err2 != nil {
			return
		}
		for i, c := range compare(t, b, h) {
			if c.Detail == "" || c.Path == "" {
				t.Errorf("%s says nothing", c.Rule.ID)
			}
			if i < 3 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				Format.Prove(ctx, b, h, c)
				cancel()
			}
		}
	})
}

// What is said of a random schema and a random edit holds, whatever the seed.
func FuzzSound(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		m := &maker{Rand: rand.New(rand.NewPCG(a, b))}
		m.draft = pick(m, allDrafts...)
		s := m.document()
		holdPair(t, m, new(tally), s, m.edit(s))
	})
}

// seed adds both sides of every example.
func seed(f *testing.F) {
	names, err := fs.Glob(examples, "rules/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(examples, name)
		if err != nil {
			f.Fatal(err)
		}
		files := txtar.Parse(data).Files
		f.Add(string(files[0].Data), string(files[1].Data))
	}
	f.Add(`{"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/a"}, "unevaluatedItems": false}}}`, `{"$dynamicRef": "#m", "$dynamicAnchor": "m", "uniqueItems": true}`)
	f.Add(`{"pattern": "(a{900}){900}", "minLength": 1e300}`, `{"multipleOf": 1e-300, "minimum": 1e300, "enum": [1e999]}`)
	f.Add("&a {allOf: [*a]}", "{minItems: 1000000000000, contains: {minContains: 99999}}")
}
