package avro

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// load reads the files of a port, and those beside them that declare what they name.
func load(_ context.Context, req schema.Request) (*port, error) {
	var problems document.Problems
	p, _ := read(req, &problems)
	if req.Root != "" {
		p.serve(req, &problems)
	}
	return p, problems.Err()
}

// imports lists the files that load reads besides the port's own.
func imports(req schema.Request) ([]string, error) {
	var problems document.Problems
	_, more := read(req, &problems)
	return more, nil // what is wrong is said when it is loaded
}

// read reads a port; more lists the other files that it looked for names in.
func read(req schema.Request, problems *document.Problems) (p *port, more []string) {
	p = new(port)
	r := &reader{problems: problems, types: make(map[string]*typ)}
	for _, name := range req.Paths {
		if p.span.IsZero() {
			p.span = source.Top(name)
		}
		n, err := parse(req.FS, name)
		problems.Add(err)
		if n != nil {
			r.file(p, name, n)
		}
	}
	l := library{req: req, reader: r}
	l.lookUp()
	r.link()
	r.checkDefaults()
	p.types, p.names = r.types, r.names
	return p, l.passed
}

// file adds what the document n declares to p.
func (r *reader) file(p *port, name string, n *document.Node) {
	if n.Kind == document.Map && n.Get("protocol") != nil && n.Get("type") == nil {
		r.protocol(p, name, n)
		return
	}
	u := r.schema(n, "")
	if u.typ != nil && !u.kind.isNamed() {
		u.at = n.Span
		if u.kind.isPrimitive() && u.typ == &r.plain[u.kind] { // which all share
			u.typ = r.newType(u.kind, n)
		}
		stem := path.Base(name)
		u.decl = change.Path("").Join(change.Name(strings.TrimSuffix(stem, path.Ext(stem))))
	}
	p.roots = append(p.roots, root{u, name})
}

// protocol reads the types of a protocol. Its messages are compared as they are written.
func (r *reader) protocol(p *port, name string, n *document.Node) {
	namespace := n.Get("namespace").String()
	if namespace != "" && !isFullName(namespace) {
		r.problems.Addf(at(n, "namespace"), "want a namespace of letters, digits, _ and dots, got %q", clip(namespace))
	}
	if types := n.Get("types"); types != nil && types.Kind != document.List {
		r.problems.Addf(types.Span, "want %q as a list", "types")
	}
	for _, item := range n.Get("types").List() {
		u := r.schema(item, namespace)
		switch {
		case u.typ == nil: // named before it is declared
		case u.kind.isNamed():
			p.roots = append(p.roots, root{u, name})
		default:
			r.problems.Addf(item.Span, "want the declaration of a record, an error, an enum or a fixed, got %s", u.describe(1))
		}
	}
	messages := n.Get("messages")
	if messages == nil || messages.Kind != document.Map {
		return
	}
	at := pathOf(qualify(n.Get("protocol").String(), namespace))
	for i, key := range messages.Keys {
		p.extra = append(p.extra, message{at.Join(change.Name(key.Text)), messages.Items[i], key.Span})
	}
}

// serve leaves only the root that the port's declaration names.
func (p *port) serve(req schema.Request, problems *document.Problems) {
	var found []*typ
	for _, name := range p.names {
		if name == req.Root || short(name) == req.Root {
			found = append(found, p.types[name])
		}
	}
	if len(found) != 1 {
		problems.Addf(p.span, "want one type called %s, which is to be served, found %d%s", clip(req.Root), len(found), document.Suggest(req.Root, p.names))
		return
	}
	p.roots = []root{{&use{typ: found[0], at: found[0].span}, found[0].span.File}}
}

// parse reads the JSON of a file; nil if there is none, which the error says.
func parse(fsys fs.FS, name string) (*document.Node, error) {
	text, err := readFile(fsys, name)
	if err != nil {
		return nil, source.Errorf(source.Top(name), "the file cannot be read: %w", err)
	}
	if isContainer(text) {
		if text, err = headerOf(name, text); err != nil {
			return nil, err
		}
	}
	n, err := document.ParseJSON(name, text)
	if err == nil && n == nil {
		err = source.Errorf(source.Top(name), "want a schema, got an empty file")
	}
	return n, err
}

// readFile reads no more of a file than a schema may have: what a container holds
// behind its header is not asked for.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, document.MaxBytes+1))
	return text, reason(err)
}

// reason returns what the system said, without the path that it repeats.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
