package openapi

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// description compares the descriptions as a whole.
func (d *differ) description() {
	d.servers("", d.base.root, d.head.root)
	d.items("paths", d.base.settings.stripPrefix, d.head.settings.stripPrefix)
	d.items("webhooks", "", "")
	d.schemes()
	d.globalSecurity()
	d.schemasRemoved()
	d.info()
}

// An item is a path or a webhook.
type item struct {
	shape     string // its name without the names of parameters
	key, node *document.Node
}

func itemsOf(p *port, keyword, prefix string) (all []item) {
	n := p.get(keyword)
	for i, key := range keysOf(n) {
		shape := key.Text
		if keyword == "paths" {
			if strings.HasPrefix(shape, "x-") {
				continue
			}
			shape = shapeOf(strings.TrimPrefix(shape, prefix))
		}
		if to, _ := p.lib.deref(n.Items[i]); p.lib.leavesOut(to) {
			continue
		}
		all = append(all, item{shape, key, n.Items[i]})
	}
	return all
}

func find(all []item, shape string) (item, bool) {
	i := slices.IndexFunc(all, func(one item) bool { return one.shape == shape })
	if i < 0 {
		return item{}, false
	}
	return all[i], true
}

// items compares paths or webhooks, which are paired by their shape.
func (d *differ) items(keyword, basePrefix, headPrefix string) {
	was, is := itemsOf(d.base, keyword, basePrefix), itemsOf(d.head, keyword, headPrefix)
	isIndex := make(map[string]item, len(is))
	for _, h := range is {
		isIndex[h.shape] = h
	}
	wasIndex := make(map[string]bool, len(was))
	for _, b := range was {
		wasIndex[b.shape] = true
		side := pathSide{d: d, keyword: keyword, shape: b.shape, base: b}
		if h, ok := isIndex[b.shape]; ok {
			side.head = h
		}
		side.compare()
	}
	for _, h := range is {
		if !wasIndex[h.shape] {
			(&pathSide{d: d, keyword: keyword, shape: h.shape, head: h}).compare()
		}
	}
}

// A pathSide is one path or webhook of both sides. One may be absent.
type pathSide struct {
	d          *differ
	keyword    string
	shape      string
	base, head item
}

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

// operationsOf lists the operations of a path.
func operationsOf(lib *library, n *document.Node) (all []item) {
	n, _ = lib.deref(n)
	for i, key := range keysOf(n) {
		if slices.Contains(methods, key.Text) && !lib.leavesOut(n.Items[i]) {
			all = append(all, item{key.Text, key, n.Items[i]})
		}
	}
	more := n.Get("additionalOperations")
	for i, key := range keysOf(more) {
		if lib.leavesOut(more.Items[i]) {
			continue
		}
		all = append(all, item{strings.ToLower(key.Text), key, more.Items[i]})
	}
	return all
}

// leavesOut reports whether a path or operation carries an extension by which a team
// leaves it out.
func (l *library) leavesOut(n *document.Node) bool {
	return slices.ContainsFunc(l.leaveOut, func(extension string) bool { return n.Key(extension) != nil })
}

func (s *pathSide) compare() {
	d := s.d
	if s.base.node != nil && s.head.node != nil && d.same(s.base.node, s.head.node) && d.sameSecurity() && s.base.key.Text == s.head.key.Text {
		return
	}
	was, is := operationsOf(d.base.lib, s.base.node), operationsOf(d.head.lib, s.head.node)
	b, _ := d.base.lib.deref(s.base.node)
	h, _ := d.head.lib.deref(s.head.node)
	for _, op := range was {
		now, ok := find(is, op.shape)
		o := operation{d: d, path: change.Path("").Join(change.Name(s.shape), change.Name(op.shape)), outer: s, b: op, h: now, basePath: b, headPath: h}
		d.stability = op.node.Get("x-stability-level").String()
		if ok && now.node.Get("x-stability-level") != nil {
			d.stability = now.node.Get("x-stability-level").String()
		}
		o.quiet = stabilityOf(op.node.Get("x-stability-level")) < d.head.settings.stability
		if !ok {
			o.removed()
			continue
		}
		o.compare()
	}
	for _, op := range is {
		if _, ok := find(was, op.shape); !ok {
			id := "endpoint-added"
			if s.keyword == "webhooks" && s.base.node == nil {
				id = "webhook-added"
			}
			path := change.Path("").Join(change.Name(s.shape), change.Name(op.shape))
			d.report(change.Change{
				Rule: operationAdded, Path: path, To: strings.ToUpper(op.shape) + " " + s.shape, Detail: fmt.Sprintf("%s is new", path),
				Base: s.at(), Head: keyAndValue(op.key, op.node),
			}, id)
		}
	}
	if b != nil && h != nil {
		d.servers(change.Path("").Join(change.Name(s.shape)), b, h)
		d.notes(change.Path("").Join(change.Name(s.shape)), b, h, "summary", "description")
	}
}

// at is where the path stands in the base, or where paths do.
func (s *pathSide) at() source.Span {
	if s.base.key != nil {
		return s.base.key.At()
	}
	return member(s.d.base.root, s.keyword)
}

// headAt is where the path stands in the head, or where paths do.
func (s *pathSide) headAt() source.Span {
	if s.head.key != nil {
		return s.head.key.At()
	}
	if k := s.d.head.root.Key(s.keyword); k != nil {
		return k.At()
	}
	return top(s.d.head.root)
}

func keyAndValue(key, value *document.Node) source.Span {
	return span(field{key: key, node: value})
}

func parseDay(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if day, err := time.Parse(layout, text); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}

// schemasRemoved tells schemas that are gone. What they were used for is compared where
// they were used.
func (d *differ) schemasRemoved() {
	was, is := d.base.get("components").Get("schemas"), d.head.get("components").Get("schemas")
	for i, key := range keysOf(was) {
		if is.Get(key.Text) == nil {
			path := change.Path("").Join(change.Name(key.Text))
			d.report(change.Change{
				Rule: schemaRemoved, Path: path, Detail: fmt.Sprintf("the schema %s is gone", path),
				Base: keyAndValue(key, was.Items[i]), Head: member(d.head.get("components"), "schemas"),
			}, "api-schema-removed")
		}
	}
}
