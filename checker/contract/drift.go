package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Diff reports what the contract and the body of head do not agree on and those of
// base did, and what the contract's own format found (promised), of the body's
// elements. Served is what the body's format found: one edit is one finding, so what
// it tells already is not told again.
func Diff(base, head *Match, promised, served []change.Change) []change.Change {
	d := &differ{base: base, head: head}
	for _, at := range head.order {
		d.element(at)
	}
	for _, root := range base.Promise.Roots {
		d.root(root)
	}
	for _, at := range head.extras {
		d.unpromised(at)
	}
	d.own(promised, served)
	change.Sort(d.changes)
	return d.changes
}

type differ struct {
	base, head *Match
	changes    []change.Change
}

func (d *differ) report(c change.Change, detail string, args ...any) {
	c.Detail = fmt.Sprintf(detail, args...)
	d.changes = append(d.changes, c)
}

// root reports that a whole object of the contract is not served any more.
func (d *differ) root(root change.Path) {
	was := d.base.Names[root]
	if was == "" || d.head.Names[root] != "" || !slices.Contains(d.head.Promise.Roots, root) {
		return
	}
	d.report(change.Change{Rule: drift, Path: was, From: string(root), Base: spanOf(d.base.Body, was), Head: spanOf(d.head.Promise, root)},
		"the contract still promises %s; %s, which served it, is gone", root, d.base.Body.Short(was))
}

// spanOf returns where the first element of a declaration stands: an outline does not
// say where the declaration itself does.
func spanOf(o *schema.Outline, decl change.Path) source.Span {
	for _, e := range o.Decls[decl] {
		return e.Span
	}
	return o.Span
}

// element compares what both sides make of an element that the contract promises now.
func (d *differ) element(at change.Path) {
	now := d.head.elements[at]
	was, before := d.base.elements[at]
	switch {
	case now.at == "" && !before:
		parent, _ := at.Split()
		if d.base.Names[parent] == "" {
			return // the contract describes this part for the first time
		}
		c := change.Change{Rule: drift, Path: d.base.Names[parent], Key: "ahead " + string(at), To: string(at), Base: d.base.Promise.Span, Head: now.promised.Span}
		d.report(c, "the contract promises %s now, and nothing serves it", at)
	case now.at == "" && was.at != "":
		c := change.Change{Rule: drift, Path: was.at, Decl: was.declared, From: string(at), Base: was.served.Span, Head: now.promised.Span}
		d.report(c, "the contract still promises %s; %s, which served it, is gone", at, d.base.Body.Short(was.at))
	case now.at != "" && was.at != "":
		d.same(at, was, now)
	}
}

// same compares an element that is served on both sides.
func (d *differ) same(at change.Path, was, now element) {
	c := change.Change{Rule: drift, Path: was.at, Decl: was.declared, Base: was.served.Span, Head: now.promised.Span}
	moved := was.promised.Type != now.promised.Type || was.served.Type != now.served.Type
	short := d.head.Body.Short(now.at)
	if a := now.accord(); moved && (a < was.accord() || a == unsure && was.served.Type != now.served.Type) {
		c.Key, c.From, c.To = "type", was.served.Type, now.served.Type+" for "+now.promised.Type
		words := "is"
		if was.served.Type != now.served.Type {
			words = "became"
		}
		told := "the contract promises %s as %s, and %s " + words + " %s"
		if a == unsure {
			told += ", which may be something else"
		}
		d.report(c, told, at, now.promised.Type, short, now.served.Type)
	}
	if now.served.Optional && !now.promised.Optional && !(was.served.Optional && !was.promised.Optional) {
		c.Key, c.From, c.To = "optional", "always", "sometimes"
		d.report(c, "the contract promises %s in every row, and %s may be left out now", at, short)
	}
	if more := unlisted(now); len(more) > 0 {
		known := unlisted(was)
		more = slices.DeleteFunc(more, func(v string) bool { return slices.Contains(known, v) })
		if len(more) > 0 {
			c.Key, c.From, c.To = "values", "", strings.Join(more, ", ")
			d.report(c, "the contract lists the values of %s, and %s, which %s may be now, is not among them", at, strings.Join(more, ", "), short)
		}
	}
}

// unlisted returns the values that an element may have and that the contract, which
// lists them, does not: PAID, or STATUS_PAID, is what the contract calls paid.
func unlisted(e element) (more []string) {
	if e.promised.Values == nil {
		return nil
	}
	listed := make(map[string]bool)
	for _, v := range e.promised.Values {
		listed[spelling(v)] = true
	}
	prefix := sharedPrefix(e.served.Values)
	for _, v := range e.served.Values {
		if !listed[spelling(v)] && !listed[spelling(v[prefix:])] {
			more = append(more, v)
		}
	}
	return more
}

// sharedPrefix returns the length of what all values begin with, as those of an enum of
// Protobuf begin with its name: STATUS_.
func sharedPrefix(values []string) int {
	if len(values) < 2 {
		return 0
	}
	n := strings.LastIndexByte(values[0], '_') + 1
	for n > 0 && slices.ContainsFunc(values, func(v string) bool { return !strings.HasPrefix(v, values[0][:n]) }) {
		n = strings.LastIndexByte(values[0][:n-1], '_') + 1
	}
	return n
}

// unpromised judges an element of the body that the contract does not speak of.
func (d *differ) unpromised(at change.Path) {
	e := d.head.extra[at]
	if _, before := d.base.extra[at]; before {
		return
	}
	if of, promised := d.base.means[at]; promised {
		if _, still := d.head.elements[of]; still {
			return // it is another element's now, and that is told
		}
		was := d.base.elements[of]
		c := change.Change{Rule: promiseDropped, Path: at, Decl: was.declared, From: string(of), Base: was.promised.Span, Head: e.Span}
		d.report(c, "%s is served as before, and the contract no longer promises it as %s", d.head.Body.Short(at), of)
		return
	}
	if parent, _ := at.Split(); d.base.means[parent] != "" {
		d.report(change.Change{Rule: notPromised, Path: at, To: e.Type, Base: d.base.Promise.Span, Head: e.Span},
			"%s is new, and the contract does not promise it", d.head.Body.Short(at))
	}
}

// structural are the ideas of what the comparison of the outlines tells itself.
var structural = []change.Idea{
	change.TypeRemoved, "type-added", "type-renamed", "type-relabelled", change.FieldRemoved, change.FieldAdded, change.FieldMoved,
	"field-renamed", "field-relabelled",
}

// own tells what the contract's own format found of what the contract alone says, at
// the elements of the body that it means. What belongs to no element of it is told to
// be not compared.
func (d *differ) own(promised, served []change.Change) {
	var lost []change.Change
	told := make(map[change.Path][]change.Change)
	for _, c := range slices.Concat(served, d.changes) {
		told[c.Path] = append(told[c.Path], c)
	}
	for _, c := range promised {
		switch at, ok := d.place(c.Path); {
		case change.SLO.Covers(c.Path), change.Terms.Covers(c.Path), change.Port.Covers(c.Path):
			d.changes = append(d.changes, c)
		case ok && (slices.Contains(structural, c.Rule.Idea) || d.mirrors(c, at, told)):
		case ok:
			c.Path, c.Decl = at, ""
			d.changes = append(d.changes, c)
		case c.Rule.Class > change.Compatible:
			lost = append(lost, c)
		}
	}
	if len(lost) > 0 {
		d.changes = append(d.changes, unplaced(lost))
	} else if len(d.base.Names) == 0 && len(d.head.Names) == 0 && len(d.head.lost) > 0 && len(served) > 0 {
		c := change.Change{Rule: notCompared, Path: change.Port.Join("schema"), To: d.head.Body.Digest(), Base: d.base.Promise.Span, Head: d.head.Promise.Span}
		d.report(c, "what is served changed, and nothing there is called as in the contract: %s", listed(d.head.lost))
	}
}

// place returns the element of the body that a path of the contract is, on either side.
func (d *differ) place(path change.Path) (change.Path, bool) {
	for _, m := range []*Match{d.base, d.head} {
		if at, ok := m.Names[path]; ok {
			return at, true
		}
	}
	return "", false
}

// mirrors reports whether a change of the contract, at an element of the body, is one
// that was told of the body, or as drift.
func (d *differ) mirrors(c change.Change, at change.Path, told map[change.Path][]change.Change) bool {
	same := func(other change.Change) bool {
		switch {
		case other.Rule == drift:
			return other.Key == "type" && isType(c.Rule.Idea) || other.Key == "optional" && c.Rule.Idea == "field-required"
		case isType(c.Rule.Idea):
			return isType(other.Rule.Idea)
		}
		return c.Rule.Idea == other.Rule.Idea && c.Key == other.Key
	}
	return slices.ContainsFunc(told[at], same) || slices.ContainsFunc(told[d.base.elements[c.Path].declared], same)
}

func isType(i change.Idea) bool { return strings.HasPrefix(string(i), "field-type-") }

// unplaced puts the changes of parts of a contract that nothing serves into one.
func unplaced(lost []change.Change) change.Change {
	var details, facts []string
	for _, c := range lost {
		details = append(details, c.Detail)
		facts = append(facts, fmt.Sprint(c.Rule.ID, " ", c.Path, " ", c.Key, " ", c.From, " ", c.To))
	}
	slices.Sort(facts)
	if len(details) > 3 {
		details = append(details[:3], fmt.Sprintf("and %d more", len(details)-3))
	}
	return change.Change{
		Rule: notCompared, Path: change.Port.Join("schema"), To: change.Fingerprint(strings.Join(facts, "; ")), Base: lost[0].Base, Head: lost[0].Head,
		Detail: "the contract changed where nothing that is served has its name: " + strings.Join(details, "; "),
	}
}

// listed names the first few of paths.
func listed(paths []change.Path) string {
	var names []string
	for _, p := range paths[:min(len(paths), 3)] {
		names = append(names, string(p))
	}
	if more := len(paths) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}
