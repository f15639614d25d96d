package slo

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	// What a zone is must not depend on the machine that compares.
	_ "time/tzdata"
)

// A time of day has a unit of its own: Clock and its zone, as it was written. With
// a fixed offset, "@+01:00", the amount is in seconds after midnight UTC, and so
// may be negative or more than a day. With a zone whose offset varies, "@Europe/Berlin",
// or none, "@", it is in seconds after midnight there.
const Clock = "@"

// isClock reports whether unit is that of a time of day.
func isClock(unit string) bool { return strings.HasPrefix(unit, Clock) }

var (
	clockTime = regexp.MustCompile(`^(?i)([0-9]{1,2})(?::([0-9]{2}))?(?::([0-9]{2}))?\s*([ap]m\b)?\s*(.*)$`)
	offset    = regexp.MustCompile(`^(?:(?:UTC|GMT)\s*)?([+-])([0-9]{2}):?([0-9]{2})$`)
	zoneName  = regexp.MustCompile(`^(?:Z|[A-Z]{2,5}|[A-Za-z_]+/[A-Za-z0-9_+/-]+)$`)
)

// parseClock reads 09:00, 09:00-08:00, 9am or 09:00 Europe/Berlin. It is not ok for
// what is no time of day at all, and an error for a wrong one.
func parseClock(text string) (q Quantity, unit string, ok bool, err error) {
	m := clockTime.FindStringSubmatch(text)
	if m == nil || m[2] == "" && m[4] == "" {
		return Quantity{}, "", false, nil
	}
	zone := strings.TrimSpace(m[5])
	if zone != "" && !offset.MatchString(zone) && !zoneName.MatchString(zone) {
		return Quantity{}, "", false, nil
	}
	seconds, err := wall(m[1:5])
	if err != nil {
		return Quantity{}, "", true, refusedf("want a time of day such as 09:00+01:00: %w", err)
	}
	shift, unit, err := readZone(zone)
	return Quantity{Amount: big.NewRat(seconds-shift, 1)}, unit, true, err
}

// wall returns the seconds after midnight of hour, minute, second, and am or pm.
func wall(m []string) (int64, error) {
	var parts [3]int64
	for i, text := range m[:3] {
		parts[i], _ = strconv.ParseInt("0"+text, 10, 64)
	}
	hour, minute, second := parts[0], parts[1], parts[2]
	if half := strings.ToLower(m[3]); half != "" {
		if hour < 1 || hour > 12 {
			return 0, fmt.Errorf("the hours are 1 to 12 before %s", half)
		}
		hour %= 12
		if half == "pm" {
			hour += 12
		}
	}
	if hour > 24 || minute > 59 || second > 59 || hour == 24 && minute+second > 0 {
		return 0, fmt.Errorf("a day ends at 24:00")
	}
	return hour*3600 + minute*60 + second, nil
}

// readZone returns the offset of a zone in seconds, 0 where it is not fixed, and
// the unit of times there.
func readZone(zone string) (shift int64, unit string, err error) {
	switch zone {
	case "":
		return 0, Clock, nil
	case "Z", "z", "UTC", "GMT":
		return 0, Clock + "Z", nil
	}
	if m := offset.FindStringSubmatch(zone); m != nil {
		hours, _ := strconv.ParseInt(m[2], 10, 64)
		minutes, _ := strconv.ParseInt(m[3], 10, 64)
		if hours > 14 || minutes > 59 {
			return 0, "", refusedf("want an offset of at most 14 hours, got %s", zone)
		}
		shift = hours*3600 + minutes*60
		if m[1] == "-" {
			shift = -shift
		}
		if shift == 0 {
			return 0, Clock + "Z", nil
		}
		return shift, Clock + m[1] + m[2] + ":" + m[3], nil
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return 0, "", refusedf("the zone %s is not known; want an offset such as +01:00, or a name such as Europe/Berlin", zone)
	}
	return 0, Clock + zone, nil
}

// fixed returns the offset of a unit of clock time in seconds, if it has one.
func fixed(unit string) (shift int64, ok bool) {
	zone := strings.TrimPrefix(unit, Clock)
	if zone == "Z" || offset.MatchString(zone) {
		shift, _, _ = readZone(zone)
		return shift, true
	}
	return 0, false
}

// comparableUnits reports whether amounts of two units have an order.
func comparableUnits(a, b string) bool {
	if a == b {
		return true
	}
	_, ok1 := fixed(a)
	_, ok2 := fixed(b)
	return isClock(a) && isClock(b) && ok1 && ok2
}

// wallTime returns the seconds after midnight at which clocks show q.
func (q Quantity) wallTime(unit string) int64 {
	shift, _ := fixed(unit)
	a := q.amount()
	return new(big.Int).Quo(a.Num(), a.Denom()).Int64() + shift
}

// clock prints a time of day as parseClock reads it.
func (q Quantity) clock(unit string) string {
	s := q.wallTime(unit)
	text := fmt.Sprintf("%02d:%02d", s/3600, s/60%60)
	if s%60 != 0 {
		text += fmt.Sprintf(":%02d", s%60)
	}
	zone := strings.TrimPrefix(unit, Clock)
	if _, ok := fixed(unit); ok || zone == "" {
		return text + zone
	}
	return text + " " + zone
}

// otherDay reports whether it is not sure that now is earlier or later than was in
// the day of those who wait for it: the clock shows the same in another zone, or
// midnight lies between the two.
func otherDay(was, now Limit) bool {
	if !isClock(was.Unit) || !isClock(now.Unit) || was.Unit == now.Unit {
		return false
	}
	const day = 24 * 3600
	before, after := was.Quantity.wallTime(Clock), now.Quantity.wallTime(Clock)
	turned := func(s int64) int64 { return (s%day + day) % day }
	return was.Quantity.wallTime(was.Unit) == now.Quantity.wallTime(now.Unit) ||
		before < after != (turned(before) < turned(after))
}
