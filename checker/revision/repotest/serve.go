package repotest

import (
	"encoding/base64"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A Server is a git server over HTTP, as a forge has one: it speaks git's own protocol
// and lets in who knows the token.
type Server struct {
	*httptest.Server

	mu       sync.Mutex
	requests []string // "POST /checkout.git/git-upload-pack"
	refused  int
	sent     int64

	before func(w http.ResponseWriter, req *http.Request) bool
}

// Serve serves the repositories that lie in the folder root under their names, to who
// knows the token; empty: to everybody.
func Serve(t testing.TB, root, token string) *Server {
	t.Helper()
	s := new(Server)
	git := Backend(t, root)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, req.Method+" "+req.URL.Path)
		before := s.before
		s.mu.Unlock()
		if before != nil && before(w, req) {
			return
		}
		if token != "" && !Knows(req, token) {
			s.mu.Lock()
			s.refused++
			s.mu.Unlock()
			Refuse(w)
			return
		}
		counting := &counter{ResponseWriter: w}
		git.ServeHTTP(counting, req)
		s.mu.Lock()
		s.sent += counting.n
		s.mu.Unlock()
	}))
	t.Cleanup(s.Close)
	return s
}

// Backend answers git's own protocol over HTTP for the repositories in the folder root.
func Backend(t testing.TB, root string) http.Handler {
	t.Helper()
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	return &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"), InheritEnv: []string{"PATH"},
		Env: []string{"GIT_HTTP_EXPORT_ALL=1", "GIT_PROJECT_ROOT=" + root, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	}
}

// Knows reports whether a request has the token, as a forge wants it from git.
func Knows(req *http.Request, token string) bool {
	return req.Header.Get("Authorization") == "basic "+base64.StdEncoding.EncodeToString([]byte("x-access-token:"+token))
}

// Refuse says that somebody has to log in.
func Refuse(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
	w.WriteHeader(http.StatusUnauthorized)
}

// Requests returns what was asked since the last call, how many bytes were sent, and how
// often somebody without the token was refused.
func (s *Server) Requests() (requests []string, sent int64, refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests, sent, refused = s.requests, s.sent, s.refused
	s.requests, s.sent, s.refused = nil, 0, 0
	return requests, sent, refused
}

// Hook has before answer requests itself, of which it says true; nil: it answers none.
func (s *Server) Hook(before func(w http.ResponseWriter, req *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = before
}

type counter struct {
	http.ResponseWriter
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n += int64(n)
	return n, err
}
