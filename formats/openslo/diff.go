package openslo

import (
	"embed"
	"fmt"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

//go:embed rules/*.txtar
var examples embed.FS

var rules = change.Rules{List: []*change.Rule{notCompared, documentationChanged}, Examples: examples}

var notCompared = &change.Rule{
	ID: "openslo/not-compared", Idea: change.NotCompared,
	Title: "A part of the objectives changed that is not compared",
	Class: change.Risky, Breaks: change.Promise,
	Why: `What changed may matter to consumers or not: it is not compared, and so it is not said
to be safe.`,
	Fix: "Look at the difference, and tell the consumers whom it concerns.",
}

var documentationChanged = &change.Rule{
	ID: "openslo/documentation-changed", Idea: "documentation-changed",
	Title: "What describes the objectives changed, and not the objectives",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Descriptions and display names promise nothing.",
	Fix: "Nothing is needed.",
}

// diff compares what is no objective. The objectives are compared by [slo.Diff].
func diff(base, head *port) (changes []change.Change) {
	report := func(rule *change.Rule, at id, was, now *document.Node, from, to, detail string) {
		changes = append(changes, change.Change{
			Rule: rule, Path: change.Terms.Join(change.Name(at.kind), change.Name(at.name)), From: from, To: to,
			Base: spot(was, base.span), Head: spot(now, head.span), Detail: fmt.Sprintf("%s %s: %s", at.kind, at.name, detail),
		})
	}
	for _, at := range base.order {
		was, now := base.docs[at], head.docs[at]
		judged := at.kind == "SLO" || at.kind == "SLI" && base.measures(at.name) // as objectives
		switch from, to := rest(at, was, judged), rest(at, now, judged); {
		case from == to, now == nil && judged:
		default:
			report(notCompared, at, was, now, from, to, "what changed is not compared")
		}
		if from, to := described(was), described(now); now != nil && from != to {
			report(documentationChanged, at, was, now, from, to, "its description changed")
		}
	}
	return changes
}

func spot(n *document.Node, parent source.Span) source.Span {
	if n == nil {
		return parent
	}
	return source.Span{File: n.Span.File, Start: n.Span.Start, End: n.Span.Start}
}

// measures reports whether an SLO is measured by the indicator of that name, and so
// says if that changes.
func (p *port) measures(indicator string) bool {
	for at, n := range p.docs {
		if at.kind != "SLO" {
			continue
		}
		spec := n.Get("spec")
		if spec.Get("indicatorRef").String() == indicator || slices.ContainsFunc(spec.Get("objectives").List(), func(o *document.Node) bool {
			return o.Get("indicatorRef").String() == indicator
		}) {
			return true
		}
	}
	return false
}

// rest returns the canonical text of what neither is judged as an objective nor
// describes one.
func rest(at id, n *document.Node, judged bool) string {
	metadata, spec := n.Get("metadata"), without(n.Get("spec"), "description")
	switch {
	case at.kind == "SLO":
		spec = spec.Get("alertPolicies")
	case judged:
		spec = nil
	}
	annotations := metadata.Get("annotations")
	for _, name := range []string{"property", "element", "unit"} {
		annotations = without(annotations, annotationPrefix+name)
	}
	return fmt.Sprint(
		slo.Fact(without(metadata, "name", "displayName", "annotations")), slo.Fact(annotations), slo.Fact(spec),
		slo.Fact(without(n, "apiVersion", "kind", "metadata", "spec")),
	)
}

// described returns the canonical text of what describes n.
func described(n *document.Node) string {
	metadata, spec := n.Get("metadata"), n.Get("spec")
	return fmt.Sprint(slo.Fact(metadata.Get("displayName")), slo.Fact(spec.Get("description")))
}

// without returns n less some of its members.
func without(n *document.Node, keys ...string) *document.Node {
	if n.IsNull() || n.Kind != document.Map {
		return n
	}
	left := *n
	left.Keys, left.Items = nil, nil
	for i, k := range n.Keys {
		if !slices.Contains(keys, k.Text) {
			left.Keys, left.Items = append(left.Keys, k), append(left.Items, n.Items[i])
		}
	}
	if len(left.Keys) == 0 {
		return nil
	}
	return &left
}
