package modern

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
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
		for _, c := range members(e.value) {
			if c.value != s.stored(n) {
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
			if s.stored(n) != nil { // else they are part of the type
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
		case "fields":
			m.put("properties", e.key, named(s.mapOf(e.key, e.value), "name", s.inner))
		case "items":
			m.put("items", e.key, s.inner(e.key, e.value))
		case "keys":
			pair.put("key", e.key, s.inner(e.key, e.value))
			m.put("map", e.key, pair.Node)
		case "values":
			pair.put("value", e.key, s.inner(e.key, e.value))
			m.put("map", e.key, pair.Node)
		default:
			s.shared(m, n, e)
		}
	}
	if len(options.Keys) > 0 {
		m.put("logicalTypeOptions", n, options.Node)
	}
	return m.Node
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

// logical has the current word for a type, where there is one.
var logical = map[string]string{
	"string": "string", "text": "string", "varchar": "string",
	"int": "integer", "integer": "integer", "long": "integer", "bigint": "integer",
	"number": "number", "decimal": "number", "numeric": "number", "float": "number", "double": "number",
	"boolean": "boolean", "date": "date", "time": "time", "timestamp": "timestamp", "timestamp_tz": "timestamp", "timestamp_ntz": "timestamp",
	"array": "array", "map": "map", "object": "object", "record": "object", "struct": "object",
}

// typed adds the type of a field. Its own word goes on as the physical type, which
// says more than today's logical types do, unless config has a better one.
func (s *specification) typed(m, options *target, n *document.Node) {
	kind := n.Get("type")
	if !kind.IsNull() && kind.Kind != document.Scalar {
		s.problems.Addf(kind.Span, `want a text for "type"`)
		return
	}
	text := strings.ToLower(strings.TrimSpace(kind.String()))
	key := n.Key("type")
	if name := logical[strings.TrimSpace(strings.SplitN(text, "(", 2)[0])]; name != "" {
		m.put("logicalType", key, word(name, kind))
		switch text {
		case "timestamp", "timestamp_tz":
			options.put("timezone", key, &document.Node{Tag: document.Bool, Text: "true", Span: kind.Span})
		case "timestamp_ntz":
			options.put("timezone", key, &document.Node{Tag: document.Bool, Text: "false", Span: kind.Span})
		}
	}
	if stored := s.stored(n); stored != nil {
		m.put("physicalType", stored, stored)
		s.types[stored] = s.dialect(n, stored)
		return
	}
	if text == "" {
		return
	}
	physical := word(strings.TrimSpace(kind.Text)+sized(n), kind)
	m.put("physicalType", key, physical)
	s.types[physical] = table.Portable
}

// sized returns the size of a decimal: (10, 2).
func sized(n *document.Node) string {
	precision, scale := n.Get("precision").String(), n.Get("scale").String()
	switch {
	case precision != "" && scale != "":
		return "(" + precision + ", " + scale + ")"
	case precision != "":
		return "(" + precision + ")"
	case scale != "":
		return "(*, " + scale + ")"
	}
	return ""
}

// An engine is a database, and the member of config that has a type in its words.
type engine struct {
	member  string
	dialect table.Dialect
}

var engines = map[string]engine{
	"bigquery":   {"bigqueryType", table.BigQuery},
	"clickhouse": {"clickhouseType", table.ClickHouse},
	"databricks": {"databricksType", table.Spark},
	"duckdb":     {"duckdbType", table.DuckDB},
	"glue":       {"glueType", table.Spark},
	"mysql":      {"mysqlType", table.MySQL},
	"oracle":     {"oracleType", table.Oracle},
	"postgres":   {"postgresType", table.Postgres},
	"redshift":   {"redshiftType", table.Redshift},
	"snowflake":  {"snowflakeType", table.Snowflake},
	"sqlserver":  {"sqlserverType", table.SQLServer},
	"trino":      {"trinoType", table.Trino},
}

// IsEngineType reports whether the custom property name gives a column's type in the
// words of a database.
func IsEngineType(name string) bool {
	for _, e := range engines {
		if e.member == name {
			return true
		}
	}
	return false
}

// stored returns the type that config gives a field: the one of the server, or the
// only one there is. Nil: none, or nobody can tell which.
func (s *specification) stored(n *document.Node) *document.Node {
	config := n.Get("config")
	var found []*document.Node
	for _, e := range members(config) {
		if !IsEngineType(e.key.Text) || e.value.String() == "" {
			continue
		}
		if s.engines[e.key.Text] {
			return e.value
		}
		found = append(found, e.value)
	}
	if len(found) == 1 && len(s.engines) == 0 {
		return found[0]
	}
	return nil
}

// dialect returns whose words a type in config is in.
func (s *specification) dialect(n, stored *document.Node) table.Dialect {
	for _, e := range members(n.Get("config")) {
		if e.value != stored {
			continue
		}
		for _, g := range engines {
			if g.member == e.key.Text {
				return g.dialect
			}
		}
	}
	return table.Portable
}
