package odcs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// same reports whether a and b mean the same. It is [document.Equal], but for the
// order of lists of maps: the standard has no list of servers, roles or rules
// whose order means anything.
func same(a, b *document.Node) bool {
	if document.Equal(a, b) {
		return true
	}
	x, _ := normal(a)
	y, _ := normal(b)
	return document.Equal(x, y)
}

// fact returns what an approval of a change of n holds on to: its canonical text,
// or the fingerprint of that where it is long.
func fact(n *document.Node) string {
	_, text := normal(n)
	return text
}

// normal returns n with its lists of maps in a fixed order, and its fact. The parts
// of a long text are fingerprints too, so the work is linear in the document.
func normal(n *document.Node) (*document.Node, string) {
	switch {
	case n.IsNull():
		return n, ""
	case n.Kind == document.Scalar:
		return n, scalarFact(n)
	}
	s := *n
	s.Items = make([]*document.Node, len(n.Items))
	texts := make([]string, len(n.Items))
	for i, item := range n.Items {
		s.Items[i], texts[i] = normal(item)
	}
	if n.Kind == document.List {
		sortMaps(s.Items, texts)
		return &s, short("[" + strings.Join(texts, ", ") + "]")
	}
	var members []string
	for i, key := range n.Keys {
		if texts[i] != "" {
			members = append(members, key.Text+": "+texts[i])
		}
	}
	slices.Sort(members)
	return &s, short("{" + strings.Join(members, ", ") + "}")
}

// sortMaps brings the items of a list into the order of their texts, if all are maps.
func sortMaps(items []*document.Node, texts []string) {
	if slices.ContainsFunc(items, func(n *document.Node) bool { return n.Kind != document.Map }) {
		return
	}
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(texts[i], texts[j]) })
	was, said := slices.Clone(items), slices.Clone(texts)
	for at, i := range order {
		items[at], texts[at] = was[i], said[i]
	}
}

func scalarFact(n *document.Node) string {
	if r, ok := n.Number(); ok {
		return r.RatString()
	}
	if strings.ContainsAny(n.Text, "\"\\,:[]{}\n") || strings.TrimSpace(n.Text) != n.Text || n.Text == "" {
		return short(strconv.Quote(n.Text))
	}
	return short(n.Text)
}

// short replaces a long text by its fingerprint.
func short(text string) string { return change.Fingerprint(text) }
