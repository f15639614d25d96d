package slo

import (
	"iter"
	"math/big"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/netresearch/go-cron"
)

// A Schedule says when something is done or checked, as the five fields of
// crontab(5) do.
type Schedule struct {
	minutes, hours, days, months, weekdays uint64 // a bit for each value
	eitherDay                              bool   // of month or of week: both are restricted
}

// cronFields matches what can only be meant as such a schedule. In starSteps, a star in steps is
// a star to some where the other field of days is restricted, and to some it is not.
var (
	cronFields = regexp.MustCompile(`^([0-9*/,-]+ ){3}[0-9A-Za-z*/,-]+ [0-9A-Za-z*/,-]+$`)
	starSteps  = regexp.MustCompile(`^\S+ \S+ (\*/\S+ \S+ [^*]\S*|[^*]\S* \S+ \*/\S+)$`)
)

// maxCron is the length of the longest schedule that is read.
const maxCron = 200

// ParseSchedule reads "0 6 * * 1-5" or "@daily". It is not ok for what is no such
// schedule at all, such as one of six fields: some begin those with seconds, and
// some end them with years. It is an error for a wrong one.
func ParseSchedule(text string) (s Schedule, ok bool, err error) {
	text = strings.Join(strings.Fields(text), " ")
	if !isSchedule(text) {
		return Schedule{}, false, nil
	}
	parser, err := cron.TryNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor | cron.DowOrDom)
	if err != nil {
		return Schedule{}, false, err
	}
	parsed, err := parser.Parse(text)
	if err != nil {
		return Schedule{}, true, refusedf("want a schedule such as 0 6 * * 1-5: %w", err)
	}
	spec, is := parsed.(*cron.SpecSchedule)
	if !is {
		return Schedule{}, true, refusedf("want a schedule such as 0 6 * * 1-5")
	}
	s = newSchedule(spec)
	if !s.ever() {
		return Schedule{}, true, refusedf("want a schedule that comes about; this one has no such day or time")
	}
	return s, true, nil
}

// isSchedule reports whether text, which is folded, can only be meant as a schedule.
func isSchedule(text string) bool {
	named := strings.HasPrefix(text, "@") && !strings.ContainsAny(text, " /:")
	return len(text) <= maxCron && (named || cronFields.MatchString(text) && !starSteps.MatchString(text))
}

// The values of each field.
const (
	allMinutes  = 1<<60 - 1
	allHours    = 1<<24 - 1
	allDays     = 1<<32 - 2
	allMonths   = 1<<13 - 2
	allWeekdays = 1<<7 - 1
)

func newSchedule(spec *cron.SpecSchedule) Schedule {
	const star = 1 << 63 // the library's mark of a field that is *
	return Schedule{
		minutes: spec.Minute & allMinutes, hours: spec.Hour & allHours, days: spec.Dom & allDays,
		months: spec.Month & allMonths, weekdays: cron.NormalizeDOW(spec.Dow) & allWeekdays,
		eitherDay: spec.Dom&star == 0 && spec.Dow&star == 0,
	}.folded()
}

// folded gives schedules that come about at the same times the same form.
func (s Schedule) folded() Schedule {
	if s.eitherDay && (s.days == allDays || s.weekdays == allWeekdays) {
		s.days, s.weekdays = allDays, allWeekdays
	}
	if s.days == allDays || s.weekdays == allWeekdays {
		s.eitherDay = false
	}
	return s
}

// on reports whether s comes about on a day of one of its months.
func (s Schedule) on(day, weekday int) bool {
	inMonth, inWeek := s.days>>day&1 == 1, s.weekdays>>weekday&1 == 1
	if s.eitherDay {
		return inMonth || inWeek
	}
	return inMonth && inWeek
}

// activeDays yields the days on which s comes about, by number, in sixty years: they
// have every kind of year next to every other, and 2100, which is no leap year.
func (s Schedule) activeDays() iter.Seq[int] {
	lengths := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	const from, to = 2071, 2131
	return func(yield func(int) bool) {
		first := 0                         // of the month
		const weekday = int(time.Thursday) // of 1 January 2071
		for year := from; year < to; year++ {
			for month, length := range lengths {
				if month == 1 && year%4 == 0 && year%100 != 0 {
					length++
				}
				for day := 1; day <= length && s.months>>(month+1)&1 == 1; day++ {
					number := first + day - 1
					if s.on(day, (weekday+number)%7) && !yield(number) {
						return
					}
				}
				first += length
			}
		}
	}
}

// ever reports whether s comes about at all.
func (s Schedule) ever() bool {
	for range s.activeDays() {
		return s.minutes != 0 && s.hours != 0 && s.days != 0 && s.weekdays != 0
	}
	return false
}

// Gap returns the longest time between two times at which s comes about, leaving
// aside that clocks are turned in spring and in autumn.
func (s Schedule) Gap() Quantity {
	const minutes = 24 * 60
	times := s.times()
	longest := apart(s.activeDays())*minutes + times[0] - times[len(times)-1] // over night
	return Quantity{Amount: big.NewRat(int64(max(longest, apart(slices.Values(times)))*60), 1)}
}

// apart returns the longest way from one of numbers, which rise, to the next.
func apart(numbers iter.Seq[int]) (longest int) {
	last := -1
	for n := range numbers {
		if last >= 0 {
			longest = max(longest, n-last)
		}
		last = n
	}
	return longest
}

// times returns the minutes of the day at which s comes about.
func (s Schedule) times() (all []int) {
	for hour := range 24 {
		for minute := range 60 {
			if s.hours>>hour&1 == 1 && s.minutes>>minute&1 == 1 {
				all = append(all, hour*60+minute)
			}
		}
	}
	return all
}

// Covers reports whether s comes about whenever t does.
func (s Schedule) Covers(t Schedule) bool {
	if t.minutes&^s.minutes|t.hours&^s.hours != 0 {
		return false
	}
	days := slices.Collect(s.activeDays())
	for day := range t.activeDays() {
		if _, ok := slices.BinarySearch(days, day); !ok {
			return false
		}
	}
	return true
}

// String prints s in its canonical form, which ParseSchedule reads.
func (s Schedule) String() string {
	return strings.Join([]string{
		field(s.minutes, allMinutes), field(s.hours, allHours), field(s.days, allDays), field(s.months, allMonths), field(s.weekdays, allWeekdays),
	}, " ")
}

// field prints the values of a field: 1,3-5.
func field(values, all uint64) string {
	if values == all {
		return "*"
	}
	var parts []string
	for values != 0 {
		from := bits.TrailingZeros64(values)
		length := bits.TrailingZeros64(^(values >> from))
		part := strconv.Itoa(from)
		if length > 1 {
			part += "-" + strconv.Itoa(from+length-1)
		}
		parts = append(parts, part)
		values &^= (1<<length - 1) << from
	}
	return strings.Join(parts, ",")
}
