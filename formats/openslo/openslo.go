// Package openslo reads objectives of OpenSLO v1.
//
// An OpenSLO document promises nothing of a schema, so a port of it has objectives
// and no elements. In breakwater.yaml it stands beside the body of a port (slo:),
// for which it then speaks.
//
// OpenSLO has no list of properties, and its numbers have no units: that an
// indicator measures freshness stands in its query. So the name of an SLO is the
// property that it promises, unless annotations say more:
//
//	metadata:
//	  name: orders-fresh
//	  annotations: {breakwater/property: freshness, breakwater/element: orders, breakwater/unit: min}
//
// Whatever the indicator counts as good, the target is how much of it there is at
// least. An objective with a threshold promises the threshold, in as many of the
// cases as the target says: 99 of 100 within 500 ms is a 99th percentile.
package openslo

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

// Format is OpenSLO v1.
var Format = schema.Language[*port]{
	Name:      "openslo",
	Kind:      schema.API,
	Rules:     []change.Rules{rules},
	Gaps:      []string{"alert policies, data sources and services", "what an indicator's query measures, beyond that it changed"},
	Options:   []string{"comparators"},
	Documents: true,
	Match:     match,
	Called:    schema.Infix("openslo"),
	Claims:    claims,
	Load:      load,
	Diff:      diff,
	Outline:   func(p *port) *schema.Outline { return &schema.Outline{Span: p.span} },
	Promises:  func(p *port) []slo.Objective { return p.promises },
}.Format()

func match(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

const prefix = "openslo/"

func claims(name string, text []byte) bool {
	if !bytes.Contains(text, []byte(prefix)) {
		return false
	}
	docs, _ := document.ParseAll(name, text)
	for _, n := range docs {
		if isOurs(n) {
			return true
		}
	}
	return false
}

func isOurs(n *document.Node) bool {
	return strings.HasPrefix(n.Get("apiVersion").String(), prefix) && n.Get("kind").String() != ""
}

// A port is all that its files say.
type port struct {
	promises []slo.Objective
	docs     map[id]*document.Node
	order    []id
	span     source.Span
}

// An id is what tells a document from the others: SLO service-availability.
type id struct{ kind, name string }

// load reads every document in the files of a port, and goes on after an error. What
// is no OpenSLO stands in other hands.
func load(_ context.Context, r schema.Request) (*port, error) {
	p := &port{docs: make(map[id]*document.Node)}
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
		docs, err := document.ParseAll(name, text)
		problems.Add(err)
		known := false
		for _, n := range docs {
			if isOurs(n) {
				known = true
				p.add(n, &problems)
			}
		}
		if !known && err == nil {
			problems.Addf(source.Top(name), "want a document of OpenSLO: apiVersion: openslo/v1 and a kind")
		}
	}
	objectives := slo.Reader{Problems: &problems}
	objectives.ReadComparators(r.Options.Get("comparators"))
	for _, at := range p.order {
		if at.kind == "SLO" {
			s := reader{Reader: &objectives, port: p, node: p.docs[at], name: at.name}
			p.promises = append(p.promises, s.objectives()...)
		}
	}
	return p, problems.Err()
}

// add enters a document under its id.
func (p *port) add(n *document.Node, problems *document.Problems) {
	if version := n.Get("apiVersion"); version.Text != prefix+"v1" {
		problems.Addf(version.Span, "want apiVersion: openslo/v1, got %s, which is not read", version.Text)
		return
	}
	at := id{n.Get("kind").String(), n.Get("metadata").Get("name").String()}
	if at.name == "" {
		problems.Addf(n.Get("kind").At(), "want metadata with a name for the %s", at.kind)
		return
	}
	if first := p.docs[at]; first != nil {
		e := source.Errorf(n.Get("metadata").Get("name").At(), "the %s %s is declared twice", at.kind, at.name)
		e.Also = []source.Span{first.Get("metadata").Get("name").At()}
		problems.Add(e)
		return
	}
	p.docs[at] = n
	p.order = append(p.order, at)
}
