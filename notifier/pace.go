package notifier

import (
	"strconv"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Pace says when people are told, and how often. Programs are told at once. Only the
// bot, which remembers, keeps to it.
type Pace struct {
	Quiet    Quiet
	PerWeek  int           // messages to one mail address in seven days; what is more is gathered. Zero: no limit
	Reminder time.Duration // after which who has to agree and says nothing is told again; zero: never
}

// Quiet are the hours in which nobody is told. The zero Quiet has none.
type Quiet struct {
	From, To time.Duration // since midnight; To may be on the next day
	Weekends bool          // all of Saturday and Sunday
	Zone     *time.Location
}

// The pace where the configuration says nothing else.
const (
	defaultPerWeek  = 10
	defaultReminder = 7 * 24 * time.Hour
	maxPerWeek      = 1000
)

// Next returns when somebody may be told, from t on.
func (q Quiet) Next(t time.Time) time.Time {
	if q.Zone == nil {
		return t
	}
	for range 5 { // a night, a weekend, and the night after it
		local := t.In(q.Zone)
		midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, q.Zone)
		clock := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second
		at := func(days int, clock time.Duration) time.Time { // by the clock on the wall, also where a day has 23 hours
			return time.Date(midnight.Year(), midnight.Month(), midnight.Day()+days, 0, int(clock/time.Minute), 0, 0, q.Zone)
		}
		switch {
		case q.Weekends && (local.Weekday() == time.Saturday || local.Weekday() == time.Sunday):
			t = at(1, 0)
		case q.From < q.To && clock >= q.From && clock < q.To, q.From > q.To && clock < q.To:
			t = at(0, q.To)
		case q.From > q.To && clock >= q.From:
			t = at(1, q.To)
		default:
			return t
		}
	}
	return t
}

// pace reads what a notify section says of times.
func (r *reader) pace(f *document.Fields) Pace {
	p := Pace{PerWeek: defaultPerWeek, Reminder: defaultReminder}
	if f.Has("per-week") {
		n, err := strconv.Atoi(f.Text("per-week"))
		if err != nil || n < 1 || n > maxPerWeek {
			f.Problem("per-week", "want how many messages a person gets in a week at most, from 1 to %d", maxPerWeek)
			n = defaultPerWeek
		}
		p.PerWeek = n
	}
	if !f.Has("quiet") {
		return p
	}
	q := f.Fields("quiet")
	q.Require("zone")
	zone, err := time.LoadLocation(q.Text("zone"))
	if err != nil || strings.EqualFold(q.Text("zone"), "local") {
		q.Problem("zone", "want a time zone such as Europe/Berlin, got %q", q.Text("zone"))
		zone = time.UTC
	}
	p.Quiet = Quiet{From: clock(q, "from"), To: clock(q, "to"), Weekends: q.Bool("weekends"), Zone: zone}
	q.Done()
	return p
}

// clock reads a time of the day.
func clock(f *document.Fields, key string) time.Duration {
	if !f.Has(key) {
		return 0
	}
	t, err := time.Parse("15:04", f.Text(key))
	if err != nil {
		f.Problem(key, "want a time of the day such as 19:00, got %q", f.Text(key))
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}
