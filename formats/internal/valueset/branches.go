package valueset

import (
	"fmt"
	"strings"
)

// branches compares the alternatives of anyOf or oneOf.
func (p *pair) branches(keyword string) {
	was, is := p.base.branches(keyword), p.head.branches(keyword)
	if len(was) == 0 || len(is) == 0 {
		return // a list that comes or goes is seen as a whole
	}
	s := p.Space
	pairs := p.pairBranches(was, is)
	taken := make(map[int]bool)
	for i, j := range pairs {
		if j < 0 {
			d := Difference{Kind: BranchRemoved, Keyword: keyword, Key: branchName(was[i], i), From: p.typeText(was[i]), Base: start(was[i].Node), Head: p.head.at(keyword)}
			p.show(&d, All, s.Of(was[i]))
			p.report(d, unchanged, s.beyond(s.And(s.Of(was[i]), p.base.set), p.head.set))
			continue
		}
		taken[j] = true
		if s.Of(was[i]) != s.Of(is[j]) {
			key := strings.TrimSpace(p.key + " " + branchName(was[i], i))
			p.walk(p.path, key, was[i], is[j], p.live)
		}
	}
	for j := range is {
		if !taken[j] {
			d := Difference{Kind: BranchAdded, Keyword: keyword, Key: branchName(is[j], j), To: p.typeText(is[j]), Base: p.base.at(keyword), Head: start(is[j].Node)}
			p.show(&d, s.Of(is[j]), All)
			p.report(d, s.beyond(s.And(s.Of(is[j]), p.head.set), p.base.set), unchanged)
		}
	}
}

// branchName is what people call an alternative.
func branchName(s *Schema, i int) string {
	switch {
	case s.RefName != "":
		return s.RefName
	case s.Truth == nil && s.Node.Get("title").String() != "":
		return s.Node.Get("title").String()
	}
	return fmt.Sprintf("alternative %d", i+1)
}

// pairBranches returns for each alternative of the base the one of the head that it
// became, or -1: the same set, else the same name, else the only types in common, else
// the next one.
func (p *pair) pairBranches(was, is []*Schema) []int {
	pairs := make([]int, len(was))
	taken := make([]bool, len(is))
	for i := range pairs {
		pairs[i] = -1
	}
	same := []func(b, h *Schema) bool{
		func(b, h *Schema) bool { return p.Space.Of(b) == p.Space.Of(h) },
		func(b, h *Schema) bool {
			name := branchName(b, -1)
			return name == branchName(h, -1) && name != branchName(&Schema{}, -1)
		},
		func(b, h *Schema) bool { return p.tag(b) != "" && p.tag(b) == p.tag(h) },
		func(b, h *Schema) bool {
			return p.tag(b) == "" && p.tag(h) == "" && b.RefName == "" && h.RefName == "" && p.view(b).types()&^Null == p.view(h).types()&^Null
		},
	}
	for _, is1 := range same {
		for i, b := range was {
			for j, h := range is {
				if pairs[i] < 0 && !taken[j] && is1(b, h) {
					pairs[i], taken[j] = j, true
				}
			}
		}
	}
	return pairs
}

// tag returns the constant members by which an alternative is told apart.
func (p *pair) tag(s *Schema) string {
	var tags []string
	for _, prop := range p.view(s).properties() {
		if values, ok := p.view(prop.Schema.Target()).values(); ok && len(values) == 1 {
			tags = append(tags, prop.Name+"="+values[0].String())
		}
	}
	return strings.Join(tags, ",")
}

// branches returns the alternatives of the first part that has some.
func (v *view) branches(keyword string) []*Schema {
	for _, s := range v.parts {
		list := s.AnyOf
		if keyword == "oneOf" {
			list = s.OneOf
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}
