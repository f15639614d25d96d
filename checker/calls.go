package checker

import (
	"context"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// provided lists the ports of a provider by their ids: those that one of names can mean,
// the best first, or else those of the product that is called so.
func (a *atlas) provided(names []string, given bool) (ids []string) {
	for _, name := range names {
		for _, p := range a.called(name) {
			ids = append(ids, p.ID)
		}
		if len(ids) == 0 && !given {
			for _, p := range a.ports {
				if p.Product() == name {
					ids = append(ids, p.ID)
				}
			}
		}
		if len(ids) > 0 && !given {
			break
		}
	}
	return ids
}

// answering returns a use for each port that answers calls of r. Of several candidates
// those count that list something of what is called; what none lists leaves it open what
// else the consumer uses.
func (s *survey) answering(ctx context.Context, side Side, r consumer.Reading) (uses []consumer.Use) {
	var ids []string
	for a := range s.atlases(ctx) {
		if ids = a.provided(r.Ports, r.Given); len(ids) > 0 {
			break
		}
	}
	needed := make([]consumer.Needed, len(ids))
	lost := make([]bool, len(r.Calls))
	for i := range lost {
		lost[i] = true
	}
	answers := func(n consumer.Needed) bool { return slices.Contains(n.Unlisted, false) }
	for i, id := range ids {
		needed[i] = consumer.NeededBy(r.Calls, s.states(ctx, id)...)
		for j, unlisted := range needed[i].Unlisted {
			lost[j] = lost[j] && unlisted
		}
	}
	found := slices.ContainsFunc(needed, answers)
	doubt := unlistedCalls(r.Calls, lost)
	for i, id := range ids {
		if found && !answers(needed[i]) {
			continue
		}
		u := r.Use
		u.Port, u.Fields = id, needed[i].Needs
		for _, note := range needed[i].Notes {
			s.note(side, note)
		}
		switch {
		case needed[i].Over:
			u.Unclear = "uses more than is listed one by one"
		case len(u.Fields) == 0 && u.Unclear == "":
			u.Unclear = "makes calls that " + id + " does not list"
		case doubt != "":
			u.Evidence.Doubt = doubt
		}
		uses = append(uses, u)
	}
	return uses
}

// unlistedCalls says which calls no port lists; empty: each has one that does.
func unlistedCalls(calls []consumer.Call, lost []bool) string {
	var names []string
	for i, c := range calls {
		if name := c.String(); lost[i] && !slices.Contains(names, name) {
			names = append(names, name)
		}
		if len(names) > maxPlaces {
			break
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "its pact has " + strings.Join(names, ", ") + ", which no port here lists"
}

// states returns what the port called id shows in the base and in the head.
func (s *survey) states(ctx context.Context, id string) (all []*schema.Outline) {
	for _, side := range []struct {
		found *product.Found
		tree  *revision.Tree
	}{{s.base, s.revs.Base}, {s.head, s.revs.Head}} {
		p := side.found.Port(id)
		if p == nil {
			continue
		}
		if s.shown == nil {
			s.shown = make(map[*product.Port]*schema.Outline)
		}
		if s.shown[p] == nil {
			s.shown[p] = s.load(ctx, p, side.tree, nil).Outline
		}
		all = append(all, s.shown[p])
	}
	return all
}
