package openapi

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// schemaKeywords are those that Swagger writes in a parameter or header itself.
var schemaKeywords = []string{
	"type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern",
	"maxItems", "minItems", "uniqueItems", "enum", "multipleOf", "x-nullable",
}

// parameters rewrites those parameters that are not in the body.
func (u *upgrade) parameters(list []*document.Node) (all []*document.Node) {
	for _, ref := range list {
		p := u.resolve(ref)
		switch in := p.Get("in").String(); {
		case p == nil:
			all = append(all, ref) // an error when it is checked
		case in == "body" || in == "formData":
		case u.isShared(ref, "parameters"):
			all = append(all, ref)
		default:
			all = append(all, u.lead(ref, u.once(made{node: p}, func() *document.Node { return u.parameter(p) })))
		}
	}
	return all
}

func (u *upgrade) parameter(p *document.Node) *document.Node {
	if p == nil || p.Kind != document.Map || refOf(p) != nil {
		return p
	}
	o := newObject(p.Span)
	o.keep(p, "name", "in", "description", "required", "allowEmptyValue")
	o.keepExtensions(besides(p, "x-nullable"))
	holds := u.value(p)
	u.style(o, holds, p)
	o.put("schema", firstKey(p, "type", "name"), holds.Node)
	return o.Node
}

// besides returns n without one of its members.
func besides(n *document.Node, name string) *document.Node {
	o := newObject(n.Span)
	for i, key := range keysOf(n) {
		if key.Text != name {
			o.put(key.Text, key, n.Items[i])
		}
	}
	return o.Node
}

// value makes a schema of what Swagger writes in a parameter, a header, or their items.
func (u *upgrade) value(n *document.Node) object {
	o := newObject(n.Span)
	for _, keyword := range schemaKeywords {
		switch key, v := n.Key(keyword), n.Get(keyword); {
		case v == nil:
		case keyword == "items":
			inner := u.value(v)
			if f := v.Get("collectionFormat"); f != nil && f.String() != "csv" {
				inner.put("collectionFormat", v.Key("collectionFormat"), f)
			}
			o.put(keyword, key, inner.Node)
		case keyword == "x-nullable":
			o.put("nullable", key, v)
		case keyword == "type" && v.String() == "file":
			o.put("type", key, word("string", v.Span))
			o.put("format", key, word("binary", v.Span))
		default:
			o.put(keyword, key, v)
		}
	}
	return o
}

// A style is how OpenAPI 3 says how a list is written.
type style struct {
	name    string
	explode bool
}

// styles are those for the collectionFormat of a list in the query or a form.
var styles = map[string]style{"": {"form", false}, "csv": {"form", false}, "multi": {"form", true}, "ssv": {"spaceDelimited", false}, "pipes": {"pipeDelimited", false}}

// style says in o how the list p is written, or leaves the word of Swagger in its schema
// where there is none.
func (u *upgrade) style(o, holds object, p *document.Node) {
	if p.Get("type").String() != "array" {
		return
	}
	format, key := p.Get("collectionFormat"), firstKey(p, "collectionFormat", "type")
	in := p.Get("in").String()
	s, known := styles[format.String()]
	switch {
	case in == "query" || in == "formData":
	case format.String() == "" || format.String() == "csv":
		return // as lists in a path or header are written anyhow
	default:
		known = false
	}
	if !known {
		holds.put("collectionFormat", key, format)
		return
	}
	o.put("style", key, word(s.name, key.At()))
	o.put("explode", key, flag(s.explode, key.At()))
}

// maxMedia is how many media types an operation may have.
const maxMedia = 50

// media returns the media types of an operation, or else those of the whole, or else
// one that nobody said.
func (u *upgrade) media(own *document.Node, keyword string, unsaid string) []*document.Node {
	if own == nil {
		own = u.root.Get(keyword)
	}
	if all := own.List(); len(all) > maxMedia {
		u.lib.problems.Addf(all[maxMedia].Span, "want at most %d media types", maxMedia)
		return all[:maxMedia]
	} else if len(all) > 0 {
		return all
	}
	n := word(unsaid, u.root.Span)
	u.lib.unsaid[n] = true
	return []*document.Node{n}
}

// content describes a body in each of its media types.
func (u *upgrade) content(types []*document.Node, media func(name string) *document.Node) *document.Node {
	o := newObject(types[0].Span)
	for _, t := range types {
		if o.Key(t.Text) == nil {
			o.Keys, o.Items = append(o.Keys, t), append(o.Items, media(t.Text))
		}
	}
	return o.Node
}

// requestBody makes a body of the parameters that are sent in it.
func (u *upgrade) requestBody(sent []*document.Node, consumes *document.Node) *document.Node {
	first := u.resolve(sent[0])
	if first.Get("in").String() == "formData" {
		return u.form(sent, consumes)
	}
	if consumes == nil && u.isShared(sent[0], "parameters") {
		return sent[0]
	}
	o := newObject(first.Span)
	o.keep(first, "description", "required")
	o.keepExtensions(first)
	media := newObject(first.Span)
	media.put("schema", first.Key("schema"), u.schema(first.Get("schema")))
	o.put("content", first.Key("in"), u.content(u.media(consumes, "consumes", "application/json"), func(string) *document.Node { return media.Node }))
	return o.Node
}

// form makes a body of the fields of a form.
func (u *upgrade) form(sent []*document.Node, consumes *document.Node) *document.Node {
	first := u.resolve(sent[0])
	holds, fields, encoding := newObject(first.Span), newObject(first.Span), newObject(first.Span)
	required := &document.Node{Kind: document.List, Span: first.Span}
	hasFile := false
	for _, ref := range sent {
		p := u.resolve(ref)
		if p.Get("in").String() != "formData" {
			continue
		}
		name := p.Get("name")
		field, written := u.value(p), newObject(p.Span)
		field.keep(p, "description", "allowEmptyValue")
		field.keepExtensions(besides(p, "x-nullable"))
		if u.style(written, field, p); len(written.Keys) > 0 {
			encoding.put(name.String(), name, written.Node)
		}
		hasFile = hasFile || p.Get("type").String() == "file"
		fields.Keys, fields.Items = append(fields.Keys, word(name.String(), name.At())), append(fields.Items, field.Node)
		if truth(p.Get("required")) {
			required.Items = append(required.Items, word(name.String(), p.Key("required").At()))
		}
	}
	holds.put("type", first, word("object", first.Span))
	holds.put("properties", first, fields.Node)
	body, media := newObject(first.Span), newObject(first.Span)
	if len(required.Items) > 0 {
		holds.put("required", first, required)
		body.put("required", first, flag(true, required.Items[0].Span))
	}
	media.put("schema", first, holds.Node)
	if len(encoding.Keys) > 0 {
		media.put("encoding", first, encoding.Node)
	}
	body.put("content", first, u.content(u.formMedia(consumes, hasFile), func(string) *document.Node { return media.Node }))
	return body.Node
}

// formMedia lists the media types in which a form may be sent: what is no form in
// consumes is for other operations.
func (u *upgrade) formMedia(consumes *document.Node, hasFile bool) []*document.Node {
	unsaid := "application/x-www-form-urlencoded"
	if hasFile {
		unsaid = "multipart/form-data"
	}
	all := slices.DeleteFunc(slices.Clone(u.media(consumes, "consumes", unsaid)), func(t *document.Node) bool {
		return t.Text != "multipart/form-data" && (t.Text != "application/x-www-form-urlencoded" || hasFile)
	})
	if len(all) == 0 {
		return []*document.Node{word(unsaid, u.root.Span)}
	}
	return all
}

func (u *upgrade) response(n, produces *document.Node) *document.Node {
	if n == nil || n.Kind != document.Map || refOf(n) != nil {
		return n
	}
	o := newObject(n.Span)
	o.keep(n, "description")
	o.keepExtensions(n)
	o.put("headers", n.Key("headers"), named(n.Get("headers"), func(h *document.Node) *document.Node {
		header := newObject(h.Span)
		header.keep(h, "description")
		header.keepExtensions(besides(h, "x-nullable"))
		holds := u.value(h)
		u.style(header, holds, h)
		header.put("schema", firstKey(h, "type"), holds.Node)
		return header.Node
	}))
	holds, examples := u.schema(n.Get("schema")), n.Get("examples")
	if holds == nil && examples == nil {
		return o.Node
	}
	var types []*document.Node
	if holds != nil {
		types = slices.Clone(u.media(produces, "produces", "application/json"))
	}
	for _, key := range keysOf(examples) {
		if holds == nil {
			types = append(types, key)
		}
	}
	if len(types) == 0 {
		return o.Node
	}
	plain := newObject(n.Span)
	plain.put("schema", n.Key("schema"), holds)
	o.put("content", firstKey(n, "schema", "examples"), u.content(types, func(name string) *document.Node {
		if examples.Key(name) == nil {
			return plain.Node
		}
		media := newObject(n.Span)
		media.put("schema", n.Key("schema"), holds)
		media.put("example", examples.Key(name), examples.Get(name))
		return media.Node
	}))
	return o.Node
}

// schema rewrites a schema, or any document that holds some, once.
func (u *upgrade) schema(n *document.Node) *document.Node { return u.within(n, false) }

// within rewrites a schema, or what stands in one; the keys of n may be names.
func (u *upgrade) within(n *document.Node, names bool) *document.Node {
	if n == nil || n.Kind == document.Scalar {
		return n
	}
	if done := u.schemas[n]; done != nil {
		return done
	}
	c := &document.Node{Kind: n.Kind, Span: n.Span}
	u.schemas[n] = c
	isFile := !names && n.Get("type").String() == "file"
	for i, item := range n.Items {
		if n.Kind == document.List {
			c.Items = append(c.Items, u.within(item, false))
			continue
		}
		key := n.Keys[i]
		switch {
		case names:
			item = u.within(item, false)
		case key.Text == "x-nullable" && item.Tag == document.Bool:
			key = word("nullable", key.Span)
		case key.Text == "discriminator" && item.Kind == document.Scalar:
			name := newObject(item.Span)
			name.put("propertyName", item, item)
			item = name.Node
		case key.Text == "type" && isFile:
			item = word("string", item.Span)
			object{c}.put("format", key, word("binary", item.Span))
		case item.Kind == document.Scalar || slices.Contains(plainKeys, key.Text):
		default:
			item = u.within(item, slices.Contains(nameKeys, key.Text))
		}
		c.Keys, c.Items = append(c.Keys, key), append(c.Items, item)
	}
	return c
}

// flowNames are what the flows of OAuth are called in Swagger.
var flowNames = map[string]string{"implicit": "implicit", "password": "password", "application": "clientCredentials", "accessCode": "authorizationCode"}

func securityScheme(n *document.Node) *document.Node {
	o := newObject(n.Span)
	o.keep(n, "description", "name", "in")
	o.keepExtensions(n)
	kind := n.Get("type")
	switch kind.String() {
	case "basic":
		o.put("type", n.Key("type"), word("http", kind.Span))
		o.put("scheme", n.Key("type"), word("basic", kind.Span))
	case "oauth2":
		o.keep(n, "type")
		flow, flows := newObject(n.Span), newObject(n.Span)
		flow.keep(n, "authorizationUrl", "tokenUrl", "scopes")
		name := n.Get("flow")
		if known := flowNames[name.String()]; known != "" {
			flows.put(known, n.Key("flow"), flow.Node)
		}
		o.put("flows", n.Key("flow"), flows.Node)
	default:
		o.keep(n, "type")
	}
	return o.Node
}
