package bot

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/revision/repotest"
	"github.com/google/go-github/v60/github"
)

// TestAListingFollowsFromTheOneBefore counts what is asked for of a pull request with
// two heads, and of the merge.
func TestAListingFollowsFromTheOneBefore(t *testing.T) {
	many := make(map[string]string)
	for i := range 301 { // of which GitHub shows 300
		many[fmt.Sprintf("src/%03d.go", i)] = strconv.Itoa(i)
	}
	tests := []struct {
		name    string
		files   map[string]string
		setUp   func(s *site, r *forgeRepo, head string)
		listed  int // of the two heads and the merge
		compare int // requests for what a head is compared with, where it asks again
	}{
		{name: "a file changes", files: map[string]string{contract: wider}, compare: 1},
		{name: "a file moves", files: map[string]string{"README.md": "", "docs/README.md": "hello"}, compare: 1},
		{name: "too many files change", files: many, listed: 3, compare: 1},
		{
			name: "a file has a mode that nobody says", files: map[string]string{contract: wider}, listed: 3, compare: 1,
			setUp: func(_ *site, r *forgeRepo, head string) {
				c := r.commits[head]
				c.tree = strings.Repeat("0", 40)
				r.commits[head] = c
			},
		},
		{
			name: "the differences are too many for the forge", files: map[string]string{contract: wider}, listed: 3, compare: 2,
			setUp: func(s *site, _ *forgeRepo, _ string) {
				s.forge.before = func(w http.ResponseWriter, req *http.Request) bool {
					switch {
					case strings.Contains(req.URL.Path, "/compare/") && req.URL.Query().Get("page") == "":
						refuse(w, http.StatusUnprocessableEntity)
					case strings.HasSuffix(req.URL.Path, "/commits/HEAD") && !strings.HasSuffix(req.Header.Get("Accept"), ".sha"):
						refuse(w, http.StatusInternalServerError)
					default:
						return false
					}
					return true
				}
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := newTraffic(t, hour{}, false)
			r := tr.forge.repo("acme/checkout", map[string]string{contract: whole, "consumers/finance.yaml": registration, "README.md": "hello"})
			tr.repos = append(tr.repos, r)
			tr.registry(0)
			begun, asked := tr.forge.count("/git/trees/"), 0
			if begun != 1 {
				t.Fatalf("at first %d listings are asked for", begun)
			}
			next := func(branch, parent string) (head string) {
				head = r.commit(tr.forge, branch, parent, tt.files)
				if tt.setUp != nil {
					tt.setUp(tr.site, r, head)
				}
				return head
			}
			next("topic", r.branches["main"])
			p := r.open(tr.forge, 7, "topic", "ada")
			pull := store.Subject{Repo: r.name, Kind: store.Pull, Name: "7"}
			for _, files := range []map[string]string{nil, {contract: without}} {
				if files != nil {
					tt.files[contract] = files[contract]
					p.head = next("topic", p.head)
				}
				asked = tr.forge.count("/compare/")
				tr.do(pull)
				if n := tr.forge.count("/compare/") - asked; n != tt.compare {
					t.Errorf("%d times is asked what to compare with, want %d", n, tt.compare)
				}
			}
			if run := tr.only(r, p.head); run.Conclusion != "failure" {
				t.Errorf("the run is %+v", run)
			}
			next("main", r.branches["main"])
			tr.registry(0)
			if n := tr.forge.count("/git/trees/") - begun; n != tt.listed {
				t.Errorf("%d listings are asked for, want %d", n, tt.listed)
			}
		})
	}
}

// TestAnEditGivesTheFilesThatGitHas has git say how the files of random commits differ,
// as GitHub says it: with renames, and without modes. What comes of it is what git has,
// or has another id; and it has the same one where no mode is new.
func TestAnEditGivesTheFilesThatGitHas(t *testing.T) {
	repo := repotest.New(t)
	chance := rand.New(rand.NewPCG(3, 4))
	name := func() string {
		return []string{"a", "a.b", "a-b", "c/a", "c/d/a", "c-d/e", "f/g"}[chance.IntN(7)] + strconv.Itoa(chance.IntN(3))
	}
	list := func(commit string) (entries []revision.Entry) {
		for record := range strings.SplitSeq(strings.Trim(repo.Git("ls-tree", "-r", "-z", commit), "\x00"), "\x00") {
			facts, path, _ := strings.Cut(record, "\t")
			parts := strings.Fields(facts)
			mode, err := strconv.ParseUint(parts[0], 8, 32)
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, revision.Entry{Path: path, Blob: parts[2], Mode: uint32(mode)})
		}
		return entries
	}
	same, other := 0, 0
	before := repo.Commit("first", repotest.Files{"a0": "one\n", "c/a0": "two\n"})
	for n := range 60 {
		for range 1 + chance.IntN(4) {
			switch path := name(); chance.IntN(5) {
			case 0:
				os.RemoveAll(repo.Path(path))
			case 1:
				repo.Write(path, fmt.Sprint("run ", n, "\n"))
				os.Chmod(repo.Path(path), 0o755)
			case 2:
				if to := name(); to != path {
					os.RemoveAll(repo.Path(to))
					if text, err := os.ReadFile(repo.Path(path)); err == nil {
						os.Remove(repo.Path(path))
						repo.Write(to, string(text))
					}
				}
			default:
				repo.Write(path, strings.Repeat(fmt.Sprint("line ", chance.IntN(3), "\n"), 5)+fmt.Sprint(n))
			}
		}
		repo.Git("add", "--all")
		after := repo.CommitStaged(fmt.Sprint("commit ", n))
		e := edit{from: before}
		fields := strings.Split(strings.TrimSuffix(repo.Git("diff-tree", "-r", "-M", "-z", "--raw", "--no-abbrev", before, after), "\x00"), "\x00")
		for i := 0; i+1 < len(fields); i += 2 {
			facts := strings.Fields(fields[i])
			f := &github.CommitFile{SHA: &facts[3], Filename: &fields[i+1]}
			status := map[byte]string{'A': "added", 'D': "removed", 'M': "modified", 'R': "renamed", 'T': "changed"}[facts[4][0]]
			f.Status = &status
			if status == "renamed" {
				i++
				f.PreviousFilename, f.Filename = f.Filename, &fields[i+1]
			}
			e.files = append(e.files, f)
		}
		got, want := e.apply(list(before)), list(after)
		id := revision.TreeID(got)
		if is := id == repo.Git("rev-parse", after+"^{tree}"); is != slices.Equal(got, want) {
			t.Fatalf("commit %d: that the id is git's is %v, of\n%v\nwhere git has\n%v", n, is, got, want)
		} else if is {
			same++
		} else {
			other++
			for i, f := range got {
				if len(got) != len(want) || f.Path != want[i].Path || f.Blob != want[i].Blob {
					t.Fatalf("commit %d: more than modes differ:\n%v\nwhere git has\n%v", n, got, want)
				}
			}
		}
		before = after
	}
	if same == 0 || other == 0 {
		t.Errorf("%d listings are right and %d are not: one of both is never tried", same, other)
	}
	t.Logf("%d listings are right, of %d the modes are not known", same, other)
}
