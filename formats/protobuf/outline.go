package protobuf

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/bufbuild/protocompile/protoutil"
)

// outline lists the messages, enums and services of a port and what leads from one
// to the other. Members of a oneof are plain fields; an extension stands in what it
// extends, under the key that JSON gives it.
func outline(p *port) *schema.Outline {
	o := &schema.Outline{Decls: make(map[change.Path][]schema.Edge), Span: p.span}
	for _, d := range p.order {
		switch d := d.(type) {
		case message:
			if !d.IsMapEntry() {
				p.outlineMessage(o, d)
			}
		case enum:
			o.Decls[pathOf(d)] = nil
			for i := range d.Values().Len() {
				p.deprecate(o, d.Values().Get(i))
			}
		case service:
			p.outlineService(o, d)
		}
		p.deprecate(o, d)
		o.Deprecate(pathOf(d), isDeprecated(d.ParentFile().Options().ProtoReflect()), "")
		if p.isRoot(d) {
			o.Roots = append(o.Roots, pathOf(d))
		}
	}
	for extended, exts := range p.exts { // options that the port declares: what they extend is not its own
		if p.file(exts[0].ContainingMessage()) == nil {
			for _, ext := range exts {
				p.outlineField(o, change.Path(extended), ext)
			}
		}
	}
	o.Namespace = p.namespace()
	return o
}

// isRoot reports whether d is served: it is the one that the port names, or any
// that its own files declare and that has something to read.
func (p *port) isRoot(d decl) bool {
	if _, isEnum := d.(enum); isEnum || isEntry(d) {
		return false
	}
	return d == p.root || p.root == nil && p.own(d)
}

// namespace returns the package that the port's own files share. What they import
// from others goes by its full name.
func (p *port) namespace() change.Path {
	var namespace change.Path
	for _, f := range p.files {
		switch pkg := change.Path(f.Package()); {
		case !f.own:
		case namespace == "":
			namespace = pkg
		case namespace != pkg:
			return ""
		}
	}
	return namespace
}

func (p *port) deprecate(o *schema.Outline, d decl) {
	if isDeprecated(d.Options().ProtoReflect()) {
		o.Deprecate(pathOf(d), true, p.instead(d))
	}
}

// instead returns what is to be used in place of d, as the comment before it says.
func (p *port) instead(d decl) string {
	f := p.file(d)
	if f == nil {
		return ""
	}
	return f.places.instead[protoutil.ProtoFromDescriptor(d)]
}

func (p *port) outlineMessage(o *schema.Outline, m message) {
	o.Decls[pathOf(m)] = nil
	for f := range p.fields(m) {
		p.outlineField(o, pathOf(m), f)
	}
}

// outlineField adds f to what is declared at at.
func (p *port) outlineField(o *schema.Outline, at change.Path, f field) {
	e := schema.Edge{Step: step(f), Type: typeOf(f), Span: p.at(f), Optional: f.HasPresence() && !isRequired(f), Tags: p.labels(f)}
	switch {
	case f.IsMap():
		e.Decl = p.anonymous(o, at.Join(e.Step), schema.Edge{Step: change.Values, Type: singleType(f.MapValue()), Decl: p.declOf(f), Span: e.Span})
	case f.IsList():
		e.Decl = p.anonymous(o, at.Join(e.Step), schema.Edge{Step: change.Items, Type: singleType(f), Decl: p.declOf(f), Span: e.Span, Values: valuesOf(f)})
	default:
		e.Values = valuesOf(f)
		e.Decl = p.declOf(f)
	}
	o.Decls[at] = append(o.Decls[at], e)
	p.deprecate(o, f)
}

// valuesOf lists the values of a field whose type is an enum.
func valuesOf(f field) []string {
	if f.Enum() == nil {
		return nil
	}
	values := []string{}
	for i := range f.Enum().Values().Len() {
		values = append(values, string(f.Enum().Values().Get(i).Name()))
	}
	return values
}

// anonymous declares a list or a map at its own place.
func (p *port) anonymous(o *schema.Outline, at change.Path, inside schema.Edge) change.Path {
	o.Decls[at] = []schema.Edge{inside}
	return at
}

// declOf returns the declaration of f's type, if this port has it: what is built in
// is taken for a value.
func (p *port) declOf(f field) change.Path {
	if held := heldBy(f); held != nil && p.file(held) != nil {
		return pathOf(held)
	}
	return ""
}

func (p *port) outlineService(o *schema.Outline, s service) {
	o.Decls[pathOf(s)] = nil
	for i := range s.Methods().Len() {
		m := s.Methods().Get(i)
		at := pathOf(m)
		o.Decls[pathOf(s)] = append(o.Decls[pathOf(s)], schema.Edge{
			Step: change.Name(string(m.Name())), Decl: at, Type: signature(m), Span: p.at(m),
		})
		o.Decls[at] = []schema.Edge{p.side(m, "request", m.Input()), p.side(m, "response", m.Output())}
		p.deprecate(o, m)
	}
}

// side is what a method takes or returns.
func (p *port) side(m method, step change.Step, held message) schema.Edge {
	e := schema.Edge{Step: step, Type: string(held.FullName()), Span: p.at(m)}
	if p.file(held) != nil {
		e.Decl = pathOf(held)
	}
	return e
}

// terms says what kind of port this is, where its services are all that it serves.
func terms(p *port) schema.Terms {
	t := schema.Terms{Span: p.span}
	if p.serviceOnly() {
		t.Kind = schema.API
	}
	return t
}
