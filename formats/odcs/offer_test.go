package odcs

import (
	"slices"
	"testing"
)

// What stands beside the schema of a contract: where the data is, who may read it, what it
// costs and who answers for it.
func TestOffer(t *testing.T) {
	servers := func(s string) string { return preamble + "servers: [" + s + "]\n" }
	team := func(s string) string { return preamble + "team: {name: shop, members: [" + s + "]}\n" }
	support := func(s string) string { return preamble + "support: [" + s + "]\n" }
	price := func(s string) string { return preamble + "price: {" + s + "}\n" }
	relationships := func(s string) string {
		return preamble + "schema: [{name: o, relationships: [{from: o.a, to: c.a" + s + "}]}]\n"
	}
	custom := func(name, value string) string {
		return ", customProperties: [{property: " + name + ", value: '" + value + "'}]"
	}
	tests := []struct {
		name, base, head string
		want             []string
	}{
		{"the same server under another name", servers("{server: a, type: s3, location: x}"), servers("{server: b, type: s3, location: x}"), []string{"odcs/server-relabelled: the server a: server changed"}},
		{"two unnamed servers in another order, and one of them elsewhere", servers("{type: s3, location: x}, {type: s3, location: y}"), servers("{type: s3, location: z}, {type: s3, location: x}"), []string{"odcs/server-moved: the server s3: location changed"}},
		{"a type in capitals", servers("{server: a, type: s3}"), servers("{server: a, type: S3}"), nil},
		{"a server by its id", servers("{id: x, server: a, type: s3}, {id: y, server: b, type: s3}"), servers("{id: y, server: b, type: s3}, {id: x, server: a, type: s3}"), nil},
		{"a server of a test", servers("{server: a, type: s3, location: x, environment: DEV}"), servers("{server: a, type: s3, location: y, environment: DEV}"), []string{"odcs/test-server-changed: the server a: location changed"}},
		{"a server of a test that is gone", servers("{server: uat, type: s3}"), preamble, []string{"odcs/test-server-changed: the server uat is gone"}},
		{"an environment that nobody knows is production", servers("{server: a, type: s3, environment: blue, location: x}"), servers("{server: a, type: s3, environment: blue, location: y}"), []string{"odcs/server-moved: the server a: location changed"}},
		{"a variable", servers("{server: a, type: s3, location: '${X}'}"), servers("{server: a, type: s3, location: '${Y}'}"), []string{"odcs/server-moved: the server a: location changed"}},
		{"the role of a server", servers("{server: a, type: s3, roles: [{role: r, access: read}]}"), servers("{server: a, type: s3, roles: []}"), []string{"odcs/role-removed: the contract: the role r is gone"}},
		{"an environment that was none before", servers("{server: a, type: s3}"), servers("{server: a, type: s3, environment: prod}"), []string{"odcs/documentation-changed: the contract: servers changed"}},
		{"an environment that is for tests", servers("{server: a, type: s3}"), servers("{server: a, type: s3, environment: dev}"), []string{"odcs/server-relabelled: the server a: environment changed"}},
		{"how a server is described", servers("{server: a, type: s3}"), servers("{server: a, type: s3, description: b}"), []string{"odcs/documentation-changed: the contract: servers changed"}},
		{"servers that are a map", servers("{server: a}"), preamble + "servers: {a: {type: s3}}\n", []string{"odcs/not-compared: the contract: servers changed, which is not compared"}},
		{"access that ends", preamble + "roles: [{role: r, access: read}]\n", preamble + "roles: [{role: r, access: none}]\n", []string{`odcs/role-removed: the contract: the role r: access "read" became "none"`}},
		{"access in other words", preamble + "roles: [{role: r, access: read-only}]\n", preamble + "roles: [{role: r, access: READ}]\n", nil},
		{"access in words of one's own", preamble + "roles: [{role: r, access: read}]\n", preamble + "roles: [{role: r, access: browse}]\n", []string{`odcs/role-access-reduced: the contract: the role r: access "read" became "browse"`}},
		{"who approves", preamble + "roles: [{role: r, firstLevelApprovers: a}]\n", preamble + "roles: [{role: r, firstLevelApprovers: b}]\n", []string{"odcs/documentation-changed: the contract: roles changed"}},
		{"a price where there was none", preamble, price("priceAmount: 5"), []string{"odcs/price-changed: the price was not set and is 5 now"}},
		{"a price of nothing", preamble, price("priceAmount: 0"), nil},
		{"a price that is gone", price("priceAmount: 5, priceUnit: GB"), preamble, []string{"odcs/price-changed: the price: priceAmount and priceUnit changed"}},
		{"a lower price in another currency", price("priceAmount: 5, priceCurrency: EUR"), price("priceAmount: 4, priceCurrency: USD"), []string{"odcs/price-changed: the price: priceAmount and priceCurrency changed"}},
		{"an owner with a successor", team("{username: ada, role: Owner}"), team("{username: ada, role: Owner, dateOut: 2026-01-01, replacedByUsername: bob}"), []string{"odcs/documentation-changed: the contract: team changed"}},
		{"one of two owners", team("{username: ada, role: owner}, {username: bob, role: owner}"), team("{username: bob, role: owner}"), []string{"odcs/documentation-changed: the contract: team changed"}},
		{"the last owner", team("{username: ada, role: owner}, {username: bob}"), team("{username: bob}"), []string{"odcs/owner-left: nobody of the team is its owner any more: ada left"}},
		{"a team in capitals", preamble + "team: {name: shop}\n", preamble + "team: {name: Shop}\n", []string{"odcs/documentation-changed: the contract: team changed"}},
		{"a team that is named", preamble, preamble + "team: {name: shop}\n", []string{"odcs/documentation-changed: the contract: team changed"}},
		{"a channel that is one of two", support("{channel: a, scope: issues}, {channel: b, scope: issues}"), support("{channel: b, scope: issues}"), []string{"odcs/documentation-changed: the contract: support changed"}},
		{"the last channel", support("{channel: a, scope: issues}, {channel: b, scope: interactive}"), support("{channel: b, scope: interactive}"), []string{"odcs/support-changed: the last support channel for issues, a, is gone"}},
		{"a channel to talk", support("{channel: a, scope: interactive, url: x}"), support("{channel: a, scope: interactive, url: y}"), []string{"odcs/documentation-changed: the contract: support changed"}},
		{"several rows for one", relationships(custom("cardinality", "1:1")), relationships(custom("cardinality", "1:n")), []string{"odcs/relationship-multiplied: o: the relationship o.a to c.a was 1:1 and is 1:n now"}},
		{"one row for several", relationships(custom("cardinality", "one-to-many")), relationships(custom("cardinality", "one-to-one")), []string{"odcs/relationship-detail-changed: o: the relationship o.a to c.a is described in another way"}},
		{"personal data by another word", ordersWith("{name: a" + custom("containsPii", "false") + "}"), ordersWith("{name: a" + custom("containsPii", "true") + "}"), []string{"odcs/personal-data-declared: orders.a holds personal data now"}},
		{"personal data in words of one's own", ordersWith("{name: a" + custom("pii", "none") + "}"), ordersWith("{name: a" + custom("pii", "email") + "}"), []string{`odcs/personal-data-declared: orders.a may hold personal data: pii "none" became "email"`}},
		{"a list of values of a whole object", preamble + "schema: [{name: o, quality: [{metric: invalidValues, arguments: {validValues: [a]}, mustBe: 0}]}]\n", preamble + "schema: [{name: o}]\n", []string{"odcs/quality-removed: o: the quality rule invalidValues is gone"}},
		{"a description in one text, with limitations now", preamble + "description: a\n", preamble + "description: {purpose: a, limitations: b}\n", []string{"odcs/limitations-changed: the text on the limitations of use is new"}},
		{"the type of a vector's numbers", ordersWith("{name: a, logicalType: vector, logicalTypeOptions: {dimensions: 3, elementType: float32}}"), ordersWith("{name: a, logicalType: vector, logicalTypeOptions: {dimensions: 3, elementType: float16}}"), []string{`odcs/vector-changed: orders.a: elementType "float32" became "float16"`}},
		{"a measure under another name", preamble + "schema: [{name: o, measures: [{name: a, expression: x}]}]\n", preamble + "schema: [{name: o, measures: [{name: b, expression: x}]}]\n", []string{"odcs/measure-removed: o: a in measures changed"}},
		{"synonyms", preamble + "schema: [{name: o, synonyms: [a]}]\n", preamble + "schema: [{name: o, synonyms: [b]}]\n", []string{"odcs/documentation-changed: o: synonyms changed"}},
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
