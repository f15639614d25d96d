package openapi

import (
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// A part is what one schema of an operation describes: a parameter, a body in one
// media type, or a header.
type part struct {
	kind   partKind
	param  param          // of a parameter
	name   string         // of a header or parameter, as written
	status string         // of a response
	media  string         // of a body
	node   *document.Node // the parameter, header or media type
	schema *document.Node // nil: none
	must   bool           // it has to be there
	asJSON bool           // its value is judged, and not how it is written
}

type partKind uint8

const (
	noPart partKind = iota
	parameterPart
	requestPart
	headerPart
	responsePart
)

func (p part) isResponse() bool { return p.kind == headerPart || p.kind == responsePart }

// A side is an operation as one side describes it.
type side struct {
	reader
	template string
	method   string
	op       *document.Node
	parts    []part
	schemes  *document.Node
	security *document.Node // what a caller has to show
}

func newSide(p *port, r reader, path item, op item, outer *document.Node) *side {
	s := &side{reader: r, template: path.key.String(), method: op.shape, op: op.node, schemes: p.get("components").Get("securitySchemes")}
	if !strings.HasPrefix(s.template, "/") {
		s.template = "/" + s.template
	}
	s.security = op.node.Get("security")
	if s.security == nil {
		s.security = p.get("security")
	}
	for _, one := range paramsOf(r.lib, s.template, op.node, outer) {
		s.parts = append(s.parts, part{
			kind: parameterPart, param: one, name: one.shown, node: one.node, schema: s.held(one.node), must: truth(one.node.Get("required")) || one.in == "path",
		})
	}
	if body, _ := r.lib.deref(op.node.Get("requestBody")); body != nil {
		s.bodies(part{kind: requestPart, must: truth(body.Get("required"))}, body)
	}
	responses := op.node.Get("responses")
	for i, key := range keysOf(responses) {
		response, _ := r.lib.deref(responses.Items[i])
		headers := response.Get("headers")
		for j, name := range keysOf(headers) {
			n, _ := r.lib.deref(headers.Items[j])
			s.parts = append(s.parts, part{kind: headerPart, name: name.Text, status: key.Text, node: n, schema: s.held(n), must: truth(n.Get("required"))})
		}
		s.bodies(part{kind: responsePart, status: key.Text}, response)
	}
	return s
}

// held is the schema of a parameter or header.
func (s *side) held(n *document.Node) *document.Node {
	if content := n.Get("content"); content != nil && len(content.Items) > 0 {
		return content.Items[0].Get("schema")
	}
	return n.Get("schema")
}

func (s *side) bodies(like part, n *document.Node) {
	content := n.Get("content")
	for i, key := range keysOf(content) {
		like.media = key.Text
		like.node, _ = s.lib.deref(content.Items[i])
		like.schema = like.node.Get("schema")
		s.parts = append(s.parts, like)
	}
}

// find returns the first part that is so.
func (s *side) find(is func(p part) bool) part {
	if i := slices.IndexFunc(s.parts, is); i >= 0 {
		return s.parts[i]
	}
	return part{}
}

// set returns the values of a schema.
func (s *side) set(space *valueset.Space, n *document.Node) valueset.Set {
	if n == nil {
		return valueset.All
	}
	if v := readView(s.lib, n, 0); v.decl == "" && v.truth == nil && v.get("format").String() != "" && !slices.Contains(knownFormats, v.get("format").Text) {
		n = only(v, formatless) // a format of their own says nothing to a validator
	}
	return space.Of(s.read.Read(s.scope, n))
}

// knownFormats are those that validators look at.
var knownFormats = []string{
	"int32", "int64", "float", "double", "byte", "binary", "date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname",
	"ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid", "json-pointer", "relative-json-pointer", "regex",
}

// formatless are all keywords about values but the format.
var formatless = append(slices.DeleteFunc(slices.Clone(valueKeywords), func(k string) bool { return k == "format" }), "nullable")

// describe writes an operation with some of its parts alone.
func (s *side) describe(e *extract, some ...part) jsonObject {
	op, parameters, responses := jsonObject{}, []any{}, jsonObject{}
	for _, p := range some {
		switch p.kind {
		case parameterPart:
			one := s.described(e, p)
			one["name"], one["in"], one["required"] = p.name, p.param.in, p.must
			parameters = append(parameters, one)
		case requestPart:
			body, ok := op["requestBody"].(jsonObject)
			if !ok {
				body = jsonObject{"required": p.must, "content": jsonObject{}}
				op["requestBody"] = body
			}
			body["content"].(jsonObject)[p.media] = s.media(e, p)
		case headerPart, responsePart:
			response, ok := responses[p.status].(jsonObject)
			if !ok {
				response = jsonObject{"description": ""}
				responses[p.status] = response
			}
			kind, name, what := "content", p.media, any(nil)
			if p.kind == headerPart {
				one := s.described(e, p)
				one["required"] = p.must
				kind, name, what = "headers", p.name, one
			} else {
				what = s.media(e, p)
			}
			all, ok := response[kind].(jsonObject)
			if !ok {
				all = jsonObject{}
				response[kind] = all
			}
			all[name] = what
		}
	}
	op["parameters"], op["responses"] = parameters, responses
	return op
}

// described writes what a parameter or header holds, and how.
func (s *side) described(e *extract, p part) jsonObject {
	one := jsonObject{}
	if p.asJSON {
		one["content"] = jsonObject{"application/json": jsonObject{"schema": e.schema(p.schema)}}
		return one
	}
	if content := p.node.Get("content"); content != nil && len(content.Keys) > 0 {
		one["content"] = jsonObject{content.Keys[0].Text: jsonObject{"schema": e.schema(p.schema)}}
		return one
	}
	for _, keyword := range []string{"style", "explode", "allowReserved"} {
		if v := p.node.Get(keyword); v != nil {
			one[keyword] = e.value(v)
		}
	}
	one["schema"] = e.schema(p.schema)
	return one
}

func (s *side) media(e *extract, p part) jsonObject {
	if p.schema == nil {
		return jsonObject{}
	}
	return jsonObject{"schema": e.schema(p.schema)}
}

// statusOf is a status that a key of responses stands for, 0 if none.
func statusOf(key string) int {
	n, err := strconv.Atoi(strings.NewReplacer("X", "0", "x", "0").Replace(key))
	switch {
	case key == "default":
		return 599
	case err != nil || n < 100 || n > 599:
		return 0
	}
	return n
}
