// Package odcs reads contracts of the Open Data Contract Standard, v3, and the
// data products of the Open Data Product Standard that point to them.
//
// A contract describes objects, which are tables, topics or files, and their
// properties, which may be nested; it promises service levels; and it says who
// answers for the data, what it costs and on which terms it may be used. The
// first goes into the shared model of tables ([table]), the second into
// objectives ([slo]), and of the rest this package judges what has a rule and
// says of everything else that it is not compared.
//
// Real contracts deviate from the JSON Schema of their standard: the status is
// "in development", a key is of a tool's own, a number is quoted. They are read as
// long as nothing has to be guessed that a consumer relies on. What would have to
// be guessed is an error at its place: an unknown logical type, two properties
// of one name, a freshness of 15 m.
package odcs

import (
	"path"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

// Format is the Open Data Contract Standard.
var Format = schema.Language[*port]{
	Name:  "odcs",
	Kind:  schema.SQL,
	Rules: []change.Rules{rules, table.Rules()},
	Gaps: []string{
		"quality rules other than lists of valid values",
		"servers, roles, prices, team and support",
		"the type and cardinality of relationships",
		"objectives in free text, which are compared as text",
		"keys that the standard does not know",
	},
	Options:   []string{"comparators"},
	Documents: true,
	Match:     match,
	Claims:    claims,
	Load:      load,
	Diff:      diff,
	Outline:   outline,
	Promises:  func(p *port) []slo.Objective { return p.promises },
	Terms:     func(p *port) schema.Terms { return p.terms },
	Ports:     ports,
	Inputs:    inputs,
	Tables:    tables,
}.Format()

func outline(p *port) *schema.Outline {
	o := p.schema.Outline()
	o.Span = p.span
	return o
}

func match(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}
