package formats_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/formats"
)

// The same promises in three standards.
const (
	inODCS = `
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties: [{name: updated_at, logicalType: timestamp}]
slaProperties:
  - {property: freshness, value: 26, unit: h, element: orders.updated_at}
`
	inDBT = `
version: 2
sources:
  - name: shop
    tables:
      - name: orders
        loaded_at_field: updated_at
        freshness: {error_after: {count: 26, period: hour}}
`
	downtimeInODCS = `
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
slaProperties:
  - {property: availability, value: 99.5%, window: P30D}
  - {property: latency, value: 500, unit: ms, percentile: p99, window: P30D}
`
	inOpenSLO = `
apiVersion: openslo/v1
kind: SLO
metadata: {name: availability}
spec:
  timeWindow: [{duration: 30d}]
  objectives: [{target: 0.995}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: orders-fast, annotations: {breakwater/property: latency, breakwater/unit: s}}
spec:
  timeWindow: [{duration: 30d}]
  objectives: [{op: lte, value: 0.5, targetPercent: 99}]
`
)

// A team that writes down its promises in another standard promises the same.
func TestConversionIsSilent(t *testing.T) {
	tests := []struct {
		name           string
		format, text   string
		other, another string
		was, now       string // an edit of another that weakens it
		want           []string
	}{
		{"ODCS and dbt", "odcs", inODCS, "dbt", inDBT, "count: 26", "count: 27", []string{"slo/weakened: freshness of orders.updated_at: 26 h became 27 hour"}},
		{"ODCS and OpenSLO", "odcs", downtimeInODCS, "openslo", inOpenSLO, "target: 0.995", "target: 0.99", []string{"slo/weakened: availability 99.5% over P30D became 99% over 30d: twice the downtime"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := promises(t, tt.format, tt.text), promises(t, tt.other, tt.another)
			if got := said(a, b); len(got) > 0 {
				t.Errorf("from %s: %q", tt.format, got)
			}
			if got := said(b, a); len(got) > 0 {
				t.Errorf("from %s: %q", tt.other, got)
			}
			weaker := promises(t, tt.other, strings.Replace(tt.another, tt.was, tt.now, 1))
			if got := said(a, weaker); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func said(base, head []slo.Objective) (got []string) {
	for _, c := range slo.Diff(base, head, source.Top("x")) {
		got = append(got, c.Rule.ID+": "+c.Detail)
	}
	return got
}

func promises(t *testing.T, format, text string) []slo.Objective {
	t.Helper()
	i := slices.IndexFunc(formats.All(), func(f schema.Format) bool { return f.Name == format })
	f := formats.All()[i]
	if !f.Claims("x.yaml", []byte(text)) {
		t.Fatalf("%s does not claim its own", format)
	}
	s, err := f.Load(t.Context(), schema.Request{FS: fstest.MapFS{"x.yaml": {Data: []byte(text)}}, Paths: []string{"x.yaml"}})
	if err != nil {
		t.Fatal(err)
	}
	return s.Promises
}
