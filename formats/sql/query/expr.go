package query

import (
	"slices"
	"strconv"
	"strings"
)

// expr reads an expression: operands with operators between them.
func (p *parser) expr() (e expr) {
	p.enter()
	defer p.leave()
	first, t := p.pos, p.peek()
	e.bare = p.operand(&e)
	for p.operator(&e) {
		e.bare = false
		p.operand(&e)
	}
	if t.kind == number && p.pos == first+1 {
		e.ordinal, _ = strconv.Atoi(p.src[t.start:t.end])
	}
	return e
}

// exprs reads a list of them.
func (p *parser) exprs() (list []expr) {
	p.list(func() { list = append(list, p.expr()) })
	return list
}

// into reads an expression that is part of another one.
func (p *parser) into(e *expr) { e.add(p.expr()) }

func (e *expr) add(f expr) {
	e.refs = append(e.refs, f.refs...)
	e.queries = append(e.queries, f.queries...)
}

// operator takes what stands between two operands, or after one, and reports
// whether another operand follows.
func (p *parser) operator(e *expr) bool {
	for {
		switch {
		case p.isSign():
			for p.isSign() {
				p.pos++
			}
			return true
		case p.acceptAny("and", "or", "xor", "like", "ilike", "rlike", "regexp", "glob", "between", "div", "mod", "overlaps", "escape", "sounds"):
			p.acceptAny("symmetric", "asymmetric", "like")
			return true
		case p.at("not") && slices.Contains([]string{"in", "like", "ilike", "between", "similar", "rlike", "regexp", "glob"}, p.ahead(1).text):
			p.pos++
			continue
		case p.accept("similar", "to"):
			return true
		case p.accept("is"):
			p.accept("not")
			if p.accept("distinct", "from") {
				return true
			}
			p.isWhat()
		case p.acceptAny("isnull", "notnull"):
		case p.accept("in"):
			if p.at("(") {
				p.listOrQuery(e)
				break
			}
			return true
		case p.at("operator", "("):
			p.pos++
			p.skipBrackets()
			return true
		default:
			return false
		}
		e.bare = false
	}
}

// isWhat takes what follows IS: NULL, TRUE, JSON OBJECT.
func (p *parser) isWhat() {
	switch {
	case p.accept("json"):
		p.acceptAny("object", "array", "scalar", "value")
	case p.accept("normalized") || p.accept("document") || p.acceptAny("null", "true", "false", "unknown"):
	case p.acceptAny("nfc", "nfd", "nfkc", "nfkd"):
		p.expect("normalized")
	default:
		p.unexpected("NULL, TRUE or the like")
	}
}

func (p *parser) isSign() bool {
	t := p.peek()
	return t.kind == symbol && (t.text == "->" || t.text == ":=" || t.text == "<=>" || len(t.text) == 1 && strings.Contains("+-*/%<>=!~@#&|^?", t.text))
}

// listOrQuery reads (1, 2) or (select …).
func (p *parser) listOrQuery(e *expr) {
	p.expect("(")
	switch {
	case p.atQuery():
		e.queries = append(e.queries, subquery{query: p.query(), use: p.use})
	case p.at(")"):
	default:
		p.list(func() {
			if !p.at(")") {
				p.into(e)
			}
		})
	}
	p.expect(")")
}
