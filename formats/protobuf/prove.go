package protobuf

import (
	"context"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
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
	if d, ok := p.base.packages[name(p.change.Path)]; ok && d && p.change.Rule == packageRenamed {
		return p.renamedIn(name(p.change.Path))
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
	for i := range was.Fields().Len() {
		f := was.Fields().Get(i)
		g := s.head.partner(f)
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
			held := heldBy(f)
			g := s.head.partner(f)
			if held != nil && held.FullName() == of.FullName() && g != nil && heldBy(g) != nil && p.same(of, heldBy(g)) {
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
	n, ok := find(p.head, p.change.Path).(method)
	if !ok {
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

// A frame is how the root that a port serves leads to a message: the fields to
// pass, as both sides have them. Empty: the message is shown by itself.
type frame struct {
	root           message // of the writer
	reader         message
	written, read_ []field
}

// frame finds the shortest way from the root that is served on both sides.
func (p *prover) frame(s subject, w way) (fr frame) {
	root, ok := p.base.root.(message)
	top, paired := subject{}, false
	if ok {
		top, paired = p.pairOf(root)
	}
	if !paired || s.base.message == root {
		return frame{}
	}
	type step struct {
		at   message
		by   field
		from *step
	}
	seen, left := map[name]bool{root.FullName(): true}, maxWalk
	for todo := []*step{{at: root}}; len(todo) > 0; todo = todo[1:] {
		if todo[0].at == s.base.message {
			var passed []field
			for at := todo[0]; at.by != nil; at = at.from {
				passed = append(passed, at.by)
			}
			slices.Reverse(passed)
			return top.along(passed, s.head.message, w)
		}
		for f := range p.base.fields(todo[0].at) {
			if left--; left < 0 {
				return frame{}
			}
			if to, ok := heldBy(f).(message); ok && !seen[to.FullName()] {
				seen[to.FullName()] = true
				todo = append(todo, &step{to, f, todo[0]})
			}
		}
	}
	return frame{}
}

// along follows fields of the base on the other side, too; where that fails there is
// no frame.
func (s subject) along(passed []field, end message, w way) frame {
	at, now := s.head, make([]field, 0, len(passed))
	for _, f := range passed {
		g := at.partner(f)
		if g == nil || g.Number() != f.Number() || g.JSONName() != f.JSONName() || g.IsList() != f.IsList() || g.IsMap() != f.IsMap() {
			return frame{}
		}
		held, ok := heldBy(g).(message)
		if !ok {
			return frame{}
		}
		now, at = append(now, g), side{port: at.port, message: held}
	}
	switch {
	case at.message != end:
		return frame{}
	case w.forward:
		return frame{s.head.message, s.base.message, now, passed}
	}
	return frame{s.base.message, s.head.message, passed, now}
}

// around puts m into the root.
func (fr frame) around(m protoreflect.Message) protoreflect.Message {
	for i := len(fr.written) - 1; i >= 0; i-- {
		f := fr.written[i]
		outer := dynamicpb.NewMessage(f.ContainingMessage())
		put(outer, f, protoreflect.ValueOfMessage(m))
		fill(outer, 0)
		m = outer
	}
	return m
}

// inside takes out of m, which was read, what stands where around put it, and says
// where that is.
func (fr frame) inside(m protoreflect.Message) (protoreflect.Message, string) {
	where := ""
	for _, f := range fr.read_ {
		f := typed(f)
		where += nameOf(f)
		switch v := m.Get(f); {
		case f.IsMap():
			var only protoreflect.Message
			v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool { only = v.Message(); return false })
			if only == nil {
				return nil, ""
			}
			m, where = only, where+"{}."
		case f.IsList():
			if v.List().Len() == 0 {
				return nil, ""
			}
			m, where = v.List().Get(0).Message(), where+"[0]."
		case !m.Has(f):
			return nil, ""
		default:
			m, where = v.Message(), where+"."
		}
	}
	return m, where
}
