package openapi

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// An oracle decides whether the values of one schema are values of another. It is asked
// where keywords differ: it knows what they mean together. A schema that reaches too
// much is not asked about, and then each keyword is taken by itself.
type oracle struct {
	space      *valueset.Space
	loose      *valueset.Space // in which a value may fit several alternatives of oneOf
	base, head reader
}

// maxReach is how many nodes a schema may reach for the oracle to be asked.
const maxReach = 3000

type reader struct {
	lib   *library
	scope *valueset.Scope
	read  *valueset.Reader
	small map[*document.Node]bool // of what references lead to
}

func newOracle(base, head *library) *oracle {
	loose := valueset.NewSpace()
	loose.AnyForOne = true
	return &oracle{space: valueset.NewSpace(), loose: loose, base: newReader(base), head: newReader(head)}
}

// of reads a schema.
func (r reader) of(n *document.Node) *valueset.Schema { return r.read.Read(r.scope, n) }

func newReader(lib *library) reader {
	scope := &valueset.Scope{Dialect: lib.dialect}
	scope.Resolve = func(keyword string, ref *document.Node) (valueset.Target, error) {
		t := lib.follow(ref)
		if t.node == nil {
			return valueset.Target{Unclear: keyword + " " + short(ref.Text)}, nil
		}
		return valueset.Target{Node: t.node, Scope: scope, Name: t.name}, nil
	}
	return reader{lib, scope, &valueset.Reader{}, make(map[*document.Node]bool)}
}

// An answer says in which directions the values may differ, and why where that is not
// known.
type answer struct {
	live      direction
	sure      direction // those of live that were shown by a value
	undecided string
}

// ask compares the values of two schemas.
func (o *oracle) ask(base, head *document.Node) answer {
	if !o.base.within(base) || !o.head.within(head) {
		return answer{live: both, undecided: "it reaches too many schemas"}
	}
	b, h := o.space.Of(o.base.of(base)), o.space.Of(o.head.of(head))
	var a answer
	a.add(wider, o.space.Within(h, b))
	a.add(narrower, o.space.Within(b, h))
	return a
}

// differBy reports whether some members are all that is between two sets:
// what is in all and has none of them is in some, too.
func (o *oracle) differBy(members [][]change.Step, all, some valueset.Set) bool {
	if len(members) > maxMembers {
		return false
	}
	for _, at := range members {
		all = o.loose.And(all, o.loose.At(at, valueset.All).Not())
	}
	return o.loose.Within(all, some).Verdict == valueset.Yes
}

// maxMembers is how many members are taken together.
const maxMembers = 50

func (a *answer) add(d direction, within valueset.Answer) {
	switch within.Verdict {
	case valueset.No:
		a.live, a.sure = a.live|d, a.sure|d
	case valueset.Undecided:
		a.live |= d
		var why []string
		for _, r := range within.Reasons {
			why = append(why, r.What)
		}
		a.undecided = strings.Join(why, ", ")
	}
}

// within reports whether n reaches few enough nodes. What a reference leads to is
// measured once by itself, so that a large schema is not walked for each of its uses.
func (r reader) within(n *document.Node) bool {
	small := true
	eachRef(n, false, func(ref *document.Node) { small = small && r.isSmall(r.lib.follow(ref).node) })
	return small && r.reach(n)
}

func (r reader) isSmall(n *document.Node) bool {
	if n == nil {
		return true
	}
	small, known := r.small[n]
	if !known {
		small = r.reach(n)
		r.small[n] = small
	}
	return small
}

// reach walks n and what it refers to, as long as that is not too much.
func (r reader) reach(n *document.Node) bool {
	left := maxReach
	seen := make(map[*document.Node]bool) // what references led to
	var visit func(n *document.Node)
	visit = func(n *document.Node) {
		if n == nil || left < 0 {
			return
		}
		left--
		if ref := refOf(n); ref != nil {
			if t := r.lib.follow(ref).node; t != nil && !seen[t] {
				seen[t] = true
				visit(t)
			}
		}
		for _, item := range n.Items {
			visit(item)
		}
	}
	visit(n)
	return left >= 0
}
