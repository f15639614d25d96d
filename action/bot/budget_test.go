package bot

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/revision/repotest"
	"github.com/riverqueue/river"
)

// An hour is one of a working day. A day brings to each repository so many merges to
// the default branch, and pull requests with so many heads, each of which is reviewed once and
// closed. That is much: 1,500 pull requests a day are fifteen a week for each of 500 engineers.
type hour struct {
	repos, pushes, pulls, heads int
	share                       float64 // of the day
}

// The hours of a day of eight: the mean one, and the busiest, with half as much again.
var (
	mean    = hour{repos: 500, pushes: 3, pulls: 3, heads: 3, share: 1. / 8}
	busiest = hour{repos: 500, pushes: 3, pulls: 3, heads: 3, share: 1.5 / 8}
)

// A happening is one event of the hour.
type happening struct {
	at   time.Duration
	kind string
	repo int
	pull int
}

// happenings lists what happens in the hour, the same each time.
func (h hour) happenings() (all []happening) {
	chance := rand.New(rand.NewPCG(1, 2))
	at := func() time.Duration { return time.Duration(chance.Int64N(int64(time.Hour))) }
	times := func(perDay int) int { return int(math.Round(float64(h.repos*perDay) * h.share)) }
	for range times(h.pushes) {
		all = append(all, happening{at(), "push", chance.IntN(h.repos), 0})
	}
	for number := range times(h.pulls) {
		repo, begin, moments := chance.IntN(h.repos), at(), make([]time.Duration, h.heads+2)
		for i := range moments {
			moments[i] = begin + time.Duration(chance.Int64N(int64(time.Hour-begin)))
		}
		slices.Sort(moments)
		for i, when := range moments {
			kind := "head"
			switch i {
			case 0:
				kind = "open"
			case h.heads:
				kind = "review"
			case h.heads + 1:
				kind = "close"
			}
			all = append(all, happening{when, kind, repo, number + 1})
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return cmp.Compare(a.at, b.at) })
	return all
}

// A traffic is a bot to which an hour happens, as fast as it can: time is a number.
type traffic struct {
	*site
	t      testing.TB
	now    time.Time
	repos  []*forgeRepo
	origin []*repotest.Repo // where git has them
	points map[int64]int    // by minute: of GitHub's secondary limit
}

func newTraffic(t testing.TB, h hour, clones bool) *traffic {
	f := newForge(t)
	tr := &traffic{site: &site{t: t, forge: f}, t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), points: make(map[int64]int)}
	tr.bot, tr.log = newBot(t, f, "sqlite://"+filepath.Join(t.TempDir(), "bot.db"))
	tr.bot.Now = func() time.Time { return tr.now }
	if clones {
		tr.bot.Clones = newClones(t, 0)
	}
	tr.bot.start()
	f.before = func(_ http.ResponseWriter, req *http.Request) bool {
		cost := 1
		if req.Method != http.MethodGet {
			cost = 5
		}
		tr.points[tr.now.Unix()/60] += cost
		return false
	}
	for i := range h.repos {
		name := fmt.Sprintf("acme/repo%03d", i)
		files := map[string]string{"README.md": name, contract: strings.ReplaceAll(whole, "urn:contract:orders", fmt.Sprint("urn:contract:", i))}
		if i%5 == 0 { // somebody reads every fifth
			files["consumers/finance.yaml"] = strings.ReplaceAll(registration, "urn:contract:orders", fmt.Sprint("urn:contract:", i))
		}
		if !clones {
			tr.repos = append(tr.repos, f.repo(name, files))
			continue
		}
		origin := repotest.New(t)
		origin.Commit("all", files)
		tr.origin, tr.repos = append(tr.origin, origin), append(tr.repos, f.gitRepo(t, name, origin))
	}
	return tr
}

// commit puts files on a branch.
func (tr *traffic) commit(repo int, branch, parent string, files map[string]string) string {
	if tr.origin == nil {
		return tr.repos[repo].commit(tr.forge, branch, parent, files)
	}
	o := tr.origin[repo]
	o.Git("checkout", "-q", "-B", branch, parent)
	o.Commit("go on", files)
	tr.forge.gitRepo(tr.t, tr.repos[repo].name, o)
	return o.ID("HEAD")
}

// do brings one subject up to date, as its job does.
func (tr *traffic) do(s store.Subject) {
	tr.t.Helper()
	if err := tr.try(s); err != nil {
		tr.t.Fatal(err)
	}
}

func (tr *traffic) try(s store.Subject) error {
	s.Installation = installation
	err := tr.bot.Store.Do(tr.t.Context(), func(tx *store.Tx) (err error) { s.ID, err = tx.Want(tr.t.Context(), s); return err })
	if err == nil {
		err = tr.bot.update(tr.t.Context(), job(store.Update{Subject: s.ID}, 1))
	}
	return err
}

// routed reports whether the bot asks for anything because of an event.
func (tr *traffic) routed(name string, body []byte) (asked bool) {
	tr.t.Helper()
	e, err := parseEvent(name, body)
	if err == nil {
		err = tr.bot.Store.Do(tr.t.Context(), func(tx *store.Tx) (err error) { asked, err = tr.bot.route(tr.t.Context(), tx, e, ""); return err })
	}
	if err != nil {
		tr.t.Fatal(err)
	}
	return asked
}

func (tr *traffic) registry(repo int) {
	tr.do(store.Subject{Repo: tr.repos[repo].name, Kind: store.Registry})
}

// happen has something happen. Of what is pushed one part in three touches a contract,
// and one in ten of the pull requests breaks one.
func (tr *traffic) happen(n int, e happening) {
	r := tr.repos[e.repo]
	mine := strings.ReplaceAll(whole, "urn:contract:orders", fmt.Sprint("urn:contract:", e.repo))
	files := map[string]string{"src/main.go": fmt.Sprint(n)}
	switch {
	case e.pull%10 == 0 && e.kind == "open":
		files[contract] = strings.Replace(mine, "      - {name: discount, logicalType: number}\n", "", 1)
	case n%3 == 0 && e.pull%10 != 0:
		files[contract] = mine + fmt.Sprintf("      - {name: c%d, logicalType: string}\n", n)
	}
	branch := fmt.Sprint("topic-", e.pull)
	p := r.pulls[e.pull]
	switch e.kind {
	case "push":
		tr.commit(e.repo, "main", r.branches["main"], files)
		tr.registry(e.repo)
		return
	case "open":
		tr.commit(e.repo, branch, r.branches["main"], files)
		r.open(tr.forge, e.pull, branch, "ada").created = tr.now
		if n%2 == 0 { // another bot has something to say of every second
			tr.forge.say(r, e.pull, "ci[bot]", "42 % covered")
		}
	case "head":
		p.head = tr.commit(e.repo, branch, p.head, files)
	case "review": // which the forge shows at the pull request, and which changes no verdict
		p.title += "."
		if !tr.routed("pull_request_review", payload(r.name, "olga", object{"action": "submitted", "review": object{"state": "approved"}, "pull_request": object{"number": e.pull}})) {
			return
		}
	case "close":
		p.state = "closed"
	}
	tr.do(store.Subject{Repo: r.name, Kind: store.Pull, Name: strconv.Itoa(e.pull)})
}

// run has the whole hour happen, and the reconciler in its midst and at its end, and returns what of it counted, by
// kind.
func (tr *traffic) run(h hour) (calls map[string]int, total int) {
	for i := range tr.repos { // the day before
		tr.registry(i)
	}
	if err := tr.bot.sweepInstallation(tr.t.Context(), installation); err != nil {
		tr.t.Fatal(err)
	}
	tr.forge.mu.Lock()
	tr.forge.asked, tr.forge.unchanged = nil, 0
	clear(tr.points)
	tr.forge.mu.Unlock()
	begin := tr.now
	swept := false
	for n, e := range h.happenings() {
		tr.now = begin.Add(e.at)
		tr.happen(n, e)
		if !swept && e.at > 30*time.Minute {
			swept = true
			if err := tr.bot.reconcile(tr.t.Context(), true); err != nil {
				tr.t.Fatal(err)
			}
		}
	}
	tr.now = begin.Add(time.Hour)
	if err := tr.bot.reconcile(tr.t.Context(), true); err != nil {
		tr.t.Fatal(err)
	}
	calls = make(map[string]int)
	for _, a := range tr.forge.asked {
		method, path, _ := strings.Cut(a, " ")
		if strings.HasPrefix(path, "/app") { // of the App's own hour
			continue
		}
		req, err := http.NewRequest(method, "http://forge.example"+path, nil)
		if err != nil {
			tr.t.Fatal(err)
		}
		calls[kindOf(req)]++
		total++
	}
	return calls, total
}

// TestABusyDayFitsTheBudget lets hours of a day happen to repositories. What GitHub
// grants an installation at least is 5,000 requests an hour, answers that say that nothing
// changed not counted, and 50 more for each repository from the twenty-first on, up to 12,500; and 900
// points a minute, in which all count and what writes counts five times. Here it happens
// to a few of the 500 repositories, and counts so much more; BREAKWATER_LOAD=1 has it happen to all.
func TestABusyDayFitsTheBudget(t *testing.T) {
	const least, perMinute = 5_000, 900
	tests := []struct {
		name   string
		hour   hour
		clones bool
		repos  int
		limit  int
	}{
		{"a mean hour", mean, false, 100, least},
		{"the busiest hour", busiest, false, 100, least},
		{"the busiest hour, with clones", busiest, true, 25, least},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() {
				t.Skip("an hour takes its time")
			}
			h, scale := tt.hour, 1
			if os.Getenv("BREAKWATER_LOAD") == "" {
				h.repos, scale = tt.repos, tt.hour.repos/tt.repos
			}
			tr := newTraffic(t, h, tt.clones)
			calls, total := tr.run(h)
			most := slices.Max(slices.Collect(maps.Values(tr.points)))
			kinds := make(map[string]int)
			for _, e := range h.happenings() {
				kinds[e.kind]++
			}
			t.Logf("%d repositories, %v: %d calls count, %v; %d answers are unchanged; at most %d points in a minute", h.repos, kinds, total, calls, tr.forge.unchanged, most)
			if total*scale > tt.limit {
				t.Errorf("%d calls an hour for 500 repositories, want %d at most", total*scale, tt.limit)
			}
			if scale == 1 && most > perMinute {
				t.Errorf("%d points in a minute; GitHub grants %d", most, perMinute)
			}
		})
	}
}

// spends has the forge say what is left of an hour's requests.
func (f *forge) spends(left, limit int, reset time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left, f.limit, f.reset = left, limit, reset
}

func TestWhatCanWaitLeavesTheRestToChecks(t *testing.T) {
	tr := newTraffic(t, hour{repos: 3}, false)
	reset := tr.now.Add(20 * time.Minute)
	tr.forge.spends(2_000, 5_000, reset)
	tr.registry(0)
	tr.forge.spends(1_000, 5_000, reset) // less than a quarter
	tr.registry(1)                       // learns of it
	snoozed := func(err error) bool {
		_, ok := errors.AsType[*river.JobSnoozeError](err)
		return ok
	}
	asked := len(tr.forge.asked)
	if err := tr.try(store.Subject{Repo: tr.repos[2].name, Kind: store.Registry}); !snoozed(err) {
		t.Errorf("the registry does not wait: %v", err)
	}
	if err := tr.bot.sweepJob(t.Context(), job(Sweep{installation}, 1)); !snoozed(err) {
		t.Errorf("the sweep does not wait: %v", err)
	}
	if err := tr.bot.reconcile(t.Context(), true); err == nil || !strings.Contains(err.Error(), "little is left") {
		t.Errorf("the reconciler does not say that it waits: %v", err)
	}
	if n := len(slices.DeleteFunc(slices.Clone(tr.forge.asked[asked:]), func(a string) bool { return strings.Contains(a, " /app") })); n > 0 {
		t.Errorf("what waits asks %d times: %q", n, tr.forge.asked[asked:])
	}
	tr.commit(0, "topic", tr.repos[0].branches["main"], map[string]string{"README.md": "x"})
	p := tr.repos[0].open(tr.forge, 7, "topic", "ada")
	tr.do(store.Subject{Repo: tr.repos[0].name, Kind: store.Pull, Name: "7"})
	if run := tr.only(tr.repos[0], p.head); run.Conclusion != "success" {
		t.Errorf("the check waits, too: %+v", run)
	}
	tr.now = reset
	tr.registry(2)
	if known, err := tr.bot.Store.Repository(t.Context(), tr.repos[2].name); known == nil || err != nil {
		t.Errorf("in the next hour the registry still waits: %v, %v", known, err)
	}
}

// serveMetrics lets one ask the bot, which does no work by itself.
func (tr *traffic) serveMetrics() string {
	server := httptest.NewServer(tr.bot.Handler())
	tr.t.Cleanup(server.Close)
	return server.URL
}
