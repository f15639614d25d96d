package avro

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// outline lists what consumers can address. A union of null and one type is that type; a
// union of several shows each that holds something under its short name.
func outline(p *port) *schema.Outline {
	o := &outliner{Outline: &schema.Outline{Decls: make(map[change.Path][]schema.Edge)}}
	if p == nil {
		return o.Outline
	}
	o.Span = p.span
	for _, name := range p.names {
		o.declare(p.types[name])
	}
	for _, r := range p.roots {
		t := r.use.typ
		if t == nil || t.decl == "" {
			continue // what could not be read
		}
		if _, declared := o.Decls[t.decl]; !declared {
			o.Decls[t.decl] = nil
			if decl := o.target(t.decl, t); decl != "" && decl != t.decl {
				o.Decls[t.decl] = o.Decls[decl]
			}
		}
		if !slices.Contains(o.Roots, t.decl) {
			o.Roots = append(o.Roots, t.decl)
		}
	}
	o.Namespace = pathOfNamespace(p)
	return o.Outline
}

type outliner struct{ *schema.Outline }

// declare adds the fields of a record. Enums and fixed hold nothing.
func (o *outliner) declare(t *typ) {
	is, instead := deprecated(t.props)
	o.Deprecate(t.decl, is, instead)
	o.Decls[t.decl] = make([]schema.Edge, 0, len(t.fields))
	for _, f := range t.fields {
		e := o.edge(t.decl, change.Name(f.name), f.use, f.span)
		if label, personal := classOf(f.props); label != "" || personal {
			e.Tags = append(e.Tags, "classification:"+labelled(label, personal))
		}
		o.Decls[t.decl] = append(o.Decls[t.decl], e)
		is, instead := deprecated(f.props)
		o.Deprecate(t.decl.Join(e.Step), is, instead)
	}
}

// edge describes the element at step of the declaration in.
func (o *outliner) edge(in change.Path, step change.Step, u *use, span source.Span) schema.Edge {
	e := schema.Edge{Step: step, Type: u.String(), Span: span}
	e.Optional = slices.ContainsFunc(branchesOf(u), func(b *use) bool { return b.kind == nullKind })
	if held := holding(u); len(held) == 1 && held[0].kind == enumKind {
		e.Values = []string{}
		for _, s := range held[0].symbols {
			e.Values = append(e.Values, s.name)
		}
	}
	e.Decl = o.target(in.Join(step), u.typ)
	return e
}

// holding lists the branches that are not null.
func holding(u *use) []*use {
	return slices.DeleteFunc(slices.Clone(branchesOf(u)), func(b *use) bool { return b.kind == nullKind })
}

// target returns the declaration that t leads to; at is where one without a name is
// declared.
func (o *outliner) target(at change.Path, t *typ) change.Path {
	switch t.kind {
	case recordKind, enumKind:
		return t.decl
	case arrayKind, mapKind:
		step := change.Items
		if t.kind == mapKind {
			step = change.Values
		}
		o.Decls[at] = []schema.Edge{o.edge(at, step, t.items, t.items.at)}
		return at
	case unionKind:
		return o.union(at, t)
	}
	return ""
}

func (o *outliner) union(at change.Path, t *typ) change.Path {
	var held []*use
	for _, b := range t.branches {
		if k := b.kind; k == recordKind || k == enumKind || k == arrayKind || k == mapKind {
			held = append(held, b)
		}
	}
	switch len(held) {
	case 0:
		return ""
	case 1:
		return o.target(at, held[0].typ)
	}
	var edges []schema.Edge
	for _, b := range held {
		step := change.Name(b.kind.String())
		if b.kind.isNamed() {
			step = change.Name(short(b.name))
		}
		if slices.ContainsFunc(edges, func(e schema.Edge) bool { return e.Step == step }) {
			step = change.Name(b.name) // two of one short name
		}
		edges = append(edges, o.edge(at, step, b, b.at))
	}
	o.Decls[at] = edges
	return at
}

// pathOfNamespace returns the namespace that all types of a port share.
func pathOfNamespace(p *port) change.Path {
	common := ""
	for i, name := range p.names {
		switch own := namespaceOf(name); {
		case i == 0:
			common = own
		default:
			for common != "" && own != common && !strings.HasPrefix(own, common+".") {
				common = namespaceOf(common)
			}
		}
	}
	if common == "" {
		return ""
	}
	return pathOf(common)
}
