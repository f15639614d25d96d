package avro

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"golang.org/x/tools/txtar"
)

// Whatever two files say, reading and comparing them ends: with errors that have a
// place, or with changes, of which a schema has none to itself, however it is written.
func FuzzDiff(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, base, head string) {
		b, err1 := load1(t, base)
		h, err2 := load1(t, head)
		for _, e := range source.Errors(err1) {
			if e.Span.IsZero() || strings.Contains(e.Msg, "crashed") {
				t.Errorf("an error without a place: %v", e)
			}
		}
		if err1 != nil {
			return
		}
		if changes := compare(t, b, b); len(changes) > 0 {
			t.Errorf("a schema differs from itself:\n%s", told(changes))
		}
		if b.Outline(); b.Crash() != nil {
			t.Fatal(b.Crash())
		}
		for _, at := range b.Outline().Roots {
			if got, err := (schema.Places{Base: b.Outline(), Head: b.Outline()}).Resolve(at); got != at || err != nil {
				t.Errorf("%s means %s, %v", at, got, err)
			}
		}
		respelled(t, b, base)
		if err2 != nil {
			return
		}
		for i, c := range compare(t, b, h) {
			if c.Detail == "" || c.Path == "" {
				t.Errorf("%s says nothing", c.Rule.ID)
			}
			if i < 5 {
				Format.Prove(t.Context(), b, h, c)
			}
		}
	})
}

// respelled writes a schema with its members in another order and other white space.
func respelled(t *testing.T, b schema.Schema, text string) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return
	}
	again, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	h, err := load1(t, string(again))
	if err != nil {
		t.Fatalf("it is refused after a formatter: %v\n%s", err, again)
	}
	if changes := compare(t, b, h); len(changes) > 0 {
		t.Errorf("a formatter makes a difference:\n%s", told(changes))
	}
}

// Whatever a container holds, reading its header ends.
func FuzzContainer(f *testing.F) {
	f.Add(container(order))
	f.Add("Obj\x01\x01\x80\x80\x80\x80\x10")
	f.Fuzz(func(t *testing.T, text string) {
		claims("x.avro", []byte(text))
		_, err := loadFiles(t, map[string]string{"x.avro": text}, "x.avro")
		for _, e := range source.Errors(err) {
			if e.Span.IsZero() || strings.Contains(e.Msg, "crashed") {
				t.Errorf("an error without a place: %v", e)
			}
		}
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
}
