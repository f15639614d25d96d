package openapi

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"sync"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// An inquiry is what the search for witnesses keeps of a pair of descriptions: where
// the findings are, and a space for sets, which bounds the work for all of them.
type inquiry struct {
	sync.Mutex
	base   *port
	trail  *trail
	oracle *oracle
}

// prove looks for a request that the base accepts and the head refuses, or a response
// that the head allows and the base does not, and has it confirmed by a validator that
// shares nothing with the comparison.
//
// The side that accepts is given as a whole, as far as what has to be sent goes, and
// the other one as the part that the finding is about: so it is refused for that and
// for nothing else. Credentials are left out of both unless the finding is about them.
func prove(ctx context.Context, base, head *port, c change.Change) *schema.Witness {
	if base.root == nil || head.root == nil || c.Rule.Class == change.Compatible {
		return nil
	}
	q := &head.inquiry
	q.Lock()
	defer q.Unlock()
	if q.base != base {
		d := newDiffer(base, head)
		d.trail = newTrail()
		d.description()
		q.base, q.trail, q.oracle = base, d.trail, newOracle(base.lib, head.lib)
	}
	s, ok := q.trail.spots[sameChange{c.Rule, c.Path, c.Key, c.Base.Start, c.Head.Start}]
	if !ok {
		return nil
	}
	p := &prover{ctx: ctx, change: c, spot: s, inquiry: q, ports: [2]*port{base, head}}
	if s.operation == nil {
		return p.scheme()
	}
	p.sides(s.operation)
	return p.prove()
}

// A prover looks for a witness of one finding.
type prover struct {
	*inquiry
	ctx            context.Context
	change         change.Change
	spot           spot
	ports          [2]*port
	base, head     *side // head is nil where the operation is gone
	accept, reject *side
	basics         valueset.Set // values that can be written as plain text
}

func (p *prover) sides(o *operation) {
	p.base = newSide(p.ports[0], p.oracle.base, o.outer.base, o.b, o.basePath)
	if o.h.node != nil {
		p.head = newSide(p.ports[1], p.oracle.head, o.outer.head, o.h, o.headPath)
	}
	p.accept, p.reject = p.base, p.head
	p.basics = p.oracle.space.Of(p.oracle.head.read.Read(&valueset.Scope{}, basicSchema()))
}

// basicSchema is of values that can be written as text wherever they stand: words and
// numbers, and lists and objects of them. They are tried before others.
func basicSchema() *document.Node {
	n, _ := document.Parse("basic", []byte(`{type: [boolean, number, string, array, object], pattern: '^[a-zA-Z][a-zA-Z0-9]*$', `+
		`items: {type: [boolean, number, string], pattern: '^[a-zA-Z0-9]+$'}, additionalProperties: {type: [boolean, number, string], pattern: '^[a-zA-Z0-9]+$'}}`))
	return n
}

func (p *prover) prove() *schema.Witness {
	switch r := p.change.Rule; {
	case len(p.spot.steps) > 0:
		return p.values()
	case r == values.tightened || r == values.loosened:
		return p.schemaAlone()
	case r == operationRemoved:
		return p.gone()
	case p.head == nil:
		return nil
	case r == parameterRequiredAdded || r == parameterRequired:
		return p.without(func(h part) bool {
			return h.kind == parameterPart && h.must && !p.base.find(h.same).must && p.isAbout(h)
		})
	case r == requestBodyRequiredAdded || r == requestBodyRequired:
		return p.without(func(h part) bool { return h.kind == requestPart && h.must })
	case r == headerRemoved || r == headerOptional:
		p.accept, p.reject = p.head, p.base
		return p.without(func(b part) bool { return b.kind == headerPart && b.must && !p.head.find(b.same).must && p.isAbout(b) })
	case r == requestBodyRemoved:
		return p.send(p.base.find(func(b part) bool { return b.kind == requestPart }), nil)
	case r == requestMediaTypeRemoved:
		return p.mediaType()
	case r == parameterEncodingChanged:
		return p.rewritten()
	case r == anonymousRemoved || r == securityRemoved || r == scopeAdded:
		return p.credentials()
	}
	return nil
}

// same reports whether two parts of two sides belong together.
func (p part) same(q part) bool {
	return p.kind == q.kind && p.param.in == q.param.in && p.param.name == q.param.name && p.status == q.status && p.media == q.media &&
		(p.kind != headerPart || strings.EqualFold(p.name, q.name))
}

// isAbout reports whether the finding may be about a parameter or header: it stands at
// its address, or where it is declared.
func (p *prover) isAbout(one part) bool {
	o := p.spot.operation
	at := o.path.Join(change.Name(one.param.in), change.Name(one.name))
	if one.kind == headerPart {
		at = o.path.Join(change.Name(one.status), change.Name("header"), change.Name(one.name))
	}
	return p.change.Path == at || !o.path.Covers(p.change.Path)
}

// without shows that a message lacks what the other side wants.
func (p *prover) without(is func(part) bool) *schema.Witness {
	wants := p.reject.find(is)
	if wants.kind == noPart {
		return nil
	}
	return p.confirm(p.minimal(wants, nil, false), []part{wants})
}

// send shows that a part is not taken by a side of which only some parts are given.
func (p *prover) send(on part, against []part) *schema.Witness {
	if on.kind == noPart {
		return nil
	}
	v, ok := p.sample(p.accept, on.schema)
	if !ok {
		return nil
	}
	return p.confirm(p.minimal(on, v, true), against)
}

// mediaType shows that the body may not come in a media type any more.
func (p *prover) mediaType() *schema.Witness {
	on := p.base.find(func(b part) bool { return b.kind == requestPart && b.media == p.change.Key })
	var against []part
	for _, h := range p.head.parts {
		if h.kind == requestPart {
			h.schema = nil
			against = append(against, h)
		}
	}
	if w := p.send(on, against); w != nil {
		return w
	}
	on.schema = nil // what it holds the validator does not know; the type alone decides
	m := p.minimal(on, nil, false)
	if on.kind == noPart || m == nil {
		return nil
	}
	m.used = append(m.used, used{on, nil})
	m.hasBody, m.body = true, "…"
	m.header.Set("Content-Type", on.media)
	return p.confirm(m, against)
}

// rewritten shows that a value in its old writing is not understood.
func (p *prover) rewritten() *schema.Witness {
	is := func(b part) bool {
		return b.kind == parameterPart && p.spot.operation.at(b.param) == p.change.Path || p.isAbout(b)
	}
	if p.spot.operation.event() {
		return nil
	}
	on := p.base.find(func(b part) bool { return b.kind == parameterPart && is(b) })
	off := p.head.find(func(h part) bool {
		return h.kind == parameterPart && (h.same(on) || strings.EqualFold(h.name, on.name) && p.change.Key == "")
	})
	if on.kind == noPart {
		p.accept, p.reject = p.head, p.base
		on = p.head.find(func(h part) bool { return h.kind == headerPart && is(h) })
		off = p.base.find(on.same)
	}
	if on.kind == noPart || off.kind == noPart {
		return nil
	}
	space := p.oracle.space
	all := p.accept.set(space, on.schema)
	for _, pick := range []valueset.Set{space.At([]change.Step{change.Items}, valueset.All), space.OfType(valueset.Object), valueset.All} {
		if v, ok := p.find(all, pick, p.basics); ok {
			if w := p.confirm(p.minimal(on, v, true), []part{off}); w != nil {
				return w
			}
		}
	}
	return nil
}

// find looks for a value in all of sets.
func (p *prover) find(sets ...valueset.Set) (v any, ok bool) {
	if p.ctx.Err() != nil {
		return nil, false
	}
	found := p.oracle.space.Find(sets...)
	if found.Verdict != valueset.Yes {
		return nil, false
	}
	d := json.NewDecoder(strings.NewReader(found.Witness.String()))
	d.UseNumber()
	return v, d.Decode(&v) == nil
}

// sample looks for a value of a schema, a plain one if there is one.
func (p *prover) sample(s *side, n *document.Node) (v any, ok bool) {
	if n != nil && !s.within(n) {
		return nil, false
	}
	all := s.set(p.oracle.space, n)
	if v, ok = p.find(all, p.basics); ok {
		return v, ok
	}
	return p.find(all)
}

// minimal makes the smallest message like one with a part that the accepting side takes:
// with a value for that part, if it is written, and with all else that has to be
// there. It is nil if there is none.
func (p *prover) minimal(on part, v any, written bool) *message {
	m := newMessage(p.accept.method, p.accept.template)
	if on.isResponse() {
		m.status = statusOf(on.status)
	}
	for _, one := range p.accept.parts {
		switch {
		case one.isResponse() != on.isResponse() || one.status != on.status:
			continue
		case one.same(on):
			one.asJSON = on.asJSON
			if written && !m.add(one, v) {
				return nil
			}
			continue
		case one.isBody() && (m.hasBody || one.kind == on.kind), !one.must && one.kind != responsePart:
			continue
		}
		if value, ok := p.sample(p.accept, one.schema); !ok || !m.add(one, value) {
			return nil
		}
	}
	return m
}

func (p part) isBody() bool { return p.kind == requestPart || p.kind == responsePart }

// add writes the value of a part into the message.
func (m *message) add(p part, v any) bool {
	m.used = append(m.used, used{p, v})
	if p.asJSON {
		text, err := json.Marshal(v)
		in := cmp.Or(p.param.in, "header")
		m.asides = append(m.asides, aside{in, p.name, string(text)})
		return err == nil && m.set(in, p.name, p.param.name, string(text))
	}
	switch p.kind {
	case parameterPart:
		return m.put(p.node, p.param.in, p.name, p.param.name, v)
	case headerPart:
		return m.put(p.node, "header", p.name, "", v)
	}
	return m.fill(p.media, v)
}

// confirm has a message judged: the accepting side, as far as it is written, has to take
// it, and the other has to refuse it for some of its parts.
func (p *prover) confirm(m *message, against []part) *schema.Witness {
	if m == nil || m.isResponse() && m.status == 0 || len(m.String()) > maxMessage {
		return nil
	}
	var taken []part
	for _, u := range m.used {
		taken = append(taken, u.part)
	}
	if verdict, fit := p.judge(p.accept, m, taken, nil); verdict != nil || !fit {
		return nil
	}
	verdict, fit := p.judge(p.reject, m, against, nil)
	if why, ok := refusal(verdict); fit && ok {
		return p.witness(m, why)
	}
	return nil
}

// maxMessage is how many characters of a message are put before the validator.
const maxMessage = 100_000

// witness says what was confirmed.
func (p *prover) witness(m *message, why string) *schema.Witness {
	w := &schema.Witness{
		Written: cut(m.String()), ReadAs: "not valid: " + why, Encoding: "http", Surface: change.JSON, Before: p.accept == p.base, CheckedBy: checkedBy,
	}
	if w.Before {
		w.Surface = change.Request
	}
	return w
}

// maxShown is how many characters of a message are shown.
const maxShown = 400

func cut(text string) string {
	if runes := []rune(text); len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return text
}

// judge holds a message against some parts of a side, and reports whether the validator
// is fit to.
func (p *prover) judge(s *side, m *message, some []part, security *document.Node) (verdict error, fit bool) {
	e := newExtract(s.lib)
	op := s.describe(e, some...)
	schemes := jsonObject{}
	if security != nil {
		op["security"], schemes = s.secured(e, security)
	}
	method := strings.ToLower(m.method)
	if !isPlainMethod(method) {
		method = "post" // the validator does not know all, and treats them alike
	}
	text := e.text(s.template, method, op, schemes)
	if text == nil || !e.isBounded(some, m) {
		return nil, false
	}
	j, err := newJudge(p.ctx, text, s.template, strings.ToUpper(method), e.formats, m.holds)
	if err != nil {
		return nil, false
	}
	if m.isResponse() {
		return j.response(m), true
	}
	return j.request(m), true
}

// isBounded reports whether the validator can judge all that was written in a bounded
// time.
func (e *extract) isBounded(some []part, m *message) bool {
	for _, one := range some {
		for _, u := range m.used {
			if one.kind == u.part.kind && one.schema != nil && !e.isCheap(e.schema(one.schema), u.value) {
				return false
			}
		}
	}
	return true
}
