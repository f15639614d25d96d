package openapi

import (
	"cmp"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// discriminators compares the tags that tell alternatives apart.
func (p *pair) discriminators() {
	b, h := p.b.get("discriminator"), p.h.get("discriminator")
	switch {
	case b == nil && h == nil:
		return
	case b == nil:
		p.edit(discriminatorExtended, "discriminator", p.x.id("discriminator-added"))
		return
	case h == nil:
		p.edit(discriminatorExtended, "discriminator", p.x.id("discriminator-removed"))
		return
	}
	if b.Get("propertyName").String() != h.Get("propertyName").String() {
		p.edit(discriminatorChanged, "discriminator", p.x.id("discriminator-property-name-changed"))
	}
	p.defaultTag(b, h)
	p.d.extensions(p.path, b, h)
	was, is := b.Get("mapping"), h.Get("mapping")
	if len(keysOf(was)) == 0 && len(keysOf(is)) == 0 {
		p.implicitTags()
		return
	}
	for i, key := range keysOf(was) {
		switch now := is.Get(key.Text); {
		case now == nil:
			p.tag(key, nil, "discriminator-mapping-deleted")
		case !p.sameTarget(was.Items[i], now):
			p.tag(key, is.Key(key.Text), "discriminator-mapping-changed")
		case now.Text != was.Items[i].Text:
			p.edit(discriminatorExtended, "discriminator", p.x.id("discriminator-mapping-changed"))
		}
	}
	for _, key := range keysOf(is) {
		if was.Get(key.Text) == nil {
			p.tag(nil, key, "discriminator-mapping-added")
		}
	}
}

// defaultTag compares the alternative that a value without a known tag is.
func (p *pair) defaultTag(b, h *document.Node) {
	was, is := b.Get("defaultMapping"), h.Get("defaultMapping")
	if document.Equal(was, is) {
		return
	}
	rule := discriminatorChanged
	if was.IsNull() {
		rule = discriminatorExtended
	}
	p.d.report(change.Change{
		Rule: rule, Path: p.path, Key: join(p.key, "defaultMapping"), From: textOf(was), To: textOf(is), Detail: p.say("defaultMapping", textOf(was), textOf(is)),
		Base: member(b, "defaultMapping"), Head: member(h, "defaultMapping"),
	})
}

// tag tells a tag that came, went or means another schema.
func (p *pair) tag(was, is *document.Node, id string) {
	rule := discriminatorChanged
	if was == nil {
		rule = discriminatorExtended
	}
	kept := p.key
	p.key = join(p.key, cmp.Or(was.String(), is.String()))
	p.edit(rule, "discriminator", p.x.id(id))
	p.key = kept
}

// sameTarget reports whether two tags lead to schemas that are the same.
func (p *pair) sameTarget(b, h *document.Node) bool {
	if b.Text == h.Text {
		return true
	}
	bt, ht := p.d.base.lib.follow(b).node, p.d.head.lib.follow(h).node
	return bt != nil && ht != nil && p.d.same(bt, ht)
}

// implicitTags looks for alternatives that were renamed where their names are the tags.
func (p *pair) implicitTags() {
	for _, keyword := range []string{"oneOf", "anyOf"} {
		was, is := p.b.get(keyword).List(), p.h.get(keyword).List()
		pairs, left := p.pairUp(was, is, true)
		for i, j := range pairs {
			if j < 0 && len(left) > 0 && refOf(was[i]) != nil {
				p.edit(discriminatorChanged, keyword, p.x.id("one-of-removed"), p.x.id("one-of-added"))
				return
			}
		}
	}
}
