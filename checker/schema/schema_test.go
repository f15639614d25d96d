package schema_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// load reads a port of a language whose outline is made by make.
func load(t *testing.T, make func() *schema.Outline) schema.Schema {
	t.Helper()
	f := schema.Language[int]{
		Name:    "toy",
		Load:    func(context.Context, schema.Request) (int, error) { return 1, nil },
		Diff:    func(int, int) []change.Change { return nil },
		Outline: func(int) *schema.Outline { return make() },
		At:      func(int) source.Span { return source.Top("toy.txt") },
	}.Format()
	s, err := f.Load(t.Context(), schema.Request{Paths: []string{"toy.txt"}})
	if err != nil {
		t.Fatal(err)
	}
	if changes, err := f.Diff(s, s); len(changes) > 0 || err != nil {
		t.Fatal(changes, err)
	}
	return s
}

func TestOutlineIsMadeOnceWhenItIsAskedFor(t *testing.T) {
	var made atomic.Int32
	s := load(t, func() *schema.Outline {
		made.Add(1)
		return &schema.Outline{Roots: []change.Path{"Order"}}
	})
	if made.Load() != 0 || s.At() != source.Top("toy.txt") {
		t.Fatalf("nobody asked, and it was made %d times; it stands at %s", made.Load(), s.At())
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			copied := s
			if roots := copied.Outline().Roots; len(roots) != 1 {
				t.Errorf("got the roots %v", roots)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 || s.Crash() != nil {
		t.Errorf("made %d times, %v", made.Load(), s.Crash())
	}
}

func TestOutlineThatCrashesIsEmptyAndSaysSo(t *testing.T) {
	s := load(t, func() *schema.Outline { panic("no way") })
	if s.Crash() != nil {
		t.Error("it crashed before anybody asked")
	}
	if o := s.Outline(); len(o.Roots) > 0 {
		t.Errorf("got %v", o.Roots)
	}
	if err := s.Crash(); err == nil || !strings.Contains(err.Error(), "toy.txt:1:1: the toy outline crashed") || !strings.Contains(err.Error(), "no way") {
		t.Errorf("got %v", err)
	}
}

func TestNothingHasAnEmptyOutline(t *testing.T) {
	var s schema.Schema
	if o := s.Outline(); len(o.Roots) > 0 || !s.At().IsZero() || s.Crash() != nil {
		t.Errorf("got %v at %s, %v", o.Roots, s.At(), s.Crash())
	}
}
