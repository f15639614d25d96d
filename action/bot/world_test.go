package bot

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// push moves a pull request to a new head.

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
		code   int
		header map[string]string
		metric string
	}{
		{"secondary", http.StatusForbidden, map[string]string{"Retry-After": "1", "X-RateLimit-Remaining": "17"}, `breakwater_github_limited_total{limit="secondary"} `},
		{"secondary, as 429", http.StatusTooManyRequests, map[string]string{"Retry-After": "1", "X-RateLimit-Remaining": "17"}, `breakwater_github_limited_total{limit="secondary"} `},
		{"primary, as 429", http.StatusTooManyRequests, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Resource": "core", "X-RateLimit-Reset": fmt.Sprint(time.Now().Add(2 * time.Second).Unix())}, `breakwater_github_limited_total{limit="primary"} `},
		{"primary", http.StatusForbidden, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "5000", "X-RateLimit-Resource": "core", "X-RateLimit-Reset": fmt.Sprint(time.Now().Add(2 * time.Second).Unix())}, `breakwater_github_limited_total{limit="primary"} `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			r, p := s.checkout()
			left := 1
			s.forge.refuses(tt.code, tt.header, func(req *http.Request) bool {
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

// deep makes objects of maps that were read.

// job makes a job as the queue hands it out.

func job[T river.JobArgs](args T, attempt int) *river.Job[T] {
	return &river.Job[T]{JobRow: &rivertype.JobRow{ID: 1, Attempt: attempt}, Args: args}
}

// A column that was deprecated long enough may go. The bot knows since when: it was

// there.

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
	if err := s.stop(); err != nil { // while the forge keeps it waiting
		t.Errorf("the bot ends with %v", err)
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

func TestWhatCannotBeComparedIsSaidAndShut(t *testing.T) {
	for _, part := range []string{"/compare/", "/git/trees/"} {
		s := newSite(t)
		r, p := s.checkout()
		s.forge.refuses(http.StatusNotFound, nil, onPath(part))
		s.tellPull("opened", r.name, 7)
		s.settled()
		if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(run.Title, "could not check") || len(s.forge.ours(r, 7, "")) > 0 {
			t.Errorf("without %s the run is %+v", part, run)
		}
		s.stop()
	}
}
