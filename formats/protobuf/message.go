package protobuf

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
)

// messages compares two messages that are one.
func (d *differ) messages(was, now message, s scope) {
	d.options(was, now, d.kept(was, now), s)
	d.accessor(was, now, s)
	d.jsonFormat(was, now, s, "MESSAGE_SAME_JSON_FORMAT")
	d.reservedFields(was, now, s)
	d.extensionRanges(was, now, s)
	d.pairFields(was, now, s).report()
	d.checksOfText(was, now, s)
}

// extensions compares extensions, which pair by what they extend and by their
// number. Those that the port's own files declare count as served even where what
// they extend is not: they are options that others set.
func (d *differ) extensions() {
	for _, extended := range slices.Sorted(maps.Keys(d.base.exts)) {
		to := extended
		if now := d.to[extended]; now != nil {
			to = now.FullName()
		}
		head := byNumber(d.head.exts[to])
		for _, f := range d.base.exts[extended] {
			s := d.extensionScope(f, extended == to)
			switch g := head[f.Number()]; {
			case s.used == 0 && !d.base.own(f):
			case g == nil:
				d.extensionGone(f, s)
			case !d.untouched(f, g):
				d.extensionKept(f, g, s)
			}
			delete(head, f.Number())
		}
		d.extensionsNew(head)
	}
	for _, extended := range slices.Sorted(maps.Keys(d.head.exts)) {
		was := extended
		if from := d.from[extended]; from != nil {
			was = from.FullName()
		}
		if d.base.exts[was] == nil {
			d.extensionsNew(byNumber(d.head.exts[extended]))
		}
	}
}

func byNumber(fields []field) map[number]field {
	all := make(map[number]field, len(fields))
	for _, f := range fields {
		all[f.Number()] = f
	}
	return all
}

func (d *differ) extensionScope(f field, peers bool) scope {
	used := d.base.used[f.ContainingMessage().FullName()]
	if used == 0 && d.base.root == nil && d.base.own(f) {
		used = isRead
	}
	return scope{used, peers}
}

func (d *differ) extensionKept(f, g field, s scope) {
	peers := append(d.fieldPeers(f, g), d.gone(f)...)
	from, to := d.base.file(f), d.head.file(g)
	if f.FullName() == g.FullName() && from != nil && to != nil && from.own && d.fileNow(from) != nil && d.fileNow(from) != to {
		c := d.kept(f, g)
		c.From, c.To = from.path, to.path
		c.Detail = fmt.Sprintf("%s moved from %s to %s", short(f), from.path, to.path)
		d.report(declMoved, s, 0, peers, c)
	}
	d.fields(f, g, s, peers)
	var checks checkChanges
	checks.add(f.Name(), textChecks(f, g))
	d.reportChecks(short(f), checks, d.kept(f, g), s)
}

// extensionGone reports an extension that is gone, unless it went with the message
// that it was declared in.
func (d *differ) extensionGone(f field, s scope) {
	if owner, ok := f.Parent().(message); ok && d.to[owner.FullName()] == nil {
		return
	}
	c := change.Change{
		Path: pathOf(f), From: typeOf(f), Base: d.base.at(f), Head: d.survivor(f),
		Detail: fmt.Sprintf("%s (field %d of %s) is gone", short(f), f.Number(), short(f.ContainingMessage())),
	}
	d.report(extensionRemoved, s, valueLost|jsonNew|jsonOld|wireOld|byName, d.gone(f), c)
}

func (d *differ) extensionsNew(head map[number]field) {
	for _, n := range slices.Sorted(maps.Keys(head)) {
		if g := head[n]; d.head.own(g) {
			d.report(extensionAdded, everywhere, 0, nil, change.Change{
				Path: pathOf(g), To: typeOf(g), Head: d.head.at(g),
				Detail: fmt.Sprintf("%s (field %d of %s) is new", short(g), g.Number(), short(g.ContainingMessage())),
			})
		}
	}
}

// reservedFields reports numbers and names that a message no longer reserves, and
// which fields have taken them.
func (d *differ) reservedFields(was, now message, s scope) {
	c := d.kept(was, now)
	lost := reservedBy(was).without(reservedBy(now))
	var takers []string
	for i := range now.Fields().Len() {
		if f := now.Fields().Get(i); lost.number(int64(f.Number())) || lost.names[f.Name()] {
			takers = append(takers, describe(f))
			c.Head = d.head.at(f)
		}
	}
	d.unreserved(was, lost.words(), takers, s, "RESERVED_MESSAGE_NO_DELETE", c)
}

func reservedBy(m message) reservedSet {
	return newReserved(fieldRanges(m.ReservedRanges()), m.ReservedNames())
}

// unreserved says what a message or an enum no longer reserves.
func (d *differ) unreserved(was decl, lost, takers []string, s scope, id string, c change.Change) {
	if len(lost) == 0 {
		return
	}
	c.From, c.To = strings.Join(lost, ", "), strings.Join(takers, ", ")
	c.Detail = fmt.Sprintf("%s no longer reserves %s", short(was), list(lost))
	if len(takers) > 0 {
		c.Detail += ", and declares " + list(takers)
	}
	d.report(reservedRemoved, s, wireOld, buf(id), c)
}

func (d *differ) extensionRanges(was, now message, s scope) {
	lost := lostRanges(fieldRanges(was.ExtensionRanges()), fieldRanges(now.ExtensionRanges()))
	if len(lost) == 0 {
		return
	}
	c := d.kept(was, now)
	c.From = strings.Join(words(lost), ", ")
	c.Detail = fmt.Sprintf("%s can no longer be extended at %s", short(was), list(words(lost)))
	d.report(extensionRangeRemoved, s, valueLost|wireOld, buf("EXTENSION_MESSAGE_NO_DELETE"), c)
}

var reservedRemoved = &change.Rule{
	ID: "protobuf/reserved-removed", Idea: "reserved-removed",
	Title:  "A number or a name is no longer reserved",
	Class:  change.Risky,
	Breaks: change.Replay | change.Request | change.Code,
	Why: `Something used it once: old data, or a consumer that was never updated, may still carry it, and whatever
takes the number now is filled with that.`,
	Fix:  `Keep what is reserved, for ever. Numbers are not scarce: give the new element one that was never used.`,
	Also: also("RESERVED_MESSAGE_NO_DELETE", "RESERVED_ENUM_NO_DELETE"),
}

var extensionRangeRemoved = &change.Rule{
	ID: "protobuf/extension-range-removed", Idea: "extension-range-removed",
	Title:  "A message can be extended less than before",
	Class:  change.Breaking,
	Breaks: change.Value | change.Replay | change.Request | change.Code,
	Why:    `Extensions that others declared in the range no longer compile, and their data is skipped.`,
	Fix:    `Keep the range. If no extension is to be added any more, say so in a comment.`,
	Also:   also("EXTENSION_MESSAGE_NO_DELETE"),
}

var extensionRemoved = &change.Rule{
	ID: "protobuf/extension-removed", Idea: change.FieldRemoved,
	Title:  "An extension was removed",
	Class:  change.Breaking,
	Breaks: change.Value | change.JSON | change.Replay | change.Request | change.Query | change.Code,
	Why:    `Whoever reads the extension finds nothing in its place, and files that set it no longer compile.`,
	Fix:    `Mark it deprecated, wait until nobody uses it, then remove it and note that its number is taken.`,
	Also:   also(goneDecl...),
}

var extensionAdded = &change.Rule{
	ID: "protobuf/extension-added", Idea: "extension-added",
	Title:  "An extension was added",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `Readers that do not know it skip it.`,
	Fix:    `Nothing has to be done.`,
}
