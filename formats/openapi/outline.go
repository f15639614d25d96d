package openapi

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// outline lists what consumers can name: operations, their parameters and headers, and
// the fields of bodies. A schema that is declared by name is outlined once for what is
// read and once for what is sent.
func outline(p *port) *schema.Outline {
	o := &schema.Outline{Decls: make(map[change.Path][]schema.Edge)}
	if p == nil || p.root == nil {
		return o
	}
	o.Span = p.span
	w := &outliner{lib: p.lib, o: o, called: make(map[*document.Node]bool), wide: make(map[change.Path]map[change.Step]bool)}
	for _, keyword := range []string{"paths", "webhooks"} {
		for _, one := range itemsOf(p, keyword, p.settings.stripPrefix) {
			w.item(change.Path("").Join(change.Name(one.shape)), one, keyword == "webhooks", true)
		}
	}
	w.share()
	return o
}

type outliner struct {
	lib    *library
	o      *schema.Outline
	called map[*document.Node]bool // callbacks on the way, which may lead back
	shares []share
	leaf   view                                 // of the field that is looked at, if it is plain
	wide   map[change.Path]map[change.Step]bool // the steps from what has many
}

// Limits of an outline: how deep schemas without a name are outlined, how many
// declarations there are, and how often what they share is looked at.
const (
	maxOutline = 64
	maxDecls   = 200_000
	maxRounds  = 64
)

// A share says that one declaration shows all that another does, which is one of its
// alternatives or a part of it.
type share struct{ at, of change.Path }

// alternative notes that what is declared as v shows at a path. It is also a step of its
// own there, by its name, so that what is told of the declaration has a place.
func (w *outliner) alternative(at change.Path, v *view, x situation) {
	of := declared(x, v.decl)
	if _, known := w.o.Decls[of]; !known {
		w.o.Decls[of] = nil
		w.fields(of, v, v, x, 0, nil)
	}
	w.shares = append(w.shares, share{at, of})
	w.edge(at, schema.Edge{Step: change.Name(v.name), Decl: of, Type: alternativeType, Optional: true, Span: top(v.node())})
}

const alternativeType = "alternative"

// share gives each declaration the fields that it shows of others. Such a field leads to
// the field of the other declaration, so who reads the one reads the other.
func (w *outliner) share() {
	known := make(map[share]bool)
	for _, s := range w.shares {
		known[s] = true
	}
	for changed, round := true, 0; changed && round < maxRounds; round++ {
		changed = false
		for i := 0; i < len(w.shares) && len(w.o.Decls) < maxDecls; i++ {
			s := w.shares[i]
			for _, e := range w.o.Decls[s.of] {
				has := slices.ContainsFunc(w.o.Decls[s.at], func(o schema.Edge) bool { return o.Step == e.Step })
				if has || e.Type == alternativeType {
					continue
				}
				changed = true
				own := s.of.Join(e.Step)
				if _, declared := w.o.Decls[own]; !declared {
					w.o.Decls[own] = nil
				}
				if inner := (share{own, e.Decl}); e.Decl != "" && e.Decl != own && !known[inner] {
					known[inner] = true
					w.shares = append(w.shares, inner)
				}
				e.Decl = own
				w.o.Decls[s.at] = append(w.o.Decls[s.at], e)
			}
		}
	}
}

// item outlines the operations of a path.
func (w *outliner) item(at change.Path, one item, event, root bool) {
	n, _ := w.lib.deref(one.node)
	if root {
		w.o.Roots = append(w.o.Roots, at)
	}
	w.o.Decls[at] = nil
	for _, op := range operationsOf(w.lib, n) {
		path := at.Join(change.Name(op.shape))
		w.o.Decls[at] = append(w.o.Decls[at], schema.Edge{Step: change.Name(op.shape), Decl: path, Type: "operation", Span: op.key.At()})
		w.o.Deprecate(path, truth(op.node.Get("deprecated")), "")
		w.operation(path, one.key.Text, op.node, n, event)
	}
}

// edge adds what leads from a declaration to another, once.
func (w *outliner) edge(from change.Path, e schema.Edge) {
	edges := w.o.Decls[from]
	if known := w.wide[from]; known[e.Step] || known == nil && slices.ContainsFunc(edges, func(one schema.Edge) bool { return one.Step == e.Step }) {
		return
	} else if known != nil {
		known[e.Step] = true
	}
	w.o.Decls[from] = append(edges, e)
	if len(edges) == manyEdges {
		known := make(map[change.Step]bool)
		for _, one := range w.o.Decls[from] {
			known[one.Step] = true
		}
		w.wide[from] = known
	}
}

// manyEdges is from how many steps on they are indexed.
const manyEdges = 64

// group declares a step that holds others, such as query or body.
func (w *outliner) group(from change.Path, step string, span source.Span) change.Path {
	path := from.Join(change.Name(step))
	if _, known := w.o.Decls[path]; !known {
		w.o.Decls[path] = nil
	}
	w.edge(from, schema.Edge{Step: change.Name(step), Decl: path, Type: step, Optional: true, Span: span})
	return path
}

func (w *outliner) operation(at change.Path, template string, op, path *document.Node, event bool) {
	w.o.Decls[at] = nil
	sent := situation{write: !event}
	for _, p := range paramsOf(w.lib, template, op, path) {
		group := w.group(at, p.in, op.Span)
		to := group.Join(change.Name(p.shown))
		if p.decl != "" {
			to = declared(sent, p.decl)
		}
		w.value(group, change.Name(p.shown), to, p.node, !truth(p.node.Get("required")) && p.in != "path", top(p.ref), sent)
	}
	if body, t := w.lib.deref(op.Get("requestBody")); body != nil {
		request := w.group(at, "request", op.Key("requestBody").At())
		to := request.Join(change.Name("body"))
		if t.decl != "" {
			to = declared(sent, t.decl)
		}
		e := schema.Edge{Step: change.Name("body"), Type: "body", Optional: !truth(body.Get("required")), Span: op.Key("requestBody").At()}
		w.body(request, to, e, body, sent)
	}
	responses := op.Get("responses")
	for i, key := range keysOf(responses) {
		if !strings.HasPrefix(key.Text, "x-") {
			w.response(at, key, responses.Items[i], situation{write: event})
		}
	}
	w.callbacks(at, op)
}

func (w *outliner) response(at change.Path, key, ref *document.Node, x situation) {
	n, t := w.lib.deref(ref)
	to := at.Join(change.Name(key.Text))
	if t.decl != "" {
		to = declared(x, t.decl)
	}
	w.edge(at, schema.Edge{Step: change.Name(key.Text), Decl: to, Type: "response", Optional: true, Span: key.At()})
	if _, known := w.o.Decls[to]; known || n == nil {
		return
	}
	w.o.Decls[to] = nil
	headers := n.Get("headers")
	for i, key := range keysOf(headers) {
		group := w.group(to, "header", key.At())
		h, t := w.lib.deref(headers.Items[i])
		place := group.Join(change.Name(key.Text))
		if t.decl != "" {
			place = declared(x, t.decl)
		}
		w.value(group, change.Name(key.Text), place, h, !truth(h.Get("required")), key.At(), x)
	}
	if n.Get("content") != nil {
		e := schema.Edge{Step: change.Name("body"), Type: "body", Span: n.Key("content").At()}
		w.body(to, to.Join(e.Step), e, n, x)
	}
}

// value outlines a parameter or header.
func (w *outliner) value(from change.Path, step change.Step, to change.Path, n *document.Node, optional bool, span source.Span, x situation) {
	holds := n.Get("schema")
	if content := n.Get("content"); content != nil && len(content.Items) > 0 {
		holds = content.Items[0].Get("schema")
	}
	e := schema.Edge{Step: step, Decl: to, Type: "any", Optional: optional, Tags: w.tags(n), Span: span}
	if holds != nil {
		v := readView(w.lib, holds, 0)
		e.Type, e.Values = v.typeName(), v.valueTexts()
		if v.decl != "" && to == from.Join(step) {
			e.Decl = declared(x, v.decl)
		}
	}
	w.o.Deprecate(from.Join(step), truth(n.Get("deprecated")), "")
	w.edge(from, e)
	if _, known := w.o.Decls[e.Decl]; !known {
		w.o.Decls[e.Decl] = nil
		if holds != nil {
			v := readView(w.lib, holds, 0)
			w.fields(e.Decl, v, v, x, 0, nil)
		}
	}
}

// body outlines what a body holds, with the edge e that leads to it; a media type is a
// step where there are several.
func (w *outliner) body(from, at change.Path, e schema.Edge, n *document.Node, x situation) {
	content := n.Get("content")
	if len(keysOf(content)) == 1 {
		media, _ := w.lib.deref(content.Items[0])
		e.Decl = w.declare(at, media.Get("schema"), x)
		w.edge(from, e)
		w.itemSchema(e.Decl, media, x)
		return
	}
	e.Decl = at
	w.edge(from, e)
	w.o.Decls[at] = nil
	for i, key := range keysOf(content) {
		media, _ := w.lib.deref(content.Items[i])
		to := w.declare(at.Join(change.Name(key.Text)), media.Get("schema"), x)
		w.edge(at, schema.Edge{Step: change.Name(key.Text), Decl: to, Type: "body", Optional: true, Span: key.At()})
		w.itemSchema(to, media, x)
	}
}

func (w *outliner) itemSchema(at change.Path, media *document.Node, x situation) {
	if item := media.Get("itemSchema"); item != nil {
		w.field(at, change.Items, item, true, item.At(), x, 0)
	}
}

func (w *outliner) callbacks(at change.Path, op *document.Node) {
	callbacks := op.Get("callbacks")
	for i, key := range keysOf(callbacks) {
		n, _ := w.lib.deref(callbacks.Items[i])
		if n == nil || w.called[n] {
			continue
		}
		w.called[n] = true
		group := w.group(at, "callbacks", key.At())
		to := group.Join(change.Name(key.Text))
		w.edge(group, schema.Edge{Step: change.Name(key.Text), Decl: to, Type: "callback", Optional: true, Span: key.At()})
		for j, expression := range n.Keys {
			w.item(to, item{expression.Text, expression, n.Items[j]}, true, false)
		}
		delete(w.called, n)
	}
}

// declare outlines what a schema holds, and returns where: where it is declared by name,
// else at the given path. Alternatives are no steps of a path: a consumer names the
// field, whichever of them has it.
func (w *outliner) declare(at change.Path, n *document.Node, x situation) change.Path {
	var v *view
	if n != nil {
		v = w.only(readView(w.lib, n, 0), 0)
		if v.decl != "" {
			at = declared(x, v.decl)
		}
	}
	if _, known := w.o.Decls[at]; !known {
		w.o.Decls[at] = nil
		if v != nil {
			w.fields(at, v, v, x, 0, nil)
		}
	}
	return at
}

// fields outlines the properties of a schema and of what it is combined from.
func (w *outliner) fields(at change.Path, v, outer *view, x situation, depth int, seen []*document.Node) {
	if slices.Contains(seen, v.node()) || len(seen) > maxOutline || len(w.o.Decls) > maxDecls {
		return
	}
	seen = append(seen, v.node())
	fields := v.fields()
	w.o.Decls[at] = slices.Grow(w.o.Decls[at], len(fields))
	for _, f := range fields {
		w.field(at, change.Name(f.name), f.node, !v.requires(f.name) && !outer.requires(f.name), f.key.At(), x, depth)
	}
	for _, one := range []struct {
		keyword string
		step    change.Step
	}{{"items", change.Items}, {"additionalProperties", change.Values}} {
		if inner := v.get(one.keyword); inner != nil && inner.Kind == document.Map {
			w.field(at, one.step, inner, true, inner.At(), x, depth)
		}
	}
	for _, inner := range v.get("prefixItems").List() {
		w.field(at, change.Items, inner, true, inner.At(), x, depth)
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		for _, m := range v.get(keyword).List() {
			w.part(at, readView(w.lib, m, 0), outer, x, depth, seen)
		}
	}
	for _, keyword := range []string{"then", "else"} {
		if m := v.get(keyword); m != nil {
			w.part(at, readView(w.lib, m, 0), outer, x, depth, seen)
		}
	}
}

// part outlines a schema that describes the same value as the one at a path.
func (w *outliner) part(at change.Path, v, outer *view, x situation, depth int, seen []*document.Node) {
	if v.decl != "" {
		w.alternative(at, v, x)
		return
	}
	w.fields(at, v, outer, x, depth, seen)
}

func (w *outliner) field(at change.Path, step change.Step, n *document.Node, optional bool, span source.Span, x situation, depth int) {
	v, isLeaf := w.plain(n)
	if !isLeaf {
		v = readView(w.lib, n, 0)
	}
	if v.truth != nil && !*v.truth || depth > maxOutline {
		return
	}
	e := schema.Edge{Step: step, Type: v.typeName(), Optional: optional, Tags: w.tags(v.parts...), Values: v.valueTexts(), Span: span}
	if !isLeaf {
		v = w.only(v, 0)
	}
	if v.flag("deprecated") {
		w.o.Deprecate(at.Join(step), true, "")
	}
	if isLeaf || !v.holdsMore() {
		w.edge(at, e)
		return
	}
	e.Decl = at.Join(step)
	if v.decl != "" {
		e.Decl = declared(x, v.decl)
	}
	w.edge(at, e)
	if _, known := w.o.Decls[e.Decl]; !known {
		w.o.Decls[e.Decl] = nil
		w.fields(e.Decl, v, v, x, depth+1, nil)
	}
}

// plain returns the view of a schema that refers to no other and holds none, as most
// fields do. It is good until the next is asked for.
func (w *outliner) plain(n *document.Node) (*view, bool) {
	if n == nil || n.Kind != document.Map {
		return nil, false
	}
	for _, key := range n.Keys {
		switch key.Text {
		case "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "then", "else", "properties", "items", "prefixItems", "additionalProperties":
			return nil, false
		}
	}
	w.leaf = view{lib: w.lib, parts: append(w.leaf.parts[:0], n)}
	w.leaf.readTypes()
	return &w.leaf, true
}

// only returns the one part of v that has members, where v itself has none: what is
// declared as a thing or its id shows the thing.
func (w *outliner) only(v *view, depth int) *view {
	if v.decl != "" || depth > maxChain || slices.ContainsFunc([]string{"properties", "items", "prefixItems", "additionalProperties", "then", "else"}, func(k string) bool { return v.get(k) != nil }) {
		return v
	}
	var found *view
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		for _, m := range v.get(keyword).List() {
			inner := readView(w.lib, m, 0)
			if !inner.holdsMore() {
				continue
			}
			if found != nil {
				return v
			}
			found = inner
		}
	}
	if found == nil {
		return v
	}
	return w.only(found, depth+1)
}

// holdsMore reports whether v describes members or items.
func (v *view) holdsMore() bool {
	return slices.ContainsFunc([]string{"properties", "items", "prefixItems", "additionalProperties", "allOf", "anyOf", "oneOf", "then", "else"}, func(keyword string) bool {
		n := v.get(keyword)
		return n != nil && n.Kind != document.Scalar && v.list == ""
	})
}

func (v *view) typeName() string {
	text := v.typeText()
	if format := v.get("format").String(); format != "" {
		text += " (" + short(format) + ")"
	}
	return text
}

// valueTexts lists the values of what is limited to some.
func (v *view) valueTexts() (values []string) {
	if one := v.get("const"); one != nil {
		return []string{one.Text}
	}
	for _, one := range v.get("enum").List() {
		values = append(values, one.Text)
	}
	return values
}

// tags lists the extensions: x-pii: true is pii:true.
func (w *outliner) tags(parts ...*document.Node) (tags []string) {
	for _, n := range parts {
		for i, key := range keysOf(n) {
			if name, ok := strings.CutPrefix(key.Text, "x-"); ok && n.Items[i].String() != "" {
				tags = append(tags, name+":"+n.Items[i].String())
			}
		}
	}
	return append(tags, labels(parts...)...)
}
