package odcs

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
	"github.com/breakwater-data/breakwater/formats/odcs/modern"
)

// A reader reads the objects and objectives of one contract.
type reader struct {
	problems   *document.Problems
	objectives *slo.Reader
	form       modern.Contract
	dialect    table.Dialect // of physical types
	logical    table.Dialect // of logical ones
	files      bool
}

// objects reads schema.
func (r *reader) objects(n *document.Node) []*table.Table {
	var all []*table.Table
	for _, o := range r.namedList(n.Get("schema"), "schema", "object") {
		t := &table.Table{Named: r.named(o), Kind: r.text(o, "physicalType"), Files: r.files, Unordered: r.form.Unordered}
		t.Columns = r.properties(o, nil)
		all = append(all, t)
	}
	return all
}

// namedList returns the items of a list of maps that have a name, each its own.
func (r *reader) namedList(n *document.Node, key, what string) []*document.Node {
	if n.IsNull() {
		return nil
	}
	if n.Kind != document.List {
		r.problems.Addf(n.Span, "want a list for %q, in which every %s has a name", key, what)
		return nil
	}
	names, ids := make(map[string]source.Span), make(map[string]source.Span)
	var all []*document.Node
	for _, item := range n.Items {
		name := item.Get("name").String()
		if item.Kind != document.Map || name == "" {
			r.problems.Addf(memberOr(item, "name"), "want a name for this %s of %q", what, key)
			continue
		}
		unique(names, name, member(item, "name"), fmt.Sprintf("%s %q", what, name), r.problems)
		if id := item.Get("id").String(); id != "" {
			unique(ids, id, member(item, "id"), fmt.Sprintf("id %q", id), r.problems)
		}
		all = append(all, item)
	}
	return all
}

func (r *reader) named(n *document.Node) table.Named {
	deprecated, instead := r.deprecated(n)
	return table.Named{
		Name:       n.Get("name").String(),
		ID:         n.Get("id").String(),
		Physical:   r.text(n, "physicalName"),
		Doc:        strings.TrimSpace(n.Get("description").String()),
		Deprecated: deprecated,
		Instead:    instead,
		Span:       memberOr(n, "name"),
		Attributes: func(a table.Attribute) source.Span { return member(n, attributes[a]...) },
		Node:       n,
	}
}

// deprecated reads a member of v3.2: true, or what to use instead.
func (r *reader) deprecated(n *document.Node) (yes bool, instead string) {
	d := n.Get("deprecated")
	yes = !d.IsNull() && (d.Kind != document.Scalar || d.Text != "" && !strings.EqualFold(d.Text, "false"))
	if yes && d.Kind == document.Scalar && d.Tag == document.String && !strings.EqualFold(d.Text, "true") {
		instead = d.Text
	}
	return yes, instead
}

// properties reads the properties of n, an object or a property. Those in required
// are never null, whatever they say themselves.
func (r *reader) properties(n *document.Node, required map[string]bool) []*table.Column {
	var all []*table.Column
	for _, p := range r.namedList(n.Get("properties"), "properties", "property") {
		c := r.column(p)
		c.Required = c.Required || required[c.Name]
		all = append(all, c)
	}
	return all
}

// column reads a property, or the items of an array, which need no name.
func (r *reader) column(n *document.Node) *table.Column {
	c := &table.Column{
		Named:    r.named(n),
		Logical:  r.logicalType(n),
		Type:     table.Type{Text: r.text(n, "physicalType"), Dialect: r.words(n.Get("physicalType"))},
		Required: r.flag(n, "required"),
		Unique:   r.flag(n, "unique"),
		Key:      r.flag(n, "primaryKey"),
		Class:    r.text(n, "classification"),
	}
	if r.flag(n, "partitioned") {
		c.Partition = place(n.Get("partitionKeyPosition"))
	}
	for _, tag := range n.Get("tags").List() {
		c.Labels = append(c.Labels, "tag:"+tag.String())
	}
	options := r.options(n, c)
	values := valuesOf(n)
	c.Values = values.Values
	c.Fields = r.properties(n, options.required)
	r.parts(n, c)
	if c.Items != nil && options.unique {
		c.Items.Unique = true
	}
	return c
}

// words tells in whose words a physical type is.
func (r *reader) words(n *document.Node) table.Dialect {
	if own, ok := r.form.Types[n]; ok {
		return own
	}
	return r.dialect
}

// parts reads what arrays and maps hold.
func (r *reader) parts(n *document.Node, c *table.Column) {
	if items := r.mapOf(n, "items"); items != nil {
		c.Items = r.column(items)
		if n.Get("items").Get("name") == nil {
			c.Items.Span = member(n, "items")
		}
	}
	if pair := r.mapOf(n, "map"); pair != nil {
		if key := r.mapOf(pair, "key"); key != nil {
			c.MapKey = r.column(key)
		}
		if value := r.mapOf(pair, "value"); value != nil {
			c.MapValue = r.column(value)
			c.MapValue.Span = member(pair, "value")
		}
	}
}

// mapOf returns a member that has to be a map, or nil.
func (r *reader) mapOf(n *document.Node, key string) *document.Node {
	v := n.Get(key)
	switch {
	case v.IsNull():
		return nil
	case v.Kind != document.Map:
		r.problems.Addf(v.Span, "want a map for %q", key)
		return nil
	}
	return v
}

// attributes are the keys by which an attribute is given.
var attributes = map[table.Attribute][]string{
	table.ItsStoredName:  {"physicalName"},
	table.ItsKind:        {"physicalType"},
	table.ItsType:        {"physicalType", "logicalType"},
	table.ItsLogicalType: {"logicalType"},
	table.ItsRequired:    {"required"},
	table.ItsUnique:      {"unique"},
	table.ItsKey:         {"primaryKey"},
	table.ItsPartition:   {"partitioned", "partitionKeyPosition"},
	table.ItsClass:       {"classification"},
	table.ItsDeprecated:  {"deprecated"},
}

// logicalTypes are the types of the standard; map and vector come with v3.2.
var logicalTypes = []string{"string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean", "map", "vector"}

func (r *reader) logicalType(n *document.Node) table.Type {
	text := r.text(n, "logicalType")
	if text == "" {
		return table.Type{}
	}
	t := table.Type{Text: strings.ToLower(text), Dialect: r.logical}
	for _, known := range logicalTypes {
		if t.Text == known {
			return t
		}
	}
	if isVariable(text) || r.form.AnyType {
		return table.Type{Text: text, Dialect: r.logical}
	}
	r.problems.Addf(n.Get("logicalType").Span, "%q is no logical type%s", text, document.Suggest(text, logicalTypes))
	return table.Type{}
}

// isVariable reports whether text is filled in by a tool before the contract is
// used. What it will be is not known, so it is compared as it stands.
func isVariable(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "{{")
}

// text reads a member that is a word or a text.
func (r *reader) text(n *document.Node, key string) string {
	v := n.Get(key)
	if !v.IsNull() && v.Kind != document.Scalar {
		r.problems.Addf(v.Span, "want a text for %q", key)
	}
	return strings.TrimSpace(v.String())
}

// flag reads a member that is true or false, and false if it is not given.
func (r *reader) flag(n *document.Node, key string) bool {
	v := n.Get(key)
	switch strings.ToLower(v.String()) {
	case "true", "yes":
		return true
	case "false", "no":
		return false
	}
	if !v.IsNull() {
		r.problems.Addf(v.Span, "want true or false for %q", key)
	}
	return false
}

// place reads a position that counts from 1. What is not given stands behind all
// that is.
func place(n *document.Node) int {
	const last = 1 << 30
	if at, err := strconv.Atoi(n.String()); err == nil && 0 < at && at < last {
		return at
	}
	return last
}
