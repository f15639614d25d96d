package modern

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// model returns an object.
func (s *specification) model(key, n *document.Node) *document.Node {
	n = s.mapOf(key, n)
	opened := len(s.open)
	defer func() { s.open = s.open[:opened] }()
	n = s.resolved(n)
	m, keys := newMap(n), s.key(n)
	for _, e := range members(n) {
		switch e.key.Text {
		case "type":
			m.put("physicalType", e.key, e.value)
		case "title":
			m.put("businessName", e.key, e.value)
		case "namespace":
			m.add("customProperties", e.key, custom(e.key.Text, e.key, e.value))
		case "fields":
			m.put("properties", e.key, named(s.mapOf(e.key, e.value), "name", func(key, field *document.Node) *document.Node {
				return s.field(key, field, keys[key.Text])
			}))
		case "primaryKey": // which its fields say
		default:
			s.shared(m, n, e)
		}
	}
	return m.Node
}

// shared adds a member that models and fields have alike.
func (s *specification) shared(m *target, n *document.Node, e member) {
	switch e.key.Text {
	case "example":
		m.put("examples", e.key, listOf(e.value))
	case "quality":
		m.put("quality", e.key, each(quality)(e.value))
	case "links":
		for _, l := range members(e.value) {
			m.add("authoritativeDefinitions", e.key, link("documentation", l))
		}
	case "config":
		stored, _ := s.stored(n)
		for _, c := range members(e.value) {
			if c.value != stored {
				m.add("customProperties", e.key, custom(c.key.Text, c.key, c.value))
			}
		}
	default:
		m.put(e.key.Text, e.key, e.value)
	}
}

// key returns the items of a model's primary key by the fields that they name.
func (s *specification) key(n *document.Node) map[string]*document.Node {
	key := n.Get("primaryKey")
	if !key.IsNull() && key.Kind != document.List {
		s.problems.Addf(key.Span, `want a list of fields for "primaryKey"`)
	}
	named := make(map[string]*document.Node)
	for _, name := range key.List() {
		named[name.String()] = name
		if s.child(n.Get("fields"), name.String()) == nil {
			s.problems.Addf(name.Span, "want a field of this model for its primary key; there is no %q", name.String())
		}
	}
	return named
}

// field returns a property, or the items of an array. Keyed is where its model says
// that it is part of the primary key, or nil.
func (s *specification) field(key, n, keyed *document.Node) *document.Node {
	n = s.mapOf(key, n)
	opened := len(s.open)
	defer func() { s.open = s.open[:opened] }()
	n = s.resolved(n)
	m, options, pair := newMap(n), newMap(n), newMap(n)
	s.typed(m, options, n)
	if keyed != nil {
		m.put("primaryKey", keyed, &document.Node{Tag: document.Bool, Text: "true", Span: keyed.Span})
	}
	for _, e := range members(n) {
		switch e.key.Text {
		case "type", "name", "domain": // of the latter, a definition has its own
		case "precision", "scale":
			if stored, _ := s.stored(n); stored != nil { // else they are part of the type
				options.put(e.key.Text, e.key, e.value)
			}
		case "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
			options.put(e.key.Text, e.key, e.value)
		case "title":
			m.put("businessName", e.key, e.value)
		case "primary", "primaryKey":
			if keyed == nil || isTrue(e.value) {
				m.put("primaryKey", e.key, e.value)
			}
		case "references":
			m.put("relationships", e.key, listOf(reference(e)))
		case "pii":
			m.add("customProperties", e.key, custom("pii", e.key, e.value))
		case "lineage":
			lineage(m, e)
		case "fields", "items", "keys", "values":
			s.parts(m, pair, e)
		default:
			s.shared(m, n, e)
		}
	}
	if len(options.Keys) > 0 {
		m.put("logicalTypeOptions", n, options.Node)
	}
	return m.Node
}

// parts adds what a field consists of. Pair is the map of today, which has the keys and
// the values.
func (s *specification) parts(m, pair *target, e member) {
	switch e.key.Text {
	case "fields":
		m.put("properties", e.key, named(s.mapOf(e.key, e.value), "name", s.inner))
		return
	case "items":
		m.put("items", e.key, s.inner(e.key, e.value))
		return
	case "keys":
		pair.put("key", e.key, s.inner(e.key, e.value))
	case "values":
		pair.put("value", e.key, s.inner(e.key, e.value))
	}
	if m.member("map") == nil {
		m.put("map", e.key, pair.Node)
	}
}

// inner returns a field within another one.
func (s *specification) inner(key, n *document.Node) *document.Node { return s.field(key, n, nil) }

func reference(e member) *document.Node {
	m := newMap(e.value)
	m.put("to", e.key, e.value)
	return m.Node
}

// lineage adds what a field is made of.
func lineage(m *target, e member) {
	m.put("transformSourceObjects", e.key, e.value.Get("inputFields"))
	m.put("transformDescription", e.key, e.value.Get("transformationDescription"))
	m.put("transformLogic", e.key, e.value.Get("transformationType"))
}

// quality returns a rule with its operators as they are spelled today.
func quality(n *document.Node) *document.Node {
	to := make(names)
	for _, e := range members(n) {
		name := e.key.Text
		if strings.HasPrefix(name, "must_") {
			words := strings.Split(name, "_")
			for i, w := range words[1:] {
				words[i+1] = strings.ToUpper(w[:min(1, len(w))]) + w[min(1, len(w)):]
			}
			name = strings.Join(words, "")
		}
		if name = strings.Replace(name, "ThanOrEqualTo", "OrEqualTo", 1); name != e.key.Text {
			to[e.key.Text] = name
		}
	}
	n = renamed(n, to)
	if n.Get("type").String() == "row_count" {
		m := copyOf(renamed(n, names{"type": ""}))
		m.put("metric", n, word("rowCount", n))
		return m.Node
	}
	return n
}
