package action

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision/repotest"
	"github.com/breakwater-data/breakwater/formats"
	"github.com/breakwater-data/breakwater/notifier"
)

const (
	whole = `apiVersion: v3.1.0
kind: DataContract
id: urn:contract:orders
version: 1.5.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: string}
      - {name: discount, logicalType: number}
`
	consumerFile = `apiVersion: breakwater/v1
kind: Consumption
consumer: {id: finance.kpi, team: finance-team, criticality: high, owners: ["@acme/finance"]}
contacts: [{channel: slack, target: "#finance-data"}]
consumes:
  - contractId: urn:contract:orders
    needs: {fields: [{path: orders.discount}], slo: []}
`
	contractPath = "contracts/orders.odcs.yaml"
)

var (
	without = strings.Replace(whole, "      - {name: discount, logicalType: number}\n", "", 1)
	wider   = whole + "      - {name: note, logicalType: string}\n"
)

// A world is a repository at the forge, its clone on a runner, and the runner.
type world struct {
	t      *testing.T
	origin *repotest.Repo
	start  string // main
	runner string // the runner's files
	vars   map[string]string
	forge  *forge // nil: none
	log    bytes.Buffer
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, origin: repotest.New(t), runner: t.TempDir()}
	w.start = w.origin.Commit("start", repotest.Files{contractPath: whole, "consumers/finance.yaml": consumerFile})
	w.vars = map[string]string{
		"GITHUB_REPOSITORY": "acme/checkout", "GITHUB_SERVER_URL": "https://forge.example", "GITHUB_WORKFLOW": "ci", "GITHUB_JOB": "contracts",
		"GITHUB_OUTPUT": filepath.Join(w.runner, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(w.runner, "summary"), "RUNNER_TEMP": w.runner,
	}
	return w
}

// change commits files on a branch that leaves main, and lets main go on.
func (w *world) change(files repotest.Files) (head string) {
	w.origin.Branch("topic")
	head = w.origin.Commit("change", files)
	w.origin.Branch("main")
	w.origin.Commit("go on", repotest.Files{"README.md": "more"})
	return head
}

// meets starts a forge whose pull request 7 has that head.
func (w *world) meets(head string) *forge {
	w.forge = newForge(w.t)
	w.forge.head = head
	w.vars["GITHUB_API_URL"], w.vars["INPUT_GITHUB_TOKEN"] = w.forge.URL, "token"
	return w.forge
}

func pullEvent(base, head, from, visibility string) string {
	return fmt.Sprintf(`{"pull_request":{"number":7,"title":"Drop the discount","html_url":"https://github.com/acme/checkout/pull/7","user":{"login":"ada"},
		"base":{"ref":"main","sha":%q,"repo":{"full_name":"acme/checkout"}},"head":{"ref":"topic","sha":%q,"repo":{"full_name":%q}}},
		"repository":{"full_name":"acme/checkout","default_branch":"main","visibility":%q}}`, base, head, from, visibility)
}

// run runs the action on an event, in a clone as actions/checkout makes it.
func (w *world) run(name, event string, clone *repotest.Repo) (*checker.Result, error) {
	w.t.Helper()
	vars := maps.Clone(w.vars)
	vars["GITHUB_EVENT_NAME"], vars["GITHUB_EVENT_PATH"] = name, filepath.Join(w.runner, "event.json")
	if err := os.WriteFile(vars["GITHUB_EVENT_PATH"], []byte(event), 0o600); err != nil {
		w.t.Fatal(err)
	}
	before := clone.Git("status", "--porcelain") + clone.Git("for-each-ref") + clone.Git("rev-parse", "HEAD")
	w.log.Reset()
	a := &Action{
		Checker: checker.Checker{Formats: formats.All(), Unread: formats.Unread(), Now: repotest.Epoch.Add(1000 * time.Hour)},
		Getenv:  func(key string) string { return vars[key] }, Log: &w.log, Dir: clone.Dir, Pause: time.Millisecond,
	}
	r, err := a.Run(w.t.Context())
	if after := clone.Git("status", "--porcelain") + clone.Git("for-each-ref") + clone.Git("rev-parse", "HEAD"); after != before {
		w.t.Errorf("the clone was %q and is %q", before, after)
	}
	return r, err
}

func (w *world) shallow(branch string) *repotest.Repo {
	return w.origin.Clone("--depth=1", "--branch="+branch)
}

func (w *world) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(w.runner, name))
	return string(text)
}

// outputs reads what later steps would.
func (w *world) outputs() map[string]string {
	values := make(map[string]string)
	lines := strings.Split(w.read("output"), "\n")
	for i := 0; i+2 < len(lines); i += 3 {
		name, end, _ := strings.Cut(lines[i], "<<")
		if lines[i+2] != end {
			w.t.Fatalf("%q does not end with %q", lines[i:i+3], end)
		}
		values[name] = lines[i+1]
	}
	return values
}

// commands returns what the runner obeys of the log.
func (w *world) commands() (all []string) {
	token := ""
	for line := range strings.Lines(w.log.String()) {
		line = strings.TrimSpace(line)
		switch stop, isStop := strings.CutPrefix(line, "::stop-commands::"); {
		case token != "":
			if line == "::"+token+"::" {
				token = ""
			}
		case isStop:
			token = stop
		case strings.HasPrefix(line, "::") || strings.Contains(line, "##["):
			all = append(all, line)
		}
	}
	if token != "" {
		w.t.Error("the runner obeys nothing after this step")
	}
	return all
}

// said returns the commands of a kind.
func (w *world) said(kind string) (all []string) {
	for _, c := range w.commands() {
		if strings.HasPrefix(c, "::"+kind+" title=Breakwater::") {
			all = append(all, c)
		}
	}
	return all
}

func blocked(t *testing.T, r *checker.Result, err error) {
	t.Helper()
	if err != nil || r == nil || r.Verdict != policy.Block || len(r.Findings) != 1 {
		t.Fatalf("got %+v, %v", r, err)
	}
}

func TestAPullRequestInAShallowClone(t *testing.T) {
	w := newWorld(t)
	head := w.change(repotest.Files{contractPath: without})
	f := w.meets(head)
	tip := w.origin.ID("main")
	f.compare = fmt.Sprintf(`{"base_commit":{"sha":%q},"merge_base_commit":{"sha":%q}}`, tip, w.start)
	w.vars["INPUT_SARIF_FILE"], w.vars["GITHUB_WORKSPACE"] = "out.sarif", w.runner
	r, err := w.run("pull_request", pullEvent(w.start, head, "acme/checkout", "private"), w.shallow("topic"))
	blocked(t, r, err)
	if r.Base.Commit != w.start || r.Gate.Commit != tip || r.Head.Commit != head || r.Gate.Name != "main@"+tip[:7] {
		t.Errorf("compared %v with %v, judged by %v", r.Head, r.Base, r.Gate)
	}
	out := w.outputs()
	if out["verdict"] != "block" || out["breaking-count"] != "1" || out["consumers-count"] != "1" || out["comment-url"] != f.comments[0].GetHTMLURL() {
		t.Errorf("the outputs are %v", out)
	}
	var stored struct{ Verdict string }
	text, _ := os.ReadFile(out["report-path"])
	if err := json.Unmarshal(text, &stored); err != nil || stored.Verdict != "block" {
		t.Errorf("the JSON report: %v, %v", stored, err)
	}
	if out["sarif-path"] != filepath.Join(w.runner, "out.sarif") || !strings.Contains(w.read("out.sarif"), `"2.1.0"`) {
		t.Errorf("the SARIF file %s holds %q", out["sarif-path"], w.read("out.sarif"))
	}
	if commands := w.commands(); len(commands) != 1 || !strings.HasPrefix(commands[0], "::error file="+contractPath+",line=7,") {
		t.Errorf("annotated are %q", commands)
	}
	body := f.comments[0].GetBody()
	if !strings.HasPrefix(body, "<!-- breakwater:report id=ci/contracts rev="+head+" -->\n### ⛔") || !strings.Contains(body, "#finance-data") {
		t.Errorf("the comment says\n%s", body)
	}
	if !strings.HasPrefix(w.read("summary"), "### ⛔") {
		t.Errorf("the summary says\n%s", w.read("summary"))
	}

	// The next push mends it.
	w.origin.Branch("topic")
	head = w.origin.Commit("mend", repotest.Files{contractPath: wider})
	f.head = head
	f.compare = fmt.Sprintf(`{"base_commit":{"sha":%q},"merge_base_commit":{"sha":%q}}`, tip, w.start)
	r, err = w.run("pull_request", pullEvent(w.start, head, "acme/checkout", "private"), w.shallow("topic"))
	if err != nil || r.Verdict != policy.Pass {
		t.Fatalf("got %v, %v", r, err)
	}
	if len(f.comments) != 1 || !strings.Contains(f.comments[0].GetBody(), "rev="+head+" -->\n### ✅") {
		t.Errorf("the comment says\n%s", f.comments[0].GetBody())
	}
}

// Whatever becomes of the forge, the verdict and the report are the same.
func TestTheForgeChangesNoVerdict(t *testing.T) {
	tests := []struct {
		name   string
		forge  func(f *forge)
		vars   map[string]string
		notice string
	}{
		{name: "it knows no such commits", forge: func(f *forge) {}},
		{name: "no token", vars: map[string]string{"INPUT_GITHUB_TOKEN": ""}, notice: "the input github-token is empty"},
		{name: "a wrong token", vars: map[string]string{"INPUT_GITHUB_TOKEN": "wrong"}, notice: "GitHub does not accept the github-token."},
		{name: "nobody there", vars: map[string]string{"GITHUB_API_URL": "http://127.0.0.1:1"}, notice: "connection refused"},
		{name: "it is broken", forge: func(f *forge) {
			f.before = func(w http.ResponseWriter, _ *http.Request) bool { refuse(w, 500); return true }
		}, notice: "500"},
		{name: "it answers nonsense", forge: func(f *forge) {
			f.before = func(w http.ResponseWriter, _ *http.Request) bool { fmt.Fprint(w, "<html>"); return true }
		}, notice: "There is no comment on the pull request"},
		{name: "the token may read only", forge: func(f *forge) {
			f.before = func(w http.ResponseWriter, req *http.Request) bool {
				if req.Method == http.MethodPost {
					refuse(w, http.StatusForbidden)
				}
				return req.Method == http.MethodPost
			}
		}, notice: `"pull-requests: write"`},
	}
	w := newWorld(t)
	head := w.change(repotest.Files{contractPath: without})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t, w.runner = t, t.TempDir()
			w.vars["GITHUB_STEP_SUMMARY"], w.vars["GITHUB_OUTPUT"] = filepath.Join(w.runner, "summary"), filepath.Join(w.runner, "output")
			f := w.meets(head)
			maps.Copy(w.vars, tt.vars)
			if tt.forge != nil {
				tt.forge(f)
			}
			r, err := w.run("pull_request", pullEvent(w.start, head, "acme/checkout", "private"), w.shallow("topic"))
			blocked(t, r, err)
			if !strings.HasPrefix(w.read("summary"), "### ⛔") || w.outputs()["verdict"] != "block" {
				t.Errorf("the summary says %q", w.read("summary"))
			}
			notices := w.said("notice")
			if tt.notice == "" && len(notices) != 0 || tt.notice != "" && (len(notices) != 1 || !strings.Contains(notices[0], tt.notice)) {
				t.Errorf("it is said that %q", notices)
			}
		})
	}
}

func TestAForkIsToldNoContacts(t *testing.T) {
	w := newWorld(t)
	head := w.change(repotest.Files{contractPath: without})
	f := w.meets(head)
	r, err := w.run("pull_request", pullEvent(w.start, head, "mallory/checkout", "private"), w.shallow("topic"))
	blocked(t, r, err)
	stored, _ := os.ReadFile(w.outputs()["report-path"])
	for place, text := range map[string]string{
		"comment": f.comments[0].GetBody(), "log": w.log.String(), "summary": w.read("summary"), "report": string(stored),
	} {
		if !strings.Contains(text, "finance.kpi") {
			t.Errorf("the %s does not say who is hit:\n%s", place, text)
		}
		for _, secret := range []string{"#finance-data", "@acme/finance", "finance-team"} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s says %s:\n%s", place, secret, text)
			}
		}
	}
}

func TestWhenAPullRequestGetsAComment(t *testing.T) {
	files := map[string]repotest.Files{
		"no contract": {"README.md": "hello"}, "a compatible change": {contractPath: wider}, "a break": {contractPath: without},
	}
	want := map[string][]When{
		"no contract":         {WhenAlways},
		"a compatible change": {WhenChange, WhenAlways},
		"a break":             {WhenAuto, WhenChange, WhenAlways},
	}
	for change, want := range want {
		w := newWorld(t)
		head := w.change(files[change])
		clone := w.shallow("topic")
		for _, when := range []When{WhenAuto, WhenChange, WhenAlways, WhenNever} {
			f := w.meets(head)
			w.vars["INPUT_COMMENT"] = string(when)
			if _, err := w.run("pull_request", pullEvent(w.start, head, "acme/checkout", "private"), clone); err != nil {
				t.Fatal(err)
			}
			if (len(f.comments) > 0) != slices.Contains(want, when) {
				t.Errorf("%s, comment: %s: there are %d comments", change, when, len(f.comments))
			}
		}
	}
}

func TestOtherEvents(t *testing.T) {
	w := newWorld(t)
	head := w.change(repotest.Files{contractPath: without})
	gone := strings.Repeat("12345678", 5)
	const repo = `"repository":{"default_branch":"main","visibility":"private"}`
	tests := []struct{ name, event, payload string }{
		{"a push", "push", fmt.Sprintf(`{"ref":"refs/heads/topic","before":%q,"after":%q,%s}`, w.start, head, repo)},
		{"a push of a new branch", "push", fmt.Sprintf(`{"ref":"refs/heads/topic","before":%q,"after":%q,%s}`, noCommit, head, repo)},
		{"a push by force", "push", fmt.Sprintf(`{"ref":"refs/heads/topic","before":%q,"after":%q,%s}`, gone, head, repo)},
		{"a merge group", "merge_group", fmt.Sprintf(`{"merge_group":{"base_sha":%q,"head_sha":%q},%s}`, w.start, head, repo)},
		{"by hand", "workflow_dispatch", `{` + repo + `}`},
		{"by the clock", "schedule", `{}`},
	}
	w.vars["GITHUB_SHA"] = head
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.t = t
			r, err := w.run(tt.event, tt.payload, w.shallow("topic"))
			blocked(t, r, err)
			if r.Base.Commit != w.start {
				t.Errorf("compared with %v", r.Base)
			}
		})
	}
	t.Run("inputs", func(t *testing.T) {
		w.t = t
		w.vars["INPUT_BASE"], w.vars["INPUT_HEAD"] = "main", "topic"
		defer func() { delete(w.vars, "INPUT_BASE"); delete(w.vars, "INPUT_HEAD") }()
		r, err := w.run("issues", "{", w.shallow("main")) // an event that cannot be read does no harm then
		blocked(t, r, err)
	})
	t.Run("a branch that was pushed by force over the default branch", func(t *testing.T) {
		w.t = t
		r, err := w.run("push", fmt.Sprintf(`{"ref":"refs/heads/main","before":%q,"after":%q,%s}`, gone, head, repo), w.shallow("topic"))
		if r != nil || err == nil || !strings.Contains(err.Error(), "commits 1234567 are not in this clone") || !strings.Contains(err.Error(), "git fetch") {
			t.Errorf("got %v, %v", r, err)
		}
		if !strings.Contains(w.read("summary"), "### Breakwater could not check this change") || len(w.said("error")) != 1 {
			t.Errorf("the summary says %q, the log %q", w.read("summary"), w.commands())
		}
	})
}

func TestTextOfAContractIsNotObeyed(t *testing.T) {
	w := newWorld(t)
	hostile := strings.NewReplacer("discount", "d%0A::error::x", "name: orders\n", "name: \"o\\n::set-output name=verdict::pass\\n##[error]y\"\n").Replace(whole)
	w.origin.Commit("hostile", repotest.Files{contractPath: hostile})
	w.start = w.origin.ID("main")
	head := w.change(repotest.Files{contractPath: strings.Replace(hostile, "      - {name: d%0A::error::x, logicalType: number}\n", "", 1)})
	f := w.meets(head)
	r, err := w.run("pull_request", strings.Replace(pullEvent(w.start, head, "acme/checkout", "private"), `"ref":"topic"`, `"ref":"a\n::error::b"`, 1), w.shallow("topic"))
	if err != nil || r == nil || len(r.Findings) == 0 {
		t.Fatalf("got %v, %v", r, err)
	}
	for _, c := range w.commands() {
		if !strings.HasPrefix(c, "::error file=") && !strings.HasPrefix(c, "::warning file=") && !strings.HasPrefix(c, "::notice title=") {
			t.Errorf("the runner obeys %q", c)
		}
	}
	if out := w.outputs(); out["verdict"] != r.Verdict.String() || len(out) < 6 {
		t.Errorf("the outputs are %v", out)
	}
	if len(f.comments) != 1 {
		t.Error("there is no comment")
	}
}

func TestAChangeOfManyFiles(t *testing.T) {
	w := newWorld(t)
	files := repotest.Files{contractPath: without, "consumers/finance.yaml": consumerFile}
	for i := range 3000 {
		files[fmt.Sprintf("src/%d/file.go", i)] = fmt.Sprint(i)
	}
	w.origin.Branch("topic")
	head := w.origin.Import("change", files)
	r, err := w.run("pull_request", pullEvent(w.start, head, "acme/checkout", "private"), w.shallow("topic"))
	blocked(t, r, err)
}

func TestNoticesAreSentOnce(t *testing.T) {
	w := newWorld(t)
	head := w.change(repotest.Files{contractPath: without})
	f := w.meets(head)
	w.vars["INPUT_NOTIFY"] = "true"
	var known [][]string
	clone := w.shallow("topic")
	for i := range 3 {
		if i == 2 {
			f.head = noCommit // there is a newer head, whose run sends its own
		}
		path := filepath.Join(w.runner, "event.json")
		os.WriteFile(path, []byte(pullEvent(w.start, head, "acme/checkout", "private")), 0o600)
		vars := maps.Clone(w.vars)
		vars["GITHUB_EVENT_NAME"], vars["GITHUB_EVENT_PATH"] = "pull_request", path
		a := &Action{
			Checker: checker.Checker{Formats: formats.All(), Now: repotest.Epoch}, Getenv: func(k string) string { return vars[k] },
			Log: &w.log, Dir: clone.Dir, Pause: time.Millisecond, Notify: notifyOf(t, &known),
		}
		if _, err := a.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(known) != 2 || len(known[0]) != 0 || !slices.Equal(known[1], []string{"finance.kpi/1"}) {
		t.Errorf("what was delivered: %v", known)
	}
	if !strings.Contains(f.comments[0].GetBody(), "\n<!-- breakwater:notices finance.kpi/1 -->\n###") {
		t.Errorf("the comment says\n%s", f.comments[0].GetBody())
	}
}

// notifyOf makes a Notify that writes down what it was told was delivered.
func notifyOf(t *testing.T, known *[][]string) func(context.Context, *checker.Result, notifier.Change, []string) ([]string, error) {
	return func(_ context.Context, r *checker.Result, about notifier.Change, delivered []string) ([]string, error) {
		if want := (notifier.Change{Title: "acme/checkout#7: Drop the discount", URL: "https://github.com/acme/checkout/pull/7"}); about != want {
			t.Errorf("the notice is about %+v, want %+v", about, want)
		}
		*known = append(*known, delivered)
		return []string{r.Consumers[0].ID + "/1"}, nil
	}
}
