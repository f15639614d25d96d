package openapi

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// objects compares what objects hold.
func (p *pair) objects() {
	p.members()
	p.requirements()
	p.additional()
	p.named("patternProperties", &names, "pattern-property")
	p.schema("propertyNames", "propertyNames", &names, "", []string{"property-names-added", "property-names-removed"})
	p.dependencies()
	p.named("dependentSchemas", &conditions, "dependent-schema")
}

// members compares properties by their names.
func (p *pair) members() {
	for _, was := range p.b.fields() {
		at := p.path.Join(change.Name(was.name))
		is, ok := p.h.field(was.name)
		if !ok {
			p.removed(at, was)
			continue
		}
		p.access(at, was, is)
		p.within(at, p.key, was.node, is.node)
	}
	for _, is := range p.h.fields() {
		if _, ok := p.b.field(is.name); !ok {
			p.added(p.path.Join(change.Name(is.name)), is)
		}
	}
}

// inCondition tells a property that comes or goes where only values matter, and reports
// whether that is so.
func (p *pair) inCondition(at change.Path, effect direction, f field, detail string) bool {
	if !p.x.flip && !p.x.either {
		return false
	}
	c := p.add(&conditions, effect, "properties")
	c.path, c.detail, c.unsure = at, detail, true
	return true
}

// movedInto reports whether the alternatives of the head have a property that stood
// beside them: it is wrapped and not gone.
func (p *pair) movedInto(name string, now *view) bool {
	for _, keyword := range []string{"oneOf", "anyOf", "allOf"} {
		for _, m := range now.get(keyword).List() {
			v := p.d.view(now.lib, m)
			if _, ok := v.field(name); ok {
				return true
			}
		}
	}
	return false
}

func (p *pair) removed(at change.Path, was field) {
	detail := string(at) + " is gone"
	if p.inCondition(at, wider, was, detail) || p.movedInto(was.name, p.h) {
		return
	}
	v := p.d.view(p.b.lib, was.node)
	if p.x.live == 0 && v.says() {
		return // the same is said in another way
	}
	p.d.gone = append(p.d.gone, memberOf{p, was.name})
	if p.h.isClosed() {
		p.d.count(narrower)
	}
	c := change.Change{Path: at, Key: p.key, From: v.typeText(), Detail: detail, Base: span(was), Head: p.h.at("properties")}
	isRequired := p.b.requires(was.name)
	if isRequired {
		p.d.count(wider)
	}
	switch {
	case p.x.write && v.flag("readOnly"):
		c.Rule = requestWidened
		p.d.report(c)
	case p.x.write && p.h.isClosed():
		c.Rule = requestClosedFieldRemoved
		p.d.report(c, p.removalID(v, "request-property-removed"))
	case p.x.write:
		c.Rule = requestFieldRemoved
		p.d.report(c, p.removalID(v, "request-property-removed"))
	default:
		word := map[bool]string{true: "required", false: "optional"}[isRequired]
		hidden := v.flag("writeOnly")
		c.Rule = map[bool]*change.Rule{true: fieldRemoved, false: optionalFieldRemoved}[isRequired]
		id := "response-" + word + "-property-removed"
		if hidden {
			c.Rule, id = responseNarrowed, "response-"+word+"-write-only-property-removed"
		} else if isRequired {
			id = p.removalID(v, id)
		}
		switch {
		case p.x.called:
			id = p.removalID(v, "request-property-removed")
		case p.x.place > property:
			id = ""
		}
		p.d.report(c, id)
	}
}

// removalID is what the peer calls the removal of something that may have been
// deprecated: nothing once its day has come.
func (p *pair) removalID(v *view, id string) string {
	switch {
	case p.x.place > property:
		return ""
	case !v.flag("deprecated"):
		return id
	case v.get("x-sunset") == nil:
		return id + "-with-deprecation"
	case !isDay(v.get("x-sunset")):
		return id
	case p.d.hasCome(v.get("x-sunset").String()):
		return ""
	}
	return id + "-before-sunset"
}

func (p *pair) added(at change.Path, is field) {
	detail := string(at) + " is new"
	if p.inCondition(at, narrower, is, detail) || p.movedInto(is.name, p.b) {
		return
	}
	v := p.d.view(p.h.lib, is.node)
	if p.x.live == 0 && v.says() {
		return
	}
	p.d.came = append(p.d.came, memberOf{p, is.name})
	if p.b.isClosed() {
		p.d.count(wider)
	}
	c := change.Change{Path: at, Key: p.key, To: v.typeText(), Detail: detail, Base: p.b.at("properties"), Head: span(is)}
	isRequired := p.h.requires(is.name)
	if isRequired {
		p.d.count(narrower)
	}
	switch {
	case p.x.write && isRequired && !v.flag("readOnly"):
		c.Rule = requestFieldRequiredAdded
		c.Detail += " and required"
		ids := []string{p.requiredID(v)}
		if p.x.header && (v.get("default") != nil || v.flag("writeOnly")) {
			ids = append(ids, "request-header-property-became-required")
		}
		p.d.report(c, ids...)
	case p.x.write:
		c.Rule = requestFieldAdded
		id := "new-optional-request-property"
		if v.flag("readOnly") || p.x.place > property {
			id = ""
		}
		p.d.report(c, id)
	default:
		word := map[bool]string{true: "required", false: "optional"}[isRequired]
		id := "response-" + word + "-property-added"
		c.Rule = fieldAdded
		switch {
		case v.flag("writeOnly"):
			id = "response-" + word + "-write-only-property-added"
		case p.b.isClosed():
			c.Rule = closedFieldAdded
		}
		switch {
		case p.x.called && isRequired:
			id = p.requiredID(v)
		case p.x.called:
			id = "new-optional-request-property"
		case p.x.place > property:
			id = ""
		}
		p.d.report(c, id)
	}
}

func (p *pair) requiredID(v *view) string {
	switch {
	case p.x.header:
		return "new-required-request-header-property"
	case p.x.place > property:
		return ""
	case v.get("default") != nil:
		return "new-required-request-property-with-default"
	}
	return "new-required-request-property"
}

// requirements compares which properties have to be there, of those that both sides
// have or neither describes.
func (p *pair) requirements() {
	for _, part := range p.b.parts {
		for _, name := range part.Get("required").List() {
			if !p.h.requires(name.Text) {
				p.requirement(name, wider, "optional", " may be missing now")
			}
		}
	}
	for _, part := range p.h.parts {
		for _, name := range part.Get("required").List() {
			if !p.b.requires(name.Text) {
				p.requirement(name, narrower, "required", " has to be there now")
			}
		}
	}
}

func (p *pair) requirement(name *document.Node, effect direction, word, says string) {
	was, had := p.b.field(name.Text)
	is, has := p.h.field(name.Text)
	if had != has {
		if had && !p.movedInto(name.Text, p.h) || has && !p.movedInto(name.Text, p.b) {
			return // the property that came or went says so itself
		}
	}
	f := p.add(&required, effect, "required")
	f.key, f.path, f.detail = "", p.path.Join(change.Name(name.Text)), string(p.path.Join(change.Name(name.Text)))+says
	f.from, f.to = "", word
	if effect == wider {
		f.base = name.Span
	} else {
		f.head = name.Span
	}
	if !had || !has {
		return
	}
	b, h := p.d.view(p.b.lib, was.node), p.d.view(p.h.lib, is.node)
	f.ids = p.requirementIDs(b, h, word)
	if p.x.write && h.flag("readOnly") || !p.x.write && (h.flag("writeOnly") || b.flag("writeOnly")) {
		f.hazard = &ofOtherSide
	}
}

// ofOtherSide is for fields that only the other side sends.
var ofOtherSide = hazard{loosened: responseNarrowed, tightened: requestWidened}

func (p *pair) requirementIDs(b, h *view, word string) []string {
	switch {
	case p.x.header && word == "required" && !h.flag("readOnly"):
		return []string{"request-header-property-became-required"}
	case p.x.place > property:
		return nil
	case p.x.called && h.flag("readOnly"):
		return nil
	case p.x.called && word == "required" && h.get("default") != nil:
		return []string{"request-property-became-required-with-default"}
	case p.x.called:
		return []string{"request-property-became-" + word}
	case p.x.place == body && h.flag("writeOnly") || p.x.place == property && b.flag("writeOnly"):
		return []string{"response-write-only-property-became-" + word}
	}
	return []string{"response-property-became-" + word}
}

// additional compares what an object may hold besides its properties.
func (p *pair) additional() {
	b, h := p.b.get("additionalProperties"), p.h.get("additionalProperties")
	if b != nil && h != nil && b.Kind == document.Map && h.Kind == document.Map {
		p.within(p.path.Join(mapStep), join(p.key, "additionalProperties"), b, h)
	} else if was, is := opennessOf(b), opennessOf(h); was != is {
		effect := wider
		if is < was {
			effect = narrower
		}
		p.add(&openness, effect, "additionalProperties")
	}
	p.schema("unevaluatedProperties", "unevaluatedProperties", &openness, "{}", p.unevaluated("unevaluatedProperties", "unevaluated-properties"))
}

// opennessOf ranks what is said of other members: none, some, any.
func opennessOf(n *document.Node) int {
	switch {
	case isFalse(n):
		return 0
	case n != nil && n.Kind == document.Map && len(n.Keys) > 0:
		return 1
	}
	return 2
}

// named compares schemas under names that are no properties.
func (p *pair) named(keyword string, h *hazard, id string) {
	was, is := p.b.get(keyword), p.h.get(keyword)
	for i, key := range keysOf(was) {
		if other := is.Get(key.Text); other != nil {
			at := p.path
			if keyword == "patternProperties" {
				at = at.Join(mapStep)
			}
			p.within(at, join(p.key, strings.TrimSuffix(keyword, "s")+" "+key.Text), was.Items[i], other)
			continue
		}
		f := p.add(h, wider, keyword, p.x.id(id+"-removed"))
		f.key, f.base = key.Text, member(was, key.Text)
	}
	for _, key := range keysOf(is) {
		if was.Get(key.Text) == nil {
			f := p.add(h, narrower, keyword, p.x.id(id+"-added"))
			f.key, f.head = key.Text, member(is, key.Text)
		}
	}
}

// dependencies compares which members have to be there if another is.
func (p *pair) dependencies() {
	was, is := p.b.get("dependentRequired"), p.h.get("dependentRequired")
	for i, key := range keysOf(was) {
		other := is.Get(key.Text)
		switch {
		case other == nil:
			p.dependency(key.Text, wider, "removed")
		case !document.Equal(was.Items[i], other):
			p.dependency(key.Text, both, "changed")
		}
	}
	for _, key := range keysOf(is) {
		if was.Get(key.Text) == nil {
			p.dependency(key.Text, narrower, "added")
		}
	}
}

func (p *pair) dependency(name string, effect direction, word string) {
	f := p.add(&conditions, effect, "dependentRequired", p.x.id("dependent-required-"+word))
	f.key = join("dependentRequired", name)
}
