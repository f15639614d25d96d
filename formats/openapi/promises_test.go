package openapi

import (
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
)

const promising = `
openapi: 3.1.0
info: {title: t, version: "1", x-slo: {availability: 99.9%}}
paths:
  /orders/{id}:
    get:
      x-slo: {latency: {atMost: 500ms, percentile: p99}}
      x-sla: gold
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
components:
  schemas:
    Order:
      type: object
      properties:
        email: {type: string, x-pii: true}
        iban: {type: string, x-data-classification: restricted, x-pii: true}
        note: {type: string, x-classification: internal}
        at: {type: string, x-slo: {freshness: 1h}}
`

// What an interface promises is compared as a promise, and a promise that nobody reads
// is not passed over.
func TestPromisesInExtensions(t *testing.T) {
	for _, tt := range []struct{ name, from, to, want string }{
		{"of the whole", "99.9%", "99.5%", "slo/weakened @slo.availability"},
		{"of an operation", "500ms", "900ms", `slo/weakened @slo.latency."/orders/{}".get`},
		{"no longer made", "x-slo: {latency: {atMost: 500ms, percentile: p99}}", "summary: s", `openapi/documentation-changed "/orders/{}".get, slo/removed @slo.latency."/orders/{}".get`},
		{"of a field", "1h", "9h", "openapi/not-compared Order.at"},
		{"in words of one's own", "gold", "iron", `openapi/not-compared "/orders/{}".get`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range diffTexts(t, promising, strings.Replace(promising, tt.from, tt.to, 1)) {
				got = append(got, c.Rule.ID+" "+string(c.Path))
			}
			if slices.Sort(got); strings.Join(got, ", ") != tt.want {
				t.Errorf("got %s, want %s", strings.Join(got, ", "), tt.want)
			}
		})
	}
	if _, err := loadText(t, strings.Replace(promising, "500ms", "500 parsecs", 1), nil); err == nil || !strings.Contains(err.Error(), "openapi.yaml:7:") {
		t.Errorf("a promise that cannot be read: %v", err)
	}
}

// Labels of classification are what a consumer's limit is held against.
func TestLabelsInExtensions(t *testing.T) {
	s, err := loadText(t, promising, nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[change.Path]string{"Order.email": "classification:pii", "Order.iban": "classification:restricted", "Order.note": "classification:internal"} {
		e, ok := s.Outline().At(path)
		if n := len(slices.DeleteFunc(slices.Clone(e.Tags), func(tag string) bool { return !strings.HasPrefix(tag, "classification:") })); !ok || n != 1 || !slices.Contains(e.Tags, want) {
			t.Errorf("%s has the tags %q, want %s", path, e.Tags, want)
		}
	}
}
