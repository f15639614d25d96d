package avro

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

const order = `{"type": "record", "name": "Order", "namespace": "acme", "fields": [{"name": "id", "type": "string"}]}`

// What is wrong in a schema is said where it stands, and all of it in one run.
func TestWhatIsWrongIsSaidAtItsPlace(t *testing.T) {
	record := func(fields string) string {
		return `{"type": "record", "name": "R", "fields": [` + fields + `]}`
	}
	for _, tt := range []struct{ name, text, want string }{
		{"no JSON", `{"type": "record",`, `1:19: want a name in quotes, got the end of the file`},
		{"an empty file", "", `1:1: want a schema, got an empty file`},
		{"a number", `7`, `1:1: want a schema, got 7`},
		{"an invalid name", `{"type": "fixed", "name": "a-b", "size": 1}`, `1:27: want a name of letters, digits and _ that does not begin with a digit, got "a-b"`},
		{"an invalid field name", record(`{"name": "1st", "type": "int"}`), `1:53: want a name of letters, digits and _ that does not begin with a digit, got "1st"`},
		{"a misspelt type", `"strin"`, `1:1: no type is called strin`},
		{"a dangling reference", record(`{"name": "a", "type": "acme.Gone"}`), `1:66: no type is called acme.Gone`},
		{"a type twice", `[` + order + `, ` + order + `]`, `acme.Order is declared twice; the first is at schema.avsc:1:2`},
		{"a field twice", record(`{"name": "a", "type": "int"}, {"name": "a", "type": "int"}`), `1:83: R has two fields called a`},
		{"a key twice", `{"type": "int", "type": "long"}`, `1:17: key "type" is given twice`},
		{"a symbol twice", `{"type": "enum", "name": "E", "symbols": ["A", "A"]}`, `1:48: E has the symbol A twice`},
		{"a default that is no symbol", `{"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}`, `1:60: the default "B" is no symbol of E`},
		{"a default of the wrong type", record(`{"name": "a", "type": "int", "default": "x"}`), `1:84: the default of a is no value of its type int`},
		{"a default out of range", record(`{"name": "a", "type": "int", "default": 3000000000}`), `the default of a is no value of its type int`},
		{"a default of no branch", record(`{"name": "a", "type": ["null", "int"], "default": "x"}`), `the default of a is no value of its type null | int`},
		{"a default deep within", record(`{"name": "a", "type": {"type": "array", "items": "int"}, "default": [1, "x"]}`), `1:116: the default of a is no value`},
		{"a branch twice", `["int", "int"]`, `1:9: the union has two branches of the type int`},
		{"a union in a union", `["null", ["int"]]`, `1:10: a union does not stand directly in a union`},
		{"too many branches", "[" + strings.Repeat(`"int", `, 1000) + `"int"]`, `1:1: the union has 1001 branches; the most that is read is 1000`},
		{"an array of nothing", `{"type": "array"}`, `1:1: want "items" of arrays`},
		{"a fixed without a size", `{"type": "fixed", "name": "F"}`, `1:1: want the "size" of a fixed in bytes`},
		{"a protocol of names", `{"protocol": "P", "types": ["int"]}`, `1:29: want the declaration of a record`},
		{"nested too deep", strings.Repeat(`{"type": "array", "items": `, 10_000), `the document is nested more than 200 deep`},
		{"too large", `"` + strings.Repeat("x", 50<<20), `the most that is read is 50331648`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load1(t, tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			for _, e := range source.Errors(err) {
				if e.Span.File != "schema.avsc" {
					t.Errorf("%v has no place", e)
				}
			}
		})
	}
	_, err := load1(t, record(`{"name": "1st", "type": "int"}, {"name": "b", "type": "Gone"}, {"name": "c", "type": "int", "default": "x"}`))
	if n := len(source.Errors(err)); n != 3 {
		t.Errorf("got %d errors, want all three: %v", n, err)
	}
}

// Types are found in files that are called after them, in other files of the folder, and
// in the folders that the port includes; two revisions never share any.
func TestTypesOfOtherFiles(t *testing.T) {
	money := `{"type": "record", "name": "Money", "namespace": "acme.types", "fields": [{"name": "cents", "type": "long"}]}`
	port := `{"type": "record", "name": "Order", "namespace": "acme", "fields": [{"name": "sum", "type": "acme.types.Money"}]}`
	for _, where := range []string{"a/Money.avsc", "a/acme.types.Money.avsc", "acme/types/Money.avsc", "a/whatever.avsc", "shared/x.avsc", "Money.avsc"} {
		fsys := fstest.MapFS{"a/order.avsc": {Data: []byte(port)}, where: {Data: []byte(money)}, "a/broken.avsc": {Data: []byte("{")}}
		req := schema.Request{FS: fsys, Paths: []string{"a/order.avsc"}, Include: []string{"shared"}}
		s, err := Format.Load(t.Context(), req)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		if e, ok := s.Outline().At("acme.Order.sum"); !ok || e.Decl != "acme.types.Money" || len(s.Outline().Decls[e.Decl]) != 1 {
			t.Errorf("%s: got %+v", where, e)
		}
		if more, err := Format.Imports(req); err != nil || !strings.Contains(fmt.Sprint(more), where) {
			t.Errorf("%s is not among the imports %v, %v", where, more, err)
		}
	}
	files := map[string]string{"order.avsc": port, "money.avsc": money}
	if s, err := loadFiles(t, files, "money.avsc", "order.avsc"); err != nil || len(s.Outline().Roots) != 2 {
		t.Errorf("two files of one port: %v, %v", s.Outline().Roots, err)
	}
}

// container writes the header of an object container file.
func container(text string) string {
	b := bytes.NewBufferString("Obj\x01")
	put := func(text string) { b.Write(binary.AppendVarint(nil, int64(len(text)))); b.WriteString(text) }
	b.Write(binary.AppendVarint(nil, 2))
	put("avro.codec")
	put("null")
	put("avro.schema")
	put(text)
	b.Write([]byte{0})
	return b.String() + strings.Repeat("\xff\x00data", 100)
}

// The schema in a container is the schema, and a place in it is a place in the file.
func TestContainer(t *testing.T) {
	load := func(text string) (schema.Schema, error) {
		return loadFiles(t, map[string]string{"orders.avro": text}, "orders.avro")
	}
	s, err := load(container(order))
	plain, _ := load1(t, order)
	if err != nil || len(compare(t, s, plain)) != 0 {
		t.Errorf("got %v", err)
	}
	wrong := container("{\"type\": \"record\",\n \"name\": \"x y\", \"fields\": []}")
	if _, err = load(wrong); err == nil || !strings.HasPrefix(err.Error(), "orders.avro:2:10: want a name") {
		t.Errorf("got %v", err)
	}
	for n := range strings.Index(container(order), "}]}") {
		if _, err := load(container(order)[:n]); err == nil {
			t.Errorf("a container that ends after %d bytes is read", n)
		}
	}
}

// A record that every value of needs another one of is read and compared, although no
// value of it exists.
func TestRecordWithoutAnEnd(t *testing.T) {
	list := `{"type": "record", "name": "List", "fields": [{"name": "head", "type": "TYPE"}, {"name": "tail", "type": "List"}]}`
	got := told(diffOf(t, strings.Replace(list, "TYPE", "int", 1), strings.Replace(list, "TYPE", "long", 1)))
	if want := "field-type-widened: List.head: int became long\n"; got != want {
		t.Errorf("got %s", got)
	}
}

// Types may refer to each other in a chain as long as is read, and in a knot.
func TestManyTypes(t *testing.T) {
	chain := func(n int, last string) string {
		var b strings.Builder
		b.WriteString(`{"protocol": "P", "types": [`)
		for i := range n {
			fmt.Fprintf(&b, `{"type": "record", "name": "R%d", "fields": [{"name": "a", "type": ["null", "R%d"]}, {"name": "b", "type": ["null", "R%d"]}, {"name": "c", "type": "int"}]}, `, i, i+1, max(i-7, 0))
		}
		fmt.Fprintf(&b, `{"type": "record", "name": "R%d", "fields": [{"name": "v", "type": "%s"}]}]}`, n, last)
		return b.String()
	}
	if got := told(diffOf(t, chain(5000, "int"), chain(5000, "string"))); got != "field-type-changed: R5000.v: int became string\n" {
		t.Errorf("got %s", got)
	}
	if _, err := load1(t, chain(maxTypes, "int")); err == nil || !strings.Contains(err.Error(), "more than 20000 types") {
		t.Errorf("got %v", err)
	}
}

// One root can be chosen.
func TestServedRoot(t *testing.T) {
	both := `[` + order + `, {"type": "record", "name": "Refund", "fields": []}]`
	for root, want := range map[string]string{"acme.Order": "[acme.Order]", "Refund": "[Refund]"} {
		s, err := Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{"a.avsc": {Data: []byte(both)}}, Paths: []string{"a.avsc"}, Root: root})
		if err != nil || fmt.Sprint(s.Outline().Roots) != want {
			t.Errorf("%s: got %v, %v", root, s.Outline().Roots, err)
		}
	}
	_, err := Format.Load(t.Context(), schema.Request{FS: fstest.MapFS{"a.avsc": {Data: []byte(both)}}, Paths: []string{"a.avsc"}, Root: "Ordr"})
	if err == nil || !strings.Contains(err.Error(), "want one type called Ordr, which is to be served, found 0") {
		t.Errorf("got %v", err)
	}
}
