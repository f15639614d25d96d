// Package modern reads data contracts of older standards in the words of the
// current one.
//
// The current one is the Open Data Contract Standard v3.1, with the approved
// members of v3.2. Before it came v3.0 and v2.2, and beside it stood the Data
// Contract Specification, 0.9 to 1.2. [Form] brings each of them into the same
// form, a tree of nodes that keep the places of what they stand for. So two
// contracts that say the same in different standards are compared as if both were
// written today, and nothing but this package knows of older words.
//
// Nothing is lost on the way: a member that has no successor keeps its name, and
// is then one that the current standard does not know.
package modern

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

// A Standard is one that contracts are written in.
type Standard uint8

const (
	Unknown       Standard = iota
	ODCS3                  // Open Data Contract Standard v3
	ODCS2                  // Open Data Contract Standard v2.2
	Specification          // Data Contract Specification
)

// A Contract is a contract in the current form.
type Contract struct {
	Node *document.Node

	// Types has the physical types that are not in the words of the servers, by the
	// node of each.
	Types map[*document.Node]table.Dialect

	AnyType   bool // its logical types are whatever word people used
	Unordered bool // its objects and properties were maps, whose order means nothing
	UsageTerm bool // how it may be used is part of its terms, and no advice
}

// Form returns n, which is written in s, in the current form. What it cannot
// understand without a guess it adds to problems.
func Form(n *document.Node, s Standard, problems *document.Problems) Contract {
	switch s {
	case Specification:
		return newSpecification(n, problems).contract()
	case ODCS2:
		return Contract{Node: version3(version2(n)), AnyType: true}
	}
	return Contract{Node: version3(n)}
}

// Product returns a data product of any version of its standard in the form of v1.0.
func Product(n *document.Node) *document.Node {
	n = renamed(n, names{"managementInterface": "managementPorts"})
	return within(within(n, "team", team), "description", description)
}

// version3 brings a contract of any v3 up to date.
func version3(n *document.Node) *document.Node {
	n = renamed(n, names{"slaDefaultColumn": "slaDefaultElement"})
	n = within(n, "team", team)
	n = within(n, "description", description)
	n = within(n, "slaProperties", each(func(p *document.Node) *document.Node {
		return renamed(p, names{"column": "element"})
	}))
	return withoutKind(n)
}

// team returns a team in the form that it has since v3.1: before, it was the
// list of its members.
func team(n *document.Node) *document.Node {
	if n.Kind != document.List {
		return n
	}
	m := newMap(n)
	m.put("members", n, n)
	return m.Node
}

// description returns a description in parts. One text says what the data is for.
func description(n *document.Node) *document.Node {
	if n.Kind != document.Scalar {
		return n
	}
	m := newMap(n)
	m.put("purpose", n, n)
	return m.Node
}

// withoutKind moves what all objects of a contract are, "tables", to those that do
// not say what they are. That is how it was before v3, and in its first examples.
func withoutKind(n *document.Node) *document.Node {
	kind := n.Get("type")
	if kind.String() == "" {
		return n
	}
	single := word(strings.TrimSuffix(strings.ToLower(kind.Text), "s"), kind)
	return within(renamed(n, names{"type": ""}), "schema", each(func(o *document.Node) *document.Node {
		if o.Kind != document.Map || !o.Get("physicalType").IsNull() {
			return o
		}
		m := copyOf(o)
		m.put("physicalType", kind, single)
		return m.Node
	}))
}
