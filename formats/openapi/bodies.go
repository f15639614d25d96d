package openapi

import (
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// requestBody compares what is sent in the body.
func (o *operation) requestBody() {
	was, is := o.b.node.Get("requestBody"), o.h.node.Get("requestBody")
	if was != nil && is != nil && o.d.same(was, is) {
		return
	}
	b, t := o.d.base.lib.deref(was)
	h, _ := o.d.head.lib.deref(is)
	at := o.path.Join(change.Name("request"), change.Name("body"))
	c := change.Change{Path: at}
	switch {
	case b == nil && h == nil:
		return
	case b == nil:
		c.Rule, c.Detail, c.Base, c.Head = requestBodyAdded, fmt.Sprintf("%s takes a body now", o.path), o.b.key.At(), member(o.h.node, "requestBody")
		id := "request-body-added-optional"
		if truth(h.Get("required")) {
			c.Rule, id = requestBodyRequiredAdded, "request-body-added-required"
			c.Detail += ", which has to be sent"
		}
		o.report(c, id)
		return
	case h == nil:
		c.Rule, c.Detail, c.Base, c.Head = requestBodyRemoved, fmt.Sprintf("%s takes no body any more", o.path), member(o.b.node, "requestBody"), o.h.key.At()
		o.report(c, "request-body-removed")
		return
	}
	if t.decl != "" && !o.d.base.lib.isOneDeclared(b) {
		at = declared(o.context(true, body), t.decl)
	}
	o.d.notes(at, b, h, "description")
	c.Path, c.Key, c.Base, c.Head = at, "required", member(b, "required"), member(h, "required")
	switch before, after := truth(b.Get("required")), truth(h.Get("required")); {
	case !before && after:
		c.Rule, c.Detail = requestBodyRequired, fmt.Sprintf("the body of %s has to be sent now", o.path)
		o.report(c, "request-body-became-required")
	case before && !after:
		c.Rule, c.Detail = requestBodyOptional, fmt.Sprintf("the body of %s may be left out", o.path)
		o.report(c, "request-body-became-optional")
	}
	o.mediaTypes(at, b, h, o.context(true, body))
}

// isOneDeclared reports whether a body is in one media type and of a schema that is
// declared by name, which then is what its fields are told of.
func (l *library) isOneDeclared(n *document.Node) bool {
	content := n.Get("content")
	if len(keysOf(content)) != 1 {
		return false
	}
	media, _ := l.deref(content.Items[0])
	holds := media.Get("schema")
	return holds != nil && readView(l, holds, 0).decl != ""
}

// responses compares what the operation answers.
func (o *operation) responses() {
	was, is := o.b.node.Get("responses"), o.h.node.Get("responses")
	o.d.extensions(o.path.Join(change.Name("responses")), was, is)
	for i, key := range keysOf(was) {
		if now := is.Get(key.Text); now != nil {
			o.response(key.Text, was.Items[i], now)
			continue
		}
		o.responseGone(key, was.Items[i], is)
	}
	for i, key := range keysOf(is) {
		if was.Get(key.Text) == nil && !strings.HasPrefix(key.Text, "x-") {
			path := o.path.Join(change.Name(key.Text))
			o.report(change.Change{
				Rule: responseAdded, Path: path, To: short(key.Text), Detail: fmt.Sprintf("%s may answer %s", o.path, short(key.Text)),
				Base: member(o.b.node, "responses"), Head: keyAndValue(key, is.Items[i]),
			}, statusID(key.Text, "added"))
		}
	}
}

func statusID(status, word string) string {
	n, err := strconv.Atoi(status)
	switch {
	case err != nil:
		return ""
	case n >= 200 && n <= 299:
		return "response-success-status-" + word
	}
	return "response-non-success-status-" + word
}

// rangeOf returns the status that covers another: 2XX, else default.
func rangeOf(responses *document.Node, status string) *document.Node {
	if len(status) == 3 {
		for _, key := range []string{status[:1] + "XX", status[:1] + "xx"} {
			if n := responses.Get(key); n != nil {
				return n
			}
		}
	}
	return responses.Get("default")
}

func (o *operation) responseGone(key, was, is *document.Node) {
	if strings.HasPrefix(key.Text, "x-") {
		return
	}
	path := o.path.Join(change.Name(key.Text))
	isSuccess := strings.HasPrefix(key.Text, "2")
	c := change.Change{
		Rule: otherResponseRemoved, Path: path, From: short(key.Text), Detail: fmt.Sprintf("%s never answers %s any more", o.path, short(key.Text)),
		Base: keyAndValue(key, was), Head: member(o.h.node, "responses"),
	}
	instead := rangeOf(is, key.Text)
	if isSuccess {
		c.Rule = responseRemoved
		if instead != nil && instead != is.Get("default") {
			c.Rule, c.Detail = responseRange, fmt.Sprintf("%s answers %s among others", o.path, short(key.Text))
		}
	}
	o.report(c, statusID(key.Text, "removed"))
	if instead != nil && o.b.node.Get("responses").Get("default") == nil && c.Rule != responseRemoved {
		inner := *o
		inner.quiet = true // the peer looks at the same status only
		inner.response(key.Text, was, instead)
	}
}

func (o *operation) response(status string, was, is *document.Node) {
	if o.d.same(was, is) {
		return
	}
	b, t := o.d.base.lib.deref(was)
	h, _ := o.d.head.lib.deref(is)
	at := o.path.Join(change.Name(status))
	x := o.context(false, body)
	if t.decl != "" {
		at = declared(x, t.decl)
	}
	o.headers(at, b, h)
	o.links(at, b, h)
	o.mediaTypes(at.Join(change.Name("body")), b, h, x)
	o.d.notes(at, b, h, "summary", "description")
}

// headers compares the headers of a response.
func (o *operation) headers(at change.Path, base, head *document.Node) {
	was, is := base.Get("headers"), head.Get("headers")
	get := func(n *document.Node, name string) (key, value *document.Node) {
		for i, key := range keysOf(n) {
			if strings.EqualFold(key.Text, name) {
				return key, n.Items[i]
			}
		}
		return nil, nil
	}
	for i, key := range keysOf(was) {
		b, _ := o.d.base.lib.deref(was.Items[i])
		path := at.Join(change.Name("header"), change.Name(key.Text))
		_, now := get(is, key.Text)
		if now == nil {
			rule, id := optionalHeaderRemoved, "optional-response-header-removed"
			if truth(b.Get("required")) {
				rule, id = headerRemoved, "required-response-header-removed"
			}
			o.report(change.Change{
				Rule: rule, Path: path, From: short(key.Text), Detail: fmt.Sprintf("%s is gone", path),
				Base: keyAndValue(key, was.Items[i]), Head: top(head),
			}, id)
			continue
		}
		o.header(path, was.Items[i], now)
	}
	for i, key := range keysOf(is) {
		if before, _ := get(was, key.Text); before == nil {
			path := at.Join(change.Name("header"), change.Name(key.Text))
			o.report(change.Change{
				Rule: headerAdded, Path: path, To: short(key.Text), Detail: fmt.Sprintf("%s is new", path),
				Base: top(base), Head: keyAndValue(key, is.Items[i]),
			}, "response-header-added")
		}
	}
}

func (o *operation) header(path change.Path, was, is *document.Node) {
	if o.d.same(was, is) {
		return
	}
	b, t := o.d.base.lib.deref(was)
	h, _ := o.d.head.lib.deref(is)
	x := o.context(false, header)
	if t.decl != "" {
		path = declared(x, t.decl)
	}
	c := change.Change{Path: path, Key: "required", Base: member(b, "required"), Head: member(h, "required")}
	switch before, after := truth(b.Get("required")), truth(h.Get("required")); {
	case before && !after:
		c.Rule, c.Detail = headerOptional, fmt.Sprintf("%s may be missing now", path)
		o.report(c, "response-header-became-optional")
	case !before && after:
		c.Rule, c.Detail = headerRequired, fmt.Sprintf("%s is always there now", path)
		o.report(c)
	}
	o.headerNotes(path, b, h)
	x.text = true
	if before, after := serialisation(param{node: b}), serialisation(param{node: h}); before != after {
		o.report(change.Change{
			Rule: parameterEncodingChanged, Path: path, Key: "style", From: before, To: after, Detail: fmt.Sprintf("%s: %s became %s", path, before, after),
			Base: top(b), Head: top(h),
		})
	}
	x.kept = t.decl != ""
	o.content(path, b, h, x)
}

// headerNotes compares what is said of a header besides what it holds.
func (o *operation) headerNotes(path change.Path, b, h *document.Node) {
	o.d.notes(path, b, h, "description", "example", "examples")
	p := pair{d: o.d, path: path, b: &view{lib: o.d.base.lib, parts: []*document.Node{b}}, h: &view{lib: o.d.head.lib, parts: []*document.Node{h}}}
	switch was, is := p.b.flag("deprecated"), p.h.flag("deprecated"); {
	case !was && is:
		p.edit(fieldDeprecated, "deprecated")
	case was && !is:
		p.edit(fieldUndeprecated, "deprecated")
	}
}

// links compares the operations that a response leads to.
func (o *operation) links(at change.Path, base, head *document.Node) {
	was, is := base.Get("links"), head.Get("links")
	for i, key := range keysOf(was) {
		now := is.Get(key.Text)
		if now != nil && o.d.same(was.Items[i], now) {
			continue
		}
		b, _ := o.d.base.lib.deref(was.Items[i])
		h, _ := o.d.head.lib.deref(now)
		same := h != nil
		for _, keyword := range []string{"operationRef", "operationId", "parameters", "requestBody", "server"} {
			same = same && document.Equal(b.Get(keyword), h.Get(keyword))
		}
		path := at.Join(change.Name("links"), change.Name(key.Text))
		if h != nil {
			o.d.notes(path, b, h, "description")
		}
		if same {
			continue
		}
		words := " leads elsewhere"
		if now == nil {
			words = " is gone"
		}
		o.report(change.Change{
			Rule: linkChanged, Path: path, Detail: string(path) + words, Base: keyAndValue(key, was.Items[i]), Head: member(head, "links"),
		})
	}
	for i, key := range keysOf(is) {
		if was.Key(key.Text) == nil {
			path := at.Join(change.Name("links"), change.Name(key.Text))
			o.report(change.Change{Rule: linkAdded, Path: path, Detail: string(path) + " is new", Base: member(base, "links"), Head: keyAndValue(key, is.Items[i])})
		}
	}
}

// isTyped reports whether values in a media type have types: JSON in all its forms and
// what is like it.
func isTyped(name string) bool {
	bare, _, _ := strings.Cut(strings.ToLower(name), ";")
	bare = strings.TrimSpace(bare)
	switch {
	case strings.HasPrefix(bare, "text/") && !strings.Contains(bare, "json"), strings.HasSuffix(bare, "/xml"), strings.HasSuffix(bare, "+xml"):
		return false
	case bare == "application/x-www-form-urlencoded", strings.HasPrefix(bare, "multipart/"):
		return false
	}
	return true
}

// mediaTypes compares bodies per media type.
func (o *operation) mediaTypes(at change.Path, base, head *document.Node, x situation) {
	was, is := base.Get("content"), head.Get("content")
	several := len(keysOf(was)) > 1
	renamed := o.renamed(was, is)
	o.unsaid(was, is, renamed)
	for i, key := range keysOf(was) {
		path := at
		if several {
			path = at.Join(change.Name(key.Text))
		}
		now := is.Get(key.Text)
		if to := renamed[key.Text]; to != "" {
			now = is.Get(to)
			if !o.d.base.lib.unsaid[key] && !o.d.head.lib.unsaid[is.Key(to)] {
				o.renamedType(path, key, is.Key(to), x)
			}
		}
		if now == nil {
			rule, id := mediaTypeRemoved, "response-media-type-removed"
			if x.write {
				rule = requestMediaTypeRemoved
			}
			if x.called {
				id = "request-body-media-type-removed"
			}
			o.report(change.Change{
				Rule: rule, Path: path, Key: key.Text, From: short(key.Text), Detail: fmt.Sprintf("%s has no %s any more", path, short(key.Text)),
				Base: keyAndValue(key, was.Items[i]), Head: member(head, "content"),
			}, id)
			continue
		}
		o.mediaType(path, key.Text, was.Items[i], now, x)
	}
	for i, key := range keysOf(is) {
		if was.Get(key.Text) != nil || slices.Contains(valuesOf(renamed), key.Text) {
			continue
		}
		id := "response-media-type-added"
		if x.called {
			id = "request-body-media-type-added"
		}
		o.report(change.Change{
			Rule: mediaTypeAdded, Path: at, Key: key.Text, To: short(key.Text), Detail: fmt.Sprintf("%s may be %s", at, short(key.Text)),
			Base: member(base, "content"), Head: keyAndValue(key, is.Items[i]),
		}, id)
	}
}

// unsaid pairs a media type that Swagger leaves open with one that is left open in
// OpenAPI, which is how others convert it.
func (o *operation) unsaid(was, is *document.Node, pairs map[string]string) {
	const any = "*/*"
	b, h := keysOf(was), keysOf(is)
	if len(b) == 1 && len(h) == 1 && (o.d.base.lib.unsaid[b[0]] && h[0].Text == any || o.d.head.lib.unsaid[h[0]] && b[0].Text == any) {
		pairs[b[0].Text] = h[0].Text
	}
}

func valuesOf(m map[string]string) (all []string) {
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// renamed pairs media types of which one is a special form of the other: parameters, or
// a suffix such as +json.
func (o *operation) renamed(was, is *document.Node) map[string]string {
	pairs := make(map[string]string)
	for _, b := range keysOf(was) {
		for _, h := range keysOf(is) {
			if is.Get(b.Text) == nil && was.Get(h.Text) == nil && !slices.Contains(valuesOf(pairs), h.Text) && pairs[b.Text] == "" && (isForm(b.Text, h.Text) || isForm(h.Text, b.Text)) {
				pairs[b.Text] = h.Text
			}
		}
	}
	return pairs
}

// isForm reports whether special is general with parameters, or a structure of its own
// in that syntax.
func isForm(general, special string) bool {
	g, _, err1 := mime.ParseMediaType(general)
	s, _, err2 := mime.ParseMediaType(special)
	if err1 != nil || err2 != nil {
		return false
	}
	gType, gSub, _ := strings.Cut(g, "/")
	sType, sSub, _ := strings.Cut(s, "/")
	return g == s || gType == sType && strings.HasSuffix(sSub, "+"+gSub)
}

// renamedType tells a media type that is named more, or less, precisely.
func (o *operation) renamedType(path change.Path, from, to *document.Node, x situation) {
	rule, id := mediaTypeChanged, "response-media-type-name-changed"
	bareFrom, paramsFrom, _ := mime.ParseMediaType(from.Text)
	bareTo, paramsTo, _ := mime.ParseMediaType(to.Text)
	added, removed, changed := 0, 0, 0
	for k, v := range paramsTo {
		if was, ok := paramsFrom[k]; !ok {
			added++
		} else if was != v {
			changed++
		}
	}
	for k := range paramsFrom {
		if _, ok := paramsTo[k]; !ok {
			removed++
		}
	}
	switch {
	case added+removed+changed == 0 && isForm(from.Text, to.Text):
		rule, id = mediaTypeAdded, "response-media-type-name-specialized"
	case added+removed+changed == 0:
		rule, id = mediaTypeRemoved, "response-media-type-name-generalized"
	case bareFrom != bareTo || added > 0 && removed+changed > 0 || removed > 0 && changed > 0:
	case added > 0:
		rule, id = mediaTypeAdded, "response-media-type-parameter-added"
	case removed > 0:
		rule, id = mediaTypeRemoved, "response-media-type-parameter-removed"
	default:
		rule, id = mediaTypeRemoved, "response-media-type-parameter-changed"
	}
	if x.write {
		switch rule {
		case mediaTypeAdded:
			rule = requestMediaTypeRemoved
		case mediaTypeRemoved:
			rule = mediaTypeAdded
		}
	}
	if x.called {
		id = ""
	}
	o.report(change.Change{
		Rule: rule, Path: path, Key: from.Text, From: short(from.Text), To: short(to.Text), Detail: fmt.Sprintf("%s: %s became %s", path, short(from.Text), short(to.Text)),
		Base: from.At(), Head: to.At(),
	}, id)
}

// mediaType compares a body in one media type.
func (o *operation) mediaType(path change.Path, name string, was, is *document.Node, x situation) {
	if o.d.same(was, is) {
		return
	}
	was, _ = o.d.base.lib.deref(was)
	is, _ = o.d.head.lib.deref(is)
	bare, _, _ := strings.Cut(name, ";")
	bare = strings.TrimSpace(bare)
	x.loose = bare != "application/json" && !strings.HasSuffix(bare, "+json")
	x.text = !isTyped(name)
	side := "response-body-"
	if x.called {
		side = "request-body-"
	}
	if x.place == nowhere {
		side = "none-"
	}
	o.d.schemaOrNone(path, was.Get("schema"), is.Get("schema"), top(was), top(is), x, side+"media-type-schema-added", side+"media-type-schema-removed")
	id := side + "media-type-item-schema-removed"
	if side == "response-body-" && is.Get("schema") == nil {
		id += "-untyped"
	}
	o.d.schemaOrNone(path.Join(change.Items), was.Get("itemSchema"), is.Get("itemSchema"), top(was), top(is), x, side+"media-type-item-schema-added", id)
	o.d.encodings(path, was, is)
	o.d.notes(path, was, is, "description", "example", "examples")
}
