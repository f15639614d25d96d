package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

func newClones(t testing.TB, over int) *Clones {
	c, err := OpenClones(filepath.Join(t.TempDir(), "clones"), over, DefaultClones)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// bigSite is a bot with clones, and a forge that lists no more than 50 files at once
// of a repository that has some hundred.
func bigSite(t testing.TB) (*site, *repotest.Repo, *forgeRepo, *forgePull) {
	s := newSite(t, func(s *site) { s.bot.Clones = newClones(t, 50) })
	s.forge.truncates(50)
	origin := repotest.New(t)
	files := repotest.Files{contract: whole, "consumers/finance.yaml": registration}
	for i := range 300 {
		files[fmt.Sprintf("service%d/file%d.txt", i%30, i)] = fmt.Sprint(i)
	}
	for i := range 30 {
		files[fmt.Sprintf("contracts/c%d.odcs.yaml", i)] = strings.ReplaceAll(whole, "urn:contract:orders", fmt.Sprint("urn:contract:", i))
	}
	origin.Import("all", files)
	origin.Branch("topic")
	origin.Commit("break it", repotest.Files{contract: without})
	r := s.forge.gitRepo(t, "acme/big", origin)
	return s, origin, r, r.open(s.forge, 7, "topic", "ada")
}

// next puts another commit on the branch of the pull request.
func (s *site) next(origin *repotest.Repo, r *forgeRepo, p *forgePull, files repotest.Files) string {
	head := origin.Commit("next", files)
	s.forge.gitRepo(s.t, r.name, origin)
	s.forge.mu.Lock()
	p.head = head
	s.forge.mu.Unlock()
	return head
}

func TestALargeRepositoryIsReadOfAClone(t *testing.T) {
	s, origin, r, p := bigSite(t)
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(run.Summary, "finance.kpi") {
		t.Errorf("the run is %+v", run)
	}
	if n := s.forge.count("/git/blobs/") + s.forge.count("/tarball/"); n > 0 {
		t.Errorf("%d files are asked of the API", n)
	}
	fetches := strings.Count(strings.Join(s.forge.gitAsked(), "\n"), "POST ")
	if fetches > 4 { // two commits, the files that may be contracts, and those that say how they are judged
		t.Errorf("git is asked %d times: %q", fetches, s.forge.gitAsked())
	}
	s.metric(`breakwater_clones_total{outcome="used"} `)

	trees := s.forge.count("/git/trees/")
	head := s.next(origin, r, p, repotest.Files{contract: wider})
	s.tellPull("synchronize", r.name, 7)
	s.settled()
	if run := s.only(r, head); run.Conclusion != "success" {
		t.Errorf("the run of the next commit is %+v", run)
	}
	if n := s.forge.count("/git/trees/"); n > trees {
		t.Errorf("the next check lists %d trees by the API", n-trees)
	}
}

// damage breaks all that a clone has fetched.
func damage(t testing.TB, c *Clones) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(c.dir, "*.git", "objects", "pack", "*.pack"))
	if err != nil || len(packs) == 0 {
		t.Fatalf("there are no packs: %v", err)
	}
	for _, name := range packs {
		os.Chmod(name, 0o600)
		if err := os.WriteFile(name, []byte("no pack"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADamagedCloneIsMadeAnew(t *testing.T) {
	s, origin, r, p := bigSite(t)
	s.tellPull("opened", r.name, 7)
	s.settled()
	damage(t, s.bot.Clones)
	head := s.next(origin, r, p, repotest.Files{contract: wider})
	s.tellPull("synchronize", r.name, 7)
	s.settled()
	if run := s.only(r, head); run.Conclusion != "success" {
		t.Errorf("the run is %+v", run)
	}
	s.metric(`breakwater_clones_total{outcome="damaged"} 1`)
	if !strings.Contains(s.log.String(), "a clone is damaged, and made anew") {
		t.Error("the log does not say so")
	}
}

func TestWithoutACloneTheAPIIsAsked(t *testing.T) {
	s, _, r, p := bigSite(t)
	s.forge.truncates(0)
	s.forge.git.before = func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusBadGateway)
		return true
	}
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(run.Summary, "finance.kpi") {
		t.Errorf("the run is %+v", run)
	}
	s.metric(`breakwater_clones_total{outcome="failed"} 1`) // and not once more for a while
	if text := s.log.String(); !strings.Contains(text, "cannot be cloned") || strings.Contains(text, "ghs_") {
		t.Errorf("the log says %s", text)
	}
}

func TestAFileThatACloneLosesIsAskedForOfTheAPI(t *testing.T) {
	s, _, r, p := bigSite(t)
	asked := 0
	s.forge.git.before = func(w http.ResponseWriter, req *http.Request) bool {
		if req.Method == http.MethodPost {
			asked++
		}
		if asked > 2 { // the listings came, the files do not
			w.WriteHeader(http.StatusBadGateway)
			return true
		}
		return false
	}
	s.tellPull("opened", r.name, 7)
	s.settled()
	if run := s.only(r, p.head); run.Conclusion != "failure" || !strings.Contains(run.Summary, "finance.kpi") {
		t.Errorf("the run is %+v", run)
	}
	if s.forge.count("/git/blobs/") == 0 {
		t.Error("the API was not asked, and the files are known")
	}
}

func TestTheCloneOfARepositoryThatIsNotOursGoes(t *testing.T) {
	s, _, r, _ := bigSite(t)
	s.tell("push", payload(r.name, "ada", object{"ref": "refs/heads/main"}))
	s.settled()
	ours := func(repo string) (bool, error) {
		known, err := s.bot.Store.Repository(t.Context(), repo)
		return known != nil, err
	}
	must := func(want int) {
		t.Helper()
		if err := s.bot.Clones.tidy(ours, s.bot.Log); err != nil {
			t.Fatal(err)
		}
		if got := s.bot.Clones.folders(); len(got) != want {
			t.Errorf("there are the clones %q, want %d", got, want)
		}
	}
	must(1)
	if code, text := s.send("installation", payload("", "ada", object{"action": "deleted"})); code != http.StatusAccepted {
		t.Fatalf("%d %s", code, text)
	}
	must(0)
}

func TestClonesFitTheDisk(t *testing.T) {
	origin := repotest.New(t)
	commit := origin.Commit("one", repotest.Files{"a": "a"})
	server := repotest.Serve(t, filepath.Dir(origin.Dir), "")
	c := newClones(t, 0)
	from := revision.Origin{Address: server.URL + "/" + filepath.Base(origin.Dir)}
	use := func(repo string) {
		t.Helper()
		h, err := c.hold(t.Context(), repo, from)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Entries(t.Context(), commit); err != nil {
			t.Error(err)
		}
		if err := c.release(h); err != nil {
			t.Error(err)
		}
	}
	there := func(repo string) bool { _, err := os.Stat(c.folder(repo)); return err == nil }
	age := func(repo string, d time.Duration) {
		at := time.Now().Add(-d)
		if err := os.Chtimes(filepath.Join(c.folder(repo), nameFile), at, at); err != nil {
			t.Fatal(err)
		}
	}
	use("acme/a")
	one := c.size()
	c.Max = 2*one + one/2
	use("acme/b")
	age("acme/a", time.Hour)
	age("acme/b", 2*time.Hour)
	held, err := c.hold(t.Context(), "acme/b", from) // the oldest, and somebody reads it
	if err != nil {
		t.Fatal(err)
	}
	use("acme/c")
	use("acme/d")
	if there("acme/a") || !there("acme/b") || !there("acme/c") || !there("acme/d") {
		t.Errorf("left are a %v, b %v, c %v, d %v", there("acme/a"), there("acme/b"), there("acme/c"), there("acme/d"))
	}
	if err := c.release(held); err != nil {
		t.Error(err)
	}
	if c.size() > c.Max {
		t.Errorf("the clones have %d bytes, and may have %d", c.size(), c.Max)
	}
	if other, err := OpenClones(c.dir, 0, 1); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("two have one folder: %v, %v", other, err)
	}
}

func TestAStartRemovesWhatWasBegun(t *testing.T) {
	dir := t.TempDir()
	begun := filepath.Join(dir, revision.Unfinished+"x", "objects")
	if err := os.MkdirAll(begun, 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := OpenClones(dir, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := os.Stat(begun); err == nil {
		t.Error("what was begun is still there")
	}
}

const (
	versioned = "version: 1\nports:\n  - {id: checkout/orders, owner: \"@acme/checkout\", kind: stream, files: [orders.proto], compatibility: full, versions: {%s}}\n"
	message   = "syntax = \"proto3\";\npackage acme.v1;\nmessage Order {\n  string id = 1;\n%s}\n"
)

// tagged makes a repository in which a number was given up long ago, and is taken again
// by the branch topic.
func tagged(t testing.TB, versions string) *repotest.Repo {
	origin := repotest.New(t)
	proto := func(fields string) string { return fmt.Sprintf(message, fields) }
	origin.Commit("one", repotest.Files{"breakwater.yaml": fmt.Sprintf(versioned, versions), "orders.proto": proto("  double discount = 2;\n  string note = 3;\n")})
	origin.Tag("orders/v1.0.0")
	origin.Git("branch", "release/1")
	origin.Commit("two", repotest.Files{"orders.proto": proto("  string note = 3;\n")})
	origin.Git("tag", "orders/v1.9.0")
	origin.Git("tag", "unrelated/v3")
	origin.Git("branch", "release/2/deep")
	origin.Commit("three", repotest.Files{"orders.proto": proto("  string note = 3;\n  string memo = 4;\n")})
	origin.Git("tag", "orders/v1.10.0")
	origin.Commit("four", repotest.Files{"orders.proto": proto("  string note = 3;\n")})
	origin.Branch("topic")
	origin.Commit("take it again", repotest.Files{"orders.proto": proto("  string code = 2;\n  string note = 3;\n  int32 memo = 4;\n")})
	return origin
}

// saidByCommand returns what a check in the repository itself says.
func saidByCommand(t testing.TB, b *Bot, origin *repotest.Repo) string {
	t.Helper()
	repo, err := revision.Open(t.Context(), origin.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	tree := func(rev string) *revision.Tree {
		tree, err := repo.Tree(t.Context(), rev)
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	past := action.Past{Repo: repo, Tip: tree("main").Commit}
	c := b.Checker
	c.Now = time.Now()
	r, err := c.Check(t.Context(), checker.Revisions{Gate: tree("main"), Base: tree("main"), Head: tree("topic"), Past: past, Refs: past})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := report.JSON(&text, r); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// said returns what of a report does not depend on when it was made.
func said(t testing.TB, text string) (said map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &said); err != nil {
		t.Fatal(err)
	}
	delete(said, "now")
	return said
}

func TestTheBotSaysWhatTheCommandSays(t *testing.T) {
	for _, versions := range []string{`tags: "orders/v*"`, `tags: orders`, `branches: "release/*"`, `branches: "release/**"`, `tags: "none/*"`} {
		for _, clones := range []bool{false, true} {
			t.Run(fmt.Sprint(versions, " ", clones), func(t *testing.T) {
				s := newSite(t, func(s *site) {
					if clones {
						s.bot.Clones = newClones(t, 0)
					}
				})
				origin := tagged(t, versions)
				r := s.forge.gitRepo(t, "acme/checkout", origin)
				p := r.open(s.forge, 7, "topic", "ada")
				s.tellPull("opened", r.name, 7)
				s.settled()
				s.only(r, p.head)
				checks, err := s.bot.Store.Checks(context.Background(), 1)
				if err != nil || len(checks) != 1 {
					t.Fatalf("%d checks, %v", len(checks), err)
				}
				want := said(t, saidByCommand(t, s.bot, origin))
				if got := said(t, checks[0].Report); !reflect.DeepEqual(got, want) {
					t.Errorf("the bot says\n%s\nand the command\n%s", indent(got), indent(want))
				}
				if strings.Contains(versions, "v*") && !strings.Contains(checks[0].Report, `"orders/v1.0.0"`) {
					t.Errorf("nothing is held against the first version: %s", checks[0].Report)
				}
				// Tags that did not change are free.
				before := s.forge.count("/git/")
				s.tellPull("reopened", r.name, 7)
				s.settled()
				if n := s.forge.count("/git/"); n != before {
					t.Errorf("the same check again asks %d times", n-before)
				}
			})
		}
	}
}

func indent(v any) string {
	text, _ := json.MarshalIndent(v, "", " ")
	return string(text)
}
