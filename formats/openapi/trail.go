package openapi

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
)

// A trail remembers where each finding was first met. The comparison has none: it is
// followed once more when somebody asks for a witness. A nil trail remembers nothing.
type trail struct {
	operation *operation
	steps     []step
	spots     map[sameChange]spot
}

// A step is a pair of schemas on the way to a finding, and the way to it from the one
// before.
type step struct {
	pair *pair
	at   []change.Step
}

// A spot is where a finding was met: in an operation, and within the schemas of one of
// its parts, outermost first.
type spot struct {
	operation *operation // nil: in none
	steps     []step
}

func newTrail() *trail { return &trail{spots: make(map[sameChange]spot)} }

// enter notes that an operation is compared, until the returned function is called.
func (t *trail) enter(o *operation) (leave func()) {
	if t == nil {
		return func() {}
	}
	outer, steps := t.operation, t.steps
	t.operation, t.steps = o, nil
	return func() { t.operation, t.steps = outer, steps }
}

// step notes that a pair of schemas is compared that stands at a path.
func (t *trail) step(p *pair, at change.Path) (leave func()) {
	if t == nil {
		return func() {}
	}
	var way []change.Step
	if n := len(t.steps); n > 0 {
		way = at.Steps()[min(len(t.steps[n-1].pair.path.Steps()), len(at.Steps())):]
	}
	t.steps = append(t.steps, step{p, way})
	return func() { t.steps = t.steps[:len(t.steps)-1] }
}

// note remembers where the walk is for a finding that is new.
func (t *trail) note(k sameChange) {
	if t != nil {
		t.spots[k] = spot{t.operation, slices.Clone(t.steps)}
	}
}

// isAlone reports whether a finding is the only one about the values of a pair of
// schemas. Those about keywords of one schema count as one.
func (t *trail) isAlone(p *pair, path change.Path) bool {
	for k, s := range t.spots {
		if k.path != path && slices.ContainsFunc(s.steps, func(s step) bool { return s.pair == p }) {
			return false
		}
	}
	return true
}
