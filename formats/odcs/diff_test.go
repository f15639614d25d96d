package odcs

import (
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
)

// diffOf compares two contracts and returns a line for each change.
func diffOf(t *testing.T, base, head string) []string {
	t.Helper()
	b, err := read(t, "x.yaml", base)
	if err != nil {
		t.Fatal(err)
	}
	h, err := read(t, "x.yaml", head)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range compare(t, b, h) {
		lines = append(lines, c.Rule.ID+": "+c.Detail)
	}
	return lines
}

// properties writes an object orders with the given properties, each a flow map.
func ordersWith(properties ...string) string {
	return preamble + "schema:\n  - name: orders\n    properties:\n      - " + strings.Join(properties, "\n      - ") + "\n"
}

func objectives(entries ...string) string {
	return preamble + "slaProperties:\n  - " + strings.Join(entries, "\n  - ") + "\n"
}

// v30 turns a contract into one of v3.0.
func v30(text string) string { return strings.Replace(text, "v3.1.0", "v3.0.2", 1) }

// What means the same is no change, however it is written.
func TestSilent(t *testing.T) {
	tests := []struct{ name, base, head string }{
		{"an apiVersion", preamble, v30(preamble)},
		{"a flag that is not set", ordersWith("{name: id}"), ordersWith("{name: id, required: false, unique: false, primaryKey: false, primaryKeyPosition: -1, partitioned: false, partitionKeyPosition: -1, criticalDataElement: false}")},
		{"a member that is null", ordersWith("{name: id}"), ordersWith("{name: id, description: null, quality: null, enum: null}")},
		{"the case of a physical type", ordersWith("{name: id, physicalType: varchar(10)}"), ordersWith("{name: id, physicalType: 'VARCHAR( 10 )'}")},
		{"an alias of a physical type", ordersWith("{name: id, physicalType: INT}", "{name: p, physicalType: 'NUMERIC(10,2)'}"), ordersWith("{name: id, physicalType: int4}", "{name: p, physicalType: 'decimal(10, 2)'}")},
		{"a physical name that is the name", ordersWith("{name: id}"), ordersWith("{name: id, physicalName: ID}")},
		{"the usual format of integers", ordersWith("{name: id, logicalType: integer}"), ordersWith("{name: id, logicalType: integer, logicalTypeOptions: {format: i32}}")},
		{"the usual zone", ordersWith("{name: at, logicalType: timestamp}"), ordersWith("{name: at, logicalType: timestamp, logicalTypeOptions: {timezone: false, defaultTimezone: UTC}}")},
		{"a length that limits nothing", ordersWith("{name: id, logicalType: string}"), ordersWith("{name: id, logicalType: string, logicalTypeOptions: {minLength: 0}}")},
		{"a bound of whole numbers", ordersWith("{name: n, logicalType: integer, logicalTypeOptions: {minimum: 1}}"), ordersWith("{name: n, logicalType: integer, logicalTypeOptions: {exclusiveMinimum: 0}}")},
		{"the exclusive bound of v3.0", ordersWith("{name: n, logicalType: number, logicalTypeOptions: {maximum: 9, exclusiveMaximum: true}}"), ordersWith("{name: n, logicalType: number, logicalTypeOptions: {exclusiveMaximum: 9}}")},
		{"required among the options", ordersWith("{name: a, logicalType: object, properties: [{name: x, required: true}]}"), ordersWith("{name: a, logicalType: object, logicalTypeOptions: {required: [x]}, properties: [{name: x}]}")},
		{"a list of values as a quality rule", ordersWith("{name: s, enum: [a, b]}"), ordersWith("{name: s, quality: [{rule: validValues, validValues: [b, a]}]}")},
		{"the labels of values", ordersWith("{name: s, enum: [a, b]}"), ordersWith("{name: s, enum: [{value: b, label: B}, {value: a}]}")},
		{"the only key column, which is unique anyway", ordersWith("{name: id, primaryKey: true, unique: true}"), ordersWith("{name: id, primaryKey: true}")},
		{"the order of tags", ordersWith("{name: id, tags: [a, b]}"), ordersWith("{name: id, tags: [b, a]}")},
		{"the order of servers", preamble + "servers: [{server: a, type: s3}, {server: b, type: s3}]\n", preamble + "servers: [{server: b, type: s3}, {server: a, type: s3}]\n"},
		{"a team in the form of v3.1", preamble + "team: [{username: a, role: owner}]\n", preamble + "team: {members: [{role: owner, username: a}]}\n"},
		{"a composite reference in another order", preamble + "schema: [{name: o, relationships: [{from: [o.a, o.b], to: [c.a, c.b]}]}]\n", preamble + "schema: [{name: o, relationships: [{type: foreignKey, from: [o.b, o.a], to: [c.b, c.a]}]}]\n"},
		{"a variable", preamble + "servers: [{server: a, type: s3, location: '${BUCKET}'}]\n", preamble + "servers: [{server: a, type: s3, location: \"${BUCKET}\"}]\n"},
		{"a duration", objectives("{property: latency, value: 1, unit: d}"), objectives("{property: latency, value: 24, unit: h}")},
		{"a duration in ISO", objectives("{property: latency, value: 1, unit: d}"), objectives("{property: latency, value: PT1440M}")},
		{"a number", objectives("{property: latency, value: 4, unit: d}"), objectives("{property: latency, value: 4.0, unit: days}")},
		{"a number in quotes", objectives("{property: latency, value: 4, unit: d}"), objectives("{property: latency, value: '4', unit: d}")},
		{"a synonym", objectives("{property: ly, value: 4, unit: d}"), objectives("{property: latency, value: 4, unit: d}")},
		{"a percentage", objectives("{property: availability, value: 99.9%}"), objectives("{property: av, value: 99.90, unit: percent}")},
		{"a date", objectives("{property: endOfSupport, value: '2032-05-12T09:30:10-08:00'}"), objectives("{property: es, value: 2032-05-12T17:30:10Z}")},
		{"how often", objectives("{property: frequency, value: 1, valueExt: 1, unit: d}"), objectives("{property: frequency, value: daily}")},
		{"the usual element", preamble + "slaDefaultElement: orders.at\nslaProperties: [{property: latency, value: 4, unit: d}]\n", objectives("{property: latency, value: 4, unit: d, element: orders.at}")},
		{"the scheduler and the description of an objective", objectives("{property: latency, value: 4, unit: d}"), objectives("{property: latency, value: 4, unit: d, scheduler: cron, description: Why.}")},
		{"swapped objectives of one property", objectives("{property: timeOfAvailability, value: 09:00, driver: regulatory}", "{property: timeOfAvailability, value: 08:00, driver: analytics}"), objectives("{property: timeOfAvailability, value: 08:00, driver: analytics}", "{property: timeOfAvailability, value: 09:00, driver: regulatory}")},
		{"a date of v3.0", v30(ordersWith("{name: at, logicalType: date}")), ordersWith("{name: at, logicalType: date}")},
		{"a time stamp, for which v3.0 had no word", v30(ordersWith("{name: at, logicalType: date, physicalType: timestamp}")), ordersWith("{name: at, logicalType: timestamp, physicalType: TIMESTAMP}")},
		{"anchors and merge keys", ordersWith("{name: a, logicalType: string, required: true}", "{name: b, logicalType: string, required: true}"), preamble + "schema:\n  - name: orders\n    properties:\n      - &a {name: a, logicalType: string, required: true}\n      - {<<: *a, name: b}\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if lines := diffOf(t, tt.base, tt.head); len(lines) > 0 {
				t.Errorf("%q", lines)
			}
			if lines := diffOf(t, tt.head, tt.base); len(lines) > 0 {
				t.Errorf("the other way round: %q", lines)
			}
		})
	}
}

// One edit is one finding, which names the element that was edited: what the
// tools that compare lists by position get wrong.
func TestChanges(t *testing.T) {
	line := func(fields string) string {
		return ordersWith("{name: lines, logicalType: array, items: {logicalType: object, properties: [" + fields + "]}}")
	}
	tests := []struct {
		name, base, head string
		want             []string
	}{
		{
			"the first of two objectives of one property is weakened",
			objectives("{property: latency, value: 1, unit: h, element: orders.a}", "{property: latency, value: 1, unit: h, element: orders.b}"),
			objectives("{property: latency, value: 2, unit: h, element: orders.a}", "{property: latency, value: 1, unit: h, element: orders.b}"),
			[]string{"slo/weakened: latency of orders.a: 1 h became 2 h"},
		},
		{
			"the first of two objectives of one property is gone",
			objectives("{property: latency, value: 1, unit: h, element: orders.a}", "{property: latency, value: 1, unit: h, element: orders.b}"),
			objectives("{property: latency, value: 1, unit: h, element: orders.b}"),
			[]string{"slo/removed: latency of orders.a: 1 h is no longer promised"},
		},
		{
			"a quality rule without a name",
			ordersWith("{name: id, quality: [{metric: nullValues, mustBe: 0}, {metric: rowCount, mustBeGreaterThan: 5}]}"),
			ordersWith("{name: id, quality: [{metric: nullValues, mustBe: 0}]}"),
			[]string{"odcs/quality-removed: orders.id: the quality rule rowCount is gone"},
		},
		{
			"a server without a name",
			preamble + "servers: [{type: s3, location: a}]\n", preamble + "servers: [{type: s3, location: b}]\n",
			[]string{"odcs/server-moved: the server s3: location changed"},
		},
		{
			"a property that begins with underscores",
			ordersWith("{name: id}", "{name: __pos}"), ordersWith("{name: id}"),
			[]string{"table/column-removed: orders.__pos is gone"},
		},
		{
			"one member of the items for another",
			line("{name: sku, logicalType: string}, {name: qty, logicalType: integer}"),
			line("{name: sku, logicalType: string}, {name: price, logicalType: number}"),
			[]string{"table/column-removed: orders.lines[].qty is gone", "table/column-added: orders.lines[].price is new"},
		},
		{
			"one member of the items for another of its type",
			line("{name: sku, logicalType: string}, {name: qty, logicalType: integer}"),
			line("{name: sku, logicalType: string}, {name: price, logicalType: integer}"),
			[]string{"table/column-removed: orders.lines[].qty is gone", "table/column-added: orders.lines[].price is new"},
		},
		{
			"a rename by id, nested",
			line("{name: sku, id: sku_p, logicalType: string}"), line("{name: article, id: sku_p, logicalType: string}"),
			[]string{"table/column-renamed: orders.lines[].sku is called article now"},
		},
		{
			"a rename of which only the spelling is another",
			ordersWith("{name: customerId, logicalType: string}"), ordersWith("{name: customer_id, logicalType: string}"),
			[]string{"table/column-renamed: orders.customerId is called customer_id now"},
		},
		{
			"a rename, and what changed besides",
			ordersWith("{name: a, id: x, required: true}"), ordersWith("{name: b, id: x, required: false}"),
			[]string{"table/column-renamed: orders.a is called b now", "table/column-nullable: orders.a may be null now"},
		},
		{
			"names swap by id",
			ordersWith("{name: a, id: x}", "{name: b, id: y}"), ordersWith("{name: b, id: x}", "{name: a, id: y}"),
			[]string{"table/column-renamed: orders.a is called b now", "table/column-renamed: orders.b is called a now"},
		},
		{
			"a name with a dot",
			ordersWith("{name: a.b}", "{name: a}"), ordersWith("{name: a}"),
			[]string{`table/column-removed: orders."a.b" is gone`},
		},
		{
			"a name with a quote",
			ordersWith("{name: id}", `{name: "o'brien"}`), ordersWith("{name: id}"),
			[]string{`table/column-removed: orders."o'brien" is gone`},
		},
		{
			"one of two channels of one name",
			preamble + "support: [{channel: a, url: x}, {channel: a, url: y}]\n", preamble + "support: [{channel: a, url: x}, {channel: a, url: z}]\n",
			[]string{"odcs/support-changed: the support channel a: url \"y\" became \"z\""},
		},
		{
			"ends of a range that swap",
			ordersWith("{name: n, quality: [{metric: rowCount, mustBeBetween: [1, 5]}]}"), ordersWith("{name: n, quality: [{metric: rowCount, mustBeBetween: [5, 1]}]}"),
			[]string{"odcs/quality-changed: orders.n: the quality rule rowCount: mustBeBetween [1, 5] became mustBeBetween [5, 1]"},
		},
		{
			"a type in both words",
			ordersWith("{name: n, logicalType: integer, physicalType: INT}"), ordersWith("{name: n, logicalType: string, physicalType: VARCHAR(20), logicalTypeOptions: {maxLength: 20}}"),
			[]string{"table/column-type-changed: orders.n: integer (INT) became string (VARCHAR(20))"},
		},
		{
			"a date that may have been a time stamp",
			v30(ordersWith("{name: at, logicalType: date}")), ordersWith("{name: at, logicalType: timestamp}"),
			[]string{"table/column-type-unclear: orders.at: date became timestamp"},
		},
		{
			"a date that was none",
			ordersWith("{name: at, logicalType: date}"), ordersWith("{name: at, logicalType: timestamp}"),
			[]string{"table/column-type-changed: orders.at: date became timestamp"},
		},
		{
			"a struct whose members are declared",
			ordersWith("{name: a, logicalType: object, physicalType: 'STRUCT<x INT64, y INT64>', properties: [{name: x}, {name: y}]}"),
			ordersWith("{name: a, logicalType: object, physicalType: 'STRUCT<x INT64>', properties: [{name: x}]}"),
			[]string{"table/column-removed: orders.a.y is gone"},
		},
		{
			"a struct whose members are not declared",
			ordersWith("{name: a, physicalType: 'STRUCT<x INT64, y INT64>'}"), ordersWith("{name: a, physicalType: 'STRUCT<x INT64>'}"),
			[]string{"table/column-type-changed: orders.a: STRUCT<x INT64, y INT64> became STRUCT<x INT64>"},
		},
		{
			"the items of an array",
			ordersWith("{name: a, logicalType: array, items: {logicalType: integer}}"), ordersWith("{name: a, logicalType: array, items: {logicalType: string}}"),
			[]string{"table/column-type-changed: orders.a[]: integer became string"},
		},
		{
			"items that are no longer described",
			line("{name: sku, logicalType: string}"), ordersWith("{name: lines, logicalType: array}"),
			[]string{"table/column-removed: orders.lines[].sku is gone"},
		},
		{
			"items that are described",
			ordersWith("{name: lines, logicalType: array}"), ordersWith("{name: lines, logicalType: array, items: {logicalType: string}}"),
			[]string{"table/column-type-narrowed: orders.lines[] is described now"},
		},
		{
			"something sensitive within a new column",
			ordersWith("{name: a, classification: internal}"), ordersWith("{name: a, classification: internal}", "{name: b, logicalType: object, properties: [{name: email, classification: restricted}]}"),
			[]string{"table/column-added-sensitive: orders.b is new, and restricted"},
		},
		{
			"a name in capitals",
			ordersWith("{name: id}"), ordersWith("{name: ID}"),
			[]string{"table/column-relabelled: orders.id is called ID now, which differs in capitals only"},
		},
		{
			"the values of a map",
			ordersWith("{name: a, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: integer}}}"), ordersWith("{name: a, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: number}}}"),
			[]string{"table/column-type-changed: orders.a{}: integer became number"},
		},
		{
			"an array whose items were different",
			ordersWith("{name: a, logicalType: array, logicalTypeOptions: {uniqueItems: true}, items: {logicalType: integer}}"), ordersWith("{name: a, logicalType: array, items: {logicalType: integer}}"),
			[]string{"table/column-not-unique: orders.a[] may hold a value twice now"},
		},
		{
			"a key column that is gone",
			ordersWith("{name: a, primaryKey: true}", "{name: b, primaryKey: true}"), ordersWith("{name: a, primaryKey: true}"),
			[]string{"table/column-removed: orders.b is gone"},
		},
		{
			"a key column that is renamed",
			ordersWith("{name: a, id: x, primaryKey: true}"), ordersWith("{name: b, id: x, primaryKey: true}"),
			[]string{"table/column-renamed: orders.a is called b now"},
		},
		{
			"all columns in another order but one that is new",
			ordersWith("{name: a}", "{name: b}", "{name: c}"), ordersWith("{name: b}", "{name: x}", "{name: c}", "{name: a}"),
			[]string{"table/column-added: orders.x is new", "table/column-moved: orders: a moved"},
		},
		{
			"a sensitive column where nothing is labelled",
			ordersWith("{name: a}"), ordersWith("{name: a}", "{name: b, classification: internal}", "{name: c, classification: restricted}"),
			[]string{"table/column-added: orders.b is new", "table/column-added-sensitive: orders.c is new, and restricted"},
		},
		{
			"a length of an array that a length of its text cannot be",
			ordersWith("{name: a, logicalType: array, logicalTypeOptions: {maxLength: 5}}"), ordersWith("{name: a, logicalType: array, logicalTypeOptions: {maxLength: 9}}"),
			[]string{"odcs/not-compared: orders.a: logicalTypeOptions changed, which is not compared"},
		},
		{
			"the severity of the rule that lists the values",
			ordersWith("{name: s, quality: [{metric: invalidValues, arguments: {validValues: [a]}, mustBe: 0, severity: error}]}"), ordersWith("{name: s, quality: [{metric: invalidValues, arguments: {validValues: [a]}, mustBe: 0, severity: info}]}"),
			[]string{"odcs/quality-weakened: orders.s: the quality rule invalidValues: severity changed"},
		},
		{
			"how often, when it may be every two days or twice a day",
			objectives("{property: frequency, value: 2, unit: d}"), objectives("{property: frequency, value: 1, unit: d}"),
			[]string{"slo/incomparable: frequency 2 d became 1 d, and which of the two promises more is not known"},
		},
		{
			"the schedule of an objective",
			objectives("{property: latency, value: 4, unit: d, schedule: '0 5 * * *'}"), objectives("{property: latency, value: 4, unit: d, schedule: '0 6 * * *'}"),
			[]string{"slo/measured-differently: latency 4 d is checked at other times: 0 5 * * * became 0 6 * * *"},
		},
		{
			"a notice period among the custom properties",
			preamble + "customProperties: [{property: noticePeriod, value: P3M}]\n", preamble + "customProperties: [{property: noticePeriod, value: P1M}]\n",
			[]string{"slo/weakened: noticePeriod P3M became P1M"},
		},
		{
			"availability, with what it means",
			objectives("{property: availability, value: 99.9%}"), objectives("{property: availability, value: 99.5, unit: percent}"),
			[]string{"slo/weakened: availability 99.9% became 99.5 percent: five times the downtime"},
		},
		{
			"an element that is written in full, and the value",
			preamble + "schema: [{name: orders, properties: [{name: at}]}]\nslaProperties: [{property: latency, value: 1h, element: at}]\n",
			preamble + "schema: [{name: orders, properties: [{name: at}]}]\nslaProperties: [{property: latency, value: 2h, element: orders.at}]\n",
			[]string{"slo/weakened: latency of orders.at: 1h became 2h"},
		},
		{
			"one of two contracts in a file",
			preamble + "---\n" + strings.Replace(preamble, "id: orders", "id: refunds", 1), preamble,
			[]string{"odcs/id-changed: the contract refunds is gone"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := diffOf(t, tt.base, tt.head)
			slices.Sort(got)
			want := slices.Sorted(slices.Values(tt.want))
			if !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// An approval holds on to facts: they name no line, and differ where the content does.
func TestFacts(t *testing.T) {
	server := func(location string) string {
		return preamble + "servers: [{server: a, type: s3, location: " + location + "}]\n"
	}
	facts := func(base, head string) (from, to string) {
		b, _ := read(t, "x.yaml", base)
		h, _ := read(t, "x.yaml", head)
		changes := compare(t, b, h)
		if len(changes) != 1 {
			t.Fatalf("%s", details(changes))
		}
		return changes[0].From, changes[0].To
	}
	from, to := facts(server("x"), server("y"))
	moved, _ := facts("\n\n"+server("x"), server("y"))
	if from == to || from != moved || from != "location: x" {
		t.Errorf("from %q to %q, after a line moved from %q", from, to, moved)
	}
	long := strings.Repeat("x", 300)
	if from, _ := facts(server(long), server("y")); !strings.HasPrefix(from, "location: sha256:") || len(from) > 100 {
		t.Errorf("a long text is kept as %q", from)
	}
}

// The change of an enum names the value, which consumers have listed.
func TestValuesAreKeys(t *testing.T) {
	b, _ := read(t, "x.yaml", ordersWith("{name: s, enum: [open, paid]}"))
	h, _ := read(t, "x.yaml", ordersWith("{name: s, enum: [open, refunded]}"))
	got := make(map[change.Idea]string)
	for _, c := range compare(t, b, h) {
		if c.Path != "orders.s" {
			t.Errorf("%s stands at %s", c.Detail, c.Path)
		}
		got[c.Rule.Idea] = c.Key
	}
	if got[change.ValueAdded] != "refunded" || got[change.ValueRemoved] != "paid" {
		t.Errorf("got %v", got)
	}
}
