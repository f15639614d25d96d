package query_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/formats/sql/query"
)

// A postgres is a real PostgreSQL with the schema of testdata/postgres in it, reached
// by psql.
type postgres struct {
	*ruletest.Postgres
	t testing.TB
}

func startPostgres(t testing.TB) *postgres {
	t.Helper()
	pg := &postgres{ruletest.StartPostgres(t), t}
	schema, err := os.ReadFile("testdata/postgres/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	pg.psql("set client_min_messages = warning; " + string(schema))
	return pg
}

func (pg *postgres) psql(script string) string {
	pg.t.Helper()
	cmd := pg.Command("psql", "-h", pg.Dir, "-U", "owner", "-d", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=0")
	cmd.Stdin = strings.NewReader(script)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		pg.t.Fatalf("psql: %v\n%s", err, stderr.Bytes())
	}
	return string(out)
}

// makeView makes a view of a query. Its columns must have names that differ, as
// those of a query need not: names are given until they do.
const makeView = `set client_min_messages = error;
create function pg_temp.make_view(q text) returns text language plpgsql as $make$
begin
  for n in 0..80 loop
    begin
      execute 'create view usage_of ' ||
        case n when 0 then '' else (select '(' || string_agg('c' || i, ',') || ')' from generate_series(1, n) i) end ||
        ' as ' || q;
      return null;
    exception when duplicate_column then null; when others then return replace(sqlerrm, E'\n', ' ');
    end;
  end loop;
  return 'too many columns';
end $make$;
`

// usage asks PostgreSQL which columns each query reads, as table.column: a view
// is made of it and information_schema.view_column_usage is asked. Of a query
// that PostgreSQL does not take, refused says why.
func (pg *postgres) usage(queries []string) (used [][]string, refused []string) {
	pg.t.Helper()
	var script strings.Builder
	script.WriteString(makeView)
	for _, q := range queries {
		fmt.Fprintf(&script, "begin;\n\\echo '@'\nselect '!' || e from pg_temp.make_view($Usage$%s$Usage$) e where e is not null;\n", q)
		script.WriteString(`select distinct case table_schema when 'public' then '' else table_schema || '.' end || table_name || '.' || column_name
from information_schema.view_column_usage where view_name = 'usage_of' order by 1;
rollback;
`)
	}
	used, refused = make([][]string, len(queries)), make([]string, len(queries))
	n := -1
	for line := range strings.Lines(pg.psql(script.String())) {
		switch line = strings.TrimSuffix(line, "\n"); {
		case line == "@":
			n++
		case line[0] == '!':
			refused[n] = line[1:]
		default:
			used[n] = append(used[n], line)
		}
	}
	if n != len(queries)-1 {
		pg.t.Fatalf("PostgreSQL answered %d of %d queries", n+1, len(queries))
	}
	for _, u := range used {
		slices.Sort(u)
	}
	return used, refused
}

// pgSchema is testdata/postgres/schema.sql as a Schema.
func pgSchema(t testing.TB) query.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/postgres/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	tables := make(map[string][]string)
	table := regexp.MustCompile(`(?m)^create table (\S+|"[^"]+") \((.*)\);$`)
	for _, m := range table.FindAllStringSubmatch(string(text), -1) {
		var columns []string
		for column := range strings.SplitSeq(m[2], ", ") {
			name, _, _ := strings.Cut(column, " ")
			columns = append(columns, strings.ReplaceAll(strings.Trim(name, `"`), `""`, `"`))
		}
		tables[strings.Trim(m[1], `"`)] = columns
	}
	return func(name []string) ([]string, bool) {
		columns, ok := tables[strings.TrimPrefix(strings.Join(name, "."), "public.")]
		return columns, ok
	}
}

// columns lists what a reading reads as table.column. Of a table that is read
// whole that is every column of it.
func columns(readings []query.Reading, schema query.Schema) []string {
	var all []string
	for _, r := range readings {
		for _, t := range r.Tables {
			name := strings.TrimPrefix(strings.Join(t.Name, "."), "public.")
			if t.All || t.Carried {
				known, _ := schema(t.Name)
				for _, c := range known {
					all = append(all, name+"."+c)
				}
			}
			for _, c := range t.Columns {
				all = append(all, name+"."+c.Name)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// A tally counts how readings compare with the answers of PostgreSQL.
type tally struct {
	asked, understood, missed, over int
}

// hold compares one reading, and reports a column that was missed.
func (c *tally) hold(t *testing.T, name, sql string, schema query.Schema, want []string, full query.Schema) {
	t.Helper()
	c.asked++
	readings := query.Read("q.sql", []byte(sql), query.Postgres, schema)
	if len(readings) != 1 || !readings[0].Understood {
		t.Logf("%s: not understood: %s", name, render(readings))
	} else {
		c.understood++
	}
	got := columns(readings, full)
	var missed, over []string
	for _, w := range want {
		if !slices.Contains(got, w) {
			missed = append(missed, w)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			over = append(over, g)
		}
	}
	if len(missed) > 0 {
		c.missed++
		t.Errorf("%s: misses %v\n%s\n%s", name, missed, sql, render(readings))
	}
	if len(over) > 0 && len(readings) == 1 && readings[0].Understood {
		c.over++
		t.Logf("%s: over %v", name, over)
	}
}

func (c *tally) report(t *testing.T, what string) {
	t.Helper()
	t.Logf("%s: %d queries, %d understood, %d with a column missed, %d with one too many", what, c.asked, c.understood, c.missed, c.over)
	if c.understood*100 < c.asked*85 {
		t.Errorf("%s: fewer than 85 %% are understood", what)
	}
}

// usageFile keeps what PostgreSQL answered, so that the readings are held against it
// where there is no PostgreSQL.
const usageFile = "testdata/postgres/usage.txt"

// postgresCases returns the queries of testdata/postgres by name, in their order.
func postgresCases(t testing.TB) (names, queries []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/postgres/queries.sql")
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(string(text), "-- # ") {
		if name, sql, ok := strings.Cut(block, "\n"); ok {
			names, queries = append(names, name), append(queries, strings.TrimSpace(sql))
		}
	}
	return names, queries
}

// What is written down is what a real PostgreSQL says. With -update it is
// written down anew.
func TestPostgresSays(t *testing.T) {
	pg := startPostgres(t)
	names, queries := postgresCases(t)
	used, refused := pg.usage(queries)
	var b strings.Builder
	for i, name := range names {
		if refused[i] != "" {
			t.Errorf("%s: PostgreSQL does not take it: %s", name, refused[i])
		}
		fmt.Fprintf(&b, "%s\n\t%s\n", name, strings.Join(used[i], "\n\t"))
	}
	if ruletest.Update() {
		if err := os.WriteFile(usageFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(usageFile); err != nil || string(text) != b.String() {
		t.Errorf("%s is not what PostgreSQL says (%v); run this test with -update", usageFile, err)
	}
}

// Of what PostgreSQL says is read, nothing is missed, with and without knowing
// the columns of the tables.
func TestReadsWhatPostgresReads(t *testing.T) {
	text, err := os.ReadFile(usageFile)
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string][]string)
	name := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if column, ok := strings.CutPrefix(line, "\t"); !ok {
			name = line
		} else if column != "" {
			want[name] = append(want[name], column)
		}
	}
	schema := pgSchema(t)
	names, queries := postgresCases(t)
	var with, without tally
	for i, name := range names {
		with.hold(t, name, queries[i], schema, want[name], schema)
		without.hold(t, name+" (no schema)", queries[i], nil, want[name], schema)
	}
	with.report(t, "with a schema")
	without.report(t, "without a schema")
	if with.over*100 >= with.understood*10 {
		t.Errorf("of %d queries %d are said to read too much; want fewer than 10 %%", with.understood, with.over)
	}
}
