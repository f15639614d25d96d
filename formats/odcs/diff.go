package odcs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

// diff compares the tables of both sides, what only this standard says of them,
// and the contracts as a whole. The objectives are compared by [slo.Diff].
func diff(base, head *port) []change.Change {
	d := &differ{}
	changes := table.Diff(base.schema, head.schema, d.element)
	left := make(map[string]*contract, len(head.contracts))
	for _, c := range head.contracts {
		left[c.id] = c
	}
	for _, was := range base.contracts {
		now := left[was.id]
		if now == nil && len(base.contracts) == 1 && len(head.contracts) == 1 {
			now = head.contracts[0]
		}
		if now == nil {
			c := d.report(idChanged, change.Port, member(was.node, "id"), head.span, "the contract %s is gone", was.id)
			c.From = was.id
			continue
		}
		d.contract(was, now)
	}
	changes = append(changes, d.changes...)
	declare(changes)
	return changes
}

// declare tells of changes that were made in one place, in a definition or behind an
// anchor, and show at several, that they are one edit.
func declare(changes []change.Change) {
	type edit struct {
		rule          *change.Rule
		base, head    source.Span
		key, from, to string
	}
	places := make(map[edit][]*change.Change)
	for i := range changes {
		c := &changes[i]
		e := edit{c.Rule, c.Base, c.Head, c.Key, c.From, c.To}
		places[e] = append(places[e], c)
	}
	for _, same := range places {
		first := slices.MinFunc(same, func(a, b *change.Change) int { return cmp.Compare(a.Path, b.Path) }).Path
		for _, c := range same {
			if c.Path != first {
				c.Decl = first
			}
		}
	}
}

type differ struct {
	changes   []change.Change
	usageTerm bool // how the data may be used is part of the terms of the contract that is compared
}

// report adds a change. The caller may complete what is returned.
func (d *differ) report(r *change.Rule, at change.Path, base, head source.Span, format string, args ...any) *change.Change {
	d.changes = append(d.changes, change.Change{Rule: r, Path: at, Base: base, Head: head, Detail: fmt.Sprintf(format, args...)})
	return &d.changes[len(d.changes)-1]
}

// A pair is two maps that are compared, and where to point if what is meant does
// not stand in one of them.
type pair struct {
	path           change.Path
	base, head     *document.Node
	baseAt, headAt source.Span
}

// subject names what is compared, to begin a sentence.
func (p pair) subject() string {
	if p.path == aboutProduct {
		return "the data product"
	}
	if change.Terms.Covers(p.path) || p.path == change.Port {
		return "the contract"
	}
	return string(p.path)
}

// A field is one member of both sides, either of which may lack it.
type field struct {
	key            string
	base, head     *document.Node
	baseAt, headAt source.Span
}

// fields lists the members of both sides, in the order in which they stand.
func (p pair) fields() []field {
	all := make([]field, 0, len(p.base.Keys))
	place := make(map[string]int, len(p.base.Keys))
	for i, k := range p.base.Keys {
		place[k.Text] = len(all)
		all = append(all, field{k.Text, p.base.Items[i], nil, memberSpan(k, p.base.Items[i]), p.headAt})
	}
	for i, k := range p.head.Keys {
		j, ok := place[k.Text]
		if !ok {
			j = len(all)
			all = append(all, field{key: k.Text, baseAt: p.baseAt})
		}
		all[j].head, all[j].headAt = p.head.Items[i], memberSpan(k, p.head.Items[i])
	}
	return all
}

// field returns one member of both sides.
func (p pair) field(key string) field {
	f := field{key, p.base.Get(key), p.head.Get(key), member(p.base, key), member(p.head, key)}
	if f.baseAt.IsZero() {
		f.baseAt = p.baseAt
	}
	if f.headAt.IsZero() {
		f.headAt = p.headAt
	}
	return f
}

// inner returns what a member of both sides holds as a pair of its own.
func (f field) inner(path change.Path) pair {
	return pair{path, orEmpty(f.base), orEmpty(f.head), f.baseAt, f.headAt}
}

func orEmpty(n *document.Node) *document.Node {
	if n.IsNull() {
		return &document.Node{Kind: document.Map}
	}
	return n
}

// differs reports whether f means something else in head.
func (f field) differs() bool {
	if same(f.base, f.head) {
		return false
	}
	return f.key != "tags" || !same(sortedTexts(f.base), sortedTexts(f.head)) // whose order means nothing
}

// sortedTexts returns a list with its items in the order of their texts.
func sortedTexts(n *document.Node) *document.Node {
	if n == nil || n.Kind != document.List {
		return n
	}
	s := *n
	s.Items = slices.SortedFunc(slices.Values(n.Items), func(a, b *document.Node) int { return cmp.Compare(a.Text, b.Text) })
	return &s
}

// verb says what happened to a member as a whole.
func (f field) verb() string {
	switch {
	case f.base.IsNull():
		return "is new"
	case f.head.IsNull():
		return "is gone"
	}
	return "changed"
}

// became says what happened to a text.
func (f field) became() string {
	switch {
	case f.base.IsNull():
		return "is " + excerpt(f.head) + " now, it was not set"
	case f.head.IsNull():
		return excerpt(f.base) + " is gone"
	}
	return excerpt(f.base) + " became " + excerpt(f.head)
}

// excerpt quotes the beginning of a text.
func excerpt(n *document.Node) string {
	const most = 60
	text := []rune(n.String())
	if len(text) > most {
		text = append(text[:most], '…')
	}
	return fmt.Sprintf("%q", string(text))
}

// field reports a change of one member, with its facts.
func (d *differ) field(r *change.Rule, at change.Path, f field, format string, args ...any) *change.Change {
	c := d.report(r, at, f.baseAt, f.headAt, format, args...)
	c.From, c.To = fact(f.base), fact(f.head)
	c.Prose = proseOf(f)
	return c
}

// fields reports a change of several members at once, in a sentence that lists them
// between a beginning and an end.
func (d *differ) fields(r *change.Rule, at change.Path, fields []field, beginning, end string) {
	if len(fields) == 0 {
		return
	}
	var keys, from, to []string
	for _, f := range fields {
		keys = append(keys, f.key)
		from = append(from, f.key+": "+fact(f.base))
		to = append(to, f.key+": "+fact(f.head))
	}
	slices.Sort(from)
	slices.Sort(to)
	c := d.report(r, at, fields[0].baseAt, fields[0].headAt, "%s%s%s", beginning, listed(keys), end)
	c.From, c.To = short(strings.Join(from, ", ")), short(strings.Join(to, ", "))
	for _, f := range fields {
		c.Prose = append(c.Prose, proseOf(f)...)
	}
}

func listed(words []string) string {
	const most = 10
	if more := len(words) - most; more > 0 {
		words = append(words[:most:most], fmt.Sprintf("%d more", more))
	}
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
