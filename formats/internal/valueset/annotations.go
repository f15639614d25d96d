package valueset

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Keywords that say nothing about values, and are compared with a word of their own or
// not at all.
var (
	described = []string{"title", "description"}
	ignored   = []string{
		"$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$comment", "$defs", "definitions",
		"examples", "example", "minContains", "maxContains", "then", "else", "additionalItems", "discriminator", "xml", "externalDocs", "self",
	}
)

// annotations compares what a schema says besides which values it allows.
func (p *pair) annotations() {
	if p.base.parts[0].Truth != nil || p.head.parts[0].Truth != nil {
		return
	}
	var keys []string
	for _, v := range []*view{p.base, p.head} {
		for _, s := range v.parts {
			if s.Node == nil || s.Truth != nil {
				continue
			}
			for _, key := range s.Node.Keys {
				if !slices.Contains(keys, key.Text) {
					keys = append(keys, key.Text)
				}
			}
		}
	}
	for _, key := range keys {
		b, h := p.base.get(key), p.head.get(key)
		ignores := p.base.parts[0].ignoresSiblings() && p.head.parts[0].ignoresSiblings()
		if d := p.base.parts[0].Dialect; key == "$ref" || d.Knows(key) && !ignores || slices.Contains(ignored, key) || b == nil && h == nil {
			continue
		}
		if b != nil && h != nil && Same(b, h) {
			continue
		}
		diff := p.about(p.annotation(key, b, h), key)
		diff.Path, diff.Wider, diff.Narrower = p.path, unchanged, unchanged
		diff.Key = strings.TrimSpace(p.key + " " + key)
		if d := p.head.parts[0].Dialect; ignores && d.Knows(key) {
			diff.Kind = UnknownChanged // by the draft it means nothing, and some validators apply it
		}
		if (diff.Kind == Deprecated || diff.Kind == AccessChanged) && truth(b) == truth(h) {
			continue // false is nothing said
		}
		p.changes = append(p.changes, diff)
	}
}

// ignoresSiblings reports whether s is a reference of a draft in which whatever stands
// beside it means nothing.
func (s *Schema) ignoresSiblings() bool { return s.Ref != nil && !s.Dialect.since(Draft201909) }

func (p *pair) annotation(key string, b, h *document.Node) Kind {
	switch {
	case key == "default":
		return DefaultChanged
	case key == "deprecated" && truth(b):
		return Undeprecated
	case key == "deprecated":
		return Deprecated
	case key == "readOnly" || key == "writeOnly":
		return AccessChanged
	case slices.Contains(described, key):
		return TextChanged
	case strings.HasPrefix(key, "x-"):
		return TagChanged
	}
	return UnknownChanged
}

func truth(n *document.Node) bool {
	return n != nil && n.Kind == document.Scalar && n.Tag == document.Bool && strings.EqualFold(n.Text, "true")
}

// Same reports whether two nodes stand for the same JSON value: "1" is not 1, and null
// is not nothing.
func Same(a, b *document.Node) bool {
	v, ok1 := ValueOf(a)
	w, ok2 := ValueOf(b)
	if !ok1 || !ok2 {
		return !ok1 && !ok2 && document.Equal(a, b)
	}
	return v.Equal(w)
}
