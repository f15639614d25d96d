package odcs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
)

// A table goes by its stored name and by the contract's, on each server; columns by
// the names that queries use, and their parts behind a dot.
func TestTables(t *testing.T) {
	const text = `apiVersion: v3.1.0
kind: DataContract
id: o
version: 1.0.0
status: active
servers:
  - {server: a, type: postgres, host: h, database: shop, schema: public}
  - {server: b, type: bigquery, project: p, dataset: d}
  - {server: c, type: kafka, host: h}
schema:
  - name: orders
    physicalName: v1.orders
    properties:
      - {name: ID, physicalName: order_id, logicalType: string}
      - name: lines
        logicalType: array
        items: {logicalType: object, properties: [{name: sku, logicalType: string}]}
      - {name: address, logicalType: object, properties: [{name: city, logicalType: string}]}
`
	s, err := Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{"o.yaml": {Data: []byte(text)}}, Paths: []string{"o.yaml"}})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, table := range Format.Tables(s) {
		fmt.Fprintln(&got, table.Decl, table.Names)
		for _, name := range slices.Sorted(maps.Keys(table.Columns)) {
			fmt.Fprintln(&got, name, table.Columns[name])
		}
	}
	want := `orders [[shop v1 orders] [p v1 orders] [v1 orders] [shop public orders] [p d orders] [orders]]
address orders.address
address.city orders.address.city
id orders.ID
lines orders.lines
lines.sku orders.lines[].sku
order_id orders.ID
`
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
}
