package odcs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// price compares what the data costs. What cannot be reckoned with, a currency or a
// unit, is not said to have become cheaper.
func (d *differ) price(p pair, f field) {
	was, ok1 := number(f.base.Get("priceAmount"))
	now, ok2 := number(f.head.Get("priceAmount"))
	if f.base.IsNull() && ok2 && now.Sign() == 0 {
		return // it says that it costs nothing
	}
	at := p.path.Join("price")
	var changed []field
	for _, part := range f.inner(at).fields() {
		if part.key != "id" && part.differs() {
			changed = append(changed, part)
		}
	}
	rule := priceChanged
	if ok1 && ok2 && now.Cmp(was) < 0 && len(changed) == 1 {
		rule = priceLowered
	}
	if len(changed) == 1 && changed[0].key == "priceAmount" {
		d.field(rule, at, changed[0], "the price was %s and is %s now", cmp.Or(f.base.Get("priceAmount").String(), "not set"), cmp.Or(f.head.Get("priceAmount").String(), "not set"))
		return
	}
	d.fields(rule, at, changed, "the price: ", " changed")
}

// team compares who answers for the data. It reports whether something changed that
// leaves somebody to ask.
func (d *differ) team(p pair, f field) (docs bool) {
	if !isMap(f.base) || !isMap(f.head) {
		d.fields(notCompared, p.path, []field{f}, "the contract: ", " changed, which is not compared")
		return false
	}
	at := p.path.Join("team")
	for _, part := range f.inner(at).fields() {
		switch {
		case !part.differs():
		case (part.key == "name" || part.key == "id") && !part.base.IsNull() && !strings.EqualFold(part.base.String(), part.head.String()):
			d.field(teamChanged, at, part, "the %s of the team %s", part.key, part.became())
		case part.key == "members" && len(owners(part.base)) > 0 && len(owners(part.head)) == 0:
			c := d.field(ownerLeft, at, part, "nobody of the team is its owner any more: %s left", strings.Join(owners(part.base), ", "))
			c.From, c.To = strings.Join(owners(part.base), ", "), ""
		default:
			docs = true
		}
	}
	return docs
}

// owners lists the members whose role it is to own the data, and who are still
// there or have a successor.
func owners(members *document.Node) (names []string) {
	for _, m := range members.List() {
		left := !m.Get("dateOut").IsNull() && m.Get("replacedByUsername").String() == ""
		if strings.Contains(strings.ToLower(m.Get("role").String()), "owner") && !left {
			names = append(names, m.Get("username").String())
		}
	}
	slices.Sort(names)
	return names
}

// support compares how consumers are told of changes, and where they tell of
// problems. It reports whether something else about it changed.
func (d *differ) support(p pair, f field) (docs bool) {
	both, gone, added, ok := entries(f, p, textOf("channel"), textOf("url"))
	if !ok {
		d.fields(notCompared, p.path, []field{f}, "the contract: ", " changed, which is not compared")
		return false
	}
	at := p.path.Join("support")
	for _, s := range both {
		for _, part := range s.fields() {
			isAddress := part.key == "url" || part.key == "channel" && s.base.Get("url").IsNull()
			switch {
			case !part.differs():
			case isAddress && isRelied(s.base) && !part.base.IsNull():
				d.field(supportChanged, at, part, "the support channel %s: %s %s", s.base.Get("channel").String(), part.key, part.became()).Key = s.base.Get("channel").String()
			default:
				docs = true
			}
		}
	}
	scopes := func(n *document.Node) map[string]bool {
		all := make(map[string]bool)
		for _, s := range n.List() {
			all[scope(s)] = true
		}
		return all
	}
	left := scopes(f.head)
	for _, n := range gone {
		if !isRelied(n) || left[scope(n)] {
			docs = true
			continue
		}
		c := d.report(supportChanged, at, n.Span, f.headAt, "the last support channel for %s, %s, is gone", scope(n), n.Get("channel").String())
		c.Key, c.From = n.Get("channel").String(), fact(n)
	}
	return docs || len(added) > 0
}

// scope tells what a channel is there for.
func scope(n *document.Node) string {
	if s := strings.ToLower(n.Get("scope").String()); s != "" {
		return s
	}
	return "anything"
}

// isRelied reports whether consumers are told of what concerns them by a channel, or
// tell of it.
func isRelied(n *document.Node) bool {
	switch scope(n) {
	case "issues", "announcements", "notifications", "anything":
		return true
	}
	return false
}

// personal are the custom properties that say that a column holds personal data.
var personal = set("pii", "containsPii", "containsPersonalData", "personalData")

// personalData compares whether an element holds personal data.
func (d *differ) personalData(at change.Path, f field) {
	is := map[string]bool{"true": true, "yes": true}
	isNot := map[string]bool{"false": true, "no": true, "": true}
	was, now := strings.ToLower(f.base.String()), strings.ToLower(f.head.String())
	subject := pair{path: at}.subject()
	switch {
	case is[was] && is[now] || isNot[was] && isNot[now]:
	case isNot[now]:
		d.field(personalDataCleared, at, f, "%s is no longer said to hold personal data", subject).Key = f.key
	case is[now]:
		d.field(personalDataDeclared, at, f, "%s holds personal data now", subject).Key = f.key
	default:
		d.field(personalDataDeclared, at, f, "%s may hold personal data: %s %s", subject, f.key, f.became()).Key = f.key
	}
}
