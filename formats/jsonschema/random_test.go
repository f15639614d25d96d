package jsonschema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// A maker makes random schemas, random edits of them, and values that come near to
// what they allow.
type maker struct {
	*rand.Rand
	draft string // the value of $schema
	left  int    // schemas that may still be made
}

const (
	uri2020 = "https://json-schema.org/draft/2020-12/schema"
	uri2019 = "https://json-schema.org/draft/2019-09/schema"
	uri7    = "http://json-schema.org/draft-07/schema#"
	uri6    = "http://json-schema.org/draft-06/schema#"
	uri4    = "http://json-schema.org/draft-04/schema#"
)

var allDrafts = []string{uri2020, uri2020, uri2019, uri7, uri6, uri4}

func pick[T any](m *maker, from ...T) T { return from[m.IntN(len(from))] }

func (m *maker) chance(percent int) bool { return m.IntN(100) < percent }

type object = map[string]any

var names = []string{"a", "b", "c", "id", "x_1"}

var patterns = []string{"^a", "b$", "^[a-c]+$", "^x_", "^\\d{2,3}$", "a|b", "^(foo|bar)$", "^[^a]*$", ".", "^.{1,2}$"}

var literals = []any{nil, true, false, 0, 1, 2, -1, 1.5, "", "a", "ab", "foo", "x_1", []any{}, []any{1}, object{}, object{"a": 1}}

// document makes a whole schema.
func (m *maker) document() object {
	m.left = 14
	s, ok := m.schema(3).(object)
	if !ok {
		s = object{}
	}
	s["$schema"] = m.draft
	if m.chance(25) {
		defs := "$defs"
		if m.draft == uri7 || m.draft == uri6 || m.draft == uri4 {
			defs = "definitions"
		}
		s[defs] = object{"node": m.schema(2), "leaf": m.schema(1)}
		s["properties"] = object{"n": object{"$ref": "#/" + defs + "/node"}, "m": object{"$ref": "#/" + defs + "/leaf"}}
		if m.chance(50) {
			if node, ok := s[defs].(object)["node"].(object); ok && node["$ref"] == nil {
				node["properties"] = object{"next": object{"$ref": "#/" + defs + "/node"}, "a": m.schema(1)}
			}
		}
	}
	return s
}

func (m *maker) schema(depth int) any {
	m.left--
	if m.draft != uri4 && m.chance(4) {
		return m.chance(60)
	}
	s := object{}
	if m.left < 0 {
		return s
	}
	if m.chance(75) {
		s["type"] = pick(m, "string", "integer", "number", "array", "object", "object", "boolean", "null")
		if m.chance(15) {
			s["type"] = []any{s["type"], "null"}
			if slices.Contains(s["type"].([]any)[:1], any("null")) {
				s["type"] = "null"
			}
		}
	}
	for range 1 + m.IntN(3) {
		m.keyword(s, depth)
	}
	return s
}

func (m *maker) modern() bool { return m.draft == uri2020 || m.draft == uri2019 }

// keyword adds one keyword to s.
func (m *maker) keyword(s object, depth int) {
	t := s["type"]
	if list, ok := t.([]any); ok {
		t = list[0]
	}
	if depth > 0 && m.chance(18) {
		m.applicator(s, depth-1)
		return
	}
	switch t {
	case "string":
		switch m.IntN(5) {
		case 0:
			s["minLength"] = m.IntN(3)
		case 1:
			s["maxLength"] = m.IntN(5)
		case 2:
			s["pattern"] = pick(m, patterns...)
		case 3:
			s["enum"] = []any{pick(m, "a", "ab", "foo"), pick(m, "b", "", "x_1")}
		}
	case "integer", "number":
		switch m.IntN(6) {
		case 0:
			s["minimum"] = m.IntN(5) - 2
		case 1:
			s["maximum"] = m.IntN(5)
		case 2:
			if m.draft == uri4 {
				s["minimum"], s["exclusiveMinimum"] = m.IntN(3), m.chance(50)
			} else {
				s["exclusiveMinimum"] = m.IntN(4) - 2
			}
		case 3:
			if m.draft != uri4 {
				s["exclusiveMaximum"] = m.IntN(6)
			}
		case 4:
			s["multipleOf"] = pick(m, any(1), 2, 3, 0.5, 6)
		case 5:
			s["enum"] = []any{m.IntN(3), m.IntN(5) - 5}
		}
	case "array":
		m.array(s, depth)
	case "object":
		m.object(s, depth)
	default:
		if m.chance(30) {
			if m.draft != uri4 && m.chance(50) {
				s["const"] = pick(m, literals...)
			} else {
				s["enum"] = unique(pick(m, literals...), pick(m, literals...))
			}
		} else if depth > 0 {
			m.applicator(s, depth-1)
		}
	}
}

func unique(values ...any) []any {
	seen := make(map[string]bool)
	var all []any
	for _, v := range values {
		if text := compact(v); !seen[text] {
			seen[text] = true
			all = append(all, v)
		}
	}
	return all
}

func (m *maker) array(s object, depth int) {
	switch m.IntN(8) {
	case 0:
		s["minItems"] = m.IntN(3)
	case 1:
		s["maxItems"] = m.IntN(4)
	case 2:
		s["uniqueItems"] = true
	case 3, 4:
		if depth > 0 {
			s["items"] = m.schema(depth - 1)
		}
	case 5:
		if depth > 0 {
			list := []any{m.schema(depth - 1), m.schema(0)}
			if m.draft == uri2020 {
				s["prefixItems"] = list
			} else {
				s["items"] = list
				if m.chance(50) {
					s["additionalItems"] = m.chance(50)
				}
			}
		}
	case 6:
		if depth > 0 && m.draft != uri4 {
			s["contains"] = m.schema(depth - 1)
			if m.modern() && m.chance(50) {
				s[pick(m, "minContains", "maxContains")] = m.IntN(3)
			}
		}
	case 7:
		if m.modern() && m.chance(50) {
			s["unevaluatedItems"] = m.chance(30)
		}
	}
}

func (m *maker) object(s object, depth int) {
	switch m.IntN(12) {
	case 0:
		s["minProperties"] = m.IntN(3)
	case 1:
		s["maxProperties"] = m.IntN(4)
	case 2, 3:
		s["required"] = unique(pick(m, names...), pick(m, names...))
	case 4, 5, 6:
		if depth > 0 {
			props := object{}
			for range 1 + m.IntN(3) {
				props[pick(m, names...)] = m.schema(depth - 1)
			}
			s["properties"] = props
		}
	case 7:
		s["additionalProperties"] = m.chance(20)
		if depth > 0 && m.chance(40) {
			s["additionalProperties"] = m.schema(depth - 1)
		}
	case 8:
		if depth > 0 {
			s["patternProperties"] = object{pick(m, patterns...): m.schema(depth - 1)}
		}
	case 9:
		if m.draft != uri4 {
			s["propertyNames"] = object{pick(m, "minLength", "maxLength"): m.IntN(3)}
			if m.chance(50) {
				s["propertyNames"] = object{"pattern": pick(m, patterns...)}
			}
		}
	case 10:
		key := "dependencies"
		if m.modern() {
			key = "dependentRequired"
			if depth > 0 && m.chance(50) {
				s["dependentSchemas"] = object{pick(m, names...): m.schema(depth - 1)}
				return
			}
		}
		s[key] = object{pick(m, names...): unique(pick(m, names...))}
	case 11:
		if m.modern() && m.chance(60) {
			s["unevaluatedProperties"] = m.chance(20)
		}
	}
}

func (m *maker) applicator(s object, depth int) {
	switch m.IntN(7) {
	case 0, 1:
		s["anyOf"] = []any{m.schema(depth), m.schema(depth)}
	case 2, 3:
		s["oneOf"] = []any{m.schema(depth), m.schema(depth)}
	case 4:
		s["allOf"] = []any{m.schema(depth), m.schema(depth)}
	case 5:
		s["not"] = m.schema(depth)
	case 6:
		if m.draft == uri4 || m.draft == uri6 {
			return
		}
		s["if"] = m.schema(depth)
		if m.chance(70) {
			s["then"] = m.schema(depth)
		}
		if m.chance(50) {
			s["else"] = m.schema(depth)
		}
	}
}

// edit returns a copy of s with one thing changed, somewhere.
func (m *maker) edit(s object) object {
	copied := decoded(compact(s)).(object)
	places := m.places(copied, nil)
	at := places[m.IntN(len(places))]
	m.left = 4
	keys := slices.Sorted(maps.Keys(at))
	keys = slices.DeleteFunc(keys, func(k string) bool { return strings.HasPrefix(k, "$") || k == "definitions" })
	switch n := m.IntN(10); {
	case n < 3 && len(keys) > 0:
		key := pick(m, keys...)
		delete(at, key)
		if key == "minimum" && m.draft == uri4 {
			delete(at, "exclusiveMinimum")
		}
	case n < 6 && len(keys) > 0:
		m.adjust(at, pick(m, keys...))
	default:
		m.keyword(at, 1)
	}
	return copied
}

// adjust changes the value of a keyword a little.
func (m *maker) adjust(at object, key string) {
	switch v := at[key].(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil && (n > 1 || m.chance(50)) && key != "multipleOf" {
			at[key] = n + 1
			return
		}
	case bool:
		if key != "exclusiveMinimum" || m.draft == uri4 {
			at[key] = !v
		}
	case string:
		switch key {
		case "pattern":
			at[key] = pick(m, patterns...)
		case "type":
			at[key] = pick(m, "string", "integer", "number", "object")
		}
	case []any:
		switch {
		case key == "enum":
			at[key] = unique(append(v, pick(m, literals...))...)
		case key == "required" && len(v) > 0:
			at[key] = unique(append(v, pick(m, names...))...)
		case key == "type":
			at[key] = v[0]
		case len(v) > 1:
			at[key] = v[:len(v)-1]
		case len(v) > 0:
			at[key] = append(v, m.schema(1))
		}
	case object:
		if key == "properties" {
			v[pick(m, names...)] = m.schema(1)
		}
	}
}

// places lists the schemas in s that are objects.
func (m *maker) places(s any, all []object) []object {
	switch v := s.(type) {
	case object:
		if v["$ref"] == nil || m.modern() { // elsewhere validators disagree on what stands beside it
			all = append(all, v)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			switch key {
			case "enum", "const", "required", "type", "dependencies", "dependentRequired":
			case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
				inner, _ := v[key].(object)
				for _, name := range slices.Sorted(maps.Keys(inner)) {
					all = m.places(inner[name], all)
				}
			default:
				all = m.places(v[key], all)
			}
		}
	case []any:
		for _, item := range v {
			all = m.places(item, all)
		}
	}
	return all
}

func compact(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("%v: %v", v, err))
	}
	return string(data)
}

func decoded(text string) (v any) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		panic(text)
	}
	return v
}

// value makes a value that s may allow; root is where its references lead.
func (m *maker) value(s any, root object, depth int) any {
	o, ok := s.(object)
	if !ok || depth > 6 {
		return pick(m, literals...)
	}
	if ref, _ := o["$ref"].(string); ref != "" {
		at := any(root)
		if !strings.HasPrefix(ref, "#/") && ref != "#" {
			return pick(m, literals...)
		}
		for _, step := range strings.Split(strings.TrimPrefix(ref, "#"), "/")[1:] {
			at, _ = at.(object)[step]
		}
		return m.value(at, root, depth+1)
	}
	if m.chance(6) {
		return pick(m, literals...)
	}
	if v, ok := o["const"]; ok && m.chance(80) {
		return v
	}
	if list, _ := o["enum"].([]any); len(list) > 0 && m.chance(80) {
		return pick(m, list...)
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		if list, _ := o[key].([]any); len(list) > 0 && m.chance(60) {
			v := m.value(pick(m, list...), root, depth+1)
			if w, ok := v.(object); ok && m.chance(60) {
				more, _ := m.typed("object", o, root, depth).(object)
				w = maps.Clone(w) // it may be a literal
				maps.Copy(w, more)
				return w
			}
			return v
		}
	}
	for _, key := range []string{"if", "then", "else", "not"} {
		if inner, ok := o[key].(object); ok && m.chance(20) {
			return m.value(inner, root, depth+1)
		}
	}
	t := o["type"]
	if list, ok := t.([]any); ok && len(list) > 0 {
		t = pick(m, list...)
	}
	if t == nil {
		t = pick(m, "string", "integer", "number", "array", "object", "boolean", "null")
	}
	return m.typed(t.(string), o, root, depth)
}

func (m *maker) typed(t string, o, root object, depth int) any {
	switch t {
	case "string":
		return pick(m, "", "a", "b", "ab", "foo", "bar", "x_1", "12", "abc", "ca", "aaaa", "zz", "x_")
	case "integer":
		return m.IntN(12) - 5
	case "number":
		return float64(m.IntN(40)-20) / 4
	case "boolean":
		return m.chance(50)
	case "array":
		list := []any{}
		prefix, _ := o["prefixItems"].([]any)
		if p, ok := o["items"].([]any); ok {
			prefix = p
		}
		for i := range m.IntN(4) {
			inner := o["items"]
			if i < len(prefix) {
				inner = prefix[i]
			} else if c := o["contains"]; c != nil && m.chance(40) {
				inner = c
			}
			list = append(list, m.value(inner, root, depth+1))
		}
		return list
	case "object":
		return m.members(o, root, depth)
	}
	return nil
}

func (m *maker) members(o, root object, depth int) object {
	v := object{}
	props, _ := o["properties"].(object)
	for _, name := range slices.Sorted(maps.Keys(props)) {
		if m.chance(60) {
			v[name] = m.value(props[name], root, depth+1)
		}
	}
	required, _ := o["required"].([]any)
	for _, name := range required {
		if _, ok := v[fmt.Sprint(name)]; !ok && m.chance(90) {
			v[fmt.Sprint(name)] = m.value(props[fmt.Sprint(name)], root, depth+1)
		}
	}
	for m.chance(25) {
		name := pick(m, append(slices.Clone(names), "", "bar", "12", "other")...)
		if _, ok := v[name]; !ok {
			inner := o["additionalProperties"]
			v[name] = m.value(inner, root, depth+1)
		}
	}
	return v
}
