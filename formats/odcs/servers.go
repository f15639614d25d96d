package odcs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// What becomes of the members of a server. Every other one is part of how the data is
// found there.
var (
	serverLabels = set("server", "environment")
	serverDocs   = set("id", "description", "customProperties", "outputPortId")
	serverForms  = set("format", "delimiter")
)

// rehearsals are parts of the names of environments whose data nobody relies on.
// An environment that is not named is the one in production.
var rehearsals = []string{"dev", "test", "tst", "uat", "stag", "stg", "qa", "sandbox", "integration", "preprod", "pre-prod", "nonprod", "non-prod", "local", "demo", "experiment"}

// isRehearsal reports whether the server n is there to try things out.
func isRehearsal(n *document.Node) bool {
	name := strings.ToLower(cmp.Or(n.Get("environment").String(), n.Get("server").String()))
	return slices.ContainsFunc(rehearsals, func(word string) bool { return strings.Contains(name, word) })
}

// serverName is what people call the server n.
func serverName(n *document.Node) string {
	return cmp.Or(n.Get("server").String(), n.Get("id").String(), n.Get("environment").String(), n.Get("type").String(), "without a name")
}

// servers compares where the data is. It reports whether what only describes a server
// changed.
func (d *differ) servers(p pair, f field) (docs bool) {
	both, gone, added, ok := entries(f, p, textOf("server"), func(n *document.Node) string {
		return n.Get("type").String() + " " + n.Get("environment").String()
	})
	if !ok {
		d.fields(notCompared, p.path, []field{f}, p.subject()+": ", " changed, which is not compared")
		return false
	}
	for _, s := range both {
		s.path = p.path.Join("servers", change.Name(serverName(s.base)))
		docs = d.server(s) || docs
	}
	for _, n := range gone {
		rule := serverRemoved
		if isRehearsal(n) {
			rule = testServerChanged
		}
		d.report(rule, p.path.Join("servers", change.Name(serverName(n))), n.Span, f.headAt, "the server %s is gone", serverName(n)).From = fact(meaning(n))
	}
	for _, n := range added {
		d.report(serverAdded, p.path.Join("servers", change.Name(serverName(n))), f.baseAt, n.Span, "the server %s is new", serverName(n)).To = fact(meaning(n))
	}
	return docs
}

// server compares a server that both sides have. What leads to the data is one
// change, however many of its members are others now.
func (d *differ) server(p pair) (docs bool) {
	var address, form, label []field
	for _, f := range p.fields() {
		switch {
		case !f.differs():
		case serverDocs[f.key]:
			docs = true
		case f.key == "environment" && (f.base.IsNull() || f.head.IsNull()) && isRehearsal(p.base) == isRehearsal(p.head):
			docs = true // it is said now, or no longer
		case serverLabels[f.key]:
			label = append(label, f)
		case f.key == "roles":
			docs = d.roles(p, f) || docs
		case serverForms[f.key]:
			form = append(form, f)
		case f.key == "type" && strings.EqualFold(f.base.String(), f.head.String()):
		default:
			address = append(address, f)
		}
	}
	what := "the server " + serverName(p.base) + ": "
	if isRehearsal(p.base) {
		d.fields(testServerChanged, p.path, append(address, form...), what, " changed")
	} else {
		d.fields(serverMoved, p.path, address, what, " changed")
		d.fields(serverFormatChanged, p.path, form, what, " changed")
	}
	d.fields(serverRelabelled, p.path, label, what, " changed")
	return docs
}

// What people may do with the data, in the order of how much it is.
var accesses = map[string]int{"none": 1, "read": 2, "readonly": 2, "read-only": 2, "write": 3, "readwrite": 3, "read/write": 3, "read-write": 3, "admin": 4, "owner": 4}

// roles compares who may do what. It reports whether what only describes a role changed.
func (d *differ) roles(p pair, f field) (docs bool) {
	both, gone, added, ok := entries(f, p, textOf("role"))
	if !ok {
		d.fields(notCompared, p.path, []field{f}, p.subject()+": ", " changed, which is not compared")
		return false
	}
	name := func(n *document.Node) string { return cmp.Or(n.Get("role").String(), "without a name") }
	for _, r := range both {
		docs = d.role(p.path, name(r.base), r) || docs
	}
	for _, n := range gone {
		c := d.report(roleRemoved, p.path, n.Span, f.headAt, "%s: the role %s is gone", p.subject(), name(n))
		c.Key, c.From = name(n), fact(meaning(n))
	}
	for _, n := range added {
		c := d.report(roleAdded, p.path, f.baseAt, n.Span, "%s: the role %s is new", p.subject(), name(n))
		c.Key, c.To = name(n), fact(meaning(n))
	}
	return docs
}

func (d *differ) role(at change.Path, name string, p pair) (docs bool) {
	for _, f := range p.fields() {
		if !f.differs() {
			continue
		}
		rule := roleAccessReduced
		switch f.key {
		case "access":
			was, now := accesses[strings.ToLower(f.base.String())], accesses[strings.ToLower(f.head.String())]
			switch {
			case was > 0 && was == now:
				continue
			case now == accesses["none"]:
				rule = roleRemoved
			case was > 0 && was < now:
				rule = roleAccessExtended
			}
		case "role":
			rule = roleRemoved
		default:
			docs = true
			continue
		}
		d.field(rule, at, f, "%s: the role %s: %s %s", pair{path: at}.subject(), name, f.key, f.became()).Key = name
	}
	return docs
}
