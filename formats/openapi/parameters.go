package openapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A param is a parameter of an operation.
type param struct {
	in, name string
	shown    string         // the name in addresses
	node     *document.Node // references followed
	ref      *document.Node // as written
	decl     change.Path    // where it is declared; empty: here
	outer    bool           // it stands at the path
}

// paramsOf lists the parameters of an operation, with those of its path that it does not
// replace. A parameter in the path is known by its place there, and one in a header
// whatever the case of its name.
func paramsOf(lib *library, template string, op, path *document.Node) (all []param) {
	add := func(list *document.Node, outer bool) {
		for _, ref := range list.List() {
			n, t := lib.deref(ref)
			p := param{in: n.Get("in").String(), name: n.Get("name").String(), node: n, ref: ref, decl: t.decl, outer: outer}
			p.shown = p.name
			switch p.in {
			case "path":
				p.name = placeholder(template, p.name)
			case "header":
				p.name = strings.ToLower(p.name)
			}
			if n != nil && !slices.ContainsFunc(all, func(q param) bool { return q.in == p.in && q.name == p.name }) {
				all = append(all, p)
			}
		}
	}
	add(op.Get("parameters"), false)
	add(path.Get("parameters"), true)
	return all
}

// placeholder names a parameter of a path by its place.
func placeholder(template, name string) string {
	before, _, ok := strings.Cut(template, "{"+name+"}")
	if !ok {
		return name
	}
	return fmt.Sprintf("{%d}", strings.Count(before, "{"))
}

func (o *operation) parameters() {
	was := paramsOf(o.d.base.lib, o.outer.base.key.Text, o.b.node, o.basePath)
	is := paramsOf(o.d.head.lib, o.outer.head.key.Text, o.h.node, o.headPath)
	same := func(a, b param) bool { return a.in == b.in && a.name == b.name }
	for _, b := range was {
		i := slices.IndexFunc(is, func(h param) bool { return same(b, h) })
		if i < 0 {
			o.paramRemoved(b, is)
			continue
		}
		o.paramPair(b, is[i])
	}
	for _, h := range is {
		if !slices.ContainsFunc(was, func(b param) bool { return same(b, h) }) {
			o.paramAdded(h)
		}
	}
}

// at is the address of a parameter: where it is declared, or where it stands.
func (o *operation) at(p param) change.Path {
	if p.decl != "" {
		return declared(o.context(true, parameter), p.decl)
	}
	return o.path.Join(change.Name(p.in), change.Name(p.shown))
}

func (o *operation) paramRemoved(b param, is []param) {
	id := "request-parameter-removed"
	v := o.d.view(o.d.base.lib, b.node)
	day, readable := sunsetOf(v.get("x-sunset"))
	switch {
	case b.outer:
		id = ""
	case !v.flag("deprecated"):
	case v.get("x-sunset") == nil:
		id += "-with-deprecation"
	case !readable:
		id = "request-parameter-sunset-parse"
	case o.d.hasCome(day):
		id = ""
	default:
		id += "-before-sunset"
	}
	c := change.Change{
		Rule: parameterRemoved, Path: o.path.Join(change.Name(b.in), change.Name(b.shown)), From: b.in + " " + b.shown,
		Detail: fmt.Sprintf("%s takes no %s parameter %s any more", o.path, b.in, short(b.shown)),
		Base:   top(b.ref), Head: o.h.key.At(),
	}
	if slices.ContainsFunc(is, func(h param) bool { return h.in != b.in && strings.EqualFold(h.shown, b.shown) }) {
		c.Rule = parameterEncodingChanged
		c.Detail = fmt.Sprintf("%s takes %s somewhere else than in %s", o.path, short(b.shown), b.in)
	}
	o.report(c, id)
}

func (o *operation) paramAdded(h param) {
	c := change.Change{
		Rule: parameterAdded, Path: o.path.Join(change.Name(h.in), change.Name(h.shown)), To: h.in + " " + h.shown,
		Detail: fmt.Sprintf("%s takes a new %s parameter %s", o.path, h.in, short(h.shown)), Base: o.b.key.At(), Head: top(h.ref),
	}
	id, tail := "new-optional-request", "-parameter"
	if truth(h.node.Get("required")) || h.in == "path" {
		c.Rule, id = parameterRequiredAdded, "new-required-request"
		c.Detail += ", which has to be sent"
	}
	if h.outer {
		tail = "-default-parameter-to-existing-path"
	}
	id += tail
	if h.in == "path" {
		id = "new-request-path-parameter"
	}
	o.report(c, id)
}

func (o *operation) paramPair(b, h param) {
	if o.d.same(b.ref, h.ref) {
		return
	}
	at := o.at(b)
	p := pair{d: o.d, path: at, x: o.context(true, parameter), b: &view{lib: o.d.base.lib, parts: []*document.Node{b.node}}, h: &view{lib: o.d.head.lib, parts: []*document.Node{h.node}}}
	hidden := b.outer && h.outer // the peer does not look at parameters of paths
	if hidden {
		p.x.place = nowhere
	}
	// One that moved between its path and the operation is new to the peer.
	if b.outer != h.outer && !o.quiet && !o.callback {
		p.x.place = nowhere
	}
	wasRequired, isRequired := truth(b.node.Get("required")) || b.in == "path", truth(h.node.Get("required")) || h.in == "path"
	switch {
	case !wasRequired && isRequired:
		p.edit(parameterRequired, "required", p.x.id("became-required"))
	case wasRequired && !isRequired:
		p.edit(parameterOptional, "required", p.x.id("became-optional"))
	}
	o.paramLife(&p)
	if was, is := serialisation(b), serialisation(h); was != is {
		p.d.report(change.Change{
			Rule: parameterEncodingChanged, Path: at, Key: "style", From: was, To: is, Detail: fmt.Sprintf("%s: %s became %s", at, was, is),
			Base: p.b.at("style"), Head: p.h.at("style"),
		})
	}
	if was, is := p.b.flag("allowEmptyValue"), p.h.flag("allowEmptyValue"); was != is && b.in == "query" {
		p.edit(map[bool]*change.Rule{true: requestWidened, false: values.tightened}[is], "allowEmptyValue")
	}
	p.d.notes(at, b.node, h.node, "description", "example", "examples")
	p.x.text, p.x.header = true, b.in == "header"
	p.x.explode = b.in == "query" && strings.HasPrefix(serialisation(h), "form, explode")
	p.x.kept = b.decl != ""
	o.content(at, b.node, h.node, p.x)
}

// serialisation says how a parameter or header is written, defaults filled in.
func serialisation(p param) string {
	style := p.node.Get("style").String()
	if style == "" {
		style = map[string]string{"query": "form", "cookie": "form"}[p.in]
		style = cmp.Or(style, "simple")
	}
	explode := style == "form"
	if e := p.node.Get("explode"); e != nil {
		explode = truth(e)
	}
	text := style
	if explode {
		text += ", explode"
	}
	if truth(p.node.Get("allowReserved")) {
		text += ", reserved"
	}
	return text
}

// paramLife compares what is said about a parameter's end.
func (o *operation) paramLife(p *pair) {
	was, is := p.b.flag("deprecated"), p.h.flag("deprecated")
	sunset := p.h.get("x-sunset")
	day, readable := sunsetOf(sunset)
	switch {
	case !was && is && sunset != nil && !readable:
		p.edit(fieldDeprecated, "deprecated", p.x.id("sunset-parse"))
	case !was && is && sunset == nil && o.d.notice() > 0:
		p.edit(noticeTooShort, "deprecated", p.x.id("deprecated-sunset-missing"))
	case !was && is && sunset != nil && o.d.tooSoon(day):
		p.edit(noticeTooShort, "deprecated", p.x.id("sunset-date-too-small"))
	case !was && is:
		p.edit(fieldDeprecated, "deprecated", p.x.id("deprecated"))
	case was && !is:
		p.edit(fieldUndeprecated, "deprecated", p.x.id("reactivated"))
	case is && !document.Equal(p.b.get("x-sunset"), sunset):
		id := o.d.sunsetID(p.b.get("x-sunset").String(), day, sunset != nil, readable, "sunset-deleted", "sunset-parse", "sunset-date-changed-too-small")
		if id == "" {
			id = "none"
		}
		p.edit(sunsetChanged, "x-sunset", p.x.id(id))
	}
}

// content compares what a parameter or header holds: a schema, or a text in a media type.
func (o *operation) content(at change.Path, base, head *document.Node, x situation) {
	b, h := base.Get("schema"), head.Get("schema")
	was, is := base.Get("content"), head.Get("content")
	var wasType, isType string
	if was != nil && len(was.Keys) > 0 {
		wasType, b, x.text = was.Keys[0].Text, was.Items[0].Get("schema"), false
		x.place = nowhere
	}
	if is != nil && len(is.Keys) > 0 {
		isType, h, x.text = is.Keys[0].Text, is.Items[0].Get("schema"), false
		x.place = nowhere
	}
	if wasType != isType {
		o.d.report(change.Change{
			Rule: parameterEncodingChanged, Path: at, Key: "content", From: wasType, To: isType, Detail: fmt.Sprintf("%s is written in another media type", at),
			Base: top(base), Head: top(head),
		})
	}
	o.d.schemaOrNone(at, b, h, top(base), top(head), x, "", "")
}

// schemaOrNone compares two schemas of which one may be absent: it allows everything
// then.
func (d *differ) schemaOrNone(at change.Path, base, head *document.Node, baseSpan, headSpan source.Span, x situation, added, removed string) {
	if base != nil && head != nil {
		d.schemas(at, "", base, head, x)
		return
	}
	f := fact{hazard: &values, key: "schema"}
	switch {
	case base == nil && head == nil:
		return
	case base == nil:
		v := d.view(d.head.lib, head)
		f.base, f.head, f.effect, f.detail, f.ids = baseSpan, top(head), narrower, fmt.Sprintf("%s has a schema now", at), []string{added}
		if v.truth == nil && !v.says() || v.truth != nil && *v.truth {
			return
		}
		if v.truth != nil {
			f.ids = []string{x.id("schema-became-false")}
		}
	default:
		v := d.view(d.base.lib, base)
		f.base, f.head, f.effect, f.detail, f.ids = top(base), headSpan, wider, fmt.Sprintf("%s has no schema any more", at), []string{removed}
		if v.truth == nil && !v.says() || v.truth != nil && *v.truth {
			return
		}
	}
	p := pair{d: d, path: at, x: x, facts: []fact{f}}
	p.tell(x.live, "")
}
