package odcs

import (
	"slices"
	"strings"
	"sync"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// aboutProduct is the address of what a product says of all its ports. A change of
// it is the same edit for each of them.
const aboutProduct = change.Terms + ".product"

// declared compares how data products declare their output ports. Which contract a
// port has is for the checker to see, who then compares the two.
func declared(base, head schema.Document) schema.Declared {
	before, after := catalogueOf(base), catalogueOf(head)
	var mu sync.Mutex
	about := make(map[[2]*document.Node][]change.Change) // products, which many ports share
	return func(b, h schema.Port, terms schema.Terms) []change.Change {
		was, ok1 := before.outputs[b.Span]
		now, ok2 := after.outputs[h.Span]
		d := &differ{}
		switch {
		case !ok1:
			return nil
		case !ok2:
			d.lost(was, after)
			return d.changes
		}
		mu.Lock()
		key := [2]*document.Node{was.node, now.node}
		if _, ok := about[key]; !ok {
			of := &differ{}
			of.product(was, now)
			about[key] = slices.Clip(of.changes)
		}
		d.changes = about[key]
		mu.Unlock()
		d.productStatus(was, now, terms)
		d.output(pair{change.Port, was.item, now.item, memberOr(was.item, "name"), memberOr(now.item, "name")})
		return d.changes
	}
}

// An output is one output port of a data product.
type output struct {
	product
	item *document.Node
}

// called is what tells the output ports of a product apart.
func (o output) called() string {
	return o.item.Get("name").String() + "@" + o.item.Get("version").String()
}

// A catalogue is what a document says of data products.
type catalogue struct {
	outputs map[source.Span]output // by where the checker found them
	named   map[string]output
	span    source.Span // where a port that is gone would stand; zero: there is no product
}

func catalogueOf(s schema.Document) catalogue {
	c := catalogue{outputs: make(map[source.Span]output), named: make(map[string]output)}
	docs, _ := document.ParseAll(s.Path, s.Text) // what is wrong was said when the ports were found
	for _, n := range docs {
		if !headOf(n).isProduct() {
			continue
		}
		p := newProduct(n, new(document.Problems))
		c.span = memberOr(n, "outputPorts", "name", "id")
		for _, item := range n.Get("outputPorts").List() {
			o := output{p, item}
			c.outputs[memberOr(item, "name")], c.named[o.called()] = o, o
		}
	}
	return c
}

// lost reports an output port that leads to no contract any more.
func (d *differ) lost(was output, after catalogue) {
	name := was.item.Get("name").String()
	if now, ok := after.named[was.called()]; ok {
		id := pair{change.Port, was.item, now.item, was.item.Span, now.item.Span}.field("contractId")
		d.field(outputContractLost, change.Port, id, "the port %s leads to no contract any more: contractId %s", name, id.became())
		return
	}
	c := d.report(outputPortRemoved, change.Port, was.item.Span, after.span, "the data product %s no longer has the port %s", was.name, name)
	c.From = was.name + "/" + name
}

// What becomes of the members of a data product. Every other one is documentation,
// or has a function below.
var (
	productElsewhere = set("apiVersion", "kind", "version", "status", "outputPorts", "inputPorts", "$schema")
	productDocs      = set("name", "tenant", "domain", "tags", "productCreatedTs")
)

// product compares what a product says of all its ports.
func (d *differ) product(was, now output) {
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
}

// productStatus compares the status of a product, unless it is the port's as well,
// because its contract has none: then the checker judges it.
func (d *differ) productStatus(p, q output, terms schema.Terms) {
	f := pair{aboutProduct, p.node, q.node, memberOr(p.node, "name"), memberOr(q.node, "name")}.field("status")
	was, now := statusOf(f.base.String()), statusOf(f.head.String())
	if terms.Status == "" || was == now || was == schema.Draft || was == schema.Retired {
		return
	}
	rule := map[schema.Status]*change.Rule{schema.Draft: productWithdrawn, schema.Retired: productWithdrawn, schema.Deprecated: productDeprecated}[now]
	if rule != nil {
		d.field(rule, aboutProduct, f, "the status of the data product %s", f.became())
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
