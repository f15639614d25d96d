package schema

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
)

// Operation is the Type of an edge that is called. What is below it is sent or read in
// calls of it, and whoever uses any of that makes such calls.
const Operation = "operation"

// OperationOf returns the operation that p is in, or is; empty if there is none.
func (s Places) OperationOf(p change.Path) change.Path {
	for _, o := range []*Outline{s.Base, s.Head} {
		if op := o.operationOf(p); op != "" {
			return op
		}
	}
	return ""
}

func (o *Outline) operationOf(p change.Path) change.Path {
	steps := p.Steps()
	for n := 1; n < len(steps); n++ {
		decl := change.Path("").Join(steps[:n]...)
		if _, ok := o.Decls[decl]; !ok {
			continue
		}
		for at, whole := decl, decl; n < len(steps); n++ {
			i := slices.IndexFunc(o.Decls[at], func(e Edge) bool { return e.Step == steps[n] })
			if i < 0 {
				return ""
			}
			whole = whole.Join(steps[n])
			if e := o.Decls[at][i]; e.Type == Operation {
				return whole
			} else if at = e.Decl; at == "" {
				return ""
			}
		}
		return ""
	}
	return ""
}

// Has reports whether p is an element on either side.
func (s Places) Has(p change.Path) bool {
	return len(s.Base.find(p)) > 0 || len(s.Head.find(p)) > 0
}

// Passes reports whether p is q, is inside it, or leads through what is declared at q:
// whoever uses p uses q, and not only something inside of it.
func (s Places) Passes(p, q change.Path) bool {
	if q.Covers(p) {
		return true
	}
	for _, o := range []*Outline{s.Base, s.Head} {
		if trail, _, ok := o.walk(p); ok && slices.Contains(trail, q) {
			return true
		}
	}
	return false
}

// Omits reports whether calls of the operation op, by somebody who uses the elements
// used of it and no others, hold the place of q: then they leave q out. What is inside
// an optional element that is not used is in no such call.
func (s Places) Omits(op change.Path, used []change.Path, q change.Path) bool {
	for _, o := range []*Outline{s.Base, s.Head} {
		if o.omits(op, used, q) {
			return true
		}
	}
	return false
}

func (o *Outline) omits(op change.Path, used []change.Path, q change.Path) bool {
	passed, ends := make(map[change.Path]bool), make(map[change.Path]bool)
	for _, p := range used {
		trail, _, _ := o.walk(p)
		for _, at := range trail {
			passed[at] = true
		}
		if n := len(trail); n > 0 {
			ends[trail[n-1]] = true
		}
	}
	_, decl, ok := o.walk(op)
	if !ok {
		return false
	}
	type place struct {
		decl  change.Path
		whole bool // all that is in it is used
	}
	seen := make(map[place]bool)
	for todo := []place{{decl, false}}; len(todo) > 0; {
		from := todo[0]
		todo = todo[1:]
		if from.decl == "" || seen[from] {
			continue
		}
		seen[from] = true
		for _, e := range o.Decls[from.decl] {
			at := from.decl.Join(e.Step)
			if at == q || e.Decl == q {
				return true
			}
			if from.whole || !e.Optional || e.isGroup() || passed[at] {
				todo = append(todo, place{e.Decl, from.whole || ends[at] || ends[e.Decl]})
			}
		}
	}
	return false
}

// isGroup reports whether e only holds others together, such as the headers of a request.
func (e Edge) isGroup() bool { return e.Type == e.Step.Word() && e.Type != "body" }
