package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/google/go-github/v60/github"
	"github.com/riverqueue/river"
)

type forgeIssue struct {
	number                     int
	title, body, state, reason string
}

func (f *forge) issueRoutes(inRepo func(pattern string, do func(r *forgeRepo, req *http.Request) (int, any))) {
	show := func(i *forgeIssue) object {
		return object{"number": i.number, "title": i.title, "body": i.body, "state": i.state, "user": object{"login": us}}
	}
	inRepo("GET /repos/{owner}/{repo}/issues", func(r *forgeRepo, req *http.Request) (int, any) {
		all := []object{}
		for _, i := range r.issues {
			all = append(all, show(i))
		}
		return 200, page(req, all)
	})
	inRepo("POST /repos/{owner}/{repo}/issues", func(r *forgeRepo, req *http.Request) (int, any) {
		var o github.IssueRequest
		json.NewDecoder(req.Body).Decode(&o)
		i := &forgeIssue{number: len(r.issues) + 100, title: o.GetTitle(), body: o.GetBody(), state: "open"}
		r.issues = append(r.issues, i)
		return 201, show(i)
	})
	inRepo("PATCH /repos/{owner}/{repo}/issues/{number}", func(r *forgeRepo, req *http.Request) (int, any) {
		var o github.IssueRequest
		json.NewDecoder(req.Body).Decode(&o)
		for _, i := range r.issues {
			if strconv.Itoa(i.number) == req.PathValue("number") {
				i.title, i.body, i.state, i.reason = o.GetTitle(), o.GetBody(), o.GetState(), o.GetStateReason()
				return 200, show(i)
			}
		}
		return 404, nil
	})
}

// A receiver is a channel that honours keys, and can be down.
type receiver struct {
	mu   sync.Mutex
	got  []notifier.Notice
	keys map[string]int // how often each came
	down error
}

func (r *receiver) Deliver(_ context.Context, n notifier.Notice) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down != nil {
		return r.down
	}
	if r.keys == nil {
		r.keys = make(map[string]int)
	}
	if r.keys[n.Key]++; r.keys[n.Key] == 1 {
		r.got = append(r.got, n)
	}
	return nil
}

func (r *receiver) Gather(_ context.Context, key string, notices []notifier.Notice) error {
	n := notices[0]
	n.Key, n.Wanted = key, fmt.Sprint(len(notices))
	return r.Deliver(context.Background(), n)
}

// states lists what was said, such as "finance.kpi proposed".
func (r *receiver) states() (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.got {
		word := string(n.Change.State)
		if n.Reminder {
			word += " again"
		}
		all = append(all, n.Consumer.ID+" "+word)
	}
	return all
}

func config(t testing.TB, text string) notifier.Config {
	t.Helper()
	doc, err := document.Parse("notify.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	c, err := notifier.Read(doc)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	events = `channels: [{name: events, kind: webhook, url: "https://x.example", secret-env: S}]
routes: [{to: [events]}]
`
	mails = `channels: [{name: mail, kind: email, server: "x.example:25", from: us@acme.example, to: [data@acme.example]}]
routes: [{to: [mail]}]
`
)

// A clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// telling makes a bot that tells a receiver, has no worker of its own, and a clock that is
// moved by hand.
func telling(t *testing.T, text string) (*site, *receiver, *clock) {
	c, r := &clock{now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}, new(receiver) // a Monday
	s := &site{t: t, forge: newForge(t)}
	s.bot, s.log = newBot(t, s.forge, "sqlite://"+filepath.Join(t.TempDir(), "bot.db"))
	s.bot.Now = c.Now
	(&Outbox{Bot: s.bot, Config: config(t, text), Open: func(notifier.Declaration) (notifier.Channel, error) { return r, nil }}).Attach()
	s.bot.start()
	return s, r, c
}

// check brings a pull request up to date, without a worker.
func (s *site) check(repo string, number int) {
	s.t.Helper()
	err := s.bot.Store.Do(s.t.Context(), func(tx *store.Tx) error {
		id, err := tx.Want(s.t.Context(), store.Subject{Installation: installation, Repo: repo, Kind: store.Pull, Name: strconv.Itoa(number)})
		if err != nil {
			return err
		}
		s.guids = int(id)
		return nil
	})
	if err == nil {
		err = s.bot.update(s.t.Context(), job(store.Update{Subject: int64(s.guids)}, 1))
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// post delivers all letters that are due, as the workers would.
func (s *site) post() {
	s.t.Helper()
	for id := int64(1); id <= 40; id++ {
		err := s.bot.outbox.deliver(s.t.Context(), job(store.Deliver{Letter: id}, 1))
		if _, later := errors.AsType[*river.JobSnoozeError](err); err != nil && !later {
			s.t.Fatal(err)
		}
	}
}

func (s *site) close(p *forgePull, merged bool, body string) {
	s.forge.mu.Lock()
	defer s.forge.mu.Unlock()
	p.state, p.merged, p.body = "closed", merged, body
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAConsumerHearsOncePerChange(t *testing.T) {
	s, r, _ := telling(t, events)
	repo, p := s.checkout()
	s.check(repo.name, 7)
	s.post()
	equal(t, r.states(), "finance.kpi proposed")
	s.push(repo, p, map[string]string{"README.md": "x"})
	s.check(repo.name, 7)
	s.post()
	equal(t, r.states(), "finance.kpi proposed") // a push that changes nothing for it is no news
	s.push(repo, p, map[string]string{contract: whole})
	s.check(repo.name, 7)
	s.post()
	equal(t, r.states(), "finance.kpi proposed", "finance.kpi withdrawn")
	s.push(repo, p, map[string]string{contract: without})
	s.check(repo.name, 7)
	s.post()
	s.close(p, true, "")
	s.check(repo.name, 7)
	s.check(repo.name, 7)
	s.post()
	equal(t, r.states(), "finance.kpi proposed", "finance.kpi withdrawn", "finance.kpi proposed", "finance.kpi merged")
	if r.got[0].Change.URL == "" || !strings.HasPrefix(r.got[0].Change.Title, "acme/checkout#7") {
		t.Errorf("the change is %+v", r.got[0].Change)
	}
}

func TestWhatIsTakenBackIsSaid(t *testing.T) {
	s, r, _ := telling(t, events)
	repo, p := s.checkout()
	s.check(repo.name, 7)
	s.post()
	s.close(p, true, "")
	s.check(repo.name, 7)
	s.post()
	merged := repo.commit(s.forge, "main", repo.branches["main"], map[string]string{contract: without})
	repo.commit(s.forge, "other", merged, map[string]string{"README.md": "x"})
	liar := repo.open(s.forge, 8, "other", "ada")
	s.check(repo.name, 8)
	s.close(liar, true, "Reverts acme/checkout#7")
	s.check(repo.name, 8)
	s.post()
	equal(t, r.states(), "finance.kpi proposed", "finance.kpi merged") // it changed nothing of the port
	repo.commit(s.forge, "back", merged, map[string]string{contract: whole})
	back := repo.open(s.forge, 9, "back", "ada")
	s.check(repo.name, 9)
	s.close(back, true, "Reverts acme/checkout#7")
	s.check(repo.name, 9)
	s.post()
	equal(t, r.states(), "finance.kpi proposed", "finance.kpi merged", "finance.kpi reverted")
}

func TestAnApprovalIsNews(t *testing.T) {
	s, r, _ := telling(t, events)
	repo, _ := s.checkout()
	s.forge.teams["acme/finance"] = []string{"fay"}
	s.check(repo.name, 7)
	s.post()
	list, err := s.bot.Store.LettersOf(t.Context(), int64(s.guids))
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	f := list[0].Notice.Findings[0]
	err = s.bot.Store.Do(t.Context(), func(tx *store.Tx) error {
		return tx.Ack(t.Context(), store.Ack{Subject: int64(s.guids), Digest: f.Digest, Finding: f.ID, Login: "fay", Reason: "agreed", Until: s.bot.Now().AddDate(0, 1, 0)})
	})
	if err != nil {
		t.Fatal(err)
	}
	s.check(repo.name, 7)
	s.post()
	equal(t, r.states(), "finance.kpi proposed", "finance.kpi approved")
}

func TestAChannelThatIsDownForADayLosesNothing(t *testing.T) {
	s, r, c := telling(t, events)
	repo, _ := s.checkout()
	r.down = &notifier.Temporary{Err: errors.New("503")}
	s.check(repo.name, 7)
	for range 26 {
		s.post()
		c.pass(time.Hour)
	}
	equal(t, r.states())
	r.down = nil
	s.post()
	c.pass(2 * time.Hour)
	s.post()
	s.post()
	equal(t, r.states(), "finance.kpi proposed")
	if !slices.Equal(slices.Collect(maps.Values(r.keys)), []int{1}) {
		t.Errorf("it came more than once: %v", r.keys)
	}
}

func TestWhatNobodyTakesIsKeptAndSentAgainByHand(t *testing.T) {
	s, r, c := telling(t, events)
	repo, _ := s.checkout()
	r.down = errors.New("the receiver answered 404 Not Found")
	s.check(repo.name, 7)
	s.post()
	if waiting, dead, err := s.bot.Store.CountLetters(t.Context()); waiting != 0 || dead != 1 || err != nil {
		t.Fatalf("%d wait, %d are dead, %v", waiting, dead, err)
	}
	c.pass(time.Minute)
	r.down = nil
	s.post()
	equal(t, r.states()) // nobody asked for it
	if ok, err := s.bot.Store.Again(t.Context(), 1, "fay"); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, _ := s.bot.Store.Again(t.Context(), 1, "fay"); ok {
		t.Error("it is dead no longer, and is sent again")
	}
	s.post()
	equal(t, r.states(), "finance.kpi proposed")
	trail, err := s.bot.Store.Trail(t.Context(), repo.name)
	if err != nil || len(trail) != 1 || trail[0].Actor != "fay" || trail[0].Did != "redeliver" {
		t.Errorf("the trail is %+v, %v", trail, err)
	}
}

func TestWhatIsOverBeforeItWasSaidIsNotSaid(t *testing.T) {
	s, r, _ := telling(t, events)
	repo, p := s.checkout()
	s.check(repo.name, 7)
	s.close(p, false, "")
	s.check(repo.name, 7)
	s.post()
	equal(t, r.states())
}

func TestQuietHours(t *testing.T) {
	s, r, c := telling(t, mails+"quiet: {from: \"09:00\", to: \"18:00\", zone: UTC}\n")
	repo, _ := s.checkout()
	s.check(repo.name, 7)
	s.post()
	equal(t, r.states())
	c.pass(9 * time.Hour)
	s.post()
	equal(t, r.states(), "finance.kpi proposed")
}

func TestAPersonGetsAFewMailsAWeek(t *testing.T) {
	s, r, c := telling(t, mails+"per-week: 2\n")
	for n := range 5 {
		repo := s.forge.repo(fmt.Sprint("acme/checkout-", n), map[string]string{contract: whole, "consumers/finance.yaml": registration})
		repo.commit(s.forge, "topic", repo.branches["main"], map[string]string{contract: without})
		repo.open(s.forge, 7, "topic", "ada")
		s.check(repo.name, 7)
		s.post()
		c.pass(time.Hour)
	}
	equal(t, r.states(), "finance.kpi proposed", "finance.kpi proposed")
	c.pass(7 * 24 * time.Hour)
	s.post()
	if equal(t, r.states(), "finance.kpi proposed", "finance.kpi proposed", "finance.kpi proposed"); r.got[2].Wanted != "3" {
		t.Errorf("the digest holds %q letters", r.got[2].Wanted)
	}
}

func TestSilenceIsConsentAfterTwoNotices(t *testing.T) {
	s, r, c := telling(t, events)
	low := strings.Replace(registration, "criticality: high", "criticality: low", 1)
	repo := s.forge.repo("acme/checkout", map[string]string{contract: whole, "consumers/finance.yaml": low})
	repo.commit(s.forge, "topic", repo.branches["main"], map[string]string{contract: without})
	p := repo.open(s.forge, 7, "topic", "ada")
	s.check(repo.name, 7)
	s.post()
	for range 40 {
		c.pass(24 * time.Hour)
		if err := s.bot.outbox.nudge(t.Context(), job(Nudge{int64(s.guids)}, 1)); err != nil {
			t.Fatal(err)
		}
		s.post()
		s.check(repo.name, 7)
	}
	equal(t, r.states(), "finance.kpi proposed", "finance.kpi proposed again")
	if run := s.only(repo, p.head); run.Conclusion != "success" {
		t.Errorf("the run is %+v", run)
	}
}

func TestAnIssueFollowsTheChange(t *testing.T) {
	s, _, _ := telling(t, "channels: [{name: issues, kind: github}]\nroutes: [{to: [issues]}]\n")
	kpi := s.forge.repo("acme/kpi", map[string]string{"README.md": "x"})
	repo := s.forge.repo("acme/checkout", map[string]string{contract: whole, "consumers/finance.yaml": strings.Replace(registration, "criticality: high", "criticality: high, repo: acme/kpi", 1)})
	repo.commit(s.forge, "topic", repo.branches["main"], map[string]string{contract: without})
	p := repo.open(s.forge, 7, "topic", "ada")
	p.title = "Drop @acme/finance's `discount` #3"
	s.check(repo.name, 7)
	s.post()
	if len(kpi.issues) != 1 || kpi.issues[0].state != "open" || !strings.Contains(kpi.issues[0].body, "finance.kpi") || strings.Contains(kpi.issues[0].body, "`discount`") {
		t.Fatalf("the issues are %+v", kpi.issues)
	}
	s.push(repo, p, map[string]string{contract: strings.Replace(whole, "discount, logicalType: number", "discount, logicalType: string", 1)})
	s.check(repo.name, 7)
	s.post()
	if len(kpi.issues) != 1 || !strings.Contains(kpi.issues[0].body, "string") {
		t.Errorf("the issues are %+v", kpi.issues[0])
	}
	s.close(p, false, "")
	s.check(repo.name, 7)
	s.post()
	if i := kpi.issues[0]; len(kpi.issues) != 1 || i.state != "closed" || i.reason != "not_planned" || len(kpi.comments) != 2 {
		t.Errorf("the issue is %+v with %d comments", i, len(kpi.comments))
	}
}

// What is not public is told nobody in public.
func TestNoIssueTellsStrangersOfWhatIsNotPublic(t *testing.T) {
	s, _, _ := telling(t, "channels: [{name: issues, kind: github}]\nroutes: [{to: [issues]}]\n")
	kpi := s.forge.repo("acme/kpi", map[string]string{"README.md": "x"})
	kpi.private = false
	repo := s.forge.repo("acme/checkout", map[string]string{contract: whole, "consumers/finance.yaml": strings.Replace(registration, "criticality: high", "criticality: high, repo: acme/kpi", 1)})
	repo.commit(s.forge, "topic", repo.branches["main"], map[string]string{contract: without})
	repo.open(s.forge, 7, "topic", "ada")
	s.check(repo.name, 7)
	s.post()
	list, err := s.bot.Store.Letters(t.Context(), store.Dead, nil, 10)
	if len(kpi.issues) != 0 || len(list) != 1 || err != nil || !strings.Contains(list[0].Failure, "public") {
		t.Errorf("the issues are %+v, the letters %+v, %v", kpi.issues, list, err)
	}
}
