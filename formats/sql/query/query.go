// Package query tells which columns of which tables a text of SQL reads.
//
// # How a reading is made
//
// The lexer cuts a file into statements, as the dialect quotes and comments
// ([Dialect]; the dialects differ in data, the grammar is one). The parser makes
// of a statement a small tree that keeps only what reads and what is read: an
// expression is the list of the names in it. The resolver then finds out, scope
// by scope, whose column each name is: of a table, of a member of WITH or of a
// subquery, and in the latter cases of which columns of tables that one is made.
//
// # Why it reads too much rather than too little
//
// A reading decides whether somebody is told of a change. One column too many
// costs a look; one too few costs a broken dashboard. So where the text alone
// does not tell, every table that might have the column has it; a star of a
// table is every column of it; and a statement that is not understood reads all
// of every table in it and says why. Nothing is left out because it seems
// unlikely, and every column that PostgreSQL would name for the same query
// (information_schema.view_column_usage) is named here: the tests ask it.
//
// One thing we know better. In
//
//	with o as (select * from orders) select id from o
//
// the other columns of orders pass through the star and end there: the query
// survives their removal. They are read as [Carried], and only so.
//
// # What a text does not tell
//
// A word such as day is taken for a unit where a date function of the dialect wants
// one, unless the schema has such a column. A struct column of the name of a
// table's alias is seen only if the schema has it. What functions, procedures and
// views do inside is not in the text; nor is it that a cast names the row type of a table.
package query

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
)

// What is larger than this is not read, and the reading says so.
const (
	MaxBytes      = 4 << 20   // of a file
	MaxStatements = 20_000    // of a file
	MaxTokens     = 200_000   // of a statement: words and signs
	MaxDepth      = 200       // of parentheses and subqueries
	MaxSteps      = 5_000_000 // of the search for the columns of a statement
)

// A Use is a set of the ways in which a statement uses a column.
type Use uint8

// What a column is used for.
const (
	Select  Use = 1 << iota // it is part of the result
	Join                    // it decides which rows belong together
	Filter                  // it decides which rows count
	Group                   // rows are put together by it
	Order                   // rows are ordered by it
	Carried                 // it passes through a star inside the statement
)

// String lists the uses of u in one order.
func (u Use) String() string {
	var words []string
	for i, w := range [...]string{"select", "join", "filter", "group", "order", "carried"} {
		if u&(1<<i) != 0 {
			words = append(words, w)
		}
	}
	return strings.Join(words, "+")
}

// A Schema says which columns a table has, if that is known. A table is given
// by the steps of its name, as far as the statement names them.
type Schema func(table []string) (columns []string, known bool)

// A Reading is what one statement reads.
type Reading struct {
	Span   source.Span
	Tables []TableRead // in the order in which they are named

	// Not everything can be read. Where it was not, every table in Tables
	// counts as read whole, and Why and At say what stood in the way.
	Understood bool
	Why        string
	At         source.Span
	Hidden     bool // it may read tables that are not in Tables
}

// A TableRead is what a statement reads of one table, however often it names it.
type TableRead struct {
	Name    []string // without quotes, as the dialect folds case
	Span    source.Span
	Columns []ColumnRead // by name

	// All: a star takes every column, those of tomorrow too, or it cannot be
	// told which columns are read. Why says which of it.
	All bool
	Why string
	// Carried: a star inside the statement takes every column, but only
	// Columns are used.
	Carried bool
}

// A ColumnRead is a column that a statement reads.
type ColumnRead struct {
	Name string // as the schema spells it, else as the dialect folds case
	Uses Use
	Span source.Span // where it is named first
}

// Read tells what each statement of a file reads. The schema may be nil: then an
// unqualified column belongs to every table in sight.
func Read(file string, text []byte, d Dialect, schema Schema) []Reading {
	if len(text) > MaxBytes {
		top := source.Top(file)
		return []Reading{{Span: top, At: top, Hidden: true, Why: fmt.Sprintf("the file is larger than %d bytes", MaxBytes)}}
	}
	r := &reader{file: file, traits: d.traits(), schema: schema, lines: source.NewLines(text)}
	lex := &lexer{src: string(text), traits: r.traits}
	var readings []Reading
	for {
		tokens, bad, more := lex.statement()
		if !more {
			return readings
		}
		readings = append(readings, r.statements(lex.src, tokens, bad)...)
		if len(readings) >= MaxStatements {
			at := readings[len(readings)-1].Span
			return append(readings, Reading{Span: at, At: at, Hidden: true, Why: fmt.Sprintf("the file has more than %d statements", MaxStatements)})
		}
	}
}

// A reader reads the statements of one file.
type reader struct {
	*traits
	file   string
	schema Schema
	lines  *source.Lines
}

// statements reads the tokens between two semicolons. That is one statement,
// except in T-SQL.
func (r *reader) statements(src string, tokens []token, bad *problem) (readings []Reading) {
	if len(tokens) == 0 {
		tokens = []token{bad.at, {start: bad.at.end, end: bad.at.end}}
	}
	p := newParser(src, r.traits, tokens)
	for more := true; more; more = p.bad == nil && p.peek().kind != end {
		first := p.pos
		q := p.statement()
		if p.pos == first && p.bad == nil && p.peek().kind != end {
			p.unexpected("a statement")
		}
		problem := cmp.Or(bad, p.bad)
		var reading Reading
		if problem == nil {
			reading, problem = r.resolve(q)
		}
		last := min(max(p.pos, first+1), len(tokens)) - 1
		if problem != nil {
			last = len(tokens) - 1
			reading = r.salvage(p, tokens[first:], problem)
		}
		reading.Span = r.span(tokens[min(first, last)].start, tokens[last].end)
		readings = append(readings, reading)
		if problem != nil {
			break
		}
	}
	return readings
}

func (r *reader) span(start, end int) source.Span {
	return source.Span{File: r.file, Start: r.lines.Pos(start), End: r.lines.Pos(end)}
}

// resolve finds the columns that a parsed statement reads.
func (r *reader) resolve(q *query) (Reading, *problem) {
	res := &resolver{reader: r, tables: make(map[string]*base)}
	if q != nil {
		res.query(q, nil, false, nil)
	}
	if res.bad != nil {
		return Reading{}, res.bad
	}
	return Reading{Understood: true, Tables: res.reads()}, nil
}
