package odcs

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// leftOver reports whether a member of a property still differs when what was read
// from it is left out: the options of a type, and the list of valid values.
func leftOver(p pair, f field) bool {
	switch f.key {
	case "enum":
		was, now := valuesOf(p.base), valuesOf(p.head)
		return !f.base.IsNull() && was.key != f.key || !f.head.IsNull() && now.key != f.key
	case "logicalTypeOptions":
		return !same(without(f.base, knownOptions(p.base)...), without(f.head, knownOptions(p.head)...))
	}
	return true
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

// aside returns the quality rule that holds a list of valid values, less all that says
// so.
func aside(rule *document.Node) *document.Node {
	left := *rule
	left.Items = slices.Clone(rule.Items)
	var said []string
	for i, k := range rule.Keys {
		if k.Text == "arguments" {
			left.Items[i] = without(rule.Items[i], "validValues")
		}
		if isOperator(k.Text) {
			said = append(said, k.Text)
		}
	}
	return without(&left, append(said, "validValues", "metric", "rule")...)
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
