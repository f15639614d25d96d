package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/formats"
)

func TestMain(m *testing.M) {
	if config := os.Getenv(serveVariable); config != "" {
		serveForTest(config)
		return
	}
	os.Exit(m.Run())
}

const (
	contract = "contracts/orders.odcs.yaml"
	whole    = `apiVersion: v3.1.0
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
	registration = `apiVersion: breakwater/v1
kind: Consumption
consumer: {id: finance.kpi, team: finance-team, criticality: high, owners: ["@acme/finance"]}
consumes:
  - contractId: urn:contract:orders
    needs: {fields: [{path: orders.discount}], slo: []}
`
	mark = "<!-- breakwater:report id=breakwater-bot rev="
)

var (
	without = strings.Replace(whole, "      - {name: discount, logicalType: number}\n", "", 1)
	wider   = whole + "      - {name: note, logicalType: string}\n"
)

// A log is what the bot wrote, for several goroutines.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// A site is a bot that runs, and its forge.
type site struct {
	t     testing.TB
	forge *forge
	bot   *Bot
	url   string
	log   *logged
	guids int
	stop  func() error
}

// newBot makes a bot that has not begun.
func newBot(t testing.TB, f *forge, address string) (*Bot, *logged) {
	log := new(logged)
	hub, err := NewGitHub(f.URL, appID, newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	b := &Bot{
		GitHub: hub, Secrets: [][]byte{[]byte("another secret, of before"), secret}, Pages: Anonymous, Now: time.Now, Reconcile: time.Hour, Drain: 5 * time.Second,
		Checker: checker.Checker{Formats: formats.All(), Unread: formats.Unread(), Tool: checker.Tool{Name: "breakwater", Version: "test"}},
		Log:     slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	if b.Store, err = store.Open(t.Context(), address, slog.New(slog.DiscardHandler), func() time.Time { return b.Now() }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Store.Close)
	return b, log
}

func newSite(t testing.TB, setUp ...func(*site)) *site {
	return newSiteOn(t, "sqlite://"+filepath.Join(t.TempDir(), "bot.db"), setUp...)
}

func newSiteOn(t testing.TB, database string, setUp ...func(*site)) *site {
	f := newForge(t)
	s := &site{t: t, forge: f}
	s.bot, s.log = newBot(t, f, database)
	for _, do := range setUp {
		do(s)
	}
	s.start()
	return s
}

func (s *site) start() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.serve(l)
}

func (s *site) serve(l net.Listener) {
	s.url = "http://" + l.Addr().String()
	s.bot.start() // before anybody looks into it
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.bot.Run(ctx, l) }()
	s.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	s.t.Cleanup(func() {
		if err := s.stop(); err != nil {
			s.t.Errorf("the bot ends with %v", err)
		}
		if s.t.Failed() || os.Getenv("SHOWLOG") != "" {
			s.t.Logf("the log:\n%s", s.log)
		}
	})
}

// send sends an event and returns the answer.
func (s *site) send(event string, body []byte) (code int, text string) {
	s.guids++
	return s.do(request(s.url, event, fmt.Sprintf("guid-%d", s.guids), body))
}

func (s *site) do(req *http.Request) (code int, text string) {
	s.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, strings.TrimSpace(string(answer))
}

func (s *site) get(path string) (code int, text string) {
	req, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do(req)
}

// tell sends an event that has to be taken.
func (s *site) tell(event string, body []byte) {
	s.t.Helper()
	if code, text := s.send(event, body); code != http.StatusAccepted || text != "queued" {
		s.t.Fatalf("%s: %d %s", event, code, text)
	}
}

func (s *site) tellPull(action, repo string, number int) {
	s.t.Helper()
	s.tell("pull_request", payload(repo, "ada", object{"action": action, "pull_request": object{"number": number}}))
}

func (s *site) comment(r *forgeRepo, number int, login, body string) {
	s.t.Helper()
	id := s.forge.say(r, number, login, body)
	s.tell("issue_comment", commented(r.name, number, id, login, body))
}

func commented(repo string, number int, id int64, login, body string) []byte {
	return payload(repo, login, object{
		"action": "created", "issue": object{"number": number}, "comment": object{"id": id, "body": body, "user": object{"login": login, "type": "User"}},
	})
}

// patience is how long a test waits for what has to come: long enough for a machine
// that has a hundred other things to do.
const patience = 3 * time.Minute

// until waits for something to become so.
func (s *site) until(what string, so func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("not so after %v: %s", patience, what)
		}
	}
}

// settled waits until nothing is left to do.
func (s *site) settled() {
	s.t.Helper()
	s.until("everything is up to date", func() bool {
		waiting, _, err := s.bot.Store.Waiting(s.t.Context())
		return waiting == 0 && err == nil
	})
}

// only returns the one run of a head.
func (s *site) only(r *forgeRepo, head string) forgeRun {
	s.t.Helper()
	runs := s.forge.runsOf(r, head)
	if len(runs) != 1 {
		s.t.Fatalf("%d runs of %s", len(runs), head)
	}
	return runs[0]
}

// checkout is a repository with a contract, a consumer, and a pull request that
// breaks him.
func (s *site) checkout() (r *forgeRepo, p *forgePull) {
	r = s.forge.repo("acme/checkout", map[string]string{contract: whole, "consumers/finance.yaml": registration})
	head := r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
	p = r.open(s.forge, 7, "topic", "ada")
	if p.head != head {
		s.t.Fatal("the head is another")
	}
	return r, p
}

func TestAPullRequestIsCheckedAndShown(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	run := s.only(r, p.head)
	if run.Status != "completed" || run.Conclusion != "failure" || run.Label != "ack" || len(run.Annotations) != 1 || run.Annotations[0].GetPath() != contract {
		t.Errorf("the run is %+v", run)
	}
	comments := s.forge.ours(r, 7, mark+p.head)
	if len(comments) != 1 || !strings.Contains(comments[0], "⛔") || !strings.Contains(comments[0], "finance.kpi") || !strings.Contains(comments[0], "/breakwater ack ") {
		t.Errorf("the comments are %q", comments)
	}

	s.forge.mu.Lock()
	first := p.head
	s.forge.mu.Unlock()
	head := r.commit(s.forge, "topic", first, map[string]string{contract: wider})
	s.forge.mu.Lock()
	p.head = head
	s.forge.mu.Unlock()
	s.tellPull("synchronize", r.name, 7)
	s.settled()
	if run := s.only(r, head); run.Conclusion != "success" || run.Label != "" {
		t.Errorf("the run of the second commit is %+v", run)
	}
	if comments := s.forge.ours(r, 7, mark+head); len(comments) != 1 || !strings.Contains(comments[0], "✅") || len(s.forge.ours(r, 7, "")) != 1 {
		t.Errorf("after the second commit the comments are %q", s.forge.ours(r, 7, ""))
	}
}

func (s *site) findings() (ids []string) {
	code, text := s.get("/api/v1/checks")
	var answer struct {
		Checks []struct {
			Report struct {
				Ports []struct {
					Findings []struct{ ID, Verdict string }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 200 {
		s.t.Fatalf("%d %s: %v", code, text, err)
	}
	for _, c := range answer.Checks {
		for _, p := range c.Report.Ports {
			for _, f := range p.Findings {
				if f.Verdict == "block" {
					ids = append(ids, f.ID)
				}
			}
		}
	}
	return ids
}

func TestAnAcknowledgementTurnsTheCheckGreen(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.forge.teams["acme/finance"] = []string{"fay", "ada"}
	r.writers = []string{"olga"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	ids := s.findings()
	if len(ids) != 1 {
		t.Fatalf("the findings are %q", ids)
	}
	refused := func(n int) {
		t.Helper()
		s.until("the command is refused", func() bool { return strings.Count(s.log.String(), "command refused") == n })
		s.settled()
		if run := s.only(r, p.head); run.Conclusion != "failure" {
			t.Fatalf("after a word of somebody who may not the run is %+v", run)
		}
	}
	s.comment(r, 7, "mallory", "/breakwater ack "+ids[0]+" never mind") // a stranger
	refused(1)
	s.comment(r, 7, "olga", "/breakwater ack "+ids[0]) // may write here, and answers for nobody
	refused(2)
	s.comment(r, 7, "ada", "/breakwater ack") // of the team, and proposes the change
	refused(3)
	s.comment(r, 7, "fay", "/breakwater ack 00000000") // another finding
	refused(4)
	if replies := s.forge.ours(r, 7, "<!-- breakwater:report id=reply/"); len(replies) != 3 || !strings.Contains(replies[0], "`@acme/finance`") {
		t.Errorf("the replies are %q", replies) // none to the stranger
	}

	s.comment(r, 7, "fay", "/breakwater ack "+ids[0]+" we read the new column")
	s.until("the check is green", func() bool { return s.only(r, p.head).Conclusion == "success" })
	s.settled()
	if comments := s.forge.ours(r, 7, mark+p.head); len(comments) != 1 || strings.Contains(comments[0], "⛔") {
		t.Errorf("the comments are %q", comments)
	}
	trail, err := s.bot.Store.Trail(t.Context(), r.name)
	if err != nil || len(trail) != 5 || trail[4].Actor != "fay" || trail[4].Did != "ack" || !strings.Contains(trail[4].Detail, ids[0]) || !strings.Contains(trail[4].Detail, "new column") {
		t.Errorf("the trail is %+v, %v", trail, err)
	}

	// The word was for that change. Another one asks anew.
	next := r.commit(s.forge, "topic", p.head, map[string]string{contract: strings.Replace(whole, "discount, logicalType: number", "discount, logicalType: string", 1)})
	s.forge.mu.Lock()
	p.head = next
	s.forge.mu.Unlock()
	s.tellPull("synchronize", r.name, 7)
	s.settled()
	if run := s.only(r, next); run.Conclusion != "failure" {
		t.Errorf("a word covers another change: %+v", run)
	}
}
