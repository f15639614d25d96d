package avro

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
)

// A maker makes random schemas, and small edits of them.
type maker struct {
	*rand.Rand
	names int
	open  []string // records that are being declared: recursion leads there
	named []string // types that are declared already
}

var primitives = []any{"null", "boolean", "int", "long", "float", "double", "bytes", "string"}

func (m *maker) name(prefix string) string {
	m.names++
	return fmt.Sprintf("%s%d", prefix, m.names)
}

// schema makes one that is at most depth deep. A record only refers to itself where
// a value can end.
func (m *maker) schema(depth int, ending bool) any {
	n := m.IntN(16)
	if depth == 0 {
		n = m.IntN(8)
	}
	switch {
	case n < 7:
		return primitives[1+m.IntN(7)]
	case n == 7 && len(m.named) > 0:
		return m.named[m.IntN(len(m.named))]
	case n == 8 && ending && len(m.open) > 0:
		return m.open[m.IntN(len(m.open))]
	case n == 9:
		return map[string]any{"type": "array", "items": m.schema(depth-1, true)}
	case n == 10:
		return map[string]any{"type": "map", "values": m.schema(depth-1, true)}
	case n == 11:
		return m.enum()
	case n == 12:
		name := m.name("F")
		m.named = append(m.named, name)
		return map[string]any{"type": "fixed", "name": name, "size": 1 + m.IntN(4)}
	case n <= 14:
		return m.union(depth)
	}
	return m.record(max(depth-1, 0))
}

func (m *maker) enum() any {
	name := m.name("E")
	m.named = append(m.named, name)
	e := map[string]any{"type": "enum", "name": name, "symbols": []any{"A", "B", "C"}[:1+m.IntN(3)]}
	if m.IntN(3) == 0 {
		e["default"] = "A"
	}
	return e
}

// union makes one of distinct branches, often with null in front.
func (m *maker) union(depth int) any {
	var branches []any
	seen := map[string]bool{}
	if m.IntN(3) > 0 {
		branches, seen["null"] = append(branches, "null"), true
	}
	for range 1 + m.IntN(3) {
		b := m.schema(max(depth-1, 0), len(branches) > 0)

		key := keyOf(b)
		if _, isUnion := b.([]any); !isUnion && !seen[key] {
			branches, seen[key] = append(branches, b), true
		}
	}
	if len(branches) == 0 {
		return []any{"null"}
	}
	return branches
}

// keyOf is the same for branches that a union cannot hold together.
func keyOf(s any) string {
	if o, ok := s.(map[string]any); ok {
		if name, ok := o["name"].(string); ok {
			return name
		}
		return o["type"].(string)
	}
	return fmt.Sprint(s)
}

func (m *maker) record(depth int) any {
	name := m.name("R")
	m.open = append(m.open, name)
	fields := []any{}
	for i := range 1 + m.IntN(4) {
		fields = append(fields, m.field(fmt.Sprintf("f%d", i), depth))
	}
	m.open = m.open[:len(m.open)-1]
	m.named = append(m.named, name)
	return map[string]any{"type": "record", "name": name, "fields": fields}
}

func (m *maker) field(name string, depth int) any {
	f := map[string]any{"name": name, "type": m.schema(depth, false)}
	if v, ok := simpleDefault(f["type"]); ok && m.IntN(2) == 0 {
		f["default"] = v
	}
	return f
}

func simpleDefault(s any) (any, bool) {
	switch s := s.(type) {
	case []any:
		if len(s) == 0 {
			return nil, false
		}
		return simpleDefault(s[0])
	case map[string]any:
		switch s["type"] {
		case "array":
			return []any{}, true
		case "map":
			return map[string]any{}, true
		case "enum":
			return s["symbols"].([]any)[0], true
		}
		return nil, false
	}
	name, _ := s.(string)
	v, ok := map[string]any{"null": nil, "boolean": true, "int": 1, "long": 2, "float": 1.5, "double": 2.5, "bytes": "b", "string": "s"}[name]
	return v, ok
}

// edit changes one to three places of a copy of a schema.
func (m *maker) edit(schema any) any {
	text, _ := json.Marshal(schema)
	var s any
	_ = json.Unmarshal(text, &s)
	for range 1 + m.IntN(3) {
		var spots []func()
		m.spots(s, func(new any) { s = new }, &spots)
		spots[m.IntN(len(spots))]()
	}
	return s
}

// spots lists the edits that a schema offers.
func (m *maker) spots(s any, set func(any), spots *[]func()) {
	add := func(f func()) { *spots = append(*spots, f) }
	add(func() { set(m.schema(1, false)) })
	switch s := s.(type) {
	case string:
		if slices.Contains(primitives, any(s)) {
			add(func() { set([]any{"null", s}) })
			add(func() { set(primitives[m.IntN(len(primitives))]) })
		}
	case []any:
		for i := range s {
			m.spots(s[i], func(new any) { s[i] = new }, spots)
		}
		add(func() { set(append(slices.Clone(s), m.schema(0, true))) })
		add(func() {
			s := slices.Clone(s)
			m.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
			set(s)
		})
		if len(s) > 1 {
			add(func() { i := m.IntN(len(s)); set(slices.Delete(slices.Clone(s), i, i+1)) })
			add(func() { set(s[m.IntN(len(s))]) })
		}
	case map[string]any:
		m.objectSpots(s, add, spots)
	}
}

func (m *maker) objectSpots(s map[string]any, add func(func()), spots *[]func()) {
	switch s["type"] {
	case "array":
		m.spots(s["items"], func(new any) { s["items"] = new }, spots)
	case "map":
		m.spots(s["values"], func(new any) { s["values"] = new }, spots)
	case "fixed":
		add(func() { s["size"] = 1 + m.IntN(6) })
		add(func() { m.rename(s) })
	case "enum":
		add(func() { s["symbols"] = append(slices.Clone(s["symbols"].([]any)), m.name("S")) })
		add(func() { s["symbols"] = s["symbols"].([]any)[:1] })
		add(func() { s["default"] = s["symbols"].([]any)[0] })
		add(func() { delete(s, "default") })
		add(func() { m.rename(s) })
	case "record":
		fields := s["fields"].([]any)
		add(func() { m.rename(s) })
		add(func() { s["fields"] = append(slices.Clone(fields), m.field(m.name("g"), 1)) })
		if len(fields) > 0 {
			add(func() { i := m.IntN(len(fields)); s["fields"] = slices.Delete(slices.Clone(fields), i, i+1) })
		}
		for _, f := range fields {
			f := f.(map[string]any)
			m.spots(f["type"], func(new any) { f["type"] = new; delete(f, "default") }, spots)
			add(func() { delete(f, "default") })
			add(func() {
				if v, ok := simpleDefault(f["type"]); ok {
					f["default"] = v
				}
			})
			add(func() {
				if was := f["name"]; f["aliases"] == nil {
					f["name"] = m.name("h")
					if m.IntN(2) == 0 {
						f["aliases"] = []any{was}
					}
				}
			})
		}
	}
}

// rename gives a named type another name, sometimes with an alias, or a namespace.
func (m *maker) rename(s map[string]any) {
	switch was := s["name"]; m.IntN(3) {
	case 0:
		s["namespace"] = "n" + m.name("")
	case 1:
		s["name"], s["aliases"] = m.name("X"), []any{was}
	case 2:
		s["name"] = m.name("X")
	}
}

// value makes a random value of t, which ends by taking the first branch that does.
func (m *maker) value(t *typ, depth int) (v any, ok bool) {
	if depth > 12 {
		return nil, false
	}
	switch t.kind {
	case nullKind:
		return nil, true
	case booleanKind:
		return m.IntN(2) == 0, true
	case intKind:
		return int32(m.IntN(2000) - 1000), true
	case longKind:
		return int64(m.IntN(2_000_000) - 1_000_000), true
	case floatKind:
		return float32(m.IntN(100)) / 4, true
	case doubleKind:
		return float64(m.IntN(100)) / 8, true
	case bytesKind, stringKind:
		text := "abcdefgh"[:m.IntN(8)]
		if t.kind == bytesKind {
			return []byte(text), true
		}
		return text, true
	case enumKind:
		return t.symbols[m.IntN(len(t.symbols))].name, true
	case fixedKind:
		return make([]byte, t.size), true
	case arrayKind, mapKind:
		return m.items(t, depth)
	case recordKind:
		r := make(map[string]any)
		for _, f := range t.fields {
			if r[f.name], ok = m.value(f.use.typ, depth+1); !ok {
				return nil, false
			}
		}
		return r, true
	}
	for _, i := range m.Perm(len(t.branches)) {
		if depth > 6 {
			i = 0
		}
		if v, ok := m.value(t.branches[i].typ, depth+1); ok {
			return tagged(t.branches[i].typ, v), true
		}
	}
	return nil, false
}

func (m *maker) items(t *typ, depth int) (any, bool) {
	list, members := []any{}, map[string]any{}
	for range m.IntN(3) {
		if item, ok := m.value(t.items.typ, depth+2); ok {
			list = append(list, item)
			members[m.name("k")] = item
		}
	}
	if t.kind == arrayKind {
		return list, true
	}
	return members, true
}
