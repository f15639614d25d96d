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
			for p.peek().kind != end && !p.at(")") {
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

func (p *parser) selection() *selection {
	s := &selection{}
	if p.at("from") { // from t [select …]
		p.clauses(s)
		if !p.at("select") {
			s.items = everything()
			return s
		}
	}
	p.expect("select")
	p.modifiers(s)
	if !p.atAny("from", "into", ")") && p.peek().kind != end { // select from t
		p.list(func() {
			if !p.at("from") || len(s.items) == 0 {
				s.items = append(s.items, p.item())
			}
		})
	}
	p.clauses(s)
	return s
}

// modifiers reads what may stand between SELECT and its list.
func (p *parser) modifiers(s *selection) {
	for p.bad == nil {
		switch {
		case p.accept("distinct", "on"):
			p.expect("(")
			p.clause(Group, func() { s.other = append(s.other, p.exprs()...) })
			p.expect(")")
			s.distinct = true
		case p.accept("distinct"):
			s.distinct = true
		case p.at("top") && (p.is(1, "(") || p.ahead(1).kind == number || p.ahead(1).kind == variable):
			if p.pos++; p.at("(") {
				p.skipBrackets()
			} else {
				p.pos++
			}
			p.accept("percent")
			p.accept("with", "ties")
		case p.accept("as", "struct"), p.accept("as", "value"), p.acceptAny("all", "straight_join", "sql_calc_found_rows", "sql_no_cache"):
		default:
			return
		}
	}
}

// clauses reads FROM and what follows it, in any order.
func (p *parser) clauses(s *selection) {
	other := func(u Use) { p.clause(u, func() { s.other = append(s.other, p.expr()) }) }
	for p.bad == nil {
		switch {
		case p.accept("into"):
			p.acceptAny("temporary", "temp", "unlogged")
			p.accept("table")
			p.list(func() {
				if p.peek().kind == variable {
					p.pos++
				} else {
					p.parts()
				}
			})
		case p.accept("from"):
			p.list(func() { s.from = append(s.from, p.member()) })
		case p.acceptAny("where", "having", "qualify"), p.accept("start", "with"):
			other(Filter)
		case p.accept("connect", "by"):
			p.accept("nocycle")
			other(Join)
		case p.accept("group", "by"):
			p.groupBy(s)
		case p.at("window") && p.continues("window"):
			p.pos++
			p.list(func() {
				p.part()
				p.expect("as")
				var e expr
				p.window(&e)
				s.other = append(s.other, e)
			})
		case p.accept("using", "sample"):
			for p.peek().kind == number || p.atAny("%", "percent", "rows") {
				p.pos++
			}
		default:
			return
		}
	}
}

func (p *parser) groupBy(s *selection) {
	if p.accept("all") || p.accept("distinct") {
		if !p.startsGroup() {
			s.groupAll = true
			return
		}
	}
	p.clause(Group, func() { p.list(func() { s.group = append(s.group, p.grouping()...) }) })
	if p.at("with") && (p.is(1, "rollup") || p.is(1, "cube") || p.is(1, "totals")) {
		p.pos += 2
	}
}

// startsGroup tells GROUP BY ALL from GROUP BY ALL a, b.
func (p *parser) startsGroup() bool {
	t := p.peek()
	return t.kind != end && !p.at(")") && !(t.kind == word && reserved(t.text))
}

// grouping reads an element of GROUP BY; GROUPING SETS may be nested.
func (p *parser) grouping() (list []expr) {
	p.enter()
	defer p.leave()
	if !p.accept("grouping", "sets") {
		return p.exprList()
	}
	p.expect("(")
	p.list(func() { list = append(list, p.grouping()...) })
	p.expect(")")
	return list
}

func (p *parser) exprList() []expr { return []expr{p.expr()} }

// item reads a member of a select list.
func (p *parser) item() (it item) {
	name := p.peek().kind == word || p.peek().kind == quoted
	if name && (p.is(1, "=") && p.bareStatements || p.is(1, ":") && p.fromFirst) {
		it.alias = p.part()
		p.pos++
		it.expr = p.expr()
		return it
	}
	it.expr = p.expr()
	if it.bare && it.refs[0].star {
		p.starChanges(&it)
		return it
	}
	switch {
	case p.accept("as"):
		if p.peek().kind == text {
			p.pos++
		} else if it.alias = p.part(); p.at("(") { // as (a, b) of a function that returns several
			p.skipBrackets()
		}
	case p.isAlias():
		it.alias = p.part()
	case p.peek().kind == text:
		p.pos++
	}
	return it
}

// starChanges reads EXCEPT, EXCLUDE, REPLACE and RENAME behind a star.
func (p *parser) starChanges(it *item) {
	for p.bad == nil {
		switch {
		case p.at("except", "(") && !p.is(2, "select"), p.at("exclude"):
			if p.pos++; p.at("(") {
				it.except = append(it.except, p.names()...)
			} else {
				it.except = append(it.except, p.part())
			}
		case p.accept("replace", "("):
			p.list(func() {
				r := item{expr: p.expr()}
				p.accept("as")
				r.alias = p.part()
				it.replace = append(it.replace, r)
			})
			p.expect(")")
		case p.at("rename"):
			p.pos++
			p.renames(it)
		case p.at("ilike") && p.ahead(1).kind == text:
			p.pos += 2
		default:
			return
		}
	}
}

func (p *parser) renames(it *item) {
	it.rename = make(map[string]part)
	one := func() {
		from := p.part()
		p.expect("as")
		it.rename[from.key] = p.part()
	}
	if p.accept("(") {
		p.list(one)
		p.expect(")")
	} else {
		one()
	}
}
