package openapi

import "strings"

// The validator tries each alternative anew, so a small schema can keep it busy for
// years. An effort counts the schemas that it would try for a value, before it is asked.
type effort struct {
	components jsonObject
	known      map[effortKey]int
	left       int // pairs of a schema and a value that may still be looked at
}

type effortKey struct {
	schema string // where it is a component; others are looked at each time
	value  *any
}

// Limits of what the validator is asked to do.
const (
	maxTries = 100_000
	maxPairs = 200_000
	maxDeep  = 2_000
)

// isCheap reports whether the validator can hold a value against a schema of e in a
// bounded time.
func (e *extract) isCheap(schema, value any) bool {
	c := &effort{components: e.components, known: make(map[effortKey]int), left: maxPairs}
	part := parts(value)
	return c.of(schema, &part, 0) < maxTries
}

// of counts the schemas that are tried.
func (c *effort) of(schema any, value *any, depth int) int {
	s, ok := schema.(jsonObject)
	if c.left--; c.left < 0 || depth > maxDeep {
		return maxTries
	}
	if !ok {
		return 1
	}
	if ref, ok := s["$ref"].(string); ok {
		key := effortKey{ref, value}
		if n, ok := c.known[key]; ok {
			return n
		}
		c.known[key] = 1 // a circle is passed once
		n := c.of(c.components[strings.TrimPrefix(ref, "#/components/schemas/")], value, depth+1)
		c.known[key] = n
		return n
	}
	total := 1
	add := func(schema any, value *any, times int) {
		if schema != nil && total < maxTries {
			total = min(maxTries, total+times*c.of(schema, value, depth+1))
		}
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		times := 1
		if keyword != "allOf" {
			times = 2 // what fits is visited once more
		}
		all, _ := s[keyword].([]any)
		for _, one := range all {
			add(one, value, times)
		}
	}
	for _, keyword := range []string{"not", "if", "then", "else"} {
		add(s[keyword], value, 1)
	}
	c.members(s, value, add)
	return total
}

// members counts what is tried for the parts of a value.
func (c *effort) members(s jsonObject, value *any, add func(schema any, value *any, times int)) {
	named := func(keyword string) jsonObject { all, _ := s[keyword].(jsonObject); return all }
	for _, one := range named("dependentSchemas") {
		add(one, value, 1)
	}
	switch v := (*value).(type) {
	case map[string]*any:
		for name, part := range v {
			add(named("properties")[name], part, 1)
			for _, one := range named("patternProperties") {
				add(one, part, 1)
			}
			for _, keyword := range []string{"additionalProperties", "unevaluatedProperties", "propertyNames"} {
				add(s[keyword], part, 1)
			}
		}
	case []*any:
		prefix, _ := s["prefixItems"].([]any)
		for _, part := range v {
			for _, one := range prefix {
				add(one, part, 1)
			}
			for _, keyword := range []string{"items", "contains", "unevaluatedItems"} {
				add(s[keyword], part, 1)
			}
		}
	}
}

// parts gives each part of a value an address, by which it is known.
func parts(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]*any, len(v))
		for k, one := range v {
			part := parts(one)
			out[k] = &part
		}
		return out
	case []any:
		out := make([]*any, len(v))
		for i, one := range v {
			part := parts(one)
			out[i] = &part
		}
		return out
	}
	return v
}
