package valueset

import (
	"fmt"
	"strings"
)

// maxCases bounds into how many cases an unevaluated keyword is split.
const maxCases = 64

// A unevaluatedCase is one way in which the applicators beside an unevaluated keyword
// can apply: under a condition, so much is evaluated.
type unevaluatedCase struct {
	when  Set
	names covered
	items int // the first that are evaluated
	whole bool
	has   []Set // items that are in one of them are evaluated too
}

// unevaluatedProperties says of the members that no applied schema evaluates what the
// keyword says. Which schemas apply can depend on the value, so it is a list of
// cases.
func (b *builder) unevaluatedProperties() Set {
	set := b.Of(b.schema.UnevaluatedProperties)
	cases, ok := b.cases(b.schema, false, 0)
	if !ok {
		return b.tooManyCases("unevaluatedProperties")
	}
	var parts []Set
	for _, c := range cases {
		parts = append(parts, b.Or(c.when.Not(), b.others("unevaluatedProperties", set, c.names)))
	}
	return b.And(parts...)
}

// unevaluatedItems does the same for items.
func (b *builder) unevaluatedItems() Set {
	set := b.Of(b.schema.UnevaluatedItems)
	cases, ok := b.cases(b.schema, false, 0)
	if !ok {
		return b.tooManyCases("unevaluatedItems")
	}
	var parts []Set
	for _, c := range cases {
		if c.whole {
			continue
		}
		allowed := b.Or(append([]Set{set}, c.has...)...)
		one := All
		switch allowed {
		case All:
		case None:
			one = b.add(formula{op: opMaxItems, types: Array, count: c.items, keyword: "unevaluatedItems", at: b.at("unevaluatedItems")})
		default:
			one = b.add(formula{op: opItems, types: Array, count: c.items, kids: []Set{allowed}, keyword: "unevaluatedItems", at: b.at("unevaluatedItems")})
		}
		parts = append(parts, b.Or(c.when.Not(), one))
	}
	return b.And(parts...)
}

// tooManyCases gives up. What the keyword means depends on all that is applied beside
// it, and on how that is written.
func (b *builder) tooManyCases(keyword string) Set {
	var identity strings.Builder
	seen := make(map[*Schema]bool)
	for todo := []*Schema{b.schema}; len(todo) > 0; todo = todo[1:] {
		s := todo[0]
		if seen[s] {
			continue
		}
		seen[s] = true
		fmt.Fprintf(&identity, "%s ", Identity(s.Node))
		for _, inner := range s.inside() {
			fmt.Fprintf(&identity, "%d ", b.Of(inner))
		}
		todo = append(todo, s.inPlace()...)
	}
	return b.opaque(fmt.Sprintf("%s beside more than %d cases", keyword, maxCases), identity.String(), b.at(keyword), keyword)
}

// cases lists what schema evaluates, with the conditions. Unless it is the one that
// holds the unevaluated keyword (inner is false), its own unevaluated keywords count.
func (b *builder) cases(schema *Schema, inner bool, depth int) (all []unevaluatedCase, ok bool) {
	if depth > maxDepth {
		return nil, false
	}
	own := unevaluatedCase{when: All, names: ownNames(schema), items: len(schema.Prefix)}
	own.names.all = schema.Additional != nil || inner && schema.UnevaluatedProperties != nil
	own.whole = schema.Items != nil || inner && schema.UnevaluatedItems != nil
	if schema.Contains != nil && schema.Dialect.since(Draft202012) {
		own.has = []Set{b.Of(schema.Contains)}
	}
	all = []unevaluatedCase{own}
	for _, c := range schema.contributions() {
		set := All
		if c.conditional {
			set = b.Of(c.schema)
			if c.trigger != "" { // of dependentSchemas, which holds if the member is there
				set = b.And(b.OfType(Object), b.add(required(c.trigger)))
			}
			if c.unless != nil {
				set = b.Of(c.unless).Not()
			}
			if c.given != nil {
				set = b.Of(c.given)
			}
		}
		more, ok := b.cases(c.schema, true, depth+1)
		if !ok {
			return nil, false
		}
		if all, ok = b.split(all, more, set, c.conditional); !ok {
			return nil, false
		}
	}
	return all, true
}

// A contribution is a schema that is applied to the same value.
type contribution struct {
	schema        *Schema
	conditional   bool
	trigger       string
	given, unless *Schema
}

func (s *Schema) contributions() (all []contribution) {
	if s.Ref != nil {
		all = append(all, contribution{schema: s.Ref})
	}
	for _, inner := range s.AllOf {
		all = append(all, contribution{schema: inner})
	}
	for _, inner := range append(append([]*Schema{}, s.AnyOf...), s.OneOf...) {
		all = append(all, contribution{schema: inner, conditional: true})
	}
	for _, d := range s.DependentSchemas {
		all = append(all, contribution{schema: d.Schema, conditional: true, trigger: d.Name})
	}
	if s.If != nil {
		all = append(all, contribution{schema: s.If, conditional: true})
		if s.Then != nil {
			all = append(all, contribution{schema: s.Then, conditional: true, given: s.If})
		}
		if s.Else != nil {
			all = append(all, contribution{schema: s.Else, conditional: true, unless: s.If})
		}
	}
	return all
}

// split tells apart whether a schema applies, which set says, and adds what it
// evaluates where it does.
func (b *builder) split(all, more []unevaluatedCase, set Set, conditional bool) (out []unevaluatedCase, ok bool) {
	for _, c := range all {
		for _, m := range more {
			out = append(out, unevaluatedCase{
				when: b.And(c.when, set, m.when), names: c.names.and(m.names),
				items: max(c.items, m.items), whole: c.whole || m.whole, has: append(append([]Set{}, c.has...), m.has...),
			})
		}
		if conditional && set != All {
			c.when = b.And(c.when, set.Not())
			out = append(out, c)
		}
	}
	// Cases that evaluate the same are one.
	kept := out[:0]
	for _, c := range out {
		if c.when != None {
			kept = append(kept, c)
		}
	}
	return kept, len(kept) <= maxCases
}
