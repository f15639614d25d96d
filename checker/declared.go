package checker

import (
	"cmp"
	"sync"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// declarations are the documents that declare ports by their contracts. One may
// declare thousands, and is read once for all of them.
type declarations struct {
	mu   sync.Mutex
	read map[[2]string]func() schema.Declared // by where a document stands on either side
}

// redeclared reports how the documents changed that declare a port by its contract.
// What a new document says breaks nobody.
func (s *survey) redeclared(b, h *product.Port, terms schema.Terms) []change.Change {
	if b.In == "" || b.Says.Declared == nil {
		return nil
	}
	declared := s.declarations.of(b.In, cmp.Or(h.In, b.In), func(base, head string) schema.Declared {
		return b.Says.Declared(textOf(s.revs.Base, base), textOf(s.revs.Head, head))
	})
	now := h.Port
	if h.In == "" {
		now = schema.Port{}
	}
	return declared(b.Port, now, terms)
}

// of returns what compares two documents. The first to ask has them read.
func (d *declarations) of(base, head string, read func(base, head string) schema.Declared) schema.Declared {
	d.mu.Lock()
	if d.read == nil {
		d.read = make(map[[2]string]func() schema.Declared)
	}
	key := [2]string{base, head}
	if d.read[key] == nil {
		d.read[key] = sync.OnceValue(func() schema.Declared { return read(base, head) })
	}
	once := d.read[key]
	d.mu.Unlock()
	return once()
}

// textOf reads a document of a tree, if it is there. What is wrong with it was said
// when the ports were looked for.
func textOf(tree *revision.Tree, name string) schema.Document {
	text, err := tree.ReadFile(name)
	if err != nil {
		return schema.Document{}
	}
	return schema.Document{Path: name, Text: text}
}
