package action

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/emulatetest"
	"github.com/breakwater-data/breakwater/checker/revision/repotest"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// An act runs workflows as GitHub does: nektos/act, without a container.
type act struct {
	program string
	action  string // a folder with action.yml
	cache   string
}

func newAct(t *testing.T) *act {
	ruletest.Peer(t, "bin/act")
	if runtime.GOOS == "windows" {
		t.Skip("act needs a shell")
	}
	program, err := fromSource()
	if err != nil {
		t.Fatal(err)
	}
	a := &act{program: program, action: t.TempDir(), cache: t.TempDir()}
	for _, name := range []string{"action.yml", "action/install.sh"} {
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(a.action, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, text, 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// A line is one of act's log.
type line struct {
	Command, Arg, Msg, Level, Content string
	KvPairs                           map[string]string
	Raw                               string `json:"raw_output_message"`
}

// A ran is a workflow that ended.
type ran struct {
	failed  bool
	lines   []line
	outputs map[string]string // as a later step sees them
	summary string
	log     string
}

// annotations returns "file:line" of the errors, or the warnings.
func (r *ran) annotations(kind string) (all []string) {
	for _, l := range r.lines {
		if l.Command == kind && l.KvPairs["file"] != "" {
			all = append(all, l.KvPairs["file"]+":"+l.KvPairs["line"])
		}
	}
	return all
}

// run runs the action on an event in a clone, with inputs.
func (a *act) run(t *testing.T, clone *repotest.Repo, event, payload string, env, inputs map[string]string) *ran {
	t.Helper()
	dir := t.TempDir()
	var with strings.Builder
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		fmt.Fprintf(&with, "          %s: %q\n", name, inputs[name])
	}
	workflow := fmt.Sprintf(`on: [pull_request, push, merge_group]
jobs:
  contracts:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: breakwater
        uses: breakwater-data/breakwater@v0
        with:
          binary-path: %q
%s      - if: always()
        env:
          OUTPUTS: ${{ toJSON(steps.breakwater.outputs) }}
        run: printf 'OUTPUTS %%s' "$OUTPUTS" | tr -d '\n'
`, a.program, with.String())
	files := map[string]string{"workflow.yml": workflow, "event.json": payload}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{event, "--json", "-W", filepath.Join(dir, "workflow.yml"), "-e", filepath.Join(dir, "event.json"),
		"-P", "ubuntu-latest=-self-hosted", "--local-repository", "breakwater-data/breakwater@v0=" + a.action}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		args = append(args, "--env", name+"="+env[name])
	}
	cmd := exec.CommandContext(t.Context(), ruletest.Peer(t, "bin/act"), args...)
	cmd.Dir = clone.Dir
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+a.cache, "XDG_CONFIG_HOME="+dir, "HOME="+dir)
	out, err := cmd.CombinedOutput()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	r := &ran{failed: err != nil, outputs: make(map[string]string), log: string(out)}
	for text := range strings.Lines(string(out)) {
		var l line
		if json.Unmarshal([]byte(text), &l) != nil {
			continue
		}
		r.lines = append(r.lines, l)
		if values, ok := strings.CutPrefix(strings.TrimSpace(l.Msg), "OUTPUTS "); ok {
			if err := json.Unmarshal([]byte(values), &r.outputs); err != nil {
				t.Errorf("the outputs %s: %v", values, err)
			}
		}
		if l.Command == "summary" {
			r.summary = l.Content
		}
	}
	return r
}

func TestActRunsTheActionOnEvents(t *testing.T) {
	a := newAct(t)
	w := newWorld(t)
	head := w.change(repotest.Files{contractPath: without})
	const repo = `"repository":{"full_name":"acme/checkout","default_branch":"main","visibility":"private"}`
	tests := []struct{ name, event, payload string }{
		{"opened", "pull_request", pullEvent(w.start, head, "acme/checkout", "private")},
		{"a fork", "pull_request", pullEvent(w.start, head, "mallory/checkout", "private")},
		{"push", "push", fmt.Sprintf(`{"ref":"refs/heads/topic","before":%q,"after":%q,%s}`, w.start, head, repo)},
		{"merge group", "merge_group", fmt.Sprintf(`{"merge_group":{"base_sha":%q,"head_sha":%q},%s}`, w.start, head, repo)},
	}
	env := map[string]string{"GITHUB_REPOSITORY": "acme/checkout"}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := a.run(t, w.shallow("topic"), tt.event, tt.payload, env, map[string]string{"github-token": ""})
			if !r.failed || r.outputs["verdict"] != "block" || r.outputs["breaking-count"] != "1" {
				t.Errorf("failed is %v, the outputs are %v\n%s", r.failed, r.outputs, r.log)
			}
			if !strings.HasPrefix(r.summary, "### ⛔") {
				t.Errorf("the summary says %q", r.summary)
			}
			if at := r.annotations("error"); !slices.Equal(at, []string{contractPath + ":7"}) {
				t.Errorf("annotated are %v", at)
			}
		})
	}
	t.Run("fail-on never", func(t *testing.T) {
		r := a.run(t, w.shallow("topic"), "push", tests[2].payload, env, map[string]string{"github-token": "", "fail-on": "never"})
		if r.failed || r.outputs["verdict"] != "block" {
			t.Errorf("failed is %v, the outputs are %v", r.failed, r.outputs)
		}
	})
}

// An emulated is GitHub's API as emulate plays it, with a pull request.
type emulated struct {
	*emulatetest.Server
	head   string
	number int
	app    *rsa.PrivateKey
}

func emulate(t *testing.T) *emulated {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pemText := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	text := fmt.Sprintf(`tokens:
  tok_admin: {login: admin, scopes: [repo]}
  tok_mallory: {login: mallory, scopes: [repo]}
github:
  users: [{login: admin}, {login: mallory}]
  repos: [{owner: admin, name: checkout, auto_init: true}]
  apps:
    - {app_id: 12345, slug: reader, name: Reader, private_key: %q, permissions: {contents: read, issues: read, pull_requests: read, metadata: read},
       events: [], installations: [{installation_id: 1, account: admin, repository_selection: all}]}
`, pemText)
	e := &emulated{Server: emulatetest.Start(t, text), app: key}
	var ref struct{ Object struct{ SHA string } }
	e.Call(t, "tok_admin", "GET", "/repos/admin/checkout/git/ref/heads/main", "", &ref)
	e.Call(t, "tok_admin", "POST", "/repos/admin/checkout/git/refs", fmt.Sprintf(`{"ref":"refs/heads/topic","sha":%q}`, ref.Object.SHA), nil)
	e.Call(t, "tok_admin", "PUT", "/repos/admin/checkout/contents/x.txt", `{"message":"x","content":"eA==","branch":"topic"}`, nil)
	var pr struct {
		Number int
		Head   struct{ SHA string }
	}
	e.Call(t, "tok_admin", "POST", "/repos/admin/checkout/pulls", `{"title":"t","head":"topic","base":"main"}`, &pr)
	e.number, e.head = pr.Number, pr.Head.SHA
	return e
}

// readerToken returns the token of an app that may only read, as a workflow on a
// pull request from a fork has one.
func (e *emulated) readerToken(t *testing.T) string {
	encode := base64.RawURLEncoding.EncodeToString
	now := time.Now().Unix()
	signed := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(fmt.Appendf(nil, `{"iat":%d,"exp":%d,"iss":"12345"}`, now-30, now+300))
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, e.app, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	var token struct{ Token string }
	e.Call(t, signed+"."+encode(signature), "POST", "/app/installations/1/access_tokens", "{}", &token)
	return token.Token
}

func (e *emulated) comments(t *testing.T) (bodies []string) {
	var all []struct{ Body string }
	e.Call(t, "tok_admin", "GET", fmt.Sprintf("/repos/admin/checkout/issues/%d/comments", e.number), "", &all)
	for _, c := range all {
		bodies = append(bodies, c.Body)
	}
	return bodies
}

// The commits are git's own, and those of the emulated pull request others, so the
// inputs say what to compare.
func TestActCommentsOnAnEmulatedPullRequest(t *testing.T) {
	a, e := newAct(t), emulate(t)
	w := newWorld(t)
	broken := w.change(repotest.Files{contractPath: without})
	w.origin.Branch("topic")
	mended := w.origin.Commit("mend", repotest.Files{contractPath: wider})
	payload := strings.ReplaceAll(pullEvent(e.head, e.head, "admin/checkout", "private"), `"number":7`, fmt.Sprintf(`"number":%d`, e.number))
	payload = strings.ReplaceAll(payload, "acme/", "admin/")
	env := map[string]string{"GITHUB_API_URL": e.URL, "GITHUB_REPOSITORY": "admin/checkout"}
	with := func(head, token string) map[string]string {
		return map[string]string{"base": "main", "head": head, "github-token": token, "comment-id": "test"}
	}
	mark := "<!-- breakwater:report id=test rev=" + e.head + " -->\n"
	fake, _ := json.Marshal(map[string]string{"body": mark + "all is well"})
	e.Call(t, "tok_mallory", "POST", fmt.Sprintf("/repos/admin/checkout/issues/%d/comments", e.number), string(fake), nil)
	clone := w.shallow("topic")

	r := a.run(t, clone, "pull_request", payload, env, with(broken, e.readerToken(t)))
	if got := e.comments(t); !r.failed || len(got) != 1 || !strings.Contains(r.log, "pull-requests: write") || !strings.HasPrefix(r.summary, "### ⛔") {
		t.Errorf("with a token that reads only: failed is %v, comments are %q\n%s", r.failed, got, r.log)
	}
	r = a.run(t, clone, "pull_request", payload, env, with(broken, "tok_admin"))
	if got := e.comments(t); !r.failed || len(got) != 2 || !strings.HasPrefix(got[1], mark+"### ⛔") || r.outputs["comment-url"] == "" {
		t.Errorf("opened: failed is %v, comments are %q, outputs %v\n%s", r.failed, got, r.outputs, r.log)
	}
	r = a.run(t, clone, "pull_request", payload, env, with(mended, "tok_admin"))
	if got := e.comments(t); r.failed || len(got) != 2 || !strings.HasPrefix(got[1], mark+"### ✅") || got[0] != mark+"all is well" {
		t.Errorf("synchronized: failed is %v, comments are %q\n%s", r.failed, got, r.log)
	}
}
