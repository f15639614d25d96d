package protobuf

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"google.golang.org/protobuf/reflect/protoreflect"
)

type number = protoreflect.FieldNumber

// A fieldPairs holds the fields of two messages that are one against each other. On
// the wire a field is its number, to people and in JSON its name. A field is
// followed by its number, unless its name went to another one.
type fieldPairs struct {
	d           *differ
	was, now    message
	scope       scope
	base, head  map[number]field
	byName      map[protoreflect.Name]field // of the base
	numbers     []number                    // of the base, in order
	movedTo     map[number]number           // fields whose name has another number in the head
	told        map[number]bool             // numbers of the head that need no further word
	peers       map[number][]peer           // what buf says of each number
	oneofs      map[protoreflect.Name]protoreflect.Name
	headOneofs  map[protoreflect.Name]bool
	joined      map[protoreflect.Name]*crowd // by oneof of the head
	left        map[protoreflect.Name]*crowd // by oneof of the base
	wasReserved reservedSet
	reserved    reservedSet
}

func (d *differ) pairFields(was, now message, s scope) *fieldPairs {
	p := &fieldPairs{
		d: d, was: was, now: now, scope: s, base: fieldsByNumber(was), head: fieldsByNumber(now), byName: fieldsByName(was),
		movedTo: make(map[number]number), told: make(map[number]bool), peers: make(map[number][]peer),
		headOneofs: make(map[protoreflect.Name]bool), wasReserved: reservedBy(was), reserved: reservedBy(now),
	}
	for i := range now.Oneofs().Len() {
		p.headOneofs[now.Oneofs().Get(i).Name()] = true
	}
	p.numbers = slices.Sorted(maps.Keys(p.base))
	headByName := fieldsByName(now)
	for n, f := range p.base {
		if g := headByName[f.Name()]; g != nil && g.Number() != n {
			p.movedTo[n] = g.Number()
		}
		if g := p.head[n]; g != nil {
			p.peers[n] = d.fieldPeers(f, g)
		} else {
			p.peers[n] = d.gonePeers(f, p.reserved)
		}
		if o := oneofName(f); o != "" && !p.headOneofs[o] {
			p.peers[n] = append(p.peers[n], buf("ONEOF_NO_DELETE")...)
		}
	}
	for n, g := range p.head {
		if p.base[n] == nil && saysRequired(g) {
			p.peers[n] = buf("MESSAGE_SAME_REQUIRED_FIELDS")
		}
	}
	p.oneofs = p.pairOneofs()
	p.crowds()
	return p
}

// report tells each field's story once.
func (p *fieldPairs) report() {
	p.renamedOneofs()
	swapped := p.swaps()
	for _, n := range p.numbers {
		f, g := p.base[n], p.head[n]
		to, movedAway := p.movedTo[n]
		switch {
		case swapped[n]:
		case movedAway:
			p.renumbered(f, p.head[to])
		case g == nil || p.cameFromElsewhere(g):
			p.removed(f, g)
		default:
			p.told[n] = true
			p.changedOneof(f, g)
			p.d.fields(f, g, p.scope, p.peers[n])
		}
	}
	for _, n := range slices.Sorted(maps.Keys(p.head)) {
		if !p.told[n] {
			p.added(p.head[n])
		}
	}
}

// cameFromElsewhere reports whether g had another number in the base.
func (p *fieldPairs) cameFromElsewhere(g field) bool {
	f := p.byName[g.Name()]
	return f != nil && f.Number() != g.Number()
}

// maxRing bounds how long a ring of fields is followed. The fields of a longer one
// are told one by one.
const maxRing = 50

// swaps reports fields that changed places with each other, each ring of them
// once, and returns their numbers.
func (p *fieldPairs) swaps() map[number]bool {
	swapped := make(map[number]bool)
	for _, n := range p.numbers {
		ring := []number{n}
		next, ok := p.movedTo[n]
		for ok && !swapped[next] && next != n && len(ring) < maxRing && !slices.Contains(ring, next) {
			ring = append(ring, next)
			next, ok = p.movedTo[next]
		}
		if ok && next == n && !swapped[n] {
			p.swapped(ring)
			for _, m := range ring {
				swapped[m], p.told[m] = true, true
			}
		}
	}
	return swapped
}

func (p *fieldPairs) swapped(ring []number) {
	var names, from, to []string
	var peers []peer
	for _, n := range ring {
		f := p.base[n]
		names = append(names, short(f))
		from = append(from, fmt.Sprintf("%s = %d", f.Name(), n))
		to = append(to, fmt.Sprintf("%s = %d", f.Name(), p.movedTo[n]))
		peers = append(peers, p.peers[n]...)
	}
	first := p.base[ring[0]]
	c := p.d.kept(first, p.head[p.movedTo[ring[0]]])
	c.Path, c.Key, c.From, c.To = pathOf(p.was), strings.Join(names, ","), strings.Join(from, ", "), strings.Join(to, ", ")
	c.Detail = fmt.Sprintf("%s changed places: %s", list(names), c.To)
	p.d.report(fieldNumbersSwapped, p.scope, valueLost|wireNew|wireOld, peers, c)
}

// list joins words as a sentence does.
func list(words []string) string {
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " and " + words[last]
	}
	return strings.Join(words, "")
}

func (p *fieldPairs) renumbered(f, g field) {
	p.told[g.Number()] = true
	c := p.d.kept(f, g)
	c.From, c.To = describe(f), describe(g)
	c.Detail = fmt.Sprintf("%s has the number %d instead of %d", short(f), g.Number(), f.Number())
	k := valueLost | wireNew | wireOld
	if !p.d.sameType(f, g) {
		c.Detail += " and became " + typeOf(g)
		k |= p.d.compare(f, g)
	}
	if was := p.base[g.Number()]; was != nil {
		c.Detail += fmt.Sprintf("; %d was the number of %s", g.Number(), was.Name())
	}
	p.d.report(fieldRenumbered, p.scope, k, slices.Concat(p.peers[f.Number()], p.peers[g.Number()]), c)
}

// removed reports that f is gone; taker is the field that has its number now.
func (p *fieldPairs) removed(f, taker field) {
	c := change.Change{
		Path: pathOf(f), From: typeOf(f), Base: p.d.base.at(f), Head: p.d.head.at(p.now),
		Detail: fmt.Sprintf("%s (field %d) is gone", short(f), f.Number()),
	}
	k := valueLost | jsonNew | jsonOld | byName
	switch {
	case taker != nil:
		k |= wireNew | wireOld
		c.Detail += fmt.Sprintf(", and its number is that of %s now", taker.Name())
	case !p.reserved.number(int64(f.Number())):
		k |= wireOld
		c.Detail += fmt.Sprintf(", and %d is not reserved", f.Number())
	}
	if isRequired(f) {
		k |= wireNew
	}
	p.d.report(fieldRemoved, p.scope, k, p.peers[f.Number()], c)
}

func (p *fieldPairs) added(g field) {
	c := change.Change{
		Path: pathOf(g), To: typeOf(g), Base: p.d.base.at(p.was), Head: p.d.head.at(g),
		Detail: fmt.Sprintf("%s (field %d) is new", short(g), g.Number()),
	}
	switch grown := p.grownOneof(g); {
	case isRequired(g):
		c.Detail += ", and required"
		p.d.report(p.scope.required(), p.scope, wireOld|jsonOld, p.peers[g.Number()], c)
	case p.wasReserved.number(int64(g.Number())) || p.wasReserved.names[g.Name()]: // told with what is no longer reserved
	case grown && p.scope.used&isRead != 0:
		c.Key = string(g.Name())
		c.Detail += fmt.Sprintf(", and can be set in the oneof %s in place of the others", oneofName(g))
		p.d.report(oneofMemberAdded, p.scope, valueNew|jsonNew, nil, c)
	default:
		p.d.report(fieldAdded, p.scope, 0, nil, c)
	}
}

// fields compares two fields of one number, or two extensions.
func (d *differ) fields(f, g field, s scope, peers []peer) {
	c := d.kept(f, g)
	renamed, sameType := nameOf(f) != nameOf(g), d.sameType(f, g)
	switch {
	case renamed && !sameType:
		c.From, c.To = describe(f), describe(g)
		c.Detail = fmt.Sprintf("field %d of %s was %s %s and is %s %s", f.Number(), short(f.ContainingMessage()), typeOf(f), nameOf(f), typeOf(g), nameOf(g))
		d.report(fieldNumberReused, s, valueLost|wireNew|wireOld|jsonNew|jsonOld|byName, peers, c)
		return
	case renamed:
		c.From, c.To = nameOf(f), nameOf(g)
		c.Detail = fmt.Sprintf("%s (field %d) is now called %s", short(f), f.Number(), nameOf(g))
		d.report(fieldRenamed, s, byName|jsonNameRisk(f, g), peers, c)
	case f.JSONName() != g.JSONName() && !f.IsExtension():
		c.From, c.To = f.JSONName(), g.JSONName()
		c.Detail = fmt.Sprintf("%s: JSON calls it %q instead of %q", short(f), g.JSONName(), f.JSONName())
		d.report(jsonNameChanged, s, jsonNew|jsonOld, peers, c)
	}
	if sameType {
		d.presence(f, g, s, peers)
		d.defaults(f, g, s, peers)
	} else {
		c.From, c.To = typeOf(f), typeOf(g)
		c.Detail = fmt.Sprintf("%s: %s became %s", short(f), c.From, c.To)
		d.report(fieldTypeChanged, s, d.compare(f, g)|requiredRisk(f, g), peers, c)
	}
	d.fieldChoices(f, g, s, peers)
	d.options(f, g, d.kept(f, g), s)
}

// jsonNameRisk says what a new name does to JSON: nothing, where the key is kept.
func jsonNameRisk(f, g field) risk {
	if f.JSONName() == g.JSONName() {
		return 0
	}
	return jsonNew | jsonOld
}

// sameType reports whether f and g hold the same, one of it or many.
func (d *differ) sameType(f, g field) bool {
	switch {
	case f.IsMap() && g.IsMap():
		return f.MapKey().Kind() == g.MapKey().Kind() && d.sameType(f.MapValue(), g.MapValue())
	case f.IsMap() != g.IsMap(): // a map is sugar for a list of entries
		return f.Kind() == g.Kind() && f.Cardinality() == g.Cardinality()
	case f.Kind() != g.Kind():
		return false
	}
	a, b := heldBy(f), heldBy(g)
	return a == nil || d.same(a, b)
}

func fieldsByNumber(m message) map[number]field {
	all := make(map[number]field, m.Fields().Len())
	for i := range m.Fields().Len() {
		all[m.Fields().Get(i).Number()] = m.Fields().Get(i)
	}
	return all
}

func fieldsByName(m message) map[protoreflect.Name]field {
	all := make(map[protoreflect.Name]field, m.Fields().Len())
	for i := range m.Fields().Len() {
		all[m.Fields().Get(i).Name()] = m.Fields().Get(i)
	}
	return all
}

// typeOf writes the type of f as a file would.
func typeOf(f field) string {
	switch {
	case f.IsMap():
		return fmt.Sprintf("map<%s, %s>", typeOf(f.MapKey()), typeOf(f.MapValue()))
	case f.IsList():
		return "repeated " + singleType(f)
	}
	return singleType(f)
}

func singleType(f field) string {
	switch {
	case f.Kind() == protoreflect.GroupKind && f.ParentFile().Syntax() == protoreflect.Editions:
		return "delimited " + string(f.Message().FullName())
	case f.Kind() == protoreflect.GroupKind:
		return "group " + string(f.Message().FullName())
	case f.Message() != nil:
		return string(f.Message().FullName())
	case f.Enum() != nil:
		return string(f.Enum().FullName())
	}
	return f.Kind().String()
}

// describe writes f as a file would: its type, name and number.
func describe(f field) string {
	return fmt.Sprintf("%s %s = %d", typeOf(f), nameOf(f), f.Number())
}

var fieldRemoved = &change.Rule{
	ID: "protobuf/field-removed", Idea: change.FieldRemoved,
	Title:  "A field was removed",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code,
	Why: `A consumer that reads the field finds nothing in its place: binary readers get the empty value, JSON and
generated code lose the name. Unless the number is reserved, a later field can take it, and old data then fills that field.`,
	Fix:  `Mark the field deprecated, wait until no registered consumer uses it, and remove it.`,
	Then: `reserve its number and its name`,
	Also: also(slices.Concat(goneField, sameName, sameType, sameCard, sameOneof, sameValue, goneEntry)...),
}

var fieldAdded = &change.Rule{
	ID: "protobuf/field-added", Idea: change.FieldAdded,
	Title:  "A field was added",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `Readers that do not know it skip it, or keep it with the fields that they do not know.`,
	Fix:    `Nothing has to be done.`,
}

var fieldRenamed = &change.Rule{
	ID: "protobuf/field-renamed", Idea: "field-renamed",
	Title:  "A field has another name",
	Class:  change.Breaking,
	Breaks: change.JSON | change.Request | change.Query | change.Code,
	Why: `JSON readers look for the old key, field masks and queries name the old field, and generated code has
another accessor. Binary data carries the number only and stays as it is.`,
	Fix: `Keep the name, or at least keep the JSON key with json_name. A new meaning deserves a new field beside
the old one.`,
	Also: also(slices.Concat(sameName, sameType, sameOneof, goneEntry, goneExt)...),
}

var jsonNameChanged = &change.Rule{
	ID: "protobuf/json-name-changed", Idea: "json-name-changed",
	Title:  "A field has another name in JSON",
	Class:  change.Breaking,
	Breaks: change.JSON | change.Request | change.Code,
	Why:    `JSON readers look for the old key and find nothing, or refuse the new one.`,
	Fix:    `Keep json_name as it was. To move to another key, add a second field and fill both for a while.`,
	Also:   also("FIELD_SAME_JSON_NAME"),
}

var fieldRenumbered = &change.Rule{
	ID: "protobuf/field-renumbered", Idea: "field-renumbered",
	Title:  "A field has another number",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Code,
	Why: `On the wire a field is its number: readers of either version find the field empty in data of the other,
or read another field's value in its place.`,
	Fix:  `Give the field its old number back. A number is never given to anything else.`,
	Also: also(slices.Concat(goneField, sameName, sameType, sameCard, sameOneof, sameValue, goneEntry)...),
}

var fieldNumbersSwapped = &change.Rule{
	ID: "protobuf/field-numbers-swapped", Idea: "field-numbers-swapped",
	Title:  "Fields changed places: each has the number of another",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.Replay | change.Request | change.Code,
	Why: `Nothing fails and everything is wrong: readers of either version decode one field's value into another, and no
parser can tell.`,
	Fix:  `Give every field its old number back. The order in the file means nothing, so fields can be sorted without new numbers.`,
	Also: also(slices.Concat(sameName, sameType, sameCard, sameOneof, sameValue, goneEntry)...),
}

var fieldNumberReused = &change.Rule{
	ID: "protobuf/field-number-reused", Idea: "field-number-reused",
	Title:  "A number belongs to another field now",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code,
	Why: `A field was replaced by one of another name and type under the same number. Readers of the old
version read the new field's bytes as the old one, and old data fills the new field.`,
	Fix:  `Give the new field a number of its own, and reserve the number and the name of the old one.`,
	Also: also(slices.Concat(sameName, sameType, sameCard, sameOneof, sameValue, goneEntry, goneExt)...),
}

var fieldTypeChanged = &change.Rule{
	ID: "protobuf/field-type-changed", Idea: "field-type-changed",
	Title:  "A field has another type",
	Class:  change.Breaking,
	Breaks: change.Wire | change.JSON | change.Replay | change.Request | change.Code,
	Why: `Generated code has another type. Depending on the two types, data of one version is cut off, loses its
sign, turns into something else or is skipped by readers of the other; the surfaces say which of them.`,
	Fix:  `Add a field of the new type beside the old one, fill both, and retire the old one when nobody reads it.`,
	Also: also(slices.Concat(sameType, sameCard, sameOneof, sameValue, goneEntry)...),
}
