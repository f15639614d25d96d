package protobuf

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/bufbuild/protocompile/linker"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Short names for what the descriptors of a port are made of.
type (
	name    = protoreflect.FullName
	decl    = protoreflect.Descriptor
	message = protoreflect.MessageDescriptor
	field   = protoreflect.FieldDescriptor
	enum    = protoreflect.EnumDescriptor
	service = protoreflect.ServiceDescriptor
	method  = protoreflect.MethodDescriptor
)

// A port is the parsed form of this language: linked files, and what each
// declaration in them is used for.
type port struct {
	files     []*file // those that could be linked, the port's own first
	byPath    map[string]*file
	named     map[string]*file // by import path
	known     map[string]linker.File
	decls     map[name]decl    // messages, enums and services
	order     []decl           // all of decls, as they stand in the files
	exts      map[name][]field // extensions by the message that they extend, in order
	extNamed  map[name]field
	packages  map[name]bool
	root      decl // nil: every type is served
	direction schema.Direction
	span      source.Span

	contract contract
	promised []slo.Objective

	used     map[name]usage // of all that the served types reach
	embedded map[name]bool  // types that some field holds, or a method takes or returns

	pairLock sync.Mutex
	paired   *pairing // with the base that p was last compared with
}

func newPort(g *graph, r schema.Request) (*port, error) {
	p := &port{
		byPath: make(map[string]*file), named: make(map[string]*file), decls: make(map[name]decl), exts: make(map[name][]field),
		extNamed: make(map[name]field), packages: make(map[name]bool), known: g.known, direction: r.Direction,
	}
	for _, f := range g.order {
		if p.span.IsZero() {
			p.span = source.Top(f.path)
		}
		if f.Result != nil {
			p.files = append(p.files, f)
			p.byPath[f.path], p.named[f.name] = f, f
			p.add(f)
		}
	}
	for _, f := range g.known { // so that a type keeps its name where a copy of it comes or goes
		if f != nil && p.named[f.Path()] == nil {
			p.addBuiltIn(f)
		}
	}
	var err error
	if r.Root != "" {
		p.root, err = p.find(r.Root)
	}
	p.reach()
	p.contract, _ = readContract(r.Options) // what is wrong with it is said where it stands
	return p, errors.Join(err, p.promise())
}

// container is what files and messages have in common.
type container interface {
	Messages() protoreflect.MessageDescriptors
	Enums() protoreflect.EnumDescriptors
	Extensions() protoreflect.ExtensionDescriptors
}

// add indexes the declarations of f.
func (p *port) add(f *file) {
	index := func(d decl) { p.decls[d.FullName()], p.order = d, append(p.order, d) }
	var walk func(container)
	walk = func(in container) {
		for i := range in.Enums().Len() {
			index(in.Enums().Get(i))
		}
		for i := range in.Extensions().Len() {
			ext := in.Extensions().Get(i)
			to := ext.ContainingMessage().FullName()
			p.exts[to] = append(p.exts[to], ext)
			p.extNamed[ext.FullName()] = ext
		}
		for i := range in.Messages().Len() {
			index(in.Messages().Get(i))
			walk(in.Messages().Get(i))
		}
	}
	p.packages[f.Package()] = true
	walk(f.Result)
	for i := range f.Services().Len() {
		index(f.Services().Get(i))
	}
}

// addBuiltIn makes the types of a well-known file findable by name. They are the
// same on both sides, so nothing else is asked of them.
func (p *port) addBuiltIn(f protoreflect.FileDescriptor) {
	for i := range f.Messages().Len() {
		p.decls[f.Messages().Get(i).FullName()] = f.Messages().Get(i)
	}
	for i := range f.Enums().Len() {
		p.decls[f.Enums().Get(i).FullName()] = f.Enums().Get(i)
	}
}

// find returns the type that a port says it serves: a full name, or the end of
// one that no other type has.
func (p *port) find(root string) (decl, error) {
	root = strings.TrimPrefix(root, ".")
	var found []decl
	var types []string
	for _, d := range p.order {
		if _, isEnum := d.(enum); isEnum || isEntry(d) {
			continue
		}
		switch full := string(d.FullName()); {
		case full == root:
			return d, nil
		case strings.HasSuffix(full, "."+root):
			found = append(found, d)
		case p.own(d):
			types = append(types, full)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	slices.Sort(types)
	const most = 20
	if len(types) > most {
		types = append(types[:most], "and more")
	}
	if len(found) > 1 {
		return nil, source.Errorf(p.span, "the type %q that is served can be %s or %s", root, found[0].FullName(), found[1].FullName())
	}
	return nil, source.Errorf(p.span, "the type %q that is served is not declared; these are: %s", root, cmp.Or(strings.Join(types, ", "), "none"))
}

// file returns the file that declares d; nil if it is built in.
func (p *port) file(d decl) *file { return p.named[d.ParentFile().Path()] }

// own reports whether the port's own files declare d.
func (p *port) own(d decl) bool {
	f := p.file(d)
	return f != nil && f.own
}

// at returns where d stands; zero for what is built in.
func (p *port) at(d decl) source.Span {
	f := p.file(d)
	switch {
	case f == nil:
		return source.Span{}
	case d == decl(d.ParentFile()):
		return source.Top(f.path)
	case f.set != "":
		return f.inSet(d)
	}
	return f.place(d)
}

// isEntry reports whether d is the message that a map field is made of, which
// nobody declares.
func isEntry(d decl) bool {
	m, ok := d.(message)
	return ok && m.IsMapEntry()
}

// pathOf returns the address of a declaration or of one of its elements. An
// extension stands in what it extends, under the key that JSON gives it.
func pathOf(d decl) change.Path {
	switch d := d.(type) {
	case field:
		return pathOf(d.ContainingMessage()).Join(step(d))
	case protoreflect.EnumValueDescriptor: // the language puts it beside its enum, people do not
		return pathOf(d.Parent()).Join(change.Name(string(d.Name())))
	}
	return change.Path(d.FullName())
}

// step is the last step of a field's path.
func step(f field) change.Step {
	return change.Name(nameOf(f))
}

// nameOf returns what a file calls f; an extension goes by its full name.
func nameOf(f field) string {
	if f.IsExtension() {
		return "[" + string(f.FullName()) + "]"
	}
	return string(f.Name())
}

// short returns the name of d as people say it: without the package.
func short(d decl) string {
	switch d := d.(type) {
	case field:
		if d.IsExtension() {
			return "the extension " + string(d.FullName())
		}
		return short(d.ContainingMessage()) + "." + string(d.Name())
	case protoreflect.EnumValueDescriptor:
		return short(d.Parent()) + "." + string(d.Name())
	}
	return strings.TrimPrefix(string(d.FullName()), string(d.ParentFile().Package())+".")
}
