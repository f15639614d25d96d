package modern

import "github.com/breakwater-data/breakwater/checker/source/document"

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

// emptyMap returns a map without members that stands where n does.
func emptyMap(n *document.Node) *document.Node {
	return &document.Node{Kind: document.Map, Span: n.At()}
}

// copyOf returns a map with the members of n, to which others may be added.
func copyOf(n *document.Node) *document.Node {
	m := emptyMap(n)
	m.Keys = append(m.Keys, n.Keys...)
	m.Items = append(m.Items, n.Items...)
	return m
}

// put adds a member under a name of today, which stands where at does. What is null
// says nothing. Of two members that come to have one name, the second gets one
// that no standard knows, unless it says the same.
func put(m *document.Node, name string, at, value *document.Node) {
	if value.IsNull() {
		return
	}
	if there := m.Get(name); there != nil {
		if document.Equal(there, value) {
			return
		}
		name = "also " + name
	}
	m.Keys = append(m.Keys, &document.Node{Tag: document.String, Text: name, Span: at.At()})
	m.Items = append(m.Items, value)
}

// add puts an item at the end of a list that is a member of m.
func add(m *document.Node, name string, at, item *document.Node) {
	list := m.Get(name)
	switch {
	case list == nil:
		put(m, name, at, listOf(item))
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
	m := emptyMap(at)
	put(m, "property", at, word(name, at))
	put(m, "value", at, value)
	return m
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
	m := emptyMap(n)
	for _, e := range members(n) {
		name, is := to[e.key.Text]
		switch {
		case !is:
			put(m, e.key.Text, e.key, e.value)
		case name != "":
			put(m, name, e.key, e.value)
		}
	}
	return m
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
	m := emptyMap(n)
	m.Keys = n.Keys
	for _, item := range n.Items {
		if item == was {
			item = now
		}
		m.Items = append(m.Items, item)
	}
	return m
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
		item := emptyMap(e.value)
		put(item, name, e.key, word(e.key.Text, e.key))
		for _, inner := range members(to(e.key, e.value)) {
			put(item, inner.key.Text, inner.key, inner.value)
		}
		items = append(items, item)
	}
	return listOf(items...)
}
