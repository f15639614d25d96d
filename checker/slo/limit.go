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
	AtMost  Comparator = "<="      // latency, freshness: less is a stronger promise
	AtLeast Comparator = ">="      // availability, retention: more is a stronger promise
	Exactly Comparator = "="       // neither side is known to be the stronger one
	Between Comparator = "between" // Quantity and Upper, both of them promised
)

// A Limit is what an objective comes down to: at most 26 h; at least 99.5 %
// over 30 days; at most 500 ms in 99 of 100 cases.
type Limit struct {
	Comparator Comparator
	Quantity   Quantity
	Upper      Quantity // of Between: its upper end
	Unit       string
	Days       int      // of the week, on which support is given for Quantity; zero: not said
	Percentile Quantity // of the cases, in percent, that keep within the limit: 99 of p99; zero: not said
	Window     Quantity // over which it is measured; zero: not said
	Text       string   // instead of all that, what nobody can measure: "Available 24/7"
}

// Value returns the quantity and its unit as people write them: 26h, 99.5%.
func (l Limit) Value() string {
	switch {
	case l.Text != "":
		return l.Text
	case l.Comparator == Between:
		return l.Quantity.text(l.Unit) + andWord + l.Upper.text(l.Unit)
	}
	return l.Quantity.text(l.Unit)
}

// String returns the canonical form of l, which ParseLimit reads: "<= 26h",
// "<= 500ms at p99", ">= 99.5% over 30d", ">= 8h on 5 days".
func (l Limit) String() string {
	if l.Text != "" {
		return string(l.Comparator) + " " + strconv.Quote(l.Text)
	}
	s := string(l.Comparator) + " " + l.Value()
	if l.Days != 0 {
		s += fmt.Sprintf("%s%d%s", onWord, l.Days, daysWord)
	}
	if !l.Percentile.IsZero() {
		s += atWord + decimal(l.Percentile.amount())
	}
	if !l.Window.IsZero() {
		s += overWord + l.Window.String()
	}
	return s
}

// The words that introduce the parts of a limit, in their order. No unit holds one.
const (
	andWord  = " and "
	onWord   = " on "
	daysWord = " days"
	atWord   = " at p"
	overWord = " over "
)

// ParseLimit reads "<= 26h", ">= 99.5% over P30D" or `= "Available 24/7"`.
func ParseLimit(text string) (l Limit, err error) {
	comparators := []Comparator{AtMost, AtLeast, Exactly, Between}
	i := slices.IndexFunc(comparators, func(c Comparator) bool { return strings.HasPrefix(text, string(c)) })
	if i < 0 {
		return Limit{}, fmt.Errorf("want <=, >=, = or between, and a quantity, got %q", text)
	}
	l.Comparator = comparators[i]
	rest := strings.TrimSpace(text[len(l.Comparator):])
	if strings.HasPrefix(rest, `"`) {
		if l.Text, err = strconv.Unquote(rest); err != nil || l.Text == "" {
			return Limit{}, fmt.Errorf("want a text in quotes, got %s", rest)
		}
		return l, nil
	}
	if rest, err = l.parseParts(rest); err != nil {
		return Limit{}, err
	}
	upper, isBand := "", false
	if l.Comparator == Between {
		if rest, upper, isBand = strings.Cut(rest, andWord); !isBand {
			return Limit{}, fmt.Errorf("want two quantities with and between them, got %q", rest)
		}
	}
	if l.Quantity, l.Unit, err = ParseQuantity(rest); err != nil || !isBand {
		return l, err
	}
	return l, l.parseUpper(upper)
}

// parseParts reads what stands behind the quantity, and returns the rest.
func (l *Limit) parseParts(text string) (rest string, err error) {
	rest, window, ok := strings.Cut(text, overWord)
	if ok {
		if l.Window, err = parseWindow(window); err != nil {
			return "", err
		}
	}
	rest, percentile, ok := strings.Cut(rest, atWord)
	if ok {
		if l.Percentile, err = parsePercentile(percentile); err != nil {
			return "", err
		}
	}
	rest, days, ok := strings.Cut(rest, onWord)
	if ok {
		l.Days, err = strconv.Atoi(strings.TrimSuffix(days, daysWord))
		if err != nil || l.Days < 1 || l.Days > 7 {
			return "", fmt.Errorf("want 1 to 7 days of the week behind on, got %q", days)
		}
	}
	return rest, nil
}

func parseWindow(text string) (Quantity, error) {
	q, unit, err := ParseQuantity(text)
	if err == nil && unit != Seconds {
		err = fmt.Errorf("want a duration for the window, got %q", text)
	}
	return q, err
}

// parsePercentile reads the number of p99, p99.9 or p999, which is the same.
func parsePercentile(digits string) (Quantity, error) {
	if len(digits) > 2 && digits[:2] == "99" && strings.Trim(digits, "9") == "" {
		digits = "99." + digits[2:]
	}
	q, unit, err := ParseQuantity(digits)
	if err != nil || unit != "" || q.amount().Sign() <= 0 || q.amount().Cmp(hundred) > 0 {
		return Quantity{}, fmt.Errorf("want a percentile such as p99 or p99.9, got %q", "p"+digits)
	}
	return q, nil
}

func (l *Limit) parseUpper(text string) error {
	upper, unit, err := ParseQuantity(text)
	if err != nil {
		return err
	}
	if sign, sure := l.Quantity.Cmp(upper); unit != l.Unit || !sure || sign > 0 {
		return fmt.Errorf("want the lower end of a band first, and both in one unit, got %s and %s", l.Quantity.text(l.Unit), text)
	}
	l.Upper = upper
	return nil
}
