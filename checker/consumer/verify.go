package consumer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

// An Answer says whether a need is met. The order matters: of several the worst counts.
type Answer uint8

const (
	Met Answer = iota
	CannotTell
	NotMet
)

func (a Answer) String() string { return [...]string{"met", "cannot tell", "not met"}[a] }

// A Held need is a need that was held against a port as it is now.
type Held struct {
	Need   string // as it was written: "fields: orders.discount"
	Answer Answer
	Why    string      // a sentence about what is needed
	Note   string      // what to know of it though it is met: "it is deprecated"
	Own    source.Span // where the need stands
	At     source.Span // what answers it, in the producer's files; zero: nothing does
}

// An Offer is what a port offers now.
type Offer struct {
	Outline  *schema.Outline
	Promises []slo.Objective
	Status   schema.Status
	Version  string

	Now     time.Time
	Removes time.Time // when what is deprecated now may be gone
}

// Verify holds every need of u against an offer. A use that lists no fields needs what
// there is, whatever it is.
func (u Use) Verify(o Offer) []Held {
	u.Fields = slices.Clone(u.Fields)
	v := &verifier{Use: u, Offer: o, at: schema.Places{Base: o.Outline, Head: o.Outline}}
	v.port()
	for i := range u.Fields {
		v.field(&v.Use.Fields[i])
	}
	for _, b := range u.SLO {
		v.bound(b)
	}
	for _, rule := range u.Quality {
		v.say(Held{Need: "quality: " + rule, Answer: CannotTell, Why: "which quality rules a contract has is not read"})
	}
	v.ceiling()
	v.notice()
	return v.held
}

type verifier struct {
	Use
	Offer
	at   schema.Places
	held []Held
}

func (v *verifier) say(h Held) {
	if h.Own.IsZero() {
		h.Own = v.Span
	}
	v.held = append(v.held, h)
}

// port judges the port as a whole: is it served, and in a version that is read.
func (v *verifier) port() {
	h := Held{Need: "port: " + cmp.Or(v.Port, v.ContractID), Why: "it is served", At: v.Outline.Span}
	switch v.Status {
	case schema.Retired:
		h.Answer, h.Why = NotMet, "it is retired"
	case schema.Deprecated:
		h.Note = "it is deprecated"
	}
	v.say(h)
	if v.Use.Version == "" {
		return
	}
	h = Held{Need: "version: " + v.Use.Version, Why: "it is " + v.Offer.Version, At: v.Outline.Span}
	pin, err1 := semver.NewConstraint(v.Use.Version)
	at, err2 := semver.NewVersion(v.Offer.Version)
	switch {
	case err1 != nil || err2 != nil:
		h.Answer, h.Why = CannotTell, "the contract states no version that compares with it"
	case !pin.Check(at):
		h.Answer = NotMet
	}
	v.say(h)
}

// field judges an element and the values of it that are handled. It makes the path of
// the need a full one.
func (v *verifier) field(n *Need) {
	h := Held{Need: "fields: " + string(n.Path), Why: "it is in the port", Own: n.Span}
	full, err := v.at.Resolve(n.Path)
	if err != nil {
		h.Answer, h.Why = NotMet, err.Error()
		if strings.Contains(h.Why, "ambiguous") {
			h.Answer = CannotTell
		}
		v.say(h)
		return
	}
	n.Path = full
	edge, ok := v.Outline.At(full)
	if h.At = edge.Span; !ok {
		h.At = v.Outline.Span
	}
	if v.Outline.Deprecates(full) {
		h.Note = "it is deprecated"
	}
	v.say(h)
	if len(n.Values) > 0 {
		v.values(*n, edge)
	}
}

func (v *verifier) values(n Need, edge schema.Edge) {
	h := Held{Need: fmt.Sprintf("values of %s: %s", v.at.Short(n.Path), strings.Join(n.Values, ", ")), Why: "it has them", Own: n.Span, At: edge.Span}
	if n.Exhaustive {
		h.Why = "it has them and no others"
	}
	has := edge.Values
	if inner := v.Outline.Decls[edge.Decl]; has == nil && len(inner) == 1 {
		has = inner[0].Values // of the items of a list
	}
	missing := slices.DeleteFunc(slices.Clone(n.Values), func(s string) bool { return slices.Contains(has, s) })
	others := slices.DeleteFunc(slices.Clone(has), func(s string) bool { return slices.Contains(n.Values, s) })
	switch {
	case has == nil:
		h.Answer, h.Why = CannotTell, "the contract does not list the values that it can have"
	case len(missing) > 0:
		h.Answer, h.Why = NotMet, "it has no "+strings.Join(missing, ", ")
	case n.Exhaustive && len(others) > 0:
		h.Answer, h.Why = NotMet, "it can also be "+strings.Join(others, ", ")
	}
	v.say(h)
}

// bound judges an objective: of all promises that cover it the weakest counts.
func (v *verifier) bound(b Bound) {
	h := Held{Need: "slo: " + b.String(), Own: b.Span}
	if b.Element != "" {
		if full, err := v.at.Resolve(b.Element); err == nil {
			b.Element = full
		}
	}
	found := false
	for _, p := range v.Promises {
		if p.Property != b.Property || !v.Use.covers(b, p.Element, v.at) {
			continue
		}
		judged := Held{At: p.Span, Why: "promised is " + strings.TrimSpace(strings.NewReplacer("<=", "at most", ">=", "at least", "= ", "").Replace(p.Limit.String()))}
		switch kept, sure := p.Limit.Meets(b.Limit); {
		case !sure:
			judged.Answer, judged.Why = CannotTell, judged.Why+", which does not compare with it"
		case !kept:
			judged.Answer = NotMet
		}
		if !found || judged.Answer > h.Answer {
			h.Answer, h.Why, h.At = judged.Answer, judged.Why, judged.At
		}
		found = true
	}
	if !found {
		h.Answer, h.Why, h.At = NotMet, "nothing is promised", v.Outline.Span
	}
	v.say(h)
}

// ceiling judges the labels of what is read.
func (v *verifier) ceiling() {
	if v.MaxClassification == "" {
		return
	}
	h := Held{Need: "maxClassification: " + v.MaxClassification, Answer: CannotTell, Why: "nothing that it reads is labelled"}
	roots := v.Outline.Roots
	if len(v.Fields) > 0 {
		roots = nil
		for _, n := range v.Fields {
			roots = append(roots, n.Path)
		}
	}
	labelled := false
	for _, root := range roots {
		for path, e := range v.Outline.Below(root) {
			for _, tag := range e.Tags {
				label, ok := strings.CutPrefix(tag, "classification:")
				if !ok {
					continue
				}
				yes, sure := above(label, v.MaxClassification)
				judged := map[bool]Answer{false: Met, true: NotMet}[yes]
				if !sure {
					judged = CannotTell
				}
				if !labelled || judged > h.Answer {
					h.Answer, h.At = judged, e.Span
					h.Why = fmt.Sprintf("%s is %s", v.at.Short(path), label)
				}
				labelled = true
			}
		}
	}
	v.say(h)
}

// notice judges how long before a removal one is told.
func (v *verifier) notice() {
	if v.Use.Notice.IsZero() {
		return
	}
	h := Held{Need: "notice: " + v.Use.Notice.String(), Why: "what is deprecated today may go on " + v.Removes.Format(time.DateOnly), At: v.Outline.Span}
	if v.Use.Notice.After(v.Now).After(v.Removes) {
		h.Answer = NotMet
	}
	v.say(h)
}
