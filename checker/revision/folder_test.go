package revision

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

func TestFolderFollowsNoLinkAndEntersNoRepository(t *testing.T) {
	t.Parallel()
	outside := repotest.New(t)
	outside.Write("secret.proto", "message Secret {}")
	dir := repotest.New(t) // its own .git is not listed, and no reason to leave it out
	dir.Write("a/orders.proto", "message Order {}")
	dir.Link(outside.Dir, "a/outside")
	dir.Link("orders.proto", "a/link.proto")
	dir.Link("../a", "a/loop")
	dir.Write("vendored/.git", "gitdir: elsewhere")
	dir.Write("vendored/v.proto", "")
	dir.Write("inner/.git/HEAD", "ref: refs/heads/main")
	mkfifo(t, dir.Path("a/pipe.proto"))

	tree := must[*Tree](t)(Folder(dir.Dir))
	if got, want := paths(tree), []string{"a/orders.proto"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	var left []string
	for _, l := range tree.Left() {
		left = append(left, l.Path+": "+l.Why)
	}
	want := []string{
		"a/link.proto: " + whyLink, "a/loop: " + whyLink, "a/outside: " + whyLink, "a/pipe.proto: " + whySpecial,
		"inner: " + whyNested, "vendored: " + whyNested,
	}
	if !slices.Equal(left, want) {
		t.Errorf("left out:\n%s\nwant:\n%s", strings.Join(left, "\n"), strings.Join(want, "\n"))
	}
	for _, name := range []string{"a/outside/secret.proto", "a/link.proto", ".git/HEAD", "a/pipe.proto"} {
		if text, err := tree.ReadFile(name); err == nil {
			t.Errorf("%s can be read: %q", name, text)
		}
	}
}

// What a folder listed may be swapped before it is read.
func TestFolderReadsNoLinkThatWasMadeLater(t *testing.T) {
	t.Parallel()
	outside := repotest.New(t)
	outside.Write("f", "secret")
	dir := repotest.New(t)
	dir.Write("f", "1")
	dir.Write("sub/f", "1")
	tree := must[*Tree](t)(Folder(dir.Dir))
	dir.Remove("f")
	dir.Link(outside.Path("f"), "f")
	dir.Remove("sub")
	dir.Link(outside.Dir, "sub")
	for _, name := range []string{"f", "sub/f"} {
		if text, err := tree.ReadFile(name); err == nil {
			t.Errorf("%s was read through a link: %q", name, text)
		}
		if _, ok := tree.Blob(name); ok {
			t.Errorf("%s was hashed through a link", name)
		}
	}
}

func TestFolderThatIsALinkItselfIsMeant(t *testing.T) {
	t.Parallel()
	dir := repotest.New(t)
	dir.Write("v2/f", "1")
	dir.Link("v2", "current")
	tree := must[*Tree](t)(Folder(dir.Path("current")))
	if got := text(t, tree, "f"); got != "1" {
		t.Errorf("got %q", got)
	}
}

func TestFolderErrors(t *testing.T) {
	t.Parallel()
	dir := repotest.New(t)
	dir.Write("file", "")
	deep := filepath.Join(append([]string{dir.Dir}, slices.Repeat([]string{"d"}, MaxDepth+2)...)...)
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ dir, want string }{
		{dir.Path("none"), "no such file or directory"},
		{dir.Path("file"), "not a directory"},
		{dir.Dir, fmt.Sprintf("more than %d folders inside each other", MaxDepth)},
	}
	for _, tt := range tests {
		_, err := Folder(tt.dir)
		if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("folder %q: ", tt.dir)) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

func TestAFileBeyondTheLimitIsAnErrorAndStillComparable(t *testing.T) {
	t.Parallel()
	dir := repotest.New(t)
	dir.Write("small", "1")
	dir.Write("huge", "")
	if err := os.Truncate(dir.Path("huge"), MaxFile+1); err != nil {
		t.Fatal(err)
	}
	tree := must[*Tree](t)(Folder(dir.Dir))
	_, err := tree.ReadFile("huge")
	if want := fmt.Sprintf("read huge: the file has %d bytes; the most that is read is %d", MaxFile+1, MaxFile); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if id, ok := tree.Blob("huge"); !ok || id != dir.Git("hash-object", "huge") {
		t.Errorf("got %q, %v", id, ok)
	}

	dir.Commit("Add a huge file", nil)
	committed := must[*Tree](t)(openRepo(t, dir.Dir).Tree(t.Context(), "HEAD"))
	if _, err := committed.ReadFile("huge"); err == nil || !strings.Contains(err.Error(), "the most that is read") {
		t.Errorf("got %v", err)
	}
	if err := committed.Warm(t.Context(), []string{"huge", "small"}); err != nil {
		t.Error(err)
	}
	if got := text(t, committed, "small"); got != "1" { // git is asked anew
		t.Errorf("got %q", got)
	}
}

// closedFS has a folder that cannot be listed.
type closedFS struct{ fstest.MapFS }

func (c closedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "closed" || c.MapFS == nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrPermission}
	}
	return c.MapFS.ReadDir(name)
}

func TestFoldersThatCannotBeListedAreTold(t *testing.T) {
	t.Parallel()
	tree := Of("fs", closedFS{fstest.MapFS{"closed/f": {}, "open/f": {}, "bad\xff/f": {}, "bad\xff.proto": {}}})
	if got, want := paths(tree), []string{"open/f"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	want := []Left{{`"bad\xff"`, whyEncoding, ""}, {`"bad\xff.proto"`, whyEncoding, ""}, {"closed", "not readable: permission denied", ""}}
	if got := tree.Left(); !slices.Equal(got, want) {
		t.Errorf("left out: %v, want %v", got, want)
	}
	if got := Of("fs", closedFS{}).Left(); len(got) != 1 || got[0].Path != "." {
		t.Errorf("a file system that cannot be listed: %v", got)
	}
}

func TestAFolderBeyondTheLimitIsAnError(t *testing.T) {
	t.Parallel()
	huge := make(fstest.MapFS)
	for i := range MaxFolder + 1 {
		huge[fmt.Sprint(i)] = &fstest.MapFile{}
	}
	_, err := list("huge", huge)
	if want := "more than 200000 files and folders; name the folder that holds the contracts"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
