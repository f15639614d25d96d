package table

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
)

// Names finds tables and columns by what people call them: by their names or those
// of the database, in any case, and as shortly as is clear.
type Names struct {
	full map[string]change.Path
	last map[string][]string // the full names that end in a word
}

// Names indexes the elements of s.
func (s *Schema) Names() *Names {
	n := &Names{full: make(map[string]change.Path), last: make(map[string][]string)}
	for _, t := range s.Tables {
		n.add(t.Name, t.Path())
		n.add(t.stored(), t.Path())
		for _, c := range t.Columns {
			n.column([2]string{t.Name, t.stored()}, t.Path().Join(change.Name(c.Name)), c)
		}
	}
	return n
}

// column adds c and its parts. Outer is what its owner is called, in both ways.
func (n *Names) column(outer [2]string, at change.Path, c *Column) {
	own := [2]string{outer[0] + "." + c.Name, outer[1] + "." + c.stored()}
	if c.Name == "" { // items and values go by what they are part of
		own = outer
	} else {
		n.add(own[0], at)
		n.add(own[1], at)
	}
	for _, p := range c.Parts() {
		n.column(own, at.Join(p.Step), p.Column)
	}
}

func (n *Names) add(name string, at change.Path) {
	name = strings.ToLower(name)
	switch known, taken := n.full[name]; {
	case taken && known != at:
		n.full[name] = "" // two are called so
	case !taken:
		n.full[name] = at
		word := name[strings.LastIndexByte(name, '.')+1:]
		n.last[word] = append(n.last[word], name)
	}
}

// Find returns the element that text names, and false if none or several are
// called so. Brackets may be left out: lines.sku finds lines[].sku.
func (n *Names) Find(text string) (at change.Path, ok bool) {
	name := strings.ToLower(strings.NewReplacer("[]", "", "{}", "").Replace(text))
	if at, ok := n.full[name]; ok {
		return at, at != ""
	}
	for _, full := range n.last[name[strings.LastIndexByte(name, '.')+1:]] {
		found := n.full[full]
		if !strings.HasSuffix(full, "."+name) || found == at {
			continue
		}
		if at != "" || found == "" {
			return "", false
		}
		at = found
	}
	return at, at != ""
}
