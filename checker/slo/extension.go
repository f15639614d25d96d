package slo

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Extension reads the objectives that x-slo promises of an element, or of the whole
// port where that is empty. They are a list of entries, or a map of properties to
// values or entries:
//
//	x-slo: {freshness: 1h, latency: {atMost: 500ms, percentile: p99, element: total}}
func (r *Reader) Extension(n *document.Node, of change.Path) (all []Objective) {
	add := func(name string, entry *document.Node) {
		o, ok := r.entry(name, entry)
		if !ok {
			if entry.Get("value").IsNull() && entry.Get("atMost").IsNull() && entry.Get("atLeast").IsNull() && entry.Get("between").IsNull() {
				r.Addf(entry.At(), "want a value for %s, such as 26h", name)
			}
			return
		}
		o.Element = of
		if element := r.text(entry, "element"); element.Text != "" {
			path, err := change.Parse(element.Text)
			if err != nil {
				r.Addf(element.Span, "%w", err)
				return
			}
			o.Element = of.Join(path.Steps()...)
		}
		all = append(all, o)
	}
	switch {
	case n.IsNull():
	case n.Kind == document.List:
		for _, item := range n.Items {
			if item.Get("property").String() == "" {
				r.Addf(item.At(), "want the name of a property, such as latency")
				continue
			}
			add(item.Get("property").Text, item)
		}
	case n.Kind == document.Map && !n.Get("property").IsNull():
		add(n.Get("property").String(), n)
	case n.Kind == document.Map:
		for i, key := range n.Keys {
			if item := n.Items[i]; item.Kind == document.Map {
				add(key.Text, item)
			} else if item.Kind != document.Scalar || item.IsNull() {
				r.Addf(item.At(), "want a quantity for %s, such as 26h", key.Text)
			} else if o, ok := r.Promise(key.Text, WordOf(item), Word{}); ok {
				o.Element = of
				all = append(all, o)
			}
		}
	default:
		r.Addf(n.Span, "want objectives as a list, or as a map such as {freshness: 1h}")
	}
	return all
}
