// Package dbt reads how fresh dbt expects its sources to be.
//
// A source of dbt is data that somebody else loads, and its freshness is what the
// project checks before it builds: no more than 26 hours since loaded_at_field, or an
// error. Who serves those tables promises the same by an objective, so the two can be
// compared, and in breakwater.yaml the file can stand beside the body of a port (slo:).
// What only warns is the promise where nothing is an error.
//
// The rest of such a file, models and tests, is not compared.
package dbt

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Format is the properties of dbt sources that say how fresh they are.
var Format = schema.Language[*port]{
	Name:      "dbt",
	Kind:      schema.SQL,
	Rules:     []change.Rules{rules},
	Gaps:      []string{"models, tests, exposures and metrics", "the columns and tests of sources", "warn_after where there is an error_after"},
	Documents: true,
	Match:     match,
	Claims:    claims,
	Load:      load,
	Diff:      diff,
	Outline:   func(p *port) *schema.Outline { return &schema.Outline{Span: p.span} },
	Promises:  func(p *port) []slo.Objective { return p.promises },
}.Format()

func match(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yml" || ext == ".yaml"
}

func claims(name string, text []byte) bool {
	if !bytes.Contains(text, []byte("sources:")) || !bytes.Contains(text, []byte("freshness:")) {
		return false
	}
	docs, _ := document.ParseAll(name, text)
	return len(docs) == 1 && isOurs(docs[0])
}

// isOurs reports whether n has sources of which one at least says how fresh it is. The
// properties of models alone are not read.
func isOurs(n *document.Node) bool {
	if n.Key("kind") != nil || n.Key("apiVersion") != nil {
		return false
	}
	for _, s := range n.Get("sources").List() {
		if s.Get("name").String() != "" && isFresh(s) {
			return true
		}
	}
	return false
}

// isFresh reports whether a source says how fresh it is, or one of its tables.
func isFresh(s *document.Node) bool {
	for _, at := range append([]*document.Node{s}, s.Get("tables").List()...) {
		if _, said := setting(at, "freshness"); said {
			return true
		}
	}
	return false
}

// A port is all that its files say.
type port struct {
	promises []slo.Objective
	sections []section
	span     source.Span
}

func load(_ context.Context, r schema.Request) (*port, error) {
	p := new(port)
	var problems document.Problems
	for _, name := range r.Paths {
		if p.span.IsZero() {
			p.span = source.Top(name)
		}
		text, err := fs.ReadFile(r.FS, name)
		if err != nil {
			problems.Add(err)
			continue
		}
		n, err := document.Parse(name, text)
		problems.Add(err)
		if err != nil {
			continue
		}
		if !isOurs(n) {
			problems.Addf(source.Top(name), "want sources of dbt of which one at least has a freshness")
			continue
		}
		s := reader{Reader: &slo.Reader{Problems: &problems}}
		p.promises = append(p.promises, s.sources(n)...)
		p.sections = append(p.sections, sections(n)...)
	}
	return p, problems.Err()
}
