package avro

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// prove looks for a value that shows c: written with what the change is about on one
// side, and read with the same part of the other (sketch.go), by a codec.
func prove(ctx context.Context, base, head *port, c change.Change) *schema.Witness {
	d := newDiffer(base, head)
	roots, _, _ := d.learn()
	p := prover{ctx: ctx, change: c, differ: d}
	for _, owner := range p.owners(roots) {
		for _, way := range []struct {
			surface change.Surface
			before  bool
		}{{change.Wire, false}, {change.Replay, true}, {change.Value, false}, {change.Value, true}} {
			if ctx.Err() != nil || !c.Breaks().Overlaps(way.surface) {
				continue
			}
			p.surface, p.before = way.surface, way.before
			if w := p.try(owner); w != nil {
				return w
			}
		}
	}
	return nil
}

// A prover searches on behalf of one change.
type prover struct {
	*differ
	ctx     context.Context
	change  change.Change
	surface change.Surface
	before  bool // written with the base, and read with the head
}

// An owner is a pair of types that a change is in, and the way from them to it.
type owner struct {
	base, head *typ
	steps      []change.Step
}

// maxOwners bounds the pairs that are tried: a type may have several counterparts.
const maxOwners = 20

// owners lists the pairs that a change may be in, nearest first.
func (p *prover) owners(roots [][2]root) (all []owner) {
	add := func(b, h *typ) {
		if b.decl.Covers(p.change.Path) && len(all) < maxOwners {
			all = append(all, owner{b, h, p.change.Path.Steps()[len(b.decl.Steps()):]})
		}
	}
	for _, pair := range p.pairs {
		add(pair[0], pair[1])
	}
	for _, pair := range roots {
		if b, h := pair[0].use.typ, pair[1].use.typ; !b.kind.isNamed() || b.kind != h.kind {
			add(b, h)
		}
	}
	slices.SortStableFunc(all, func(a, b owner) int { return len(a.steps) - len(b.steps) })
	return all
}

// try makes a value of one owner.
func (p *prover) try(o owner) *schema.Witness {
	w, r := &sketch{root: o.head}, &sketch{root: o.base}
	if p.before {
		w, r = &sketch{root: o.base}, &sketch{root: o.head}
	}
	w.writes = true
	if o.base.kind != recordKind || o.head.kind != recordKind {
		return p.show(w, r, w.root, r.root, o.steps, nil)
	}
	if len(o.steps) == 0 { // a name
		return p.show(w, r, nil, nil, nil, nil)
	}
	f, g := o.fields(p.change)
	if f == nil && g == nil {
		return nil
	}
	anchor(o, w, r, f, g)
	if p.before {
		f, g = g, f
	}
	// Now g is the writer's, and f the reader's.
	if g != nil {
		w.keep = append(w.keep, g)
	}
	if f != nil {
		r.keep = append(r.keep, f)
	}
	if f == nil || g == nil {
		return p.show(w, r, nil, nil, nil, nil)
	}
	return p.show(w, r, g.use.typ, f.use.typ, o.steps[1:], f)
}

// fields finds the field that a change is about, on both sides.
func (o owner) fields(c change.Change) (f, g *field) {
	for _, b := range o.base.fields {
		if change.Name(b.name) == o.steps[0] {
			f = b
		}
	}
	for _, h := range o.head.fields {
		if change.Name(h.name) == o.steps[0] || c.Rule == fieldRenamed && h.name == c.To {
			g = h
		}
	}
	if f != nil && g == nil && c.Rule != fieldRemoved { // it was renamed besides
		for _, h := range o.head.fields {
			if slices.Contains(h.aliases, f.name) || h.index == f.index {
				g = h
			}
		}
	}
	return f, g
}

// anchor keeps one field of text that is the same on both sides, to know a record by.
func anchor(o owner, w, r *sketch, not ...*field) {
	for _, f := range o.base.fields {
		g := o.head.field(f.name)
		if g == nil || slices.Contains(not, f) || slices.Contains(not, g) || f.use.kind != stringKind || g.use.kind != stringKind {
			continue
		}
		w.keep, r.keep = []*field{g}, []*field{f}
		if w.root == o.base {
			w.keep, r.keep = r.keep, w.keep
		}
		return
	}
}

// show tries the branches that lead from the writer's type to a value that shows the
// change.
func (p *prover) show(w, r *sketch, from, to *typ, steps []change.Step, into *field) *schema.Witness {
	w.of = p.sample
	for _, only := range p.choices(from, steps) {
		w.only = only
		w.steps = steps
		v, ok := w.value(w.root, steps, 0)
		if !ok {
			continue
		}
		for _, v := range p.spread(w, v) {
			if found := p.read(w, r, v, into); found != nil {
				return found
			}
		}
	}
	return nil
}

// maxChoices bounds the branches that are tried for one change.
const maxChoices = 40

// choices lists which branch of each union on the way from t along steps a value may
// have: one choice for each value that is worth a try. Of a union behind the last step
// each branch is.
func (p *prover) choices(t *typ, steps []change.Step) (all []map[*typ]*use) {
	switch {
	case t == nil:
	case t.kind == unionKind:
		for _, b := range t.branches {
			if len(steps) == 0 && !p.isAbout(t, b) {
				continue
			}
			for _, inner := range p.choices(b.typ, steps) {
				made := map[*typ]*use{t: b}
				maps.Copy(made, inner)
				if all = append(all, made); len(all) == maxChoices {
					return all
				}
			}
		}
		return all
	case len(steps) > 0 && (t.kind == arrayKind && steps[0] == change.Items || t.kind == mapKind && steps[0] == change.Values):
		return p.choices(t.items.typ, steps[1:])
	case len(steps) > 0:
		return nil // another branch leads there
	}
	return []map[*typ]*use{nil}
}

// isAbout reports whether the change may be shown by branch b of the union t.
func (p *prover) isAbout(t *typ, b *use) bool {
	written := p.change.To
	if p.before {
		written = p.change.From
	}
	switch p.change.Rule {
	case fieldNullable, fieldRequired:
		return b.kind == nullKind
	case branchAdded, branchRemoved, typeChanged, typeWidened, typeNarrowed, typeRespelled, promotionLosesDigits:
		return b.String() == written || t.String() == written
	}
	return true
}

// spread varies a value: an enum is tried with each symbol that the change names.
func (p *prover) spread(w *sketch, v any) []any {
	if w.root.kind == enumKind && p.change.Key != "" && w.root.hasSymbol(p.change.Key) {
		return []any{p.change.Key}
	}
	return []any{v}
}

// sample is a value of a primitive type that shows what gets lost.
func (p *prover) sample(k kind) any {
	large := p.change.Rule == promotionLosesDigits
	switch k {
	case booleanKind:
		return true
	case intKind:
		if large {
			return int32(16_777_217)
		}
		return int32(1)
	case longKind:
		switch {
		case large:
			return int64(9_007_199_254_740_993)
		case p.change.Rule == timeUnitChanged, p.change.Rule == timeZoneChanged:
			return int64(1_700_000_000_000)
		}
		return int64(1)
	case floatKind:
		return float32(1.5)
	case doubleKind:
		return 1.5
	case bytesKind:
		switch p.change.Rule {
		case typeRespelled:
			return []byte{0xFF}
		case decimalScaleChanged:
			return []byte{0x04, 0xD2}
		}
		return []byte("a")
	case stringKind:
		return "a"
	}
	return nil
}

// read holds a value against the reader, and says what is to see.
func (p *prover) read(w, r *sketch, v any, into *field) *schema.Witness {
	found := &schema.Witness{Encoding: "avro", Surface: p.surface, Before: p.before}
	if p.change.Rule == decimalScaleChanged || p.change.Rule == timeUnitChanged || p.change.Rule == timeZoneChanged {
		r.only = both(w, r, into)
		written, read, err := misread(w.text(true), r.text(true), w.text(false), v)
		if err != nil || written == read || p.surface != change.Value {
			return nil
		}
		found.Written, found.ReadAs, found.CheckedBy = written, read, byTwmb
		return found
	}
	got, err := decode(w.text(false), r.text(false), v)
	if err != nil {
		return nil
	}
	found.Written, found.CheckedBy = got.written, got.by
	switch {
	case got.refused != "" && p.surface != change.Value:
		found.ReadAs = "nothing: " + got.refused
	case got.refused == "" && p.surface == change.Value && got.read != got.written:
		found.ReadAs = got.read
	default:
		return nil
	}
	return found
}

// both chooses, on the reader's side, the branch that the writer's value has.
func both(w, r *sketch, into *field) map[*typ]*use {
	if into == nil || into.use.kind != unionKind {
		return nil
	}
	for _, taken := range w.only {
		for _, b := range into.use.branches {
			if b.kind == taken.kind && strings.EqualFold(short(b.name), short(taken.name)) {
				return map[*typ]*use{into.use.typ: b}
			}
		}
	}
	return nil
}
