package contract_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/contract"
	"github.com/breakwater-data/breakwater/checker/schema"
)

const contractHead = "apiVersion: v3.1.0\nkind: DataContract\nid: urn:contract:orders\nversion: 1.0.0\nstatus: active\nschema:\n"

// object writes an object of a contract: its name, and the lines of its properties.
func object(name string, properties ...string) string {
	return "  - name: " + name + "\n    properties:\n      - " + strings.Join(properties, "\n      - ") + "\n"
}

func message(name string, fields ...string) string {
	return "message " + name + " {\n  " + strings.Join(fields, ";\n  ") + ";\n}\n"
}

// at is a contract beside a stream, at one revision.
type at struct{ promise, body string }

func (a at) fs() fstest.MapFS {
	return fstest.MapFS{
		"c.odcs.yaml": {Data: []byte(contractHead + a.promise)},
		"s.proto":     {Data: []byte("syntax = \"proto3\";\npackage shop.v1;\nimport \"google/protobuf/timestamp.proto\";\nmessage Unused { google.protobuf.Timestamp at = 1; }\n" + a.body)},
	}
}

func TestDrift(t *testing.T) {
	const id, discount = "{name: id, logicalType: string}", "{name: discount, logicalType: number}"
	const idIs, discountIs = "string id = 1", "double discount = 2"
	both := at{object("orders", id, discount), message("Order", idIs, discountIs)}
	enum := func(values string) string { return "enum Status { STATUS_UNSPECIFIED = 0; " + values + " }\n" }
	status := func(values string) string {
		return object("orders", "{name: status, logicalType: string, enum: ["+values+"]}")
	}
	tests := []struct {
		name       string
		base, head at
		want       string // rule and path of each finding, in order
	}{
		{"nothing moves", both, both, ""},
		{"both lose the field", both, at{object("orders", id), message("Order", idIs)}, ""},
		{"both gain the field", at{object("orders", id), message("Order", idIs)}, both, ""},
		{"the body loses a field that is promised", both, at{both.promise, message("Order", idIs)}, "drift shop.v1.Order.discount"},
		{"the body renames a field that is promised", both, at{both.promise, message("Order", idIs, "double rebate = 2")}, "drift shop.v1.Order.discount, not-promised shop.v1.Order.rebate"},
		{"the body loses the message", at{both.promise, both.body + message("Refund", "string why = 1")}, at{both.promise, message("Refund", "string why = 1")}, "drift shop.v1.Order"},
		{"the message has another name", both, at{both.promise, message("Purchase", idIs, discountIs)}, ""},
		{"the contract promises what nothing serves", both, at{object("orders", id, discount, "{name: tax, logicalType: number}"), both.body}, "drift shop.v1.Order"},
		{"what was never served is still promised", at{object("orders", id, discount, "{name: tax, logicalType: number}"), both.body}, at{object("orders", id, discount, "{name: tax, logicalType: number}"), message("Order", idIs, discountIs, "string note = 3")}, "not-promised shop.v1.Order.note"},
		{"the contract keeps silent on what is served", both, at{object("orders", id), both.body}, "promise-dropped shop.v1.Order.discount"},

		{"a type that is another kind of values", both, at{both.promise, message("Order", idIs, "string discount = 2")}, "drift shop.v1.Order.discount"},
		{"a type that holds more of the same kind", both, at{both.promise, message("Order", idIs, "float discount = 2")}, ""},
		{"whole numbers, where numbers are promised", both, at{both.promise, message("Order", idIs, "int64 discount = 2")}, ""},
		{"fractions, where whole numbers are promised", at{object("orders", "{name: n, logicalType: integer}"), message("Order", "int64 n = 1")}, at{object("orders", "{name: n, logicalType: integer}"), message("Order", "double n = 1")}, "drift shop.v1.Order.n"},
		{"a time that is a number now", at{object("orders", "{name: t, logicalType: timestamp}"), message("Order", "google.protobuf.Timestamp t = 1")}, at{object("orders", "{name: t, logicalType: timestamp}"), message("Order", "int64 t = 1")}, "drift shop.v1.Order.t"},
		{"the contract promises another type than is served", both, at{object("orders", id, "{name: discount, logicalType: string}"), both.body}, "drift shop.v1.Order.discount"},
		{"both have another type", both, at{object("orders", id, "{name: discount, logicalType: string}"), message("Order", idIs, "string discount = 2")}, ""},
		{"a type is promised that was not", at{object("orders", "{name: id}"), message("Order", idIs)}, at{object("orders", id), message("Order", idIs)}, "column-type-narrowed shop.v1.Order.id"},

		{"a value that the contract does not list", at{status("paid"), enum("STATUS_PAID = 1;") + message("Order", "Status status = 1")}, at{status("paid"), enum("STATUS_PAID = 1; STATUS_LOST = 2;") + message("Order", "Status status = 1")}, "drift shop.v1.Order.status"},
		{"a value that ends like one that the contract lists", at{status("paid"), enum("STATUS_PAID = 1;") + message("Order", "Status status = 1")}, at{status("paid"), enum("STATUS_PAID = 1; STATUS_UNPAID = 2;") + message("Order", "Status status = 1")}, "drift shop.v1.Order.status"},
		{"a value that denies one that the contract lists", at{status("paid"), enum("STATUS_PAID = 1;") + message("Order", "Status status = 1")}, at{status("paid"), enum("STATUS_PAID = 1; STATUS_NOT_PAID = 2;") + message("Order", "Status status = 1")}, "drift shop.v1.Order.status"},
		{"a value that the contract lists, too", at{status("paid"), enum("STATUS_PAID = 1;") + message("Order", "Status status = 1")}, at{status("paid, lost"), enum("STATUS_PAID = 1; STATUS_LOST = 2;") + message("Order", "Status status = 1")}, "column-value-added shop.v1.Order.status"},
		{"a field that may be left out", at{object("orders", "{name: id, logicalType: string, required: true}"), message("Order", idIs)}, at{object("orders", "{name: id, logicalType: string, required: true}"), message("Order", "optional string id = 1")}, "drift shop.v1.Order.id"},

		{"names that are spelled otherwise", at{object("ORDERS", "{name: customerId, logicalType: string}"), message("Order", "string customer_id = 1")}, at{object("ORDERS", "{name: customerId, logicalType: string}"), message("Order", "string note = 2")}, "drift shop.v1.Order.customer_id, not-promised shop.v1.Order.note"},
		{"names under which it is stored", at{object("o", "{name: rebate, physicalName: discount, logicalType: number}"), message("Order", discountIs)}, at{object("o", "{name: rebate, physicalName: discount, logicalType: number}"), message("Order", idIs)}, "drift shop.v1.Order.discount, not-promised shop.v1.Order.id"},
		{"parts of parts", at{object("orders", "{name: lines, logicalType: array, items: {logicalType: object, properties: [{name: sku, logicalType: string}]}}"), message("Line", "string sku = 1") + message("Order", "repeated Line lines = 1")}, at{object("orders", "{name: lines, logicalType: array, items: {logicalType: object, properties: [{name: sku, logicalType: string}]}}"), message("Line", "int64 n = 2") + message("Order", "repeated Line lines = 1")}, "drift shop.v1.Order.lines[].sku, not-promised shop.v1.Order.lines[].n"},

		{"what only a contract says is told of the body", at{object("orders", "{name: id, logicalType: string, classification: internal}"), message("Order", idIs)}, at{object("orders", "{name: id, logicalType: string, classification: restricted}"), message("Order", idIs)}, "column-classification-raised shop.v1.Order.id"},
		{"a meaning, too", at{object("orders", "{name: id, transformLogic: a}"), message("Order", idIs)}, at{object("orders", "{name: id, transformLogic: b}"), message("Order", idIs)}, "origin-changed shop.v1.Order.id"},
		{"what means nothing in the body", at{object("refunds", "{name: why, logicalType: string}"), both.body}, at{object("refunds", "{name: why, logicalType: number}"), both.body}, "schema-not-compared @port.schema"},
		{"a body that moves, and a contract that means none of it", at{object("refunds", "{name: why, logicalType: string}"), both.body}, at{object("refunds", "{name: why, logicalType: string}"), message("Order", idIs)}, "schema-not-compared @port.schema"},
		{"a contract without a schema", at{"  []\n", both.body}, at{"  []\n", message("Order", idIs)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range diff(t, tt.base.fs(), tt.head.fs()) {
				got = append(got, c.Rule.Name()+" "+string(c.Path))
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), tt.want)
			}
			if again := diff(t, tt.head.fs(), tt.head.fs()); len(again) > 0 {
				t.Errorf("the head differs from itself: %s", again[0].Detail)
			}
		})
	}
}

// What somebody wrote down goes before what looks alike.
func TestGivenNames(t *testing.T) {
	s := read(t, at{object("orders", "{name: total, logicalType: number}"), message("Order", "double total = 1", "double gross = 2") + message("Orders", "double x = 1")}.fs())
	m := contract.New(s.promise.Outline(), s.body.Outline(), contract.Names{"orders": "Order", "orders.total": "Order.gross"}, nil)
	if got := fmt.Sprint(m.Names); got != "map[orders:shop.v1.Order orders.total:shop.v1.Order.gross]" {
		t.Error(got)
	}
}

// A contract that is read from a graph may lead back into itself.
func TestRecursion(t *testing.T) {
	tree := "{name: next, logicalType: object, properties: [{name: next, logicalType: object, properties: [{name: id, logicalType: string}]}]}"
	s := read(t, at{object("nodes", tree), message("Node", "string id = 1", "Node next = 2")}.fs())
	if m := contract.New(s.body.Outline(), s.body.Outline(), nil, nil); m.Names["shop.v1.Node.next"] != "shop.v1.Node.next" {
		t.Error(m.Names)
	}
	if m := contract.New(s.promise.Outline(), s.body.Outline(), nil, nil); m.Names["nodes.next.next.id"] != "shop.v1.Node.next.next.id" {
		t.Error(m.Names)
	}
}

// A contract of many columns is matched and held against its body in a time that
// grows with its length; the floor is reading the two.
func BenchmarkDiff(b *testing.B) {
	var properties, fields []string
	for i := range 2000 {
		properties = append(properties, fmt.Sprintf("{name: c%d, logicalType: string}", i))
		fields = append(fields, fmt.Sprintf("string c%d = %d", i, i+1))
	}
	fsys := at{object("orders", properties...), message("Order", fields...)}.fs()
	var s side
	b.Run("reading", func(b *testing.B) {
		for b.Loop() {
			s = read(b, fsys)
		}
	})
	b.Run("comparing", func(b *testing.B) {
		for b.Loop() {
			was := contract.New(s.promise.Outline(), s.body.Outline(), nil, nil)
			contract.Diff(was, contract.New(s.promise.Outline(), s.body.Outline(), nil, was), nil, nil)
		}
	})
}

// Whatever stands in the two, they do not differ from themselves.
func FuzzDiff(f *testing.F) {
	f.Add("id", "string", "id", "string")
	f.Add("orders.id", "number (DECIMAL(10,2))", "order_id", "bytes")
	f.Fuzz(func(t *testing.T, name, typ, field, served string) {
		promise, body := outline("orders", name, typ), outline("Order", field, served)
		m := contract.New(promise, body, contract.Names{change.Path("").Join(change.Name(name)): change.Path("").Join(change.Name(field))}, nil)
		if changes := contract.Diff(m, m, nil, nil); len(changes) > 0 {
			t.Errorf("got %s", changes[0].Detail)
		}
		contract.Diff(m, contract.New(body, promise, nil, m), nil, nil)
	})
}

func outline(decl change.Path, field, typ string) *schema.Outline {
	return &schema.Outline{Roots: []change.Path{decl}, Decls: map[change.Path][]schema.Edge{decl: {{Step: change.Name(field), Type: typ}}}}
}
