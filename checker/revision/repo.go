package revision

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A Repo is a git repository. It is safe for concurrent use. Its trees read
// through it: they end when it is closed, or with the context that opened it.
type Repo struct {
	place
	dir     string // where Open looked
	git     *git
	objects *objects

	mu     sync.Mutex
	recent []*Tree // the commits listed last: a walk through the history asks for each twice
}

// A place is what there is to know of a repository before anything is read.
type place struct {
	root    string // the top of the work tree; empty: there is none
	gitDir  string
	common  string // the git directory that linked work trees share
	shallow bool
	sha256  bool
}

// Open finds the repository that dir is in: at its top or below, in a linked work
// tree, or a bare one. In a hook that git runs, it is the one that git means.
func Open(ctx context.Context, dir string) (*Repo, error) {
	return open(ctx, dir, os.Environ())
}

func open(ctx context.Context, dir string, env []string) (*Repo, error) {
	at, located, err := locate(ctx, dir, env)
	if err != nil {
		return nil, err
	}
	g := &git{dir: at.root, env: environ(absolute(slices.Clone(env)), located)}
	g.env = append(g.env, "GIT_DIR="+at.gitDir)
	if at.root == "" {
		g.dir = at.gitDir
	} else {
		g.env = append(g.env, "GIT_WORK_TREE="+at.root)
	}
	g.started.Add(1) // locate's
	return &Repo{place: at, dir: dir, git: g, objects: &objects{ctx: ctx, git: g}}, nil
}

// locate finds the repository of dir. Git tells the programs that it runs, such
// as hooks, by variables which repository and index it means; they count (located)
// if that is the one that dir is in, and not if somebody asks for another one.
func locate(ctx context.Context, dir string, env []string) (at place, located bool, err error) {
	inherits := slices.ContainsFunc(env, func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(location, name)
	})
	if !inherits || sameFolder(dir, ".") {
		at, err = probe(ctx, dir, environ(env, true))
		return at, true, err
	}
	own, err1 := probe(ctx, dir, environ(env, false))
	inherited, err2 := probe(ctx, ".", environ(env, true))
	_, inside := below(dir, inherited.root)
	if err2 == nil && (err1 == nil && own.gitDir == inherited.gitDir || err1 != nil && inside) {
		return inherited, true, nil
	}
	return own, false, err1
}

// probe asks git for the repository that it finds from dir.
func probe(ctx context.Context, dir string, env []string) (place, error) {
	g := &git{dir: dir, env: env}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return place{}, &Error{Err: fmt.Errorf("folder %q: there is none", dir)}
	}
	out, err := g.run(ctx, nil, "rev-parse", "--is-shallow-repository", "--show-object-format",
		"--absolute-git-dir", "--git-common-dir", "--show-toplevel")
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	const all = 5
	switch {
	case len(lines) == all-1 && strings.Contains(fmt.Sprint(err), "must be run in a work tree"):
		lines = append(lines, "") // all is answered but the last, for there is none
	case err != nil && strings.Contains(err.Error(), "not a git repository"):
		return place{}, &Error{fmt.Errorf("folder %q is in no git repository", dir), "two folders or files compare with: breakwater diff BASE HEAD"}
	case err != nil:
		return place{}, fmt.Errorf("folder %q: %w", dir, err)
	case len(lines) > 1 && strings.HasPrefix(lines[1], "-"): // unknown options are echoed
		return place{}, &Error{errors.New("git is too old"), "install git 2.25 or later"}
	case len(lines) != all:
		return place{}, &Error{Err: fmt.Errorf("folder %q: the path of the repository has a line break", dir)}
	}
	at := place{
		shallow: lines[0] == "true", sha256: lines[1] == "sha256",
		gitDir: filepath.FromSlash(lines[2]), common: filepath.FromSlash(lines[3]), root: filepath.FromSlash(lines[4]),
	}
	if !filepath.IsAbs(at.common) {
		at.common = filepath.Join(dir, at.common)
	}
	return at, nil
}

func sameFolder(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// below returns the path of dir from root, with slashes, if it is root or below it.
func below(dir, root string) (rel string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir) // git's root has no links
	}
	if err == nil {
		rel, err = filepath.Rel(root, dir)
	}
	return filepath.ToSlash(rel), err == nil && root != "" && filepath.IsLocal(rel)
}

// Close ends git. The repository's trees cannot be read any more.
func (r *Repo) Close() error { return r.objects.close() }

// Root returns the top of the work tree, and "" if there is none.
func (r *Repo) Root() string { return r.root }

// Bare reports whether the repository has no work tree.
func (r *Repo) Bare() bool { return r.root == "" }

// Shallow reports whether the history was cut when the repository was cloned.
func (r *Repo) Shallow() bool { return r.shallow }

// Tree returns the files of a commit, which rev names as git lets one: a branch,
// a tag, an id, HEAD~2. The error for a name that names none says what would help.
func (r *Repo) Tree(ctx context.Context, rev string) (*Tree, error) { return r.TreeNear(ctx, rev, nil) }

// TreeNear is Tree for a commit that has most files in common with near, another
// tree of r: git is asked for the difference only, and opens no folder in which
// there is none.
func (r *Repo) TreeNear(ctx context.Context, rev string, near *Tree) (*Tree, error) {
	c, err := r.Commit(ctx, rev)
	if err != nil {
		return nil, err
	}
	t, err := r.listCommit(ctx, c.ID, near)
	if err != nil {
		return nil, fmt.Errorf("revision %q: %w", rev, err)
	}
	return &Tree{Name: Label(rev, c.ID), Commit: c.ID, entries: t.entries, left: t.left, tracked: t.tracked, content: t.content}, nil
}

// recentTrees is how many listings a Repo keeps: those of a commit and its
// parent, and of the tip of a branch.
const recentTrees = 3

func (r *Repo) listCommit(ctx context.Context, id string, near *Tree) (*Tree, error) {
	r.mu.Lock()
	i := slices.IndexFunc(r.recent, func(t *Tree) bool { return t.Commit == id })
	if i >= 0 {
		defer r.mu.Unlock()
		return r.recent[i], nil
	}
	r.mu.Unlock()

	entries, err := r.entries(ctx, id, near)
	if err != nil {
		return nil, err
	}
	t := Listing{Commit: id, Entries: slices.Clone(entries)}.tree(r.content(nil))
	t.tracked = entries

	r.mu.Lock()
	defer r.mu.Unlock()
	r.recent = append(r.recent[:min(len(r.recent), recentTrees-1)], nil)
	copy(r.recent[1:], r.recent)
	r.recent[0] = t
	return t, nil
}

// entries lists all that a commit holds.
func (r *Repo) entries(ctx context.Context, id string, near *Tree) ([]Entry, error) {
	if near != nil && near.tracked != nil {
		return r.nearby(ctx, id, near)
	}
	out, err := r.git.run(ctx, nil, "ls-tree", "-r", "-z", "--full-tree", id)
	if err != nil {
		return nil, err
	}
	return parseTree(string(out))
}

// content reads blobs from git and what git has not hashed from d.
func (r *Repo) content(d *disk) source {
	s := source{object: r.objects.blob, warm: r.warm, sha256: r.sha256}
	if d != nil {
		s.open, s.glance = d.open, d.glance
	}
	return s
}

// Label names a commit in reports: "main@3f2c1a9", and "3f2c1a9" for a commit that
// was given by its id.
func Label(rev, commit string) string {
	short := commit[:min(7, len(commit))]
	if rev == "" || isHex(rev) && strings.HasPrefix(commit, strings.ToLower(rev)) {
		return short
	}
	return rev + "@" + short
}

func isHex(s string) bool {
	for i := range len(s) {
		if !hexDigits[s[i]] {
			return false
		}
	}
	return true
}

var hexDigits = [256]bool{
	'0': true, '1': true, '2': true, '3': true, '4': true, '5': true, '6': true, '7': true, '8': true, '9': true,
	'a': true, 'b': true, 'c': true, 'd': true, 'e': true, 'f': true,
	'A': true, 'B': true, 'C': true, 'D': true, 'E': true, 'F': true,
}

// DefaultBranch returns the branch that changes are merged into, as a revision:
// what origin/HEAD points at, else the first of origin/main, origin/master, main
// and master that exists.
func (r *Repo) DefaultBranch(ctx context.Context) (string, error) {
	const head = "refs/remotes/origin/HEAD"
	candidates := []string{"refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"}
	out, err := r.git.run(ctx, nil, append([]string{"for-each-ref", "--format=%(refname) %(symref)", head}, candidates...)...)
	if err != nil {
		return "", fmt.Errorf("default branch: %w", err)
	}
	exists := make(map[string]bool)
	for line := range strings.Lines(string(out)) {
		name, target, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == head && target != "" {
			return shortRef(target), nil
		}
		exists[name] = true
	}
	for _, name := range candidates {
		if exists[name] {
			return shortRef(name), nil
		}
	}
	return "", &Error{errors.New("no default branch: there is no origin/HEAD, no origin/main, and no main or master, here or at origin"), "say which with --base REV"}
}

// shortRef returns a ref as people write it.
func shortRef(ref string) string {
	for _, prefix := range []string{"refs/heads/", "refs/remotes/", "refs/tags/"} {
		if name, ok := strings.CutPrefix(ref, prefix); ok {
			return name
		}
	}
	return ref
}

// Refs returns the names of the newest branches or tags, at most max, whose full
// name fits a pattern in which * stands for any part of a step:
// "refs/tags/orders/v*". The newest is first; of those that were made in the same
// second, the highest version.
func (r *Repo) Refs(ctx context.Context, pattern string, max int) ([]string, error) {
	if !strings.HasPrefix(pattern, "refs/") {
		return nil, fmt.Errorf("refs %q: the pattern does not begin with refs/", pattern)
	}
	out, err := r.git.run(ctx, nil, "for-each-ref", fmt.Sprintf("--count=%d", max), "--format=%(refname)",
		"--sort=-version:refname", "--sort=-creatordate", pattern)
	if err != nil {
		return nil, fmt.Errorf("refs %q: %w", pattern, err)
	}
	return strings.Fields(string(out)), nil
}
