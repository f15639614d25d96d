package consumer

import (
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

func TestVerify(t *testing.T) {
	order := &schema.Outline{
		Roots: []change.Path{"Order"},
		Decls: map[change.Path][]schema.Edge{
			"Order": {
				{Step: "id", Tags: []string{"classification:internal"}}, {Step: "buyer", Decl: "Customer"}, {Step: "seller", Decl: "Customer"},
				{Step: "status", Values: []string{"paid", "shipped"}}, {Step: "tags", Decl: "Order.tags"}, {Step: "note"},
			},
			"Order.tags": {{Step: change.Items, Values: []string{"new"}}},
			"Customer":   {{Step: "email", Tags: []string{"classification:restricted"}}, {Step: "code", Tags: []string{"classification:C2"}}},
		},
		Deprecated: map[change.Path]bool{"Customer.email": true},
	}
	promise := func(text string) slo.Objective {
		o, err := slo.Parse(text, source.Span{})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	bound := func(text string) Use { return Use{SLO: []Bound{Bound(promise(text))}} }
	reads := func(n ...Need) Use { return Use{Fields: n} }
	ceiling := func(label string, p ...change.Path) Use {
		u := Use{MaxClassification: label}
		for _, p := range p {
			u.Fields = append(u.Fields, Need{Path: p})
		}
		return u
	}
	weeks := func(n int64) slo.Quantity {
		q, _, _ := slo.ParseQuantity(map[int64]string{2: "14d", 6: "42d"}[n])
		return q
	}
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	offer := Offer{
		Outline: order, Promises: []slo.Objective{promise("freshness <= 1h"), promise("freshness Order.note <= 9h"), promise("availability >= 99.5% over 30d")},
		Status: schema.Active, Version: "1.5.0", Now: now, Removes: now.AddDate(0, 0, 30),
	}
	tests := []struct {
		name string
		use  Use
		want Answer
		note bool
	}{
		{"the port is served", Use{}, Met, false},
		{"a version that is pinned", Use{Version: "^1"}, Met, false},
		{"a version that was", Use{Version: "^0.9"}, NotMet, false},
		{"a field", reads(Need{Path: "Order.id"}), Met, false},
		{"a field by a suffix", reads(Need{Path: "note"}), Met, false},
		{"a field that is not there", reads(Need{Path: "Order.total"}), NotMet, false},
		{"a path that can mean two", reads(Need{Path: "tags"}, Need{Path: "id"}), Met, false},
		{"a field that is deprecated where it is declared", reads(Need{Path: "Order.buyer.email"}), Met, true},
		{"values that it has", reads(Need{Path: "Order.status", Values: []string{"paid"}}), Met, false},
		{"a value that it has not", reads(Need{Path: "Order.status", Values: []string{"paid", "lost"}}), NotMet, false},
		{"values of which there are more", reads(Need{Path: "Order.status", Values: []string{"paid"}, Exhaustive: true}), NotMet, false},
		{"all values", reads(Need{Path: "Order.status", Values: []string{"shipped", "paid"}, Exhaustive: true}), Met, false},
		{"values of the items of a list", reads(Need{Path: "Order.tags", Values: []string{"old"}}), NotMet, false},
		{"values of what has any", reads(Need{Path: "Order.note", Values: []string{"x"}}), CannotTell, false},
		{"an objective that is kept", bound("freshness <= 9h"), Met, false},
		{"an objective of what is promised less", bound("freshness <= 2h"), NotMet, false},
		{"an objective of an element", bound("freshness Order.id <= 1h"), Met, false},
		{"an objective in a window that is not promised", bound("availability >= 99% over 1d"), CannotTell, false},
		{"an objective that is not promised", bound("latency <= 1s"), NotMet, false},
		{"a quality rule", Use{Quality: []string{"unique"}}, CannotTell, false},
		{"labels below the ceiling", ceiling("confidential", "Order.id"), Met, false},
		{"a label above the ceiling, somewhere below", ceiling("confidential", "Order.buyer"), NotMet, false},
		{"a label of a team's own", ceiling("confidential", "Customer.code"), CannotTell, false},
		{"the ceiling of who reads all", ceiling("top secret"), CannotTell, false},
		{"a ceiling over what has no label", ceiling("internal", "Order.note"), CannotTell, false},
		{"a notice that is kept", Use{Notice: weeks(2)}, Met, false},
		{"a longer notice than is kept", Use{Notice: weeks(6)}, NotMet, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			worst, noted := Met, false
			before := len(tt.use.Fields)
			var first change.Path
			if before > 0 {
				first = tt.use.Fields[0].Path
			}
			for _, h := range tt.use.Verify(offer) {
				worst, noted = max(worst, h.Answer), noted || h.Note != ""
				if h.Need == "" || h.Why == "" {
					t.Errorf("says nothing: %+v", h)
				}
			}
			if worst != tt.want || noted != tt.note {
				t.Errorf("got %v, noted %v: %+v", worst, noted, tt.use.Verify(offer))
			}
			if before > 0 && tt.use.Fields[0].Path != first {
				t.Error("what was given is changed")
			}
		})
	}
	retired := offer
	retired.Status = schema.Retired
	if got := (Use{}).Verify(retired)[0].Answer; got != NotMet {
		t.Errorf("a retired port: %v", got)
	}
}
