package consumer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
)

// Gaps says which of the needs of u its port never promised, each in words that
// follow the consumer's name. They hold nobody up; they are for the two to settle.
// The notice that the port gives is counted from now.
func (u Use) Gaps(promised []slo.Objective, now, noticeEnds time.Time, at schema.Places) (gaps []string) {
	for _, b := range u.SLO {
		if gap := u.gap(b, promised, at); gap != "" {
			gaps = append(gaps, "needs "+b.words()+", "+gap)
		}
	}
	if asked := u.Notice.After(now); asked.After(noticeEnds) {
		gaps = append(gaps, fmt.Sprintf("asks for a notice of %d days, and gets %d", days(asked.Sub(now)), days(noticeEnds.Sub(now))))
	}
	return gaps
}

func days(d time.Duration) int { return int(d.Hours() / 24) }

// gap says what a bound lacks of what is promised of all that it covers; empty if
// nothing, as far as that can be told.
func (u Use) gap(b Bound, promised []slo.Objective, at schema.Places) string {
	covered := false
	var less []string
	for _, o := range promised {
		if o.Property != b.Property || !u.covers(b, o.Element, at) || !o.Limit.Concerns(b.Limit) {
			continue
		}
		covered = true
		if met, sure := o.Limit.Meets(b.Limit); sure && !met {
			less = append(less, o.Limit.Value())
		}
	}
	switch {
	case !covered:
		return "which is not promised"
	case len(less) == 0:
		return ""
	}
	slices.Sort(less)
	return "and promised is " + strings.Join(slices.Compact(less), " or ")
}

// words says b in a sentence: "freshness within 2h".
func (b Bound) words() string {
	text := strings.Replace(strings.Replace(b.String(), "<=", "within", 1), ">=", "of at least", 1)
	if b.Element != "" {
		text += " for " + string(b.Element)
	}
	return text
}
