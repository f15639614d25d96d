package protobuf

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/schema"
)

// bufSays applies the rules of buf as buf does: each on its own, over files that
// are paired by path and declarations that are paired by full name. What our
// findings carry, all together, has to be the same.
func bufSays(d *differ) map[string]bool {
	o := &bufOracle{d: d, says: make(map[string]bool)}
	for _, f := range d.base.files {
		o.file(f, d.head.byPath[f.path])
	}
	for _, was := range d.base.order {
		switch now := d.head.decls[was.FullName()]; was := was.(type) {
		case message:
			if now, ok := now.(message); ok {
				o.message(was, now)
			}
		case enum:
			if now, ok := now.(enum); ok {
				o.enum(was, now)
			}
		case service:
			if now, ok := now.(service); ok {
				o.service(was, now)
			}
		}
	}
	return o.says
}

type bufOracle struct {
	d    *differ
	says map[string]bool
}

func (o *bufOracle) say(when bool, at decl, ids ...string) {
	path := ""
	if at != nil {
		path = o.d.head.file(at).path
	}
	for _, id := range ids {
		if when {
			o.says[id+" "+path] = true
		}
	}
}

func (o *bufOracle) file(f, g *file) {
	pkg := f.Package()
	o.say(g == nil, nil, "FILE_NO_DELETE")
	o.say(!o.d.head.packages[pkg], nil, "PACKAGE_NO_DELETE")
	if g != nil {
		o.say(f.Package() != g.Package(), g, "FILE_SAME_PACKAGE")
		o.say(syntaxOf(f) != syntaxOf(g), g, "FILE_SAME_SYNTAX")
		a, b := fileOptionsOf(f), fileOptionsOf(g)
		for _, option := range codeOptions {
			fd := a.Descriptor().Fields().ByName(option)
			o.say(text(fd, a.Get(fd)) != text(fd, b.Get(fd)), g, "FILE_SAME_"+strings.ToUpper(string(option)))
		}
	}
	for was := range top(f) {
		for part := range within(was) {
			id := bufKind(part) + "_NO_DELETE"
			if g != nil {
				nested := moved(part.FullName(), pkg, g.Package())
				o.say(!inFile(g, part, nested), g, id)
			}
			if o.d.head.packages[pkg] && o.d.declares(nil, part, part.FullName()) == nil {
				at := decl(nil)
				if g != nil {
					at = g
				}
				for in := part.Parent(); kindOf(part) == "message" && g != nil && in != decl(part.ParentFile()); in = in.Parent() {
					if now := o.d.head.decls[in.FullName()]; now != nil && kindOf(now) == "message" {
						at = now
						break
					}
				}
				o.say(true, at, "PACKAGE_"+id)
			}
		}
	}
}

func inFile(g *file, like decl, full name) bool {
	for now := range top(g) {
		for part := range within(now) {
			if part.FullName() == full && kindOf(part) == kindOf(like) {
				return true
			}
		}
	}
	return false
}

func (o *bufOracle) message(was, now message) {
	base, head := fieldsByNumber(was), fieldsByNumber(now)
	for n, f := range base {
		g := head[n]
		if g == nil {
			o.say(true, now, "FIELD_NO_DELETE")
			o.say(!now.ReservedNames().Has(f.Name()), now, "FIELD_NO_DELETE_UNLESS_NAME_RESERVED")
			o.say(!now.ReservedRanges().Has(n), now, "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED")
			o.say(saysRequired(f), now, "MESSAGE_SAME_REQUIRED_FIELDS")
			continue
		}
		o.field(f, g)
	}
	for n, g := range head {
		o.say(saysRequired(g) && base[n] == nil, now, "MESSAGE_SAME_REQUIRED_FIELDS")
	}
	for i := range was.Oneofs().Len() {
		a := was.Oneofs().Get(i)
		o.say(!a.IsSynthetic() && now.Oneofs().ByName(a.Name()) == nil, now, "ONEOF_NO_DELETE")
	}
	lost := reservedBy(was).without(reservedBy(now))
	o.say(len(lost.words()) > 0, now, "RESERVED_MESSAGE_NO_DELETE")
	o.say(len(lostRanges(fieldRanges(was.ExtensionRanges()), fieldRanges(now.ExtensionRanges()))) > 0, now, "EXTENSION_MESSAGE_NO_DELETE")
	o.say(feature(was, "json_format") == "ALLOW" && feature(now, "json_format") != "ALLOW", now, "MESSAGE_SAME_JSON_FORMAT")
}

func (o *bufOracle) field(f, g field) {
	entries := inEntry(f) && inEntry(g)
	a, b := presenceOf(f), presenceOf(g)
	o.say(f.Name() != g.Name(), g, "FIELD_SAME_NAME")
	o.say(f.JSONName() != g.JSONName(), g, "FIELD_SAME_JSON_NAME")
	o.say(oneofName(f) != oneofName(g), g, "FIELD_SAME_ONEOF")
	o.say(a != b && !entries, g, "FIELD_SAME_CARDINALITY")
	o.say(a.onWire() != b.onWire() && !entries, g, "FIELD_WIRE_COMPATIBLE_CARDINALITY")
	o.say(a.inJSON() != b.inJSON() && !entries, g, "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY")
	o.say(saysRequired(f) != saysRequired(g), g, "MESSAGE_SAME_REQUIRED_FIELDS")
	o.say(canDefault(f) && canDefault(g) && defaultOf(f) != defaultOf(g), g, "FIELD_SAME_DEFAULT")
	o.say(true, g, o.d.typePeers(f, g)...)
	for _, c := range slices.Concat(codeChoices(f, g), textChecks(f, g)) {
		o.say(true, g, strings.Fields(c.peer)...)
	}
}

func (o *bufOracle) enum(was, now enum) {
	base, _ := valuesByNumber(was)
	head, _ := valuesByNumber(now)
	for n, values := range base {
		allReserved, allKept := true, true
		for _, v := range values {
			allReserved = allReserved && now.ReservedNames().Has(v.Name())
			allKept = allKept && slices.ContainsFunc(head[n], func(u enumValue) bool { return u.Name() == v.Name() })
		}
		if head[n] == nil {
			o.say(true, now, "ENUM_VALUE_NO_DELETE")
			o.say(!allReserved, now, "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED")
			o.say(!now.ReservedRanges().Has(n), now, "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED")
		} else {
			o.say(!allKept, now, "ENUM_VALUE_SAME_NAME")
		}
	}
	lost := valuesReservedBy(was).without(valuesReservedBy(now))
	o.say(len(lost.words()) > 0, now, "RESERVED_ENUM_NO_DELETE")
	o.say(was.IsClosed() != now.IsClosed(), now, "ENUM_SAME_TYPE")
	o.say(feature(was, "json_format") == "ALLOW" && feature(now, "json_format") != "ALLOW", now, "ENUM_SAME_JSON_FORMAT")
}

func (o *bufOracle) service(was, now service) {
	head := methodsOf(now)
	for name, m := range methodsOf(was) {
		n := head[name]
		if n == nil {
			o.say(true, now, "RPC_NO_DELETE")
			continue
		}
		o.say(m.Input().FullName() != n.Input().FullName(), now, "RPC_SAME_REQUEST_TYPE")
		o.say(m.Output().FullName() != n.Output().FullName(), now, "RPC_SAME_RESPONSE_TYPE")
		o.say(m.IsStreamingClient() != n.IsStreamingClient(), now, "RPC_SAME_CLIENT_STREAMING")
		o.say(m.IsStreamingServer() != n.IsStreamingServer(), now, "RPC_SAME_SERVER_STREAMING")
	}
}

// ports loads both sides and gives what diff would work on.
func loadPort(f files) (*port, error) {
	return load(context.Background(), schema.Request{FS: f.fs(), Paths: f.protos()})
}

// Over random schemas and random edits of them, our findings together carry what
// buf would report; a schema does not differ from itself, nor from itself in
// another order.
func TestRandomEdits(t *testing.T) {
	const rounds = 1000
	compared, reported := 0, 0
	for seed := range uint64(rounds) {
		w := &world{r: rand.New(rand.NewPCG(seed, 0))}
		s := w.schema()
		before := s.render()
		base, err := loadPort(before)
		if err != nil {
			continue // the generator does not know all that is forbidden
		}
		if same, err := loadPort(w.shuffled(s)); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		} else if changes := diff(base, same); len(changes) > 0 {
			t.Errorf("seed %d: another order is a change: %s", seed, changes[0].Detail)
		}
		for range 1 + w.r.IntN(8) {
			w.edit(s)
		}
		head, err := loadPort(s.render())
		if err != nil {
			continue
		}
		compared++
		changes := diff(base, head)
		reported += len(changes)
		got, ids := make(map[string]bool), make(map[string]bool)
		for _, c := range changes {
			id := c.Rule.ID + " " + string(c.Path) + " " + c.Key
			if ids[id] {
				t.Errorf("seed %d: two findings are one: %s", seed, id)
			}
			ids[id] = true
			for _, p := range c.Also {
				at := p.At.File
				if at == "" && !p.Nowhere {
					at = c.Head.File
				}
				got[strings.TrimPrefix(p.ID, "buf:")+" "+at] = true
			}
			if c.Surfaces&^c.Rule.Breaks != 0 || c.Surfaces == 0 {
				t.Errorf("seed %d: %s breaks %v", seed, c.Rule.ID, c.Surfaces.Names())
			}
		}
		want := bufSays(&differ{pairing: pair(base, head), grew: make(map[[2]name]bool)})
		if !maps.Equal(got, want) {
			t.Errorf("seed %d: %s", seed, differenceOf(got, want))
			if t.Failed() {
				for _, c := range changes {
					t.Log(c.Rule.Name(), c.Detail, c.Also)
				}
				for name := range before {
					t.Logf("-- before/%s --\n%s", name, before[name])
				}
				for name, text := range s.render() {
					t.Logf("-- after/%s --\n%s", name, text)
				}
				t.FailNow()
			}
		}
	}
	t.Logf("%d of %d rounds compared, %d findings", compared, rounds, reported)
	if compared < rounds/3 {
		t.Error("too few rounds could be compared")
	}
}

func differenceOf(got, want map[string]bool) string {
	var all []string
	for key := range got {
		if !want[key] {
			all = append(all, "+"+key)
		}
	}
	for key := range want {
		if !got[key] {
			all = append(all, "-"+key)
		}
	}
	slices.Sort(all)
	return fmt.Sprint(all)
}
