package policy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
)

var known = Known{
	Formats: []schema.Format{{Name: "flat", Options: []string{"strict"}}},
	Rules:   []change.Rules{{List: []*change.Rule{{ID: "flat/field-removed", Idea: change.FieldRemoved}}}},
}

func config(t *testing.T, files map[string]string, sets ...string) (*Config, []string) {
	t.Helper()
	data := make(map[string][]byte)
	for name, text := range files {
		data[name] = []byte(text)
	}
	c, errs := Read(revision.Memory("test", data), File, known, sets)
	var texts []string
	for _, e := range errs {
		texts = append(texts, e.Error())
	}
	return c, texts
}

func TestRead(t *testing.T) {
	c, errs := config(t, map[string]string{
		File: `version: 1
ports:
  - id: checkout/orders
    owner: "@acme/checkout"
    kind: stream
    files: [contracts/orders/**/*.flat]
    format: flat
    status: active
    compatibility: full
    slo: contracts/orders.yaml
    registry: {complete: true, asOf: 2026-11-01, by: "@acme/checkout"}
  - id: checkout/old
    movedTo: "acme/other#checkout/old"
formats: {flat: {strict: true}}
consumers: {files: [readers/*.yaml]}
policy:
  fail-on: risky
  unregistered: notify
  rules: {flat/field-removed: risky, "*/field-removed": compatible, flat/*: breaking}
  notice: P2M
  approvers: ["@acme/governance"]
  waivers: [{finding: 3f2a91c4, digest: d, reason: agreed, by: "@acme/finance", until: 2027-01-31}]
notify: {channels: []}
`,
		Approvals + "/orders.yaml":  "- {finding: aaaaaaaa, digest: e, reason: r, by: b, until: 2027-01-31}\n",
		Approvals + "/a/other.yaml": "finding: bbbbbbbb\ndigest: f\nreason: r\nby: b\nuntil: 2027-01-31T00:00:00Z\n",
		Approvals + "/README.md":    "not an approval",
	}, "policy.fail-on=never", "policy.rules.flat/field-removed=breaking")
	if len(errs) > 0 {
		t.Fatal(strings.Join(errs, "\n"))
	}
	d := c.Ports[0]
	if d.ID != "checkout/orders" || d.Files[0] != "contracts/orders/**/*.flat" || d.Compatibility != "full" || !d.Complete.Holds(now) {
		t.Errorf("got %+v", d)
	}
	if at := d.At("files.0").String(); at != "breakwater.yaml:6:13" {
		t.Errorf("the first pattern is at %s", at)
	}
	p := c.Policy
	if p.FailOn != FailOnNever || *p.Unregistered != Notify || p.Classes["flat/field-removed"] != change.Breaking || p.Classes["flat/*"] != change.Breaking || p.Notice.Months != 2 {
		t.Errorf("got %+v", p)
	}
	var findings []string
	for _, a := range p.Approvals {
		findings = append(findings, a.Finding)
	}
	if got := fmt.Sprint(findings, c.Consumers, c.Formats["flat"].Get("strict").Text); got != "[3f2a91c4 bbbbbbbb aaaaaaaa] [readers/*.yaml]true" {
		t.Errorf("got %s", got)
	}
}

// One run tells all that is wrong, each at its place.
func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"an unknown key", "consumer: {}", `breakwater.yaml:1:1: unknown key "consumer"; did you mean "consumers"?`},
		{"another version", "version: 2", `breakwater.yaml:1:10: want version 1, got "2"`},
		{"a port without an id", "ports: [{files: [a]}]", `breakwater.yaml:1:9: want a value for "id"`},
		{"a port without files", "ports: [{id: a}]", `breakwater.yaml:1:9: want "files": which files are this port`},
		{"a port twice", "ports:\n- {id: a, files: [a]}\n- {id: a, files: [b]}", `breakwater.yaml:3:8: port "a" is declared twice; the other is at breakwater.yaml:2:8`},
		{"a path outside", "ports: [{id: a, files: [../b]}]", `breakwater.yaml:1:25: want a path inside the repository, got "../b"`},
		{"an impossible pattern", "ports: [{id: a, files: ['a[']}]", `breakwater.yaml:1:25: "a[" is no pattern that can match`},
		{"an unknown format", "ports: [{id: a, files: [a], format: flt}]", `breakwater.yaml:1:37: unknown format "flt"; did you mean "flat"?`},
		{"an unknown kind", "ports: [{id: a, files: [a], kind: streem}]", `breakwater.yaml:1:35: want api, files, sql or stream for "kind", got "streem"; did you mean "stream"?`},
		{"a knob that an API has not", "ports: [{id: a, files: [a], kind: api, direction: read}]", `breakwater.yaml:1:35: an API says in each place what is read and what is sent; it takes no direction and no compatibility`},
		{"a direction that contradicts", "ports: [{id: a, files: [a], direction: write, compatibility: forward}]", `breakwater.yaml:1:62: forward keeps those who read whole, and this port is written to; want backward, full or none`},
		{"a complete registry without a date", "ports: [{id: a, files: [a], registry: {complete: true, by: b}}]", `breakwater.yaml:1:39: want a value for "asOf"`},
		{"an option that the format has not", "formats: {flat: {strikt: true}}", `breakwater.yaml:1:18: unknown key "strikt"; did you mean "strict"?`},
		{"a rule that is none", "policy: {rules: {flat/field-remove: risky}}", `breakwater.yaml:1:18: unknown rule "flat/field-remove"; did you mean "flat/field-removed"?`},
		{"a class that is none", "policy: {rules: {flat/*: ignore}}", `breakwater.yaml:1:26: want breaking, risky or compatible for "flat/*", got "ignore"`},
		{"a notice that is none", "policy: {notice: soon}", `breakwater.yaml:1:18: want a time such as P30D, got "soon"`},
		{"a waiver without a reason", "policy: {waivers: [{finding: a, digest: b, by: c, until: 2027-01-01}]}", `breakwater.yaml:1:20: want a value for "reason"`},
		{"a waiver without an end", "policy: {waivers: [{finding: a, digest: b, by: c, reason: d}]}", `breakwater.yaml:1:20: want a value for "until"`},
		{"a waiver until some day", "policy: {waivers: [{finding: a, digest: b, by: c, reason: d, until: later}]}", `breakwater.yaml:1:69: want a date such as 2027-01-31, got "later"`},
		{"an import of a kind that is none", "consumers: {imports: [{kind: openlinage, path: m.json}]}", `breakwater.yaml:1:30: want agreement, backstage, dbt, lock, openlineage, pact, query-log, snapshot or sql for "kind", got "openlinage"; did you mean "openlineage"?`},
		{"an import without a path", "consumers: {imports: [{kind: dbt}]}", `breakwater.yaml:1:23: want a value for "path"`},
		{"an import from elsewhere", "consumers: {imports: [{kind: dbt, path: ../m.json}]}", `breakwater.yaml:1:41: want a path inside the repository, got "../m.json"`},
		{"an import of another repository", "consumers: {imports: [{kind: dbt, path: m.json, git: a, rev: b}]}", `breakwater.yaml:1:54: only a snapshot or a lock is copied from another repository; want kind: snapshot or lock`},
		{"ports of providers that nothing names", "consumers: {imports: [{kind: dbt, path: m.json, ports: {Shop: shop/orders}}]}", `breakwater.yaml:1:56: only Pact files name providers; want kind: pact`},
		{"a provider without a port", "consumers: {imports: [{kind: pact, path: p.json, ports: {Shop: []}}]}", `breakwater.yaml:1:64: want the id of a port for the provider "Shop", such as checkout/orders`},
		{"a port of a provider that is no text", "consumers: {imports: [{kind: pact, path: p.json, ports: {Shop: [{}]}}]}", `breakwater.yaml:1:65: want the id of a port for the provider "Shop", such as checkout/orders`},
		{"an import of SQL of nobody", "consumers: {imports: [{kind: sql, path: a.sql}]}", `breakwater.yaml:1:23: want consumer.id: SQL does not say whose it is`},
		{"no YAML", "a: [", "breakwater.yaml:1:1: the YAML cannot be read"},
		{"a list", "- a", `breakwater.yaml:1:1: want the configuration as a map of keys and values, got a list`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, errs := config(t, map[string]string{File: tt.text})
			if len(errs) == 0 || !strings.HasPrefix(errs[0], tt.want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(errs, "\n"), tt.want)
			}
		})
	}
	if _, errs := config(t, nil, "policy"); len(errs) != 1 || errs[0] != "--set policy: want KEY=VALUE" {
		t.Errorf("got %v", errs)
	}
	if _, errs := config(t, nil, "policy.fail-on=sometimes"); len(errs) != 1 || !strings.Contains(errs[0], "--set policy.fail-on=sometimes") {
		t.Errorf("got %v", errs)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("version: 1\nports: [{id: a, files: [a], registry: {complete: yes}}]\npolicy: {rules: {a: b}, waivers: [[]]}")
	f.Fuzz(func(t *testing.T, text string) {
		a, _ := Read(revision.Memory("a", map[string][]byte{File: []byte(text)}), File, known, nil)
		if changes := Gate(a, a, nil); len(changes) > 0 {
			t.Errorf("a gate differs from itself: %s", changes[0].Detail)
		}
	})
}
