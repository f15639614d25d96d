package checker

import (
	"cmp"
	"context"
	"io/fs"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/contract"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A side is one side of a port: what it serves, and what it promises. In most
// ports one document says both. Where a contract stands beside the body, the
// contract gives objectives and terms, and the body gives the schema.
type side struct {
	schema.Schema                // the outline of the body; the objectives and terms of both
	body          schema.Schema  // as its format loaded it
	promise       *schema.Schema // of the contract beside it; nil: there is none
	promiseIn     *schema.Format
	match         *contract.Match // of the contract and the body
	errs          []*source.Error
}

// nothing is the side of a port that is not there, or was not looked at.
func nothing() *side { return new(side) }

// load reads one side of a port. A side that is not there is read as nothing. What
// could be read of a broken one still tells what a consumer's path means.
// What like has in common with it is not made again.
func (s *survey) load(ctx context.Context, p *product.Port, tree *revision.Tree, like *side) *side {
	l := nothing()
	if p == nil || p.Format.Load == nil || len(p.Paths) == 0 {
		return l
	}
	if p.Config != nil && p.Config.Format == "" && !s.revs.Bare {
		l.errs = s.strangers(p, tree)
	}
	if len(l.errs) > 0 {
		return l
	}
	request := s.request(p, tree)
	if like != nil && len(like.errs) == 0 {
		request.Like = like.body
	}
	body, err := p.Format.Load(ctx, request)
	l.body, l.Schema = body, body
	l.fail(err, p.Paths[0])
	if p.Promise != "" {
		s.loadPromise(ctx, l, p, tree, like)
	}
	return l
}

// strangers reports the files of a declared port that are called like its format
// and are something else.
func (s *survey) strangers(p *product.Port, tree *revision.Tree) (errs []*source.Error) {
	for _, name := range p.Paths {
		if why := s.finder.Why(tree, p.Format.Name, name); why != "" && p.Format.Match(name) {
			errs = append(errs, source.Errorf(source.Top(name), "want %s for port %s: %s", p.Format.Name, p.ID, why))
		}
	}
	return errs
}

func (s *survey) request(p *product.Port, tree *revision.Tree) schema.Request {
	r := schema.Request{FS: tree, Paths: p.Paths, Include: p.Include, Root: p.Root, Examples: p.Examples, Options: s.gate.Formats[p.Format.Name], Now: s.Now}
	if p.Config != nil {
		r.Direction = p.Config.Direction
	}
	return r
}

// fail notes errors, and points those that have no place at the file at least.
func (l *side) fail(err error, file string) {
	for _, e := range source.Errors(err) {
		if e.Span.IsZero() {
			located := *e
			located.Span = source.Top(file)
			e = &located
		}
		l.errs = append(l.errs, e)
	}
}

func (s *survey) loadPromise(ctx context.Context, l *side, p *product.Port, tree *revision.Tree, like *side) {
	text, err := fs.ReadFile(tree, p.Promise)
	if err != nil {
		l.fail(err, p.Promise)
		return
	}
	i := slices.IndexFunc(s.Formats, func(f schema.Format) bool { return f.Match(p.Promise) && f.Claims(p.Promise, text) })
	if i < 0 {
		l.fail(source.Errorf(source.Top(p.Promise), "want a data contract that promises for %s; no format reads this file", p.ID), p.Promise)
		return
	}
	promise, err := s.Formats[i].Load(ctx, schema.Request{FS: tree, Paths: []string{p.Promise}, Options: s.gate.Formats[s.Formats[i].Name]})
	l.fail(err, p.Promise)
	promise.Promises = located(promise.Promises, l.body.Outline())
	l.promise, l.promiseIn = &promise, &s.Formats[i]
	l.Terms = promise.Terms
	var was *contract.Match
	if like != nil {
		was = like.match
	}
	l.bind(p, was)
}

// bind finds out which elements of the body the contract beside it means, and makes
// what the contract says of its own elements a promise of the body's. Was is how the
// two went together in the base, nil if that is not known.
func (l *side) bind(p *product.Port, was *contract.Match) {
	given := make(contract.Names)
	if p.Config != nil {
		for _, n := range p.Config.Names {
			given[n.Contract] = n.Body
		}
	}
	l.match = contract.New(l.promise.Outline(), l.body.Outline(), given, was)
	l.body.Outline().Also = l.match.Names
	l.promise.Promises = slices.Clone(l.promise.Promises)
	for i := range l.promise.Promises {
		o := &l.promise.Promises[i]
		at := l.match.Names[o.Element]
		if at == "" && was != nil { // it is not served any more, which is no change of the objective
			at = was.Names[o.Element]
		}
		o.Element = cmp.Or(at, o.Element)
	}
	l.Promises = slices.Concat(l.body.Promises, l.promise.Promises)
}

// located gives the elements of objectives that stand beside a body their full paths
// there: like a consumer, a promise may name them by any suffix that is unique.
func located(promises []slo.Objective, body *schema.Outline) []slo.Objective {
	located := slices.Clone(promises)
	at := schema.Places{Base: body, Head: body}
	for i, o := range located {
		if full, err := at.Resolve(o.Element); err == nil && o.Element != "" {
			located[i].Element = full
		}
	}
	return located
}

// diff reports how head differs from base, body and promise.
func diff(base, head *side, format *schema.Format) ([]change.Change, error) {
	changes, err := format.Diff(base.body, head.body)
	if err != nil || base.promise == nil && head.promise == nil {
		return changes, err
	}
	if base.promise == nil || head.promise == nil || base.promiseIn.Name != head.promiseIn.Name {
		return append(changes, slo.Diff(base.Promises, head.Promises, head.At())...), nil
	}
	promised, err := base.promiseIn.Diff(*base.promise, *head.promise)
	if err != nil {
		return changes, err
	}
	return append(changes, contract.Diff(base.match, head.match, promised, changes)...), nil
}

// misnamed reports what breakwater.yaml calls elements of the contract or the body
// that neither side has.
func (r *run) misnamed() {
	h := r.pair.Head
	if h == nil || h.Config == nil || r.now.match == nil {
		return
	}
	outlines := func(of func(*contract.Match) *schema.Outline) []*schema.Outline {
		all := []*schema.Outline{of(r.now.match)}
		if r.was.match != nil {
			all = append(all, of(r.was.match))
		}
		return all
	}
	for _, n := range h.Config.Names {
		for _, side := range []struct {
			path  change.Path
			what  string
			among []*schema.Outline
		}{
			{n.Contract, "contract", outlines(func(m *contract.Match) *schema.Outline { return m.Promise })},
			{n.Body, "body", outlines(func(m *contract.Match) *schema.Outline { return m.Body })},
		} {
			known := func(o *schema.Outline) bool { _, ok := o.Full(side.path); return ok }
			if !slices.ContainsFunc(side.among, known) {
				r.errors = append(r.errors, Error{Side: Head, Port: r.pair.ID(), Err: source.Errorf(n.Span, "%s is no element of the %s of %s, or one of several", side.path, side.what, h.ID)})
			}
		}
	}
}
