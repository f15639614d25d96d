package revision

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

// Git runs a hook with variables that say which repository and which index it
// means. These tests let git run this very program as the hook.

// hookOutput names the file into which the program writes what it sees, when it
// runs as a hook.
const hookOutput = "BREAKWATER_TEST_HOOK"

// A hookView is what the program sees from inside a hook.
type hookView struct {
	Root, Index, Other string // Other: the root of the repository in $OTHER
	Pushed             string // in a pre-receive hook: the file f of the pushed commit
	Errors             []string
}

// runInHook looks around and writes what it sees to out.
func runInHook(out string) int {
	ctx := context.Background()
	var v hookView
	note := func(err error) {
		if err != nil {
			v.Errors = append(v.Errors, err.Error())
		}
	}
	index := func(dir string) (root, f string) {
		r, err := Open(ctx, dir)
		if err != nil {
			note(err)
			return "", ""
		}
		defer r.Close()
		if id := os.Getenv("PUSHED"); id != "" {
			tree, err := r.Tree(ctx, id)
			note(err)
			if err == nil {
				text, err := tree.ReadFile("f")
				note(err)
				v.Pushed = string(text)
			}
			return r.gitDir, ""
		}
		tree, err := r.Index(ctx)
		note(err)
		if err == nil {
			text, _ := tree.ReadFile("f")
			f = string(text)
		}
		return r.Root(), f
	}
	v.Root, v.Index = index(os.Getenv("DIR"))
	if other := os.Getenv("OTHER"); other != "" {
		root, f := index(other)
		v.Other = root + " " + f
	}
	text, err := json.Marshal(v)
	if err != nil || os.WriteFile(out, text, 0o644) != nil {
		return 1
	}
	return 0
}

// inHook installs the program as a hook of repo, and returns a function that
// reads what it saw. The script runs before it.
func inHook(t *testing.T, repo *repotest.Repo, hook, script string) func() hookView {
	t.Helper()
	out := filepath.Join(t.TempDir(), "saw.json")
	program := must[string](t)(os.Executable())
	repo.Hook(hook, script+"\nexport "+hookOutput+"='"+out+"'\nexec '"+program+"'\n")
	return func() hookView {
		var v hookView
		if err := json.Unmarshal(must[[]byte](t)(os.ReadFile(out)), &v); err != nil {
			t.Fatal(err)
		}
		if v.Errors != nil {
			t.Errorf("in the hook: %q", v.Errors)
		}
		return v
	}
}

func TestPreCommitHook(t *testing.T) {
	t.Parallel()
	other := repotest.New(t)
	other.Commit("Begin", repotest.Files{"f": "other"})
	// A partial commit has an index of its own, with the file that it names.
	commits := map[string][]string{"all that is staged": {"--message=m"}, "all that changed": {"--all", "--message=m"}, "one file": {"--message=m", "--", "f"}}
	for name, args := range commits {
		for _, dir := range []string{".", "sub"} {
			for _, linked := range []bool{false, true} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					repo := repotest.New(t)
					repo.Commit("Begin", repotest.Files{"f": "1", "g": "1", "sub/h": "1"})
					saw := inHook(t, repo, "pre-commit", "export DIR="+dir+" OTHER='"+other.Dir+"'")
					if linked {
						repo = repo.Worktree("linked")
					}
					repo.Write("f", "staged")
					repo.Git("add", "f")
					want := "staged"
					if !strings.HasPrefix(name, "all that is staged") {
						repo.Write("f", "changed")
						want = "changed"
					}
					repo.Git(append([]string{"commit", "--quiet"}, args...)...)
					v := saw()
					if v.Root != repo.Dir || v.Index != want || v.Other != other.Dir+" other" {
						t.Errorf("the hook sees %+v, want %s in %s", v, want, repo.Dir)
					}
				})
			}
		}
	}
}

// What is being pushed stands aside until the hook agrees.
func TestPreReceiveHook(t *testing.T) {
	t.Parallel()
	server := repotest.New(t, "--bare")
	saw := inHook(t, server, "pre-receive", "read base PUSHED ref; export PUSHED DIR=.")
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "pushed"})
	repo.Git("push", "--quiet", server.URL(), "main")
	if v := saw(); v.Root != server.Dir || v.Pushed != "pushed" {
		t.Errorf("the hook sees %+v", v)
	}
}

// A script may say where the repository is, as for one that keeps a home folder.
func TestGitDirOfTheEnvironment(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "1"})
	home := t.TempDir()
	home = must[string](t)(filepath.EvalSymlinks(home))
	if err := os.WriteFile(filepath.Join(home, "f"), []byte("2"), 0o644); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "GIT_DIR="+repo.Path(".git"), "GIT_WORK_TREE="+home)
	r := must[*Repo](t)(open(t.Context(), home, env))
	defer r.Close()
	tree := must[*Tree](t)(r.WorkingTree(t.Context()))
	if r.Root() != home || text(t, tree, "f") != "2" {
		t.Errorf("got the root %s", r.Root())
	}
}

func TestEnvironmentOfGit(t *testing.T) {
	t.Parallel()
	env := []string{
		"PATH=/bin", "HOME=/h", "LC_ALL=de_DE", "GIT_DIR=/g", "GIT_INDEX_FILE=i", "GIT_TRACE=1", "GIT_LITERAL_PATHSPECS=0",
		"GIT_EXTERNAL_DIFF=rm", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=a.b", "GIT_SSH_COMMAND=ssh", "GIT_PREFIX=p/",
	}
	always := []string{"LC_ALL=C", "GIT_TERMINAL_PROMPT=0"}
	want := append([]string{"PATH=/bin", "HOME=/h", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=a.b", "GIT_SSH_COMMAND=ssh"}, always...)
	if got := environ(env, false); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %q, want %q", got, want)
	}
	want = append([]string{"PATH=/bin", "HOME=/h", "GIT_DIR=/g", "GIT_INDEX_FILE=i", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=a.b", "GIT_SSH_COMMAND=ssh"}, always...)
	if got := environ(env, true); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A repository's configuration neither runs programs nor changes what we read.
func TestAHostileConfiguration(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "1", "dir/g": "1", "order": "*.none\n"})
	trap := filepath.Join(t.TempDir(), "sprung")
	script := filepath.Join(t.TempDir(), "trap.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho $0 $* >>'"+trap+"'\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"core.fsmonitor": script, "core.pager": script, "pager.log": script, "diff.external": script, "core.editor": script,
		"gpg.program": script, "log.showSignature": "true", "core.askPass": script, "credential.helper": script, "alias.ls-tree": "!" + script,
		"diff.renames": "copies", "diff.relative": "true", "diff.orderFile": repo.Path("order"), "diff.noprefix": "true", "diff.ignoreSubmodules": "all",
		"core.quotePath": "true", "color.ui": "always", "core.abbrev": "4", "log.date": "relative", "submodule.recurse": "true",
		"core.hooksPath": filepath.Dir(script), "log.diffMerges": "separate", "diff.trap.textconv": script,
	} {
		repo.Git("config", key, value)
	}
	for _, hook := range []string{"post-index-change", "pre-auto-gc", "post-checkout", "reference-transaction"} {
		repo.Hook(hook, script)
	}
	repo.Write(".gitattributes", "* diff=trap\n")
	repo.Write("f", "2")
	repo.Write("dir/new", "2")
	if err := os.Remove(trap); err != nil && !os.IsNotExist(err) { // the set-up may spring it
		t.Fatal(err)
	}
	r := openRepo(t, repo.Path("dir"))
	base := must[*Tree](t)(r.Tree(t.Context(), "main"))
	head := must[*Tree](t)(r.WorkingTree(t.Context()))
	must[*Tree](t)(r.Index(t.Context()))
	if got, want := strings.Join(Changed(base, head), " "), ".gitattributes dir/new f"; got != want {
		t.Errorf("changed: %s, want %s", got, want)
	}
	commits, _, err := r.Log(t.Context(), "main", repotest.Epoch, []string{"f", "dir"}, 0)
	if err != nil || len(commits) != 1 || strings.Join(commits[0].Changed, " ") != "dir/g f order" {
		t.Errorf("got %v, %v", commits, err)
	}
	if err := base.Warm(t.Context(), []string{"f"}); err != nil {
		t.Error(err)
	}
	if sprung, err := os.ReadFile(trap); err == nil {
		t.Errorf("a program was run: %s", sprung)
	}
}
