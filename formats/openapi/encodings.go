package openapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// encodings compares how the parts of a body in several parts are written: those that
// are known by name, by their place, and all the others.
func (d *differ) encodings(path change.Path, base, head *document.Node) {
	was, is := base.Get("encoding"), head.Get("encoding")
	for i, key := range keysOf(was) {
		d.encoding(path, "encoding "+key.Text, was.Items[i], is.Get(key.Text), key, is.Key(key.Text))
	}
	for i, key := range keysOf(is) {
		if was.Key(key.Text) == nil {
			d.encoding(path, "encoding "+key.Text, nil, is.Items[i], base.Key("encoding"), key)
		}
	}
	for _, keyword := range []string{"prefixEncoding", "itemEncoding"} {
		if b, h := base.Get(keyword), head.Get(keyword); b != nil || h != nil {
			d.encoding(path, keyword, b, h, base.Key(keyword), head.Key(keyword))
		}
	}
}

// encoding compares how one part is written, which is one edit whatever of it changed.
func (d *differ) encoding(path change.Path, key string, b, h, baseKey, headKey *document.Node) {
	d.extensions(path, b, h)
	var edited []string
	for _, keyword := range []string{"contentType", "style", "explode", "allowReserved", "headers", "encoding", "prefixEncoding", "itemEncoding"} {
		if was, is := b.Get(keyword), h.Get(keyword); !document.Equal(was, is) || was != nil && !d.apart && !d.same(was, is) {
			edited = append(edited, keyword)
		}
	}
	if (b == nil || b.Kind != document.Map || h == nil || h.Kind != document.Map) && !document.Equal(b, h) {
		edited = append(edited, "") // added, removed, or a list
	}
	if len(edited) == 0 {
		return
	}
	d.report(change.Change{
		Rule: spellingChanged, Path: path, Key: key, From: textOf(b), To: textOf(h),
		Detail: strings.TrimSuffix(fmt.Sprintf("%s: %s changed: %s", path, key, strings.Join(slices.DeleteFunc(edited, func(k string) bool { return k == "" }), ", ")), ": "),
		Base:   cmp.Or(baseKey, b).At(), Head: cmp.Or(headKey, h).At(),
	})
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
