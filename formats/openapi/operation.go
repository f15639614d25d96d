package openapi

import (
	"fmt"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// An operation is one method of one path, on both sides.
type operation struct {
	d                  *differ
	path               change.Path
	outer              *pathSide
	b, h               item
	basePath, headPath *document.Node // the paths that they belong to
	quiet              bool           // the peer says nothing about it, as it is not stable
	callback           bool           // it is called by the provider, and the peer does not look at it
}

// event reports whether the provider calls and the consumer answers.
func (o *operation) event() bool { return o.callback || o.outer.keyword == "webhooks" }

func (o *operation) report(c change.Change, ids ...string) {
	if o.quiet || o.callback {
		ids = nil
	}
	o.d.report(c, ids...)
}

// context is that of what is sent to the operation, or of what it answers.
func (o *operation) context(request bool, p place) situation {
	x := situation{write: request != o.event(), called: request, place: p, live: both}
	if o.quiet || o.callback {
		x.place = nowhere
	}
	return x
}

// edit tells an edit of a member of the operation.
func (o *operation) edit(rule *change.Rule, keyword string, ids ...string) {
	from, to := textOf(o.b.node.Get(keyword)), textOf(o.h.node.Get(keyword))
	p := pair{path: o.path}
	o.report(change.Change{
		Rule: rule, Path: o.path, Key: keyword, From: from, To: to, Detail: p.say(keyword, from, to) + o.d.noticeWords(rule, o.h.node.Get("x-sunset")),
		Base: member(o.b.node, keyword), Head: member(o.h.node, keyword),
	}, ids...)
}

func (o *operation) removed() {
	defer o.d.trail.enter(o)()
	n := o.b.node
	isPath := o.outer.head.node == nil
	id := map[bool]string{true: "api-path-removed", false: "api-removed"}[isPath]
	sunset := n.Get("x-sunset")
	day, readable := sunsetOf(sunset)
	switch {
	case o.outer.keyword == "webhooks" && isPath:
		id = "webhook-removed"
	case !truth(n.Get("deprecated")):
		id += "-without-deprecation"
	case sunset == nil:
		id += "-with-deprecation"
	case !readable:
		id = "api-path-sunset-parse"
	case o.d.hasCome(day):
		id = ""
	default:
		id += "-before-sunset"
	}
	o.report(change.Change{
		Rule: operationRemoved, Path: o.path, From: strings.ToUpper(o.b.shape) + " " + o.outer.shape, Detail: fmt.Sprintf("%s is gone", o.path),
		Base: keyAndValue(o.b.key, n), Head: o.outer.headAt(),
	}, id)
}

func (o *operation) compare() {
	defer o.d.trail.enter(o)()
	if o.callback { // one may lead back to the operation that it belongs to
		v := twin{o.b.node, o.h.node}
		if o.d.called[v] {
			return
		}
		o.d.called[v] = true
	}
	o.life()
	if was, is := o.b.node.Get("operationId").String(), o.h.node.Get("operationId").String(); was != is {
		switch {
		case was == "":
			o.edit(operationTagged, "operationId", "api-operation-id-added")
		default:
			o.edit(operationRenamed, "operationId", "api-operation-id-removed")
		}
	}
	o.tags()
	o.parameters()
	o.requestBody()
	o.responses()
	o.security()
	o.callbacks()
	o.d.servers(o.path, o.b.node, o.h.node)
	o.d.notes(o.path, o.b.node, o.h.node, "summary", "description", "externalDocs")
}

func (o *operation) tags() {
	was, is := o.b.node.Get("tags"), o.h.node.Get("tags")
	for _, t := range was.List() {
		if listed(is, t.Text) == nil {
			o.report(change.Change{
				Rule: operationTagged, Path: o.path, Key: "tag " + t.Text, From: short(t.Text), Detail: fmt.Sprintf("%s has no tag %s any more", o.path, short(t.Text)),
				Base: t.Span, Head: member(o.h.node, "tags"),
			}, "api-tag-removed")
		}
	}
	for _, t := range is.List() {
		if listed(was, t.Text) == nil {
			o.report(change.Change{
				Rule: operationTagged, Path: o.path, Key: "tag " + t.Text, To: short(t.Text), Detail: fmt.Sprintf("%s has the tag %s", o.path, short(t.Text)),
				Base: member(o.b.node, "tags"), Head: t.Span,
			}, "api-tag-added")
		}
	}
}

// life compares what is said about the operation's stability and end.
func (o *operation) life() {
	b, h := o.b.node, o.h.node
	was, is := stabilityOf(b.Get("x-stability-level")), stabilityOf(h.Get("x-stability-level"))
	switch {
	case !knownStability(b.Get("x-stability-level")) || !knownStability(h.Get("x-stability-level")):
		o.edit(stabilityLowered, "x-stability-level", "api-invalid-stability-level")
		return
	case is < was:
		o.edit(stabilityLowered, "x-stability-level", "api-stability-decreased")
	case is > was:
		o.edit(stabilityRaised, "x-stability-level", "api-stability-increased")
	}
	sunset := h.Get("x-sunset")
	day, readable := sunsetOf(sunset)
	switch {
	case !truth(b.Get("deprecated")) && truth(h.Get("deprecated")):
		rule, id := operationDeprecated, "endpoint-deprecated"
		switch {
		case sunset == nil && o.d.notice() > 0:
			rule, id = noticeTooShort, "api-deprecated-sunset-missing"
		case sunset == nil:
		case !readable:
			id = "api-deprecated-sunset-parse"
		case o.d.tooSoon(day):
			rule, id = noticeTooShort, "api-sunset-date-too-small"
		default:
			id = "endpoint-deprecated-with-sunset"
		}
		o.edit(rule, "deprecated", id)
	case truth(b.Get("deprecated")) && !truth(h.Get("deprecated")):
		o.edit(operationUndeprecated, "deprecated", "endpoint-reactivated")
	case truth(h.Get("deprecated")) && !document.Equal(b.Get("x-sunset"), sunset):
		o.edit(sunsetChanged, "x-sunset", o.d.sunsetID(b.Get("x-sunset").String(), day, sunset != nil, readable, "sunset-deleted", "api-path-sunset-parse", "api-sunset-date-changed-too-small"))
	}
}

// sunsetID is what the peer calls another day.
func (d *differ) sunsetID(was, is string, isThere, readable bool, deleted, unreadable, nearer string) string {
	before, ok := parseDay(was)
	after, _ := parseDay(is)
	switch {
	case was == "":
		return ""
	case !isThere:
		return deleted
	case !readable || !ok:
		return unreadable
	case after.Before(before) && (d.head.now.IsZero() || d.tooSoon(is)):
		return nearer
	}
	return ""
}

// callbacks compares what the provider calls at the consumer's.
func (o *operation) callbacks() {
	was, is := o.b.node.Get("callbacks"), o.h.node.Get("callbacks")
	for i, key := range keysOf(was) {
		b, _ := o.d.base.lib.deref(was.Items[i])
		h, _ := o.d.head.lib.deref(is.Get(key.Text))
		for j, expression := range keysOf(b) {
			if !strings.HasPrefix(expression.Text, "x-") {
				o.callbackItem(key, expression, b.Items[j], h)
			}
		}
		for j, expression := range keysOf(h) {
			if b.Key(expression.Text) == nil && !strings.HasPrefix(expression.Text, "x-") {
				o.callbackAdded(key, expression, h.Items[j])
			}
		}
		o.d.extensions(o.path.Join(change.Name("callbacks"), change.Name(key.Text)), b, h)
	}
	for i, key := range keysOf(is) {
		if was.Get(key.Text) == nil {
			path := o.path.Join(change.Name("callbacks"), change.Name(key.Text))
			o.report(change.Change{
				Rule: operationAdded, Path: path, To: short(key.Text), Detail: fmt.Sprintf("%s is new", path),
				Base: o.b.key.At(), Head: keyAndValue(key, is.Items[i]),
			})
		}
	}
}

// callbackAdded tells what the provider calls besides what it called.
func (o *operation) callbackAdded(name, key, added *document.Node) {
	path := o.path.Join(change.Name("callbacks"), change.Name(name.Text))
	o.report(change.Change{
		Rule: operationAdded, Path: path, Key: key.Text, To: short(key.Text), Detail: fmt.Sprintf("%s also calls %s", path, short(key.Text)),
		Base: o.b.key.At(), Head: keyAndValue(key, added),
	})
}

func (o *operation) callbackItem(name, expression, base, heads *document.Node) {
	at := o.path.Join(change.Name("callbacks"), change.Name(name.Text))
	inner := &pathSide{d: o.d, keyword: "webhooks", shape: name.Text, base: item{expression.Text, expression, base}}
	if h := heads.Get(expression.Text); h != nil {
		inner.head = item{expression.Text, heads.Key(expression.Text), h}
	}
	b, _ := o.d.base.lib.deref(base)
	h, _ := o.d.head.lib.deref(inner.head.node)
	was, is := operationsOf(o.d.base.lib, b), operationsOf(o.d.head.lib, h)
	for _, op := range is {
		if _, ok := find(was, op.shape); !ok {
			o.callbackAdded(name, op.key, op.node)
		}
	}
	for _, op := range was {
		now, ok := find(is, op.shape)
		c := operation{d: o.d, path: at.Join(change.Name(op.shape)), outer: inner, b: op, h: now, basePath: b, headPath: h, callback: true}
		if !ok {
			if inner.head.key == nil {
				inner.head.key = o.h.key
			}
			c.removed()
			continue
		}
		c.compare()
	}
}
