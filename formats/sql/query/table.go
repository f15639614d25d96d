package query

import (
	"slices"
	"strings"
)

// A frame is what a member of FROM, its joins included, brings into scope.
type frame struct {
	rels []*relation
	row  // what * yields
}

// member resolves a member of FROM. The members before it are in scope already.
func (r *resolver) member(s member, in *scope) frame {
	f := r.operand(s, in)
	for _, j := range s.joins {
		right := r.operand(j.right, &scope{parent: in, rels: f.rels})
		both := frame{rels: slices.Concat(f.rels, right.rels), row: f.row}
		if !r.spend(f.size() + right.size() + len(f.rels)) {
			return frame{}
		}
		both.join(right.row)
		using := j.using
		if j.natural {
			using = r.common(f.row, right.row)
		}
		if len(using) > 0 {
			both.row = r.using(f.row, right.row, using)
		}
		siblings := *in
		siblings.beside = true // PostgreSQL does not see them here, others do
		for _, e := range j.on {
			r.expr(e, &scope{parent: &siblings, rels: both.rels})
		}
		f = both
	}
	return f
}

// operand resolves a table, a query or a function of FROM.
func (r *resolver) operand(s member, in *scope) frame {
	rel := &relation{alias: s.alias.key, target: s.target}
	switch {
	case s.inner != nil:
		f := r.member(*s.inner, in)
		if s.alias.key == "" {
			return f
		}
		rel.row = r.renamed(f.row, s.columns)
	case s.query != nil:
		around := in
		if !s.lateral {
			around = in.outside()
		}
		rel.row = r.renamed(r.query(s.query, around, true, nil), s.columns)
	case s.call != nil:
		rel.row = r.called(s, r.expr(*s.call, in))
	case len(s.table) > 0:
		r.table(s, in, rel)
	}
	return frame{[]*relation{rel}, rel.row}
}

// outside is the scope around the SELECT to whose FROM s belongs.
func (s *scope) outside() *scope {
	for s != nil && s.ctes == nil {
		s = s.parent
	}
	return s
}

// called is what a function yields: columns that we know by name or not, all made of
// its arguments.
func (r *resolver) called(s member, from []origin) row {
	w := row{opaque: true, any: from}
	for _, c := range s.columns {
		w.cols = append(w.cols, output{c.key, from})
	}
	if s.alias.key != "" && len(s.columns) == 0 {
		w.cols = append(w.cols, output{s.alias.key, from})
	}
	return w
}

// table finds what the name of a table stands for: a member of WITH, an array of
// a member of FROM before it, or a table.
func (r *resolver) table(s member, in *scope, rel *relation) {
	if len(s.table) == 1 {
		if c := in.cte(s.table[0].key); c != nil {
			if rel.alias == "" {
				rel.alias = c.alias
			}
			rel.row = r.renamed(c.row, s.columns)
			return
		}
	}
	if r.pathTable && len(s.table) > 1 {
		if other, n := in.lookup(s.table); other != nil && n < len(s.table) {
			if rel.alias == "" {
				rel.alias = s.table[len(s.table)-1].key
				s.alias.key = rel.alias
			}
			rel.row = r.called(s, r.ref(ref{parts: s.table, use: Select}, in))
			if r.pathEither {
				r.base(s.table).named = true
				r.base(s.table).takeAll("it may be a column of another table, too")
			}
			return
		}
	}
	b := r.base(s.table)
	b.named = b.named || !s.target
	if rel.alias == "" {
		rel.name = s.table
	}
	rel.row = row{stars: []*base{b}}
	for _, c := range b.columns {
		rel.cols = append(rel.cols, output{r.stored(c), []origin{{b, c}}})
	}
	if !b.known {
		rel.rest = []*base{b}
	}
	rel.row = r.renamed(rel.row, s.columns)
}

// stored is how the dialect knows a column that a schema spells so. Schemas write
// in lower case what Snowflake keeps in upper case.
func (t *traits) stored(column string) string {
	if t.fold == anyCase || strings.ToLower(column) == column || strings.ToUpper(column) == column {
		return t.key(column, false)
	}
	return column
}

// base finds the table of that name, or takes it up.
func (r *resolver) base(name []part) *base {
	var steps []string
	for _, p := range name {
		steps = append(steps, p.key)
	}
	key := strings.Join(steps, "\x00")
	if b := r.tables[key]; b != nil {
		return b
	}
	b := &base{name: name, read: make(map[string]*columnRead)}
	if r.schema != nil {
		b.columns, b.known = r.schema(steps)
	}
	b.spelled = make(map[string]string)
	for _, c := range slices.Backward(b.columns) {
		b.spelled[strings.ToLower(c)] = c
	}
	for _, c := range b.columns {
		b.spelled[c] = c
	}
	r.tables[key] = b
	r.order = append(r.order, b)
	return b
}

// common is what NATURAL JOIN joins by.
func (r *resolver) common(a, b row) (names []part) {
	for _, side := range [2][2]*row{{&a, &b}, {&b, &a}} {
		for _, c := range side[0].cols {
			if _, sure := side[1].find(c.key); c.key != "" && (sure || side[1].mayHave()) {
				names = append(names, part{key: c.key})
			}
		}
	}
	if !a.complete() && !b.complete() {
		for _, w := range []row{a, b} {
			for _, t := range w.rest {
				t.takeAll("a natural join uses the columns that both sides have")
			}
		}
	}
	return names
}

// using marks the columns by which a join joins, and merges them.
func (r *resolver) using(a, b row, names []part) row {
	merged := make(map[string]bool)
	var out row
	for _, n := range names {
		if merged[n.key] {
			continue
		}
		merged[n.key] = true
		left, _ := a.find(n.key)
		right, _ := b.find(n.key)
		from := r.merge(left, right)
		r.mark(from, Join, n.start, n.end)
		out.cols = append(out.cols, output{n.key, from})
	}
	for _, w := range []row{a, b} {
		w.cols = slices.DeleteFunc(slices.Clone(w.cols), func(c output) bool { return merged[c.key] })
		out.join(w)
	}
	return out
}
