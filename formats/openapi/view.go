package openapi

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// A view is a schema as it is compared: references are followed, and the spellings of
// null and of a list of types are one.
type view struct {
	lib     *library
	parts   []*document.Node // what says something: beside a reference, then behind it
	decl    change.Path      // where it is declared; empty: where it stands
	name    string           // of the declaration
	truth   *bool            // it is true or false
	null    bool             // null is allowed besides types
	wrapped bool             // it is the one alternative beside null
	types   []string         // without null; nil: any
	list    string           // the keyword that lists the types: oneOf or anyOf

	byName map[string]field // the properties, and what has to be there, when asked for
	must   map[string]bool
}

// node is the schema itself, where to point.
func (v *view) node() *document.Node { return v.parts[0] }

func (d *differ) view(lib *library, n *document.Node) *view {
	if v := d.views[n]; v != nil {
		return v
	}
	v := readView(lib, n, 0)
	d.views[n] = v
	return v
}

func readView(lib *library, n *document.Node, depth int) *view {
	v := &view{lib: lib}
	for range maxChain {
		ref := refOf(n)
		if ref == nil {
			break
		}
		if lib.dialect != valueset.OpenAPI30 && len(n.Keys) > 1 {
			v.parts = append(v.parts, n)
		}
		t := lib.follow(ref)
		if t.node == nil {
			break
		}
		if !v.says("$ref") { // what stands beside it describes this use of it
			v.decl, v.name = t.decl, t.name
		}
		n = t.node
	}
	if dynamic := n.Get("$dynamicRef"); dynamic.String() != "" && len(dynamic.Text) > 1 && dynamic.Text[0] == '#' {
		if t := lib.follow(dynamic); t.node != nil && t.node != n {
			v.parts = append(v.parts, n)
			n = t.node
		}
	}
	v.parts = append(v.parts, n)
	if n != nil && n.Kind == document.Scalar && n.Tag == document.Bool {
		is := truth(n)
		v.truth = &is
		return v
	}
	v.readTypes()
	if depth < maxChain {
		v.unwrap(depth)
	}
	return v
}

func (v *view) readTypes() {
	n := v.get("type")
	names := n.List()
	if n != nil && n.Kind == document.Scalar {
		names = []*document.Node{n}
	}
	for _, name := range names {
		if name.Text == "null" {
			v.null = true
		} else {
			v.types = append(v.types, name.Text)
		}
	}
	v.null = v.null || truth(v.get("nullable"))
}

// valueKeywords decide which values a schema allows.
var valueKeywords = []string{
	"type", "enum", "const", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "format",
	"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems",
	"properties", "patternProperties", "additionalProperties", "propertyNames", "required", "minProperties", "maxProperties",
	"dependentRequired", "dependentSchemas", "unevaluatedProperties", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$dynamicRef",
}

// says reports whether v has a keyword about values besides those given.
func (v *view) says(besides ...string) bool {
	for _, part := range v.parts {
		for _, key := range keysOf(part) {
			if slices.Contains(valueKeywords, key.Text) && !slices.Contains(besides, key.Text) {
				return true
			}
		}
	}
	return false
}

// unwrap turns "one of this and null" into this with null allowed, and a list of bare
// types into types.
func (v *view) unwrap(depth int) {
	for _, keyword := range []string{"oneOf", "anyOf"} {
		members := v.get(keyword).List()
		if len(members) == 0 || v.says(keyword) {
			continue
		}
		if types, ok := bareTypes(v.lib, members); ok {
			v.list = keyword
			for _, t := range types {
				if t == "null" {
					v.null = true
				} else {
					v.types = append(v.types, t)
				}
			}
			return
		}
		for i, m := range members {
			if len(members) == 2 && isNull(m) {
				inner := readView(v.lib, members[1-i], depth+1)
				inner.null, inner.wrapped = true, true
				if inner.truth == nil {
					*v = *inner
				}
				return
			}
		}
	}
}

func isNull(n *document.Node) bool {
	return n.Get("type").String() == "null" || len(n.Get("enum").List()) == 1 && n.Get("enum").Items[0].IsNull() && n.Get("type") == nil
}

// bareTypes returns the types of schemas that say nothing else. Types that overlap are
// no list of types.
func bareTypes(lib *library, members []*document.Node) (types []string, ok bool) {
	for _, m := range members {
		m, _ = lib.deref(m)
		t := m.Get("type")
		if t == nil || t.Kind != document.Scalar || slices.Contains(types, t.Text) {
			return nil, false
		}
		for _, key := range m.Keys {
			if slices.Contains(valueKeywords, key.Text) && key.Text != "type" || key.Text == "nullable" {
				return nil, false
			}
		}
		types = append(types, t.Text)
	}
	return types, !(slices.Contains(types, "integer") && slices.Contains(types, "number"))
}

// get returns the value of a keyword.
func (v *view) get(keyword string) *document.Node {
	for _, part := range v.parts {
		if n := part.Get(keyword); n != nil {
			return n
		}
	}
	return nil
}

// at returns where a keyword stands, or else the schema.
func (v *view) at(keyword string) source.Span {
	for _, part := range v.parts {
		if part.Get(keyword) != nil {
			return member(part, keyword)
		}
	}
	return top(v.parts[0])
}

// A field is a property as it is declared.
type field struct {
	name      string
	key, node *document.Node
}

// fields lists the properties.
func (v *view) fields() (all []field) {
	for _, part := range v.parts {
		properties := part.Get("properties")
		for i, key := range keysOf(properties) {
			all = append(all, field{key.Text, key, properties.Items[i]})
		}
	}
	return all
}

// field finds a property.
func (v *view) field(name string) (field, bool) {
	if v.byName == nil {
		v.byName = make(map[string]field)
		for _, f := range v.fields() {
			if _, ok := v.byName[f.name]; !ok {
				v.byName[f.name] = f
			}
		}
	}
	f, ok := v.byName[name]
	return f, ok
}

func (v *view) requires(name string) bool {
	if v.must == nil {
		v.must = make(map[string]bool)
		for _, part := range v.parts {
			for _, item := range part.Get("required").List() {
				v.must[item.Text] = true
			}
		}
	}
	return v.must[name]
}

// listed returns the item of a list that is this text.
func listed(n *document.Node, text string) *document.Node {
	for _, item := range n.List() {
		if item.Text == text {
			return item
		}
	}
	return nil
}

// isClosed reports whether v allows no members that it does not list.
func (v *view) isClosed() bool {
	return isFalse(v.get("additionalProperties")) || isFalse(v.get("unevaluatedProperties"))
}

func isFalse(n *document.Node) bool {
	return n != nil && n.Kind == document.Scalar && n.Tag == document.Bool && !truth(n)
}

// flag reports whether a keyword is true, in the schema or what it refers to.
func (v *view) flag(keyword string) bool { return truth(v.get(keyword)) }
