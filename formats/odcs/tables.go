package odcs

import (
	"cmp"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

// tables lists the objects of every contract as the servers of that contract call
// them.
func tables(p *port) (all []schema.Table) {
	for _, c := range p.contracts {
		all = append(all, table.Served(c.tables, namespaces(c.node))...)
	}
	return all
}

// namespaces lists what goes before the name of a table on each server: the database
// and the schema, under the names that kinds of servers have for them.
func namespaces(n *document.Node) (all [][]string) {
	for _, s := range n.Get("servers").List() {
		text := func(key string) string { return s.Get(key).String() }
		var parts []string
		for _, part := range []string{cmp.Or(text("database"), text("project"), text("catalog")), cmp.Or(text("schema"), text("dataset"))} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		all = append(all, parts)
	}
	return all
}
