package revision

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

func TestWorkingTreeIsWhatStandsOnDisk(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{
		".gitignore": "*.log\n", "same": "1", "edited": "1", "removed": "1", "staged": "1", "touched": "1", "mode": "1",
		"becomes-folder": "1", "becomes-link": "1", "becomes-pipe": "1", "folder/becomes-file": "1",
		"deep/er/f": "1", "quo\"te\nline": "1", "ünïcode": "1",
	})
	base := must[*Tree](t)(openRepo(t, repo.Dir).Tree(t.Context(), "HEAD"))
	for name, text := range map[string]string{
		"edited": "2", "staged": "2", "touched": "1", "untracked/new": "n", "ignored.log": "x", "intended": "i",
	} {
		repo.Write(name, text)
	}
	repo.Git("add", "staged")
	repo.Git("add", "--intent-to-add", "intended")
	repo.Git("rm", "--quiet", "--cached", "mode") // the file stays, untracked
	for _, name := range []string{"removed", "becomes-folder", "becomes-link", "becomes-pipe", "folder"} {
		repo.Remove(name)
	}
	repo.Write("becomes-folder/inside", "1")
	repo.Write("folder", "1")
	repo.Link("same", "becomes-link")
	mkfifo(t, repo.Path("becomes-pipe"))
	if err := os.Chmod(repo.Path("same"), 0o755); err != nil { // the content is the same
		t.Fatal(err)
	}

	head := must[*Tree](t)(openRepo(t, repo.Dir).WorkingTree(t.Context()))
	want := []string{"becomes-folder", "becomes-folder/inside", "becomes-link", "becomes-pipe", "edited", "folder", "folder/becomes-file", "intended", "removed", "staged", "untracked/new"}
	if got := Changed(base, head); !slices.Equal(got, want) {
		t.Errorf("changed: got %q, want %q", got, want)
	}
	for name, want := range map[string]string{"edited": "2", "staged": "2", "untracked/new": "n", "intended": "i", "deep/er/f": "1", "quo\"te\nline": "1", "folder": "1", "mode": "1"} {
		if got := text(t, head, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"removed", "ignored.log", "becomes-link", "becomes-pipe", ".git/HEAD", "folder/becomes-file"} {
		if _, err := head.ReadFile(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	left := head.Left()
	if len(left) != 2 || left[0] != (Left{"becomes-link", whyLink, ""}) || left[1] != (Left{"becomes-pipe", whySpecial, ""}) {
		t.Errorf("left out: %v", left)
	}
	if head.Name != "working tree" || head.Commit != "" {
		t.Errorf("it is called %q, commit %q", head.Name, head.Commit)
	}
}

// Git follows a link that took a tracked folder's place and finds the same files
// behind it; a checkout of this tree would not have them.
func TestWorkingTreeDoesNotLookThroughAFolderThatBecameALink(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"contracts/orders.proto": "1", "contracts/deep/x": "1", "hidden/f": "1", "other": "1"})
	for _, name := range []string{"contracts", "hidden"} {
		if err := os.Rename(repo.Path(name), repo.Path("real-"+name)); err != nil {
			t.Fatal(err)
		}
		repo.Link("real-"+name, name)
	}
	repo.Write(".git/info/exclude", "/hidden\n") // git does not list this link
	tree := must[*Tree](t)(openRepo(t, repo.Dir).WorkingTree(t.Context()))
	want := []string{"other", "real-contracts/deep/x", "real-contracts/orders.proto", "real-hidden/f"}
	if got := paths(tree); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var left []string
	for _, l := range tree.Left() {
		left = append(left, l.Path+": "+l.Why)
	}
	below := func(link string) string { return "below the symbolic link " + link + ", which is not followed" }
	want = []string{"contracts: " + whyLink, "contracts/deep/x: " + below("contracts"), "contracts/orders.proto: " + below("contracts"), "hidden/f: " + below("hidden")}
	if !slices.Equal(left, want) {
		t.Errorf("left out:\n%s\nwant:\n%s", strings.Join(left, "\n"), strings.Join(want, "\n"))
	}
}

func TestWorkingTreeEntersNoOtherRepository(t *testing.T) {
	t.Parallel()
	library := repotest.New(t)
	first := library.Commit("Begin", repotest.Files{"lib.proto": "1"})
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "1"})
	repo.Submodule(library, "vendored")
	repo.Commit("Add a submodule", nil)
	r := openRepo(t, repo.Dir)
	base := must[*Tree](t)(r.Tree(t.Context(), "HEAD"))
	if want := []Left{{"vendored", whySubmodule, first}}; !slices.Equal(base.Left(), want) {
		t.Errorf("left out of the commit: %v, want %v", base.Left(), want)
	}

	repo.Write("nested/x", "1")
	nested := &repotest.Repo{Dir: repo.Path("nested"), T: t}
	nested.Git("init", "--quiet")
	nested.Commit("Begin", nil)
	head := must[*Tree](t)(r.WorkingTree(t.Context()))
	if got, want := paths(head), []string{".gitmodules", "f"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := ChangedLeft(base, head), []Left{{"nested", whyNested, ""}}; !slices.Equal(got, want) {
		t.Errorf("changed and left out: %v, want %v", got, want)
	}

	sub := &repotest.Repo{Dir: repo.Path("vendored"), T: t}
	sub.Commit("Move on", nil)
	head = must[*Tree](t)(r.WorkingTree(t.Context()))
	if got := ChangedLeft(base, head); len(got) != 2 || got[1] != (Left{"vendored", whySubmodule, ""}) {
		t.Errorf("a submodule that moved is not told: %v", got)
	}
}

// What git says is unchanged is what git holds: a checkout that wrote other line
// endings, or a filter, makes no difference.
func TestWorkingTreeOfFilteredFiles(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{".gitattributes": "*.txt eol=crlf\n", "f.txt": "one\ntwo\n", "g.txt": "one\n"})
	repo.Remove("f.txt")
	repo.Git("checkout", "--", "f.txt")
	onDisk := string(must[[]byte](t)(os.ReadFile(repo.Path("f.txt"))))
	if onDisk != "one\r\ntwo\r\n" {
		t.Fatalf("git wrote %q", onDisk)
	}
	repo.Write("g.txt", "one\r\ntwo\r\n")
	r := openRepo(t, repo.Dir)
	base, head := must[*Tree](t)(r.Tree(t.Context(), "HEAD")), must[*Tree](t)(r.WorkingTree(t.Context()))
	if got := text(t, head, "f.txt"); got != "one\ntwo\n" {
		t.Errorf("got %q", got)
	}
	if got := Changed(base, head); !slices.Equal(got, []string{"g.txt"}) {
		t.Errorf("changed: %q", got)
	}
}

func TestWorkingTreeOfASparseCheckoutIsWhole(t *testing.T) {
	t.Parallel()
	for _, index := range []string{"--no-sparse-index", "--sparse-index"} {
		repo := repotest.New(t)
		repo.Commit("Begin", repotest.Files{"in/f": "1", "out/f": "2", "out/deep/g": "3"})
		repo.Git("sparse-checkout", "init", "--cone", index)
		repo.Git("sparse-checkout", "set", "in")
		if _, err := os.Stat(repo.Path("out")); err == nil {
			t.Fatal("the checkout is not sparse")
		}
		r := openRepo(t, repo.Dir)
		base := must[*Tree](t)(r.Tree(t.Context(), "main"))
		for _, tree := range []*Tree{must[*Tree](t)(r.WorkingTree(t.Context())), must[*Tree](t)(r.Index(t.Context()))} {
			if got := Changed(base, tree); got != nil {
				t.Errorf("%s, %s: changed: %q", index, tree.Name, got)
			}
			if got := text(t, tree, "out/deep/g"); got != "3" {
				t.Errorf("%s, %s: got %q", index, tree.Name, got)
			}
		}
	}
}

func TestAssumeUnchangedIsTheUsersWord(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "1"})
	repo.Git("update-index", "--assume-unchanged", "f")
	repo.Write("f", "2 is longer")
	tree := must[*Tree](t)(openRepo(t, repo.Dir).WorkingTree(t.Context()))
	if got := text(t, tree, "f"); got != "1" {
		t.Errorf("got %q", got)
	}
}

func TestPointersOfLargeFilesAreReadAsTheyAre(t *testing.T) {
	t.Parallel()
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{".gitattributes": "*.parquet filter=lfs diff=lfs merge=lfs -text\n", "f.parquet": pointer})
	for _, rev := range []string{"HEAD", "working tree"} {
		r := openRepo(t, repo.Dir)
		tree, err := r.WorkingTree(t.Context())
		if rev == "HEAD" {
			tree, err = r.Tree(t.Context(), rev)
		}
		if got := text(t, must[*Tree](t)(tree, err), "f.parquet"); got != pointer {
			t.Errorf("%s: got %q", rev, got)
		}
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "0\n", "g": "0\n", "h": "0\n"})
	repo.Branch("side")
	repo.Commit("Side", repotest.Files{"f": "1\n", "g": "1\n"})
	repo.Branch("main")
	repo.Commit("Main", repotest.Files{"f": "2\n", "g": "2\n"})
	if _, err := repo.TryGit("merge", "--quiet", "side"); err == nil {
		t.Fatal("there is no conflict")
	}
	r := openRepo(t, repo.Dir)
	_, err := r.Index(t.Context())
	if want := "index: not merged: f, g; resolve the conflicts and run: git add"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	tree := must[*Tree](t)(r.WorkingTree(t.Context()))
	if got, want := paths(tree), []string{"f", "g", "h"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := text(t, tree, "f"); !strings.Contains(got, "<<<<<<<") {
		t.Errorf("got %q", got)
	}
}

func TestIndexIsWhatTheNextCommitHolds(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"same": "1", "staged": "1", "edited": "1", "removed": "1", "replaced": "1"})
	repo.Write("staged", "2")
	repo.Write("empty", "")
	repo.Git("add", "staged", "empty")
	repo.Write("staged", "3")
	repo.Write("empty", "no longer")
	repo.Write("edited", "2")
	repo.Git("rm", "--quiet", "removed")
	repo.Git("rm", "--quiet", "--cached", "replaced")
	repo.Write("intended", "1")
	repo.Write("untracked", "1")
	repo.Git("add", "--intent-to-add", "intended", "replaced")

	tree := must[*Tree](t)(openRepo(t, repo.Dir).Index(t.Context()))
	repo.Git("rm", "--quiet", "--cached", "--force", "intended", "replaced") // else git refuses to write the tree
	want := repo.Git("ls-tree", "-r", "--name-only", repo.Git("write-tree"))
	if got := strings.Join(paths(tree), "\n"); got != want {
		t.Errorf("got\n%s\nand git would commit\n%s", got, want)
	}
	if text(t, tree, "staged") != "2" || text(t, tree, "edited") != "1" || text(t, tree, "empty") != "" {
		t.Error("the content is not the one that is staged")
	}
}

func TestNoCommitYet(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Write("f", "1")
	r := openRepo(t, repo.Dir)
	if got := paths(must[*Tree](t)(r.WorkingTree(t.Context()))); !slices.Equal(got, []string{"f"}) {
		t.Errorf("got %q", got)
	}
	if got := paths(must[*Tree](t)(r.Index(t.Context()))); len(got) > 0 {
		t.Errorf("got %q", got)
	}
	_, err := r.Tree(t.Context(), "HEAD")
	if want := `revision "HEAD": there is no commit yet`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFoldersThatGitCannotListAreTold(t *testing.T) {
	t.Parallel()
	said := "warning: could not open directory 'it's/closed/': Permission denied\nwarning: something else\n"
	want := []Left{{"it's/closed", "not readable: permission denied", ""}}
	if got := closed(said); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}

	if os.Getuid() == 0 {
		t.Skip("nothing is closed to root")
	}
	repo := repotest.New(t)
	repo.Write("closed/f", "1")
	repo.Commit("Begin", repotest.Files{"half/f": "1"})
	for _, dir := range []string{"closed", "half"} {
		if err := os.Chmod(repo.Path(dir), 0); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(filepath.Join(repo.Dir, dir), 0o755)
	}
	tree := must[*Tree](t)(openRepo(t, repo.Dir).WorkingTree(t.Context()))
	for _, path := range []string{"closed", "half/f"} {
		if !slices.ContainsFunc(tree.Left(), func(l Left) bool { return strings.HasPrefix(l.Path, path) }) {
			t.Errorf("%s is not told: %v", path, tree.Left())
		}
	}
}
