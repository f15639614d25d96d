package checker

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// Whereabouts know which elements the ports gain in the head, so that whoever loses
// one can be told where it is now. They are told as facts: a port has an element of
// the same name and type, which it had not before.
type whereabouts map[trait][]gained

// A trait is what an element has in common with itself elsewhere.
type trait struct {
	format string
	name   change.Step
	typ    string // in the language's own words; empty: a declaration with all that it holds
}

// A gained element is one that a port has in the head and had not in the base.
type gained struct {
	port string
	path change.Path // short
}

// whereabouts looks through the ports of the head, which are loaded by now.
func (s *survey) whereabouts(runs []*run) whereabouts {
	w := make(whereabouts)
	for _, r := range runs {
		if !r.touched || r.pair.Head == nil || len(r.now.errs) > 0 {
			continue
		}
		had := traits(r.was.Outline(), r.pair.Head.Format.Name)
		for path, t := range traits(r.now.Outline(), r.pair.Head.Format.Name) {
			if _, ok := had[path]; !ok {
				w[t] = append(w[t], gained{r.pair.ID(), path})
			}
		}
	}
	return w
}

// traits lists the elements of an outline by their short paths: declarations that
// are served, and all that has a name.
func traits(o *schema.Outline, format string) map[change.Path]trait {
	all := make(map[change.Path]trait)
	for _, root := range o.Roots {
		_, name := root.Split()
		all[o.Short(root)] = trait{format, name, ""}
	}
	for decl, edges := range o.Decls {
		for _, e := range edges {
			if e.Step != change.Items && e.Step != change.Values {
				all[o.Short(decl).Join(e.Step)] = trait{format, e.Step, e.Type}
			}
		}
	}
	return all
}

// of lists where an element that was at path can be now: at the same path of another
// port, or else wherever one of its name and type came, by port and path.
func (w whereabouts) of(path change.Path, t trait) []gained {
	found := slices.Clone(w[t])
	same := slices.DeleteFunc(slices.Clone(found), func(g gained) bool { return g.path != path })
	if len(same) > 0 {
		found = same
	}
	slices.SortFunc(found, func(a, b gained) int {
		return cmp.Or(strings.Compare(a.port, b.port), strings.Compare(string(a.path), string(b.path)))
	})
	return found
}

// A split is a port that is gone and whose elements went to several others.
type split struct {
	now   map[change.Path][]gained // of each element that it had; none: it is nowhere
	ports []string                 // those that have some of them
}

// halfFound is the share of its elements that has to be elsewhere for a port that is
// gone to count as split.
const halfFound = 0.5

// splitUp finds out whether the port, which is gone, was split. It is not if one of
// the others has all that is found: that one took its place.
func (r *run) splitUp() (s split, ok bool) {
	base := r.pair.Base
	s.now = make(map[change.Path][]gained)
	has := make(map[string]int) // by port, how many elements it has
	found := 0
	for path, t := range traits(r.was.Outline(), base.Format.Name) {
		if t.typ == "" {
			continue
		}
		places := r.where().of(path, t)
		s.now[path] = places
		if len(places) > 0 {
			found++
		}
		counted := make(map[string]bool)
		for _, g := range places {
			if !counted[g.port] {
				counted[g.port] = true
				has[g.port]++
			}
		}
	}
	s.ports = slices.Sorted(maps.Keys(has))
	whole := func(port string) bool { return has[port] == found }
	ok = len(s.ports) > 1 && float64(found) >= halfFound*float64(len(s.now)) && !slices.ContainsFunc(s.ports, whole)
	return s, ok
}

// maxPlaces is how many elements, and how many ports, a sentence names.
const maxPlaces = 5

// where says which ports have those elements that covers picks, in words that go
// behind a colon.
func (s split) where(covers func(change.Path) bool) string {
	byPort := make(map[string][]string)
	var nowhere []string
	for _, path := range slices.Sorted(maps.Keys(s.now)) {
		if !covers(path) {
			continue
		}
		if len(s.now[path]) == 0 {
			nowhere = append(nowhere, string(path))
		}
		for _, g := range s.now[path] {
			byPort[g.port] = append(byPort[g.port], string(g.path))
		}
	}
	var parts []string
	for _, port := range slices.Sorted(maps.Keys(byPort)) {
		parts = append(parts, port+" has "+few(slices.Compact(byPort[port]), " and "))
	}
	if len(nowhere) > 0 {
		parts = append(parts, "nothing has "+few(nowhere, " and "))
	}
	return few(parts, ", ")
}

// few joins names, of which it shows the first.
func few(names []string, last string) string {
	if more := len(names) - maxPlaces; more > 0 {
		names = append(slices.Clone(names[:maxPlaces]), fmt.Sprintf("%d more", more))
	}
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + last + names[n]
	}
	return strings.Join(names, "")
}

// tell says to each reader of the port where the elements that it reads are now.
func (s split) tell(hits []consumer.Hit, at schema.Places) []consumer.Hit {
	for i := range hits {
		h := &hits[i]
		if h.Impact != consumer.Violated {
			continue
		}
		reads := func(path change.Path) bool {
			return len(h.Use.Fields) == 0 || slices.ContainsFunc(h.Use.Fields, func(n consumer.Need) bool {
				short := at.Short(n.Path)
				return short.Covers(path) || path.Covers(short)
			})
		}
		h.Why = "uses the port: " + s.where(reads)
	}
	return hits
}

// moved says where an element that is gone is now, as a sentence that follows
// another; empty if nothing is known of it.
func (r *run) moved(c change.Change) string {
	if r.pair.Base == nil || c.Rule.Idea != change.FieldRemoved && c.Rule.Idea != change.TypeRemoved {
		return ""
	}
	var has []string
	for _, g := range r.where().of(r.was.Outline().Short(c.Path), r.traitOf(c.Path)) {
		has = append(has, fmt.Sprintf("%s has %s", g.port, g.path))
	}
	if len(has) == 0 {
		return ""
	}
	return fmt.Sprintf(" Since this change %s, of the same name and type.", few(has, " and "))
}

// traitOf returns the trait of an element that the base has.
func (r *run) traitOf(path change.Path) trait {
	parent, name := path.Split()
	t := trait{r.pair.Base.Format.Name, name, ""}
	for _, e := range r.was.Outline().Decls[parent] {
		if e.Step == name {
			t.typ = e.Type
		}
	}
	return t
}
