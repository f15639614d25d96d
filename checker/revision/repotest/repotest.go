// Package repotest builds git repositories for tests: real ones, in temporary
// folders, fast and the same on every machine.
//
// Names, dates and configuration are fixed, so a commit has the same id wherever
// and whenever it is made. A test program that opens such repositories calls
// [Isolate] first, or its own git would read the configuration of whoever runs it:
//
//	func TestMain(m *testing.M) {
//		repotest.Isolate()
//		os.Exit(m.Run())
//	}
package repotest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Epoch is when the first commit of a repository is made; each later one is made
// an hour after the one before it.
var Epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Step is the time between two commits.
const Step = time.Hour

// config holds for every git command here.
var config = []string{
	"-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false", "-c", "core.autocrlf=false",
	"-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "advice.detachedHead=false", "-c", "protocol.file.allow=always",
}

// serving is the configuration of a repository that clones are made of, which
// its own side of a fetch reads.
const serving = "[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n"

// Isolate frees the test program's environment of the machine's git
// configuration and of what git sets for hooks. It is called before any test runs.
func Isolate() {
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "GIT_") {
			os.Unsetenv(name)
		}
	}
	for _, v := range isolation() {
		name, value, _ := strings.Cut(v, "=")
		os.Setenv(name, value)
	}
}

// isolation is the environment that hides the machine's configuration. Git
// before 2.32 goes by HOME.
func isolation() []string {
	nowhere := filepath.Join(os.TempDir(), "breakwater-no-home")
	return []string{
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull,
		"HOME=" + nowhere, "XDG_CONFIG_HOME=" + nowhere,
	}
}

// A Repo is a repository in a folder that goes away with the test.
type Repo struct {
	Dir string // the top of its work tree, or the bare repository itself
	T   testing.TB

	commits int
}

// New makes an empty repository on the branch main. The args go to git init: "--bare".
func New(t testing.TB, args ...string) *Repo {
	t.Helper()
	r := &Repo{Dir: folder(t), T: t}
	r.Git(append([]string{"init", "--quiet"}, args...)...)
	file, err := os.OpenFile(filepath.Join(r.Git("rev-parse", "--absolute-git-dir"), "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := file.WriteString(serving)
	if err := errors.Join(err1, file.Close()); err != nil {
		t.Fatal(err)
	}
	return r
}

// folder makes a temporary folder and names it as git does, without links.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Git runs git in the repository and returns what it prints, without the last
// line break. The test ends if git fails.
func (r *Repo) Git(args ...string) string {
	r.T.Helper()
	out, err := r.TryGit(args...)
	if err != nil {
		r.T.Fatal(err)
	}
	return out
}

// TryGit is Git for a command that may fail.
func (r *Repo) TryGit(args ...string) (string, error) {
	return r.GitInput("", args...)
}

// GitInput is TryGit with text on git's standard input.
func (r *Repo) GitInput(stdin string, args ...string) (string, error) {
	cmd := exec.Command("git", append(slices.Clip(config), args...)...)
	cmd.Dir, cmd.Env = r.Dir, r.env()
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, &stderr)
	}
	return strings.TrimSuffix(string(out), "\n"), err
}

func (r *Repo) env() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") })
	now := fmt.Sprintf("%d +0000", Epoch.Add(time.Duration(r.commits)*Step).Unix())
	return append(append(env, isolation()...),
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@acme.example", "GIT_AUTHOR_DATE="+now,
		"GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@acme.example", "GIT_COMMITTER_DATE="+now,
		"GIT_TERMINAL_PROMPT=0", "GIT_EDITOR=true", "LC_ALL=C")
}

// Path returns where the file at the slash-separated path name is on disk.
func (r *Repo) Path(name string) string { return filepath.Join(r.Dir, filepath.FromSlash(name)) }

// Write writes a file and the folders that it is in.
func (r *Repo) Write(name, text string) {
	r.T.Helper()
	if err := os.MkdirAll(filepath.Dir(r.Path(name)), 0o755); err != nil {
		r.T.Fatal(err)
	}
	if err := os.WriteFile(r.Path(name), []byte(text), 0o644); err != nil {
		r.T.Fatal(err)
	}
}

// Remove removes a file or folder.
func (r *Repo) Remove(name string) {
	r.T.Helper()
	if err := os.RemoveAll(r.Path(name)); err != nil {
		r.T.Fatal(err)
	}
}

// Link makes a symbolic link at name.
func (r *Repo) Link(target, name string) {
	r.T.Helper()
	if err := os.Symlink(filepath.FromSlash(target), r.Path(name)); err != nil {
		r.T.Skip("no symbolic links here: ", err)
	}
}

// Files is the text of files by path.
type Files map[string]string

// Commit writes files, stages all that changed, commits it, even if that is
// nothing, and returns the commit's id.
func (r *Repo) Commit(subject string, files Files) string {
	r.T.Helper()
	for name, text := range files {
		r.Write(name, text)
	}
	r.Git("add", "--all")
	return r.CommitStaged(subject)
}

// Import is Commit for many files: it is fast, and packs what it commits. The
// branch that is checked out then holds these files and no others.
func (r *Repo) Import(subject string, files Files) string {
	r.T.Helper()
	branch := r.Git("symbolic-ref", "HEAD")
	var stream strings.Builder
	when := Epoch.Add(time.Duration(r.commits) * Step).Unix()
	fmt.Fprintf(&stream, "commit %s\ncommitter Ada <ada@acme.example> %d +0000\ndata %d\n%s\n", branch, when, len(subject), subject)
	if parent, err := r.TryGit("rev-parse", "--verify", "--quiet", branch); err == nil {
		fmt.Fprintf(&stream, "from %s\n", parent)
	}
	stream.WriteString("deleteall\n")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", name, len(files[name]), files[name])
	}
	if _, err := r.GitInput(stream.String(), "fast-import", "--quiet"); err != nil {
		r.T.Fatal(err)
	}
	r.commits++
	if r.Git("rev-parse", "--is-bare-repository") == "false" {
		r.Git("reset", "--quiet", "--hard")
	}
	return r.ID("HEAD")
}

// CommitStaged commits what is staged.
func (r *Repo) CommitStaged(subject string) string {
	r.T.Helper()
	r.Git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", subject)
	r.commits++
	return r.ID("HEAD")
}

// Merge merges rev into the branch that is checked out, with a merge commit.
func (r *Repo) Merge(rev string) string {
	r.T.Helper()
	r.Git("merge", "--quiet", "--no-ff", "--no-verify", "--message", "Merge "+rev, rev)
	r.commits++
	return r.ID("HEAD")
}

// ID returns the id of the object that rev names.
func (r *Repo) ID(rev string) string {
	r.T.Helper()
	return r.Git("rev-parse", "--verify", rev)
}

// Branch makes a branch at HEAD and checks it out; one that exists is checked
// out only.
func (r *Repo) Branch(name string) {
	r.T.Helper()
	if _, err := r.TryGit("checkout", "--quiet", name, "--"); err != nil {
		r.Git("checkout", "--quiet", "-b", name)
	}
}

// Tag makes an annotated tag at HEAD.
func (r *Repo) Tag(name string) { r.T.Helper(); r.Git("tag", "--annotate", "--message", name, name) }

// URL returns the address that makes git clone through its transport, and so
// lets a clone be shallow or partial.
func (r *Repo) URL() string { return "file://" + filepath.ToSlash(r.Dir) }

// Clone clones the repository through its transport. The args go to git clone:
// "--depth=1", "--filter=blob:none", "--bare".
func (r *Repo) Clone(args ...string) *Repo {
	r.T.Helper()
	clone := &Repo{Dir: folder(r.T), T: r.T, commits: r.commits}
	clone.Git(append(append([]string{"clone", "--quiet"}, args...), r.URL(), ".")...)
	return clone
}

// Worktree adds a linked work tree on a new branch.
func (r *Repo) Worktree(branch string) *Repo {
	r.T.Helper()
	linked := &Repo{Dir: filepath.Join(folder(r.T), "linked"), T: r.T, commits: r.commits}
	r.Git("worktree", "add", "--quiet", "-b", branch, linked.Dir)
	return linked
}

// Submodule adds sub as a submodule at name, and stages it.
func (r *Repo) Submodule(sub *Repo, name string) {
	r.T.Helper()
	r.Git("submodule", "--quiet", "add", sub.Dir, name)
}

// Hook installs a hook that runs a shell script.
func (r *Repo) Hook(name, script string) {
	r.T.Helper()
	path := filepath.Join(r.Git("rev-parse", "--absolute-git-dir"), "hooks", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.T.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		r.T.Fatal(err)
	}
}
