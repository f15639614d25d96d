package revision

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

var sample = repotest.Files{
	"orders.proto": "message Order {}\n", "a/b/deep.avsc": "{}", "a/b-first": "sorts between a/b and a/b/deep",
	"a.txt": "", "a/zone.sql": "select 1", "naïve name.yaml": "x: 1",
}

// Every kind of tree is a file system by the book.
func TestEveryTreeIsAFileSystem(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", sample)
	r := openRepo(t, repo.Dir)
	byPath := make(map[string][]byte)
	mapFS := make(fstest.MapFS)
	for path, text := range sample {
		byPath[path], mapFS[path] = []byte(text), &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	repo2 := repotest.New(t) // nothing is committed: every file is read from disk
	for path, text := range sample {
		repo2.Write(path, text)
	}
	bare := repo.Clone("--bare")
	nested := repotest.New(t)
	for path, text := range sample {
		nested.Write("below/"+path, text)
	}
	trees := map[string]*Tree{
		"memory":       Memory("memory", byPath),
		"any fs":       Of("fs", mapFS),
		"folder":       must[*Tree](t)(Folder(repo.Dir)),
		"commit":       must[*Tree](t)(r.Tree(t.Context(), "HEAD")),
		"index":        must[*Tree](t)(r.Index(t.Context())),
		"working tree": must[*Tree](t)(r.WorkingTree(t.Context())),
		"untracked":    must[*Tree](t)(openRepo(t, repo2.Dir).WorkingTree(t.Context())),
		"bare":         must[*Tree](t)(openRepo(t, bare.Dir).Tree(t.Context(), "main")),
		"sub-folder":   must[*Tree](t)(must[*Tree](t)(openRepo(t, nested.Dir).WorkingTree(t.Context())).sub("below")),
	}
	want := slices.Sorted(func(yield func(string) bool) {
		for path := range sample {
			if !yield(path) {
				return
			}
		}
	})
	for name, tree := range trees {
		t.Run(name, func(t *testing.T) {
			if err := fstest.TestFS(tree, want...); err != nil {
				t.Error(err)
			}
			if got := paths(tree); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			for _, path := range want {
				if got := text(t, tree, path); got != sample[path] {
					t.Errorf("%s: got %q, want %q", path, got, sample[path])
				}
				id, ok := tree.Blob(path)
				if wantID := repo.ID("HEAD:" + path); !ok || id != wantID {
					t.Errorf("%s: got the id %q, want git's %s", path, id, wantID)
				}
			}
			for f := range tree.Files() {
				if id, ok := f.Blob(); !ok || id != repo.ID("HEAD:"+f.Path) {
					t.Errorf("%s: got the id %q", f.Path, id)
				}
				break // which a caller may do
			}
			for other, tree2 := range trees {
				if got := Changed(tree2, tree); len(got) > 0 {
					t.Errorf("it differs from %s in %q", other, got)
				}
			}
		})
	}
}

func TestReadFileHandsOutACopy(t *testing.T) {
	t.Parallel()
	repo := repotest.New(t)
	repo.Commit("Begin", repotest.Files{"f": "text"})
	for _, tree := range []*Tree{
		must[*Tree](t)(openRepo(t, repo.Dir).Tree(t.Context(), "main")),
		Memory("memory", map[string][]byte{"f": []byte("text")}),
	} {
		must[[]byte](t)(tree.ReadFile("f"))[0] = 'n'
		if got := text(t, tree, "f"); got != "text" {
			t.Errorf("got %q after a caller changed what it was given", got)
		}
	}
}

func TestUnder(t *testing.T) {
	t.Parallel()
	tree := Memory("m", map[string][]byte{"a-b": nil, "a/x": nil, "a/y/z": nil, "a0": nil, "b": nil})
	tests := []struct {
		dir  string
		want []string
	}{
		{".", []string{"a-b", "a/x", "a/y/z", "a0", "b"}},
		{"a", []string{"a/x", "a/y/z"}},
		{"a/y", []string{"a/y/z"}},
		{"a/x", nil},
		{"b", nil},
		{"none", nil},
	}
	for _, tt := range tests {
		var got []string
		for f := range tree.Under(tt.dir) {
			got = append(got, f.Path)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("under %s: got %q, want %q", tt.dir, got, tt.want)
		}
	}
	if !tree.Has("a/x") || tree.Has("a") || tree.Has("none") || tree.Len() != 5 {
		t.Error("Has or Len does not fit the files")
	}
}

func TestListingLeavesOutWhatCannotBeAFile(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("0", 40)
	l := Listing{Entries: []Entry{
		{"z", id, 0o100644}, {"../up", id, 0o100644}, {"a/.git/config", id, 0o100644}, {"A/.GIT/config", id, 0o100644},
		{"/root", id, 0o100644}, {"a//b", id, 0o100644}, {"twice", id, 0o100644}, {"twice", id, 0o100755},
		{"bad\xff", id, 0o100644}, {"link", id, 0o120000}, {"sub", id, 0o160000}, {"odd", id, 0o10000}, {".", id, 0o100644},
		{"line\nbreak", id, 0o100755}, {"both", id, 0o100644}, {"both-", id, 0o100644}, {"both/x/y", id, 0o100644}, {"both/x", id, 0o100644},
	}}
	tree := l.Tree()
	if got, want := paths(tree), []string{"both-", "both/x/y", "line\nbreak", "z"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	want := map[string]string{
		"../up": whyPath, "a/.git/config": whyPath, "A/.GIT/config": whyPath, "/root": whyPath, "a//b": whyPath, ".": whyPath,
		"twice": whyTwice, "both": whyTwice, "both/x": whyTwice, `"bad\xff"`: whyEncoding, "link": whyLink, "sub": whySubmodule, "odd": whySpecial,
	}
	for _, left := range tree.Left() {
		if want[left.Path] != left.Why {
			t.Errorf("%s is left out as %s, want %q", left.Path, left.Why, want[left.Path])
		}
		delete(want, left.Path)
	}
	if len(want) > 0 {
		t.Errorf("not told: %v", want)
	}
}

func TestWhatIsLeftOutSaysWhyWhenItIsRead(t *testing.T) {
	t.Parallel()
	tree := Listing{
		Entries: []Entry{{Path: "link", Mode: modeLink}},
		Left:    []Left{{Path: "closed", Why: whyUnreadable + "permission denied"}},
	}.Tree()
	_, err := tree.ReadFile("link/below.proto")
	if want := "read link/below.proto: link is a symbolic link, which is not followed"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("a file behind a link does not count as absent")
	}
	if _, err := tree.ReadFile("closed/f"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file in a folder that cannot be listed is taken for absent: %v", err)
	}
	if _, err := tree.ReadFile("none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := tree.ReadFile("../none"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	base := Memory("base", map[string][]byte{"a/same": []byte("1"), "b/edited": []byte("1"), "gone": []byte("1")})
	head := Of("head", fstest.MapFS{
		"a/same": {Data: []byte("1")}, "b/edited": {Data: []byte("2")}, "new": {Data: nil},
	})
	if got, want := Changed(base, head), []string{"b/edited", "gone", "new"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Changed(base, base); got != nil {
		t.Errorf("a tree differs from itself in %q", got)
	}
	if id, _ := head.Blob("new"); id != "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391" {
		t.Errorf("the empty file is %s, not git's id", id)
	}
}

// A file that cannot be hashed is never taken for unchanged.
func TestChangedCountsWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	broken := Listing{
		Entries: []Entry{{Path: "f", Mode: modeRegular}},
		Open:    func(string) (fs.File, error) { return nil, fs.ErrPermission },
	}.Tree()
	if got := Changed(broken, broken); !slices.Equal(got, []string{"f"}) {
		t.Errorf("got %q", got)
	}
}

func TestChangedLeft(t *testing.T) {
	t.Parallel()
	base := Listing{Left: []Left{{"gone", whyLink, "1"}, {"link", whyLink, "1"}, {"same", whyLink, "1"}, {"unknown", whyNested, ""}}}.Tree()
	head := Listing{Left: []Left{{"link", whyLink, "2"}, {"new", whySubmodule, "1"}, {"same", whyLink, "1"}, {"unknown", whyNested, ""}}}.Tree()
	var got []string
	for _, l := range ChangedLeft(base, head) {
		got = append(got, l.Path+" "+l.ID)
	}
	if want := []string{"gone 1", "link 2", "new 1", "unknown "}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAListingIsReadAhead(t *testing.T) {
	var asked []string
	tree := Listing{
		Entries: []Entry{{"a/x", "1", 0o100644}, {"a/y", "2", 0o100644}, {"link", "3", 0o120000}},
		Warm: func(_ context.Context, entries []Entry) error {
			for _, e := range entries {
				asked = append(asked, e.Path+" "+e.Blob)
			}
			return nil
		},
	}.Tree()
	sub, err := tree.Sub("a")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{tree.Warm(t.Context(), []string{"a/y", "link", "nowhere"}), sub.(*Tree).Warm(t.Context(), []string{"x"})} {
		if err != nil {
			t.Error(err)
		}
	}
	if want := []string{"a/y 2", "a/x 1"}; !slices.Equal(asked, want) {
		t.Errorf("read ahead are %q, want %q", asked, want)
	}
	plain := Listing{Entries: []Entry{{"a", "1", 0o100644}}}.Tree()
	if err := plain.Warm(t.Context(), []string{"a"}); err != nil {
		t.Error(err)
	}
}
