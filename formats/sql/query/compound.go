package query

// atQuery reports whether a query comes next, perhaps in parentheses.
func (p *parser) atQuery() bool {
	for i := 0; ; i++ {
		if !p.is(i, "(") {
			return p.startsQuery(i)
		}
		if p.bad != nil || p.match[p.pos+i] == 0 {
			return false
		}
		// What follows the closing bracket tells ((select 1) union …) from ((select 1) + 1).
		switch after := p.ahead(p.match[p.pos+i] - p.pos + 1); after.text {
		case "union", "intersect", "except", "minus", "order", "limit", "offset", "fetch", ")", "":
		default:
			return false
		}
	}
}

func (p *parser) startsQuery(i int) bool {
	next := p.ahead(i + 1)
	switch {
	case p.is(i, "select"):
		return true
	case p.is(i, "with"):
		return next.kind == word || next.kind == quoted
	case p.is(i, "values"):
		return p.is(i+1, "(") || p.is(i+1, "row")
	case p.is(i, "from"):
		return p.fromFirst
	case p.is(i, "table"):
		return next.kind == word || next.kind == quoted
	}
	return false
}

// query reads WITH, a set operation of SELECTs and what follows it, or one of
// the statements that write.
func (p *parser) query() *query {
	p.enter()
	defer p.leave()
	was := p.use
	defer func() { p.use = was }()
	p.use = Select
	q := &query{}
	if p.accept("with") {
		p.with(q)
	}
	if p.atAny("insert", "update", "delete", "merge") {
		p.write(q)
		return q
	}
	q.arms = append(q.arms, p.arm())
	for p.bad == nil && p.acceptAny("union", "intersect", "except", "minus") {
		p.acceptAny("all", "distinct")
		if p.accept("by", "name") || p.at("corresponding") {
			p.fail("the columns of a set operation are paired by name")
		}
		q.arms = append(q.arms, p.arm())
	}
	p.tail(q)
	return q
}

func (p *parser) with(q *query) {
	q.recursive = p.accept("recursive")
	p.list(func() {
		c := cte{name: p.part()}
		if p.at("(") {
			c.columns = p.names()
		}
		p.expect("as")
		p.accept("not")
		p.accept("materialized")
		p.expect("(")
		c.query = p.query()
		p.expect(")")
		p.searchCycle(&c)
		q.ctes = append(q.ctes, c)
	})
}

// searchCycle reads the clauses of a recursive query that add columns to it.
func (p *parser) searchCycle(c *cte) {
	if p.accept("search") {
		p.acceptAny("depth", "breadth")
		p.expect("first")
		p.expect("by")
		p.list(func() { p.part() })
		p.expect("set")
		c.extra = append(c.extra, p.part())
	}
	if p.accept("cycle") {
		p.list(func() { p.part() })
		p.expect("set")
		c.extra = append(c.extra, p.part())
		if p.accept("to") {
			p.expr()
			p.expect("default")
			p.expr()
		}
		p.expect("using")
		c.extra = append(c.extra, p.part())
	}
}

func (p *parser) arm() (a arm) {
	switch {
	case p.at("("):
		p.pos++
		a.nested = p.query()
		p.expect(")")
	case p.accept("values"):
		a.values = p.exprs()
	case p.at("table"):
		p.pos++
		a.sel = &selection{items: everything(), from: []member{{table: p.parts()}}}
	case p.at("select"), p.at("from") && p.fromFirst:
		a.sel = p.selection()
	default:
		p.unexpected("a query")
	}
	return a
}

func everything() []item {
	return []item{{expr: expr{refs: []ref{{star: true, use: Select}}, bare: true}}}
}

// tail reads what stands behind a whole query.
func (p *parser) tail(q *query) {
	for p.bad == nil {
		switch {
		case p.accept("order", "siblings", "by"), p.accept("order", "by"), p.accept("sort", "by"), p.accept("cluster", "by"), p.accept("distribute", "by"):
			q.order = append(q.order, p.ordering()...)
		case p.accept("limit"):
			if !p.accept("all") {
				p.clause(Filter, func() { q.limits = append(q.limits, p.exprs()...) })
			}
			p.accept("percent")
		case p.accept("offset"):
			p.clause(Filter, func() { q.limits = append(q.limits, p.expr()) })
			p.acceptAny("row", "rows")
		case p.accept("fetch"):
			p.fetch(q)
		case p.at("for"), p.at("lock", "in"):
			p.pos++
			for p.at("(") || p.at(",") || p.peek().kind == text || p.isForWord() {
				if p.at("(") {
					p.skipBrackets()
				} else {
					p.pos++
				}
			}
		case p.at("option", "("):
			p.pos++
			p.skipBrackets()
		default:
			return
		}
	}
}

// isForWord reports whether a word goes on with FOR UPDATE OF t or FOR JSON PATH.
func (p *parser) isForWord() bool {
	return p.peek().kind == word && !misplaced(p.peek().text) && !(p.bareStatements && p.startsStatement())
}

// fetch reads FETCH FIRST 5 ROWS ONLY.
func (p *parser) fetch(q *query) {
	p.acceptAny("first", "next")
	if !p.atAny("row", "rows") {
		p.clause(Filter, func() { q.limits = append(q.limits, p.expr()) })
	}
	p.accept("percent")
	p.acceptAny("row", "rows")
	if !p.accept("only") && !p.accept("with", "ties") {
		p.unexpected("ONLY")
	}
}
