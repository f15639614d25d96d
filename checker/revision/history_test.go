package revision

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

func TestCommit(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	first := repo.Commit("Begin", nil)
	repo.Branch("side")
	side := repo.Commit("A subject\nof two lines\n\nAnd a body", nil)
	repo.Branch("main")
	second := repo.Commit("Go on", nil)
	merge := repo.Merge("side")
	repo.Git("tag", "--annotate", "--message", "not this", "v1", side)
	r := openRepo(t, repo.Dir)
	tests := []struct {
		rev  string
		want Commit
	}{
		{"main", Commit{ID: merge, Parents: []string{second, side}, Time: repotest.Epoch.Add(2 * repotest.Step), Author: "Ada", Subject: "Merge side"}},
		{"v1", Commit{ID: side, Parents: []string{first}, Time: repotest.Epoch.Add(repotest.Step), Author: "Ada", Subject: "A subject of two lines"}},
		{first, Commit{ID: first, Time: repotest.Epoch, Author: "Ada", Subject: "Begin"}},
	}
	for _, tt := range tests {
		got, err := r.Commit(t.Context(), tt.rev)
		tt.want.Time = got.Time // the clock of repotest is tested by its ids
		if err != nil || fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: got %v, %v\nwant %v", tt.rev, got, err, tt.want)
		}
	}
	if c, _ := r.Commit(t.Context(), first); !c.Time.Equal(repotest.Epoch) {
		t.Errorf("got the time %v, want %v", c.Time, repotest.Epoch)
	}
}

func TestParseCommit(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("a", 40)
	tests := []struct {
		name, text string
		want       Commit
		err        string
	}{
		{
			name: "a signature and a name that looks like a date",
			text: "tree " + id + "\nparent " + id + "\nauthor A > 1 <a> 5 +0000\ncommitter B > 9 <b> 7 -0200\ngpgsig -----BEGIN\n parent " + id + "\n \n committer C <c> 8 +0000\nencoding x\n\nSubject\n",
			want: Commit{Parents: []string{id}, Time: time.Unix(7, 0).UTC(), Author: "A > 1", Subject: "Subject"},
		},
		{name: "no message", text: "committer B <b> 7 +0000\n", want: Commit{Time: time.Unix(7, 0).UTC()}},
		{name: "not UTF-8", text: "author \xff <a> 5 +0000\ncommitter B <b> 7 +0000\n\n\xffx", want: Commit{Time: time.Unix(7, 0).UTC(), Author: "\ufffd", Subject: "\ufffdx"}},
		{name: "no date", text: "author A <a> 5 +0000\n\nSubject", err: "it has no date"},
		{name: "a date beyond all calendars", text: "committer B <b> 99999999999999 +0000\n\n", err: "its date is not understood"},
		{name: "a date before all computers", text: "committer B <b> -1 +0000\n\n", err: "its date is not understood"},
		{name: "a date in words", text: "committer B <b> yesterday\n\n", err: "its date is not understood"},
	}
	for _, tt := range tests {
		got, err := parseCommit([]byte(tt.text))
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: got %v, want %s", tt.name, err, tt.err)
			}
		} else if err != nil || fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: got %v, %v\nwant %v", tt.name, got, err, tt.want)
		}
	}
}

// forked makes main of 12 commits and a branch feature that left it at the 6th.
func forked(t *testing.T) (repo *repotest.Repo, fork string) {
	t.Helper()
	repo = repotest.New(t)
	for i := range 12 {
		id := repo.Commit(fmt.Sprintf("Main %d", i), repotest.Files{"main": fmt.Sprint(i), "contracts/orders": fmt.Sprint(i / 4)})
		if i == 5 {
			fork = id
		}
	}
	repo.Git("branch", "feature", fork)
	repo.Branch("feature")
	for i := range 3 {
		repo.Commit(fmt.Sprintf("Feature %d", i), repotest.Files{"feature": fmt.Sprint(i)})
	}
	return repo, fork
}

func TestMergeBase(t *testing.T) {
	t.Parallel()
	repo, fork := forked(t)
	repo.Git("checkout", "--quiet", "--orphan", "unrelated")
	repo.Commit("Begin again", nil)
	r := openRepo(t, repo.Dir)
	tests := []struct{ a, b, want, err string }{
		{"main", "feature", fork, ""},
		{"feature", "main", fork, ""},
		{"main", "main", repo.ID("main"), ""},
		{"main~3", "main", repo.ID("main~3"), ""},
		{"main", "unrelated", "", "main has no common ancestor with unrelated; give --base a revision that unrelated grew from"},
		{"none", "main", "", `revision "none": no such commit`},
	}
	for _, tt := range tests {
		got, err := r.MergeBase(t.Context(), tt.a, tt.b)
		if got != tt.want || (err != nil) != (tt.err != "") || err != nil && !strings.HasPrefix(err.Error(), tt.err) {
			t.Errorf("%s and %s: got %q, %v; want %q, %s", tt.a, tt.b, got, err, tt.want, tt.err)
		}
	}
}

// obey runs the fetch that an error asks for.
func obey(t *testing.T, repo *repotest.Repo, err error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("no help comes with %v", err)
	}
	command, _, _ := strings.Cut(e.Hint, ", and give ")
	command, ok := strings.CutPrefix(command, "run: ")
	if !ok {
		t.Fatalf("no command in %q", e.Hint)
	}
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = repo.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// In every kind of clone that a CI makes, doing what the errors say leads to the
// merge base.
func TestTheHintsOfAShallowCloneHelp(t *testing.T) {
	t.Parallel()
	repo, fork := forked(t)
	repo.Branch("main")
	repo.Git("tag", "--annotate", "--message", "old", "v0", "main~10")
	old := repo.ID("main~10")
	detached := repo.Clone("--depth=1", "--branch=feature")
	detached.Git("checkout", "--quiet", "--detach")
	full := repo.Clone("--depth=1", "--no-single-branch", "--branch=feature")
	deeper := repo.Clone("--depth=2", "--branch=feature")
	deeper.Git("fetch", "--quiet", "--depth=2", "origin", "main:refs/remotes/origin/main")
	tests := []struct {
		name       string
		clone      *repotest.Repo
		base, want string
	}{
		{"one branch", repo.Clone("--depth=1", "--branch=feature"), "origin/main", fork},
		{"a detached head", detached, "origin/main", fork},
		{"all branches", full, "origin/main", fork},
		{"two commits of each", deeper, "origin/main", fork},
		{"a tag", repo.Clone("--depth=1", "--branch=feature", "--no-tags"), "v0", old},
		{"an id", repo.Clone("--depth=1", "--branch=feature"), old, old},
		{"some commits ago", repo.Clone("--depth=1", "--branch=feature"), "HEAD~7", repo.ID("feature~7")},
		{"an abbreviated id", repo.Clone("--depth=1", "--branch=feature"), old[:8], old},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for tries := 0; ; tries++ {
				r := openRepo(t, tt.clone.Dir)
				if tries == 0 && !r.Shallow() {
					t.Error("the clone does not count as shallow")
				}
				got, err := r.MergeBase(t.Context(), tt.base, "HEAD")
				if err == nil {
					if got != tt.want {
						t.Errorf("got %s, want %s", got, tt.want)
					}
					if tries == 0 {
						t.Error("the test shows nothing: no fetch was needed")
					}
					return
				}
				t.Log(err)
				if tries == 2 {
					t.Fatal("two fetches did not help")
				}
				obey(t, tt.clone, err)
			}
		})
	}
}

func TestAShallowCloneSaysSo(t *testing.T) {
	t.Parallel()
	repo, _ := forked(t)
	clone := repo.Clone("--depth=1", "--no-single-branch", "--branch=feature")
	_, err := openRepo(t, clone.Dir).MergeBase(t.Context(), "origin/main", "HEAD")
	if want := "origin/main has no common ancestor with HEAD in this shallow clone; run: git fetch --deepen=200 origin main"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A pull request that GitHub checks out with its merge commit and the two
// parents of that has all that it takes.
func TestAMergeCommitAndItsParentsAreEnough(t *testing.T) {
	t.Parallel()
	repo, _ := forked(t)
	repo.Branch("main")
	tip := repo.ID("main")
	repo.Branch("merged")
	repo.Merge("feature")
	clone := repo.Clone("--depth=2", "--branch=merged")
	got, err := openRepo(t, clone.Dir).MergeBase(t.Context(), "HEAD^1", "HEAD")
	if got != tip || err != nil {
		t.Errorf("got %s, %v; want %s", got, err, tip)
	}
}

// In a shallow clone, git may find an older common ancestor than the true one:
// here main has merged a long side branch, which the clone cuts off before it
// reaches the commit that feature grew from.
func TestAMergeBaseBehindACutIsNotTrusted(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	oldest := repo.Commit("Begin", nil)
	repo.Branch("feature")
	nearest := repo.Commit("Feature", nil)
	repo.Branch("side")
	for i := range 8 {
		repo.Commit(fmt.Sprintf("Side %d", i), nil)
	}
	repo.Branch("main")
	repo.Merge("side")
	repo.Branch("feature")
	repo.Commit("Feature at last", nil)

	misled := 0
	for depth := 1; depth < 12; depth++ {
		clone := repo.Clone(fmt.Sprintf("--depth=%d", depth), "--no-single-branch")
		if says, _ := clone.TryGit("merge-base", "origin/main", "origin/feature"); says == oldest {
			misled++
		}
		got, err := openRepo(t, clone.Dir).MergeBase(t.Context(), "origin/main", "origin/feature")
		if err == nil && got != nearest {
			t.Errorf("depth %d: got %s, and the true one is %s", depth, got, nearest)
		}
		if err != nil && depth >= 10 {
			t.Errorf("depth %d: %v", depth, err)
		}
		if err != nil {
			obey(t, clone, err)
			if got, err := openRepo(t, clone.Dir).MergeBase(t.Context(), "origin/main", "origin/feature"); got != nearest {
				t.Errorf("depth %d, after a fetch: got %s, %v", depth, got, err)
			}
		}
	}
	if misled == 0 {
		t.Error("the test shows nothing: git finds the true one at every depth")
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"a/one": "1", "b": "1", "line\nbreak": "1"})
	repo.Branch("side")
	repo.Commit("Side", repotest.Files{"side": "1", "a/two": "1"})
	repo.Branch("main")
	repo.Commit("Edit b", repotest.Files{"b": "2", "line\nbreak": "2"})
	repo.Merge("side")
	repo.Commit("Nothing", nil)
	repo.Git("mv", "b", "moved")
	repo.Remove("a/one")
	repo.Commit("Move and remove", nil)
	r := openRepo(t, repo.Dir)
	at := func(rev string) time.Time { return must[Commit](t)(r.Commit(t.Context(), rev)).Time }
	all := []string{"Move and remove: a/one b moved", "Nothing:", "Merge side: a/two side", "Edit b: b line\nbreak", "Begin: a/one b line\nbreak"}
	tests := []struct {
		name     string
		since    time.Time
		paths    []string
		max      int
		want     []string
		complete bool
	}{
		{name: "all", want: all, complete: true},
		{name: "one path", paths: []string{"b"}, want: []string{all[0], all[3], all[4]}, complete: true},
		{name: "a folder", paths: []string{"a"}, want: []string{all[0], all[2], all[4]}, complete: true},
		{name: "two paths, one of which is none", paths: []string{"side", "none"}, want: []string{all[2]}, complete: true},
		{name: "a path with a line break", paths: []string{"line\nbreak"}, want: []string{all[3], all[4]}, complete: true},
		{name: "a path that looks like a pattern", paths: []string{"*", ":(glob)**", "--all"}, complete: true},
		{name: "the last two", max: 2, want: all[:2]},
		{name: "exactly as many as there are", max: 5, want: all, complete: true},
		{name: "since a commit", since: at("main~2"), want: all[:3], complete: true},
		{name: "since tomorrow", since: at("main").Add(24 * time.Hour), complete: true},
	}
	for _, tt := range tests {
		commits, complete, err := r.Log(t.Context(), "main", tt.since, tt.paths, tt.max)
		var got []string
		for _, c := range commits {
			got = append(got, strings.TrimSpace(c.Subject+": "+strings.Join(c.Changed, " ")))
		}
		if err != nil || complete != tt.complete || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, %v, %v\nwant %q, %v", tt.name, got, complete, err, tt.want, tt.complete)
		}
	}
}

func TestLogOfAShallowClone(t *testing.T) {
	t.Parallel()
	repo, _ := forked(t)
	clone := repo.Clone("--depth=4", "--branch=main")
	r := openRepo(t, clone.Dir)
	tests := []struct {
		name     string
		since    time.Time
		paths    []string
		want     []string
		complete bool
	}{
		// What "Main 8" changed cannot be known: the clone lacks its parent.
		{name: "all", want: []string{"Main 11", "Main 10", "Main 9"}},
		{name: "a path that no visible commit changes", paths: []string{"contracts"}},
		{name: "since after the cut", since: must[Commit](t)(r.Commit(t.Context(), "main~1")).Time, want: []string{"Main 11", "Main 10"}, complete: true},
	}
	for _, tt := range tests {
		commits, complete, err := r.Log(t.Context(), "main", tt.since, tt.paths, 0)
		var got []string
		for _, c := range commits {
			got = append(got, c.Subject)
		}
		if err != nil || complete != tt.complete || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, %v, %v; want %q, %v", tt.name, got, complete, err, tt.want, tt.complete)
		}
	}
}

func TestAWalkThroughTheHistoryListsEachCommitOnce(t *testing.T) {
	t.Parallel()
	repo, _ := forked(t)
	r := openRepo(t, repo.Dir)
	commits, _, err := r.Log(t.Context(), "main", time.Time{}, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	before := r.git.started.Load()
	for _, c := range commits[:len(commits)-1] {
		base, head := must[*Tree](t)(r.Tree(t.Context(), c.Parents[0])), must[*Tree](t)(r.Tree(t.Context(), c.ID))
		if got := Changed(base, head); !slices.Equal(got, c.Changed) {
			t.Errorf("%s: the trees differ in %q, the log says %q", c.Subject, got, c.Changed)
		}
	}
	if got, want := r.git.started.Load()-before, int32(len(commits)); got != want {
		t.Errorf("%d processes for %d commits", got, want)
	}
}

// A partial clone has no blobs but those of its checkout. What is needed is
// fetched in one go.
func TestPartialClones(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	files := repotest.Files{}
	var names []string
	for i := range 30 {
		name := fmt.Sprintf("contracts/%02d.proto", i)
		files[name], names = fmt.Sprintf("base %d", i), append(names, name)
	}
	repo.Commit("Begin", files)
	for name := range files {
		files[name] = "head " + name
	}
	repo.Commit("Change all", files)
	for _, filter := range []string{"blob:none", "tree:0"} {
		t.Run(filter, func(t *testing.T) {
			clone := repo.Clone("--filter=" + filter)
			missing := func() int {
				return strings.Count(clone.Git("rev-list", "--objects", "--missing=print", "HEAD"), "?")
			}
			r := openRepo(t, clone.Dir)
			base := must[*Tree](t)(r.Tree(t.Context(), "HEAD~1"))
			head := must[*Tree](t)(r.WorkingTree(t.Context()))
			if got := Changed(base, head); !slices.Equal(got, names) || filter == "blob:none" && missing() != 30 {
				t.Fatalf("changed: %q; %d are missing", got, missing())
			}
			before := missing()
			if got := text(t, base, names[0]); got != "base 0" || filter == "blob:none" && missing() != before-1 {
				t.Errorf("got %q; %d are missing", got, missing())
			}
			sub := must[*Tree](t)(base.sub("contracts"))
			if err := sub.Warm(t.Context(), []string{"01.proto", "none"}); err != nil {
				t.Fatal(err)
			}
			if err := base.Warm(t.Context(), names); err != nil || missing() != 0 {
				t.Errorf("%d are missing: %v", missing(), err)
			}
			repo.Git("branch", "--force", "elsewhere") // nothing more is asked of it
			if got := text(t, base, names[29]); got != "base 29" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestAPartialCloneWithoutItsRemote(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "1"})
	repo.Commit("Change", repotest.Files{"f": "2"})
	clone := repo.Clone("--filter=blob:none")
	clone.Git("remote", "set-url", "origin", clone.Dir+"/none")
	base := must[*Tree](t)(openRepo(t, clone.Dir).Tree(t.Context(), "HEAD~1"))
	_, err := base.ReadFile("f")
	e, ok := errors.AsType[*Error](err)
	if want := "this is a partial clone, and git could not fetch what it left behind; check the network and the remote"; !ok || e.Hint != want {
		t.Errorf("got %v, want the hint %s", err, want)
	}
}

func TestWarmReadsInOneGo(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	files := repotest.Files{}
	var names []string
	for i := range 3000 { // more than pipes hold
		name := fmt.Sprintf("%04d", i)
		files[name], names = strings.Repeat(name, 100), append(names, name)
	}
	repo.Import("Begin", files)
	r := openRepo(t, repo.Dir)
	tree := must[*Tree](t)(r.Tree(t.Context(), "main"))
	if err := tree.Warm(t.Context(), append(names, names...)); err != nil {
		t.Fatal(err)
	}
	if err := r.objects.cat.cmd.Process.Kill(); err != nil { // and git is not needed any more
		t.Fatal(err)
	}
	for name, want := range files {
		if got := text(t, tree, name); got != want {
			t.Fatalf("%s: got %q", name, got)
		}
	}
	r.objects.broken(context.Canceled) // it was killed on purpose
}
