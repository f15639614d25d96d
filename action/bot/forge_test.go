package bot

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/google/go-github/v60/github"
)

// A forge is as much of GitHub as the bot uses, with the limits that GitHub has.
type forge struct {
	*httptest.Server
	t testing.TB

	mu         sync.Mutex
	repos      map[string]*forgeRepo
	teams      map[string][]string // "acme/finance": logins
	deliveries []*forgeDelivery
	redelivers []int64
	next       int64
	asked      []string // "POST /repos/…"; of those that count
	unchanged  int      // answers that cost nothing
	git        *forgeGit
	left       int // of the hour's requests; zero: many
	limit      int
	reset      time.Time
	most       int // files that a listing has; zero: any number

	// before may answer a request itself, and then returns true.
	before func(w http.ResponseWriter, req *http.Request) bool
}

type forgeRepo struct {
	name     string
	private  bool
	branches map[string]string
	commits  map[string]forgeCommit
	blobs    map[string]string
	pulls    map[int]*forgePull
	comments []*forgeComment
	runs     []*forgeRun
	issues   []*forgeIssue
	writers  []string
	gone     bool
	folders  map[string]forgeFolder
}

type forgeCommit struct {
	parent string
	tree   string // git's id of the files
	files  map[string]string
}

type forgePull struct {
	number           int
	head, base, from string // a commit, a branch, a repository
	author, state    string
	created          time.Time
	title, body      string
	merged           bool
	reviews          []*github.PullRequestReview
}

type forgeComment struct {
	id          int64
	issue       int
	login, body string
	edits       int
}

type forgeRun struct {
	ID                                                        int64
	Head, External, Status, Conclusion, Title, Summary, Label string
	Annotations                                               []*github.CheckRunAnnotation
	finishes                                                  int
}

type forgeDelivery struct {
	id    int64
	guid  string
	event string
	code  int
	at    time.Time
}

const (
	us           = "breakwater[bot]"
	installation = 41
	appID        = 7
)

func newForge(t testing.TB) *forge {
	f := &forge{t: t, repos: make(map[string]*forgeRepo), teams: make(map[string][]string), next: 100}
	f.Server = httptest.NewServer(f.handler())
	t.Cleanup(f.Close)
	return f
}

func (f *forge) repo(name string, files map[string]string) *forgeRepo {
	r := &forgeRepo{
		name: name, private: true, branches: make(map[string]string), commits: make(map[string]forgeCommit), blobs: make(map[string]string),
		pulls: make(map[int]*forgePull),
	}
	f.mu.Lock()
	f.repos[name] = r
	f.mu.Unlock()
	r.commit(f, "main", "", files)
	return r
}

// commit puts files on a branch, on top of parent.
func (r *forgeRepo) commit(f *forge, branch, parent string, files map[string]string) (id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := maps.Clone(r.commits[parent].files)
	if all == nil {
		all = make(map[string]string)
	}
	for name, text := range files {
		if text == "" {
			delete(all, name)
			continue
		}
		all[name] = text
		r.blobs[blobID(text)] = text
	}
	f.next++
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d %v", r.name, f.next, all))
	id = hex.EncodeToString(sum[:])
	r.commits[id], r.branches[branch] = forgeCommit{parent, treeOf(all), all}, id
	return id
}

// treeOf returns git's id of files.
func treeOf(files map[string]string) string {
	var entries []revision.Entry
	for name, text := range files {
		entries = append(entries, revision.Entry{Path: name, Blob: blobID(text), Mode: 0o100644})
	}
	return revision.TreeID(entries)
}

func blobID(text string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(text), text))
	return hex.EncodeToString(sum[:])
}

// open opens a pull request of a branch.
func (r *forgeRepo) open(f *forge, number int, branch, author string) *forgePull {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := &forgePull{number: number, head: r.branches[branch], base: "main", from: r.name, author: author, state: "open"}
	r.pulls[number] = p
	return p
}

func (r *forgeRepo) mergeBase(a, b string) string {
	seen := make(map[string]bool)
	for c := a; c != ""; c = r.commits[c].parent {
		seen[c] = true
	}
	for c := b; c != ""; c = r.commits[c].parent {
		if seen[c] {
			return c
		}
	}
	return ""
}

func (r *forgeRepo) resolve(ref string) string {
	if id, ok := r.branches[ref]; ok {
		return id
	}
	if _, ok := r.commits[ref]; ok {
		return ref
	}
	return ""
}

// ours returns our comments on a pull request that begin so.
func (f *forge) ours(r *forgeRepo, number int, prefix string) (bodies []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range r.comments {
		if c.issue == number && c.login == us && strings.HasPrefix(c.body, prefix) {
			bodies = append(bodies, c.body)
		}
	}
	return bodies
}

func (f *forge) runsOf(r *forgeRepo, head string) (runs []forgeRun) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, run := range r.runs {
		if run.Head == head {
			runs = append(runs, *run)
		}
	}
	return runs
}

func (f *forge) say(r *forgeRepo, number int, login, body string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next++
	r.comments = append(r.comments, &forgeComment{id: f.next, issue: number, login: login, body: body})
	return f.next
}

func refuse(w http.ResponseWriter, code int) {
	message := http.StatusText(code)
	if w.Header().Get("Retry-After") != "" && w.Header().Get("X-RateLimit-Remaining") != "0" {
		message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
	}
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"message":%q}`, message)
}

type object = map[string]any

func (f *forge) handler() http.Handler {
	mux := http.NewServeMux()
	answer := func(pattern string, do func(req *http.Request) (int, any)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, req *http.Request) {
			code, v := do(req)
			if code >= 400 {
				refuse(w, code)
				return
			}
			text, plain := v.([]byte)
			if !plain {
				text, _ = json.Marshal(v)
			}
			tag := fmt.Sprintf(`"%x"`, sha256.Sum256(text))
			f.sayBudget(w)
			if req.Method == http.MethodGet {
				w.Header().Set("ETag", tag)
				if req.Header.Get("If-None-Match") == tag {
					f.unchanged++
					f.asked = f.asked[:len(f.asked)-1]
					w.WriteHeader(http.StatusNotModified)
					return
				}
			}
			w.WriteHeader(code)
			w.Write(text)
		})
	}
	inRepo := func(pattern string, do func(r *forgeRepo, req *http.Request) (int, any)) {
		answer(pattern, func(req *http.Request) (int, any) {
			r := f.repos[req.PathValue("owner")+"/"+req.PathValue("repo")]
			if r == nil || r.gone {
				return 404, nil
			}
			return do(r, req)
		})
	}
	f.appRoutes(answer)
	f.gitRoutes(inRepo)
	f.gitRefRoutes(inRepo)
	f.pullRoutes(inRepo)
	f.runRoutes(inRepo)
	f.issueRoutes(inRepo)
	answer("GET /orgs/{org}/teams/{team}/memberships/{login}", func(req *http.Request) (int, any) {
		if !slices.Contains(f.teams[req.PathValue("org")+"/"+req.PathValue("team")], req.PathValue("login")) {
			return 404, nil
		}
		return 200, object{"state": "active"}
	})
	mux.HandleFunc("GET /archive/{owner}/{repo}/{commit}", f.archive)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.git.serve(w, req) {
			return
		}
		f.asked = append(f.asked, req.Method+" "+req.URL.Path)
		switch {
		case f.before != nil && f.before(w, req):
		case req.Header.Get("Authorization") == "" && !strings.HasPrefix(req.URL.Path, "/archive/"):
			refuse(w, http.StatusUnauthorized)
		default:
			mux.ServeHTTP(w, req)
		}
	})
}

func (f *forge) appRoutes(answer func(pattern string, do func(req *http.Request) (int, any))) {
	answer("POST /app/installations/{id}/access_tokens", func(req *http.Request) (int, any) {
		return 201, object{"token": "ghs_" + req.PathValue("id"), "expires_at": time.Now().Add(time.Hour)}
	})
	answer("GET /app", func(*http.Request) (int, any) { return 200, object{"id": appID, "slug": "breakwater"} })
	answer("GET /app/installations", func(*http.Request) (int, any) { return 200, []object{{"id": installation}} })
	answer("GET /repos/{owner}/{repo}/installation", func(*http.Request) (int, any) { return 200, object{"id": installation} })
	answer("GET /installation/repositories", func(*http.Request) (int, any) {
		var all []object
		for _, name := range slices.Sorted(maps.Keys(f.repos)) {
			all = append(all, f.repos[name].json())
		}
		return 200, object{"total_count": len(all), "repositories": all}
	})
	answer("GET /app/hook/deliveries", func(*http.Request) (int, any) {
		all := []object{}
		for _, d := range f.deliveries {
			all = append(all, object{"id": d.id, "guid": d.guid, "event": d.event, "status_code": d.code, "delivered_at": d.at})
		}
		return 200, all
	})
	answer("POST /app/hook/deliveries/{id}/attempts", func(req *http.Request) (int, any) {
		id, _ := strconv.ParseInt(req.PathValue("id"), 10, 64)
		f.redelivers = append(f.redelivers, id)
		return 202, object{}
	})
}

func (r *forgeRepo) json() object {
	owner, name, _ := strings.Cut(r.name, "/")
	visibility := "public"
	if r.private {
		visibility = "private"
	}
	return object{
		"full_name": r.name, "name": name, "owner": object{"login": owner}, "default_branch": "main", "private": r.private, "visibility": visibility,
		"html_url": "https://forge.example/" + r.name,
	}
}

func page[T any](req *http.Request, all []T) []T {
	n, _ := strconv.Atoi(req.URL.Query().Get("page"))
	per, _ := strconv.Atoi(req.URL.Query().Get("per_page"))
	per = cmp.Or(per, 30)
	from := min((max(n, 1)-1)*per, len(all))
	return append([]T{}, all[from:min(from+per, len(all))]...)
}

func (f *forge) pullRoutes(inRepo func(pattern string, do func(r *forgeRepo, req *http.Request) (int, any))) {
	pull := func(r *forgeRepo, req *http.Request) *forgePull {
		n, _ := strconv.Atoi(req.PathValue("number"))
		return r.pulls[n]
	}
	shown := func(r *forgeRepo, p *forgePull) object {
		head := r.json()
		head["full_name"] = p.from
		o := object{
			"comments": r.said(p.number), "number": p.number, "state": p.state, "title": p.title, "body": p.body, "merged": p.merged, "user": object{"login": p.author}, "html_url": fmt.Sprintf("https://forge.example/%s/pull/%d", r.name, p.number),
			"head": object{"sha": p.head, "ref": "topic", "repo": head}, "base": object{"ref": p.base, "sha": r.branches[p.base], "repo": r.json()},
		}
		if !p.created.IsZero() {
			o["created_at"] = p.created
		}
		return o
	}
	inRepo("GET /repos/{owner}/{repo}/pulls", func(r *forgeRepo, req *http.Request) (int, any) {
		var all []object
		for _, n := range slices.Sorted(maps.Keys(r.pulls)) {
			if r.pulls[n].state == "open" {
				all = append(all, shown(r, r.pulls[n]))
			}
		}
		return 200, page(req, all)
	})
	inRepo("GET /repos/{owner}/{repo}/pulls/{number}", func(r *forgeRepo, req *http.Request) (int, any) {
		if p := pull(r, req); p != nil {
			return 200, shown(r, p)
		}
		return 404, nil
	})
	inRepo("GET /repos/{owner}/{repo}/pulls/{number}/reviews", func(r *forgeRepo, req *http.Request) (int, any) {
		return 200, page(req, pull(r, req).reviews)
	})
	inRepo("GET /repos/{owner}/{repo}/collaborators/{login}/permission", func(r *forgeRepo, req *http.Request) (int, any) {
		if slices.Contains(r.writers, req.PathValue("login")) {
			return 200, object{"permission": "write"}
		}
		return 200, object{"permission": "read"}
	})
	show := func(c *forgeComment) object {
		return object{"id": c.id, "body": c.body, "user": object{"login": c.login}, "html_url": fmt.Sprint("https://forge.example/comment/", c.id)}
	}
	inRepo("GET /repos/{owner}/{repo}/issues/{number}/comments", func(r *forgeRepo, req *http.Request) (int, any) {
		var all []object
		for _, c := range r.comments {
			if strconv.Itoa(c.issue) == req.PathValue("number") {
				all = append(all, show(c))
			}
		}
		return 200, page(req, all)
	})
	body := func(req *http.Request) (string, bool) {
		var c github.IssueComment
		json.NewDecoder(req.Body).Decode(&c)
		n := utf8.RuneCountInString(c.GetBody())
		return c.GetBody(), 0 < n && n <= 65_536
	}
	inRepo("POST /repos/{owner}/{repo}/issues/{number}/comments", func(r *forgeRepo, req *http.Request) (int, any) {
		text, ok := body(req)
		if !ok {
			return 422, nil
		}
		n, _ := strconv.Atoi(req.PathValue("number"))
		f.next++
		c := &forgeComment{id: f.next, issue: n, login: us, body: text}
		r.comments = append(r.comments, c)
		return 201, show(c)
	})
	find := func(r *forgeRepo, req *http.Request) *forgeComment {
		for _, c := range r.comments {
			if fmt.Sprint(c.id) == req.PathValue("id") {
				return c
			}
		}
		return nil
	}
	inRepo("PATCH /repos/{owner}/{repo}/issues/comments/{id}", func(r *forgeRepo, req *http.Request) (int, any) {
		c := find(r, req)
		text, ok := body(req)
		if c == nil || !ok {
			return map[bool]int{true: 404, false: 422}[c == nil], nil
		}
		c.body = text
		c.edits++
		return 200, show(c)
	})
	inRepo("DELETE /repos/{owner}/{repo}/issues/comments/{id}", func(r *forgeRepo, req *http.Request) (int, any) {
		c := find(r, req)
		if c == nil {
			return 404, nil
		}
		r.comments = slices.DeleteFunc(r.comments, func(other *forgeComment) bool { return other == c })
		return 200, object{}
	})
	inRepo("POST /repos/{owner}/{repo}/issues/comments/{id}/reactions", func(r *forgeRepo, req *http.Request) (int, any) {
		return 201, object{"id": 1}
	})
}

func (f *forge) runRoutes(inRepo func(pattern string, do func(r *forgeRepo, req *http.Request) (int, any))) {
	show := func(r *forgeRun) object {
		o := object{"id": r.ID, "head_sha": r.Head, "external_id": r.External, "status": r.Status}
		if r.Conclusion != "" {
			o["conclusion"] = r.Conclusion
		}
		return o
	}
	inRepo("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", func(r *forgeRepo, req *http.Request) (int, any) {
		all := []object{}
		for _, run := range r.runs {
			if run.Head == req.PathValue("ref") {
				all = append(all, show(run))
			}
		}
		return 200, object{"total_count": len(all), "check_runs": all}
	})
	inRepo("POST /repos/{owner}/{repo}/check-runs", func(r *forgeRepo, req *http.Request) (int, any) {
		var o github.CreateCheckRunOptions
		if json.NewDecoder(req.Body).Decode(&o) != nil || r.commits[o.HeadSHA].files == nil {
			return 422, nil
		}
		f.next++
		run := &forgeRun{ID: f.next, Head: o.HeadSHA, External: o.GetExternalID(), Status: o.GetStatus()}
		r.runs = append(r.runs, run)
		return 201, show(run)
	})
	inRepo("PATCH /repos/{owner}/{repo}/check-runs/{id}", func(r *forgeRepo, req *http.Request) (int, any) {
		var o github.UpdateCheckRunOptions
		if json.NewDecoder(req.Body).Decode(&o) != nil {
			return 400, nil
		}
		for _, run := range r.runs {
			if fmt.Sprint(run.ID) != req.PathValue("id") {
				continue
			}
			if out := o.Output; out != nil {
				if len(out.Annotations) > 50 || utf8.RuneCountInString(out.GetSummary()) > 65_535 || len(o.Actions) > 3 {
					return 422, nil
				}
				run.Title, run.Summary = out.GetTitle(), out.GetSummary()
				run.Annotations = append(run.Annotations, out.Annotations...)
			}
			run.Label = ""
			for _, a := range o.Actions {
				run.Label += a.Identifier
			}
			run.Status, run.Conclusion = cmp.Or(o.GetStatus(), run.Status), cmp.Or(o.GetConclusion(), run.Conclusion)
			if o.GetStatus() == "completed" {
				run.finishes++
			}
			return 200, show(run)
		}
		return 404, nil
	})
	inRepo("GET /repos/{owner}/{repo}/tarball/{ref}", func(r *forgeRepo, req *http.Request) (int, any) { return 404, nil })
}

// archives makes the forge hand out archives, as GitHub does: by a link.
func (f *forge) archives() {
	f.before = func(w http.ResponseWriter, req *http.Request) bool {
		repo, commit, ok := strings.Cut(strings.TrimPrefix(req.URL.Path, "/repos/"), "/tarball/")
		if ok {
			http.Redirect(w, req, f.URL+"/archive/"+repo+"/"+commit, http.StatusFound)
		}
		return ok
	}
}

// newKey returns the key of an App.
func newKey(t testing.TB) []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

var secret = []byte("a secret of the test's own")

func sign(secret, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// request makes a webhook as GitHub sends it.
func request(url, event, guid string, body []byte) *http.Request {
	req, err := http.NewRequest(http.MethodPost, url+"/webhook", bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-GitHub-Event", event)
	req.Header.Set("X-GitHub-Delivery", guid)
	req.Header.Set("X-Hub-Signature-256", sign(secret, body))
	return req
}

// payload makes the body of an event about a repository.
func payload(repo, sender string, more object) []byte {
	o := object{
		"installation": object{"id": installation}, "repository": object{"full_name": repo, "default_branch": "main"},
		"sender": object{"login": sender, "type": "User"},
	}
	maps.Copy(o, more)
	text, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return text
}
