package modern

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

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
	if stored, words := s.stored(n); stored != nil {
		m.put("physicalType", stored, stored)
		s.types[stored] = words
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

// engines are the members of config that give a type in the words of a database.
// Each is called as the type of the servers that run it.
var engines = map[string]table.Dialect{
	"bigqueryType":   table.BigQuery,
	"clickhouseType": table.ClickHouse,
	"databricksType": table.Spark,
	"duckdbType":     table.DuckDB,
	"glueType":       table.Spark,
	"mysqlType":      table.MySQL,
	"oracleType":     table.Oracle,
	"postgresType":   table.Postgres,
	"redshiftType":   table.Redshift,
	"snowflakeType":  table.Snowflake,
	"sqlserverType":  table.SQLServer,
	"trinoType":      table.Trino,
}

// IsEngineType reports whether the custom property name gives a column's type in the
// words of a database.
func IsEngineType(name string) bool {
	_, is := engines[name]
	return is
}

// stored returns the type that config gives a field, and in whose words: the one of
// the servers, or if they have none, the only one there is. Nil: none, or nobody can
// tell which.
func (s *specification) stored(n *document.Node) (found *document.Node, words table.Dialect) {
	fits := 0
	for _, e := range members(n.Get("config")) {
		dialect, is := engines[e.key.Text]
		if !is || e.value.String() == "" || len(s.engines) > 0 && !s.engines[e.key.Text] {
			continue
		}
		fits++
		found, words = e.value, dialect
	}
	if fits != 1 {
		return nil, ""
	}
	return found, words
}
