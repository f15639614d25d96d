// Package table is what the languages of tables share: a model of tables and
// columns, how their types relate, and the rules of what changes in them.
//
// ODCS, SQL, dbt, Iceberg, Delta and Parquet spell a column in different ways and
// mean the same few things by it. Each of them reads its own spelling into
// [Table] and [Column], and [Diff] walks the two sides once: it pairs tables and
// columns, reports what changed about them, and hands each pair to the format
// for whatever only that format has.
//
// A table is a promise to those who read it. Whatever lets in more, a null, a
// wider type, a longer text, can break them; whatever lets in less cannot.
package table

import (
	"cmp"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Schema is the tables of one port.
type Schema struct {
	Tables []*Table
	Span   source.Span // where a table that is gone would stand
}

// A Named is what tables and columns have in common.
type Named struct {
	Name       string
	ID         string // the format's stable id; empty: it has none
	Physical   string // the name that queries use; empty: not said, so it is Name
	Doc        string
	Deprecated bool
	Instead    string                      // what to use then, in the contract's words
	Span       source.Span                 // of its name
	Attributes func(Attribute) source.Span // where an attribute stands; nil, or a zero Span: at the name
	Node       *document.Node              // that it was read from, where the format has documents
}

func (n *Named) named() *Named { return n }

// stored returns the name that queries use.
func (n *Named) stored() string { return cmp.Or(n.Physical, n.Name) }

// A Table is what a query names behind FROM: a table, a view, a topic.
type Table struct {
	Named
	Kind      string // "table", "materialized view", "topic" …, as written; empty: not said
	Files     bool   // its partitions are folders that readers name
	Unordered bool   // the order of its columns is no promise: they are the members of a map
	Columns   []*Column
}

// Path returns the address of t.
func (t *Table) Path() change.Path { return change.Path("").Join(change.Name(t.Name)) }

// A Column is a column, or a part of one: a field of a struct, the items of an
// array, the values of a map.
type Column struct {
	Named
	Logical Type // in the contract's words, where it has words of its own
	Type    Type // in the database's

	Required  bool // never null
	Unique    bool
	Key       bool // part of the primary key
	Partition int  // place among the columns that partition the table; 0: none of them
	Values    Values
	Domain    Domain
	Class     string   // the classification label
	Labels    []string // whatever else readers may select by: "tag:pii"
	Fields    []*Column
	Items     *Column // of an array
	MapKey    *Column
	MapValue  *Column
}

// Values is the list of the values that a column takes.
type Values struct {
	Closed bool // there is a list
	List   []Value
	Span   source.Span
}

// A Value is one of the values of a column.
type Value struct {
	Text string
	Span source.Span
}

// An Attribute is something about a table or a column that has a place in its text.
type Attribute uint8

const (
	ItsStoredName  Attribute = iota
	ItsKind                  // of a table
	ItsType                  // in the database's words
	ItsLogicalType           // in the contract's
	ItsRequired
	ItsUnique
	ItsKey
	ItsPartition
	ItsClass
	ItsDeprecated
)

// at returns where an attribute of n stands.
func (n *Named) at(a Attribute) source.Span {
	if n.Attributes != nil {
		if span := n.Attributes(a); !span.IsZero() {
			return span
		}
	}
	return n.Span
}

// A Part is a column within a column, and the step that leads there.
type Part struct {
	Step   change.Step
	Column *Column
}

// Parts lists what c consists of.
func (c *Column) Parts() []Part {
	parts := make([]Part, 0, len(c.Fields)+1)
	for _, f := range c.Fields {
		parts = append(parts, Part{change.Name(f.Name), f})
	}
	if c.Items != nil {
		parts = append(parts, Part{change.Items, c.Items})
	}
	if c.MapValue != nil {
		parts = append(parts, Part{change.Values, c.MapValue})
	}
	return parts
}
