package slo

import (
	"errors"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
)

// quantity reads one quantity whose unit may stand apart. What is none comes back as
// words.
func (p property) quantity(value, unit Word) (Limit, error) {
	q, own, written, err := parseQuantity(value.Text)
	var asked Question
	var wrong refusal
	switch {
	case errors.As(err, &asked), errors.As(err, &wrong) && p.kind != anything && p.kind != hours:
		return Limit{}, p.wrong(value, err)
	case err != nil, own == Date && p.kind != date, isClock(own) && p.kind != timeOfDay:
		return inWords(value.Text, unit.Text), nil
	case unit.Text == "":
	case len(written) > 0:
		err = p.agree(written, value, unit)
	default:
		q, own, err = p.measured(q, value, unit)
	}
	if err != nil {
		return Limit{}, err
	}
	if own == words {
		return inWords(decimal(q.amount()), unitName(unit.Text)), nil
	}
	if p.isTime() && own != Seconds && plain.MatchString(own) {
		return Limit{}, source.Errorf(value.Span, "want a unit of time for %s (%s), got %q", p.name, unitsOfTime, own)
	}
	return p.limit(q, own, value)
}

// words is the unit of what has an order that is not known.
const words = "words"

// unitName returns the one name of a unit of time, and any other unit as it is.
func unitName(text string) string {
	if s, ok := unitOfTime(text); ok {
		return s.name()
	}
	return unitWord(text)
}

// agree checks the unit that stands apart against those that stand in the value.
func (p property) agree(written []string, value, unit Word) error {
	if slices.Contains(written, unitName(unit.Text)) {
		return nil
	}
	e := source.Errorf(value.Span, "%s has the unit twice and they differ: value %s, unit %s", p.name, value.Text, unit.Text)
	e.Also = []source.Span{unit.Span}
	return e
}

// measured gives a bare number the unit that stands apart.
func (p property) measured(q Quantity, value, unit Word) (Quantity, string, error) {
	s, isTime := unitOfTime(unit.Text)
	switch word := unitWord(unit.Text); {
	case strings.EqualFold(word, "m"):
		return q, "", source.Errorf(unit.Span, "the unit of %s is unclear: %w", p.name, lonelyM)
	case isTime && q.amount().Sign() < 0:
		return q, "", p.wrong(value, refusedf("want a duration that is not negative"))
	case isTime && p.kind == cadence && q.amount().Cmp(one) != 0:
		// Once in 2 days, or twice a day? ODCS does not say, and so no order is known.
		return q, words, nil
	case isTime:
		var sum Quantity
		if err := sum.add(decimal(q.amount()), s); err != nil {
			return q, "", source.Errorf(value.Span, "%s: %w", p.name, err)
		}
		return sum, Seconds, nil
	case p.isTime() && plain.MatchString(word):
		return q, "", source.Errorf(unit.Span, "want a unit of time for %s (%s), got %q", p.name, unitsOfTime, unit.Text)
	case word == ppm:
		return Quantity{Amount: new(big.Rat).Quo(q.amount(), ppmInPercent)}, Percent, nil
	case !isUnit(word):
		return q, words, nil
	default:
		return q, word, nil
	}
}

// limit puts the promise together, in words if its unit is not the property's.
func (p property) limit(q Quantity, unit string, value Word) (Limit, error) {
	l := Limit{Comparator: p.better, Quantity: q, Unit: unit}
	switch {
	case p.isPercentage(q, unit):
		l.Unit = Percent
	case p.kind == percentage && unit != "" && unit != Percent:
		l.Comparator = Exactly // available but for 5 min: less is better
	case p.kind == date && unit != Date, p.kind == timeOfDay && !isClock(unit), p.kind == hours, p.isTime() && unit != Seconds && unit != "":
		return inWords(value.Text, ""), nil
	}
	if p.kind == percentage && l.Comparator != Exactly && (q.amount().Sign() < 0 || l.Unit == Percent && q.amount().Cmp(hundred) > 0) {
		return Limit{}, p.wrong(value, refusedf("want 0%% to 100%%"))
	}
	if p.isTime() && q.amount().Sign() < 0 {
		return Limit{}, p.wrong(value, refusedf("want a duration that is not negative"))
	}
	return l, nil
}

// isPercentage reports whether a number without a unit can only be a percentage: no
// ratio is above 1.
func (p property) isPercentage(q Quantity, unit string) bool {
	return p.kind == percentage && unit == "" && q.amount().Cmp(one) > 0
}

var (
	one     = big.NewRat(1, 1)
	hundred = big.NewRat(100, 1)
	plain   = regexp.MustCompile(`^[A-Za-z]+$`)
)
