package checker

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
)

// facts are changes by what they say of what.
type facts struct {
	rules map[fact][]change.Change
	ends  map[fact]bool // what is something else now, and what it is
}

type fact struct {
	rule *change.Rule
	path change.Path
	key  string
	to   string
}

func newFacts(changes []change.Change) facts {
	f := facts{make(map[fact][]change.Change), make(map[fact]bool)}
	for _, c := range changes {
		f.add(c)
	}
	return f
}

func (f facts) add(c change.Change) {
	f.rules[fact{c.Rule, c.Path, c.Key, ""}] = append(f.rules[fact{c.Rule, c.Path, c.Key, ""}], c)
	f.ends[fact{nil, c.Path, c.Key, c.To}] = true
}

// like reports whether one of f is of c's rule and place, breaks all that c does, and fits.
func (f facts) like(c change.Change, fits func(other change.Change) bool) bool {
	return slices.ContainsFunc(f.rules[fact{c.Rule, c.Path, c.Key, ""}], func(other change.Change) bool {
		return c.Breaks()&^other.Breaks() == 0 && fits(other)
	})
}

// tell reports whether f says what c says.
func (f facts) tell(c change.Change) bool {
	return f.like(c, func(other change.Change) bool { return other.To == c.To })
}

// broke reports whether f has the same break, whatever it led to.
func (f facts) broke(c change.Change) bool {
	return f.like(c, func(change.Change) bool { return true })
}

// names reports whether f says, by whatever rule, that the same place is now what c says.
func (f facts) names(c change.Change) bool { return f.ends[fact{nil, c.Path, c.Key, c.To}] }
