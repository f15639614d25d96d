package valueset

import (
	"strings"
)

// types compares the types, and reports whether the sides have none in common.
func (p *pair) types() (apart bool) {
	s := p.Space
	b, h := p.base.keyword("type"), p.head.keyword("type")
	if b == h {
		return false
	}
	was, is := p.base.types(), p.head.types()
	gained, lost := is&^was, was&^is
	d := p.about(TypeChanged, "type")
	d.From, d.To = strings.Join(was.Names(), ", "), strings.Join(is.Names(), ", ")
	wide := s.beyond(s.And(p.head.set, s.OfType(gained)), p.base.set)
	narrow := s.beyond(s.And(p.base.set, s.OfType(lost)), p.head.set)
	switch {
	case gained == Null && lost == 0:
		d.Kind = NullAllowed
	case lost == Null && gained == 0:
		d.Kind = NullForbidden
	}
	p.show(&d, s.OfType(gained), s.OfType(lost))
	if d.Base == d.Head && gained|lost == 0 {
		return false
	}
	p.report(d, wide, narrow)
	return was&is == 0 || (was&is)&^Null == 0 && was&^Null != 0 && is&^Null != 0
}

// values compares lists of values.
func (p *pair) values() {
	was, finite1 := p.base.values()
	is, finite2 := p.head.values()
	if !finite1 && !finite2 {
		return
	}
	s := p.Space
	keyword := "enum"
	if p.base.get("enum") == nil && p.head.get("enum") == nil {
		keyword = "const"
	}
	d := p.about(ValuesOpened, keyword)
	switch {
	case !finite2:
		p.sets(d, p.base.keyword("enum", "const"), All)
		return
	case !finite1:
		d.Kind = ValuesClosed
		p.sets(d, All, p.head.keyword("enum", "const"))
		return
	}
	before, after := written(was), written(is)
	for _, v := range is {
		if !before[v.String()] {
			d := Difference{Kind: ValueAdded, Keyword: keyword, Key: v.Key(), To: clip(v.String()), Base: p.base.at(keyword), Head: p.head.valueAt(keyword, v)}
			p.show(&d, s.Just(v), All)
			p.report(d, s.beyond(s.And(s.Just(v), p.head.set), p.base.set), unchanged)
		}
	}
	for _, v := range was {
		if !after[v.String()] {
			d := Difference{Kind: ValueRemoved, Keyword: keyword, Key: v.Key(), From: clip(v.String()), Base: p.base.valueAt(keyword, v), Head: p.head.at(keyword)}
			p.show(&d, All, s.Just(v))
			p.report(d, unchanged, s.beyond(s.And(s.Just(v), p.base.set), p.head.set))
		}
	}
}

// written returns the texts of values.
func written(values []*Value) map[string]bool {
	texts := make(map[string]bool, len(values))
	for _, v := range values {
		texts[v.String()] = true
	}
	return texts
}

// Key returns v as people name it: a text without quotes.
func (v *Value) Key() string {
	if v.typ == String {
		return v.text
	}
	return v.String()
}
