package consumer

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

func TestParseTable(t *testing.T) {
	tests := []struct {
		text string
		want Table
	}{
		{"orders", Table{"orders"}},
		{"shop.public.orders", Table{"shop", "public", "orders"}},
		{`"shop"."My Schema".orders`, Table{"shop", "My Schema", "orders"}},
		{"`project.dataset.orders`", Table{"project", "dataset", "orders"}},
		{"`my-project`.dataset.orders", Table{"my-project", "dataset", "orders"}},
		{"[shop].[dbo].[orders]", Table{"shop", "dbo", "orders"}},
		{" orders ", Table{"orders"}},
		{"", nil}, {".", nil}, {"a.", nil}, {".a", nil}, {"a..b", nil}, {`"a`, nil}, {`"a"b`, nil}, {`""`, nil},
		{strings.Repeat("a.", 20) + "b", nil},
	}
	for _, tt := range tests {
		if got := ParseTable(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q", tt.text, got)
		}
	}
}

func TestFits(t *testing.T) {
	tests := []struct {
		name string
		a, b Table
		want int
	}{
		{"the same", Table{"shop", "public", "orders"}, Table{"SHOP", "PUBLIC", "ORDERS"}, 3},
		{"outer parts are not said", Table{"orders"}, Table{"shop", "public", "orders"}, 1},
		{"another schema", Table{"shop", "private", "orders"}, Table{"shop", "public", "orders"}, 0},
		{"another database", Table{"test", "public", "orders"}, Table{"shop", "public", "orders"}, 0},
		{"another name", Table{"shop", "public", "orders"}, Table{"shop", "public", "order"}, 0},
		{"nothing", nil, Table{"orders"}, 0},
	}
	for _, tt := range tests {
		if got, back := tt.a.Fits(tt.b), tt.b.Fits(tt.a); got != tt.want || back != tt.want {
			t.Errorf("%s: got %d and %d", tt.name, got, back)
		}
	}
}

// What is added last must not narrow what was said before.
func TestGathererKeepsTheWider(t *testing.T) {
	read := func(rows bool, names ...string) Reading {
		r := Reading{Use: Use{Consumer: Consumer{ID: "c"}}, Table: Table{"orders"}, Rows: rows}
		for _, n := range names {
			r.Columns = append(r.Columns, Column{Name: n})
		}
		return r
	}
	tests := []struct {
		name     string
		readings []Reading
		want     string
		rows     bool
	}{
		{"columns come together", []Reading{read(false, "a", "B"), read(false, "b", "c")}, "a B c", false},
		{"all stays all", []Reading{read(false), read(false, "a")}, "", false},
		{"all swallows columns", []Reading{read(false, "a"), read(false)}, "", false},
		{"rows add nothing to columns", []Reading{read(false, "a"), read(true)}, "a", false},
		{"columns say more than rows", []Reading{read(true), read(false, "a")}, "a", false},
		{"all says more than rows", []Reading{read(true), read(false)}, "", false},
		{"rows alone", []Reading{read(true), read(true)}, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var g Gatherer
			for _, r := range tt.readings {
				g.Add(r)
			}
			got := g.Readings()
			var names []string
			for _, c := range got[0].Columns {
				names = append(names, c.Name)
			}
			if len(got) != 1 || strings.Join(names, " ") != tt.want || got[0].Rows != tt.rows {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// Whoever counts rows loses nothing with a column, and all with the table.
func TestRowsAreNoColumns(t *testing.T) {
	o := &schema.Outline{Roots: []change.Path{"Order"}, Decls: map[change.Path][]schema.Edge{"Order": {{Step: "id"}}}}
	at := schema.Places{Base: o, Head: o}
	u := Use{SLO: []Bound{}, Fields: []Need{{Path: "Order", Rows: true}}}
	for path, want := range map[change.Path]Impact{"Order.id": Unaffected, "Order": Violated} {
		gone := change.Change{Rule: &change.Rule{Idea: change.FieldRemoved, Breaks: change.Value}, Path: path}
		if got := Impacts([]Use{u}, gone, at)[0]; got.Impact != want {
			t.Errorf("%s: got %s: %s", path, got.Impact, got.Why)
		}
	}
}

// A tool that happens to know one objective does not say that there are no others.
func TestSomeObjectivesAreNotAll(t *testing.T) {
	fresh, err := slo.Parse("freshness <= 26h", source.Span{})
	if err != nil {
		t.Fatal(err)
	}
	u := Use{SLO: []Bound{Bound(fresh)}, SomeSLO: true}
	tests := map[string]Impact{"freshness <= 25h": Unaffected, "freshness <= 27h": Violated, "availability >= 90%": Unknown}
	for to, want := range tests {
		property, _, _ := strings.Cut(to, " ")
		c := change.Change{Rule: &change.Rule{Breaks: change.Promise}, Path: change.SLO.Join(change.Step(property)), From: "<= 24h", To: strings.TrimPrefix(to, property+" ")}
		if got := Impacts([]Use{u}, c, schema.Places{Base: new(schema.Outline), Head: new(schema.Outline)})[0]; got.Impact != want {
			t.Errorf("%s: got %s: %s", to, got.Impact, got.Why)
		}
	}
	v := Use{}
	v.AddBounds(Use{SLO: []Bound{}})
	if v.SLO == nil || !v.SomeSLO {
		t.Errorf("what one of two does not say is unknown: %+v", v)
	}
}

func TestEvidenceOfTimesToCome(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	e := Evidence{Source: QueryLog, ObservedAt: now.AddDate(0, 1, 0)}
	if got := e.Stale(now); got != "it was seen on 2026-12-23, which is still to come" {
		t.Error(got)
	}
	if got := (Evidence{Source: QueryLog, ObservedAt: now.Add(5 * time.Hour)}).Stale(now); got != "" {
		t.Error("clocks differ: ", got)
	}
}

// A name is read or refused, and what is read names the same table when it is written
// down in quotes.
func FuzzParseTable(f *testing.F) {
	for _, s := range []string{"a.b.c", `"a"."b c"`, "`a.b`", "[a].b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table := ParseTable(text)
		if len(table) < 2 || strings.ContainsAny(text, "\"`[]") {
			return
		}
		if again := ParseTable(`"` + strings.Join(table, `"."`) + `"`); !slices.Equal(again, table) {
			t.Errorf("%q became %q", table, again)
		}
	})
}
