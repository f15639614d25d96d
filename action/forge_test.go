package action

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
	"github.com/google/go-github/v60/github"
)

// scratch is a folder for what the tests share.
var scratch string

func TestMain(m *testing.M) {
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} { // they follow HOME, which goes
		if out, err := exec.Command("go", "env", name).Output(); err == nil {
			os.Setenv(name, strings.TrimSpace(string(out)))
		}
	}
	repotest.Isolate()
	var err error
	if scratch, err = os.MkdirTemp("", "breakwater-action-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(scratch)
	os.Exit(code)
}

// A forge is as much of GitHub's API as the action uses, with the limits that
// GitHub has.
type forge struct {
	*httptest.Server
	t testing.TB

	mu       sync.Mutex
	comments []*github.IssueComment
	reviews  []*github.PullRequestReview
	teams    map[string][]string // "acme/finance": logins
	head     string              // of the pull request
	compare  string              // the answer to a comparison; empty: 404
	next     int64
	asked    []string // "POST /repos/…"
	lists    int

	// before may answer a request itself, and then returns true.
	before func(w http.ResponseWriter, req *http.Request) bool
}

const (
	us  = "breakwater-test[bot]"
	rev = "1111111111111111111111111111111111111111"
)

func newForge(t testing.TB) *forge {
	f := &forge{t: t, head: rev, next: 1}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /user", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusForbidden) })
	mux.HandleFunc("POST /graphql", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"data":{"viewer":{"login":%q}}}`, us)
	})
	const issue, comment = "/repos/acme/checkout/issues/7/comments", "/repos/acme/checkout/issues/comments/{id}"
	mux.HandleFunc("GET /repos/acme/checkout/pulls/7", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"number":7,"head":{"sha":%q}}`, f.head)
	})
	mux.HandleFunc("GET /repos/acme/checkout/pulls/7/reviews", func(w http.ResponseWriter, req *http.Request) {
		page(w, req, f.URL, f.reviews)
	})
	mux.HandleFunc("GET /orgs/{org}/teams/{team}/memberships/{login}", func(w http.ResponseWriter, req *http.Request) {
		if !slices.Contains(f.teams[req.PathValue("org")+"/"+req.PathValue("team")], req.PathValue("login")) {
			refuse(w, http.StatusNotFound)
			return
		}
		fmt.Fprint(w, `{"state":"active"}`)
	})
	mux.HandleFunc("GET /repos/acme/checkout/compare/{basehead}", func(w http.ResponseWriter, _ *http.Request) {
		if f.compare == "" {
			refuse(w, http.StatusNotFound)
			return
		}
		fmt.Fprint(w, f.compare)
	})
	mux.HandleFunc("GET "+issue, func(w http.ResponseWriter, req *http.Request) { f.lists++; page(w, req, f.URL, f.comments) })
	mux.HandleFunc("POST "+issue, func(w http.ResponseWriter, req *http.Request) {
		if body, ok := read(w, req); ok {
			json.NewEncoder(w).Encode(f.add(us, body))
		}
	})
	mux.HandleFunc("PATCH "+comment, func(w http.ResponseWriter, req *http.Request) {
		if c := f.find(req); c == nil {
			refuse(w, http.StatusNotFound)
		} else if body, ok := read(w, req); ok {
			c.Body = &body
			json.NewEncoder(w).Encode(c)
		}
	})
	mux.HandleFunc("DELETE "+comment, func(w http.ResponseWriter, req *http.Request) {
		c := f.find(req)
		if c == nil {
			refuse(w, http.StatusNotFound)
			return
		}
		f.comments = slices.DeleteFunc(f.comments, func(other *github.IssueComment) bool { return other == c })
		w.WriteHeader(http.StatusNoContent)
	})
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.asked = append(f.asked, req.Method+" "+req.URL.Path)
		switch {
		case f.before != nil && f.before(w, req):
		case req.Header.Get("Authorization") != "Bearer token":
			refuse(w, http.StatusUnauthorized)
		default:
			mux.ServeHTTP(w, req)
		}
	}))
	t.Cleanup(f.Close)
	return f
}

func refuse(w http.ResponseWriter, code int) {
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"message":%q}`, http.StatusText(code))
}

// read reads the body of a comment, and refuses what GitHub refuses.
func read(w http.ResponseWriter, req *http.Request) (string, bool) {
	var c github.IssueComment
	json.NewDecoder(req.Body).Decode(&c)
	if n := utf8.RuneCountInString(c.GetBody()); n == 0 || n > 65_536 {
		refuse(w, http.StatusUnprocessableEntity)
		return "", false
	}
	return c.GetBody(), true
}

func page[T any](w http.ResponseWriter, req *http.Request, base string, all []T) {
	n, _ := strconv.Atoi(req.URL.Query().Get("page"))
	per, _ := strconv.Atoi(req.URL.Query().Get("per_page"))
	from := (max(n, 1) - 1) * per
	to := min(from+per, len(all))
	if to < len(all) {
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?page=%d>; rel="next"`, base, req.URL.Path, max(n, 1)+1))
	}
	json.NewEncoder(w).Encode(all[min(from, len(all)):to])
}

func (f *forge) add(login, body string) *github.IssueComment {
	id := f.next
	f.next++
	url := fmt.Sprintf("%s/acme/checkout/pull/7#issuecomment-%d", "https://forge.example", id)
	c := &github.IssueComment{ID: &id, Body: &body, HTMLURL: &url, User: &github.User{Login: &login}}
	f.comments = append(f.comments, c)
	return c
}

func (f *forge) find(req *http.Request) *github.IssueComment {
	for _, c := range f.comments {
		if fmt.Sprint(c.GetID()) == req.PathValue("id") {
			return c
		}
	}
	return nil
}

// count says how often a method was asked for.
func (f *forge) count(method string) (n int) {
	for _, a := range f.asked {
		if strings.HasPrefix(a, method+" ") && !strings.HasSuffix(a, "/graphql") {
			n++
		}
	}
	return n
}

func (f *forge) comment(token string) *Comment {
	client, err := NewClient(f.URL, token, time.Millisecond)
	if err != nil {
		f.t.Fatal(err)
	}
	return &Comment{Client: client, Owner: "acme", Repo: "checkout", Number: 7, ID: "ci/contracts", Rev: rev}
}

func says(text string) Body {
	return Body{Create: true, Render: func(int) string { return text }}
}
