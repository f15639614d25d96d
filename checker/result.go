package checker

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A Tool is who made a report.
type Tool struct{ Name, Version string }

// A Result is all that one run found, and all that a report needs: a report
// reads no file and no clock.
type Result struct {
	Tool             Tool
	Now              time.Time
	Base, Head, Gate Revision
	Verdict          policy.Verdict
	Bare             bool          // two contracts were compared, and nobody was asked who reads them
	Policy           policy.Policy // the one that judged
	Ports            []Port        // by id
	Findings         []policy.Finding
	Consumers        []consumer.Consumer // everybody who is registered, by id
	Unread           []product.Unread    // contracts in the head that no format reads
	Errors           []Error
	Against          []Revision               // the older versions that findings name
	Excerpts         map[Place]source.Excerpt // for both spans of each finding, and for each error
}

// A Revision is how a report names a tree.
type Revision struct{ Name, Commit string }

func newRevision(t *revision.Tree) Revision { return Revision{t.Name, t.Commit} }

// A Port is one port and what became of it.
type Port struct {
	ID, PreviousID, Product, Name string
	ContractID, Format, Owner     string
	Kind                          schema.Kind
	Status                        schema.Status
	Declared                      bool // it is declared, and not only found by its content
	Files                         []string
	State                         State
	Version                       Version
	Outline                       *schema.Outline // of the side that there is, the head's first; nil where it was not loaded
	Texts                         []Text          // what changed of its files, where both sides have the port
}

// A Version is what the contract calls itself on each side, and what it should
// be called after this change.
type Version struct{ Base, Head, Suggested string }

// A State says what became of a port as a whole.
type State string

const (
	Added     State = "added"
	Removed   State = "removed"
	Changed   State = "changed"
	Unchanged State = "unchanged"
)

// A Side is one of the trees.
type Side string

const (
	Base Side = "base"
	Head Side = "head"
	Gate Side = "gate" // the tip of the target branch
)

// BaseOf returns the side on which the Base of a finding stands.
func BaseOf(f policy.Finding) Side {
	if f.Against == nil {
		return Base
	}
	return against(f.Against.Name)
}

// against is the side of an older version.
func against(name string) Side { return Side("against " + name) }

// At returns the revision that a side is of.
func (r *Result) At(side Side) Revision {
	switch side {
	case Base:
		return r.Base
	case Head:
		return r.Head
	case Gate:
		return r.Gate
	}
	for _, rev := range r.Against {
		if against(rev.Name) == side {
			return rev
		}
	}
	return Revision{}
}

// A Place is a span in one of the trees.
type Place struct {
	Side Side
	Span source.Span
}

// An Error is what a user's file did wrong. It stands in the report beside the
// findings: a port that cannot be read drops no other port.
type Error struct {
	Side     Side
	Port     string
	Contract bool // it stands in a contract; otherwise in the configuration or a registration
	Err      *source.Error
}

// Unreadable reports whether a contract of the head could not be read.
func (r *Result) Unreadable() bool {
	return slices.ContainsFunc(r.Errors, func(e Error) bool { return e.Contract && e.Side == Head })
}

// Misconfigured reports whether the configuration or a registration is wrong.
func (r *Result) Misconfigured() bool {
	return slices.ContainsFunc(r.Errors, func(e Error) bool { return !e.Contract })
}

// Of returns the findings of the port called id; of "" those of no port.
func (r *Result) Of(id string) []policy.Finding {
	var findings []policy.Finding
	for _, f := range r.Findings {
		if f.Port == id {
			findings = append(findings, f)
		}
	}
	return findings
}

// distinguish gives findings of one port, rule, path and key ids of their own.
func distinguish(findings []policy.Finding) {
	seen := make(map[string]int)
	for i := range findings {
		f := &findings[i]
		if n := seen[f.ID]; n > 0 {
			f.Renumber(n)
		}
		seen[f.ID]++
	}
}

// excerpts cuts out the text of each place that a report shows.
func excerpts(r *Result, trees map[Side]*revision.Tree) map[Place]source.Excerpt {
	cut := make(map[Place]source.Excerpt)
	texts := make(map[Place][]byte) // by side and file
	add := func(side Side, span source.Span) {
		if span.IsZero() {
			return
		}
		key := Place{Side: side, Span: source.Span{File: span.File}}
		text, ok := texts[key]
		if !ok {
			if tree := trees[side]; tree != nil {
				text, _ = fs.ReadFile(tree, span.File)
			}
			texts[key] = text
		}
		if text != nil {
			cut[Place{side, span}] = source.Cut(text, span)
		}
	}
	for _, f := range r.Findings {
		if f.Rule.Class == change.Compatible && f.Verdict == policy.Pass {
			continue // counted, not shown
		}
		add(BaseOf(f), f.Base)
		add(Head, f.Head)
	}
	for _, e := range r.Errors {
		add(e.Side, e.Err.Span)
		for _, also := range e.Err.Also {
			add(e.Side, also)
		}
	}
	return cut
}

// consumers lists who is registered.
func consumers(uses consumer.Uses) []consumer.Consumer {
	byID := make(map[string]consumer.Consumer)
	for _, u := range uses {
		if _, ok := byID[u.ID]; !ok {
			byID[u.ID] = u.Consumer
		}
	}
	all := make([]consumer.Consumer, 0, len(byID))
	for _, c := range byID {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b consumer.Consumer) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// worldErrors joins what went wrong outside the user's files.
func (s *survey) worldErrors(ctx context.Context, runs []*run) error {
	errs := append([]error{ctx.Err()}, s.failures...)
	for _, r := range runs {
		errs = append(errs, r.err)
	}
	return errors.Join(errs...)
}
