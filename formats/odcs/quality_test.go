package odcs

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A quality rule is a promise to readers: one that accepts more than it did is weaker.
func TestQuality(t *testing.T) {
	const weakened, strengthened, changed, grain, docs = "odcs/quality-weakened", "odcs/quality-strengthened", "odcs/quality-changed", "odcs/quality-grain-changed", "odcs/documentation-changed"
	tests := []struct {
		base, head string
		want       string // "" for none
		back       string // of the way back
	}{
		{"metric: rowCount, mustBeBetween: [100, 120]", "metric: rowCount, mustBeBetween: [100, 500]", weakened, strengthened},
		{"metric: rowCount, mustBeBetween: [100, 120]", "metric: rowCount, mustBeBetween: [110, 130]", changed, changed},
		{"metric: rowCount, mustBeBetween: [100, 120]", "metric: rowCount, mustBeBetween: [120, 100]", changed, changed},
		{"metric: rowCount, mustBeBetween: [100, 120]", "metric: rowCount, mustBeBetween: [100.0, '120']", "", ""},
		{"metric: duplicateValues, mustBe: 0", "metric: duplicateValues, mustBeLessThan: 10", weakened, strengthened},
		{"metric: duplicateValues, mustBe: 0", "metric: duplicateValues, mustBe: 1", changed, changed},
		{"metric: rowCount, mustBeGreaterThan: 5", "metric: rowCount, mustBeGreaterThan: 3", weakened, strengthened},
		{"metric: rowCount, mustBeGreaterThan: 5", "metric: rowCount, mustBeGreaterOrEqualTo: 5", weakened, strengthened},
		{"metric: rowCount, mustBeGreaterThan: 5", "metric: rowCount, mustBeLessThan: 5", changed, changed},
		{"metric: rowCount, mustBeGreaterThan: 5", "metric: rowCount, mustNotBe: 5", weakened, strengthened},
		{"metric: rowCount, mustNotBe: 5", "metric: rowCount, mustNotBe: 6", changed, changed},
		{"metric: rowCount, mustNotBeBetween: [5, 9]", "metric: rowCount, mustNotBeBetween: [6, 8]", weakened, strengthened},
		{"metric: rowCount, mustNotBeBetween: [5, 9]", "metric: rowCount, mustBeGreaterThan: 9", strengthened, weakened},
		{"metric: rowCount, mustBeGreaterThan: 5, mustBeLessThan: 9", "metric: rowCount, mustBeGreaterThan: 5", weakened, strengthened},
		{"metric: rowCount, mustBeGreaterOrEqualTo: 5, mustBeLessOrEqualTo: 9", "metric: rowCount, mustBeBetween: [5, 9]", "", ""},
		{"metric: rowCount, mustBeGreaterThan: 5, mustBeLessThan: 9", "metric: rowCount, mustBeBetween: [5, 9]", changed, changed}, // whether 5 is between 5 and 9
		{"metric: rowCount, mustBe: 1e3", "metric: rowCount, mustBe: 1000", "", ""},
		{"metric: rowCount, mustBe: many", "metric: rowCount, mustBe: few", changed, changed},
		{"metric: rowCount, mustBe: 5", "metric: rowCount, mustBe: 5, unit: rows", "", ""},
		{"metric: rowCount, mustBe: 5", "metric: rowCount, mustBe: 5, unit: percent", changed, changed},
		{"metric: rowCount, mustBe: 5", "type: library, metric: rowCount, mustBe: 5", "", ""},
		{"metric: duplicateValues, mustBe: 0", "rule: duplicateCount, mustBe: 0", "", ""},
		{"name: a, metric: rowCount, mustBe: 5", "name: a, metric: nullValues, mustBe: 5", changed, changed},
		{"metric: missingValues, arguments: {missingValues: ['']}, mustBe: 0", "metric: missingValues, arguments: {missingValues: ['', n/a]}, mustBe: 0", strengthened, weakened},
		{"metric: invalidValues, arguments: {validValues: [a]}, mustBeLessThan: 5", "metric: invalidValues, arguments: {validValues: [a, b]}, mustBeLessThan: 5", weakened, strengthened},
		{"metric: invalidValues, arguments: {validValues: [a, b]}, mustBeLessThan: 5", "metric: invalidValues, arguments: {validValues: [b, a]}, mustBeLessThan: 5", "", ""},
		{"metric: invalidValues, arguments: {validValues: [a]}, mustBeLessThan: 5", "metric: invalidValues, arguments: {validValues: [b]}, mustBeLessThan: 5", changed, changed},
		{"metric: missingValues, arguments: {missingValues: ['']}, mustBeGreaterThan: 5", "metric: missingValues, arguments: {missingValues: ['', n/a]}, mustBeGreaterThan: 5", changed, changed},
		{"metric: missingValues, arguments: {missingValues: ['']}, mustBe: 5", "metric: missingValues, arguments: {missingValues: ['', n/a]}, mustBe: 5", changed, changed},
		{"metric: rowCount, mustBe: 5", "metric: rowCount, mustBe: 5, severity: info", changed, changed},
		{"metric: rowCount, mustBe: 5", "metric: rowCount, mustBe: 5, severity: error", strengthened, changed},
		{"metric: invalidValues, arguments: {pattern: a}, mustBe: 0", "metric: invalidValues, arguments: {pattern: b}, mustBe: 0", changed, changed},
		{"metric: invalidValues, pattern: a, arguments: {}, mustBe: 0", "metric: invalidValues, arguments: {pattern: a}, mustBe: 0", "", ""},
		{"metric: duplicateValues, arguments: {properties: [a, b]}, mustBe: 0", "metric: duplicateValues, arguments: {properties: [a, b, c]}, mustBe: 0", grain, grain},
		{"metric: duplicateValues, arguments: {properties: [a, b]}, mustBe: 0", "metric: duplicateValues, arguments: {properties: [b, a]}, mustBe: 0", "", ""},
		{"type: sql, query: SELECT 1, mustBe: 0", "type: sql, query: ' SELECT  1 ', mustBe: 0", "", ""},
		{"type: sql, query: SELECT 1, mustBe: 0", "type: sql, query: SELECT 2, mustBe: 0", changed, changed},
		{"type: sql, query: SELECT 1, mustBe: 0", "type: sql, query: SELECT 1, mustBeLessThan: 5", weakened, strengthened},
		{"type: text, description: Never empty.", "type: text, description: Mostly full.", changed, changed},
		{"metric: rowCount, mustBe: 5, description: a", "metric: rowCount, mustBe: 5, description: b", docs, docs},
		{"metric: rowCount, mustBe: 5, dimension: accuracy", "metric: rowCount, mustBe: 5, dimension: coverage, businessImpact: a, tags: [a], method: b", docs, docs},
		{"type: custom, engine: soda, implementation: a", "type: custom, engine: soda, implementation: b", changed, changed},
		{"type: custom, engine: soda, implementation: {a: 1}", "type: custom, engine: soda, implementation: {a: 1.0}", "", ""},
		{"metric: rowCount, mustBe: 5, severity: error", "metric: rowCount, mustBe: 5, severity: warning", weakened, strengthened},
		{"metric: rowCount, mustBe: 5, severity: error", "metric: rowCount, mustBe: 5, severity: ours", changed, changed},
		{"metric: rowCount, mustBe: 5, severity: error", "metric: rowCount, mustBe: 5, severity: ERROR", "", ""},
		{"metric: rowCount, mustBeLessThan: 5, severity: error", "metric: rowCount, mustBeLessThan: 4, severity: info", changed, changed},
		{"metric: rowCount, mustBe: 5, schedule: 0 20 * * *", "metric: rowCount, mustBe: 5, schedule: 0 20 * * 1", changed, changed},
		{"metric: rowCount, mustBe: 5, scheduler: cron", "metric: rowCount, mustBe: 5, scheduler: airflow", docs, docs},
	}
	rule := func(t *testing.T, base, head string) string {
		of := func(rule string) string { return ordersWith("{name: id, quality: [{" + rule + "}]}") }
		var ids []string
		for _, line := range diffOf(t, of(base), of(head)) {
			ids = append(ids, strings.SplitN(line, ": ", 2)[0])
		}
		return strings.Join(ids, " ")
	}
	for _, tt := range tests {
		t.Run(tt.base+" to "+tt.head, func(t *testing.T) {
			if got := rule(t, tt.base, tt.head); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := rule(t, tt.head, tt.base); got != tt.back {
				t.Errorf("the way back: got %q, want %q", got, tt.back)
			}
		})
	}
}

// Rules are told apart by what they are: one edit among several is one finding.
func TestQualityPairs(t *testing.T) {
	rules := func(rules ...string) string {
		return ordersWith("{name: id, quality: [{" + strings.Join(rules, "}, {") + "}]}")
	}
	nulls, rows, sql := "metric: nullValues, mustBe: 0", "metric: rowCount, mustBeGreaterThan: 5", "type: sql, query: SELECT 1"
	tests := []struct {
		name, base, head string
		want             []string
	}{
		{"in another order", rules(nulls, rows, sql), rules(sql, nulls, rows), nil},
		{"one inserted before the others", rules(nulls, rows), rules(sql, nulls, rows), []string{"odcs/quality-added: orders.id: the quality rule sql is new"}},
		{"the first gone", rules(nulls, rows), rules(rows), []string{"odcs/quality-removed: orders.id: the quality rule nullValues is gone"}},
		{"one of two of a metric", rules(rows, "metric: rowCount, mustBeLessThan: 9"), rules(rows, "metric: rowCount, mustBeLessThan: 99"), []string{"odcs/quality-weakened: orders.id: the quality rule rowCount: mustBeLessThan 9 became mustBeLessThan 99"}},
		{"two that swap their names", rules("name: a, "+nulls, "name: b, "+rows), rules("name: b, "+nulls, "name: a, "+rows), []string{"odcs/quality-changed: orders.id: the quality rule a: limit and metric changed", "odcs/quality-changed: orders.id: the quality rule b: limit and metric changed"}},
		{"one by its id", rules("id: x, name: a, " + rows), rules("id: x, name: b, metric: rowCount, mustBeGreaterThan: 3"), []string{"odcs/documentation-changed: orders.id: quality changed", "odcs/quality-weakened: orders.id: the quality rule a: mustBeGreaterThan 5 became mustBeGreaterThan 3"}},
		{"two unnamed queries, one of them changed", rules(sql, "type: sql, query: SELECT 2"), rules(sql, "type: sql, query: SELECT 3"), []string{"odcs/quality-changed: orders.id: the quality rule sql: query changed"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := diffOf(t, tt.base, tt.head)
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// Whether one rule accepts all that another does is decided as if every number had
// been tried.
func TestAcceptedByTrial(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rule := func() accepted {
		var parts []string
		for range 1 + random.IntN(2) {
			a, b := random.IntN(5), random.IntN(5)
			parts = append(parts, []string{
				fmt.Sprintf("mustBe: %d", a), fmt.Sprintf("mustNotBe: %d", a), fmt.Sprintf("mustBeLessThan: %d", a), fmt.Sprintf("mustBeLessOrEqualTo: %d", a),
				fmt.Sprintf("mustBeGreaterThan: %d", a), fmt.Sprintf("mustBeGreaterOrEqualTo: %d", a), fmt.Sprintf("mustNotBeBetween: [%d, %d]", min(a, b), max(a, b)),
			}[random.IntN(7)])
		}
		n, err := document.Parse("x.yaml", []byte("{"+strings.Join(slices.Compact(parts), ", ")+"}"))
		if err != nil { // the same operator twice
			return accepted{intervals: []interval{{}}}
		}
		a, _ := acceptedBy(n)
		return a
	}
	has := func(a accepted, r *big.Rat) bool {
		point := accepted{intervals: []interval{{least: r, most: r}}}
		return point.in(a)
	}
	for range 20_000 {
		a, b := rule(), rule()
		wider, narrower := true, true
		for half := -2; half <= 12; half++ {
			r := big.NewRat(int64(half), 2)
			wider = wider && (!has(a, r) || has(b, r))
			narrower = narrower && (!has(b, r) || has(a, r))
		}
		want := map[[2]bool]promise{{true, true}: kept, {true, false}: weaker, {false, true}: stronger, {false, false}: unclear}[[2]bool{wider, narrower}]
		if got := a.relate(b); got != want && a.between == b.between {
			t.Fatalf("%v to %v: got %d, want %d", a.intervals, b.intervals, got, want)
		}
	}
}
