package valueset

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// openness compares what an object may hold besides its properties.
func (p *pair) openness() {
	was, is := p.base.additional(), p.head.additional()
	keyword := "additionalProperties"
	if was.keyword != "" {
		keyword = was.keyword
	}
	if is.keyword != "" {
		keyword = is.keyword
	}
	s := p.Space
	switch {
	case was.set == is.set:
	case was.set == None || is.set == None || was.set == All || is.set == All:
		d := p.about(ObjectOpened, keyword)
		d.Base, d.Head = p.base.at(was.keyword), p.head.at(is.keyword)
		wide, narrow := s.beyond(is.set, was.set), s.beyond(was.set, is.set)
		if wide.Verdict == No {
			d.Kind = ObjectClosed
		}
		p.report(d, wide, narrow)
	case was.schema != nil && is.schema != nil:
		p.walk(p.path.Join(change.Values), p.key, was.schema, is.schema, p.live)
	}
	p.patterns()
}

// patterns compares the schemas of members by patterns of their names.
func (p *pair) patterns() {
	was, is := p.base.patterns(), p.head.patterns()
	var different bool
	for _, b := range was {
		i := slices.IndexFunc(is, func(h Property) bool { return h.Name == b.Name })
		if i < 0 {
			different = true
			continue
		}
		p.walk(p.path.Join(change.Values), strings.TrimSpace(p.key+" "+b.Name), b.Schema, is[i].Schema, p.live)
	}
	different = different || len(was) != len(is)
	if !different {
		return
	}
	names := []string{"patternProperties", "additionalProperties", "properties"}
	p.sets(p.about(NamesChanged, "patternProperties"), p.base.keyword(names...), p.head.keyword(names...))
}

// required compares which members have to be there.
func (p *pair) required() {
	s := p.Space
	was, is := p.base.required(), p.head.required()
	for _, name := range was {
		if slices.Contains(is, name) || p.base.property(name) != nil && p.head.property(name) == nil {
			continue // a removed property says so itself
		}
		d := Difference{Kind: PropertyOptional, Path: p.path.Join(change.Name(name)), Keyword: "required", Base: p.base.itemAt("required", name), Head: p.head.at("required")}
		lacks := s.add(required(name)).Not()
		p.show(&d, lacks, lacks)
		p.report(d, s.beyond(s.And(p.head.set, s.OfType(Object), lacks), p.base.set), unchanged)
	}
	for _, name := range is {
		if slices.Contains(was, name) || p.base.property(name) == nil && p.head.property(name) != nil {
			continue
		}
		d := Difference{Kind: PropertyRequired, Path: p.path.Join(change.Name(name)), Keyword: "required", Base: p.base.at("required"), Head: p.head.itemAt("required", name)}
		lacks := s.add(required(name)).Not()
		p.show(&d, lacks, lacks)
		p.report(d, unchanged, s.beyond(s.And(p.base.set, s.OfType(Object), lacks), p.head.set))
	}
}

// inside compares what the value holds.
func (p *pair) inside() {
	if p.allows(Object) {
		p.members()
	}
	if p.allows(Array) {
		p.items()
	}
}

// allows reports whether both sides may hold a value of a type.
func (p *pair) allows(t Types) bool { return p.Space.And(p.context, p.Space.OfType(t)) != None }

func (p *pair) members() {
	for _, was := range p.base.properties() {
		path := p.path.Join(change.Name(was.Name))
		if is := p.head.property(was.Name); is != nil {
			p.walk(path, p.key, was.Schema, is.Schema, p.live)
			continue
		}
		if p.notes(was) {
			p.removed(path, was)
		}
	}
	for _, is := range p.head.properties() {
		if p.base.property(is.Name) == nil && p.notes(is) {
			p.added(p.path.Join(change.Name(is.Name)), is)
		}
	}
}

// notes reports whether a property that stands on one side only is worth a word: where
// the values are the same, what it says is said in another way.
func (p *pair) notes(one *Property) bool {
	return p.live != 0 || p.Space.Of(one.Schema) == All
}

// removed reports a property of which the head says nothing any more.
func (p *pair) removed(path change.Path, was *Property) {
	s := p.Space
	now := p.head.others(was.Name)
	d := Difference{
		Kind: PropertyRemoved, Path: path, Keyword: "properties", Base: member(was.Key, was.Schema.Node), Head: p.head.at("properties"),
		From: p.typeText(was.Schema), Closed: now == None, Required: slices.Contains(p.base.required(), was.Name),
	}
	had := s.Of(was.Schema)
	d.Wider, d.Narrower = s.beyond(now, had), s.beyond(had, now)
	if d.Required && d.Wider.Verdict == No {
		d.Wider = s.beyond(p.head.set, p.base.set)
	} else {
		p.show(&d, p.with(was.Name, s.And(now, had.Not())), p.with(was.Name, s.And(had, now.Not())))
	}
	p.element(d)
}

// added reports a property of which the base said nothing.
func (p *pair) added(path change.Path, is *Property) {
	s := p.Space
	before := p.base.others(is.Name)
	d := Difference{
		Kind: PropertyAdded, Path: path, Keyword: "properties", Base: p.base.at("properties"), Head: member(is.Key, is.Schema.Node),
		To: p.typeText(is.Schema), Closed: before == None, Required: slices.Contains(p.head.required(), is.Name),
	}
	has := s.Of(is.Schema)
	d.Wider, d.Narrower = s.beyond(has, before), s.beyond(before, has)
	if d.Required && d.Narrower.Verdict == No {
		d.Narrower = s.beyond(p.base.set, p.head.set)
	} else {
		p.show(&d, p.with(is.Name, s.And(has, before.Not())), p.with(is.Name, s.And(before, has.Not())))
	}
	p.element(d)
}

// with returns the objects that have a member in set.
func (p *pair) with(name string, set Set) Set {
	s := p.Space
	return s.And(s.OfType(Object), s.add(required(name)), s.add(formula{op: opProp, types: Object, names: []string{name}, kids: []Set{set}}))
}

// element adds a difference that is told whether values change or not.
func (p *pair) element(d Difference) {
	p.show(&d, All, All)
	if p.live&wider == 0 {
		d.Wider = unchanged
	}
	if p.live&narrower == 0 {
		d.Narrower = unchanged
	}
	if p.key != "" {
		d.Key = p.key
	}
	p.changes = append(p.changes, d)
}

// typeText says in a word what a schema allows.
func (p *pair) typeText(schema *Schema) string {
	t := p.view(schema).types()
	if t == Any {
		return "any"
	}
	return strings.Join(t.Names(), ", ")
}

// member goes from a key to the end of its value.
func member(key, value *document.Node) source.Span {
	span := key.At()
	if end := value.At(); end.File == span.File && span.End.Compare(end.End) < 0 {
		span.End = end.End
	}
	return span
}
