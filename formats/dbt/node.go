package dbt

import "github.com/breakwater-data/breakwater/checker/source/document"

// keep returns n with each member as change returns it, without those that are nil
// then; nil if none is left. What is no map stays as it is.
func keep(n *document.Node, change func(key string, value *document.Node) *document.Node) *document.Node {
	if n.IsNull() || n.Kind != document.Map {
		return n
	}
	left := *n
	left.Keys, left.Items = nil, nil
	for i, k := range n.Keys {
		if value := change(k.Text, n.Items[i]); value != nil {
			left.Keys, left.Items = append(left.Keys, k), append(left.Items, value)
		}
	}
	if len(left.Keys) == 0 {
		return nil
	}
	return &left
}

// within returns n with each item of the list in a member as change returns it.
func within(n *document.Node, key string, change func(*document.Node) *document.Node) *document.Node {
	return keep(n, func(k string, value *document.Node) *document.Node {
		if k != key || len(value.List()) == 0 {
			return value
		}
		list := *value
		list.Items = make([]*document.Node, len(value.Items))
		for i, item := range value.Items {
			list.Items[i] = change(item)
		}
		return &list
	})
}

// strip does keep at every depth.
func strip(n *document.Node, change func(key string, value *document.Node) *document.Node) *document.Node {
	switch {
	case n.IsNull() || n.Kind == document.Scalar:
		return n
	case n.Kind == document.List:
		list := *n
		list.Items = make([]*document.Node, len(n.Items))
		for i, item := range n.Items {
			list.Items[i] = strip(item, change)
		}
		return &list
	}
	return keep(n, func(key string, value *document.Node) *document.Node {
		return strip(change(key, value), change)
	})
}
