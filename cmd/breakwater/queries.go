package main

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/formats/sql/query"
)

// queries tells the checker, which knows no language, what SQL reads.
func queries(file string, text []byte, dialect string) (reads []consumer.TableRead, hiding []consumer.Hiding) {
	d, _ := query.ParseDialect(dialect)
	for _, r := range query.Read(file, text, d, nil) {
		why := "has SQL that is not understood: " + r.Why
		if r.Hidden {
			hiding = append(hiding, consumer.Hiding{Span: r.Span, Why: why})
		}
		for _, t := range r.Tables {
			read := consumer.TableRead{Table: t.Name, Columns: columnsUsed(r, t), All: t.All, Span: t.Span}
			switch {
			case t.All && r.Understood:
				read.Star, read.Why = true, "selects *"
			case t.All:
				read.Why = why
			}
			reads = append(reads, read)
		}
	}
	return reads, hiding
}

// columnsUsed lists the columns that a statement uses of t. Those that only pass through a
// star inside it may go without harm.
func columnsUsed(r query.Reading, t query.TableRead) (all []consumer.Column) {
	for _, c := range t.Columns {
		if c.Uses != query.Carried {
			all = append(all, consumer.Column{
				Name: c.Name, Uses: strings.Split((c.Uses &^ query.Carried).String(), "+"), Perhaps: shared(r, t, c.Name, c.Span), Span: c.Span,
			})
		}
	}
	return all
}

// shared reports whether the name at span is taken for a column of another table,
// too: it says not whose it is.
func shared(r query.Reading, t query.TableRead, name string, at source.Span) bool {
	for _, other := range r.Tables {
		for _, c := range other.Columns {
			if other.Span != t.Span && c.Span == at && strings.EqualFold(c.Name, name) {
				return true
			}
		}
	}
	return false
}
