package revision

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

// parted makes a repository whose branches main and change have n commits each
// since they parted, and returns where they parted and their tips.
func parted(t *testing.T, n int) (origin *repotest.Repo, left, main, change string) {
	origin = repotest.New(t)
	left = origin.Commit("start", repotest.Files{"a.txt": "a", "b/c.txt": "c"})
	origin.Branch("change")
	for range n {
		change = origin.Commit("change", repotest.Files{"a.txt": "changed"})
	}
	origin.Branch("main")
	for range n {
		main = origin.Commit("go on", repotest.Files{"d.txt": "d"})
	}
	return origin, left, main, change
}

func TestFetchBringsCommitsAndLeavesTheRest(t *testing.T) {
	origin, left, main, change := parted(t, 3)
	clone := origin.Clone("--depth=1", "--branch=change")
	refs, status := clone.Git("for-each-ref"), clone.Git("status", "--porcelain")
	r := openRepo(t, clone.Dir)
	if err := r.Fetch(t.Context(), Remote{}, left, main, change); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{left: "a", change: "changed"} {
		if got := text(t, must[*Tree](t)(r.Tree(t.Context(), id)), "a.txt"); got != want {
			t.Errorf("a.txt at %s is %q, want %q", id, got, want)
		}
	}
	if got := clone.Git("for-each-ref"); got != refs {
		t.Errorf("the refs are\n%s\nand were\n%s", got, refs)
	}
	if got := clone.Git("status", "--porcelain"); got != status {
		t.Errorf("the status is %q", got)
	}
	if !r.Shallow() {
		t.Error("the clone is not shallow any more")
	}
	before := r.git.started.Load()
	if err := r.Fetch(t.Context(), Remote{}, left, main, change); err != nil || r.git.started.Load() != before {
		t.Errorf("what is there was asked for again (%v)", err)
	}
}

func TestFetchKeepsAWholeHistoryWhole(t *testing.T) {
	origin, _, main, _ := parted(t, 2)
	clone := origin.Clone("--single-branch", "--branch=change")
	r := openRepo(t, clone.Dir)
	if err := r.Fetch(t.Context(), Remote{}, main); err != nil {
		t.Fatal(err)
	}
	if got := clone.Git("rev-list", "--count", main); got != "3" || r.Shallow() {
		t.Errorf("main has %s commits, and shallow is %v", got, r.Shallow())
	}
}

func TestFetchMergeBaseDeepensUntilTheyMeet(t *testing.T) {
	origin, left, main, change := parted(t, 60)
	clone := origin.Clone("--depth=1", "--branch=change")
	r := openRepo(t, clone.Dir)
	if err := r.Fetch(t.Context(), Remote{}, main, change); err != nil {
		t.Fatal(err)
	}
	got, err := r.FetchMergeBase(t.Context(), Remote{}, main, change)
	if err != nil || got != left {
		t.Errorf("got %s, %v; want %s", got, err, left)
	}
}

func TestFetchSaysWhatIsNotThere(t *testing.T) {
	origin, _, _, _ := parted(t, 1)
	clone := origin.Clone("--depth=1")
	r := openRepo(t, clone.Dir)
	gone := strings.Repeat("12345678", 5)
	err := r.Fetch(t.Context(), Remote{}, gone)
	if err == nil || !strings.Contains(err.Error(), "commits 1234567 are not in this clone") ||
		!strings.Contains(err.Error(), "run: git fetch --deepen=200 origin "+gone) {
		t.Errorf("got %v", err)
	}
	if err := r.Fetch(t.Context(), Remote{}, "--upload-pack=/bin/false"); err == nil || !strings.Contains(err.Error(), "no commit's full id") {
		t.Errorf("an option as an id: %v", err)
	}
}

// A gate is a git server over HTTP that lets in who knows the token, once.
type gate struct {
	*httptest.Server
	mu      sync.Mutex
	letters []string // the Authorization headers that came
}

func serve(t *testing.T, dir string) *gate {
	backend := repotest.Backend(t, filepath.Dir(dir))
	g := &gate{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		g.mu.Lock()
		g.letters = append(g.letters, strings.Join(req.Header.Values("Authorization"), " and "))
		g.mu.Unlock()
		if !repotest.Knows(req, "secret") {
			repotest.Refuse(w)
			return
		}
		backend.ServeHTTP(w, req)
	}))
	t.Cleanup(g.Close)
	return g
}

func TestTheTokenGoesToItsServerOnly(t *testing.T) {
	origin, _, main, _ := parted(t, 1)
	clone := origin.Clone("--depth=1", "--branch=change")
	g := serve(t, origin.Dir)
	clone.Git("remote", "set-url", "origin", g.URL+"/"+filepath.Base(origin.Dir))

	tests := []struct {
		name   string
		from   Remote
		config string
		want   string // in the letters
		ok     bool
	}{
		{"no token", Remote{Server: g.URL}, "", "", false},
		{"a token for another server", Remote{Server: "https://github.example", Token: "secret"}, "", "", false},
		{"credentials of its own", Remote{Server: g.URL, Token: "secret"}, "AUTHORIZATION: basic own", "basic own", false},
		{"a token for this server", Remote{Server: g.URL, Token: "secret"}, "", "basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:secret")), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.config != "" {
				clone.Git("config", "http."+g.URL+"/.extraheader", tt.config)
				defer clone.Git("config", "--unset", "http."+g.URL+"/.extraheader")
			}
			g.letters = nil
			r := openRepo(t, clone.Dir)
			err := r.Fetch(t.Context(), tt.from, main)
			if (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
			for _, letter := range g.letters {
				if letter != tt.want {
					t.Errorf("the server was told %q, want %q", letter, tt.want)
				}
			}
			if len(g.letters) == 0 {
				t.Error("the server was not asked")
			}
		})
	}
}
