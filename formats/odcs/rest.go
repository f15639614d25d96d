package odcs

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// leftOver reports whether a member of a property still differs when what was read
// from it is left out: the options of a type, and the list of valid values.
func leftOver(p pair, f field) bool {
	if f.key != "enum" && f.key != "logicalTypeOptions" && f.key != "quality" {
		return true
	}
	was, now := valuesOf(p.base), valuesOf(p.head)
	switch f.key {
	case "enum":
		return !f.base.IsNull() && was.key != f.key || !f.head.IsNull() && now.key != f.key
	case "logicalTypeOptions":
		return !same(without(f.base, knownOptions(p.base)...), without(f.head, knownOptions(p.head)...))
	default:
		if was.rule != nil && now.rule != nil && !same(meaning(withoutList(was.rule)), meaning(withoutList(now.rule))) {
			return true
		}
		return !same(meaning(was.others(f.base)), meaning(now.others(f.head)))
	}
}

// without returns n less some of its members, nil if nothing is left.
func without(n *document.Node, keys ...string) *document.Node {
	if n == nil || n.Kind != document.Map {
		return n
	}
	left := *n
	left.Keys, left.Items = nil, nil
	for i, k := range n.Keys {
		if !slices.Contains(keys, k.Text) {
			left.Keys, left.Items = append(left.Keys, k), append(left.Items, n.Items[i])
		}
	}
	if len(left.Keys) == 0 {
		return nil
	}
	return &left
}

// withoutList returns a quality rule less its list of valid values.
func withoutList(rule *document.Node) *document.Node {
	left := *rule
	left.Items = slices.Clone(rule.Items)
	for i, k := range rule.Keys {
		if k.Text == "arguments" {
			left.Items[i] = without(rule.Items[i], "validValues")
		}
	}
	return without(&left, "validValues")
}

// others returns the quality rules less the one that holds the list.
func (v values) others(quality *document.Node) *document.Node {
	if v.rule == nil {
		return quality
	}
	left := *quality
	left.Items = slices.DeleteFunc(slices.Clone(quality.Items), func(q *document.Node) bool { return q == v.rule })
	if len(left.Items) == 0 {
		return nil
	}
	return &left
}

// meaning returns n less what only describes it, wherever that stands. The
// description of a rule in words is the rule.
func meaning(n *document.Node) *document.Node {
	if n.IsNull() || n.Kind == document.Scalar {
		return n
	}
	m := *n
	if n.Kind == document.Map && n.Get("type").String() != "text" {
		if rest := without(n, "description", "businessImpact", "tags"); rest != nil {
			m = *rest
		}
	}
	items := make([]*document.Node, len(m.Items))
	for i, item := range m.Items {
		items[i] = meaning(item)
	}
	m.Items = items
	return &m
}
