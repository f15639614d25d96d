package revision

import (
	"slices"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

func TestRemotes(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	opened, err := Open(t.Context(), repo.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if got := opened.Remotes(t.Context()); len(got) > 0 {
		t.Errorf("a repository without remotes has %q", got)
	}
	repo.Git("remote", "add", "origin", "git@forge.example:acme/shop.git")
	repo.Git("remote", "add", "mirror", "https://mirror.example/a shop")
	repo.Git("remote", "set-url", "--push", "origin", "https://push.example/shop")
	want := []string{"https://mirror.example/a shop", "git@forge.example:acme/shop.git"}
	if got := opened.Remotes(t.Context()); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
