package bot

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/emulatetest"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/channels"
	"github.com/breakwater-data/breakwater/notifier/notifytest"
	"golang.org/x/tools/txtar"
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
slack:
  channels: [{name: "#finance-data"}]
`
	tellFay = `channels:
  - {name: chat, kind: slack, token-env: SLACK_TOKEN, url: "%s/api/"}
  - {name: mail, kind: email, server: "127.0.0.1:%d", from: breakwater@acme.example, tls: none, domains: [acme.example]}
`
)

// What emulate makes up anew each time, or a clock says.
var (
	commitID = regexp.MustCompile(`\b[0-9a-f]{40}\b`)
	dated    = regexp.MustCompile(`\b\d{1,2} [A-Z][a-z]{2} \d{4}\b|\b\d{4}-\d\d-\d\d\b`)
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

// conclusion is what the check runs of a commit say.
func (e *emulated) conclusion(head string) string {
	var answer struct {
		CheckRuns []struct {
			Name, Status, Conclusion string
			Output                   struct{ Title string }
		} `json:"check_runs"`
	}
	e.admin("GET", "/commits/"+head+"/check-runs", "", &answer)
	var all []string
	for _, r := range answer.CheckRuns {
		all = append(all, r.Name+" "+r.Status+" "+r.Conclusion+": "+r.Output.Title)
	}
	return strings.Join(all, ", ")
}

// comments are all that stands below the pull request, by whom.
func (e *emulated) comments() (text string) {
	var all []struct {
		Body string
		User struct{ Login string }
	}
	e.admin("GET", "/issues/1/comments", "", &all)
	for _, c := range all {
		text += c.User.Login + " wrote:\n" + strings.TrimSpace(c.Body) + "\n\n"
	}
	return text
}

// say writes a comment as somebody.
func (e *emulated) say(token, body string) {
	text, _ := json.Marshal(object{"body": body})
	e.Call(e.t, token, "POST", home+"/issues/1/comments", string(text), nil)
}

// chat is what stands in the channel of Slack, with the answers below each message.
func (e *emulated) chat() (text string) {
	type message struct {
		TS, Text string
		Blocks   []struct {
			Text     struct{ Text string }
			Elements []struct {
				Text struct{ Text string }
				URL  string
			}
		}
	}
	var list struct{ Channels []struct{ ID, Name string } }
	e.Ask(e.t, "conversations.list", "{}", &list)
	i := slices.IndexFunc(list.Channels, func(c struct{ ID, Name string }) bool { return c.Name == "#finance-data" })
	if i < 0 {
		e.t.Fatalf("the channels are %v", list)
	}
	var history struct{ Messages []message }
	e.Ask(e.t, "conversations.history", fmt.Sprintf(`{"channel":%q}`, list.Channels[i].ID), &history)
	for _, m := range history.Messages {
		text += "notification: " + m.Text + "\n"
		for _, b := range m.Blocks {
			text += b.Text.Text
			for _, button := range b.Elements {
				text += "[" + button.Text.Text + "] " + button.URL
			}
			text += "\n"
		}
		var thread struct{ Messages []message }
		e.Ask(e.t, "conversations.replies", fmt.Sprintf(`{"channel":%q,"ts":%q}`, list.Channels[i].ID, m.TS), &thread)
		for _, answer := range thread.Messages[1:] {
			text += "  below: " + answer.Text + "\n"
		}
	}
	return text
}

// A story is what people see of a change, from its first day to its last.
type story struct {
	*emulated
	site  *site
	inbox func() []notifytest.Mail
	read  int               // of the mails
	names map[string]string // of commits
	scene txtar.Archive
}

// add writes down what stands where, once all that the moment brings has come. Of mails
// only those are new that came since the moment before.
func (s *story) add(moment, head string) {
	s.t.Helper()
	s.site.settled()
	s.site.until("everybody is told", func() bool {
		waiting, dead, err := s.site.bot.Store.CountLetters(s.t.Context())
		return waiting == 0 && dead == 0 && err == nil
	})
	add := func(what, text string) {
		text = strings.ReplaceAll(strings.ReplaceAll(text, s.URL, "https://github.example"), "\r\n", "\n")
		for commit, name := range s.names {
			text = strings.ReplaceAll(strings.ReplaceAll(text, commit, name), commit[:7], name)
		}
		text = dated.ReplaceAllString(commitID.ReplaceAllString(text, "COMMIT"), "DAY")
		s.scene.Files = append(s.scene.Files, txtar.File{Name: moment + ": " + what, Data: []byte(strings.TrimSpace(text) + "\n")})
	}
	add("the check", s.conclusion(head))
	add("below the pull request", s.comments())
	add("in #finance-data", s.chat())
	mails := s.inbox()
	slices.SortStableFunc(mails, func(a, b notifytest.Mail) int { return a.Date.Compare(b.Date) })
	for _, m := range mails[min(s.read, len(mails)):] {
		add("a mail to "+m.To[0].Address, m.Subject+"\n\n"+m.Text)
	}
	s.read = len(mails)
}

// TestEmulated plays a pull request from the beginning to the end, against a GitHub and a
// Slack that are not of our making, their events, tokens and permissions, and a mail
// server. All that people see is in testdata/emulated.txtar.
func TestEmulated(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	key := newKey(t)
	e := &emulated{emulatetest.Start(t, fmt.Sprintf(seed, appID, key, address+"/webhook", secret, installation)), t}
	port, inbox := notifytest.MailDev(t)
	e.write("main", contract, whole)
	base := e.write("main", "consumers/finance.yaml", strings.NewReplacer(
		`owners: ["@acme/finance"]}`, "owners: [\"@fay\"]}\ncontacts: [{channel: slack, target: \"#finance-data\"}, {channel: email, target: fay@acme.example}]",
		"{path: orders.discount}", "{path: orders.discount}, {path: orders.id, uses: [join]}",
	).Replace(registration))
	e.admin("POST", "/git/refs", fmt.Sprintf(`{"ref":"refs/heads/topic","sha":%q}`, e.tip("main")), nil)
	first := e.write("topic", contract, without)

	front := &http.Server{Handler: e.follows("topic")}
	between, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go front.Serve(between)
	defer front.Close()
	s := &site{t: t, forge: newForge(t), url: address}
	s.bot, s.log = newBot(t, s.forge, "sqlite://"+filepath.Join(t.TempDir(), "bot.db"))
	if s.bot.GitHub, err = NewGitHub("http://"+between.Addr().String(), appID, key); err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{"SLACK_TOKEN": "xoxb-test", channels.LoopbackVariable: "1"}
	open := func(d notifier.Declaration) (notifier.Channel, error) {
		return channels.One(d, func(name string) string { return secrets[name] }, time.Now)
	}
	(&Outbox{Bot: s.bot, Config: config(t, fmt.Sprintf(tellFay, e.Slack, port)), Open: open}).Attach()
	s.serve(l)
	told := &story{emulated: e, site: s, inbox: inbox, names: map[string]string{base: "BASE", first: "FIRST"}}
	red, green := "breakwater completed failure", "breakwater completed success"

	e.admin("POST", "/pulls", `{"title":"Drop the discount","head":"topic","base":"main"}`, nil)
	s.until("the check is red", func() bool { return strings.HasPrefix(e.conclusion(first), red) })
	told.add("1 opened", first)

	second := e.write("topic", contract, strings.Replace(without, "{name: id, logicalType: string}", "{name: id, logicalType: integer}", 1)) // for which emulate sends no event
	told.names[second] = "SECOND"
	s.tell("pull_request", payload("admin/checkout", "admin", object{"action": "synchronize", "pull_request": object{"number": 1}}))
	s.until("the second commit is checked", func() bool { return strings.HasPrefix(e.conclusion(second), red) })
	told.add("2 another commit", second)

	e.say("tok_mallory", "/breakwater ack fine with me")
	s.until("the stranger is refused", func() bool { return strings.Contains(s.log.String(), "command refused") })
	told.add("3 a stranger agrees", second)

	e.say("tok_fay", "/breakwater ack we no longer read them")
	s.until("the check is green", func() bool { return strings.HasPrefix(e.conclusion(second), green) })
	told.add("4 fay agrees", second)

	e.admin("PUT", "/pulls/1/merge", "{}", nil)
	s.until("the merge is told", func() bool { return strings.Contains(s.log.String(), `"state":"merged"`) })
	told.add("5 merged", second)

	got := txtar.Format(&told.scene)
	const file = "testdata/emulated.txtar"
	if ruletest.Update() {
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(file, got, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || !bytes.Equal(want, got) {
		t.Errorf("%s is not what people see (-update rewrites it): %v\n%s", file, err, got)
	}
}
