package bot

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
)

func TestGitHubIsDownForAnHour(t *testing.T) {
	tr := newTraffic(t, hour{repos: 1}, false)
	r := tr.repos[0]
	tr.commit(0, "topic", r.branches["main"], map[string]string{"README.md": "x"})
	p := r.open(tr.forge, 7, "topic", "ada")
	_, stop := tr.forge.refuses(http.StatusBadGateway, nil, func(*http.Request) bool { return true })
	s := store.Subject{Repo: r.name, Kind: store.Pull, Name: "7"}
	for range store.MaxAttempts { // and then its job is given up
		if err := tr.try(s); err == nil {
			t.Fatal("nobody says that GitHub is down")
		}
		tr.now = tr.now.Add(time.Hour / store.MaxAttempts)
	}
	stop()
	tr.now = tr.now.Add(2 * forgottenAfter)
	if err := tr.bot.reconcile(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	tr.url = tr.serveMetrics()
	tr.metric(`breakwater_missed_total{what="subject"} 1`)
	tr.metric(`breakwater_updates_total{kind="pull",outcome="failed"} ` + fmt.Sprint(store.MaxAttempts))
	if n := strings.Count(tr.log.String(), "not up to date; it is tried again"); n != store.MaxAttempts {
		t.Errorf("the log says so %d times", n)
	}
	tr.do(s)
	if run := tr.only(r, p.head); run.Conclusion != "success" {
		t.Errorf("the run is %+v", run)
	}
}

func TestAnInstallationIsRevokedInTheMiddle(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.settled()
	revoked := false
	s.forge.before = func(w http.ResponseWriter, req *http.Request) bool {
		revoked = revoked || strings.Contains(req.URL.Path, "/git/blobs/"+blobID(without))
		switch {
		case revoked && strings.Contains(req.URL.Path, "/access_tokens"):
			refuse(w, http.StatusNotFound)
		case revoked && strings.HasPrefix(req.URL.Path, "/repos/"):
			refuse(w, http.StatusUnauthorized)
		default:
			return false
		}
		return true
	}
	s.tellPull("opened", r.name, 7)
	s.until("it is given up", func() bool {
		_, text := s.get("/metrics")
		return strings.Contains(text, `breakwater_updates_total{kind="pull",outcome="given-up"} 1`)
	})
	s.settled()
	if got := s.forge.ours(r, 7, ""); len(got) > 0 {
		t.Errorf("there are comments: %q", got)
	}

	// It is installed again.
	s.forge.mu.Lock()
	s.forge.before = nil
	s.forge.mu.Unlock()
	s.tellPull("reopened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(run.Summary, "finance.kpi") {
		t.Errorf("the run is %+v", run)
	}
}

func TestARepositoryThatIsCalledSomethingElseNow(t *testing.T) {
	rename := object{"action": "renamed", "changes": object{"repository": object{"name": object{"from": "kpi"}}}}
	transfer := object{"action": "transferred", "changes": object{"owner": object{"from": object{"organization": object{"login": "acme"}}}}}
	for _, tt := range []struct {
		name string
		now  string
		more object // of the event; nil: nobody told
	}{{"renamed", "acme/figures", rename}, {"transferred", "other/kpi", transfer}, {"and nobody told", "acme/figures", nil}, {"deleted, and nobody told", "", nil}} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			kpi := s.forge.repo("acme/kpi", map[string]string{".breakwater/consumes.yaml": registration})
			s.tell("push", payload("acme/kpi", "fay", object{"ref": "refs/heads/main"}))
			s.settled()
			s.forge.mu.Lock()
			kpi.name = tt.now
			delete(s.forge.repos, "acme/kpi")
			if tt.now != "" {
				s.forge.repos[tt.now] = kpi
				s.forge.before = func(w http.ResponseWriter, req *http.Request) bool { // as GitHub leads on
					rest, ok := strings.CutPrefix(req.URL.Path, "/repos/acme/kpi")
					if ok {
						http.Redirect(w, req, s.forge.URL+"/repos/"+tt.now+rest, http.StatusMovedPermanently)
					}
					return ok
				}
			}
			s.forge.mu.Unlock()
			if tt.more != nil {
				s.tell("repository", payload(tt.now, "fay", tt.more))
			} else if err := s.bot.reconcile(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			s.settled()
			var names []string
			readings, err := s.bot.Store.AllReadings(t.Context())
			for _, r := range readings {
				names = append(names, r.Repo)
			}
			if got := strings.Join(names, " "); got != tt.now || err != nil {
				t.Errorf("registrations are known of %q, want %q (%v)", got, tt.now, err)
			}
		})
	}
}

func TestAListingThatIsCutOffIsReadFolderByFolder(t *testing.T) {
	s := newSite(t)
	s.forge.truncates(10)
	files := map[string]string{contract: whole, "consumers/finance.yaml": registration}
	for i := range 30 {
		files[fmt.Sprintf("a/b%d/c.txt", i%3)+fmt.Sprint(i)] = "x"
	}
	r := s.forge.repo("acme/checkout", files)
	r.commit(s.forge, "topic", r.branches["main"], map[string]string{contract: without})
	p := r.open(s.forge, 7, "topic", "ada")
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(run.Summary, "finance.kpi") {
		t.Errorf("the run is %+v", run)
	}
}

func TestAFileThatTheForgeKeepsForItsSizeIsNotComparedAndSaid(t *testing.T) {
	s := newSite(t)
	r, p := s.checkout()
	s.forge.before = func(w http.ResponseWriter, req *http.Request) bool {
		if !strings.HasSuffix(req.URL.Path, "/git/blobs/"+blobID(without)) {
			return false
		}
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, `{"message":"This API returns blobs up to 100 MB in size.","errors":[{"resource":"Blob","field":"data","code":"too_large"}]}`)
		return true
	}
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(run.Summary, "larger than the forge hands out") {
		t.Errorf("the run is %+v", run)
	}
}

func TestAHeadThatIsGoneIsGivenUp(t *testing.T) {
	for _, code := range []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity} {
		for _, part := range []string{"/compare/", "/git/trees/", "/check-runs"} {
			t.Run(fmt.Sprint(code, part), func(t *testing.T) {
				tr := newTraffic(t, hour{repos: 1}, false)
				r := tr.repos[0]
				tr.commit(0, "topic", r.branches["main"], map[string]string{"README.md": "x"})
				p := r.open(tr.forge, 7, "topic", "ada")
				tr.forge.refuses(code, nil, func(req *http.Request) bool {
					return strings.Contains(req.URL.Path, part) || part == "/check-runs" && strings.Contains(req.URL.Path, "/compare/")
				})
				s := store.Subject{Repo: r.name, Kind: store.Pull, Name: "7"}
				if err := tr.try(s); err != nil {
					t.Errorf("it is tried again: %v", err)
				}
				if !strings.Contains(tr.log.String(), "given up") {
					t.Error("the log does not say so")
				}
				for _, run := range tr.forge.runsOf(r, p.head) {
					if run.Conclusion != "failure" {
						t.Errorf("the run is %+v", run)
					}
				}

				// Another head comes.
				tr.forge.mu.Lock()
				tr.forge.before = nil
				tr.forge.mu.Unlock()
				p.head = tr.commit(0, "topic", r.branches["main"], map[string]string{"README.md": "y"})
				tr.do(s)
				if run := tr.only(r, p.head); run.Conclusion != "success" {
					t.Errorf("the run of the next head is %+v", run)
				}
			})
		}
	}
}

func TestAnAnswerThatSaysNothingIsNoBudget(t *testing.T) {
	tr := newTraffic(t, hour{repos: 1}, false)
	for _, header := range []http.Header{
		{}, {"X-Ratelimit-Remaining": {"many"}}, {"X-Ratelimit-Remaining": {"-5"}}, {"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Limit": {"-1"}},
		{"X-Ratelimit-Remaining": {"1"}, "X-Ratelimit-Limit": {"5000"}, "X-Ratelimit-Reset": {"99999999999999999999"}},
	} {
		(&counting{tr.bot.GitHub, nil, installation}).note(header)
		if pause := tr.bot.GitHub.spare(installation, tr.now); pause != 0 {
			t.Errorf("%v: what can wait waits for %v", header, pause)
		}
	}
	if _, err := tr.bot.GitHub.token(t.Context(), 0); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("the App itself has a token for git: %v", err)
	}
}

func TestAReviewThatCanChangeNothingIsNotLookedInto(t *testing.T) {
	tr := newTraffic(t, hour{repos: 1}, false)
	r := tr.repos[0]
	s := store.Subject{Repo: r.name, Kind: store.Pull, Name: "7"}
	asked := func(action, state string) bool {
		return tr.routed("pull_request_review", payload(r.name, "olga", object{"action": action, "review": object{"state": state}, "pull_request": object{"number": 7}}))
	}
	tr.commit(0, "topic", r.branches["main"], map[string]string{"README.md": "x"})
	p := r.open(tr.forge, 7, "topic", "ada")
	if !asked("submitted", "approved") {
		t.Error("nothing is known of the pull request, and an approval asks for nothing")
	}
	tr.do(s)
	for _, tt := range []struct {
		action, state string
		want          bool
	}{
		{"submitted", "approved", false}, {"submitted", "commented", false},
		{"submitted", "changes_requested", true}, {"dismissed", "approved", true}, // which takes back a word
	} {
		if got := asked(tt.action, tt.state); got != tt.want {
			t.Errorf("%s %s of what passes: asked for %v, want %v", tt.action, tt.state, got, tt.want)
		}
	}
	p.head = tr.commit(0, "topic", r.branches["main"], map[string]string{contract: strings.Replace(r.commits[p.head].files[contract], "      - {name: discount, logicalType: number}\n", "", 1)})
	tr.do(s)
	if !asked("submitted", "approved") {
		t.Error("an approval of what is blocked asks for nothing")
	}
}

func TestARunThatSaysSoAlreadyIsLeftAlone(t *testing.T) {
	tr := newTraffic(t, hour{repos: 1}, false)
	r := tr.repos[0]
	s := store.Subject{Repo: r.name, Kind: store.Pull, Name: "7"}
	tr.commit(0, "topic", r.branches["main"], map[string]string{"README.md": "x"})
	p := r.open(tr.forge, 7, "topic", "ada")
	tr.do(s)
	finishes := func() int { return tr.only(r, p.head).finishes }
	if finishes() != 1 {
		t.Fatalf("the run is finished %d times", finishes())
	}
	tr.now = tr.now.Add(time.Hour)
	tr.do(s)
	if finishes() != 1 {
		t.Error("the same report is written again")
	}
	tr.routed("check_run", payload(r.name, "ada", object{"action": "rerequested", "check_run": object{"id": tr.only(r, p.head).ID, "head_sha": p.head}}))
	tr.do(s)
	if finishes() != 2 {
		t.Error("the forge reopened the run, and it stays so")
	}

	// The verdict is written down, and GitHub does not answer before the run is finished.
	tr.commit(0, "main", r.branches["main"], map[string]string{"breakwater.yaml": "version: 1\npolicy: {fail-on: never}\n"})
	_, stop := tr.forge.refuses(http.StatusBadGateway, nil, writing("/check-runs/"))
	if err := tr.try(s); err == nil {
		t.Fatal("nobody says that GitHub does not answer")
	}
	stop()
	tr.do(s)
	if finishes() != 3 {
		t.Error("the run does not say what the verdict does")
	}
}
