package odcs

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// What a widely used tool says of objectives, and should not: it loses one of two
// entries of a property, and calls a respelling a change.
func TestObjectivesOfOneProperty(t *testing.T) {
	const (
		regulator = "{property: timeOfAvailability, value: '09:00-08:00', element: tab1.txn_ref_dt, driver: regulatory}"
		analysts  = "{property: timeOfAvailability, value: '08:00-08:00', element: tab1.txn_ref_dt, driver: analytics}"
		later     = "{property: timeOfAvailability, value: '10:00-08:00', element: tab1.txn_ref_dt, driver: regulatory}"
		fast      = "{property: latency, value: 500ms, percentile: p95}"
		faster    = "{property: latencyP99, value: 800ms}"
	)
	tests := []struct {
		name, base, head string
		want             []string
	}{
		{"the first of two is weakened", objectives(regulator, analysts), objectives(later, analysts),
			[]string{"slo/weakened: timeOfAvailability of tab1.txn_ref_dt: 09:00-08:00 became 10:00-08:00"}},
		{"the first of two is gone", objectives(regulator, analysts), objectives(analysts),
			[]string{"slo/obligation-dropped: driver of timeOfAvailability of tab1.txn_ref_dt: regulatory became analytics"}},
		{"the second of two is gone", objectives(regulator, analysts), objectives(regulator),
			[]string{"slo/other-removed: timeOfAvailability of tab1.txn_ref_dt: 08:00-08:00 is no longer promised"}},
		{"the two are swapped", objectives(regulator, analysts), objectives(analysts, regulator), nil},
		{"two percentiles are swapped", objectives(fast, faster), objectives(faster, fast), nil},
		{"one of two percentiles is weakened", objectives(fast, faster), objectives(faster, "{property: latency, value: 600ms, percentile: 95}"),
			[]string{"slo/weakened: latency 500ms at p95 became 600ms at p95"}},
		{"days for hours", objectives("{property: latency, value: 1, unit: d}"), objectives("{property: latency, value: 24, unit: h}"), nil},
		{"4, 4.0 and '4'", objectives("{property: latency, value: 4, unit: d}", "{property: freshness, value: 4, unit: d}"), objectives("{property: latency, value: 4.0, unit: d}", "{property: freshness, value: '4', unit: d}"), nil},
		{"a synonym", objectives("{property: ly, value: 4, unit: d}"), objectives("{property: latency, value: 4, unit: d}"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := diffOf(t, tt.base, tt.head); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestObjectives(t *testing.T) {
	tests := []struct {
		name, base, head string
		want             []string
	}{
		{"twice a day is every twelve hours", objectives("{property: frequency, value: 1, unit: d, valueExt: 2}"), objectives("{property: frequency, value: 12h}"), nil},
		{"fewer times in the same time", objectives("{property: frequency, value: 1, unit: d, valueExt: 4}"), objectives("{property: frequency, value: 1, unit: d, valueExt: 2}"),
			[]string{"slo/weakened: frequency 1 d (4) became 1 d (2)"}},
		{"a second value that nobody knows", objectives("{property: latency, value: 1, unit: d, valueExt: 4}"), objectives("{property: latency, value: 1, unit: d, valueExt: 2}"),
			[]string{"slo/incomparable: latency 1 d (4) became 1 d (2), and which of the two promises more is not known"}},
		{"a cron at other times", objectives("{property: frequency, value: 0 6 * * *}"), objectives("{property: frequency, value: 0 9 * * *}"),
			[]string{"slo/measured-differently: frequency 0 9 * * * is checked at other times: 0 6 * * * became 0 9 * * *"}},
		{"a cron on workdays only", objectives("{property: frequency, value: 0 6 * * *}"), objectives("{property: frequency, value: 0 6 * * MON-FRI}"),
			[]string{"slo/weakened: frequency 0 6 * * * became 0 6 * * MON-FRI"}},
		{"a cron for daily", objectives("{property: frequency, value: daily}"), objectives("{property: frequency, value: '@daily'}"), nil},
		{"a check on more days", objectives("{property: latency, value: 4, unit: d, scheduler: cron, schedule: 0 20 * * 1-5}"), objectives("{property: latency, value: 4, unit: d, scheduler: cron, schedule: 0 20 * * *}"),
			[]string{"slo/checked-more-often: latency 4 d is checked more often: 0 20 * * 1-5 became 0 20 * * *"}},
		{"the same check", objectives("{property: latency, value: 4, unit: d, schedule: 0 20 * * 1-5}"), objectives("{property: latency, value: 4, unit: d, schedule: '0 20 * * mon,tue,wed,thu,fri'}"), nil},
		{"a schedule of another tool", objectives("{property: latency, value: 4, unit: d, schedule: rate(1 day)}"), objectives("{property: latency, value: 4, unit: d, schedule: rate(2 days)}"),
			[]string{"slo/measured-differently: latency 4 d is measured in another way"}},
		{"a custom property of an entry", objectives("{property: latency, value: 4, unit: d, customProperties: [{property: clock, value: a}]}"), objectives("{property: latency, value: 4, unit: d, customProperties: [{property: clock, value: b}]}"),
			[]string{"slo/measured-differently: latency 4 d is measured in another way"}},
		{"a comparator that the entry declares", objectives("{property: lag, value: 4, unit: d, customProperties: [{property: comparator, value: atMost}]}"), objectives("{property: lag, value: 5, unit: d, customProperties: [{property: comparator, value: '<='}]}"),
			[]string{"slo/weakened: lag 4 d became 5 d"}},
		{"a comparator that nobody declares", objectives("{property: lag, value: 4, unit: d}"), objectives("{property: lag, value: 5, unit: d}"),
			[]string{"slo/incomparable: lag 4 d became 5 d, and which of the two promises more is not known"}},
		{"retention without end", objectives("{property: retention, value: unlimited}"), objectives("{property: retention, value: 10, unit: y}"),
			[]string{"slo/weakened: retention unlimited became 10 y"}},
		{"over another window", objectives("{property: availability, value: 99.9%, window: P30D}"), objectives("{property: availability, value: 99.9%, window: P7D}"),
			[]string{"slo/incomparable: availability 99.9% over P30D became 99.9% over P7D, and which of the two promises more is not known"}},
		{"a window in the value", objectives("{property: availability, value: 99.9%, window: P30D}"), objectives("{property: availability, value: 99.9% over 30 days}"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := diffOf(t, tt.base, tt.head); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// breakwater.yaml may say on which side a team's own property lies.
func TestComparators(t *testing.T) {
	load := func(text, options string) (schema.Schema, error) {
		section, err := document.Parse("breakwater.yaml", []byte(options))
		if err != nil {
			t.Fatal(err)
		}
		return Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{"x.yaml": {Data: []byte(text)}}, Paths: []string{"x.yaml"}, Options: section})
	}
	const options = "comparators: {lag: atMost, Depth: atLeast}"
	base, err1 := load(objectives("{property: lag, value: 4, unit: d}", "{property: depth, value: 4 rows}"), options)
	head, err2 := load(objectives("{property: lag, value: 5, unit: d}", "{property: depth, value: 5 rows}"), options)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	var got []string
	for _, c := range compare(t, base, head) {
		got = append(got, c.Rule.ID)
	}
	if want := []string{"slo/weakened", "slo/strengthened"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for options, want := range map[string]string{
		"comparators: [lag]":             `breakwater.yaml:1:14: want "comparators" as a map of properties to atMost, atLeast or exactly`,
		"comparators: {lag: less}":       `breakwater.yaml:1:20: want atMost, atLeast or exactly for the comparator, got "less"`,
		"comparators: {latency: atMost}": "breakwater.yaml:1:15: the comparator of latency is known; want a property of your own",
	} {
		if _, err := load(objectives("{property: lag, value: 4, unit: d}"), options); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestRefusesObjectives(t *testing.T) {
	tests := []struct{ name, entry, want string }{
		{"a contradiction of units", "{property: freshness, value: 25h, unit: d}", "x.yaml:7:34: freshness has the unit twice and they differ: value 25h, unit d"},
		{"a negative duration", "{property: retention, value: -1, unit: d}", "x.yaml:7:34: retention -1 is unclear: want a duration that is not negative"},
		{"an absurd duration", "{property: retention, value: 123456789012345678901234567890, unit: y}", "x.yaml:7:34: retention: want at most 1000 years"},
		{"an absurd schedule", "{property: frequency, value: 0 0 31 2 *}", "x.yaml:7:34: the schedule of frequency: want a schedule that comes about; this one has no such day or time"},
		{"an unknown zone", "{property: timeOfAvailability, value: 09:00 Mars/Olympus}", "x.yaml:7:43: timeOfAvailability 09:00 Mars/Olympus is unclear: the zone Mars/Olympus is not known; want an offset such as +01:00, or a name such as Europe/Berlin"},
		{"two percentiles", "{property: latencyP99, value: 1s, percentile: p95}", "x.yaml:7:51: latency has a percentile already, and another one: p99"},
		{"no percentile", "{property: latency, value: 1s, percentile: most}", `x.yaml:7:48: want a percentile such as p99 or p99.9, got "pmost"`},
		{"a window that is none", "{property: availability, value: 99%, window: 5 rows}", `x.yaml:7:50: the window of availability: want a duration for the window, got "5 rows"`},
		{"a comparator that is none", "{property: lag, value: 1s, comparator: near}", `x.yaml:7:44: want atMost, atLeast or exactly for the comparator, got "near"`},
		{"an exponent without end", "{property: latency, value: 1e999999999, unit: s}", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, "x.yaml", objectives(tt.entry))
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}
