package valueset

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A view is a schema together with all that it applies to the same value in any case:
// what allOf lists, and what stands behind a reference beside other keywords. An edit
// that moves a keyword from one to the other is no edit.
type view struct {
	space *Space
	set   Set
	parts []*Schema // the schema itself first
	index map[string]*Property
	order []*Property
}

func (c *Comparer) view(schema *Schema) *view {
	v := &view{space: c.Space, set: c.Space.Of(schema)}
	v.add(schema)
	for _, s := range v.parts {
		for i := range s.Properties {
			c.addProperty(v, &s.Properties[i])
		}
	}
	return v
}

func (v *view) add(s *Schema) {
	if slices.Contains(v.parts, s) || len(v.parts) > maxItems {
		return
	}
	v.parts = append(v.parts, s)
	if s.Ref != nil {
		v.add(s.Ref)
	}
	for _, inner := range s.AllOf {
		v.add(inner)
	}
}

// addProperty adds p. A property that several parts describe has to be all of it.
func (c *Comparer) addProperty(v *view, p *Property) {
	if v.index == nil {
		v.index = make(map[string]*Property)
	}
	known := v.index[p.Name]
	if known == nil {
		v.index[p.Name] = p
		v.order = append(v.order, p)
		return
	}
	if known.Schema == p.Schema {
		return
	}
	pairing := [2]*Schema{known.Schema, p.Schema}
	if c.both[pairing] == nil {
		c.both[pairing] = &Schema{Node: known.Schema.Node, Dialect: p.Schema.Dialect, AllOf: pairing[:]}
	}
	both := &Property{Name: p.Name, Key: known.Key, Schema: c.both[pairing]}
	v.index[p.Name] = both
	v.order[slices.Index(v.order, known)] = both
}

func (v *view) properties() []*Property { return v.order }

func (v *view) property(name string) *Property { return v.index[name] }

// keyword returns what some keywords say, in any of the parts.
func (v *view) keyword(keywords ...string) Set {
	if len(v.parts) == 1 {
		return v.space.keyword(v.parts[0], keywords...)
	}
	sets := make([]Set, len(v.parts))
	for i, s := range v.parts {
		sets[i] = v.space.keyword(s, keywords...)
	}
	return v.space.And(sets...)
}

// get returns the value of the first of the keywords called so.
func (v *view) get(keyword string) *document.Node {
	for _, s := range v.parts {
		if s.Truth == nil {
			if n := s.Node.Get(keyword); n != nil {
				return n
			}
		}
	}
	return nil
}

// at returns where a keyword stands, or else the schema.
func (v *view) at(keyword string) source.Span {
	for _, s := range v.parts {
		if k := s.Node.Key(keyword); k != nil {
			return member(k, s.Node.Get(keyword))
		}
	}
	return start(v.parts[0].Node)
}

// itemAt returns where a text stands in a list, or else the list.
func (v *view) itemAt(keyword, text string) source.Span {
	for _, s := range v.parts {
		for _, item := range s.Node.Get(keyword).List() {
			if item.Text == text {
				return item.Span
			}
		}
	}
	return v.at(keyword)
}

// valueAt returns where a value stands in a list, or else the list.
func (v *view) valueAt(keyword string, value *Value) source.Span {
	for _, s := range v.parts {
		for _, item := range s.Node.Get(keyword).List() {
			if w, ok := ValueOf(item); ok && w.Equal(value) {
				return item.Span
			}
		}
	}
	return v.at(keyword)
}

// types returns the types that a value can have, at first sight; where there is no
// keyword type, those of which there is a value.
func (v *view) types() Types {
	q := &search{Space: v.space}
	t := q.typesOf(v.set, 0)
	for i := range typeNames {
		one := Types(1 << i)
		if t&one != 0 && v.space.find(v.set, v.space.OfType(one)).Verdict == No {
			t &^= one
		}
	}
	return t
}

// values returns the listed values, if there is a list.
func (v *view) values() (values []*Value, finite bool) {
	for _, s := range v.parts {
		switch {
		case s.Const != nil:
			return []*Value{s.Const}, true
		case s.HasEnum && !s.unread["enum"]:
			return s.Enum, true
		}
	}
	return nil, false
}

func (v *view) required() (names []string) {
	for _, s := range v.parts {
		for _, name := range s.Required {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func (v *view) patterns() (all []Property) {
	for _, s := range v.parts {
		all = append(all, s.Patterns...)
	}
	return all
}

func (v *view) prefix() []*Schema {
	for _, s := range v.parts {
		if len(s.Prefix) > 0 {
			return s.Prefix
		}
	}
	return nil
}

func (v *view) items() *Schema {
	for _, s := range v.parts {
		if s.Items != nil {
			return s.Items
		}
	}
	return nil
}

// The rest is what a schema says of members that it does not list.
type rest struct {
	set     Set
	schema  *Schema
	keyword string
}

// additional returns what holds for members that are not listed.
func (v *view) additional() rest {
	r := rest{set: All}
	for _, s := range v.parts {
		for _, one := range []rest{{schema: s.Additional, keyword: "additionalProperties"}, {schema: s.UnevaluatedProperties, keyword: "unevaluatedProperties"}} {
			if one.schema == nil {
				continue
			}
			one.set = v.space.Of(one.schema)
			if r.keyword == "" || one.set == None {
				r = one
			}
		}
	}
	return r
}

// others returns what a member called name may be, if its own property is left out of
// account.
func (v *view) others(name string) Set {
	sets := []Set{}
	for _, s := range v.parts {
		matched := false
		for _, p := range s.Patterns {
			if l := v.space.language(p.Name); l.why == "" && l.matches(name) {
				matched = true
				sets = append(sets, v.space.Of(p.Schema))
			}
		}
		if !matched && s.Additional != nil && s.Property(name) == nil {
			sets = append(sets, v.space.Of(s.Additional))
		}
	}
	if r := v.additional(); r.keyword == "unevaluatedProperties" {
		sets = append(sets, r.set)
	}
	return v.space.And(sets...)
}
