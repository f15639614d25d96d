package odcs

import (
	"cmp"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/semantic"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
	"github.com/breakwater-data/breakwater/formats/odcs/modern"
)

// What becomes of the members of an object or a property. Whatever is in no list,
// and has no rule below, is not compared.
var (
	judgedAsTable = set("name", "physicalName", "physicalType", "logicalType", "required", "unique", "primaryKey", "primaryKeyPosition",
		"partitioned", "partitionKeyPosition", "classification", "deprecated", "properties", "items", "map")
	elementDocs = set("description", "businessName", "tags", "examples", "transformDescription", "synonyms")
)

// element compares what only this standard says of an object or a property that
// both sides have.
func (d *differ) element(t table.Pair) {
	p := pair{t.Path, t.Base, t.Head, t.BaseAt, t.HeadAt}
	d.changes = append(d.changes, semantic.Diff(p.path, meanings(p.base), meanings(p.head), p.baseAt, p.headAt)...)
	var docs, rest []field
	for _, f := range p.fields() {
		switch {
		case t.IsTable && f.key == "logicalType" && objectType(f.base) != objectType(f.head): // no standard knows another
			rest = append(rest, f)
		case judgedAsTable[f.key] || !f.differs() || d.judged(p, f):
		case elementDocs[f.key], f.key == "authoritativeDefinitions" && d.definitions(p, f):
			docs = append(docs, f)
		case f.key == "authoritativeDefinitions":
		case f.key == "relationships":
			if !d.relationships(p.path, f) {
				rest = append(rest, f)
			}
		case f.key == "quality":
			var was, now *document.Node
			if !t.IsTable {
				was, now = valuesOf(p.base).rule, valuesOf(p.head).rule
			}
			if d.quality(p, f, was, now) {
				docs = append(docs, f)
			}
		case f.key == "measures" || f.key == "dimensions" || f.key == "metrics":
			d.measures(p, f)
		case f.key == "customProperties":
			d.custom(p.path, string(p.path), f)
		case leftOver(p, f):
			rest = append(rest, f)
		}
	}
	d.fields(documentationChanged, p.path, docs, string(p.path)+": ", " changed")
	d.fields(notCompared, p.path, rest, string(p.path)+": ", " changed, which is not compared")
}

// objectType returns the logical type of an object, which is object without a word.
func objectType(n *document.Node) string {
	return cmp.Or(strings.ToLower(n.String()), "object")
}

// judged reports a change of a member that has a rule of its own, and whether it has.
func (d *differ) judged(p pair, f field) bool {
	switch f.key {
	case "id":
		if !f.base.IsNull() {
			d.field(elementIDChanged, p.path, f, "%s: the id %s", p.path, f.became())
		}
	case "criticalDataElement":
		switch was, now := isTrue(f.base), isTrue(f.head); {
		case was && !now:
			d.field(criticalDropped, p.path, f, "%s is no longer a critical data element", p.path)
		case now && !was:
			d.field(criticalAdded, p.path, f, "%s is a critical data element now", p.path)
		}
	case "encryptedName":
		rule := encryptedNameChanged
		if f.base.IsNull() {
			rule = encryptedNameAdded
		}
		d.field(rule, p.path, f, "%s: encryptedName %s", p.path, f.became())
	case "logicalTypeOptions":
		if strings.EqualFold(p.base.Get("logicalType").String(), "vector") {
			d.vector(p, f)
		}
		return false // there are others
	case "additionalFields":
		switch was, now := isTrue(f.base), isTrue(f.head); {
		case now && !was:
			d.field(objectOpened, p.path, f, "%s may have fields now that the contract does not name", p.path)
		case was && !now:
			d.field(objectClosed, p.path, f, "%s has the fields of the contract and no others now", p.path)
		}
	default:
		_, ok := topicOf(f.key) // what it means is compared by itself
		return ok
	}
	return true
}

func isTrue(n *document.Node) bool { return strings.EqualFold(n.String(), "true") }

// vector compares what the numbers of a vector are, and how many.
func (d *differ) vector(p pair, f field) {
	for _, key := range vectorOptions {
		if o := f.inner(p.path).field(key); o.differs() {
			d.field(vectorChanged, p.path, o, "%s: %s %s", p.path, key, o.became()).Key = key
		}
	}
}

// measures compares what tools for analysis read by its name.
func (d *differ) measures(p pair, f field) {
	both, gone, added, ok := entries(f, p, textOf("name"))
	if !ok {
		d.fields(notCompared, p.path, []field{f}, string(p.path)+": ", " changed, which is not compared")
		return
	}
	name := func(n *document.Node) string { return cmp.Or(n.Get("name").String(), "without a name") }
	for _, m := range both {
		if !same(meaning(m.base), meaning(m.head)) {
			rule := measureChanged
			if name(m.base) != name(m.head) {
				rule = measureRemoved
			}
			c := d.report(rule, p.path, m.baseAt, m.headAt, "%s: %s in %s changed", p.path, name(m.base), f.key)
			c.Key, c.From, c.To = name(m.base), fact(meaning(m.base)), fact(meaning(m.head))
		}
	}
	for _, n := range gone {
		c := d.report(measureRemoved, p.path, n.Span, f.headAt, "%s: %s in %s is gone", p.path, name(n), f.key)
		c.Key, c.From = name(n), fact(meaning(n))
	}
	for _, n := range added {
		c := d.report(measureAdded, p.path, f.baseAt, n.Span, "%s: %s in %s is new", p.path, name(n), f.key)
		c.Key, c.To = name(n), fact(meaning(n))
	}
}

// custom compares lists of custom properties by their names. Of the contract, the
// notice period is an objective.
func (d *differ) custom(at change.Path, of string, f field) {
	was, ok1 := properties(f.base)
	now, ok2 := properties(f.head)
	if !ok1 || !ok2 {
		d.fields(notCompared, at, []field{f}, of+": ", " changed, which is not compared")
		return
	}
	for _, p := range (pair{at, was, now, f.baseAt, f.headAt}).fields() {
		_, means := topicOf(p.key)
		switch {
		case means && !change.Terms.Covers(at): // compared as what the element means
		case !p.differs() || at == change.Terms && slo.Property(p.key) == slo.NoticePeriod:
		case personal[p.key]:
			d.personalData(at, p)
		case modern.IsEngineType(p.key): // of a database that the contract does not serve, or of one of several
			d.field(notCompared, at, p, "%s: %s %s, which is not compared", of, p.key, p.became()).Key = p.key
		default:
			d.field(customPropertyChanged, at, p, "%s: the custom property %s %s", of, p.key, p.verb()).Key = p.key
		}
	}
}

// properties turns a list of custom properties into a map of them.
func properties(n *document.Node) (*document.Node, bool) {
	if isMap(n) {
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
