package odcs

import (
	"io/fs"
	"path"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// The examples of data products have one port that is compared, orders, and its
// contract. A port whose contract is nowhere is none to the checker.
func TestRules(t *testing.T) {
	contracts := ruletest.FormatDiff(Format)
	ruletest.Run(t, rules, func(t *testing.T, base, head fs.FS) []change.Change {
		changes := contracts(t, base, head)
		if _, err := fs.Stat(base, productFile); err == nil {
			changes = append(changes, redeclared(t, base, head)...)
		}
		return changes
	})
}

const productFile, contractFile = "product.odps.yaml", "orders.odcs.yaml"

func redeclared(t *testing.T, base, head fs.FS) []change.Change {
	was, b, _ := declarationIn(t, base)
	now, h, terms := declarationIn(t, head)
	return declared(was, now)(b, h, terms)
}

func declarationIn(t *testing.T, fsys fs.FS) (d schema.Document, port schema.Port, terms schema.Terms) {
	t.Helper()
	text, err := fs.ReadFile(fsys, productFile)
	if err != nil {
		t.Fatal(err)
	}
	all, err := ports(fsys, productFile, text)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Format.Load(t.Context(), schema.Request{FS: fsys, Paths: []string{contractFile}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if path.Base(p.ID) == "orders" && p.ContractID == s.Terms.ContractID {
			port = p
		}
	}
	return schema.Document{Path: productFile, Text: text}, port, s.Terms
}
