package avro

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// missingField is what Java's checker calls a field that the reader wants and the
// writer lacks.
const missingField = "READER_FIELD_MISSING_DEFAULT_VALUE"

// records compares the fields of two records.
func (d *differ) records(at place, b, h *typ, need directions) {
	partner := pairFields(d, b, h)
	taken := make(map[*field]bool, len(h.fields))
	for _, f := range b.fields {
		inner := at.step(change.Name(f.name))
		inner.base = f.span
		if g := partner[f.index]; g != nil {
			taken[g] = true
			inner.head = g.span
			d.field(inner, b, h, f, g, need)
			continue
		}
		inner.head = at.head
		d.fieldGone(inner, h, f, need)
	}
	for _, g := range h.fields {
		if !taken[g] {
			inner := at.step(change.Name(g.name))
			inner.head = g.span
			d.fieldCame(inner, b, g, need)
		}
	}
}

// pairFields finds the counterpart of each field of b, by its index: the one of its
// name, else the one that one side's aliases lead to, else the one that stands in its
// place and has its type, which was renamed without an alias.
func pairFields(d *differ, b, h *typ) []*field {
	partner := make([]*field, len(b.fields))
	var lost []*field
	for i, f := range b.fields {
		if partner[i] = h.field(f.name); partner[i] == nil {
			lost = append(lost, f)
		}
	}
	if len(lost) == 0 {
		return partner
	}
	var came []*field
	for _, g := range h.fields {
		if b.field(g.name) == nil {
			came = append(came, g)
		}
	}
	match := func(fits func(f, g *field) bool) {
		for _, f := range lost {
			if partner[f.index] != nil {
				continue
			}
			if i := slices.IndexFunc(came, func(g *field) bool { return fits(f, g) }); i >= 0 {
				partner[f.index] = came[i]
				came = slices.Delete(came, i, i+1)
			}
		}
	}
	match(func(f, g *field) bool { return slices.Contains(g.aliases, f.name) })
	match(func(f, g *field) bool { return slices.Contains(f.aliases, g.name) })
	match(func(f, g *field) bool {
		return f.index == g.index && sameShape(f.use.typ, g.use.typ) && d.broken(f.use.typ, g.use.typ) == 0
	})
	return partner
}

// sameShape reports whether two types look the same from outside.
func sameShape(b, h *typ) bool {
	return b.kind == h.kind && short(b.name) == short(h.name) && b.logical == h.logical && len(b.branches) == len(h.branches)
}

// field compares two fields that are each other's counterpart.
func (d *differ) field(at place, b, h *typ, f, g *field, need directions) {
	// Resolution goes by names: a reader may fill the field from another one, or from
	// its default.
	blind, peer := directions(0), missingField
	if w := f.writer(h); w != g {
		if w == nil && f.fallback == nil || w != nil && !d.reads(f.use.typ, w.use.typ) {
			blind |= need & forward
		}
		need &^= forward
	}
	if w := g.writer(b); w != f {
		if w == nil && g.fallback == nil || w != nil && !d.reads(g.use.typ, w.use.typ) {
			blind |= need & backward
		}
		need &^= backward
	}
	if f.name != g.name {
		surfaces := change.Query | change.Code | blind.surfaces()
		if f.writer(h) != g {
			surfaces |= change.Value
		}
		how := ""
		switch {
		case g.writer(b) != f && g.fallback != nil:
			how = ", without an alias: old data reads as its default"
			surfaces |= change.Value
		case g.writer(b) != f:
			how = ", without an alias"
		}
		if blind == 0 {
			peer = ""
		}
		d.add(fieldRenamed, at, surfaces, peer, f.name, g.name, "%s is now called %s%s", at.name, g.name, how)
	}
	d.ambiguous(at, b, f, g)
	d.aliases(at, f.aliases, g.aliases)
	d.fallbacks(at, f, g)
	d.described(at, f.doc, g.doc)
	d.sorted(at, f.props, g.props)
	d.properties(at, f.props, g.props, fieldKeys)
	inner := at
	inner.base, inner.head = f.use.at, g.use.at
	d.uses(inner, f.use, g.use, need)
}

// ambiguous reports an alias that names a second field of the writer.
func (d *differ) ambiguous(at place, b *typ, f, g *field) {
	for _, alias := range g.aliases {
		if alias != f.name && b.field(alias) != nil && !slices.Contains(f.aliases, alias) {
			d.add(aliasAmbiguous, at, 0, "", "", alias, "%s has the alias %s, which is another field of the old record", at.name, alias)
		}
	}
}

// fallbacks compares the defaults of two fields.
func (d *differ) fallbacks(at place, f, g *field) {
	switch b, h := f.fallback, g.fallback; {
	case b == nil && h == nil:
	case b == nil:
		d.add(fieldDefaultAdded, at, 0, "", "", written(h), "%s has the default %s now", at.name, written(h))
	case h == nil:
		d.add(fieldDefaultChanged, at, 0, "", written(b), "", "%s has no default any more; it was %s", at.name, written(b))
	case b.Tag != h.Tag || !document.Equal(b, h):
		d.add(fieldDefaultChanged, at, 0, "", written(b), written(h), "%s: the default %s became %s", at.name, written(b), written(h))
	}
	if laterBranch(g) && !laterBranch(f) {
		d.laterBranch(at, g)
	}
}

// laterBranch reports whether the default of f is a value of a union, and not of its
// first branch.
func laterBranch(f *field) bool {
	if f.fallback == nil || f.use.kind != unionKind {
		return false
	}
	_, first := fits(f.fallback, f.use.typ, false)
	return !first
}

func (d *differ) laterBranch(at place, g *field) {
	d.add(defaultOfLaterBranch, at, 0, "", "", written(g.fallback), "%s: its default %s is no value of the first branch of %s", at.name, written(g.fallback), g.use)
}

// fieldGone reports a field that the head has not.
func (d *differ) fieldGone(at place, h *typ, f *field, need directions) {
	surfaces, peer := change.Value|change.Query|change.Code, ""
	said := "; it reads as its default " + written(f.fallback)
	if w := f.writer(h); need&forward != 0 && (w == nil && f.fallback == nil || w != nil && !d.reads(f.use.typ, w.use.typ)) {
		surfaces |= forward.surfaces()
		peer = missingField
	}
	if f.fallback == nil {
		said = ", and has no default"
	}
	d.add(fieldRemoved, at, surfaces, peer, f.use.String(), "", "%s is gone%s", at.name, said)
}

// fieldCame reports a field that the base has not.
func (d *differ) fieldCame(at place, b *typ, g *field, need directions) {
	rule, peer := fieldAdded, ""
	if w := g.writer(b); need&backward != 0 && (w == nil && g.fallback == nil || w != nil && !d.reads(g.use.typ, w.use.typ)) {
		rule, peer = fieldRequiredAdded, missingField
	}
	said := ""
	if rule == fieldRequiredAdded {
		said = ", and has no default"
	}
	d.add(rule, at, 0, peer, "", g.use.String(), "%s is new%s", at.name, said)
	if laterBranch(g) {
		d.laterBranch(at, g)
	}
}

// maxWritten is how much of a default a report repeats.
const maxWritten = 80

// written returns the JSON of a default, shortened.
func written(n *document.Node) string {
	text := []rune(jsonOf(n))
	if len(text) > maxWritten {
		return string(text[:maxWritten]) + "…"
	}
	return string(text)
}

// cameAndWent reports roots without a counterpart.
func (d *differ) cameAndWent(gone, came []root) {
	for _, r := range gone {
		at := placeOf(r.use.typ, r.use.typ)
		at.head = d.head.span
		d.add(typeRemoved, at, 0, "", r.use.String(), "", "%s is gone", at.name)
	}
	for _, r := range came {
		at := placeOf(r.use.typ, r.use.typ)
		at.base = d.base.span
		d.add(typeAdded, at, 0, "", "", r.use.String(), "%s is new", at.name)
	}
}
