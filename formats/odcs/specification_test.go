package odcs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

const specified = "dataContractSpecification: 1.2.0\nid: orders\ninfo: {title: Orders, version: 1.0.0, status: active, owner: checkout}\n"

// fieldsOf writes a model orders with the given fields.
func fieldsOf(fields ...string) string {
	return specified + "models:\n  orders:\n    fields:\n      " + strings.Join(fields, "\n      ") + "\n"
}

func levels(entries ...string) string {
	return specified + "servicelevels:\n  " + strings.Join(entries, "\n  ") + "\n"
}

// What changes in a contract of the Data Contract Specification is judged as the same
// change of an ODCS contract is.
func TestSpecificationChanges(t *testing.T) {
	tests := []struct {
		name, base, head string
		want             []string
	}{
		{"a field is gone", fieldsOf("a: {type: string}", "b: {type: string}"), fieldsOf("a: {type: string}"), []string{"table/column-removed: orders.b is gone"}},
		{"a field in another order", fieldsOf("a: {type: string}", "b: {type: string}"), fieldsOf("b: {type: string}", "a: {type: string}"), nil},
		{"a word for the same type", fieldsOf("a: {type: text}", "b: {type: int}", "c: {type: record}", "d: {type: numeric}"), fieldsOf("a: {type: varchar}", "b: {type: integer}", "c: {type: struct}", "d: {type: decimal}"), nil},
		{"a wider type", fieldsOf("a: {type: int}"), fieldsOf("a: {type: long}"), []string{"table/column-type-widened: orders.a: integer (int) became integer (long)"}},
		{"another type", fieldsOf("a: {type: int}"), fieldsOf("a: {type: string}"), []string{"table/column-type-changed: orders.a: integer (int) became string (string)"}},
		{"a precision", fieldsOf("a: {type: decimal, precision: 10, scale: 2}"), fieldsOf("a: {type: decimal, precision: 12, scale: 2}"), []string{"table/column-type-widened: orders.a: number (decimal(10, 2)) became number (decimal(12, 2))"}},
		{"a scale", fieldsOf("a: {type: decimal, precision: 10, scale: 2}"), fieldsOf("a: {type: decimal, precision: 10, scale: 4}"), []string{"table/column-type-changed: orders.a: number (decimal(10, 2)) became number (decimal(10, 4))"}},
		{"a zone", fieldsOf("a: {type: timestamp_tz}"), fieldsOf("a: {type: timestamp_ntz}"), []string{"table/column-type-changed: orders.a: timestamp with zone (timestamp_tz) became timestamp (timestamp_ntz)"}},
		{"what a map holds", fieldsOf("a: {type: map, keys: {type: string}, values: {type: int}}"), fieldsOf("a: {type: map, keys: {type: string}, values: {type: string}}"), []string{"table/column-type-changed: orders.a{}: integer (int) became string (string)"}},
		{
			"a definition that two fields refer to", fieldsOf("a: {$ref: '#/definitions/x'}", "b: {$ref: '#/definitions/x', unique: true}") + "definitions: {x: {type: string, format: uuid}}\n",
			fieldsOf("a: {$ref: '#/definitions/x'}", "b: {$ref: '#/definitions/x', unique: true}") + "definitions: {x: {type: string}}\n",
			[]string{`table/column-format-loosened: orders.a: format "uuid" is gone`, `table/column-format-loosened: orders.b: format "uuid" is gone`},
		},
		{"a definition that is written out", fieldsOf("a: {$ref: '#/definitions/x', required: true}") + "definitions: {x: {type: string, pii: true}}\n", fieldsOf("a: {type: string, pii: true, required: true}"), nil},
		{"a definition of another name", fieldsOf("a: {$ref: '#/definitions/x'}") + "definitions: {x: {type: string}}\n", fieldsOf("a: {$ref: '#/definitions/y'}") + "definitions: {y: {type: string}}\n", nil},
		{"a definition in another document", fieldsOf("a: {$ref: 'https://a.example/x'}"), fieldsOf("a: {$ref: 'https://a.example/y'}"), []string{"odcs/not-compared: orders.a: $ref changed, which is not compared"}},
		{"primary", fieldsOf("a: {type: string, primary: true}"), fieldsOf("a: {type: string, primaryKey: true}"), nil},
		{"the primary key of the model", fieldsOf("a: {type: string, primaryKey: true}"), fieldsOf("a: {type: string}") + "    primaryKey: [a]\n", nil},
		{"another primary key", fieldsOf("a: {type: string}", "b: {type: string}") + "    primaryKey: [a]\n", fieldsOf("a: {type: string}", "b: {type: string}") + "    primaryKey: [a, b]\n", []string{"table/key-changed: orders: the primary key a became a, b"}},
		{"an example", fieldsOf("a: {type: string, example: x}"), fieldsOf("a: {type: string, examples: [x]}"), nil},
		{"a reference", fieldsOf("a: {type: string, references: b.c}"), fieldsOf("a: {type: string, references: d.e}"), []string{"odcs/relationship-changed: orders.a: the relationship to b.c became to d.e"}},
		{"personal data", fieldsOf("a: {type: string}"), fieldsOf("a: {type: string, pii: true}"), []string{"odcs/personal-data-declared: orders.a holds personal data now"}},
		{"no personal data", fieldsOf("a: {type: string}"), fieldsOf("a: {type: string, pii: false}"), nil},
		{"the type in the database", fieldsOf("a: {type: string, config: {snowflakeType: VARCHAR(10)}}"), fieldsOf("a: {type: string, config: {snowflakeType: VARCHAR(20)}}"), []string{"table/column-type-widened: orders.a: string (VARCHAR(10)) became string (VARCHAR(20))"}},
		{
			"the type in a database that it is not served from", fieldsOf("a: {type: string, config: {snowflakeType: VARCHAR(10), bigqueryType: STRING}}") + "servers: {p: {type: bigquery}}\n",
			fieldsOf("a: {type: string, config: {snowflakeType: VARCHAR(20), bigqueryType: STRING}}") + "servers: {p: {type: bigquery}}\n",
			[]string{`odcs/not-compared: orders.a: snowflakeType "VARCHAR(10)" became "VARCHAR(20)", which is not compared`},
		},
		{
			"types of two databases in another order", fieldsOf("a: {type: string, config: {snowflakeType: VARCHAR(10), bigqueryType: STRING}}") + "servers: {p: {type: bigquery}, q: {type: snowflake}}\n",
			fieldsOf("a: {type: string, config: {bigqueryType: STRING, snowflakeType: VARCHAR(10)}}") + "servers: {q: {type: snowflake}, p: {type: bigquery}}\n", nil,
		},
		{"where a field comes from", fieldsOf("a: {type: string, lineage: {inputFields: [{namespace: a, name: b, field: c}]}}"), fieldsOf("a: {type: string, lineage: {inputFields: [{namespace: a, name: b, field: d}]}}"), []string{`semantic/origin-changed: orders.a: transformSourceObjects "[{field: c, name: b, namespace: a}]" became "[{field: d, name: b, namespace: a}]"`}},
		{"other fields", fieldsOf("a: {type: string}"), fieldsOf("a: {type: string}") + "    additionalFields: true\n", []string{"odcs/object-opened: orders may have fields now that the contract does not name"}},
		{"an operator of 1.2.0", fieldsOf("a: {quality: [{type: sql, query: x, mustBeGreaterThanOrEqualTo: 1}]}"), fieldsOf("a: {quality: [{type: sql, query: x, mustBeGreaterOrEqualTo: 1}]}"), nil},
		{"an operator of 1.0", fieldsOf("a: {quality: [{type: sql, query: x, must_be_less_than: 1}]}"), fieldsOf("a: {quality: [{type: sql, query: x, mustBeLessThan: 1}]}"), nil},
		{"the checks of another tool", specified + "quality: {type: SodaCL, specification: {checks for a: [row_count > 5]}}\n", specified + "quality: {type: SodaCL, specification: {checks for a: [row_count > 3]}}\n", []string{"odcs/quality-changed: the contract: the quality rule SodaCL: implementation changed"}},
		{"freshness", levels("freshness: {threshold: 24h, timestampField: orders.at}"), levels("freshness: {threshold: 25h, timestampField: orders.at}"), []string{"slo/weakened: freshness of orders.at: 24h became 25h"}},
		{"the clock of freshness", levels("freshness: {threshold: 24h, timestampField: orders.at}"), levels("freshness: {threshold: 24h, timestampField: orders.loaded}"), []string{"slo/added: freshness of orders.loaded: 24h is promised now", "slo/removed: freshness of orders.at: 24h is no longer promised"}},
		{"retention", levels("retention: {unlimited: true}"), levels("retention: {period: P1Y, unlimited: false}"), []string{"slo/weakened: retention unlimited became P1Y"}},
		{"the notice period", specified + "terms: {noticePeriod: P3M}\n", specified + "terms: {noticePeriod: P1M}\n", []string{"slo/weakened: noticePeriod P3M became P1M"}},
		{"how it may be used", specified + "terms: {usage: Anything.}\n", specified + "terms: {usage: Reports.}\n", []string{"odcs/limitations-changed: the text on the use of the data changed"}},
		{"the same words on other lines", specified + "terms: {limitations: 'No invoices. No ads.'}\n", specified + "terms:\n  limitations: |\n    No invoices.\n    No ads.\n", nil},
		{"a policy", specified + "terms: {policies: [{name: privacy, url: a}]}\n", specified + "terms: {policies: [{name: privacy, url: b}]}\n", []string{"odcs/legal-terms-changed: the contract: the link to its legal terms changed"}},
		{"billing", specified + "terms: {billing: 5 EUR}\n", specified + "terms: {billing: 9 EUR}\n", []string{"odcs/price-changed: the price: priceUnit changed"}},
		{"the owner", specified, strings.Replace(specified, "checkout", "sales", 1), []string{`odcs/team-changed: the name of the team "checkout" became "sales"`}},
		{"a server", specified + "servers: {p: {type: s3, location: a}}\n", specified + "servers: {p: {type: s3, location: b}}\n", []string{"odcs/server-moved: the server p: location changed"}},
		{"a title", specified, strings.Replace(specified, "Orders", "All orders", 1), []string{"odcs/documentation-changed: the contract: name changed"}},
		{"a schema in another language", specified + "schema: {type: avro, specification: a}\n", specified + "schema: {type: avro, specification: b}\n", []string{"odcs/not-compared: specification: changed, which is not compared"}},
		{"a key of one's own", fieldsOf("a: {type: string, requiered: true}"), fieldsOf("a: {type: string}"), []string{"odcs/not-compared: orders.a: requiered changed, which is not compared"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := diffOf(t, tt.base, tt.head)
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// A definition that is edited shows in every field that refers to it, and is one edit.
func TestDefinitionIsOneEdit(t *testing.T) {
	text := func(format string) string {
		return fieldsOf("a: {$ref: '#/definitions/x'}", "b: {$ref: '#/definitions/x'}", "c: {type: string, format: "+format+"}") + "definitions: {x: {type: string, format: " + format + "}}\n"
	}
	base, err1 := read(t, "x.yaml", text("uuid"))
	head, err2 := read(t, "x.yaml", text("email"))
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	decls := make(map[change.Path]change.Path)
	for _, c := range compare(t, base, head) {
		decls[c.Path] = cmp.Or(c.Decl, c.Path)
	}
	if want := map[change.Path]change.Path{"orders.a": "orders.a", "orders.b": "orders.a", "orders.c": "orders.c"}; !maps.Equal(decls, want) {
		t.Errorf("got %v, want %v", decls, want)
	}
}

// What a contract of the Data Contract Specification has wrong is said in its words.
func TestRefusesSpecification(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"models are a list", "models: [{orders: {}}]\n", []string{`4:9: want a map for "models"`}},
		{"a model is a text", "models: {orders: table}\n", []string{`4:18: want a map for "orders"`}},
		{"a server is a text", "servers: {production: s3}\n", []string{`4:23: want a map for "production"`}},
		{"fields are a list", "models:\n  orders:\n    fields: [id]\n", []string{`6:13: want a map for "fields"`}},
		{"a field is a text", "models:\n  orders:\n    fields: {id: string}\n", []string{`6:18: want a map for "id"`}},
		{"a type is a list", "models:\n  orders:\n    fields: {id: {type: [string]}}\n", []string{`6:25: want a text for "type"`}},
		{"a key of no field", "models:\n  orders:\n    primaryKey: [id]\n    fields: {key: {type: string}}\n", []string{`6:18: want a field of this model for its primary key; there is no "id"`}},
		{"no definition", "models:\n  orders:\n    fields: {id: {$ref: '#/definitions/ordr'}}\ndefinitions: {order: {type: string}}\n", []string{`6:25: want a definition of this contract; there is no #/definitions/ordr; did you mean "order"?`}},
		{"a definition of itself", "models:\n  orders:\n    fields: {id: {$ref: '#/definitions/a'}}\ndefinitions: {a: {fields: {b: {$ref: '#/definitions/a'}}}}\n", []string{"7:38: #/definitions/a refers to itself"}},
		{"two definitions of each other", "models:\n  orders:\n    fields: {id: {$ref: '#/definitions/a'}}\ndefinitions: {a: {$ref: '#/definitions/b'}, b: {$ref: '#/definitions/a'}}\n", []string{"7:55: #/definitions/a refers to itself"}},
		{"required is a word", "models:\n  orders:\n    fields: {id: {required: perhaps}}\n", []string{`6:29: want true or false for "required"`}},
		{"a service level is a text", "servicelevels: {freshness: 24h}\n", []string{`4:28: want a map for "freshness"`}},
		{"a freshness in m", "servicelevels: {freshness: {threshold: 15m}}\n", []string{"4:40: freshness 15m is unclear: m is minutes to some and months to others; say min or mo"}},
		{
			"several, and the rest is read", "models:\n  orders: {fields: [id]}\n  refunds: {fields: {id: {type: {}}}}\nservicelevels: {freshness: {threshold: 15m}}\n",
			[]string{`5:20: want a map for "fields"`, `6:33: want a text for "type"`, "7:40: freshness 15m is unclear: m is minutes to some and months to others; say min or mo"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, "x.yaml", specified+tt.body)
			var got []string
			for _, e := range source.Errors(err) {
				got = append(got, strings.TrimPrefix(e.Error(), "x.yaml:"))
			}
			if !sameLines(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// Definitions that refer to others grow where they are referred to, and no further
// than a limit: with a message, and at once.
func TestDefinitionsAreBounded(t *testing.T) {
	var wide, deep strings.Builder
	wide.WriteString(fieldsOf("a: {$ref: '#/definitions/d20'}") + "definitions:\n  d0: {type: string}\n")
	for i := range 20 {
		fmt.Fprintf(&wide, "  d%d: {type: object, fields: {a: {$ref: '#/definitions/d%d'}, b: {$ref: '#/definitions/d%d'}}}\n", i+1, i, i)
	}
	deep.WriteString(fieldsOf("a: {$ref: '#/definitions/d99999'}") + "definitions:\n  d0: {type: string}\n")
	for i := range 99999 {
		fmt.Fprintf(&deep, "  d%d: {$ref: '#/definitions/d%d'}\n", i+1, i)
	}
	for text, want := range map[string]string{
		wide.String(): "the definitions of this contract come to more than 100000 members where they are referred to",
		deep.String(): "want definitions that refer to others at most 50 deep",
	} {
		_, err := read(t, "x.yaml", text)
		errs := source.Errors(err)
		if len(errs) != 1 || errs[0].Msg != want || errs[0].Span.IsZero() {
			t.Errorf("%d errors, want one: %s; the first: %v", len(errs), want, errs[:min(1, len(errs))])
		}
	}
}

// A consumer's path means the same field in both standards.
func TestSpecificationHasTheSameOutline(t *testing.T) {
	a, err1 := read(t, "x.yaml", fieldsOf("lines: {type: array, items: {type: object, fields: {sku: {type: string, enum: [a, b], classification: internal}}}}", "labels: {type: map, keys: {type: string}, values: {type: string}}"))
	b, err2 := read(t, "x.yaml", ordersWith("{name: lines, items: {properties: [{name: sku, enum: [a, b], classification: internal}]}}", "{name: labels, map: {key: {}, value: {}}}"))
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if got, want := fmt.Sprint(a.Outline().Roots, len(a.Outline().Decls)), fmt.Sprint(b.Outline().Roots, len(b.Outline().Decls)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for at, edges := range b.Outline().Decls {
		for i, e := range edges {
			if i >= len(a.Outline().Decls[at]) || a.Outline().Decls[at][i].Step != e.Step || !slices.Equal(a.Outline().Decls[at][i].Values, e.Values) || !slices.Equal(a.Outline().Decls[at][i].Tags, e.Tags) {
				t.Errorf("%s: got %v, want %v", at, a.Outline().Decls[at], edges)
			}
		}
	}
}
