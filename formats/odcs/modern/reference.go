package modern

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// resolved returns n with the definition that it refers to put in: what n says
// itself goes first. A reference into another document stays as it is, and is
// compared as a text.
func (s *specification) resolved(n *document.Node) *document.Node {
	for {
		ref := n.Get("$ref")
		if ref.String() == "" || !strings.HasPrefix(ref.Text, "#/") {
			return n
		}
		definition := s.find(ref)
		if definition == nil {
			return renamed(n, names{"$ref": ""})
		}
		s.open = append(s.open, definition)
		m := newMap(n)
		for _, e := range members(n) {
			if e.key.Text != "$ref" {
				m.put(e.key.Text, e.key, e.value)
			}
		}
		for _, e := range members(definition) {
			if m.member(e.key.Text) == nil {
				m.put(e.key.Text, e.key, e.value)
			}
		}
		n = m.Node
	}
}

// find returns the definition that ref names, or nil and a problem.
func (s *specification) find(ref *document.Node) *document.Node {
	n := s.node
	for _, step := range strings.Split(strings.TrimPrefix(ref.Text, "#/"), "/") {
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		n = s.child(n, step)
	}
	switch {
	case n == nil || n.Kind != document.Map:
		s.problems.Addf(ref.Span, "want a definition of this contract; there is no %s%s", ref.Text, s.suggest(ref.Text))
		return nil
	case slices.Contains(s.open, n):
		s.problems.Addf(ref.Span, "%s refers to itself", ref.Text)
		return nil
	case len(s.open) == maxOpen:
		s.problems.Addf(ref.Span, "want definitions that refer to others at most %d deep", maxOpen)
		return nil
	case s.left < 0: // as was said already
		return nil
	}
	if s.left -= s.size(n); s.left < 0 {
		s.problems.Addf(ref.Span, "the definitions of this contract come to more than %d members where they are referred to", maxInlined)
		return nil
	}
	return n
}

// child returns a member of n as [document.Node.Get] does. There may be many, and
// many that ask.
func (s *specification) child(n *document.Node, key string) *document.Node {
	const few = 16
	if n == nil || len(n.Keys) <= few {
		return n.Get(key)
	}
	index := s.children[n]
	if index == nil {
		index = make(map[string]*document.Node, len(n.Keys))
		for _, e := range members(n) {
			index[e.key.Text] = e.value
		}
		s.children[n] = index
	}
	return index[key]
}

// size counts the members of a definition, all that it holds included.
func (s *specification) size(n *document.Node) int {
	if size, ok := s.sizes[n]; ok {
		return size
	}
	size := len(n.Items)
	for _, item := range n.Items {
		if item.Kind != document.Scalar {
			size += s.size(item)
		}
	}
	s.sizes[n] = size
	return size
}

// suggest says which definition may have been meant, for the first few that are not
// there.
func (s *specification) suggest(ref string) string {
	const in = "#/definitions/"
	if s.asked++; s.asked > maxSuggestions {
		return ""
	}
	var known []string
	for _, e := range members(s.node.Get("definitions")) {
		known = append(known, e.key.Text)
	}
	if !strings.HasPrefix(ref, in) || len(known) == 0 {
		return ""
	}
	return document.Suggest(strings.TrimPrefix(ref, in), known)
}
