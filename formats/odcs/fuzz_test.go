package odcs

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"golang.org/x/tools/txtar"
)

// Whatever two files say, reading and comparing them ends: with errors that have a
// place, or with changes of which a contract has none to itself.
func FuzzDiff(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, base, head string) {
		claims("x.json", []byte(base))
		Unread("x.yaml", []byte(base))
		products(t, base, head)
		b, err1 := read(t, "x.yaml", base)
		h, err2 := read(t, "x.yaml", head)
		for _, e := range source.Errors(err1) {
			if e.Span.IsZero() {
				t.Errorf("an error without a place: %v", e)
			}
		}
		if err1 != nil {
			return
		}
		if changes := compare(t, b, b); len(changes) > 0 {
			t.Errorf("a contract differs from itself:\n%s", details(changes))
		}
		if b.Outline(); b.Crash() != nil {
			t.Fatal(b.Crash())
		}
		for _, at := range b.Outline().Roots {
			if got, err := (schema.Places{Base: b.Outline(), Head: b.Outline()}).Resolve(at); got != at || err != nil {
				t.Errorf("%s means %s, %v", at, got, err)
			}
		}
		if err2 == nil {
			for _, c := range compare(t, b, h) {
				if c.Detail == "" || c.Path == "" {
					t.Errorf("%s says nothing", c.Rule.ID)
				}
			}
		}
	})
}

// products compares the output ports of two documents, and each with itself.
func products(t *testing.T, base, head string) {
	before, after := schema.Document{Path: "x.yaml", Text: []byte(base)}, schema.Document{Path: "x.yaml", Text: []byte(head)}
	was, err := ports(nil, "x.yaml", before.Text)
	now, _ := ports(nil, "x.yaml", after.Text)
	if err != nil {
		return
	}
	again, across := declared(before, before), declared(before, after)
	for _, b := range was {
		if changes := again(b, b, schema.Terms{}); len(changes) > 0 {
			t.Errorf("a port differs from itself:\n%s", details(changes))
		}
		for _, h := range append(now, schema.Port{}) {
			across(b, h, schema.Terms{Status: schema.Active})
		}
	}
}

// A contract that is written in another way is the same contract.
func FuzzRespell(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text, _ string) {
		base, err := read(t, "x.yaml", text)
		if err != nil {
			return
		}
		docs, err := document.ParseAll("x.yaml", []byte(text))
		if err != nil {
			return
		}
		for name, other := range respell(docs) {
			again, err := document.ParseAll(name, []byte(other))
			if err != nil || len(again) != len(docs) {
				continue // the writer of this test is no YAML library
			}
			same := true
			for i := range docs {
				same = same && document.Equal(docs[i], again[i])
			}
			if !same {
				continue
			}
			head, err := read(t, name, other)
			if err != nil {
				t.Fatalf("%s is refused: %v\n%s", name, err, other)
			}
			if changes := compare(t, base, head); len(changes) > 0 {
				t.Errorf("as %s it differs from itself:\n%s\n%s", name, details(changes), other)
			}
		}
	})
}

// seed adds both sides of every example.
func seed(f *testing.F) {
	for _, set := range Format.Rules {
		names, err := fs.Glob(set.Examples, "rules/*.txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(set.Examples, name)
			if err != nil {
				f.Fatal(err)
			}
			files := txtar.Parse(data).Files
			f.Add(string(files[0].Data), string(files[len(files)/2].Data))
		}
	}
	f.Add(rich, strings.Replace(rich, "id", "ID", 9))
	f.Add(richSpecification, strings.Replace(richSpecification, "string", "int", 3))
	f.Add(rich2, strings.Replace(rich2, "true", "false", 4))
	f.Add(richSpecification, rich2)
	f.Add(objectives("{property: latency, value: 4, unit: d, element: 'orders.a, orders.b'}"), objectives("{property: latency, value: 1.5, unit: y, valueExt: 3}"))
}
