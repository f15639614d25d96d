package schema

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// An Outline is the graph of what a port shows: declarations, and edges between
// them. It is not a list of paths, because a shared type shows at many places
// and a recursive one at endlessly many.
type Outline struct {
	Roots []change.Path          // the declarations that are served
	Decls map[change.Path][]Edge // an anonymous type is declared at its own place: Order.lines
	Span  source.Span            // the document: where the removal of a whole declaration is shown

	// Namespace is what every declaration begins with and people leave out, such
	// as a package; empty if there is none.
	Namespace change.Path

	// Deprecated holds the declared elements that are marked so: a declaration, an
	// element of one (Order.discount), an enum and its value (Status.PAID).
	Deprecated map[change.Path]bool

	// Stored says what declared elements are called where they are stored, if not by
	// their own names.
	Stored map[change.Path]string

	// Also has further names of elements, and the full paths that they stand for: those
	// by which a contract beside a body calls what the body serves.
	Also map[change.Path]change.Path

	// Instead says what to use instead of those of them whose contract tells, in its
	// own words.
	Instead map[change.Path]string

	once  sync.Once
	into  map[change.Path][]arrow // the edges that lead to a declaration, except back into itself
	count map[change.Path]int     // how many places show it
}

// An Edge is a field, column or parameter.
type Edge struct {
	Step     change.Step
	Decl     change.Path // the declaration of its type; empty for a type that holds nothing
	Type     string      // in the language's own words
	Optional bool
	Tags     []string // classification and the like: "classification:internal"
	Values   []string // the only values that it has; nil: any
	Span     source.Span
}

type arrow struct {
	from change.Path
	step change.Step
}

// Short returns p without the namespace, as people write it.
func (o *Outline) Short(p change.Path) change.Path {
	if o.Namespace == "" || !o.Namespace.Covers(p) || p == o.Namespace {
		return p
	}
	return change.Path("").Join(p.Steps()[len(o.Namespace.Steps()):]...)
}

// maxInstead is how much of a contract's words on what to use instead is kept.
const maxInstead = 200

// Deprecate notes whether the declared element p is marked deprecated, and what its
// contract says to use instead.
func (o *Outline) Deprecate(p change.Path, yes bool, instead string) {
	if !yes {
		return
	}
	if o.Deprecated == nil {
		o.Deprecated, o.Instead = make(map[change.Path]bool), make(map[change.Path]string)
	}
	o.Deprecated[p] = true
	instead = strings.Join(strings.Fields(instead), " ")
	if runes := []rune(instead); len(runes) > maxInstead {
		instead = string(runes[:maxInstead]) + "…"
	}
	if instead != "" {
		o.Instead[p] = instead
	}
}

// IsDeprecated reports whether the declared element p, or what encloses it,
// is marked deprecated.
func (o *Outline) IsDeprecated(p change.Path) bool {
	for ; p != "" && len(o.Deprecated) > 0; p, _ = p.Split() {
		if o.Deprecated[p] {
			return true
		}
	}
	return false
}

// At returns the edge in which the full path p ends; false if it ends in a declaration,
// or names nothing.
func (o *Outline) At(p change.Path) (Edge, bool) {
	parent, last := p.Split()
	_, end, ok := o.walk(parent)
	if !ok {
		return Edge{}, false
	}
	i := slices.IndexFunc(o.Decls[end], func(e Edge) bool { return e.Step == last })
	if i < 0 {
		return Edge{}, false
	}
	return o.Decls[end][i], true
}

// Below returns p, where it ends in an edge, and every edge that leads on from it, each
// declaration once.
func (o *Outline) Below(p change.Path) iter.Seq2[change.Path, Edge] {
	return func(yield func(change.Path, Edge) bool) {
		if e, ok := o.At(p); ok && !yield(p, e) {
			return
		}
		_, decl, _ := o.walk(p)
		seen := make(map[change.Path]bool)
		for todo := []change.Path{decl}; len(todo) > 0; todo = todo[1:] {
			if decl := todo[0]; decl != "" && !seen[decl] {
				seen[decl] = true
				for _, e := range o.Decls[decl] {
					if !yield(decl.Join(e.Step), e) {
						return
					}
					todo = append(todo, e.Decl)
				}
			}
		}
	}
}

// Named returns the edge that a consumer means by p, and its full path: any suffix that
// is unique will do.
func (o *Outline) Named(p change.Path) (full change.Path, e Edge, ok bool) {
	found := o.find(p)
	if len(found) != 1 {
		return "", Edge{}, false
	}
	e, ok = o.At(found[0])
	return found[0], e, ok
}

// Digest is the same for outlines that show the same, wherever it stands.
func (o *Outline) Digest() string {
	sum := sha256.New()
	for _, root := range slices.Sorted(slices.Values(o.Roots)) {
		fmt.Fprintf(sum, "root %q\n", root)
	}
	for _, decl := range slices.Sorted(maps.Keys(o.Decls)) {
		for _, e := range slices.SortedFunc(slices.Values(o.Decls[decl]), func(a, b Edge) int { return cmp.Compare(a.Step, b.Step) }) {
			fmt.Fprintf(sum, "%q %q %q %q %t %q %q %t\n", decl, e.Step, e.Decl, e.Type, e.Optional, e.Tags, e.Values, e.Values == nil)
		}
		fmt.Fprintf(sum, "%q\n", decl)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Deprecates reports whether whoever reads the full path p reads what is marked
// deprecated.
func (o *Outline) Deprecates(p change.Path) bool {
	trail, _, _ := o.walk(p)
	return slices.ContainsFunc(trail, func(passed change.Path) bool { return o.Deprecated[passed] })
}

// walk follows p from the declaration that it begins with. It returns all that
// p passes, outermost first (Order, Order.buyer, Customer, Customer.email), and
// where its last step leads. A cycle is walked as often as p asks for.
func (o *Outline) walk(p change.Path) (trail []change.Path, end change.Path, ok bool) {
	steps := p.Steps()
	for n := 1; n <= len(steps); n++ {
		decl := change.Path("").Join(steps[:n]...)
		if trail, end, ok = o.follow(decl, steps[n:]); ok {
			return trail, end, true
		}
	}
	return nil, "", false
}

func (o *Outline) follow(decl change.Path, steps []change.Step) (trail []change.Path, end change.Path, ok bool) {
	if _, ok := o.Decls[decl]; !ok {
		return nil, "", false
	}
	trail = append(trail, decl)
	for _, s := range steps {
		i := slices.IndexFunc(o.Decls[decl], func(e Edge) bool { return e.Step == s })
		if i < 0 {
			return nil, "", false
		}
		trail = append(trail, decl.Join(s))
		if decl = o.Decls[decl][i].Decl; decl != "" {
			trail = append(trail, decl)
		}
	}
	return trail, decl, true
}

// find returns the full paths that p can mean: p itself, or else every path
// that ends in p.
func (o *Outline) find(p change.Path) []change.Path {
	if _, _, ok := o.walk(p); ok {
		return []change.Path{p}
	}
	var found []change.Path
	steps := p.Steps()
	for _, decl := range slices.Sorted(maps.Keys(o.Decls)) {
		own := decl.Steps()
		for n := 0; n <= min(len(steps), len(own)); n++ {
			if !slices.Equal(own[len(own)-n:], steps[:n]) {
				continue
			}
			if _, _, ok := o.follow(decl, steps[n:]); ok {
				found = append(found, decl.Join(steps[n:]...))
			}
		}
	}
	if len(found) == 0 {
		for also, full := range o.Also {
			if own := also.Steps(); len(own) >= len(steps) && slices.Equal(own[len(own)-len(steps):], steps) {
				found = append(found, full)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// Full returns the full path that is meant by p: any suffix that is unique will do.
func (o *Outline) Full(p change.Path) (change.Path, bool) {
	if found := o.find(p); len(found) == 1 {
		return found[0], true
	}
	return "", false
}

// index finds, once, which edges lead into each declaration. An edge that leads
// back into a declaration it stands in is left out: a place passes no
// declaration twice by it, and the rest has no cycle, so counting is cheap.
func (o *Outline) index() {
	o.into, o.count = make(map[change.Path][]arrow), make(map[change.Path]int)
	const inside, done = 1, 2
	state := make(map[change.Path]int)
	var order []change.Path // each declaration after all that it leads to
	var visit func(change.Path)
	visit = func(decl change.Path) {
		state[decl] = inside
		for _, e := range o.Decls[decl] {
			if e.Decl == "" || state[e.Decl] == inside {
				continue
			}
			o.into[e.Decl] = append(o.into[e.Decl], arrow{decl, e.Step})
			if state[e.Decl] != done {
				visit(e.Decl)
			}
		}
		state[decl] = done
		order = append(order, decl)
	}
	for _, root := range o.Roots {
		if state[root] != done {
			visit(root)
		}
		o.count[root]++
	}
	for _, decl := range slices.Backward(order) {
		for _, a := range o.into[decl] {
			o.count[decl] = min(o.count[decl], math.MaxInt32) + o.count[a.from]
		}
	}
}

// places yields the paths from the roots that end in decl and then tail.
func (o *Outline) places(decl change.Path, tail ...change.Step) iter.Seq[change.Path] {
	o.once.Do(o.index)
	return func(yield func(change.Path) bool) {
		if slices.Contains(o.Roots, decl) && !yield(decl.Join(tail...)) {
			return
		}
		for _, a := range o.into[decl] {
			for p := range o.places(a.from, append([]change.Step{a.step}, tail...)...) {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// shown returns the places that show the declaration or declared element p.
func (o *Outline) shown(p change.Path) (iter.Seq[change.Path], int) {
	o.once.Do(o.index)
	parent, last := p.Split()
	if slices.ContainsFunc(o.Decls[parent], func(e Edge) bool { return e.Step == last }) {
		return o.places(parent, last), o.count[parent]
	}
	return o.places(p), o.count[p]
}

// shows reports whether whoever reads p reads what is declared at q: p passes
// it, or ends in something that leads there.
func (o *Outline) shows(p, q change.Path) bool {
	trail, end, ok := o.walk(p)
	if !ok || slices.Contains(trail, q) {
		return ok
	}
	owner, _ := q.Split()
	seen := make(map[change.Path]bool)
	for todo := []change.Path{end}; len(todo) > 0; {
		decl := todo[0]
		todo = todo[1:]
		if decl == "" || seen[decl] {
			continue
		}
		if decl == q || decl == owner {
			return true
		}
		seen[decl] = true
		for _, e := range o.Decls[decl] {
			todo = append(todo, e.Decl)
		}
	}
	return false
}

// Places answers where the elements of a port show, on both sides: a removed
// element stands in the base only, an added one in the head only.
type Places struct{ Base, Head *Outline }

// Shown is the places that show an element: the first few, and how many.
type Shown struct {
	Paths []change.Path
	Total int
}

// MaxShown caps Shown.Paths. No decision depends on the places left out.
const MaxShown = 20

// Of returns the places that show p, or p itself if none does.
func (s Places) Of(p change.Path) Shown {
	for _, o := range []*Outline{s.Base, s.Head} {
		paths, total := o.shown(p)
		if total == 0 {
			continue
		}
		shown := Shown{Total: total}
		for path := range paths {
			if shown.Paths = append(shown.Paths, path); len(shown.Paths) == MaxShown {
				break
			}
		}
		return shown
	}
	return Shown{Paths: []change.Path{p}, Total: 1}
}

// Meet reports whether a consumer of the element p notices a change of q: one
// encloses the other, at its place or by way of shared types. It walks the
// graph and lists no places, so it is exact where Of is capped.
func (s Places) Meet(p, q change.Path) bool {
	if p.Covers(q) || q.Covers(p) {
		return true
	}
	for _, o := range []*Outline{s.Base, s.Head} {
		if o.shows(p, q) || o.shows(q, p) {
			return true
		}
	}
	return false
}

// Resolve returns the full path that a consumer means by p, which may be any
// suffix that is unique in the port. Consumers read the base, so it goes first.
func (s Places) Resolve(p change.Path) (change.Path, error) {
	for _, o := range []*Outline{s.Base, s.Head} {
		switch found := o.find(p); len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return "", fmt.Errorf("%s is ambiguous: %s or %s", p, found[0], found[1])
		}
	}
	return "", fmt.Errorf("%s is not in the port", p)
}

// Short returns p without the namespace of the port, as people write it.
func (s Places) Short(p change.Path) change.Path {
	for _, o := range []*Outline{s.Head, s.Base} {
		if short := o.Short(p); short != p {
			return short
		}
	}
	return p
}
