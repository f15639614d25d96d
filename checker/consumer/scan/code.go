package scan

import (
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// code looks into code that uses classes which were generated from the port's types,
// or the JSON that it sends: order.GetDiscount(), order.discount, order["discount"].
// It counts in files that name one of the types.
func (s *scanner) code(name string, text []byte) {
	if isGenerated(text) {
		return
	}
	tokens := codeTokens(text, languages[strings.ToLower(path.Ext(name))])
	c := &coder{scanner: s, tokens: tokens, name: name, lines: source.NewLines(text)}
	if c.types(); len(c.near) == 0 {
		return
	}
	for i := range tokens {
		c.access(i)
	}
}

// isGenerated reports whether a tool wrote text and says so near its top.
func isGenerated(text []byte) bool {
	top := string(text[:min(len(text), 2048)])
	return strings.Contains(top, "@generated") || strings.Contains(top, "DO NOT EDIT")
}

// A coder looks through one file of code.
type coder struct {
	*scanner
	tokens  []token
	name    string
	lines   *source.Lines
	named   []change.Path       // declarations that the file names
	near    map[string][]member // their elements and those of what they lead to, by spelling
	chain   change.Path         // what the chain of accesses up to here reads
	reached change.Path         // the declaration that it leads to
	until   int                 // the token behind it
}

// types finds out which types the file names, and how their elements may be spelled.
func (c *coder) types() {
	for _, t := range c.tokens {
		_, last := change.Path(""), t.text
		if t.kind == sign || len(last) > 200 {
			continue
		}
		if i := strings.LastIndexByte(last, '.'); t.kind == quoted && i >= 0 {
			last = last[i+1:] // "acme.v1.Order"
		}
		for _, decl := range c.scanner.types[fold(last)] {
			_, step := decl.Split()
			if bare(step) == last && !slices.Contains(c.named, decl) && c.isType(decl) {
				c.named = append(c.named, decl)
			}
		}
	}
	c.near = make(map[string][]member)
	seen := make(map[change.Path]bool)
	for todo := slices.Clone(c.named); len(todo) > 0; todo = todo[1:] {
		decl := todo[0]
		if decl == "" || seen[decl] {
			continue
		}
		seen[decl] = true
		for _, e := range c.outline.Decls[decl] {
			todo = append(todo, e.Decl)
			for _, spelling := range spellings(bare(e.Step)) {
				c.near[spelling] = append(c.near[spelling], member{decl, e})
			}
		}
	}
}

// isType reports whether decl is a type by name, and not a list at its place.
func (c *coder) isType(decl change.Path) bool {
	parent, step := decl.Split()
	return !slices.ContainsFunc(c.outline.Decls[parent], func(e schema.Edge) bool { return e.Step == step && e.Decl == decl }) && len(c.outline.Decls[decl]) > 0
}

// spellings lists how generated classes call an element: order_id, orderId, OrderId,
// getOrderId(), and for a list getLinesList().
func spellings(name string) []string {
	if name == "" {
		return nil
	}
	var pascal strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		if part != "" {
			pascal.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	p := pascal.String()
	if p == "" {
		return []string{name}
	}
	camel := strings.ToLower(p[:1]) + p[1:]
	all := []string{name, camel, p, "get" + p, "Get" + p, "has" + p, "Has" + p, "get" + p + "List", "get" + p + "Map", "get" + p + "Count", camel + "List"}
	slices.Sort(all)
	return slices.Compact(all)
}

// access enters the element that the token at i reads, if it reads one.
func (c *coder) access(i int) {
	t := c.tokens[i]
	near := c.near[t.text]
	if len(near) == 0 || !c.isRead(i) {
		return
	}
	if c.until != i-1 && c.until != i-2 {
		c.chain, c.reached = "", ""
	}
	near = c.meant(near)
	span := document.NewSpan(c.name, c.lines, t.start, t.end)
	for _, m := range near {
		c.see(c.path(m), span)
	}
	if len(near) == 1 {
		c.chain, c.reached = c.inside(c.path(near[0]), near[0].Decl)
	} else {
		c.chain, c.reached = "", ""
	}
	c.until = c.behind(i + 1)
}

// A member is an element of a type.
type member struct {
	of change.Path
	schema.Edge
}

// path returns the address of m: by the chain that leads to its type, if there is one.
func (c *coder) path(m member) change.Path {
	if c.chain != "" && c.reached == m.of {
		return c.chain.Join(m.Step)
	}
	return m.of.Join(m.Step)
}

// meant picks from the elements that a spelling can mean: those of what the chain
// leads to, else those of types that the file names, else all.
func (c *coder) meant(near []member) []member {
	of := func(decls ...change.Path) []member {
		return slices.DeleteFunc(slices.Clone(near), func(m member) bool { return !slices.Contains(decls, m.of) })
	}
	if c.reached != "" {
		if own := of(c.reached); len(own) > 0 {
			return own
		}
	}
	if own := of(c.named...); len(own) > 0 {
		return own
	}
	return near
}

// isRead reports whether the token at i reads a member: it stands behind a dot or an
// arrow, or is a text in brackets, and nothing is assigned to it.
func (c *coder) isRead(i int) bool {
	at := func(n int) string {
		if n < 0 || n >= len(c.tokens) || c.tokens[n].kind == quoted {
			return ""
		}
		return c.tokens[n].text
	}
	switch {
	case c.tokens[i].kind == quoted:
		asks := at(i-1) == "(" && slices.Contains([]string{"get", "HasField", "has", "getattr", "opt"}, at(i-2))
		return asks || at(i-1) == "["
	case c.tokens[i].kind != word:
		return false
	case at(i-1) == "." || at(i-1) == ">" && at(i-2) == "-":
	default:
		return false
	}
	return !(at(i+1) == "=" && at(i+2) != "=" && at(i+2) != ">")
}

// behind returns the index of the first token behind a call or an index that begins
// at i: a chain goes on there.
func (c *coder) behind(i int) int {
	const far = 2_000 // tokens of one call
	end := min(i+far, len(c.tokens))
	opens := func(t token) bool { return t.kind == sign && strings.Contains("([?!", t.text) }
	for i < end && opens(c.tokens[i]) {
		for depth := 0; i < end; i++ {
			if c.tokens[i].kind == sign {
				switch c.tokens[i].text {
				case "(", "[":
					depth++
				case ")", "]":
					depth--
				}
			}
			if depth <= 0 {
				i++
				break
			}
		}
	}
	return i
}
