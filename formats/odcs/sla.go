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
		objective, ok := r.objective(p, p.Get("property"))
		if !ok {
			continue
		}
		objective.Measure = measureOf(p)
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

// objective reads one entry that has a value and maybe a unit. An entry without a
// value promises nothing.
func (r *reader) objective(p, property *document.Node) (slo.Objective, bool) {
	if property.String() == "" {
		r.problems.Addf(memberOr(p, "property"), "want the name of a property, such as latency")
		return slo.Objective{}, false
	}
	value, unit := p.Get("value"), r.text(p, "unit")
	if value.IsNull() {
		return slo.Objective{}, false
	}
	if value.Kind != document.Scalar {
		r.problems.Addf(value.Span, "want a quantity, a date or a text for the value of %s", property.Text)
		return slo.Objective{}, false
	}
	limit, err := slo.Promised(property.Text, slo.Word{Text: plain(value), Span: value.Span}, slo.Word{Text: unit, Span: p.Get("unit").At()})
	r.problems.Add(err)
	if err != nil {
		return slo.Objective{}, false
	}
	raw := strings.TrimSpace(value.Text + " " + unit)
	name := slo.Property(property.Text)
	// Once in a day is what value 1 says already.
	if ext := p.Get("valueExt"); !ext.IsNull() && !(name == "frequency" && plain(ext) == "1") {
		raw = fmt.Sprintf("%s (%s)", raw, ext.String())
		limit = slo.Limit{Comparator: slo.Exactly, Text: fmt.Sprintf("%s (%s)", limit.Value(), plain(ext))}
	}
	return slo.Objective{
		Property: name, Driver: r.text(p, "driver"), Limit: limit,
		ID: p.Get("id").String(), Raw: raw, Span: memberOr(p, "value"),
	}, true
}

// plain returns the text of a scalar, in decimals if it is a number.
func plain(n *document.Node) string {
	if r, ok := n.Number(); ok {
		if digits, ends := r.FloatPrec(); ends {
			return r.FloatString(digits)
		}
	}
	return n.String()
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

// known are the members of an entry that have been read, or that say nothing of how
// the objective is measured.
var known = []string{"id", "property", "value", "valueExt", "unit", "element", "column", "driver", "description", "scheduler", "customProperties", "tags"}

// measureOf says in canonical form how an objective is measured: by which schedule,
// and whatever else stands there.
func measureOf(p *document.Node) string {
	var parts []string
	for i, key := range p.Keys {
		if !slices.Contains(known, key.Text) && !p.Items[i].IsNull() {
			parts = append(parts, key.Text+": "+fact(p.Items[i]))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// notice finds the notice period that is kept as a custom property.
func (r *reader) notice(n *document.Node) []slo.Objective {
	for _, p := range n.Get("customProperties").List() {
		if slo.Property(p.Get("property").String()) != slo.NoticePeriod {
			continue
		}
		if o, ok := r.objective(p, p.Get("property")); ok {
			return []slo.Objective{o}
		}
	}
	return nil
}
