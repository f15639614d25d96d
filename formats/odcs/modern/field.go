package modern

import (
	"slices"
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
	m := emptyMap(n)
	for _, e := range members(n) {
		switch e.key.Text {
		case "type":
			put(m, "physicalType", e.key, e.value)
		case "title":
			put(m, "businessName", e.key, e.value)
		case "namespace":
			add(m, "customProperties", e.key, custom(e.key.Text, e.key, e.value))
		case "fields":
			put(m, "properties", e.key, s.keyed(s.fields(e.key, e.value), n.Get("primaryKey")))
		case "primaryKey":
			s.key(e.value, n.Get("fields"))
		default:
			s.shared(m, n, e)
		}
	}
	return m
}

// shared adds a member that models and fields have alike.
func (s *specification) shared(m, n *document.Node, e member) {
	switch e.key.Text {
	case "example":
		put(m, "examples", e.key, listOf(e.value))
	case "quality":
		put(m, "quality", e.key, each(quality)(e.value))
	case "links":
		for _, l := range members(e.value) {
			add(m, "authoritativeDefinitions", e.key, link("documentation", l))
		}
	case "config":
		for _, c := range members(e.value) {
			if c.value != s.stored(n) {
				add(m, "customProperties", e.key, custom(c.key.Text, c.key, c.value))
			}
		}
	default:
		put(m, e.key.Text, e.key, e.value)
	}
}

// key checks that a primary key is made of fields.
func (s *specification) key(key, fields *document.Node) {
	if !key.IsNull() && key.Kind != document.List {
		s.problems.Addf(key.Span, `want a list of fields for "primaryKey"`)
	}
	for _, name := range key.List() {
		if fields.Key(name.String()) == nil {
			s.problems.Addf(name.Span, "want a field of this model for its primary key; there is no %q", name.String())
		}
	}
}

// keyed marks the properties whose names are in key.
func (s *specification) keyed(properties, key *document.Node) *document.Node {
	for _, name := range key.List() {
		for _, p := range properties.List() {
			if p.Get("name").String() == name.String() {
				put(p, "primaryKey", name, &document.Node{Tag: document.Bool, Text: "true", Span: name.Span})
			}
		}
	}
	return properties
}

func (s *specification) fields(key, n *document.Node) *document.Node {
	return named(s.mapOf(key, n), "name", s.field)
}

// field returns a property, or the items of an array.
func (s *specification) field(key, n *document.Node) *document.Node {
	n = s.mapOf(key, n)
	opened := len(s.open)
	defer func() { s.open = s.open[:opened] }()
	n = s.resolved(n)
	m, options := emptyMap(n), emptyMap(n)
	s.typed(m, options, n)
	for _, e := range members(n) {
		switch e.key.Text {
		case "type", "name", "domain": // of the latter, a definition has its own
		case "precision", "scale":
			if s.stored(n) != nil { // else they are part of the type
				put(options, e.key.Text, e.key, e.value)
			}
		case "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
			put(options, e.key.Text, e.key, e.value)
		case "title":
			put(m, "businessName", e.key, e.value)
		case "primary":
			put(m, "primaryKey", e.key, e.value)
		case "references":
			put(m, "relationships", e.key, listOf(reference(e)))
		case "pii":
			add(m, "customProperties", e.key, custom("pii", e.key, e.value))
		case "lineage":
			lineage(m, e)
		case "fields":
			put(m, "properties", e.key, s.fields(e.key, e.value))
		case "items":
			put(m, "items", e.key, s.field(e.key, e.value))
		case "keys", "values":
			s.entry(m, e)
		default:
			s.shared(m, n, e)
		}
	}
	if len(options.Keys) > 0 {
		put(m, "logicalTypeOptions", n, options)
	}
	return m
}

// entry adds the keys or the values of a map.
func (s *specification) entry(m *document.Node, e member) {
	pair := m.Get("map")
	if pair == nil {
		pair = emptyMap(e.value)
		put(m, "map", e.key, pair)
	}
	put(pair, map[string]string{"keys": "key", "values": "value"}[e.key.Text], e.key, s.field(e.key, e.value))
}

func reference(e member) *document.Node {
	m := emptyMap(e.value)
	put(m, "to", e.key, e.value)
	return m
}

// lineage adds what a field is made of.
func lineage(m *document.Node, e member) {
	put(m, "transformSourceObjects", e.key, e.value.Get("inputFields"))
	put(m, "transformDescription", e.key, e.value.Get("transformationDescription"))
	put(m, "transformLogic", e.key, e.value.Get("transformationType"))
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
		n = renamed(n, names{"type": ""})
		put(n, "metric", n, word("rowCount", n))
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
func (s *specification) typed(m, options, n *document.Node) {
	kind := n.Get("type")
	if !kind.IsNull() && kind.Kind != document.Scalar {
		s.problems.Addf(kind.Span, `want a text for "type"`)
		return
	}
	text := strings.ToLower(strings.TrimSpace(kind.String()))
	key := n.Key("type")
	if name := logical[strings.TrimSpace(strings.SplitN(text, "(", 2)[0])]; name != "" {
		put(m, "logicalType", key, word(name, kind))
		switch text {
		case "timestamp", "timestamp_tz":
			put(options, "timezone", key, &document.Node{Tag: document.Bool, Text: "true", Span: kind.Span})
		case "timestamp_ntz":
			put(options, "timezone", key, &document.Node{Tag: document.Bool, Text: "false", Span: kind.Span})
		}
	}
	if stored := s.stored(n); stored != nil {
		put(m, "physicalType", stored, stored)
		s.types[stored] = s.dialect(n, stored)
		return
	}
	if text == "" {
		return
	}
	physical := word(strings.TrimSpace(kind.Text)+sized(n), kind)
	put(m, "physicalType", key, physical)
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

// engineOf returns the engine of a type of server, if it has one.
func engineOf(server string) []engine {
	if e, ok := engines[strings.ToLower(server)]; ok {
		return []engine{e}
	}
	return nil
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
		if slices.ContainsFunc(s.engines, func(g engine) bool { return g.member == e.key.Text }) {
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
