package odcs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A check is one quality rule, in the words of v3.1.
type check struct {
	*document.Node
	kind   string // library, sql, text or custom
	metric string // of a library rule
	called string // what consumers call it: its name, or else what it is about
}

// metrics are the names that metrics of v3.1 had before.
var metrics = map[string]string{
	"duplicateCount": "duplicateValues", "duplicates": "duplicateValues", "uniqueness": "duplicateValues",
	"nullCount": "nullValues", "missingCount": "missingValues", "invalidCount": "invalidValues",
	"row_count": "rowCount", "rowcount": "rowCount",
}

func newCheck(n *document.Node) check {
	c := check{Node: n, kind: cmp.Or(strings.ToLower(n.Get("type").String()), "library")}
	if c.kind == "library" {
		name := cmp.Or(n.Get("metric").String(), n.Get("rule").String())
		c.metric = cmp.Or(metrics[name], name)
		if c.metric == "" && !n.Get("query").IsNull() {
			c.kind = "sql"
		}
	}
	c.called = cmp.Or(n.Get("name").String(), n.Get("id").String(), c.metric, n.Get("engine").String(), c.kind)
	return c
}

// aside returns c less its list of valid values and all that says so.
func (c check) aside() check {
	c.Node, c.metric = orEmpty(aside(c.Node)), ""
	return c
}

// subject is what makes a rule of a library another one: what it counts.
func (c check) subject() string {
	if c.metric == "" {
		return ""
	}
	columns := texts(c.Get("arguments").Get("properties"))
	slices.Sort(columns)
	return c.metric + " " + strings.Join(columns, ", ")
}

// checks lists the rules of a property, but for the one that its list of values was
// read from. They are not ok if they are no list of rules.
func checks(quality, but *document.Node) (all []check, ok bool) {
	for _, q := range quality.List() {
		if q.Kind != document.Map {
			return nil, false
		}
		if q != but {
			all = append(all, newCheck(q))
		}
	}
	return all, quality.IsNull() || quality.Kind == document.List
}

// quality compares the quality rules of an element. Of the rules that a property's
// list of values was read from, if there are any, what they accept is compared
// as that list. It reports whether what only describes a rule changed.
func (d *differ) quality(p pair, f field, listed, listedNow *document.Node) (docs bool) {
	was, ok1 := checks(f.base, listed)
	now, ok2 := checks(f.head, listedNow)
	if !ok1 || !ok2 {
		d.fields(notCompared, p.path, []field{f}, p.subject()+": ", " changed, which is not compared")
		return false
	}
	if listed != nil && listedNow != nil {
		docs = d.check(p.path, newCheck(listed).aside(), newCheck(listedNow).aside())
	}
	mates := matched(was, now, idOf, nameOf, factOf, check.subject, alike)
	for i, c := range was {
		if j := mates[i]; j >= 0 {
			docs = d.check(p.path, c, now[j]) || docs
			continue
		}
		r := d.report(qualityRemoved, p.path, c.Span, f.headAt, "%s: the quality rule %s is gone", p.subject(), c.called)
		r.Key, r.From = c.called, fact(c.Node)
	}
	for _, j := range unpaired(mates, len(now)) {
		r := d.report(qualityAdded, p.path, f.baseAt, now[j].Span, "%s: the quality rule %s is new", p.subject(), now[j].called)
		r.Key, r.To = now[j].called, fact(now[j].Node)
	}
	return docs
}

func idOf(c check) string   { return c.Get("id").String() }
func nameOf(c check) string { return c.Get("name").String() }
func factOf(c check) string { return fact(meaning(c.Node)) }

// alike is what rules that are no library's have in common where nothing else tells
// which is which.
func alike(c check) string {
	if c.metric != "" {
		return c.metric
	}
	return c.kind + " " + c.Get("engine").String()
}

// What becomes of the members of a quality rule. What is in no list is part of
// what it checks.
var (
	checkedElsewhere = set("type", "arguments", "validValues", "missingValues", "pattern", "id")
	checkDocs        = set("name", "description", "dimension", "businessImpact", "method", "tags", "customProperties", "authoritativeDefinitions", "scheduler")
)

// severities rank the words of the standard, and others that people use.
var severities = map[string]int{"info": 1, "information": 1, "low": 1, "warning": 2, "warn": 2, "medium": 2, "error": 3, "high": 3, "critical": 4}

// check compares a rule that both sides have. One edit of it is one change.
func (d *differ) check(at change.Path, was, now check) (docs bool) {
	var changed []string
	became := kept
	note := func(what string, p promise) {
		if p != kept {
			changed = append(changed, what)
			became = became.with(p)
		}
	}
	if was.kind != now.kind || was.metric != now.metric {
		note("metric", unclear)
	}
	note("limit", was.limit(now))
	for _, a := range arguments(was, now) {
		note(a.key, a.relate(was.isLimit() && now.isLimit()))
	}
	for _, f := range (pair{base: was.Node, head: now.Node}).fields() {
		switch isDoc := checkDocs[f.key] && !(f.key == "description" && was.kind == "text"); {
		case isOperator(f.key) || hasRead(was, now, f.key) || !f.differs():
		case isDoc:
			docs = true
		case f.key == "severity":
			note(f.key, severity(f))
		case f.key == "unit" && cmp.Or(f.base.String(), "rows") == cmp.Or(f.head.String(), "rows"):
		case f.key == "query" && squeezed(f.base) == squeezed(f.head):
		default:
			note(f.key, unclear)
		}
	}
	rule := map[promise]*change.Rule{stronger: qualityStrengthened, weaker: qualityWeakened, unclear: qualityChanged}[became]
	if slices.Contains(changed, "properties") {
		rule = qualityGrainChanged
	}
	if rule != nil {
		c := d.report(rule, at, was.Span, now.Span, "%s: the quality rule %s: %s", pair{path: at}.subject(), was.called, was.became(now, changed))
		c.Key, c.From, c.To = was.called, fact(meaning(was.Node)), fact(meaning(now.Node))
	}
	return docs
}

// hasRead reports whether a member of two rules is compared by what it means. What
// was called rule is called metric since v3.1.
func hasRead(was, now check, key string) bool {
	switch library := was.kind == "library" && now.kind == "library"; key {
	case "metric":
		return library
	case "rule":
		return library && (was.Get("metric").IsNull() || now.Get("metric").IsNull())
	}
	return checkedElsewhere[key]
}

// limit compares the numbers that two rules accept.
func (c check) limit(head check) promise {
	a, ok1 := acceptedBy(c.Node)
	b, ok2 := acceptedBy(head.Node)
	if ok1 && ok2 {
		return a.relate(b)
	}
	for _, f := range (pair{base: c.Node, head: head.Node}).fields() {
		if isOperator(f.key) && !same(f.base, f.head) {
			return unclear
		}
	}
	return kept
}

// became says what happened to a rule: its limit in numbers, and whatever else by
// its name.
func (c check) became(head check, changed []string) string {
	slices.Sort(changed)
	if len(changed) == 1 && changed[0] == "limit" {
		return fmt.Sprintf("%s became %s", c.limits(), head.limits())
	}
	return listed(changed) + " changed"
}

func (c check) limits() string {
	var all []string
	for i, key := range c.Keys {
		if isOperator(key.Text) {
			all = append(all, key.Text+" "+cmp.Or(c.Items[i].String(), "["+strings.Join(texts(c.Items[i]), ", ")+"]"))
		}
	}
	slices.Sort(all)
	return cmp.Or(strings.Join(all, " and "), "no limit")
}

// arguments lists what tells two rules what to count. Before v3.1 it stood among
// the members of the rule, as it still does in places.
func arguments(was, now check) (all []field) {
	gather := func(c check) *document.Node {
		m := &document.Node{Kind: document.Map}
		for _, from := range []*document.Node{c.Node, orEmpty(c.Get("arguments"))} {
			for i, key := range from.Keys {
				if from != c.Node || key.Text == "validValues" || key.Text == "missingValues" || key.Text == "pattern" {
					m.Keys, m.Items = append(m.Keys, key), append(m.Items, from.Items[i])
				}
			}
		}
		return m
	}
	for _, f := range (pair{base: gather(was), head: gather(now)}).fields() {
		if !same(f.base, f.head) && !(f.key == "properties" && same(sortedTexts(f.base), sortedTexts(f.head))) {
			all = append(all, f)
		}
	}
	return all
}

// isLimit reports whether c accepts fewer of what it counts, whenever it accepts more.
func (c check) isLimit() bool {
	a, ok := acceptedBy(c.Node)
	return ok && len(a.intervals) == 1 && (a.intervals[0].least == nil || a.intervals[0].least.Sign() == 0 && !a.intervals[0].openLeast)
}

// relate tells what a change of the argument f means for a rule that limits what it
// counts: where more counts as missing it is stricter, and where more counts as
// valid it is weaker.
func (f field) relate(limits bool) promise {
	was, ok1 := textSet(f.base)
	now, ok2 := textSet(f.head)
	if !limits || !ok1 || !ok2 || f.key != "missingValues" && f.key != "validValues" {
		return unclear
	}
	grows, shrinks := subset(was, now), subset(now, was)
	if f.key == "missingValues" {
		grows, shrinks = shrinks, grows
	}
	switch {
	case grows && shrinks:
		return kept
	case grows:
		return weaker
	case shrinks:
		return stronger
	}
	return unclear
}

func textSet(n *document.Node) (map[string]bool, bool) {
	if n.IsNull() || n.Kind != document.List {
		return nil, false
	}
	all := make(map[string]bool)
	for _, item := range n.Items {
		all[fact(item)] = true
	}
	return all, true
}

func subset(a, b map[string]bool) bool {
	for key := range a {
		if !b[key] {
			return false
		}
	}
	return true
}

// severity compares how bad it is that a rule does not hold. What it is without a word,
// the standard does not say.
func severity(f field) promise {
	was, now := severities[strings.ToLower(f.base.String())], severities[strings.ToLower(f.head.String())]
	switch {
	case f.base.IsNull() && now >= severities["error"]:
		return stronger
	case was == 0 || now == 0:
		return unclear
	case was < now:
		return stronger
	case was > now:
		return weaker
	}
	return kept
}

// squeezed returns a text with its white space folded, which means nothing in a query.
func squeezed(n *document.Node) string { return strings.Join(strings.Fields(n.String()), " ") }
