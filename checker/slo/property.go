package slo

import (
	"errors"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
)

// A kind is what a property is measured in.
type kind uint8

const (
	anything kind = iota
	duration
	percentage
	date
)

// A property is one whose direction is known.
type property struct {
	name     string
	synonyms []string
	better   Comparator
	kind     kind
	relied   bool // consumers plan on it: its removal breaks them
}

// The properties of ODCS, with its two-letter names, and those of the formats
// that it replaces. What is not in this list is a property that somebody made up.
var properties = []property{
	{"latency", []string{"ly"}, AtMost, duration, true},
	{"freshness", nil, AtMost, duration, true},
	{frequency, []string{"fy"}, AtMost, duration, false},
	{"availability", []string{"av"}, AtLeast, percentage, true},
	{"retention", []string{"re"}, AtLeast, duration, true},
	{"throughput", []string{"th"}, AtLeast, anything, false},
	{"errorRate", []string{"er"}, AtMost, anything, false},
	{"timeToDetect", []string{"td"}, AtMost, duration, false},
	{"timeToNotify", []string{"tn"}, AtMost, duration, false},
	{"timeToRepair", []string{"tr"}, AtMost, duration, false},
	{"responseTime", nil, AtMost, duration, false},
	{"recoveryTime", nil, AtMost, duration, false},
	{"recoveryPoint", nil, AtMost, duration, false},
	{"completeness", nil, AtLeast, percentage, false},
	{"accuracy", nil, AtLeast, percentage, false},
	{"uniqueness", nil, AtLeast, percentage, false},
	{"validity", nil, AtLeast, percentage, false},
	{"consistency", nil, AtLeast, percentage, false},
	{NoticePeriod, nil, AtLeast, duration, false},
	{"generalAvailability", []string{"ga"}, AtMost, date, false},
	{EndOfSupport, []string{"es"}, AtLeast, date, true},
	{EndOfLife, []string{"el"}, AtLeast, date, true},
	{"support", nil, Exactly, anything, true},
}

// Properties that mean something to the life of a port.
const (
	EndOfSupport = "endOfSupport"
	EndOfLife    = "endOfLife"
	NoticePeriod = "noticePeriod" // before something is removed
)

const frequency = "frequency"

// Property returns the one name of a property that has several: ly, Latency
// and latency are the same.
func Property(name string) string {
	p, _ := find(name)
	return p.name
}

func find(name string) (property, bool) {
	name = strings.TrimSpace(name)
	plain := strings.NewReplacer("_", "", "-", "", " ", "").Replace(name)
	for _, p := range properties {
		if strings.EqualFold(p.name, plain) || slices.Contains(p.synonyms, strings.ToLower(plain)) {
			return p, true
		}
	}
	return property{name: name, better: Exactly}, false
}

// A Word is a text of a contract, and where it stands.
type Word struct {
	Text string
	Span source.Span
}

// Promised returns the limit that a contract sets for property by value and
// unit. Either may carry the unit; both only if they agree. What is no quantity
// is a promise in words. The error is a [*source.Error].
func Promised(name string, value, unit Word) (Limit, error) {
	p, _ := find(name)
	value.Text = strings.Join(strings.Fields(value.Text), " ")
	unit.Text = strings.Join(strings.Fields(unit.Text), " ")
	q, own, written, err := parseQuantity(value.Text)
	if pace, ok := paces[strings.ToLower(value.Text)]; ok && p.name == frequency && unit.Text == "" {
		q, own, written, err = Quantity{Months: pace.months, Amount: pace.seconds}, Seconds, pace.words[:1], nil
	}
	var asked Question
	switch {
	case errors.As(err, &asked):
		return Limit{}, source.Errorf(value.Span, "%s %s is unclear: %w", p.name, value.Text, err)
	case err != nil, own == Date && p.kind != date:
		return inWords(value.Text, unit.Text), nil
	case unit.Text == "":
	case len(written) > 0:
		err = p.agree(written, value, unit)
	default:
		return p.measured(q, value, unit)
	}
	if err != nil {
		return Limit{}, err
	}
	if p.kind == duration && own != Seconds && plain.MatchString(own) {
		return Limit{}, source.Errorf(value.Span, "want a unit of time for %s (%s), got %q", p.name, unitsOfTime, own)
	}
	return p.limit(q, own, value), nil
}

// agree checks the unit that stands apart against those that stand in the value.
func (p property) agree(written []string, value, unit Word) error {
	word := unitWord(unit.Text)
	if s, ok := unitOfTime(unit.Text); ok {
		word = s.name()
	}
	if slices.Contains(written, word) {
		return nil
	}
	e := source.Errorf(value.Span, "%s has the unit twice and they differ: value %s, unit %s", p.name, value.Text, unit.Text)
	e.Also = []source.Span{unit.Span}
	return e
}

// measured gives a bare number the unit that stands apart.
func (p property) measured(q Quantity, value, unit Word) (Limit, error) {
	s, isTime := unitOfTime(unit.Text)
	switch word := unitWord(unit.Text); {
	case strings.EqualFold(word, "m"):
		return Limit{}, source.Errorf(unit.Span, "the unit of %s is unclear: %w", p.name, lonelyM)
	case isTime && p.name == frequency && q.amount().Cmp(one) != 0:
		// Once in 2 days, or twice a day? ODCS does not say, and so no order is known.
		return inWords(decimal(q.amount()), s.name()), nil
	case isTime:
		var sum Quantity
		if err := sum.add(decimal(q.amount()), s); err != nil {
			return Limit{}, source.Errorf(value.Span, "%s: %w", p.name, err)
		}
		return p.limit(sum, Seconds, value), nil
	case p.kind == duration && plain.MatchString(word):
		return Limit{}, source.Errorf(unit.Span, "want a unit of time for %s (%s), got %q", p.name, unitsOfTime, unit.Text)
	case word == ppm:
		return p.limit(Quantity{Amount: new(big.Rat).Quo(q.amount(), ppmInPercent)}, Percent, value), nil
	case !isUnit(word):
		return inWords(value.Text, unit.Text), nil
	default:
		return p.limit(q, word, value), nil
	}
}

// limit puts the promise together, in words if its unit is not the property's.
func (p property) limit(q Quantity, unit string, value Word) Limit {
	l := Limit{Comparator: p.better, Quantity: q, Unit: unit}
	switch {
	case p.isPercentage(q, unit):
		l.Unit = Percent
	case p.kind == percentage && unit != "" && unit != Percent:
		l.Comparator = Exactly // available but for 5 min: less is better
	case p.kind == date && unit != Date, p.kind == duration && unit != Seconds && unit != "":
		return inWords(value.Text, "")
	}
	return l
}

// isPercentage reports whether a number without a unit can only be a percentage: no
// ratio is above 1.
func (p property) isPercentage(q Quantity, unit string) bool {
	return p.kind == percentage && unit == "" && q.amount().Cmp(one) > 0
}

func inWords(value, unit string) Limit {
	return Limit{Comparator: Exactly, Text: strings.TrimSpace(value + " " + unit)}
}

// paces are the words for how often something is done.
var paces = map[string]scale{
	"hourly": hour, "daily": day, "weekly": week, "monthly": month, "quarterly": quarter, "yearly": year, "annually": year,
}

var (
	one   = big.NewRat(1, 1)
	plain = regexp.MustCompile(`^[A-Za-z]+$`)
)
