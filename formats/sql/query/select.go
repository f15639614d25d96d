package query

// selection reads a SELECT.
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
			p.pos++
			p.clause(Filter, func() {
				var e expr
				p.primary(&e)
				s.other = append(s.other, e)
			})
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
