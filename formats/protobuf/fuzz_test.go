package protobuf

import (
	"context"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"golang.org/x/tools/txtar"
)

// seeds adds both sides of every example.
func seeds(f *testing.F, add func(before, after string)) {
	f.Helper()
	names, err := fs.Glob(examples, "rules/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(examples, name)
		if err != nil {
			f.Fatal(err)
		}
		var sides [2]string
		for _, file := range txtar.Parse(text).Files {
			for i, dir := range []string{"before/", "after/"} {
				if strings.HasPrefix(file.Name, dir) && strings.HasSuffix(file.Name, ".proto") {
					sides[i] += string(file.Data)
				}
			}
		}
		add(sides[0], sides[1])
	}
}

// Whatever the bytes, reading ends with a schema that does not differ from itself,
// or with errors that have places; and any two schemas can be compared.
func FuzzLoad(f *testing.F) {
	seeds(f, func(before, after string) { f.Add(before, after) })
	f.Fuzz(func(t *testing.T, before, after string) {
		var sides []schema.Schema
		for _, text := range []string{before, after} {
			s, err := Format.Load(context.Background(), schema.Request{FS: files{"a.proto": text}.fs(), Paths: []string{"a.proto"}})
			for _, e := range source.Errors(err) {
				lines := strings.Count(text, "\n") + 1
				if e.Span.File != "a.proto" || e.Span.Start.Line < 1 || e.Span.Start.Line > lines || e.Span.Start.Column < 1 || e.Span.End.Compare(e.Span.Start) < 0 {
					t.Errorf("an error at %+v: %s", e.Span, e.Msg)
				}
				if strings.Contains(e.Msg, "crashed") {
					t.Error(e.Msg)
				}
			}
			if err != nil {
				return
			}
			if changes, err := Format.Diff(s, s); len(changes) != 0 || err != nil {
				t.Errorf("a schema differs from itself: %v, %v", changes, err)
			}
			for _, at := range s.Outline().Roots {
				if got, err := (schema.Places{Base: s.Outline(), Head: s.Outline()}).Resolve(at); got != at || err != nil {
					t.Errorf("%s means %s, %v", at, got, err)
				}
			}
			sides = append(sides, s)
		}
		changes, err := Format.Diff(sides[0], sides[1])
		if err != nil {
			t.Error(err)
		}
		for _, c := range changes {
			if c.Surfaces == 0 || c.Surfaces&^c.Rule.Breaks != 0 || c.Path == "" || c.Detail == "" {
				t.Errorf("half a change: %+v", c)
			}
			if _, err := change.Parse(string(c.Path)); err != nil {
				t.Error(err)
			}
		}
		provesAll(t, before, after)
	})
}

// provesAll looks for a witness of every change, twice: the search neither crashes
// nor depends on chance.
func provesAll(t *testing.T, before, after string) {
	base, err1 := loadPort(files{"a.proto": before})
	head, err2 := loadPort(files{"a.proto": after})
	if err1 != nil || err2 != nil {
		return
	}
	for _, c := range diff(base, head) {
		first, second := prove(t.Context(), base, head, c), prove(t.Context(), base, head, c)
		if (first == nil) != (second == nil) || first != nil && *first != *second {
			t.Errorf("%s: %v, then %v", c.Detail, first, second)
		}
		if first != nil && (!utf8.ValidString(first.String()) || first.Written == "" || first.ReadAs == "" || first.Surface&c.Breaks() == 0) {
			t.Errorf("%s: half a witness: %+v", c.Detail, first)
		}
	}
}

// Comments, spaces and the order of declarations are no change, and two runs say
// the same.
func FuzzReformat(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		w := &world{r: rand.New(rand.NewPCG(seed, 1))}
		s := w.schema()
		base, err := loadPort(s.render())
		if err != nil {
			return
		}
		other, err := loadPort(w.shuffled(s))
		if err != nil {
			t.Fatal(err)
		}
		if changes := diff(base, other); len(changes) > 0 {
			t.Errorf("another order is a change: %s", changes[0].Detail)
		}
		for range 4 {
			w.edit(s)
		}
		edited, err := loadPort(s.render())
		if err != nil {
			return
		}
		a := sorted(diff(base, edited))
		edited.paired = nil
		if b := sorted(diff(base, edited)); a != b {
			t.Errorf("two runs differ:\n%s\n%s", a, b)
		}
	})
}

func sorted(changes []change.Change) string {
	change.Sort(changes)
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(c.Rule.ID + " " + c.Head.String() + " " + c.Key + " " + c.From + " " + c.To + " " + c.Detail + "\n")
	}
	return b.String()
}
