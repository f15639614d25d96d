package odcs

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// What becomes of the top-level members of a contract. Whatever is in no list, and
// has no function below, is not compared, and is said to differ if it does.
var (
	judgedElsewhere = set("apiVersion", "kind", "id", "version", "status", "schema", "slaProperties", "slaDefaultElement", "$schema")
	documentation   = set("name", "tenant", "domain", "dataProduct", "tags", "contractCreatedTs", "examples")
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
		c := d.report(idChanged, change.Port, id.baseAt, id.headAt, "the contract %s %s", was.id, map[bool]string{true: "has no id now", false: "is called " + now.id + " now"}[now.id == ""])
		c.From, c.To = was.id, now.id
	}
	d.usageTerm = was.usageTerm && now.usageTerm
	var docs []field
	for _, f := range p.fields() {
		if !judgedElsewhere[f.key] && f.differs() && d.part(p, f) {
			docs = append(docs, f)
		}
	}
	d.fields(documentationChanged, p.path, docs, "the contract: ", " changed")
}

// part compares one member of a contract. It reports whether something changed that
// only describes the data.
func (d *differ) part(p pair, f field) (docs bool) {
	switch f.key {
	case "description":
		return d.description(f)
	case "authoritativeDefinitions":
		return d.definitions(p, f)
	case "customProperties":
		d.custom(p.path, "the contract", f)
	case "servers":
		return d.servers(p, f)
	case "roles":
		return d.roles(p, f)
	case "team":
		return d.team(p, f)
	case "support":
		return d.support(p, f)
	case "price":
		d.price(p, f)
	case "quality": // which the Data Contract Specification had before 1.1
		p.path = change.Port
		return d.quality(p, f, nil, nil)
	default:
		if documentation[f.key] {
			return true
		}
		d.field(notCompared, p.path.Join(change.Name(f.key)), f, "%s: %s, which is not compared", f.key, strings.TrimPrefix(f.verb(), "is "))
	}
	return false
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
		case !f.differs() || squeezed(f.base) == squeezed(f.head) && f.base != nil && f.head != nil && f.base.Kind == document.Scalar:
		case f.key == "limitations":
			d.field(limitationsChanged, p.path, f, "the text on the limitations of use %s", f.verb())
		case f.key == "usage" && d.usageTerm:
			d.field(limitationsChanged, p.path, f, "the text on the use of the data %s", f.verb())
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
