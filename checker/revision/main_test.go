package revision

import (
	"os"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

func TestMain(m *testing.M) {
	if out := os.Getenv(hookOutput); out != "" {
		os.Exit(runInHook(out))
	}
	repotest.Isolate()
	os.Exit(m.Run())
}

// openRepo opens the repository of dir for the time of the test.
func openRepo(t testing.TB, dir string) *Repo {
	t.Helper()
	r, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return r
}

// must ends the test at an error: must(t)(r.Tree(ctx, "main")).
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// paths lists a tree's files.
func paths(t *Tree) []string {
	list := []string{}
	for f := range t.Files() {
		list = append(list, f.Path)
	}
	return list
}

// text reads a file that is there.
func text(t testing.TB, tree *Tree, path string) string {
	t.Helper()
	return string(must[[]byte](t)(tree.ReadFile(path)))
}
