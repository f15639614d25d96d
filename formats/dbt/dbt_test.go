package dbt

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

func TestRules(t *testing.T) { ruletest.Format(t, Format, rules) }

func read(t testing.TB, text string) (schema.Schema, error) {
	t.Helper()
	return Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{"s.yml": {Data: []byte(text)}}, Paths: []string{"s.yml"}})
}

// file writes a source with some settings and tables.
func file(settings, tables string) string {
	return "sources:\n- name: shop\n" + settings + "  tables:\n" + tables
}

func TestReads(t *testing.T) {
	const daily = "  freshness: {warn_after: {count: 12, period: hour}, error_after: {count: 1, period: day}}\n  loaded_at_field: loaded_at\n"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"a source speaks for its tables", file(daily, "  - name: a\n  - name: b\n"), []string{"@slo.freshness.a.loaded_at <= 1d", "@slo.freshness.b.loaded_at <= 1d"}},
		{"a table speaks for itself", file(daily, "  - {name: a, freshness: {error_after: {count: 90, period: minute}}, loaded_at_field: t}\n"), []string{"@slo.freshness.a.t <= 90min"}},
		{"a table switches it off", file(daily, "  - {name: a, freshness: null}\n"), nil},
		{"a table switches the error off, and is still warned", file(daily, "  - {name: a, freshness: {error_after: null}}\n"), []string{"@slo.freshness.a.loaded_at <= 12h"}},
		{"only a warning", file("", "  - {name: a, freshness: {warn_after: {count: 6, period: hour}}}\n"), []string{"@slo.freshness.a <= 6h"}},
		{"in config, as since dbt 1.10", file("  config: {freshness: {error_after: {count: 2, period: day}}, loaded_at_field: t}\n", "  - name: a\n"), []string{"@slo.freshness.a.t <= 2d"}},
		{"an expression is no column", file(daily, "  - {name: a, loaded_at_field: \"cast(t as timestamp)\"}\n"), []string{`@slo.freshness.a <= 1d, loaded_at_field: "cast(t as timestamp)"`}},
		{"some of the rows", file("", "  - {name: a, freshness: {error_after: {count: 1, period: day}, filter: x > 1}}\n"), []string{`@slo.freshness.a <= 1d, filter: "x > 1"`}},
		{"two tables of one name", file(daily, "  - name: a\n") + "- name: depot\n  tables: [{name: a, freshness: {error_after: {count: 1, period: day}}}]\n", []string{"@slo.freshness.shop.a.loaded_at <= 1d", "@slo.freshness.depot.a <= 1d"}},
		{"a variable", file("", "  - {name: a, freshness: {error_after: {count: \"{{ var('hours') }}\", period: hour}}}\n"), []string{`@slo.freshness.a = "{{ var('hours') }} hour"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := read(t, tt.text)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range s.Promises {
				got = append(got, strings.TrimSuffix(string(o.Path())+" "+o.Limit.String()+", "+o.Measure, ", "))
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no sources", "models: []\n", "s.yml:1:1: want sources of dbt of which one at least has a freshness"},
		{"a period that dbt does not know", file("", "  - {name: a, freshness: {error_after: {count: 1, period: week}}}\n"), `s.yml:4:59: want minute, hour or day for the period of a, got "week"`},
		{"no period", file("", "  - {name: a, freshness: {error_after: {count: 1}}}\n"), `s.yml:4:40: want minute, hour or day for the period of a, got ""`},
		{"no count", file("", "  - {name: a, freshness: {error_after: {period: day}}}\n"), "s.yml:4:40: want count and period for the freshness of a, such as {count: 26, period: hour}"},
		{"less than nothing", file("", "  - {name: a, freshness: {error_after: {count: -1, period: day}}}\n"), "s.yml:4:48: freshness -1 is unclear: want a duration that is not negative"},
		{"longer than anything", file("", "  - {name: a, freshness: {error_after: {count: 9999999999, period: day}}}\n"), "s.yml:4:48: freshness: want at most 1000 years"},
		{"a table twice", file("  freshness: {error_after: {count: 1, period: day}}\n", "  - name: a\n  - name: a\n"), "s.yml:6:11: the table shop.a is declared twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, tt.text)
			if errs := source.Errors(err); len(errs) != 1 || errs[0].Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func compare(t testing.TB, base, head string) []string {
	t.Helper()
	b, err1 := read(t, base)
	h, err2 := read(t, head)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	changes, err := Format.Diff(b, h)
	if err != nil {
		t.Fatal(err)
	}
	return details(changes)
}

func details(changes []change.Change) (got []string) {
	for _, c := range changes {
		got = append(got, c.Rule.ID+": "+c.Detail)
	}
	return got
}

func TestChanges(t *testing.T) {
	day := func(period string) string { return "  freshness: {error_after: " + period + "}\n" }
	tests := []struct {
		name, base, head string
		want             []string
	}{
		{"a day is 24 hours", file(day("{count: 1, period: day}"), "  - name: a\n"), file(day("{count: 24, period: hour}"), "  - name: a\n"), nil},
		{"what the source said, the table says", file(day("{count: 1, period: day}"), "  - name: a\n"), file("", "  - {name: a, freshness: {error_after: {count: 1, period: day}}}\n"), nil},
		{"later", file(day("{count: 1, period: day}"), "  - name: a\n"), file(day("{count: 2, period: day}"), "  - name: a\n"), []string{"slo/weakened: freshness of a: 1 day became 2 day"}},
		{"only a warning now, at the same time", file(day("{count: 1, period: day}"), "  - name: a\n"), file("  freshness: {warn_after: {count: 1, period: day}}\n", "  - name: a\n"), nil},
		{"some of the rows", file(day("{count: 1, period: day}"), "  - name: a\n"), file(day("{count: 1, period: day}, filter: x"), "  - name: a\n"), []string{"slo/measured-differently: freshness of a: 1 day is measured in another way"}},
		{"not any more", file(day("{count: 1, period: day}"), "  - name: a\n"), file("  freshness: null\n", "  - name: a\n"), []string{"slo/removed: freshness of a: 1 day is no longer promised"}},
		{"a warning beside an error", file(day("{count: 1, period: day}, warn_after: {count: 1, period: hour}"), "  - name: a\n"), file(day("{count: 1, period: day}, warn_after: {count: 2, period: hour}"), "  - name: a\n"),
			[]string{"dbt/not-compared: source shop: what changed is not compared"}},
		{"a source is gone", file(day("{count: 1, period: day}"), "  - name: a\n") + "- name: depot\n  freshness: {error_after: {count: 1, period: day}}\n  tables: [{name: b}]\n", file(day("{count: 1, period: day}"), "  - name: a\n"),
			[]string{"slo/removed: freshness of b: 1 day is no longer promised"}},
		{"sources in another order", file(day("{count: 1, period: day}"), "  - name: a\n  - name: b\n"), file(day("{count: 1, period: day}"), "  - name: b\n  - name: a\n"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := compare(t, tt.base, tt.head)
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}
