package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// ownRepository returns a repository of the project as it stands in the working
// tree, tagged with a version.
func ownRepository(t *testing.T, tag string) *repotest.Repo {
	t.Helper()
	top := filepath.Join("..", "..")
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = top
	out, err := list.Output()
	if err != nil {
		t.Skipf("the project is not in a git repository: %v", err)
	}
	files := make(repotest.Files)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(top, name))
		if err == nil {
			files[name] = string(text)
		} else if !os.IsNotExist(err) { // git knows it until the next commit
			t.Fatal(err)
		}
	}
	repo := repotest.New(t)
	repo.Commit("as it stands", files)
	repo.Tag(tag)
	return repo
}

// The release's configuration is valid, and what it builds knows its version.
func TestRelease(t *testing.T) {
	goreleaser := ruletest.Peer(t, "bin/goreleaser")
	repo := ownRepository(t, "v1.2.3")
	repo.Git("remote", "add", "origin", "https://github.com/breakwater-data/breakwater")
	release := func(args ...string) {
		t.Helper()
		cmd := exec.Command(goreleaser, args...)
		cmd.Dir = repo.Dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("goreleaser %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	release("check")
	release("build", "--single-target")
	var artifacts []struct{ Path, Type string }
	text, err := os.ReadFile(repo.Path("dist/artifacts.json"))
	if err == nil {
		err = json.Unmarshal(text, &artifacts)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range artifacts {
		if a.Type != "Binary" {
			continue
		}
		out, err := exec.Command(repo.Path(a.Path), "version").Output()
		if got := strings.TrimSpace(string(out)); got != "breakwater 1.2.3" {
			t.Errorf("%s says %q; %v", a.Path, got, err)
		}
		return
	}
	t.Errorf("no binary was built: %s", text)
}

// The hook runs under the real pre-commit, from a clone of the project: it refuses
// a commit that breaks a consumer, and nothing else.
func TestPreCommit(t *testing.T) {
	preCommit := ruletest.Peer(t, "bin/pre-commit")
	if runtime.GOOS == "windows" {
		t.Skip("the peers are those of Linux")
	}
	own := ownRepository(t, "v0.1.0")
	page, err := os.ReadFile(filepath.Join(docs, "ci.md"))
	if err != nil {
		t.Fatal(err)
	}
	var config string
	for _, b := range blocks(string(page)) {
		if b.name == "pre-commit" {
			config = strings.Replace(b.text, "https://github.com/breakwater-data/breakwater", own.Dir, 1)
		}
	}

	repo := repotest.New(t)
	start := repo.Commit("start", repotest.Files{"stock.odcs.yaml": stockContract, ".pre-commit-config.yaml": config})
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	hook := func(name, text string) (string, error) {
		if text == "" {
			repo.Remove(name)
		} else {
			repo.Write(name, text)
		}
		repo.Git("add", "--all")
		cmd := exec.Command(preCommit, "run")
		cmd.Dir = repo.Dir
		cmd.Env = append(os.Environ(), "PRE_COMMIT_HOME="+home, "GOMODCACHE="+strings.TrimSpace(string(cache)))
		out, err := cmd.CombinedOutput()
		repo.Git("reset", "--quiet", "--hard", start)
		return string(out), err
	}
	tests := []struct{ name, file, text, want string }{
		{"breaks nobody", "stock.odcs.yaml", stockContract + "      - {name: left, logicalType: integer}\n", "Passed"},
		{"renames a column", "stock.odcs.yaml", strings.Replace(stockContract, "name: id", "name: key", 1), "blocked"},
		{"deletes the contract", "stock.odcs.yaml", "", "blocked"},
	}
	for _, tt := range tests {
		out, err := hook(tt.file, tt.text)
		if (err == nil) != (tt.want == "Passed") || !strings.Contains(out, tt.want) {
			t.Errorf("a commit that %s: %v\n%s", tt.name, err, out)
		}
	}
}
