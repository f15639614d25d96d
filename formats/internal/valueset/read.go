package valueset

import (
	"math/big"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Scope is where a schema stands: it says in which dialect it is written and what
// its references mean. Scopes are handed in, so this package reads no files and knows
// no identifiers.
type Scope struct {
	Dialect Dialect

	// Resolve returns what the value of a reference means: of $ref, $dynamicRef or
	// $recursiveRef. An error is a *source.Error.
	Resolve func(keyword string, ref *document.Node) (Target, error)

	// Enter returns the scope of the schema n if it has one of its own, as one with
	// an $id has; nil if not. It may be nil.
	Enter func(n *document.Node) *Scope
}

// A Target is what a reference leads to.
type Target struct {
	Node    *document.Node
	Scope   *Scope
	Name    string // of a definition: the name by which people know it
	Unclear string // why it cannot be said what the reference means; Node is nil then

	// Identity is the same for two unclear references only if they surely mean the
	// same: it holds all that their meaning depends on.
	Identity string
}

// A Reader reads schemas and remembers them, so that what is referred to twice, or by
// itself, is one [Schema].
type Reader struct {
	Problems document.Problems

	seen  map[*document.Node]*Schema
	left  int
	depth int
}

// Limits of one reader.
const (
	MaxSchemas = 200_000
	MaxNested  = 2_000 // schemas within schemas, references followed
)

// Read reads the schema n. What is wrong goes to r.Problems, and the rest is still
// read.
func (r *Reader) Read(scope *Scope, n *document.Node) *Schema {
	if r.seen == nil {
		r.seen, r.left = make(map[*document.Node]*Schema), MaxSchemas
	}
	s := r.read(scope, n)
	r.guard(s)
	return s
}

func (r *Reader) read(scope *Scope, n *document.Node) *Schema {
	if s := r.seen[n]; s != nil {
		return s
	}
	r.depth++
	defer func() { r.depth-- }()
	if r.left--; r.left == 0 {
		r.Problems.Addf(n.At(), "there are more than %d schemas", MaxSchemas)
	}
	if r.depth == MaxNested+1 {
		r.Problems.Addf(n.At(), "schemas are nested more than %d deep, references followed", MaxNested)
	}
	s := &Schema{Node: n, Dialect: scope.Dialect, unread: make(map[string]bool)}
	r.seen[n] = s
	if r.left <= 0 || r.depth > MaxNested {
		return s
	}
	if scope.Enter != nil {
		if inner := scope.Enter(n); inner != nil {
			scope = inner
			s.Dialect = scope.Dialect
		}
	}
	if n != nil && n.Kind == document.Scalar && n.Tag == document.Bool && scope.Dialect.since(Draft6) {
		truth := strings.EqualFold(n.Text, "true")
		s.Truth = &truth
		return s
	}
	if n == nil || n.Kind != document.Map {
		r.Problems.Addf(n.At(), "want a schema%s, got %s", orBool(scope.Dialect), describe(n))
		return s
	}
	k := &keywordReader{Reader: r, scope: scope, s: s}
	k.all()
	return s
}

func orBool(d Dialect) string {
	if d.since(Draft6) {
		return ", true or false"
	}
	return ""
}

func describe(n *document.Node) string {
	switch {
	case n == nil:
		return "nothing"
	case n.Kind == document.List:
		return "a list"
	case n.Kind == document.Map:
		return "an object"
	case n.Tag == document.String:
		return quote(clip(n.Text))
	}
	return clip(n.Text)
}

func clip(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// guard reports schemas that lead back to themselves without a step into the value:
// such a schema says nothing.
func (r *Reader) guard(root *Schema) {
	const inside, done = 1, 2
	state := make(map[*Schema]int)
	var visit func(s *Schema)
	visit = func(s *Schema) {
		state[s] = inside
		for _, inner := range s.inPlace() {
			switch state[inner] {
			case inside:
				r.Problems.Addf(s.Node.At(), "the reference leads back to the schema that it stands in, with no step into the value in between")
				inner.Unclear = "a reference that leads back to itself"
			case 0:
				visit(inner)
			}
		}
		state[s] = done
	}
	seen := make(map[*Schema]bool)
	for todo := []*Schema{root}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[s] {
			continue
		}
		seen[s] = true
		if state[s] == 0 {
			visit(s)
		}
		todo = append(todo, s.inPlace()...)
		todo = append(todo, s.inside()...)
	}
}

// inPlace lists the schemas that s applies to the value itself.
func (s *Schema) inPlace() []*Schema {
	all := slices.Concat(s.AllOf, s.AnyOf, s.OneOf)
	for _, d := range s.DependentSchemas {
		all = append(all, d.Schema)
	}
	for _, inner := range []*Schema{s.Ref, s.Not, s.If, s.Then, s.Else} {
		if inner != nil {
			all = append(all, inner)
		}
	}
	return all
}

// inside lists the schemas that s applies to what the value holds.
func (s *Schema) inside() []*Schema {
	all := slices.Clone(s.Prefix)
	for _, p := range slices.Concat(s.Properties, s.Patterns) {
		all = append(all, p.Schema)
	}
	for _, inner := range []*Schema{s.Items, s.Contains, s.Additional, s.Names, s.UnevaluatedItems, s.UnevaluatedProperties} {
		if inner != nil {
			all = append(all, inner)
		}
	}
	return all
}

// A keywordReader reads the keywords of one schema.
type keywordReader struct {
	*Reader
	scope *Scope
	s     *Schema
}

// get returns the value of a keyword that the dialect has, else nil.
func (k *keywordReader) get(keyword string) *document.Node {
	if !k.s.Dialect.Knows(keyword) {
		return nil
	}
	return k.s.Node.Get(keyword)
}

func (k *keywordReader) all() {
	if k.refs() && !k.s.Dialect.since(Draft201909) {
		return // what stands beside a reference means nothing
	}
	k.values()
	k.numbers()
	k.texts()
	k.arrays()
	k.objects()
	k.applicators()
}

// refs reads the references, and reports whether there is one.
func (k *keywordReader) refs() bool {
	found := false
	for _, keyword := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		n := k.get(keyword)
		if n == nil {
			continue
		}
		found = true
		if n.Kind != document.Scalar || n.Tag != document.String {
			k.wrong(n, keyword, "a reference")
			continue
		}
		target, err := k.scope.Resolve(keyword, n)
		switch {
		case err != nil:
			k.Problems.Add(err)
		case target.Node == nil:
			k.s.Unclear, k.s.unclearID = target.Unclear, target.Identity
		case k.s.Ref != nil: // two references side by side
			k.s.AllOf = append(k.s.AllOf, k.read(target.Scope, target.Node))
		default:
			k.s.Ref, k.s.RefName = k.read(target.Scope, target.Node), target.Name
		}
	}
	return found
}

func (k *keywordReader) wrong(n *document.Node, keyword, want string) {
	k.Problems.Addf(n.At(), "want %s for %q, got %s", want, keyword, describe(n))
}

func (k *keywordReader) values() {
	if n := k.get("type"); n != nil {
		names := n.List()
		if n.Kind == document.Scalar {
			names = []*document.Node{n}
		} else if len(names) == 0 || k.s.Dialect == OpenAPI30 {
			k.wrong(n, "type", "a type")
		}
		for _, name := range names {
			t, ok := typeNamed(name.String())
			if !ok || name.Tag != document.String || k.s.Dialect == OpenAPI30 && t == Null {
				k.Problems.Addf(name.At(), "want a type (null, boolean, integer, number, string, array or object), got %s", describe(name))
			}
			k.s.Types |= t
		}
	}
	if n := k.get("nullable"); n != nil {
		k.s.Nullable = k.flag("nullable") && k.s.Types != 0
	}
	if n := k.get("enum"); n != nil {
		if n.Kind != document.List {
			k.wrong(n, "enum", "a list of values")
		}
		k.s.HasEnum = true
		for _, item := range n.List() {
			v, ok := ValueOf(item)
			if !ok {
				k.s.unread["enum"] = true
				continue
			}
			k.s.Enum = append(k.s.Enum, v)
		}
	}
	if n := k.get("const"); n != nil {
		v, ok := ValueOf(n)
		if !ok {
			k.s.unread["const"] = true
		}
		k.s.Const = v
	}
}

func (k *keywordReader) flag(keyword string) bool {
	n := k.get(keyword)
	if n == nil {
		return false
	}
	if n.Kind != document.Scalar || n.Tag != document.Bool {
		k.wrong(n, keyword, "true or false")
	}
	return strings.EqualFold(n.Text, "true")
}

func (k *keywordReader) number(keyword string) *big.Rat {
	n := k.get(keyword)
	if n == nil {
		return nil
	}
	if n.Kind != document.Scalar || n.Tag != document.Int && n.Tag != document.Float {
		k.wrong(n, keyword, "a number")
		return nil
	}
	r, ok := n.Number()
	if !ok {
		k.s.unread[keyword] = true
	}
	return r
}

func (k *keywordReader) numbers() {
	k.s.Min = k.bounds("minimum", "exclusiveMinimum")
	k.s.Max = k.bounds("maximum", "exclusiveMaximum")
	if r := k.number("multipleOf"); r != nil {
		if r.Sign() <= 0 {
			k.wrong(k.get("multipleOf"), "multipleOf", "a number above 0")
		} else {
			k.s.MultipleOf = r
		}
	}
}

// bounds reads a limit, which up to draft 4 another keyword makes exclusive.
func (k *keywordReader) bounds(keyword, exclusive string) (all []Bound) {
	inclusive := k.number(keyword)
	if !k.s.Dialect.since(Draft6) {
		isExclusive := k.flag(exclusive)
		if inclusive != nil {
			all = append(all, Bound{keyword, inclusive, isExclusive})
		}
		return all
	}
	if inclusive != nil {
		all = append(all, Bound{keyword, inclusive, false})
	}
	if r := k.number(exclusive); r != nil {
		all = append(all, Bound{exclusive, r, true})
	}
	return all
}

// count reads a number of characters, items or members.
func (k *keywordReader) count(keyword string) *int {
	r := k.number(keyword)
	if r == nil {
		return nil
	}
	if r.Sign() < 0 || !r.IsInt() {
		k.wrong(k.get(keyword), keyword, "a whole number of 0 or more")
		return nil
	}
	const most = 1 << 40
	if !r.Num().IsInt64() || r.Num().Int64() > most {
		k.s.unread[keyword] = true
		return nil
	}
	count := int(r.Num().Int64())
	return &count
}

func (k *keywordReader) text(keyword string) *string {
	n := k.get(keyword)
	if n == nil {
		return nil
	}
	if n.Kind != document.Scalar || n.Tag != document.String {
		k.wrong(n, keyword, "a text")
		return nil
	}
	return &n.Text
}

func (k *keywordReader) texts() {
	k.s.MinLength, k.s.MaxLength = k.count("minLength"), k.count("maxLength")
	k.s.Pattern = k.text("pattern")
	if format := k.text("format"); format != nil {
		k.s.Format = *format
	}
}

func (k *keywordReader) schema(keyword string) *Schema {
	n := k.get(keyword)
	if n == nil {
		return nil
	}
	if keyword == "additionalProperties" || keyword == "additionalItems" {
		return k.orBool(n)
	}
	return k.read(k.scope, n)
}

// orBool reads a schema that may be true or false in every draft.
func (k *keywordReader) orBool(n *document.Node) *Schema {
	if n.Kind == document.Scalar && n.Tag == document.Bool {
		truth := strings.EqualFold(n.Text, "true")
		return &Schema{Node: n, Dialect: k.s.Dialect, Truth: &truth}
	}
	return k.read(k.scope, n)
}

func (k *keywordReader) schemas(keyword string) (all []*Schema) {
	n := k.get(keyword)
	if n == nil {
		return nil
	}
	if n.Kind != document.List || len(n.Items) == 0 && keyword != "items" {
		k.wrong(n, keyword, "a list of schemas")
	}
	for _, item := range n.List() {
		all = append(all, k.read(k.scope, item))
	}
	return all
}

func (k *keywordReader) named(keyword string) (all []Property) {
	n := k.get(keyword)
	if n == nil {
		return nil
	}
	if n.Kind != document.Map {
		k.wrong(n, keyword, "an object of schemas")
		return nil
	}
	for i, key := range n.Keys {
		all = append(all, Property{key.Text, key, k.read(k.scope, n.Items[i])})
	}
	return all
}

func (k *keywordReader) arrays() {
	k.s.MinItems, k.s.MaxItems, k.s.Unique = k.count("minItems"), k.count("maxItems"), k.flag("uniqueItems")
	switch n := k.get("items"); {
	case k.s.Dialect.since(Draft202012):
		k.s.Prefix, k.s.Items = k.schemas("prefixItems"), k.schema("items")
	case n == nil:
	case n.Kind == document.List && k.s.Dialect != OpenAPI30:
		k.s.Prefix, k.s.Items = k.schemas("items"), k.schema("additionalItems")
	default:
		k.s.Items = k.read(k.scope, n)
	}
	k.s.Contains = k.schema("contains")
	k.s.MinContains, k.s.MaxContains = k.count("minContains"), k.count("maxContains")
	k.s.UnevaluatedItems = k.schema("unevaluatedItems")
}

func (k *keywordReader) objects() {
	k.s.MinProperties, k.s.MaxProperties = k.count("minProperties"), k.count("maxProperties")
	k.s.Properties, k.s.Patterns = k.named("properties"), k.named("patternProperties")
	k.s.Additional, k.s.Names = k.schema("additionalProperties"), k.schema("propertyNames")
	if n := k.get("required"); n != nil {
		k.s.Required = k.textList(n, "required")
	}
	k.s.DependentSchemas = k.named("dependentSchemas")
	if n := k.get("dependentRequired"); n != nil {
		if n.Kind != document.Map {
			k.wrong(n, "dependentRequired", "an object of lists")
		}
		for i, key := range n.Keys {
			k.s.DependentRequired = append(k.s.DependentRequired, Dependency{key.Text, k.textList(n.Items[i], key.Text)})
		}
	}
	if n := k.get("dependencies"); n != nil {
		if n.Kind != document.Map {
			k.wrong(n, "dependencies", "an object of lists and schemas")
		}
		for i, key := range n.Keys {
			if n.Items[i].Kind == document.List {
				k.s.DependentRequired = append(k.s.DependentRequired, Dependency{key.Text, k.textList(n.Items[i], key.Text)})
			} else {
				k.s.DependentSchemas = append(k.s.DependentSchemas, Property{key.Text, key, k.read(k.scope, n.Items[i])})
			}
		}
	}
	k.s.UnevaluatedProperties = k.schema("unevaluatedProperties")
}

// textList reads a list of names.
func (k *keywordReader) textList(n *document.Node, keyword string) (all []string) {
	if n.Kind != document.List {
		hint := ""
		if keyword == "required" && n.Kind == document.Scalar && n.Tag == document.Bool {
			hint = "; a property is required by the schema of the object that holds it"
		}
		k.Problems.Add(source.Errorf(n.At(), "want a list of names for %q, got %s%s", keyword, describe(n), hint))
	}
	for _, item := range n.List() {
		if item.Kind != document.Scalar || item.Tag != document.String {
			k.Problems.Addf(item.At(), "want a name in the list %q, got %s", keyword, describe(item))
			continue
		}
		if !slices.Contains(all, item.Text) {
			all = append(all, item.Text)
		}
	}
	return all
}

func (k *keywordReader) applicators() {
	k.s.AllOf = append(k.s.AllOf, k.schemas("allOf")...)
	k.s.AnyOf, k.s.OneOf = k.schemas("anyOf"), k.schemas("oneOf")
	k.s.Not, k.s.If = k.schema("not"), k.schema("if")
	if k.s.If != nil {
		k.s.Then, k.s.Else = k.schema("then"), k.schema("else")
	}
}
