package openapi

import (
	"math/big"
	"slices"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A limit is a keyword that bounds numbers or lengths.
type limit struct {
	keyword, peer string
	upper         bool
	hazard        *hazard
}

var limits = []limit{
	{"maximum", "max", true, &bounds}, {"minimum", "min", false, &bounds},
	{"exclusiveMaximum", "exclusive-max", true, &bounds}, {"exclusiveMinimum", "exclusive-min", false, &bounds},
	{"maxLength", "max-length", true, &lengths}, {"minLength", "min-length", false, &lengths},
	{"maxItems", "max-items", true, &lengths}, {"minItems", "min-items", false, &lengths},
	{"maxProperties", "max-properties", true, &lengths}, {"minProperties", "min-properties", false, &lengths},
	{"maxContains", "max-contains", true, &items}, {"minContains", "min-contains", false, &items},
}

// numbers compares limits and divisors.
func (p *pair) numbers() {
	for _, l := range limits {
		b, h := p.b.get(l.keyword), p.h.get(l.keyword)
		switch {
		case b == nil && h == nil || b != nil && h != nil && document.Equal(b, h):
		case b == nil:
			p.bound(l, narrower, "set")
		case h == nil:
			p.bound(l, wider, "unset")
		default:
			x, ok1 := b.Number()
			y, ok2 := h.Number()
			if !ok1 || !ok2 { // true and false in OpenAPI 3.0, or a number beyond reason
				p.add(l.hazard, both, l.keyword).unsure = true
				continue
			}
			action, effect := "increased", wider
			if x.Cmp(y) > 0 {
				action, effect = "decreased", narrower
			}
			if !l.upper {
				effect = effect.swap()
			}
			p.bound(l, effect, action)
		}
	}
	p.multiple()
}

func (p *pair) bound(l limit, effect direction, action string) {
	id := p.x.id(l.peer + "-" + action)
	if p.x.called && p.x.place == property && p.h.flag("readOnly") {
		if hidden := "request-read-only-property-" + l.peer + "-" + action; oasdiffLevels[hidden] != "" {
			id = hidden
		}
	}
	f := p.add(l.hazard, effect, l.keyword, id)
	// In OpenAPI 3.0, exclusiveMaximum: true says something only beside maximum.
	f.unsure = isFlag(p.b.get(l.keyword)) || isFlag(p.h.get(l.keyword))
}

func isFlag(n *document.Node) bool { return n != nil && n.Tag == document.Bool }

func (p *pair) multiple() {
	b, h := p.b.get("multipleOf"), p.h.get("multipleOf")
	switch {
	case b == nil && h == nil || b != nil && h != nil && document.Equal(b, h):
	case b == nil:
		p.add(&bounds, narrower, "multipleOf", p.x.id("multiple-of-set"))
	case h == nil:
		p.add(&bounds, wider, "multipleOf", p.x.id("multiple-of-unset"))
	default:
		x, ok1 := b.Number()
		y, ok2 := h.Number()
		fact, effect := "changed", both
		switch {
		case !ok1 || !ok2 || x.Sign() == 0 || y.Sign() == 0:
		case new(big.Rat).Quo(x, y).IsInt():
			effect = wider
			if p.x.called {
				fact = "generalized"
			}
		case new(big.Rat).Quo(y, x).IsInt():
			effect = narrower
			if !p.x.called {
				fact = "specialized"
			}
		}
		p.add(&bounds, effect, "multipleOf", p.x.id("multiple-of-"+fact))
	}
}

// texts compares patterns and what a text holds.
func (p *pair) texts() {
	b, h := said(p.b.get("pattern")), said(p.h.get("pattern"))
	switch {
	case b == nil && h == nil || b != nil && h != nil && b.Text == h.Text:
	case b == nil:
		p.add(&patterns, narrower, "pattern", p.x.id("pattern-added"))
	case h == nil:
		p.add(p.patternHazard(), wider, "pattern", p.x.id("pattern-removed"))
	case h.Text == ".*":
		id := "pattern-generalized"
		if !p.x.called {
			id = "pattern-changed"
		}
		p.add(p.patternHazard(), both, "pattern", p.x.id(id)).unsure = true
	default:
		p.add(p.patternHazard(), both, "pattern", p.x.id("pattern-changed")).unsure = true
	}
	for _, one := range [][2]string{{"contentEncoding", "content-encoding-changed"}, {"contentMediaType", "content-media-type-changed"}} {
		if !document.Equal(p.b.get(one[0]), p.h.get(one[0])) {
			p.edit(spellingChanged, one[0], p.x.id(one[1]))
		}
	}
	b, h = p.b.get("contentSchema"), p.h.get("contentSchema")
	switch {
	case b != nil && h != nil:
		p.within(p.path, join(p.key, "contentSchema"), b, h)
	case h != nil:
		p.note(&values, narrower, "contentSchema", p.x.id("content-schema-added"))
	case b != nil:
		p.note(&values, wider, "contentSchema", p.x.id("content-schema-removed"))
	}
}

// said returns a text that is not empty, else nil.
func said(n *document.Node) *document.Node {
	if n.String() == "" {
		return nil
	}
	return n
}

// patternHazard tells headers apart, of which the pattern is a promise that few rely on.
func (p *pair) patternHazard() *hazard {
	if p.x.place == header {
		return &hazard{loosened: headerPatternLoosened, tightened: patterns.tightened}
	}
	return &patterns
}

// note tells a fact of which the oracle knows nothing.
func (p *pair) note(h *hazard, effect direction, keyword string, ids ...string) {
	kept := p.facts
	p.facts = nil
	p.add(h, effect, keyword, ids...)
	p.tell(p.x.live, "")
	p.facts = kept
}

// arrays compares what arrays hold.
func (p *pair) arrays() {
	b, h := truth(p.b.get("uniqueItems")), truth(p.h.get("uniqueItems"))
	switch {
	case !b && h:
		p.add(&uniqueness, narrower, "uniqueItems", p.x.id("unique-items-set"))
	case b && !h:
		p.add(&uniqueness, wider, "uniqueItems", p.x.id("unique-items-unset"))
	}
	p.schema("items", "", &items, "[]", nil)
	p.schema("contains", "contains", &items, "[]", []string{"contains-added", "contains-removed"})
	p.schema("unevaluatedItems", "unevaluatedItems", &items, "[]", p.unevaluated("unevaluatedItems", "unevaluated-items"))
	was, is := p.b.get("prefixItems").List(), p.h.get("prefixItems").List()
	for i := range min(len(was), len(is)) {
		p.within(p.path.Join(arrayStep), join(p.key, "item "+ordinal(i)), was[i], is[i])
	}
	switch {
	case len(is) > len(was):
		p.add(&items, both, "prefixItems", p.x.id("prefix-items-added")).unsure = true
	case len(is) < len(was):
		p.add(&items, both, "prefixItems", p.x.id("prefix-items-removed")).unsure = true
	}
}

// unevaluated names what the peer sees of such a keyword: it takes false for nothing.
func (p *pair) unevaluated(keyword, id string) []string {
	b, h := p.b.get(keyword), p.h.get(keyword)
	if (b == nil || isFalse(b)) && (h == nil || isFalse(h)) {
		return nil
	}
	if b != nil && h != nil && isFalse(h) {
		return []string{"", id + "-removed", id + "-removed"}
	}
	if isFalse(b) {
		return []string{id + "-added", "", id + "-added"}
	}
	return []string{id + "-added", id + "-removed"}
}

// schema compares a keyword whose value is a schema: one that comes narrows, one that
// goes widens. ids are what the peer calls these, and what it calls a change to or from
// false.
func (p *pair) schema(keyword, key string, h *hazard, step string, ids []string) {
	was, is := p.b.get(keyword), p.h.get(keyword)
	id := func(i int) string {
		if keyword == "items" && i < 2 && isFalse(is) != isFalse(was) {
			return p.x.inside().id([]string{"schema-became-false", "schema-became-not-false"}[i])
		}
		if i < len(ids) && ids[i] != "" {
			return p.x.id(ids[i])
		}
		return ""
	}
	switch {
	case was == nil && is == nil:
	case was == nil:
		p.add(h, narrower, keyword, id(0))
	case is == nil:
		p.add(h, wider, keyword, id(1))
	case isFalse(was) != isFalse(is) && keyword != "items":
		effect := narrower
		if isFalse(was) {
			effect = wider
		}
		p.add(h, effect, keyword, id(2))
	default:
		at := p.path
		if step != "" {
			at = at.Join(steps[step])
		}
		p.within(at, join(p.key, key), was, is)
	}
}

func ordinal(i int) string { return new(big.Int).SetInt64(int64(i)).String() }

// listed compares lists of values.
func (p *pair) listed() {
	if b, h := p.b.get("const"), p.h.get("const"); b != nil || h != nil {
		switch {
		case b == nil:
			p.add(&enumeration, narrower, "const", p.x.id("const-added"))
		case h == nil:
			p.add(&enumeration, wider, "const", p.x.id("const-removed"))
		case !alikeValues(b, h):
			p.add(&enumValue, both, "const", p.x.id("const-changed"))
		}
	}
	b, h := p.b.get("enum"), p.h.get("enum")
	switch {
	case b == nil && h == nil:
	case b == nil:
		p.open(p.add(&enumeration, narrower, "enum", p.enumID("became-enum")...))
	case h == nil:
		p.open(p.add(&enumeration, wider, "enum", p.enumID("became-not-enum")...))
	default:
		p.enums(b, h)
	}
	if b := p.b.get("x-extensible-enum"); b != nil {
		for _, v := range b.List() {
			if h := p.h.get("x-extensible-enum"); h != nil && !slices.ContainsFunc(h.List(), func(w *document.Node) bool { return alikeValues(v, w) }) {
				p.note(&enumValue, narrower, "x-extensible-enum", p.x.id("x-extensible-enum-value-removed"))
				break
			}
		}
	}
}

// open takes a list that says that there may be other values for what it is: a reader
// expects these.
func (p *pair) open(f *fact) {
	if p.b.isOpenList() {
		f.hazard = &openList
	}
}

var openList = hazard{loosened: extensibleValueAdded, tightened: enumValue.tightened, responseTightened: enumValue.responseTightened}

// isOpenList reports whether v says that its list of values may grow.
func (v *view) isOpenList() bool {
	n := v.get("x-extensible-enum")
	return n != nil && (n.Kind == document.List || truth(n))
}

func alikeValues(a, b *document.Node) bool {
	return a.Kind == b.Kind && (a.Kind != document.Scalar || (a.Tag == document.String) == (b.Tag == document.String)) && document.Equal(a, b)
}

func (p *pair) enums(b, h *document.Node) {
	for _, v := range h.List() {
		if !slices.ContainsFunc(b.List(), func(w *document.Node) bool { return alikeValues(v, w) }) {
			f := p.add(&enumValue, wider, "enum", p.enumID("enum-value-added")...)
			f.key, f.from, f.to, f.head = v.Text, "", short(v.Text), v.Span
			f.detail = p.say("the value", "", short(v.Text))
			p.open(f)
		}
	}
	for _, v := range b.List() {
		if !slices.ContainsFunc(h.List(), func(w *document.Node) bool { return alikeValues(v, w) }) {
			f := p.add(&enumValue, narrower, "enum", p.enumID("enum-value-removed")...)
			f.key, f.from, f.to, f.base = v.Text, short(v.Text), "", v.Span
			f.detail = p.say("the value", short(v.Text), "")
			p.open(f)
		}
	}
}

// enumID names what the peer calls an edit of a list of values, which has names of its
// own at several places.
func (p *pair) enumID(fact string) []string {
	var ids []string
	switch x := p.x; {
	case x.place == body && !x.called:
		ids = append(ids, "response-mediatype-"+fact)
	case x.place == property && x.called && fact == "enum-value-removed" && p.h.flag("readOnly"):
		ids = append(ids, "request-read-only-property-enum-value-removed")
	case x.place == property && !x.called && fact == "enum-value-added" && p.h.flag("writeOnly"):
		ids = append(ids, "response-write-only-property-enum-value-added")
	case x.place == parameterProperty && fact == "became-enum":
		ids = append(ids, "request-parameter-property-enum-value-added")
	default:
		ids = append(ids, x.id(fact))
	}
	if p.x.header && fact == "became-enum" {
		ids = append(ids, "request-header-property-became-enum")
	}
	return ids
}
