package openslo

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// file writes an SLO that has the given members in its spec and its metadata.
func file(objectives, spec, metadata string) string {
	return "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: orders-fast" + metadata + "}\nspec:\n  service: orders\n  budgetingMethod: Occurrences\n" +
		spec + "  objectives:\n" + objectives
}

func read(t testing.TB, text string) (schema.Schema, error) {
	t.Helper()
	return Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{"slo.yaml": {Data: []byte(text)}}, Paths: []string{"slo.yaml"}})
}

func compare(t testing.TB, base, head string) (got []string) {
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

func TestReads(t *testing.T) {
	const week = "  timeWindow: [{duration: 1w, isRolling: true}]\n"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"a ratio", file("  - target: 0.9995\n", week, ""), []string{"@slo.orders-fast >= 99.95% over 7d"}},
		{"a percentage", file("  - targetPercent: 99.95\n", week, ""), []string{"@slo.orders-fast >= 99.95% over 7d"}},
		{"a month is not a minute", file("  - target: 0.5\n", "  timeWindow: [{duration: 1M}]\n", ""), []string{"@slo.orders-fast >= 50% over P1M"}},
		{"a threshold is a percentile", file("  - {op: lte, value: 200, target: 0.99}\n", week, ""), []string{"@slo.orders-fast <= 200 at p99 over 7d"}},
		{"a threshold from below", file("  - {op: gte, value: -5, target: 0.9}\n", "", ""), []string{"@slo.orders-fast >= -5 at p90"}},
		{"a property, its element and its unit", file("  - {op: lte, value: 30, target: 0.99}\n", "", ", annotations: {breakwater/property: freshness, breakwater/element: orders.updated, breakwater/unit: min}"),
			[]string{"@slo.freshness.orders.updated <= 30min at p99"}},
		{"time slices", file("  - {target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 5}\n", week, ""),
			[]string{"@slo.orders-fast >= 99% over 7d", `@slo."orders-fast of a time slice" >= 95% over 5min`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := read(t, tt.text)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range s.Promises {
				got = append(got, string(o.Path())+" "+o.Limit.String())
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"another version", "apiVersion: openslo/v1alpha\nkind: Service\nmetadata: {name: a}\n", []string{"slo.yaml:1:13: want apiVersion: openslo/v1, got openslo/v1alpha, which is not read"}},
		{"no name", "apiVersion: openslo/v1\nkind: SLO\n", []string{"slo.yaml:2:7: want metadata with a name for the SLO"}},
		{"no objectives", "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\n", []string{"slo.yaml:1:1: want a list of objectives for the SLO a"}},
		{"a target above one", file("  - target: 99.9\n", "", ""), []string{`slo.yaml:8:13: want a number from 0 to 1, got "99.9"`}},
		{"two targets", file("  - {target: 0.99, targetPercent: 98}\n", "", ""), []string{"slo.yaml:8:14: the target stands twice and they differ: 0.99 and 98"}},
		{"no target", file("  - displayName: fast\n", "", ""), []string{"slo.yaml:8:5: want a target for each objective of the SLO orders-fast, such as 0.995"}},
		{"a threshold without a direction", file("  - {value: 5, target: 0.9}\n", "", ""), []string{`slo.yaml:8:5: want lte, lt, gte or gt for the op of the SLO orders-fast, got ""`}},
		{"a threshold in words", file("  - {op: lte, value: fast, target: 0.9}\n", "", ""), []string{`slo.yaml:8:22: want a number for the value of the SLO orders-fast, got "fast"`}},
		{"an absurd window", file("  - target: 0.9\n", "  timeWindow: [{duration: 99999999Y}]\n", ""), []string{"slo.yaml:7:27: the duration 99999999Y: want at most 1000 years"}},
		{"a window in no unit", file("  - target: 0.9\n", "  timeWindow: [{duration: 3 days}]\n", ""), []string{`slo.yaml:7:27: want a duration such as 5m, 1h, 28d, 1w, 1M, 1Q or 1Y, got "3 days"`}},
		{"two of one name, and the rest is read", file("  - target: 2\n", "", "") + "---\n" + file("  - target: 3\n", "", ""),
			[]string{"slo.yaml:12:18: the SLO orders-fast is declared twice", `slo.yaml:8:13: want a number from 0 to 1, got "2"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, tt.text)
			var got []string
			for _, e := range source.Errors(err) {
				got = append(got, e.Error())
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestChanges(t *testing.T) {
	const inPlace = "  indicator: {metadata: {name: fast}, spec: {ratioMetric: {query: a}}}\n"
	const named = "  indicatorRef: fast\n"
	sli := func(query string) string {
		return "---\napiVersion: openslo/v1\nkind: SLI\nmetadata: {name: fast}\nspec: {ratioMetric: {query: " + query + "}}\n"
	}
	week := func(duration string) string { return "  timeWindow: [{duration: " + duration + "}]\n" }
	two := "  - {displayName: a, target: 0.9}\n  - {displayName: b, target: 0.99}\n"
	tests := []struct {
		name, base, head string
		want             []string
	}{
		{"a lower target", file("  - target: 0.999\n", "", ""), file("  - target: 0.995\n", "", ""), []string{"slo/weakened: orders-fast 99.9% became 99.5%"}},
		{"a percentage for a ratio", file("  - target: 0.9995\n", week("1w"), ""), file("  - targetPercent: 99.950\n", week("7d"), ""), nil},
		{"a higher threshold", file("  - {op: lte, value: 200, target: 0.9}\n", "", ""), file("  - {op: lte, value: 300, target: 0.9}\n", "", ""),
			[]string{"slo/weakened: orders-fast 200 in 90% of the cases became 300 in 90% of the cases"}},
		{"a higher floor", file("  - {op: gte, value: 200, target: 0.9}\n", "", ""), file("  - {op: gte, value: 300, target: 0.9}\n", "", ""),
			[]string{"slo/strengthened: orders-fast 200 in 90% of the cases became 300 in 90% of the cases"}},
		{"another direction", file("  - {op: gte, value: 200, target: 0.9}\n", "", ""), file("  - {op: lte, value: 200, target: 0.9}\n", "", ""),
			[]string{"slo/incomparable: orders-fast 200 in 90% of the cases became 200 in 90% of the cases, and which of the two promises more is not known"}},
		{"the limit itself is left out", file("  - {op: lte, value: 200, target: 0.9}\n", "", ""), file("  - {op: lt, value: 200, target: 0.9}\n", "", ""),
			[]string{"slo/measured-differently: orders-fast 200 in 90% of the cases is measured in another way"}},
		{"another window", file("  - target: 0.9\n", week("28d"), ""), file("  - target: 0.9\n", week("1M"), ""),
			[]string{"slo/incomparable: orders-fast 90% over 28d became 90% over P1M, and which of the two promises more is not known"}},
		{"one of two", file(two, "", ""), file(strings.Replace(two, "0.99", "0.98", 1), "", ""), []string{"slo/weakened: orders-fast 99% became 98%"}},
		{"two swapped", file(two, "", ""), file("  - {displayName: b, target: 0.99}\n  - {displayName: a, target: 0.9}\n", "", ""), nil},
		{"another way of counting", file("  - target: 0.9\n", "", ""), strings.Replace(file("  - target: 0.9\n", "", ""), "Occurrences", "Timeslices", 1),
			[]string{"slo/measured-differently: orders-fast 90% is measured in another way"}},
		{"a named indicator for one in place", file("  - target: 0.9\n", inPlace, ""), file("  - target: 0.9\n", named, "") + sli("a"), nil},
		{"a named indicator changed", file("  - target: 0.9\n", named, "") + sli("a"), file("  - target: 0.9\n", named, "") + sli("b"),
			[]string{"slo/measured-differently: orders-fast 90% is measured in another way"}},
		{"the indicator of several objectives", file(two, inPlace, ""), file(strings.ReplaceAll(two, "}", ", timeSliceTarget: 0.5}"), strings.Replace(inPlace, "query: a", "query: b", 1), ""),
			[]string{"slo/measured-differently: orders-fast 90% is measured in another way", "slo/added: orders-fast of a time slice 50% is promised now", "slo/added: orders-fast of a time slice 50% is promised now"}},
		{"an SLO is gone", file("  - target: 0.9\n", "", "") + sli("a"), strings.TrimPrefix(sli("a"), "---\n"), []string{"slo/other-removed: orders-fast 90% is no longer promised"}},
		{"an SLO that promises freshness is gone", file("  - target: 0.9\n", "", ", annotations: {breakwater/property: freshness}") + sli("a"), strings.TrimPrefix(sli("a"), "---\n"),
			[]string{"slo/removed: freshness 90% is no longer promised"}},
		{"alerts", file("  - target: 0.9\n", "  alertPolicies: [a]\n", ""), file("  - target: 0.9\n", "  alertPolicies: [b]\n", ""),
			[]string{"openslo/not-compared: SLO orders-fast: what changed is not compared"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := compare(t, tt.base, tt.head); strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}
