package semantic_test

import (
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/semantic"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/formats/odcs"
)

func TestRules(t *testing.T) {
	ruletest.Run(t, semantic.Rules(), ruletest.FormatDiff(odcs.Format))
}

func TestSpellings(t *testing.T) {
	tests := []struct {
		name       string
		topic      semantic.Topic
		base, head string
		want       string // the rule, empty: no finding
	}{
		{"a unit by another of its names", semantic.Unit, "percent", "%", ""},
		{"a unit in the plural, and capital letters", semantic.Unit, "Kilograms", "kg", ""},
		{"a unit that has no other name here", semantic.Unit, "SKU", " SKU ", ""},
		{"a unit a thousand times the other", semantic.Unit, "kg", "g", "semantic/unit-changed"},
		{"two short units that differ in case only", semantic.Unit, "mW", "MW", "semantic/unit-changed"},
		{"minutes are no metres", semantic.Unit, "min", "m", "semantic/unit-changed"},
		{"a currency in words", semantic.Unit, "euro", "EUR", ""},
		{"the zone that has many names", semantic.Zone, "Etc/UTC", "+00:00", ""},
		{"a zone in other letters", semantic.Zone, "utc", "UTC", ""},
		{"London is not on universal time in summer", semantic.Zone, "UTC", "Europe/London", "semantic/zone-changed"},
		{"a query folded anew", semantic.Origin, "select a\n  from b", "select a from b", ""},
		{"a query in which a name changed its case", semantic.Origin, "select a", "select A", "semantic/origin-changed"},
		{"a query that was not told before", semantic.Origin, "", "select a", "semantic/origin-changed"},
		{"a query that is told no more", semantic.Origin, "select a", "", "semantic/origin-changed"},
		{"a grain folded anew", semantic.Grain, "one row\nper order", "one row per order", ""},
		{"a grain that is not said any more", semantic.Grain, "one row per order", "", "semantic/unsaid"},
		{"a grain that was not said before", semantic.Grain, "", "one row per order", "semantic/stated"},
		{"a scheme in other letters", semantic.Identifier, "ISO-4217", "iso-4217", ""},
		{"one more definition", semantic.Definition, "", "https://glossary.example/a", ""},
		{"no definition any more", semantic.Definition, "https://glossary.example/a", "", "semantic/unsaid"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changes := semantic.Diff("Order.total", facts(tt.topic, tt.base), facts(tt.topic, tt.head), source.Top("a"), source.Top("b"))
			got := ""
			if len(changes) > 0 {
				got = changes[0].Rule.ID
			}
			if got != tt.want || len(changes) > 1 {
				t.Errorf("got %q in %d findings, want %q", got, len(changes), tt.want)
			}
		})
	}
}

func facts(topic semantic.Topic, text string) []semantic.Fact {
	return []semantic.Fact{{Topic: topic, Name: "it", Text: text, Span: source.Top("a")}}
}

// One of two links that say what an element is may go without another coming.
func TestDefinitionsAreASet(t *testing.T) {
	link := func(url string) semantic.Fact {
		return semantic.Fact{Topic: semantic.Definition, Name: "links", Text: url}
	}
	a, b, c := link("a"), link("b"), link("c")
	diff := func(base, head []semantic.Fact) []change.Change {
		return semantic.Diff("Order", base, head, source.Span{}, source.Span{})
	}
	if changes := diff([]semantic.Fact{a, b}, []semantic.Fact{b, a, c}); len(changes) != 0 {
		t.Errorf("the order and one more: %v", changes)
	}
	if changes := diff([]semantic.Fact{a, b}, []semantic.Fact{b}); len(changes) != 1 || changes[0].From != "a" || changes[0].To != "" {
		t.Errorf("one is gone: %v", changes)
	}
}

// What is compared never differs from itself, and a change is seen from both sides.
func FuzzDiff(f *testing.F) {
	f.Add(uint8(0), "kg", "g")
	f.Add(uint8(3), "select\n1", "\xff")
	f.Fuzz(func(t *testing.T, topic uint8, base, head string) {
		was, now := facts(semantic.Topic(topic%6), base), facts(semantic.Topic(topic%6), head)
		diff := func(base, head []semantic.Fact) int {
			return len(semantic.Diff("Order.total", base, head, source.Span{}, source.Span{}))
		}
		if diff(was, was) != 0 || diff(now, now) != 0 {
			t.Error("a fact differs from itself")
		}
		if there, back := diff(was, now), diff(now, was); there != back && topic%6 != uint8(semantic.Definition) {
			t.Errorf("%d findings there, %d back", there, back)
		}
	})
}
