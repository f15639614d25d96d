package table

import "testing"

func TestNames(t *testing.T) {
	column := func(name, physical string, fields ...*Column) *Column {
		return &Column{Named: Named{Name: name, Physical: physical}, Fields: fields}
	}
	lines := column("lines", "")
	lines.Items = column("", "", column("sku", ""))
	s := &Schema{Tables: []*Table{
		{Named: Named{Name: "orders", Physical: "SHOP_ORDERS"}, Columns: []*Column{column("id", "ORDER_ID"), lines, column("at", "")}},
		{Named: Named{Name: "refunds"}, Columns: []*Column{column("id", "")}},
	}}
	names := s.Names()
	tests := []struct{ name, text, want string }{
		{"in full", "orders.id", "orders.id"},
		{"in the words of the database", "shop_orders.order_id", "orders.id"},
		{"in capitals", "ORDERS.AT", "orders.at"},
		{"a column alone", "at", "orders.at"},
		{"a column alone, as it is stored", "ORDER_ID", "orders.id"},
		{"a table", "refunds", "refunds"},
		{"a field of the items", "lines.sku", "orders.lines[].sku"},
		{"a field of the items, with brackets", "orders.lines[].sku", "orders.lines[].sku"},
		{"a column of two tables", "id", ""},
		{"a part of a word", "rders.id", ""},
		{"nothing of the port", "customers.id", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := names.Find(tt.text); string(got) != tt.want || ok != (tt.want != "") {
				t.Errorf("%s is %q, %v", tt.text, got, ok)
			}
		})
	}
}

// As few columns as possible are said to have moved.
func TestMoved(t *testing.T) {
	columns := func(names string) (all []*Column) {
		for _, name := range names {
			all = append(all, &Column{Named: Named{Name: string(name)}})
		}
		return all
	}
	tests := []struct{ base, head, want string }{
		{"abcd", "abcd", ""},
		{"abcd", "abxcd", ""},
		{"abcd", "acd", ""},
		{"abcd", "bcda", "a"},
		{"abcd", "dabc", "d"},
		{"abcd", "acbd", "b"},
	}
	for _, tt := range tests {
		base := columns(tt.base)
		got := ""
		for _, i := range match(base, columns(tt.head)).moved() {
			got += base[i].Name
		}
		if got != tt.want {
			t.Errorf("%s to %s moves %q, want %q", tt.base, tt.head, got, tt.want)
		}
	}
}
