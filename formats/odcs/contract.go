package odcs

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// What becomes of the top-level members of a contract. Whatever is in no list is
// not compared, and is said to differ if it does.
var (
	judgedElsewhere = set("apiVersion", "kind", "id", "version", "status", "schema", "slaProperties", "slaDefaultElement", "slaDefaultColumn", "$schema")
	documentation   = set("name", "tenant", "domain", "dataProduct", "tags", "contractCreatedTs")
	described       = set("servers", "roles", "support", "price", "team") // whose parts have descriptions
)

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// contract compares what a contract says as a whole. How its version and its status
// may change is for the checker to judge, which knows the life of a port.
func (d *differ) contract(was, now *contract) {
	p := pair{change.Terms, was.node, now.node, memberOr(was.node, "id"), memberOr(now.node, "id")}
	if was.id != now.id && was.id != "" {
		id := p.field("id")
		c := d.report(idChanged, change.Port, id.baseAt, id.headAt, "the contract %s is called %s now", was.id, now.id)
		c.From, c.To = was.id, now.id
	}
	var docs []field
	for _, f := range p.fields() {
		switch {
		case judgedElsewhere[f.key] || !f.differs():
		case documentation[f.key],
			f.key == "description" && d.description(f),
			f.key == "authoritativeDefinitions" && d.definitions(p, f):
			docs = append(docs, f)
		case f.key == "description" || f.key == "authoritativeDefinitions":
		case f.key == "customProperties":
			d.custom(p.path, "the contract", f)
		case described[f.key] && same(meaning(teamOf(f.base)), meaning(teamOf(f.head))):
		default:
			d.field(notCompared, change.Terms.Join(change.Name(f.key)), f, "%s: %s, which is not compared", f.key, strings.TrimPrefix(f.verb(), "is "))
		}
	}
	d.fields(documentationChanged, p.path, docs, "the contract: ", " changed")
}

// description compares the parts of the contract's description. It reports whether
// any of them changed that only describes the data.
func (d *differ) description(outer field) (docs bool) {
	if !isMap(outer.base) || !isMap(outer.head) {
		return true
	}
	p := outer.inner(change.Terms.Join("description"))
	for _, f := range p.fields() {
		switch {
		case !f.differs():
		case f.key == "limitations":
			d.field(limitationsChanged, p.path, f, "the text on the limitations of use %s", f.verb())
		case f.key == "customProperties":
			d.custom(p.path, "the description", f)
		case f.key == "authoritativeDefinitions":
			docs = d.definitions(p, f) || docs
		default:
			docs = true
		}
	}
	return docs
}

func isMap(n *document.Node) bool { return n.IsNull() || n.Kind == document.Map }

// teamOf returns a team in the form that it has since v3.1: before, it was the
// list of its members.
func teamOf(team *document.Node) *document.Node {
	if team.IsNull() || team.Kind != document.List {
		return team
	}
	return &document.Node{
		Kind: document.Map, Span: team.Span,
		Keys:  []*document.Node{{Tag: document.String, Text: "members", Span: team.Span}},
		Items: []*document.Node{team},
	}
}
