package openapi

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// combinations compares alternatives, conditions and what they are told apart by.
func (p *pair) combinations() {
	p.discriminators()
	p.alternatives("allOf", &conditions, "all-of")
	if p.b.list == "" && p.h.list == "" {
		p.alternatives("anyOf", &branches, "any-of")
		p.alternatives("oneOf", &branches, "one-of")
	} else if p.b.types == nil || p.h.types == nil {
		p.alternatives("anyOf", &branches, "any-of")
		p.alternatives("oneOf", &branches, "one-of")
	}
	p.wrapped()
	p.condition("not", nil)
	p.condition("if", []string{"if-added", "if-removed"})
	p.condition("then", []string{"then-added", "then-removed"})
	p.condition("else", []string{"else-added", "else-removed"})
}

// condition compares a schema that rules out values.
func (p *pair) condition(keyword string, ids []string) {
	was, is := p.b.get(keyword), p.h.get(keyword)
	if was == nil || is == nil {
		before := len(p.facts)
		p.schema(keyword, keyword, &conditions, "", ids)
		for i := range p.facts[before:] {
			p.facts[before+i].unsure = keyword == "if" || keyword == "then" || keyword == "else"
			if p.facts[before+i].unsure {
				p.facts[before+i].effect = both
			}
		}
		return
	}
	if p.d.same(was, is) {
		return
	}
	p.mixed = true
	key := join(p.key, keyword)
	p.inner = append(p.inner, func(x situation) {
		x = x.inside()
		switch keyword {
		case "not":
			x.flip = !x.flip
			x.live = x.live & both
		case "if":
			x.either = true
		}
		p.d.schemas(p.path, key, was, is, x)
	})
}

// alternatives compares the members of allOf, anyOf or oneOf.
func (p *pair) alternatives(keyword string, h *hazard, id string) {
	was, is := p.b.get(keyword).List(), p.h.get(keyword).List()
	if len(was) == 0 && len(is) == 0 {
		return
	}
	pairs, left := p.pairUp(was, is, keyword != "allOf" && p.isTagged())
	name := func(lib *library, n *document.Node, word string) string {
		if v := p.d.view(lib, n); keyword == "allOf" && v.truth == nil && !v.says() {
			word += "-annotation-only"
		}
		return p.x.id(id + word)
	}
	for i, j := range pairs {
		if j < 0 {
			effect := narrower
			if keyword == "allOf" || len(is) == 0 {
				effect = wider
			}
			f := p.add(h, effect, keyword, name(p.b.lib, was[i], "-removed"))
			f.key, f.base = keyword+" "+p.memberName(p.b.lib, was[i], i), top(was[i])
			f.from, f.to = p.memberName(p.b.lib, was[i], i), ""
			f.detail = p.say(keyword, f.from, "")
			continue
		}
		if !p.d.same(was[i], is[j]) {
			p.mixed = true
			key := join(p.key, keyword+" "+p.memberName(p.b.lib, was[i], i))
			p.inner = append(p.inner, func(x situation) { p.d.schemas(p.path, key, was[i], is[j], x.inside()) })
		}
	}
	for _, j := range left {
		effect := wider
		if keyword == "allOf" || len(was) == 0 {
			effect = narrower
		}
		f := p.add(h, effect, keyword, name(p.h.lib, is[j], "-added"))
		f.key, f.head = keyword+" "+p.memberName(p.h.lib, is[j], j), top(is[j])
		f.from, f.to = "", p.memberName(p.h.lib, is[j], j)
		f.detail = p.say(keyword, "", f.to)
	}
}

// memberName is what people call an alternative.
func (p *pair) memberName(lib *library, n *document.Node, i int) string {
	if ref := refOf(n); ref != nil {
		return lib.follow(ref).name
	}
	if title := n.Get("title").String(); title != "" {
		return short(title)
	}
	return "number " + ordinal(i+1)
}

// isTagged reports whether the names of alternatives are their tags, so that a renamed
// one is another one.
func (p *pair) isTagged() bool {
	d := p.b.get("discriminator")
	return d != nil && len(keysOf(d.Get("mapping"))) == 0
}

// pairUp returns for each of was the one of is that it became, or -1, and those of is
// that are new: what is written alike, else of the same name or title, else what refers
// to the same under another name, else the last one left on both sides.
func (p *pair) pairUp(was, is []*document.Node, byName bool) (pairs, left []int) {
	pairs = make([]int, len(was))
	taken := make([]bool, len(is))
	for i := range pairs {
		pairs[i] = -1
	}
	name := func(lib *library, n *document.Node) string {
		if ref := refOf(n); ref != nil {
			return "$" + lib.follow(ref).name
		}
		return n.Get("title").String()
	}
	rules := []func(b, h *document.Node) bool{
		func(b, h *document.Node) bool {
			return (refOf(b) == nil) == (refOf(h) == nil) && name(p.b.lib, b) == name(p.h.lib, h) && p.d.same(b, h)
		},
		func(b, h *document.Node) bool {
			return name(p.b.lib, b) != "" && name(p.b.lib, b) == name(p.h.lib, h)
		},
	}
	if !byName {
		rules = append(rules, p.meansTheSame)
	}
	for _, rule := range rules {
		for i, b := range was {
			for j, h := range is {
				if pairs[i] < 0 && !taken[j] && rule(b, h) {
					pairs[i], taken[j] = j, true
				}
			}
		}
	}
	for j := range is {
		if !taken[j] {
			left = append(left, j)
		}
	}
	var lost, gained []int // of those without a name
	for i, j := range pairs {
		if j < 0 && name(p.b.lib, was[i]) == "" {
			lost = append(lost, i)
		}
	}
	for _, j := range left {
		if name(p.h.lib, is[j]) == "" {
			gained = append(gained, j)
		}
	}
	if len(lost) == 1 && len(gained) == 1 {
		pairs[lost[0]] = gained[0]
		left = slices.DeleteFunc(left, func(j int) bool { return j == gained[0] })
	}
	return pairs, left
}

// meansTheSame reports whether two alternatives are the same written otherwise.
func (p *pair) meansTheSame(b, h *document.Node) bool {
	bt, _ := p.b.lib.deref(b)
	ht, _ := p.h.lib.deref(h)
	return p.d.same(bt, ht) || (refOf(b) != nil || refOf(h) != nil) && p.d.oracle.ask(b, h).live == 0
}

// wrapped names what the peer calls an object that became one of several.
func (p *pair) wrapped() {
	if p.b.get("oneOf") != nil || p.b.get("properties") == nil || p.h.get("oneOf") == nil || p.h.get("properties") != nil || p.h.get("type") != nil {
		return
	}
	moved := slices.ContainsFunc(p.b.fields(), func(f field) bool { return p.movedInto(f.name, p.h) })
	if !moved {
		return
	}
	id := p.x.id("one-of-added")
	if p.x.place == body {
		id = p.x.id("wrapped-in-one-of")
		for _, m := range p.h.get("oneOf").List() {
			if p.meansTheSame(p.base, m) {
				id = p.x.id("wrapped-in-one-of-original-preserved")
			}
		}
	}
	for i := range p.facts {
		if k := p.facts[i].keyword; k == "oneOf" || k == "type" {
			p.facts[i].ids = nil
			if k == "oneOf" {
				p.facts[i].ids = []string{id}
			}
		}
	}
}
