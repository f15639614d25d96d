package odcs

import (
	"math/big"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// An interval is a range of numbers. A nil end is open to infinity.
type interval struct {
	least, most         *big.Rat
	openLeast, openMost bool // the end itself is not in it
}

// accepted is the set of numbers that a quality rule accepts.
type accepted struct {
	intervals []interval // apart from each other
	between   bool       // whether its ends are in it, the standards do not agree
}

// operators are the members of a quality rule that say what it accepts.
var operators = map[string]func(values []*big.Rat) []interval{
	"mustBe":                 func(v []*big.Rat) []interval { return []interval{{least: v[0], most: v[0]}} },
	"mustNotBe":              func(v []*big.Rat) []interval { return outside(v[0], v[0]) },
	"mustBeGreaterThan":      func(v []*big.Rat) []interval { return []interval{{least: v[0], openLeast: true}} },
	"mustBeGreaterOrEqualTo": func(v []*big.Rat) []interval { return []interval{{least: v[0]}} },
	"mustBeLessThan":         func(v []*big.Rat) []interval { return []interval{{most: v[0], openMost: true}} },
	"mustBeLessOrEqualTo":    func(v []*big.Rat) []interval { return []interval{{most: v[0]}} },
	"mustBeBetween":          func(v []*big.Rat) []interval { return []interval{{least: v[0], most: v[1]}} },
	"mustNotBeBetween":       func(v []*big.Rat) []interval { return outside(v[0], v[1]) },
}

func outside(least, most *big.Rat) []interval {
	return []interval{{most: least, openMost: true}, {least: most, openLeast: true}}
}

func isOperator(key string) bool { return operators[key] != nil }

// acceptedBy reads the operators of a rule. It is not ok if one of them is not
// about numbers.
func acceptedBy(rule *document.Node) (a accepted, ok bool) {
	a.intervals = []interval{{}}
	for i, key := range rule.Keys {
		of := operators[key.Text]
		if of == nil || rule.Items[i].IsNull() {
			continue
		}
		between := strings.HasSuffix(key.Text, "Between")
		values, ok := numbers(rule.Items[i])
		if !ok || between && (len(values) != 2 || values[0].Cmp(values[1]) > 0) || !between && len(values) != 1 {
			return accepted{}, false
		}
		a.intervals = intersect(a.intervals, of(values))
		a.between = a.between || between
	}
	return a, true
}

// numbers reads a number or a list of them.
func numbers(n *document.Node) (all []*big.Rat, ok bool) {
	items := n.List()
	if n.Kind == document.Scalar {
		items = []*document.Node{n}
	}
	for _, item := range items {
		r, ok := number(item)
		if !ok {
			return nil, false
		}
		all = append(all, r)
	}
	return all, true
}

func intersect(a, b []interval) (both []interval) {
	for _, x := range a {
		for _, y := range b {
			i := interval{x.least, x.most, x.openLeast, x.openMost}
			if lower(x, y) {
				i.least, i.openLeast = y.least, y.openLeast
			}
			if higher(x, y) {
				i.most, i.openMost = y.most, y.openMost
			}
			if !i.isEmpty() {
				both = append(both, i)
			}
		}
	}
	return both
}

// lower reports whether x begins below y.
func lower(x, y interval) bool {
	switch {
	case y.least == nil:
		return false
	case x.least == nil:
		return true
	}
	order := x.least.Cmp(y.least)
	return order < 0 || order == 0 && !x.openLeast && y.openLeast
}

// higher reports whether x ends above y.
func higher(x, y interval) bool {
	switch {
	case y.most == nil:
		return false
	case x.most == nil:
		return true
	}
	order := x.most.Cmp(y.most)
	return order > 0 || order == 0 && !x.openMost && y.openMost
}

func (i interval) isEmpty() bool {
	if i.least == nil || i.most == nil {
		return false
	}
	order := i.least.Cmp(i.most)
	return order > 0 || order == 0 && (i.openLeast || i.openMost)
}

// in reports whether b accepts all that a does.
func (a accepted) in(b accepted) bool {
	for _, x := range a.intervals {
		if !slices.ContainsFunc(b.intervals, func(y interval) bool { return !lower(x, y) && !higher(x, y) }) {
			return false
		}
	}
	return true
}

// closed returns a with the ends of its intervals in it.
func (a accepted) closed() accepted {
	c := accepted{intervals: slices.Clone(a.intervals)}
	for i := range c.intervals {
		c.intervals[i].openLeast, c.intervals[i].openMost = false, false
	}
	return c
}

// relate tells whether whoever relies on a is served by b: it is weaker if it
// accepts more, stronger if it accepts less, and unclear where neither holds all of
// the other, or where they differ in an end that people do not agree on.
func (a accepted) relate(b accepted) promise {
	wider, narrower := a.in(b), b.in(a)
	switch {
	case wider && narrower:
		return kept
	case a.between != b.between && a.closed().in(b.closed()) && b.closed().in(a.closed()):
		return unclear
	case wider:
		return weaker
	case narrower:
		return stronger
	}
	return unclear
}

// A promise says what became of one.
type promise uint8

const (
	kept promise = iota
	stronger
	weaker
	unclear
)

// with returns what became of two promises together.
func (p promise) with(q promise) promise {
	if p == stronger && q == weaker || p == weaker && q == stronger {
		return unclear
	}
	return max(p, q)
}
