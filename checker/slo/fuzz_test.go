package slo_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/netresearch/go-cron"
)

// What is printed reads back as the same, so a stored fact keeps its meaning.
func FuzzParseLimit(f *testing.F) {
	for _, s := range []string{"<= 26h", ">= 99.5% over P30D", "<= 1h 30min", "= \"a\\n b\"", ">= P1Y6M", "<= 1/3 s", ">= 2032-05-12T09:30:10.5-08:00", "<= P1MT1.5S", "= 5 rows per day", ">= 12 MB/s", "<= 0 mo", "<= 500ms at p99.9 over 30d", "between 5 rows and 9 rows", ">= 8h on 5 days", "<= 09:00-08:00", "<= 09:00:30 Europe/Berlin", "= -5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := slo.ParseLimit(text)
		if err != nil {
			return
		}
		again, err := slo.ParseLimit(l.String())
		if err != nil || again.String() != l.String() {
			t.Fatalf("%q prints as %q, which reads as %q, %v", text, l, again, err)
		}
		if yes, sure := l.Meets(again); !yes || !sure {
			t.Errorf("%q does not meet itself", l)
		}
		if again.Comparator == l.Comparator && again.Text == "" {
			if again.Compare(l) != slo.Same {
				t.Errorf("%q is not the same as %q", again, l)
			}
			if sign, _ := l.Quantity.Cmp(again.Quantity); sign != 0 || l.Quantity.Months != again.Quantity.Months {
				t.Errorf("%q is another quantity than %q", again, l)
			}
		}
	})
}

// A comparison that is sure is an order.
func FuzzCmp(f *testing.F) {
	f.Add(int8(0), int16(30), int8(1), int16(0), int8(0), int16(31))
	f.Add(int8(12), int16(0), int8(0), int16(365), int8(13), int16(0))
	f.Add(int8(25), int16(0), int8(24), int16(30), int8(0), int16(760))
	f.Fuzz(func(t *testing.T, m1 int8, d1 int16, m2 int8, d2 int16, m3 int8, d3 int16) {
		a, b, c := days(m1, d1), days(m2, d2), days(m3, d3)
		ab, sure1 := a.Cmp(b)
		ba, sure2 := b.Cmp(a)
		if sure1 != sure2 || sure1 && ab != -ba {
			t.Errorf("%s to %s is %d (%v), the other way round %d (%v)", a, b, ab, sure1, ba, sure2)
		}
		bc, sure3 := b.Cmp(c)
		ac, sure := a.Cmp(c)
		if sure1 && sure3 && ab <= 0 && bc <= 0 && (!sure || ac > 0) {
			t.Errorf("%s <= %s <= %s, and yet the first to the last is %d (%v)", a, b, c, ac, sure)
		}
	})
}

func days(months int8, days int16) slo.Quantity {
	return slo.Quantity{Months: int64(months), Amount: big.NewRat(int64(days)*86400, 1)}
}

// Whatever three contracts say of one property, the three have an order, and what is
// printed of them reads back.
func FuzzPromised(f *testing.F) {
	f.Add("latency", "500ms at p99", "600 ms p95", "PT1S", "")
	f.Add("availability", "99.9% over 30d", "99.5", "0.99", "%")
	f.Add("frequency", "0 6 * * 1-5", "daily", "P1M", "")
	f.Add("timeOfAvailability", "09:00-08:00", "9am", "09:00 Europe/Berlin", "UTC")
	f.Add("volume", "100-500 rows", "between 1 and 2 rows", "at least 5 rows", "rows")
	f.Add("support", "24/7", "8x5", "on business days", "")
	f.Add("p99_latency", "1d12h", "1.5", "-1", "d")
	f.Fuzz(func(t *testing.T, property, a, b, c, unit string) {
		var limits []slo.Limit
		for _, text := range []string{a, b, c} {
			l, err := slo.Promised(property, slo.Word{Text: text, Span: source.Top("x")}, slo.Word{Text: unit, Span: source.Top("x")})
			if err != nil {
				for _, e := range source.Errors(err) {
					if e.Span.IsZero() {
						t.Errorf("an error without a place: %v", err)
					}
				}
				return
			}
			if again, err := slo.ParseLimit(l.String()); l.String() != "= \"\"" && (err != nil || again.Compare(l) != slo.Same) {
				t.Errorf("%q of %s prints as %s, which reads as %s, %v", text, property, l, again, err)
			}
			limits = append(limits, l)
		}
		x, y, z := limits[0], limits[1], limits[2]
		if atLeast(x.Compare(y)) && atLeast(y.Compare(z)) && !atLeast(x.Compare(z)) {
			t.Errorf("%s is %s %s, which is %s %s, and yet the first is %s the last", x, x.Compare(y), y, y.Compare(z), z, x.Compare(z))
		}
		ordered(t, x, y)
		ordered(t, y, z)
	})
}

// A schedule prints as one that comes about at the same times, and they are those that
// the library sees.
func FuzzSchedule(f *testing.F) {
	for _, s := range []string{"0 6 * * 1-5", "*/15 9-17 1,15 * *", "0 0 29 2 *", "0 0 13 * FRI", "5 4 * JAN-MAR SUN", "@weekly", "0 22-2 * * *", "0 0 1-31 * 1", "0 0 */2 * *", "0 0 * * 0-7", "59 23 31 12 7"} {
		f.Add(s)
	}
	parser := cron.MustNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor | cron.DowOrDom).WithMaxSearchYears(50)
	f.Fuzz(func(t *testing.T, text string) {
		s, ok, err := slo.ParseSchedule(text)
		if !ok || err != nil {
			return
		}
		again, ok, err := slo.ParseSchedule(s.String())
		if !ok || err != nil || again != s {
			t.Fatalf("%q prints as %q, which reads as %q, %v", text, s, again, err)
		}
		if !s.Covers(again) {
			t.Errorf("%q does not cover itself", s)
		}
		gap := s.Gap()
		if gap.Months != 0 || gap.Amount.Sign() <= 0 || gap.Amount.Cmp(big.NewRat(41*366*86400, 1)) > 0 {
			t.Errorf("the longest gap of %q is %s", s, gap)
		}
		peer, err := parser.Parse(s.String())
		if err != nil {
			t.Fatalf("%q is no schedule to the library: %v", s, err)
		}
		at := peer.Next(time.Date(2095, 3, 1, 0, 0, 0, 0, time.UTC))
		for range 30 {
			next := peer.Next(at)
			if next.IsZero() || big.NewRat(int64(next.Sub(at).Seconds()), 1).Cmp(gap.Amount) > 0 {
				t.Fatalf("%q comes about at %s and at %s, and its longest gap is %s", s, at, next, gap)
			}
			at = next
		}
	})
}

// Whatever stands under x-slo, reading it ends, with places for what is wrong, and
// what is read is the same as itself.
func FuzzExtension(f *testing.F) {
	for _, s := range []string{
		"{freshness: 1h, availability: 99.9%}", "[{property: latency, atMost: 500ms, percentile: p99, window: P30D}]",
		"{property: volume, between: [5 rows, 9 rows]}", "{a: {value: 1, unit: d, valueExt: 2, comparator: atMost, schedule: 0 0 * * *}}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := document.Parse("x.yaml", []byte(text))
		if err != nil {
			return
		}
		r := slo.Reader{Problems: new(document.Problems)}
		all := r.Extension(n, "orders")
		for _, e := range source.Errors(r.Err()) {
			if e.Span.IsZero() {
				t.Errorf("an error without a place: %v", e)
			}
		}
		if changes := slo.Diff(all, all, source.Top("x")); len(changes) > 0 {
			t.Errorf("it differs from itself: %s", changes[0].Detail)
		}
	})
}
