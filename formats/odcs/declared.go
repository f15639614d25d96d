package odcs

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// aboutProduct is the address of what a product says of all its ports. A change of
// it is the same edit for each of them.
const aboutProduct = change.Terms + ".product"

// declared compares how data products declare an output port. Which contract the
// port has is for the checker to see, who then compares the two.
func declared(base, head *schema.Declaration) []change.Change {
	d := &differ{}
	was := declarationOf(base)
	if was.output == nil {
		return nil
	}
	now := declarationOf(head)
	if now.output == nil {
		d.lost(was, now)
		return d.changes
	}
	d.product(was, now, head.Terms)
	d.output(pair{change.Port, was.output, now.output, memberOr(was.output, "name"), memberOr(now.output, "name")})
	return d.changes
}

// lost reports an output port that leads to no contract any more.
func (d *differ) lost(was, now declaration) {
	name := was.output.Get("name").String()
	for _, item := range now.items() {
		if item.Get("name").String() != name || item.Get("version").String() != was.output.Get("version").String() {
			continue
		}
		id := pair{change.Port, was.output, item, was.output.Span, item.Span}.field("contractId")
		d.field(outputContractLost, change.Port, id, "the port %s leads to no contract any more: contractId %s", name, id.became())
		return
	}
	c := d.report(outputPortRemoved, change.Port, was.output.Span, now.list(), "the data product %s no longer has the port %s", was.name, name)
	c.From = was.name + "/" + name
}

// A declaration is a data product and the output port of it that is compared.
type declaration struct {
	product
	output *document.Node
}

// items lists the output ports, none if there is no product.
func (d declaration) items() []*document.Node { return d.node.Get("outputPorts").List() }

// list returns where the output ports stand, the zero Span if there is no product.
func (d declaration) list() source.Span {
	if d.node == nil {
		return source.Span{}
	}
	return memberOr(d.node, "outputPorts", "name", "id")
}

func declarationOf(s *schema.Declaration) (found declaration) {
	if s == nil {
		return found
	}
	docs, _ := document.ParseAll(s.Path, s.Text) // what is wrong was said when the port was found
	for _, n := range docs {
		if !headOf(n).isProduct() {
			continue
		}
		p := newProduct(n, new(document.Problems))
		for _, item := range n.Get("outputPorts").List() {
			if memberOr(item, "name") == s.Port.Span {
				return declaration{p, item}
			}
		}
		found.product = p
	}
	return found
}

// What becomes of the members of a data product. Every other one is documentation,
// or has a function below.
var (
	productElsewhere = set("apiVersion", "kind", "version", "status", "outputPorts", "inputPorts", "$schema")
	productDocs      = set("name", "tenant", "domain", "tags", "productCreatedTs")
)

// product compares what a product says of all its ports. Terms are those of the
// port's contract.
func (d *differ) product(was, now declaration, terms schema.Terms) {
	p := pair{aboutProduct, was.node, now.node, memberOr(was.node, "name", "id"), memberOr(now.node, "name", "id")}
	var docs []field
	for _, f := range p.fields() {
		if productElsewhere[f.key] || !f.differs() {
			continue
		}
		switch {
		case productDocs[f.key]:
			docs = append(docs, f)
		case f.key == "id":
			d.field(productIDChanged, p.path, f, "the id of the data product %s", f.became())
		case f.key == "managementPorts":
			if d.managementPorts(p, f) {
				docs = append(docs, f)
			}
		case d.part(p, f):
			docs = append(docs, f)
		}
	}
	d.fields(documentationChanged, p.path, docs, "the data product: ", " changed")
	if terms.Status != "" { // else the product's status is the port's, and the checker judges it
		d.productStatus(p)
	}
}

func (d *differ) productStatus(p pair) {
	f := p.field("status")
	was, now := statusOf(f.base.String()), statusOf(f.head.String())
	if was == now || was == schema.Draft || was == schema.Retired {
		return
	}
	rule := map[schema.Status]*change.Rule{schema.Draft: productWithdrawn, schema.Retired: productWithdrawn, schema.Deprecated: productDeprecated}[now]
	if rule != nil {
		d.field(rule, p.path, f, "the status of the data product %s", f.became())
	}
}

// managementPorts compares where the product is found and watched.
func (d *differ) managementPorts(p pair, f field) (docs bool) {
	both, gone, added, ok := entries(f, p, textOf("name"))
	if !ok {
		d.fields(notCompared, p.path, []field{f}, "the data product: ", " changed, which is not compared")
		return false
	}
	report := func(m pair, text string) {
		c := d.report(managementPortChanged, p.path, m.baseAt, m.headAt, "the management port %s %s", m.base.Get("name").String(), text)
		c.Key, c.From, c.To = m.base.Get("name").String(), fact(meaning(m.base)), fact(meaning(m.head))
	}
	for _, m := range both {
		var moved []string
		for _, e := range m.fields() {
			switch e.key {
			case "content", "url", "channel", "type", "name":
				if e.differs() {
					moved = append(moved, e.key)
				}
			default:
				docs = docs || e.differs()
			}
		}
		if len(moved) > 0 {
			report(m, "is somewhere else, or something else: "+listed(moved)+" changed")
		}
	}
	for _, n := range gone {
		report(pair{p.path, n, nil, n.Span, f.headAt}, "is gone")
	}
	return docs || len(added) > 0
}

// output compares the entry of one output port.
func (d *differ) output(p pair) {
	var docs, rest []field
	for _, f := range p.fields() {
		switch {
		case !f.differs():
		case f.key == "contractId": // seen by the checker
		case f.key == "version":
			another := p.field("contractId").differs() // contract, which says enough
			if from, to := major(f.base), major(f.head); from != "" && from != to && !another {
				d.field(outputPortReplaced, p.path, f, "the version of the port %s, in its place", f.became())
			}
		case f.key == "type":
			if !strings.EqualFold(f.base.String(), f.head.String()) {
				d.outputType(p, f)
			}
		case f.key == "inputContracts":
			d.field(inputContractsChanged, p.path, f, "what the port is made of changed: inputContracts %s", strings.TrimPrefix(f.verb(), "is "))
		case f.key == "customProperties":
			d.custom(p.path, "the port", f)
		case f.key == "authoritativeDefinitions":
			if d.definitions(p, f) {
				docs = append(docs, f)
			}
		case f.key == "name" || f.key == "description" || f.key == "sbom" || f.key == "tags":
			docs = append(docs, f)
		default:
			rest = append(rest, f)
		}
	}
	d.fields(documentationChanged, p.path, docs, "the port: ", " changed")
	d.fields(notCompared, p.path, rest, "the port: ", " changed, which is not compared")
}

// major returns the part of a version that says what it is compatible with.
func major(version *document.Node) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(version.String()), "v"), ".")
	return first
}

// outputType compares how a port is read. One that did not say it is read as before.
func (d *differ) outputType(p pair, f field) {
	if f.base.IsNull() {
		d.fields(documentationChanged, p.path, []field{f}, "the port: ", " is said now")
		return
	}
	d.field(outputTypeChanged, p.path, f, "the type of the port %s", f.became())
}
