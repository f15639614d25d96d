package openapi

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// objectives is the extension of objectives, which are compared as such.
const objectives = "x-slo"

// readPromises reads the objectives of the whole, of paths, operations and responses.
// Those elsewhere are not compared.
func (p *port) readPromises(problems *document.Problems) {
	r := slo.Reader{Problems: problems}
	p.promisedBy = make(map[*document.Node]bool)
	read := func(n *document.Node, of ...string) {
		if x := n.Get(objectives); x != nil && !p.promisedBy[x] {
			p.promisedBy[x] = true
			var path change.Path
			for _, name := range of {
				path = path.Join(change.Name(name))
			}
			p.promises = append(p.promises, r.Extension(x, path)...)
		}
	}
	read(p.root)
	read(p.get("info"))
	for _, keyword := range []string{"paths", "webhooks"} {
		for _, one := range itemsOf(p, keyword, p.settings.stripPrefix) {
			n, _ := p.lib.deref(one.node)
			read(n, one.shape)
			for _, op := range operationsOf(p.lib, n) {
				read(op.node, one.shape, op.shape)
				responses := op.node.Get("responses")
				for i, key := range keysOf(responses) {
					if response := responses.Items[i]; refOf(response) == nil {
						read(response, one.shape, op.shape, key.Text)
					}
				}
			}
		}
	}
}

// isPromise reports whether an extension is an objective that is compared as such.
func (d *differ) isPromise(keyword string, b, h *document.Node) bool {
	return keyword == objectives && (b == nil || d.base.promisedBy[b]) && (h == nil || d.head.promisedBy[h])
}

// promiseWords are in the names of extensions in which teams promise what nobody here
// reads.
var promiseWords = []string{objectives, "x-sla", "ratelimit", "rate-limit", "throttl", "quota"}

// labelWords are extensions that classify data.
var labelWords = []string{"x-data-classification", "x-sensitivity", "x-data-sensitivity"}

// labels says how data is classified, in the words that consumers and policies use.
func labels(parts ...*document.Node) (tags []string) {
	personal := false
	for _, n := range parts {
		for i, key := range keysOf(n) {
			name, value := strings.ToLower(key.Text), n.Items[i].String()
			switch {
			case value == "":
			case slices.Contains(labelWords, name):
				tags = append(tags, "classification:"+value)
			case name == "x-classification":
				return nil // a tag already
			case name == "x-pii" || name == "x-personal-data":
				personal = personal || value == "true"
			}
		}
	}
	if len(tags) == 0 && personal {
		return []string{"classification:pii"}
	}
	return tags
}
