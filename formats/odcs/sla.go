package odcs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

// promises reads slaProperties, and the notice period that tools keep among the
// custom properties.
func (r *reader) promises(n *document.Node, names *table.Names) []slo.Objective {
	var all []slo.Objective
	usual := n.Get("slaDefaultElement")
	if usual.IsNull() {
		usual = n.Get("slaDefaultColumn")
	}
	ids := make(map[string]source.Span)
	list := n.Get("slaProperties")
	if !list.IsNull() && list.Kind != document.List {
		r.problems.Addf(list.Span, `want a list for "slaProperties", each item with a property and a value`)
	}
	for _, p := range list.List() {
		if id := p.Get("id").String(); id != "" {
			unique(ids, id, member(p, "id"), fmt.Sprintf("id %q", id), r.problems)
		}
		objective, ok := r.objectives.Entry(p)
		if !ok {
			continue
		}
		element := p.Get("element")
		if element.IsNull() {
			element = p.Get("column") // its name before v3
		}
		if !element.IsNull() && element.Kind == document.Map {
			r.problems.Addf(element.Span, "want the names of elements, with commas between them")
		}
		if element.IsNull() && objective.Unit != slo.Date { // a date is one of the port's life
			element = usual
		}
		for _, at := range elements(element, names) {
			objective.Element = at
			all = append(all, objective)
		}
	}
	return append(all, r.notice(n)...)
}

// elements takes a list of elements apart. None at all is the whole port.
func elements(n *document.Node, names *table.Names) []change.Path {
	texts := strings.Split(n.String(), ",")
	for _, item := range n.List() {
		texts = append(texts, item.String())
	}
	var all []change.Path
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			all = append(all, element(text, names))
		}
	}
	if len(all) == 0 {
		return []change.Path{""}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// element returns the address that text means.
func element(text string, names *table.Names) change.Path {
	if at, ok := names.Find(text); ok {
		return at
	}
	p, err := change.Parse(text)
	if err != nil {
		for _, name := range strings.Split(text, ".") {
			p = p.Join(change.Name(name))
		}
	}
	return p
}

// notice finds the notice period that is kept as a custom property.
func (r *reader) notice(n *document.Node) []slo.Objective {
	for _, p := range n.Get("customProperties").List() {
		if slo.Property(p.Get("property").String()) != slo.NoticePeriod {
			continue
		}
		if o, ok := r.objectives.Entry(p); ok {
			return []slo.Objective{o}
		}
	}
	return nil
}
