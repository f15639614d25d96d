package slo

import "github.com/breakwater-data/breakwater/checker/change"

// A pairing says which objective of head is which of base.
type pairing struct {
	base, head []Objective
	mate       []int                 // of each of base, its index in head, or -1
	taken      []bool                // of each of head
	heads      map[change.Path][]int // which of head stand at a path
}

// pair matches objectives, the surest likeness first: the same id, the same
// promise, the same driver and cases, the same driver, and last the only two that
// are left of an element.
func pair(base, head []Objective) *pairing {
	p := &pairing{base: base, head: head, mate: make([]int, len(base)), taken: make([]bool, len(head)), heads: make(map[change.Path][]int)}
	for i := range base {
		p.mate[i] = -1
	}
	for j, o := range head {
		p.heads[o.Path()] = append(p.heads[o.Path()], j)
	}
	p.by(false, func(o Objective) string { return o.ID })
	p.by(false, func(o Objective) string { return "=" + o.driver() + "\n" + o.Limit.String() })
	p.by(false, func(o Objective) string { return "=" + o.driver() + "\n" + o.cases() })
	p.by(false, func(o Objective) string { return "=" + o.driver() })
	p.by(true, func(Objective) string { return "=" })
	return p
}

// by pairs what is left and has the same path and likeness, unless that is
// empty; alone asks that it be the only one on both sides.
func (p *pairing) by(alone bool, likeness func(Objective) string) {
	type key struct {
		path change.Path
		like string
	}
	keyOf := func(o Objective) key { return key{o.Path(), likeness(o)} }
	left := make(map[key][]int)
	for j, o := range p.head {
		if k := keyOf(o); k.like != "" && !p.taken[j] {
			left[k] = append(left[k], j)
		}
	}
	wanted := make(map[key]int)
	for i, o := range p.base {
		if p.mate[i] < 0 {
			wanted[keyOf(o)]++
		}
	}
	for i, o := range p.base {
		k := keyOf(o)
		if p.mate[i] >= 0 || len(left[k]) == 0 || alone && (len(left[k]) > 1 || wanted[k] > 1) {
			continue
		}
		p.mate[i] = left[k][0]
		p.taken[left[k][0]] = true
		left[k] = left[k][1:]
	}
}

// maxRivals is how many promises of one thing are looked at for one that is gone.
// Nobody writes more, and whoever does is told that it is gone.
const maxRivals = 100

// keeper finds the objective of head, or -1, under which an objective of base
// that has no partner lives on: the same promise for the same reason, or one that
// encloses its element. Kept reports whether it promises as much, which one for
// another reason must.
func (p *pairing) keeper(was Objective) (j int, kept bool) {
	j = -1
	for at := was; ; at.Element, _ = at.Element.Split() {
		rivals := p.heads[at.Path()]
		for _, i := range rivals[:min(len(rivals), maxRivals)] {
			now := p.head[i]
			if o := now.Compare(was.Limit); o == Same || o == Stronger {
				return i, true
			}
			if j < 0 && (now.Element != was.Element || now.driver() == was.driver()) {
				j = i
			}
		}
		if at.Element == "" {
			return j, false
		}
	}
}
