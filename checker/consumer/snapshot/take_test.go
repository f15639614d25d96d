package snapshot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/files"
	"github.com/breakwater-data/breakwater/checker/consumer/snapshot"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// What is read back from a copy is what was registered, however it was spelled.
func TestTakenIsRead(t *testing.T) {
	const text = `apiVersion: breakwater/v1
kind: Consumption
consumer: {id: finance.kpi, team: finance, criticality: high, owners: ["@acme/finance"]}
contacts: [{channel: slack, target: "#finance"}]
consumes:
  - port: checkout/orders
    version: 1.10
    validates: True
    select: "*"
    needs:
      fields: [{path: Order.status, values: [paid, "1", no, 1.50], exhaustive: TRUE}, discount]
      slo: [{property: freshness, atMost: 26h}, {property: availability, atLeast: "99.5%"}]
      quality: []
    until: 2027-06-30
  - contractId: urn:orders
    needs: {slo: []}
`
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	tree := revision.Memory("finance", map[string][]byte{"consumers/kpi.yaml": []byte(text), "README.md": []byte("no registration")})
	taken, n, err := snapshot.Take(tree, snapshot.From{Git: "https://git.example/finance", Rev: "main"}, at)
	if err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	got, err := snapshot.Read("finance.json", taken, consumer.Import{}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, taken)
	}
	want, err := files.Parse("consumers/kpi.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var was, now []string
	for _, u := range want {
		was = append(was, u.Text())
	}
	for _, r := range got.Readings {
		if e := r.Evidence; e.Source != consumer.Snapshot || !e.ObservedAt.Equal(at) {
			t.Errorf("%s is known by %+v", r.ID, e)
		}
		r.Evidence = consumer.Evidence{Source: "declared"}
		now = append(now, r.Use.Text())
	}
	if !slices.Equal(was, now) {
		t.Errorf("read back as\n%s\nwant\n%s", strings.Join(now, "\n"), strings.Join(was, "\n"))
	}
}
