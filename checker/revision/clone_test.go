package revision

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

const letIn = "a token of the test's own"

// elsewhere serves a repository, and returns how a clone of it begins.
func elsewhere(t testing.TB, origin *repotest.Repo) (*repotest.Server, Origin) {
	s := repotest.Serve(t, filepath.Dir(origin.Dir), letIn)
	return s, Origin{Address: s.URL + "/" + filepath.Base(origin.Dir), Token: func(context.Context) (string, error) { return letIn, nil }}
}

func openClone(t testing.TB, dir string, from Origin) *Clone {
	t.Helper()
	c, err := OpenClone(t.Context(), dir, from)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func idsOf(entries []Entry, names ...string) (ids []string) {
	for _, e := range entries {
		if slices.Contains(names, e.Path) {
			ids = append(ids, e.Blob)
		}
	}
	return ids
}

// large makes a repository of n files in many folders, of which one is another in the
// second commit.
func large(t testing.TB, n int) (origin *repotest.Repo, first, second string) {
	origin = repotest.New(t)
	files := make(repotest.Files)
	for i := range n {
		files[fmt.Sprintf("team%d/service%d/file%d.txt", i%40, i%500, i)] = fmt.Sprintf("file %d\n%s", i, strings.Repeat(fmt.Sprint(i*7919), 60))
	}
	files["contracts/orders.yaml"] = "version: 1\n"
	first = origin.Import("first", files)
	second = origin.Commit("second", repotest.Files{"contracts/orders.yaml": "version: 2\n"})
	return origin, first, second
}

func TestACloneTransfersOnlyWhatIsNeeded(t *testing.T) {
	if testing.Short() {
		t.Skip("a repository of 20,000 files")
	}
	const files = 20_000
	origin, first, second := large(t, files)
	server, from := elsewhere(t, origin)
	c := openClone(t, filepath.Join(t.TempDir(), "clone"), from)
	list := func(commit string, changed string) int64 {
		t.Helper()
		entries, err := c.Entries(t.Context(), commit)
		if err != nil || len(entries) != files+1 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		if err := c.Bring(t.Context(), idsOf(entries, "contracts/orders.yaml")); err != nil {
			t.Fatal(err)
		}
		if text, err := c.Blob(idsOf(entries, "contracts/orders.yaml")[0]); string(text) != changed || err != nil {
			t.Errorf("the file is %q, %v", text, err)
		}
		_, sent, _ := server.Requests()
		return sent
	}
	whole := list(first, "version: 1\n")
	next := list(second, "version: 2\n")
	objects := strings.Fields(origin.Git("count-objects", "-v"))
	t.Logf("the first commit and a file of it: %d bytes; the next: %d bytes; the repository has %v", whole, next, objects)
	if next > 20_000 || next > whole/20 {
		t.Errorf("the listing of the next commit costs %d bytes, that of the first %d", next, whole)
	}
	held := strings.Count(must[string](t)(gitIn(c.dir, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)")), "blob")
	if held != 2 {
		t.Errorf("the clone has %d files, want the two that were read", held)
	}
	again, _, _ := server.Requests()
	if _, err := c.Entries(t.Context(), first); err != nil || len(again) > 0 {
		t.Errorf("what is there was asked for: %q, %v", again, err)
	}
}

func gitIn(dir string, args ...string) (string, error) {
	out, err := (&git{dir: dir, env: environ(os.Environ(), false)}).run(context.Background(), nil, args...)
	return string(out), err
}

func TestManyFilesAreOneRequest(t *testing.T) {
	origin, _, second := large(t, 200)
	server, from := elsewhere(t, origin)
	c := openClone(t, filepath.Join(t.TempDir(), "clone"), from)
	entries, err := c.Entries(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	server.Requests()
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.Blob)
	}
	if err := c.Bring(t.Context(), append(ids, ids...)); err != nil {
		t.Fatal(err)
	}
	requests, _, _ := server.Requests()
	packs := slices.DeleteFunc(requests, func(r string) bool { return !strings.HasPrefix(r, "POST ") })
	if len(packs) > 2 { // what the server can, and the files
		t.Errorf("%d files are %d requests: %q", len(ids), len(packs), packs)
	}
	if err := c.Warm(ids); err != nil {
		t.Error(err)
	}
	for _, id := range ids {
		if _, err := c.Blob(id); err != nil {
			t.Fatal(err)
		}
	}
	if more, _, _ := server.Requests(); len(more) > 0 {
		t.Errorf("reading asks the server: %q", more)
	}
}

func TestACloneNeverAsksByItself(t *testing.T) {
	origin, _, second := large(t, 3)
	server, from := elsewhere(t, origin)
	c := openClone(t, filepath.Join(t.TempDir(), "clone"), from)
	entries, err := c.Entries(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	server.Requests()
	if text, err := c.Blob(entries[0].Blob); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a file that was not brought is %q, %v", text, err)
	}
	if requests, _, _ := server.Requests(); len(requests) > 0 {
		t.Errorf("it asks for %q", requests)
	}
}

func TestTheTokenIsNowhereOnDisk(t *testing.T) {
	origin, first, _ := large(t, 3)
	server, from := elsewhere(t, origin)
	dir := filepath.Join(t.TempDir(), "clone")
	asked := 0
	from.Token = func(context.Context) (string, error) {
		if asked++; asked == 1 {
			return "another token", nil
		}
		return letIn, nil
	}
	c := openClone(t, dir, from)
	if _, err := c.Entries(t.Context(), first); err == nil || strings.Contains(err.Error(), "another token") || errors.Is(err, ErrNoCommit) {
		t.Errorf("with another token: %v", err)
	}
	if _, _, refused := server.Requests(); refused == 0 {
		t.Error("the server let in who does not know the token")
	}
	if _, err := c.Entries(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if strings.Contains(string(text), letIn) || strings.Contains(string(text), "AUTHORIZATION") {
			t.Errorf("%s has the token", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if hooks, err := os.ReadDir(filepath.Join(dir, "hooks")); len(hooks) > 0 {
		t.Errorf("the clone has hooks: %v, %v", hooks, err)
	}
	from.Token = func(context.Context) (string, error) { return "", errors.New("the installation was removed") }
	if _, err := openClone(t, dir, from).Entries(t.Context(), strings.Repeat("12345678", 5)); err == nil || !strings.Contains(err.Error(), "installation was removed") {
		t.Errorf("without a token: %v", err)
	}
}

func TestACommitThatIsGoneIsToldFromAServerThatIs(t *testing.T) {
	origin, _, _ := large(t, 3)
	server, from := elsewhere(t, origin)
	c := openClone(t, filepath.Join(t.TempDir(), "clone"), from)
	gone := strings.Repeat("12345678", 5)
	if _, err := c.Entries(t.Context(), gone); !errors.Is(err, ErrNoCommit) {
		t.Errorf("got %v", err)
	}
	if err := c.Answers(t.Context()); err != nil {
		t.Errorf("the server answers, and we are told %v", err)
	}
	server.Hook(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusBadGateway)
		return true
	})
	if _, err := c.Entries(t.Context(), gone); err == nil || errors.Is(err, ErrNoCommit) {
		t.Errorf("the server is down, and we are told %v", err)
	}
	if err := c.Answers(t.Context()); err == nil {
		t.Error("the server is down, and is said to answer")
	}
	if _, err := c.Entries(t.Context(), "--upload-pack=/bin/false"); err == nil || !strings.Contains(err.Error(), "no full id") {
		t.Errorf("an option as an id: %v", err)
	}
	if err := c.Bring(t.Context(), []string{"HEAD"}); err == nil || !strings.Contains(err.Error(), "no full id") {
		t.Errorf("a name as an id: %v", err)
	}
}

func TestALinkToAnotherServerIsNotFollowed(t *testing.T) {
	origin, first, _ := large(t, 3)
	server, from := elsewhere(t, origin)
	var told []string
	other := repotest.Serve(t, filepath.Dir(origin.Dir), "")
	other.Hook(func(_ http.ResponseWriter, req *http.Request) bool {
		told = append(told, req.Header.Get("Authorization"))
		return false
	})
	server.Hook(func(w http.ResponseWriter, req *http.Request) bool {
		http.Redirect(w, req, other.URL+req.URL.RequestURI(), http.StatusMovedPermanently)
		return true
	})
	c := openClone(t, filepath.Join(t.TempDir(), "clone"), from)
	if _, err := c.Entries(t.Context(), first); err == nil || len(told) > 0 {
		t.Errorf("the other server was told %q, %v", told, err)
	}
}

func TestWhatWasLeftHalfDoneIsHealed(t *testing.T) {
	origin, first, second := large(t, 3)
	_, from := elsewhere(t, origin)
	dir := filepath.Join(t.TempDir(), "clone")
	c := openClone(t, dir, from)
	if _, err := c.Entries(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	c.Close()
	for _, name := range []string{"shallow.lock", "config.lock", "packed-refs.lock", "HEAD.lock", "objects/pack/tmp_pack_x", "refs/at/x.lock"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c = openClone(t, dir, from)
	for _, commit := range []string{first, second} {
		if entries, err := c.Entries(t.Context(), commit); err != nil || len(entries) != 4 {
			t.Errorf("%d entries, %v", len(entries), err)
		}
	}
}

func TestACloneHasALimit(t *testing.T) {
	origin, first, _ := large(t, 3)
	server, from := elsewhere(t, origin)
	from.Max = 1
	released := make(chan struct{})
	server.Hook(func(_ http.ResponseWriter, req *http.Request) bool {
		select { // slowly
		case <-req.Context().Done():
		case <-released:
		}
		return false
	})
	defer close(released)
	c := openClone(t, filepath.Join(t.TempDir(), "clone"), from)
	if _, err := c.Entries(t.Context(), first); err == nil || !strings.Contains(err.Error(), "the most is 0") {
		t.Errorf("got %v", err)
	}
}

func TestManyMayUseAClone(t *testing.T) {
	origin, first, second := large(t, 50)
	_, from := elsewhere(t, origin)
	c := openClone(t, filepath.Join(t.TempDir(), "clone"), from)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			entries, err := c.Entries(t.Context(), []string{first, second}[i%2])
			if err == nil {
				err = c.Bring(t.Context(), idsOf(entries, "contracts/orders.yaml", entries[i].Path))
			}
			if err == nil {
				_, err = c.Blob(entries[i].Blob)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestACloneIsOfWhatAServerHas(t *testing.T) {
	for _, address := range []string{"", "/etc", "file:///etc", "ext::sh -c touch% /tmp/x", "https://user:word@forge.example/a.git", "ssh://forge.example/a.git"} {
		if _, err := OpenClone(t.Context(), filepath.Join(t.TempDir(), "clone"), Origin{Address: address}); err == nil || strings.Contains(err.Error(), "word") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
