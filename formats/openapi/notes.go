package openapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// notes compares what an object says to people, which are the keywords given, and what
// teams add to it.
func (d *differ) notes(at change.Path, base, head *document.Node, keywords ...string) {
	for _, keyword := range keywords {
		b, h := base.Get(keyword), head.Get(keyword)
		if d.sameNote(b, h) {
			continue
		}
		p := pair{path: at}
		from, to := textOf(b), textOf(h)
		d.report(change.Change{
			Rule: documentationChanged, Path: at, Key: keyword, From: from, To: to, Detail: p.say(keyword, from, to),
			Base: member(base, keyword), Head: member(head, keyword),
		})
	}
	d.extensions(at, base, head)
}

// sameNote reports whether two notes say the same. Examples may be referred to.
func (d *differ) sameNote(b, h *document.Node) bool {
	if b == nil || h == nil || b.Kind != document.Map || h.Kind != document.Map {
		return document.Equal(b, h)
	}
	one := func(lib *library, n *document.Node) *document.Node {
		if to, _ := lib.deref(n); to != nil {
			return to
		}
		return n
	}
	for i, key := range b.Keys {
		if !document.Equal(one(d.base.lib, b.Items[i]), one(d.head.lib, h.Get(key.Text))) {
			return false
		}
	}
	return !slices.ContainsFunc(h.Keys, func(key *document.Node) bool { return b.Key(key.Text) == nil })
}

// info compares who offers the interface, and what is said of it as a whole. The version
// is judged with that of the port.
func (d *differ) info() {
	at := change.Path("").Join(change.Name("info"))
	b, h := d.base.get("info"), d.head.get("info")
	d.notes(at, b, h, "title", "summary", "description", "termsOfService")
	for _, keyword := range []string{"contact", "license"} {
		d.notes(at.Join(change.Name(keyword)), b.Get(keyword), h.Get(keyword), "name", "url", "email", "identifier")
	}
	d.notes(change.Path("").Join(change.Name("externalDocs")), d.base.get("externalDocs"), d.head.get("externalDocs"), "url", "description")
	d.extensions("", d.base.root, d.head.root)
	for _, keyword := range []string{"paths", "components"} {
		d.extensions(change.Path("").Join(change.Name(keyword)), d.base.get(keyword), d.head.get(keyword))
	}
	d.tagged()
}

// tagged compares what is said of tags, which group operations for people.
func (d *differ) tagged() {
	was, is := d.base.get("tags"), d.head.get("tags")
	named := func(all *document.Node, name string) *document.Node {
		i := slices.IndexFunc(all.List(), func(n *document.Node) bool { return n.Get("name").String() == name })
		if i < 0 {
			return nil
		}
		return all.List()[i]
	}
	tell := func(tag *document.Node, words string, c change.Change) {
		name := tag.Get("name").String()
		c.Rule, c.Path, c.Key = documentationChanged, change.Path("").Join(change.Name("tags"), change.Name(name)), "tag"
		c.Detail = fmt.Sprintf("the tag %s %s", short(name), words)
		d.report(c)
	}
	for _, b := range was.List() {
		name := b.Get("name").String()
		if h := named(is, name); h != nil {
			d.notes(change.Path("").Join(change.Name("tags"), change.Name(name)), b, h, "summary", "description", "externalDocs", "parent", "kind")
			continue
		}
		tell(b, "is described no more", change.Change{Base: top(b), Head: member(d.head.root, "tags")})
	}
	for _, h := range is.List() {
		if named(was, h.Get("name").String()) == nil {
			tell(h, "is described now", change.Change{Base: member(d.base.root, "tags"), Head: top(h)})
		}
	}
}

// comparesExtension reports whether a team wants to hear of an extension. What it
// promises in x-slo is no matter of taste.
func (d *differ) comparesExtension(keyword string) bool {
	all := d.head.settings.extensions
	return len(all) == 0 || keyword == objectives || slices.Contains(all, keyword)
}

// extensions compares what teams add to an object.
func (d *differ) extensions(at change.Path, base, head *document.Node) {
	path := at
	if path == "" {
		path = change.Path("").Join(change.Name("info"))
	}
	for _, side := range [][2]*document.Node{{base, head}, {head, base}} {
		for _, key := range keysOf(side[0]) {
			b, h := base.Get(key.Text), head.Get(key.Text)
			if !strings.HasPrefix(key.Text, "x-") || key.Text == "x-sunset" || key.Text == "x-stability-level" || document.Equal(b, h) || d.isPromise(key.Text, b, h) {
				continue
			}
			if !d.comparesExtension(key.Text) {
				continue
			}
			d.report(change.Change{
				Rule: extensionRule(key.Text, textOf(b), textOf(h)), Path: path, Key: key.Text, From: textOf(b), To: textOf(h),
				Detail: fmt.Sprintf("%s: %s changed", path, key.Text), Base: member(base, key.Text), Head: member(head, key.Text),
			})
		}
	}
}
