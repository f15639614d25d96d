package openslo

import (
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A reader reads one SLO.
type reader struct {
	*slo.Reader
	port *port
	node *document.Node
	name string
}

// objectives reads what the SLO promises: one or two for each of its objectives, which
// share how they are measured.
func (r *reader) objectives() (all []slo.Objective) {
	spec := r.node.Get("spec")
	list := spec.Get("objectives")
	if len(list.List()) == 0 {
		r.Addf(at(list, spec.Key("objective"), spec, r.node), "want a list of objectives for the SLO %s", r.name)
	}
	window := r.window(spec.Get("timeWindow"))
	shared := r.measure(spec)
	element := r.element()
	names := make(map[string]bool)
	for _, n := range list.List() {
		if n.Kind != document.Map {
			r.Addf(n.Span, "want an objective of the SLO %s as a map with a target", r.name)
			continue
		}
		display := n.Get("displayName").String()
		if names[display] {
			display = "" // which of them is meant is told by what they promise
		}
		names[display] = true
		own := r.indicator(n)
		for _, o := range r.objective(n, window) {
			o.Element, o.ID = element, display
			if o.Property == r.property() { // a time slice is measured as its objective is
				o.Measure = strings.Join(nonEmpty(o.Measure, own, shared), ", ")
			}
			all = append(all, o)
		}
	}
	return all
}

// objective reads the target, with its threshold if it has one, and the target of each
// time slice.
func (r *reader) objective(n *document.Node, window slo.Quantity) (all []slo.Objective) {
	target, key, ok := r.target(n)
	if !ok {
		return nil
	}
	o := slo.Objective{
		Property: r.property(), Span: n.Get(key).At(), Raw: percent(target),
		Limit: slo.Limit{Comparator: slo.AtLeast, Quantity: target, Unit: slo.Percent, Window: window},
	}
	if value := n.Get("value"); !value.IsNull() {
		if o, ok = r.threshold(n, value); !ok {
			return nil
		}
		o.Percentile, o.Window = target, window
		o.Raw += " in " + percent(target) + " of the cases"
	}
	if !window.IsZero() {
		o.Raw += " over " + window.String()
	}
	if weight := n.Get("compositeWeight"); !weight.IsNull() {
		o.Measure = strings.Join(nonEmpty(o.Measure, "compositeWeight: "+slo.Fact(weight)), ", ")
	}
	all = append(all, o)
	if slice := n.Get("timeSliceTarget"); !slice.IsNull() {
		share, ok := r.share(slice, 1)
		if !ok {
			return all
		}
		all = append(all, slo.Objective{
			Property: r.property() + " of a time slice", Span: slice.Span, Raw: percent(share),
			Limit: slo.Limit{Comparator: slo.AtLeast, Quantity: share, Unit: slo.Percent, Window: r.slice(n.Get("timeSliceWindow"))},
		})
	}
	return all
}

// target returns how much of what is good there is at least, in percent.
func (r *reader) target(n *document.Node) (target slo.Quantity, key string, ok bool) {
	ratio, hundredth := n.Get("target"), n.Get("targetPercent")
	switch {
	case ratio.IsNull() && hundredth.IsNull():
		r.Addf(n.At(), "want a target for each objective of the SLO %s, such as 0.995", r.name)
		return slo.Quantity{}, "", false
	case ratio.IsNull():
		target, ok = r.share(hundredth, 100)
		return target, "targetPercent", ok
	}
	target, ok = r.share(ratio, 1)
	if ok && !hundredth.IsNull() {
		again, known := r.share(hundredth, 100)
		if sign, _ := target.Cmp(again); known && sign != 0 {
			e := source.Errorf(ratio.Span, "the target stands twice and they differ: %s and %s", ratio.Text, hundredth.Text)
			e.Also = []source.Span{hundredth.Span}
			r.Add(e)
			return slo.Quantity{}, "", false
		}
	}
	return target, "target", ok
}

// share reads a part of whole, in percent.
func (r *reader) share(n *document.Node, whole int64) (slo.Quantity, bool) {
	q, unit, err := slo.ParseQuantity(slo.WordOf(n).Text)
	if err != nil || unit != "" || q.Amount.Sign() < 0 || q.Amount.Cmp(big.NewRat(whole, 1)) > 0 {
		r.Addf(n.At(), "want a number from 0 to %d, got %q", whole, n.String())
		return slo.Quantity{}, false
	}
	return slo.Quantity{Amount: new(big.Rat).Mul(q.Amount, big.NewRat(100/whole, 1))}, true
}

func percent(q slo.Quantity) string {
	return strings.TrimPrefix(slo.Limit{Comparator: slo.Exactly, Quantity: q, Unit: slo.Percent}.String(), "= ")
}

// threshold reads value and op. That the limit itself is left out, as by lt, is how
// it is measured.
func (r *reader) threshold(n, value *document.Node) (o slo.Objective, ok bool) {
	if _, isNumber := value.Number(); !isNumber {
		r.Addf(value.At(), "want a number for the value of the SLO %s, got %q", r.name, value.String())
		return o, false
	}
	if o, ok = r.Promise(r.property(), slo.WordOf(value), r.unit()); !ok {
		return o, false
	}
	op := n.Get("op")
	switch op.String() {
	case "lte":
		o.Comparator = slo.AtMost
	case "gte":
		o.Comparator = slo.AtLeast
	case "lt":
		o.Comparator, o.Measure = slo.AtMost, "op: lt"
	case "gt":
		o.Comparator, o.Measure = slo.AtLeast, "op: gt"
	default:
		r.Addf(at(op, n), "want lte, lt, gte or gt for the op of the SLO %s, got %q", r.name, op.String())
		return o, false
	}
	return o, true
}

// annotationPrefix is that of the annotations that are ours.
const annotationPrefix = "breakwater/"

// annotation returns what an annotation says.
func (r *reader) annotation(name string) *document.Node {
	return r.node.Get("metadata").Get("annotations").Get(annotationPrefix + name)
}

func (r *reader) property() string {
	if name := r.annotation("property").String(); name != "" {
		return slo.Property(name)
	}
	return slo.Property(r.name)
}

func (r *reader) unit() slo.Word {
	return slo.Word{Text: r.annotation("unit").String(), Span: r.annotation("unit").At()}
}

func (r *reader) element() change.Path {
	n := r.annotation("element")
	if n.String() == "" {
		return ""
	}
	path, err := change.Parse(n.String())
	if err != nil {
		r.Addf(n.At(), "%w", err)
	}
	return path
}

// shorthand is the duration of OpenSLO, in which m are minutes and M are months.
var shorthand = regexp.MustCompile(`^([1-9][0-9]*)([mhdwMQY])$`)

func (r *reader) duration(n *document.Node) slo.Quantity {
	m := shorthand.FindStringSubmatch(n.String())
	if m == nil {
		r.Addf(n.At(), "want a duration such as 5m, 1h, 28d, 1w, 1M, 1Q or 1Y, got %q", n.String())
		return slo.Quantity{}
	}
	unit := map[string]string{"m": "min", "M": "mo"}[m[2]]
	if unit == "" {
		unit = m[2]
	}
	q, _, err := slo.ParseQuantity(m[1] + unit)
	if err != nil {
		r.Addf(n.At(), "the duration %s: %w", n.String(), err)
	}
	return q
}

// window returns the time over which the SLO is measured. Of it OpenSLO has one, in a
// list.
func (r *reader) window(n *document.Node) slo.Quantity {
	switch list := n.List(); {
	case n.IsNull():
		return slo.Quantity{}
	case len(list) != 1:
		r.Addf(n.At(), "want one timeWindow for the SLO %s, in a list", r.name)
		return slo.Quantity{}
	case list[0].Get("duration").IsNull():
		r.Addf(list[0].At(), "want a duration for the timeWindow of the SLO %s", r.name)
		return slo.Quantity{}
	default:
		return r.duration(list[0].Get("duration"))
	}
}

// slice returns how long a time slice is. A bare number is in minutes.
func (r *reader) slice(n *document.Node) slo.Quantity {
	if n.IsNull() {
		return slo.Quantity{}
	}
	if _, isNumber := n.Number(); isNumber {
		q, _, err := slo.ParseQuantity(slo.WordOf(n).Text + "min")
		if err != nil {
			r.Addf(n.At(), "the timeSliceWindow: %w", err)
		}
		return q
	}
	return r.duration(n)
}

// readParts are the members of spec that are read, that only describe, or that are
// compared on their own.
var readParts = []string{"objectives", "timeWindow", "indicator", "indicatorRef", "description", "alertPolicies"}

// measure says how all objectives of the SLO are measured.
func (r *reader) measure(spec *document.Node) string {
	parts := []string{r.indicator(spec)}
	for _, w := range spec.Get("timeWindow").List() {
		for i, key := range w.Keys {
			if key.Text != "duration" {
				parts = append(parts, key.Text+": "+slo.Fact(w.Items[i]))
			}
		}
	}
	if spec != nil {
		for i, key := range spec.Keys {
			if !slices.Contains(readParts, key.Text) && !spec.Items[i].IsNull() {
				parts = append(parts, key.Text+": "+slo.Fact(spec.Items[i]))
			}
		}
	}
	slices.Sort(parts)
	return strings.Join(nonEmpty(parts...), ", ")
}

// indicator says what is measured: the same whether it stands in place or is named.
func (r *reader) indicator(n *document.Node) string {
	spec := n.Get("indicator").Get("spec")
	if name := n.Get("indicatorRef").String(); name != "" && spec.IsNull() {
		named := r.port.docs[id{"SLI", name}]
		if named == nil {
			return "indicatorRef: " + name
		}
		spec = named.Get("spec")
	}
	if spec.IsNull() {
		return ""
	}
	return "indicator: " + slo.Fact(spec)
}

func nonEmpty(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

// at returns where the first of nodes that is there stands.
func at(nodes ...*document.Node) source.Span {
	for _, n := range nodes {
		if !n.At().IsZero() {
			return n.At()
		}
	}
	return source.Span{}
}
