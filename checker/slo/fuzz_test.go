package slo_test

import (
	"math/big"
	"testing"

	"github.com/breakwater-data/breakwater/checker/slo"
)

// What is printed reads back as the same, so a stored fact keeps its meaning.
func FuzzParseLimit(f *testing.F) {
	for _, s := range []string{"<= 26h", ">= 99.5% over P30D", "<= 1h 30min", "= \"a\\n b\"", ">= P1Y6M", "<= 1/3 s", ">= 2032-05-12T09:30:10.5-08:00", "<= P1MT1.5S", "= 5 rows per day", ">= 12 MB/s", "<= 0 mo"} {
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
