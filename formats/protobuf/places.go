package protobuf

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/bufbuild/protocompile/ast"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Places are what is kept of a file's syntax tree, which takes several times the memory
// of what is made of it: where things stand, and what is to be used instead of them.
type places struct {
	of      map[proto.Message]textRange // by what describes a declaration
	pkg     textRange
	options map[string]textRange     // of the file, by name
	instead map[proto.Message]string // what the comment before a declaration says behind "Deprecated:"
}

// A textRange is two offsets of a file; the zero textRange is nowhere.
type textRange struct{ start, end int32 }

// keep makes the places of f, which has been linked and still has its syntax tree.
func (f *file) keep() {
	f.places = places{
		of: make(map[proto.Message]textRange), options: make(map[string]textRange), instead: make(map[proto.Message]string),
	}
	tree := f.AST()
	for _, n := range tree.Decls {
		switch n := n.(type) {
		case *ast.PackageNode:
			f.places.pkg = f.rangeOf(tree.NodeInfo(n))
		case *ast.OptionNode:
			if len(n.Name.Parts) == 1 {
				f.places.options[n.Name.Parts[0].Value()] = f.rangeOf(tree.NodeInfo(n))
			}
		}
	}
	eachIn(f.Result, func(d decl) {
		p := protoutil.ProtoFromDescriptor(d)
		info := tree.NodeInfo(f.Node(p))
		if info.Start().Line > 0 {
			f.places.of[p] = f.rangeOf(info)
		}
		if isDeprecated(d.Options().ProtoReflect()) {
			f.places.instead[p] = instead(info.LeadingComments())
		}
	})
}

// place returns where d stands, which f declares.
func (f *file) place(d decl) source.Span {
	return f.where(f.places.of[protoutil.ProtoFromDescriptor(d)])
}

// where returns the span of r, or the top of f if that is nowhere.
func (f *file) where(r textRange) source.Span {
	if r == (textRange{}) {
		return source.Top(f.path)
	}
	return f.at(int(r.start), int(r.end))
}

// instead reads what comments say behind "Deprecated:", as is the custom in Protobuf.
func instead(comments ast.Comments) string {
	var text strings.Builder
	for i := range comments.Len() {
		for line := range strings.Lines(comments.Index(i).RawText()) {
			text.WriteString(strings.Trim(line, "/* \t\r\n") + " ")
		}
	}
	_, after, _ := strings.Cut(text.String(), "Deprecated:")
	return after
}

// eachIn calls do for everything that a file or a message declares, however deep.
func eachIn(in container, do func(decl)) {
	for i := range in.Enums().Len() {
		e := in.Enums().Get(i)
		do(e)
		for j := range e.Values().Len() {
			do(e.Values().Get(j))
		}
	}
	for i := range in.Extensions().Len() {
		do(in.Extensions().Get(i))
	}
	for i := range in.Messages().Len() {
		m := in.Messages().Get(i)
		do(m)
		for j := range m.Fields().Len() {
			do(m.Fields().Get(j))
		}
		for j := range m.Oneofs().Len() {
			do(m.Oneofs().Get(j))
		}
		eachIn(m, do)
	}
	if f, ok := in.(protoreflect.FileDescriptor); ok {
		for i := range f.Services().Len() {
			s := f.Services().Get(i)
			do(s)
			for j := range s.Methods().Len() {
				do(s.Methods().Get(j))
			}
		}
	}
}
