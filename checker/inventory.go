package checker

import (
	"context"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

// An Inventory is what stands in one tree: ports, and who reads them.
type Inventory struct {
	Ports     []Held            // by id
	Moved     map[string]string // where ports went that were here, by their ids
	Unread    []product.Unread
	Consumers []consumer.Consumer
	Uses      consumer.Uses // every registration, of ports elsewhere too
	Errors    []Error
	Policy    policy.Policy
	Notes     []*source.Error    // what imported sources say that does not count, and why
	Elsewhere []consumer.Reading // what imported consumers read and no port here serves
}

// A Held port is one with those who read it.
type Held struct {
	Port
	Promises []slo.Objective
	Notice   slo.Quantity // before something is removed, as the contract promises; zero: not said
	Uses     []consumer.Use
	Gaps     map[string][]string // what a consumer needs and the port never promised, by the consumer's id
	Invalid  []*source.Error     // what its specification does not allow, if the checker validates
}

// Inventory reads every port in tree, and every registration.
func (c *Checker) Inventory(ctx context.Context, tree *revision.Tree) (*Inventory, error) {
	s := c.survey(ctx, Revisions{Base: tree, Head: tree})
	uses, _ := s.registrations(ctx)
	s.unknownPorts(uses)
	inv := &Inventory{
		Moved: make(map[string]string), Unread: s.head.Unread, Consumers: consumers(uses), Uses: uses, Errors: s.errors, Policy: s.gate.Policy,
		Notes: s.notes, Elsewhere: s.elsewhere,
	}
	for id, d := range s.tombstones {
		inv.Moved[id] = d.MovedTo
	}
	var runs []*run
	directory := consumer.NewDirectory(uses)
	for _, p := range s.head.Ports {
		if r := newRun(s, product.Pair{Base: p, Head: p}, directory); !r.isNothing() {
			runs = append(runs, r)
		}
	}
	each(runs, func(r *run) { r.held = r.hold(ctx) })
	for _, r := range runs {
		inv.Ports = append(inv.Ports, *r.held)
		inv.Errors = append(inv.Errors, r.errors...)
	}
	return inv, s.worldErrors(ctx, runs)
}

// hold reads the port as it is in the head.
func (r *run) hold(ctx context.Context) *Held {
	r.now = r.load(ctx, r.pair.Head, r.revs.Head, nil)
	r.was, r.touched = r.now, true
	for _, e := range r.now.errs {
		r.errors = append(r.errors, Error{Side: Head, Port: r.pair.ID(), Contract: true, Err: e})
	}
	at := schema.Places{Base: r.now.Outline(), Head: r.now.Outline()}
	var invalid []*source.Error
	if r.Validate && len(r.now.errs) == 0 && len(r.pair.Head.Paths) > 0 {
		invalid = source.Errors(r.pair.Head.Format.Validate(ctx, r.now.body))
	}
	h := &Held{Invalid: invalid, Uses: r.readers(ctx, r.version(), r.now), Gaps: make(map[string][]string)}
	h.Port = r.report()
	h.State, h.Outline = Unchanged, at.Head
	h.Promises, h.Notice = r.now.Promises, r.now.Terms.Notice
	ends := r.gate.Policy.NoticeEnds(r.Now, h.Notice)
	for _, u := range h.Uses {
		if gaps := u.Gaps(h.Promises, r.Now, ends, at); len(gaps) > 0 {
			h.Gaps[u.ID] = append(h.Gaps[u.ID], gaps...)
		}
	}
	r.crashed()
	return h
}

// removed is what who-uses asks about: the element, or the port, is gone.
var removed = &change.Rule{Idea: change.FieldRemoved, Breaks: change.Value}

// A Question asks who reads a port, or one element of it.
type Question struct {
	Port Held
	Path change.Path // the whole path; empty: the port
	Hits []consumer.Hit
}

// WhoUses says what the removal of path, or of the port where path is empty, would
// do to each use of the port called id. It returns nil if there is no such port.
func (inv *Inventory) WhoUses(id string, path change.Path) (*Question, error) {
	for _, h := range inv.Ports {
		if h.ID != id && h.ContractID != id {
			continue
		}
		q := &Question{Port: h}
		gone := change.Change{Rule: removed, Path: change.Port}
		at := schema.Places{Base: h.Outline, Head: h.Outline}
		if path != "" {
			full, err := at.Resolve(path)
			if err != nil {
				return nil, err
			}
			q.Path, gone.Path = full, full
		}
		q.Hits = consumer.Impacts(h.Uses, gone, at)
		return q, nil
	}
	return nil, nil
}
