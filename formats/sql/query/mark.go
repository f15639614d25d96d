package query

import (
	"cmp"
	"slices"
	"strings"
)

// mark notes that columns are used. Without a place, that of the table is theirs.
func (r *resolver) mark(from []origin, u Use, start, end int) {
	if !r.spend(len(from)) {
		return
	}
	for _, o := range from {
		name := o.table.spelling(o.column)
		c := o.table.read[name]
		if c == nil {
			c = &columnRead{}
			o.table.read[name] = c
		}
		if c.end == 0 {
			c.start, c.end = start, end
		}
		c.uses |= u
	}
}

// spelling is the name of a column as its table is known to have it.
func (b *base) spelling(column string) string {
	for _, key := range [...]string{column, strings.ToLower(column)} {
		if name, ok := b.spelled[key]; ok {
			return name
		}
	}
	return column
}

// takeAll notes that every column of b is read, or may be.
func (b *base) takeAll(why string) {
	b.all = true
	if b.why == "" {
		b.why = why
	}
}

// takeRow notes that every column of a row is used.
func (r *resolver) takeRow(w row, u Use) {
	for _, c := range w.cols {
		r.mark(c.from, u, 0, 0)
	}
	r.mark(w.any, u, 0, 0)
	for _, b := range slices.Concat(w.stars, w.rest) {
		b.takeAll("a star takes every column")
	}
}

// carry notes that the columns of a row pass through a star.
func (r *resolver) carry(w row) {
	for _, c := range w.cols {
		r.mark(c.from, Carried, 0, 0)
	}
	for _, b := range slices.Concat(w.stars, w.rest) {
		b.carried = true
	}
}

// reads is what was noted.
func (r *resolver) reads() (tables []TableRead) {
	for _, b := range r.order {
		if !b.named && !b.all && len(b.read) == 0 {
			continue
		}
		t := r.tableRead(b.name)
		t.All, t.Why, t.Carried = b.all, b.why, b.carried
		for name, c := range b.read {
			span := t.Span
			if c.end > 0 {
				span = r.span(c.start, c.end)
			}
			t.Columns = append(t.Columns, ColumnRead{Name: name, Uses: c.uses, Span: span})
		}
		slices.SortFunc(t.Columns, func(a, b ColumnRead) int { return cmp.Compare(a.Name, b.Name) })
		tables = append(tables, t)
	}
	slices.SortStableFunc(tables, func(a, b TableRead) int { return a.Span.Compare(b.Span) })
	return tables
}

func (r *reader) tableRead(name []part) TableRead {
	t := TableRead{Span: r.span(name[0].start, name[len(name)-1].end)}
	for _, p := range name {
		t.Name = append(t.Name, p.key)
	}
	return t
}
