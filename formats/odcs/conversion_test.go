package odcs

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A contract that is converted to another standard, or to the next version of its
// own, is the same contract: the conversions are those that the standards describe,
// member by member.
func TestCorpusConverted(t *testing.T) {
	counts := make(map[string]int)
	for _, s := range samples(t) {
		if !claims(s.name, []byte(s.text)) || isProductFile(s.name, []byte(s.text)) {
			continue
		}
		docs, err := document.ParseAll(s.name, []byte(s.text))
		base, refused := read(t, s.name, s.text)
		if err != nil || refused != nil || len(docs) != 1 {
			continue
		}
		contract, what := value(docs[0]).(map[string]any), ""
		switch v := versionOf(docs[0]); {
		case !docs[0].Get("dataContractSpecification").IsNull():
			contract, what = fromSpecification(contract), "DCS to ODCS v3.1"
		case strings.HasPrefix(v, "v3.0"):
			contract, what = toV31(contract), "ODCS v3.0 to v3.1"
		case strings.HasPrefix(v, "v3.1"):
			contract["apiVersion"], what = "v3.2.0", "ODCS v3.1 to v3.2"
		default:
			contract, what = fromV2(contract), "ODCS v2.2 to v3.0"
		}
		text, err := json.Marshal(contract)
		if err != nil {
			t.Fatal(err)
		}
		counts[what]++
		head, err := read(t, "x.json", string(text))
		if err != nil {
			t.Errorf("%s, %s: %v", s.origin, what, err)
			continue
		}
		if changes := compare(t, base, head); len(changes) > 0 {
			t.Errorf("%s, %s:\n%s", s.origin, what, details(changes))
		}
		if changes := compare(t, head, base); len(changes) > 0 {
			t.Errorf("%s, %s, the other way round:\n%s", s.origin, what, details(changes))
		}
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%4d contracts from %s", counts[what], what)
	}
}

type object = map[string]any

// rename moves members to other names.
func rename(m object, names ...string) {
	for i := 0; i < len(names); i += 2 {
		if v, ok := m[names[i]]; ok {
			delete(m, names[i])
			m[names[i+1]] = v
		}
	}
}

func items(v any) (all []object) {
	list, _ := v.([]any)
	for _, item := range list {
		if m, ok := item.(object); ok {
			all = append(all, m)
		}
	}
	return all
}

// fromV2 follows the list of changes from v2.2 to v3.0.
func fromV2(c object) object {
	c["apiVersion"] = "v3.0.0"
	rename(c, "uuid", "id", "datasetName", "name", "quantumName", "dataProduct", "datasetDomain", "domain", "dataset", "schema", "stakeholders", "team", "slaDefaultColumn", "slaDefaultElement")
	delete(c, "type")
	for _, s := range items(c["team"]) {
		rename(s, "comment", "description")
	}
	for _, p := range items(c["slaProperties"]) {
		rename(p, "column", "element")
	}
	tools := func(m object) {
		for _, q := range items(m["quality"]) {
			rename(q, "toolName", "engine", "templateName", "implementation", "code", "name", "scheduleCronExpression", "schedule")
			q["type"] = "custom"
		}
	}
	for _, o := range items(c["schema"]) {
		rename(o, "table", "name", "dataGranularity", "dataGranularityDescription", "columns", "properties")
		o["physicalType"] = "table"
		tools(o)
		for _, p := range items(o["properties"]) {
			rename(p, "column", "name", "isPrimaryKey", "primaryKey", "isPrimary", "primaryKey", "isUnique", "unique", "partitionStatus", "partitioned",
				"encryptedColumnName", "encryptedName", "sampleValues", "examples", "criticalDataElementStatus", "criticalDataElement", "transformSourceTables", "transformSourceObjects")
			if p["logicalType"] == "double" {
				p["logicalType"] = "number"
			}
			for _, cluster := range []string{"clusterStatus", "clusterKeyPosition"} {
				if v, ok := p[cluster]; ok {
					delete(p, cluster)
					list, _ := p["customProperties"].([]any)
					p["customProperties"] = append(list, object{"property": cluster, "value": v})
				}
			}
			if nullable, ok := p["isNullable"]; ok {
				delete(p, "isNullable")
				p["required"] = nullable != true
			}
			tools(p)
		}
	}
	return c
}

// toV31 follows the list of changes from v3.0 to v3.1.
func toV31(c object) object {
	c["apiVersion"] = "v3.1.0"
	if team, ok := c["team"].([]any); ok {
		c["team"] = object{"members": team}
	}
	var walk func(v any)
	walk = func(v any) {
		m, _ := v.(object)
		list, _ := v.([]any)
		for _, item := range list {
			walk(item)
		}
		for key, inner := range m {
			if key == "quality" {
				for _, q := range items(inner) {
					rename(q, "rule", "metric")
				}
			}
			if o, ok := inner.(object); ok && key == "logicalTypeOptions" {
				for bound, exclusive := range map[string]string{"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"} {
					if o[exclusive] == true {
						delete(o, exclusive)
						rename(o, bound, exclusive)
					}
				}
			}
			walk(inner)
		}
	}
	walk(c["schema"])
	return c
}

// fromSpecification follows the guide for the migration from the Data Contract
// Specification to ODCS.
func fromSpecification(d object) object {
	c := object{"apiVersion": "v3.1.0", "kind": "DataContract", "id": d["id"], "tags": d["tags"]}
	info, _ := d["info"].(object)
	terms, _ := d["terms"].(object)
	var custom, links, levels, servers, schema []any
	for key, v := range info {
		switch key {
		case "title":
			c["name"] = v
		case "version", "status", "dataProduct":
			c[key] = v
		case "owner":
			c["team"] = object{"name": v}
		case "contact":
			m, _ := v.(object)
			channel := object{"channel": m["name"], "url": m["url"]}
			if m["url"] == nil && m["email"] != nil {
				channel["url"] = "mailto:" + m["email"].(string)
			} else if m["email"] != nil {
				channel["email"] = m["email"]
			}
			c["support"] = []any{channel}
		case "description":
		case "links":
			links = append(links, linksOf(v)...)
		default:
			custom = append(custom, object{"property": key, "value": v})
		}
	}
	c["description"] = object{"purpose": info["description"], "usage": terms["usage"], "limitations": terms["limitations"]}
	if terms["billing"] != nil {
		c["price"] = object{"priceUnit": terms["billing"]}
	}
	if terms["noticePeriod"] != nil {
		custom = append(custom, object{"property": "noticePeriod", "value": terms["noticePeriod"]})
	}
	policies := items(terms["policies"])
	for _, p := range policies {
		links = append(links, object{"type": "terms: " + p["name"].(string), "url": p["url"], "description": p["description"]})
	}
	links = append(links, linksOf(d["links"])...)
	for _, name := range keys(d["servers"]) {
		s := d["servers"].(object)[name].(object)
		s["server"] = name
		for _, r := range items(s["roles"]) {
			rename(r, "name", "role")
		}
		servers = append(servers, s)
	}
	definitions, _ := d["definitions"].(object)
	for _, name := range keys(d["models"]) {
		schema = append(schema, modelToObject(name, d["models"].(object)[name], definitions))
	}
	for _, level := range []string{"servicelevel", "servicelevels"} {
		for _, name := range keys(d[level]) {
			levels = append(levels, levelToProperties(name, d[level].(object)[name].(object))...)
		}
	}
	c["customProperties"], c["authoritativeDefinitions"], c["servers"], c["schema"], c["slaProperties"] = custom, links, servers, schema, levels
	// What the standard has no place for stays where it is.
	c["examples"] = d["examples"]
	if q, ok := d["quality"].(object); ok {
		c["quality"] = []any{object{"type": "custom", "engine": q["type"], "implementation": q["specification"]}}
	}
	if d["schema"] != nil {
		c["specification"] = d["schema"]
	}
	return c
}

func keys(v any) []string {
	m, _ := v.(object)
	return slices.Sorted(maps.Keys(m))
}

func linksOf(v any) (all []any) {
	for _, name := range keys(v) {
		all = append(all, object{"type": "documentation", "description": name, "url": v.(object)[name]})
	}
	return all
}

func levelToProperties(name string, level object) (all []any) {
	entry := func(property string, others object, values ...string) {
		for _, v := range values {
			if level[v] != nil && level[v] != false {
				p := object{"property": property, "value": level[v], "description": level["description"]}
				if v == "unlimited" {
					p["value"] = "unlimited"
				}
				for to, from := range others {
					if from != v && level[from.(string)] != nil {
						p[to] = level[from.(string)]
					}
				}
				all = append(all, p)
				return
			}
		}
	}
	switch name {
	case "availability":
		entry(name, nil, "percentage")
	case "retention":
		entry(name, object{"element": "timestampField"}, "period", "unlimited")
	case "latency":
		source := "sourceTimestampField"
		if level[source] == nil {
			source = "businessTimestampField"
		}
		entry(name, object{"element": source, "processedTimestampField": "processedTimestampField"}, "threshold")
	case "freshness":
		entry(name, object{"element": "timestampField"}, "threshold")
	case "frequency":
		entry(name, object{"schedule": "cron", "type": "type"}, "interval", "cron", "type")
	case "support":
		entry("support", nil, "time")
		entry("responseTime", nil, "responseTime")
	case "backup":
		entry("backupInterval", object{"schedule": "cron"}, "interval", "cron")
		entry("recoveryTime", nil, "recoveryTime")
		entry("recoveryPoint", nil, "recoveryPoint")
	}
	return all
}

func modelToObject(name string, v any, definitions object) object {
	m := v.(object)
	o := object{"name": name}
	for key, v := range m {
		switch key {
		case "type":
			o["physicalType"] = v
		case "title":
			o["businessName"] = v
		case "fields":
			var list []any
			for _, f := range keys(v) {
				p := fieldToProperty(v.(object)[f], definitions)
				p["name"] = f
				if ids, ok := m["primaryKey"].([]any); ok && slices.Contains(ids, any(f)) {
					p["primaryKey"] = true
				}
				list = append(list, p)
			}
			o["properties"] = list
		case "primaryKey", "name":
		case "namespace":
			o["customProperties"] = []any{object{"property": key, "value": v}}
		default:
			o[key] = v
		}
	}
	modernQuality(o)
	return o
}

func modernQuality(o object) {
	for _, q := range items(o["quality"]) {
		rename(q, "must_be_greater_than", "mustBeGreaterThan", "must_be_less_than", "mustBeLessThan")
		if q["type"] == "row_count" {
			delete(q, "type")
			q["metric"] = "rowCount"
		}
	}
}

func fieldToProperty(v any, definitions object) object {
	f, _ := v.(object)
	all := object{}
	ref, _ := f["$ref"].(string)
	definition, ok := definitions[strings.TrimPrefix(ref, "#/definitions/")].(object)
	if ok {
		maps.Copy(all, definition)
		delete(all, "name")
	}
	maps.Copy(all, f)
	if ok {
		delete(all, "$ref")
	}
	p, options := object{}, object{}
	for key, v := range all {
		switch key {
		case "type", "domain", "name", "precision", "scale":
		case "title":
			p["businessName"] = v
		case "primary":
			p["primaryKey"] = v
		case "example":
			p["examples"] = []any{v}
		case "references":
			p["relationships"] = []any{object{"to": v}}
		case "pii":
			p["customProperties"] = append(listed2(p), object{"property": key, "value": v})
		case "config":
			for _, name := range keys(v) {
				if !strings.HasSuffix(name, "Type") || name == "avroType" || name == "jsonType" {
					p["customProperties"] = append(listed2(p), object{"property": name, "value": v.(object)[name]})
				}
			}
		case "links":
			p["authoritativeDefinitions"] = linksOf(v)
		case "lineage":
			p["transformSourceObjects"] = v.(object)["inputFields"]
		case "minLength", "maxLength", "pattern", "format", "minimum", "maximum":
			options[key] = v
		case "fields":
			var list []any
			for _, name := range keys(v) {
				inner := fieldToProperty(v.(object)[name], definitions)
				inner["name"] = name
				list = append(list, inner)
			}
			p["properties"] = list
		case "items":
			p["items"] = fieldToProperty(v, definitions)
		default:
			p[key] = v
		}
	}
	if len(options) > 0 {
		p["logicalTypeOptions"] = options
	}
	typeOf(p, all)
	modernQuality(p)
	return p
}

func listed2(p object) []any {
	list, _ := p["customProperties"].([]any)
	return list
}

// typeOf converts a type: its own word stays as the physical one.
func typeOf(p, f object) {
	word, _ := f["type"].(string)
	if word == "" {
		return
	}
	p["physicalType"] = word
	if n, ok := f["precision"].(json.Number); ok {
		p["physicalType"] = word + "(" + n.String() + "," + f["scale"].(json.Number).String() + ")"
	}
	config, _ := f["config"].(object)
	for name, v := range config {
		if strings.HasSuffix(name, "Type") && name != "avroType" && name != "jsonType" {
			p["physicalType"] = v
		}
	}
	for logical, words := range map[string]string{
		"string": "string text varchar", "integer": "int integer long bigint", "number": "number decimal numeric float double", "boolean": "boolean",
		"date": "date", "time": "time", "timestamp": "timestamp timestamp_tz timestamp_ntz", "array": "array", "object": "object record struct", "map": "map",
	} {
		if slices.Contains(strings.Fields(words), word) {
			p["logicalType"] = logical
		}
	}
}
