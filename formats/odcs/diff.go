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
			c := d.report(idChanged, change.Port, member(was.node, "id"), head.schema.Span, "the contract %s is gone", was.id)
			c.From = was.id
			continue
		}
		d.contract(was, now)
	}
	return append(changes, d.changes...)
}

type differ struct{ changes []change.Change }

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
	if change.Terms.Covers(p.path) {
		return "the contract"
	}
	return string(p.path)
}

// at returns where key stands on both sides, or the sides themselves.
func (p pair) at(key string) (base, head source.Span) {
	base, head = member(p.base, key), member(p.head, key)
	if base.IsZero() {
		base = p.baseAt
	}
	if head.IsZero() {
		head = p.headAt
	}
	return base, head
}

// differs reports whether key means something else in head.
func (p pair) differs(key string) bool {
	was, now := p.base.Get(key), p.head.Get(key)
	if same(was, now) {
		return false
	}
	return key != "tags" || !same(sortedTexts(was), sortedTexts(now)) // whose order means nothing
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

// keys lists the keys of both sides, each once, in the order in which they stand.
func (p pair) keys() []string {
	var keys []string
	seen := make(map[string]bool)
	for _, n := range []*document.Node{p.base, p.head} {
		for _, k := range n.Keys {
			if !seen[k.Text] {
				seen[k.Text] = true
				keys = append(keys, k.Text)
			}
		}
	}
	return keys
}

// member reports a change of one key, with its facts.
func (d *differ) member(r *change.Rule, p pair, key, detail string) *change.Change {
	base, head := p.at(key)
	c := d.report(r, p.path, base, head, "%s", detail)
	c.From, c.To = fact(p.base.Get(key)), fact(p.head.Get(key))
	return c
}

// members reports a change of several keys at once, in a sentence that lists them.
func (d *differ) members(r *change.Rule, p pair, keys []string, format string) {
	if len(keys) == 0 {
		return
	}
	c := d.member(r, p, keys[0], fmt.Sprintf(format, listed(keys)))
	var from, to []string
	for _, key := range slices.Sorted(slices.Values(keys)) {
		from = append(from, key+": "+fact(p.base.Get(key)))
		to = append(to, key+": "+fact(p.head.Get(key)))
	}
	c.From, c.To = short(strings.Join(from, ", ")), short(strings.Join(to, ", "))
}

func listed(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
