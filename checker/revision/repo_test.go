package revision

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

func TestOpenFindsTheRepository(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"a/b/f": "1"})
	linked := repo.Worktree("feature")
	linked.Write("a/b/f", "2")
	bare := repo.Clone("--bare")
	tests := []struct {
		name, dir, root string
		changed         []string
	}{
		{"its top", repo.Dir, repo.Dir, nil},
		{"a folder in it", repo.Path("a/b"), repo.Dir, nil},
		{"a linked work tree", linked.Path("a"), linked.Dir, []string{"a/b/f"}},
		{"a bare repository", bare.Dir, "", nil},
		{"a folder of a bare repository", bare.Path("refs"), "", nil},
		{"its git directory", repo.Path(".git"), "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := openRepo(t, tt.dir)
			if r.Root() != tt.root || r.Bare() != (tt.root == "") || r.Shallow() {
				t.Errorf("got the root %q, bare %v, shallow %v; want %q", r.Root(), r.Bare(), r.Shallow(), tt.root)
			}
			base := must[*Tree](t)(r.Tree(t.Context(), "main"))
			if got := text(t, base, "a/b/f"); got != "1" {
				t.Errorf("got %q", got)
			}
			head, err := r.WorkingTree(t.Context())
			if tt.root == "" {
				if want := "the repository has no working tree; say which revision to check with --head REV"; err == nil || err.Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
				return
			}
			if got := Changed(base, must[*Tree](t)(head, err)); !slices.Equal(got, tt.changed) {
				t.Errorf("changed: got %q, want %q", got, tt.changed)
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	broken := repotest.New(t)
	broken.Write(".git/config", "[core\n")
	lines := repotest.New(t)
	lines.Write("a\nb/f", "")
	lines.Dir = lines.Path("a\nb")
	lines.Git("init", "--quiet")
	tests := []struct{ dir, want string }{
		{dir, "is in no git repository; two folders or files compare with: breakwater diff BASE HEAD"},
		{filepath.Join(dir, "none"), `none": there is none`},
		{filepath.Join(dir, "file"), `file": there is none`},
		{broken.Dir, "bad config line 1"},
		{lines.Dir, "the path of the repository has a line break"},
	}
	for _, tt := range tests {
		_, err := Open(t.Context(), tt.dir)
		var e *Error
		if err == nil || !errors.As(err, &e) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

// A repository that git does not trust stays closed, and git's words are shown.
func TestOpenARepositoryOfSomebodyElse(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	if err := errors.Join(os.Chown(repo.Dir, 65534, 65534), os.Chown(repo.Path(".git"), 65534, 65534)); err != nil {
		t.Skip("only root can give a repository away: ", err)
	}
	_, err := Open(t.Context(), repo.Dir)
	want := "if you trust it, run: git config --global --add safe.directory " + repo.Dir
	if e, ok := errors.AsType[*Error](err); !ok || e.Hint != want || !strings.Contains(err.Error(), "dubious ownership") {
		t.Errorf("got %v, want the hint %s", err, want)
	}
}

func TestErrorsOfGit(t *testing.T) {
	t.Parallel()
	tests := []struct{ said, want string }{
		{"fatal: not a tree object\n", "git x: not a tree object"},
		{"error: one\n\x1b[31mfatal: two\n\nerror: one\n", "git x: one; [31mfatal: two"},
		{"fatal: unsafe repository ('/a b' is owned by someone else)\nmore", "git x: unsafe repository ('/a b' is owned by someone else); more; if you trust it, run: git config --global --add safe.directory '/a b'"},
		{"\xff", "git x: ?"},
		{"", "git x: exit status 1"},
	}
	failed := exec.Command("git", "no-such-command").Run()
	for _, tt := range tests {
		if got := gitError("x", failed, []byte(tt.said)).Error(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestGitThatIsMissingOrTooOld(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	_, err := Open(t.Context(), dir)
	if want := "git is not installed, or not in PATH; install git 2.25 or later"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
	echo := "#!/bin/sh\nprintf 'false\\n--show-object-format\\n/g\\n/g\\n/r\\n'\n"
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte(echo), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), dir)
	if want := "git is too old; install git 2.25 or later"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTreeOfEveryKindOfName(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	first := repo.Commit("Begin", repotest.Files{"f": "1"})
	repo.Tag("orders/v1")
	second := repo.Commit("Go on", repotest.Files{"f": "2"})
	repo.Branch("feature/x")
	clone := repo.Clone()
	r := openRepo(t, clone.Dir)
	tests := []struct{ rev, name, commit string }{
		{"orders/v1", "orders/v1@" + first[:7], first}, // annotated
		{"HEAD", "HEAD@" + second[:7], second},
		{"HEAD~1", "HEAD~1@" + first[:7], first},
		{"HEAD^{/Begin}", "HEAD^{/Begin}@" + first[:7], first},
		{"origin/main", "origin/main@" + second[:7], second},
		{"refs/remotes/origin/feature/x", "refs/remotes/origin/feature/x@" + second[:7], second},
		{first, first[:7], first},
		{strings.ToUpper(first[:9]), first[:7], first},
		{"@", "@@" + second[:7], second},
	}
	for _, tt := range tests {
		tree, err := r.Tree(t.Context(), tt.rev)
		if err != nil {
			t.Errorf("%s: %v", tt.rev, err)
			continue
		}
		if tree.Name != tt.name || tree.Commit != tt.commit {
			t.Errorf("%s: got %s of %s, want %s of %s", tt.rev, tree.Name, tree.Commit, tt.name, tt.commit)
		}
		if want := map[string]string{first: "1", second: "2"}[tt.commit]; text(t, tree, "f") != want {
			t.Errorf("%s: the file is not %q", tt.rev, want)
		}
	}
}

func TestNamesThatNameNothing(t *testing.T) {
	t.Parallel()
	up := repotest.New(t)
	up.Commit("Begin", repotest.Files{"f": "1"})
	up.Branch("release")
	clone := up.Clone()
	lone := repotest.New(t)
	lone.Commit("Begin", nil)
	sha := strings.Repeat("ab", 20)
	tests := []struct {
		repo      *repotest.Repo
		rev, want string
	}{
		{clone, "v9", `revision "v9": no such commit; run: git fetch origin tag v9`},
		{clone, "orders/v1.2", `revision "orders/v1.2": no such commit; run: git fetch origin tag orders/v1.2`},
		{clone, "origin/next", `revision "origin/next": no such commit; run: git fetch origin next:refs/remotes/origin/next`},
		{clone, "next", `revision "next": no such commit; run: git fetch origin next:refs/remotes/origin/next, and give origin/next`},
		{clone, "main", `revision "main": no such commit; did you mean origin/main?`},
		{clone, sha, `revision "` + sha + `": no such commit; run: git fetch origin ` + sha},
		{clone, "HEAD~50", `revision "HEAD~50": no such commit`},
		{clone, "$(reboot)", `revision "$(reboot)": no such commit; run: git fetch origin '$(reboot):refs/remotes/origin/$(reboot)', and give origin/$(reboot)`},
		{clone, "--output=x", `revision "--output=x": no such commit; run: git fetch origin --output=x:refs/remotes/origin/--output=x, and give origin/--output=x`},
		{clone, "", `revision "": it has no name`},
		{clone, "HEAD\nHEAD", `revision "HEAD\nHEAD": a name with control characters`},
		{clone, strings.Repeat("x", MaxName+1), "a name of more than 1000 bytes"},
		{clone, "HEAD:f", `revision "HEAD:f": it is a blob, not a commit`},
		{lone, "v9", `revision "v9": no such commit`},
	}
	for _, tt := range tests {
		r := openRepo(t, tt.repo.Dir)
		_, err := r.Tree(t.Context(), tt.rev)
		if e, ok := errors.AsType[*Error](err); !ok || !strings.HasSuffix(e.Error(), tt.want) {
			t.Errorf("got %v\nwant %s", err, tt.want)
		}
		if _, err := r.Tree(t.Context(), "HEAD"); err != nil { // the process still answers
			t.Errorf("after %q: %v", tt.rev, err)
		}
	}
}

// Whoever may push a tag must not thereby choose what a change is compared with.
func TestATagDoesNotReplaceABranch(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", nil)
	repo.Tag("same")
	repo.Git("branch", "same")
	repo.Tag("main")
	repo.Commit("Go on", nil)
	r := openRepo(t, repo.Dir)
	for _, rev := range []string{"main", "main~0", "main^{commit}", "main@{0}"} {
		_, err := r.Tree(t.Context(), rev)
		if want := fmt.Sprintf("revision %q: main names several commits; write which one: refs/heads/main or refs/tags/main", rev); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for _, rev := range []string{"refs/heads/main", "refs/tags/main", "same"} {
		if _, err := r.Tree(t.Context(), rev); err != nil {
			t.Error(err)
		}
	}
}

func TestAnAbbreviatedIDThatFitsSeveral(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", nil)
	tree := repo.ID("HEAD^{tree}")
	byPrefix := make(map[string]string)
	for i := 0; ; i++ { // among a few hundred commits, two share four digits
		commit := fmt.Sprintf("tree %s\nauthor A <a> %d +0000\ncommitter A <a> 1 +0000\n\n", tree, i)
		id := fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "commit %d\x00%s", len(commit), commit)))
		other, found := byPrefix[id[:4]]
		byPrefix[id[:4]] = commit
		if !found {
			continue
		}
		for _, c := range []string{commit, other} {
			if _, err := repo.GitInput(c, "hash-object", "-t", "commit", "-w", "--stdin"); err != nil {
				t.Fatal(err)
			}
		}
		_, err := openRepo(t, repo.Dir).Tree(t.Context(), id[:4])
		if want := `revision "` + id[:4] + `": the abbreviated id fits several objects; write more of it`; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		return
	}
}

func TestDefaultBranch(t *testing.T) {
	t.Parallel()
	lone := func(branch string) func(t *testing.T) *repotest.Repo {
		return func(t *testing.T) *repotest.Repo {
			repo := repotest.New(t)
			repo.Git("symbolic-ref", "HEAD", "refs/heads/"+branch)
			repo.Commit("Begin", nil)
			return repo
		}
	}
	clone := func(branch string, change func(clone *repotest.Repo)) func(t *testing.T) *repotest.Repo {
		return func(t *testing.T) *repotest.Repo {
			c := lone(branch)(t).Clone()
			change(c)
			return c
		}
	}
	noHead := func(c *repotest.Repo) { c.Git("remote", "set-head", "origin", "--delete") }
	tests := []struct {
		name string
		repo func(t *testing.T) *repotest.Repo
		want string
	}{
		{"what origin says", clone("trunk", func(*repotest.Repo) {}), "origin/trunk"},
		{"origin/main, if origin does not say", clone("main", noHead), "origin/main"},
		{"origin/master, if there is no main", clone("master", noHead), "origin/master"},
		{"origin/main, if origin's own is gone", clone("main", func(c *repotest.Repo) {
			c.Git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
		}), "origin/main"},
		{"main without a remote", lone("main"), "main"},
		{"master without a remote", lone("master"), "master"},
		{"none", lone("trunk"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := openRepo(t, tt.repo(t).Dir).DefaultBranch(t.Context())
			if got != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
			if err != nil && !strings.HasSuffix(err.Error(), "; say which with --base REV") {
				t.Errorf("the error does not help: %v", err)
			}
		})
	}
}

func TestRepositoriesWithSHA256(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t, "--object-format=sha256")
	repo.Commit("Begin", repotest.Files{"f": "1", "g": "1"})
	repo.Write("f", "2")
	repo.Write("empty", "")
	repo.Git("add", "empty")
	r := openRepo(t, repo.Dir)
	base := must[*Tree](t)(r.Tree(t.Context(), "main"))
	head := must[*Tree](t)(r.WorkingTree(t.Context()))
	if got := Changed(base, head); !slices.Equal(got, []string{"empty", "f"}) {
		t.Errorf("changed: %q", got)
	}
	if id, _ := head.Blob("f"); id != repo.Git("hash-object", "f") {
		t.Errorf("the id is %s, not git's", id)
	}
	if got := paths(must[*Tree](t)(r.Index(t.Context()))); !slices.Equal(got, []string{"empty", "f", "g"}) {
		t.Errorf("got %q", got)
	}
}

func TestReadersShareOneProcess(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	files := repotest.Files{}
	for i := range 200 {
		files[strings.Repeat("x", i+1)] = strings.Repeat("text\n", i)
	}
	repo.Commit("Begin", files)
	r := openRepo(t, repo.Dir)
	tree := must[*Tree](t)(r.Tree(t.Context(), "main"))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for path, want := range files {
				if got, err := tree.ReadFile(path); err != nil || string(got) != want {
					t.Errorf("%s: got %d bytes, %v", path, len(got), err)
				}
			}
		})
	}
	all.Wait()
	if n := r.git.started.Load(); n != 3 { // rev-parse, cat-file, ls-tree
		t.Errorf("%d processes", n)
	}
}

// What a check costs is the number of processes that it starts.
func TestACheckStartsSixProcesses(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "1", "g": "1"})
	repo.Branch("feature")
	repo.Commit("Change", repotest.Files{"f": "2"})
	repo.Write("f", "3")
	r := openRepo(t, repo.Dir)
	ctx := t.Context()
	branch := must[string](t)(r.DefaultBranch(ctx))
	from := must[string](t)(r.MergeBase(ctx, branch, "HEAD"))
	tip := must[*Tree](t)(r.Tree(ctx, branch)) // policy and registry are read from it
	base := must[*Tree](t)(r.Tree(ctx, from))
	head := must[*Tree](t)(r.WorkingTree(ctx))
	if got := Changed(base, head); !slices.Equal(got, []string{"f"}) {
		t.Errorf("changed: %q", got)
	}
	if text(t, tip, "f") != "1" || text(t, base, "f") != "1" || text(t, head, "f") != "3" {
		t.Error("the contents are not those of the revisions")
	}
	if n := r.git.started.Load(); n != 6 {
		t.Errorf("%d processes", n)
	}
}

func TestAContextThatEndsEndsGit(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "1"})
	ctx, cancel := context.WithCancel(t.Context())
	r := must[*Repo](t)(Open(ctx, repo.Dir))
	tree := must[*Tree](t)(r.Tree(ctx, "main"))
	cancel()
	if _, err := r.WorkingTree(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := tree.ReadFile("f"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Tree(t.Context(), "main"); err == nil {
		t.Error("a closed repository answers")
	}
}

// A git that dies is an error once; the next question starts another.
func TestAGitThatDies(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "1"})
	r := openRepo(t, repo.Dir)
	tree := must[*Tree](t)(r.Tree(t.Context(), "main"))
	if err := r.objects.cat.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.ReadFile("f"); err == nil || !strings.Contains(err.Error(), "git cat-file: signal: killed") {
		t.Errorf("got %v", err)
	}
	if got := text(t, tree, "f"); got != "1" {
		t.Errorf("got %q", got)
	}
}

func TestAMissingBlobIsNoMissingFile(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "1"})
	id := repo.ID("HEAD:f")
	tree := must[*Tree](t)(openRepo(t, repo.Dir).Tree(t.Context(), "main"))
	repo.Remove(".git/objects/" + id[:2] + "/" + id[2:])
	_, err := tree.ReadFile("f")
	if want := "read f: blob " + id + " is missing in the repository; see: git fsck"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, ok := errors.AsType[*Error](err); !ok || errors.Is(err, os.ErrNotExist) {
		t.Errorf("git's error is taken for the file's: %v", err)
	}
}

func TestLimitedOutput(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100)
	l := limited{max: 150}
	for range 2 {
		io.Copy(&l, strings.NewReader(long))
	}
	if l.buf.Len() != 150 || !l.over {
		t.Errorf("%d bytes were taken, over %v", l.buf.Len(), l.over)
	}
	l = limited{max: 50, cut: true}
	if n, err := io.Copy(&l, strings.NewReader(long)); n != 100 || err != nil || l.buf.Len() != 50 {
		t.Errorf("%d bytes were written, %v, and %d taken", n, err, l.buf.Len())
	}
}

func TestRefs(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", nil)
	repo.Tag("orders/v1.9")
	repo.Tag("orders/v1.10") // of the same time
	repo.Tag("orders/v1/old")
	repo.Tag("other/v3")
	repo.Commit("Go on", nil)
	repo.Commit("Go further", nil)
	repo.Git("tag", "orders/v0") // newer, and not annotated
	r := openRepo(t, repo.Dir)
	tests := []struct {
		pattern string
		max     int
		want    string
	}{
		{"refs/tags/orders/v*", 50, "refs/tags/orders/v0 refs/tags/orders/v1.10 refs/tags/orders/v1.9"},
		{"refs/tags/orders/v*", 2, "refs/tags/orders/v0 refs/tags/orders/v1.10"},
		{"refs/heads/*", 50, "refs/heads/main"},
		{"refs/tags/none/*", 50, ""},
	}
	for _, tt := range tests {
		got, err := r.Refs(t.Context(), tt.pattern, tt.max)
		if err != nil || strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %q, %v; want %s", tt.pattern, got, err, tt.want)
		}
	}
	if _, err := r.Refs(t.Context(), "--exec=x", 1); err == nil {
		t.Error("an option is taken for a pattern")
	}
}

func TestNothingIsWritten(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "1", "g": "1"})
	repo.Write("f", "2")
	repo.Write("g", "1") // git would note that it is unchanged
	snapshot := func() string {
		var all strings.Builder
		err := filepath.WalkDir(repo.Dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			fmt.Fprintln(&all, path, info.Size(), info.ModTime(), info.Mode())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all.String()
	}
	before := snapshot()
	r := openRepo(t, repo.Dir)
	base := must[*Tree](t)(r.Tree(t.Context(), "main"))
	head := must[*Tree](t)(r.WorkingTree(t.Context()))
	must[*Tree](t)(r.Index(t.Context()))
	if _, _, err := r.Log(t.Context(), "main", time.Time{}, nil, 0); err != nil {
		t.Error(err)
	}
	if err := base.Warm(t.Context(), Changed(base, head)); err != nil {
		t.Error(err)
	}
	if after := snapshot(); after != before {
		t.Errorf("got\n%s\nwant\n%s", after, before)
	}
}
