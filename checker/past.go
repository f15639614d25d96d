package checker

import (
	"context"
	"slices"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// A Past shows a branch as it was.
type Past interface {
	// Before lists the commits of the branch, by first parents and newest first,
	// in which one of paths changed. Missing says what helps where older commits
	// cannot be seen; it is empty if all were.
	Before(ctx context.Context, paths []string) (commits []Moment, missing string, err error)
}

// A Moment is a commit of the past: when it came onto the branch, and what the
// repository was after it.
type Moment struct {
	Time time.Time
	Tree func(context.Context) (*revision.Tree, error)
}

// A clock tells since when elements of one port are deprecated. It reads the past
// once, as far back as it is asked for.
type clock struct {
	*survey
	port    *product.Port
	moments []Moment
	missing string
	seen    []*schema.Schema // after each moment, as far as it was read; nil: the port could not be read
	started bool
}

// removal says how far the removal of an element has come.
func (c *clock) removal(ctx context.Context, base schema.Schema, gone change.Change) *policy.Removal {
	if !deprecated(&base, gone, c.port.Status) {
		return &policy.Removal{}
	}
	since, unseen := c.since(ctx, gone)
	r := &policy.Removal{Since: since, Unseen: unseen}
	if unseen != "" || since.IsZero() {
		return r
	}
	r.Earliest = c.gate.Policy.NoticeEnds(since, base.Terms.Notice)
	if base.Terms.EndOfSupport.After(r.Earliest) {
		r.Earliest = base.Terms.EndOfSupport
	}
	r.Matured = !c.Now.Before(r.Earliest)
	return r
}

// deprecated reports whether what is gone in this change was marked so in s.
func deprecated(s *schema.Schema, gone change.Change, declared schema.Status) bool {
	status := declared
	if s.Terms.Status != "" {
		status = s.Terms.Status
	}
	if status == schema.Deprecated || status == schema.Retired {
		return true
	}
	return s.Outline().IsDeprecated(element(gone))
}

// element is the address of what changed: of an enum's value, too.
func element(c change.Change) change.Path {
	if c.Key == "" {
		return c.Path
	}
	return c.Path.Join(change.Name(c.Key))
}

// since finds the first commit of the latest unbroken stretch in which the
// element is deprecated. Dates that stand in files do not count.
func (c *clock) since(ctx context.Context, gone change.Change) (since time.Time, unseen string) {
	if unseen := c.start(ctx); unseen != "" {
		return since, unseen
	}
	for i, m := range c.moments {
		s, status := c.after(ctx, i)
		if s == nil || !deprecated(s, gone, status) {
			return since, ""
		}
		since = m.Time
	}
	if c.missing != "" {
		return time.Time{}, c.missing
	}
	return since, ""
}

// maxLooks is how many changes of a port are read to find since when it is another.
const maxLooks = 50

// changedSince finds the first commit of the latest unbroken stretch in which the port
// shows something else than what digest is of; zero: it cannot be told.
func (c *clock) changedSince(ctx context.Context, digest string) (since time.Time) {
	if c.start(ctx) != "" {
		return since
	}
	for i, m := range c.moments[:min(len(c.moments), maxLooks)] {
		if s, _ := c.after(ctx, i); s == nil || s.Outline().Digest() == digest {
			return since
		}
		since = m.Time
	}
	return time.Time{}
}

// start reads which commits there are, once. It says why it cannot.
func (c *clock) start(ctx context.Context) (unseen string) {
	if c.revs.Past == nil {
		return "the history cannot be seen"
	}
	if !c.started {
		var err error
		if c.moments, c.missing, err = c.revs.Past.Before(ctx, c.watched()); err != nil {
			return err.Error()
		}
		c.started = true
	}
	return ""
}

// watched lists the files in which an element of the port can be deprecated.
func (c *clock) watched() []string {
	return append(slices.Clone(c.port.Files()), policy.File)
}

// after reads the port as it was after the i-th moment.
func (c *clock) after(ctx context.Context, i int) (*schema.Schema, schema.Status) {
	tree, err := c.moments[i].Tree(ctx)
	if err != nil {
		return nil, ""
	}
	status := c.port.Status
	if c.port.Config != nil {
		status = ""
		config, _ := policy.Read(tree, policy.File, c.known(), nil)
		for _, d := range config.Ports {
			if d.ID == c.port.ID {
				status = d.Status
			}
		}
	}
	if i < len(c.seen) {
		return c.seen[i], status
	}
	var read *schema.Schema
	p := *c.port
	p.Paths = slices.DeleteFunc(slices.Clone(p.Paths), func(name string) bool { _, ok := tree.Blob(name); return !ok })
	if len(p.Paths) > 0 {
		if l := c.load(ctx, &p, tree, nil); len(l.errs) == 0 {
			read = &l.Schema
		}
	}
	c.seen = append(c.seen, read)
	return read, status
}
