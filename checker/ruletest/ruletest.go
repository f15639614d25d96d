// Package ruletest runs the example of every rule. A rule's example is its
// test, its `breakwater explain` text and its page in the rule index.
//
// An example is a txtar archive rules/NAME.txtar: the files under before/ and
// after/, and under want one line for each change that is reported,
//
//	orders.proto:1:1: protobuf/field-removed: Order.discount (field 4) is gone
//
// which pins the rule to an exact position. Run `go test ./... -update` to
// rewrite the want sections, and review what changed.
package ruletest

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the want sections of rules/*.txtar")

// Day is the one on which examples are judged.
var Day = time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)

// Update reports whether tests are to rewrite what they want.
func Update() bool { return *update }

// A Diff reports how the files of head differ from those of base.
type Diff func(t *testing.T, base, head fs.FS) []change.Change

// Format runs the examples of rules with f, where all files of a side are one port.
func Format(t *testing.T, f schema.Format, rules change.Rules) {
	t.Helper()
	Run(t, rules, FormatDiff(f))
}

// FormatDiff loads both sides as one port of f and compares them.
func FormatDiff(f schema.Format) Diff {
	return func(t *testing.T, base, head fs.FS) []change.Change {
		changes, err := f.Diff(load(t, f, base), load(t, f, head))
		if err != nil {
			t.Fatal(err)
		}
		return changes
	}
}

func load(t *testing.T, f schema.Format, fsys fs.FS) schema.Schema {
	t.Helper()
	var paths []string
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Load(t.Context(), schema.Request{FS: fsys, Paths: paths, Now: Day})
	if err != nil {
		t.Fatal(err)
	}
	if s.Outline(); s.Crash() != nil {
		t.Fatal(s.Crash())
	}
	return s
}

// Run checks that each rule is whole and has an example, and that every example
// belongs to a rule; then it diffs each example's before with its after, and
// holds the report against its want. A before that differs from itself fails.
func Run(t *testing.T, rules change.Rules, diff Diff) {
	t.Helper()
	names := make(map[string]bool)
	for _, r := range rules.List {
		if names[r.Name()] {
			t.Errorf("%s: two rules share the example", r.ID)
		}
		names[r.Name()] = true
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			whole(t, r)
			ar, ok := rules.Example(r)
			if !ok {
				t.Fatal("the rule has no example")
			}
			runExample(t, diff, r, ar)
		})
	}
	found, err := fs.Glob(rules.Examples, "rules/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range found {
		if !names[strings.TrimSuffix(strings.TrimPrefix(name, "rules/"), ".txtar")] {
			t.Errorf("%s: no rule of this name", name)
		}
	}
}

var ruleID = regexp.MustCompile(`^[a-z]+/[a-z0-9-]+$`)

// whole checks that r says all that a person needs.
func whole(t *testing.T, r *change.Rule) {
	t.Helper()
	switch {
	case !ruleID.MatchString(r.ID):
		t.Errorf("%q is no rule id", r.ID)
	case r.Idea == "" || r.Title == "" || r.Why == "" || r.Fix == "" || r.Breaks == 0:
		t.Error("a rule says its idea, title, what it breaks, why, and what to do")
	case strings.HasSuffix(r.Title, ".") || !strings.HasSuffix(r.Why, ".") || !strings.HasSuffix(r.Fix, "."):
		t.Error("a title has no full stop; a reason and a remedy are sentences")
	}
}

// Side returns the files of ar under dir, which may be none.
func Side(t *testing.T, ar *txtar.Archive, dir string) fs.FS {
	t.Helper()
	var part txtar.Archive
	for _, file := range ar.Files {
		if name, ok := strings.CutPrefix(file.Name, dir+"/"); ok {
			part.Files = append(part.Files, txtar.File{Name: name, Data: file.Data})
		}
	}
	fsys, err := txtar.FS(&part)
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

func runExample(t *testing.T, diff Diff, r *change.Rule, ar *txtar.Archive) {
	base, head := Side(t, ar, "before"), Side(t, ar, "after")
	if same := diff(t, base, base); len(same) > 0 {
		t.Errorf("what was before differs from itself: %s", same[0].Detail)
	}
	changes := diff(t, base, head)
	change.Sort(changes)

	var got bytes.Buffer
	fired := false
	for _, c := range changes {
		fired = fired || c.Rule == r
		fmt.Fprintf(&got, "%s: %s: %s\n", c.Head, c.Rule.ID, c.Detail)
		for _, p := range c.Also {
			if !c.Rule.IsAlso(p.ID) {
				t.Errorf("%s does not say that it is also %s", c.Rule.ID, p.ID)
			}
		}
	}
	if !fired {
		t.Errorf("the example does not show the rule; it reports:\n%s", &got)
	}
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "want" })
	switch {
	case i < 0:
		t.Error("the example has no want")
	case bytes.Equal(ar.Files[i].Data, got.Bytes()):
	case !*update:
		t.Errorf("got:\n%swant:\n%s", &got, ar.Files[i].Data)
	default:
		ar.Files[i].Data = got.Bytes()
		if err := os.WriteFile("rules/"+r.Name()+".txtar", txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
