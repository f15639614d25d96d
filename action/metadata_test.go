package action

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The inputs and outputs are an interface. No text of an event may stand in a script,
// where a shell would obey it.
func TestActionMetadata(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var meta struct {
		Inputs  map[string]struct{ Description string }
		Outputs map[string]struct{ Value string }
		Runs    struct {
			Steps []struct {
				Run string
				Env map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(text, &meta); err != nil {
		t.Fatal(err)
	}
	inputs := strings.Fields("annotations base binary-path comment comment-id config fail-on github-token head notify sarif-file summary version working-directory")
	if got := slices.Sorted(maps.Keys(meta.Inputs)); !slices.Equal(got, inputs) {
		t.Errorf("the inputs are %v", got)
	}
	outputs := strings.Fields("breaking-count comment-url compatible-count consumers-count report-path risky-count sarif-path verdict")
	if got := slices.Sorted(maps.Keys(meta.Outputs)); !slices.Equal(got, outputs) {
		t.Errorf("the outputs are %v", got)
	}
	for name, out := range meta.Outputs {
		if want := "${{ steps.check.outputs." + name + " }}"; out.Value != want {
			t.Errorf("output %s is %s", name, out.Value)
		}
	}
	env := make(map[string]string)
	for _, step := range meta.Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("an expression in a script: %s", step.Run)
		}
		maps.Copy(env, step.Env)
	}
	for name, in := range meta.Inputs {
		variable := "INPUT_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if name != "working-directory" && env[variable] != "${{ inputs."+name+" }}" {
			t.Errorf("input %s is handed over as %q", name, env[variable])
		}
		if in.Description == "" {
			t.Errorf("input %s is not described", name)
		}
	}
}
