package avro

import (
	"fmt"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Directions are the ways of data between the two revisions that a place breaks.
type directions uint8

const (
	forward  directions = 1 << iota // the base reads what is written with the head
	backward                        // the head reads what is written with the base
)

// surfaces are those whose consumers go that way.
func (d directions) surfaces() (s change.Surface) {
	if d&forward != 0 {
		s |= change.Wire | change.JSON // the encoding in JSON is resolved, too
	}
	if d&backward != 0 {
		s |= change.Replay
	}
	return s
}

// A place is where two types meet.
type place struct {
	path       change.Path
	name       string // the path as people say it
	base, head source.Span
	branch     bool // of a union: Java's checker then speaks of the union only
}

func (p place) step(s change.Step) place {
	p.path, p.name = p.path.Join(s), string(change.Path(p.name).Join(s))
	p.branch = false
	return p
}

func placeOf(b, h *typ) place {
	name := string(b.decl)
	if b.kind.isNamed() {
		name = short(b.name)
	}
	return place{path: b.decl, name: name, base: b.span, head: h.span}
}

// A differ compares two ports. It goes over all pairs of named types twice: first to
// learn in which directions each is a problem at any of its places, then to report.
type differ struct {
	*resolver
	base, head *port
	changes    []change.Change

	need   map[[2]*typ]directions
	pairs  [][2]*typ // the keys of need, in the order in which they were met
	todo   [][2]*typ // whose need grew
	report bool      // the second time
	spaces map[[2]string]bool
}

// diff lists the changes from base to head.
func diff(base, head *port) []change.Change {
	d := newDiffer(base, head)
	pairs, gone, came := d.learn()
	if d.gaveUp() {
		return []change.Change{{
			Rule: notCompared, Path: change.Port, Key: "resolution", Base: base.span, Head: head.span,
			Detail: fmt.Sprintf("the schemas refer to each other in too many ways: whether one reads the other is not answered within %d steps", maxQuestions),
		}}
	}
	d.report, d.changes = true, nil
	d.walk(pairs)
	for _, pair := range d.pairs {
		d.named(pair[0], pair[1], d.need[pair])
	}
	d.cameAndWent(gone, came)
	d.messages()
	d.confirm(pairs)
	return d.changes
}

func newDiffer(base, head *port) *differ {
	return &differ{resolver: newResolver(), base: base, head: head, need: make(map[[2]*typ]directions), spaces: make(map[[2]string]bool)}
}

// learn goes over all pairs of types and finds out where which direction is a problem.
func (d *differ) learn() (pairs [][2]root, gone, came []root) {
	pairs, gone, came = d.roots()
	d.walk(pairs)
	for len(d.todo) > 0 {
		next := d.todo[0]
		d.todo = d.todo[1:]
		d.named(next[0], next[1], d.need[next])
	}
	return pairs, gone, came
}

// walk compares the roots.
func (d *differ) walk(pairs [][2]root) {
	for _, p := range pairs {
		at := placeOf(p[0].use.typ, p[1].use.typ)
		at.base, at.head = p[0].use.at, p[1].use.at
		d.uses(at, p[0].use, p[1].use, forward|backward)
	}
}

// broken says in which directions one type does not read the other.
func (d *differ) broken(b, h *typ) (need directions) {
	if !d.reads(b, h) {
		need |= forward
	}
	if !d.reads(h, b) {
		need |= backward
	}
	return need
}

// uses compares what two places name. Only the directions in need are a problem there.
func (d *differ) uses(at place, b, h *use, need directions) {
	if need != 0 {
		need &= d.broken(b.typ, h.typ)
	}
	switch {
	case b.kind == unionKind || h.kind == unionKind:
		d.unions(at, b, h, need)
	case b.kind != h.kind:
		d.retyped(at, b.typ, h.typ, need)
	case b.kind.isNamed():
		d.pair(at, b.typ, h.typ, need)
	case b.kind == arrayKind, b.kind == mapKind:
		d.properties(at, b.props, h.props, typeKeys)
		step := change.Items
		if b.kind == mapKind {
			step = change.Values
		}
		inner := at.step(step)
		inner.base, inner.head = b.items.at, h.items.at
		d.uses(inner, b.items, h.items, need)
	default:
		d.meaning(at, b.typ, h.typ)
		d.properties(at, b.props, h.props, typeKeys)
	}
}

// pair notes that two named types are each other's counterpart, unless they are two
// different ones.
func (d *differ) pair(at place, b, h *typ, need directions) {
	if !sameName(b, h) && !sameName(h, b) && (d.head.types[b.name] != nil || d.base.types[h.name] != nil) {
		d.retyped(at, b, h, need)
		return
	}
	key := [2]*typ{b, h}
	known, met := d.need[key]
	if met && need&^known == 0 || d.report {
		return
	}
	if !met {
		d.pairs = append(d.pairs, key)
	}
	d.need[key] = known | need
	d.todo = append(d.todo, key)
}

// named compares two named types.
func (d *differ) named(b, h *typ, need directions) {
	at := placeOf(b, h)
	d.names(at, b, h, need)
	d.properties(at, b.props, h.props, typeKeys)
	d.described(at, b.doc, h.doc)
	switch b.kind {
	case recordKind:
		d.records(at, b, h, need)
	case enumKind:
		d.enums(at, b, h, need)
	case fixedKind:
		if b.size != h.size {
			d.add(fixedSizeChanged, at, need.surfaces(), "FIXED_SIZE_MISMATCH", fmt.Sprint(b.size), fmt.Sprint(h.size),
				"%s: %d bytes became %d", at.name, b.size, h.size)
			return
		}
		d.meaning(at, b, h)
	}
}

// names compares what two counterparts are called.
func (d *differ) names(at place, b, h *typ, need directions) {
	d.aliases(at, b.aliases, h.aliases)
	switch from, to := namespaceOf(b.name), namespaceOf(h.name); {
	case short(b.name) != short(h.name):
		var blind directions
		if !sameName(b, h) {
			blind |= forward
		}
		if !sameName(h, b) {
			blind |= backward
		}
		how := ""
		if blind&backward != 0 {
			how = ", and has no alias for its old name"
		}
		d.add(typeRenamed, at, change.Query|change.Code|(need&blind).surfaces(), "NAME_MISMATCH", b.name, h.name,
			"%s is now called %s%s", short(b.name), short(h.name), how)
	case from != to && !(d.report && d.spaces[[2]string{from, to}]):
		if d.report {
			d.spaces[[2]string{from, to}] = true
		}
		d.add(namespaceChanged, at, 0, "", from, to, "the namespace %s became %s; generated classes move, the data stays the same", orNone(from), orNone(to))
	}
}

// aliases reports those that are gone.
func (d *differ) aliases(at place, b, h []string) {
	for _, alias := range b {
		if !slices.Contains(h, alias) {
			d.add(aliasRemoved, at, 0, "", alias, "", "%s no longer has the alias %s", at.name, alias)
		}
	}
}

func orNone(text string) string {
	if text == "" {
		return "(none)"
	}
	return text
}

// enums compares symbols. A reader that does not know one takes its default, if it has
// one, and fails otherwise.
func (d *differ) enums(at place, b, h *typ, need directions) {
	for _, s := range missing(h, b) {
		surfaces, peer := change.Replay|change.Code, ""
		if need&backward != 0 && h.fallback == "" {
			peer = "MISSING_ENUM_SYMBOLS"
		}
		c := d.change(enumValueRemoved, at, surfaces, peer, s.name, "")
		c.Key, c.Base = s.name, s.span
		d.say(c, "%s.%s is gone%s", at.name, s.name, instead(h, "; old data that holds it reads as %s"))
	}
	for _, s := range missing(b, h) {
		rule, surfaces, peer := enumValueAdded, forward.surfaces()|change.Code, "MISSING_ENUM_SYMBOLS"
		if b.fallback != "" || need&forward == 0 {
			rule, surfaces, peer = enumValueMasked, 0, ""
		}
		c := d.change(rule, at, surfaces, peer, "", s.name)
		c.Key, c.Head = s.name, s.span
		d.say(c, "%s.%s is new%s", at.name, s.name, instead(b, "; the old reader takes it for %s"))
	}
	if b.fallback != h.fallback && b.fallback != "" {
		d.add(enumDefaultChanged, at, 0, "", b.fallback, h.fallback, "%s: the default %s became %s", at.name, b.fallback, orNone(h.fallback))
	}
}

func instead(t *typ, format string) string {
	if t.fallback == "" {
		return ""
	}
	return fmt.Sprintf(format, t.fallback)
}

// retyped reports that one type took the place of another.
func (d *differ) retyped(at place, b, h *typ, need directions) {
	rule := map[directions]*change.Rule{
		forward | backward: typeChanged, forward: typeWidened, backward: typeNarrowed, 0: typeRespelled,
	}[need]
	peer := "TYPE_MISMATCH"
	if at.branch || b.kind == unionKind || h.kind == unionKind {
		peer = "MISSING_UNION_BRANCH"
	}
	surfaces := need.surfaces()
	if need != 0 {
		surfaces |= change.Code
	}
	d.add(rule, at, surfaces, peer, b.String(), h.String(), "%s: %s became %s", at.name, b, h)
	if b.kind.isPrimitive() && h.kind.isPrimitive() {
		d.rounding(at, b, h)
		if b.logical.name != "" || h.logical.name != "" {
			d.meaning(at, b, h)
		}
	}
}

// rounding reports a promotion that reads and rounds.
func (d *differ) rounding(at place, b, h *typ) {
	switch {
	case losesDigits(h.kind, b.kind):
		d.add(promotionLosesDigits, at, change.Value, "", b.String(), h.String(), "%s: the old reader takes %s for %s, which has not as many digits", at.name, h, b)
	case losesDigits(b.kind, h.kind):
		d.add(promotionLosesDigits, at, change.Replay, "", b.String(), h.String(), "%s: the new reader takes old %s for %s, which has not as many digits", at.name, b, h)
	}
}

// described compares documentation.
func (d *differ) described(at place, b, h string) {
	if b != h {
		d.add(documentationChanged, at, 0, "", b, h, "%s is described in other words", at.name)
	}
}

// messages compares what is not understood as it is written.
func (d *differ) messages() {
	index := make(map[change.Path]message, len(d.head.extra))
	for _, m := range d.head.extra {
		index[m.at] = m
	}
	say := func(m message, base, head source.Span, what string) {
		at := place{path: m.at, base: base, head: head}
		c := d.change(notCompared, at, 0, "", "", "")
		c.Key = "message"
		d.say(c, "the message %s %s, and messages of protocols are not compared", m.at, what)
	}
	for _, m := range d.base.extra {
		switch now, ok := index[m.at]; {
		case !ok:
			say(m, m.span, d.head.span, "is gone")
		case !document.Equal(m.node, now.node):
			say(m, m.span, now.span, "changed")
		}
		delete(index, m.at)
	}
	for _, m := range d.head.extra {
		if _, ok := index[m.at]; ok {
			say(m, d.base.span, m.span, "is new")
		}
	}
}

// confirm holds the findings against the answer of the resolver: where it says that the
// roots do not read each other, a finding says so, too.
func (d *differ) confirm(pairs [][2]root) {
	var said change.Surface
	for _, c := range d.changes {
		if len(c.Also) > 0 {
			said |= c.Breaks()
		}
	}
	for _, p := range pairs {
		b, h := p[0].use, p[1].use
		need := d.broken(b.typ, h.typ)
		if need.surfaces()&^said != 0 {
			at := placeOf(b.typ, h.typ)
			d.add(typeChanged, at, need.surfaces()&^said, "TYPE_MISMATCH", b.String(), h.String(), "%s: one version does not read the other", at.name)
		}
	}
}

// add reports a change; zero surfaces are all that the rule breaks.
func (d *differ) add(rule *change.Rule, at place, surfaces change.Surface, peer, from, to, format string, args ...any) {
	d.say(d.change(rule, at, surfaces, peer, from, to), format, args...)
}

// change makes a change. The peer is what Java's SchemaCompatibility calls it, if it
// breaks reading in any direction.
func (d *differ) change(rule *change.Rule, at place, surfaces change.Surface, peer, from, to string) change.Change {
	c := change.Change{Rule: rule, Path: at.path, Surfaces: surfaces, From: from, To: to, Base: at.base, Head: at.head}
	if peer != "" && c.Breaks().Overlaps(change.Wire|change.Replay) {
		c.Also = []change.Peer{{ID: "avro:" + peer}}
	}
	return c
}

func (d *differ) say(c change.Change, format string, args ...any) {
	if d.report {
		c.Detail = fmt.Sprintf(format, args...)
		d.changes = append(d.changes, c)
	}
}

// roots pairs the roots of both sides: by name, by alias, and what is left over if it is
// one on each side. The others came or went.
func (d *differ) roots() (pairs [][2]root, gone, came []root) {
	left := slices.Clone(d.head.roots)
	take := func(fits func(root) bool) (h root, ok bool) {
		i := slices.IndexFunc(left, fits)
		if i < 0 {
			return root{}, false
		}
		h = left[i]
		left = slices.Delete(left, i, i+1)
		return h, true
	}
	for _, b := range d.base.roots {
		h, ok := take(func(h root) bool { return b.use.decl == h.use.decl })
		if !ok {
			h, ok = take(func(h root) bool { return slices.Contains(h.use.aliases, b.use.name) })
		}
		if t := d.head.types[b.use.name]; !ok && t != nil {
			h, ok = root{&use{t, t.span}, t.span.File}, true // it is served within another type
		}
		if !ok {
			gone = append(gone, b)
			continue
		}
		pairs = append(pairs, [2]root{b, h})
	}
	for i := 0; i < len(gone); i++ {
		b := gone[i]
		h, ok := take(func(h root) bool { return b.use.name != "" && short(h.use.name) == short(b.use.name) })
		if !ok && len(gone) == 1 && len(left) == 1 {
			h, ok = take(func(root) bool { return true })
		}
		if ok {
			pairs = append(pairs, [2]root{b, h})
			gone = slices.Delete(gone, i, i+1)
			i--
		}
	}
	return pairs, gone, slices.DeleteFunc(left, func(h root) bool { return d.base.types[h.use.name] != nil })
}
