package odcs

import (
	"bytes"
	"fmt"
	"strings"
)

// Unread tells why a document that looks like a contract, or like something
// beside one, is not read by this package: "Data Contract Specification 0.9.3 is
// not read yet". It answers false for a document that is read, or that it does
// not know at all.
func Unread(name string, text []byte) (reason string, ok bool) {
	if !match(name) || !containsAny(text, marks) {
		return "", false
	}
	for _, h := range heads(name, text) {
		if reason, ok := h.unread(text); ok {
			return reason, true
		}
	}
	return "", false
}

// unread tells why the document that h begins is not read. Text is the whole file.
func (h head) unread(text []byte) (reason string, ok bool) {
	if h.isContract() || h.isProduct() {
		return "", false
	}
	for _, k := range kinds {
		if !k.is(h, text) {
			continue
		}
		what := k.what
		if version := h[k.version]; version != "" {
			what += " " + version
		}
		return fmt.Sprintf("%s %s", what, k.why), true
	}
	return "", false
}

// marks are words of which at least one stands in every document of kinds: most
// files of a repository have none of them and are looked at no further.
var marks = []string{
	"DataContract", "DataProduct", "dataContractSpecification", "dataProductSpecification", "dataUsageAgreementSpecification",
	"AccessAgreement", "managedDataset", "openslo/", "outputPorts", "inputPorts", "teamId", "opendataproducts.org",
	"dbt_schema_version", "models:", "sources:", "exposures:", "semantic_models:", "unit_tests:", "openlineage.io",
}

func containsAny(text []byte, words []string) bool {
	for _, w := range words {
		if bytes.Contains(text, []byte(w)) {
			return true
		}
	}
	return false
}

// A kind is a kind of document that is not read.
type kind struct {
	what    string
	version string // the member that says the version
	why     string
	is      func(h head, text []byte) bool
}

const notYet = "is not read yet"

// kinds stand in the order in which they are tried.
var kinds = []kind{
	{"Data Contract Specification", "dataContractSpecification", "is not known; 0.9 to 1.2 are read", hasKeys("dataContractSpecification")},
	{"Data Product Specification", "dataProductSpecification", notYet, hasKeys("dataProductSpecification")},
	{"Data Usage Agreement", "dataUsageAgreementSpecification", notYet, hasKeys("dataUsageAgreementSpecification")},
	{"Open Access Agreement Standard", "apiVersion", notYet, kindIs("AccessAgreement")},
	{"Open Data Contract Standard without an apiVersion", "", "is not read; v2.2, v3.0 and v3.1 are", func(h head, _ []byte) bool {
		return h["kind"] == "DataContract" && h["apiVersion"] == "" || h["kind"] == "managedDataset"
	}},
	{"Open Data Contract Standard", "apiVersion", "is not known; v2.2, v3.0 and v3.1 are read", kindIs("DataContract")},
	{"Open Data Product Standard", "apiVersion", "is not known; v0.9 and v1.0 are read", kindIs("DataProduct")},
	{"OpenSLO", "apiVersion", "is read in a file of its own", func(h head, _ []byte) bool { return strings.HasPrefix(h["apiVersion"], "openslo/") }},
	{"Open Data Product Specification", "", notYet, func(h head, text []byte) bool {
		return h.has("product") && bytes.Contains(text, []byte("opendataproducts.org"))
	}},
	{"a data product without the version of its standard", "", notYet, func(h head, _ []byte) bool {
		return !h.has("kind") && (h.has("info", "outputPorts") || h.has("info", "inputPorts") || h.has("id", "teamId", "archetype"))
	}},
	{"a dbt artifact", "", notYet, func(h head, text []byte) bool {
		return h.has("metadata") && bytes.Contains(text, []byte("dbt_schema_version"))
	}},
	{"a file of dbt properties", "", notYet, isProperties},
	{"OpenLineage", "", notYet, func(h head, text []byte) bool {
		return !h.has("$schema") && bytes.Contains(text, []byte("openlineage.io"))
	}},
}

func hasKeys(names ...string) func(head, []byte) bool {
	return func(h head, _ []byte) bool { return h.has(names...) }
}

func kindIs(name string) func(head, []byte) bool {
	return func(h head, _ []byte) bool { return h["kind"] == name }
}

// isProperties reports whether a YAML file describes dbt models: many other
// files have models or sources of their own.
func isProperties(h head, text []byte) bool {
	switch {
	case h.has("kind") || h.has("apiVersion"):
		return false
	case h.has("semantic_models") || h.has("unit_tests") || h.has("exposures"):
		return true
	case !h.has("models") && !h.has("sources"):
		return false
	}
	return h["version"] == "2" || containsAny(text, []string{"columns:", "data_tests:"}) && bytes.Contains(text, []byte("- name:"))
}
