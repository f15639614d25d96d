package modern

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// objectives turns service levels into entries of slaProperties.
func (s *specification) objectives(n *document.Node) *document.Node {
	var all []*document.Node
	for _, level := range members(n) {
		if value := s.mapOf(level.key, level.value); value.IsNull() {
			continue
		}
		known := map[string]bool{"description": true}
		for _, o := range objectives[level.key.Text] {
			if entry := o.of(level.value); entry != nil {
				all = append(all, entry)
			}
			o.knows(known)
		}
		for _, e := range members(level.value) {
			switch {
			case known[e.key.Text] || e.value.IsNull():
			case e.value.Kind == document.Scalar:
				all = append(all, own(level.key.Text, e))
			default:
				s.to.put("servicelevels."+level.key.Text+"."+e.key.Text, e.key, e.value)
			}
		}
	}
	return listOf(all...)
}

// own returns the entry of a member that the standard does not know, which may be a
// promise of its own.
func own(level string, e member) *document.Node {
	m := newMap(e.key)
	m.put("property", e.key, word(level+"."+e.key.Text, e.key))
	m.put("value", e.key, e.value)
	return m.Node
}

// An objective says which members of a service level make one entry.
type objective struct {
	property string
	value    []string // the first that is given
	others   names    // what becomes of other members
}

var objectives = map[string][]objective{
	"availability": {{property: "availability", value: []string{"percentage"}}},
	"retention":    {{property: "retention", value: []string{"period", "unlimited"}, others: names{"timestampField": "element", "unlimited": "unlimited"}}},
	"latency": {{property: "latency", value: []string{"threshold"}, others: names{
		"sourceTimestampField": "element", "businessTimestampField": "element", "processedTimestampField": "processedTimestampField",
	}}},
	"freshness": {{property: "freshness", value: []string{"threshold"}, others: names{"timestampField": "element"}}},
	"frequency": {{property: "frequency", value: []string{"interval", "cron", "type"}, others: names{"cron": "schedule", "type": "type"}}},
	"support":   {{property: "support", value: []string{"time"}}, {property: "responseTime", value: []string{"responseTime"}}},
	"backup": {
		{property: "backupInterval", value: []string{"interval", "cron"}, others: names{"cron": "schedule"}},
		{property: "recoveryTime", value: []string{"recoveryTime"}},
		{property: "recoveryPoint", value: []string{"recoveryPoint"}},
	},
}

// knows adds the members of a service level that o reads.
func (o objective) knows(members map[string]bool) {
	for _, name := range o.value {
		members[name] = true
	}
	for name := range o.others {
		members[name] = true
	}
}

func isTrue(n *document.Node) bool { return strings.EqualFold(n.String(), "true") }

// of returns the entry that o makes of a service level; nil if it has no value.
func (o objective) of(level *document.Node) *document.Node {
	for _, name := range o.value {
		value := level.Get(name)
		if value.IsNull() || name == "unlimited" && !isTrue(value) {
			continue
		}
		if name == "unlimited" {
			value = word("unlimited", value)
		}
		m, key := newMap(level), level.Key(name)
		m.put("property", key, word(o.property, key))
		m.put("value", key, value)
		for _, e := range members(level) {
			isNot := e.key.Text == "unlimited" && !isTrue(e.value)
			if to := o.others[e.key.Text]; to != "" && e.key.Text != name && !isNot {
				m.put(to, e.key, e.value)
			}
		}
		m.put("description", level, level.Get("description"))
		return m.Node
	}
	return nil
}
