package slo

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Entry reads an objective that is a map, as in ODCS: a property, its value or at
// most or at least how much of it, and all that may stand beside. It is not ok for one
// that is wrong, or that promises nothing. The element is for the caller to read.
func (r *Reader) Entry(n *document.Node) (o Objective, ok bool) {
	if name := n.Get("property"); name.String() == "" {
		r.Addf(spanOf(n, "property"), "want the name of a property, such as latency")
		return Objective{}, false
	}
	return r.entry(n.Get("property").Text, n)
}

func (r *Reader) entry(name string, n *document.Node) (o Objective, ok bool) {
	value, key, comparator := r.valueOf(name, n)
	if value.Text == "" {
		return Objective{}, false
	}
	unit := r.text(n, "unit")
	o, ok = r.Promise(name, value, unit)
	if !ok {
		return Objective{}, false
	}
	if comparator != "" && o.Text == "" && o.Comparator != Between {
		o.Comparator = comparator
	}
	o.ID, o.Driver, o.Span = n.Get("id").String(), r.text(n, "driver").Text, spanOf(n, key)
	r.cases(n, &o)
	r.extend(n, &o)
	if times := r.text(n, "schedule"); times.Text != "" {
		if o.Schedule, ok = r.schedule(o.Property, times); !ok {
			o.Measure = "schedule: " + times.Text
		}
	}
	o.Measure = joined(o.Measure, measure(n))
	return o, true
}

// valueOf returns what n promises, the member that says so, and on which side it lies,
// if n says that.
func (r *Reader) valueOf(name string, n *document.Node) (value Word, key string, comparator Comparator) {
	for _, side := range []struct {
		key        string
		comparator Comparator
	}{{"value", ""}, {"atMost", AtMost}, {"atLeast", AtLeast}, {"between", Between}} {
		member := n.Get(side.key)
		if member.IsNull() {
			continue
		}
		if key != "" {
			r.Addf(spanOf(n, side.key), "want either %q or %q", key, side.key)
			return Word{}, "", ""
		}
		key, comparator = side.key, side.comparator
		value = WordOf(member)
		ends := member.List()
		switch {
		case side.comparator == Between && len(ends) == 2:
			value = Word{"between " + WordOf(ends[0]).Text + " and " + WordOf(ends[1]).Text, member.Span}
		case side.comparator == Between:
			r.Addf(member.Span, "want a list of two quantities for the ends of %s", name)
			return Word{}, "", ""
		case member.Kind != document.Scalar:
			r.Addf(member.Span, "want a quantity, a date or a text for the value of %s", name)
			return Word{}, "", ""
		}
	}
	if stated := extra(n, "comparator"); !stated.IsNull() && comparator == "" {
		comparator = r.comparator(stated)
	}
	return value, key, comparator
}

// text returns the text of a member that is a scalar.
func (r *Reader) text(n *document.Node, key string) Word {
	member := n.Get(key)
	if !member.IsNull() && member.Kind != document.Scalar {
		r.Addf(member.Span, "want a text for %q", key)
	}
	return Word{member.String(), member.At()}
}

// cases reads of which cases an objective speaks, and over which time.
func (r *Reader) cases(n *document.Node, o *Objective) {
	if o.Text != "" {
		return
	}
	if p := extra(n, "percentile"); !p.IsNull() {
		q, err := parsePercentile(strings.TrimPrefix(strings.ToLower(WordOf(p).Text), "p"))
		switch {
		case err != nil:
			r.Addf(p.At(), "%w", err)
		case !o.Percentile.IsZero() && byQuantity(q, o.Percentile) != Same:
			r.Addf(p.At(), "%s has a percentile already, and another one: p%s", o.Property, decimal(o.Percentile.amount()))
		default:
			o.Percentile, o.Raw = q, o.Raw+atWord+decimal(q.amount())
		}
	}
	if w := extra(n, "window"); !w.IsNull() {
		q, err := parseWindow(WordOf(w).Text)
		switch {
		case err != nil:
			r.Addf(w.At(), "the window of %s: %w", o.Property, err)
		case !o.Window.IsZero() && byQuantity(q, o.Window) != Same:
			r.Addf(w.At(), "%s has a window already, and another one: %s", o.Property, o.Window)
		default:
			o.Window, o.Raw = q, o.Raw+overWord+w.String()
		}
	}
}

// extend reads the second value of ODCS, whose meaning depends on the property: of a
// frequency, how often in that time.
func (r *Reader) extend(n *document.Node, o *Objective) {
	ext := n.Get("valueExt")
	if ext.IsNull() {
		return
	}
	p, _ := find(o.Property)
	times, unit, err := ParseQuantity(WordOf(ext).Text)
	if p.kind == cadence && err == nil && unit == "" && times.amount().Sign() > 0 && o.Text == "" && o.Quantity.Months == 0 {
		if times.amount().Cmp(one) == 0 {
			return
		}
		o.Quantity.Amount = new(big.Rat).Quo(o.Quantity.amount(), times.amount())
	} else {
		o.Limit = inWords(o.Limit.Value()+" ("+WordOf(ext).Text+")", "")
	}
	o.Raw = fmt.Sprintf("%s (%s)", o.Raw, ext.String())
}

// read are the members of an entry that have been read, or that say nothing of how the
// objective is measured.
var read = []string{
	"id", "property", "value", "atMost", "atLeast", "between", "comparator", "valueExt", "unit", "percentile", "window",
	"element", "column", "driver", "description", "schedule", "scheduler", "customProperties", "tags",
}

// measure says in canonical form how an objective is measured: whatever else stands there.
func measure(n *document.Node) string {
	var parts []string
	for i, key := range n.Keys {
		if !slices.Contains(read, key.Text) && !n.Items[i].IsNull() {
			parts = append(parts, key.Text+": "+Fact(n.Items[i]))
		}
	}
	for _, c := range n.Get("customProperties").List() {
		if name := c.Get("property").String(); !slices.Contains(read, name) {
			parts = append(parts, Fact(c))
		}
	}
	slices.Sort(parts)
	return joined(parts...)
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// extra returns a member of n, or of the custom properties of n.
func extra(n *document.Node, key string) *document.Node {
	if member := n.Get(key); !member.IsNull() {
		return member
	}
	for _, c := range n.Get("customProperties").List() {
		if c.Get("property").String() == key {
			return c.Get("value")
		}
	}
	return nil
}

// spanOf points at a member of n, from its key to the end of its value, or at n if there
// is none.
func spanOf(n *document.Node, key string) (span source.Span) {
	k := n.Key(key)
	if k == nil {
		return n.At()
	}
	span = k.Span
	if end := n.Get(key).At(); end.File == span.File && span.End.Compare(end.End) < 0 {
		span.End = end.End
	}
	return span
}
