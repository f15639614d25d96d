package bot

import (
	"archive/tar"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/revision/repotest"
)

// A forgeGit is what the forge knows of repositories that git has: it serves them by
// git's own protocol, and their tags and dates by its API.
type forgeGit struct {
	root    string
	backend http.Handler
	asked   []string             // "POST /acme/checkout.git/git-upload-pack"
	dates   map[string]time.Time // of commits and tags
	tags    map[string]string    // what a tag stands for, by its id
	refs    map[string][][2]string
	before  func(w http.ResponseWriter, req *http.Request) bool
}

// gitRepo has the forge show the repository origin as name.
func (f *forge) gitRepo(t testing.TB, name string, origin *repotest.Repo) *forgeRepo {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.git == nil {
		f.git = &forgeGit{root: t.TempDir(), dates: make(map[string]time.Time), tags: make(map[string]string), refs: make(map[string][][2]string)}
		f.git.backend = repotest.Backend(t, f.git.root)
	}
	if r := f.repos[name]; r == nil {
		link := filepath.Join(f.git.root, name+".git")
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(origin.Dir, ".git"), link); err != nil {
			t.Fatal(err)
		}
		f.repos[name] = &forgeRepo{name: name, private: true, pulls: make(map[int]*forgePull), blobs: make(map[string]string), commits: make(map[string]forgeCommit)}
	}
	r := f.repos[name]
	r.branches = make(map[string]string)
	for line := range strings.Lines(origin.Git("log", "--all", "--format=%H %ct %P")) {
		parts := strings.Fields(line)
		if r.commits[parts[0]].files != nil {
			continue
		}
		c := forgeCommit{files: make(map[string]string)}
		if len(parts) > 2 {
			c.parent = parts[2]
		}
		f.git.dates[parts[0]] = seconds(t, parts[1])
		for record := range strings.SplitSeq(strings.TrimSuffix(origin.Git("ls-tree", "-r", "-z", parts[0]), "\x00"), "\x00") {
			facts, path, _ := strings.Cut(record, "\t")
			id := strings.Fields(facts)[2]
			if _, ok := r.blobs[id]; !ok {
				text, err := origin.GitInput(id+"\n", "cat-file", "--batch")
				if err != nil {
					t.Fatal(err)
				}
				_, r.blobs[id], _ = strings.Cut(text, "\n")
			}
			c.files[path] = r.blobs[id]
		}
		c.tree = origin.Git("rev-parse", parts[0]+"^{tree}")
		r.commits[parts[0]] = c
	}
	f.git.refs[name] = nil
	for line := range strings.Lines(origin.Git("for-each-ref", "--format=%(refname) %(objectname) %(*objectname) %(taggerdate:unix)")) {
		parts := strings.Fields(line)
		if branch, ok := strings.CutPrefix(parts[0], "refs/heads/"); ok {
			r.branches[branch] = parts[1]
		}
		if len(parts) == 4 {
			f.git.tags[parts[1]], f.git.dates[parts[1]] = parts[2], seconds(t, parts[3])
		}
		f.git.refs[name] = append(f.git.refs[name], [2]string{parts[0], parts[1]})
	}
	return r
}

func seconds(t testing.TB, text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(n, 0).UTC()
}

// serve answers git itself.
func (g *forgeGit) serve(w http.ResponseWriter, req *http.Request) bool {
	if g == nil || !strings.Contains(req.URL.Path, ".git/") {
		return false
	}
	g.asked = append(g.asked, req.Method+" "+req.URL.Path)
	switch {
	case g.before != nil && g.before(w, req):
	case !repotest.Knows(req, "ghs_"+strconv.Itoa(installation)):
		repotest.Refuse(w)
	default:
		g.backend.ServeHTTP(w, req)
	}
	return true
}

func (f *forge) gitRoutes(inRepo func(pattern string, do func(r *forgeRepo, req *http.Request) (int, any))) {
	inRepo("GET /repos/{owner}/{repo}", func(r *forgeRepo, _ *http.Request) (int, any) { return 200, r.json() })
	inRepo("GET /repos/{owner}/{repo}/branches/{branch}", func(r *forgeRepo, req *http.Request) (int, any) {
		id, ok := r.branches[req.PathValue("branch")]
		if !ok {
			return 404, nil
		}
		return 200, object{"name": req.PathValue("branch"), "commit": object{"sha": id}}
	})
	inRepo("GET /repos/{owner}/{repo}/commits/HEAD", func(r *forgeRepo, req *http.Request) (int, any) {
		head := r.branches["main"]
		switch {
		case head == "":
			return 404, nil
		case strings.HasSuffix(req.Header.Get("Accept"), ".sha"):
			return 200, []byte(head)
		}
		commit := r.shown(head)
		commit["files"] = r.differences(r.commits[head].parent, head)
		return 200, commit
	})
	inRepo("GET /repos/{owner}/{repo}/compare/{basehead}", func(r *forgeRepo, req *http.Request) (int, any) {
		base, head, _ := strings.Cut(req.PathValue("basehead"), "...")
		base, head = r.resolve(base), r.resolve(head)
		if base == "" || head == "" {
			return 404, nil
		}
		left := r.mergeBase(base, head)
		answer := object{"base_commit": object{"sha": base}, "merge_base_commit": object{"sha": left}}
		if req.URL.Query().Get("page") == "" && left != "" {
			commits := []object{}
			for c := head; c != left && len(commits) < 250; c = r.commits[c].parent {
				commits = append(commits, r.shown(c))
			}
			slices.Reverse(commits)
			answer["commits"], answer["files"] = commits, r.differences(left, head)
		}
		return 200, answer
	})
	inRepo("GET /repos/{owner}/{repo}/git/trees/{id}", func(r *forgeRepo, req *http.Request) (int, any) {
		if folder, ok := r.folders[req.PathValue("id")]; ok {
			return 200, object{"sha": req.PathValue("id"), "tree": r.folder(folder.commit, folder.prefix)}
		}
		c, ok := r.commits[req.PathValue("id")]
		if !ok {
			return 404, nil
		}
		entries := []object{}
		if f.most > 0 && len(c.files) > f.most && req.URL.Query().Get("recursive") != "" {
			return 200, object{"sha": req.PathValue("id"), "tree": entries, "truncated": true}
		}
		if f.most > 0 && len(c.files) > f.most {
			return 200, object{"sha": req.PathValue("id"), "tree": r.folder(c, "")}
		}
		for _, name := range slices.Sorted(maps.Keys(c.files)) {
			entries = append(entries, object{"path": name, "mode": "100644", "type": "blob", "sha": blobID(c.files[name])})
		}
		return 200, object{"sha": req.PathValue("id"), "tree": entries}
	})
	inRepo("GET /repos/{owner}/{repo}/git/blobs/{id}", func(r *forgeRepo, req *http.Request) (int, any) {
		text, ok := r.blobs[req.PathValue("id")]
		if !ok {
			return 404, nil
		}
		return 200, object{"size": len(text), "encoding": "base64", "content": base64.StdEncoding.EncodeToString([]byte(text))}
	})
}

func (f *forge) archive(w http.ResponseWriter, req *http.Request) {
	r := f.repos[req.PathValue("owner")+"/"+req.PathValue("repo")]
	zipped := gzip.NewWriter(w)
	archive := tar.NewWriter(zipped)
	for name, text := range r.commits[req.PathValue("commit")].files {
		archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "top/" + name, Size: int64(len(text)), Mode: 0o644})
		archive.Write([]byte(text))
	}
	archive.Close()
	zipped.Close()
}

// shown is what the forge says of a commit.
func (r *forgeRepo) shown(id string) object {
	c := r.commits[id]
	parents := []object{}
	if c.parent != "" {
		parents = append(parents, object{"sha": c.parent})
	}
	return object{"sha": id, "parents": parents, "commit": object{"tree": object{"sha": c.tree}}}
}

// differences lists how the files of two commits differ: 300 at most, as GitHub does.
func (r *forgeRepo) differences(base, head string) (all []object) {
	before, after := r.commits[base].files, r.commits[head].files
	gone := maps.Clone(before)
	maps.DeleteFunc(gone, func(name, _ string) bool { _, ok := after[name]; return ok })
	from := func(text string) string { // where a file with that text was
		for _, name := range slices.Sorted(maps.Keys(gone)) {
			if gone[name] == text {
				return name
			}
		}
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		o := object{"filename": name, "sha": blobID(after[name]), "status": "added"}
		text, ok := before[name]
		switch old := from(after[name]); {
		case ok && text == after[name]:
			continue
		case ok:
			o["status"] = "modified"
		case old != "":
			o["status"], o["previous_filename"] = "renamed", old
			delete(gone, old)
		}
		all = append(all, o)
	}
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		all = append(all, object{"filename": name, "sha": blobID(before[name]), "status": "removed"})
	}
	return all[:min(len(all), 300)]
}

// routes are those of the API that ask for tags and dates.
func (f *forge) gitRefRoutes(inRepo func(pattern string, do func(r *forgeRepo, req *http.Request) (int, any))) {
	inRepo("GET /repos/{owner}/{repo}/git/matching-refs/{ref...}", func(r *forgeRepo, req *http.Request) (int, any) {
		all := []object{}
		if f.git == nil {
			return 200, all
		}
		for _, ref := range f.git.refs[r.name] {
			kind := "commit"
			if f.git.tags[ref[1]] != "" {
				kind = "tag"
			}
			if strings.HasPrefix(ref[0], "refs/"+req.PathValue("ref")) {
				all = append(all, object{"ref": ref[0], "object": object{"type": kind, "sha": ref[1]}})
			}
		}
		return 200, all
	})
	inRepo("GET /repos/{owner}/{repo}/git/tags/{id}", func(_ *forgeRepo, req *http.Request) (int, any) {
		id := req.PathValue("id")
		if f.git == nil || f.git.tags[id] == "" {
			return 404, nil
		}
		return 200, object{"sha": id, "tagger": object{"date": f.git.dates[id]}, "object": object{"type": "commit", "sha": f.git.tags[id]}}
	})
	inRepo("GET /repos/{owner}/{repo}/git/commits/{id}", func(r *forgeRepo, req *http.Request) (int, any) {
		id := req.PathValue("id")
		if _, ok := r.commits[id]; !ok || f.git == nil {
			return 404, nil
		}
		return 200, object{"sha": id, "committer": object{"date": f.git.dates[id]}}
	})
}

// count returns how often something was asked whose name has part in it.
func (f *forge) count(part string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.asked {
		if strings.Contains(a, part) {
			n++
		}
	}
	return n
}

func (f *forge) gitAsked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.git.asked)
}

// truncates has the forge cut off listings of more than n files, as GitHub does.
func (f *forge) truncates(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.most = n
}

// said returns how many comments a pull request has.
func (r *forgeRepo) said(number int) (n int) {
	for _, c := range r.comments {
		if c.issue == number {
			n++
		}
	}
	return n
}

// sayBudget says what is left of the hour's requests.
func (f *forge) sayBudget(w http.ResponseWriter) {
	if f.limit == 0 {
		w.Header().Set("X-RateLimit-Remaining", "4321")
		return
	}
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(f.left))
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(f.limit))
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(f.reset.Unix(), 10))
}

// A forgeFolder is a folder of a commit.
type forgeFolder struct {
	commit forgeCommit
	prefix string
}

// folder lists one folder of a commit.
func (r *forgeRepo) folder(c forgeCommit, prefix string) (entries []object) {
	seen := make(map[string]bool)
	for name, text := range c.files {
		rest, ok := strings.CutPrefix(name, prefix)
		child, _, deeper := strings.Cut(rest, "/")
		switch {
		case !ok || seen[child]:
		case !deeper:
			entries = append(entries, object{"path": child, "mode": "100644", "type": "blob", "sha": blobID(text)})
		default:
			seen[child] = true
			id := blobID(fmt.Sprint("folder ", prefix, child, " ", c.files))
			if r.folders == nil {
				r.folders = make(map[string]forgeFolder)
			}
			r.folders[id] = forgeFolder{c, prefix + child + "/"}
			entries = append(entries, object{"path": child, "mode": "040000", "type": "tree", "sha": id})
		}
	}
	return entries
}
