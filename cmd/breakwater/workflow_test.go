package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"go.yaml.in/yaml/v3"
)

const stockContract = `apiVersion: v3.1.0
kind: DataContract
id: urn:contract:stock
version: 1.5.0
status: active
schema:
  - name: stock
    properties:
      - {name: id, logicalType: string}
`

func actionlint(t *testing.T, files ...string) {
	t.Helper()
	if len(files) == 0 {
		t.Fatal("there is nothing to check")
	}
	// Its own checks only, so that a shellcheck of the machine changes nothing.
	cmd := exec.Command(ruletest.Peer(t, "bin/actionlint"), append([]string{"-no-color", "-shellcheck=", "-pyflakes="}, files...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("actionlint: %v\n%s", err, out)
	}
}

func TestWorkflowsAreClean(t *testing.T) {
	own, err := filepath.Glob(filepath.Join("..", "..", ".github", "workflows", "*.yml"))
	if err != nil {
		t.Fatal(err)
	}
	actionlint(t, own...)
}

// Actions of others are pinned by their commit, the same one everywhere.
func TestActionsArePinned(t *testing.T) {
	uses := regexp.MustCompile(`uses: *([^@\s]+)@(.*)`)
	commit := regexp.MustCompile(`^[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	pins := make(map[string]string)
	for file, text := range workflowTexts(t) {
		for _, m := range uses.FindAllStringSubmatch(text, -1) {
			action, ref := m[1], m[2]
			if strings.HasPrefix(action, "breakwater-data/breakwater") {
				continue
			}
			if !commit.MatchString(ref) {
				t.Errorf("%s uses %s at %s", file, action, ref)
			}
			if other, ok := pins[action]; ok && other != ref {
				t.Errorf("%s uses %s at %s, others at %s", file, action, ref, other)
			}
			pins[action] = ref
		}
	}
	if len(pins) < 4 {
		t.Errorf("only %d actions were found", len(pins))
	}
}

// workflowTexts returns what there is of workflows: our own, what init writes, and
// the pages that show some.
func workflowTexts(t *testing.T) map[string]string {
	t.Helper()
	texts := pages(t)
	texts["workflow.yml"] = workflowText
	own, err := filepath.Glob(filepath.Join("..", "..", ".github", "workflows", "*.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range own {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	return texts
}

func TestDocumentedWorkflowsAreClean(t *testing.T) {
	var files []string
	for page, text := range pages(t) {
		for i, b := range blocks(text) {
			if b.language != "yaml" || !strings.Contains(b.text, "\njobs:") {
				continue
			}
			file := filepath.Join(t.TempDir(), fmt.Sprintf("%s-%d.yml", page, i))
			if err := os.WriteFile(file, []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	actionlint(t, files...)
}

// What init writes is clean, and means the branch that is the default one,
// whatever its name.
func TestWrittenWorkflowIsClean(t *testing.T) {
	tests := []struct{ branch, want string }{
		{"main", "main"},
		{"release/1.x", "release/1.x"},
		{"c++", `c\+\+`},
		{"!important", `\!important`},
		{`'single'-"two"`, `'single'-"two"`},
		{"größe", "größe"},
		{"${{github.ref}}", "*{{github.ref}}"},
	}
	for _, tt := range tests {
		t.Run(tt.branch, func(t *testing.T) {
			repo := repotest.New(t)
			repo.Commit("start", repotest.Files{"stock.odcs.yaml": stockContract})
			repo.Git("update-ref", "refs/remotes/origin/"+tt.branch, "HEAD")
			repo.Git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/"+tt.branch)
			if code := run(t.Context(), quiet(), []string{"init", "--workflow", "github", repo.Dir}); code != exitPass {
				t.Fatalf("exit code %d", code)
			}
			file := repo.Path(workflowFile)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var w struct {
				On struct{ Push struct{ Branches []string } }
			}
			if err := yaml.Unmarshal(text, &w); err != nil {
				t.Fatal(err)
			}
			if got := w.On.Push.Branches; !slices.Equal(got, []string{tt.want}) {
				t.Errorf("got the branches %q, want %q", got, tt.want)
			}
			actionlint(t, file)
		})
	}
}

func TestIsGitHub(t *testing.T) {
	tests := []struct {
		remote string
		want   bool
	}{
		{"https://github.com/acme/shop.git", true},
		{"https://token@GitHub.com/acme/shop", true},
		{"git@github.com:acme/shop.git", true},
		{"ssh://git@ssh.github.com:443/acme/shop.git", true},
		{"git@github.acme.example:shop.git", true},
		{"https://acme.ghe.com/acme/shop", true},
		{"https://gitlab.com/acme/github.com", false},
		{"git@gitlab.com:github/github.git", false},
		{"/srv/github.com/shop.git", false},
		{"../github.com", false},
		{`C:\github.com\shop`, false},
		{"https://notgithub.com/acme/shop", false},
		{"", false},
	}
	for _, tt := range tests {
		if got := isGitHub(tt.remote); got != tt.want {
			t.Errorf("%q: %v", tt.remote, got)
		}
	}
}

// The action's metadata holds against GitHub's schema.
func TestActionIsValid(t *testing.T) {
	file := actionFile(t)
	node := ruletest.Peer(t, "node_modules/node/bin/node")
	validator := ruletest.Peer(t, "node_modules/@action-validator/cli/cli.mjs")
	if out, err := exec.Command(node, validator, file).CombinedOutput(); err != nil {
		t.Errorf("action-validator: %v\n%s", err, out)
	}
}

// The workflow to call takes what the action takes, with the same defaults, and
// hands out the same. What belongs to one machine stays with the action.
func TestCalledWorkflowIsTheAction(t *testing.T) {
	type inputs map[string]struct{ Default string }
	var action struct {
		Inputs  inputs
		Outputs map[string]any
	}
	var called struct {
		On struct {
			Call struct {
				Inputs  inputs
				Outputs map[string]any
			} `yaml:"workflow_call"`
		}
		Jobs map[string]struct {
			Outputs map[string]string
			Steps   []struct {
				Uses string
				With map[string]string
			}
		}
	}
	read(t, filepath.Join("..", "..", ".github", "workflows", "check.yml"), &called)
	job := called.Jobs["breakwater"]
	with := job.Steps[len(job.Steps)-1].With
	for name := range called.On.Call.Inputs {
		if want := "${{ inputs." + name + " }}"; with[name] != want {
			t.Errorf("the action gets %s as %q", name, with[name])
		}
	}
	for name := range called.On.Call.Outputs {
		if want := "${{ steps.check.outputs." + name + " }}"; job.Outputs[name] != want {
			t.Errorf("the job says %s as %q", name, job.Outputs[name])
		}
	}

	read(t, actionFile(t), &action)
	for _, local := range []string{"github-token", "binary-path"} {
		delete(action.Inputs, local)
	}
	for _, local := range []string{"report-path", "sarif-path"} {
		delete(action.Outputs, local)
	}
	if !maps.Equal(called.On.Call.Inputs, action.Inputs) {
		t.Errorf("check.yml takes %v, action.yml takes %v", called.On.Call.Inputs, action.Inputs)
	}
	if got, want := slices.Sorted(maps.Keys(called.On.Call.Outputs)), slices.Sorted(maps.Keys(action.Outputs)); !slices.Equal(got, want) {
		t.Errorf("check.yml says %v, action.yml says %v", got, want)
	}
}

// actionFile returns where the action's metadata is.
func actionFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join("..", "..", "action.yml")
	if _, err := os.Stat(file); err != nil {
		t.Skip("there is no action.yml")
	}
	return file
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
