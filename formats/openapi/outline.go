package openapi

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

func outline(p *port) *schema.Outline {
	return &schema.Outline{Decls: make(map[change.Path][]schema.Edge), Span: p.span}
}
