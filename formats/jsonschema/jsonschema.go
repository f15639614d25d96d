// Package jsonschema reads and compares JSON Schemas of drafts 4, 6, 7, 2019-09 and
// 2020-12, in JSON or YAML.
//
// # What a change does
//
// A schema is a set of values, and a change is asked two questions: may new data hold a
// value that a reader with the old schema refuses (surface json), and may old data hold
// one that the new schema refuses (surface replay). [valueset] answers with a proof, or
// with a value. For consumers who send data (direction: write) the second question is
// the one that breaks them (surface request). What is said to break is shown by a value
// that an independent validator accepts with one schema and refuses with the other
// (prove.go).
//
// A property that is gone is a break whatever the sets say, because whoever reads it
// finds nothing. A property that is new in an open object is none, although old data
// might hold its name with another value: a reader who is no validator expects
// members that it does not know. The profiles confluent and confluent-lenient judge
// this, and everything else, as Confluent's schema registry does (confluent.go).
//
// # How it is compared
//
// load finds the documents of a port and what they refer to within the tree, and reads
// them; a reference that leads out of it is refused. diff pairs documents by name and
// hands each pair to [valueset.Compare], which names the properties and keywords that
// differ; rules give these a class. A definition that is used in many places is
// compared once, at its own path: Address.street.
package jsonschema

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Format is JSON Schema.
var Format = schema.Language[*port]{
	Name:      "jsonschema",
	Kind:      schema.Stream,
	Rules:     []change.Rules{rules},
	Gaps:      gaps,
	Documents: true,
	Match:     match,
	Claims:    claims,
	Called:    schema.Infix("schema"),
	Examples:  true,
	Load:      load,
	Imports:   imports,
	Diff:      diff,
	Outline:   outline,
	At:        func(p *port) source.Span { return p.span },
	Promises:  func(p *port) []slo.Objective { return p.promises },
	Options:   []string{"profile", "dialect"},
	Prove:     prove,
}.Format()

var gaps = []string{
	"formats, which some validators check and others do not: that one changed is said, and not what it does",
	"patterns with look-around, references back or very large automata (jsonschema/not-compared where they matter)",
	"keywords that the drafts do not define and that do not begin with x-, and contentEncoding, contentMediaType and contentSchema (jsonschema/not-compared where they differ)",
	"$dynamicRef where several schemas of one port declare the same dynamic anchor, and $vocabulary",
	"definitions that nothing refers to, and x-slo below the top of a document",
}
