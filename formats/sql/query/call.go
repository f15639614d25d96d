package query

import (
	"slices"
	"strings"
)

// call reads the arguments of a function and what belongs to its call.
func (p *parser) call(name []part, e *expr) {
	function := strings.ToLower(name[len(name)-1].key)
	if len(name) == 1 && name[0].plain {
		switch function {
		case "columns":
			p.fail("COLUMNS chooses columns by a pattern")
		case "identifier":
			p.failAt(p.peek(), true, "a name is computed")
		case "cast", "try_cast", "safe_cast":
			p.cast(e)
			return
		case "extract":
			p.extract(e)
			return
		case "convert", "try_convert":
			if p.bareStatements { // T-SQL names the type first
				p.convert(e)
				return
			}
		}
	}
	if len(name) > 1 && p.isMethod(function) {
		e.refs = append(e.refs, ref{parts: name[:len(name)-1], guess: true, use: p.use})
	}
	p.arguments(function, e)
	p.afterCall(e)
}

// isMethod reports whether x.function(…) may read the column x. T-SQL has such
// calls for XML only, and many functions that are qualified by their schema.
func (p *parser) isMethod(function string) bool {
	if p.bareStatements {
		return slices.Contains([]string{"value", "query", "nodes", "exist", "modify"}, function)
	}
	return p.methods
}

// afterCall takes FILTER, OVER and what else stands behind the arguments.
func (p *parser) afterCall(e *expr) {
	for {
		switch {
		case p.atAny("ignore", "respect") && p.is(1, "nulls"):
			p.pos += 2
		case p.at("from", "first", "over"), p.at("from", "last", "over"):
			p.pos += 2
		case p.at("against", "("):
			p.pos++
			p.skipBrackets()
		case p.accept("within", "group"):
			p.expect("(")
			p.orderBy(e)
			p.expect(")")
		case p.accept("filter", "("):
			p.accept("where")
			p.clause(Filter, func() { p.into(e) })
			p.expect(")")
		case p.at("over") && (p.is(1, "(") || p.ahead(1).kind == word || p.ahead(1).kind == quoted):
			p.pos++
			if p.at("(") {
				p.window(e)
			} else {
				p.part()
			}
		default:
			return
		}
	}
}

// window reads a window in parentheses. The bounds of its frame are constants.
func (p *parser) window(e *expr) {
	open := p.pos
	p.expect("(")
	if p.peek().kind == quoted || p.peek().kind == word && !p.atAny("partition", "order", "rows", "range", "groups", "distribute", "sort") {
		p.part()
	}
	if p.accept("partition", "by") || p.accept("distribute", "by") {
		p.clause(Group, func() { p.list(func() { p.into(e) }) })
	}
	p.orderBy(e)
	if p.atAny("rows", "range", "groups") {
		p.toClose(open)
	}
	p.expect(")")
}

// orderBy reads ORDER BY, if it comes next, as part of an expression.
func (p *parser) orderBy(e *expr) {
	if p.accept("order", "by") || p.accept("sort", "by") {
		for _, f := range p.ordering() {
			e.add(f)
		}
	}
}

// ordering reads the list of ORDER BY.
func (p *parser) ordering() (list []expr) {
	p.clause(Order, func() {
		p.list(func() {
			if p.at("all") {
				p.pos++
			} else {
				list = append(list, p.expr())
			}
			p.acceptAny("asc", "desc")
			if p.accept("using") {
				for p.isSign() {
					p.pos++
				}
			}
			if p.accept("nulls") && !p.acceptAny("first", "last") {
				p.unexpected("FIRST or LAST")
			}
		})
	})
	return list
}

// cast reads (x as type …); what follows AS reads nothing.
func (p *parser) cast(e *expr) {
	open := p.pos
	p.expect("(")
	p.into(e)
	p.expect("as")
	p.toClose(open)
	p.expect(")")
}

func (p *parser) extract(e *expr) {
	p.expect("(")
	if p.is(1, "from") || p.is(1, "(") && p.peek().kind == word {
		if p.pos++; p.at("(") { // week(monday)
			p.skipBrackets()
		}
		p.expect("from")
	}
	p.into(e)
	for p.accept(",") {
		p.into(e)
	}
	p.expect(")")
}

func (p *parser) convert(e *expr) {
	p.expect("(")
	p.typeName()
	for p.accept(",") {
		p.into(e)
	}
	p.expect(")")
}

// arguments reads what stands between the parentheses of a call.
func (p *parser) arguments(function string, e *expr) {
	p.enter()
	defer p.leave()
	p.expect("(")
	p.acceptAny("distinct", "all", "both", "leading", "trailing")
	var args []expr
	if p.accept("*") {
		if function != "count" {
			args = append(args, expr{refs: []ref{{star: true, use: p.use}}})
		}
		p.starChanges(&item{})
		p.accept(",")
	}
	for p.bad == nil && !p.at(")") {
		args = append(args, p.argument(e))
		if !p.between(e) {
			break
		}
	}
	p.expect(")")
	if p.dateUnit {
		p.softenUnit(function, args)
	}
	for _, a := range args {
		e.add(a)
	}
}

// argument reads one argument: x, name => x, x as name, a lambda or a query.
func (p *parser) argument(outer *expr) (e expr) {
	named := p.peek().kind == word || p.peek().kind == quoted
	switch {
	case p.atQuery():
		return expr{queries: []subquery{{query: p.query(), use: p.use}}}
	case p.at("table") && p.ahead(1).kind != symbol:
		p.fail("a table is the argument of a function")
	case named && (p.is(1, "=>") || p.is(1, ":=")):
		p.pos += 2
		return p.argument(outer)
	case p.at("name") && (p.ahead(1).kind == word && !reserved(p.ahead(1).text) || p.ahead(1).kind == quoted): // xmlelement(name x)
		p.pos++
		p.part()
		return e
	case p.atLambda():
		return p.lambdaBody()
	}
	e = p.expr()
	if p.accept("as") {
		e.bare = false
		p.typeName()
	}
	return e
}

// between takes what stands between two arguments and reports whether there is
// another one: a comma, or a word as in substring(x from 1 for 2).
func (p *parser) between(e *expr) bool {
	for p.bad == nil {
		switch {
		case p.atAny("ignore", "respect") && p.is(1, "nulls"),
			p.atAny("null", "absent", "error", "empty") && p.is(1, "on"):
			p.pos += 2
			p.acceptAny("null", "error", "empty")
		case p.at("order", "by"):
			p.orderBy(e)
		case p.at("on", "overflow"):
			p.pos += 2
			for p.acceptAny("error", "truncate", "with", "without", "count") || p.peek().kind == text {
				if p.peek().kind == text {
					p.pos++
				}
			}
		case p.accept("returning"):
			p.typeName()
		case p.atAny("with", "without") && (p.is(1, "unique") || p.is(1, "wrapper") || p.is(1, "conditional") || p.is(1, "unconditional")):
			p.pos += 2
			p.acceptAny("keys", "wrapper")
		case p.accept("format", "json"):
		case p.accept("having", "max"), p.accept("having", "min"), p.acceptAny(",", "from", "for", "placing", "using", "separator", "limit", "passing", ":", "value", "default"):
			return true
		default:
			return false
		}
	}
	return false
}

// softenUnit finds the unit in dateadd(day, 1, x) and date_trunc(x, month): it
// is no column, unless a table is known to have one of that name.
func (p *parser) softenUnit(function string, args []expr) {
	unit := func(i int) bool {
		return args[i].bare && len(args[i].refs[0].parts) == 1 && args[i].refs[0].parts[0].plain &&
			isUnit(strings.ToLower(args[i].refs[0].parts[0].key))
	}
	last := len(args) - 1
	if last < 1 || unit(0) && unit(last) || !isDateFunction(function) {
		return
	}
	rounds := strings.Contains(function, "trunc") || strings.Contains(function, "last_day")
	names := strings.Contains(function, "part") || strings.Contains(function, "name")
	switch {
	case unit(0) && (last > 1 || names || rounds && p.truncUnit):
		args[0].refs[0].soft = true
	case unit(last) && (last > 1 || rounds):
		args[last].refs[0].soft = true
	}
}

func isDateFunction(name string) bool {
	return strings.Contains(name, "date") || strings.Contains(name, "time") || strings.Contains(name, "last_day")
}

// atLambda reports whether x -> …, (x, y) -> … or lambda x: … comes next.
func (p *parser) atLambda() bool {
	if p.at("lambda") && p.ahead(1).kind == word {
		return true
	}
	if !p.lambda || p.bad != nil {
		return false
	}
	if p.at("(") && p.match[p.pos] > 0 {
		return p.is(p.match[p.pos]-p.pos+1, "->")
	}
	return p.peek().kind == word && p.is(1, "->")
}

// lambdaBody reads a function and leaves its own parameters out.
func (p *parser) lambdaBody() expr {
	var params []part
	switch {
	case p.accept("lambda"):
		p.list(func() { params = append(params, p.part()) })
		p.expect(":")
	case p.at("(", ")"):
		p.pos += 2
		p.expect("->")
	case p.at("("):
		params = p.names()
		p.expect("->")
	default:
		params = []part{p.part()}
		p.expect("->")
	}
	e := p.expr()
	e.refs = slices.DeleteFunc(e.refs, func(r ref) bool {
		return len(r.parts) > 0 && slices.ContainsFunc(params, func(q part) bool { return q.key == r.parts[0].key })
	})
	e.bare = false
	return e
}
