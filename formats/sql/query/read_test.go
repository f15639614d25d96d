package query_test

import (
	"fmt"
	"strings"
	"testing"

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

func TestTry(t *testing.T) {
	for _, q := range []string{
		"with x as (select * from o) select x.id, c.name, sum(x.amt) over() from x join c on x.cid=c.id where c.region='x'",
		"select a, b from t where c > 1 order by 1",
		"select * from t; select t.* from (select a from t) t",
		"select from from from",
		"insert into a (x) select y from b on conflict (x) do update set x = excluded.x where a.z > 3",
		"merge into t using s on t.id = s.id when matched then update set a = s.a when not matched then insert (a) values (s.a)",
	} {
		t.Log(q, "\n", read(q, query.Postgres, nil))
	}
}
