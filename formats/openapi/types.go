package openapi

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

var arrayStep, mapStep = change.Items, change.Values

// steps are how a path goes on into what a keyword describes.
var steps = map[string]change.Step{"[]": change.Items, "{}": change.Values}

// types compares types, null and formats, which the peer takes for one thing.
func (p *pair) types() {
	was, is := p.b.types, p.h.types
	null := p.b.null != p.h.null && !p.bothAny()
	effect := p.typeEffect(was, is)
	formatEffect := p.formatEffect()
	if effect == 0 && p.x.text && !slices.Equal(slices.Sorted(slices.Values(was)), slices.Sorted(slices.Values(is))) {
		effect = p.harmless() // other types, and the same texts
	}
	switch {
	case effect != 0:
		f := p.add(&typeChanged, effect|formatEffect, "type", p.typeIDs()...)
		f.from, f.to = p.b.typeText(), p.h.typeText()
		f.detail = p.say("type", f.from, f.to)
		if p.b.list != "" || p.h.list != "" {
			f.base, f.head = p.b.at(p.b.typeKeyword()), p.h.at(p.h.typeKeyword())
		}
	case formatEffect != 0:
		p.add(&formats, formatEffect, "format", p.typeIDs()...)
	}
	if null {
		effect, id := narrower, "became-not-nullable"
		if p.h.null {
			effect, id = wider, "became-nullable"
		}
		f := p.add(&nullability, effect, "type", p.x.id(id))
		f.key, f.from, f.to = "null", "", ""
		f.detail = string(p.path) + map[bool]string{true: " may be null now", false: " may not be null any more"}[p.h.null]
	}
}

// harmless is the direction in which nobody is hurt.
func (p *pair) harmless() direction {
	if p.x.write {
		return wider
	}
	return narrower
}

// bothAny reports whether neither side names types, where null is allowed anyhow.
func (p *pair) bothAny() bool {
	return p.b.types == nil && p.h.types == nil && !p.b.null && !p.h.null
}

func (v *view) typeKeyword() string {
	if v.list != "" {
		return v.list
	}
	return "type"
}

func (v *view) typeText() string {
	if v.types == nil {
		return "any"
	}
	return strings.Join(v.types, ", ")
}

// typeEffect says what another list of types allows.
func (p *pair) typeEffect(was, is []string) (effect direction) {
	if p.b.oneNull() || p.h.oneNull() {
		return 0
	}
	if !p.covers(was, is, p.b) {
		effect |= wider
	}
	if !p.covers(is, was, p.h) {
		effect |= narrower
	}
	return effect
}

// oneNull reports whether null is all that v allows.
func (v *view) oneNull() bool { return v.types == nil && v.null && v.get("type") != nil }

// covers reports whether each of types is one of all.
func (p *pair) covers(all, types []string, v *view) bool {
	if all == nil || types == nil {
		return all == nil
	}
	return !slices.ContainsFunc(types, func(t string) bool { return !p.coversOne(all, t, v) })
}

func (p *pair) coversOne(all []string, t string, v *view) bool {
	isScalar := t != "array" && t != "object"
	switch {
	case slices.Contains(all, t) || t == "integer" && slices.Contains(all, "number"):
		return true
	case p.x.text && isScalar && slices.Contains(all, "string") && !v.says("type", "oneOf", "anyOf"):
		return true
	case p.x.explode && isScalar && slices.Contains(all, "array"):
		item, _ := v.lib.deref(v.get("items"))
		if item == nil {
			return false
		}
		kinds := readView(v.lib, item, 0).types
		constrained := slices.ContainsFunc(keysOf(item), func(k *document.Node) bool { return k.Text != "type" && slices.Contains(valueKeywords, k.Text) })
		return !constrained && (slices.Contains(kinds, t) || slices.Contains(kinds, "string"))
	}
	return false
}

// formatEffect says what another format allows. Formats of numbers nest; others are
// taken to have nothing in common.
func (p *pair) formatEffect() direction {
	b, h := p.b.get("format").String(), p.h.get("format").String()
	switch {
	case b == h:
		return 0
	case b == "":
		return narrower
	case h == "":
		return wider
	}
	for _, nested := range [][]string{{"int32", "int64", "bigint"}, {"float", "double"}} {
		i, j := slices.Index(nested, b), slices.Index(nested, h)
		if i >= 0 && j >= 0 {
			if i < j {
				return wider
			}
			return narrower
		}
	}
	return both
}

// The rest says what the peer calls a change of types.

// rawTypes returns the types as they stand under the keyword type.
func (v *view) rawTypes() (types []string) {
	n := v.get("type")
	if n != nil && n.Kind == document.Scalar {
		return []string{n.Text}
	}
	for _, t := range n.List() {
		types = append(types, t.Text)
	}
	return types
}

func (p *pair) typeIDs() []string {
	was, is := p.b.rawTypes(), p.h.rawTypes()
	if p.b.list != "" || p.h.list != "" {
		if p.b.isTypePattern() && p.h.isTypePattern() {
			return []string{p.x.id("list-of-types-" + p.listWord())}
		}
	}
	t := typeEdit{
		was: was, is: is, from: p.b.get("format").String(), to: p.h.get("format").String(),
		added: without(is, was), deleted: without(was, is),
	}
	t.explodes = p.x.explode && len(t.added) == 1 && t.added[0] == "array" && p.covers(is, p.b.types, p.h)
	t.types = len(t.added)+len(t.deleted) > 0
	return []string{p.x.id(t.word(p.x))}
}

func (v *view) isTypePattern() bool {
	return v.types != nil && v.get("not") == nil && v.get("allOf") == nil && v.get("properties") == nil
}

// listWord says whether a list of types was narrowed, which the peer looks at first for
// requests, or widened, which it looks at first for responses.
func (p *pair) listWord() string {
	lost, gained := without(p.b.allTypes(), p.h.allTypes()), without(p.h.allTypes(), p.b.allTypes())
	if p.x.called && len(lost) > 0 || !p.x.called && len(gained) == 0 {
		return "narrowed"
	}
	return "widened"
}

func (v *view) allTypes() []string {
	if v.null && v.list != "" {
		return append(slices.Clone(v.types), "null")
	}
	return v.types
}

func without(all, some []string) (rest []string) {
	for _, t := range all {
		if !slices.Contains(some, t) {
			rest = append(rest, t)
		}
	}
	return rest
}

// A typeEdit is a change of type and format.
type typeEdit struct {
	was, is        []string
	from, to       string // formats
	added, deleted []string
	types          bool // they differ
	explodes       bool // a value is an array of one
}

func isSubtype(t, of string) bool { return t == of || t == "integer" && of == "number" }

func subset(types, of []string) bool {
	return len(types) > 0 && !slices.ContainsFunc(types, func(t string) bool {
		return !slices.ContainsFunc(of, func(u string) bool { return isSubtype(t, u) })
	})
}

func (t typeEdit) reversed() typeEdit {
	return typeEdit{t.is, t.was, t.to, t.from, t.deleted, t.added, t.types, t.explodes}
}

// breaks says whether values of the types before may be none of those after, in the
// peer's eyes.
func (t typeEdit) breaks(strong bool) bool {
	typeBreaks := t.types && !t.contained(strong)
	return typeBreaks || t.from != t.to && !t.formatContained()
}

func (t typeEdit) contained(strong bool) bool {
	if len(t.added) == 1 && len(t.deleted) == 1 && isSubtype(t.deleted[0], t.added[0]) {
		return true
	}
	return !strong && (len(t.added) == 0 || len(t.added) == 1 && t.added[0] == "string")
}

func (t typeEdit) formatContained() bool {
	switch {
	case t.to == "":
		return true
	case len(t.is) != 1:
		return false
	case t.is[0] == "number":
		return t.to == "double" && t.from == "float"
	case t.is[0] == "integer":
		return (t.to == "int64" || t.to == "bigint") && t.from == "int32" || t.to == "bigint" && t.from == "int64"
	}
	return false
}

// breaksBody is breaks for bodies, where more types are none.
func (t typeEdit) breaksBody(strong bool) bool {
	if subset(t.was, t.is) {
		t.types = false
	}
	if t.types && len(t.is) == 0 {
		return false
	}
	return t.breaks(strong)
}

func (t typeEdit) word(x situation) string {
	strong := !x.loose
	concrete := t.types && len(t.was) > 0 && len(t.is) > 0
	switch {
	case x.place == parameter:
		if t.breaks(false) && !t.explodes {
			return "type-changed"
		}
		return "type-generalized"
	case x.place == parameterProperty:
		switch hard, soft := t.breaks(true), t.breaks(false); {
		case hard != soft:
			return "type-changed"
		case hard:
			return "type-specialized"
		}
		return "type-generalized"
	case x.called && t.breaksBody(strong):
		return "type-changed"
	case x.called && concrete && !subset(t.was, t.is):
		return "type-compatible"
	case x.called:
		return "type-generalized"
	}
	switch back := t.reversed(); {
	case back.breaksBody(strong && x.place != header) && t.types && subset(t.was, t.is):
		return "type-generalized"
	case back.breaksBody(strong && x.place != header):
		return "type-changed"
	case concrete && !subset(t.is, t.was):
		return "type-compatible"
	}
	return "type-specialized"
}
