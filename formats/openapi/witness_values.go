package openapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// values looks for a witness of a finding about a schema: a value of the part that it
// stands in, which one side allows and the other does not, and which does so at the
// place of the finding.
func (p *prover) values() *schema.Witness {
	outer, inner := p.spot.steps[0].pair, p.spot.steps[len(p.spot.steps)-1].pair
	base := p.base.find(func(b part) bool { return b.schema == outer.base })
	head := p.head.find(func(h part) bool { return h.schema == outer.head })
	if base.kind == noPart || head.kind == noPart {
		return nil
	}
	on, off := base, head
	if !outer.x.write {
		p.accept, p.reject, on, off = p.head, p.base, head, base
	}
	var place []change.Step
	for _, s := range p.spot.steps[1:] {
		place = append(place, s.at...)
	}
	targets := p.targets(inner)
	if w := p.differing(on, off, place, targets); w != nil {
		return w
	}
	if w := p.forced(on, off, place); w != nil || on.isBody() {
		return w
	}
	// What a list of objects looks like in a query nobody defined, and the validator
	// does not read all that is: then the value as such is judged.
	on.asJSON, off.asJSON = true, true
	return p.differing(on, off, place, targets)
}

// schemaAlone is for a part that has a schema on one side only.
func (p *prover) schemaAlone() *schema.Witness {
	if p.change.Rule == values.loosened {
		p.accept, p.reject = p.head, p.base
	}
	stands := func(one part) bool {
		at := one.node.At().Start
		if one.schema != nil {
			at = one.schema.At().Start
		}
		return at == p.change.Base.Start || at == p.change.Head.Start
	}
	base, head := p.base.find(stands), p.head.find(stands)
	if base.kind == noPart || head.kind == noPart {
		return nil
	}
	if p.accept == p.base {
		return p.differing(base, head, nil, []valueset.Set{valueset.All})
	}
	return p.differing(head, base, nil, []valueset.Set{valueset.All})
}

// differing tries values that have one of the targets at a place, as far as they can be
// found: first those that the search itself knows to be refused, and written plainly.
func (p *prover) differing(on, off part, place []change.Step, targets []valueset.Set) *schema.Witness {
	space := p.oracle.space
	if on.schema != nil && !p.accept.within(on.schema) || off.schema != nil && !p.reject.within(off.schema) {
		return nil
	}
	allowed, refused := p.accept.set(space, on.schema), p.reject.set(space, off.schema).Not()
	var tried []string
	for _, target := range targets {
		there := space.At(place, target)
		for _, sets := range [][]valueset.Set{
			{allowed, refused, there, p.basics}, {allowed, refused, there}, {allowed, there, p.basics}, {allowed, there},
		} {
			v, ok := p.find(sets...)
			if !ok || on.asJSON && !p.isSameAsText(v) {
				continue
			}
			text := fmt.Sprint(v)
			if slices.Contains(tried, text) {
				continue
			}
			tried = append(tried, text)
			if w := p.attempt(on, off, v); w != nil {
				return w
			}
		}
	}
	return nil
}

// attempt puts a value into a part, and has it refused for that of the other side.
func (p *prover) attempt(on, off part, v any) *schema.Witness {
	m := p.minimal(on, v, true)
	if m == nil {
		return nil
	}
	if n := statusOf(off.status); on.status != off.status && !strings.ContainsAny(off.status, "xX") && off.status != "default" {
		m.status = n
	}
	return p.confirm(m, []part{off})
}

// isSameAsText reports whether a value says the same if it is written as text: it is no
// null, and the finding is not about types that look alike in a text.
func (p *prover) isSameAsText(v any) bool {
	_, isList := v.([]any)
	_, isObject := v.(map[string]any)
	_, isText := v.(string)
	r := p.change.Rule
	return isText || (isList || isObject) && r != typeChanged.tightened && r != typeChanged.loosened
}

// targets lists the values that would show the finding at its place, the most telling
// first.
func (p *prover) targets(at *pair) []valueset.Set {
	space := p.oracle.space
	b, h := p.base.set(space, at.base), p.head.set(space, at.head)
	allowed, refused := b, h.Not()
	if !at.x.write != at.x.flip {
		allowed, refused = h, b.Not()
	}
	if at.x.either {
		return []valueset.Set{valueset.All}
	}
	differs := space.And(allowed, refused)
	shows := p.telling(at)
	all := []valueset.Set{space.And(differs, shows)}
	if !p.trail.isAlone(at, p.change.Path) { // what else differs there would be shown for it
		return all
	}
	all = append(all, differs)
	if at.x.text || at.b.get("discriminator") != nil {
		all = append(all, p.tagged(at)...)
		all = append(all, space.And(allowed, shows), allowed)
	}
	if shows != valueset.All {
		all = append(all, shows)
	}
	return all
}

// telling returns the values that have what the finding is about: the member, the
// value of a list, or what the keyword refuses. It is everything where that is not
// clear.
func (p *prover) telling(at *pair) valueset.Set {
	space := p.oracle.space
	if parent, step := p.change.Path.Split(); parent == at.path && step != "" {
		return p.member(at, step)
	}
	for _, view := range []*view{at.b, at.h} {
		for _, item := range view.get("enum").List() {
			if start := item.At().Start; start == p.change.Base.Start || start == p.change.Head.Start {
				if v, ok := valueset.ValueOf(item); ok {
					return space.Just(v)
				}
			}
		}
	}
	from, s := at.h, p.head // the side that refuses
	if p.accept == p.head {
		from, s = at.b, p.base
	}
	keyword := p.change.Key[strings.LastIndexByte(p.change.Key, ' ')+1:]
	with, ok := alone[keyword]
	if n := from.get(keyword); ok && n != nil && !at.x.flip {
		return s.set(space, only(from, append([]string{keyword}, with...))).Not()
	}
	return valueset.All
}

// member returns the objects that are refused for one of their members.
func (p *prover) member(at *pair, step change.Step) valueset.Set {
	space := p.oracle.space
	allows, refuses, side := at.b, at.h, p.head
	if p.accept == p.head {
		allows, refuses, side = at.h, at.b, p.base
	}
	has := space.At([]change.Step{step}, valueset.All)
	without := space.And(space.OfType(valueset.Object), has.Not())
	name := step.Word()
	described, ok := refuses.field(name)
	_, both := allows.field(name)
	switch {
	case refuses.requires(name) && !allows.requires(name), ok && both:
		return without
	case ok:
		return space.At([]change.Step{step}, side.set(space, described.node).Not())
	case refuses.isClosed():
		return has
	}
	return valueset.None
}

// alone lists the keywords that say something by themselves, with those that they need.
var alone = map[string][]string{
	"type": {"nullable"}, "enum": nil, "const": nil, "multipleOf": nil, "minimum": {"exclusiveMinimum"}, "maximum": {"exclusiveMaximum"},
	"exclusiveMinimum": {"minimum"}, "exclusiveMaximum": {"maximum"}, "minLength": nil, "maxLength": nil, "pattern": nil, "format": {"type"},
	"minItems": nil, "maxItems": nil, "uniqueItems": nil, "minProperties": nil, "maxProperties": nil, "propertyNames": nil,
	"additionalProperties": {"properties", "patternProperties"}, "contains": {"minContains", "maxContains"}, "not": nil, "dependentRequired": nil,
}

// only returns a schema that says nothing but some of what v says.
func only(v *view, keywords []string) *document.Node {
	n := &document.Node{Kind: document.Map}
	for _, keyword := range keywords {
		if one := v.get(keyword); one != nil {
			n.Keys = append(n.Keys, &document.Node{Kind: document.Scalar, Tag: document.String, Text: keyword, Span: one.Span})
			n.Items = append(n.Items, one)
		}
	}
	return n
}

// tagged returns the values with each of the tags of the side that accepts.
func (p *prover) tagged(at *pair) (all []valueset.Set) {
	v, s := at.b, p.base
	if p.accept == p.head {
		v, s = at.h, p.head
	}
	d, space := v.get("discriminator"), p.oracle.space
	property := d.Get("propertyName").String()
	if property == "" {
		return nil
	}
	add := func(tag string, ref *document.Node) {
		t := s.lib.follow(ref)
		if t.node == nil || !s.within(t.node) || len(all) >= maxTags {
			return
		}
		n := &document.Node{Kind: document.Scalar, Tag: document.String, Text: tag}
		if value, ok := valueset.ValueOf(n); ok {
			all = append(all, space.And(s.set(space, t.node), space.At([]change.Step{change.Name(property)}, space.Just(value))))
		}
	}
	mapping := d.Get("mapping")
	for i, key := range keysOf(mapping) {
		if strings.Contains(p.change.Key, key.Text) {
			add(key.Text, mapping.Items[i])
		}
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		for _, m := range v.get(keyword).List() {
			if ref := refOf(m); ref != nil {
				add(s.lib.follow(ref).name, ref)
			}
		}
	}
	return all
}

// maxTags is how many tags of one discriminator are tried.
const maxTags = 20
