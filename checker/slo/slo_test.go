package slo_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

func TestRules(t *testing.T) {
	ruletest.Run(t, slo.Rules(), func(t *testing.T, base, head fs.FS) []change.Change {
		return slo.Diff(read(t, base), read(t, head), source.Top("promises"))
	})
}

// read reads the file promises: one objective on each line, behind which a
// driver and a measure may stand.
func read(t *testing.T, fsys fs.FS) []slo.Objective {
	text, err := fs.ReadFile(fsys, "promises")
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, strings.Split(strings.TrimSpace(string(text)), "\n")...)
}

func parse(t *testing.T, lines ...string) (all []slo.Objective) {
	t.Helper()
	for i, line := range lines {
		parts := strings.Split(line, ", ")
		o, err := slo.Parse(parts[0], source.Span{File: "promises", Start: source.Pos{Line: i + 1, Column: 1}})
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts[1:] {
			switch word, rest, _ := strings.Cut(part, " "); word {
			case "driver":
				o.Driver = rest
			case "measured":
				o.Measure = rest
			case "id":
				o.ID = rest
			case "schedule":
				o.Schedule = rest
			}
		}
		all = append(all, o)
	}
	return all
}

func TestMeets(t *testing.T) {
	tests := []struct {
		name, promise, need string
		yes, sure           bool
	}{
		{"the same, spelled twice", "<= 90min", "<= PT1H30M", true, true},
		{"sooner than needed", "<= 1h", "<= 2h", true, true},
		{"later than needed", "<= 3h", "<= 2h", false, true},
		{"more than needed", ">= 99.95%", ">= 99.9 %", true, true},
		{"a month is more than four weeks less a second", ">= P1M", ">= 2419199s", true, true},
		{"a month may be 30 days", ">= P1M", ">= P30D", false, false},
		{"a year is twelve months", ">= P1Y", ">= 12mo", true, true},
		{"a year is more than 364 days", ">= P1Y", ">= 364d", true, true},
		{"a year may be 366 days", "<= P1Y", "<= 365d", false, false},
		{"another unit", "<= 2h", "<= 2 rows", false, false},
		{"another direction", "<= 2h", ">= 2h", false, false},
		{"another window", ">= 99% over P30D", ">= 99% over P7D", false, false},
		{"a window that nobody asked for", ">= 99% over P30D", ">= 98%", true, true},
		{"a later date", ">= 2032-05-12T09:30:10-08:00", ">= 2032-05-12", true, true},
		{"the same words", `= "around the clock"`, `= "around the clock"`, true, true},
		{"other words", `= "around the clock"`, `= "on workdays"`, false, false},
		{"the same number of a thing without an order", "= 5 rows", "= 5 rows", true, true},
		{"another number of a thing without an order", "= 5 rows", "= 6 rows", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			promise, err1 := slo.ParseLimit(tt.promise)
			need, err2 := slo.ParseLimit(tt.need)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			yes, sure := promise.Meets(need)
			if sure != tt.sure || sure && yes != tt.yes {
				t.Errorf("%s meets %s = %v, sure %v", promise, need, yes, sure)
			}
			if again, err := slo.ParseLimit(need.String()); err != nil || again.String() != need.String() {
				t.Errorf("%s parses as %s, %v", need, again, err)
			}
		})
	}
}

// Each spelling of a value and its unit comes to one canonical limit.
func TestPromised(t *testing.T) {
	tests := []struct{ name, property, value, unit, want string }{
		{"a number and a unit", "latency", "4", "d", "<= 4d"},
		{"a number that is a float", "latency", "4.0", "d", "<= 4d"},
		{"another unit of the same length", "latency", "96", "hours", "<= 4d"},
		{"an ISO period", "latency", "P4D", "", "<= 4d"},
		{"an ISO period of several parts", "latency", "P1DT12H30M", "", "<= 2190min"},
		{"minutes", "latency", "5760", "min", "<= 4d"},
		{"a unit in the value", "latency", "500ms", "", "<= 500ms"},
		{"a compound", "freshness", "1h 30min", "", "<= 90min"},
		{"minutes behind hours", "freshness", "1h30m", "", "<= 90min"},
		{"the same unit twice", "freshness", "25h", "hours", "<= 25h"},
		{"the same unit twice, in ISO", "retention", "P1Y", "y", ">= P1Y"},
		{"a synonym of the property", "ly", "1", "d", "<= 1d"},
		{"another case of the property", "Error_Rate", "2", "%", "<= 2%"},
		{"years", "retention", "3", "y", ">= P3Y"},
		{"years and months in ISO", "retention", "P1Y6M", "", ">= P1Y6M"},
		{"months that make years", "retention", "18", "months", ">= P1Y6M"},
		{"half a year", "retention", "0.5", "y", ">= P6M"},
		{"quarters", "retention", "2", "q", ">= P6M"},
		{"weeks", "retention", "2", "weeks", ">= 14d"},
		{"upper case", "retention", "90", "DAYS", ">= 90d"},
		{"percent in the value", "availability", "99.9%", "", ">= 99.9%"},
		{"percent twice", "availability", "95%", "%", ">= 95%"},
		{"percent in words", "availability", "99.5", "percent", ">= 99.5%"},
		{"percent that needs no saying", "availability", "99.5", "", ">= 99.5%"},
		{"a ratio", "availability", "0.999", "", ">= 0.999"},
		{"parts per million", "errorRate", "500", "ppm", "<= 0.05%"},
		{"a rate", "throughput", "1000", "events/s", ">= 1000 events/s"},
		{"bytes are not bits", "throughput", "5", "MB/h", ">= 5 MB/h"},
		{"a date", "endOfLife", "2042-05-12T09:30:10-08:00", "", ">= 2042-05-12T17:30:10Z"},
		{"a day", "es", "2032-05-12", "", ">= 2032-05-12"},
		{"words where a date is wanted", "generalAvailability", "Available 24/7", "", `= "Available 24/7"`},
		{"a time of day", "timeOfAvailability", "09:00-08:00", "", "<= 09:00-08:00"},
		{"a custom property", "magic", "24", "h", "= 1d"},
		{"once a day", "frequency", "1", "d", "<= 1d"},
		{"daily", "fy", "Daily", "", "<= 1d"},
		{"every two days, or twice a day", "frequency", "2", "days", `= "2 d"`},
		{"every two days for sure", "frequency", "P2D", "", "<= 2d"},
		{"a variable", "latency", "${LATENCY}", "d", `= "${LATENCY} d"`},
		{"a unit of several words", "latency", "5 business days", "", `= "5 business days"`},
		{"a bare number", "latency", "5", "", "<= 5"},
		{"downtime", "availability", "5", "min", "= 5min"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := slo.Promised(tt.property, slo.Word{Text: tt.value}, slo.Word{Text: tt.unit})
			if err != nil || got.String() != tt.want {
				t.Errorf("got %s, %v; want %s", got, err, tt.want)
			}
		})
	}
}

// What has two readings is refused, at the place that has to change.
func TestPromisedRefuses(t *testing.T) {
	at := func(column int) source.Span {
		return source.Span{File: "x", Start: source.Pos{Line: 1, Column: column}}
	}
	tests := []struct{ name, property, value, unit, want string }{
		{"a lone m", "freshness", "15", "m", "x:1:2: the unit of freshness is unclear: m is minutes to some and months to others; say min or mo"},
		{"a lone m in the value", "retention", "6m", "", "x:1:1: retention 6m is unclear: m is minutes to some and months to others; say min or mo"},
		{"an M", "retention", "6", "M", "x:1:2: the unit of retention is unclear: m is minutes to some and months to others; say min or mo"},
		{"two units", "freshness", "25h", "d", "x:1:1: freshness has the unit twice and they differ: value 25h, unit d"},
		{"two units, one in ISO", "latency", "PT24H", "d", "x:1:1: latency has the unit twice and they differ: value PT24H, unit d"},
		{"half a month", "retention", "1.5", "mo", "x:1:1: retention: 1.5 mo is no whole number of months, and parts of a month have no fixed length"},
		{"no unit of time", "latency", "4", "dayz", `x:1:2: want a unit of time for latency (ms, s, min, h, d, w, mo, q or y), got "dayz"`},
		{"no unit of time in the value", "latency", "4 dayz", "", `x:1:1: want a unit of time for latency (ms, s, min, h, d, w, mo, q or y), got "dayz"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := slo.Promised(tt.property, slo.Word{Text: tt.value, Span: at(1)}, slo.Word{Text: tt.unit, Span: at(2)})
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
	_, err := slo.Promised("freshness", slo.Word{Text: "25h", Span: at(1)}, slo.Word{Text: "d", Span: at(2)})
	var e *source.Error
	if !errors.As(err, &e) || len(e.Also) != 1 || e.Also[0] != at(2) {
		t.Errorf("%v does not show the unit too", err)
	}
}

// Entries are told apart by what they promise of what and why, not by where they stand.
func TestDiffPairs(t *testing.T) {
	tests := []struct {
		name       string
		base, head []string
		want       []string
	}{
		{
			"swapped entries of one property",
			[]string{"timeOfAvailability tab1.ts = \"09:00\", driver regulatory", "timeOfAvailability tab1.ts = \"08:00\", driver analytics"},
			[]string{"timeOfAvailability tab1.ts = \"08:00\", driver analytics", "timeOfAvailability tab1.ts = \"09:00\", driver regulatory"},
			nil,
		},
		{
			"the first of two is weakened",
			[]string{"latency a <= 1h", "latency b <= 1h"},
			[]string{"latency a <= 2h", "latency b <= 1h"},
			[]string{"slo/weakened: latency of a: 1h became 2h"},
		},
		{
			"the first of two is gone",
			[]string{"latency a <= 1h", "latency b <= 1h"},
			[]string{"latency b <= 1h"},
			[]string{"slo/removed: latency of a: 1h is no longer promised"},
		},
		{
			"the first of two with a driver is gone",
			[]string{"timeOfAvailability = \"09:00\", driver regulatory", "timeOfAvailability = \"08:00\", driver analytics"},
			[]string{"timeOfAvailability = \"08:00\", driver analytics"},
			[]string{`slo/other-removed: timeOfAvailability "09:00" is no longer promised`},
		},
		{
			"one of two promises of the same thing, and the stronger one stays",
			[]string{"latency <= 1h", "latency <= 4h"},
			[]string{"latency <= 1h"},
			nil,
		},
		{
			"one of two promises of the same thing, and the weaker one stays",
			[]string{"latency <= 1h", "latency <= 4h"},
			[]string{"latency <= 4h"},
			[]string{"slo/weakened: latency 1h became 4h"},
		},
		{
			"the id tells which of two was changed",
			[]string{"latency <= 1h, id a", "latency <= 4h, id b"},
			[]string{"latency <= 4h, id a", "latency <= 1h, id b"},
			[]string{"slo/weakened: latency 1h became 4h", "slo/strengthened: latency 4h became 1h"},
		},
		{
			"latency is not freshness",
			[]string{"latency <= 1h"},
			[]string{"freshness <= 1h"},
			[]string{"slo/removed: latency 1h is no longer promised", "slo/added: freshness 1h is promised now"},
		},
		{
			"narrowed to one element",
			[]string{"latency <= 1h"},
			[]string{"latency a <= 1h"},
			[]string{"slo/removed: latency 1h is no longer promised", "slo/added: latency of a: 1h is promised now"},
		},
		{
			"widened, and weakened",
			[]string{"latency a <= 1h"},
			[]string{"latency <= 2h"},
			[]string{"slo/weakened: latency of a: 1h became 2h of the whole port"},
		},
		{
			"what encloses the element still promises it",
			[]string{"latency orders <= 1h", "latency orders.id <= 1h"},
			[]string{"latency orders <= 1h"},
			nil,
		},
		{"another spelling", []string{"ly <= 1d"}, []string{"Latency <= PT24H"}, nil},
		{"the driver's case", []string{"latency <= 1d, driver Regulatory"}, []string{"latency <= 1d, driver regulatory"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range slo.Diff(parse(t, tt.base...), parse(t, tt.head...), source.Top("promises")) {
				got = append(got, c.Rule.ID+": "+c.Detail)
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}

// One entry for two columns is edited once: the two findings share its address.
func TestDiffSharesAnEntry(t *testing.T) {
	entry := func(limit string) []slo.Objective {
		two := parse(t, "latency a <= "+limit, "latency b <= "+limit)
		two[1].Span = two[0].Span
		return two
	}
	changes := slo.Diff(entry("1h"), entry("2h"), source.Top("promises"))
	if len(changes) != 2 || changes[0].Decl != "@slo.latency" || changes[1].Decl != changes[0].Decl || changes[0].Path == changes[1].Path {
		t.Errorf("got %+v", changes)
	}
}

// A consumer's bound reads as the promise does.
func TestParse(t *testing.T) {
	tests := []struct{ text, want string }{
		{"freshness orders.updated <= 26h", "@slo.freshness.orders.updated <= 26h"},
		{"ly <= 1 d", "@slo.latency <= 1d"},
		{"availability >= 99.5", "@slo.availability >= 99.5%"},
		{"availability >= 0.995", "@slo.availability >= 0.995"},
	}
	for _, tt := range tests {
		o, err := slo.Parse(tt.text, source.Span{})
		if got := string(o.Path()) + " " + o.Limit.String(); got != tt.want || err != nil {
			t.Errorf("%s reads as %s, %v; want %s", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{"", "freshness", "freshness of orders <= 1h", "freshness <= soon", "freshness <= 15m"} {
		if o, err := slo.Parse(text, source.Span{}); err == nil {
			t.Errorf("%q reads as %v", text, o)
		}
	}
}

func TestDowntime(t *testing.T) {
	tests := []struct{ base, head, want string }{
		{"99.9%", "99.5%", "availability 99.9% became 99.5%: five times the downtime"},
		{"99.99%", "99%", "availability 99.99% became 99%: 100 times the downtime"},
		{"99.9%", "99.85%", "availability 99.9% became 99.85%: 1.50 times the downtime"},
		{"100%", "99%", "availability 100% became 99%: downtime where there was none"},
		{"0.99", "0.98", "availability 0.99 became 0.98"},
	}
	for _, tt := range tests {
		changes := slo.Diff(parse(t, "availability >= "+tt.base), parse(t, "availability >= "+tt.head), source.Span{})
		if len(changes) != 1 || changes[0].Detail != tt.want {
			t.Errorf("got %v, want %q", changes, tt.want)
		}
	}
}
