package files

import (
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

const finance = `apiVersion: breakwater/v1
kind: Consumption
consumer: {id: finance.kpi, team: finance, criticality: high, repo: acme/kpi, owners: ["@acme/finance"]}
contacts: [{channel: slack, target: "#finance-data"}, {channel: email, target: finance-data@acme.example}]
consumes:
  - port: checkout/orders
    version: "^1"
    via: [json, wire]
    needs:
      fields:
        - Order.id
        - {path: '"Order"."status"', values: [paid, shipped], exhaustive: true}
      slo: [{property: freshness, atMost: 26h}, {property: availability, atLeast: "99.5%", element: Order.id}]
      maxClassification: internal
      notice: P30D
    until: 2027-06-30
  - contractId: urn:contract:stock
    select: "*"
    needs: {slo: []}
`

func TestParse(t *testing.T) {
	uses, err := Parse("consumers/finance.yaml", []byte(finance))
	if err != nil || len(uses) != 2 {
		t.Fatal(uses, err)
	}
	orders, stock := uses[0], uses[1]
	if orders.ID != "finance.kpi" || orders.Contacts[0].Target != "#finance-data" || orders.Via != change.JSON|change.Wire {
		t.Errorf("got %+v", orders)
	}
	status := orders.Fields[1]
	if status.Path != "Order.status" || !status.Exhaustive || status.Span.String() != "consumers/finance.yaml:12:18" {
		t.Errorf("got %+v", status)
	}
	if got := fmt.Sprint(orders.SLO[0].String(), orders.SLO[1].Element, orders.Until.Year()); got != "freshness <= 26hOrder.id2027" {
		t.Errorf("got %s", got)
	}
	if !stock.SelectAll || stock.SLO == nil || len(stock.SLO) != 0 || stock.Evidence.Source != "declared" {
		t.Errorf("got %+v", stock)
	}
}

func TestParseTellsEverything(t *testing.T) {
	text := strings.NewReplacer(
		"criticality: high", "criticality: urgent",
		"port: checkout/orders", "ports: checkout/orders",
		"[json, wire]", "[json, avro]",
		"- Order.id\n", "- Order..id\n",
		"26h", "soon",
		"select: \"*\"", "select: all",
		"notice: P30D", "notice: P30D\n      field: x",
	).Replace(finance)
	uses, err := Parse("f.yaml", []byte(text))
	want := []string{
		`f.yaml:3:57: want critical, high, low or medium for "criticality", got "urgent"`,
		`f.yaml:6:5: want "port" or "contractId": whose data it reads`,
		`f.yaml:8:17: want a way of reading, got "avro"; known: code, json, promise, query, replay, request, value or wire`,
		`f.yaml:11:11: path "Order..id": want a name, [] or {}, got ".id"`,
		`f.yaml:13:43: want a quantity such as 26h or 99.5%, got "soon"`,
		`f.yaml:16:7: unknown key "field"; did you mean "fields"?`,
		`f.yaml:6:5: unknown key "ports"; did you mean "port"?`,
		`f.yaml:19:13: want * or named for "select", got "all"`,
	}
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != len(want) {
		t.Fatalf("got:\n%v", err)
	}
	for i, w := range want {
		if !strings.HasPrefix(lines[i], w) {
			t.Errorf("got  %s\nwant %s", lines[i], w)
		}
	}
	if len(uses) != 2 || len(uses[0].Fields) != 1 {
		t.Errorf("what could be read is lost: %+v", uses)
	}
}

// The JSON Schema that editors use and our own reader say the same, where a schema
// can say it at all.
func TestSchema(t *testing.T) {
	schema := ruletest.JSONSchema(t, "../../../docs/consumption.schema.json")
	tests := []struct {
		name, old, new string
		want           bool
	}{
		{"as it is", "", "", true},
		{"no consumer", "consumer:", "consumers:", false},
		{"another kind", "kind: Consumption", "kind: Consumer", false},
		{"an unknown criticality", "criticality: high", "criticality: urgent", false},
		{"no port", "port: checkout/orders", "purpose: x", false},
		{"an unknown surface", "[json, wire]", "[json, avro]", false},
		{"an unknown need", "notice: P30D", "notes: P30D", false},
		{"both bounds", "atMost: 26h", "atMost: 26h, atLeast: 1h", false},
		{"no bound", ", atMost: 26h", "", false},
		{"a contact without a target", ", target: \"#finance-data\"", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(finance, tt.old, tt.new, 1)
			if err := schema(text); (err == nil) != tt.want {
				t.Errorf("the schema says %v", err)
			}
			if _, err := Parse("f.yaml", []byte(text)); (err == nil) != tt.want {
				t.Errorf("the reader says %v", err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(finance)
	f.Add("kind: Consumption\nconsumes: [{port: {}}, [], null]\nconsumer: 1")
	f.Fuzz(func(t *testing.T, text string) {
		uses, _ := Parse("f.yaml", []byte(text))
		for _, u := range uses {
			for _, n := range u.Fields {
				n.Path.Steps() // panics unless canonical
			}
		}
	})
}

func TestParseRefusesWhatNobodyCanKeep(t *testing.T) {
	text := strings.Replace(finance, "{property: freshness, atMost: 26h}", "{property: retention, atMost: 30d}, {property: retention, atLeast: P1Y}", 1)
	_, err := Parse("f.yaml", []byte(text))
	want := "f.yaml:13:60: retention of at most 30d and of at least P1Y contradict each other; the other is at f.yaml:13:24"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	text = strings.Replace(finance, "{property: freshness, atMost: 26h}", "{property: retention, atMost: P2Y}, {property: retention, atLeast: P1Y}", 1)
	if _, err := Parse("f.yaml", []byte(text)); err != nil {
		t.Error(err)
	}
}
