package jsonschema

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

func (r *registry) texts(at change.Path, o, u *valueset.Schema) {
	limit(r, at, "MIN_LENGTH", "minLength", o, u, o.MinLength, u.MinLength, cmp.Compare, true)
	limit(r, at, "MAX_LENGTH", "maxLength", o, u, o.MaxLength, u.MaxLength, cmp.Compare, false)
	switch {
	case u.Pattern == nil:
	case o.Pattern == nil:
		r.refuse(at, "PATTERN_ADDED", "pattern", o, u)
	case *o.Pattern != *u.Pattern:
		r.refuse(at, "PATTERN_CHANGED", "pattern", o, u)
	}
}

func (r *registry) numbers(at change.Path, o, u *valueset.Schema) {
	compare := func(a, b *big.Rat) int { return a.Cmp(b) }
	for _, b := range []struct {
		name, keyword string
		lower         bool
	}{{"MINIMUM", "minimum", true}, {"EXCLUSIVE_MINIMUM", "exclusiveMinimum", true}, {"MAXIMUM", "maximum", false}, {"EXCLUSIVE_MAXIMUM", "exclusiveMaximum", false}} {
		limit(r, at, b.name, b.keyword, o, u, bound(o, b.keyword), bound(u, b.keyword), compare, b.lower)
	}
	switch was, is := o.MultipleOf, u.MultipleOf; {
	case is == nil:
	case was == nil:
		r.refuse(at, "MULTIPLE_OF_ADDED", "multipleOf", o, u)
	case !new(big.Rat).Quo(was, is).IsInt():
		r.refuse(at, "MULTIPLE_OF_CHANGED", "multipleOf", o, u)
	}
}

// bound returns the limit that a keyword sets.
func bound(s *valueset.Schema, keyword string) **big.Rat {
	for _, b := range slices.Concat(s.Min, s.Max) {
		if b.Keyword == keyword {
			return &b.Value
		}
	}
	return nil
}

func (r *registry) arrays(at change.Path, o, u *valueset.Schema) {
	limit(r, at, "MIN_ITEMS", "minItems", o, u, o.MinItems, u.MinItems, cmp.Compare, true)
	limit(r, at, "MAX_ITEMS", "maxItems", o, u, o.MaxItems, u.MaxItems, cmp.Compare, false)
	limit(r, at, "MIN_CONTAINS", "minContains", o, u, o.MinContains, u.MinContains, cmp.Compare, true)
	limit(r, at, "MAX_CONTAINS", "maxContains", o, u, o.MaxContains, u.MaxContains, cmp.Compare, false)
	if u.Unique && !o.Unique {
		r.refuse(at, "UNIQUE_ITEMS_ADDED", "uniqueItems", o, u)
	}
	inside := at.Join(change.Items)
	if len(o.Prefix)+len(u.Prefix) == 0 {
		r.compare(inside, o.Items, u.Items)
		return
	}
	r.rest(at, "ADDITIONAL_ITEMS", "items", o, u, o.Items, u.Items, false)
	for i := range max(len(o.Prefix), len(u.Prefix)) {
		switch {
		case i < len(o.Prefix) && i < len(u.Prefix):
			r.compare(inside, o.Prefix[i], u.Prefix[i])
		case i < len(u.Prefix):
			r.itemAdded(inside, o, u, u.Prefix[i])
		case isFalse(u.Items):
			if !isFalse(o.Prefix[i]) && !r.lenient {
				r.refuse(inside, "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", "items", o, u)
			}
		case u.Items != nil && !r.suits(o.Prefix[i], u.Items):
			r.refuse(inside, "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "items", o, u)
		}
	}
}

func (r *registry) itemAdded(at change.Path, o, u, item *valueset.Schema) {
	switch {
	case isFalse(o.Items) || saysNothing(item):
	case saysNothing(o.Items):
		r.refuse(at, "ITEM_ADDED_TO_OPEN_CONTENT_MODEL", "items", o, u)
	case !r.suits(o.Items, item):
		r.refuse(at, "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "items", o, u)
	}
}

// rest compares what holds for what is not listed.
func (r *registry) rest(at change.Path, name, keyword string, o, u, was, is *valueset.Schema, forgiven bool) {
	switch {
	case isFalse(was) || saysNothing(is) || forgiven:
	case isFalse(is):
		r.refuse(at, name+"_REMOVED", keyword, o, u)
	case !r.suits(was, is):
		r.refuse(at, name+"_NARROWED", keyword, o, u)
	}
}

func (r *registry) objects(at change.Path, o, u *valueset.Schema) {
	limit(r, at, "MIN_PROPERTIES", "minProperties", o, u, o.MinProperties, u.MinProperties, cmp.Compare, true)
	limit(r, at, "MAX_PROPERTIES", "maxProperties", o, u, o.MaxProperties, u.MaxProperties, cmp.Compare, false)
	r.rest(at, "ADDITIONAL_PROPERTIES", "additionalProperties", o, u, o.Additional, u.Additional, r.lenient)
	r.rest(at, "UNEVALUATED_PROPERTIES", "unevaluatedProperties", o, u, o.UnevaluatedProperties, u.UnevaluatedProperties, r.lenient)
	r.dependencies(at, o, u)
	for _, p := range o.Properties {
		inside := at.Join(change.Name(p.Name))
		is := u.Property(p.Name)
		if is == nil {
			r.removed(inside, o, u, p)
			continue
		}
		r.compare(inside, p.Schema, is)
		if slices.Contains(u.Required, p.Name) && !slices.Contains(o.Required, p.Name) && !hasDefault(is) {
			r.refuse(inside, "REQUIRED_ATTRIBUTE_ADDED", "required", o, u)
		}
	}
	for _, p := range u.Properties {
		if o.Property(p.Name) == nil {
			r.added(at.Join(change.Name(p.Name)), o, u, p)
		}
	}
}

func hasDefault(s *valueset.Schema) bool {
	return s.Truth == nil && (s.Node.Get("default") != nil || s.Target().Truth == nil && s.Target().Node.Get("default") != nil)
}

// A contentModel is what an object may hold besides its properties.
type contentModel uint8

const (
	openModel contentModel = iota
	partlyOpenModel
	closedModel
)

func modelOf(s *valueset.Schema) contentModel {
	rest := s.Additional
	if rest == nil {
		rest = s.UnevaluatedProperties
	}
	switch {
	case len(s.Patterns) > 0 || rest != nil && rest.Truth == nil && !saysNothing(rest):
		return partlyOpenModel
	case isFalse(rest):
		return closedModel
	}
	return openModel
}

// cover returns what the registry holds a name that is not listed against; nil: nothing.
func cover(s *valueset.Schema, name string) *valueset.Schema {
	for _, p := range s.Patterns {
		if re, err := regexp.Compile(p.Name); err == nil && re.MatchString(name) {
			return p.Schema
		}
	}
	if s.Additional != nil {
		return s.Additional
	}
	return s.UnevaluatedProperties
}

func (r *registry) added(at change.Path, o, u *valueset.Schema, p valueset.Property) {
	required := slices.Contains(u.Required, p.Name) && !hasDefault(p.Schema)
	switch modelOf(o) {
	case openModel:
		if required {
			r.refuse(at, "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", "", o, p.Schema)
		} else if !saysNothing(p.Schema) && !r.lenient {
			r.refuse(at, "PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", "", o, p.Schema)
		}
		return
	case partlyOpenModel:
		if covering := cover(o, p.Name); !isFalse(covering) && !r.suits(covering, p.Schema) {
			r.refuse(at, "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "", o, p.Schema)
		}
	}
	if required {
		r.refuse(at, "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", "", o, p.Schema)
	}
}

func (r *registry) removed(at change.Path, o, u *valueset.Schema, p valueset.Property) {
	switch modelOf(u) {
	case closedModel:
		if !isFalse(p.Schema) && !r.lenient {
			r.refuse(at, "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", "", p.Schema, u)
		}
	case partlyOpenModel:
		if !r.suits(p.Schema, cover(u, p.Name)) {
			r.refuse(at, "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "", p.Schema, u)
		}
	}
}

func (r *registry) dependencies(at change.Path, o, u *valueset.Schema) {
	for _, is := range u.DependentRequired {
		i := slices.IndexFunc(o.DependentRequired, func(d valueset.Dependency) bool { return d.Name == is.Name })
		switch {
		case i < 0:
			r.refuse(at, "DEPENDENCY_ARRAY_ADDED", "dependentRequired", o, u)
		case slices.ContainsFunc(is.Requires, func(name string) bool { return !slices.Contains(o.DependentRequired[i].Requires, name) }):
			r.refuse(at, "DEPENDENCY_ARRAY_EXTENDED", "dependentRequired", o, u)
		}
	}
	for _, is := range u.DependentSchemas {
		i := slices.IndexFunc(o.DependentSchemas, func(d valueset.Property) bool { return d.Name == is.Name })
		if i < 0 {
			r.refuse(at, "DEPENDENCY_SCHEMA_ADDED", "dependentSchemas", o, u)
		} else {
			r.compare(at, o.DependentSchemas[i].Schema, is.Schema)
		}
	}
}

// combined compares allOf, anyOf, oneOf and not, and reports whether to go on.
func (r *registry) combined(at change.Path, o, u *valueset.Schema) bool {
	if u.Not != nil {
		switch {
		case o.Not == nil:
			r.refuse(at, "NOT_TYPE_NARROWED", "not", o, u)
		case !r.suits(u.Not, o.Not):
			r.refuse(at, "NOT_TYPE_NARROWED", "not", o, u)
		}
	}
	was, from := parts(o)
	is, to := parts(u)
	switch {
	case len(was) == 0 && len(is) == 0:
		return true
	case len(was) == 0 && to != "allOf" && u.Types == 0:
		if !slices.ContainsFunc(is, func(part *valueset.Schema) bool { return r.suits(o, part) }) {
			r.refuse(at, "TYPE_CHANGED", to, o, u)
		}
		return false
	case len(was) == 0:
		r.refuse(at, "PRODUCT_TYPE_EXTENDED", to, o, u)
		return true
	case len(is) == 0:
		if len(was) == 1 && o.Types == 0 {
			r.compare(at, was[0], u)
			return false
		}
		if from != "allOf" && o.Types == 0 {
			r.refuse(at, "TYPE_CHANGED", from, o, u)
			return false
		}
		return true // a part is gone
	case from != to && to != "anyOf":
		r.refuse(at, "COMBINED_TYPE_CHANGED", to, o, u)
		return false
	}
	switch {
	case to == "allOf" && len(is) > len(was):
		r.refuse(at, "PRODUCT_TYPE_EXTENDED", to, o, u)
	case to != "allOf" && len(is) < len(was):
		r.refuse(at, "SUM_TYPE_NARROWED", to, o, u)
	}
	if r.matching(was, is) < min(len(was), len(is)) {
		r.refuse(at, "COMBINED_TYPE_SUBSCHEMAS_CHANGED", to, o, u)
	}
	return true
}

// parts returns the alternatives or parts of s, and the keyword that lists them.
func parts(s *valueset.Schema) (all []*valueset.Schema, keyword string) {
	switch {
	case len(s.AllOf) > 0:
		return s.AllOf, "allOf"
	case len(s.AnyOf) > 0:
		return s.AnyOf, "anyOf"
	}
	return s.OneOf, "oneOf"
}

// matching returns how many parts can be paired at most.
func (r *registry) matching(was, is []*valueset.Schema) (size int) {
	partner := make(map[int]int)
	var find func(i int, tried map[int]bool) bool
	find = func(i int, tried map[int]bool) bool {
		for j := range is {
			if tried[j] || !r.suits(was[i], is[j]) {
				continue
			}
			tried[j] = true
			if other, taken := partner[j]; !taken || find(other, tried) {
				partner[j] = i
				return true
			}
		}
		return false
	}
	for i := range was {
		if find(i, make(map[int]bool)) {
			size++
		}
	}
	return size
}
