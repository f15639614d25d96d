package query

// suffixes takes what may follow any operand, and reports whether something did.
func (p *parser) suffixes(e *expr) (some bool) {
	for {
		switch {
		case p.accept("::"):
			p.typeName()
		case p.at("["):
			p.subscript(e)
		case p.at(".") && p.is(1, "*"):
			p.pos += 2
		case p.accept("."):
			p.part()
			if p.at("(") {
				p.arguments("", e)
			}
		case p.path && p.at(":") && (p.ahead(1).kind == word || p.ahead(1).kind == quoted || p.is(1, "[")):
			p.pos++
			if !p.at("[") {
				p.part()
			}
		case p.accept("collate"):
			if p.peek().kind == text {
				p.pos++
			} else {
				p.parts()
			}
		case p.accept("at", "time", "zone"):
			p.operand(e)
		case p.accept("at", "local"):
		default:
			return some
		}
		some = true
	}
}

// subscript reads [1], [1:2] or [offset(0)].
func (p *parser) subscript(e *expr) {
	was := p.traits
	inner := *was
	inner.path = false
	p.traits = &inner
	p.expect("[")
	for p.bad == nil && !p.at("]") {
		if p.accept(":") {
			continue
		}
		p.into(e)
		if !p.atAny("]", ":") {
			p.unexpected(`"]"`)
		}
	}
	p.expect("]")
	p.traits = was
}

// typeName takes the type of a cast.
func (p *parser) typeName() {
	first := p.peek().text
	p.parts()
	switch {
	case first == "double":
		p.accept("precision")
	case first == "character" || first == "char" || first == "bit" || first == "nchar":
		p.accept("varying")
	case first == "interval":
		for isUnit(p.peek().text) || p.at("to") {
			p.pos++
		}
	}
	if p.at("(") {
		p.skipBrackets()
	}
	if first == "array" || first == "struct" || first == "map" {
		p.angles()
	}
	if p.atAny("with", "without") && p.is(1, "time") {
		p.pos += 3
	}
	for p.at("[") && (p.is(1, "]") || p.ahead(1).kind == number && p.is(2, "]")) {
		p.skipBrackets()
	}
	if p.accept("array") && p.at("[") {
		p.skipBrackets()
	}
}

// angles takes <int64> or <a int64, b array<string>>.
func (p *parser) angles() {
	if !p.at("<") {
		return
	}
	for depth := 0; p.bad == nil; {
		switch t := p.take(); {
		case t.kind == end:
			p.unexpected(`">"`)
		case t.text == "<":
			depth++
		case t.text == ">":
			if depth--; depth == 0 {
				return
			}
		}
	}
}
