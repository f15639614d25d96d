package odcs

import (
	"cmp"
	"io/fs"
	"path"
	"strings"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/odcs/modern"
)

// ports lists what a document declares: a contract is one port, named after its
// file, and a data product has the output ports that it lists. Those have no files:
// they are joined with the contract whose id they name.
func ports(_ fs.FS, name string, text []byte) ([]schema.Port, error) {
	docs, err := document.ParseAll(name, text)
	if err != nil && claims(name, text) && !isProductFile(name, text) {
		// It cannot be read, and it is a port all the same: loading it tells why.
		return []schema.Port{{ID: portID(name), Declared: true, Paths: []string{name}, Span: source.Top(name)}}, nil
	}
	var problems document.Problems
	problems.Add(err)
	var all []schema.Port
	products := make(map[string]*document.Node) // the last one of each id
	found := false
	for _, n := range docs {
		switch h := headOf(n); {
		case h.isContract() && !found: // the others are further parts of the same port
			found = true
			all = append(all, contractPort(name, modern.Form(n, h.standard(), new(document.Problems)).Node))
		case h.isProduct():
			id := n.Get("id").String()
			if !document.Equal(products[id], n) { // else it is a copy, as tools write them that join files
				products[id] = n
				all = append(all, newProduct(n, &problems).outputs()...)
			}
		}
	}
	return all, problems.Err()
}

func isProductFile(name string, text []byte) bool {
	for _, h := range heads(name, text) {
		if h.isProduct() {
			return true
		}
	}
	return false
}

func contractPort(name string, n *document.Node) schema.Port {
	return schema.Port{
		ID:         portID(name),
		ContractID: n.Get("id").String(),
		Version:    n.Get("version").String(),
		Owner:      ownerOf(n),
		Kind:       kindOf(n),
		Status:     statusOf(n.Get("status").String()),
		Declared:   true,
		Paths:      []string{name},
		Span:       memberOr(n, "id"),
	}
}

// portID drops what contracts/orders.odcs.yaml has behind its name.
func portID(name string) string {
	id := strings.TrimSuffix(name, path.Ext(name))
	if ext := path.Ext(id); strings.EqualFold(ext, ".odcs") {
		id = strings.TrimSuffix(id, ext)
	}
	return id
}

// A product is a data product of ODPS.
type product struct {
	node     *document.Node
	name, id string
	problems *document.Problems
}

func newProduct(n *document.Node, problems *document.Problems) product {
	n = modern.Product(n)
	p := product{node: n, id: n.Get("id").String(), problems: problems}
	p.name = cmp.Or(strings.TrimSpace(n.Get("name").String()), p.id)
	if p.name == "" {
		problems.Addf(memberOr(n, "kind"), "want a name or an id for this data product")
	}
	return p
}

// list returns the items of key that have a name.
func (p product) list(key string) (items []*document.Node) {
	n := p.node.Get(key)
	if !n.IsNull() && n.Kind != document.List {
		p.problems.Addf(n.Span, "want a list for %q", key)
	}
	for _, item := range n.List() {
		if item.Kind != document.Map || item.Get("name").String() == "" {
			p.problems.Addf(memberOr(item, "name"), "want a name for this port of %q", key)
			continue
		}
		items = append(items, item)
	}
	return items
}

// outputs lists the output ports. Versions of one name are ports of their own, so
// they carry the version where there are several.
func (p product) outputs() (all []schema.Port) {
	items := p.list("outputPorts")
	versions := make(map[string]int)
	for _, item := range items {
		versions[item.Get("name").Text]++
	}
	seen := make(map[string]source.Span)
	for _, item := range items {
		name, version := item.Get("name").Text, item.Get("version").String()
		id := strings.ReplaceAll(p.name, "/", "-") + "/" + name
		if versions[name] > 1 {
			id += "@" + version
		}
		unique(seen, id, memberOr(item, "name"), "port "+id, p.problems)
		all = append(all, schema.Port{
			ID:         id,
			ContractID: item.Get("contractId").String(),
			Version:    version,
			Owner:      ownerOf(p.node),
			Kind:       portKind(item.Get("type").String()),
			Status:     cmp.Or(statusOf(custom(item, "status")), statusOf(p.node.Get("status").String())),
			Declared:   true,
			Span:       memberOr(item, "name"),
		})
	}
	return all
}

// portKind reads the type of an output port, which is free text and mostly names
// a kind of server.
func portKind(text string) schema.Kind {
	switch text = strings.ToLower(text); text {
	case "topic", "topics", "stream":
		return schema.Stream
	case "rest", "graphql", "grpc":
		return schema.API
	case "file", "files":
		return schema.Files
	case "table", "tables", "view", "sql":
		return schema.SQL
	}
	return serverTypes[text].kind
}

// custom returns the text of a custom property.
func custom(n *document.Node, property string) string {
	for _, p := range n.Get("customProperties").List() {
		if p.Get("property").String() == property {
			return p.Get("value").String()
		}
	}
	return ""
}

// inputs lists what the data products in a file consume: the registrations of
// consumers, as the standard has them. A file without a data product has none.
func inputs(name string, text []byte) ([]schema.Input, error) {
	if !claims(name, text) || !isProductFile(name, text) {
		return nil, nil
	}
	docs, err := document.ParseAll(name, text)
	var problems document.Problems
	problems.Add(err)
	var all []schema.Input
	for _, n := range docs {
		if !headOf(n).isProduct() {
			continue
		}
		p := newProduct(n, &problems)
		for _, item := range p.list("inputPorts") {
			all = append(all, schema.Input{
				Consumer:   p.name,
				Owner:      ownerOf(p.node),
				ContractID: item.Get("contractId").String(),
				Version:    item.Get("version").String(),
				Span:       memberOr(item, "name"),
			})
		}
	}
	return all, problems.Err()
}
