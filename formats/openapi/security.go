package openapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// sameSecurity reports whether what operations inherit is the same on both sides.
func (d *differ) sameSecurity() bool {
	return document.Equal(d.base.get("security"), d.head.get("security"))
}

// A way is one of the ways to be let in: schemes that are all needed, with their scopes.
type way struct {
	node   *document.Node
	scopes map[string][]string
}

func (w way) name() string {
	names := []string{}
	for scheme := range w.scopes {
		names = append(names, scheme)
	}
	slices.Sort(names)
	return strings.Join(names, " and ")
}

func waysOf(n *document.Node) (all []way, anonymous bool) {
	for _, one := range n.List() {
		w := way{one, make(map[string][]string)}
		for i, key := range keysOf(one) {
			scopes := []string{}
			for _, s := range one.Items[i].List() {
				scopes = append(scopes, s.Text)
			}
			w.scopes[key.Text] = scopes
		}
		if len(w.scopes) == 0 {
			anonymous = true
			continue
		}
		all = append(all, w)
	}
	return all, anonymous || len(all) == 0
}

// security compares who may call.
func (o *operation) security() {
	was, is := o.b.node.Get("security"), o.h.node.Get("security")
	baseAt, headAt := member(o.b.node, "security"), member(o.h.node, "security")
	at := o.path
	if was == nil && is == nil {
		at = change.Path("").Join(change.Name("security")) // one edit for all that inherit it
	}
	if was == nil {
		was = o.d.base.get("security")
		if was != nil {
			baseAt = member(o.d.base.root, "security")
		}
	}
	if is == nil {
		is = o.d.head.get("security")
		if is != nil {
			headAt = member(o.d.head.root, "security")
		}
	}
	if document.Equal(was, is) {
		return
	}
	compareSecurity(was, is, func(rule *change.Rule, key, detail, id string) {
		o.report(change.Change{Rule: rule, Path: at, Key: key, Detail: fmt.Sprintf("%s: %s", at, detail), Base: baseAt, Head: headAt}, "api-security-"+id)
	})
}

// compareSecurity tells how two lists of ways differ.
func compareSecurity(was, is *document.Node, tell func(rule *change.Rule, key, detail, id string)) {
	before, wasAnonymous := waysOf(was)
	after, isAnonymous := waysOf(is)
	switch {
	case wasAnonymous && !isAnonymous:
		tell(anonymousRemoved, "", "a caller has to say who it is", "anonymous-access-removed")
		return
	case !wasAnonymous && isAnonymous:
		tell(anonymousAdded, "", "anybody may call", "anonymous-access-added")
		return
	}
	same := func(b, h way) bool { return document.Equal(b.node, h.node) }
	kept := func(all, others []way) []way {
		return slices.DeleteFunc(slices.Clone(all), func(w way) bool {
			return slices.ContainsFunc(others, func(o way) bool { return same(w, o) })
		})
	}
	before, after = kept(before, after), kept(after, before)
	for _, b := range before {
		i := slices.IndexFunc(after, func(h way) bool { return h.name() == b.name() })
		if i < 0 || isTwice(before, b.name()) || isTwice(after, b.name()) {
			if !isAnonymous {
				tell(securityRemoved, b.name(), b.name()+" is not enough any more", "removed")
			}
			continue
		}
		for scheme, scopes := range b.scopes {
			for _, s := range without(after[i].scopes[scheme], scopes) {
				if !isAnonymous {
					tell(scopeAdded, scheme+" "+s, "the scope "+short(s)+" is needed now", "scope-added")
				}
			}
			for _, s := range without(scopes, after[i].scopes[scheme]) {
				tell(scopeRemoved, scheme+" "+s, "the scope "+short(s)+" is not needed any more", "scope-removed")
			}
		}
	}
	for _, h := range after {
		if isTwice(before, h.name()) || isTwice(after, h.name()) || !slices.ContainsFunc(before, func(b way) bool { return b.name() == h.name() }) {
			tell(securityAdded, h.name(), h.name()+" is enough now", "added")
		}
	}
}

// isTwice reports whether several ways need the same schemes, so that nobody can say
// which of them became which.
func isTwice(all []way, name string) bool {
	n := 0
	for _, w := range all {
		if w.name() == name {
			n++
		}
	}
	return n > 1
}

// globalSecurity names what the peer says of a list that no operation inherits.
func (d *differ) globalSecurity() {
	if d.sameSecurity() || d.inherits() {
		return
	}
	at := change.Path("").Join(change.Name("security"))
	before, _ := waysOf(d.base.get("security"))
	after, _ := waysOf(d.head.get("security"))
	tell := func(key, word, id string) {
		d.report(change.Change{
			Rule: schemeExtended, Path: at, Key: key, Detail: fmt.Sprintf("%s: %s is %s, and no operation inherits it", at, key, word),
			Base: member(d.base.root, "security"), Head: member(d.head.root, "security"),
		}, "api-global-security-"+id)
	}
	for _, b := range before {
		if !slices.ContainsFunc(after, func(h way) bool { return h.name() == b.name() }) {
			tell(b.name(), "gone", "removed")
		}
	}
	for _, h := range after {
		if !slices.ContainsFunc(before, func(b way) bool { return b.name() == h.name() }) {
			tell(h.name(), "new", "added")
		}
	}
}

// inherits reports whether some operation of both sides says nothing about security.
func (d *differ) inherits() bool {
	is := itemsOf(d.head, "paths", d.head.settings.stripPrefix)
	for _, b := range itemsOf(d.base, "paths", d.base.settings.stripPrefix) {
		h, ok := find(is, b.shape)
		if !ok {
			continue
		}
		now := operationsOf(d.head.lib, h.node)
		for _, op := range operationsOf(d.base.lib, b.node) {
			if other, ok := find(now, op.shape); ok && op.node.Get("security") == nil && other.node.Get("security") == nil {
				return true
			}
		}
	}
	return false
}

// schemes compares how credentials are sent, and where tokens come from.
func (d *differ) schemes() {
	was, is := d.base.get("components").Get("securitySchemes"), d.head.get("components").Get("securitySchemes")
	for i, key := range keysOf(was) {
		path := change.Path("").Join(change.Name("securitySchemes"), change.Name(key.Text))
		now := is.Get(key.Text)
		if now == nil {
			d.report(change.Change{
				Rule: schemeExtended, Path: path, Key: "removed", Detail: fmt.Sprintf("%s is gone", path),
				Base: keyAndValue(key, was.Items[i]), Head: member(d.head.get("components"), "securitySchemes"),
			}, "api-security-component-removed")
			continue
		}
		b, _ := d.base.lib.deref(was.Items[i])
		h, _ := d.head.lib.deref(now)
		(&scheme{d, path, b, h}).compare()
	}
	for i, key := range keysOf(is) {
		if was.Get(key.Text) == nil {
			path := change.Path("").Join(change.Name("securitySchemes"), change.Name(key.Text))
			base := d.base.get("components")
			at := member(d.base.root, "components")
			if base != nil {
				at = member(base, "securitySchemes")
			}
			d.report(change.Change{
				Rule: schemeExtended, Path: path, Key: "added", Detail: fmt.Sprintf("%s is new", path), Base: at, Head: keyAndValue(key, is.Items[i]),
			}, "api-security-component-added")
		}
	}
}

type scheme struct {
	d    *differ
	path change.Path
	b, h *document.Node
}

func (s *scheme) tell(rule *change.Rule, key, detail string, base, head source.Span, id string) {
	s.d.report(change.Change{Rule: rule, Path: s.path, Key: key, Detail: fmt.Sprintf("%s: %s", s.path, detail), Base: base, Head: head}, id)
}

func (s *scheme) compare() {
	differs := func(keyword string) bool { return s.b.Get(keyword).String() != s.h.Get(keyword).String() }
	edit := func(rule *change.Rule, keyword, id string) {
		s.tell(rule, keyword, keyword+" changed", member(s.b, keyword), member(s.h, keyword), "api-security-component-"+id)
	}
	if differs("type") {
		edit(schemeChanged, "type", "type-changed")
		return
	}
	if differs("name") {
		edit(schemeChanged, "name", "api-key-name-changed")
	}
	if differs("in") {
		edit(schemeChanged, "in", "api-key-in-changed")
	}
	if !strings.EqualFold(s.b.Get("scheme").String(), s.h.Get("scheme").String()) {
		edit(schemeChanged, "scheme", "http-scheme-changed")
	}
	if differs("bearerFormat") {
		edit(schemeExtended, "bearerFormat", "bearer-format-changed")
	}
	if !sameAddress(s.b.Get("openIdConnectUrl"), s.h.Get("openIdConnectUrl")) {
		edit(schemeMoved, "openIdConnectUrl", "openid-connect-url-changed")
	}
	if !sameAddress(s.b.Get("oauth2MetadataUrl"), s.h.Get("oauth2MetadataUrl")) {
		edit(schemeMoved, "oauth2MetadataUrl", "none")
	}
	if b, h := truth(s.b.Get("deprecated")), truth(s.h.Get("deprecated")); b != h {
		words := map[bool]string{true: "is deprecated", false: "is no longer deprecated"}[h]
		s.tell(schemeDeprecated, "deprecated", words, member(s.b, "deprecated"), member(s.h, "deprecated"), "none")
	}
	s.d.notes(s.path, s.b, s.h, "description")
	s.flows()
}

// sameAddress compares addresses as servers do.
func sameAddress(a, b *document.Node) bool {
	return strings.EqualFold(strings.TrimSuffix(a.String(), "/"), strings.TrimSuffix(b.String(), "/"))
}

func (s *scheme) flows() {
	was, is := s.b.Get("flows"), s.h.Get("flows")
	s.d.extensions(s.path, was, is)
	for i, key := range keysOf(was) {
		if strings.HasPrefix(key.Text, "x-") {
			continue
		}
		now := is.Get(key.Text)
		if now == nil {
			s.tell(schemeFlowRemoved, key.Text, "the flow "+key.Text+" is gone", keyAndValue(key, was.Items[i]), member(s.h, "flows"), "")
			continue
		}
		s.flow(key.Text, was.Items[i], now)
	}
	for i, key := range keysOf(is) {
		if was.Get(key.Text) == nil && !strings.HasPrefix(key.Text, "x-") {
			s.tell(schemeExtended, key.Text, "the flow "+key.Text+" is new", member(s.b, "flows"), keyAndValue(key, is.Items[i]), "")
		}
	}
}

func (s *scheme) flow(name string, b, h *document.Node) {
	for _, one := range [][2]string{{"authorizationUrl", "oauth-url-changed"}, {"tokenUrl", "oauth-token-url-changed"}, {"refreshUrl", "oauth-refresh-url-changed"}, {"deviceAuthorizationUrl", "none"}} {
		keyword, id := one[0], one[1]
		if !sameAddress(b.Get(keyword), h.Get(keyword)) {
			s.tell(schemeMoved, name+" "+keyword, name+": "+keyword+" changed", member(b, keyword), member(h, keyword), "api-security-component-"+id)
		}
	}
	s.d.extensions(s.path.Join(change.Name(name)), b, h)
	was, is := b.Get("scopes"), h.Get("scopes")
	for i, key := range keysOf(was) {
		switch now := is.Get(key.Text); {
		case now == nil:
			s.tell(schemeFlowRemoved, name+" "+key.Text, "the scope "+short(key.Text)+" is gone", keyAndValue(key, was.Items[i]), member(h, "scopes"), "api-security-component-oauth-scope-removed")
		case now.String() != was.Items[i].String():
			s.tell(schemeExtended, name+" "+key.Text, "the scope "+short(key.Text)+" is described otherwise", keyAndValue(key, was.Items[i]), keyAndValue(is.Key(key.Text), now), "api-security-component-oauth-scope-changed")
		}
	}
	for i, key := range keysOf(is) {
		if was.Get(key.Text) == nil {
			s.tell(schemeExtended, name+" "+key.Text, "the scope "+short(key.Text)+" is new", member(b, "scopes"), keyAndValue(key, is.Items[i]), "api-security-component-oauth-scope-added")
		}
	}
}
