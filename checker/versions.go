package checker

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// Refs finds the tags and branches that older versions of a port go by.
type Refs interface {
	// Refs lists those of a kind, "tags" or "branches", whose name fits pattern: the
	// newest, at most max, newest first. Missing says what helps where the clone may
	// lack some; it is empty if it has all. It is an error if it has none of them, and
	// there may be some.
	Refs(ctx context.Context, kind, pattern string, max int) (refs []Ref, missing string, err error)
}

// A Ref is a tag or a branch, and the files that it stands for.
type Ref struct {
	policy.Version
	Time time.Time // of the commit
	Tree func(ctx context.Context) (*revision.Tree, error)
}

// An older version of one port.
type older struct {
	policy.Version
	port *product.Port // nil: it had none
	tree *revision.Tree
	side *side
}

// older holds the head against each older version. What base shows of a break is told
// already, and what stood between that version and base is not of this change: what is
// left is what the head newly does to those who still hold the older version, or data
// of it. That is how a number that was given up long ago, and is taken again now, is
// found although base no longer shows it.
func (r *run) older(ctx context.Context, told []change.Change) {
	versions, lacking := r.versions(ctx)
	seen := map[string]bool{r.contentOf(r.pair.Base, r.revs.Base): true}
	base, known := newFacts(told), newFacts(told)
	var broken []string
	for _, v := range versions {
		key := r.contentOf(v.port, v.tree)
		if key != "" && seen[key] {
			continue
		}
		seen[key] = true
		v.side = r.load(ctx, v.port, v.tree, r.was)
		changes, why := r.since(v, base)
		if why != "" {
			broken = append(broken, fmt.Sprintf("%s (%s)", v.Name, why))
			continue
		}
		for _, c := range changes {
			if !known.tell(c) {
				r.reportSince(ctx, c, v)
				known.add(c)
			}
		}
	}
	if len(broken) > 0 {
		lacking = append(lacking, "older versions are not compared: "+few(broken, ", "))
	}
	for _, why := range lacking {
		r.findings = append(r.findings, r.notOlder(ctx, why))
	}
}

// since lists what the head changes since v and base did not; told is what it changes
// since base. Why says why it cannot be told.
func (r *run) since(v older, told facts) (changes []change.Change, why string) {
	if len(v.side.errs) > 0 {
		return nil, "it cannot be read: " + v.side.errs[0].Error()
	}
	if v.port.Format.Name != r.pair.Head.Format.Name {
		return nil, "it is served as " + v.port.Format.Name
	}
	head, err1 := diff(v.side, r.now, r.pair.Head.Format)
	base, err2 := diff(v.side, r.was, r.pair.Head.Format)
	for _, err := range []error{err1, err2} {
		if err != nil {
			return nil, err.Error()
		}
	}
	before := newFacts(base)
	for _, c := range head {
		// What was broken there before, and is something else now, base tells of too.
		if before.tell(c) || before.broke(c) && told.names(c) {
			continue
		}
		changes = append(changes, c)
	}
	return changes, ""
}

// reportSince judges a change since an older version. What breaks nothing is no finding.
func (r *run) reportSince(ctx context.Context, c change.Change, v older) {
	version := cmp.Or(v.side.Terms.Version, numberIn(v.Name), r.version())
	uses := r.readers(ctx, version, v.side)
	f := r.weigh(ctx, c, v.side, uses, r.standing(uses))
	if f.Class == change.Compatible && f.Verdict == policy.Pass {
		return
	}
	f.Against = &v.Version
	f.Detail += fmt.Sprintf(" (against %s)", v.Name)
	r.findings = append(r.findings, f)
	if r.against == nil {
		r.against = make(map[string]*revision.Tree)
	}
	r.against[v.Name] = v.tree
}

// notOlder says that older versions were asked for and could not be compared.
func (r *run) notOlder(ctx context.Context, why string) policy.Finding {
	c := change.Change{Rule: notCompared, Path: change.Port, Key: "versions", To: why, Detail: fmt.Sprintf("%s: %s", r.pair.ID(), why)}
	if d := r.pair.Head.Config; d != nil {
		c.Head = d.At("versions")
	}
	return r.weigh(ctx, c, r.was, nil, r.standing(nil))
}

// olderIn lists the older versions that findings name, each once.
func olderIn(findings []policy.Finding) (all []Revision) {
	for _, f := range findings {
		if f.Against != nil && !slices.Contains(all, Revision(*f.Against)) {
			all = append(all, Revision(*f.Against))
		}
	}
	return all
}
