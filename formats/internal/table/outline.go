package table

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// Outline gives the addresses of the tables and columns of s. Nothing is shared
// in tables, so whatever has parts is declared at its own place.
func (s *Schema) Outline() *schema.Outline {
	o := &schema.Outline{Decls: make(map[change.Path][]schema.Edge), Span: s.Span}
	for _, t := range s.Tables {
		at := t.Path()
		o.Roots = append(o.Roots, at)
		var parts []Part
		for _, c := range t.Columns {
			parts = append(parts, Part{change.Name(c.Name), c})
		}
		o.Deprecate(at, t.Deprecated, t.Instead)
		store(o, at, &t.Named)
		declare(o, at, parts)
	}
	return o
}

func declare(o *schema.Outline, at change.Path, parts []Part) {
	edges := make([]schema.Edge, 0, len(parts))
	for _, p := range parts {
		place := at.Join(p.Step)
		e := schema.Edge{Step: p.Step, Type: p.Column.typeText(), Optional: !p.Column.Required, Span: p.Column.Span}
		if p.Column.Values.Closed {
			e.Values = []string{}
			for _, v := range p.Column.Values.List {
				e.Values = append(e.Values, v.Text)
			}
		}
		if p.Column.Class != "" {
			e.Tags = append(e.Tags, "classification:"+p.Column.Class)
		}
		e.Tags = append(e.Tags, p.Column.Labels...)
		o.Deprecate(place, p.Column.Deprecated, p.Column.Instead)
		store(o, place, &p.Column.Named)
		if within := p.Column.Parts(); len(within) > 0 {
			e.Decl = place
			declare(o, place, within)
		}
		edges = append(edges, e)
	}
	o.Decls[at] = edges
}

// store notes by which name an element is stored.
func store(o *schema.Outline, at change.Path, n *Named) {
	if n.Physical == "" || n.Physical == n.Name {
		return
	}
	if o.Stored == nil {
		o.Stored = make(map[change.Path]string)
	}
	o.Stored[at] = n.Physical
}

// typeText says the type in the contract's words and the database's:
// string (VARCHAR(10)).
func (c *Column) typeText() string {
	switch {
	case c.Logical.Text == "":
		return c.Type.Text
	case c.Type.Text == "":
		return c.Logical.Text
	}
	return c.Logical.Text + " (" + c.Type.Text + ")"
}
