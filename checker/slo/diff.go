package slo

import (
	"cmp"
	"fmt"
	"math/big"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Diff reports how the promises in head differ from those in base. What is
// gone is reported at parent.
//
// Objectives pair by property, element and driver, never by the property alone.
// One that finds no partner is still kept if another in head promises as much
// of the same element, or of what encloses it.
func Diff(base, head []Objective, parent source.Span) []change.Change {
	d := differ{head: head, parent: parent, several: make(map[entry]bool), seen: make(map[address]int), remeasured: make(map[remeasured]bool)}
	d.count(base)
	d.count(head)
	p := pair(base, head)
	for i, j := range p.mate {
		if j >= 0 {
			d.compare(base[i], head[j])
		}
	}
	for i, j := range p.mate {
		if j < 0 {
			d.gone(base[i], p)
		}
	}
	for j, taken := range p.taken {
		if !taken {
			d.added(head[j])
		}
	}
	return d.changes
}

type differ struct {
	head    []Objective
	parent  source.Span
	several map[entry]bool
	seen    map[address]int
	changes []change.Change

	remeasured map[remeasured]bool // what was reported, once for all objectives that share it
}

type remeasured struct {
	path     change.Path
	from, to string
}

// An entry is what the document says once, maybe of several elements.
type entry struct {
	property string
	span     source.Span
}

// count finds the entries of one side that speak of several elements.
func (d *differ) count(side []Objective) {
	seen := make(map[entry]bool, len(side))
	for _, o := range side {
		e := entry{o.Property, o.Span}
		d.several[e] = d.several[e] || seen[e]
		seen[e] = true
	}
}

type address struct {
	rule *change.Rule
	path change.Path
	key  string
}

func (d *differ) compare(was, now Objective) {
	d.driver(was, now)
	order := now.Compare(was.Limit)
	if order != Same || otherDay(was.Limit, now.Limit) {
		d.limit(was, now)
	}
	if order == Same && was.Schedule != now.Schedule {
		d.schedule(was, now)
	}
	if edit := (remeasured{was.Path(), was.Measure, now.Measure}); was.Measure != now.Measure && !d.remeasured[edit] {
		d.remeasured[edit] = true
		c := d.report(measuredDifferently, was, now, "", fmt.Sprintf("%s %s is measured in another way", was.about(), now.Raw))
		c.From, c.To = was.Measure, now.Measure
	}
}

// driver judges the reason for which an objective is promised.
func (d *differ) driver(was, now Objective) {
	from, to := was.driver(), now.driver()
	if from == to {
		return
	}
	rule := driverChanged
	if from == "regulatory" {
		rule = obligationDropped
	}
	d.report(rule, was, now, from+"→"+to, fmt.Sprintf("driver of %s: %s became %s", strings.TrimSuffix(was.about(), ":"), cmp.Or(from, "none"), cmp.Or(to, "none")))
}

// schedule judges when an objective is kept or checked. A promise that names no times
// may be kept at any.
func (d *differ) schedule(was, now Objective) {
	before, ok1, _ := ParseSchedule(was.Schedule)
	after, ok2, _ := ParseSchedule(now.Schedule)
	rule, verb := measuredDifferently, "at other times"
	switch {
	case was.Property == "frequency" && (!ok1 || !ok2): // the times of one side are not said
		return
	case was.Schedule == "" || ok1 && ok2 && after.Covers(before):
		rule, verb = checkedMoreOften, "more often"
	}
	c := d.report(rule, was, now, "schedule", fmt.Sprintf("%s %s is checked %s: %s became %s", was.about(), now.Raw, verb, cmp.Or(was.Schedule, "no schedule"), cmp.Or(now.Schedule, "none")))
	c.From, c.To = was.Schedule, now.Schedule
}

// limit judges a limit that changed, or that is now another element's.
func (d *differ) limit(was, now Objective) {
	became := fmt.Sprintf("%s %s became %s", was.about(), was.Raw, now.Raw)
	if was.Element != now.Element {
		became += " of " + cmp.Or(string(now.Element), "the whole port")
	}
	switch order := now.Compare(was.Limit); {
	case order == Incomparable, otherDay(was.Limit, now.Limit):
		d.report(incomparable, was, now, "", became+", and which of the two promises more is not known")
	case order == Weaker:
		d.report(weakened, was, now, "", became+downtime(was, now))
	default: // the same is more, of an element that encloses the other
		d.report(strengthened, was, now, "", became)
	}
}

// gone judges an objective without a partner.
func (d *differ) gone(was Objective, p *pairing) {
	switch j, kept := p.keeper(was); {
	case j < 0:
		rule := otherRemoved
		if p, _ := find(was.Property); p.relied {
			rule = removed
		}
		d.report(rule, was, Objective{Span: d.parent}, "", fmt.Sprintf("%s %s is no longer promised", was.about(), was.Raw))
	case !kept || !p.taken[j]:
		p.taken[j] = true // one edit, one finding
		d.limit(was, d.head[j])
	default: // another one, which promises as much, stays
		d.driver(was, d.head[j])
	}
}

func (d *differ) added(now Objective) {
	rule, detail := added, fmt.Sprintf("%s %s is promised now", now.about(), now.Raw)
	if now.Property == EndOfSupport || now.Property == EndOfLife {
		rule, detail = endAnnounced, fmt.Sprintf("%s %s is announced", now.about(), now.Raw)
	}
	d.report(rule, Objective{}, now, "", detail)
}

// report adds a change of was into now, either of which may be zero.
func (d *differ) report(rule *change.Rule, was, now Objective, key, detail string) *change.Change {
	o := was
	if was.Property == "" {
		o = now
	}
	c := change.Change{
		Rule: rule, Path: o.Path(), Key: cmp.Or(key, o.driver()), Detail: detail,
		From: was.canonical(), To: now.canonical(), Base: was.Span, Head: now.Span,
	}
	if d.several[entry{was.Property, was.Span}] || d.several[entry{now.Property, now.Span}] {
		c.Decl = change.SLO.Join(change.Name(o.Property))
	}
	at := address{rule, c.Path, c.Key}
	if d.seen[at]++; d.seen[at] > 1 { // several promises of one thing
		c.Key = fmt.Sprintf("%s#%d", c.Key, d.seen[at])
	}
	d.changes = append(d.changes, c)
	return &d.changes[len(d.changes)-1]
}

// cases says of which cases o speaks, and over which time.
func (o Objective) cases() string {
	return o.Percentile.text("") + "\n" + o.Window.String()
}

func (o Objective) driver() string { return strings.ToLower(strings.TrimSpace(o.Driver)) }

// canonical returns the limit as a fact, nothing for no objective.
func (o Objective) canonical() string {
	if o.Property == "" {
		return ""
	}
	return o.Limit.String()
}

// downtime says what a lower availability means: its error budget, compared.
func downtime(was, now Objective) string {
	if was.Property != "availability" || was.Unit != Percent || was.Comparator != AtLeast || now.Comparator != AtLeast {
		return ""
	}
	base := new(big.Rat).Sub(hundred, was.Quantity.amount())
	head := new(big.Rat).Sub(hundred, now.Quantity.amount())
	switch {
	case base.Sign() < 0:
		return ""
	case base.Sign() == 0:
		return ": downtime where there was none"
	}
	ratio := head.Quo(head, base)
	words := [...]string{2: "twice", "three times", "four times", "five times", "six times", "seven times", "eight times", "nine times", "ten times"}
	switch n := ratio.Num().Int64(); {
	case ratio.IsInt() && n < int64(len(words)):
		return fmt.Sprintf(": %s the downtime", words[n])
	case ratio.IsInt():
		return fmt.Sprintf(": %s times the downtime", ratio.Num())
	}
	return fmt.Sprintf(": %s times the downtime", ratio.FloatString(2))
}
