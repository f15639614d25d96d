package openapi

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A visit is a pair of schemas that was compared, and in which context.
type visit struct {
	base, head *document.Node
	x          situation
	at         change.Path // of what is told where it is used
}

// Limits of the walk. What is beyond them is not compared, and said to be so.
const (
	maxVisits = 500_000
	maxNested = 400 // schemas within schemas, references followed
	maxKept   = 40  // of these, those that are told where they are used
)

// A pair is two schemas that are compared.
type pair struct {
	d     *differ
	path  change.Path
	key   string // which alternative it is, of those at path
	x     situation
	b, h  *view
	base  *document.Node // as written, with its reference
	head  *document.Node
	facts []fact
	inner []func(x situation) // what stands within, compared once the directions are known
	mixed bool                // alternatives or conditions differ, which need the oracle

	up         *pair       // within which it stands; nil: the outermost
	stands     change.Path // there, whatever it is called
	gone, came int         // how many members were told before
}

// A memberOf is what the values of a pair have by that name.
type memberOf struct {
	pair *pair
	name string
}

// declared returns the path of a declaration. What is sent and what is read are told
// apart, as they are at their places.
func declared(x situation, decl change.Path) change.Path {
	if x.write {
		return change.Path("").Join(append([]change.Step{change.Name("request")}, decl.Steps()...)...)
	}
	return decl
}

// schemas compares two schemas at a path.
func (d *differ) schemas(at change.Path, key string, base, head *document.Node, x situation) {
	if base == nil || head == nil || d.same(base, head) {
		return
	}
	b, h := d.view(d.base.lib, base), d.view(d.head.lib, head)
	stands := at
	x.kept = x.kept && d.nested < maxKept
	v := visit{base: b.node(), head: h.node()}
	switch {
	case x.kept:
		v.at = at
	case b.decl != "" && h.decl != "":
		at, key = declared(x, b.decl), ""
	}
	v.x = x
	if d.visited[v] {
		d.skipped++
		return
	}
	d.visited[v] = true
	p := &pair{
		d: d, path: at, key: key, x: x, b: b, h: h, base: base, head: head,
		up: d.within, stands: stands, gone: len(d.gone), came: len(d.came),
	}
	if len(d.visited) > maxVisits || d.nested >= maxNested {
		d.report(change.Change{
			Rule: notCompared, Path: at, Key: "limit", Base: top(b.node()), Head: top(h.node()),
			Detail: string(at) + " is not compared: schemas are nested too deep, or too many differ",
		})
		return
	}
	d.nested++
	defer func() { d.nested-- }()
	d.within = p
	defer func() { d.within = p.up }()
	defer d.trail.step(p, stands)()
	p.compare()
}

func (p *pair) compare() {
	if p.b.wrapped && p.h.wrapped {
		p.x = p.x.inside()
	}
	p.annotations()
	if p.truths() {
		p.tell(p.x.live, "")
		return
	}
	p.types()
	p.listed()
	p.numbers()
	p.texts()
	p.arrays()
	p.objects()
	p.combinations()
	p.judge()
}

// judge asks the oracle what the facts come to together, and goes on within.
func (p *pair) judge() {
	x := p.x
	a := answer{live: both}
	if x.live != 0 && (len(p.facts) > 0 || p.mixed) {
		a = p.d.oracle.ask(p.base, p.head)
	}
	if p.x.text && a.live != 0 {
		a.live = both // the oracle knows values as JSON has them, and here they are texts
	}
	live := a.live
	if x.flip {
		live = live.swap()
	}
	x.live &= live
	before, skipped := p.d.told, p.d.skipped
	p.tell(x.live, a.undecided)
	if len(p.facts) > 0 && !p.mixed {
		x.live = p.x.live // what stands within is judged by itself
	}
	for _, inner := range p.inner {
		inner(x)
	}
	sure := a.sure
	if x.flip {
		sure = sure.swap()
	}
	sure &= p.x.live
	if p.d.told[0] > before[0] {
		sure &^= wider
	}
	if p.d.told[1] > before[1] {
		sure &^= narrower
	}
	if sure == 0 || !p.mixed || x.text || p.overlapping() || p.d.skipped > skipped {
		return // each keyword was told by itself; or the oracle knows too little: values as JSON has them, and alternatives as sets
	}
	if sure &^= p.explained(); sure != 0 {
		p.whole(sure)
	}
}

// overlapping reports whether all that was edited is which alternatives of oneOf there
// are. That a value which fits two of them is refused is no promise that people make.
func (p *pair) overlapping() bool {
	for _, f := range p.facts {
		if f.keyword != "oneOf" || p.b.get("oneOf") == nil || p.h.get("oneOf") == nil {
			return false
		}
	}
	return len(p.facts) > 0
}

// explained returns in which directions values differ by nothing but members that were
// told, and by which values fit two alternatives.
func (p *pair) explained() (d direction) {
	o := p.d.oracle
	b, h := o.loose.Of(o.base.of(p.base)), o.loose.Of(o.head.of(p.head))
	if o.differBy(p.inside(p.d.gone[p.gone:]), h, b) {
		d |= wider
	}
	if o.differBy(p.inside(p.d.came[p.came:]), b, h) {
		d |= narrower
	}
	return d
}

// inside returns the steps from p's values to members of them.
func (p *pair) inside(members []memberOf) (all [][]change.Step) {
	for _, m := range members {
		way, q := []change.Step{change.Name(m.name)}, m.pair
		for ; q != p && q.up != nil && (q.stands == q.up.path || q.up.path.Covers(q.stands)); q = q.up {
			way = append(q.stands.Steps()[len(q.up.path.Steps()):], way...)
		}
		if q == p {
			all = append(all, way)
		}
	}
	return all
}

// whole tells that values differ, where no keyword says why.
func (p *pair) whole(effect direction) {
	words := map[direction]string{wider: "more values than", narrower: "fewer values than", both: "other values than"}
	p.facts = []fact{{
		hazard: &values, effect: effect, detail: string(p.path) + " allows " + words[effect] + " before",
		base: top(p.b.node()), head: top(p.h.node()), key: "values",
	}}
	x := p.x
	p.x.flip, p.x.either = false, false
	p.tell(effect, "")
	p.x = x
}

// truths compares schemas of which one is true or false, and reports whether one is.
func (p *pair) truths() bool {
	was, is := p.b.truth != nil && !*p.b.truth, p.h.truth != nil && !*p.h.truth
	f := fact{hazard: &values, base: top(p.b.node()), head: top(p.h.node())}
	switch {
	case was == is:
		return was
	case was:
		f.effect, f.detail, f.ids = wider, string(p.path)+" was not allowed and is now", []string{p.x.id("schema-became-not-false")}
	default:
		f.effect, f.detail, f.ids = narrower, string(p.path)+" is not allowed any more", []string{p.x.id("schema-became-false")}
	}
	p.facts = append(p.facts, f)
	return true
}

// add notes a fact about a keyword.
func (p *pair) add(h *hazard, effect direction, keyword string, ids ...string) *fact {
	from, to := textOf(p.b.get(keyword)), textOf(p.h.get(keyword))
	p.facts = append(p.facts, fact{
		hazard: h, effect: effect, keyword: keyword, key: keyword, from: from, to: to, detail: p.say(keyword, from, to),
		base: p.b.at(keyword), head: p.h.at(keyword), ids: ids,
	})
	return &p.facts[len(p.facts)-1]
}

// within compares schemas that both sides hold.
func (p *pair) within(at change.Path, key string, base, head *document.Node) {
	p.inner = append(p.inner, func(x situation) { p.d.schemas(at, key, base, head, x.inside()) })
}
