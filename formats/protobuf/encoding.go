package protobuf

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

// An encoding answers whether a reader gets back what a writer put in, when each
// of them has its own declaration of the field.
type encoding uint8

const (
	onWire encoding = iota
	inJSON
)

// compare finds what becomes of a field's data when was became now: the risks of
// the wire and of JSON, each way.
func (d *differ) compare(was, now field) risk {
	key := [2]string{typeOf(was), typeOf(now)}
	r, known := d.compared[key]
	if !known {
		r = d.eachWay(
			func(c codec) bool { return c.keeps(now, was) },
			func(c codec) bool { return c.keeps(was, now) })
		d.compared[key] = r
	}
	return r
}

// compareMessages is compare for a message that takes the place of another.
func (d *differ) compareMessages(was, now message) risk {
	return d.eachWay(
		func(c codec) bool { return c.keepsMessage(now, was) },
		func(c codec) bool { return c.keepsMessage(was, now) })
}

// eachWay asks a question of new data and one of old data, on the wire and in JSON.
func (d *differ) eachWay(newKept, oldKept func(codec) bool) (r risk) {
	swapped := func(reader, writer decl) bool { return d.same(writer, reader) }
	for _, in := range []encoding{onWire, inJSON} {
		lost := map[encoding][2]risk{onWire: {wireNew, wireOld}, inJSON: {jsonNew, jsonOld}}[in]
		if !newKept(codec{in, d.same, make(map[[2]message]bool)}) {
			r |= lost[0]
		}
		if !oldKept(codec{in, swapped, make(map[[2]message]bool)}) {
			r |= lost[1]
		}
	}
	return r
}

// A codec compares in one encoding and one direction.
type codec struct {
	in   encoding
	same func(reader, writer decl) bool // the two are one type, whose own changes are told where it is declared
	seen map[[2]message]bool            // pairs that are being compared: a cycle holds if nothing else fails
}

// keeps reports whether data of writer w comes back whole through reader r.
func (c codec) keeps(w, r field) bool {
	switch {
	case c.in == inJSON && (w.IsMap() != r.IsMap() || w.IsList() != r.IsList()):
		return false
	case c.in == onWire && repeats(w) && !repeats(r): // the last one wins, or a packed list is not understood
		return false
	case w.IsMap() != r.IsMap() && repeats(w) != repeats(r): // one message is no entry
		return false
	}
	return c.keepsValue(w, r)
}

func repeats(f field) bool { return f.Cardinality() == protoreflect.Repeated }

func (c codec) keepsValue(w, r field) bool {
	wk, rk := w.Kind(), r.Kind()
	switch {
	case w.Message() != nil && r.Message() != nil:
		return wk == rk && c.keepsMessage(w.Message(), r.Message())
	case w.Enum() != nil && r.Enum() != nil:
		return c.keepsEnum(w.Enum(), r.Enum())
	case w.Message() != nil || r.Message() != nil:
		return false
	case c.in == inJSON:
		return keepsJSON(wk, rk, r.Enum())
	}
	return keepsWire(wk, rk, r.Enum())
}

// keepsMessage compares by shape: two messages of other names that number and
// type their fields alike are the same bytes.
func (c codec) keepsMessage(w, r message) bool {
	pair := [2]message{w, r}
	if !isEntry(w) && !isEntry(r) && (w.FullName() == r.FullName() || c.same(r, w)) || c.seen[pair] {
		return true
	}
	c.seen[pair] = true
	if c.in == inJSON && (w.FullName().Parent() == "google.protobuf" || r.FullName().Parent() == "google.protobuf") {
		return false // these have JSON of their own
	}
	written, read := fieldsByNumber(w), fieldsByNumber(r)
	for n, wf := range written {
		rf := read[n]
		if rf == nil || c.in == inJSON && wf.JSONName() != rf.JSONName() || !c.keeps(wf, rf) {
			return false
		}
	}
	for n, rf := range read { // a reader that insists on what is never written fails
		if isRequired(rf) && written[n] == nil {
			return false
		}
	}
	return true
}

// keepsEnum compares by values. An open enum carries numbers that it has no name
// for; JSON carries names, so there each has to be known.
func (c codec) keepsEnum(w, r enum) bool {
	if w.FullName() == r.FullName() || c.same(r, w) {
		return true
	}
	names := make(map[protoreflect.Name]protoreflect.EnumNumber)
	numbers := make(map[protoreflect.EnumNumber]bool)
	for i := range r.Values().Len() {
		v := r.Values().Get(i)
		names[v.Name()], numbers[v.Number()] = v.Number(), true
	}
	for i := range w.Values().Len() {
		v := w.Values().Get(i)
		number, known := names[v.Name()]
		switch {
		case r.IsClosed() && !numbers[v.Number()]:
			return false
		case c.in == inJSON && (!known || number != v.Number()):
			return false
		case c.in == onWire && known && number != v.Number(): // the same name, another number
			return false
		}
	}
	return true
}

// A scalar is how numbers of a kind are laid out and how far they reach.
type scalar struct {
	layout layout
	bits   int
	signed bool
	text   bool // JSON writes it as a string, since JavaScript would round it
}

type layout uint8

const (
	varint layout = iota + 1
	zigzag
	fixed
	floating
	bytesOf
)

var scalars = map[protoreflect.Kind]scalar{
	protoreflect.BoolKind:     {layout: varint, bits: 1},
	protoreflect.EnumKind:     {layout: varint, bits: 32, signed: true},
	protoreflect.Int32Kind:    {layout: varint, bits: 32, signed: true},
	protoreflect.Int64Kind:    {layout: varint, bits: 64, signed: true, text: true},
	protoreflect.Uint32Kind:   {layout: varint, bits: 32},
	protoreflect.Uint64Kind:   {layout: varint, bits: 64, text: true},
	protoreflect.Sint32Kind:   {layout: zigzag, bits: 32, signed: true},
	protoreflect.Sint64Kind:   {layout: zigzag, bits: 64, signed: true, text: true},
	protoreflect.Fixed32Kind:  {layout: fixed, bits: 32},
	protoreflect.Fixed64Kind:  {layout: fixed, bits: 64, text: true},
	protoreflect.Sfixed32Kind: {layout: fixed, bits: 32, signed: true},
	protoreflect.Sfixed64Kind: {layout: fixed, bits: 64, signed: true, text: true},
	protoreflect.FloatKind:    {layout: floating, bits: 32, signed: true},
	protoreflect.DoubleKind:   {layout: floating, bits: 64, signed: true},
	protoreflect.StringKind:   {layout: bytesOf},
	protoreflect.BytesKind:    {layout: bytesOf},
}

// reaches reports whether every number of s is one of t.
func (s scalar) reaches(t scalar) bool {
	if s.signed && !t.signed {
		return false
	}
	if !s.signed && t.signed {
		return s.bits < t.bits
	}
	return s.bits <= t.bits
}

func keepsWire(w, r protoreflect.Kind, closed enum) bool {
	from, to := scalars[w], scalars[r]
	switch {
	case w == r:
		return true
	case from.layout != to.layout:
		return false
	case from.layout == bytesOf:
		return r == protoreflect.BytesKind // not all bytes are text
	case from.layout == fixed || from.layout == floating:
		return false // another width, or another sign in the same bits
	case r == protoreflect.EnumKind && closed.IsClosed():
		return false // what it does not list is dropped
	}
	return from.reaches(to)
}

func keepsJSON(w, r protoreflect.Kind, e enum) bool {
	from, to := scalars[w], scalars[r]
	switch {
	case w == r:
		return true
	case w == protoreflect.EnumKind: // written as a name, or as a number where it has none
		return false
	case w == protoreflect.BoolKind || r == protoreflect.BoolKind || from.layout == bytesOf || to.layout == bytesOf:
		return false
	case r == protoreflect.EnumKind: // a number will do
		return !e.IsClosed() && !from.text && isInteger(from) && from.reaches(to)
	case from.text != to.text:
		return false // a reader that is no Protobuf library meets text for a number
	case r == protoreflect.DoubleKind:
		return true
	}
	return isInteger(from) == isInteger(to) && isInteger(from) && from.reaches(to)
}

func isInteger(s scalar) bool { return s.layout == varint || s.layout == zigzag || s.layout == fixed }
