package modern

import (
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

const specificationText = `dataContractSpecification: 1.2.0
id: orders
info: {title: Orders, version: 1.10, owner: checkout, contact: {email: a}, own: x}
servers: {production: {type: snowflake}}
terms: {usage: a, billing: b, noticePeriod: P3M}
models:
  orders:
    primaryKey: [id]
    fields:
      id: {$ref: '#/definitions/id', own: x}
      total: {type: decimal, precision: 10, scale: 2, config: {snowflakeType: 'NUMBER(12, 2)'}}
definitions: {id: {type: string, pii: true}}
servicelevels: {backup: {interval: weekly, recoveryTime: 24h}}
`

const version2Text = `uuid: orders
version: 1.10
quantumName: shop
database: d
productSlackChannel: c
dataset:
  - table: orders
    columns:
      - {column: id, isNullable: false, clusterStatus: true, own: x}
own: x
`

// What is read of an older standard has the words of today, the texts that were written,
// and a place in the file, whatever was put together for it.
func TestForm(t *testing.T) {
	tests := []struct {
		name, text string
		standard   Standard
		want       map[string]string
	}{
		{"Data Contract Specification", specificationText, Specification, map[string]string{
			"name": "Orders", "version": "1.10", "team.name": "checkout", "support.0.url": "mailto:a", "description.usage": "a", "price.priceUnit": "b",
			"customProperties.0.property": "own", "customProperties.1.value": "P3M", "servers.0.server": "production",
			"schema.0.name": "orders", "schema.0.properties.0.name": "id", "schema.0.properties.0.primaryKey": "true", "schema.0.properties.0.logicalType": "string", "schema.0.properties.0.own": "x",
			"schema.0.properties.1.physicalType": "NUMBER(12, 2)", "schema.0.properties.1.logicalTypeOptions.precision": "10",
			"slaProperties.0.property": "backupInterval", "slaProperties.1.value": "24h",
		}},
		{"ODCS v2.2", version2Text, ODCS2, map[string]string{
			"id": "orders", "version": "1.10", "dataProduct": "shop", "servers.0.database": "d", "support.0.channel": "c", "own": "x",
			"schema.0.name": "orders", "schema.0.properties.0.required": "true", "schema.0.properties.0.customProperties.0.property": "clusterStatus", "schema.0.properties.0.own": "x",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := document.Parse("x.yaml", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			var problems document.Problems
			form := Form(n, tt.standard, &problems).Node
			if err := problems.Err(); err != nil {
				t.Fatal(err)
			}
			texts := make(map[string]string)
			walk(form, "", func(at string, n *document.Node) {
				texts[at] = n.Text
				if n.Span.File != "x.yaml" || n.Span.Start.Line < 1 || n.Span.Start.Line > strings.Count(tt.text, "\n") {
					t.Errorf("%s stands at %s", at, n.Span)
				}
			})
			for at, want := range tt.want {
				if texts[at] != want {
					t.Errorf("%s is %q, want %q", at, texts[at], want)
				}
			}
		})
	}
}

func walk(n *document.Node, at string, visit func(at string, n *document.Node)) {
	visit(strings.TrimPrefix(at, "."), n)
	for i, item := range n.Items {
		step := fmt.Sprint(i)
		if n.Kind == document.Map {
			step = n.Keys[i].Text
			visit(strings.TrimPrefix(at+"."+step, ".")+" (its key)", n.Keys[i])
		}
		walk(item, at+"."+step, visit)
	}
}

// A contract that is up to date is not copied.
func TestFormOfToday(t *testing.T) {
	n, err := document.Parse("x.yaml", []byte("id: a\nteam: {name: b}\nslaProperties: [{property: latency, element: a}]\nschema: [{name: o}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if form := Form(n, ODCS3, new(document.Problems)); form.Node != n {
		t.Error("it is copied")
	}
}

// Two members that come to have one name are both there.
func TestFormLosesNothing(t *testing.T) {
	n, err := document.Parse("x.yaml", []byte("uuid: a\nid: b\ndatasetName: c\nname: c\n"))
	if err != nil {
		t.Fatal(err)
	}
	form := Form(n, ODCS2, new(document.Problems)).Node
	if id, also, names := form.Get("id").String(), form.Get("also id").String(), len(form.Keys); id != "a" || also != "b" || names != 3 {
		t.Errorf("got %q, also %q, %d members", id, also, names)
	}
}
