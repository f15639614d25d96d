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
	to       *target // the current form, as far as it is
	about    *target // its description
	types    map[*document.Node]table.Dialect
	engines  map[string]bool  // the members of config that are in the words of the servers
	open     []*document.Node // definitions that are being put in the place of a $ref, outermost first
	left     int              // how many members may still be put in the place of a $ref
	asked    int              // how many suggestions were asked for
	sizes    map[*document.Node]int
	children map[*document.Node]map[string]*document.Node // of large maps, by their keys
}

// Limits of definitions: each may refer to others several times, and those again.
const (
	maxOpen        = 50
	maxInlined     = 100_000
	maxSuggestions = 10
)

func newSpecification(n *document.Node, problems *document.Problems) *specification {
	return &specification{
		node: n, problems: problems, to: newMap(n), about: newMap(n),
		types: make(map[*document.Node]table.Dialect), left: maxInlined, engines: make(map[string]bool), sizes: make(map[*document.Node]int),
		children: make(map[*document.Node]map[string]*document.Node),
	}
}

func (s *specification) contract() Contract {
	for _, e := range members(s.node.Get("servers")) {
		if name := strings.ToLower(e.value.Get("type").String()) + "Type"; IsEngineType(name) {
			s.engines[name] = true
		}
	}
	for _, e := range members(s.node) {
		s.section(e.key, e.value)
	}
	return Contract{Node: s.to.Node, Types: s.types, Unordered: true, UsageTerm: true}
}

// section adds one member of the contract.
func (s *specification) section(key, value *document.Node) {
	switch key.Text {
	case "dataContractSpecification", "definitions": // the latter count where something refers to them
	case "info":
		s.info(s.mapOf(key, value))
	case "terms":
		s.terms(s.mapOf(key, value))
	case "servers":
		s.to.put("servers", key, named(s.mapOf(key, value), "server", s.server))
	case "models":
		s.to.put("schema", key, named(s.mapOf(key, value), "name", s.model))
	case "servicelevels", "servicelevel":
		s.to.put("slaProperties", key, s.objectives(s.mapOf(key, value)))
	case "quality": // of the whole contract, before 1.1
		s.to.put("quality", key, listOf(checks(value)))
	case "schema": // in another language, in 0.9.0
		s.to.put("specification", key, value)
	case "links":
		for _, e := range members(value) {
			s.to.add("authoritativeDefinitions", key, link("documentation", e))
		}
	default:
		s.to.put(key.Text, key, value)
	}
}

// checks returns the checks of another tool as a rule of today.
func checks(n *document.Node) *document.Node {
	if n.Kind != document.Map {
		return n
	}
	m := copyOf(renamed(n, names{"type": "engine", "specification": "implementation"}))
	m.put("type", n, word("custom", n))
	return m.Node
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
	var contact *document.Node
	for _, e := range members(n) {
		switch e.key.Text {
		case "title":
			s.to.put("name", e.key, e.value)
		case "version", "status", "dataProduct":
			s.to.put(e.key.Text, e.key, e.value)
		case "description":
			s.describe("purpose", e)
		case "owner":
			team := newMap(e.value)
			team.put("name", e.key, e.value)
			s.to.put("team", e.key, team.Node)
		case "contact":
			contact = contactOf(e.value)
		case "links":
			for _, l := range members(e.value) {
				s.to.add("authoritativeDefinitions", e.key, link("documentation", l))
			}
		default:
			s.custom(e.key.Text, e)
		}
	}
	if contact != nil && len(contact.Keys) > 0 {
		s.to.put("support", n.Key("contact"), listOf(contact))
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
		channel := newMap(n)
		channel.put("channel", n, n)
		return channel.Node
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
					typed := copyOf(p)
					typed.put("type", p, word(kind, p))
					p = typed.Node
				}
				s.to.add("authoritativeDefinitions", e.key, p)
			}
		case "billing":
			price := newMap(e.value)
			price.put("priceUnit", e.key, e.value)
			s.to.put("price", e.key, price.Node)
		case "noticePeriod":
			s.custom(e.key.Text, e)
		default:
			s.to.put("terms."+e.key.Text, e.key, e.value)
		}
	}
}

// describe adds a part of the description.
func (s *specification) describe(name string, e member) {
	if len(s.about.Keys) == 0 && !e.value.IsNull() {
		s.to.put("description", e.key, s.about.Node)
	}
	s.about.put(name, e.key, e.value)
}

// custom adds a custom property.
func (s *specification) custom(name string, e member) {
	if !e.value.IsNull() {
		s.to.add("customProperties", e.key, custom(name, e.key, e.value))
	}
}

func (s *specification) server(key, n *document.Node) *document.Node {
	return within(s.mapOf(key, n), "roles", each(func(r *document.Node) *document.Node { return renamed(r, names{"name": "role"}) }))
}

// link returns an entry of the authoritative definitions.
func link(kind string, e member) *document.Node {
	m := newMap(e.key)
	m.put("type", e.key, word(kind, e.key))
	m.put("description", e.key, word(e.key.Text, e.key))
	m.put("url", e.key, e.value)
	return m.Node
}
