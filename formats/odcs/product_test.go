package odcs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

func TestPorts(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{
			"a contract is a port named after its file", "contracts/checkout/orders.odcs.yaml",
			"kind: DataContract\napiVersion: v3.1.0\nid: urn:orders\nversion: 1.2.0\nstatus: Deprecated\nteam: {name: checkout}\nservers: [{type: kafka}]\n",
			"contracts/checkout/orders urn:orders 1.2.0 checkout stream deprecated [contracts/checkout/orders.odcs.yaml] 3:1\n",
		},
		{"a contract in JSON", "orders.json", `{"kind": "DataContract", "apiVersion": "v3.1.0", "id": "a"}`, "orders a     [orders.json] 1:50\n"},
		{"two contracts in one file are one port", "a.yaml", preamble + "---\n" + preamble, "a orders 1.0.0   active [a.yaml] 3:1\n"},
		{"a contract that cannot be read is a port", "a.yaml", preamble + "schema: [\n", "a     [a.yaml] 1:1\n"},
		{
			"a data product has the ports that it lists", "product.yaml",
			"kind: DataProduct\napiVersion: v1.0.0\nid: p-1\nname: checkout\nstatus: active\nteam: {name: shop}\noutputPorts:\n  - {name: orders, version: 1.0.0, contractId: urn:orders, type: kafka}\n  - {name: refunds, version: 1.0.0, contractId: urn:refunds}\n  - {name: refunds, version: 2.0.0, contractId: urn:refunds-2, customProperties: [{property: status, value: draft}]}\n",
			"checkout/orders urn:orders 1.0.0 shop stream active [] 8:6\n" +
				"checkout/refunds@1.0.0 urn:refunds 1.0.0 shop  active [] 9:6\n" +
				"checkout/refunds@2.0.0 urn:refunds-2 2.0.0 shop  draft [] 10:6\n",
		},
		{"a data product twice in one file", "product.yaml", "kind: DataProduct\napiVersion: v0.9.0\nid: p\noutputPorts: [{name: o, version: 1}]\n---\nkind: DataProduct\napiVersion: v0.9.0\nid: p\noutputPorts: [{name: o, version: 1}]\n", "p/o  1   [] 4:16\n"},
		{
			"a contract of the Data Contract Specification", "orders.yaml",
			"dataContractSpecification: 0.9.3\nid: urn:orders\ninfo: {title: Orders, version: 1.2.0, owner: checkout, status: draft}\nservers: {production: {type: s3}}\n",
			"orders urn:orders 1.2.0 checkout files draft [orders.yaml] 2:1\n",
		},
		{
			"a contract of v2", "orders.yaml", "kind: DataContract\nuuid: u-1\nversion: 1.2.0\nstatus: deprecated\nstakeholders: [{username: ada, role: owner}]\n",
			"orders u-1 1.2.0 ada  deprecated [orders.yaml] 2:1\n",
		},
		{"a data product without a name goes by its id", "product.yaml", "kind: DataProduct\napiVersion: v0.9.0\nid: p-1\noutputPorts: [{name: orders, version: 1}]\n", "p-1/orders  1   [] 4:16\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, err := ports(nil, tt.file, []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, p := range found {
				got += fmt.Sprintln(p.ID, p.ContractID, p.Version, p.Owner, p.Kind, p.Status, p.Paths, p.Span.String()[len(p.Span.File)+1:])
				if !p.Declared {
					t.Errorf("%s is not declared", p.ID)
				}
			}
			// Empty words leave two spaces, which say nothing.
			if squeeze(got) != squeeze(tt.want) {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func squeeze(s string) string {
	var out []rune
	for _, r := range s {
		if r == ' ' && len(out) > 0 && out[len(out)-1] == ' ' {
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

func TestPortsRefuses(t *testing.T) {
	const head = "kind: DataProduct\napiVersion: v1.0.0\nid: p-1\n"
	tests := []struct{ name, text, want string }{
		{"no list", head + "outputPorts: {orders: {}}\n", `x.yaml:4:14: want a list for "outputPorts"`},
		{"no name", head + "outputPorts:\n  - version: 1\n", `x.yaml:5:5: want a name for this port of "outputPorts"`},
		{"one port twice", head + "outputPorts:\n  - {name: a, version: 1}\n  - {name: a, version: 1}\n", "x.yaml:6:6: port p-1/a@1 is declared twice"},
		{"neither name nor id", "kind: DataProduct\napiVersion: v1.0.0\n", "x.yaml:1:1: want a name or an id for this data product"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ports(nil, "x.yaml", []byte(tt.text)); err == nil || err.Error() != tt.want {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestInputPorts(t *testing.T) {
	text := "kind: DataProduct\napiVersion: v1.0.0\nid: p-1\nname: KPIs\nteam: {name: finance}\ninputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: urn:orders\n"
	got, err := Format.Inputs("kpi.yaml", []byte(text))
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	p := got[0]
	if at := p.Span.String(); at != "kpi.yaml:7:5" || p.Consumer != "KPIs" || p.Owner != "finance" || p.Version != "1.0.0" || p.ContractID != "urn:orders" {
		t.Errorf("got %+v", p)
	}
	if got, err := Format.Inputs("orders.yaml", []byte(preamble)); len(got) != 0 || err != nil {
		t.Errorf("a contract consumes %v, %v", got, err)
	}
}

func TestTerms(t *testing.T) {
	s, err := read(t, "x.yaml", preamble+`team: [{username: ada, role: Data Product Owner}]
servers: [{type: s3}]
slaProperties:
  - {property: endOfSupport, value: 2032-05-12}
  - {property: endOfLife, value: 2042-05-12}
customProperties: [{property: noticePeriod, value: P3M}]
`)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintln(s.Terms.ContractID, s.Terms.Version, s.Terms.Owner, s.Terms.Kind, s.Terms.Status, s.Terms.Notice, s.Terms.EndOfSupport.Format("2006-01-02"), s.Terms.Span)
	if want := "orders 1.0.0 ada files active P3M 2032-05-12 x.yaml:5:1\n"; got != want {
		t.Errorf("got %swant %s", got, want)
	}
}

func TestOutline(t *testing.T) {
	s, err := read(t, "x.yaml", preamble+`schema:
  - name: orders
    properties:
      - {name: id, logicalType: string, physicalType: VARCHAR(10), required: true, classification: internal}
      - name: lines
        logicalType: array
        items: {logicalType: object, properties: [{name: sku, logicalType: string, tags: [key], deprecated: true}]}
      - {name: labels, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: integer}}}
`)
	if err != nil {
		t.Fatal(err)
	}
	o := s.Outline()
	want := "[{id  string (VARCHAR(10)) false [classification:internal]} {lines orders.lines array true []} {labels orders.labels map true []}]"
	type edge struct {
		Step, Decl, Type string
		Optional         bool
		Tags             []string
	}
	var got []edge
	for _, e := range o.Decls["orders"] {
		got = append(got, edge{string(e.Step), string(e.Decl), e.Type, e.Optional, e.Tags})
	}
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
	places := schema.Places{Base: o, Head: o}
	for text, want := range map[string]string{"sku": "orders.lines[].sku", "labels{}": "orders.labels{}", "orders.lines[]": "orders.lines[]"} {
		if at, err := places.Resolve(must(text)); string(at) != want || err != nil {
			t.Errorf("%s means %s, %v", text, at, err)
		}
	}
	if !o.IsDeprecated("orders.lines[].sku") || o.IsDeprecated("orders.lines") {
		t.Error("the wrong element is deprecated")
	}
}

func must(text string) change.Path {
	p, err := change.Parse(text)
	if err != nil {
		panic(err)
	}
	return p
}

// What data products say of their ports is compared by what it means.
func TestProductChanges(t *testing.T) {
	product := func(body string) string {
		return "kind: DataProduct\napiVersion: v1.0.0\nid: p\nname: shop\nstatus: active\n" + body + "\noutputPorts: [{name: orders, version: 1.0.0, contractId: urn:orders, type: tables}]\n"
	}
	tests := []struct {
		name, base, head string
		status           schema.Status // of the port's contract
		want             []string
	}{
		{"nothing", product(""), product(""), schema.Active, nil},
		{"the version of the standard", product(""), strings.Replace(product(""), "v1.0.0", "v0.9.0", 1), schema.Active, nil},
		{"a team in the form of v1.0", product("team: [{username: ada}]"), product("team: {members: [{username: ada}]}"), schema.Active, nil},
		{"a management port by another word", product("managementInterface: [{name: a, content: discoverability}]"), product("managementPorts: [{name: a, content: discoverability}]"), schema.Active, nil},
		{"a management port that moved", product("managementPorts: [{name: a, url: x}]"), product("managementPorts: [{name: a, url: y}]"), schema.Active, []string{"odps/management-port-changed: the management port a is somewhere else, or something else: url changed"}},
		{"a management port that is described", product("managementPorts: [{name: a, url: x}]"), product("managementPorts: [{name: a, url: x, description: y}]"), schema.Active, []string{"odcs/documentation-changed: the data product: managementPorts changed"}},
		{"a description", product("description: {purpose: a}"), product("description: {purpose: b}"), schema.Active, []string{"odcs/documentation-changed: the data product: description changed"}},
		{"the limitations", product("description: {limitations: a}"), product("description: {limitations: b}"), schema.Active, []string{"odcs/limitations-changed: the text on the limitations of use changed"}},
		{"another team", product("team: {name: a}"), product("team: {name: b}"), schema.Active, []string{`odcs/team-changed: the name of the team "a" became "b"`}},
		{"retired, while its contract holds", product(""), strings.Replace(product(""), "active", "retired", 1), schema.Active, []string{`odps/product-withdrawn: the status of the data product "active" became "retired"`}},
		{"retired, which is the port's status too", product(""), strings.Replace(product(""), "active", "retired", 1), "", nil},
		{"what it reads", product(""), product("inputPorts: [{name: a, version: 1, contractId: b}]"), schema.Active, nil},
		{"a key of one's own", product("own: a"), product("own: b"), schema.Active, []string{"odcs/not-compared: own: changed, which is not compared"}},
		{"a key of a port's own", product(""), strings.Replace(product(""), "type: tables", "type: tables, own: a", 1), schema.Active, []string{"odcs/not-compared: the port: own changed, which is not compared"}},
		{"a bill of materials", product(""), strings.Replace(product(""), "type: tables", "type: tables, sbom: [{url: a}]", 1), schema.Active, []string{"odcs/documentation-changed: the port: sbom changed"}},
		{"a version that readers of the one before can read", product(""), strings.Replace(product(""), "version: 1.0.0", "version: v1.2.0", 1), schema.Active, nil},
		{"a version in place of the one before", product(""), strings.Replace(product(""), "version: 1.0.0", "version: 2", 1), schema.Active, []string{`odps/output-port-replaced: the version of the port "1.0.0" became "2", in its place`}},
		{"a type in capitals", product(""), strings.Replace(product(""), "tables", "Tables", 1), schema.Active, nil},
		{"a port by another name", product(""), strings.Replace(product(""), "name: orders", "name: sales", 1), schema.Active, []string{"odps/output-port-removed: the data product shop no longer has the port orders"}},
		{"no product", product(""), "a: 1\n", schema.Active, []string{"odps/output-port-removed: the data product shop no longer has the port orders"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			side := func(text string) (d schema.Document, port schema.Port) {
				d = schema.Document{Path: "product.yaml", Text: []byte(text)}
				all, err := ports(nil, d.Path, d.Text)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range all {
					if p.ID == "shop/orders" {
						port = p
					}
				}
				return d, port
			}
			base, b := side(tt.base)
			head, h := side(tt.head)
			var got []string
			for _, c := range declared(base, head)(b, h, schema.Terms{Status: tt.status}) {
				got = append(got, c.Rule.ID+": "+c.Detail)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
