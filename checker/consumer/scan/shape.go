package scan

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/pact"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A shape is what a consumer asks for or expects as a tree of names: a selection of
// GraphQL, the body of a Pact file.
type shape struct {
	name  string
	at    source.Span
	parts []*shape
}

// maxShape bounds how deep shapes are nested.
const maxShape = document.MaxDepth

// fit enters the elements that shapes name, if the port has a type with all of them:
// the smallest that has. What it has not is looked for further inside.
func (s *scanner) fit(parts []*shape) {
	if len(parts) == 0 {
		return
	}
	if decl, ok := s.typeWith(parts); ok {
		s.enter(decl, decl, parts, 0)
		return
	}
	for _, p := range parts {
		s.fit(p.parts)
	}
}

// typeWith finds the smallest declaration that has every one of parts, and below them
// what they name.
func (s *scanner) typeWith(parts []*shape) (best change.Path, ok bool) {
	for decl := range s.outline.Decls {
		if !s.has(decl, parts, 0) {
			continue
		}
		n, m := len(s.outline.Decls[decl]), len(s.outline.Decls[best])
		if !ok || n < m || n == m && decl < best {
			best, ok = decl, true
		}
	}
	return best, ok
}

func (s *scanner) has(decl change.Path, parts []*shape, depth int) bool {
	if depth > maxShape {
		return false
	}
	_, decl = s.inside("", decl)
	for _, p := range parts {
		e, ok := s.member(decl, p.name)
		if !ok || len(p.parts) > 0 && (e == "" || !s.has(e, p.parts, depth+1)) {
			return false
		}
	}
	return true
}

// member returns what the member of decl that JSON calls name leads to.
func (s *scanner) member(decl change.Path, name string) (change.Path, bool) {
	for _, e := range s.outline.Decls[decl] {
		if plainName(bare(e.Step)) == plainName(name) && bare(e.Step) != "" {
			return e.Decl, true
		}
	}
	return "", false
}

// plainName makes names comparable that differ as order_id and orderId do.
func plainName(name string) string { return fold(strings.ReplaceAll(name, "_", "")) }

// enter enters the members of decl, which stands at p, that parts name: of those that
// have parts, these.
func (s *scanner) enter(p, decl change.Path, parts []*shape, depth int) {
	p, decl = s.inside(p, decl)
	for _, part := range parts {
		for _, e := range s.outline.Decls[decl] {
			if plainName(bare(e.Step)) != plainName(part.name) || bare(e.Step) == "" {
				continue
			}
			if len(part.parts) > 0 && e.Decl != "" && depth < maxShape {
				s.enter(p.Join(e.Step), e.Decl, part.parts, depth+1)
			} else {
				s.see(p.Join(e.Step), part.at)
			}
		}
	}
}

// pact looks into the expectations of a consumer that Pact wrote. Calls are held against
// the operations of an API; for a port that has none, against the types that it has.
func (s *scanner) pact(name string, text []byte) {
	if !strings.Contains(string(text), `"interactions"`) && !strings.Contains(string(text), `"messages"`) {
		return // most JSON is something else, and need not be read
	}
	n, err := document.Parse(name, text)
	if err != nil || n.Get("consumer").Get("name") == nil {
		return
	}
	if said, err := pact.Read(name, text, consumer.Import{Kind: consumer.Pact}, nil); s.calls(said, err) {
		return
	}
	for _, part := range slices.Concat(n.Get("interactions").List(), n.Get("messages").List()) {
		body := part.Get("response").Get("body")
		if body.IsNull() {
			body = part.Get("contents")
		}
		if content := body.Get("content"); body.Get("contentType") != nil && content != nil { // as of version 4
			body = content
		}
		s.fit(shapeOf(body, 0))
	}
}

// calls enters what the calls of a Pact file need, and reports whether the port answers
// any. Of what cannot be told all may be needed.
func (s *scanner) calls(said consumer.Imported, err error) (answered bool) {
	for _, r := range said.Readings {
		needed := consumer.NeededBy(r.Calls, s.outline)
		if !slices.ContainsFunc(r.Calls, func(c consumer.Call) bool { return c.Method != "" }) || !slices.Contains(needed.Unlisted, false) {
			continue
		}
		answered = true
		for i, c := range r.Calls {
			if needed.Unlisted[i] {
				s.found.Unread = append(s.found.Unread, source.Errorf(c.Span, "%s is no operation of the port", c))
			}
		}
		s.found.Unread = append(s.found.Unread, needed.Notes...)
		s.over = s.over || needed.Over
		for _, n := range needed.Needs {
			if !n.Rows || n.Why == "" { // what is not listed is told above
				s.see(n.Path, n.Span)
				if i, ok := s.at[n.Path]; ok {
					s.found.Fields[i].Why = n.Why
				}
			}
		}
	}
	if len(said.Readings) > 0 {
		s.found.Unread = append(s.found.Unread, source.Errors(err)...)
	}
	return answered
}

// shapeOf returns the members of a value, those of all items of a list together.
func shapeOf(n *document.Node, depth int) []*shape {
	if n == nil || depth > maxShape {
		return nil
	}
	var parts []*shape
	add := func(p *shape) {
		i := slices.IndexFunc(parts, func(q *shape) bool { return q.name == p.name })
		if i < 0 {
			parts = append(parts, p)
		} else if len(parts[i].parts) == 0 {
			parts[i].parts = p.parts
		}
	}
	switch n.Kind {
	case document.Map:
		for i, key := range n.Keys {
			add(&shape{key.Text, key.Span, shapeOf(n.Items[i], depth+1)})
		}
	case document.List:
		for _, item := range n.Items {
			for _, p := range shapeOf(item, depth+1) {
				add(p)
			}
		}
	}
	return parts
}

// graphql looks into a document of queries. A schema names types, and asks for nothing.
func (s *scanner) graphql(name string, text []byte) {
	tokens := codeTokens(text, &language{line: []string{"#"}, triple: true})
	lines := source.NewLines(text)
	for i := 0; i < len(tokens); {
		switch t := tokens[i]; {
		case t.kind == sign && t.text == "{",
			t.kind == word && slices.Contains([]string{"query", "mutation", "subscription", "fragment"}, t.text):
			for i < len(tokens) && !(tokens[i].kind == sign && tokens[i].text == "{") {
				i = past(tokens, i)
			}
			var parts []*shape
			parts, i = selection(tokens, min(i+1, len(tokens)), name, lines, 0)
			s.fit(parts)
		case t.kind == word && t.text == "schema", t.kind == word && t.text == "extend", t.kind == word && t.text == "type":
			return
		default:
			i++
		}
	}
}

// past returns the index behind the token at i, or behind the parentheses that begin
// there.
func past(tokens []token, i int) int {
	depth := 0
	for ; i < len(tokens); i++ {
		if tokens[i].kind == sign && tokens[i].text == "(" {
			depth++
		} else if tokens[i].kind == sign && tokens[i].text == ")" {
			depth--
		}
		if depth <= 0 {
			return i + 1
		}
	}
	return i
}

// selection reads the fields from behind a brace to the one that closes it.
func selection(tokens []token, i int, file string, lines *source.Lines, depth int) (parts []*shape, next int) {
	inline := true // what a brace opens belongs to the type itself, and not to the field before it
	for i < len(tokens) {
		t := tokens[i]
		switch {
		case t.kind == sign && t.text == "}":
			return parts, i + 1
		case t.kind == sign && t.text == "{":
			if depth > maxShape {
				return parts, len(tokens)
			}
			var inner []*shape
			inner, i = selection(tokens, i+1, file, lines, depth+1)
			if inline {
				parts = append(parts, inner...)
			} else {
				parts[len(parts)-1].parts = inner
			}
			inline = true
		case t.kind == sign && t.text == "(":
			i = past(tokens, i)
		case t.kind == sign && t.text == "@": // a directive
			i += 2
		case t.kind == sign && t.text == ".": // ...Fragment, ... on Type
			inline = true
			for i < len(tokens) && tokens[i].text == "." {
				i++
			}
			if i < len(tokens) && tokens[i].text == "on" {
				i++
			}
			if i < len(tokens) && tokens[i].kind == word {
				i++
			}
		case t.kind == word:
			if i+2 < len(tokens) && tokens[i+1].text == ":" { // alias: field
				i += 2
				t = tokens[i]
			}
			if inline = strings.HasPrefix(t.text, "__"); !inline {
				parts = append(parts, &shape{name: t.text, at: document.NewSpan(file, lines, t.start, t.end)})
			}
			i++
		default:
			i++
		}
	}
	return parts, i
}
