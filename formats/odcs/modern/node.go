package modern

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A member is one member of a map.
type member struct{ key, value *document.Node }

func members(n *document.Node) []member {
	if n == nil || n.Kind != document.Map {
		return nil
	}
	all := make([]member, len(n.Keys))
	for i, k := range n.Keys {
		all[i] = member{k, n.Items[i]}
	}
	return all
}

// A target is a map that is being made. It knows its members by their names, because
// there may be as many as a stranger likes.
type target struct {
	*document.Node
	index map[string]*document.Node // of its members, once they are too many to look through
}

// newMap returns a map without members that stands where n does.
func newMap(n *document.Node) *target {
	return &target{Node: &document.Node{Kind: document.Map, Span: n.At()}}
}

// member returns a member of m, or nil.
func (m *target) member(name string) *document.Node {
	const few = 16
	if len(m.Keys) <= few {
		return m.Get(name)
	}
	if m.index == nil {
		m.index = make(map[string]*document.Node, 2*few)
		for i, k := range m.Keys {
			m.index[k.Text] = m.Items[i]
		}
	}
	return m.index[name]
}

// copyOf returns a map with the members of n, to which others may be added.
func copyOf(n *document.Node) *target {
	m := newMap(n)
	m.putAll(n)
	return m
}

// putAll adds the members of n as they are.
func (m *target) putAll(n *document.Node) {
	for _, e := range members(n) {
		m.put(e.key.Text, e.key, e.value)
	}
}

// put adds a member under a name of today, which stands where at does. What is null
// says nothing. Of two members that come to have one name, the second gets one
// that no standard knows, unless it says the same.
func (m *target) put(name string, at, value *document.Node) {
	if value.IsNull() {
		return
	}
	for there := m.member(name); there != nil; there = m.member(name) {
		if document.Equal(there, value) {
			return
		}
		name = "also " + name
	}
	if m.index != nil {
		m.index[name] = value
	}
	m.Keys = append(m.Keys, &document.Node{Tag: document.String, Text: name, Span: at.At()})
	m.Items = append(m.Items, value)
}

// add puts an item at the end of a list that is a member of m.
func (m *target) add(name string, at, item *document.Node) {
	list := m.member(name)
	switch {
	case list == nil:
		m.put(name, at, listOf(item))
	case list.Kind == document.List:
		list.Items = append(list.Items, item)
	}
}

// word returns a text that stands where at does.
func word(text string, at *document.Node) *document.Node {
	return &document.Node{Tag: document.String, Text: text, Span: at.At()}
}

// listOf returns a list, nil for one of no items.
func listOf(items ...*document.Node) *document.Node {
	if len(items) == 0 {
		return nil
	}
	return &document.Node{Kind: document.List, Items: items, Span: items[0].At()}
}

// custom returns a custom property that stands where at does.
func custom(name string, at, value *document.Node) *document.Node {
	m := newMap(at)
	m.put("property", at, word(name, at))
	m.put("value", at, value)
	return m.Node
}

// names says what members are called today; "" of one that is left out.
type names map[string]string

// renamed returns n with some of its members under other names.
func renamed(n *document.Node, to names) *document.Node {
	concerned := false
	for _, e := range members(n) {
		_, is := to[e.key.Text]
		concerned = concerned || is
	}
	if !concerned {
		return n
	}
	m := newMap(n)
	for _, e := range members(n) {
		name, is := to[e.key.Text]
		switch {
		case !is:
			m.put(e.key.Text, e.key, e.value)
		case name != "":
			m.put(name, e.key, e.value)
		}
	}
	return m.Node
}

// within returns n with one member replaced by what to makes of it.
func within(n *document.Node, key string, to func(*document.Node) *document.Node) *document.Node {
	was := n.Get(key)
	if was.IsNull() {
		return n
	}
	now := to(was)
	if now == was {
		return n
	}
	m := *n
	m.Items = slices.Clone(n.Items)
	m.Items[slices.Index(n.Items, was)] = now
	return &m
}

// each returns a function for the items of a list. What is no list stays as it is.
func each(to func(*document.Node) *document.Node) func(*document.Node) *document.Node {
	return func(n *document.Node) *document.Node {
		if n.Kind != document.List {
			return n
		}
		same := true
		m := *n
		m.Items = make([]*document.Node, len(n.Items))
		for i, item := range n.Items {
			m.Items[i] = to(item)
			same = same && m.Items[i] == item
		}
		if same {
			return n
		}
		return &m
	}
}

// named turns a map into a list of maps, each of which says as its name what its
// key was.
func named(n *document.Node, name string, to func(key, value *document.Node) *document.Node) *document.Node {
	var items []*document.Node
	for _, e := range members(n) {
		item := newMap(e.value)
		item.put(name, e.key, word(e.key.Text, e.key))
		if inner := to(e.key, e.value); inner != nil && inner.Get(name) == nil {
			item.Keys, item.Items = append(item.Keys, inner.Keys...), append(item.Items, inner.Items...)
		} else {
			item.putAll(inner)
		}
		items = append(items, item.Node)
	}
	return listOf(items...)
}
