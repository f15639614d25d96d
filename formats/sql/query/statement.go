package query

import "strings"

// statement reads one statement and returns what it reads, or nil if it reads nothing.
func (p *parser) statement() *query {
	for p.peek().kind == template && isConfig(p.peek().text) {
		p.pos++
	}
	var q *query
	switch {
	case p.peek().kind == end:
	case p.atQuery(), p.atAny("insert", "update", "delete", "merge", "with", "("):
		q = p.query()
	case p.atAny("create", "replace", "export", "cache", "declare"):
		q = p.definition()
	case p.accept("explain"), p.accept("describe", "query"):
		for p.acceptAny("analyze", "verbose", "extended", "formatted", "plan", "for") {
		}
		if p.at("(") && !p.atQuery() {
			p.skipBrackets()
		}
		q = p.query()
	case p.at("copy", "(") && p.startsQuery(2):
		p.pos += 2
		q = p.query()
		p.expect(")")
		p.rest()
	case p.atAny("grant", "revoke"):
		p.rest()
	case p.readsNothing():
		p.rest()
	case p.atAny("execute", "exec", "call", "do", "unload", "begin", "if", "while", "for", "perform"):
		p.failAt(p.peek(), true, "what this statement runs is not seen")
	default:
		p.unexpected("a statement")
	}
	for p.peek().kind == template && isConfig(p.peek().text) {
		p.pos++
	}
	if p.bad == nil && p.peek().kind != end && !(p.bareStatements && p.startsStatement()) {
		p.unexpected("the end of the statement")
	}
	return q
}

// rest takes what is left of the statement.
func (p *parser) rest() {
	for p.peek().kind != end && !(p.bareStatements && p.startsStatement()) {
		if p.take().kind == template {
			p.failAt(p.ahead(-1), true, "a template writes what stands here")
		}
	}
}

// startsStatement reports whether a word of T-SQL, which needs no semicolons,
// starts the next statement.
func (p *parser) startsStatement() bool {
	return p.atAny("select", "with", "insert", "update", "delete", "merge", "create", "declare", "drop", "truncate", "go", "exec", "use", "if", "print")
}

// readsNothing reports whether the statement is known to read no table.
func (p *parser) readsNothing() bool {
	block := p.at("begin")
	switch p.peek().text {
	case "set", "use", "begin", "commit", "rollback", "start", "savepoint", "release", "drop", "truncate", "reset", "show",
		"desc", "describe", "analyze", "vacuum", "comment", "alter", "go", "print", "refresh", "discard", "lock", "unlock", "abort":
	default:
		return false
	}
	for i := 1; p.ahead(i).kind != end; i++ {
		if t := p.ahead(i); t.kind == word && (t.text == "select" || t.text == "insert" || t.text == "merge" || block && (t.text == "update" || t.text == "delete")) {
			return false
		}
	}
	return true
}

// definition reads CREATE VIEW v AS query and its kind. What stands before the
// query reads nothing.
func (p *parser) definition() *query {
	head := p.take()
	for p.bad == nil && p.peek().kind != end && !(p.bareStatements && p.startsStatement()) {
		switch {
		case p.at("as"), p.at("for") && p.is(1, "select"):
			if p.pos++; p.atQuery() {
				return p.defined()
			}
		case p.at("("):
			p.skipBrackets()
		case p.atAny("select", "from", "function", "procedure", "trigger", "rule", "task", "policy", "macro", "clone", "like", "model", "pipe", "package"):
			p.failAt(p.peek(), true, "what is defined with %s is not seen", strings.ToUpper(p.peek().text))
		case p.peek().kind == template:
			p.unexpected("AS")
		default:
			p.pos++
		}
	}
	if p.bad == nil && head.text != "create" && head.text != "declare" {
		p.unexpected("AS and a query")
	}
	return nil
}

// defined reads the query of a definition and what may follow it: WITH NO DATA,
// CHECK OPTION, NO SCHEMA BINDING.
func (p *parser) defined() *query {
	q := p.query()
	if p.accept("with") {
		p.rest()
	}
	return q
}
