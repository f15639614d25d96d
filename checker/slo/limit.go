package slo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Comparator says on which side of the quantity the promise lies.
type Comparator string

const (
	AtMost  Comparator = "<=" // latency, freshness: less is a stronger promise
	AtLeast Comparator = ">=" // availability, retention: more is a stronger promise
	Exactly Comparator = "="  // neither side is known to be the stronger one
)

// A Limit is what an objective comes down to: at most 26 h; at least 99.5 %
// over 30 days.
type Limit struct {
	Comparator Comparator
	Quantity   Quantity
	Unit       string
	Window     Quantity // over which it is measured; zero: not said
	Text       string   // instead of all that, what nobody can measure: "Available 24/7"
}

// Meets reports whether whoever keeps l keeps m too. It is not sure where the
// two cannot be compared, and then nobody may take them for equal.
func (l Limit) Meets(m Limit) (yes, sure bool) {
	sign, sure := l.Quantity.Cmp(m.Quantity)
	if l.Comparator == AtLeast {
		sign = -sign
	}
	window, fixed := l.Window.Cmp(m.Window)
	switch {
	case l.String() == m.String():
		return true, true
	case l.Comparator != m.Comparator, l.Comparator == Exactly, l.Unit != m.Unit, l.Text != m.Text:
		return false, false
	case !m.Window.IsZero() && (window != 0 || !fixed):
		return false, false
	}
	return sign <= 0, sure
}

// Value returns the quantity and its unit as people write them: 26h, 99.5%.
func (l Limit) Value() string {
	if l.Text != "" {
		return l.Text
	}
	return l.Quantity.text(l.Unit)
}

// String returns the canonical form of l, which ParseLimit reads: "<= 26h".
func (l Limit) String() string {
	if l.Text != "" {
		return string(l.Comparator) + " " + strconv.Quote(l.Text)
	}
	s := string(l.Comparator) + " " + l.Value()
	if !l.Window.IsZero() {
		s += " over " + l.Window.String()
	}
	return s
}

// ParseLimit reads "<= 26h", ">= 99.5% over P30D" or `= "Available 24/7"`.
func ParseLimit(text string) (l Limit, err error) {
	comparators := []Comparator{AtMost, AtLeast, Exactly}
	i := slices.IndexFunc(comparators, func(c Comparator) bool { return strings.HasPrefix(text, string(c)) })
	if i < 0 {
		return Limit{}, fmt.Errorf("want <=, >= or = and a quantity, got %q", text)
	}
	l.Comparator = comparators[i]
	rest := strings.TrimSpace(text[len(l.Comparator):])
	if strings.HasPrefix(rest, `"`) {
		if l.Text, err = strconv.Unquote(rest); err != nil || l.Text == "" {
			return Limit{}, fmt.Errorf("want a text in quotes, got %s", rest)
		}
		return l, nil
	}
	value, window, ok := strings.Cut(rest, " over ")
	if ok {
		var unit string
		if l.Window, unit, err = ParseQuantity(window); err != nil {
			return Limit{}, err
		}
		if unit != Seconds {
			return Limit{}, fmt.Errorf("want a duration behind over, got %q", window)
		}
	}
	if l.Quantity, l.Unit, err = ParseQuantity(value); err != nil {
		return Limit{}, err
	}
	return l, nil
}
