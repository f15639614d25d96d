package query

import (
	"slices"
	"strings"
)

// operand reads an operand with what precedes and follows it, and reports
// whether it is a name and nothing else.
func (p *parser) operand(e *expr) bool {
	prefixed := false
	for p.isPrefix() {
		p.pos++
		prefixed = true
	}
	bare := p.primary(e)
	return !p.suffixes(e) && bare && !prefixed
}

func (p *parser) isPrefix() bool {
	next := p.ahead(1)
	switch {
	case p.at("*"):
		return false
	case p.at("?"):
		return next.kind == symbol && next.text == "|"
	case p.atAny("prior", "connect_by_root", "binary", "variadic", "unique"):
		return next.kind == word && !reserved(next.text) || next.kind == quoted
	}
	return p.at("not") || p.isSign()
}

// primary reads an operand without what may follow any operand.
func (p *parser) primary(e *expr) (bare bool) {
	t := p.peek()
	switch {
	case t.kind == text:
		for p.peek().kind == text {
			p.pos++
		}
	case t.kind == variable && p.positional && isDigit(t.text[min(1, len(t.text)-1)]):
		p.fail("columns are counted, not named")
	case t.kind == number, t.kind == variable, t.kind == symbol && t.text == "?":
		p.pos++
	case t.kind == quoted:
		return p.name(e)
	case t.kind == word:
		return p.keyword(e)
	case p.accept("*"):
		e.refs = append(e.refs, ref{star: true, use: p.use})
		return true
	case p.at("("):
		return p.parens(e)
	case p.at("["), p.at("{"):
		p.literal(e)
	case p.at(":") && p.ahead(1).kind == word:
		p.pos += 2
	default:
		p.unexpected("an expression")
	}
	return false
}

// parens reads a subquery, a row or an expression. The composite (t).a is
// nothing but t.a.
func (p *parser) parens(e *expr) bool {
	var inner expr
	count := 0
	p.expect("(")
	switch {
	case p.atQuery():
		inner.queries = append(inner.queries, subquery{query: p.query(), use: p.use})
	case p.at(")"):
	default:
		p.list(func() {
			if count++; p.at(")") {
				return
			}
			f := p.expr()
			inner.bare = f.bare
			inner.add(f)
		})
	}
	p.expect(")")
	composite := count == 1 && inner.bare && !inner.refs[0].star && p.at(".")
	if composite {
		last := &inner.refs[0]
		for p.accept(".") {
			if p.accept("*") {
				last.star = true
				break
			}
			last.parts = append(slices.Clip(last.parts), p.part())
		}
	}
	e.add(inner)
	return composite
}

// literal reads [1, 2] or {'a': 1}.
func (p *parser) literal(e *expr) {
	open := p.take().text
	closing := map[string]string{"[": "]", "{": "}"}[open]
	if !p.at(closing) {
		p.list(func() {
			switch {
			case p.at(closing):
				return
			case open == "{" && p.ahead(1).text == ":":
				p.pos += 2
			}
			p.into(e)
			if open == "{" && p.accept(":") {
				p.into(e)
			}
		})
	}
	if p.at("for") {
		p.fail("a list is written as a loop")
	}
	p.expect(closing)
}

// keyword reads what starts with a word.
func (p *parser) keyword(e *expr) bool {
	t, call := p.peek(), p.is(1, "(")
	switch {
	case t.text == "case":
		p.cases(e)
	case t.text == "exists" && call:
		p.pos += 2
		if !p.atQuery() { // a function of lists
			p.pos -= 2
			return p.name(e)
		}
		e.queries = append(e.queries, subquery{query: p.query(), use: p.use, exists: true})
		p.expect(")")
	case t.text == "table" && call:
		p.fail("a table is the argument of a function")
	case t.text == "interval" && !call:
		return p.interval(e)
	case t.text == "array" && (p.is(1, "[") || p.is(1, "<")), (t.text == "struct" || t.text == "map") && p.is(1, "<"):
		p.pos++
		p.angles()
		if p.at("(") {
			p.arguments("struct", e)
		} else {
			p.literal(e)
		}
	case t.text == "map" && p.is(1, "{"):
		p.pos++
		p.literal(e)
	case !call && isConstant(t.text), !call && p.constant && isUserConstant(t.text):
		p.pos++
	case p.ahead(1).kind == text && isType(t.text) && !p.bareStatements: // date '2026-01-01'
		p.pos += 2
	case misplaced(t.text) && !(call && (t.text == "in" || t.text == "like")):
		p.unexpected("an expression")
	default:
		return p.name(e)
	}
	return false
}

func isConstant(w string) bool {
	switch w {
	case "null", "true", "false", "current_date", "current_time", "current_timestamp":
		return true
	}
	return false
}

// isType reports whether a word in front of a string says what that is.
func isType(w string) bool {
	switch w {
	case "date", "time", "timestamp", "timestamptz", "timetz", "datetime", "timestamp_ntz", "timestamp_ltz", "json", "jsonb", "numeric",
		"decimal", "bignumeric", "int", "integer", "bigint", "float", "double", "real", "varchar", "char", "text", "bytes", "boolean", "bool", "uuid",
		"bit", "inet", "cidr", "point", "box", "regclass", "range", "int4range", "daterange", "tsrange", "tstzrange", "tsquery", "tsvector", "ipaddress":
		return true
	}
	return false
}

// isUserConstant reports whether a word is a constant in some dialects and a
// column in others.
func isUserConstant(w string) bool {
	switch w {
	case "user", "current_user", "session_user", "current_role", "current_catalog", "current_schema", "localtime",
		"localtimestamp", "default":
		return true
	}
	return false
}

func (p *parser) cases(e *expr) {
	p.expect("case")
	if !p.at("when") {
		p.into(e)
	}
	for p.accept("when") {
		p.into(e)
		for p.accept(",") { // case x when 1, 2 then
			p.into(e)
		}
		p.expect("then")
		p.into(e)
	}
	if p.accept("else") {
		p.into(e)
	}
	p.expect("end")
}

// interval reads interval '1' day, interval x day, or a column of that name.
func (p *parser) interval(e *expr) bool {
	next := p.ahead(1)
	column := next.kind == end || next.kind == symbol && !slices.Contains([]string{"-", "+", "?", ":"}, next.text) || next.kind == word && reserved(next.text)
	if column {
		return p.name(e)
	}
	p.pos++
	if p.peek().kind == text {
		p.pos++
	} else {
		p.operand(e)
		for p.isSign() {
			p.pos++
			p.operand(e)
		}
	}
	if isUnit(p.peek().text) {
		p.pos++
		if p.at("(") {
			p.skipBrackets()
		}
		if p.accept("to") {
			p.part()
		}
	}
	return false
}

// isUnit reports whether a word is a unit of time, in the singular or the plural.
func isUnit(w string) bool {
	switch strings.TrimSuffix(w, "s") {
	case "microsecond", "millisecond", "second", "minute", "hour", "day", "dayofweek", "dayofyear", "week", "isoweek",
		"month", "quarter", "year", "isoyear", "epoch", "dow", "doy", "weekday", "nanosecond", "decade", "century",
		"dd", "mm", "yy", "yyyy", "hh", "mi", "ww", "qq":
		return true
	}
	return false
}

// name reads a column or a call of a function.
func (p *parser) name(e *expr) bool {
	guess := p.peek().kind == word && isUserConstant(p.peek().text)
	parts := p.parts()
	if p.at("(") && !p.at("(", "+", ")") {
		p.call(parts, e)
		return false
	}
	p.accept("(", "+", ")")
	r := ref{parts: parts, use: p.use, guess: guess && len(parts) == 1}
	if p.is(0, ".") && p.is(1, "*") {
		p.pos += 2
		r.star = true
	}
	e.refs = append(e.refs, r)
	return true
}
