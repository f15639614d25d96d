package slo

import (
	"cmp"
	"errors"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
)

// A Word is a text of a contract, and where it stands.
type Word struct {
	Text string
	Span source.Span
}

func (w Word) folded() Word { return Word{strings.Join(strings.Fields(w.Text), " "), w.Span} }

// Promised returns the limit that a contract sets for property by value and
// unit. Either may carry the unit; both only if they agree. What is no quantity
// is a promise in words. The error is a [*source.Error].
func Promised(name string, value, unit Word) (Limit, error) {
	p, percentile := find(name)
	return p.promised(percentile, value, unit)
}

func (p property) promised(percentile Quantity, value, unit Word) (Limit, error) {
	value, unit = value.folded(), unit.folded()
	l, err := p.special(value, unit)
	if err == nil && l.Comparator == "" {
		l, err = p.phrase(value, unit)
	}
	if err != nil {
		return Limit{}, err
	}
	if l.Text == "" && !percentile.IsZero() {
		l.Percentile = percentile
	}
	return l, nil
}

// special reads what only one kind of property has: schedules, hours of support,
// times of day and no end. A limit without a comparator: there is none of these.
func (p property) special(value, unit Word) (Limit, error) {
	switch text := strings.ToLower(value.Text); {
	case p.kind == timeOfDay && unit.Text != "":
		return p.inZone(value, unit)
	case unit.Text != "":
	case p.kind == cadence:
		if pace, ok := paces[text]; ok {
			return Limit{Comparator: p.better, Quantity: Quantity{Months: pace.months, Amount: pace.seconds}, Unit: Seconds}, nil
		}
		s, ok, err := ParseSchedule(value.Text)
		if err != nil {
			return Limit{}, p.wrong(value, err)
		}
		if ok {
			return Limit{Comparator: p.better, Quantity: s.Gap(), Unit: Seconds}, nil
		}
	case p.kind == hours:
		return p.support(value)
	case p.kind == duration && p.better == AtLeast && forEver.MatchString(text):
		return Limit{Comparator: p.better, Quantity: Quantity{Months: maxMonths}, Unit: Seconds}, nil
	}
	return Limit{}, nil
}

// paces are the words for how often something is done.
var paces = map[string]scale{
	"hourly": hour, "daily": day, "weekly": week, "monthly": month, "quarterly": quarter, "yearly": year, "annually": year,
}

var (
	forEver   = regexp.MustCompile(`^(unlimited|for ?ever|indefinite(ly)?|infinite|permanent(ly)?)$`)
	hoursDays = regexp.MustCompile(`^([0-9]{1,3}) ?(?:h|hours)? ?[/x×] ?([0-9]{1,2})$`)
)

// inZone reads a time of day whose zone stands apart.
func (p property) inZone(value, unit Word) (Limit, error) {
	q, zone, ok, err := parseClock(value.Text + " " + unit.Text)
	switch {
	case err != nil:
		return Limit{}, p.wrong(unit, err)
	case !ok:
		return inWords(value.Text, unit.Text), nil
	}
	return Limit{Comparator: p.better, Quantity: q, Unit: zone}, nil
}

// support reads 24/7 and 8x5: hours of a day, and days of a week.
func (p property) support(value Word) (Limit, error) {
	m := hoursDays.FindStringSubmatch(strings.ToLower(value.Text))
	if m == nil {
		return Limit{}, nil
	}
	perDay, _ := strconv.Atoi(m[1])
	days, _ := strconv.Atoi(m[2])
	if perDay < 1 || perDay > 24 || days < 1 || days > 7 {
		return Limit{}, p.wrong(value, refusedf("want the hours of a day and the days of a week, such as 24/7 or 8x5"))
	}
	return Limit{Comparator: p.better, Quantity: Quantity{Amount: big.NewRat(int64(perDay)*3600, 1)}, Unit: Seconds, Days: days}, nil
}

// phrase reads a quantity and the words around it: at least 100 rows, 99.9% over
// 30 days, 500ms at p99, 100 to 500 rows.
func (p property) phrase(value, unit Word) (Limit, error) {
	said := value
	var around Limit
	if err := p.takeWindow(&said, &around); err != nil {
		return Limit{}, err
	}
	if err := p.takePercentile(&said, &around); err != nil {
		return Limit{}, err
	}
	strict := p.takeComparator(&said, &around)
	l, err := p.band(said, unit)
	if err == nil && l.Comparator == "" {
		l, err = p.quantity(said, unit)
	}
	switch {
	case err != nil || l.Text != "" && said == value:
		return l, err
	case l.Text != "" || strict && l.Unit != Seconds || l.Comparator == Between && around.Comparator != "":
		return inWords(value.Text, unit.Text), nil
	}
	l.Comparator = cmp.Or(around.Comparator, l.Comparator)
	l.Percentile, l.Window = around.Percentile, around.Window
	return l, nil
}

var (
	windowed     = regexp.MustCompile(`^(.*[^ ]) (over|per|within|in|during|every|each) (?:(?:a|any|the|one) )?(.+)$`)
	paced        = regexp.MustCompile(`^(?i)(.*%) (hourly|daily|weekly|monthly|quarterly|yearly|annually)$`)
	percentiles  = regexp.MustCompile(`^(?i)(.*?[^ (])(?: at | ?@ ?| ?\(| )p([0-9]{2,4}(?:\.[0-9]+)?)\)?$`)
	leading      = regexp.MustCompile(`^(?i)(<=|>=|≤|≥|<|>|at most|at least|up to|no more than|not more than|no less than|not less than|less than|more than|max(?:imum)?\b\.?|min(?:imum)?\b\.?|within) ?(.+)$`)
	inBand       = regexp.MustCompile(`^(?i)(?:between|from) (.+?) (?:and|to) (.+)$`)
	numbersApart = regexp.MustCompile(`^([0-9][0-9.]*) ?(\.\.|-|–|to) ?([0-9][0-9.]*[0-9]|[0-9])( ?[A-Za-z%].*)?$`)
)

// takeWindow takes the window off a percentage: 99.9% over 30 days.
func (p property) takeWindow(value *Word, l *Limit) error {
	if m := paced.FindStringSubmatch(value.Text); m != nil {
		pace := paces[strings.ToLower(m[2])]
		value.Text, l.Window = m[1], Quantity{Months: pace.months, Amount: pace.seconds}
		return nil
	}
	m := windowed.FindStringSubmatch(value.Text)
	if m == nil || m[2] != "over" && p.kind != percentage && !strings.HasSuffix(m[1], "%") {
		return nil
	}
	window := m[3]
	if isTime(window) { // per month
		window = "1 " + window
	}
	q, unit, err := ParseQuantity(window)
	var wrong refusal
	var asked Question
	switch {
	case errors.As(err, &wrong), errors.As(err, &asked):
		return p.wrong(*value, err)
	case err == nil && unit == Seconds:
		value.Text, l.Window = m[1], q
	}
	return nil
}

// takePercentile takes the percentile off the value: 500ms at p99.
func (p property) takePercentile(value *Word, l *Limit) (err error) {
	m := percentiles.FindStringSubmatch(value.Text)
	if m == nil || p.better == AtLeast { // p99 of what should be much is read in two ways
		return nil
	}
	if l.Percentile, err = parsePercentile(m[2]); err != nil {
		return p.wrong(*value, err)
	}
	value.Text = m[1]
	return nil
}

// takeComparator takes the words off the value that say on which side the promise
// lies. It reports whether they leave out the limit itself.
func (p property) takeComparator(value *Word, l *Limit) (strict bool) {
	m := leading.FindStringSubmatch(value.Text)
	if m == nil {
		return false
	}
	value.Text = m[2]
	switch words := strings.TrimSuffix(strings.ToLower(m[1]), "."); words {
	case "<", "less than":
		l.Comparator, strict = AtMost, true
	case ">", "more than":
		l.Comparator, strict = AtLeast, true
	case ">=", "≥", "at least", "no less than", "not less than", "min", "minimum":
		l.Comparator = AtLeast
	default:
		l.Comparator = AtMost
	}
	return strict
}

// band reads two ends: between 100 and 500 rows. No comparator: there are none.
func (p property) band(value, unit Word) (Limit, error) {
	var low, high string
	if m := inBand.FindStringSubmatch(value.Text); m != nil {
		low, high = m[1], m[2]
	} else if m := numbersApart.FindStringSubmatch(value.Text); m != nil {
		if _, ok := parseDate(value.Text); ok || p.kind == date || p.kind == timeOfDay {
			return Limit{}, nil
		}
		low, high = m[1]+m[4], m[3]+m[4]
	} else {
		return Limit{}, nil
	}
	upper, err := p.quantity(Word{high, value.Span}, unit)
	if err != nil || upper.Text != "" {
		return upper, err
	}
	if _, written, e := ParseQuantity(low); e == nil && written == "" && unit.Text == "" {
		low += " " + strings.TrimLeft(high, "0123456789. ") // the unit stands once, behind both
	}
	lower, err := p.quantity(Word{strings.TrimSpace(low), value.Span}, unit)
	if err != nil || lower.Text != "" {
		return lower, err
	}
	sign, sure := lower.Quantity.Cmp(upper.Quantity)
	if lower.Unit != upper.Unit || !sure || sign > 0 {
		return Limit{}, p.wrong(value, refusedf("want the lower end first, and both in one unit"))
	}
	return Limit{Comparator: Between, Quantity: lower.Quantity, Upper: upper.Quantity, Unit: lower.Unit}, nil
}

func inWords(value, unit string) Limit {
	return Limit{Comparator: Exactly, Text: strings.TrimSpace(value + " " + unit)}
}

// wrong says that a value of p is not what it should be.
func (p property) wrong(value Word, err error) error {
	return source.Errorf(value.Span, "%s %s is unclear: %w", p.name, value.Text, err)
}
