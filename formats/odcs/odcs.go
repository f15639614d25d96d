// Package odcs reads data contracts and the data products that point to them:
// contracts of the Open Data Contract Standard v2.2, v3.0 and v3.1 with the approved
// members of v3.2, and of the Data Contract Specification 0.9 to 1.2; products of
// the Open Data Product Standard 0.9 and 1.0.
//
// All contracts are first brought into the form of the current standard
// ([modern.Form]), so a new version of a standard, or a conversion from one to
// another, is no change by itself. For the same reason they are one format: the
// port stays the port that it was.
//
// A contract describes objects, which are tables, topics or files, and their
// properties, which may be nested; it promises service levels; and it says who
// answers for the data, what it costs and on which terms it may be used. The
// first goes into the shared model of tables ([table]), the second into
// objectives ([slo]), and the rest is compared here, section by section. Of what no
// standard knows it is said that it is not compared.
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
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

// Format is data contracts, in whatever standard.
var Format = schema.Language[*port]{
	Name:  "odcs",
	Kind:  schema.SQL,
	Rules: []change.Rules{rules, table.Rules()},
	Gaps: []string{
		"whether a query, a text or a check of a tool's own still finds what it found",
		"schedules of quality rules, and objectives in free text, which are compared as text",
		"references into other documents, and schemas in another language within a contract, which are compared as text",
		"keys that no standard knows",
	},
	Options:   []string{"comparators"},
	Documents: true,
	Match:     match,
	Called:    schema.Infix("odcs"),
	Claims:    claims,
	Load:      load,
	Diff:      diff,
	Outline:   outline,
	At:        func(p *port) source.Span { return p.span },
	Promises:  func(p *port) []slo.Objective { return p.promises },
	Terms:     func(p *port) schema.Terms { return p.terms },
	Ports:     ports,
	Declared:  declared,
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
