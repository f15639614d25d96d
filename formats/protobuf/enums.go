package protobuf

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"google.golang.org/protobuf/reflect/protoreflect"
)

type (
	enumValue  = protoreflect.EnumValueDescriptor
	enumNumber = protoreflect.EnumNumber
)

// enums compares two enums that are one.
func (d *differ) enums(was, now enum, s scope) {
	d.options(was, now, d.kept(was, now), s)
	d.jsonFormat(was, now, s, "ENUM_SAME_JSON_FORMAT")
	d.openness(was, now, s)
	d.firstValue(was, now, s)
	d.reservedValues(was, now, s)
	d.pairValues(was, now, s).report()
}

// A valuePairs holds the values of two enums that are one against each other. A
// number can have several names; the first that is declared is the one that JSON
// writes.
type valuePairs struct {
	d           *differ
	was, now    enum
	scope       scope
	base, head  map[enumNumber][]enumValue
	numbers     []enumNumber                     // of the base, in order
	numberOf    map[protoreflect.Name]enumNumber // in the head
	wasNumber   map[protoreflect.Name]enumNumber // in the base
	reserved    reservedSet
	wasReserved reservedSet
}

func (d *differ) pairValues(was, now enum, s scope) *valuePairs {
	p := &valuePairs{d: d, was: was, now: now, scope: s, reserved: valuesReservedBy(now), wasReserved: valuesReservedBy(was)}
	p.base, p.wasNumber = valuesByNumber(was)
	p.head, p.numberOf = valuesByNumber(now)
	p.numbers = slices.Sorted(maps.Keys(p.base))
	return p
}

func valuesByNumber(e enum) (map[enumNumber][]enumValue, map[protoreflect.Name]enumNumber) {
	byNumber, numberOf := make(map[enumNumber][]enumValue), make(map[protoreflect.Name]enumNumber)
	for i := range e.Values().Len() {
		v := e.Values().Get(i)
		byNumber[v.Number()] = append(byNumber[v.Number()], v)
		numberOf[v.Name()] = v.Number()
	}
	return byNumber, numberOf
}

func valuesReservedBy(e enum) reservedSet {
	return newReserved(enumRanges(e.ReservedRanges()), e.ReservedNames())
}

// movedTo returns the number that the names of base number n have in the head, if
// all of them went to one other.
func (p *valuePairs) movedTo(n enumNumber) (to enumNumber, ok bool) {
	for _, v := range p.base[n] {
		at, stays := p.numberOf[v.Name()]
		if !stays || at == n || ok && at != to {
			return 0, false
		}
		to, ok = at, true
	}
	return to, ok
}

func (p *valuePairs) report() {
	swapped := p.swaps()
	told := make(map[enumNumber]bool)
	for _, n := range p.numbers {
		to, moved := p.movedTo(n)
		switch {
		case swapped[n]:
			told[n] = true
		case moved:
			told[to] = true
			p.renumbered(n, to)
		case p.head[n] == nil || p.cameFromElsewhere(n):
			p.removed(n)
		default:
			told[n] = true
			p.names(n)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(p.head)) {
		if !told[n] && !p.wasReserved.number(int64(n)) {
			p.added(n)
		}
	}
}

// cameFromElsewhere reports whether what has number n in the head had another
// number in the base, and nothing of the base has it still.
func (p *valuePairs) cameFromElsewhere(n enumNumber) bool {
	for _, v := range p.head[n] {
		if at, was := p.wasNumber[v.Name()]; !was || at == n {
			return false
		}
	}
	return true
}

// swaps reports values that changed places with each other, each ring of them once.
func (p *valuePairs) swaps() map[enumNumber]bool {
	swapped := make(map[enumNumber]bool)
	for _, n := range p.numbers {
		ring := []enumNumber{n}
		next, ok := p.movedTo(n)
		for ok && !swapped[next] && next != n && len(ring) < maxRing && !slices.Contains(ring, next) {
			ring = append(ring, next)
			next, ok = p.movedTo(next)
		}
		if ok && next == n && !swapped[n] {
			p.swapped(ring)
			for _, m := range ring {
				swapped[m] = true
			}
		}
	}
	return swapped
}

func (p *valuePairs) swapped(ring []enumNumber) {
	var names, from, to []string
	var peers []peer
	for _, n := range ring {
		v := p.base[n][0]
		at, _ := p.movedTo(n)
		names = append(names, short(v))
		from = append(from, fmt.Sprintf("%s = %d", v.Name(), n))
		to = append(to, fmt.Sprintf("%s = %d", v.Name(), at))
		peers = append(peers, p.peers(n)...)
	}
	c := p.change(p.base[ring[0]][0])
	at, _ := p.movedTo(ring[0])
	c.Head = p.d.head.at(p.head[at][0])
	c.Key, c.From, c.To = strings.Join(names, ","), strings.Join(from, ", "), strings.Join(to, ", ")
	c.Detail = fmt.Sprintf("%s changed places: %s", list(names), c.To)
	p.d.report(enumNumbersSwapped, p.scope, valueLost|wireNew|wireOld, peers, c)
}

// change starts a change of a value of the base: its address is the enum, its key
// the value.
func (p *valuePairs) change(v enumValue) change.Change {
	return change.Change{Path: pathOf(p.was), Key: string(v.Name()), Base: p.d.base.at(v), Head: p.d.head.at(p.now)}
}

func (p *valuePairs) renumbered(n, to enumNumber) {
	v := p.base[n][0]
	c := p.change(v)
	c.From, c.To, c.Head = itoa(n), itoa(to), p.d.head.at(p.head[to][0])
	c.Detail = fmt.Sprintf("%s has the number %d instead of %d", short(v), to, n)
	p.d.report(enumValueRenumbered, p.scope, valueLost|wireNew|wireOld, append(p.peers(n), p.peers(to)...), c)
}

func (p *valuePairs) removed(n enumNumber) {
	v := p.base[n][0]
	c := p.change(v)
	c.From = itoa(n)
	c.Detail = fmt.Sprintf("%s (%d) is gone", namesOf(p.base[n]), n)
	k := valueLost | jsonOld | wireOld
	if !p.reserved.number(int64(n)) {
		c.Detail += fmt.Sprintf(", and %d is not reserved", n)
	}
	p.d.report(enumValueRemoved, p.scope, k, p.peers(n), c)
}

func namesOf(values []enumValue) string {
	var names []string
	for _, v := range values {
		names = append(names, short(v))
	}
	return list(names)
}

func (p *valuePairs) added(n enumNumber) {
	v := p.head[n][0]
	c := p.d.kept(p.was, p.now)
	c.Key, c.To, c.Head = string(v.Name()), itoa(n), p.d.head.at(v)
	c.Detail = fmt.Sprintf("%s (%d) is new", short(v), n)
	rule, k := enumValueAdded, valueNew|jsonNew
	switch {
	case p.scope.used&isRead == 0 && p.scope.used != 0:
		rule, k = requestEnumValueAdded, 0
	case p.was.IsClosed():
		k |= wireNew
	}
	p.d.report(rule, p.scope, k, nil, c)
}

// names compares what a number is called on both sides.
func (p *valuePairs) names(n enumNumber) {
	base, head := p.base[n], p.head[n]
	gone, added := p.onlyIn(base, head), p.onlyIn(head, base)
	c := p.change(base[0])
	c.From, c.To, c.Head = namesOf(base), namesOf(head), p.d.head.at(head[0])
	switch kept := len(base) - len(gone); {
	case kept == 0:
		c.Detail = fmt.Sprintf("%s (%d) is now called %s", namesOf(base), n, namesOf(head))
		p.d.report(enumValueRenamed, p.scope, jsonNew|jsonOld|byName, p.peers(n), c)
		p.optionsOf(base[0], head[0])
		return
	case len(gone) > 0:
		c.Key = string(gone[0].Name())
		c.Detail = fmt.Sprintf("%s is no longer a name of %d, which is %s", namesOf(gone), n, namesOf(head))
		p.d.report(enumAliasRemoved, p.scope, jsonNew|jsonOld|byName, p.peers(n), c)
	case base[0].Name() != head[0].Name():
		c.Detail = fmt.Sprintf("JSON writes %d as %s instead of %s", n, short(head[0]), short(base[0]))
		p.d.report(enumPrintedNameChanged, p.scope, jsonNew, p.peers(n), c)
	case len(added) > 0:
		c.Key, c.Head = string(added[0].Name()), p.d.head.at(added[0])
		c.Detail = fmt.Sprintf("%s is another name of %s (%d)", namesOf(added), short(base[0]), n)
		p.d.report(enumAliasAdded, p.scope, 0, nil, c)
	}
	byName := make(map[protoreflect.Name]enumValue)
	for _, v := range head {
		byName[v.Name()] = v
	}
	for _, v := range base {
		if now := byName[v.Name()]; now != nil {
			p.optionsOf(v, now)
		}
	}
}

func (p *valuePairs) optionsOf(was, now enumValue) {
	c := p.change(was)
	c.Head = p.d.head.at(now)
	p.d.options(was, now, c, p.scope)
}

// onlyIn returns the values of a whose names are not in b.
func (p *valuePairs) onlyIn(a, b []enumValue) (only []enumValue) {
	names := make(map[protoreflect.Name]bool)
	for _, v := range b {
		names[v.Name()] = true
	}
	for _, v := range a {
		if !names[v.Name()] {
			only = append(only, v)
		}
	}
	return only
}

// peers lists what buf says of base number n.
func (p *valuePairs) peers(n enumNumber) []peer {
	switch base, head := p.base[n], p.head[n]; {
	case base == nil:
		return nil
	case head != nil && len(p.onlyIn(base, head)) > 0:
		return buf("ENUM_VALUE_SAME_NAME")
	case head != nil:
		return nil
	}
	ids := []string{"ENUM_VALUE_NO_DELETE"}
	if !p.reserved.number(int64(n)) {
		ids = append(ids, "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED")
	}
	if slices.ContainsFunc(p.base[n], func(v enumValue) bool { return !p.reserved.names[v.Name()] }) {
		ids = append(ids, "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED")
	}
	return buf(ids...)
}

// openness reports that an enum takes numbers that it does not list now, or no
// longer does.
func (d *differ) openness(was, now enum, s scope) {
	if was.IsClosed() == now.IsClosed() {
		return
	}
	c := d.kept(was, now)
	c.From, c.To = "closed", "open"
	c.Detail = short(was) + " takes numbers now that it does not list"
	k := valueNew | wireNew
	if now.IsClosed() {
		c.From, c.To = c.To, c.From
		c.Detail = short(was) + " no longer takes numbers that it does not list"
		k = wireOld
	}
	d.report(opennessChanged, s, k, buf("ENUM_SAME_TYPE"), c)
}

// firstValue reports that another value is the first. It is what a field reads as
// where nothing is set, unless the field says otherwise.
func (d *differ) firstValue(was, now enum, s scope) {
	a, b := was.Values().Get(0), now.Values().Get(0)
	if a.Number() == b.Number() {
		return
	}
	c := d.kept(was, now)
	c.From, c.To = itoa(a.Number()), itoa(b.Number())
	c.Base, c.Head = d.base.at(a), d.head.at(b)
	c.Detail = fmt.Sprintf("fields of %s that are not set read as %s instead of %s", short(was), b.Name(), a.Name())
	d.report(enumDefaultChanged, s, valueLost, d.defaultPeers(was), c)
}

// defaultPeers lists what buf says of the fields that read as the first value of e
// where they are not set: it knows no default of an enum.
func (d *differ) defaultPeers(e enum) []peer {
	if d.unset == nil {
		d.unset = make(map[name][]peer)
		for _, in := range d.base.order {
			was, isMessage := in.(message)
			now, stays := d.to[in.FullName()].(message)
			if !isMessage || !stays || was.FullName() != now.FullName() || !d.base.own(was) {
				continue
			}
			fields := byNumberOf(d.head, now)
			for f := range d.base.fields(was) {
				if g := fields[f.Number()]; g != nil && f.Enum() != nil && canDefault(f) && canDefault(g) && defaultOf(f) != defaultOf(g) {
					d.unset[f.Enum().FullName()] = append(d.unset[f.Enum().FullName()], bufAt(d.base.file(f), d.head.file(g), "FIELD_SAME_DEFAULT"))
				}
			}
		}
	}
	return d.unset[e.FullName()]
}

func (d *differ) reservedValues(was, now enum, s scope) {
	c := d.kept(was, now)
	lost := valuesReservedBy(was).without(valuesReservedBy(now))
	var takers []string
	for i := range now.Values().Len() {
		if v := now.Values().Get(i); lost.number(int64(v.Number())) || lost.names[v.Name()] {
			takers = append(takers, fmt.Sprintf("%s = %d", v.Name(), v.Number()))
			c.Head = d.head.at(v)
		}
	}
	d.unreserved(was, lost.words(), takers, s, "RESERVED_ENUM_NO_DELETE", c)
}
