package query

import "slices"

// write reads a statement that writes. Its tables are the sources of a
// selection, and what it computes stands in its clauses.
func (p *parser) write(q *query) {
	s := &selection{}
	switch {
	case p.accept("insert"):
		p.insert(q, s)
	case p.accept("update"):
		p.update(s)
	case p.accept("delete"):
		p.delete(s)
	case p.accept("merge"):
		p.merge(s)
	}
	if p.acceptAny("returning", "output") {
		p.list(func() { s.items = append(s.items, p.item()) })
	}
	q.arms = append(q.arms, arm{sel: s})
}

// target reads the table that is written.
func (p *parser) target() member {
	s := member{target: true}
	if p.peek().kind == template {
		s.table = p.reference()
	} else {
		p.accept("only")
		s.table = p.tableName()
	}
	p.behind(&s)
	if p.accept("as") || p.isAlias() {
		s.alias = p.part()
	}
	p.behind(&s)
	return s
}

// pseudo is a name for rows that are written, such as excluded.
func pseudo(names ...string) (list []member) {
	for _, n := range names {
		list = append(list, member{call: &expr{}, alias: part{key: n}})
	}
	return list
}

func (p *parser) insert(q *query, s *selection) {
	if p.acceptAny("or") {
		p.part()
	}
	p.acceptAny("ignore", "low_priority", "delayed", "overwrite")
	p.accept("into")
	p.accept("table")
	s.from = append(pseudo(p.key("excluded", false), p.key("inserted", false)), p.target())
	for p.at("(") && !p.atQuery() || p.at("partition") || p.at("overriding") || p.at("by", "name") || p.at("if", "not", "exists") {
		if p.at("(") {
			p.skipBrackets()
		} else {
			p.pos++
		}
		p.acceptAny("system", "user", "value", "name", "not", "exists")
	}
	if p.accept("output") {
		p.list(func() { s.items = append(s.items, p.item()) })
	}
	switch {
	case p.accept("default", "values"):
	case p.accept("set"):
		p.assignments(s)
	default:
		q.also = append(q.also, p.query())
	}
	if p.at("as") { // MySQL's name for the new row
		p.pos++
		s.from = append(s.from, member{call: &expr{}, alias: p.part()})
	}
	if p.accept("on", "duplicate", "key", "update") {
		p.assignments(s)
	}
	if p.accept("on", "conflict") {
		p.conflict(s)
	}
}

func (p *parser) conflict(s *selection) {
	p.clause(Filter, func() {
		if p.at("(") {
			s.other = append(s.other, p.expr())
		} else if p.accept("on", "constraint") {
			p.part()
		}
		if p.accept("where") {
			s.other = append(s.other, p.expr())
		}
	})
	p.expect("do")
	if p.accept("nothing") {
		return
	}
	p.expect("update")
	p.expect("set")
	p.assignments(s)
	p.where(s)
}

func (p *parser) where(s *selection) {
	if p.accept("where") {
		p.clause(Filter, func() { s.other = append(s.other, p.expr()) })
	}
}

// assignments reads SET a = x, (b, c) = (y, z). What is assigned to is not read.
func (p *parser) assignments(s *selection) {
	p.list(func() {
		if p.accept("*") { // all columns of the source
			s.other = append(s.other, expr{refs: []ref{{star: true, use: Select}}})
			return
		}
		if p.at("(") {
			p.skipBrackets()
		} else if p.peek().kind == variable {
			p.pos++
		} else {
			s.compound(p.parts(), p)
		}
		p.expect("=")
		s.other = append(s.other, p.expr())
	})
}

// compound reads what stands before = in a[1] = x and a += x, which read a.
func (s *selection) compound(name []part, p *parser) {
	e := expr{refs: []ref{{parts: name, use: Select}}}
	if p.at("[") {
		p.subscript(&e)
		s.other = append(s.other, e)
	} else if p.isSign() && !p.at("=") {
		p.pos++
		s.other = append(s.other, e)
	}
}

func (p *parser) update(s *selection) {
	t := p.target()
	for p.bad == nil {
		j, ok := p.join()
		if !ok {
			break
		}
		t.joins = append(t.joins, j)
	}
	s.from = append(s.from, t)
	for p.accept(",") {
		s.from = append(s.from, p.member())
	}
	p.expect("set")
	p.assignments(s)
	p.outputs(s)
	if p.accept("from") {
		p.sources(s)
	}
	p.where(s)
	p.limits(s)
}

// sources reads the tables beside the one that is written. T-SQL and MySQL may
// name that by its alias among them: update o set … from orders o.
func (p *parser) sources(s *selection) {
	var more []member
	p.list(func() { more = append(more, p.member()) })
	s.from = slices.DeleteFunc(s.from, func(m member) bool {
		return m.target && len(m.joins) == 0 && m.alias.key == "" && len(m.table) == 1 &&
			slices.ContainsFunc(more, func(other member) bool { return other.isCalled(m.table[0].key) })
	})
	s.from = append(s.from, more...)
}

// isCalled reports whether m or a member joined to it goes by a name.
func (m *member) isCalled(key string) bool {
	switch {
	case m.alias.key == key, m.alias.key == "" && len(m.table) > 0 && m.table[len(m.table)-1].key == key,
		m.inner != nil && m.inner.isCalled(key):
		return true
	}
	return slices.ContainsFunc(m.joins, func(j join) bool { return j.right.isCalled(key) })
}

// outputs reads T-SQL's OUTPUT, which stands in the middle.
func (p *parser) outputs(s *selection) {
	if p.accept("output") {
		s.from = append(s.from, pseudo(p.key("inserted", false), p.key("deleted", false))...)
		p.list(func() { s.items = append(s.items, p.item()) })
	}
}

// limits reads MySQL's ORDER BY and LIMIT of a write.
func (p *parser) limits(s *selection) {
	var q query
	p.tail(&q)
	s.other = append(append(s.other, q.order...), q.limits...)
}

func (p *parser) delete(s *selection) {
	p.accept("from")
	s.from = append(s.from, p.target())
	p.outputs(s)
	for p.accept("from") || p.accept("using") {
		p.sources(s)
	}
	p.where(s)
	p.limits(s)
}

func (p *parser) merge(s *selection) {
	p.accept("into")
	target := p.target()
	p.expect("using")
	s.from = []member{target, p.member()}
	p.expect("on")
	p.clause(Join, func() { s.other = append(s.other, p.expr()) })
	for p.bad == nil && p.accept("when") {
		p.accept("not")
		p.expect("matched")
		if p.accept("by") {
			p.acceptAny("source", "target")
		}
		if p.accept("and") {
			p.clause(Filter, func() { s.other = append(s.other, p.expr()) })
		}
		p.expect("then")
		p.action(s)
	}
	p.outputs(s)
}

// action reads what MERGE does with a row.
func (p *parser) action(s *selection) {
	switch {
	case p.accept("delete"), p.accept("do", "nothing"):
	case p.accept("update"):
		p.expect("set")
		p.assignments(s)
		p.where(s)
	case p.accept("insert", "*"), p.accept("insert", "row"):
		s.other = append(s.other, expr{refs: []ref{{star: true, use: Select}}})
	case p.accept("insert"):
		if p.at("(") {
			p.skipBrackets()
		}
		if p.accept("row") {
			s.other = append(s.other, expr{refs: []ref{{star: true, use: Select}}})
			return
		}
		p.expect("values")
		s.other = append(s.other, p.expr())
	default:
		p.unexpected("UPDATE, DELETE or INSERT")
	}
}
