package odcs

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// standardsVariable names the folder of the JSON Schemas that the standards publish,
// which is not part of this repository. Tests that need it skip where it is not set.
const standardsVariable = "BREAKWATER_STANDARDS"

// standard compiles the JSON Schema of one version.
func standard(t *testing.T, version string) *jsonschema.Schema {
	t.Helper()
	dir := os.Getenv(standardsVariable)
	if dir == "" {
		t.Skipf("needs the JSON Schemas of the standards: set %s to their folder", standardsVariable)
	}
	file, err := os.Open(filepath.Join(dir, version+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(version, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(version)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// standards compiles the schemas that are at hand, by the version that contracts
// state: the one that was published for it, or the next.
func standards(t *testing.T) map[string]*jsonschema.Schema {
	all := make(map[string]*jsonschema.Schema)
	for file, versions := range map[string][]string{
		"odcs-2.2.2": {"v2.2.0", "v2.2.1", "v2.2.2", ""},
		"odcs-3.0.0": {"v3.0.0"}, "odcs-3.0.2": {"v3.0.1", "v3.0.2"}, "odcs-3.1.0": {"v3.1.0"},
		"dcs-0.9.3": {"0.9.0", "0.9.1", "0.9.2", "0.9.3"}, "dcs-1.1.0": {"1.0.1", "1.1.0"}, "dcs-1.2.0": {"1.2.0", "1.2.1"},
		"odps-0.9.0": {"product v0.9.0"}, "odps-1.0.0": {"product v1.0.0"},
	} {
		schema := standard(t, file)
		for _, v := range versions {
			all[v] = schema
		}
	}
	return all
}

// versionOf returns the version that a document states, as [standards] has it.
func versionOf(n *document.Node) string {
	if n.Get("kind").String() == "DataProduct" {
		return "product " + n.Get("apiVersion").String()
	}
	return n.Get("dataContractSpecification").String() + n.Get("apiVersion").String()
}

// What the standard allows is read. What it forbids is read too where nothing is
// lost by it, because real contracts deviate; that shows in the counts.
func TestCorpusAgainstStandard(t *testing.T) {
	schemas := standards(t)
	valid, deviating := 0, 0
	for _, s := range samples(t) {
		if !claims(s.name, []byte(s.text)) {
			continue
		}
		docs, err := document.ParseAll(s.name, []byte(s.text))
		if err != nil {
			t.Fatal(err)
		}
		_, refused := read(t, s.name, s.text)
		if isProductFile(s.name, []byte(s.text)) {
			_, refused = ports(nil, s.name, []byte(s.text))
		}
		for _, n := range docs {
			schema := schemas[versionOf(n)]
			if schema == nil {
				t.Errorf("%s: no schema for %s", s.origin, versionOf(n))
				continue
			}
			if err := schema.Validate(value(n)); err != nil {
				deviating++
				t.Logf("%s deviates, and is %s: %s", s.origin, map[bool]string{true: "read", false: "refused"}[refused == nil], strings.ReplaceAll(err.Error(), "\n", " "))
				continue
			}
			valid++
			if refused != nil && !strings.Contains(refused.Error(), "want a definition of this contract") { // no JSON Schema looks up references
				t.Errorf("%s is what the standard wants, and is refused: %v", s.origin, refused)
			}
		}
	}
	t.Logf("%d documents are what the standard wants, %d deviate", valid, deviating)
}

// What would have to be guessed is refused, and the standard forbids it too. The
// names of two properties and the units of time are ours to refuse: no JSON Schema can.
func TestRefusesAsTheStandard(t *testing.T) {
	schemas := standards(t)
	for _, tt := range malformed {
		t.Run(tt.name, func(t *testing.T) {
			text := preamble + tt.body
			if _, err := read(t, "orders.odcs.yaml", text); err == nil {
				t.Error("it is read")
			}
			n, err := document.Parse("orders.odcs.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := schemas["v3.1.0"].Validate(value(n)); (err != nil) != tt.standard {
				t.Errorf("the standard says: %v", err)
			}
		})
	}
}

// value converts a document for the validator.
func value(n *document.Node) any {
	switch {
	case n.IsNull():
		return nil
	case n.Kind == document.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = value(item)
		}
		return list
	case n.Kind == document.Map:
		m := make(map[string]any, len(n.Keys))
		for i, key := range n.Keys {
			m[key.Text] = value(n.Items[i])
		}
		return m
	case n.Tag == document.Bool:
		return strings.EqualFold(n.Text, "true")
	case slices.Contains([]string{document.Int, document.Float}, n.Tag):
		if r, ok := n.Number(); ok {
			digits, _ := r.FloatPrec()
			return json.Number(r.FloatString(digits))
		}
	}
	return fmt.Sprint(n.Text)
}
