package table

import (
	"cmp"
	"fmt"
	"math/big"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A Domain is what a column accepts of all that its type has.
type Domain struct {
	Min, Max             Bound // of the value
	MinLength, MaxLength Bound // of a text, or how many items or members
	Multiple             Bound // every value is a multiple of it
	Pattern              Word
	Format               Word  // of a text: email; of a time: its layout; of a number: i64
	Zoned                *bool // a time says its zone; nil: not said
	DefaultZone          Word  // of a time that does not say its own
}

// A Bound is one end of what a column accepts. The zero Bound is none.
type Bound struct {
	Name  string   // in the format's words: maximum, maxItems
	Value *big.Rat // nil: the bound is no number
	Text  string   // as written
	Open  bool     // the value itself is not accepted
	Span  source.Span
}

// A Word is a text and where it stands.
type Word struct {
	Text string
	Span source.Span
}

func (b Bound) isZero() bool { return b.Name == "" }

// fact returns b in canonical form.
func (b Bound) fact() string {
	text := b.Text
	if b.Value != nil {
		text = b.Value.RatString()
	}
	if b.Open {
		text += " exclusive"
	}
	return text
}

// A side says which way of a bound lets in less.
type side int

const (
	lower side = 1  // a greater bound lets in less
	upper side = -1 // a smaller one does
)

// compare returns 1 if head lets in less than b, -1 if it lets in more, 0 if as
// much. It is not sure of bounds that are no numbers.
func (b Bound) compare(head Bound, s side) (sign int, sure bool) {
	switch {
	case b.fact() == head.fact() || b.isZero() && head.isZero():
		return 0, true
	case b.isZero():
		return 1, true
	case head.isZero():
		return -1, true
	case b.Value == nil || head.Value == nil:
		return 0, false
	}
	if sign = head.Value.Cmp(b.Value) * int(s); sign != 0 {
		return sign, true
	}
	if head.Open {
		return 1, true
	}
	return -1, true
}

// domain reports what became of the values that a column accepts.
func (d *differ) domain(p pairOf[*Column]) {
	was, now := p.base.Domain, p.head.Domain
	d.bound(p, was.Min, now.Min, lower, boundLoosened, boundTightened)
	d.bound(p, was.Max, now.Max, upper, boundLoosened, boundTightened)
	d.bound(p, was.MinLength, now.MinLength, lower, lengthLoosened, lengthTightened)
	d.bound(p, was.MaxLength, now.MaxLength, upper, lengthLoosened, lengthTightened)
	d.multiple(p, was.Multiple, now.Multiple)
	d.word(p, "pattern", was.Pattern, now.Pattern, patternLoosened, patternLoosened, patternTightened)
	if was.Format.Text == now.Format.Text && was.DefaultZone.Text == now.DefaultZone.Text {
		return
	}
	switch p.base.family() {
	case integer, number: // part of the type
	case calendar, clock, timestamp, moment:
		d.word(p, "layout", was.Format, now.Format, layoutChanged, layoutUnclear, layoutUnclear)
		d.zone(p, was.DefaultZone, now.DefaultZone)
	default:
		d.word(p, "format", was.Format, now.Format, formatLoosened, formatLoosened, formatTightened)
	}
}

func (d *differ) bound(p pairOf[*Column], was, now Bound, s side, loosened, tightened *change.Rule) {
	sign, sure := was.compare(now, s)
	if sign == 0 && sure {
		return
	}
	rule := loosened
	if sign > 0 {
		rule = tightened
	}
	to := now.Text
	if now.Name != was.Name && !was.isZero() {
		to = now.Name + " " + to
	}
	c := d.column(rule, p, was.Span, now.Span, "%s %s", cmp.Or(was.Name, now.Name), became(was.isZero(), now.isZero(), was.Text, to))
	c.Key, c.From, c.To = map[side]string{lower: "least", upper: "most"}[s], was.fact(), now.fact()
}

// multiple compares steps: a multiple of base's step has fewer values.
func (d *differ) multiple(p pairOf[*Column], was, now Bound) {
	rule := boundLoosened
	switch {
	case was.fact() == now.fact() || was.isZero() && now.isZero():
		return
	case was.isZero():
		rule = boundTightened
	case now.isZero() || was.Value == nil || now.Value == nil || was.Value.Sign() == 0:
	case new(big.Rat).Quo(now.Value, was.Value).IsInt():
		rule = boundTightened
	}
	c := d.column(rule, p, was.Span, now.Span, "multipleOf %s", became(was.isZero(), now.isZero(), was.Text, now.Text))
	c.Key, c.From, c.To = "multiple", was.fact(), now.fact()
}

// word compares texts whose meaning is their own: whether a pattern lets in more
// than another one cannot be decided.
func (d *differ) word(p pairOf[*Column], name string, was, now Word, changed, gone, added *change.Rule) {
	rule := changed
	switch {
	case was.Text == now.Text:
		return
	case was.Text == "":
		rule = added
	case now.Text == "":
		rule = gone
	}
	c := d.column(rule, p, was.Span, now.Span, "%s %s", name, became(was.Text == "", now.Text == "", quoted(was.Text), quoted(now.Text)))
	c.From, c.To = was.Text, now.Text
}

// zone compares the zone of times that do not say their own. Without a word it is UTC.
func (d *differ) zone(p pairOf[*Column], was, now Word) {
	from, to := utc(was.Text), utc(now.Text)
	if from == to {
		return
	}
	c := d.column(defaultZoneChanged, p, was.Span, now.Span, "the zone of times without one became %s, it was %s", to, from)
	c.From, c.To = from, to
}

func utc(zone string) string {
	switch zone {
	case "", "UTC", "Etc/UTC", "Z", "GMT", "Etc/GMT", "+00:00":
		return "UTC"
	}
	return zone
}

// became says what happened to something that may be absent on either side.
func became(added, gone bool, from, to string) string {
	switch {
	case added:
		return "is " + to + " now, it was not set"
	case gone:
		return from + " is gone"
	}
	return from + " became " + to
}

func quoted(text string) string {
	const most = 60
	if len(text) > most {
		cut := most
		for cut > 0 && text[cut]&0xC0 == 0x80 { // not within a character
			cut--
		}
		text = text[:cut] + "…"
	}
	return fmt.Sprintf("%q", text)
}
