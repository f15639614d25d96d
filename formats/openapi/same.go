package openapi

import "github.com/breakwater-data/breakwater/checker/source/document"

// A twin is two nodes, one of the base and one of the head.
type twin struct{ base, head *document.Node }

// same reports whether two nodes are written alike, and so is all that they refer to.
// What is the same is not walked. It may say no of what means the same, never yes of
// what does not.
func (d *differ) same(base, head *document.Node) bool {
	if d.apart {
		return false // the same text means something else in another version
	}
	refs, ok := d.alike(base, head, nil)
	if !ok {
		return false
	}
	for _, r := range refs {
		if !d.settled(r) {
			return false
		}
	}
	return true
}

// alike compares two trees side by side, and collects the references in them.
func (d *differ) alike(base, head *document.Node, refs []twin) ([]twin, bool) {
	if base == nil || head == nil {
		return refs, base == head
	}
	if base.Kind != head.Kind || len(base.Items) != len(head.Items) {
		return refs, false
	}
	if base.Kind == document.Scalar {
		return refs, base.Text == head.Text && base.Tag == head.Tag
	}
	for i, item := range base.Items {
		other := head.Items[i]
		if base.Kind == document.Map {
			key := base.Keys[i].Text
			if head.Keys[i].Text != key {
				if other = head.Get(key); other == nil {
					return refs, false
				}
			}
			if key == "$ref" && item.Kind == document.Scalar {
				if item.Text != other.Text {
					return refs, false
				}
				refs = append(refs, twin{item, other})
				continue
			}
		}
		var ok bool
		if refs, ok = d.alike(item, other, refs); !ok {
			return refs, false
		}
	}
	return refs, true
}

// settled reports whether what two references lead to is the same. References may lead
// back, so all that is reached is looked at before anything is decided: it is the same
// unless it reaches what is written otherwise.
func (d *differ) settled(refs twin) bool {
	start := d.targets(refs)
	if known, ok := d.known[start]; ok {
		return known
	}
	from := make(map[twin][]twin) // who refers to a pair
	var differs []twin
	reached := map[twin]bool{start: true}
	for todo := []twin{start}; len(todo) > 0; {
		t := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		inner, ok := d.alike(t.base, t.head, nil)
		if !ok {
			differs = append(differs, t)
			continue
		}
		for _, r := range inner {
			next := d.targets(r)
			if known, ok := d.known[next]; ok {
				if !known {
					differs = append(differs, t)
				}
				continue
			}
			from[next] = append(from[next], t)
			if !reached[next] {
				reached[next] = true
				todo = append(todo, next)
			}
		}
	}
	for t := range reached {
		d.known[t] = true
	}
	for len(differs) > 0 {
		t := differs[len(differs)-1]
		differs = differs[:len(differs)-1]
		if d.known[t] {
			d.known[t] = false
			differs = append(differs, from[t]...)
		}
	}
	return d.known[start]
}

func (d *differ) targets(refs twin) twin {
	return twin{d.base.lib.follow(refs.base).node, d.head.lib.follow(refs.head).node}
}
