package jsonschema

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// Limits of an outline: schemas without a name are outlined at each place, so a web of
// them has no end of places.
const (
	maxOutline = 64     // deep
	maxDecls   = 20_000 // declarations
)

// outline lists the properties of each document and each definition. Alternatives are
// not steps of a path: a consumer names the property, whichever of them has it.
func outline(p *port) *schema.Outline {
	o := &schema.Outline{Decls: make(map[change.Path][]schema.Edge)}
	if p == nil {
		return o
	}
	o.Span = p.span
	w := &outliner{o: o}
	for _, r := range p.roots {
		o.Roots = append(o.Roots, r.name)
		w.declare(r.name, r.schema, 0)
	}
	return o
}

type outliner struct{ o *schema.Outline }

// declare outlines what a schema holds at its own path.
func (w *outliner) declare(at change.Path, s *valueset.Schema, depth int) {
	if _, known := w.o.Decls[at]; known || depth > maxOutline || len(w.o.Decls) >= maxDecls {
		return
	}
	w.o.Decls[at] = nil
	w.o.Deprecate(at, s.IsDeprecated(), "")
	for _, part := range s.Parts() {
		for _, p := range part.Properties {
			if p.Schema.Truth == nil || *p.Schema.Truth {
				w.edge(at, change.Name(p.Name), p.Schema, !s.Requires(p.Name), p.Key.At(), depth)
			}
		}
		if part.Additional != nil && part.Additional.Truth == nil {
			w.edge(at, change.Values, part.Additional, true, part.Additional.Node.At(), depth)
		}
		for _, p := range part.Patterns {
			w.edge(at, change.Values, p.Schema, true, p.Key.At(), depth)
		}
		for _, items := range append(slices.Clone(part.Prefix), part.Items) {
			if items != nil && items.Truth == nil {
				w.edge(at, change.Items, items, true, items.Node.At(), depth)
			}
		}
	}
}

// edge adds what leads from one schema to another, once.
func (w *outliner) edge(at change.Path, step change.Step, s *valueset.Schema, optional bool, span source.Span, depth int) {
	if slices.ContainsFunc(w.o.Decls[at], func(e schema.Edge) bool { return e.Step == step }) {
		return
	}
	decl := at.Join(step)
	target, name := only(s).Target(), only(s).TargetName()
	if name != "" {
		decl = change.Path(name)
	}
	e := schema.Edge{Step: step, Type: typeOf(target), Optional: optional, Tags: tagsOf(s, target), Values: valuesOf(target), Span: span}
	i := len(w.o.Decls[at])
	w.o.Decls[at] = append(w.o.Decls[at], e)
	w.o.Deprecate(at.Join(step), s.IsDeprecated(), "")
	if name != "" || target.HoldsMore() {
		w.declare(decl, target, depth+1)
		if _, ok := w.o.Decls[decl]; ok {
			w.o.Decls[at][i].Decl = decl
		}
	}
}

// only returns the one alternative of s that holds members, where s holds none itself:
// what is a thing or its id leads to the thing.
func only(s *valueset.Schema) *valueset.Schema {
	for range maxOutline {
		target := s.Target()
		if s.TargetName() != "" || target.HoldsItself() {
			return s
		}
		var found []*valueset.Schema
		for _, inner := range slices.Concat(target.AllOf, target.AnyOf, target.OneOf) {
			if inner.HoldsMore() {
				found = append(found, inner)
			}
		}
		if len(found) != 1 || target.Ref != nil || target.Then != nil || target.Else != nil {
			return s
		}
		s = found[0]
	}
	return s
}

// typeOf names the types of a schema as it writes them.
func typeOf(s *valueset.Schema) string {
	t := strings.Join(s.Types.Names(), ", ")
	switch {
	case t != "" && s.Format != "":
		return t + " (" + s.Format + ")"
	case t != "":
		return t
	case len(s.Properties) > 0:
		return "object"
	}
	return "any"
}

// valuesOf lists the values of a property that is limited to some.
func valuesOf(s *valueset.Schema) []string {
	if !s.HasEnum && s.Const == nil {
		return nil
	}
	values := []string{}
	for _, v := range s.Enum {
		values = append(values, v.Key())
	}
	if s.Const != nil {
		values = []string{s.Const.Key()}
	}
	return values
}

// tagsOf lists the keywords of the team's own: x-pii: true is pii:true.
func tagsOf(schemas ...*valueset.Schema) (tags []string) {
	for _, s := range schemas {
		if s.Truth != nil || s.Node == nil {
			continue
		}
		for i, key := range s.Node.Keys {
			if name, ok := strings.CutPrefix(key.Text, "x-"); ok && s.Node.Items[i].String() != "" {
				if tag := name + ":" + s.Node.Items[i].String(); !slices.Contains(tags, tag) {
					tags = append(tags, tag)
				}
			}
		}
	}
	return tags
}
