package query

import (
	"fmt"
	"slices"
	"strings"
)

// A resolver finds the columns of one statement.
type resolver struct {
	*reader
	tables map[string]*base
	order  []*base
	steps  int
	bad    *problem
}

func (r *resolver) fail(start, end int, format string, args ...any) {
	if r.bad == nil {
		r.bad = &problem{at: token{start: start, end: end}, why: fmt.Sprintf(format, args...)}
	}
}

// spend counts work. A short statement can ask for very much of it: each member
// of WITH may double the columns of the one before.
func (r *resolver) spend(n int) bool {
	if r.steps += n + 1; r.steps > MaxSteps && r.bad == nil {
		r.bad = &problem{why: "too many columns are passed on from subquery to subquery"}
		if len(r.order) > 0 {
			name := r.order[0].name[0]
			r.bad.at = token{start: name.start, end: name.end}
		}
	}
	return r.bad == nil
}

// query resolves a query and returns what it yields. With carry only those
// columns of its stars are used that somebody names outside. A recursive query
// sees its own first arm as self.
func (r *resolver) query(q *query, parent *scope, carry bool, self *relation) (out row) {
	if r.bad != nil {
		return row{}
	}
	in := &scope{parent: parent, ctes: make(map[string]*relation)}
	for _, c := range q.ctes {
		in.ctes[c.name.key] = r.cte(&c, in, q.recursive || r.bareStatements)
	}
	for _, other := range q.also {
		r.query(other, in, false, nil)
	}
	last := in
	for i, a := range q.arms {
		var w row
		w, last = r.arm(a, in, carry && len(q.arms) == 1)
		if i == 0 {
			out = w
			if self != nil && len(q.arms) > 1 {
				self.row = r.renamed(w, self.columns)
				in.ctes[self.alias] = self
			}
		} else if out = r.union(out, w); !r.spend(out.size()) {
			break
		}
	}
	if len(q.arms) > 1 {
		last = &scope{parent: in, rels: []*relation{{row: out}}}
	}
	for _, e := range q.order {
		r.sorted(e, last, &out)
	}
	for _, e := range q.limits {
		r.expr(e, last)
	}
	return out
}

// cte resolves a member of WITH.
func (r *resolver) cte(c *cte, in *scope, recursive bool) *relation {
	rel := &relation{alias: c.name.key}
	var self *relation
	if recursive {
		self = &relation{alias: c.name.key, columns: c.columns}
	}
	rel.row = r.renamed(r.query(c.query, in, true, self), c.columns)
	for _, extra := range c.extra {
		rel.cols = append(slices.Clip(rel.cols), output{key: extra.key})
	}
	return rel
}

// union pairs the columns of two operands of a set operation.
func (r *resolver) union(a, b row) row {
	if !a.complete() || !b.complete() || len(a.cols) != len(b.cols) {
		cols := a.cols
		a.join(b)
		a.cols = cols
		return a
	}
	out := row{stars: slices.Concat(a.stars, b.stars)}
	for i, c := range a.cols {
		out.cols = append(out.cols, output{c.key, r.merge(c.from, b.cols[i].from)})
	}
	return out
}

// merge is the union of two lists of origins.
func (r *resolver) merge(a, b []origin) []origin {
	if !r.spend(len(a) + len(b)) {
		return nil
	}
	if len(b) == 0 {
		return a
	}
	seen := make(map[origin]bool, len(a)+len(b))
	var out []origin
	for _, list := range [][]origin{a, b} {
		for _, o := range list {
			if !seen[o] {
				seen[o] = true
				out = append(out, o)
			}
		}
	}
	return out
}

// renamed gives the columns of a row other names, the first ones first.
func (r *resolver) renamed(w row, names []part) row {
	if len(names) == 0 {
		return w
	}
	if !w.complete() {
		// Which column gets which name is not known: each may be any.
		from := slices.Clone(w.any)
		for _, c := range w.cols {
			from = r.merge(from, c.from)
		}
		for _, b := range w.rest {
			b.takeAll("its columns get other names by their order")
		}
		out := row{stars: w.stars, opaque: w.opaque, any: w.any}
		for _, n := range names {
			out.cols = append(out.cols, output{n.key, from})
		}
		return out
	}
	w.cols = slices.Clone(w.cols)
	for i, n := range names[:min(len(names), len(w.cols))] {
		w.cols[i].key = n.key
	}
	return w
}

// arm resolves an operand of a set operation. The scope that it returns is that
// of an ORDER BY behind it.
func (r *resolver) arm(a arm, in *scope, carry bool) (row, *scope) {
	switch {
	case a.nested != nil:
		w := r.query(a.nested, in, carry, nil)
		return w, &scope{parent: in, rels: []*relation{{row: w}}}
	case a.sel != nil:
		return r.selection(a.sel, in, carry)
	}
	w := row{opaque: true}
	for _, e := range a.values {
		w.any = r.merge(w.any, r.expr(e, in))
	}
	return w, &scope{parent: in, rels: []*relation{{row: w}}}
}

// selection resolves a SELECT: FROM first, then its list, then the other clauses,
// which may use names of the list.
func (r *resolver) selection(s *selection, parent *scope, carry bool) (out row, in *scope) {
	in = &scope{parent: parent, aliases: make(map[string][]origin)}
	var all row
	for _, src := range s.from {
		f := r.member(src, in)
		in.rels = append(in.rels, f.rels...)
		if all.join(f.row); !r.spend(all.size()) {
			break
		}
	}
	for _, it := range s.items {
		if it.bare && it.refs[0].star {
			if out.join(r.star(it, all, in, carry && !s.distinct)); !r.spend(out.size()) {
				break
			}
			continue
		}
		o := output{from: r.expr(it.expr, in)}
		switch {
		case it.alias.key != "":
			o.key = it.alias.key
			in.aliases[o.key] = r.merge(in.aliases[o.key], o.from)
		case it.bare:
			o.key = it.refs[0].parts[len(it.refs[0].parts)-1].key
		}
		if out.cols = append(out.cols, o); r.bad != nil {
			break
		}
	}
	for _, e := range s.other {
		r.expr(e, in)
	}
	for _, e := range s.group {
		r.grouped(e, in, &out)
	}
	if s.groupAll {
		for _, c := range out.cols {
			r.mark(c.from, Group, 0, 0)
		}
	}
	return out, in
}

// sorted resolves an element of ORDER BY: the number or the name of a column of
// the result, or an expression.
func (r *resolver) sorted(e expr, in *scope, out *row) {
	if r.counted(e, out, Order) {
		return
	}
	if e.bare && len(e.refs[0].parts) == 1 {
		if from, sure := out.find(e.refs[0].parts[0].key); sure {
			start, end := e.refs[0].span()
			r.mark(from, Order, start, end)
			return
		}
	}
	r.expr(e, in)
}

// grouped resolves an element of GROUP BY, in which a name of the select list is
// the second choice.
func (r *resolver) grouped(e expr, in *scope, out *row) {
	if r.counted(e, out, Group) {
		return
	}
	if e.bare && len(e.refs[0].parts) == 1 {
		r.column(e.refs[0], in, true)
		return
	}
	r.expr(e, in)
}

// counted reports whether e is the number of a column of the result.
func (r *resolver) counted(e expr, out *row, u Use) bool {
	if e.ordinal <= 0 || e.ordinal > len(out.cols) {
		return e.ordinal > 0
	}
	r.mark(out.cols[e.ordinal-1].from, u, 0, 0)
	return true
}

// star is what * or t.* yields in a select list.
func (r *resolver) star(it item, all row, in *scope, carry bool) row {
	x := it.refs[0]
	w := all
	if len(x.parts) > 0 {
		rel, n := in.lookup(x.parts)
		if rel == nil || n < len(x.parts) { // all fields of a column
			x.star = false
			return row{opaque: true, any: r.ref(x, in)}
		}
		w = rel.row
	}
	replaced := make(map[string][]origin)
	for _, c := range it.replace {
		replaced[c.alias.key] = r.expr(c.expr, in)
	}
	out := row{rest: w.rest, stars: w.stars, opaque: w.opaque, any: w.any}
	read := out
	for _, c := range w.cols {
		if slices.ContainsFunc(it.except, func(p part) bool { return strings.EqualFold(p.key, c.key) }) {
			continue
		}
		if from, ok := replaced[c.key]; ok {
			c.from = from
			delete(replaced, c.key)
		} else {
			read.cols = append(read.cols, c)
		}
		if to, ok := it.rename[c.key]; ok {
			c.key = to.key
		}
		out.cols = append(out.cols, c)
	}
	for _, c := range it.replace {
		if from, ok := replaced[c.alias.key]; ok {
			out.cols = append(out.cols, output{c.alias.key, from})
		}
	}
	if len(w.rest) > 0 {
		for from, to := range it.rename {
			origins, _ := w.find(from)
			out.cols = append(out.cols, output{to.key, origins})
		}
		slices.SortStableFunc(out.cols[len(read.cols):], func(a, b output) int { return strings.Compare(a.key, b.key) })
	}
	if carry {
		r.carry(read)
	} else {
		r.takeRow(read, x.use|Select)
	}
	return out
}

// expr resolves an expression and returns what it is made of.
func (r *resolver) expr(e expr, in *scope) (from []origin) {
	for _, x := range e.refs {
		from = r.merge(from, r.ref(x, in))
	}
	for _, q := range e.queries {
		w := r.query(q.query, in, q.exists, nil)
		if q.exists {
			continue
		}
		for _, c := range w.cols {
			r.mark(c.from, q.use, 0, 0)
			from = r.merge(from, c.from)
		}
	}
	return from
}
