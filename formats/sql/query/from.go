package query

// member reads a member of FROM with its joins.
func (p *parser) member() member {
	p.enter()
	defer p.leave()
	s := p.joined()
	for p.bad == nil {
		j, ok := p.join()
		if !ok {
			break
		}
		s.joins = append(s.joins, j)
	}
	return s
}

// joined reads one operand of a join.
func (p *parser) joined() (s member) {
	s.lateral = p.accept("lateral")
	t := p.peek()
	switch {
	case p.at("(") && p.atSubquery():
		p.pos++
		s.query = p.query()
		p.expect(")")
	case p.accept("("):
		inner := p.member()
		for p.accept(",") { // MySQL's (a, b)
			inner.joins = append(inner.joins, join{right: p.member()})
		}
		s.inner = &inner
		p.expect(")")
	case p.at("values") && p.startsQuery(0):
		s.query = &query{arms: []arm{p.arm()}}
	case t.kind == text: // a file
		p.pos++
		s.table = []part{{key: p.src[t.start:t.end], start: t.start, end: t.end}}
	case t.kind == template:
		s.table = p.reference()
	case t.kind == variable && p.atVariable: // a local table
		p.pos++
		s.call = &expr{}
	case p.at("table", "("), p.at("rows", "from", "("):
		s.call = &expr{}
		for !p.at("(") {
			p.pos++
		}
		p.pos++
		p.clause(Select, func() { p.list(func() { p.into(s.call); p.columnDefinitions() }) })
		p.expect(")")
	default:
		p.named(&s)
	}
	p.behind(&s)
	p.alias(&s)
	p.behind(&s)
	return s
}

// atSubquery tells (select 1) t from ((select 1) a join b).
func (p *parser) atSubquery() bool {
	if !p.is(1, "(") {
		return p.startsQuery(1)
	}
	p.pos++
	defer func() { p.pos-- }()
	return p.bad == nil && p.atQuery()
}

// named reads a table or a call.
func (p *parser) named(s *member) {
	only := p.at("only") && p.ahead(1).kind != end
	if only {
		p.pos++
	}
	t := p.peek()
	if t.kind == word && reserved(t.text) && !p.is(1, "(") || t.kind != word && t.kind != quoted {
		p.unexpected("a table")
		return
	}
	if t.text == "xmltable" || t.text == "json_table" || t.text == "columns" {
		p.fail("%s has a language of its own", t.text)
		return
	}
	s.table = p.tableName()
	if !p.at("(") || p.bareStatements && p.atHint() {
		p.accept("*")
		return
	}
	name := s.table
	s.table, s.call, s.alias = nil, &expr{}, name[len(name)-1]
	p.clause(Select, func() { p.call(name, s.call) })
	if p.accept("with", "ordinality") {
		s.implicit = true
	}
	if p.at("with", "(") { // openjson(x) with (a int '$.a')
		p.pos++
		p.skipBrackets()
	}
}

// tableName takes a name with dots, and in BigQuery with dashes.
func (p *parser) tableName() []part {
	parts := p.parts()
	for p.dashedName && p.at("-") && p.peek().start == parts[0].end {
		last := &parts[len(parts)-1]
		first := last.start
		p.pos++
		p.pos++ // a word or a number
		last.end = p.ahead(-1).end
		last.key = p.key(p.src[first:last.end], false)
		if p.accept(".") {
			parts = append(parts, p.parts()...)
		}
	}
	return parts
}

func (p *parser) atHint() bool {
	switch p.ahead(1).text {
	case "nolock", "readuncommitted", "readpast", "updlock", "holdlock", "rowlock", "tablock", "tablockx", "index":
		return true
	}
	return false
}

// behind takes what may stand behind a source and changes neither its columns
// nor its name.
func (p *parser) behind(s *member) {
	for p.bad == nil {
		switch {
		case p.atAny("tablesample", "sample") && p.continues("sample"), p.at("tablesample"):
			p.pos++
			if p.peek().kind == word {
				p.pos++
			}
			p.skipBrackets()
			if p.acceptAny("repeatable", "seed") {
				p.skipBrackets()
			}
		case p.at("for") && (p.is(1, "system_time") || p.is(1, "version") || p.is(1, "timestamp") || p.is(1, "system_version")):
			p.pos += 2
			p.accept("as", "of")
			p.acceptAny("from", "contained")
			p.expr()
			if p.accept("to") {
				p.expr()
			}
		case p.accept("version", "as", "of"), p.accept("timestamp", "as", "of"):
			p.expr()
		case p.atAny("at", "before", "changes", "partition") && p.is(1, "("), p.at("with", "(") && p.bareStatements:
			p.pos++
			p.skipBrackets()
		case p.atAny("use", "force", "ignore") && (p.is(1, "index") || p.is(1, "key")):
			for !p.at("(") && p.peek().kind != end {
				p.pos++
			}
			p.skipBrackets()
		case p.at("(") && p.bareStatements && p.atHint():
			p.skipBrackets()
		case p.atAny("pivot", "unpivot", "match_recognize"):
			p.fail("%s changes which columns there are", p.peek().text)
		case p.at("with", "offset"):
			p.pos += 2
			s.implicit = true
			if p.accept("as") || p.isAlias() {
				s.columns = append(s.columns, p.part())
			} else {
				s.columns = append(s.columns, part{key: p.key("offset", false)})
			}
		default:
			return
		}
	}
}

// alias reads [AS] name [(columns)].
func (p *parser) alias(s *member) {
	switch {
	case p.at("as", "("):
		p.pos++
	case p.accept("as"), p.isAlias():
		if p.peek().kind == text {
			p.pos++
			return
		}
		s.alias = p.part()
	default:
		return
	}
	if p.at("(") && !(p.bareStatements && p.atHint()) {
		s.columns = append(s.columns, p.columnDefinitions()...)
	}
}

// columnDefinitions reads (a, b) or (a int, b text), if it comes next.
func (p *parser) columnDefinitions() (names []part) {
	p.accept("as")
	if !p.accept("(") {
		return nil
	}
	p.list(func() {
		names = append(names, p.part())
		if !p.atAny(",", ")") {
			p.typeName()
		}
	})
	p.expect(")")
	return names
}

// join reads a join behind a source, if there is one.
func (p *parser) join() (j join, ok bool) {
	if p.at("lateral", "view") {
		return join{right: p.lateralView()}, true
	}
	first := p.pos
	j.natural = p.accept("natural")
	p.acceptAny("global")
	p.acceptAny("asof", "positional")
	p.acceptAny("inner", "cross", "left", "right", "full")
	p.acceptAny("outer", "semi", "anti")
	switch {
	case p.accept("apply"):
		j.right = p.joined()
		j.right.lateral = true
	case p.acceptAny("join", "straight_join"):
		j.right = p.joined()
	default:
		p.pos = first
		return j, false
	}
	p.conditions(&j)
	return j, true
}

func (p *parser) conditions(j *join) {
	for p.bad == nil {
		switch {
		case p.accept("on"):
			p.clause(Join, func() { j.on = append(j.on, p.expr()) })
		case p.at("using", "("):
			p.pos++
			j.using = append(j.using, p.names()...)
			if p.accept("as") {
				p.fail("the columns of USING have a name of their own")
			}
		case p.accept("match_condition", "("):
			p.clause(Join, func() { j.on = append(j.on, p.expr()) })
			p.expect(")")
		default:
			return
		}
	}
}

// lateralView reads Spark's LATERAL VIEW f(x) t AS a, b.
func (p *parser) lateralView() (s member) {
	p.pos += 2
	p.accept("outer")
	s.call, s.lateral, s.implicit = &expr{}, true, true
	name := p.parts()
	p.clause(Select, func() { p.call(name, s.call) })
	if p.isAlias() {
		s.alias = p.part()
	}
	if p.accept("as") {
		p.list(func() { s.columns = append(s.columns, p.part()) })
	}
	return s
}
