package odcs

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// wide is a contract of 2,000 columns; one of them has the given type.
func wide(odd string) string {
	var b strings.Builder
	b.WriteString(preamble + "servers: [{server: a, type: postgres}]\nslaProperties: [{property: latency, value: 4, unit: d, element: orders.c7}]\nschema:\n  - name: orders\n    properties:\n")
	for i := range 2000 {
		typ := "VARCHAR(10)"
		if i == 1000 {
			typ = odd
		}
		fmt.Fprintf(&b, "      - name: c%d\n        logicalType: string\n        physicalType: %s\n        required: true\n        classification: internal\n        description: The column of the number %d.\n        tags: [a, b]\n", i, typ, i)
	}
	return b.String()
}

func BenchmarkParse(b *testing.B) {
	text := []byte(wide("VARCHAR(20)"))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := document.ParseAll("x.yaml", text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	text := wide("VARCHAR(20)")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := read(b, "x.yaml", text); err != nil {
			b.Fatal(err)
		}
	}
}

// wideSpecification is the same for the Data Contract Specification.
func wideSpecification() string {
	var b strings.Builder
	b.WriteString(specified + "servers: {a: {type: postgres}}\nservicelevels: {latency: {threshold: 4d}}\nmodels:\n  orders:\n    fields:\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "      c%d:\n        type: varchar\n        maxLength: 10\n        required: true\n        classification: internal\n        description: The column of the number %d.\n        tags: [a, b]\n", i, i)
	}
	return b.String()
}

func BenchmarkSpecification(b *testing.B) {
	text := wideSpecification()
	b.Run("parse", func(b *testing.B) {
		for b.Loop() {
			if _, err := document.ParseAll("x.yaml", []byte(text)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if _, err := read(b, "x.yaml", text); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDiff(b *testing.B) {
	base, err1 := read(b, "x.yaml", wide("VARCHAR(10)"))
	head, err2 := read(b, "x.yaml", wide("VARCHAR(20)"))
	if err1 != nil || err2 != nil {
		b.Fatal(err1, err2)
	}
	for b.Loop() {
		if changes := compare(b, base, head); len(changes) != 1 {
			b.Fatal(details(changes))
		}
	}
}

// All real edits of contracts, twice.
func BenchmarkHistory(b *testing.B) {
	var history []struct {
		Before     string `json:"before"`
		After      string `json:"after"`
		PathBefore string `json:"path_before"`
		PathAfter  string `json:"path_after"`
	}
	ruletest.Corpus(b, "odcs/history.json", &history)
	for b.Loop() {
		for range 2 {
			for _, h := range history {
				base, err1 := read(b, path.Base(h.PathBefore), h.Before)
				head, err2 := read(b, path.Base(h.PathAfter), h.After)
				if err1 == nil && err2 == nil {
					compare(b, base, head)
				}
			}
		}
	}
	b.ReportMetric(float64(2*len(history)), "pairs/op")
}

func BenchmarkClaims(b *testing.B) {
	text := []byte(wide("VARCHAR(20)"))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if !claims("x.yaml", text) {
			b.Fatal("it is not claimed")
		}
	}
}
