package openapi

import (
	"fmt"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// notice is how many days before its end something of the operation that is compared has
// to be deprecated. Who calls it a draft or an alpha promises none.
func (d *differ) notice() int {
	switch level := d.stability; level {
	case "draft", "alpha":
		return 0
	case "beta":
		return d.head.settings.deprecationDays[level]
	}
	return d.head.settings.deprecationDays["stable"]
}

// tooSoon reports whether fewer days are left until a day than the notice; no matter how
// many it is where nobody knows what day it is.
func (d *differ) tooSoon(day string) bool {
	end, ok := parseDay(day)
	return ok && !d.head.now.IsZero() && dateOf(end).Sub(dateOf(d.head.now)) < time.Duration(d.notice())*24*time.Hour
}

// hasCome reports whether a day is today or past.
func (d *differ) hasCome(day string) bool {
	end, ok := parseDay(day)
	return ok && !d.head.now.IsZero() && !dateOf(d.head.now).Before(dateOf(end))
}

// noticeWords says what is wrong with the day on which something deprecated goes away.
func (d *differ) noticeWords(rule *change.Rule, sunset *document.Node) string {
	switch {
	case rule != noticeTooShort:
		return ""
	case sunset == nil:
		return fmt.Sprintf(", and x-sunset does not say when it goes away, in %d days at the earliest", d.notice())
	}
	if d.notice() == 0 {
		return fmt.Sprintf(", and it goes away on %s, which is past", short(sunset.String()))
	}
	return fmt.Sprintf(", and it goes away on %s, which is not %d days from now", short(sunset.String()), d.notice())
}

// dateOf returns the day of a time where it was written.
func dateOf(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
