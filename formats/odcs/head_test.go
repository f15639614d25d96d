package odcs

import "testing"

func TestClaims(t *testing.T) {
	tests := []struct {
		name, file, text string
		want             bool
	}{
		{"a contract", "x.yaml", preamble, true},
		{"a contract whose kind stands last", "x.yaml", "schema:\n  - name: kind\napiVersion: v3.0.2 # new\nkind: \"DataContract\"\n", true},
		{"a contract in JSON", "x.json", `{"schema": [{"name": "a"}], "kind": "DataContract", "apiVersion": "v3.1.0"}`, true},
		{"a contract in JSON in a YAML file", "x.yaml", `{"kind": "DataContract", "apiVersion": "v3.1.0"}`, true},
		{"a contract in braces", "x.yml", "{kind: DataContract, apiVersion: v3.1.0}\n", true},
		{"a contract behind another document", "x.yaml", "a: 1\n---\n" + preamble, true},
		{"an indented contract", "x.yaml", "  kind: DataContract\n  apiVersion: v3.1.0\n", true},
		{"a contract of Windows", "x.yaml", "\ufeffkind: DataContract\r\napiVersion: v3.1.0\r\n", true},
		{"a contract that is broken further down", "x.yaml", preamble + "schema: [\n", true},
		{"a future v3", "x.yaml", "kind: DataContract\napiVersion: v3.9.0\n", true},
		{"a data product", "x.yaml", "kind: DataProduct\napiVersion: v1.0.0\nid: a\n", true},
		{"an older contract", "x.yaml", "kind: DataContract\napiVersion: v2.2.2\n", true},
		{"an older contract that does not say its version", "x.yaml", "kind: DataContract\nuuid: a\ndataset: []\n", true},
		{"a contract of the Data Contract Specification", "x.yaml", "id: a\ndataContractSpecification: 1.2.1\n", true},
		{"the same in JSON", "x.json", `{"dataContractSpecification": "0.9.3"}`, true},
		{"one to come", "x.yaml", "dataContractSpecification: 2.0.0\n", false},
		{"a contract of v4", "x.yaml", "kind: DataContract\napiVersion: v4.0.0\n", false},
		{"a contract of v30", "x.yaml", "kind: DataContract\napiVersion: v30.0.0\n", false},
		{"a contract without a version", "x.yaml", "kind: DataContract\n", false},
		{"a kind further in", "x.yaml", "a:\n  kind: DataContract\n  apiVersion: v3.1.0\n", false},
		{"a word in a text", "x.yaml", "a: |\n  kind: DataContract\n  apiVersion: v3.1.0\n", false},
		{"something of Kubernetes", "x.yaml", "kind: Deployment\napiVersion: v1\n", false},
		{"broken JSON", "x.json", `{"kind": "DataContract", "apiVersion"`, false},
		{"nothing", "x.yaml", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := claims(tt.file, []byte(tt.text)); got != tt.want {
				t.Errorf("claimed: %v", got)
			}
		})
	}
}

func TestUnread(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"DCS", "x.yaml", "dataContractSpecification: 2.0.0\nid: a\n", "Data Contract Specification 2.0.0 is not known; 0.9 to 1.2 are read"},
		{"ODCS that is none", "x.yaml", "kind: DataContract\nname: a\n", "Open Data Contract Standard without an apiVersion is not read; v2.2, v3.0 and v3.1 are"},
		{"ODCS to come", "x.yaml", "kind: DataContract\napiVersion: v4.0.0\n", "Open Data Contract Standard v4.0.0 is not known; v2.2, v3.0 and v3.1 are read"},
		{"ODPS to come", "x.yaml", "kind: DataProduct\napiVersion: v2.0.0\n", "Open Data Product Standard v2.0.0 is not known; v0.9 and v1.0 are read"},
		{"DPS", "x.yaml", "dataProductSpecification: 0.0.1\n", "Data Product Specification 0.0.1 is not read yet"},
		{"DUA", "x.yaml", "dataUsageAgreementSpecification: 0.0.1\n", "Data Usage Agreement 0.0.1 is not read yet"},
		{"OpenSLO", "x.yaml", "apiVersion: openslo/v1\nkind: SLO\n", "OpenSLO openslo/v1 is read in a file of its own"},
		{"dbt", "x.yml", "version: 2\nmodels:\n  - name: a\n", "a file of dbt properties is not read yet"},
		{"dbt without a version", "x.yml", "models:\n  - name: a\n    columns: []\n", "a file of dbt properties is not read yet"},
		{"a manifest", "manifest.json", `{"metadata": {"dbt_schema_version": "v12"}, "nodes": {}}`, "a dbt artifact is not read yet"},
		{"lineage", "x.json", `{"eventType": "COMPLETE", "producer": "https://openlineage.io"}`, "OpenLineage is not read yet"},
		{"a contract that is read", "x.yaml", preamble, ""},
		{"models of something else", "x.yaml", "models:\n  - gpt\n", ""},
		{"no contract at all", "x.yaml", "a: 1\n", ""},
		{"no document", "x.go", "package x // DataContract models:", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := Unread(tt.file, []byte(tt.text)); got != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q, %v", got, ok)
			}
		})
	}
}
