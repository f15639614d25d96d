package protobuf

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// A frame is how the root that a port serves leads to a message: the fields to
// pass, as both sides have them. Empty: the message is shown by itself.
type frame struct {
	root          message // of the writer
	reader        message
	written, read []field
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
	for _, f := range fr.read {
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
