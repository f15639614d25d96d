package bot

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/action/emulatetest"
)

// An emulated is a repository at emulate, with our App installed.
type emulated struct {
	*emulatetest.Server
	t testing.TB
}

const (
	home = "/repos/admin/checkout"
	seed = `tokens:
  tok_admin: {login: admin, scopes: [repo]}
  tok_fay: {login: fay, scopes: [repo]}
  tok_mallory: {login: mallory, scopes: [repo]}
github:
  users: [{login: admin}, {login: fay}, {login: mallory}]
  repos: [{owner: admin, name: checkout, auto_init: true}]
  apps:
    - {app_id: %d, slug: breakwater, name: Breakwater, private_key: %q, events: [pull_request, issue_comment],
       permissions: {contents: read, issues: write, pull_requests: write, checks: write, metadata: read, members: read},
       webhook_url: %q, webhook_secret: %q, installations: [{installation_id: %d, account: admin, repository_selection: all}]}
`
)

func (e *emulated) admin(method, path, body string, into any) {
	e.t.Helper()
	e.Call(e.t, "tok_admin", method, home+path, body, into)
}

// write puts a file on a branch and returns the commit.
func (e *emulated) write(branch, name, text string) string {
	e.t.Helper()
	o := object{"message": "write " + name, "branch": branch, "content": base64.StdEncoding.EncodeToString([]byte(text))}
	var tree struct{ Tree []struct{ Path, SHA string } }
	e.admin("GET", "/git/trees/"+e.tip(branch)+"?recursive=1", "", &tree)
	for _, f := range tree.Tree {
		if f.Path == name {
			o["sha"] = f.SHA
		}
	}
	body, _ := json.Marshal(o)
	var made struct{ Commit struct{ SHA string } }
	e.admin("PUT", "/contents/"+name, string(body), &made)
	return made.Commit.SHA
}

// tip is where a branch is.
func (e *emulated) tip(branch string) string {
	var ref struct{ Object struct{ SHA string } }
	e.admin("GET", "/git/ref/heads/"+branch, "", &ref)
	return ref.Object.SHA
}

// follows stands before emulate, whose pull requests stay at the commit that they were
// opened with: it says where their branch is by now.
func (e *emulated) follows(branch string) http.Handler {
	target, _ := url.Parse(e.URL)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(resp *http.Response) error {
		number, ok := strings.CutPrefix(resp.Request.URL.Path, home+"/pulls/")
		if !ok || strings.Contains(number, "/") || resp.StatusCode != http.StatusOK {
			return nil
		}
		var pr object
		if err := json.NewDecoder(resp.Body).Decode(&pr); err != nil {
			return err
		}
		pr["head"].(object)["sha"] = e.tip(branch)
		text, err := json.Marshal(pr)
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		resp.Header.Set("Content-Length", fmt.Sprint(len(text)))
		return err
	}
	return proxy
}

func (e *emulated) comments(prefix string) (bodies []string) {
	var all []struct {
		Body string
		User struct{ Login string }
	}
	e.admin("GET", "/issues/1/comments", "", &all)
	for _, c := range all {
		if c.User.Login == us && strings.HasPrefix(c.Body, prefix) {
			bodies = append(bodies, c.Body)
		}
	}
	return bodies
}

func (e *emulated) conclusion(head string) string {
	var answer struct {
		CheckRuns []struct{ Name, Status, Conclusion string } `json:"check_runs"`
	}
	e.admin("GET", "/commits/"+head+"/check-runs", "", &answer)
	var all []string
	for _, r := range answer.CheckRuns {
		all = append(all, r.Name+" "+r.Status+" "+r.Conclusion)
	}
	return strings.Join(all, ", ")
}

func (e *emulated) say(token, body string) {
	text, _ := json.Marshal(object{"body": body})
	e.Call(e.t, token, "POST", home+"/issues/1/comments", string(text), nil)
}

// TestEmulated plays a pull request from the beginning to the end, against a GitHub that
// is not of our making: its events, its tokens, its permissions.
func TestEmulated(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	key := newKey(t)
	e := &emulated{emulatetest.Start(t, fmt.Sprintf(seed, appID, key, address+"/webhook", secret, installation)), t}
	owned := strings.Replace(registration, "@acme/finance", "@fay", 1)
	e.write("main", contract, whole)
	e.write("main", "consumers/finance.yaml", owned)
	e.admin("POST", "/git/refs", fmt.Sprintf(`{"ref":"refs/heads/topic","sha":%q}`, e.tip("main")), nil)
	first := e.write("topic", contract, without)

	front := &http.Server{Handler: e.follows("topic")}
	between, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go front.Serve(between)
	defer front.Close()
	s := &site{t: t, forge: newForge(t)}
	s.bot, s.log = newBot(t, s.forge, "sqlite://"+filepath.Join(t.TempDir(), "bot.db"))
	if s.bot.GitHub, err = NewGitHub("http://"+between.Addr().String(), appID, key); err != nil {
		t.Fatal(err)
	}
	s.serve(l)

	e.admin("POST", "/pulls", `{"title":"Drop the discount","head":"topic","base":"main"}`, nil)
	s.until("the check is red", func() bool { return e.conclusion(first) == "breakwater completed failure" })
	if got := e.comments(mark + first); len(got) != 1 || !strings.Contains(got[0], "finance.kpi") {
		t.Fatalf("the comments are %q", e.comments(""))
	}

	second := e.write("topic", "README.md", "and more") // for which emulate sends no event
	s.url = address
	s.tell("pull_request", payload("admin/checkout", "admin", object{"action": "synchronize", "pull_request": object{"number": 1}}))
	s.until("the second commit is checked", func() bool { return e.conclusion(second) == "breakwater completed failure" })
	if got := e.comments(mark); len(got) != 1 || !strings.HasPrefix(got[0], mark+second) {
		t.Errorf("the comments are %q", got)
	}

	e.say("tok_mallory", "/breakwater ack fine with me")
	s.until("the stranger is refused", func() bool { return strings.Contains(s.log.String(), "command refused") })
	s.settled()
	if got := e.conclusion(second); got != "breakwater completed failure" {
		t.Errorf("after a stranger's word: %s", got)
	}
	e.say("tok_fay", "/breakwater ack we no longer read it")
	s.until("the check is green", func() bool { return e.conclusion(second) == "breakwater completed success" })
	s.settled()
	if got := e.comments(mark + second); len(got) != 1 || strings.Contains(got[0], "⛔") {
		t.Errorf("the comments are %q", got)
	}
}
