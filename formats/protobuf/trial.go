package protobuf

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/schema"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// A trial writes messages with one side of a subject and reads them with the other.
type trial struct {
	*prover
	subject
	way            way
	writer, reader side
	frame          frame
}

// messages yields what is worth trying, the smallest first: each field in focus
// with each of its values, beside every other field that it could not be set with on
// the other side; then all of them together; then none.
func (t *trial) messages() iter.Seq[protoreflect.Message] {
	return func(yield func(protoreflect.Message) bool) {
		for _, f := range t.writer.focus {
			for _, v := range t.samples(f) {
				if m := t.message(); !yield(t.with(m, f, v)) {
					return
				}
			}
		}
		for _, f := range t.writer.focus {
			for _, g := range t.rivals(f) {
				a, b := samples(f), samples(g)
				if len(a) > 0 && len(b) > 0 && !yield(t.with(t.with(t.message(), f, a[0]), g, b[0])) {
					return
				}
			}
		}
		if len(t.writer.focus) > 1 && !yield(t.together()) {
			return
		}
		if !t.onlyValues() {
			yield(t.without())
		}
	}
}

func (t *trial) message() protoreflect.Message {
	m := dynamicpb.NewMessage(t.writer.message)
	fill(m, 0)
	return m
}

func (t *trial) with(m protoreflect.Message, f field, v protoreflect.Value) protoreflect.Message {
	m.Set(typed(f), v)
	return m
}

// together sets all fields in focus, each to a value of its own where it has one.
func (t *trial) together() protoreflect.Message {
	m := t.message()
	for i, f := range t.writer.focus {
		if all := samples(f); len(all) > 0 {
			t.with(m, f, all[i%len(all)])
		}
	}
	return m
}

// without sets none of the fields in focus, but one that both sides have and agree
// on, so that there is something to see.
func (t *trial) without() protoreflect.Message {
	m := t.message()
	for _, f := range t.writer.focus {
		m.Clear(typed(f))
	}
	fields := t.writer.message.Fields()
	for i := range min(fields.Len(), maxInside) {
		f := fields.Get(i)
		g := t.reader.message.Fields().ByName(f.Name())
		if g != nil && f.Message() == nil && f.Enum() == nil && f.ContainingOneof() == nil && !slices.Contains(t.writer.focus, f) &&
			f.Number() == g.Number() && f.Kind() == g.Kind() && f.Cardinality() == g.Cardinality() {
			put(m, f, singles(f, 0)[0])
			break
		}
	}
	return m
}

// samples lists the values of f that are in question.
func (t *trial) samples(f field) []protoreflect.Value {
	all := samples(f)
	switch {
	case t.change.Rule == enumDefaultChanged: // which no value that is set shows
		return nil
	case t.change.Rule == textCheckChanged && f.Kind() == protoreflect.StringKind:
		v := protoreflect.ValueOfString("\xff")
		if f.IsList() {
			m := t.message()
			put(m, f, v)
			v = m.Get(f)
		}
		return []protoreflect.Value{v}
	case t.change.Rule == presenceRemoved && f.HasPresence() && f.Message() == nil:
		return []protoreflect.Value{f.Default()}
	case t.onlyValues():
		e := heldBy(f).(enum)
		all = all[:0]
		for _, name := range t.values {
			if v := e.Values().ByName(name); v != nil {
				m := t.message()
				put(m, f, protoreflect.ValueOfEnum(v.Number()))
				all = append(all, m.Get(typed(f)))
			}
		}
	}
	return all
}

// onlyValues reports whether the change is about some values of an enum.
func (t *trial) onlyValues() bool { return len(t.values) > 0 }

// rivals lists fields that the writer can set together with f, and of which the
// reader keeps one.
func (t *trial) rivals(f field) (all []field) {
	g := t.reader.partner(f)
	if g == nil || oneofName(g) == "" {
		return nil
	}
	members := g.ContainingOneof().Fields()
	for i := range min(members.Len(), maxFocus) {
		other := t.writer.partner(members.Get(i))
		if other != nil && other != f && (oneofName(other) == "" || oneofName(other) != oneofName(f)) {
			all = append(all, other)
		}
	}
	return all
}

// read writes m, reads it, and says what became of it; nil if it came back.
func (t *trial) read(m protoreflect.Message) *schema.Witness {
	whole := t.frame.around(m)
	text := written(whole, t.writer.port)
	if text == "" && t.change.Rule == textCheckChanged {
		text = escaped(m)
	}
	into := t.reader.message
	if t.frame.reader != nil {
		into = t.frame.reader
	}
	got, err := t.pass(whole, into)
	w := &schema.Witness{Written: text, Encoding: [...]string{onWire: "protobuf", inJSON: "json"}[t.way.in]}
	switch {
	case got == nil && err == nil, text == "": // the writer cannot write it
		return nil
	case got == nil && t.refusesAny(into): // something else is why
		return nil
	case got == nil:
		w.ReadAs = refusal(err)
	default:
		inner, where := t.frame.inside(got.ProtoReflect())
		if inner == nil {
			return nil
		}
		if w.ReadAs = t.judge(m, inner, where, err); w.ReadAs == "" {
			return nil
		}
	}
	w.Written, w.ReadAs = clip(w.Written, maxSaid), clip(w.ReadAs, maxSaid)
	return w
}

// refusesAny reports whether the reader refuses a message in which nothing is set
// but what is required.
func (t *trial) refusesAny(as message) bool {
	got, _ := t.pass(t.frame.around(t.message()), as)
	return got == nil
}

// spelled tries JSON that names a value of an enum in a way in which the library does
// not write it: by a second name that its number has.
func (t *trial) spelled() *schema.Witness {
	if t.way.in != inJSON || !t.onlyValues() || len(t.writer.focus) == 0 || t.writer.focus[0].Cardinality() == protoreflect.Repeated {
		return nil
	}
	f, g := t.writer.focus[0], t.reader.focus[0]
	for _, value := range t.values {
		text := fmt.Sprintf("{%q:%q}", f.JSONName(), value)
		accepts := func(s side) (protoreflect.Message, error) {
			m := dynamicpb.NewMessage(s.message)
			return m, protojson.UnmarshalOptions{AllowPartial: true, Resolver: resolver{s.port}}.Unmarshal([]byte(text), m)
		}
		if m, err := accepts(t.writer); err != nil || !m.Has(f) {
			continue
		}
		if _, err := accepts(t.reader); err != nil && f.JSONName() == g.JSONName() {
			return &schema.Witness{Written: clip(text, maxSaid), ReadAs: clip(refusal(err), maxSaid), Encoding: "json"}
		}
	}
	return nil
}

// pass encodes a message and decodes it again. A reader that refuses it returns no
// message and why; one that would refuse it unless it skips what it does not know, or
// does without what it requires, returns both.
func (t *trial) pass(m protoreflect.Message, as message) (*dynamicpb.Message, error) {
	into, strict := dynamicpb.NewMessage(as), dynamicpb.NewMessage(as)
	known := resolver{t.reader.port}
	if t.way.in == onWire {
		data, err := proto.MarshalOptions{Deterministic: true, AllowPartial: true}.Marshal(m.Interface())
		if err != nil {
			return nil, nil
		}
		if err := (proto.UnmarshalOptions{AllowPartial: true, Resolver: known}).Unmarshal(data, into); err != nil {
			return nil, err
		}
		return into, proto.UnmarshalOptions{Resolver: known}.Unmarshal(data, strict)
	}
	data, err := protojson.MarshalOptions{AllowPartial: true, Resolver: resolver{t.writer.port}}.Marshal(m.Interface())
	if err != nil {
		return nil, nil
	}
	if err := (protojson.UnmarshalOptions{AllowPartial: true, DiscardUnknown: true, Resolver: known}).Unmarshal(data, into); err != nil {
		return nil, err
	}
	return into, protojson.UnmarshalOptions{Resolver: known}.Unmarshal(data, strict)
}

// judge says how got differs from what was written, at the fields in focus; empty
// if it does not. strict is why a reader refuses it that skips nothing.
func (t *trial) judge(m, got protoreflect.Message, where string, strict error) string {
	var differences []string
	refused := false
	for _, r := range t.reader.focus {
		w := t.writer.partner(r)
		switch {
		case isRequired(r) && !got.Has(typed(r)) && strict != nil:
			return refusal(strict)
		case w == nil && (got.Has(typed(r)) || t.way.forward && t.unset(m) && t.change.Rule != extensionRangeRemoved): // gone, or filled by something else
		case w == nil || !t.differs(w, m, r, got):
			continue
		case t.way.in == inJSON && strict != nil && w.JSONName() == r.JSONName():
			refused = true
		}
		differences = append(differences, where+t.value(r, got))
	}
	if refused {
		return refusal(strict)
	}
	if len(differences) > 0 {
		return strings.Join(differences[:min(len(differences), mostNamed)], ", ")
	}
	for _, w := range t.writer.focus {
		if t.reader.partner(w) == nil && m.Has(typed(w)) && (!t.way.forward || t.change.Rule == oneofMemberAdded || t.change.Rule == responseTypeChanged) {
			if where != "" {
				where = strings.TrimSuffix(where, ".") + " = "
			}
			return where + written(got, t.reader.port)
		}
	}
	return ""
}

// unset reports whether m has none of the fields in focus.
func (t *trial) unset(m protoreflect.Message) bool {
	return !slices.ContainsFunc(t.writer.focus, func(f field) bool { return m.Has(typed(f)) })
}

// differs reports whether what r reads is not what w wrote.
func (t *trial) differs(w field, m protoreflect.Message, r field, got protoreflect.Message) bool {
	wt, rt := typed(w), typed(r)
	switch {
	case !m.Has(wt) && !got.Has(rt):
		return (t.change.Rule == defaultChanged || t.change.Rule == enumDefaultChanged) && t.meaning(w, m.Get(wt)) != t.meaning(r, got.Get(rt))
	case m.Has(wt) && w.HasPresence() && !got.Has(rt) && (r.HasPresence() || t.change.Rule == presenceRemoved):
		return true
	}
	a, b := t.meaning(w, m.Get(wt)), t.meaning(r, got.Get(rt))
	if t.way.in == inJSON { // a number in quotes is the number
		a, b = strings.Trim(a, `"`), strings.Trim(b, `"`)
	}
	return a != b
}
