package protobuf

import (
	"fmt"

	"github.com/breakwater-data/breakwater/checker/change"
)

// declKept compares two declarations that are one.
func (d *differ) declKept(was, now decl) {
	s := d.scope(was, now)
	d.place(was, now, s)
	switch was := was.(type) {
	case message:
		d.messages(was, now.(message), s)
	case enum:
		d.enums(was, now.(enum), s)
	case service:
		d.services(was, now.(service), s)
	}
}

// place reports that a declaration has another full name, or stands in another
// file. What is inside one that was renamed, or whose package was, is not told
// again.
func (d *differ) place(was, now decl, s scope) {
	f := d.base.file(was)
	c := d.kept(was, now)
	c.From, c.To = string(was.FullName()), string(now.FullName())
	switch {
	case was.FullName() != now.FullName():
		if d.byRenamed(was, now) {
			return
		}
		c.Detail = fmt.Sprintf("%s is now called %s", short(was), newName(was, now))
		d.report(renamedAs(was), s, d.renameRisk(was), append(d.gone(was), d.referencePeers(was)...), c)
	case f != nil && f.own && was.Parent() == decl(was.ParentFile()) && d.fileNow(f) != nil && d.fileNow(f) != d.head.file(now):
		c.From, c.To = f.path, ""
		if g := d.head.file(now); g != nil {
			c.To = g.path
		}
		c.Detail = fmt.Sprintf("%s moved from %s to %s", short(was), c.From, c.To)
		d.report(declMoved, s, 0, append(d.gone(was), d.relabeledWithin(was)...), c)
	}
}

// byRenamed reports whether was has another name because what encloses it has.
func (d *differ) byRenamed(was, now decl) bool {
	if to, ok := d.packages[was.ParentFile().Package()]; ok {
		return now.FullName() == moved(was.FullName(), was.ParentFile().Package(), to)
	}
	owner := d.to[was.Parent().FullName()]
	return owner != nil && was.Name() == now.Name() && now.Parent().FullName() == owner.FullName()
}

// newName returns the name of now, with its package if that is another one.
func newName(was, now decl) string {
	if was.ParentFile().Package() != now.ParentFile().Package() {
		return string(now.FullName())
	}
	return short(now)
}

// renameRisk says who notices another name. The name of a type is in no bytes; but
// a type that is served by itself is found by its name, and a method by that of
// its service.
func (d *differ) renameRisk(was decl) risk {
	switch was.(type) {
	case service:
		return byName | wireNew | jsonNew | wireOld
	case message:
		if d.servedItself(was) {
			return byName | wireNew | jsonNew
		}
		return byName
	}
	return 0
}

// servedItself reports whether was is found by its name and not as a part of
// something else.
func (d *differ) servedItself(was decl) bool {
	return was == d.base.root || !d.base.embedded[was.FullName()]
}

func renamedAs(was decl) *change.Rule {
	return map[string]*change.Rule{"message": messageRenamed, "enum": enumRenamed, "service": serviceRenamed}[kindOf(was)]
}

// referencePeers lists what buf says of the fields and methods that refer to a
// type that has another name now.
func (d *differ) referencePeers(was decl) []peer {
	if d.references == nil {
		d.references = make(map[name][]peer)
		for _, in := range d.base.order {
			switch now := d.to[in.FullName()].(type) {
			case message:
				if in.FullName() == now.FullName() && d.base.own(in) {
					d.fieldReferences(in.(message), now)
				}
			case service:
				if in.FullName() == now.FullName() && d.base.own(in) {
					d.methodReferences(in.(service), now)
				}
			}
		}
	}
	return d.references[was.FullName()]
}

func (d *differ) fieldReferences(was, now message) {
	fields := byNumberOf(d.head, now)
	for f := range d.base.fields(was) {
		g := fields[f.Number()]
		if g == nil || !d.sameType(f, g) {
			continue
		}
		if held := heldBy(f); held != nil && held.FullName() != heldBy(g).FullName() {
			ids := d.typePeers(f, g)
			if f.IsMap() && g.IsMap() && f.Message().FullName() == g.Message().FullName() {
				ids = d.typePeers(f.MapValue(), g.MapValue())
			}
			for _, id := range ids {
				d.references[held.FullName()] = append(d.references[held.FullName()], bufAt(d.base.file(f), d.head.file(g), id))
			}
		}
	}
}

func (d *differ) methodReferences(was, now service) {
	methods := methodsOf(now)
	for _, m := range methodsOf(was) {
		n := methods[m.Name()]
		if n == nil {
			continue
		}
		for id, held := range map[string][2]message{"RPC_SAME_REQUEST_TYPE": {m.Input(), n.Input()}, "RPC_SAME_RESPONSE_TYPE": {m.Output(), n.Output()}} {
			if a, b := held[0], held[1]; a.FullName() != b.FullName() && d.same(a, b) {
				d.references[a.FullName()] = append(d.references[a.FullName()], bufAt(d.base.file(m), d.head.file(n), id))
			}
		}
	}
}

// byNumberOf returns the fields of m and its extensions.
func byNumberOf(p *port, m message) map[number]field {
	all := make(map[number]field)
	for f := range p.fields(m) {
		all[f.Number()] = f
	}
	return all
}

// declRemoved reports that a declaration is gone; what was inside it went with it.
func (d *differ) declRemoved(was decl) {
	if owner, ok := was.Parent().(message); ok && d.to[owner.FullName()] == nil {
		return
	}
	s := scope{d.scope(was, was).used, true}
	c := change.Change{
		Path: pathOf(was), From: string(was.FullName()), Base: d.base.at(was), Head: d.survivor(was),
		Detail: fmt.Sprintf("the %s %s is gone", kindOf(was), short(was)),
	}
	rule, k := enumRemoved, risk(0)
	switch was.(type) {
	case service:
		rule, k = serviceRemoved, valueLost|wireNew|jsonNew|wireOld
	case message:
		rule, k = messageRemoved, byName
		if d.servedItself(was) {
			k |= valueLost | wireNew | jsonNew | wireOld
		}
	}
	d.report(rule, s, k, d.gone(was), c)
}

// declAdded reports that a declaration is new; what is inside it came with it.
func (d *differ) declAdded(now decl) {
	owner := now.Parent()
	if m, ok := owner.(message); ok && d.from[m.FullName()] == nil {
		return
	}
	c := change.Change{
		Path: pathOf(now), To: string(now.FullName()), Head: d.head.at(now),
		Detail: fmt.Sprintf("the %s %s is new", kindOf(now), short(now)),
	}
	if was := d.from[owner.FullName()]; was != nil {
		c.Base = d.base.at(was)
	}
	rule := map[string]*change.Rule{"message": messageAdded, "enum": enumAdded, "service": serviceAdded}[kindOf(now)]
	d.report(rule, scope{isRead | isSent, true}, 0, nil, c)
}

var messageRemoved = &change.Rule{
	ID: "protobuf/message-removed", Idea: change.TypeRemoved,
	Title:  "A message was removed",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code,
	Why: `Whoever reads data of this type gets none any more, and whoever looks the type up, in a registry
or in an Any, no longer finds it. A message that was only part of others is missed by generated code; what the others
lose is told where their fields changed.`,
	Fix:  `Mark the message deprecated, wait until no registered consumer uses it, then remove it.`,
	Also: also(goneDecl...),
}

var messageRenamed = &change.Rule{
	ID: "protobuf/message-renamed", Idea: "type-renamed",
	Title:  "A message has another full name",
	Class:  change.Breaking,
	Breaks: change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code,
	Why: `Generated code has another class, and a registry, an Any or a topic that names the type no longer finds it. The
bytes stay the same, so inside other messages nothing is lost.`,
	Fix:  `Keep the old message, deprecated, beside the new one until no consumer names it.`,
	Also: also(append(sameType, append(goneDecl, "RPC_SAME_REQUEST_TYPE", "RPC_SAME_RESPONSE_TYPE")...)...),
}

var messageAdded = &change.Rule{
	ID: "protobuf/message-added", Idea: "type-added",
	Title:  "A message was added",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `Nobody reads it yet.`,
	Fix:    `Nothing has to be done.`,
}

var declMoved = &change.Rule{
	ID: "protobuf/declaration-moved", Idea: "declaration-moved",
	Title:  "A declaration moved to another file of its package",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why: `Its full name is the same, so data and names stay as they are. Only languages that
generate one unit for each file, such as C++ and Python, import it from another place.`,
	Fix:  `Import the new file publicly from the old one, which keeps old imports working.`,
	Also: also(append(goneDecl, "MESSAGE_SAME_REQUIRED_FIELDS")...),
}

var enumRemoved = &change.Rule{
	ID: "protobuf/enum-removed", Idea: change.TypeRemoved,
	Title:  "An enum was removed",
	Class:  change.Breaking,
	Breaks: change.Code,
	Why: `Code that was generated from the old file names the enum and no longer compiles. What its fields lose is told
where they changed.`,
	Fix:  `Mark the enum deprecated, wait until no registered consumer uses it, then remove it.`,
	Also: also(goneDecl...),
}

var enumRenamed = &change.Rule{
	ID: "protobuf/enum-renamed", Idea: "type-renamed",
	Title:  "An enum has another full name",
	Class:  change.Breaking,
	Breaks: change.Code,
	Why:    `Generated code has another type. Bytes and JSON carry numbers and the names of values, which stay the same.`,
	Fix:    `Keep the old name unless every consumer regenerates its code together with you.`,
	Also:   also(append(sameType, goneDecl...)...),
}

var enumAdded = &change.Rule{
	ID: "protobuf/enum-added", Idea: "type-added",
	Title:  "An enum was added",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `Nobody reads it yet.`,
	Fix:    `Nothing has to be done.`,
}
