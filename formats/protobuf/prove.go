package protobuf

import (
	"context"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Limits of the search for one witness. They are counts and not times, so that the
// same change has the same witness everywhere.
const (
	maxTries   = 300   // messages that are written and read for one change
	maxFocus   = 20    // fields that are looked at together
	maxHolders = 4     // messages that are asked for a field of an enum
	maxWalk    = 5_000 // fields that are passed on the way from the root
	maxSaid    = 300   // characters of a value
)

const checkedBy = "google.golang.org/protobuf dynamicpb"

// prove looks for the smallest message that shows c: written with the declarations
// of one side, and read with those of the other, by the codec itself. What is
// said to be at risk decides who reads and how.
func prove(ctx context.Context, base, head *port, c change.Change) *schema.Witness {
	p := &prover{ctx: ctx, pairing: head.pairWith(base), change: c, left: maxTries}
	subjects := p.subjects()
	for _, at := range attempts {
		if !c.Breaks().Overlaps(at.surface) {
			continue
		}
		for _, s := range subjects {
			if w := p.try(s, at.way); w != nil {
				w.Surface, w.Before, w.CheckedBy = at.surface, !at.way.forward, checkedBy
				return w
			}
		}
	}
	return nil
}

// A way is how data goes from one side to the other.
type way struct {
	forward bool // written with the head and read with the base
	in      encoding
}

// The surfaces that a codec can show to be broken, with the data that each reads.
var attempts = []struct {
	surface change.Surface
	way     way
}{
	{change.Wire, way{true, onWire}},
	{change.Value, way{true, onWire}},
	{change.JSON, way{true, inJSON}},
	{change.Value, way{true, inJSON}},
	{change.Replay, way{false, onWire}},
	{change.JSON, way{false, inJSON}},
	{change.Request, way{false, onWire}},
	{change.Request, way{false, inJSON}},
}

// A prover searches on behalf of one change.
type prover struct {
	*pairing
	ctx    context.Context
	change change.Change
	left   int // how many messages may still be tried
}

// A side is one of two declarations of a message, with what changed in it.
type side struct {
	port    *port
	message message
	focus   []field
}

// A subject is a message that can show a change, or a type that is known by its
// name on one side only.
type subject struct {
	base, head side
	values     []protoreflect.Name // the values of an enum that changed; nil: it is not about values
	byName     bool
}

func (s subject) sides(w way) (writer, reader side) {
	if w.forward {
		return s.head, s.base
	}
	return s.base, s.head
}

// subjects finds the messages that hold what changed.
func (p *prover) subjects() []subject {
	if p.change.Rule == notCompared {
		return nil
	}
	if p.change.Rule == packageRenamed {
		return p.renamedIn(name(p.change.From))
	}
	was, now := find(p.base, p.change.Path), find(p.head, p.change.Path)
	switch d := either(was, now).(type) {
	case field:
		return p.ofField(was, now)
	case message:
		return p.ofMessage(d)
	case enum:
		return p.ofEnum(d)
	case method:
		return p.ofMethod(d)
	}
	return nil
}

func either(was, now decl) decl {
	if was != nil {
		return was
	}
	return now
}

// find returns the declared element at a path; nil if there is none.
func find(p *port, at change.Path) decl {
	if d, ok := p.decls[name(at)]; ok {
		return d
	}
	parent, _ := at.Split()
	switch d := p.decls[name(parent)].(type) {
	case message:
		for f := range p.fields(d) {
			if pathOf(f) == at {
				return f
			}
		}
	case service:
		for _, m := range methodsOf(d) {
			if pathOf(m) == at {
				return m
			}
		}
	}
	return nil
}

// pairOf returns the two sides of a message, with nothing in focus.
func (p *prover) pairOf(was message) (s subject, ok bool) {
	now, ok := p.to[was.FullName()].(message)
	return subject{base: side{port: p.base, message: was}, head: side{port: p.head, message: now}}, ok
}

// ofField puts a field in focus together with the one that is the same on the other
// side, and with those that have the number of either there.
func (p *prover) ofField(was, now decl) []subject {
	f, inBase := was.(field)
	g, inHead := now.(field)
	var holder message
	switch {
	case inBase:
		holder = f.ContainingMessage()
	case p.from[g.ContainingMessage().FullName()] != nil:
		holder = p.from[g.ContainingMessage().FullName()].(message)
	default:
		return nil
	}
	s, ok := p.pairOf(holder)
	if !ok {
		return nil
	}
	if inBase {
		s.base.add(f)
		s.head.add(s.head.partner(f))
		s.head.add(s.head.numbered(f))
	}
	if inHead && g.ContainingMessage() == s.head.message {
		s.head.add(g)
		s.base.add(s.base.partner(g))
		s.base.add(s.base.numbered(g))
	}
	return []subject{s}
}

func (s *side) add(f field) {
	if f != nil && !slices.Contains(s.focus, f) && len(s.focus) < maxFocus {
		s.focus = append(s.focus, f)
	}
}

// numbered returns the field of s that has the number of f.
func (s side) numbered(f field) field {
	if f.IsExtension() {
		i := slices.IndexFunc(s.port.exts[s.message.FullName()], func(g field) bool { return g.Number() == f.Number() })
		if i < 0 {
			return nil
		}
		return s.port.exts[s.message.FullName()][i]
	}
	if g := s.message.Fields().ByNumber(f.Number()); g != nil {
		return g
	}
	return nil
}

// partner returns the field of s that is f: the one of its name, else the one of its
// number, unless that is known by its own name to f's side.
func (s side) partner(f field) field {
	if f.IsExtension() {
		return s.numbered(f)
	}
	if g := s.message.Fields().ByName(f.Name()); g != nil {
		return g
	}
	if g := s.numbered(f); g != nil && f.ContainingMessage().Fields().ByName(g.Name()) == nil {
		return g
	}
	return nil
}

// ofMessage puts the fields that changed places in focus. A message that is gone,
// or is called otherwise, is looked up by name.
func (p *prover) ofMessage(was message) []subject {
	s, ok := p.pairOf(was)
	switch p.change.Rule {
	case messageRemoved, messageRenamed, rootRemoved:
		s.byName = true
		s.base.message = was
		return []subject{s}
	case fieldNumbersSwapped, textCheckChanged, extensionRangeRemoved:
	default:
		return nil
	}
	if !ok {
		return nil
	}
	if p.change.Rule == extensionRangeRemoved {
		return p.extended(s)
	}
	byName := fieldsByName(s.head.message)
	for i := 0; i < was.Fields().Len() && len(s.base.focus) < maxFocus; i++ {
		f := was.Fields().Get(i)
		g := byName[f.Name()]
		switch {
		case g == nil:
		case p.change.Rule == fieldNumbersSwapped && f.Number() == g.Number():
		case p.change.Rule == textCheckChanged && f.Kind() != protoreflect.StringKind:
		default:
			s.base.add(f)
			s.head.add(g)
		}
	}
	return []subject{s}
}

// renamedIn lists the messages of a package that has another name and that are
// found by theirs.
func (p *prover) renamedIn(pkg name) []subject {
	for _, d := range p.base.order {
		if m, ok := d.(message); ok && d.ParentFile().Package() == pkg && !isEntry(d) && !p.base.embedded[d.FullName()] {
			if s, ok := p.pairOf(m); ok && s.head.message.FullName() != m.FullName() {
				s.byName = true
				return []subject{s}
			}
		}
	}
	return nil
}

// ofEnum puts fields in focus that hold the enum, and says which values count.
func (p *prover) ofEnum(of enum) (all []subject) {
	values := []protoreflect.Name{}
	for _, key := range strings.Split(p.change.Key, ",") {
		if key = key[strings.LastIndexByte(key, '.')+1:]; key != "" {
			values = append(values, protoreflect.Name(key))
		}
	}
	if len(values) == 0 && p.change.Rule != enumDefaultChanged {
		return nil
	}
	values = append(values, p.otherNames(of, values)...)
	for _, d := range p.base.order {
		was, ok := d.(message)
		if !ok || isEntry(d) {
			continue
		}
		s, ok := p.pairOf(was)
		for i := 0; ok && i < was.Fields().Len(); i++ {
			f := was.Fields().Get(i)
			if held := heldBy(f); held == nil || held.FullName() != of.FullName() {
				continue
			}
			if g := s.head.partner(f); g != nil && heldBy(g) != nil && p.same(of, heldBy(g)) {
				s.base.focus, s.head.focus, s.values = []field{f}, []field{g}, values
				all = append(all, s)
				break
			}
		}
		if len(all) == maxHolders {
			break
		}
	}
	if now, ok := p.to[of.FullName()].(enum); ok && len(all) == 0 {
		return p.holders(of, now, values)
	}
	return all
}

// otherNames lists what the head calls the numbers that values of the base have.
func (p *prover) otherNames(of enum, values []protoreflect.Name) (others []protoreflect.Name) {
	now, ok := p.to[of.FullName()].(enum)
	for i := 0; ok && i < now.Values().Len(); i++ {
		v := now.Values().Get(i)
		for _, known := range values {
			if was := of.Values().ByName(known); was != nil && was.Number() == v.Number() && !slices.Contains(values, v.Name()) {
				others = append(others, v.Name())
			}
		}
	}
	return others
}

// ofMethod compares what a method takes, or returns, as it was and as it is.
func (p *prover) ofMethod(was method) []subject {
	now, ok := p.to[was.Parent().FullName()].(service)
	if !ok {
		return nil
	}
	n := methodsOf(now)[was.Name()]
	if n == nil {
		return nil
	}
	s := subject{base: side{port: p.base, message: was.Input()}, head: side{port: p.head, message: n.Input()}}
	switch p.change.Rule {
	case requestTypeChanged:
	case responseTypeChanged:
		s.base.message, s.head.message = was.Output(), n.Output()
	default:
		return nil
	}
	for f := range p.base.fields(s.base.message) {
		s.base.add(f)
	}
	for f := range p.head.fields(s.head.message) {
		s.head.add(f)
	}
	return []subject{s}
}

// try writes messages with one side of s until the other misreads one.
func (p *prover) try(s subject, w way) *schema.Witness {
	writer, reader := s.sides(w)
	if s.byName {
		return p.unknownType(writer, reader, w)
	}
	t := trial{prover: p, subject: s, way: w, writer: writer, reader: reader}
	if slices.ContainsFunc(reader.focus, isRequired) || p.change.Rule == textCheckChanged {
		t.writer, t.reader = writer.asRun(), reader.asRun()
	} else {
		t.frame = p.frame(s, w)
	}
	for m := range t.messages() {
		if p.left--; p.left < 0 || p.ctx.Err() != nil {
			return nil
		}
		if found := t.read(m); found != nil {
			return found
		}
	}
	return t.spelled()
}
