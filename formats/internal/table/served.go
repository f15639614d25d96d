package table

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// Served lists tables as queries name them, in each of the namespaces in which they
// stand: database and schema, outermost first. None: they go by their names alone.
func Served(tables []*Table, namespaces [][]string) []schema.Table {
	if len(namespaces) == 0 {
		namespaces = [][]string{nil}
	}
	all := make([]schema.Table, 0, len(tables))
	for _, t := range tables {
		served := schema.Table{Decl: t.Path(), Columns: make(map[string]change.Path)}
		for _, name := range called(&t.Named) {
			parts := strings.Split(name, ".") // a stored name may say its schema itself
			for _, outer := range namespaces {
				outer = outer[:max(len(outer)-len(parts)+1, 0)]
				served.Names = append(served.Names, append(outer[:len(outer):len(outer)], parts...))
			}
		}
		for _, c := range t.Columns {
			c.enter(served.Columns, "", served.Decl.Join(change.Name(c.Name)))
		}
		all = append(all, served)
	}
	return all
}

// called lists what n is called: as it is stored, and as the contract says.
func called(n *Named) []string {
	if stored := n.stored(); stored != n.Name {
		return []string{stored, n.Name}
	}
	return []string{n.Name}
}

// enter adds c, which stands at path, and its parts by the names that queries use
// behind prefix. The items of an array go by the name of the array.
func (c *Column) enter(columns map[string]change.Path, prefix string, path change.Path) {
	for _, name := range called(&c.Named) {
		if name = strings.ToLower(prefix + name); columns[name] == "" {
			columns[name] = path
		}
	}
	prefix += c.stored() + "."
	for held, at := c, path; held != nil; held, at = held.Items, at.Join(change.Items) {
		for _, f := range held.Fields {
			f.enter(columns, prefix, at.Join(change.Name(f.Name)))
		}
	}
}
