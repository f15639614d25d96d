package odcs

import (
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/table"
)

// termsOf gathers what a contract says of its port as a whole.
func termsOf(n *document.Node, promises []slo.Objective) schema.Terms {
	t := schema.Terms{
		ContractID: n.Get("id").String(),
		Version:    n.Get("version").String(),
		VersionAt:  member(n, "version"),
		Owner:      ownerOf(n),
		Kind:       kindOf(n),
		Status:     statusOf(n.Get("status").String()),
		Span:       memberOr(n, "status"),
	}
	ends := make(map[string]time.Time)
	for _, o := range promises {
		switch {
		case o.Property == slo.NoticePeriod && o.Unit == slo.Seconds:
			if longer, _ := o.Quantity.Cmp(t.Notice); longer > 0 {
				t.Notice = o.Quantity
			}
		case o.Unit == slo.Date:
			if end := o.Quantity.Time(); end.After(ends[o.Property]) {
				ends[o.Property] = end
			}
		}
	}
	t.EndOfSupport = ends[slo.EndOfSupport]
	if t.EndOfSupport.IsZero() {
		t.EndOfSupport = ends[slo.EndOfLife]
	}
	return t
}

// statusOf reads the standard's words. A word of a team's own says nothing, and
// the contract counts as active.
func statusOf(text string) schema.Status {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "proposed", "draft":
		return schema.Draft
	case "active":
		return schema.Active
	case "deprecated":
		return schema.Deprecated
	case "retired":
		return schema.Retired
	}
	return ""
}

// ownerOf names who answers for the data: the team, or before v3.1 the member
// whose role it is.
func ownerOf(n *document.Node) string {
	team := n.Get("team")
	if name := team.Get("name").String(); name != "" {
		return name
	}
	for _, m := range append(team.List(), team.Get("members").List()...) {
		if strings.Contains(strings.ToLower(m.Get("role").String()), "owner") && m.Get("dateOut").IsNull() {
			return m.Get("username").String()
		}
	}
	return ""
}

// A serverType is what the type of a server says about the data on it.
type serverType struct {
	kind    schema.Kind
	dialect table.Dialect
}

// serverTypes are those whose data is no table, or whose types have a dialect.
var serverTypes = map[string]serverType{
	"api":   {kind: schema.API},
	"kafka": {kind: schema.Stream}, "kinesis": {kind: schema.Stream}, "pubsub": {kind: schema.Stream}, "pulsar": {kind: schema.Stream},
	"s3": {kind: schema.Files}, "azure": {kind: schema.Files}, "gcs": {kind: schema.Files}, "sftp": {kind: schema.Files}, "local": {kind: schema.Files},

	"bigquery":   {schema.SQL, table.BigQuery},
	"clickhouse": {schema.SQL, table.ClickHouse},
	"databricks": {schema.SQL, table.Spark}, "hive": {schema.SQL, table.Spark}, "glue": {schema.SQL, table.Spark}, "impala": {schema.SQL, table.Spark},
	"duckdb": {schema.SQL, table.DuckDB},
	"mysql":  {schema.SQL, table.MySQL},
	"oracle": {schema.SQL, table.Oracle},
	"athena": {schema.SQL, table.Trino}, "presto": {schema.SQL, table.Trino}, "trino": {schema.SQL, table.Trino},
	"postgres": {schema.SQL, table.Postgres}, "postgresql": {schema.SQL, table.Postgres},
	"redshift":  {schema.SQL, table.Redshift},
	"snowflake": {schema.SQL, table.Snowflake},
	"sqlserver": {schema.SQL, table.SQLServer}, "synapse": {schema.SQL, table.SQLServer},
}

// servers returns what the servers of a contract agree on: a kind, a dialect, or the
// zero value of either where they differ or nobody knows.
func servers(n *document.Node) (agreed serverType) {
	for i, s := range n.Get("servers").List() {
		t, ok := serverTypes[strings.ToLower(s.Get("type").String())]
		if !ok {
			t.kind = schema.SQL
		}
		if i == 0 {
			agreed = t
		}
		if t.kind != agreed.kind {
			agreed.kind = ""
		}
		if t.dialect != agreed.dialect {
			agreed.dialect = table.Standard
		}
	}
	return agreed
}

func dialectOf(n *document.Node) table.Dialect { return servers(n).dialect }

// kindOf tells how the data is read, by its servers or else by its objects. Empty:
// nothing says so.
func kindOf(n *document.Node) schema.Kind {
	if len(n.Get("servers").List()) > 0 {
		return servers(n).kind
	}
	for _, o := range n.Get("schema").List() {
		switch strings.ToLower(o.Get("physicalType").String()) {
		case "topic", "stream":
			return schema.Stream
		case "file", "files":
			return schema.Files
		case "api":
			return schema.API
		}
	}
	return ""
}
