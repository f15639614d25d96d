package openapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// encodings compares how the parts of a body in several parts are written: those that
// are known by name, by their place, and all the others.
func (d *differ) encodings(path change.Path, base, head *document.Node) {
	was, is := base.Get("encoding"), head.Get("encoding")
	at := func(inner *document.Node, name string, outer *document.Node) source.Span {
		if key := inner.Key(name); key != nil {
			return key.At()
		}
		return member(outer, "encoding")
	}
	tell := func(name string) {
		d.encoding(path, "encoding "+name, was.Get(name), is.Get(name), at(was, name, base), at(is, name, head))
	}
	for _, key := range keysOf(was) {
		tell(key.Text)
	}
	for _, key := range keysOf(is) {
		if was.Key(key.Text) == nil {
			tell(key.Text)
		}
	}
	for _, keyword := range []string{"prefixEncoding", "itemEncoding"} {
		d.encoding(path, keyword, base.Get(keyword), head.Get(keyword), member(base, keyword), member(head, keyword))
	}
}

// encoding compares how one part is written, which is one edit whatever of it changed.
func (d *differ) encoding(path change.Path, key string, b, h *document.Node, baseAt, headAt source.Span) {
	d.extensions(path, b, h)
	var edited []string
	if (b.IsNull() || b.Kind != document.Map) && (h.IsNull() || h.Kind != document.Map) && !document.Equal(b, h) {
		edited = append(edited, "all of it") // a list
	}
	if was, is := partStyle(b), partStyle(h); was != is {
		edited = append(edited, was+" became "+is)
	}
	for _, keyword := range []string{"contentType", "headers", "encoding", "prefixEncoding", "itemEncoding"} {
		if was, is := b.Get(keyword), h.Get(keyword); !document.Equal(was, is) || was != nil && !d.apart && !d.same(was, is) {
			edited = append(edited, keyword)
		}
	}
	if len(edited) > 0 {
		d.report(change.Change{
			Rule: spellingChanged, Path: path, Key: key, From: textOf(b), To: textOf(h), Base: baseAt, Head: headAt,
			Detail: fmt.Sprintf("%s: %s changed: %s", path, key, strings.Join(edited, ", ")),
		})
	}
}

// partStyle says how a part of a form is put into text, defaults filled in.
func partStyle(n *document.Node) string {
	return serialisation(param{in: "query", node: n})
}

// xml compares how a value is written in XML.
func (p *pair) xml(b, h *document.Node) {
	p.d.extensions(p.path, b, h)
	same := xmlNode(p.b, b) == xmlNode(p.h, h)
	for _, keyword := range []string{"name", "namespace", "prefix"} {
		same = same && document.Equal(b.Get(keyword), h.Get(keyword))
	}
	if !same {
		p.edit(spellingChanged, "xml")
	}
}

// xmlNode says what a value is in XML. OpenAPI 3.2 has a word for it; before, it was
// said by attribute and wrapped.
func xmlNode(v *view, xml *document.Node) string {
	isArray := slices.Equal(v.types, []string{"array"})
	switch kind := xml.Get("nodeType").String(); {
	case kind != "":
		return kind
	case truth(xml.Get("attribute")):
		return "attribute"
	case isArray && !truth(xml.Get("wrapped")):
		return "none"
	}
	return "element"
}
