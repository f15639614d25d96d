package protobuf

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// A usage says who writes the data of a type: the port, whose consumers read it,
// or the consumers, who send it.
type usage uint8

const (
	isRead usage = 1 << iota
	isSent
)

// A risk is what a change can do to the data of a type, in a direction: a reader
// that still has the base meets data of the head (new), or the other way round
// (old). Which surfaces that puts at risk depends on who reads and who writes.
type risk uint16

const (
	valueNew risk = 1 << iota // whatever the encoding, what is read in data of the head is gone or means something else
	valueOld                  // the same for data of the base
	wireNew                   // binary data of the head is misread with the base
	wireOld                   // binary data of the base is misread with the head
	jsonNew
	jsonOld
	byName // whoever names the element in text of its own finds it no more: registries, field masks, reflection
	inCode // code that was generated from the base does not compile against the head

	valueLost = valueNew | valueOld
)

// surfaces translates r for data that is used as u says. Who sends data has the
// base and the port has the head, so what endangers old data endangers a request.
func (u usage) surfaces(r risk) change.Surface {
	var s change.Surface
	add := func(when bool, surface change.Surface) {
		if when {
			s |= surface
		}
	}
	if u&isRead != 0 {
		add(r&valueNew != 0, change.Value)
		add(r&wireNew != 0, change.Wire)
		add(r&(jsonNew|jsonOld) != 0, change.JSON)
		add(r&wireOld != 0, change.Replay)
	}
	if u&isSent != 0 {
		add(r&(valueOld|wireOld|jsonOld) != 0, change.Request)
	}
	add(r&byName != 0, change.Query)
	add(r&inCode != 0, change.Code)
	return s
}

// reach finds out which types the served ones reach, and by whom their data is
// written. What a method takes is sent and what it returns is read; all else is
// used as the port says. Where no type is named as the one that is served, every
// type in the port's own files is.
func (p *port) reach() {
	p.used, p.embedded = make(map[name]usage), make(map[name]bool)
	plain := map[schema.Direction]usage{schema.Read: isRead, schema.Write: isSent, schema.Both: isRead | isSent}[p.direction]
	if p.root != nil {
		p.serve(p.root, plain)
		return
	}
	for _, d := range p.order {
		if s, ok := d.(service); ok && p.own(d) {
			p.serve(s, plain)
		}
	}
	for _, d := range p.order {
		if p.own(d) && p.used[d.FullName()] == 0 && !isEntry(d) {
			p.serve(d, plain)
		}
	}
}

// serve marks d and all that it reaches as used.
func (p *port) serve(d decl, u usage) {
	switch d := d.(type) {
	case service:
		p.used[d.FullName()] = isRead | isSent
		for i := range d.Methods().Len() {
			m := d.Methods().Get(i)
			p.embedded[m.Input().FullName()], p.embedded[m.Output().FullName()] = true, true
			p.serve(m.Input(), isSent)
			p.serve(m.Output(), isRead)
		}
	case enum:
		p.used[d.FullName()] |= u
	case message:
		if p.used[d.FullName()]&u == u {
			return
		}
		p.used[d.FullName()] |= u
		for f := range p.fields(d) {
			if held := heldBy(f); held != nil {
				if held.FullName() != d.FullName() {
					p.embedded[held.FullName()] = true
				}
				p.serve(held, u)
			}
		}
	}
}

// fields yields the fields of m, then its extensions.
func (p *port) fields(m message) func(yield func(field) bool) {
	return func(yield func(field) bool) {
		for i := range m.Fields().Len() {
			if !yield(m.Fields().Get(i)) {
				return
			}
		}
		for _, ext := range p.exts[m.FullName()] {
			if !yield(ext) {
				return
			}
		}
	}
}

// heldBy returns the message or enum that is the type of f or of its map's
// values, or nil.
func heldBy(f field) decl {
	switch {
	case f.IsMap():
		return heldBy(f.MapValue())
	case f.Message() != nil:
		return f.Message()
	case f.Enum() != nil:
		return f.Enum()
	}
	return nil
}

// serviceOnly reports whether the port serves methods and nothing beside them.
func (p *port) serviceOnly() bool {
	methods := false
	for _, d := range p.order {
		switch m := d.(type) {
		case service:
			methods = methods || p.own(d)
		case message:
			if p.own(d) && !m.IsMapEntry() && !p.embedded[m.FullName()] && !holdsOnlyTypes(m) {
				return false
			}
		}
	}
	return methods
}

// holdsOnlyTypes reports whether m is only there for the types inside it.
func holdsOnlyTypes(m message) bool {
	return m.Fields().Len() == 0 && m.Messages().Len()+m.Enums().Len() > 0 && m.ExtensionRanges().Len() == 0
}
