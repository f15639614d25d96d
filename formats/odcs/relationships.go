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

func (r relationship) ID() string      { return r.id }
func (r relationship) columns() string { return r.pairs }

// relationships compares which columns refer to which. It returns false if they
// cannot be understood.
func (d *differ) relationships(at change.Path, f field) (ok bool) {
	was, ok1 := relationshipsOf(f.base)
	now, ok2 := relationshipsOf(f.head)
	if !ok1 || !ok2 {
		return false
	}
	mates := andTheLast(matched(was, now, relationship.ID, relationship.columns), len(now))
	for i, r := range was {
		j := mates[i]
		if j < 0 {
			c := d.report(relationshipRemoved, at, r.node.Span, f.headAt, "%s: the relationship %s is gone", at, r.pairs)
			c.Key, c.From = r.pairs, r.pairs
			continue
		}
		if r.pairs != now[j].pairs {
			c := d.report(relationshipChanged, at, r.node.Span, now[j].node.Span, "%s: the relationship %s became %s", at, r.pairs, now[j].pairs)
			c.Key, c.From, c.To = r.pairs, r.pairs, now[j].pairs
		}
		d.cardinality(at, r, now[j])
	}
	for _, j := range unpaired(mates, len(now)) {
		c := d.report(relationshipAdded, at, f.baseAt, now[j].node.Span, "%s: the relationship %s is new", at, now[j].pairs)
		c.Key, c.To = now[j].pairs, now[j].pairs
	}
	return true
}

// cardinality compares what a relationship says besides its columns: its type, and among
// its custom properties how many rows match. A row that matched one and may match
// several now is counted twice.
func (d *differ) cardinality(at change.Path, was, now relationship) {
	several := func(text string) bool {
		return strings.HasSuffix(strings.ToLower(text), "n") || strings.HasSuffix(text, "*") || strings.Contains(strings.ToLower(text), "many")
	}
	from, to := custom(was.node, "cardinality"), custom(now.node, "cardinality")
	if from != "" && !several(from) && several(to) {
		c := d.report(relationshipMultiplied, at, was.node.Span, now.node.Span, "%s: the relationship %s was %s and is %s now", at, was.pairs, from, to)
		c.Key, c.From, c.To = was.pairs, from, to
		return
	}
	if a, b := was.aside(), now.aside(); !same(a, b) {
		c := d.report(relationshipDetailChanged, at, was.node.Span, now.node.Span, "%s: the relationship %s is described in another way", at, was.pairs)
		c.Key, c.From, c.To = was.pairs, fact(a), fact(b)
	}
}

// aside returns what r says besides its columns. A type that is the usual one says
// no more than none.
func (r relationship) aside() *document.Node {
	if r.node.Get("type").String() == "foreignKey" {
		return without(r.node, "id", "from", "to", "description", "type")
	}
	return without(r.node, "id", "from", "to", "description")
}
