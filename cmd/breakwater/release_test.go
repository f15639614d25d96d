package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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

// A release for this system: the names that action.yml downloads, their checksums, a
// list of what is inside, and a program that knows its version.
func TestRelease(t *testing.T) {
	goreleaser := ruletest.Peer(t, "bin/goreleaser")
	repo := ownRepository(t, "v1.2.3")
	repo.Git("remote", "add", "origin", "https://github.com/breakwater-data/breakwater")
	release := func(args ...string) {
		t.Helper()
		cmd := exec.Command(goreleaser, args...)
		cmd.Dir = repo.Dir
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(goreleaser)+string(filepath.ListSeparator)+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("goreleaser %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	release("check")
	config, err := os.ReadFile(repo.Path(".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	one := strings.NewReplacer("[linux, darwin, windows]", "["+runtime.GOOS+"]", "[amd64, arm64]", "["+runtime.GOARCH+"]").Replace(string(config))
	one += "snapshot: {version_template: '{{ .Version }}'}\n"
	file := filepath.Join(t.TempDir(), "one.yaml")
	if err := os.WriteFile(file, []byte(one), 0o600); err != nil {
		t.Fatal(err)
	}
	release("release", "--snapshot", "--config", file)

	sums, err := os.ReadFile(repo.Path("dist/checksums.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		text, err := os.ReadFile(repo.Path("dist/" + name))
		if got := fmt.Sprintf("%x", sha256.Sum256(text)); err != nil || got != sum {
			t.Errorf("%s: %s, and its checksum says %s; %v", name, got, sum, err)
		}
		names = append(names, name)
	}
	name := "breakwater_1.2.3_" + runtime.GOOS + "_" + runtime.GOARCH
	if want := []string{name + ".cdx.json", name + ".tar.gz"}; !slices.Equal(names, want) {
		t.Fatalf("got %q, want %q", names, want)
	}
	if out, err := exec.Command("tar", "-xzf", repo.Path("dist/"+name+".tar.gz"), "-C", repo.Dir, "breakwater").CombinedOutput(); err != nil {
		t.Fatalf("tar: %v\n%s", err, out)
	}
	out, err := exec.Command(repo.Path("breakwater"), "version").Output()
	if got := strings.TrimSpace(string(out)); got != "breakwater 1.2.3" {
		t.Errorf("the program says %q; %v", got, err)
	}
}

// What releases is what the tests tried.
func TestReleaseTools(t *testing.T) {
	text := func(name ...string) string {
		b, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, name...)...))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	peers, workflow := text(".ci", "peers"), text(".github", "workflows", "release.yml")
	for tool, says := range map[string]string{"goreleaser/v2@": "version: ", "cyclonedx-gomod@": "cyclonedx-gomod@"} {
		_, rest, _ := strings.Cut(peers, tool)
		version, _, _ := strings.Cut(rest, "\n")
		version, _, _ = strings.Cut(version, " ")
		if version == "" || !strings.Contains(workflow, says+version+"\n") {
			t.Errorf("the peers have %s%s, and the release has not", tool, version)
		}
	}
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
