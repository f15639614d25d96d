package revision

import (
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

func TestAnonymous(t *testing.T) {
	for address, want := range map[string]string{
		"https://me:secret@git.example/a/b": "https://git.example/a/b",
		"https://git.example/a@b/c":         "https://git.example/a@b/c",
		"git@git.example:a/b":               "git.example:a/b",
		"../a@b":                            "../a@b",
	} {
		if got := Anonymous(address); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

func TestFetchCommit(t *testing.T) {
	far := repotest.New(t)
	first := far.Commit("one", repotest.Files{"a.txt": "one"})
	far.Commit("two", repotest.Files{"a.txt": "two"})
	far.Git("tag", "v1", first)
	for rev, want := range map[string]string{"": "two", "main": "two", "v1": "one"} {
		repo, tree, err := FetchCommit(t.Context(), far.URL(), rev, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if got := text(t, tree, "a.txt"); got != want {
			t.Errorf("%q: got %q", rev, got)
		}
		if err := repo.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestFetchCommitRefuses(t *testing.T) {
	for _, tt := range []struct{ address, rev, want string }{
		{"../a", "", "want the address of a repository"},
		{"--upload-pack=touch x;://", "", "want the address"},
		{"ext::sh -c touch% x://", "", "not allowed"},
		{"https://git.example/a", "--upload-pack=x", "revision"},
		{"https://git.example/a", "a:b", "want a branch, a tag"},
		{"file:///nowhere/at/all", "", "file:///nowhere/at/all"},
	} {
		repo, _, err := FetchCommit(t.Context(), tt.address, tt.rev, t.TempDir())
		if err == nil {
			repo.Close()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: %v", tt.address, tt.rev, err)
		}
	}
}
