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
		words := words(r)
		for _, t := range r.Tables {
			read := consumer.TableRead{Table: t.Name, Columns: columnsUsed(t, words), All: t.All, Span: t.Span}
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

// A word is a name where it stands in a statement.
type word struct {
	name string
	at   source.Span
}

// words counts of how many tables a statement takes each name for a column.
func words(r query.Reading) map[word]int {
	count := make(map[word]int)
	for _, t := range r.Tables {
		for _, c := range t.Columns {
			count[word{strings.ToLower(c.Name), c.Span}]++
		}
	}
	return count
}

// columnsUsed lists the columns that a statement uses of t. Those that only pass
// through a star inside it may go without harm; and of a name that is taken for a
// column of several tables, the text does not say whose it is.
func columnsUsed(t query.TableRead, words map[word]int) (all []consumer.Column) {
	for _, c := range t.Columns {
		if c.Uses != query.Carried {
			all = append(all, consumer.Column{
				Name: c.Name, Uses: strings.Split((c.Uses &^ query.Carried).String(), "+"),
				Perhaps: words[word{strings.ToLower(c.Name), c.Span}] > 1, Span: c.Span,
			})
		}
	}
	return all
}
