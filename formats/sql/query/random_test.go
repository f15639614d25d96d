package query_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A grammar writes random queries over the tables of testdata/postgres. Most of
// them PostgreSQL takes; everything is compared as text, so types never clash.
type grammar struct {
	*rand.Rand
	tables []relationOf
	ctes   []relationOf
	names  int
}

// A relationOf is a name with columns, in scope or to choose from.
type relationOf struct {
	name    string
	columns []string
}

func newGrammar(seed uint64) *grammar {
	return &grammar{Rand: rand.New(rand.NewPCG(seed, 4)), tables: []relationOf{
		{"customers", []string{"id", "name", "region", "email", "created_at"}},
		{"orders", []string{"id", "customer_id", "amount", "status", "ordered_at", "note"}},
		{"items", []string{"order_id", "sku", "quantity", "price"}},
		{"products", []string{"sku", "title", "category"}},
		{"employees", []string{"id", "name", "manager_id", "salary", "dept"}},
		{"sales.targets", []string{"region", "year", "goal"}},
		{"sales.orders", []string{"id", "region", "total"}},
		{`"Mixed Case"`, []string{`"Id"`, `"select"`, "plain", `"a""b"`}},
	}}
}

func (g *grammar) fresh(prefix string) string {
	g.names++
	return prefix + strconv.Itoa(g.names)
}

func pick[T any](g *grammar, list []T) T { return list[g.IntN(len(list))] }

func (g *grammar) chance(percent int) bool { return g.IntN(100) < percent }

// query writes a query and says which columns it yields.
func (g *grammar) query(depth int, around []relationOf) (string, []string) {
	outer := g.ctes
	defer func() { g.ctes = outer }()
	var with string
	if depth > 0 && g.chance(30) {
		with = g.with(depth)
	}
	sql, columns := g.selection(depth, around, 0)
	if depth > 0 && g.chance(20) {
		sql, columns = g.selection(depth, around, 2)
		other, _ := g.selection(depth-1, around, 2)
		sql += pick(g, []string{" union ", " union all ", " except ", " intersect all "}) + other
		if g.chance(30) {
			sql += " order by " + pick(g, append([]string{"1"}, columns...))
		}
	}
	return with + sql, columns
}

func (g *grammar) with(depth int) string {
	var parts []string
	for range 1 + g.IntN(2) {
		sql, columns := g.query(depth-1, nil)
		name := g.fresh("w")
		if g.chance(20) { // it shadows a table
			name = pick(g, []string{"items", "products"})
		}
		head := name
		if g.chance(25) {
			for i := range columns {
				columns[i] = g.fresh("n")
			}
			head += " (" + strings.Join(columns, ", ") + ")"
		}
		parts = append(parts, head+" as ("+sql+")")
		g.ctes = append(slices.Clip(g.ctes), relationOf{name, columns})
	}
	return "with " + strings.Join(parts, ", ") + " "
}

// selection writes a SELECT; of a fixed width, if width is not 0.
func (g *grammar) selection(depth int, around []relationOf, width int) (string, []string) {
	from, rels := g.from(depth, around)
	scope := append(slices.Clip(around), rels...)
	var items, columns []string
	n := width
	if n == 0 {
		n = 1 + g.IntN(3)
	}
	grouped := g.chance(15)
	var keys []string
	for range n {
		switch {
		case width == 0 && !grouped && g.chance(15):
			rel := pick(g, rels)
			items, columns = append(items, rel.name+".*"), append(columns, rel.columns...)
		case width == 0 && len(items) == 0 && !grouped && g.chance(10):
			for _, rel := range rels {
				columns = append(columns, rel.columns...)
			}
			items = append(items, "*")
		default:
			e, name := g.value(depth, scope, rels), g.fresh("o")
			switch {
			case grouped && g.chance(50):
				e = pick(g, []string{"count(*)", "max(%s)", "string_agg(%s, ',' order by %[1]s)", "min(%s) filter (where %[1]s > 'a')"})
				if strings.Contains(e, "%s") {
					e = fmt.Sprintf(e, g.text(rels))
				}
				e = "(" + e + ")::text"
			case grouped:
				e = g.text(rels)
				keys = append(keys, e)
			}
			items, columns = append(items, e+pick(g, []string{" as ", " "})+name), append(columns, name)
		}
	}
	sql := "select " + pick(g, []string{"", "", "", "", "distinct "}) + strings.Join(items, ", ") + " from " + from
	if g.chance(60) {
		sql += " where " + g.condition(depth, scope, rels)
	}
	if len(keys) > 0 {
		sql += " group by " + pick(g, []string{"", "rollup "}) + "(" + strings.Join(keys, ", ") + ")"
		if g.chance(30) {
			sql += " having max(" + g.text(rels) + ") > 'a'"
		}
	} else if !grouped && width == 0 && !strings.Contains(sql, "distinct") && g.chance(20) {
		sql += " order by " + pick(g, []string{g.text(rels), "1"})
		if g.chance(30) {
			sql += " limit 3"
		}
	}
	return sql, columns
}

// from writes a FROM clause and says what it brings into scope.
func (g *grammar) from(depth int, around []relationOf) (string, []relationOf) {
	sql, rel := g.source(depth, around, nil)
	rels := []relationOf{rel}
	for range g.IntN(3) {
		right, rel := g.source(depth, around, rels)
		both := append(slices.Clip(rels), rel)
		var common []string
		for _, c := range rels[len(rels)-1].columns {
			if slices.Contains(rel.columns, c) {
				common = append(common, c)
			}
		}
		kind := pick(g, []string{" join ", " left join ", " inner join "})
		switch {
		case g.chance(20):
			sql += pick(g, []string{", ", " cross join "}) + right
		case len(common) > 0 && g.chance(50):
			sql += kind + right + " using (" + pick(g, common) + ")"
		case g.chance(5):
			sql += " natural join " + right
		default:
			sql += kind + right + " on " + g.condition(0, append(slices.Clip(around), both...), both)
		}
		rels = both
	}
	return sql, rels
}

func (g *grammar) source(depth int, around, left []relationOf) (string, relationOf) {
	alias := g.fresh("t")
	if depth > 0 && g.chance(25) {
		lateral := ""
		if left != nil && g.chance(40) {
			lateral, around = "lateral ", append(slices.Clip(around), left...)
		} else {
			around = slices.Clip(around)
		}
		sql, columns := g.query(depth-1, around)
		if g.chance(20) {
			for i := range columns {
				columns[i] = g.fresh("n")
			}
			return lateral + "(" + sql + ") " + alias + " (" + strings.Join(columns, ", ") + ")", relationOf{alias, columns}
		}
		return lateral + "(" + sql + ") as " + alias, relationOf{alias, columns}
	}
	rel := pick(g, append(slices.Clip(g.tables), append(g.ctes, g.ctes...)...))
	if left == nil && !strings.Contains(rel.name, ".") && g.chance(30) {
		return rel.name, rel
	}
	return rel.name + pick(g, []string{" as ", " "}) + alias, relationOf{alias, rel.columns}
}

// text writes a column as text; qualified, unless its name is one of a kind.
func (g *grammar) text(rels []relationOf) string {
	rel := pick(g, rels)
	if len(rel.columns) == 0 {
		return "'x'"
	}
	column := pick(g, rel.columns)
	count := 0
	for _, other := range rels {
		for _, c := range other.columns {
			if c == column {
				count++
			}
		}
	}
	if count == 1 && g.chance(50) {
		return column + "::text"
	}
	return rel.name + "." + column + "::text"
}

func (g *grammar) value(depth int, scope, rels []relationOf) string {
	switch g.IntN(12) {
	case 0:
		return "coalesce(" + g.text(scope) + ", " + g.text(rels) + ")"
	case 1:
		return "case when " + g.condition(0, scope, rels) + " then " + g.text(scope) + " else 'x' end"
	case 2:
		return "row_number() over (partition by " + g.text(rels) + " order by " + g.text(rels) + ")::text"
	case 3:
		return "upper(" + g.text(scope) + ") || " + g.text(rels)
	case 4:
		if depth > 0 {
			sql, _ := g.selection(depth-1, scope, 1)
			return "(" + sql + " limit 1)"
		}
	case 5:
		if depth > 0 {
			sql, _ := g.selection(depth-1, scope, 1)
			return "array_to_string(array(" + sql + "), ',')"
		}
	}
	return g.text(scope)
}

func (g *grammar) condition(depth int, scope, rels []relationOf) string {
	switch g.IntN(10) {
	case 0:
		return g.text(scope) + " is not null"
	case 1:
		return g.text(scope) + " between 'a' and " + g.text(rels)
	case 2:
		return "(" + g.condition(depth, scope, rels) + pick(g, []string{" or ", " and "}) + g.condition(depth, scope, rels) + ")"
	case 3:
		return "not " + g.text(rels) + " like 'x%'"
	case 4, 5:
		if depth > 0 {
			sql, _ := g.selection(depth-1, scope, 1)
			return g.text(scope) + pick(g, []string{" in (", " not in (", " = any (", " < all ("}) + sql + ")"
		}
	case 6:
		if depth > 0 {
			sql, _ := g.query(depth-1, scope)
			return "exists (" + sql + ")"
		}
	}
	return g.text(scope) + pick(g, []string{" = ", " <> ", " > "}) + g.text(rels)
}

// Random queries are read as PostgreSQL reads them. BREAKWATER_QUERIES says how
// many are tried.
func TestRandomQueries(t *testing.T) {
	pg := startPostgres(t)
	count := 300
	if n, err := strconv.Atoi(os.Getenv("BREAKWATER_QUERIES")); err == nil {
		count = n
	}
	schema := pgSchema(t)
	queries := make([]string, count)
	for i := range queries {
		queries[i], _ = newGrammar(uint64(i)).query(3, nil)
	}
	used, refused := pg.usage(queries)
	var with, without tally
	for i, sql := range queries {
		if refused[i] != "" {
			if testing.Verbose() && i < 200 {
				t.Logf("refused: %s\n%s", refused[i], sql)
			}
			continue
		}
		name := fmt.Sprint("query ", i)
		with.hold(t, name, sql, schema, used[i], schema)
		without.hold(t, name+" (no schema)", sql, nil, used[i], schema)
	}
	if with.asked*2 < count {
		t.Errorf("PostgreSQL takes only %d of %d queries", with.asked, count)
	}
	with.report(t, "with a schema")
	without.report(t, "without a schema")
	if with.over*100 >= with.understood*10 {
		t.Errorf("of %d queries %d are said to read too much; want fewer than 10 %%", with.understood, with.over)
	}
}
