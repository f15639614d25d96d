package openapi

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// An extract is a small description that says of one operation what a witness needs,
// in words that the validator knows: files are joined, references lead to components of
// its own, and what decides nothing is left out. So the validator is given a few
// kilobytes of a description of megabytes, and reads nothing else.
type extract struct {
	lib        *library
	names      map[*document.Node]string // of schemas, in components
	taken      map[string]bool
	todo       []*document.Node
	components jsonObject
	formats    map[string]bool
	nodes      int
	unfit      bool // the validator could not judge by it
}

type jsonObject = map[string]any

// maxExtract is how many schemas one extract holds.
const maxExtract = 2000

func newExtract(lib *library) *extract {
	return &extract{lib: lib, names: make(map[*document.Node]string), taken: make(map[string]bool), components: make(jsonObject), formats: make(map[string]bool)}
}

// text writes the description with one operation, nil if the validator could not judge
// by it.
func (e *extract) text(template, method string, operation, schemes jsonObject) []byte {
	for len(e.todo) > 0 {
		n := e.todo[0]
		e.todo = e.todo[1:]
		e.components[e.names[n]] = e.keywords(n)
	}
	version := "3.1.0"
	if e.lib.dialect == valueset.OpenAPI30 {
		version = "3.0.3"
	}
	doc := jsonObject{
		"openapi": version, "info": jsonObject{"title": "extract", "version": "1"},
		"paths":      jsonObject{template: jsonObject{method: operation}},
		"components": jsonObject{"schemas": e.components, "securitySchemes": schemes},
	}
	text, err := json.Marshal(doc)
	if err != nil || e.unfit {
		return nil
	}
	return text
}

// schema writes a schema: a reference as one to a component.
func (e *extract) schema(n *document.Node) any {
	switch {
	case n == nil:
		return jsonObject{}
	case n.Kind == document.Scalar:
		if e.lib.dialect != valueset.OpenAPI30 {
			return truth(n)
		}
		return map[bool]any{true: jsonObject{}, false: jsonObject{"not": jsonObject{}}}[truth(n)]
	}
	ref := refOf(n)
	if ref == nil {
		ref = dynamicRefOf(n)
	}
	if ref == nil {
		return e.keywords(n)
	}
	t := e.lib.follow(ref)
	if t.node == nil {
		e.unfit = true
		return jsonObject{}
	}
	to := jsonObject{"$ref": "#/components/schemas/" + e.name(t)}
	if e.lib.dialect == valueset.OpenAPI30 || len(n.Keys) == 1 {
		return to
	}
	beside := e.keywords(n)
	if len(beside) == 0 {
		return to
	}
	return jsonObject{"allOf": []any{to, beside}}
}

func dynamicRefOf(n *document.Node) *document.Node {
	if ref := n.Get("$dynamicRef"); len(ref.String()) > 1 && ref.Text[0] == '#' {
		return ref
	}
	return nil
}

// name returns what the target of a reference is called in the extract: what it was
// called, as discriminators tell alternatives by their names.
func (e *extract) name(t target) string {
	name, ok := e.names[t.node]
	if ok {
		return name
	}
	stem := unfitForNames.ReplaceAllString(t.name, "_")
	name = stem
	for i := 2; name == "" || e.taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", stem, i)
	}
	e.names[t.node], e.taken[name] = name, true
	e.todo = append(e.todo, t.node)
	return name
}

var unfitForNames = regexp.MustCompile(`[^A-Za-z0-9._-]`)

// The keywords of a schema by what they hold.
var (
	nestedSchema = []string{"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties"}
	listKeywords = []string{"allOf", "anyOf", "oneOf", "prefixItems"}
	mapKeywords  = []string{"properties", "patternProperties", "dependentSchemas"}
	valueOnly    = []string{
		"type", "enum", "const", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "format",
		"minItems", "maxItems", "uniqueItems", "minContains", "maxContains", "required", "minProperties", "maxProperties", "dependentRequired",
		"nullable", "readOnly", "writeOnly",
	}
)

// keywords writes what a schema itself says, without references.
func (e *extract) keywords(n *document.Node) jsonObject {
	if e.nodes++; e.nodes > maxExtract {
		e.unfit = true
		return jsonObject{}
	}
	out := make(jsonObject)
	for i, key := range keysOf(n) {
		v := n.Items[i]
		switch k := key.Text; {
		case slices.Contains(nestedSchema, k):
			if k == "additionalProperties" && v.Kind == document.Scalar {
				out[k] = truth(v)
			} else {
				out[k] = e.schema(v)
			}
		case slices.Contains(listKeywords, k):
			all := []any{}
			for _, item := range v.List() {
				all = append(all, e.schema(item))
			}
			out[k] = all
		case slices.Contains(mapKeywords, k):
			all := make(jsonObject)
			for j, name := range keysOf(v) {
				all[name.Text] = e.schema(v.Items[j])
				e.unfit = e.unfit || k == "patternProperties" && !isPattern(name.Text)
			}
			out[k] = all
		case k == "discriminator":
			out[k] = e.discriminator(v)
		case slices.Contains(valueOnly, k):
			out[k] = e.value(v)
			e.unfit = e.unfit || k == "pattern" && !isPattern(v.Text)
			if k == "format" {
				e.formats[v.Text] = true
			}
		}
	}
	return out
}

// isPattern reports whether the validator takes a pattern for what it means.
func isPattern(text string) bool {
	_, err := regexp.Compile(text)
	return err == nil
}

func (e *extract) discriminator(n *document.Node) jsonObject {
	out := jsonObject{"propertyName": n.Get("propertyName").String()}
	mapping, to := n.Get("mapping"), make(jsonObject)
	for i, key := range keysOf(mapping) {
		to[key.Text] = "#/components/schemas/" + e.tagged(mapping.Items[i])
	}
	if len(to) > 0 {
		out["mapping"] = to
	}
	return out
}

// tagged is the name of the schema that a tag stands for, which may be written as a name.
func (e *extract) tagged(n *document.Node) string {
	if !strings.ContainsAny(n.Text, "/#.") {
		for node, name := range e.names {
			if name == n.Text && node != nil {
				return name
			}
		}
		named := *n
		named.Text = "#/components/schemas/" + n.Text
		n = &named
	}
	t := e.lib.follow(n)
	if t.node == nil {
		e.unfit = true
		return n.Text
	}
	return e.name(t)
}

// value writes a plain value.
func (e *extract) value(n *document.Node) any {
	v, ok := valueset.ValueOf(n)
	if !ok {
		e.unfit = true
		return nil
	}
	return json.RawMessage(v.String())
}
