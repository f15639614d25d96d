package query

import (
	"slices"
	"strings"
)

// A base is a table and what is read of it.
type base struct {
	name    []part
	columns []string // that it is known to have
	known   bool
	spelled map[string]string // those, by their names in any case
	read    map[string]*columnRead
	named   bool // as a source, not only as a target
	all     bool
	carried bool
	why     string
}

type columnRead struct {
	uses       Use
	start, end int
}

// An origin is a column of a table of which something is made.
type origin struct {
	table  *base
	column string
}

// An output is a column of a row, and what it is made of. Without a key it has a
// name that we do not know.
type output struct {
	key  string
	from []origin
}

// A row is what a table, a query or a function yields.
type row struct {
	cols  []output
	rest  []*base // tables whose columns are not known, all of which it has
	stars []*base // tables all of whose columns it has

	opaque bool     // it has columns that belong to no table
	any    []origin // what those are made of
}

// join adds the columns of w.
func (w *row) join(v row) {
	w.cols = append(slices.Clip(w.cols), v.cols...)
	w.rest = append(slices.Clip(w.rest), v.rest...)
	w.stars = append(slices.Clip(w.stars), v.stars...)
	w.any = append(slices.Clip(w.any), v.any...)
	w.opaque = w.opaque || v.opaque
}

func (w *row) size() int { return len(w.cols) + len(w.rest) + len(w.stars) + len(w.any) }

// complete reports whether all columns of w are known, in their order.
func (w *row) complete() bool { return len(w.rest) == 0 && !w.opaque }

// find returns what the column is made of and whether w is sure to have it. It
// may have it where from is not nil: a name in another case is only likely the same.
func (w *row) find(key string) (from []origin, sure bool) {
	var likely []origin
	for _, c := range w.cols {
		switch {
		case c.key == key:
			from, sure = append(from, c.from...), true
		case c.key == "" || strings.EqualFold(c.key, key):
			likely = append(likely, c.from...)
		}
	}
	if sure {
		return from, true
	}
	for _, b := range w.rest {
		likely = append(likely, origin{b, key})
	}
	return append(likely, w.any...), false
}

// mayHave reports whether w can have a column that find is not sure of.
func (w *row) mayHave() bool {
	return !w.complete() || slices.ContainsFunc(w.cols, func(c output) bool { return c.key == "" })
}

// A relation is a row under a name.
type relation struct {
	alias string
	name  []part // of a table without an alias: it is known by any end of this
	row
	target  bool   // it is written
	columns []part // names for the columns of a recursive query, which it sees, too
}

// A scope is what the names of a part of a statement can mean.
type scope struct {
	parent  *scope
	rels    []*relation
	ctes    map[string]*relation
	aliases map[string][]origin // of the select list
	beside  bool                // a name that is found here may still be meant further out
}

// cte finds a member of WITH.
func (s *scope) cte(key string) *relation {
	for ; s != nil; s = s.parent {
		if rel := s.ctes[key]; rel != nil {
			return rel
		}
	}
	return nil
}

// relation finds what the first n parts of a name stand for, and n.
func (s *scope) relation(parts []part) (rel *relation, n int) {
	for _, rel := range s.rels {
		if rel.alias == parts[0].key {
			return rel, 1
		}
		for n := len(parts); n > 0; n-- {
			if len(rel.name) >= n && slices.EqualFunc(rel.name[len(rel.name)-n:], parts[:n], func(a, b part) bool { return a.key == b.key }) {
				return rel, n
			}
		}
	}
	return nil, 0
}

// lookup finds what the first n parts of a name stand for in s or around it.
func (s *scope) lookup(parts []part) (*relation, int) {
	for ; s != nil; s = s.parent {
		if rel, n := s.relation(parts); rel != nil {
			return rel, n
		}
	}
	return nil, 0
}
