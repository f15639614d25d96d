package slo

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A scale is what one of a unit of time comes to, and its spellings in lower
// case. The first is the one that is printed.
type scale struct {
	months  int64
	seconds *big.Rat
	words   []string
}

func (s scale) name() string { return s.words[0] }

var (
	nanosecond  = scale{0, big.NewRat(1, 1_000_000_000), []string{"ns", "nanosecond", "nanoseconds"}}
	microsecond = scale{0, big.NewRat(1, 1_000_000), []string{"us", "µs", "μs", "microsecond", "microseconds"}}
	millisecond = scale{0, big.NewRat(1, 1000), []string{"ms", "msec", "millis", "millisecond", "milliseconds"}}
	second      = scale{0, big.NewRat(1, 1), []string{"s", "sec", "secs", "second", "seconds"}}
	minute      = scale{0, big.NewRat(60, 1), []string{"min", "mins", "minute", "minutes"}}
	hour        = scale{0, big.NewRat(3600, 1), []string{"h", "hr", "hrs", "hour", "hours"}}
	day         = scale{0, big.NewRat(86400, 1), []string{"d", "day", "days"}}
	week        = scale{0, big.NewRat(604800, 1), []string{"w", "wk", "wks", "week", "weeks"}}
	month       = scale{1, new(big.Rat), []string{"mo", "mon", "mos", "month", "months"}}
	quarter     = scale{3, new(big.Rat), []string{"q", "qtr", "quarter", "quarters"}}
	year        = scale{12, new(big.Rat), []string{"y", "yr", "yrs", "year", "years"}}

	scales   = []scale{nanosecond, microsecond, millisecond, second, minute, hour, day, week, month, quarter, year}
	isoScale = []scale{year, month, week, day, hour, minute, second} // in the order of ISO 8601
)

const unitsOfTime = "ms, s, min, h, d, w, mo, q or y"

var (
	word      = `[A-Za-z%][A-Za-z%/_ -]*`
	number    = `([0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?)`
	term      = regexp.MustCompile(`^` + number + `\s*([A-Za-zµμ]+)\s*`)
	amount    = regexp.MustCompile(`^(-?)` + number + `\s*(` + word + `)?$`)
	negative  = regexp.MustCompile(`^(?i)(-\s*P|P-|-\s*[0-9.]+\s*[A-Za-zµμ])`)
	period    = regexp.MustCompile(strings.ReplaceAll(`^P(?:#Y)?(?:#M)?(?:#W)?(?:#D)?(?:T(?:#H)?(?:#M)?(?:#S)?)?$`, "#", number))
	countable = regexp.MustCompile(`^` + word + `$`)
	size      = regexp.MustCompile(`^[KMGTPkmgtp]?i?[Bb]\b`) // MB is not Mb
)

// Parts per million are another spelling of percent.
const ppm = "ppm"

var ppmInPercent = big.NewRat(10_000, 1)

// maxText is the length of the longest text that is taken for a quantity.
const maxText = 64

// The longest duration is a thousand years. Nothing is promised for longer, and the
// arithmetic of days stays within an int64.
const (
	maxYears   = 1000
	maxMonths  = maxYears * 12
	maxSeconds = maxYears * 366 * 24 * 3600
)

// A Question is the error of a text that people read in two ways.
type Question string

func (q Question) Error() string { return string(q) }

// A refusal is the error of a text that can only be meant as a quantity, and is a
// wrong one. What is no quantity at all is words.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func refusedf(format string, args ...any) error { return refusal{fmt.Errorf(format, args...)} }

const lonelyM Question = "m is minutes to some and months to others; say min or mo"

// ParseQuantity reads "26h", "1h 30min", "P1MT6H", "2032-05-12", "99.5%" or
// "1000 rows". The unit of every duration is [Seconds].
func ParseQuantity(text string) (q Quantity, unit string, err error) {
	q, unit, _, err = parseQuantity(text)
	return q, unit, err
}

// parseQuantity also returns the units that are written in text: h and min. What it
// takes is short in its canonical form too, so that can be read again.
func parseQuantity(text string) (q Quantity, unit string, written []string, err error) {
	text = strings.TrimSpace(text)
	if len(text) <= maxText {
		q, unit, written, err = readQuantity(text)
	}
	if len(text) > maxText || err == nil && len(q.text(unit)) > maxText {
		return Quantity{}, "", nil, fmt.Errorf("a quantity has at most %d characters", maxText)
	}
	return q, unit, written, err
}

func readQuantity(text string) (q Quantity, unit string, written []string, err error) {
	if t, ok := parseDate(text); ok {
		return Quantity{Amount: t}, Date, []string{Date}, nil
	}
	if t, unit, ok, err := parseClock(text); ok {
		return t, unit, []string{unit}, err
	}
	if terms := period.FindStringSubmatch(strings.ReplaceAll(strings.ToUpper(text), ",", ".")); terms != nil {
		q, written, err = addPeriod(terms[1:])
		return q, Seconds, written, err
	}
	if q, written, err = addTerms(text); err != nil || len(written) > 0 {
		return q, Seconds, written, err
	}
	m := amount.FindStringSubmatch(text)
	if negative.MatchString(text) && (m == nil || isTime(m[3])) {
		return Quantity{}, "", nil, refusedf("want a duration that is not negative")
	}
	if m == nil || m[3] != "" && !isUnit(m[3]) {
		return Quantity{}, "", nil, fmt.Errorf("want a quantity such as 26h, P1M, 99.5%% or 1000 rows, got %q", text)
	}
	n, ok := new(big.Rat).SetString(m[1] + m[2])
	if !ok {
		return Quantity{}, "", nil, refusedf("%s is no number", m[2])
	}
	if unit = unitWord(m[3]); unit == ppm {
		n.Quo(n, ppmInPercent)
		unit = Percent
	}
	if unit != "" {
		written = []string{unit}
	}
	return Quantity{Amount: n}, unit, written, nil
}

// isUnit reports whether text can be a unit. Behind some words stands another part
// of a limit.
func isUnit(text string) bool {
	return countable.MatchString(text) && !slices.ContainsFunc(strings.Fields(strings.ToLower(text)), func(w string) bool {
		return w == "over" || w == "at" || w == "on" || w == "and"
	})
}

func isTime(word string) bool {
	_, ok := unitOfTime(word)
	return ok || strings.EqualFold(word, "m")
}

// unitWord folds the spellings of a unit that is no unit of time.
func unitWord(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if size.MatchString(text) {
		return text
	}
	switch text = strings.ToLower(text); text {
	case "percent", "percentage", "pct":
		return Percent
	}
	return text
}

// unitOfTime finds the scale that word names.
func unitOfTime(word string) (scale, bool) {
	word = strings.ToLower(word)
	i := slices.IndexFunc(scales, func(s scale) bool { return slices.Contains(s.words, word) })
	return scales[max(i, 0)], i >= 0
}

// addPeriod adds up the components of an ISO 8601 period.
func addPeriod(terms []string) (q Quantity, written []string, err error) {
	for i, n := range terms {
		if n == "" {
			continue
		}
		if err := q.add(n, isoScale[i]); err != nil {
			return Quantity{}, nil, err
		}
		written = append(written, isoScale[i].name())
	}
	if written == nil {
		return q, nil, refusedf("the period is empty")
	}
	return q, written, nil
}

// addTerms adds up "1h 30min". It returns no units if text is something else.
func addTerms(text string) (q Quantity, written []string, err error) {
	var terms [][]string
	clock := false // hours or seconds stand beside: m can only be minutes
	for rest := text; rest != ""; rest = rest[len(terms[len(terms)-1][0]):] {
		m := term.FindStringSubmatch(rest)
		if m == nil {
			return Quantity{}, nil, nil
		}
		unit, ok := unitOfTime(m[2])
		if !ok && !strings.EqualFold(m[2], "m") {
			return Quantity{}, nil, nil
		}
		clock = clock || ok && (unit.name() == hour.name() || unit.name() == second.name())
		terms = append(terms, m)
	}
	for _, m := range terms {
		unit, ok := unitOfTime(m[2])
		if !ok && !clock {
			return Quantity{}, nil, lonelyM
		} else if !ok {
			unit = minute
		}
		if err := q.add(m[1], unit); err != nil {
			return Quantity{}, nil, err
		}
		written = append(written, unit.name())
	}
	return q, written, nil
}

// add adds n units.
func (q *Quantity) add(n string, unit scale) error {
	r, ok := new(big.Rat).SetString(n)
	if !ok {
		return refusedf("%s is no number", n)
	}
	months := new(big.Rat).Mul(r, big.NewRat(unit.months, 1))
	if !months.IsInt() {
		return Question(fmt.Sprintf("%s %s is no whole number of months, and parts of a month have no fixed length", n, unit.name()))
	}
	if months.Add(months, big.NewRat(q.Months, 1)); months.Cmp(big.NewRat(maxMonths, 1)) > 0 {
		return refusedf("want at most %d years", maxYears)
	}
	if r.Add(r.Mul(r, unit.seconds), q.amount()); r.Cmp(big.NewRat(maxSeconds, 1)) > 0 {
		return refusedf("want at most %d years", maxYears)
	}
	q.Months, q.Amount = months.Num().Int64(), r
	return nil
}

// parseDate reads a date or a time stamp. One that names no zone is in UTC.
func parseDate(text string) (*big.Rat, bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			r := big.NewRat(t.Unix(), 1)
			return r.Add(r, big.NewRat(int64(t.Nanosecond()), int64(time.Second))), true
		}
	}
	return nil, false
}
