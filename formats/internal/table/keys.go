package table

import (
	"cmp"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A key is a list of columns by which rows are told apart, or stored apart. It is
// a promise of the table, not of its columns one by one, so it is gathered
// while they are walked. A column that is gone is left out of it: that it is gone
// says enough.
type key struct {
	base, head []member
	was        bool // base has one
}

type member struct {
	path     change.Path // in base, if the column is there
	place    int
	at, mate source.Span // on its side, and where its mate on the other side stands
}

// keys are the two keys of one table.
type keys struct {
	primary, partition key
	soles              map[*Column]bool // the columns that are a primary key of their own
}

// sole notes the column that is t's whole primary key, if one is.
func (k *keys) sole(t *Table) {
	var found *Column
	for _, c := range t.Columns {
		if c.Key && found != nil {
			return
		} else if c.Key {
			found = c
		}
	}
	k.soles[found] = found != nil
}

func (k *keys) gone(c *Column) {
	k.primary.was = k.primary.was || c.Key
	k.partition.was = k.partition.was || c.Partition > 0
}

func (k *keys) paired(p pairOf[*Column]) {
	k.gone(p.base)
	k.add(&k.primary.base, &k.partition.base, p.path, p.base, p.head)
	k.add(&k.primary.head, &k.partition.head, p.path, p.head, p.base)
}

func (k *keys) added(at change.Path, c *Column) {
	k.add(&k.primary.head, &k.partition.head, at, c, new(Column))
}

func (k *keys) add(primary, partition *[]member, at change.Path, c, mate *Column) {
	if c.Key {
		*primary = append(*primary, member{path: at, at: c.at(ItsKey), mate: mate.at(ItsKey)})
	}
	if c.Partition > 0 {
		*partition = append(*partition, member{at, c.Partition, c.at(ItsPartition), mate.at(ItsPartition)})
	}
}

// names lists the members by their places, as seen from the table.
func names(members []member, table change.Path) string {
	sorted := slices.SortedStableFunc(slices.Values(members), func(a, b member) int { return cmp.Compare(a.place, b.place) })
	var names []string
	for _, m := range sorted {
		names = append(names, strings.TrimPrefix(string(m.path), string(table)+"."))
	}
	return strings.Join(names, ", ")
}

// key reports what became of the keys of a table whose columns have been walked.
func (d *differ) key(p pairOf[*Table], k keys) {
	for _, m := range [][]member{k.primary.base, k.primary.head} { // the order is physical
		slices.SortFunc(m, func(a, b member) int { return cmp.Compare(a.path, b.path) })
	}
	rule := keyChanged
	if !k.primary.was {
		rule = keyAdded
	}
	d.members(p, k.primary, rule, "the primary key")
	rule = partitionChanged
	if p.base.Files || p.head.Files {
		rule = partitionFoldersChanged
	}
	d.members(p, k.partition, rule, "the partition")
}

func (d *differ) members(p pairOf[*Table], k key, rule *change.Rule, what string) {
	from, to := names(k.base, p.path), names(k.head, p.path)
	if from == to {
		return
	}
	c := d.report(rule, p.path, p.base.Span, p.head.Span, "%s: %s %s", p.path, what, became(from == "", to == "", from, to))
	c.From, c.To = from, to
	if m, ok := differing(k.head, k.base); ok {
		c.Base, c.Head = orElse(m.mate, c.Base), m.at
	} else if m, ok := differing(k.base, k.head); ok {
		c.Base, c.Head = m.at, orElse(m.mate, c.Head)
	}
}

// differing returns the first of members that others lack.
func differing(members, others []member) (member, bool) {
	has := make(map[change.Path]bool, len(others))
	for _, o := range others {
		has[o.path] = true
	}
	i := slices.IndexFunc(members, func(m member) bool { return !has[m.path] })
	if i < 0 {
		return member{}, false
	}
	return members[i], true
}

func orElse(span, other source.Span) source.Span {
	if span.IsZero() {
		return other
	}
	return span
}
