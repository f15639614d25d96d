package checker

import (
	"cmp"
	"context"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
)

// maxIndirect is how many consumers are named that a finding may hit indirectly.
const maxIndirect = 100

// beyond names in each finding who reads what those who are hit publish, and so on.
// They may be hit: which field comes from which is not known, and no port is loaded to
// guess. That changes no verdict.
func (s *survey) beyond(ctx context.Context, uses consumer.Uses, findings []policy.Finding) {
	published := make(map[string][]*product.Port)
	for _, p := range s.head.Ports {
		published[p.ID] = append(published[p.ID], p)
		if name := p.Product(); name != "" {
			published[name] = append(published[name], p)
		}
	}
	readers := make(map[string][]string) // ids of consumers, by port
	of := func(p *product.Port) []string {
		ids, ok := readers[p.ID]
		if !ok {
			reading, _ := uses.Uses(ctx, "", p.ID, p.ContractID)
			for _, u := range reading {
				ids = append(ids, u.ID)
			}
			slices.Sort(ids)
			ids = slices.Compact(ids)
			readers[p.ID] = ids
		}
		return ids
	}
	for i := range findings {
		if f := &findings[i]; f.Class > change.Compatible {
			f.Indirect = follow(f.Port, f.Hits, published, of)
		}
	}
}

// follow goes from those who are hit in port to what they publish and who reads that,
// nearest first, and names everybody once.
func follow(port string, hits []consumer.Hit, published map[string][]*product.Port, readers func(*product.Port) []string) []consumer.Indirect {
	var found, todo []consumer.Indirect
	seen := make(map[string]bool)
	for _, h := range hits {
		if h.Impact > consumer.Unaffected && !h.Gap && !seen[h.Use.ID] {
			seen[h.Use.ID] = true
			todo = append(todo, consumer.Indirect{ID: h.Use.ID})
		}
	}
	for ; len(todo) > 0 && len(found) < maxIndirect; todo = todo[1:] {
		at := todo[0]
		for _, p := range published[at.ID] {
			if p.ID == port || slices.Contains(at.Through, p.ID) {
				continue
			}
			for _, id := range readers(p) {
				if seen[id] {
					continue
				}
				seen[id] = true
				next := consumer.Indirect{ID: id, Through: append(slices.Clone(at.Through), p.ID)}
				found, todo = append(found, next), append(todo, next)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b consumer.Indirect) int {
		return cmp.Or(cmp.Compare(len(a.Through), len(b.Through)), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), maxIndirect)]
}
