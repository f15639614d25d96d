package protobuf

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// diff pairs the declarations of two ports, once, and walks the pairs, once. A file
// that did not change, and imports nothing that did, is not walked.
func diff(base, head *port) []change.Change {
	d := &differ{
		pairing: head.pairWith(base), equal: make(map[[2]*file]bool), contexts: make(map[[2]*file]bool),
		compared: make(map[[2]string]risk), grew: make(map[[2]name]bool),
	}
	d.files()
	d.root()
	for _, was := range base.order {
		now := d.to[was.FullName()]
		switch {
		case was == base.root && now == nil: // told above
		case isEntry(was) || !base.own(was) && base.used[was.FullName()] == 0: // nobody declared it, or the port has no use for it
		case now == nil:
			d.declRemoved(was)
		case !d.untouched(was, now) && !d.identical(was, now):
			d.declKept(was, now)
		}
	}
	for _, now := range head.order {
		if d.from[now.FullName()] == nil && head.own(now) && !isEntry(now) {
			d.declAdded(now)
		}
	}
	d.extensions()
	return d.changes
}

type differ struct {
	*pairing
	changes []change.Change

	// What was found out once, since a port can ask it of many fields.
	equal      map[[2]*file]bool
	contexts   map[[2]*file]bool
	compared   map[[2]string]risk // by the texts of two types
	grew       map[[2]name]bool
	references map[name][]peer // by type; nil: not yet asked
	unset      map[name][]peer // by enum; nil: not yet asked
}

// untouched reports whether the files of two declarations have the same text and
// the same imports.
func (d *differ) untouched(was, now decl) bool {
	f, g := d.base.file(was), d.head.file(now)
	return f != nil && g != nil && was.FullName() == now.FullName() && d.sameText(f, g)
}

func (d *differ) sameText(f, g *file) bool {
	key := [2]*file{f, g}
	equal, known := d.equal[key]
	if known {
		return equal
	}
	equal = f.own == g.own && f.path == g.path && bytes.Equal(f.text, g.text)
	for i := 0; equal && i < len(f.imports); i++ {
		to, other := f.imports[i].target, g.imports[i].target
		equal = to == nil && other == nil || to != nil && other != nil && d.sameText(to, other)
	}
	d.equal[key] = equal
	return equal
}

// A scope is what has to be known of a declaration to judge a change in it.
type scope struct {
	used  usage // by whom its data is written; zero: nothing that is served reaches it
	peers bool  // it kept its full name: tools that pair by name compare it as well
}

func (d *differ) scope(was, now decl) scope {
	used := d.base.used[was.FullName()]
	if used == 0 && d.base.root == nil {
		used = isRead // an option that the port declares, a message that only holds types
	}
	return scope{used, was.FullName() == now.FullName()}
}

// report adds a change of what was into what now is. Its place may have been set
// to something else; its class follows from the rule, its surfaces from the risk.
func (d *differ) report(r *change.Rule, s scope, k risk, ids []peer, c change.Change) {
	c.Rule, c.Surfaces = r, s.used.surfaces(k|inCode)&r.Breaks
	if s.used == 0 {
		c.Rule, c.Surfaces, c.Key = unreached, change.Code, strings.TrimSuffix(r.Name()+" "+c.Key, " ")
		c.Detail += "; nothing that is served reaches it"
	}
	for _, id := range ids {
		if slices.Contains(c.Rule.Also, id.ID) && (s.peers || id.always) {
			c.Also = append(c.Also, d.placed(id.Peer, c))
		}
	}
	slices.SortFunc(c.Also, func(a, b change.Peer) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), a.At.Compare(b.At), strings.Compare(a.Was, b.Was))
	})
	c.Also = slices.Compact(c.Also)
	d.changes = append(d.changes, c)
}

// placed returns p as it is told of c: without the places that c has as well.
func (d *differ) placed(p change.Peer, c change.Change) change.Peer {
	if p.At.File == c.Head.File {
		p.At = source.Span{}
	}
	was := cmp.Or(p.Was, c.Base.File)
	if was == c.Base.File {
		p.Was = ""
	}
	if f := d.base.byPath[cmp.Or(was, c.Head.File)]; f != nil {
		p.Unstable = isUnstable(f.Package())
	}
	return p
}

// kept starts a change of what stands on both sides.
func (d *differ) kept(was, now decl) change.Change {
	return change.Change{Path: pathOf(was), Base: d.base.at(was), Head: d.head.at(now)}
}

// root reports that the port serves another type, which is not the same under
// another name.
func (d *differ) root() {
	was := d.base.root
	switch {
	case was == nil || d.head.root != nil && d.same(was, d.head.root):
		return
	case d.head.root == nil && d.to[was.FullName()] != nil: // it is one of all types now
		return
	}
	c := change.Change{Path: pathOf(was), From: string(was.FullName()), Base: d.base.at(was), Head: d.survivor(was)}
	c.Detail = short(was) + ", which the port served, is gone"
	if d.head.root != nil {
		c.To, c.Head = string(d.head.root.FullName()), d.head.at(d.head.root)
		c.Detail = "the port served " + short(was) + " and serves " + short(d.head.root) + " now"
	}
	d.report(rootRemoved, scope{isRead | isSent, true}, valueLost|wireNew|wireOld|jsonNew|byName, d.gone(was), c)
}

var rootRemoved = &change.Rule{
	ID: "protobuf/root-removed", Idea: change.TypeRemoved,
	Title:  "The type that the port serves is gone",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code,
	Why: `Every consumer of the port reads this type, and none of its fields leads anywhere now. Even where the
bytes still decode, a registry or a topic that names the type no longer finds it.`,
	Fix:  `Serve the other type at a port of its own, beside this one, until no consumer is left here.`,
	Also: also(goneDecl...),
}

var unreached = &change.Rule{
	ID: "protobuf/unreached-changed", Idea: "unreached-changed",
	Title:  "Something changed that the served type does not reach",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `No data of this port holds it, so nobody who reads the port can notice.`,
	Fix:    `Nothing has to be done; if it is served after all, leave the root of the port out or name the other type.`,
}

// survivor returns the nearest thing left in the head of what enclosed was: a
// message or the like, else the file, else nothing.
func (d *differ) survivor(was decl) source.Span {
	for in := was.Parent(); in != nil && in != decl(in.ParentFile()); in = in.Parent() {
		if now := d.to[in.FullName()]; now != nil {
			return d.head.at(now)
		}
	}
	if f := d.fileNow(d.base.file(was)); f != nil {
		return source.Top(f.path)
	}
	return source.Span{}
}

// fileNow returns f as it stands in the head: at the same place, or under the
// same import path; nil if it is gone.
func (d *differ) fileNow(f *file) *file {
	if f == nil {
		return nil
	}
	return cmp.Or(d.head.byPath[f.path], d.head.named[f.name])
}

func itoa[N ~int | ~int32 | ~int64](n N) string { return strconv.FormatInt(int64(n), 10) }
