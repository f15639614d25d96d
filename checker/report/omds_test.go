package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"go.yaml.in/yaml/v3"
)

// Every document keeps to the schema, and no finding of a port is left out.
func TestOMDS(t *testing.T) {
	schema := ruletest.JSONSchema(t, "../../docs/omds.schema.json")
	r := rich(t)
	text := render(t, report.Options{Repository: forge}.OMDS, r)
	found, ports := 0, 0
	for _, doc := range strings.Split(text, "\n---\n") {
		if err := schema(doc); err != nil {
			t.Errorf("%v\n%s", err, doc)
		}
		var d struct {
			Impact map[string]int
			Diffs  []struct {
				ImpactLevel string `yaml:"impactLevel"`
			}
		}
		if err := yaml.Unmarshal([]byte(doc), &d); err != nil {
			t.Fatal(err)
		}
		found, ports = found+len(d.Diffs), ports+1
		counted := make(map[string]int)
		for _, diff := range d.Diffs {
			counted[strings.ToLower(diff.ImpactLevel)]++
		}
		for _, level := range []string{"major", "minor", "patch"} {
			if d.Impact[level] != counted[level] {
				t.Errorf("%s: %d diffs, and the impact says %d", level, counted[level], d.Impact[level])
			}
		}
	}
	want := 0
	for _, f := range r.Findings {
		if f.Port != "" {
			want++
		}
	}
	if found != want || ports < 2 {
		t.Errorf("%d diffs in %d documents, want %d", found, ports, want)
	}
	if got := render(t, report.Options{}.OMDS, checkTrees(t, nil, nil)); got != "# no contract differs\n" {
		t.Errorf("nothing gives %q", got)
	}
}

// The levels are those of the draft's tables, or worse.
func TestOMDSLevels(t *testing.T) {
	contract := func(columns, rest string) map[string][]byte {
		return map[string][]byte{"c.odcs.yaml": []byte("apiVersion: v3.1.0\nkind: DataContract\nid: urn:c\nversion: 0.3.1\nstatus: active\nschema:\n  - name: orders\n    properties:\n      - {name: id, logicalType: string}\n" + columns + rest)}
	}
	tests := []struct {
		name, base, head, baseRest, headRest string
		want                                 string // type, path, level, suggested version
	}{
		{"a column that is gone", "      - {name: a, logicalType: string}\n", "", "", "", "REMOVE /schema[name=orders]/properties[name=a] MAJOR 1.0.0"},
		{"a column that is new", "", "      - {name: a, logicalType: string}\n", "", "", "ADD /schema[name=orders]/properties[name=a] MINOR 0.4.0"},
		{"a null that is let in, which breaks", "      - {name: a, required: true}\n", "      - {name: a}\n", "", "", "CHANGE /schema[name=orders]/properties[name=a]/required MAJOR 1.0.0"},
		{"a null that is kept out, which only the draft calls major", "      - {name: a}\n", "      - {name: a, required: true}\n", "", "", "CHANGE /schema[name=orders]/properties[name=a]/required MAJOR 1.0.0"},
		{"a description", "      - {name: a, description: x}\n", "      - {name: a, description: y}\n", "", "", "CHANGE /schema[name=orders]/properties[name=a]/description PATCH 0.3.2"},
		{"a column with a name of its own", "      - {name: 'a]/b', logicalType: string}\n", "", "", "", `REMOVE /schema[name=orders]/properties[name="a]/b"] MAJOR 1.0.0`},
		{"a weaker objective, which is risky here and minor there", "", "", "slaProperties:\n  - {property: freshness, value: 1, unit: h}\n", "slaProperties:\n  - {property: freshness, value: 2, unit: h}\n", "CHANGE /slaProperties[property=freshness] MINOR 0.4.0"},
		{"an objective that is gone, which breaks here", "", "", "slaProperties:\n  - {property: freshness, value: 1, unit: h}\n", "", "REMOVE /slaProperties[property=freshness] MAJOR 1.0.0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := render(t, report.Options{}.OMDS, checkTrees(t, contract(tt.base, tt.baseRest), contract(tt.head, tt.headRest)))
			var d struct {
				SuggestedVersion string `yaml:"suggestedVersion"`
				Diffs            []struct {
					Type, Path  string
					ImpactLevel string `yaml:"impactLevel"`
				}
			}
			if err := yaml.Unmarshal([]byte(text), &d); err != nil || len(d.Diffs) == 0 {
				t.Fatalf("%v\n%s", err, text)
			}
			if got := fmt.Sprint(d.Diffs[0].Type, " ", d.Diffs[0].Path, " ", d.Diffs[0].ImpactLevel, " ", d.SuggestedVersion); got != tt.want {
				t.Errorf("got  %s\nwant %s\n%s", got, tt.want, text)
			}
		})
	}
}
