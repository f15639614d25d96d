package openapi

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// span goes from the name of a property to its end.
func span(f field) source.Span {
	s := f.key.At()
	if end := f.node.At(); end.File == s.File && s.End.Compare(end.End) < 0 {
		s.End = end.End
	}
	return s
}

// edit tells an edit of a keyword that decides nothing about values.
func (p *pair) edit(rule *change.Rule, keyword string, ids ...string) {
	from, to := textOf(p.b.get(keyword)), textOf(p.h.get(keyword))
	p.d.report(change.Change{
		Rule: rule, Path: p.path, Key: join(p.key, keyword), From: from, To: to, Detail: p.say(keyword, from, to) + p.d.noticeWords(rule, p.h.get("x-sunset")),
		Base: p.b.at(keyword), Head: p.h.at(keyword),
	}, ids...)
}

// Keywords that are compared elsewhere, or say nothing that a consumer could notice.
var silentKeywords = append([]string{
	"nullable", "$ref", "$schema", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "$comment", "$defs", "definitions",
	"readOnly", "writeOnly", "x-extensible-enum", "x-sunset", "discriminator", "contentEncoding", "contentMediaType", "contentSchema",
}, valueKeywords...)

var documentation = []string{"title", "description", "example", "examples", "externalDocs", "summary"}

// annotations compares what a schema says besides which values it allows.
func (p *pair) annotations() {
	if p.b.truth != nil || p.h.truth != nil {
		return
	}
	var seen []string
	for _, v := range []*view{p.b, p.h} {
		for _, part := range v.parts {
			for _, key := range keysOf(part) {
				if !slices.Contains(silentKeywords, key.Text) && !slices.Contains(seen, key.Text) {
					seen = append(seen, key.Text)
				}
			}
		}
	}
	for _, keyword := range seen {
		if b, h := p.b.get(keyword), p.h.get(keyword); !sameAnnotation(b, h) {
			p.annotation(keyword, b, h)
		}
	}
	p.sunset()
}

func sameAnnotation(b, h *document.Node) bool {
	if b == nil || h == nil {
		one := b
		if b == nil {
			one = h
		}
		return one == nil || isFalse(one)
	}
	return alikeValues(b, h)
}

func (p *pair) annotation(keyword string, b, h *document.Node) {
	switch {
	case keyword == "default":
		word := "changed"
		if b == nil {
			word = "added"
		} else if h == nil {
			word = "removed"
		}
		rule := defaultChanged
		if p.x.write {
			rule = requestDefaultChanged
		}
		p.edit(rule, keyword, p.x.id("default-value-"+word))
	case keyword == "deprecated":
		p.deprecation(truth(h))
	case keyword == "xml":
		p.xml(b, h)
	case keyword == "x-stability-level":
		p.stability()
	case slices.Contains(documentation, keyword):
		p.edit(documentationChanged, keyword)
	case strings.HasPrefix(keyword, "x-"):
		if p.d.comparesExtension(keyword) {
			p.edit(extensionRule(keyword, textOf(b), textOf(h)), keyword)
		}
	default:
		p.edit(notCompared, keyword)
	}
}

// extensionRule tells apart what teams write in extensions: units, labels of
// classification, and the rest.
func extensionRule(keyword, from, to string) *change.Rule {
	k := strings.ToLower(keyword)
	isLabel := slices.ContainsFunc([]string{"pii", "classification", "sensitiv", "personal"}, func(word string) bool { return strings.Contains(k, word) })
	isPromise := slices.ContainsFunc(promiseWords, func(word string) bool { return strings.Contains(k, word) })
	switch {
	case isPromise:
		return notCompared
	case slices.Contains([]string{"x-unit", "x-units", "x-currency", "x-timezone"}, k):
		return unitChanged
	case !isLabel:
		return tagChanged
	}
	was, known1 := sensitivity(from)
	is, known2 := sensitivity(to)
	switch {
	case known1 && known2 && is < was:
		return classificationLowered
	case known1 && known2 && is == was:
		return tagChanged
	}
	return classificationRaised
}

// sensitivity ranks what a team writes in a label.
func sensitivity(text string) (rank int, ok bool) {
	switch text {
	case "", "false", "null", "none":
		return -1, true
	case "true":
		return 100, true
	}
	return schema.Sensitivity(text)
}

func (p *pair) deprecation(is bool) {
	rule, id := fieldUndeprecated, "reactivated"
	if is {
		rule, id = fieldDeprecated, "deprecated"
		switch day, ok := sunsetOf(p.h.get("x-sunset")); {
		case p.h.get("x-sunset") == nil && p.d.notice() > 0:
			rule, id = noticeTooShort, "deprecated-sunset-missing"
		case p.h.get("x-sunset") == nil:
		case !ok:
			id = "deprecated-sunset-invalid"
		case p.d.tooSoon(day):
			rule, id = noticeTooShort, "sunset-date-too-small"
		case day != "":
			id = "deprecated-with-sunset"
		}
	}
	if p.x.place != property {
		id = "none"
	}
	p.edit(rule, "deprecated", p.x.id(id))
}

// sunset compares the day on which a deprecated element goes away.
func (p *pair) sunset() {
	b, h := p.b.get("x-sunset"), p.h.get("x-sunset")
	if !truth(p.b.get("deprecated")) || !truth(p.h.get("deprecated")) || document.Equal(b, h) {
		return
	}
	p.edit(sunsetChanged, "x-sunset")
}

func isDay(n *document.Node) bool { _, ok := sunsetOf(n); return ok }

// sunsetOf reads a day; false if it is none.
func sunsetOf(n *document.Node) (day string, ok bool) {
	text := n.String()
	if _, ok := parseDay(text); !ok {
		return "", false
	}
	return text, true
}

// stability compares how stable an element is said to be.
func (p *pair) stability() {
	was, is := stabilityOf(p.b.get("x-stability-level")), stabilityOf(p.h.get("x-stability-level"))
	rule, id := stabilityRaised, "stability-increased"
	if is < was {
		rule, id = stabilityLowered, "stability-decreased"
	}
	if !knownStability(p.b.get("x-stability-level")) || !knownStability(p.h.get("x-stability-level")) {
		p.edit(stabilityLowered, "x-stability-level", "api-invalid-stability-level")
		return
	}
	if is == was {
		return
	}
	if p.x.place != property || was < p.d.head.settings.stability {
		id = "none"
	}
	p.edit(rule, "x-stability-level", p.x.id(id))
}

var stabilityLevels = []string{"draft", "alpha", "beta", "stable"}

func knownStability(n *document.Node) bool {
	return n == nil || slices.Contains(stabilityLevels, n.String())
}

// stabilityOf ranks a level; what says nothing is stable.
func stabilityOf(n *document.Node) int {
	if i := slices.Index(stabilityLevels, n.String()); i >= 0 {
		return i
	}
	return len(stabilityLevels) - 1
}

// access compares who sends and who reads a property.
func (p *pair) access(at change.Path, was, is field) {
	b, h := p.d.view(p.b.lib, was.node), p.d.view(p.h.lib, is.node)
	isRequired := p.b.requires(was.name) && (!p.x.called || p.h.requires(was.name))
	word := map[bool]string{true: "required", false: "optional"}[isRequired]
	for _, keyword := range []string{"readOnly", "writeOnly"} {
		if b.flag(keyword) == h.flag(keyword) {
			continue
		}
		rule, id := fieldAccessChanged, ""
		kind := map[string]string{"readOnly": "read-only", "writeOnly": "write-only"}[keyword]
		switch {
		case keyword == "readOnly" && p.x.write && h.flag(keyword):
			rule = requestFieldIgnored
		case keyword == "writeOnly" && !p.x.write && h.flag(keyword):
			rule = fieldHidden
		case keyword == "readOnly" && p.x.write && isRequired:
			rule = required.tightened
		}
		if p.x.place <= property {
			side := map[bool]string{true: "request-", false: "response-"}[p.x.called]
			id = side + word + "-property-became-" + map[bool]string{false: "not-"}[h.flag(keyword)] + kind
			if id == "request-required-property-became-not-read-only" && p.d.base.lib.dialect == 0 {
				id += "-in-openapi-31"
			}
		}
		p.d.report(change.Change{
			Rule: rule, Path: at, Key: join(p.key, keyword), From: textOf(b.get(keyword)), To: textOf(h.get(keyword)),
			Detail: string(at) + ": " + keyword + map[bool]string{true: " is set now", false: " is no longer set"}[h.flag(keyword)],
			Base:   b.at(keyword), Head: h.at(keyword),
		}, id)
	}
}
