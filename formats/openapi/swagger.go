package openapi

import (
	"io/fs"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// An upgrade writes a description in Swagger 2.0 in the shape of OpenAPI 3.0, which is
// what the comparison reads. Each node keeps the place that it has in its file, and what
// has no word in 3.0 stays in the schema under its own keyword, where an edit of it is
// not compared, and said to be so.
//
// References keep their text; the library leads those of Swagger to where the upgrade
// puts what they mean ([moved]).
type upgrade struct {
	lib     *library
	raw     map[string]*document.Node         // the files as they are written
	schemas map[*document.Node]*document.Node // those that were rewritten
	made    map[made]*document.Node
	root    *document.Node
	alone   bool // another description refers to it, whose other files are left as they are
}

// A made is what was rewritten once for all that refer to it: a path, a parameter, or a
// response in some media types.
type made struct{ node, types *document.Node }

// once rewrites n, unless that was done.
func (u *upgrade) once(key made, rewrite func() *document.Node) *document.Node {
	n, ok := u.made[key]
	if !ok {
		n = rewrite()
		u.made[key] = n
	}
	return n
}

// isSwagger reports whether a document calls itself Swagger, and nothing else.
func isSwagger(n *document.Node) bool { return n.Get("swagger") != nil && n.Get("openapi") == nil }

// upgrade rewrites a file of a description in Swagger: a description, or what one refers to.
func (l *library) upgrade(name string, n *document.Node) *document.Node {
	if l.swagger == nil {
		if !isSwagger(n) {
			return n
		}
		l.swagger = &upgrade{
			lib: l, raw: make(map[string]*document.Node), schemas: make(map[*document.Node]*document.Node), made: make(map[made]*document.Node), alone: l.entry != "",
		}
	}
	u := *l.swagger
	u.raw[name], u.root = n, n
	switch {
	case isSwagger(n):
		l.files[name] = n // while it is rewritten, references in it are followed as they are written
		return u.description()
	case u.alone:
		return n
	}
	return u.schema(n)
}

// swaggerSections are where Swagger declares what is referred to.
var swaggerSections = map[string][]string{
	"definitions": {"schemas"}, "parameters": {"parameters", "requestBodies"}, "responses": {"responses"}, "securityDefinitions": {"securitySchemes"},
}

// moved returns where the upgrade of root puts what a reference of Swagger means.
func moved(root *document.Node, steps []string) []string {
	if root.Get("swagger") == nil || len(steps) < 2 {
		return steps
	}
	for _, section := range swaggerSections[steps[0]] {
		if root.Get("components").Get(section).Key(steps[1]) != nil {
			return append([]string{"components", section}, steps[1:]...)
		}
	}
	return steps
}

// An object is a map that is being written.
type object struct{ *document.Node }

func newObject(span source.Span) object {
	return object{&document.Node{Kind: document.Map, Span: span}}
}

// put adds a member that stands at a key of the original.
func (o object) put(name string, key, value *document.Node) {
	if value == nil {
		return
	}
	o.Keys = append(o.Keys, word(name, key.At()))
	o.Items = append(o.Items, value)
}

// keep adds members of the original as they are.
func (o object) keep(from *document.Node, names ...string) {
	for _, name := range names {
		o.put(name, from.Key(name), from.Get(name))
	}
}

// keepExtensions adds what teams wrote.
func (o object) keepExtensions(from *document.Node) {
	for i, key := range keysOf(from) {
		if strings.HasPrefix(key.Text, "x-") {
			o.put(key.Text, key, from.Items[i])
		}
	}
}

func word(text string, span source.Span) *document.Node {
	return &document.Node{Kind: document.Scalar, Tag: document.String, Text: text, Span: span}
}

func flag(is bool, span source.Span) *document.Node {
	n := word(map[bool]string{true: "true", false: "false"}[is], span)
	n.Tag = document.Bool
	return n
}

// named makes a map of the same names with other values.
func named(n *document.Node, value func(*document.Node) *document.Node) *document.Node {
	if n == nil || n.Kind != document.Map {
		return n
	}
	o := newObject(n.Span)
	for i, key := range n.Keys {
		o.put(key.Text, key, value(n.Items[i]))
	}
	return o.Node
}

// extended is named for a map that may have extensions, too.
func extended(n *document.Node, value func(*document.Node) *document.Node) *document.Node {
	if n == nil || n.Kind != document.Map {
		return n
	}
	o := newObject(n.Span)
	for i, key := range n.Keys {
		if strings.HasPrefix(key.Text, "x-") {
			o.put(key.Text, key, n.Items[i])
		} else {
			o.put(key.Text, key, value(n.Items[i]))
		}
	}
	return o.Node
}

func (u *upgrade) description() *document.Node {
	n := u.root
	if n.Get("swagger").String() != "2.0" {
		return n // which is an error when it is checked
	}
	o := newObject(n.Span)
	o.put("openapi", n.Key("swagger"), word("3.0.3", n.Get("swagger").At()))
	o.keep(n, "swagger", "info", "tags", "externalDocs", "security")
	o.keepExtensions(n)
	o.put("servers", firstKey(n, "host", "basePath", "schemes"), u.servers(n))
	o.put("components", firstKey(n, "definitions", "parameters", "responses", "securityDefinitions"), u.components())
	o.put("paths", n.Key("paths"), extended(n.Get("paths"), u.pathItem))
	return o.Node
}

// firstKey returns the first of some keys that is there.
func firstKey(n *document.Node, names ...string) *document.Node {
	for _, name := range names {
		if k := n.Key(name); k != nil {
			return k
		}
	}
	return nil
}

// servers puts addresses together from the host, the base path, and the schemes of n,
// which is the description or one of its operations.
func (u *upgrade) servers(n *document.Node) *document.Node {
	host, base, schemes := u.root.Get("host"), u.root.Get("basePath"), n.Get("schemes").List()
	at := firstKey(u.root, "host", "basePath")
	if host.String() == "" && base.String() == "" {
		return nil
	}
	list := &document.Node{Kind: document.List, Span: at.At()}
	add := func(address string, span source.Span) {
		o := newObject(span)
		o.put("url", at, word(address, span))
		list.Items = append(list.Items, o.Node)
	}
	switch {
	case host.String() == "":
		add(base.String(), base.At())
	case len(schemes) == 0:
		add("https://"+host.String()+base.String(), host.At())
	}
	for _, s := range schemes {
		if host.String() != "" {
			add(s.Text+"://"+host.String()+strings.TrimSuffix(base.String(), "/"), s.At())
		}
	}
	return list
}

func (u *upgrade) components() *document.Node {
	n := u.root
	o := newObject(n.Span)
	o.put("schemas", n.Key("definitions"), named(n.Get("definitions"), u.schema))
	o.put("responses", n.Key("responses"), named(n.Get("responses"), func(r *document.Node) *document.Node { return u.response(r, nil) }))
	o.put("securitySchemes", n.Key("securityDefinitions"), named(n.Get("securityDefinitions"), securityScheme))
	if shared := n.Get("parameters"); shared != nil {
		params, bodies := newObject(shared.Span), newObject(shared.Span)
		for i, key := range keysOf(shared) {
			switch p := shared.Items[i]; p.Get("in").String() {
			case "body":
				bodies.put(key.Text, key, u.requestBody([]*document.Node{p}, nil))
			case "formData": // an operation gathers those that it takes
			default:
				params.put(key.Text, key, u.parameter(p))
			}
		}
		o.put("parameters", n.Key("parameters"), params.Node)
		o.put("requestBodies", n.Key("parameters"), bodies.Node)
	}
	if len(o.Keys) == 0 {
		return nil
	}
	return o.Node
}

// resolve follows a reference in a description in Swagger to what is written there.
func (u *upgrade) resolve(n *document.Node) *document.Node {
	for range maxChain {
		ref := refOf(n)
		if ref == nil {
			return n
		}
		name, fragment := split(ref)
		if fragment != "" && fragment[0] != '/' {
			u.lib.problems.Addf(ref.At(), "want a JSON pointer behind #, got %q", short(ref.Text))
			return nil
		}
		if fs.ValidPath(name) {
			u.lib.load(name, ref.Span)
		}
		to := u.raw[name]
		for _, step := range pointer(fragment) {
			to = child(to, step)
		}
		if to == nil {
			return nil
		}
		n = to
	}
	return nil
}

// isShared reports whether n refers to what its own file declares in a section.
func (u *upgrade) isShared(n *document.Node, section string) bool {
	ref := refOf(n)
	return ref != nil && ref.Span.File == u.root.Span.File && strings.HasPrefix(ref.Text, "#/"+section+"/")
}

// lead makes the reference that n is lead to what was rewritten, which so keeps one name
// wherever it is used, and returns n. What is no reference is what was rewritten.
func (u *upgrade) lead(n, to *document.Node) *document.Node {
	ref := refOf(n)
	if ref == nil {
		return to
	}
	t := u.lib.find(ref)
	t.node = to
	u.lib.targets[reference{ref.Span.File, ref.Text}] = t
	return n
}

func (u *upgrade) pathItem(n *document.Node) *document.Node {
	to := u.resolve(n)
	if to == nil || to.Kind != document.Map {
		return n // a reference that leads nowhere is an error when it is checked
	}
	return u.once(made{node: to}, func() *document.Node { return u.path(to) })
}

func (u *upgrade) path(to *document.Node) *document.Node {
	o := newObject(to.Span)
	o.keepExtensions(to)
	shared := to.Get("parameters").List()
	if list := u.parameters(shared); len(list) > 0 {
		o.put("parameters", to.Key("parameters"), &document.Node{Kind: document.List, Items: list, Span: to.Get("parameters").Span})
	}
	for _, method := range methods {
		if op := to.Get(method); op != nil {
			o.put(method, to.Key(method), u.operation(op, shared))
		}
	}
	return o.Node
}

// operation rewrites an operation of a path with shared parameters.
func (u *upgrade) operation(n *document.Node, shared []*document.Node) *document.Node {
	if n.Kind != document.Map {
		return n
	}
	o := newObject(n.Span)
	o.keep(n, "tags", "summary", "description", "externalDocs", "operationId", "deprecated", "security")
	o.keepExtensions(n)
	own := n.Get("parameters").List()
	if list := u.parameters(own); len(list) > 0 {
		o.put("parameters", n.Key("parameters"), &document.Node{Kind: document.List, Items: list, Span: n.Get("parameters").Span})
	}
	if sent := u.sent(own, shared); len(sent) > 0 {
		key := n.Key("parameters")
		if key == nil {
			key = sent[0]
		}
		o.put("requestBody", key, u.requestBody(sent, n.Get("consumes")))
	}
	produces := n.Get("produces")
	o.put("responses", n.Key("responses"), extended(n.Get("responses"), func(r *document.Node) *document.Node {
		to := u.resolve(r)
		if to == nil || produces == nil && u.isShared(r, "responses") {
			return r
		}
		made := u.once(made{to, produces}, func() *document.Node { return u.response(to, produces) })
		if produces == nil {
			return u.lead(r, made)
		}
		return made
	}))
	if n.Get("schemes") != nil {
		o.put("servers", n.Key("schemes"), u.servers(n))
	}
	return o.Node
}

// sent lists the parameters in the body of an operation, own ones first.
func (u *upgrade) sent(own, shared []*document.Node) (all []*document.Node) {
	known := make(map[string]bool)
	for _, list := range [][]*document.Node{own, shared} {
		for _, ref := range list {
			p := u.resolve(ref)
			in, name := p.Get("in").String(), p.Get("name").String()
			if in == "body" {
				name = ""
			}
			if (in == "body" || in == "formData") && !known[in+" "+name] {
				known[in+" "+name] = true
				all = append(all, ref)
			}
		}
	}
	return all
}
