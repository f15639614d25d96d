package odcs

import (
	"fmt"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// What becomes of the top-level members of a contract. Whatever is in no list is
// not compared, and is said to differ if it does.
var (
	judgedElsewhere = set("apiVersion", "kind", "id", "version", "status", "schema", "slaProperties", "slaDefaultElement", "slaDefaultColumn", "$schema")
	described       = set("servers", "roles", "support", "price", "team") // whose parts have descriptions
	documentation   = set("name", "tenant", "domain", "dataProduct", "tags", "contractCreatedTs")
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
		base, head := p.at("id")
		c := d.report(idChanged, change.Port, base, head, "the contract %s is called %s now", was.id, now.id)
		c.From, c.To = was.id, now.id
	}
	var docs []string
	for _, key := range p.keys() {
		switch {
		case judgedElsewhere[key] || !p.differs(key):
		case documentation[key]:
			docs = append(docs, key)
		case key == "description":
			docs = append(docs, d.description(p)...)
		case key == "authoritativeDefinitions":
			docs = append(docs, d.definitions(p)...)
		case key == "customProperties":
			d.custom(p, "the contract")
		case key == "team" && same(meaning(teamOf(p.base)), meaning(teamOf(p.head))):
		case described[key] && same(meaning(p.base.Get(key)), meaning(p.head.Get(key))):
		default:
			c := d.member(notCompared, p, key, fmt.Sprintf("%s: %s, which is not compared", key, strings.TrimPrefix(verb(p, key), "is ")))
			c.Path = change.Terms.Join(change.Name(key))
		}
	}
	d.members(documentationChanged, p, docs, "the contract: %s changed")
}

// verb says what happened to a member as a whole.
func verb(p pair, key string) string {
	switch {
	case p.base.Get(key).IsNull():
		return "is new"
	case p.head.Get(key).IsNull():
		return "is gone"
	}
	return "changed"
}

// description compares the parts of the contract's description. It returns the key
// if what only describes the data changed.
func (d *differ) description(outer pair) (docs []string) {
	was, now := outer.base.Get("description"), outer.head.Get("description")
	if was != nil && was.Kind != document.Map || now != nil && now.Kind != document.Map {
		return []string{"description"}
	}
	base, head := outer.at("description")
	p := pair{change.Terms.Join("description"), orEmpty(was), orEmpty(now), base, head}
	for _, key := range p.keys() {
		switch {
		case !p.differs(key):
		case key == "limitations":
			d.member(limitationsChanged, p, key, "the limitations of use "+verb(p, key))
		case key == "customProperties":
			d.custom(p, "the description")
		case key == "authoritativeDefinitions":
			docs = append(docs, d.definitions(p)...)
		default:
			docs = append(docs, key)
		}
	}
	if len(docs) > 0 {
		return []string{"description"}
	}
	return nil
}

// teamOf returns the team in the form that it has since v3.1: before, it was the
// list of its members.
func teamOf(n *document.Node) *document.Node {
	team := n.Get("team")
	if team.IsNull() || team.Kind != document.List {
		return team
	}
	return &document.Node{
		Kind: document.Map, Span: team.Span,
		Keys:  []*document.Node{{Tag: document.String, Text: "members", Span: team.Span}},
		Items: []*document.Node{team},
	}
}

func orEmpty(n *document.Node) *document.Node {
	if n == nil {
		return &document.Node{Kind: document.Map}
	}
	return n
}
