package odcs

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// rich has every kind of member that this package knows, and some that it does not.
const rich = `apiVersion: v3.1.0
kind: DataContract
id: urn:contract:orders
version: 1.0.0
status: active
name: Orders
domain: shop
custom: x
description:
  purpose: All orders.
  limitations: Not for invoices.
  authoritativeDefinitions: [{type: privacyStatement, url: a}]
tags: [a, b]
servers:
  - server: production
    type: postgres
    host: a
    roles: [{role: reader, access: read}]
team: {name: checkout, members: [{username: ada, role: owner}]}
roles: [{role: reader, access: read}]
support: [{channel: a, url: b}]
price: {priceAmount: 9, priceCurrency: EUR}
customProperties: [{property: pii, value: false}, {property: noticePeriod, value: P30D}]
authoritativeDefinitions: [{type: businessDefinition, url: a}, {type: tutorial, url: b}, {type: other, url: c}]
slaDefaultElement: orders.at
slaProperties:
  - {property: latency, value: 4, unit: d, schedule: daily, driver: analytics}
  - {property: retention, value: P1Y, element: 'orders.id, orders.at', extra: 1}
  - {property: frequency, value: 2, unit: d, valueExt: 3}
  - {property: endOfSupport, value: 2032-05-12}
schema:
  - name: orders
    id: orders_obj
    physicalName: ORDERS
    physicalType: table
    dataGranularityDescription: One row per order.
    deprecated: true
    relationships: [{from: orders.customer, to: customers.id, type: foreignKey, customProperties: [{property: cardinality, value: 1}]}]
    quality: [{metric: rowCount, mustBeGreaterThan: 5, unit: rows}]
    properties:
      - name: id
        id: id_prop
        physicalName: ID
        businessName: Number
        logicalType: integer
        physicalType: BIGINT
        primaryKey: true
        required: true
        unique: true
        classification: internal
        criticalDataElement: true
        encryptedName: id_enc
        transformLogic: a + b
        transformSourceObjects: [x, y]
        examples: [1, 2]
        logicalTypeOptions: {minimum: 1, maximum: 10, multipleOf: 2, format: i64, unknown: 3}
        relationships: [{to: customers.id}]
      - name: at
        logicalType: timestamp
        partitioned: true
        partitionKeyPosition: 1
        logicalTypeOptions: {format: yyyy, timezone: true, defaultTimezone: Europe/Berlin}
      - name: status
        logicalType: string
        enum: [open, paid]
        deprecated: true
        logicalTypeOptions: {minLength: 2, maxLength: 9, pattern: a, format: b}
        quality: [{metric: invalidValues, arguments: {validValues: [a, b]}, mustBe: 0}]
      - name: sort
        logicalType: string
        quality: [{metric: invalidValues, arguments: {validValues: [a, b]}, mustBe: 0, severity: error}]
      - name: lines
        logicalType: array
        logicalTypeOptions: {minItems: 1, maxItems: 9, uniqueItems: true}
        items:
          logicalType: object
          logicalTypeOptions: {required: [sku], maxProperties: 3}
          properties: [{name: sku, logicalType: string}, {name: qty, logicalType: integer}]
      - name: labels
        logicalType: map
        map: {key: {logicalType: string}, value: {logicalType: string}}
`

// silent are the edits of which nothing is said, and why nothing need be.
var silent = map[string]string{
	"apiVersion changed":                                      "the version of the standard",
	"schema[].physicalName removed":                           "the name, in capitals",
	"schema[].physicalType removed":                           "a table, as if it were not said",
	"schema[].properties[].physicalName removed":              "the name, in capitals",
	"schema[].properties[].unique changed":                    "the column is a primary key",
	"schema[].properties[].unique removed":                    "the column is a primary key",
	"schema[].properties[].logicalTypeOptions.format removed": "the physical type says the same",
	"schema[].properties[].partitionKeyPosition changed":      "the place of a single column",
	"schema[].properties[].partitionKeyPosition removed":      "the place of a single column",
	"schema[].relationships[].type removed":                   "foreignKey, as if it were not said",
	"schema[].quality[].unit removed":                         "rows, as if it were not said",
	"customProperties[] removed":                              "no personal data, as if it were not said",
	"customProperties[].value removed":                        "no personal data, as if it were not said",
}

// richSpecification is the same for the Data Contract Specification.
const richSpecification = `dataContractSpecification: 1.2.1
id: urn:contract:orders
own: x
info:
  title: Orders
  version: 1.0.0
  status: active
  description: All orders.
  owner: checkout
  contact: {name: help, url: a, email: b}
  slackChannel: c
servers:
  production: {type: postgres, host: a, roles: [{name: reader, description: b}]}
terms:
  usage: Reports.
  limitations: No invoices.
  billing: 5 EUR
  noticePeriod: P3M
  policies: [{name: privacy, url: a}]
  own: x
models:
  orders:
    type: table
    title: Orders
    description: One row per order.
    namespace: a
    primaryKey: [id, at]
    additionalFields: false
    config: {avroNamespace: a, redshiftType: b}
    quality: [{type: sql, query: SELECT 1, mustBeGreaterThanOrEqualTo: 5}]
    fields:
      id: {$ref: '#/definitions/id', unique: true, references: customers.id}
      at: {type: timestamp, required: true, example: a, title: At}
      total: {type: decimal, precision: 10, scale: 2, minimum: 1, maximum: 10, config: {snowflakeType: NUMBER, avroType: a}}
      raw: {type: blob, pii: true, classification: restricted, tags: [a], links: {a: b}, config: {postgresType: BYTEA}}
      status: {type: string, enum: [open, paid], minLength: 1, maxLength: 9, pattern: a, format: b, quality: [{type: text, description: a}]}
      lines: {type: array, items: {type: record, fields: {sku: {type: string}}}}
      labels: {type: map, keys: {type: string}, values: {type: int}}
      made: {type: long, lineage: {inputFields: [{namespace: a, name: b, field: c}], transformationDescription: d, transformationType: e}}
definitions:
  id: {type: string, name: id, domain: checkout, format: uuid}
  free: {type: string}
servicelevels:
  availability: {percentage: 99.9%, description: a}
  retention: {period: P1Y, unlimited: false, timestampField: orders.at}
  latency: {threshold: 25h, sourceTimestampField: orders.at, processedTimestampField: orders.id}
  freshness: {threshold: 24h, timestampField: orders.at, own: 1, more: [2]}
  frequency: {type: batch, interval: daily, cron: 0 0 * * *}
  support: {time: 9am to 5pm, responseTime: 1h}
  backup: {interval: weekly, cron: 0 0 * * 0, recoveryTime: 24 hours, recoveryPoint: 1 week}
  own: {x: 1}
links: {docs: a}
tags: [a, b]
`

// rich2 is the same for ODCS v2.2.
const rich2 = `apiVersion: v2.2.2
kind: DataContract
uuid: orders
version: 1.0.0
status: active
datasetName: Orders
quantumName: shop
datasetDomain: sales
userConsumptionMode: Analytical
sourceSystem: bigQuery
server: a
driver: postgres
database: b
productSlackChannel: c
productFeedbackUrl: d
description: {purpose: a, usage: b, limitations: c}
type: tables
tenant: a
stakeholders: [{username: ada, role: owner, comment: x}]
roles: [{role: reader, access: read}]
price: {priceAmount: 9, priceCurrency: EUR}
slaDefaultColumn: orders.at
slaProperties: [{property: latency, value: 4, unit: d, column: orders.id}, {property: retention, value: 1, unit: y}]
dataset:
  - table: orders
    physicalName: orders_v1
    priorTableName: o
    dataGranularity: One row per order.
    quality: [{code: a, templateName: NullCheck, toolName: X, description: b, dimension: c, severity: error, scheduleCronExpression: 0 20 * * *}]
    columns:
      - {column: id, isPrimaryKey: true, isUnique: true, isNullable: false, logicalType: string, physicalType: VARCHAR(10), clusterStatus: true, clusterKeyPosition: 1}
      - {column: at, isNullable: false, logicalType: timestamp, partitionStatus: true, encryptedColumnName: e, transformSourceTables: [t], sampleValues: [1], criticalDataElementStatus: true}
`

// silentSpecification and silent2 are the edits of which nothing is said.
var (
	silentSpecification = map[string]string{
		"dataContractSpecification changed":                    "the version of the standard",
		"definitions.free removed":                             "nothing refers to it",
		"definitions.free.type changed":                        "nothing refers to it",
		"definitions.free.type removed":                        "nothing refers to it",
		"definitions.id.domain changed":                        "the name of the definition",
		"definitions.id.domain removed":                        "the name of the definition",
		"definitions.id.name changed":                          "the name of the definition",
		"definitions.id.name removed":                          "the name of the definition",
		"models.orders.type removed":                           "a table, as if it were not said",
		"models.orders.additionalFields removed":               "false, as if it were not said",
		"models.orders.fields.raw.config removed":              "the type itself says the same",
		"models.orders.fields.raw.config.postgresType removed": "the type itself says the same",
		"models.orders.fields.raw.type changed":                "the database's word for it is the same",
		"models.orders.fields.raw.type removed":                "the database's word for it is the same",
		"models.orders.quality[].type removed":                 "it has a query",
		"servicelevels.backup.interval removed":                "its cron says the same",
		"servicelevels.frequency.cron removed":                 "its interval says the same",
		"servicelevels.frequency.interval removed":             "its cron says the same",
		"servicelevels.retention.unlimited removed":            "the period is what is promised",
		"servicelevels.availability.description changed":       "it only describes",
		"servicelevels.availability.description removed":       "it only describes",
	}
	silent2 = map[string]string{
		"apiVersion changed":                   "the version of the standard",
		"apiVersion removed":                   "it goes by its words",
		"dataset[].columns[].isUnique changed": "the column is a primary key",
		"dataset[].columns[].isUnique removed": "the column is a primary key",
		"type removed":                         "a table, as if it were not said",
	}
)

// No edit is lost: whatever member changes or goes away, something is said of it,
// or the contract is refused.
func TestNothingIsLost(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		silent     map[string]string
	}{{"ODCS v3", rich, silent}, {"Data Contract Specification", richSpecification, silentSpecification}, {"ODCS v2", rich2, silent2}} {
		t.Run(tt.name, func(t *testing.T) { nothingIsLost(t, tt.text, tt.silent) })
	}
}

func nothingIsLost(t *testing.T, text string, silent map[string]string) {
	n, err := document.Parse("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	base, err := read(t, "x.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	edits, lost := 0, make(map[string]bool)
	edit(n, "", func(at, what string) {
		edits++
		w := writer{order: func(n int) []int { return slices.Collect(ascending(n)) }, flow: true}
		w.node(n, 0)
		head, err := read(t, "x.yaml", w.b.String())
		if err != nil || len(compare(t, base, head)) > 0 || head.Terms.Status != base.Terms.Status || head.Terms.Version != base.Terms.Version {
			return
		}
		lost[at+" "+what] = true
	})
	t.Logf("%d edits", edits)
	for _, what := range slices.Sorted(maps.Keys(lost)) {
		if silent[what] == "" {
			t.Errorf("nothing is said of it: %s", what)
		}
	}
	for what := range silent {
		if !lost[what] {
			t.Errorf("something is said of it now: %s", what)
		}
	}
}

func ascending(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n && yield(i); i++ {
		}
	}
}

// edit changes every scalar of n in turn, and takes every member and item away, and
// puts it back; try is called in between.
func edit(n *document.Node, at string, try func(at, what string)) {
	if n.Kind == document.Scalar {
		was := *n
		switch {
		case n.Tag == document.Bool:
			n.Text = map[string]string{"true": "false", "false": "true"}[n.Text]
		case n.Tag == document.Int:
			n.Text += "7"
		case strings.HasPrefix(n.Text, "P") || strings.Contains(n.Text, "-05-"):
			n.Text = strings.NewReplacer("P", "P1", "-05-", "-06-").Replace(n.Text)
		default:
			n.Text += "z"
		}
		try(at, "changed")
		*n = was
		return
	}
	keys, items := n.Keys, n.Items
	for i := range items {
		step := "[]"
		if n.Kind == document.Map {
			step = strings.TrimPrefix("."+keys[i].Text, map[bool]string{true: "."}[at == ""])
			n.Keys = slices.Delete(slices.Clone(keys), i, i+1)
		}
		n.Items = slices.Delete(slices.Clone(items), i, i+1)
		try(at+step, "removed")
		n.Keys, n.Items = keys, items
		edit(items[i], at+step, try)
	}
}
