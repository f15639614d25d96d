package odcs

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A relationship says which columns refer to which others.
type relationship struct {
	id    string
	pairs string // of columns, in a fixed order: the order of a composite key means nothing
	node  *document.Node
}

// relationshipsOf reads a list of relationships. It is not ok if one of them cannot be
// understood.
func relationshipsOf(n *document.Node) (all []relationship, ok bool) {
	ok = n.IsNull() || n.Kind == document.List
	for _, item := range n.List() {
		r := relationship{id: item.Get("id").String(), node: item}
		from, to := texts(item.Get("from")), texts(item.Get("to"))
		if len(to) == 0 || len(from) > 0 && len(from) != len(to) {
			ok = false
			continue
		}
		var pairs []string
		for i := range to {
			if len(from) > 0 {
				pairs = append(pairs, from[i]+" to "+to[i])
			} else {
				pairs = append(pairs, "to "+to[i])
			}
		}
		slices.Sort(pairs)
		r.pairs = strings.Join(pairs, ", ")
		all = append(all, r)
	}
	return all, ok
}

// texts returns a text, or those of a list.
func texts(n *document.Node) (all []string) {
	if text := n.String(); text != "" {
		return []string{text}
	}
	for _, item := range n.List() {
		all = append(all, item.String())
	}
	return all
}

// relationships compares which columns refer to which. It returns false if something
// else about them differs, or if they cannot be understood.
func (d *differ) relationships(at change.Path, f field) (whole bool) {
	was, ok1 := relationshipsOf(f.base)
	now, ok2 := relationshipsOf(f.head)
	if !ok1 || !ok2 {
		return false
	}
	whole = true
	mates := matchRelationships(was, now)
	taken := make(map[int]bool)
	for i, r := range was {
		j := mates[i]
		if j < 0 {
			c := d.report(relationshipRemoved, at, r.node.Span, f.headAt, "%s: the relationship %s is gone", at, r.pairs)
			c.Key, c.From = r.pairs, r.pairs
			continue
		}
		taken[j] = true
		if r.pairs != now[j].pairs {
			c := d.report(relationshipChanged, at, r.node.Span, now[j].node.Span, "%s: the relationship %s became %s", at, r.pairs, now[j].pairs)
			c.Key, c.From, c.To = r.pairs, r.pairs, now[j].pairs
		}
		whole = whole && same(r.aside(), now[j].aside())
	}
	for j, r := range now {
		if !taken[j] {
			c := d.report(relationshipAdded, at, f.baseAt, r.node.Span, "%s: the relationship %s is new", at, r.pairs)
			c.Key, c.To = r.pairs, r.pairs
		}
	}
	return whole
}

// aside returns what r says besides its columns. A type that is the usual one says
// no more than none.
func (r relationship) aside() *document.Node {
	if r.node.Get("type").String() == "foreignKey" {
		return without(r.node, "id", "from", "to", "description", "type")
	}
	return without(r.node, "id", "from", "to", "description")
}

// matchRelationships pairs by id, then by the columns; and last the only two that
// are left. It returns the index in now of each of was, or -1.
func matchRelationships(was, now []relationship) []int {
	mates := make([]int, len(was))
	free := make(map[string][]int)
	for j, r := range now {
		free["id "+r.id] = append(free["id "+r.id], j)
		free[r.pairs] = append(free[r.pairs], j)
	}
	taken := make([]bool, len(now))
	left := len(now)
	take := func(key string) int {
		for len(free[key]) > 0 {
			j := free[key][0]
			if free[key] = free[key][1:]; !taken[j] {
				taken[j] = true
				left--
				return j
			}
		}
		return -1
	}
	single := -1
	for i, r := range was {
		if mates[i] = -1; r.id != "" {
			mates[i] = take("id " + r.id)
		}
	}
	lonely := 0
	for i, r := range was {
		if mates[i] < 0 {
			mates[i] = take(r.pairs)
		}
		if mates[i] < 0 {
			single = i
			lonely++
		}
	}
	if lonely == 1 && left == 1 {
		mates[single] = slices.Index(taken, false)
	}
	return mates
}
