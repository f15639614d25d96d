package query_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/formats/sql/query"
)

// render writes readings as the files of testdata do: a line for each table.
func render(readings []query.Reading) string {
	var b strings.Builder
	for i, r := range readings {
		if len(readings) > 1 {
			fmt.Fprintf(&b, "-- %d\n", i+1)
		}
		if !r.Understood {
			fmt.Fprintf(&b, "not understood at %d:%d: %s\n", r.At.Start.Line, r.At.Start.Column, r.Why)
		}
		if r.Hidden {
			b.WriteString("hidden\n")
		}
		if r.Understood && len(r.Tables) == 0 {
			b.WriteString("nothing\n")
		}
		for _, t := range r.Tables {
			fmt.Fprintf(&b, "%s:", strings.Join(t.Name, "."))
			for _, c := range t.Columns {
				fmt.Fprintf(&b, " %s(%s)", c.Name, c.Uses)
			}
			if t.All {
				b.WriteString(" *")
			}
			if t.Carried {
				b.WriteString(" (*)")
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func read(sql string, d query.Dialect, schema query.Schema) string {
	return render(query.Read("q.sql", []byte(sql), d, schema))
}

// A schema tells whose an unqualified column is, in whatever case it is written.
func TestSchemaDecides(t *testing.T) {
	tables := map[string][]string{"orders": {"id", "customer_id", "amount"}, "customers": {"id", "name"}}
	schema := func(table []string) ([]string, bool) {
		columns, ok := tables[strings.ToLower(table[len(table)-1])]
		return columns, ok
	}
	tests := []struct {
		name, sql string
		d         query.Dialect
		want      string
	}{
		{"an unqualified column", "select NAME, amount from raw.orders join raw.customers on customer_id = customers.id", query.Snowflake,
			"RAW.ORDERS: amount(select) customer_id(join)\nRAW.CUSTOMERS: id(join) name(select)\n"},
		{"a star, and what comes tomorrow", "select * from orders", query.Postgres,
			"orders: amount(select) customer_id(select) id(select) *\n"},
		{"a star that ends inside", "with o as (select * from orders) select id from o where amount > 1", query.BigQuery,
			"orders: amount(filter+carried) customer_id(carried) id(select+carried) (*)\n"},
		{"a star that something else needs", "select count(*) from (select distinct * from orders) o", query.Postgres,
			"orders: amount(select) customer_id(select) id(select) *\n"},
		{"a natural join", "select name from orders natural join customers", query.Trino,
			"orders: id(join)\ncustomers: id(join) name(select)\n"},
		{"a column that nobody has any more", "select gone from orders", query.Postgres, "orders: gone(select)\n"},
		{"a unit that is a column, too", "select date_trunc(amount, month) from orders", query.BigQuery, "orders: amount(select)\n"},
	}
	for _, tt := range tests {
		if got := read(tt.sql, tt.d, schema); got != tt.want {
			t.Errorf("%s: %s\nreads %s want %s", tt.name, tt.sql, got, tt.want)
		}
	}
}

// A reading points at the text.
func TestSpans(t *testing.T) {
	r := query.Read("q.sql", []byte("select 1;\n\n  select o.amount\n  from shop.orders o"), query.Postgres, nil)
	if len(r) != 2 || len(r[1].Tables) != 1 || len(r[1].Tables[0].Columns) != 1 {
		t.Fatalf("reads %s", render(r))
	}
	table := r[1].Tables[0]
	for what, got := range map[string]string{
		"q.sql:3:3-4:21":  between(r[1].Span),
		"q.sql:4:8-4:19":  between(table.Span),
		"q.sql:3:10-3:18": between(table.Columns[0].Span),
	} {
		if got != what {
			t.Errorf("the span is %s, want %s", got, what)
		}
	}
}

func between(s source.Span) string { return fmt.Sprintf("%v-%d:%d", s, s.End.Line, s.End.Column) }

// What is too large, too deep or too much work is not understood, and says so soon.
func TestLimits(t *testing.T) {
	var doubling strings.Builder
	doubling.WriteString("with a0 as (select * from t, u)")
	for i := range 60 {
		fmt.Fprintf(&doubling, ", a%d as (select x.*, y.* from a%d x, a%d y)", i+1, i, i)
	}
	doubling.WriteString(" select * from a60")
	schema := func([]string) ([]string, bool) { return []string{"a", "b", "c"}, true }
	tests := []struct{ name, sql, want string }{
		{"a large file", strings.Repeat(" ", query.MaxBytes) + "select a from t", "larger"},
		{"many statements", strings.Repeat("select 1;", query.MaxStatements+1), "more than 20000 statements"},
		{"a long statement", "select a from t where b in (1" + strings.Repeat(",1", query.MaxTokens) + ")", "more than 200000 words"},
		{"many parentheses", "select " + strings.Repeat("(", 90_000) + "a" + strings.Repeat(")", 90_000) + " from t", "nested deeper"},
		{"many subqueries", strings.Repeat("select a from (", 20_000) + "t", "nested deeper"},
		{"many CASEs", "select " + strings.Repeat("case when ", 50_000), "nested deeper"},
		{"many GROUPING SETS", "select a from t group by " + strings.Repeat("grouping sets (", 50_000), "nested deeper"},
		{"columns that double", doubling.String(), "too many columns"},
		{"many joins", "select a from t" + strings.Repeat(", t", 60_000), "too many columns"},
		{"many operands", "select a from t" + strings.Repeat(" union all select * from t", 30_000), "too many columns"},
		{"many names of many tables", "select " + strings.Repeat("a, ", 30_000) + "a from t" + strings.Repeat(", t", 1_000), "too many columns"},
	}
	for _, tt := range tests {
		for _, s := range []query.Schema{nil, schema} {
			start := time.Now()
			got := query.Read("q.sql", []byte(tt.sql), query.Postgres, s)
			last := got[len(got)-1]
			if last.Understood || !strings.Contains(last.Why, tt.want) {
				t.Errorf("%s: %v %q, want %q", tt.name, last.Understood, last.Why, tt.want)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("%s: took %v", tt.name, took)
			}
			for _, r := range got {
				if !r.Understood && len(r.Tables) == 0 && !r.Hidden {
					t.Errorf("%s: no table, and none hidden", tt.name)
				}
			}
		}
	}
}
