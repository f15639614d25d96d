package jsonschema

import (
	"fmt"
	"maps"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// Confluent's schema registry compares JSON Schemas by their keywords and not by their
// values. The profiles confluent and confluent-lenient answer as it does, for teams
// whose registry has the last word. It is stricter in places, since it looks at the
// spelling, and looser in others: it does not look at propertyNames, contains, format,
// if, nor at the values of patternProperties. What it does not look at is not told
// under these profiles, which makes them no proof of anything.
//
// An object is open if it may hold anything besides its properties; closed if it may
// hold nothing else; and partially open if additionalProperties is a schema, or there
// are patterns: what covers a name is then the first pattern that matches it, or that
// schema. A property that is new in an open object is refused, because old data may
// hold the name with another value; the lenient profile lets it pass.

// confluentDiff compares both ways: FORWARD, whether a reader with the base reads new
// data, and BACKWARD, whether one with the head reads old data.
func confluentDiff(base, head *port) (changes []change.Change) {
	for _, was := range base.roots {
		is, ok := head.partner(was, base)
		if !ok {
			changes = append(changes, schemaGone(was, head))
			continue
		}
		for _, d := range newComparer().Compare(was.name, was.schema, is.schema) {
			if t := (teller{head.direction, d}); isAnnotation(d.Kind) && (d.Keyword != extension || d.Path != was.name) {
				changes = append(changes, t.tell()...)
			}
		}
		lenient := head.settings.profile == confluentLenient
		for _, f := range registryCompare(lenient, was.name, is.schema, was.schema) {
			c := f.change(confluentForward)
			c.Base, c.Head = c.Head, c.Base
			changes = append(changes, c)
		}
		for _, f := range registryCompare(lenient, was.name, was.schema, is.schema) {
			changes = append(changes, f.change(confluentBackward))
		}
	}
	return distinct(changes)
}

// A refusal is a difference for which the registry says no.
type refusal struct {
	path             change.Path
	name             string // what the registry calls it: MAX_LENGTH_DECREASED
	keyword          string
	original, update *valueset.Schema
}

func (f refusal) change(r *change.Rule) change.Change {
	c := change.Change{
		Rule: r, Path: f.path, Key: f.name, Base: keywordAt(f.original, f.keyword), Head: keywordAt(f.update, f.keyword),
		From: written(f.original, f.keyword), To: written(f.update, f.keyword),
		Detail: fmt.Sprintf("%s: the registry says %s", f.path, f.name),
	}
	if id := "confluent:" + f.name; slices.Contains(confluentNames, id) {
		c.Also = []change.Peer{{ID: id}}
	}
	return c
}

func keywordAt(s *valueset.Schema, keyword string) source.Span {
	if s == nil {
		return source.Span{}
	}
	if k := s.Node.Key(keyword); k != nil && s.Truth == nil {
		return k.Span
	}
	span := s.Node.At()
	span.End = span.Start
	return span
}

func written(s *valueset.Schema, keyword string) string {
	if s == nil || s.Truth != nil || s.Node.Get(keyword) == nil {
		return ""
	}
	if v, ok := valueset.ValueOf(s.Node.Get(keyword)); ok {
		return short(v.String())
	}
	return ""
}

// A registry compares as Confluent's does: is what original allows allowed by update.
type registry struct {
	lenient bool
	open    map[[2]*valueset.Schema]bool // the pairs that are being compared
	left    int
	found   []refusal
}

// maxRegistrySteps bounds the comparison of schemas that refer to each other. Beyond
// it the answer is no.
const maxRegistrySteps = 100_000

func registryCompare(lenient bool, at change.Path, original, update *valueset.Schema) []refusal {
	r := &registry{lenient: lenient, open: make(map[[2]*valueset.Schema]bool), left: maxRegistrySteps}
	r.compare(at, original, update)
	return r.found
}

func (r *registry) refuse(at change.Path, name, keyword string, o, u *valueset.Schema) {
	r.found = append(r.found, refusal{at, name, keyword, o, u})
}

// suits reports whether the registry takes update for original.
func (r *registry) suits(o, u *valueset.Schema) bool {
	inner := &registry{lenient: r.lenient, open: maps.Clone(r.open), left: r.left}
	inner.compare("x", o, u)
	r.left = inner.left
	return len(inner.found) == 0
}

func (r *registry) compare(at change.Path, o, u *valueset.Schema) {
	if o != nil {
		o = o.Target()
	}
	if u != nil {
		u = u.Target()
	}
	pair := [2]*valueset.Schema{o, u}
	if o == u || r.open[pair] || saysNothing(u) || isFalse(o) {
		return
	}
	if r.left--; r.left < 0 {
		r.refuse(at, "TOO_LARGE", "", o, u)
		return
	}
	if saysNothing(o) || isFalse(u) {
		r.refuse(at, "TYPE_NARROWED", "type", o, u)
		return
	}
	r.open[pair] = true
	defer delete(r.open, pair)
	if r.values(at, o, u) && r.combined(at, o, u) && r.types(at, o, u) {
		r.texts(at, o, u)
		r.numbers(at, o, u)
		r.arrays(at, o, u)
		r.objects(at, o, u)
	}
}

// saysNothing reports whether every value suits s.
func saysNothing(s *valueset.Schema) bool {
	if s == nil || s.Truth != nil {
		return s == nil || *s.Truth
	}
	return !slices.ContainsFunc(s.Node.Keys, func(k *document.Node) bool { return s.Dialect.Knows(k.Text) })
}

func isFalse(s *valueset.Schema) bool { return s != nil && s.Truth != nil && !*s.Truth }

// values compares enum and const, and reports whether to go on.
func (r *registry) values(at change.Path, o, u *valueset.Schema) bool {
	switch {
	case o.Const != nil || u.Const != nil:
		if o.Const == nil || u.Const == nil && o.Types == 0 || u.Const != nil && !o.Const.Equal(u.Const) {
			r.refuse(at, "TYPE_CHANGED", "const", o, u)
		}
		return false
	case o.HasEnum && u.HasEnum:
		has := func(v *valueset.Value) bool { return slices.ContainsFunc(u.Enum, v.Equal) }
		if slices.ContainsFunc(o.Enum, func(v *valueset.Value) bool { return !has(v) }) {
			r.refuse(at, "ENUM_ARRAY_NARROWED", "enum", o, u)
		}
	case u.HasEnum:
		r.refuse(at, "ENUM_ARRAY_NARROWED", "enum", o, u)
	case o.HasEnum && o.Types == 0:
		r.refuse(at, "TYPE_CHANGED", "enum", o, u)
		return false
	}
	return true
}

// types compares the types, and reports whether to go on.
func (r *registry) types(at change.Path, o, u *valueset.Schema) bool {
	was, is := o.Types, u.Types
	switch {
	case is == 0 || was != 0 && was&^is == 0:
		return true
	case was == 0 && (o.HasEnum || hasParts(o)):
		return true
	case was == 0 || is&^was == 0:
		r.refuse(at, "TYPE_NARROWED", "type", o, u)
	default:
		r.refuse(at, "TYPE_CHANGED", "type", o, u)
	}
	return false
}

func hasParts(s *valueset.Schema) bool { return len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) > 0 }

// limit compares a count or a bound: more of it allows less if it is a lower one.
func limit[T any](r *registry, at change.Path, name, keyword string, o, u *valueset.Schema, was, is *T, compare func(a, b T) int, isLower bool) {
	switch {
	case is == nil:
	case was == nil:
		r.refuse(at, name+"_ADDED", keyword, o, u)
	default:
		switch c := compare(*is, *was); {
		case c > 0 && isLower:
			r.refuse(at, name+"_INCREASED", keyword, o, u)
		case c < 0 && !isLower:
			r.refuse(at, name+"_DECREASED", keyword, o, u)
		}
	}
}
