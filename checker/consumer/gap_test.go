package consumer

import (
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

func TestGaps(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	ends := now.AddDate(0, 0, 30)
	at := &schema.Outline{Roots: []change.Path{"Order"}, Decls: map[change.Path][]schema.Edge{"Order": {{Step: "id"}, {Step: "updated"}}}}
	parse := func(texts ...string) (all []slo.Objective) {
		for _, text := range texts {
			o, err := slo.Parse(text, source.Span{})
			if err != nil {
				t.Fatal(err)
			}
			o.Raw = text
			all = append(all, o)
		}
		return all
	}
	bounds := func(texts ...string) (all []Bound) {
		for _, o := range parse(texts...) {
			o.Raw = o.Value()
			all = append(all, Bound(o))
		}
		return all
	}
	days := func(n int64) slo.Quantity { return slo.Quantity{Amount: big.NewRat(n*86400, 1)} }
	tests := []struct {
		name     string
		use      Use
		promised []slo.Objective
		want     string
	}{
		{"needs nothing", Use{}, parse("freshness <= 1h"), "[]"},
		{"as promised", Use{SLO: bounds("freshness <= 1h")}, parse("freshness <= 1h"), "[]"},
		{"less than promised", Use{SLO: bounds("freshness <= 2h")}, parse("freshness <= 1h"), "[]"},
		{"stricter", Use{SLO: bounds("freshness <= 30min")}, parse("freshness <= 1h"), "[needs freshness within 30min, and promised is 1h]"},
		{"at least, stricter", Use{SLO: bounds("availability >= 99.9%")}, parse("availability >= 99.5%"), "[needs availability of at least 99.9%, and promised is 99.5%]"},
		{"not promised at all", Use{SLO: bounds("availability >= 99.9%")}, parse("freshness <= 1h"), "[needs availability of at least 99.9%, which is not promised]"},
		{"promised of another element", Use{Fields: []Need{{Path: "Order.id"}}, SLO: bounds("freshness <= 2h")}, parse("freshness Order.updated <= 1h"), "[needs freshness within 2h, which is not promised]"},
		{"one of two promises misses it", Use{SLO: bounds("freshness <= 2h")}, parse("freshness Order.id <= 3h", "freshness Order.updated <= 1h"), "[needs freshness within 2h, and promised is 3h]"},
		{"promised in words that nobody can measure", Use{SLO: bounds("freshness <= 2h")}, parse(`freshness = "soon"`), "[]"},
		{"the notice that is given", Use{Notice: days(30)}, nil, "[]"},
		{"a longer notice", Use{Notice: days(90)}, nil, "[asks for a notice of 90 days, and gets 30]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fmt.Sprint(tt.use.Gaps(tt.promised, now, ends, schema.Places{Base: at, Head: at})); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
