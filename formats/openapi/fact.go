package openapi

import (
	"fmt"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A direction is a set of ways in which the values of two schemas may differ.
type direction uint8

const (
	wider    direction = 1 << iota // the head allows what the base does not
	narrower                       // the reverse
	both     = wider | narrower
)

// swap turns wider into narrower, and the reverse.
func (d direction) swap() direction { return d>>1 | d<<1&both }

// A situation says where a schema stands, which decides what an edit of it does.
type situation struct {
	write   bool // consumers send what it describes
	called  bool // the peer takes it for a request: it does so with webhooks
	place   place
	loose   bool // the peer takes its media type for one without types
	text    bool // values are written as text, so that a number is a text, too
	explode bool // an array is written as its items, so that one item is an array
	header  bool // it is a parameter in a header
	kept    bool // it is told where it is used, as that is a declaration of its own
	flip    bool // it stands under not: what widens it narrows the whole
	either  bool // it stands in a condition: any edit may do both
	live    direction
}

func (x situation) asWritten() bool { return x.called }

func (x situation) inside() situation {
	x.place, x.explode = x.place.inside(), false
	return x
}

// A fact is one edit of a schema.
type fact struct {
	hazard *hazard
	effect direction
	unsure bool // only the oracle can tell the effect

	keyword    string
	key        string
	path       change.Path // if not that of the schema
	from, to   string
	detail     string
	base, head source.Span
	ids        []string // what the peer calls it
}

// rule returns the rule for what f does in the situation x, nil if it does nothing.
func (h *hazard) rule(x situation, effect direction) *change.Rule {
	pick := func(own, common *change.Rule) *change.Rule {
		if own != nil {
			return own
		}
		return common
	}
	switch {
	case x.write && effect&narrower != 0:
		return h.tightened
	case x.write && effect != 0:
		return pick(h.requestLoosened, requestWidened)
	case !x.write && effect&wider != 0:
		return h.loosened
	case !x.write && effect != 0:
		return pick(h.responseTightened, responseNarrowed)
	}
	return nil
}

// tell reports the facts of a pair that change values in a direction that is live.
func (p *pair) tell(live direction, undecided string) {
	for _, f := range p.facts {
		effect := f.effect
		if p.x.flip {
			effect = effect.swap()
		}
		if p.x.either {
			effect = both
		}
		effect &= live
		rule := f.hazard.rule(p.x, effect)
		if effect != 0 && f.unsure && undecided != "" {
			rule = notCompared
			f.detail += "; not compared: " + undecided
		}
		if rule == nil {
			p.d.equal = append(p.d.equal, f.ids...)
			continue
		}
		p.d.count(effect)
		path := f.path
		if path == "" {
			path = p.path
		}
		p.d.report(change.Change{
			Rule: rule, Path: path, Key: join(p.key, f.key), From: f.from, To: f.to,
			Detail: f.detail, Base: f.base, Head: f.head,
		}, f.ids...)
	}
}

func (d *differ) count(effect direction) {
	if effect&wider != 0 {
		d.told[0]++
	}
	if effect&narrower != 0 {
		d.told[1]++
	}
}

func join(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return a + " " + b
}

// say says what happened to a keyword of the element at p.
func (p *pair) say(keyword, from, to string) string {
	at := string(p.path)
	if p.key != "" {
		at += " (" + p.key + ")"
	}
	switch {
	case from == "" && to == "" || from == to:
		return fmt.Sprintf("%s: %s changed", at, keyword)
	case from == "":
		return fmt.Sprintf("%s: %s %s is new", at, keyword, to)
	case to == "":
		return fmt.Sprintf("%s: %s %s is gone", at, keyword, from)
	}
	return fmt.Sprintf("%s: %s %s became %s", at, keyword, from, to)
}
