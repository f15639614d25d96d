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
	m, server := newMap(n), newMap(n)
	var servedAt *document.Node
	for _, e := range members(n) {
		switch e.key.Text {
		case "server", "driver", "driverVersion", "database", "project", "sourcePlatform", "sourceSystem":
			if !e.value.IsNull() && servedAt == nil {
				servedAt = e.key
			}
			server.put(server2(e.key.Text), e.key, e.value)
		case "username", "password": // of whoever wrote the contract
		case "productDl", "productSlackChannel", "productFeedbackUrl":
			if !e.value.IsNull() {
				m.add("support", e.key, channel2(e))
			}
		case "datasetKind", "userConsumptionMode":
			if !e.value.IsNull() {
				m.add("customProperties", e.key, custom(e.key.Text, e.key, e.value))
			}
		default:
			if e.value.Kind != document.List || e.key.Text != "customProperties" && e.key.Text != "support" {
				m.put(e.key.Text, e.key, e.value)
				continue
			}
			for _, item := range e.value.Items {
				m.add(e.key.Text, e.key, item)
			}
		}
	}
	if servedAt != nil {
		m.put("servers", servedAt, listOf(server.Node))
	}
	return m.Node
}

// channel2 returns an entry of support.
func channel2(e member) *document.Node {
	m := newMap(e.value)
	switch e.key.Text {
	case "productFeedbackUrl":
		m.put("channel", e.key, word("feedback", e.key))
		m.put("url", e.key, e.value)
		return m.Node
	case "productSlackChannel":
		m.put("tool", e.key, word("slack", e.key))
	default:
		m.put("tool", e.key, word("email", e.key))
	}
	m.put("channel", e.key, e.value)
	return m.Node
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
	m := newMap(n)
	for _, e := range members(n) {
		if e.key.Text == "clusterStatus" || e.key.Text == "clusterKeyPosition" {
			m.add("customProperties", e.key, custom(e.key.Text, e.key, e.value))
		} else {
			m.put(e.key.Text, e.key, e.value)
		}
	}
	return m.Node
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
		"toolName": "engine", "templateName": "implementation", "code": "name", "scheduleCronExpression": "schedule", "type": "method",
	})
	m := copyOf(n)
	m.put("type", n, word("custom", n))
	return m.Node
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
