package slo

import (
	"cmp"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Reader reads the objectives of a port's documents, however they are spelled:
// [Reader.Entry] is for those of ODCS, and [Reader.Extension] for x-slo.
type Reader struct {
	*document.Problems
	Comparators map[string]Comparator // of properties that a team made up, by [Property]
	schedules   int
}

// maxSchedules is how many schedules of one port are read: each is held against the
// calendar of sixty years.
const maxSchedules = 10_000

// WordOf returns a scalar as a [Word], in decimals if it is a number.
func WordOf(n *document.Node) Word {
	if r, ok := n.Number(); ok {
		if digits, ends := r.FloatPrec(); ends {
			return Word{r.FloatString(digits), n.At()}
		}
	}
	return Word{n.String(), n.At()}
}

// Promise reads an objective that is one value, and maybe a unit. It is not ok if
// they are wrong.
func (r *Reader) Promise(name string, value, unit Word) (o Objective, ok bool) {
	p, percentile := find(name)
	if p.better == Exactly {
		p.better = cmp.Or(r.Comparators[strings.ToLower(p.name)], Exactly)
	}
	o = Objective{Property: p.name, Raw: strings.TrimSpace(value.Text + " " + unit.Text), Span: value.Span}
	if p.kind == cadence && unit.Text == "" && isSchedule(value.folded().Text) {
		if o.Schedule, ok = r.schedule(p.name, value); !ok {
			return Objective{}, false
		}
	}
	limit, err := p.promised(percentile, value, unit)
	r.Add(err)
	o.Limit = limit
	return o, err == nil
}

// schedule returns a schedule in canonical form, and reports whether there is one.
func (r *Reader) schedule(name string, text Word) (string, bool) {
	if r.schedules++; r.schedules > maxSchedules {
		if r.schedules == maxSchedules+1 {
			r.Addf(text.Span, "a port has at most %d schedules", maxSchedules)
		}
		return "", false
	}
	s, ok, err := ParseSchedule(text.Text)
	if err != nil {
		r.Addf(text.Span, "the schedule of %s: %w", name, err)
	}
	return s.String(), ok && err == nil
}

func (r *Reader) comparator(n *document.Node) Comparator {
	switch strings.ToLower(n.String()) {
	case "atmost", "<=", "≤", "max", "lte":
		return AtMost
	case "atleast", ">=", "≥", "min", "gte":
		return AtLeast
	case "exactly", "=", "==", "eq":
		return Exactly
	}
	r.Addf(n.At(), "want atMost, atLeast or exactly for the comparator, got %q", n.String())
	return ""
}

// ReadComparators reads the comparators that a section of breakwater.yaml declares for
// properties that a team made up: deliveryLag: atMost.
func (r *Reader) ReadComparators(n *document.Node) {
	if n.IsNull() {
		return
	}
	if n.Kind != document.Map {
		r.Addf(n.Span, `want "comparators" as a map of properties to atMost, atLeast or exactly`)
		return
	}
	r.Comparators = make(map[string]Comparator)
	for i, key := range n.Keys {
		p, _ := find(key.Text)
		if p.better != Exactly {
			r.Addf(key.Span, "the comparator of %s is known; want a property of your own", p.name)
			continue
		}
		r.Comparators[strings.ToLower(p.name)] = r.comparator(n.Items[i])
	}
}
