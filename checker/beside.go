package checker

import (
	"cmp"
	"fmt"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// judge makes a finding of what belongs to no port.
func (s *survey) judge(c change.Change, hits []consumer.Hit) policy.Finding {
	return s.gate.Policy.Judge(c, schema.Shown{Paths: []change.Path{c.Path}, Total: 1}, hits, policy.Standing{})
}

// gateFindings judges what the head changes in the gate.
func (s *survey) gateFindings(lost []policy.Lost) (findings []policy.Finding) {
	if s.revs.Bare {
		return nil
	}
	byPlace := make(map[source.Span]consumer.Use)
	for _, l := range lost {
		if len(l.Agreed) == 0 {
			byPlace[l.Use.Span] = l.Use
		}
	}
	for _, c := range s.rewritten() {
		findings = append(findings, s.judge(c, nil))
	}
	if s.baseGate == s.headGate && len(lost) == 0 {
		return findings // it is the same file
	}
	for _, c := range policy.Gate(s.baseGate, s.headGate, lost) {
		var hits []consumer.Hit
		if u, ok := byPlace[c.Base]; ok {
			hits = []consumer.Hit{{Use: u, Impact: consumer.Affected, Why: "loses what it registered"}}
		}
		findings = append(findings, s.judge(c, hits))
	}
	return findings
}

// unreadFindings reports the contracts that changed and that no format reads, and
// what changed and is not entered, in which there may be contracts.
func (s *survey) unreadFindings() (findings []policy.Finding) {
	for _, left := range revision.ChangedLeft(s.revs.Base, s.revs.Head) {
		if s.revs.Bare || product.Foreign(left.Path+"/x") || !left.IsRepository() && !s.Concerns([]string{left.Path}) {
			continue
		}
		findings = append(findings, s.judge(change.Change{
			Rule: notCompared, Path: change.Path("file").Join(change.Name(left.Path)), To: left.ID, Head: source.Top(left.Path),
			Detail: fmt.Sprintf("%s changed and is not compared: it is %s", left.Path, left.Why),
		}, nil))
	}
	read := func(found *product.Found) map[string]product.Unread {
		all := make(map[string]product.Unread)
		for _, u := range found.Unread {
			all[u.Path] = u
		}
		return all
	}
	base, head := read(s.base), read(s.head)
	for _, name := range s.changed {
		was, before := base[name]
		now, after := head[name]
		if !before && !after {
			continue
		}
		c := change.Change{Rule: notCompared, Path: change.Path("file").Join(change.Name(name)), Base: source.Top(name), Head: source.Top(name)}
		c.From, _ = s.revs.Base.Blob(name)
		c.To, _ = s.revs.Head.Blob(name)
		c.Detail = fmt.Sprintf("%s changed and is not compared: %s", name, cmp.Or(now.Why, was.Why))
		if c.From == "" {
			continue // a new one breaks nobody
		}
		if c.To == "" {
			c.Head = source.Span{}
		}
		findings = append(findings, s.judge(c, nil))
	}
	return findings
}

// leftover judges the approvals that did nothing.
func (s *survey) leftover(findings []policy.Finding) (more []policy.Finding) {
	for _, c := range s.gate.Policy.Leftover(findings) {
		more = append(more, s.judge(c, nil))
	}
	return more
}
