package protobuf

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/schema"
)

func TestOutline(t *testing.T) {
	s, err := loadFiles(archive(`
-- orders.proto --
syntax = "proto2";
package acme.v1;
import "google/protobuf/timestamp.proto";
message Order {
  required string id = 1;
  optional Status status = 2 [deprecated = true];
  repeated Line lines = 3;
  map<string, Line> by_sku = 4;
  oneof payment { string card = 5; }
  optional google.protobuf.Timestamp at = 6;
  repeated group Note = 7 { optional string text = 1; }
  extensions 100 to 200;
}
message Line { optional string sku = 1; }
enum Status { OPEN = 0; LOST = 1 [deprecated = true]; }
extend Order { optional double discount = 100; }
service Orders { rpc Get(Line) returns (stream Order); }
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, decl := range slices.Sorted(maps.Keys(s.Outline().Decls)) {
		got = append(got, string(decl))
		for _, e := range s.Outline().Decls[decl] {
			line := fmt.Sprintf("  %s %s", e.Step, e.Type)
			if e.Optional {
				line += "?"
			}
			if e.Decl != "" {
				line += " > " + string(e.Decl)
			}
			got = append(got, line)
		}
	}
	want := `acme.v1.Line
  sku string?
acme.v1.Order
  id string
  status acme.v1.Status? > acme.v1.Status
  lines repeated acme.v1.Line > acme.v1.Order.lines
  by_sku map<string, acme.v1.Line> > acme.v1.Order.by_sku
  card string?
  at google.protobuf.Timestamp?
  note repeated group acme.v1.Order.Note > acme.v1.Order.note
  "[acme.v1.discount]" double?
acme.v1.Order.Note
  text string?
acme.v1.Order.by_sku
  {} acme.v1.Line > acme.v1.Line
acme.v1.Order.lines
  [] acme.v1.Line > acme.v1.Line
acme.v1.Order.note
  [] group acme.v1.Order.Note > acme.v1.Order.Note
acme.v1.Orders
  Get (acme.v1.Line) returns (stream acme.v1.Order) > acme.v1.Orders.Get
acme.v1.Orders.Get
  request acme.v1.Line > acme.v1.Line
  response acme.v1.Order > acme.v1.Order
acme.v1.Status`
	if all := strings.Join(got, "\n"); all != want {
		t.Errorf("got:\n%s\nwant:\n%s", all, want)
	}
	if got := fmt.Sprint(slices.Sorted(maps.Keys(s.Outline().Deprecated))); got != "[acme.v1.Order.status acme.v1.Status.LOST]" {
		t.Errorf("deprecated are %s", got)
	}
	if got := fmt.Sprint(s.Outline().Roots); s.Outline().Namespace != "acme.v1" || got != "[acme.v1.Order acme.v1.Order.Note acme.v1.Line acme.v1.Orders]" {
		t.Errorf("roots are %s in %s", got, s.Outline().Namespace)
	}
}

// Every change that is not about a whole file or package has an address that leads
// somewhere, so that consumers meet it.
func TestPathsOfChangesResolve(t *testing.T) {
	base, err1 := loadFiles(archive(beforeEverything))
	head, err2 := loadFiles(archive(afterEverything))
	changes, err := Format.Diff(base, head)
	if err1 != nil || err2 != nil || err != nil {
		t.Fatal(err1, err2, err)
	}
	at := schema.Places{Base: base.Outline(), Head: head.Outline()}
	for _, c := range changes {
		if got, err := at.Resolve(c.Path); err != nil || got != c.Path {
			t.Errorf("%s: %s leads to %s, %v", c.Rule.ID, c.Path, got, err)
		}
	}
	if len(changes) < 8 {
		t.Errorf("got %d changes", len(changes))
	}
	if !at.Meet("acme.v1.Order.status", "acme.v1.Status") {
		t.Error("whoever reads a field does not read its enum")
	}
}

const beforeEverything = `
-- orders.proto --
syntax = "proto3";
package acme.v1;
import "google/protobuf/descriptor.proto";
message Order { string id = 1; Status status = 2; repeated Line lines = 3; string gone = 4; map<string, int32> m = 5; }
message Line { string sku = 1; reserved 9; }
message Gone { string id = 1; }
enum Status { OPEN = 0; PAID = 1; }
service Orders { rpc Get(Line) returns (Order); rpc Drop(Line) returns (Gone); }
extend google.protobuf.FieldOptions { string unit = 50000; }
`

const afterEverything = `
-- orders.proto --
syntax = "proto3";
package acme.v1;
message Order { string id = 1; Status status = 2; repeated Line lines = 3; string fresh = 6; map<string, int64> m = 5; }
message Line { int32 sku = 1; }
message Fresh { string text = 1; }
enum Status { OPEN = 0; LOST = 2; }
service Orders { rpc Get(Line) returns (stream Order); }
`

func TestKindOfPort(t *testing.T) {
	tests := []struct {
		name, text string
		want       schema.Kind
	}{
		{"messages", `message A {}`, ""},
		{"methods and what they take and return", `service S { rpc Get(A) returns (B); } message A {} message B { C c = 1; } message C {}`, schema.API},
		{"a message beside the methods", `service S { rpc Get(A) returns (A); } message A {} message Event { string id = 1; }`, ""},
	}
	for _, tt := range tests {
		s, err := loadFiles(files{"a.proto": "syntax = \"proto3\";\n" + tt.text})
		if err != nil || s.Terms.Kind != tt.want {
			t.Errorf("%s: got %q, %v", tt.name, s.Terms.Kind, err)
		}
	}
}
