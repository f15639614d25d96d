package modern

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

// A specification is a contract of the Data Contract Specification that is being
// brought into the current form.
type specification struct {
	node     *document.Node
	problems *document.Problems
	to       *document.Node // the current form, as far as it is
	about    *document.Node // its description
	types    map[*document.Node]table.Dialect
	engines  []engine         // those that the servers run
	open     []*document.Node // definitions that are being put in the place of a $ref, outermost first
	left     int              // how many members may still be put in the place of a $ref
	sizes    map[*document.Node]int
}

// Limits of definitions: each may refer to others several times, and those again.
const (
	maxOpen    = 50
	maxInlined = 100_000
)

func newSpecification(n *document.Node, problems *document.Problems) *specification {
	return &specification{
		node: n, problems: problems, to: emptyMap(n), about: emptyMap(n),
		types: make(map[*document.Node]table.Dialect), left: maxInlined, sizes: make(map[*document.Node]int),
	}
}

func (s *specification) contract() Contract {
	for _, e := range members(s.node.Get("servers")) {
		s.engines = append(s.engines, engineOf(e.value.Get("type").String())...)
	}
	for _, e := range members(s.node) {
		s.member(e.key, e.value)
	}
	return Contract{Node: s.to, Types: s.types, Unordered: true, UsageTerm: true}
}

func (s *specification) member(key, value *document.Node) {
	switch key.Text {
	case "dataContractSpecification", "definitions": // the latter count where something refers to them
	case "info":
		s.info(s.mapOf(key, value))
	case "terms":
		s.terms(s.mapOf(key, value))
	case "servers":
		put(s.to, "servers", key, named(s.mapOf(key, value), "server", s.server))
	case "models":
		put(s.to, "schema", key, named(s.mapOf(key, value), "name", s.model))
	case "servicelevels", "servicelevel":
		put(s.to, "slaProperties", key, s.objectives(s.mapOf(key, value)))
	case "quality": // of the whole contract, before 1.1
		put(s.to, "quality", key, listOf(checks(value)))
	case "schema": // in another language, in 0.9.0
		put(s.to, "specification", key, value)
	case "links":
		for _, e := range members(value) {
			add(s.to, "authoritativeDefinitions", key, link("documentation", e))
		}
	default:
		put(s.to, key.Text, key, value)
	}
}

// checks returns the checks of another tool as a rule of today.
func checks(n *document.Node) *document.Node {
	if n.Kind != document.Map {
		return n
	}
	m := copyOf(renamed(n, names{"type": "engine", "specification": "implementation"}))
	put(m, "type", n, word("custom", n))
	return m
}

// mapOf returns value if it is a map, and else reports it.
func (s *specification) mapOf(key, value *document.Node) *document.Node {
	if !value.IsNull() && value.Kind != document.Map {
		s.problems.Addf(value.Span, "want a map for %q", key.Text)
		return nil
	}
	return value
}

func (s *specification) info(n *document.Node) {
	contact := emptyMap(n)
	for _, e := range members(n) {
		switch e.key.Text {
		case "title":
			put(s.to, "name", e.key, e.value)
		case "version", "status", "dataProduct":
			put(s.to, e.key.Text, e.key, e.value)
		case "description":
			s.describe("purpose", e)
		case "owner":
			team := emptyMap(e.value)
			put(team, "name", e.key, e.value)
			put(s.to, "team", e.key, team)
		case "contact":
			contact = contactOf(e.value)
		case "links":
			for _, l := range members(e.value) {
				add(s.to, "authoritativeDefinitions", e.key, link("documentation", l))
			}
		default:
			s.custom(e.key.Text, e)
		}
	}
	if len(contact.Keys) > 0 {
		put(s.to, "support", n.Key("contact"), listOf(contact))
	}
}

// contactOf returns an entry of support.
func contactOf(n *document.Node) *document.Node {
	m := renamed(n, names{"name": "channel"})
	email := n.Get("email")
	switch {
	case email.IsNull():
	case n.Get("url").IsNull():
		m = renamed(m, names{"email": "url"})
		m = within(m, "url", func(u *document.Node) *document.Node { return word("mailto:"+u.String(), u) })
	}
	if m.Kind != document.Map {
		m = emptyMap(n)
		put(m, "channel", n, n)
	}
	return m
}

func (s *specification) terms(n *document.Node) {
	for _, e := range members(n) {
		switch e.key.Text {
		case "usage", "limitations":
			s.describe(e.key.Text, e)
		case "description": // of terms that are linked elsewhere
			s.describe("usage", e)
		case "policies":
			for _, p := range e.value.List() {
				kind := "terms"
				for _, name := range []string{"name", "type"} {
					if text := p.Get(name).String(); text != "" {
						kind = "terms: " + text
					}
				}
				p = renamed(p, names{"name": "", "type": ""})
				if p.Kind == document.Map {
					p = copyOf(p)
					put(p, "type", p, word(kind, p))
				}
				add(s.to, "authoritativeDefinitions", e.key, p)
			}
		case "billing":
			price := emptyMap(e.value)
			put(price, "priceUnit", e.key, e.value)
			put(s.to, "price", e.key, price)
		default: // the notice period among them
			s.custom(e.key.Text, e)
		}
	}
}

// describe adds a part of the description.
func (s *specification) describe(name string, e member) {
	if len(s.about.Keys) == 0 && !e.value.IsNull() {
		put(s.to, "description", e.key, s.about)
	}
	put(s.about, name, e.key, e.value)
}

// custom adds a custom property.
func (s *specification) custom(name string, e member) {
	if !e.value.IsNull() {
		add(s.to, "customProperties", e.key, custom(name, e.key, e.value))
	}
}

func (s *specification) server(_, n *document.Node) *document.Node {
	return within(n, "roles", each(func(r *document.Node) *document.Node { return renamed(r, names{"name": "role"}) }))
}

// link returns an entry of the authoritative definitions.
func link(kind string, e member) *document.Node {
	m := emptyMap(e.key)
	put(m, "type", e.key, word(kind, e.key))
	put(m, "description", e.key, word(e.key.Text, e.key))
	put(m, "url", e.key, e.value)
	return m
}

// objectives turns service levels into entries of slaProperties.
func (s *specification) objectives(n *document.Node) *document.Node {
	var all []*document.Node
	for _, level := range members(n) {
		if value := s.mapOf(level.key, level.value); value.IsNull() {
			continue
		}
		for _, o := range objectives[level.key.Text] {
			if o := o.of(level.value); o != nil {
				all = append(all, o)
			}
		}
		if objectives[level.key.Text] == nil { // of one's own: each of its members is a promise
			for _, e := range members(level.value) {
				o := emptyMap(e.key)
				put(o, "property", e.key, word(level.key.Text+"."+e.key.Text, e.key))
				put(o, "value", e.key, e.value)
				all = append(all, o)
			}
		}
	}
	return listOf(all...)
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
		m, key := emptyMap(level), level.Key(name)
		put(m, "property", key, word(o.property, key))
		put(m, "value", key, value)
		for _, e := range members(level) {
			isNot := e.key.Text == "unlimited" && !isTrue(e.value)
			if to := o.others[e.key.Text]; to != "" && e.key.Text != name && !isNot {
				put(m, to, e.key, e.value)
			}
		}
		put(m, "description", level, level.Get("description"))
		return m
	}
	return nil
}
