package modern

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// version2 brings a contract of v2.2 into the form of v3.0.
//
// What v2 says of a column that may be null, v3 says the other way round. A column
// of which v2 does not say it is read as v3 reads it, as one that may: both
// standards call false their default, and mean opposite things by it.
func version2(n *document.Node) *document.Node {
	n = renamed(n, names{
		"uuid": "id", "datasetName": "name", "quantumName": "dataProduct", "datasetDomain": "domain", "dataset": "schema",
		"stakeholders": "team", "slaDefaultColumn": "slaDefaultElement",
	})
	n = within(n, "schema", each(object2))
	n = within(n, "team", each(func(s *document.Node) *document.Node {
		return renamed(s, names{"comment": "description"})
	}))
	return gathered2(n)
}

// gathered2 gathers what v2 says at the top and v3 at a place of its own: of the
// server, of the channels of support, and what has become a custom property.
func gathered2(n *document.Node) *document.Node {
	m, server := emptyMap(n), emptyMap(n)
	var servedAt *document.Node
	for _, e := range members(n) {
		switch e.key.Text {
		case "server", "driver", "driverVersion", "database", "project", "sourcePlatform", "sourceSystem":
			if !e.value.IsNull() && servedAt == nil {
				servedAt = e.key
			}
			put(server, server2(e.key.Text), e.key, e.value)
		case "username", "password": // of whoever wrote the contract
		case "productDl", "productSlackChannel", "productFeedbackUrl":
			if !e.value.IsNull() {
				add(m, "support", e.key, channel2(e))
			}
		case "datasetKind", "userConsumptionMode":
			if !e.value.IsNull() {
				add(m, "customProperties", e.key, custom(e.key.Text, e.key, e.value))
			}
		case "customProperties", "support":
			for _, item := range e.value.List() {
				add(m, e.key.Text, e.key, item)
			}
		default:
			put(m, e.key.Text, e.key, e.value)
		}
	}
	if servedAt != nil {
		put(m, "servers", servedAt, listOf(server))
	}
	return m
}

// channel2 returns an entry of support.
func channel2(e member) *document.Node {
	m := emptyMap(e.value)
	switch e.key.Text {
	case "productFeedbackUrl":
		put(m, "channel", e.key, word("feedback", e.key))
		put(m, "url", e.key, e.value)
		return m
	case "productSlackChannel":
		put(m, "tool", e.key, word("slack", e.key))
	default:
		put(m, "tool", e.key, word("email", e.key))
	}
	put(m, "channel", e.key, e.value)
	return m
}

func object2(n *document.Node) *document.Node {
	n = renamed(n, names{"table": "name", "dataGranularity": "dataGranularityDescription", "columns": "properties"})
	n = within(n, "quality", each(quality2))
	return within(n, "properties", each(property2))
}

func property2(n *document.Node) *document.Node {
	n = clustered2(n)
	n = within(n, "isNullable", opposite)
	n = within(n, "logicalType", func(t *document.Node) *document.Node {
		if name := logical[strings.ToLower(t.String())]; name != "" {
			return word(name, t)
		}
		return t
	})
	n = renamed(n, names{
		"column": "name", "isPrimaryKey": "primaryKey", "isPrimary": "primaryKey", "isUnique": "unique", "isNullable": "required",
		"partitionStatus": "partitioned", "encryptedColumnName": "encryptedName", "transformSourceTables": "transformSourceObjects",
		"sampleValues": "examples", "criticalDataElementStatus": "criticalDataElement", "columns": "properties",
	})
	n = within(n, "quality", each(quality2))
	return within(n, "properties", each(property2))
}

// clustered2 makes custom properties of how a column is clustered, for which v3 has no
// words.
func clustered2(n *document.Node) *document.Node {
	if n.Get("clusterStatus").IsNull() && n.Get("clusterKeyPosition").IsNull() {
		return n
	}
	m := emptyMap(n)
	for _, e := range members(n) {
		if e.key.Text == "clusterStatus" || e.key.Text == "clusterKeyPosition" {
			add(m, "customProperties", e.key, custom(e.key.Text, e.key, e.value))
		} else {
			put(m, e.key.Text, e.key, e.value)
		}
	}
	return m
}

func opposite(n *document.Node) *document.Node {
	not := *n
	switch strings.ToLower(n.Text) {
	case "true", "yes":
		not.Text = "false"
	case "false", "no":
		not.Text = "true"
	}
	return &not
}

// quality2 returns a rule of v2 as one of a tool's own.
func quality2(n *document.Node) *document.Node {
	if n.Kind != document.Map || n.Get("toolName").IsNull() {
		return n
	}
	n = renamed(n, names{
		"toolName": "engine", "templateName": "implementation", "code": "name", "scheduleCronExpression": "schedule", "type": "",
	})
	put(n, "type", n, word("custom", n))
	return n
}

// server2 returns the name of today for a member of v2 that describes its server.
func server2(key string) string {
	switch key {
	case "server":
		return "host"
	case "driver":
		return "type"
	}
	return key
}
