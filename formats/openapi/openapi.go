// Package openapi reads and compares OpenAPI 3.0, 3.1 and 3.2, in JSON or YAML.
package openapi

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
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
	Options:   []string{"preset", "strip-path-prefix", "extensions"},
}.Format()

var gaps = []string{"x"}
