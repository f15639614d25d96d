package protobuf

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
)

func TestX(t *testing.T) {
	total, shown := map[string]int{}, map[string]int{}
	logged := map[string]int{}
	for seed := range uint64(1500) {
		w := &world{r: rand.New(rand.NewPCG(seed, 3))}
		s := w.schema()
		bf := s.render()
		base, err := loadPort(bf)
		if err != nil {
			continue
		}
		for range 4 + w.r.IntN(12) {
			w.edit(s)
		}
		hf := s.render()
		head, err := loadPort(hf)
		if err != nil {
			continue
		}
		for _, c := range diff(base, head) {
			if c.Rule.Class == change.Breaking && c.Breaks().Overlaps(change.Wire|change.JSON|change.Replay) {
				total[c.Rule.ID]++
				if wit := prove(t.Context(), base, head, c); wit != nil {
					shown[c.Rule.ID]++
				} else if logged[c.Rule.ID] < 3 {
					logged[c.Rule.ID]++
					t.Logf("Y %d %s: %s %v %s => %s", seed, c.Rule.ID, c.Detail, c.Breaks().Names(), c.From, c.To)
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(total)) {
		t.Logf("X %s %d of %d", id, shown[id], total[id])
	}
}
