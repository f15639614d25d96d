// Package openapi reads and compares OpenAPI 3.0, 3.1 and 3.2, in JSON or YAML.
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
// oasdiff answers a part of the same question; each finding carries the checks of that
// tool that it would be reported under (peers.go, oasdiff.txt).
package openapi

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
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
	At:        func(p *port) source.Span { return p.span },
	Options:   []string{"preset", "strip-path-prefix", "extensions"},
	Presets:   presets,
}.Format()

var gaps = []string{
	"Swagger 2.0, which is named as not read",
	"whether the day of a deprecation (x-sunset) has come: a comparison has no clock, and policy judges notice",
	"patterns with look-around and schemas that reach more than a few thousand nodes, as sets of values: their keywords are compared one by one",
	"$dynamicRef where several schemas of one file declare the same dynamic anchor, and $id inside a description",
	"the encoding of parts of a body and the xml object beyond that they changed (openapi/encoding-changed)",
	"allowEmptyValue of a parameter, and operations that one side moved to another path",
	"the order of servers, tags, and security alternatives, and what tags, info and licences say",
}
