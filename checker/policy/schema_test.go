package policy_test

import (
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/formats"
)

// The JSON Schema that editors use and our own reader say the same of a
// configuration, where a schema can say it at all.
func TestConfigSchema(t *testing.T) {
	schema := ruletest.JSONSchema(t, "../../docs/breakwater.schema.json")
	known := policy.Known{Formats: formats.All(), Rules: (&checker.Checker{Formats: formats.All()}).Rules()}
	tests := []struct {
		name, text string
		want       bool
	}{
		{"nothing", "", true},
		{"everything", everything, true},
		{"an unknown key", "consumer: {}", false},
		{"another version", "version: 2", false},
		{"a port without an id", "ports: [{files: [a]}]", false},
		{"an unknown kind", "ports: [{id: a, files: [a], kind: streem}]", false},
		{"an unknown format", "ports: [{id: a, files: [a], format: csv}]", false},
		{"a complete registry without a date", "ports: [{id: a, files: [a], registry: {complete: true, by: b}}]", false},
		{"versions without a place", "ports: [{id: a, files: [a], versions: {}}]", false},
		{"versions in two places", "ports: [{id: a, files: [a], versions: {tags: v*, folder: old}}]", false},
		{"versions in a place that is none", "ports: [{id: a, files: [a], versions: {tag: v*}}]", false},
		{"versions in a folder", "ports: [{id: a, files: [a], versions: {folder: old}}]", true},
		{"a class that is none", "policy: {rules: {odcs/*: ignore}}", false},
		{"a waiver without a reason", "policy: {waivers: [{finding: a, digest: b, by: c, until: 2027-01-01}]}", false},
		{"an import of a kind that is none", "consumers: {imports: [{kind: dpt, path: a}]}", false},
		{"an import without a path", "consumers: {imports: [{kind: dbt}]}", false},
		{"an import with an unknown key", "consumers: {imports: [{kind: dbt, path: a, dialects: postgres}]}", false},
		{"an import of another repository", "consumers: {imports: [{kind: dbt, path: a, git: b, rev: main}]}", false},
		{"an import of SQL of nobody", "consumers: {imports: [{kind: sql, path: a}]}", false},
		{"an import in an unknown dialect", "consumers: {imports: [{kind: dbt, path: a, dialect: postgre}]}", false},
		{"an option that the format has not", "formats: {protobuf: {strict: true}}", false},
		{"an option without a name", "formats: {protobuf: {options: [{tag: pii}]}}", false},
		{"an option that is tighter some way", "formats: {protobuf: {options: [{name: a.b, tighter: up}]}}", false},
		{"a preset that is none", "formats: {protobuf: {preset: 'buf:ALL'}}", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := schema(tt.text); (err == nil) != tt.want {
				t.Errorf("the schema says %v", err)
			}
			_, errs := policy.Read(revision.Memory("test", map[string][]byte{policy.File: []byte(tt.text)}), policy.File, known, nil)
			if got := len(errs) == 0; got != tt.want {
				t.Errorf("the reader says %v: %v", got, errs)
			}
		})
	}
}

const everything = `version: 1
ports:
  - id: checkout/orders
    owner: "@acme/checkout"
    kind: stream
    files: [contracts/orders/**/*.proto]
    include: [proto]
    format: protobuf
    root: acme.Order
    status: active
    direction: read
    compatibility: full
    versions: {tags: "v*"}
    slo: contracts/orders.odcs.yaml
    registry: {complete: true, asOf: 2026-11-01, by: "@acme/checkout"}
    movedTo: null
formats: {odcs: {}, protobuf: {preset: "buf:WIRE", options: [acme.unit, {name: acme.pii, order: [NO, YES], tag: pii}, {name: acme.age, tighter: lower}, {name: acme.fresh, promise: freshness, unit: s}]}}
consumers:
  files: [readers/*.yaml]
  imports:
    - {kind: dbt, path: target/manifest.json, dialect: snowflake}
    - kind: sql
      path: queries/**/*.sql
      consumer: {id: finance.kpi, team: finance, criticality: high, repo: acme/kpi, owners: ["@acme/finance"]}
      observedAt: 2026-11-01
policy:
  fail-on: risky
  unregistered: notify
  rules: {odcs/id-changed: risky, "*/field-removed": compatible, protobuf/*: breaking}
  notice: P2M
  approvers: ["@acme/governance"]
  waivers: [{finding: 3f2a91c4, digest: d, reason: agreed, by: "@acme/finance", until: 2027-01-31}]
notify: {channels: []}
`
