package avro

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
)

// branchesOf returns the branches of a union; any other type is its own only one.
func branchesOf(u *use) []*use {
	if u.kind == unionKind {
		return u.branches
	}
	return []*use{u}
}

// unions compares two types of which one is a union. A branch whose counterpart does not
// read it may still be read by another branch: then nothing is broken within it.
func (d *differ) unions(at place, b, h *use, need directions) {
	pairs, gone, came := pairBranches(branchesOf(b), branchesOf(h))
	at.branch = true
	if len(pairs) == 0 && len(gone) > 0 && len(came) > 0 {
		d.retyped(at, b.typ, h.typ, need)
		return
	}
	for _, p := range pairs {
		within := need
		if d.reads(b.typ, p[1].typ) {
			within &^= forward
		}
		if d.reads(h.typ, p[0].typ) {
			within &^= backward
		}
		d.chosen(at, b, h, p)
		inner := at
		inner.base, inner.head = p[0].at, p[1].at
		d.uses(inner, p[0], p[1], within)
	}
	for _, branch := range came {
		d.branchCame(at, b, h, branch, need)
	}
	for _, branch := range gone {
		d.branchGone(at, b, h, branch, need)
	}
}

// pairBranches finds the counterpart of each branch: the same type, a type of the same
// short name, one that an alias leads to, the only other one of its kind, or the only
// other number.
func pairBranches(b, h []*use) (pairs [][2]*use, gone, came []*use) {
	gone, came = slices.Clone(b), slices.Clone(h)
	match := func(fits func(b, h *use) bool) {
		for i := 0; i < len(gone); i++ {
			if j := slices.IndexFunc(came, func(h *use) bool { return fits(gone[i], h) }); j >= 0 {
				pairs = append(pairs, [2]*use{gone[i], came[j]})
				gone, came = slices.Delete(gone, i, i+1), slices.Delete(came, j, j+1)
				i--
			}
		}
	}
	match(func(b, h *use) bool { return b.kind == h.kind && b.name == h.name })
	match(func(b, h *use) bool { return b.kind == h.kind && sameName(b.typ, h.typ) })
	match(func(b, h *use) bool { return b.kind == h.kind && sameName(h.typ, b.typ) })
	only := func(fits func(*use) bool) {
		if i, j := single(gone, fits), single(came, fits); i >= 0 && j >= 0 {
			pairs = append(pairs, [2]*use{gone[i], came[j]})
			gone, came = slices.Delete(gone, i, i+1), slices.Delete(came, j, j+1)
		}
	}
	for _, k := range []kind{recordKind, enumKind, fixedKind} {
		only(func(u *use) bool { return u.kind == k })
	}
	only(func(u *use) bool { return u.kind.isNumber() })
	only(func(u *use) bool { return u.kind == stringKind || u.kind == bytesKind })
	return pairs, gone, came
}

// single returns the index of the only one that fits, or -1.
func single(all []*use, fits func(*use) bool) int {
	found := -1
	for i, u := range all {
		if fits(u) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

func (d *differ) branchCame(at place, b, h, branch *use, need directions) {
	at.head = branch.at
	switch {
	case need&forward == 0 || d.reads(b.typ, branch.typ):
		d.covered(at, "", branch.String(), "%s may be %s now, which the old reader takes", at.name, branch)
		d.unclear(at, b, branch)
	case branch.kind == nullKind:
		d.add(fieldNullable, at, forward.surfaces()|change.Code, "MISSING_UNION_BRANCH", b.String(), h.String(), "%s may be null now", at.name)
	default:
		c := d.change(branchAdded, at, 0, "MISSING_UNION_BRANCH", "", branch.String())
		c.Key = branch.String()
		d.say(c, "%s may be %s now", at.name, branch)
	}
}

func (d *differ) branchGone(at place, b, h, branch *use, need directions) {
	at.base = branch.at
	switch {
	case need&backward == 0 || d.reads(h.typ, branch.typ):
		d.covered(at, branch.String(), "", "%s is never %s any more, and the new reader takes old ones", at.name, branch)
		d.unclear(at, h, branch)
	case branch.kind == nullKind:
		d.add(fieldRequired, at, 0, "MISSING_UNION_BRANCH", b.String(), h.String(), "%s is never null any more", at.name)
	default:
		c := d.change(branchRemoved, at, 0, "MISSING_UNION_BRANCH", branch.String(), "")
		c.Key = branch.String()
		d.say(c, "%s is never %s any more", at.name, branch)
	}
}

func (d *differ) covered(at place, from, to, format string, args ...any) {
	c := d.change(branchCovered, at, 0, "", from, to)
	c.Key = from + to
	d.say(c, format, args...)
}

// unclear reports a branch of the writer that several branches of the reader promote,
// where it has no counterpart there.
func (d *differ) unclear(at place, reader, branch *use) {
	var takers []string
	for _, r := range branchesOf(reader) {
		if promotes(branch.kind, r.kind) {
			takers = append(takers, r.String())
			if len(branchesOf(reader)) == 1 && losesDigits(branch.kind, r.kind) {
				d.add(promotionLosesDigits, at, 0, "", branch.String(), r.String(), "%s: a reader takes %s for %s, which has not as many digits", at.name, branch, r)
			}
		}
	}
	if len(takers) > 1 {
		d.add(unionChoiceUnclear, at, change.Value, "", branch.String(), takers[0], "%s: a reader may take %s for %s or for %s", at.name, branch, takers[0], takers[1])
	}
}

// chosen reports a branch that readers who go by its full name do not read, although
// another branch would.
func (d *differ) chosen(at place, b, h *use, p [2]*use) {
	if p[0].kind != p[1].kind || !p[0].kind.isNamed() {
		return
	}
	say := func(reader, taken, branch *use, surface change.Surface, who string) {
		if !d.reads(taken.typ, branch.typ) && d.reads(reader.typ, branch.typ) {
			d.add(unionChoiceUnclear, at, surface, "", branch.name, taken.name, "%s: the %s reader has a branch called %s, which does not read %s, and another branch that does", at.name, who, taken, branch)
		}
	}
	say(b, p[0], p[1], forward.surfaces(), "old")
	say(h, p[1], p[0], backward.surfaces(), "new")
}
