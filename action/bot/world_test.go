package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/google/go-github/v60/github"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// push moves a pull request to a new head.
func (s *site) push(r *forgeRepo, p *forgePull, files map[string]string) (head string) {
	s.forge.mu.Lock()
	parent := p.head
	s.forge.mu.Unlock()
	head = r.commit(s.forge, "topic", parent, files)
	s.forge.mu.Lock()
	p.head = head
	s.forge.mu.Unlock()
	return head
}

// refuses has the forge answer some requests with a code, until it is told to stop.
func (f *forge) refuses(code int, header map[string]string, what func(req *http.Request) bool) (times func() int, stop func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	f.before = func(w http.ResponseWriter, req *http.Request) bool {
		if !what(req) {
			return false
		}
		n++
		for name, value := range header {
			w.Header().Set(name, value)
		}
		refuse(w, code)
		return true
	}
	return func() int { f.mu.Lock(); defer f.mu.Unlock(); return n }, func() { f.mu.Lock(); defer f.mu.Unlock(); f.before = nil }
}

func onPath(part string) func(req *http.Request) bool {
	return func(req *http.Request) bool { return strings.Contains(req.URL.Path, part) }
}

func writing(part string) func(req *http.Request) bool {
	return func(req *http.Request) bool {
		return req.Method != http.MethodGet && strings.Contains(req.URL.Path, part)
	}
}

func (s *site) metric(line string) {
	s.t.Helper()
	if _, text := s.get("/metrics"); !strings.Contains(text, line) {
		s.t.Errorf("no metric says %s", line)
	}
}

func TestGitHubIsDownForAWhile(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	times, stop := s.forge.refuses(http.StatusBadGateway, nil, onPath("/repos/"))
	s.tellPull("opened", r.name, 7)
	s.until("GitHub was asked", func() bool { return times() > 0 })
	s.until("the log says so", func() bool { return strings.Contains(s.log.String(), "not up to date; it is tried again") })
	stop()
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" || len(s.forge.ours(r, 7, mark)) != 1 {
		t.Errorf("the run is %+v", run)
	}
	s.metric(`breakwater_updates_total{kind="pull",outcome="failed"}`)
	s.metric(`breakwater_github_requests_total{class="5xx"}`)
}

func TestAFileThatCannotBeHadIsNoFinding(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	times, stop := s.forge.refuses(http.StatusInternalServerError, nil, onPath("/git/blobs/"))
	s.tellPull("opened", r.name, 7)
	s.until("a file was asked for twice", func() bool { return times() > 3 })
	if runs := s.forge.runsOf(r, p.head); len(runs) != 1 || runs[0].Status != "in_progress" || len(s.forge.ours(r, 7, "")) > 0 {
		t.Errorf("while a file cannot be had there are the runs %+v and the comments %q", runs, s.forge.ours(r, 7, ""))
	}
	stop()
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(run.Summary, "finance.kpi") {
		t.Errorf("the run is %+v", run)
	}
}

func TestAnAnswerThatIsCutOffIsNoFile(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	cut := 3
	s.forge.before = func(w http.ResponseWriter, req *http.Request) bool {
		if !strings.Contains(req.URL.Path, "/git/blobs/") || cut == 0 {
			return false
		}
		cut--
		fmt.Fprint(w, `{"encoding":"utf-8","content":"apiVersion: v3.1.0\nkind: DataContract\n"}`)
		return true
	}
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(run.Summary, "finance.kpi") {
		t.Errorf("the run is %+v", run)
	}
}

func TestTheRunSaysWhenAPullRequestCannotBeChecked(t *testing.T) {
	f := newForge(t)
	s := &site{t: t, forge: f}
	s.bot, s.log = newBot(t, f, "sqlite://"+t.TempDir()+"/bot.db")
	r, p := s.checkout()
	s.bot.start()
	f.refuses(http.StatusBadGateway, nil, onPath("/git/"))
	var id int64
	err := s.bot.Store.Do(t.Context(), func(tx *store.Tx) (err error) {
		id, err = tx.Want(t.Context(), store.Subject{Installation: installation, Repo: r.name, Kind: store.Pull, Name: "7"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for attempt := 1; attempt <= sayAfter; attempt++ {
		if runs := f.runsOf(r, p.head); attempt > 1 && runs[0].Status != "in_progress" {
			t.Errorf("attempt %d: the run is %+v", attempt, runs[0])
		}
		if err := s.bot.update(t.Context(), job(store.Update{Subject: id}, attempt)); err == nil {
			t.Fatalf("attempt %d succeeds", attempt)
		}
	}
	if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(run.Title, "could not check") || !strings.Contains(run.Summary, "502") {
		t.Errorf("the run is %+v", run)
	}
}

func TestALimitIsWaitedFor(t *testing.T) {
	tests := []struct {
		name   string
		header map[string]string
		metric string
	}{
		{"secondary", map[string]string{"Retry-After": "1", "X-RateLimit-Remaining": "17"}, `breakwater_github_limited_total{limit="secondary"} `},
		{"primary", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Resource": "core", "X-RateLimit-Reset": fmt.Sprint(time.Now().Add(2 * time.Second).Unix())}, `breakwater_github_limited_total{limit="primary"} `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			r, p := s.checkout()
			left := 1
			s.forge.refuses(http.StatusForbidden, tt.header, func(req *http.Request) bool {
				if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/comments") && left > 0 {
					left--
					return true
				}
				return false
			})
			s.tellPull("opened", r.name, 7)
			s.until("the run is finished", func() bool {
				runs := s.forge.runsOf(r, p.head)
				return len(runs) == 1 && runs[0].Status == "completed"
			})
			s.settled()
			if got := s.forge.ours(r, 7, mark); len(got) != 1 {
				t.Errorf("the comments are %q", got)
			}
			s.metric(tt.metric)
		})
	}
}

func TestWhatIsNotAllowedAnyMore(t *testing.T) {
	t.Run("comments", func(t *testing.T) {
		s := newSite(t)
		r, p := s.checkout()
		s.forge.refuses(http.StatusForbidden, nil, writing("/comments"))
		s.tellPull("opened", r.name, 7)
		s.settled()
		if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(s.log.String(), "no comment") {
			t.Errorf("the run is %+v", run)
		}
	})
	t.Run("check runs", func(t *testing.T) {
		s := newSite(t)
		r, _ := s.checkout()
		s.forge.refuses(http.StatusForbidden, nil, onPath("check-runs"))
		s.tellPull("opened", r.name, 7)
		s.settled()
		if got := s.forge.ours(r, 7, mark); len(got) != 1 || !strings.Contains(s.log.String(), "no check run") {
			t.Errorf("the comments are %q", got)
		}
	})
	t.Run("teams", func(t *testing.T) {
		s := newSite(t)
		r, p := s.checkout()
		s.forge.refuses(http.StatusForbidden, nil, onPath("/teams/"))
		s.tellPull("opened", r.name, 7)
		s.settled()
		s.comment(r, 7, "fay", "/breakwater ack")
		s.until("the command is refused", func() bool { return strings.Contains(s.log.String(), "command refused") })
		if run := s.only(r, p.head); run.Conclusion != "failure" {
			t.Errorf("the run is %+v", run)
		}
	})
	t.Run("the repository", func(t *testing.T) {
		s := newSite(t)
		r, _ := s.checkout()
		s.settled() // the registry
		r.gone = true
		s.tellPull("opened", r.name, 7)
		s.tell("push", payload(r.name, "ada", object{"ref": "refs/heads/main"}))
		s.settled()
		if !strings.Contains(s.log.String(), "given up") {
			t.Error("the log does not say so")
		}
		s.metric(`breakwater_updates_total{kind="pull",outcome="given-up"} 1`)
		if known, err := s.bot.Store.Repository(t.Context(), r.name); known != nil || err != nil {
			t.Errorf("it is still known: %+v, %v", known, err)
		}
	})
	t.Run("the App", func(t *testing.T) {
		s := newSite(t)
		r, _ := s.checkout()
		s.tellPull("opened", r.name, 7)
		s.settled()
		if code, text := s.send("installation", payload(r.name, "ada", object{"action": "deleted"})); code != http.StatusAccepted {
			t.Fatalf("%d %s", code, text)
		}
		if _, text := s.get("/api/v1/checks"); strings.Contains(text, r.name) {
			t.Errorf("what is not ours to read is shown: %s", text)
		}
	})
}

func TestACommentThatSomebodyDeletesIsMadeAgain(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	s.forge.mu.Lock()
	r.comments = nil
	s.forge.mu.Unlock()
	head := s.push(r, p, map[string]string{"README.md": "x"})
	s.tellPull("synchronize", r.name, 7)
	s.settled()
	if got := s.forge.ours(r, 7, mark+head); len(got) != 1 {
		t.Errorf("the comments are %q", got)
	}
}

func TestTheNewestHeadWins(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	first := p.head
	second := r.commit(s.forge, "topic", first, map[string]string{contract: wider})
	moved := false
	s.forge.before = func(_ http.ResponseWriter, req *http.Request) bool {
		if strings.Contains(req.URL.Path, "/git/trees/"+first) && !moved { // while the first is read, the second comes
			moved = true
			p.head = second
		}
		return false
	}
	judged := make(chan string, 10)
	s.bot.Judged = func(_ context.Context, _ *store.Tx, j *Judgement) error {
		judged <- j.Result.Head.Commit
		return nil
	}
	s.tellPull("opened", r.name, 7) // and no other event
	s.settled()
	if run := s.only(r, second); run.Conclusion != "success" {
		t.Errorf("the run of the newest head is %+v", run)
	}
	if run := s.only(r, first); run.Conclusion != "cancelled" {
		t.Errorf("the run of the first head is %+v", run)
	}
	if got := s.forge.ours(r, 7, ""); len(got) != 0 { // nothing to say of the second, and nothing was said of the first
		t.Errorf("the comments are %q", got)
	}
	close(judged)
	for head := range judged {
		if head != second {
			t.Errorf("somebody was told of %s", head)
		}
	}
}

func TestAClosedPullRequestLeavesNoRunWaiting(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	_, stop := s.forge.refuses(http.StatusInternalServerError, nil, onPath("/git/"))
	s.tellPull("opened", r.name, 7)
	s.until("the run waits", func() bool { return len(s.forge.runsOf(r, p.head)) == 1 })
	s.forge.mu.Lock()
	p.state = "closed"
	s.forge.mu.Unlock()
	stop()
	s.tellPull("closed", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "cancelled" {
		t.Errorf("the run is %+v", run)
	}
}

func TestAMergeGroupIsChecked(t *testing.T) {
	s := newSite(t)
	r := s.forge.repo("acme/checkout", map[string]string{contract: whole, "consumers/finance.yaml": registration})
	head := r.commit(s.forge, "queue", r.branches["main"], map[string]string{contract: without})
	s.tell("merge_group", payload(r.name, "ada", object{"action": "checks_requested", "merge_group": object{"base_sha": r.branches["main"], "head_sha": head}}))
	s.settled()
	if run := s.only(r, head); run.Conclusion != "failure" || run.Label != "" {
		t.Errorf("the run is %+v", run)
	}
	if len(r.comments) > 0 {
		t.Errorf("somebody wrote comments: %+v", r.comments)
	}
}

func TestConsumersInOtherRepositoriesAreFound(t *testing.T) {
	s := newSite(t)
	r := s.forge.repo("acme/checkout", map[string]string{contract: whole})
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
	p := r.open(s.forge, 7, "topic", "ada")
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); strings.Contains(run.Summary, "finance.kpi") {
		t.Fatalf("nobody is registered, and the run is %+v", run)
	}
	kpi := s.forge.repo("acme/kpi", map[string]string{".breakwater/consumes.yaml": registration, "consumers/broken.yaml": "apiVersion: breakwater/v1\nkind: Consumption\n"})
	s.tell("push", payload(kpi.name, "fay", object{"ref": "refs/heads/main"}))
	s.until("the open pull request is checked again", func() bool { return strings.Contains(s.only(r, p.head).Summary, "finance.kpi") })
	s.settled()
	if got := s.forge.ours(r, 7, mark+p.head); len(got) != 1 || !strings.Contains(got[0], "finance.kpi") || strings.Contains(got[0], "❌") {
		t.Errorf("the comments are %q", got)
	}
	_, text := s.get("/api/v1/consumers")
	var answer struct {
		Consumers []shownReading `json:"consumers"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Consumers) != 1 || answer.Consumers[0].Repo != kpi.name || answer.Consumers[0].File != ".breakwater/consumes.yaml" ||
		!slices.Equal(answer.Consumers[0].Fields, []string{"orders.discount"}) {
		t.Errorf("consumers are %s, %v", text, err)
	}

	// He goes.
	kpi.commit(s.forge, "main", kpi.branches["main"], map[string]string{".breakwater/consumes.yaml": ""})
	s.tell("push", payload(kpi.name, "fay", object{"ref": "refs/heads/main"}))
	s.until("the open pull request is checked again", func() bool { return !strings.Contains(s.only(r, p.head).Summary, "finance.kpi") })
}

func TestAPushToAnotherBranchAsksForNothing(t *testing.T) {
	s := newSite(t)
	for _, more := range []object{{"ref": "refs/heads/topic"}, {"ref": "refs/heads/main", "deleted": true}, {"ref": "refs/tags/main"}} {
		if _, text := s.send("push", payload("acme/checkout", "ada", more)); text != "ignored" {
			t.Errorf("%v: %s", more, text)
		}
	}
}

func TestTheAPIIsBehindThePages(t *testing.T) {
	for _, tt := range []struct {
		pages Pages
		code  int
	}{{Anonymous, 200}, {Login, 401}, {Off, 404}, {"", 404}} {
		s := newSite(t, func(s *site) { s.bot.Pages = tt.pages })
		for _, path := range []string{"/api/v1/ports", "/api/v1/consumers", "/api/v1/checks"} {
			code, text := s.get(path)
			if code != tt.code {
				t.Errorf("%s with pages %q: %d %s", path, tt.pages, code, text)
			}
			if code == 200 && !strings.Contains(text, `"schemaVersion":1`) {
				t.Errorf("%s: %s", path, text)
			}
		}
		for path, code := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/webhook": 405, "/other": 404} {
			if got, text := s.get(path); got != code {
				t.Errorf("%s: %d %s", path, got, text)
			}
		}
		s.stop()
	}
}

func TestWhatWasMissedIsFoundAgain(t *testing.T) {
	s := newSite(t, func(s *site) {
		r, _ := s.checkout()
		r.commit(s.forge, "other", r.branches["main"], map[string]string{contract: wider})
		r.open(s.forge, 8, "other", "ada")
		at := time.Now().Add(-time.Hour)
		s.forge.deliveries = []*forgeDelivery{
			{1, "arrived", "push", 202, at}, {2, "lost", "push", 502, at}, {3, "lost", "push", 0, at.Add(-time.Minute)}, {4, "sent-again", "push", 202, at},
			{5, "sent-again", "push", 500, at.Add(-time.Minute)}, {6, "unasked", "star", 500, at}, {7, "old", "push", 500, at.Add(-100 * time.Hour)},
		}
	})
	r := s.forge.repos["acme/checkout"]
	s.until("both pull requests are checked", func() bool {
		for _, n := range []int{7, 8} {
			runs := s.forge.runsOf(r, r.pulls[n].head)
			if len(runs) != 1 || runs[0].Status != "completed" {
				return false
			}
		}
		return true
	})
	s.settled()
	s.until("the lost event is asked for", func() bool {
		s.forge.mu.Lock()
		defer s.forge.mu.Unlock()
		return len(s.forge.redelivers) > 0
	})
	s.forge.mu.Lock()
	if !slices.Equal(s.forge.redelivers, []int64{2}) {
		t.Errorf("asked for again are %v", s.forge.redelivers)
	}
	s.forge.mu.Unlock()
	if known, err := s.bot.Store.Repository(t.Context(), r.name); known == nil || known.Head != r.branches["main"] || err != nil {
		t.Errorf("the registry knows %+v, %v", known, err)
	}
	if err := s.bot.reconcile(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if waiting, _, err := s.bot.Store.Waiting(t.Context()); waiting != 0 || err != nil {
		t.Errorf("a second look asks for %d, %v", waiting, err)
	}
}

func TestUnchangedAnswersCostNothing(t *testing.T) {
	s := newSite(t)
	r, _ := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	s.forge.mu.Lock()
	first := len(s.forge.asked)
	s.forge.mu.Unlock()
	s.tellPull("reopened", r.name, 7)
	s.settled()
	s.forge.mu.Lock()
	defer s.forge.mu.Unlock()
	second := s.forge.asked[first:]
	// The run is finished anew; all else is as it was.
	if len(second) > 2 || s.forge.unchanged == 0 {
		t.Errorf("the first check asks %d times; the second, of the same: %q", first, second)
	}
	t.Logf("the first check costs %d requests, the second %d", first, len(second))
}

func TestManyFilesAreOneArchive(t *testing.T) {
	s := newSite(t)
	s.forge.archives()
	files := map[string]string{"consumers/finance.yaml": registration, contract: whole}
	for i := range 200 {
		files[fmt.Sprintf("contracts/c%d.odcs.yaml", i)] = strings.ReplaceAll(whole, "urn:contract:orders", fmt.Sprint("urn:contract:", i))
	}
	r := s.forge.repo("acme/big", files)
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
	p := r.open(s.forge, 7, "topic", "ada")
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" {
		t.Errorf("the run is %+v", run)
	}
	s.forge.mu.Lock()
	defer s.forge.mu.Unlock()
	blobs := 0
	for _, a := range s.forge.asked {
		if strings.Contains(a, "/git/blobs/") {
			blobs++
		}
	}
	if blobs > 10 {
		t.Errorf("%d files are asked for one by one", blobs)
	}
}

func TestManyFindingsFit(t *testing.T) {
	s := newSite(t)
	var base, head strings.Builder
	base.WriteString(strings.TrimSuffix(whole, ""))
	head.WriteString(without)
	for i := range 130 {
		fmt.Fprintf(&base, "      - {name: column_%d, logicalType: string}\n", i)
	}
	r := s.forge.repo("acme/wide", map[string]string{contract: base.String(), "consumers/finance.yaml": registration})
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: head.String()})
	p := r.open(s.forge, 7, "topic", "ada")
	s.tellPull("opened", r.name, 7)
	s.settled()
	run := s.only(r, p.head)
	if run.Conclusion != "failure" || len(run.Annotations) != 131 {
		t.Errorf("%s with %d annotations", run.Conclusion, len(run.Annotations))
	}
	if got := s.forge.ours(r, 7, mark); len(got) != 1 {
		t.Errorf("%d comments", len(got))
	}
}

func TestAVerdictIsWrittenDownWithAllThatFollows(t *testing.T) {
	s := newSite(t)
	var before []*store.Verdict
	s.bot.Judged = func(_ context.Context, tx *store.Tx, j *Judgement) error {
		before = append(before, j.Before)
		if len(before) == 1 {
			return errors.New("the outbox is full")
		}
		return tx.Audit(s.t.Context(), store.Entry{Repo: j.Subject.Repo, Did: "told", Detail: j.Result.Verdict.String()})
	}
	r, p := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" {
		t.Errorf("the run is %+v", run)
	}
	if len(before) < 2 || before[1].Report != "" {
		t.Errorf("a verdict is written down, and nobody was told of it: %+v", before)
	}
	trail, err := s.bot.Store.Trail(t.Context(), r.name)
	if err != nil || len(trail) == 0 || trail[0].Detail != "block" {
		t.Errorf("the trail is %+v, %v", trail, err)
	}
}

func TestAReviewCountsAsInTheAction(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.forge.teams["acme/finance"] = []string{"fay"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	var doc struct {
		Ports []struct{ Findings []struct{ ID, Digest string } }
	}
	checks, err := s.bot.Store.Checks(t.Context(), 1)
	if err != nil || json.Unmarshal([]byte(checks[0].Report), &doc) != nil {
		t.Fatal(err)
	}
	f := doc.Ports[0].Findings[0]
	approval := fmt.Sprintf("- {finding: %s, digest: %s, by: \"@acme/finance\", reason: agreed, until: %s}\n", f.ID, f.Digest, time.Now().AddDate(0, 1, 0).Format(time.DateOnly))
	head := s.push(r, p, map[string]string{".breakwater/approvals/finance.yaml": approval})
	s.tellPull("synchronize", r.name, 7)
	s.settled()
	if run := s.only(r, head); run.Conclusion != "failure" {
		t.Fatalf("an approval that is only proposed is in force: %+v", run)
	}
	s.forge.mu.Lock()
	state, login := "APPROVED", "fay"
	p.reviews = []*github.PullRequestReview{{State: &state, CommitID: &head, User: &github.User{Login: &login}}}
	s.forge.mu.Unlock()
	s.tell("pull_request_review", payload(r.name, "fay", object{"action": "submitted", "pull_request": object{"number": 7}}))
	s.until("the check is green", func() bool { return s.only(r, head).Conclusion == "success" })
}

func TestAButtonAcknowledges(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.forge.teams["acme/finance"] = []string{"fay"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	run := s.only(r, p.head)
	press := func(login, head string, n int) []byte {
		return payload(r.name, login, object{"action": "requested_action", "requested_action": object{"identifier": "ack"}, "n": n, "check_run": object{"id": run.ID, "head_sha": head}})
	}
	if code, text := s.send("check_run", press("fay", p.head, 0)); code != 202 || text != "queued" {
		t.Fatalf("%d %s", code, text)
	}
	if _, text := s.send("check_run", press("fay", p.head, 0)); text != "ignored" { // under another name: a replay
		t.Errorf("the same button is pressed twice: %s", text)
	}
	s.until("the check is green", func() bool { return s.only(r, p.head).Conclusion == "success" })
	s.settled()
	head := s.push(r, p, map[string]string{contract: strings.Replace(whole, "discount, logicalType: number", "discount, logicalType: string", 1)})
	s.tellPull("synchronize", r.name, 7)
	s.settled()
	if _, text := s.send("check_run", press("fay", p.head, 1)); text != "ignored" {
		t.Errorf("the button of the head before: %s", text)
	}
	if run := s.only(r, head); run.Conclusion != "failure" {
		t.Errorf("the run is %+v", run)
	}
}

func TestCommands(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	r.writers = []string{"olga"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	replies := func() []string { return s.forge.ours(r, 7, "<!-- breakwater:report id=reply/") }
	said := 0
	for _, tt := range []struct{ body, want string }{
		{"/breakwater help", "/breakwater recheck"},
		{"/breakwater", "/breakwater recheck"},
		{"/breakwater dance", "/breakwater recheck"},
		{"/breakwater explain table/column-removed\nthanks", "`table/column-removed`"},
		{"/breakwater explain `@acme/finance`", "There is no rule `'@acme/finance'`"},
		{"/breakwater explain", "Which rule?"},
	} {
		s.comment(r, 7, "olga", tt.body)
		said++
		s.until("there is a reply to "+tt.body, func() bool { return len(replies()) == said })
		if got := replies()[said-1]; !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q", tt.body, got)
		}
	}
	id := s.forge.say(r, 7, "olga", "/breakwater help")
	for _, change := range []func(o object){
		func(o object) { o["action"] = "edited" },
		func(o object) { o["comment"].(object)["user"].(object)["type"] = "Bot" },
		func(o object) { o["comment"].(object)["body"] = "I like /breakwater help" },
		func(o object) { o["comment"].(object)["body"] = "> /breakwater help" },
		func(o object) { o["comment"].(object)["body"] = "/breakwaters help" },
		func(o object) { o["sender"].(object)["login"] = "mallory" },
	} {
		var o object
		if err := json.Unmarshal(commented(r.name, 7, id, "olga", "/breakwater help"), &o); err != nil {
			t.Fatal(err)
		}
		deep(o)
		change(o)
		body, _ := json.Marshal(o)
		if _, text := s.send("issue_comment", body); text != "ignored" {
			t.Errorf("%s: %s", body, text)
		}
	}
	runs := s.only(r, p.head).finishes
	s.comment(r, 7, "olga", "/breakwater recheck")
	s.until("it is checked again", func() bool { return s.only(r, p.head).finishes > runs })
	s.comment(r, 7, "mallory", "/breakwater recheck")
	s.until("a stranger is refused", func() bool { return strings.Contains(s.log.String(), "command refused") })
	s.settled()
	if len(replies()) != said {
		t.Errorf("a stranger has us write: %q", replies())
	}
}

// deep makes objects of maps that were read.
func deep(o object) {
	for name, v := range o {
		if m, ok := v.(map[string]any); ok {
			deep(m)
			o[name] = m
		}
	}
}

func TestWhomThePolicyLetsOverrideDoes(t *testing.T) {
	s := newSite(t)
	r := s.forge.repo("acme/checkout", map[string]string{contract: whole, "consumers/finance.yaml": registration, "breakwater.yaml": "version: 1\npolicy: {override: [\"@acme/leads\"]}\n"})
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without, "breakwater.yaml": "version: 1\npolicy: {override: [\"@mallory\", \"@acme/leads\"]}\n"})
	p := r.open(s.forge, 7, "topic", "ada")
	s.forge.teams["acme/leads"] = []string{"lea"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	s.comment(r, 7, "mallory", "/breakwater ack") // whom only the head names
	s.until("the command is refused", func() bool { return strings.Contains(s.log.String(), "command refused") })
	s.comment(r, 7, "lea", "/breakwater ack the old column holds no data")
	s.until("the check is green", func() bool { return s.only(r, p.head).Conclusion == "success" })
}

func TestStrangersReadNoContacts(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	r.private = false
	s.tellPull("opened", r.name, 7)
	s.settled()
	text := strings.Join(s.forge.ours(r, 7, mark), "") + s.only(r, p.head).Summary
	if !strings.Contains(text, "finance.kpi") || strings.Contains(text, "@acme/finance") || strings.Contains(text, "finance-team") {
		t.Errorf("strangers read %s", text)
	}
}

func TestAPastCheckerIsNotChanged(t *testing.T) {
	s := newSite(t)
	if c := s.bot.Checker; c.Reviews != nil || c.Registry != nil || c.Acks != nil || !c.Now.IsZero() {
		t.Errorf("the checker of all checks is %+v", c)
	}
	s.bot.Prepare = func(_ context.Context, c *checker.Checker, _ store.Subject) error {
		c.Set = append(c.Set, "policy.fail-on=never")
		return nil
	}
	r, p := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "neutral" || len(s.bot.Checker.Set) > 0 {
		t.Errorf("the run is %+v, and the settings are %q", run, s.bot.Checker.Set)
	}
}

// job makes a job as the queue hands it out.
func job[T river.JobArgs](args T, attempt int) *river.Job[T] {
	return &river.Job[T]{JobRow: &rivertype.JobRow{ID: 1, Attempt: attempt}, Args: args}
}

func TestAWordCountsForWhatItsWriterSaw(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.forge.teams["acme/finance"] = []string{"fay"}
	s.tellPull("opened", r.name, 7)
	s.settled()
	say := func(at time.Time) {
		t.Helper()
		var o object
		if err := json.Unmarshal(commented(r.name, 7, s.forge.say(r, 7, "fay", "/breakwater ack"), "fay", "/breakwater ack"), &o); err != nil {
			t.Fatal(err)
		}
		deep(o)
		o["comment"].(object)["created_at"] = at.Format(time.RFC3339)
		body, _ := json.Marshal(o)
		s.tell("issue_comment", body)
	}
	say(time.Now().Add(-time.Minute)) // an event that comes late
	s.until("the word is refused", func() bool { return strings.Contains(s.log.String(), "command refused") })
	if got := s.forge.ours(r, 7, "<!-- breakwater:report id=reply/"); len(got) != 1 || !strings.Contains(got[0], "after you wrote this") {
		t.Errorf("the replies are %q", got)
	}
	say(time.Now().Add(time.Second))
	s.until("the check is green", func() bool { return s.only(r, p.head).Conclusion == "success" })
}

// A column that was deprecated long enough may go. The bot knows since when: it was
// there.
func TestARemovalMaturesAsTheBotSawIt(t *testing.T) {
	var mu sync.Mutex
	now := time.Now()
	s := newSite(t, func(s *site) { s.bot.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now } })
	pass := func(d time.Duration) { mu.Lock(); now = now.Add(d); mu.Unlock() }
	r := s.forge.repo("acme/checkout", map[string]string{contract: whole, "breakwater.yaml": "version: 1\nports:\n  - {id: contracts/orders, files: [contracts/orders.odcs.yaml], owner: \"@acme/checkout\"}\n"})
	push := func() {
		s.tell("push", payload(r.name, "ada", object{"ref": "refs/heads/main"}))
		s.settled()
	}
	push()
	pass(time.Hour)
	old := strings.Replace(whole, "{name: discount, logicalType: number}", "{name: discount, logicalType: number, deprecated: true}", 1)
	r.commit(s.forge, "main", r.branches["main"], map[string]string{contract: old})
	push()
	pass(time.Hour)
	r.commit(s.forge, "main", r.branches["main"], map[string]string{"README.md": "x"})
	push()
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
	p := r.open(s.forge, 7, "topic", "ada")
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" {
		t.Fatalf("after an hour the run is %+v", run)
	}
	pass(31 * 24 * time.Hour)
	s.tellPull("reopened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "success" {
		t.Errorf("after a month the run is %+v", run)
	}
}

func TestARepositorysOwnHookIsEnough(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	kpi := s.forge.repo("acme/kpi", map[string]string{".breakwater/consumes.yaml": strings.ReplaceAll(registration, "finance.kpi", "sales.kpi")})
	s.tell("push", payload(kpi.name, "ada", object{"ref": "refs/heads/main", "installation": nil}))
	s.settled()
	s.tell("pull_request", payload(r.name, "ada", object{"action": "opened", "pull_request": object{"number": 7}, "installation": nil}))
	s.settled()
	if run := s.only(r, p.head); !strings.Contains(run.Summary, "finance.kpi") || !strings.Contains(run.Summary, "sales.kpi") {
		t.Errorf("the run is %+v", run)
	}
}

func TestANewInstallationIsLookedAt(t *testing.T) {
	s := newSite(t)
	s.settled()
	r, p := s.checkout() // nobody told of it
	s.tell("installation", payload("", "ada", object{"action": "created"}))
	s.until("it is checked", func() bool {
		runs := s.forge.runsOf(r, p.head)
		return len(runs) == 1 && runs[0].Status == "completed"
	})
	s.settled()
	finishes := s.only(r, p.head).finishes
	s.tell("check_suite", payload(r.name, "ada", object{"action": "rerequested", "check_suite": object{"head_sha": p.head}}))
	s.until("it is checked again", func() bool { return s.only(r, p.head).finishes > finishes })
}

func TestWhatIsCutShortRunsAgain(t *testing.T) {
	database := "sqlite://" + t.TempDir() + "/bot.db"
	s := newSiteOn(t, database, func(s *site) { s.bot.Drain = 200 * time.Millisecond })
	r, p := s.checkout()
	var asked, open atomic.Bool
	s.forge.before = func(_ http.ResponseWriter, req *http.Request) bool {
		for strings.Contains(req.URL.Path, "/git/trees/") && !open.Load() && req.Context().Err() == nil {
			asked.Store(true)
			s.forge.mu.Unlock()
			time.Sleep(10 * time.Millisecond)
			s.forge.mu.Lock()
		}
		return false
	}
	s.tellPull("opened", r.name, 7)
	s.until("the check is at it", asked.Load)
	began := time.Now()
	if err := s.stop(); err != nil {
		t.Errorf("the bot ends with %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it takes %v to stop", took)
	}
	if run := s.only(r, p.head); run.Status != "in_progress" {
		t.Errorf("the run is %+v", run)
	}
	open.Store(true)
	again := &site{t: t, forge: s.forge}
	again.bot, again.log = newBot(t, s.forge, database)
	again.start()
	again.until("the run is finished", func() bool { return again.only(r, p.head).Conclusion == "failure" })
}

func TestOpenPullRequestsFollowTheGate(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.tellPull("opened", r.name, 7)
	s.settled()
	push := func(files map[string]string) {
		r.commit(s.forge, "main", r.branches["main"], files)
		s.tell("push", payload(r.name, "ada", object{"ref": "refs/heads/main"}))
		s.settled()
	}
	finishes := s.only(r, p.head).finishes
	push(map[string]string{"README.md": "x"})
	if run := s.only(r, p.head); run.finishes != finishes {
		t.Error("a page that judges nothing has pull requests checked again")
	}
	push(map[string]string{"breakwater.yaml": "version: 1\npolicy: {fail-on: never}\n"})
	if run := s.only(r, p.head); run.Conclusion != "neutral" {
		t.Errorf("the gate moved, and the run is %+v", run)
	}
}
