package odcs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

// What becomes of the members of an object or a property. Whatever is in no list,
// and has no rule below, is not compared.
var (
	judgedAsTable = set("id", "name", "physicalName", "physicalType", "logicalType", "required", "unique", "primaryKey", "primaryKeyPosition",
		"partitioned", "partitionKeyPosition", "classification", "deprecated", "properties", "items", "map")
	elementDocs = set("description", "businessName", "tags", "examples", "transformDescription")
)

// element compares what only this standard says of an object or a property that
// both sides have.
func (d *differ) element(t table.Pair) {
	p := pair{t.Path, t.Base, t.Head, t.BaseAt, t.HeadAt}
	if id := p.base.Get("id"); !id.IsNull() && p.differs("id") {
		d.member(elementIDChanged, p, "id", fmt.Sprintf("%s: the id %s", p.path, became(id, p.head.Get("id"))))
	}
	var docs, rest []string
	for _, key := range p.keys() {
		switch {
		case t.IsTable && key == "logicalType" && objectType(p.base) != objectType(p.head): // no standard knows another
			rest = append(rest, key)
		case judgedAsTable[key] || !p.differs(key):
		case elementDocs[key]:
			docs = append(docs, key)
		case key == "authoritativeDefinitions":
			docs = append(docs, d.definitions(p)...)
		case key == "relationships":
			rest = append(rest, d.relationships(p)...)
		case key == "customProperties":
			d.custom(p, string(p.path))
		case !d.judged(p, key) && leftOver(p, key):
			rest = append(rest, key)
		}
	}
	d.members(documentationChanged, p, docs, string(p.path)+": %s changed")
	d.members(notCompared, p, rest, string(p.path)+": %s changed, which is not compared")
}

// objectType returns the logical type of an object, which is object without a word.
func objectType(n *document.Node) string {
	return cmp.Or(strings.ToLower(n.Get("logicalType").String()), "object")
}

// judged reports a change of a key that has a rule of its own, and whether it has.
func (d *differ) judged(p pair, key string) bool {
	was, now := p.base.Get(key), p.head.Get(key)
	switch key {
	case "criticalDataElement":
		rule, text := criticalAdded, "is a critical data element now"
		if isTrue(was) {
			rule, text = criticalDropped, "is no longer a critical data element"
		}
		if isTrue(was) != isTrue(now) {
			d.member(rule, p, key, fmt.Sprintf("%s %s", p.path, text))
		}
	case "encryptedName":
		rule := encryptedNameChanged
		if was.IsNull() {
			rule = encryptedNameAdded
		}
		d.member(rule, p, key, fmt.Sprintf("%s: encryptedName %s", p.path, became(was, now)))
	case "transformLogic", "transformSourceObjects":
		d.member(transformationChanged, p, key, fmt.Sprintf("%s: %s %s", p.path, key, verb(p, key)))
	case "dataGranularityDescription":
		d.member(granularityChanged, p, key, fmt.Sprintf("%s: granularity %s", p.path, became(was, now)))
	default:
		return false
	}
	return true
}

func isTrue(n *document.Node) bool { return n.String() == "true" || n.String() == "True" }

// became says what happened to a text.
func became(was, now *document.Node) string {
	switch {
	case was.IsNull():
		return "is " + excerpt(now) + " now, it was not set"
	case now.IsNull():
		return excerpt(was) + " is gone"
	}
	return excerpt(was) + " became " + excerpt(now)
}

// excerpt quotes the beginning of a text.
func excerpt(n *document.Node) string {
	const most = 60
	text := []rune(n.String())
	if len(text) > most {
		text = append(text[:most], '…')
	}
	return fmt.Sprintf("%q", string(text))
}

// leftOver reports whether key still differs when what was read from it is left
// out: the options of a type, and the list of valid values.
func leftOver(p pair, key string) bool {
	was, now := valuesOf(p.base), valuesOf(p.head)
	switch key {
	case "enum":
		return !p.base.Get(key).IsNull() && was.key != key || !p.head.Get(key).IsNull() && now.key != key
	case "logicalTypeOptions":
		return !same(without(p.base.Get(key), knownOptions(p.base)), without(p.head.Get(key), knownOptions(p.head)))
	case "quality":
		if was.rule != nil && now.rule != nil && !same(meaning(withoutList(was.rule)), meaning(withoutList(now.rule))) {
			return true
		}
		return !same(meaning(was.others(p.base)), meaning(now.others(p.head)))
	}
	return true
}

// without returns n less some of its members, nil if nothing is left.
func without(n *document.Node, keys []string) *document.Node {
	if n == nil || n.Kind != document.Map {
		return n
	}
	left := *n
	left.Keys, left.Items = nil, nil
	for i, k := range n.Keys {
		if !slices.Contains(keys, k.Text) {
			left.Keys, left.Items = append(left.Keys, k), append(left.Items, n.Items[i])
		}
	}
	if len(left.Keys) == 0 {
		return nil
	}
	return &left
}

// withoutList returns a quality rule less its list of valid values.
func withoutList(rule *document.Node) *document.Node {
	left := *rule
	left.Items = slices.Clone(rule.Items)
	for i, k := range rule.Keys {
		if k.Text == "arguments" {
			left.Items[i] = without(rule.Items[i], []string{"validValues"})
		}
	}
	return without(&left, []string{"validValues"})
}

// others returns the quality rules of n less the one that holds the list.
func (v values) others(n *document.Node) *document.Node {
	quality := n.Get("quality")
	if v.rule == nil {
		return quality
	}
	left := *quality
	left.Items = slices.DeleteFunc(slices.Clone(quality.Items), func(q *document.Node) bool { return q == v.rule })
	if len(left.Items) == 0 {
		return nil
	}
	return &left
}

// meaning returns n less what only describes it, wherever that stands. The
// description of a rule in words is the rule.
func meaning(n *document.Node) *document.Node {
	if n.IsNull() || n.Kind == document.Scalar {
		return n
	}
	m := *n
	if n.Kind == document.Map && n.Get("type").String() != "text" {
		if rest := without(n, []string{"description", "businessImpact", "tags"}); rest != nil {
			m = *rest
		}
	}
	items := make([]*document.Node, len(m.Items))
	for i, item := range m.Items {
		items[i] = meaning(item)
	}
	m.Items = items
	return &m
}

// custom compares lists of custom properties by their names. Of the contract, the
// notice period is an objective.
func (d *differ) custom(p pair, of string) {
	was, ok1 := properties(p.base.Get("customProperties"))
	now, ok2 := properties(p.head.Get("customProperties"))
	if !ok1 || !ok2 {
		d.members(notCompared, p, []string{"customProperties"}, of+": %s changed, which is not compared")
		return
	}
	inner := pair{path: p.path, base: was, head: now}
	inner.baseAt, inner.headAt = p.at("customProperties")
	for _, key := range inner.keys() {
		if inner.differs(key) && !(p.path == change.Terms && slo.Property(key) == slo.NoticePeriod) {
			d.member(customPropertyChanged, inner, key, fmt.Sprintf("%s: the custom property %s %s", of, key, verb(inner, key))).Key = key
		}
	}
}

// properties turns a list of custom properties into a map of them.
func properties(n *document.Node) (*document.Node, bool) {
	if n.IsNull() || n.Kind == document.Map {
		return orEmpty(n), true
	}
	m := &document.Node{Kind: document.Map}
	seen := make(map[string]bool)
	for _, item := range n.List() {
		key := item.Get("property")
		if key.String() == "" || seen[key.Text] {
			return m, false
		}
		seen[key.Text] = true
		m.Keys, m.Items = append(m.Keys, key), append(m.Items, item.Get("value"))
	}
	return m, n.Kind == document.List
}
