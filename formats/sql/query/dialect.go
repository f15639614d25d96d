package query

import "strings"

// A Dialect is a way of writing SQL. The zero Dialect is [Generic].
type Dialect uint8

// The dialects. Generic is for text of which nothing is known: it takes what
// most of them take, and of two meanings the one that reads more.
const (
	Generic Dialect = iota
	Postgres
	Redshift
	Snowflake
	BigQuery
	Databricks
	Trino
	DuckDB
	MySQL
	TSQL
)

// String is the name of d, which [ParseDialect] takes.
func (d Dialect) String() string { return d.traits().name }

// ParseDialect finds a dialect by its name or by what dbt calls its adapter.
func ParseDialect(name string) (Dialect, bool) {
	name = strings.ToLower(name)
	for d := Generic; d <= TSQL; d++ {
		t := d.traits()
		if name == t.name || strings.Contains(" "+t.also+" ", " "+name+" ") {
			return d, true
		}
	}
	return Generic, false
}

// How a dialect tells names apart.
type fold uint8

const (
	anyCase fold = iota // quoted or not, case does not matter
	lower               // unquoted names are in lower case
	upper               // unquoted names are in upper case
)

// traits is what the lexer, the parser and the resolver ask of a dialect:
// everything else is one grammar.
type traits struct {
	name, also string
	fold       fold

	// The lexer.
	doubleString   bool // "x" is a string, not a name
	backtick       bool // `x` is a name
	bracket        bool // [x] is a name
	backslash      bool // '\'' is one string
	maybeBackslash bool // it is not known whether '\'' is one string
	dollarString   bool // $$x$$ and $tag$x$tag$ are strings
	tripleString   bool // '''x''' and """x""" are strings
	hashComment    bool // # starts a comment
	hashName       bool // #x is a name
	slashComment   bool // // starts a comment
	nestedComment  bool // /* /* */ */ is one comment
	spacedComment  bool // -- starts a comment only before a space
	atVariable     bool // @x is a variable, else an operator and a name
	quotedPath     bool // `a.b.c` is three names
	dashedName     bool // a-b.c is two names
	positional     bool // $1 is the first column of what stands in FROM
	bareStatements bool // no semicolon is needed between statements

	// The parser.
	path      bool // x:a.b reads the column x
	lambda    bool // x -> x + 1 is a function, not an operator
	dateUnit  bool // dateadd(day, 1, x): day is a unit, not a column
	truncUnit bool // date_trunc(day, x), too
	methods   bool // x.trim() reads the column x
	fromFirst bool // from t select a; and select b: a
	constant  bool // user, localtime and the like are never columns

	// The resolver.
	lateralAlias bool // select a + 1 as b, b + 1: a name of the list is seen in it and in the other clauses
	pathTable    bool // from t, t.items: an array of t
	pathEither   bool // or a table items in the schema t
}

func (d Dialect) traits() *traits {
	all := [...]traits{
		Generic: {name: "generic", also: "ansi", backtick: true, maybeBackslash: true, dollarString: true, atVariable: true,
			dateUnit: true, methods: true, lateralAlias: true, pathTable: true, pathEither: true},
		Postgres: {name: "postgres", also: "postgresql", fold: lower, dollarString: true, nestedComment: true, constant: true},
		Redshift: {name: "redshift", backslash: true, dollarString: true, nestedComment: true, constant: true,
			dateUnit: true, lateralAlias: true, pathTable: true},
		Snowflake: {name: "snowflake", fold: upper, backslash: true, dollarString: true, slashComment: true, positional: true,
			path: true, lambda: true, dateUnit: true, truncUnit: true, lateralAlias: true},
		BigQuery: {name: "bigquery", doubleString: true, backtick: true, backslash: true, tripleString: true, hashComment: true,
			atVariable: true, quotedPath: true, dashedName: true, dateUnit: true, lateralAlias: true, pathTable: true},
		Databricks: {name: "databricks", also: "spark hive", doubleString: true, backtick: true, backslash: true,
			path: true, lambda: true, dateUnit: true, lateralAlias: true},
		Trino: {name: "trino", also: "athena presto", lambda: true},
		DuckDB: {name: "duckdb", also: "motherduck", dollarString: true, fromFirst: true,
			methods: true, lateralAlias: true},
		MySQL: {name: "mysql", also: "mariadb", doubleString: true, backtick: true, backslash: true, hashComment: true,
			spacedComment: true, atVariable: true, dateUnit: true, lateralAlias: true},
		TSQL: {name: "tsql", also: "sqlserver fabric synapse", bracket: true, hashName: true, nestedComment: true, atVariable: true,
			bareStatements: true, dateUnit: true, truncUnit: true},
	}
	if int(d) >= len(all) {
		d = Generic
	}
	return &all[d]
}

// key is the spelling by which a dialect knows a name.
func (t *traits) key(name string, quoted bool) string {
	switch {
	case t.fold == anyCase || t.fold == lower && !quoted:
		return strings.ToLower(name)
	case t.fold == upper && !quoted:
		return strings.ToUpper(name)
	}
	return name
}
