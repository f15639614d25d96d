package valueset

import (
	"math/big"
	"slices"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Schema is what one schema says, read and checked. Absent lists are nil, absent
// counts are nil, too.
type Schema struct {
	Node    *document.Node
	Dialect Dialect
	Truth   *bool // the schemas true and false, which say nothing else

	Ref     *Schema // what $ref leads to
	RefName string  // the name of the definition that it leads to; empty: it is no definition
	Unclear string  // why a reference cannot be followed, though it is no error

	unclearID string // what it means depends on

	Types    Types // zero: not said
	Nullable bool  // OpenAPI 3.0
	Enum     []*Value
	HasEnum  bool
	Const    *Value

	Min, Max   []Bound
	MultipleOf *big.Rat

	MinLength, MaxLength *int
	Pattern              *string
	Format               string

	MinItems, MaxItems       *int
	Unique                   bool
	Prefix                   []*Schema
	Items                    *Schema // of those behind Prefix
	Contains                 *Schema
	MinContains, MaxContains *int

	MinProperties, MaxProperties *int
	Properties                   []Property
	Patterns                     []Property // by the patterns of their names
	Additional                   *Schema
	Names                        *Schema
	Required                     []string
	DependentRequired            []Dependency
	DependentSchemas             []Property

	AllOf, AnyOf, OneOf   []*Schema
	Not, If, Then, Else   *Schema
	UnevaluatedItems      *Schema
	UnevaluatedProperties *Schema

	unread map[string]bool // keywords whose value cannot be compared exactly
}

// A Bound is a limit of numbers.
type Bound struct {
	Keyword   string
	Value     *big.Rat
	Exclusive bool
}

// A Property is a schema under a name.
type Property struct {
	Name   string
	Key    *document.Node
	Schema *Schema
}

// A Dependency lists the members that have to be there if Name is.
type Dependency struct {
	Name     string
	Requires []string
}

// Property returns the schema of the property called name, nil if there is none.
func (s *Schema) Property(name string) *Schema {
	for _, p := range s.Properties {
		if p.Name == name {
			return p.Schema
		}
	}
	return nil
}

// Target follows references until there is a schema that says something itself. In
// drafts up to 7 a reference says nothing else; from 2019-09 on there may be more
// beside it, and then the schema is its own target.
func (s *Schema) Target() *Schema {
	for range maxDepth {
		if s.Ref == nil || !s.onlyRefers() {
			return s
		}
		s = s.Ref
	}
	return s
}

// onlyRefers reports whether s says nothing about values besides its reference.
func (s *Schema) onlyRefers() bool {
	if !s.Dialect.since(Draft201909) {
		return true
	}
	for _, key := range s.Node.Keys {
		if key.Text != "$ref" && s.Dialect.Knows(key.Text) {
			return false
		}
	}
	return true
}

// TargetName returns the name of the definition that s is, by its references; empty if
// it is none.
func (s *Schema) TargetName() string {
	for range maxDepth {
		if s.Ref == nil || !s.onlyRefers() {
			return ""
		}
		if s.RefName != "" {
			return s.RefName
		}
		s = s.Ref
	}
	return ""
}

// Parts lists the schemas that describe the same value as s: s itself, what it refers
// to, and what stands in allOf, anyOf, oneOf, then and else.
func (s *Schema) Parts() []*Schema {
	parts := []*Schema{s}
	for i := 0; i < len(parts) && len(parts) < maxItems; i++ {
		p := parts[i]
		for _, inner := range slices.Concat([]*Schema{p.Ref}, p.AllOf, p.AnyOf, p.OneOf, []*Schema{p.Then, p.Else}) {
			if inner != nil && !slices.Contains(parts, inner) {
				parts = append(parts, inner)
			}
		}
	}
	return parts
}

// Requires reports whether s always wants the member called name.
func (s *Schema) Requires(name string) bool {
	return s.requires(name, 0)
}

func (s *Schema) requires(name string, depth int) bool {
	if depth > maxDepth {
		return false
	}
	return slices.Contains(s.Required, name) || s.Ref != nil && s.Ref.requires(name, depth+1) ||
		slices.ContainsFunc(s.AllOf, func(inner *Schema) bool { return inner.requires(name, depth+1) })
}

// HoldsMore reports whether s describes members or items.
func (s *Schema) HoldsMore() bool { return slices.ContainsFunc(s.Parts(), (*Schema).HoldsItself) }

// HoldsItself reports whether s describes members or items by keywords of its own.
func (s *Schema) HoldsItself() bool {
	return len(s.Properties)+len(s.Patterns)+len(s.Prefix) > 0 || s.Items != nil || s.Additional != nil && s.Additional.Truth == nil
}

// IsDeprecated reports whether s is marked so, or what it refers to.
func (s *Schema) IsDeprecated() bool {
	for range maxDepth {
		if s.Truth == nil && truth(s.Node.Get("deprecated")) {
			return true
		}
		if s.Ref == nil {
			return false
		}
		s = s.Ref
	}
	return false
}
