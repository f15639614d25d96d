package query

import (
	"fmt"
	"strconv"
	"strings"
)

// A parser reads one statement. After its first problem it sees nothing but the
// end of the statement, so no caller has to ask.
type parser struct {
	*traits
	src   string
	toks  []token
	match []int // of an opening bracket: the index of the closing one
	pos   int
	depth int
	use   Use // of the clause that is being read
	bad   *problem
}

func newParser(src string, t *traits, tokens []token) *parser {
	p := &parser{traits: t, src: src, toks: tokens, match: make([]int, len(tokens))}
	var open []int
	for i, t := range tokens {
		if t.kind != symbol {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			open = append(open, i)
		case ")", "]", "}":
			if len(open) > 0 {
				p.match[open[len(open)-1]] = i
				open = open[:len(open)-1]
			}
		}
	}
	return p
}

func (p *parser) failAt(t token, hidden bool, format string, args ...any) {
	if p.bad == nil {
		p.bad = &problem{t, fmt.Sprintf(format, args...), hidden}
	}
}

func (p *parser) fail(format string, args ...any) { p.failAt(p.peek(), false, format, args...) }

// unexpected says that what comes next is not what was wanted.
func (p *parser) unexpected(want string) {
	if t := p.peek(); t.kind == end {
		p.fail("the statement ends where %s is expected", want)
	} else if t.kind == template {
		p.failAt(t, true, "a template writes what stands here")
	} else {
		p.fail("%s is expected before %s", want, strconv.Quote(clip(p.src[t.start:t.end])))
	}
}

// clip shortens what a message quotes.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// enter counts how deep the statement is nested; the caller defers leave.
func (p *parser) enter() {
	if p.depth++; p.depth > MaxDepth {
		p.fail("the statement is nested deeper than %d", MaxDepth)
	}
}

func (p *parser) leave() { p.depth-- }

// ahead returns the token that comes i after the next one.
func (p *parser) ahead(i int) token {
	if p.bad != nil || p.pos+i >= len(p.toks) {
		return p.toks[len(p.toks)-1]
	}
	return p.toks[p.pos+i]
}

func (p *parser) peek() token { return p.ahead(0) }

func (p *parser) take() token {
	t := p.peek()
	if t.kind != end {
		p.pos++
	}
	return t
}

// is reports whether the token that comes i after the next one is this word or sign.
func (p *parser) is(i int, s string) bool {
	t := p.ahead(i)
	return (t.kind == word || t.kind == symbol) && t.text == s
}

// at reports whether these words or signs come next.
func (p *parser) at(words ...string) bool {
	for i, w := range words {
		if !p.is(i, w) {
			return false
		}
	}
	return true
}

func (p *parser) atAny(words ...string) bool {
	for _, w := range words {
		if p.is(0, w) {
			return true
		}
	}
	return false
}

// accept takes these words or signs if they come next.
func (p *parser) accept(words ...string) bool {
	if !p.at(words...) {
		return false
	}
	p.pos += len(words)
	return true
}

func (p *parser) acceptAny(words ...string) bool {
	if p.atAny(words...) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) expect(s string) {
	if !p.accept(s) {
		p.unexpected(strconv.Quote(s))
	}
}

// skipBrackets jumps behind the bracket that closes the one that comes next.
func (p *parser) skipBrackets() {
	if !p.atAny("(", "[", "{") {
		p.unexpected(`"("`)
		return
	}
	p.toClose(p.pos)
	p.pos++
}

// toClose jumps to the bracket that closes the one at open, over what reads nothing.
func (p *parser) toClose(open int) {
	if p.bad != nil || open >= len(p.match) || p.match[open] == 0 {
		p.fail("the bracket is never closed")
		return
	}
	for ; p.bad == nil && p.pos < p.match[open]; p.pos++ {
		if p.at("select") {
			p.fail("a query stands where none is read")
		}
	}
}

// clause runs read for a clause that puts columns to a use of its own.
func (p *parser) clause(u Use, read func()) {
	was := p.use
	p.use = u
	read()
	p.use = was
}

// list reads what is separated by commas.
func (p *parser) list(read func()) {
	for {
		read()
		if !p.accept(",") {
			return
		}
	}
}

// part takes one step of a name.
func (p *parser) part() part {
	t := p.peek()
	if t.kind != word && t.kind != quoted {
		p.unexpected("a name")
		return part{}
	}
	p.pos++
	return p.toPart(t)
}

func (p *parser) toPart(t token) part {
	name := t.text
	if t.kind == word {
		name = p.src[t.start:t.end]
	}
	return part{p.key(name, t.kind == quoted), t.kind == word, t.start, t.end}
}

// parts takes a name with dots.
func (p *parser) parts() []part {
	parts := []part{p.part()}
	for p.is(0, ".") {
		next := p.ahead(1)
		switch {
		case next.kind == word || next.kind == quoted:
			p.pos++
			parts = append(parts, p.part())
		case p.is(1, "."): // db..table
			p.pos++
		default:
			return parts
		}
	}
	if p.quotedPath {
		return splitQuoted(parts)
	}
	return parts
}

// splitQuoted takes `a.b`.c for a.b.c.
func splitQuoted(parts []part) []part {
	var split []part
	for _, q := range parts {
		for step := range strings.SplitSeq(q.key, ".") {
			split = append(split, part{step, q.plain, q.start, q.end})
		}
	}
	return split
}

// names takes a list of simple names in parentheses.
func (p *parser) names() (names []part) {
	p.expect("(")
	p.list(func() { names = append(names, p.part()) })
	p.expect(")")
	return names
}

// A word that goes on with a query where a name of a column or a table could
// stand without AS.
func (p *parser) isAlias() bool {
	t := p.peek()
	switch {
	case t.kind == quoted:
		return true
	case t.kind != word:
		return false
	}
	switch t.text {
	case "window", "sample", "sort", "distribute", "cluster", "start", "connect", "semi", "anti", "asof",
		"positional", "global", "match_condition", "option", "search", "cycle", "at", "before", "changes":
		return !p.continues(t.text)
	}
	return !reserved(t.text)
}

// continues reports whether a word that many use for a name is a keyword here.
func (p *parser) continues(w string) bool {
	next := p.ahead(1)
	switch w {
	case "window":
		return next.kind == word && p.is(2, "as")
	case "sort", "distribute", "cluster", "connect":
		return next.text == "by"
	case "start":
		return next.text == "with"
	case "semi", "anti", "asof", "positional", "global":
		return next.kind == word
	case "search", "cycle":
		return next.kind == word && !reserved(next.text)
	}
	return next.text == "(" || w == "sample" && next.kind == number
}

// reserved reports whether a word cannot be a name that stands without AS.
func reserved(w string) bool {
	switch w {
	case "select", "from", "where", "group", "having", "qualify", "order", "limit", "offset", "fetch", "for",
		"union", "intersect", "except", "minus", "on", "using", "join", "inner", "left", "right", "full", "cross",
		"outer", "natural", "lateral", "straight_join", "and", "or", "not", "as", "is", "in", "between", "like",
		"ilike", "when", "then", "else", "end", "asc", "desc", "nulls", "into", "returning", "set", "values",
		"tablesample", "pivot", "unpivot", "match_recognize", "with", "over", "collate", "case", "separator", "use",
		"force", "ignore", "insert", "update", "delete", "merge", "create", "output", "rows", "range", "go", "exec":
		return true
	}
	return false
}

// misplaced reports whether a word cannot be a column even where one is needed.
func misplaced(w string) bool {
	switch w {
	case "select", "from", "where", "group", "having", "order", "union", "intersect", "except", "on", "join", "and",
		"or", "as", "when", "then", "else", "end", "in", "is", "between", "like", "into", "limit", "with", "qualify":
		return true
	}
	return false
}
