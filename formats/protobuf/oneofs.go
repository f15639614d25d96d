package protobuf

import (
	"fmt"
	"maps"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// oneofName returns the name of the oneof that f stands in; empty if it stands in
// none. What the language wraps around a proto3 optional field is none: it is
// how presence is spelled.
func oneofName(f field) protoreflect.Name {
	if o := f.ContainingOneof(); o != nil && !o.IsSynthetic() {
		return o.Name()
	}
	return ""
}

// pairOneofs returns the oneofs of the base that have another name in the head:
// all members that are left stand in one that is new and holds no field besides
// them that was elsewhere.
func (p *fieldPairs) pairOneofs() map[protoreflect.Name]protoreflect.Name {
	to, mixed := make(map[protoreflect.Name]protoreflect.Name), make(map[protoreflect.Name]bool)
	from := make(map[protoreflect.Name]protoreflect.Name)
	baseOneofs := make(map[protoreflect.Name]bool)
	for i := range p.was.Oneofs().Len() {
		baseOneofs[p.was.Oneofs().Get(i).Name()] = true
	}
	for _, n := range p.numbers {
		g := p.head[n]
		if g == nil {
			continue
		}
		a, b := oneofName(p.base[n]), oneofName(g)
		if a == "" || b == "" || p.headOneofs[a] || baseOneofs[b] || to[a] != "" && to[a] != b || from[b] != "" && from[b] != a {
			mixed[a] = true
			mixed[b] = true
			continue
		}
		to[a], from[b] = b, a
	}
	maps.DeleteFunc(to, func(a, b protoreflect.Name) bool { return mixed[a] || mixed[b] })
	return to
}

func (p *fieldPairs) renamedOneofs() {
	for _, a := range slices.Sorted(maps.Keys(p.oneofs)) {
		b := p.oneofs[a]
		c := p.d.kept(p.was, p.now)
		c.Key, c.From, c.To = string(a), string(a), string(b)
		var peers []peer
		for n, f := range p.base {
			if oneofName(f) == a {
				peers = append(peers, p.peers[n]...)
			}
		}
		c.Base = p.d.base.at(p.was.Oneofs().ByName(a))
		c.Head = p.d.head.at(p.now.Oneofs().ByName(b))
		c.Detail = fmt.Sprintf("the oneof %s of %s is now called %s", a, short(p.was), b)
		p.d.report(oneofRenamed, p.scope, 0, peers, c)
	}
}

// changedOneof reports that a field joined a oneof, left one, or both.
func (p *fieldPairs) changedOneof(f, g field) {
	a, b := oneofName(f), oneofName(g)
	if a == b || p.oneofs[a] == b && b != "" {
		return
	}
	joined, left := p.joined[b].beside(p, f, a), p.left[a].beside(p, f, b)
	c := p.d.kept(f, g)
	c.From, c.To = string(a), string(b)
	rule, k := fieldOneofChanged, risk(0)
	switch {
	case len(joined) > 0:
		rule, k = fieldJoinedOneof, valueLost|jsonNew|jsonOld|wireOld
		if len(left) > 0 {
			k |= wireNew
		}
		c.Detail = fmt.Sprintf("%s joined the oneof %s, so it can no longer be set together with %s", short(f), b, list(joined))
	case len(left) > 0:
		rule, k = fieldLeftOneof, valueNew|wireNew|jsonNew
		c.Detail = fmt.Sprintf("%s left the oneof %s, so it can be set together with %s", short(f), a, list(left))
	case b == "":
		c.Detail = fmt.Sprintf("%s no longer stands in the oneof %s, in which it was alone", short(f), a)
	default:
		c.Detail = fmt.Sprintf("%s stands in the oneof %s now, where no field was before", short(f), b)
	}
	p.d.report(rule, p.scope, k, p.peers[f.Number()], c)
}

// A crowd is the fields of a oneof that stand on both sides, by where they are on
// the other one: in which oneof, or in none. It names a few and knows them all.
type crowd struct {
	total int
	at    map[protoreflect.Name]int
	few   []number
}

func (c *crowd) add(f field, at protoreflect.Name) {
	const fewOfEach, fewPlaces = 4, 3
	if c.at == nil {
		c.at = make(map[protoreflect.Name]int)
	}
	if c.at[at] < fewOfEach && len(c.at) <= fewPlaces {
		c.few = append(c.few, f.Number())
	}
	c.at[at]++
	c.total++
}

// beside names those that f meets in the crowd without having been in one oneof
// with them on the other side, where it is at at.
func (c *crowd) beside(p *fieldPairs, f field, at protoreflect.Name) []string {
	if c == nil || at == "" && c.total == 1 || at != "" && c.total == c.at[at] {
		return nil
	}
	var names []string
	for _, n := range c.few {
		if g := p.head[n]; n != f.Number() && (at == "" || oneofName(g) != at && oneofName(p.base[n]) != at) {
			names = append(names, string(g.Name()))
		}
	}
	if len(names) > mostNamed || len(names) == 0 {
		names = append(names[:min(len(names), mostNamed)], "others")
	}
	return names
}

// crowds counts the fields that stand on both sides by the oneofs of the head that
// they joined, and by those of the base that they left.
func (p *fieldPairs) crowds() {
	p.joined, p.left = make(map[protoreflect.Name]*crowd), make(map[protoreflect.Name]*crowd)
	join := func(in map[protoreflect.Name]*crowd, f field, oneof, other protoreflect.Name) {
		if oneof == "" {
			return
		}
		if in[oneof] == nil {
			in[oneof] = new(crowd)
		}
		in[oneof].add(f, other)
	}
	for _, n := range p.numbers {
		if f, g := p.base[n], p.head[n]; g != nil {
			join(p.joined, f, oneofName(g), oneofName(f))
			join(p.left, f, oneofName(f), oneofName(g))
		}
	}
}

// grownOneof reports whether g, which is new, stands in a oneof with a field that
// is not.
func (p *fieldPairs) grownOneof(g field) bool {
	if oneofName(g) == "" {
		return false
	}
	members := g.ContainingOneof().Fields()
	for i := range members.Len() {
		if p.base[members.Get(i).Number()] != nil {
			return true
		}
	}
	return false
}

var oneofRenamed = &change.Rule{
	ID: "protobuf/oneof-renamed", Idea: "oneof-renamed",
	Title:  "A oneof has another name",
	Class:  change.Breaking,
	Breaks: change.Code,
	Why: `Generated code that asks which member is set no longer compiles. A oneof has no name on the wire nor in JSON,
so data stays as it is.`,
	Fix:  `Keep the name, unless all consumers regenerate their code with you.`,
	Also: also(sameOneof...),
}

var fieldJoinedOneof = &change.Rule{
	ID: "protobuf/field-joined-oneof", Idea: "field-joined-oneof",
	Title:  "A field joined a oneof with fields that could be set beside it",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Code,
	Why: `Only one of them can be set now: a consumer that reads both gets one, and of old data that has both, a new reader
keeps the last.`,
	Fix:  `Put new fields into the oneof, and leave those that exist where they are.`,
	Also: also(slices.Concat(sameOneof, sameCard)...),
}

var fieldLeftOneof = &change.Rule{
	ID: "protobuf/field-left-oneof", Idea: "field-left-oneof",
	Title:  "A field left a oneof, and can be set beside the others",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.JSON | change.Code,
	Why: `A consumer with the old schema that meets data with two of them set keeps one and drops the other; one that
takes the first it finds may take the wrong one.`,
	Fix:  `Add a field outside of the oneof beside the one inside.`,
	Also: also(slices.Concat(sameOneof, sameCard)...),
}

var fieldOneofChanged = &change.Rule{
	ID: "protobuf/field-oneof-changed", Idea: "field-oneof-changed",
	Title:  "A field moved into or out of a oneof that has no other old field",
	Class:  change.Risky,
	Breaks: change.Code,
	Why:    `Data stays as it is. Generated code of some languages reads the field in another way.`,
	Fix:    `Tell the consumers that generate code; nobody else has to do anything.`,
	Also:   also(slices.Concat(sameOneof, sameCard)...),
}

var oneofMemberAdded = &change.Rule{
	ID: "protobuf/oneof-member-added", Idea: change.ValueAdded,
	Title:  "A oneof has a new member",
	Class:  change.Risky,
	Breaks: change.Value | change.JSON | change.Code,
	Why: `Where the new member is set, a consumer that knows only the others sees none of them, as if nothing had been
sent.`,
	Fix: `Tell the consumers before the first message carries it, so that they handle it, or refuse what they do not know.`,
}
