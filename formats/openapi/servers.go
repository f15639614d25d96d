package openapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// servers compares the addresses at which operations are served.
func (d *differ) servers(at change.Path, base, head *document.Node) {
	was, is := base.Get("servers").List(), head.Get("servers").List()
	path := at
	if path == "" {
		path = change.Path("").Join(change.Name("servers"))
	}
	for _, s := range was {
		address := s.Get("url").String()
		c := change.Change{Rule: serverRemoved, Path: path, Key: address, From: textOf(s.Get("url")), Base: member(s, "url")}
		switch now := serverAt(is, address); {
		case now != nil:
			d.server(path, s, now)
			continue
		case len(is) > 0:
			c.Head, c.Detail = member(head, "servers"), fmt.Sprintf("the server %s is gone", c.From)
		default:
			c.Head, c.Detail = top(head), fmt.Sprintf("the server %s is no longer named", c.From)
		}
		d.report(c)
	}
	for _, s := range is {
		if serverAt(was, s.Get("url").String()) == nil {
			d.report(change.Change{
				Rule: serverAdded, Path: path, Key: s.Get("url").String(), To: textOf(s.Get("url")), Detail: fmt.Sprintf("the server %s is new", textOf(s.Get("url"))),
				Base: member(base, "servers"), Head: member(s, "url"),
			})
		}
	}
}

// serverAt returns the server at an address; paths begin with the slash that it may end in.
func serverAt(all []*document.Node, address string) *document.Node {
	bare := strings.TrimSuffix(address, "/")
	i := slices.IndexFunc(all, func(n *document.Node) bool { return strings.TrimSuffix(n.Get("url").String(), "/") == bare })
	if i < 0 {
		return nil
	}
	return all[i]
}

// server compares two servers at the same address: what is said of them, and the
// variables in the address.
func (d *differ) server(path change.Path, b, h *document.Node) {
	address := b.Get("url").String()
	at := path.Join(change.Name(address))
	d.notes(at, b, h, "name", "description")
	was, is := b.Get("variables"), h.Get("variables")
	for i, key := range keysOf(was) {
		d.variable(path, address, key.Text, was.Items[i], is.Get(key.Text))
		d.notes(at.Join(change.Name(key.Text)), was.Items[i], is.Get(key.Text), "description")
	}
	for i, key := range keysOf(is) {
		if was.Key(key.Text) == nil {
			d.variable(path, address, key.Text, nil, is.Items[i])
		}
	}
}

// variable compares the values that a part of an address may have. Where they are not
// listed, it may have any.
func (d *differ) variable(path change.Path, address, name string, b, h *document.Node) {
	was, is := b.Get("enum"), h.Get("enum")
	lost := slices.ContainsFunc(was.List(), func(v *document.Node) bool { return is != nil && listed(is, v.Text) == nil })
	won := slices.ContainsFunc(is.List(), func(v *document.Node) bool { return was != nil && listed(was, v.Text) == nil })
	c := change.Change{Path: path, Key: address + " " + name, From: textOf(was), To: textOf(is), Base: member(b, "enum"), Head: member(h, "enum")}
	switch {
	case b.Get("default").String() != h.Get("default").String():
		c.Rule, c.From, c.To, c.Base, c.Head = serverRemoved, textOf(b.Get("default")), textOf(h.Get("default")), member(b, "default"), member(h, "default")
		c.Detail = fmt.Sprintf("the server %s has another default for %s", short(address), short(name))
	case lost || was == nil && is != nil:
		c.Rule, c.Detail = serverRemoved, fmt.Sprintf("the server %s has fewer values for %s", short(address), short(name))
	case won || was != nil && is == nil:
		c.Rule, c.Detail = serverAdded, fmt.Sprintf("the server %s has more values for %s", short(address), short(name))
	default:
		return
	}
	if b == nil {
		c.Base = source.Span{}
	}
	d.report(c)
}
