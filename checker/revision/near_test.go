package revision

import (
	"fmt"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

// However near the other tree is, the files of a commit are the same.
func TestTreeNear(t *testing.T) {
	repo := repotest.New(t)
	first := repo.Commit("first", repotest.Files{"a/kept": "1", "a/edited": "1", "b/removed": "1", "b/empty": "", "turned": "file", "folder/inside": "1"})
	repo.Remove("b/removed")
	repo.Remove("turned")
	repo.Git("rm", "-r", "--quiet", "folder")
	repo.Link("a/kept", "link")
	repo.Commit("second", repotest.Files{"a/edited": "2", "turned/into": "a folder", "folder": "is a file"})
	repo.Write("untracked", "u")
	repo.Write("a/edited", "3")
	repo.Write("staged", "s")
	repo.Git("add", "staged")
	repo.Write("going to be added", "n")
	repo.Git("add", "--intent-to-add", "going to be added")

	r, err := Open(t.Context(), repo.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	work, err1 := r.WorkingTree(t.Context())
	index, err2 := r.Index(t.Context())
	head, err3 := r.Tree(t.Context(), "HEAD")
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	list := func(tree *Tree) string {
		return fmt.Sprint(tree.Name, tree.entries, tree.left)
	}
	for _, rev := range []string{first, "HEAD"} {
		far, err := open(t.Context(), repo.Dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer far.Close()
		want, err := far.Tree(t.Context(), rev)
		if err != nil {
			t.Fatal(err)
		}
		for name, near := range map[string]*Tree{"the working tree": work, "the index": index, "the head": head, "nothing": nil, "a folder": Memory("", nil)} {
			t.Run(rev+" near "+name, func(t *testing.T) {
				r.recent = nil
				got, err := r.TreeNear(t.Context(), rev, near)
				if err != nil || list(got) != list(want) {
					t.Errorf("got  %s, %v\nwant %s", list(got), err, list(want))
				}
				again, err := r.TreeNear(t.Context(), first, got) // what was found so is near to others, too
				if err != nil || again.Commit != first || rev == first && list(again) != list(want) {
					t.Errorf("and from there %s, %v", list(again), err)
				}
			})
		}
	}
}

func TestTreeNearAConflict(t *testing.T) {
	repo := repotest.New(t)
	repo.Commit("first", repotest.Files{"a": "1"})
	repo.Git("checkout", "--quiet", "-b", "other")
	repo.Commit("other", repotest.Files{"a": "2"})
	repo.Git("checkout", "--quiet", "main")
	repo.Commit("main", repotest.Files{"a": "3"})
	if _, err := repo.TryGit("merge", "other"); err == nil {
		t.Fatal("the merge has no conflict")
	}
	r, err := Open(t.Context(), repo.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	work, err := r.WorkingTree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.TreeNear(t.Context(), "other", work)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := got.ReadFile("a"); string(text) != "2" || err != nil {
		t.Errorf("a is %q, %v", text, err)
	}
}

func FuzzParseRaw(f *testing.F) {
	f.Add(":100644 000000 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 0000000000000000000000000000000000000000 D\x00a\x00")
	f.Fuzz(func(t *testing.T, out string) {
		differ, err := parseRaw(out)
		if err != nil && differ != nil {
			t.Error("an error and a result")
		}
	})
}
