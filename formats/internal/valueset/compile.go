package valueset

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A compiled schema is its set, and that of each of its keywords alone.
type compiled struct {
	set   Set
	parts []part
	done  bool
	lazy  Set // what stands for it while it is being compiled; 0: nobody asked
}

// A part is what one keyword says.
type part struct {
	keyword string
	set     Set
}

// Of returns the values that schema allows.
func (s *Space) Of(schema *Schema) Set { return s.compile(schema).set }

// keyword returns what one keyword of schema alone says, everything if it is not
// there.
func (s *Space) keyword(schema *Schema, keywords ...string) Set {
	var sets []Set
	for _, p := range s.compile(schema).parts {
		if slices.Contains(keywords, p.keyword) {
			sets = append(sets, p.set)
		}
	}
	return s.And(sets...)
}

func (s *Space) compile(schema *Schema) *compiled {
	c := s.schemas[schema]
	switch {
	case c == nil:
		c = &compiled{}
		s.schemas[schema] = c
		b := builder{Space: s, schema: schema, c: c}
		b.build()
		sets := make([]Set, len(c.parts))
		for i, p := range c.parts {
			sets[i] = p.set
		}
		c.set, c.done = s.And(sets...), true
	case !c.done && c.lazy == 0:
		c.lazy = s.add(formula{op: opLazy, schema: schema, at: schema.Node, keyword: "$ref"})
		fallthrough
	case !c.done:
		return &compiled{set: c.lazy}
	}
	return c
}

// A builder makes the parts of one schema.
type builder struct {
	*Space
	schema *Schema
	c      *compiled
}

func (b *builder) part(keyword string, set Set) {
	b.c.parts = append(b.c.parts, part{keyword, set})
}

// atom adds what a keyword says of values of some types.
func (b *builder) atom(keyword string, f formula) {
	f.keyword, f.at = keyword, b.at(keyword)
	b.part(keyword, b.add(f))
}

// at returns where a keyword stands.
func (b *builder) at(keyword string) *document.Node {
	if k := b.schema.Node.Key(keyword); k != nil {
		return k
	}
	return b.schema.Node
}

func (b *builder) build() {
	schema := b.schema
	if schema.Truth != nil {
		if !*schema.Truth {
			b.part("", None)
		}
		return
	}
	if schema.Unclear != "" {
		b.part("$ref", b.opaque(schema.Unclear, schema.unclearID, b.at("$ref"), "$ref"))
	}
	if schema.Ref != nil {
		b.part("$ref", b.Of(schema.Ref))
	}
	for _, keyword := range slices.Sorted(maps.Keys(schema.unread)) {
		n := schema.Node.Get(keyword)
		b.part(keyword, b.opaque(fmt.Sprintf("a number of %q that is too long to compare", keyword), Identity(n), b.at(keyword), keyword))
	}
	b.values()
	b.numbers()
	b.texts()
	b.arrays()
	b.objects()
	b.applicators()
	if schema.UnevaluatedProperties != nil {
		b.part("unevaluatedProperties", b.unevaluatedProperties())
	}
	if schema.UnevaluatedItems != nil {
		b.part("unevaluatedItems", b.unevaluatedItems())
	}
}

func (b *builder) values() {
	schema := b.schema
	if schema.Types != 0 {
		t := schema.Types
		if schema.Nullable {
			t |= Null
		}
		b.part("type", b.OfType(t))
	}
	if schema.HasEnum && !schema.unread["enum"] {
		b.part("enum", b.Just(schema.Enum...))
	}
	if schema.Const != nil {
		b.part("const", b.Just(schema.Const))
	}
}

func (b *builder) numbers() {
	for _, min := range b.schema.Min {
		b.atom(min.Keyword, formula{op: opMin, types: Number, bound: min.Value, strict: min.Exclusive})
	}
	for _, max := range b.schema.Max {
		b.atom(max.Keyword, formula{op: opMax, types: Number, bound: max.Value, strict: max.Exclusive})
	}
	if m := b.schema.MultipleOf; m != nil {
		if m.Cmp(big.NewRat(1, 1)) == 0 {
			b.part("multipleOf", b.OfType(Any&^Fraction))
			return
		}
		b.atom("multipleOf", formula{op: opMultiple, types: Number, bound: m})
	}
}

// count adds an atom for a limit that says something.
func (b *builder) count(keyword string, o op, t Types, limit *int) {
	isLeast := o == opMinLen || o == opMinItems || o == opMinProps
	if limit != nil && !(isLeast && *limit == 0) {
		b.atom(keyword, formula{op: o, types: t, count: *limit})
	}
}

func (b *builder) texts() {
	b.count("minLength", opMinLen, String, b.schema.MinLength)
	b.count("maxLength", opMaxLen, String, b.schema.MaxLength)
	if p := b.schema.Pattern; p != nil {
		b.atom("pattern", formula{op: opMatch, types: String, text: *p})
	}
	if f := b.schema.Format; f != "" {
		b.atom("format", formula{op: opFormat, types: formatTypes(f), text: f})
	}
}

// formatTypes returns the types of which a format speaks.
func formatTypes(format string) Types {
	switch format {
	case "int32", "int64", "float", "double":
		return Number
	}
	return String
}

func (b *builder) arrays() {
	schema := b.schema
	b.count("minItems", opMinItems, Array, schema.MinItems)
	b.count("maxItems", opMaxItems, Array, schema.MaxItems)
	if schema.Unique {
		b.atom("uniqueItems", formula{op: opUnique, types: Array})
	}
	prefix, rest := "prefixItems", "items"
	if !schema.Dialect.since(Draft202012) {
		prefix, rest = "items", "items"
		if len(schema.Prefix) > 0 {
			rest = "additionalItems"
		}
	}
	for i, item := range schema.Prefix {
		if set := b.Of(item); set != All {
			b.atom(prefix, formula{op: opItem, types: Array, count: i, kids: []Set{set}})
		}
	}
	if schema.Items != nil {
		b.items(rest, len(schema.Prefix), b.Of(schema.Items))
	}
	if schema.Contains == nil {
		return
	}
	set, least := b.Of(schema.Contains), 1
	if schema.MinContains != nil {
		least = *schema.MinContains
	}
	if least > 0 {
		b.atom("contains", formula{op: opAtLeast, types: Array, count: least, kids: []Set{set}})
	}
	if most := schema.MaxContains; most != nil {
		b.atom("maxContains", formula{op: opAtMost, types: Array, count: *most, kids: []Set{set}})
	}
}

// items says something of every item from the one at n on.
func (b *builder) items(keyword string, n int, set Set) {
	switch set {
	case All:
	case None:
		b.atom(keyword, formula{op: opMaxItems, types: Array, count: n})
	default:
		b.atom(keyword, formula{op: opItems, types: Array, count: n, kids: []Set{set}})
	}
}

func (b *builder) objects() {
	schema := b.schema
	b.count("minProperties", opMinProps, Object, schema.MinProperties)
	b.count("maxProperties", opMaxProps, Object, schema.MaxProperties)
	for _, name := range schema.Required {
		b.atom("required", required(name))
	}
	for _, p := range schema.Properties {
		if set := b.Of(p.Schema); set != All {
			b.atom("properties", formula{op: opProp, types: Object, names: []string{p.Name}, kids: []Set{set}})
		}
	}
	for _, p := range schema.Patterns {
		if set := b.Of(p.Schema); set != All {
			b.atom("patternProperties", formula{op: opPattern, types: Object, text: p.Name, kids: []Set{set}})
		}
	}
	if schema.Additional != nil {
		b.part("additionalProperties", b.others("additionalProperties", b.Of(schema.Additional), ownNames(schema)))
	}
	if schema.Names != nil {
		set := b.And(b.Of(schema.Names), b.OfType(String))
		if !schema.Names.isTrue() && set != b.OfType(String) {
			b.atom("propertyNames", formula{op: opNames, types: Object, kids: []Set{set}})
		}
	}
	keyword := "dependentRequired"
	if !schema.Dialect.since(Draft201909) {
		keyword = "dependencies"
	}
	for _, d := range schema.DependentRequired {
		sets := make([]Set, len(d.Requires))
		for i, name := range d.Requires {
			sets[i] = b.add(required(name))
		}
		b.part(keyword, b.Or(b.without(d.Name), b.And(sets...)))
	}
	if schema.Dialect.since(Draft201909) {
		keyword = "dependentSchemas"
	}
	for _, d := range schema.DependentSchemas {
		b.part(keyword, b.Or(b.without(d.Name), b.Of(d.Schema)))
	}
}

func (s *Schema) isTrue() bool { return s.Truth != nil && *s.Truth }

func required(name string) formula {
	return formula{op: opRequired, types: Object, names: []string{name}}
}

// without returns all values but the objects that have a member called name.
func (b *builder) without(name string) Set {
	return b.Or(b.OfType(Any&^Object), b.add(required(name)).Not())
}

// covered is which members of an object a schema has something to say of.
type covered struct {
	names, patterns []string
	all             bool
}

func ownNames(schema *Schema) (c covered) {
	for _, p := range schema.Properties {
		c.names = append(c.names, p.Name)
	}
	for _, p := range schema.Patterns {
		c.patterns = append(c.patterns, p.Name)
	}
	return c
}

func (c covered) and(d covered) covered {
	return covered{slices.Concat(c.names, d.names), slices.Concat(c.patterns, d.patterns), c.all || d.all}
}

// others says something of the members that are not covered.
func (b *builder) others(keyword string, set Set, c covered) Set {
	if set == All || c.all {
		return All
	}
	slices.Sort(c.names)
	slices.Sort(c.patterns)
	return b.add(formula{
		op: opOthers, types: Object, kids: []Set{set}, keyword: keyword, at: b.at(keyword),
		names: slices.Compact(c.names), patterns: slices.Compact(c.patterns),
	})
}

func (b *builder) applicators() {
	schema := b.schema
	for _, inner := range schema.AllOf {
		b.part("allOf", b.Of(inner))
	}
	if len(schema.AnyOf) > 0 {
		b.part("anyOf", b.Or(b.each(schema.AnyOf)...))
	}
	if len(schema.OneOf) > 0 {
		b.part("oneOf", b.one(b.each(schema.OneOf)))
	}
	if schema.Not != nil {
		b.part("not", b.Of(schema.Not).Not())
	}
	if schema.If != nil {
		condition := b.Of(schema.If)
		if schema.Then != nil {
			b.part("then", b.Or(condition.Not(), b.Of(schema.Then)))
		}
		if schema.Else != nil {
			b.part("else", b.Or(condition, b.Of(schema.Else)))
		}
	}
}

func (b *builder) each(schemas []*Schema) []Set {
	sets := make([]Set, len(schemas))
	for i, inner := range schemas {
		sets[i] = b.Of(inner)
	}
	return sets
}

// one returns the values that are in exactly one of sets.
func (b *builder) one(sets []Set) Set {
	all := []Set{b.Or(sets...)}
	if b.AnyForOne {
		return all[0]
	}
	for i, x := range sets {
		for _, y := range sets[i+1:] {
			if both := b.And(x, y); both != None {
				all = append(all, both.Not())
			}
		}
	}
	if len(all) > maxClauses {
		return b.opaque(fmt.Sprintf("oneOf with %d alternatives", len(sets)), fmt.Sprint(slices.Sorted(slices.Values(sets))), b.at("oneOf"), "oneOf")
	}
	return b.And(all...)
}
