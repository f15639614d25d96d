package document

// An arena hands out the nodes of one file from few large allocations: there may
// be hundreds of thousands, and they live and die together.
type arena struct {
	nodes []Node  // not handed out yet
	refs  []*Node // not handed out yet
	chunk int     // how many nodes were allocated last

	keys, items []*Node // of the collections that are being read, outermost first
}

// alloc returns a new node.
func (a *arena) alloc() *Node {
	if len(a.nodes) == 0 {
		a.chunk = min(max(2*a.chunk, 32), 1024)
		a.nodes = make([]Node, a.chunk)
	}
	n := &a.nodes[0]
	a.nodes = a.nodes[1:]
	return n
}

// keep returns a copy of nodes that is as long as it is large, nil for none.
func (a *arena) keep(nodes []*Node) []*Node {
	size := len(nodes)
	if size == 0 {
		return nil
	}
	if size > len(a.refs) {
		a.refs = make([]*Node, max(size, a.chunk))
	}
	kept := a.refs[:size:size]
	a.refs = a.refs[size:]
	copy(kept, nodes)
	return kept
}

// A frame is a collection that is being read. The frames of an arena nest.
type frame struct {
	keys, items int             // where its members begin
	seen        map[string]bool // its keys, once they are too many to look through
}

func (a *arena) open() frame { return frame{keys: len(a.keys), items: len(a.items)} }

// close gives n the members of f, the innermost frame. It ends no earlier than the
// last of its values.
func (a *arena) close(n *Node, f frame) {
	n.Keys, n.Items = a.keep(a.keys[f.keys:]), a.keep(a.items[f.items:])
	a.keys, a.items = a.keys[:f.keys], a.items[:f.items]
	if last := len(n.Items) - 1; last >= 0 && n.Span.End.Compare(n.Items[last].Span.End) < 0 {
		n.Span.End = n.Items[last].Span.End
	}
}

// addKey adds key to f, the innermost frame, unless it has one of that name.
func (a *arena) addKey(f *frame, key *Node) bool {
	if a.has(f, key.Text) {
		return false
	}
	a.keys = append(a.keys, key)
	return true
}

func (a *arena) has(f *frame, name string) bool {
	const few = 16
	keys := a.keys[f.keys:]
	if len(keys) < few {
		for _, k := range keys {
			if k.Text == name {
				return true
			}
		}
		return false
	}
	if f.seen == nil {
		f.seen = make(map[string]bool, 2*few)
		for _, k := range keys {
			f.seen[k.Text] = true
		}
	}
	if f.seen[name] {
		return true
	}
	f.seen[name] = true
	return false
}

func (a *arena) addItem(item *Node) { a.items = append(a.items, item) }
