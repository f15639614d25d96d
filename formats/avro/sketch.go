package avro

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
)

// A sketch is the part of one side's schema that a change is about, and a value of it:
// one record with the field in question and one field to know it by, or one enum or
// fixed. Records that the field leads to have no fields. What else changed has no part
// in a witness that way, and recursion ends.
type sketch struct {
	root  *typ
	keep  []*field      // of root, if it is a record
	steps []change.Step // from the field, or from root, to what changed

	writes bool // the defaults of a writer mean nothing, and may not fit what is left of a union

	only map[*typ]*use  // the branch that the value has, where no other is used
	of   func(kind) any // the value of a primitive type
}

// text writes the schema without logical types, which no decoder is to interpret.
func (s *sketch) text(logical bool) string {
	w := schemaWriter{sketch: s, logical: logical, seen: make(map[string]bool)}
	w.schema(s.root)
	return w.b.String()
}

type schemaWriter struct {
	*sketch
	logical bool
	b       strings.Builder
	seen    map[string]bool
}

func (w *schemaWriter) schema(t *typ) {
	switch {
	case t.kind == unionKind && w.only[t] != nil:
		w.schema(w.only[t].typ)
	case t.kind == unionKind:
		w.b.WriteByte('[')
		for i, b := range t.branches {
			if i > 0 {
				w.b.WriteByte(',')
			}
			w.schema(b.typ)
		}
		w.b.WriteByte(']')
	case t.kind == arrayKind:
		w.b.WriteString(`{"type":"array","items":`)
		w.schema(t.items.typ)
		w.b.WriteByte('}')
	case t.kind == mapKind:
		w.b.WriteString(`{"type":"map","values":`)
		w.schema(t.items.typ)
		w.b.WriteByte('}')
	case t.kind.isNamed() && w.seen[t.name]:
		w.b.WriteString(quoted(t.name))
	case t.kind.isNamed():
		w.seen[t.name] = true
		w.declare(t)
	default:
		fmt.Fprintf(&w.b, `{"type":"%s"%s}`, t.kind, w.annotation(t))
	}
}

func (w *schemaWriter) annotation(t *typ) string {
	switch {
	case !w.logical || t.logical.name == "":
		return ""
	case t.logical.name == "decimal":
		return fmt.Sprintf(`,"logicalType":"decimal","precision":%d,"scale":%d`, t.logical.precision, t.logical.scale)
	}
	return `,"logicalType":` + quoted(t.logical.name)
}

func (w *schemaWriter) declare(t *typ) {
	fmt.Fprintf(&w.b, `{"type":"%s","name":%s,"namespace":%s`, t.kind, quoted(short(t.name)), quoted(namespaceOf(t.name)))
	if len(t.aliases) > 0 {
		fmt.Fprintf(&w.b, `,"aliases":[%s]`, quotedAll(t.aliases))
	}
	switch t.kind {
	case enumKind:
		var names []string
		for _, s := range t.symbols {
			names = append(names, s.name)
		}
		fmt.Fprintf(&w.b, `,"symbols":[%s]`, quotedAll(names))
		if t.fallback != "" {
			fmt.Fprintf(&w.b, `,"default":%s`, quoted(t.fallback))
		}
	case fixedKind:
		fmt.Fprintf(&w.b, `,"size":%d%s`, t.size, w.annotation(t))
	case recordKind:
		w.b.WriteString(`,"fields":[`)
		for i, f := range w.fields(t) {
			if i > 0 {
				w.b.WriteByte(',')
			}
			w.field(f)
		}
		w.b.WriteByte(']')
	}
	w.b.WriteByte('}')
}

func (w *schemaWriter) field(f *field) {
	fmt.Fprintf(&w.b, `{"name":%s`, quoted(f.name))
	if len(f.aliases) > 0 {
		fmt.Fprintf(&w.b, `,"aliases":[%s]`, quotedAll(f.aliases))
	}
	w.b.WriteString(`,"type":`)
	t := f.use.typ
	if !w.writes && laterBranch(f) { // which some libraries refuse, and which changes nothing
		first := slices.IndexFunc(t.branches, func(b *use) bool { _, ok := fits(f.fallback, b.typ, true); return ok })
		t = &typ{kind: unionKind, branches: append([]*use{t.branches[first]}, slices.Delete(slices.Clone(t.branches), first, first+1)...)}
	}
	w.schema(t)
	if f.fallback != nil && !w.writes {
		w.b.WriteString(`,"default":` + jsonOf(f.fallback))
	}
	w.b.WriteByte('}')
}

func quotedAll(all []string) string {
	var parts []string
	for _, one := range all {
		parts = append(parts, quoted(one))
	}
	return strings.Join(parts, ",")
}

// fields lists the fields of a record in the sketch.
func (s *sketch) fields(t *typ) []*field {
	if t == s.root {
		return s.keep
	}
	return nil
}

// maxNesting bounds how often a value may hold another one.
const maxNesting = 8

// value makes a value of t, along steps where they lead. Bounded by maxNesting, and by
// the sketch, which has few fields.
func (s *sketch) value(t *typ, steps []change.Step, depth int) (v any, ok bool) {
	if depth > maxNesting {
		return nil, false
	}
	switch t.kind {
	case unionKind:
		return s.branch(t, steps, depth)
	case arrayKind, mapKind:
		if len(steps) > 0 {
			steps = steps[1:]
		}
		item, ok := s.value(t.items.typ, steps, depth+1)
		switch {
		case t.kind == arrayKind && ok:
			return []any{item}, true
		case t.kind == arrayKind:
			return []any{}, true
		case ok:
			return map[string]any{"k": item}, true
		}
		return map[string]any{}, true
	case recordKind:
		v := make(map[string]any)
		for _, f := range s.fields(t) {
			inner := s.steps
			if depth > 0 {
				inner = nil
			}
			if v[f.name], ok = s.value(f.use.typ, inner, depth+1); !ok {
				return nil, false
			}
		}
		return v, true
	case enumKind:
		if len(t.symbols) == 0 {
			return nil, false
		}
		return t.symbols[0].name, true
	case fixedKind:
		const most = 1 << 10
		return make([]byte, t.size), t.size <= most
	}
	return s.of(t.kind), true
}

// branch makes a value of the branch that is wanted, of the only one, or of null.
func (s *sketch) branch(t *typ, steps []change.Step, depth int) (v any, ok bool) {
	if u := s.only[t]; u != nil {
		return s.value(u.typ, steps, depth+1)
	}
	order := slices.Clone(t.branches)
	slices.SortStableFunc(order, func(a, b *use) int { return int(a.kind) - int(b.kind) }) // null first
	for _, u := range order {
		if v, ok := s.value(u.typ, nil, depth+1); ok {
			return tagged(u.typ, v), true
		}
	}
	return nil, false
}

// tagged names the branch of a union that v is of.
func tagged(t *typ, v any) any {
	switch {
	case t.kind == nullKind:
		return nil
	case t.kind.isNamed():
		return map[string]any{t.name: v}
	}
	return map[string]any{t.kind.String(): v}
}
