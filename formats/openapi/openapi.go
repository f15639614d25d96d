// Package openapi reads and compares OpenAPI 3.0, 3.1 and 3.2, and Swagger 2.0, which is
// rewritten in the shape of 3.0 (swagger.go), in JSON or YAML.
//
// # What a change does
//
// A description says what may be sent and what may come back. Consumers send requests
// and read responses, so an edit of a request breaks them where it allows less, and an
// edit of a response where it allows more. In webhooks and callbacks the provider calls,
// and it is the other way round; under not, it is the other way round once more. So
// each kind of edit of a schema has a rule for those who read and one for those who
// send ([hazard]); the other two ways hurt nobody.
//
// # How it is compared
//
// load finds the description and the files that it refers to within the tree. diff
// walks both sides at once, and passes over what is written alike, together with all
// that it refers to (same.go). Paths are paired by their shape, so the name of a path
// parameter is no difference, and schemas by the place at which they stand. A pair of
// schemas is compared once for each situation ([situation]: in a request or a response,
// in a body or a parameter), however many operations lead to it and even if it leads
// back to itself; its findings stand at the path of its declaration (Order.sku, and
// request.Order.sku for what is sent), and the outline knows the places that show it.
//
// At each pair, the keywords that differ are listed as facts (keywords.go, objects.go,
// combine.go). Then [valueset] is asked what they come to together: whether the head
// allows a value that the base does not, and the reverse. A fact that speaks of a
// direction in which nothing changed is dropped, so another spelling of the same values is
// no finding: null in three ways, const and enum of one, an allOf of one, bounds that
// others imply. Where the values differ and no fact says so, the schema as a whole is
// the finding. Schemas that reach too much are not asked about, and then each
// keyword speaks for itself.
//
// # How it is shown
//
// A break of a request shows in one that the base accepts and the head refuses, and a
// break of a response in one that the head allows and the base does not (witness.go).
// It is looked for only where a finding is shown: the walk is followed once more to
// learn where the finding was met first (trail.go), a value is found in the sets of
// both sides, and it is put into the smallest message of the operation
// (witness_message.go). kin-openapi, which shares nothing with the comparison, holds it
// against both sides, as extracts of that operation (witness_extract.go): it accepts
// the one and refuses the other, or nothing is shown. kin-openapi judges 3.0 by a
// validator of its own and 3.1 by santhosh-tekuri/jsonschema; 3.2 is given to it as
// 3.1, which is the same for schemas. What would keep it busy for long it is not given
// (witness_effort.go). It also validates whole descriptions (validate.go), for doctor,
// and in a check where formats.openapi.validate asks for it.
//
// oasdiff answers a part of the same question; each finding carries the checks of that
// tool that it would be reported under (peers.go, oasdiff.txt).
package openapi

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Format is OpenAPI.
var Format = schema.Language[*port]{
	Name:      "openapi",
	Kind:      schema.API,
	Rules:     []change.Rules{rules},
	Gaps:      gaps,
	Documents: true,
	Match:     match,
	Claims:    claims,
	Load:      load,
	Imports:   imports,
	Mentions:  mentions,
	Diff:      diff,
	Outline:   outline,
	Promises:  func(p *port) []slo.Objective { return p.promises },
	At:        func(p *port) source.Span { return p.span },
	Options:   []string{"preset", "strip-path-prefix", "extensions", "leave-out", "deprecation-days", "stability-level", "validate"},
	Presets:   presets,
	Prove:     prove,
	Validate:  validate,
}.Format()

var gaps = []string{
	"of Swagger 2.0: lists that are written as tsv, and lists within lists, beyond that they changed; Swagger 1",
	"patterns with look-around and schemas that reach more than a few thousand nodes, as sets of values: their keywords are compared one by one",
	"$dynamicRef where several schemas of one file declare the same dynamic anchor, and $id inside a description",
	"the encoding of parts of a body and the xml object beyond that they changed (openapi/encoding-changed)",
	"x-slo in parameters and schemas, and promises in extensions of other names (x-sla, x-ratelimit), beyond that they changed",
	"operations that one side moved to another path",
	"whether a description is valid, unless formats.openapi.validate is true; examples and defaults are not held against their schemas even then",
	"the order of servers, tags, and security alternatives, and the summary and description beside a $ref",
	"$self, which OpenAPI 3.2 takes for the base of references: these are followed from where the file is",
}
