package slo_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// extension reads what stands under x-slo of the element orders.
func extension(t testing.TB, text string) ([]slo.Objective, error) {
	t.Helper()
	n, err := document.Parse("api.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r := slo.Reader{Problems: new(document.Problems)}
	all := r.Extension(n.Get("x-slo"), "orders")
	return all, r.Err()
}

func TestExtension(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"properties and values", "x-slo: {freshness: 1h, av: 99.9%}", []string{"@slo.freshness.orders <= 1h (1h)", "@slo.availability.orders >= 99.9% (99.9%)"}},
		{"one entry", "x-slo: {property: latency, value: 500, unit: ms}", []string{"@slo.latency.orders <= 500ms (500 ms)"}},
		{"properties and entries", "x-slo: {latency: {atMost: 500ms, percentile: p99, window: P30D, element: total}}", []string{"@slo.latency.orders.total <= 500ms at p99 over 30d (500ms at p99 over P30D)"}},
		{"a list", "x-slo: [{property: latency, value: 1s}, {property: retention, atLeast: P1Y}]", []string{"@slo.latency.orders <= 1s (1s)", "@slo.retention.orders >= P1Y (P1Y)"}},
		{"a band", "x-slo: {volume: {between: [100 rows, 500 rows]}}", []string{"@slo.volume.orders between 100 rows and 500 rows (between 100 rows and 500 rows)"}},
		{"a property of one's own, with its side", "x-slo: {lag: {atMost: 2h}, depth: {value: 5 rows, comparator: '>='}}", []string{"@slo.lag.orders <= 2h (2h)", "@slo.depth.orders >= 5 rows (5 rows)"}},
		{"nothing", "x-slo: null", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all, err := extension(t, tt.text)
			var got []string
			for _, o := range all {
				got = append(got, fmt.Sprintf("%s %s (%s)", o.Path(), o.Limit, o.Raw))
			}
			if err != nil || strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got %q, %v\nwant %q", got, err, tt.want)
			}
		})
	}
}

func TestExtensionRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a text", "x-slo: fast", "api.yaml:1:8: want objectives as a list, or as a map such as {freshness: 1h}"},
		{"an entry without a property", "x-slo: [{value: 1h}]", "api.yaml:1:9: want the name of a property, such as latency"},
		{"an entry without a value", "x-slo: {latency: {atmost: 1h}}", "api.yaml:1:18: want a value for latency, such as 26h"},
		{"a property without a value", "x-slo: {latency: null}", "api.yaml:1:18: want a quantity for latency, such as 26h"},
		{"two values", "x-slo: {latency: {atMost: 1h, value: 2h}}", `api.yaml:1:19: want either "value" or "atMost"`},
		{"one end of a band", "x-slo: {volume: {between: 5 rows}}", "api.yaml:1:27: want a list of two quantities for the ends of volume"},
		{"the ends of a band the wrong way round", "x-slo: {volume: {between: [9 rows, 5 rows]}}", "api.yaml:1:27: volume between 9 rows and 5 rows is unclear: want the lower end first, and both in one unit"},
		{"an element that is no path", "x-slo: {latency: {value: 1h, element: a..b}}", `api.yaml:1:39: path "a..b": want a name, [] or {}, got ".b"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if all, err := extension(t, tt.text); err == nil || err.Error() != tt.want || len(all) > 0 {
				t.Errorf("got %v, %v\nwant %s", all, err, tt.want)
			}
		})
	}
}

// Schedules are held against the calendar of sixty years, so there may be so many.
func TestReaderBoundsSchedules(t *testing.T) {
	var b strings.Builder
	for i := range 12_000 {
		fmt.Fprintf(&b, "- {property: frequency, value: %d 0 29 2 *}\n", i%60)
	}
	n, err := document.Parse("x.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	r := slo.Reader{Problems: new(document.Problems)}
	all := r.Extension(n, "")
	if errs := source.Errors(r.Err()); len(errs) != 1 || errs[0].Error() != "x.yaml:10001:32: a port has at most 10000 schedules" || len(all) != 10_000 {
		t.Errorf("read %d, and %v", len(all), r.Err())
	}
}

// What an objective costs beyond reading the document that it stands in.
func BenchmarkReader(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "- {property: latency, value: %d, unit: h, element: orders.c%d, driver: analytics}\n- {property: frequency, value: %d 6 * * 1-5}\n", i+1, i, i%60)
	}
	b.Run("document alone", func(b *testing.B) {
		for b.Loop() {
			if _, err := document.Parse("x.yaml", []byte(text.String())); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("objectives", func(b *testing.B) {
		for b.Loop() {
			n, err := document.Parse("x.yaml", []byte(text.String()))
			r := slo.Reader{Problems: new(document.Problems)}
			if all := r.Extension(n, ""); err != nil || len(all) != 2000 {
				b.Fatal(err, r.Err())
			}
		}
	})
	n, err := document.Parse("x.yaml", []byte(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	r := slo.Reader{Problems: new(document.Problems)}
	all := r.Extension(n, "")
	b.Run("comparison", func(b *testing.B) {
		for b.Loop() {
			if changes := slo.Diff(all, all, source.Top("x")); len(changes) > 0 {
				b.Fatal(changes[0].Detail)
			}
		}
	})
}
