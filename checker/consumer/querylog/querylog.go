// Package querylog reads who reads what from a table that a warehouse exports: its
// query log, its access history, or its column lineage, as CSV with a header.
//
//	user,table,column,last_seen
//	finance_kpi,shop.public.orders,discount,2026-11-20
//
// The header says what a column of the file means, under any of the names in
// [headers]: warehouses and people have several for each. A row that names a table
// and no column reads all of it. A row with a query is read for what the query
// names.
package querylog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Limits of one file.
const (
	MaxBytes  = 64 << 20
	MaxErrors = 20 // that are told
)

// headers are the names that columns of the file go by, in lower case and with an
// underscore for a blank, the best first.
var headers = [...][]string{
	who:      {"consumer", "consumer_id", "user", "user_name", "username", "user_email", "principal", "role", "role_name", "created_by", "service"},
	team:     {"team", "department"},
	database: {"database", "database_name", "catalog", "catalog_name", "table_catalog", "source_table_catalog", "project", "project_id"},
	schema:   {"schema", "schema_name", "table_schema", "source_table_schema", "dataset", "dataset_id"},
	table:    {"source_table_full_name", "table", "table_name", "source_table", "source_table_name", "table_id", "object", "object_name", "relation", "upstream_table"},
	column:   {"column", "column_name", "source_column_name", "source_column", "field", "upstream_column"},
	columns:  {"columns", "column_names", "fields"},
	seen:     {"last_seen", "last_used", "last_read", "observed_at", "event_time", "query_start_time", "start_time", "creation_time", "timestamp", "event_date", "date"},
	count:    {"count", "reads", "queries", "query_count", "n"},
	query:    {"query", "query_text", "sql", "statement", "statement_text"},
}

// What a column of the file can say.
const (
	who = iota
	team
	database
	schema
	table
	column
	columns
	seen
	count
	query
	meanings
)

// Read reads one file.
func Read(file string, text []byte, from consumer.Import, queries consumer.Queries) (consumer.Imported, error) {
	if len(text) > MaxBytes {
		return consumer.Imported{}, source.Errorf(source.Top(file), "the file has %d bytes; the most that is read is %d", len(text), MaxBytes)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	l := &log{file: file, from: from, queries: queries, csv: csv.NewReader(bytes.NewReader(text))}
	l.csv.Comma, l.csv.ReuseRecord = delimiter(text), true
	if err := l.header(); err != nil {
		return consumer.Imported{}, err
	}
	l.rows()
	return consumer.Imported{Readings: l.gathered.Readings()}, errors.Join(l.errs...)
}

type log struct {
	file     string
	from     consumer.Import
	queries  consumer.Queries
	csv      *csv.Reader
	at       [meanings]int // of each meaning, the column of the file that says it, or -1
	lineage  bool          // a row without a source reads nothing
	gathered consumer.Gatherer
	errs     []error
	untold   int
}

// delimiter returns what stands between the names of the header.
func delimiter(text []byte) rune {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t', '|'} {
		if n := bytes.Count(line, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

func (l *log) header() error {
	names, err := l.csv.Read()
	if err == io.EOF {
		return source.Errorf(source.Top(l.file), "want a header that says what the columns mean, got an empty file")
	} else if err != nil {
		return l.broken(err)
	}
	for i, name := range names {
		names[i] = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_")
	}
	for m, known := range headers {
		l.at[m] = -1
		for _, name := range known {
			if i := slices.Index(names, name); i >= 0 && l.at[m] < 0 {
				l.at[m] = i
			}
		}
	}
	l.lineage = l.at[table] >= 0 && strings.HasPrefix(names[l.at[table]], "source_")
	switch {
	case l.at[table] < 0 && l.at[query] < 0:
		return source.Errorf(source.Top(l.file), `want a column "table" or "query" in the header, got %q%s`, clip(strings.Join(names, " ")), document.Suggest(names[0], headers[table]))
	case l.at[who] < 0 && l.from.Consumer.ID == "":
		return source.Errorf(source.Top(l.file), `want a column "consumer" or "user" in the header, or consumer.id in the configuration`)
	}
	return nil
}

func clip(text string) string {
	const most = 120
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// rows reads all rows, and goes on after one that is wrong.
func (l *log) rows() {
	for {
		row, err := l.csv.Read()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = l.row(row)
		} else {
			err = l.broken(err)
		}
		switch {
		case err == nil:
		case len(l.errs) < MaxErrors:
			l.errs = append(l.errs, err)
		default:
			l.untold++
		}
	}
	if l.untold > 0 {
		l.errs = append(l.errs, source.Errorf(source.Top(l.file), "%d more rows cannot be read", l.untold))
	}
}

// broken places an error of the CSV reader.
func (l *log) broken(err error) error {
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return source.Errorf(source.Top(l.file), "%w", err)
	}
	pos := source.Pos{Line: at.Line, Column: max(at.Column, 1)}
	return source.Errorf(source.Span{File: l.file, Start: pos, End: pos}, "%w", at.Err)
}

// span returns where the value for m stands in the row.
func (l *log) span(m int) source.Span {
	line, col := l.csv.FieldPos(max(l.at[m], 0))
	pos := source.Pos{Line: line, Column: col}
	return source.Span{File: l.file, Start: pos, End: pos}
}

// layouts are those in which warehouses export times.
var layouts = [...]string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 Z0700", "2006-01-02 15:04:05.999999999 UTC",
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", time.DateOnly}

func parseTime(text string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func (l *log) row(row []string) error {
	value := func(m int) string {
		if i := l.at[m]; i >= 0 {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	if l.lineage && value(table) == "" {
		return nil
	}
	id := value(who)
	if id == "" && l.from.Consumer.ID == "" {
		return source.Errorf(l.span(who), "want a consumer in this row")
	}
	at, ok := parseTime(value(seen))
	if !ok && value(seen) != "" {
		return source.Errorf(l.span(seen), "want a date such as 2026-11-20, got %q", clip(value(seen)))
	}
	if value(count) == "0" {
		return nil // nobody read it
	}
	u := consumer.Use{Consumer: l.from.Named(id), Evidence: l.from.Evidence(at), Span: l.span(table)}
	if u.Team == "" {
		u.Team = value(team)
	}
	if text := value(query); text != "" {
		u.Span = l.span(query)
		reads := l.queries.Read(l.file, []byte(text), l.from.Dialect)
		for i := range reads {
			reads[i].Span = u.Span
		}
		l.gathered.AddReads(u, reads)
		if value(table) == "" {
			return nil
		}
	}
	return l.read(u, value)
}

// read adds the reading of a table that the row names.
func (l *log) read(u consumer.Use, value func(int) string) error {
	name := consumer.ParseTable(value(table))
	if name == nil {
		return source.Errorf(l.span(table), "want the name of a table, got %q", clip(value(table)))
	}
	if len(name) == 1 && value(schema) != "" {
		name = append(consumer.Table{value(schema)}, name...)
	}
	if len(name) == 2 && value(database) != "" {
		name = append(consumer.Table{value(database)}, name...)
	}
	r := consumer.Reading{Use: u, Table: name}
	list := strings.FieldsFunc(strings.Trim(value(columns), "[]"), func(c rune) bool { return strings.ContainsRune(",;| \"", c) })
	if one := value(column); one != "" {
		list = append(list, one)
	}
	if slices.Contains(list, "*") {
		list, r.SelectAll, r.Unclear = nil, true, "selects *"
	}
	for _, c := range list {
		r.Columns = append(r.Columns, consumer.Column{Name: c, Span: u.Span})
	}
	if len(list) == 0 && !r.SelectAll {
		r.Unclear = "is logged without columns"
	}
	l.gathered.Add(r)
	return nil
}
