package checker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"golang.org/x/tools/txtar"
)

// TestCheck runs whole checks: testdata/*.txtar hold the files of base, of head
// and, where it is another revision, of the gate. A side may be given as changes of
// another: "head" begins with all files of base, and a file that holds "(removed)"
// is removed. Under past/DATE/ stand the files that a commit of that day left on the
// target branch, and under older/NAME/ those of a tag or branch, newest first, which
// begins with all files of base, too. The lines of reviews say who approved the head,
// and for whom; those of acks who agreed to which finding. What came of it is held
// against want.
func TestCheck(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			base := files(ar, "base/", nil)
			revs := checker.Revisions{
				Base: revision.Memory("base", base),
				Head: revision.Memory("head", files(ar, "head/", base)),
				Gate: revision.Memory("gate", files(ar, "gate/", base)),
			}
			if past := newPast(t, ar, base); len(past) > 0 {
				revs.Past = past
			}
			revs.Refs = newRefs(ar, base)
			c := newChecker()
			if i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "reviews" }); i >= 0 {
				c.Reviews = reviews(ar.Files[i].Data)
			}
			if i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "acks" }); i >= 0 {
				c.Acks = acks(ar.Files[i].Data)
			}
			r, err := c.Check(t.Context(), revs)
			if err != nil {
				t.Fatal(err)
			}
			want(t, name, ar, summary(r))
		})
	}
}

// A contract that the system does not let us read is not gone.
func TestUnreadableFile(t *testing.T) {
	contract := []byte("apiVersion: v3.1.0\nkind: DataContract\nid: o\nversion: 1.0.0\nstatus: active\n")
	head := revision.Listing{Name: "head", Entries: []revision.Entry{{Path: "o.odcs.yaml", Blob: "2", Mode: 0o100644}}, Object: func(string) ([]byte, error) { return nil, fs.ErrPermission }}
	base := revision.Listing{Name: "base", Entries: []revision.Entry{{Path: "o.odcs.yaml", Blob: "1", Mode: 0o100644}}, Object: func(string) ([]byte, error) { return contract, nil }}
	r, err := newChecker().Check(t.Context(), checker.Revisions{Base: base.Tree(), Head: head.Tree()})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 1 || r.Findings[0].Rule.ID != "port/unreadable" || !r.Unreadable() || r.Findings[0].Head.File != "o.odcs.yaml" {
		t.Errorf("got %s", summary(r))
	}
}

// files returns the files of a side.
func files(ar *txtar.Archive, prefix string, from map[string][]byte) map[string][]byte {
	all := make(map[string][]byte)
	for name, text := range from {
		all[name] = text
	}
	for _, f := range ar.Files {
		name, ok := strings.CutPrefix(f.Name, prefix)
		switch {
		case !ok:
		case string(f.Data) == "(removed)\n":
			delete(all, name)
		default:
			all[name] = f.Data
		}
	}
	return all
}

// want holds got against the archive's want, or rewrites it.
func want(t *testing.T, name string, ar *txtar.Archive, got string) {
	t.Helper()
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "want" })
	switch {
	case i < 0:
		t.Fatal("the test has no want")
	case bytes.Equal(ar.Files[i].Data, []byte(got)):
	case !ruletest.Update():
		t.Errorf("got:\n%s\nwant:\n%s", got, ar.Files[i].Data)
	default:
		ar.Files[i].Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// summary says what came of a check.
func summary(r *checker.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", r.Verdict)
	for _, p := range r.Ports {
		fmt.Fprintf(&b, "port %s: %s %s %s", p.ID, p.Format, p.Status, p.State)
		if p.PreviousID != "" {
			fmt.Fprintf(&b, ", was %s", p.PreviousID)
		}
		if !p.Declared {
			b.WriteString(", found by content")
		}
		if p.Version.Suggested != "" {
			fmt.Fprintf(&b, ", version %s should be %s", p.Version.Head, p.Version.Suggested)
		}
		b.WriteString("\n")
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s: %s: %s: %s (%s)\n  %s because %s\n", f.Head, f.Rule.ID, f.Class, f.Detail, f.ID, f.Verdict, f.Because)
		for _, h := range f.Hits {
			fmt.Fprintf(&b, "  %s %s: %s\n", h.Impact, h.Use.ID, h.Why)
		}
		if f.Fix != f.Rule.Fix {
			fmt.Fprintf(&b, "  do: %s\n", f.Fix)
		}
	}
	for _, u := range r.Unread {
		fmt.Fprintf(&b, "unread %s: %s\n", u.Path, u.Why)
	}
	for _, e := range r.Errors {
		fmt.Fprintf(&b, "error at %s: %s\n", e.Side, e.Err)
	}
	return b.String()
}

// reviews are lines of an owner and the people behind it who approved.
type reviews string

func (r reviews) ApprovedBy(_ context.Context, owner string) (people []string, err error) {
	for line := range strings.Lines(string(r)) {
		if words := strings.Fields(line); words[0] == owner {
			people = words[1:]
		}
	}
	return people, nil
}

// acks are lines of a finding, its digest, an owner and who of his people agreed to it.
type acks string

func (a acks) Proposed() (all []policy.Approval) {
	for line := range strings.Lines(string(a)) {
		words := strings.Fields(line)
		all = append(all, policy.Approval{Finding: words[0], Digest: words[1], By: "@" + words[3], Reason: "said so", Until: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)})
	}
	return all
}

func (a acks) AgreedBy(_ context.Context, digest, owner string) (people []string, err error) {
	for line := range strings.Lines(string(a)) {
		if words := strings.Fields(line); words[1] == digest && words[2] == owner {
			people = append(people, words[3])
		}
	}
	return people, nil
}

// A forge that does not answer approves nothing, and is not kept quiet.
type closed struct{}

func (closed) ApprovedBy(context.Context, string) ([]string, error) {
	return nil, errors.New("the forge does not answer")
}

func TestReviewsCannotBeAsked(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/consent.txtar")
	if err != nil {
		t.Fatal(err)
	}
	base := files(ar, "base/", nil)
	c := newChecker()
	c.Reviews = closed{}
	r, err := c.Check(t.Context(), checker.Revisions{Base: revision.Memory("base", base), Head: revision.Memory("head", files(ar, "head/", base))})
	if err == nil || !strings.Contains(err.Error(), "did @acme/finance approve: the forge does not answer") || strings.Count(err.Error(), "\n") > 0 {
		t.Errorf("got the error %v", err)
	}
	if r.Verdict != policy.Block {
		t.Errorf("got %s", summary(r))
	}
}

// A past is the history of the target branch, newest first.
type past []checker.Moment

func (p past) Before(context.Context, []string) ([]checker.Moment, string, error) { return p, "", nil }

// newPast reads the sections past/DATE/. Each begins with all files of base.
func newPast(t *testing.T, ar *txtar.Archive, base map[string][]byte) past {
	var days []string
	for _, f := range ar.Files {
		if rest, ok := strings.CutPrefix(f.Name, "past/"); ok {
			day, _, _ := strings.Cut(rest, "/")
			days = append(days, day)
		}
	}
	slices.Sort(days)
	var p past
	for _, day := range slices.Backward(slices.Compact(days)) {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		tree := revision.Memory(day, files(ar, "past/"+day+"/", base))
		p = append(p, checker.Moment{Time: at, Tree: func(context.Context) (*revision.Tree, error) { return tree, nil }})
	}
	return p
}

// refs are the tags or branches that fit any pattern.
type refs []checker.Ref

func (r refs) Refs(_ context.Context, _, pattern string, max int) ([]checker.Ref, string, error) {
	if len(r) == 0 {
		return nil, "", fmt.Errorf("none of %s is here", pattern)
	}
	return r[:min(len(r), max)], "", nil
}

// newRefs reads the sections older/NAME/; nil: there are none.
func newRefs(ar *txtar.Archive, base map[string][]byte) checker.Refs {
	var names []string
	for _, f := range ar.Files {
		if rest, ok := strings.CutPrefix(f.Name, "older/"); ok {
			name, _, _ := strings.Cut(rest, "/")
			names = append(names, name)
		}
	}
	var all refs
	for _, name := range slices.Compact(names) {
		tree := revision.Memory(name, files(ar, "older/"+name+"/", base))
		all = append(all, checker.Ref{Version: policy.Version{Name: name, Commit: name}, Tree: func(context.Context) (*revision.Tree, error) { return tree, nil }})
	}
	if all == nil {
		return nil
	}
	return all
}
