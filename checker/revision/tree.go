package revision

import (
	"cmp"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A Tree is a repository's files at one revision: an fs.FS whose paths and
// blob ids are known without reading. Its zero value has no files. A Tree is safe for
// concurrent use.
type Tree struct {
	Name   string // what to call it in reports: "main@3f2c1a9", "working tree"
	Commit string // the full id; empty for what is no commit

	entries []Entry // regular files, sorted by path
	left    []Left  // sorted by path
	tracked []Entry // all that git lists of it, whatever it is; see near.go
	content source
	loose   bool // what is not listed may be opened too

	mu  sync.Mutex
	ids map[string]string // of entries that git has not hashed
}

// An Entry is one line of a listing, as git's ls-tree and the API of a forge
// give it.
type Entry struct {
	Path string
	Blob string // git's id of the content; empty where git has not hashed it
	Mode uint32 // git's: 0o100644, 0o100755, and 0o120000 for links, 0o160000 for submodules
}

// The modes that git gives to what is not a regular file.
const (
	modeType      = 0o170000
	modeRegular   = 0o100000
	modeLink      = 0o120000
	modeSubmodule = 0o160000
	modeFolder    = 0o040000
)

// A Listing is all that it takes to make a Tree.
type Listing struct {
	Name, Commit string
	Entries      []Entry // in any order
	Left         []Left  // what could not become an entry

	// Object returns the content of a blob; Open opens a file which has none.
	// One that no entry needs may be nil.
	Object func(blob string) ([]byte, error)
	Open   func(path string) (fs.File, error)

	// Warm reads blobs ahead, all at once, where that is faster; see [Tree.Warm].
	Warm func(ctx context.Context, entries []Entry) error
}

// A source is where contents come from.
type source struct {
	object func(blob string) ([]byte, error)
	open   func(path string) (fs.File, error)
	glance func(path string) ([]byte, error)                               // of what git calls unchanged; may be nil
	warm   func(ctx context.Context, commit string, entries []Entry) error // may be nil
	sha256 bool                                                            // how ids are made
}

// Left is a path that a Tree does not enter.
type Left struct {
	Path string // quoted where it is not UTF-8
	Why  string // "a symbolic link, which is not followed"
	ID   string // of the link's text or the submodule's commit; empty where git has none
}

// Why a path is left out.
const (
	whyLink      = "a symbolic link, which is not followed"
	whySubmodule = "a submodule, which is not entered"
	whyNested    = "a repository of its own, which is not entered"
	whySpecial   = "neither a regular file nor a folder"
	whyEncoding  = "a name that is not UTF-8"
	whyPath      = "a path that git refuses to check out"
	whyTwice     = "a path that is listed twice"

	whyUnreadable = "not readable: " // and the system's reason
)

// IsRepository reports whether l is a submodule or another repository: a folder of
// which nothing is known.
func (l Left) IsRepository() bool { return l.Why == whySubmodule || l.Why == whyNested }

// IsUnreadable reports whether l would have been entered, had the system let us.
func (l Left) IsUnreadable() bool { return strings.HasPrefix(l.Why, whyUnreadable) }

// Tree makes a tree of l, whose Entries it may reorder and keep.
func (l Listing) Tree() *Tree {
	content := source{object: l.Object, open: l.Open}
	if l.Warm != nil {
		content.warm = func(ctx context.Context, _ string, entries []Entry) error { return l.Warm(ctx, entries) }
	}
	return l.tree(content)
}

func (l Listing) tree(content source) *Tree {
	t := &Tree{Name: l.Name, Commit: l.Commit, content: content}
	if !slices.IsSortedFunc(l.Entries, byPath) {
		slices.SortFunc(l.Entries, byPath)
	}
	t.left = slices.Clone(l.Left)
	t.entries = l.Entries[:0]
	for i, e := range l.Entries {
		if why := unfit(l.Entries, i); why != "" {
			t.left = append(t.left, Left{Path: printable(e.Path), Why: why, ID: e.Blob})
		} else {
			t.entries = append(t.entries, e)
		}
	}
	t.leaveOutFilesThatAreFolders()
	slices.SortFunc(t.left, func(a, b Left) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Why, b.Why))
	})
	t.left = slices.Compact(t.left)
	return t
}

func byPath(a, b Entry) int { return strings.Compare(a.Path, b.Path) }

// unfit says why the entry at i cannot be a file of a tree; empty: it can. The
// objects of a hostile repository can hold any bytes as a path.
func unfit(sorted []Entry, i int) string {
	e := sorted[i]
	switch {
	case !utf8.ValidString(e.Path):
		return whyEncoding
	case !fs.ValidPath(e.Path) || e.Path == "." || insideGit(e.Path):
		return whyPath
	case e.Mode&modeType == modeLink:
		return whyLink
	case e.Mode&modeType == modeSubmodule:
		return whySubmodule
	case e.Mode&modeType != modeRegular:
		return whySpecial
	case i > 0 && sorted[i-1].Path == e.Path, i+1 < len(sorted) && sorted[i+1].Path == e.Path:
		return whyTwice
	}
	return ""
}

// leaveOutFilesThatAreFolders takes out a file whose path is also a folder of
// others, which only a forged tree has.
func (t *Tree) leaveOutFilesThatAreFolders() {
	both := make(map[string]bool)
	prev := ""
	for _, e := range t.entries {
		dir := parent(e.Path)
		for d := dir; d != "" && !within(prev, d); d = parent(d) {
			if t.Has(d) {
				both[d] = true
			}
		}
		prev = dir
	}
	if len(both) == 0 {
		return
	}
	t.entries = slices.DeleteFunc(t.entries, func(e Entry) bool {
		if both[e.Path] {
			t.left = append(t.left, Left{Path: e.Path, Why: whyTwice, ID: e.Blob})
		}
		return both[e.Path]
	})
}

// parent returns the folder that path is in, "" for the top.
func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

// within reports whether path is dir or below it.
func within(path, dir string) bool {
	return strings.HasPrefix(path, dir) && (len(path) == len(dir) || path[len(dir)] == '/')
}

// insideGit reports whether path has a step ".git", in any case, which some file
// systems take for the repository itself.
func insideGit(path string) bool {
	for step := range strings.SplitSeq(path, "/") {
		if strings.EqualFold(step, ".git") {
			return true
		}
	}
	return false
}

// printable quotes a path that is not UTF-8, which no report could hold.
func printable(path string) string {
	if utf8.ValidString(path) {
		return path
	}
	return strconv.Quote(path)
}

// A File is one regular file of a Tree.
type File struct {
	Path  string
	tree  *Tree
	entry Entry
}

// Blob returns git's id of the content; see [Tree.Blob].
func (f File) Blob() (id string, ok bool) { return f.tree.blob(f.entry) }

// Len returns how many files there are.
func (t *Tree) Len() int { return len(t.entries) }

// Files returns the regular files, sorted by path.
func (t *Tree) Files() iter.Seq[File] { return t.Under(".") }

// Under returns the regular files in the folder dir and below, sorted by path.
func (t *Tree) Under(dir string) iter.Seq[File] {
	return func(yield func(File) bool) {
		for _, e := range t.under(dir) {
			if !yield(File{Path: e.Path, tree: t, entry: e}) {
				return
			}
		}
	}
}

// under returns the stretch of entries that are below dir.
func (t *Tree) under(dir string) []Entry {
	if dir == "." || dir == "" {
		return t.entries
	}
	return t.entries[t.search(dir+"/"):t.search(dir+after)]
}

// after is the character behind the slash: all that is below "dir" sorts between
// "dir/" and "dir0".
const after = "0"

// search returns the index of the first entry that is not before path.
func (t *Tree) search(path string) int {
	return sort.Search(len(t.entries), func(i int) bool { return t.entries[i].Path >= path })
}

// Has reports whether there is a regular file at path.
func (t *Tree) Has(path string) bool {
	_, ok := t.entry(path)
	return ok
}

func (t *Tree) entry(path string) (Entry, bool) {
	if i := t.search(path); i < len(t.entries) && t.entries[i].Path == path {
		return t.entries[i], true
	}
	if t.loose && fs.ValidPath(path) && !insideGit(path) {
		if f, err := t.content.open(path); err == nil {
			f.Close()
			return Entry{Path: path, Mode: modeRegular}, true
		}
	}
	return Entry{}, false
}

// Left lists what is not entered, sorted by path.
func (t *Tree) Left() []Left { return t.left }

// Blob returns git's id of the file at path. It reads the file only if git has
// not hashed it: in a folder, or modified or untracked in the working tree. It
// is not ok if there is no such file, or it cannot be read.
func (t *Tree) Blob(path string) (id string, ok bool) {
	e, ok := t.entry(path)
	if !ok {
		return "", false
	}
	return t.blob(e)
}

func (t *Tree) blob(e Entry) (id string, ok bool) {
	if e.Blob != "" {
		return e.Blob, true
	}
	t.mu.Lock()
	id, ok = t.ids[e.Path]
	t.mu.Unlock()
	if ok {
		return id, true
	}
	id, err := t.hash(e.Path)
	if err != nil {
		return "", false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ids == nil {
		t.ids = make(map[string]string)
	}
	t.ids[e.Path] = id
	return id, true
}

func (t *Tree) hash(path string) (string, error) {
	f, err := t.content.open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	return blobID(f, info.Size(), t.content.sha256)
}

// blobID returns the id that git gives to a blob of size bytes.
func blobID(content io.Reader, size int64, isSHA256 bool) (string, error) {
	var h hash.Hash = sha1.New()
	if isSHA256 {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", size)
	buffer := make([]byte, min(size, 32<<10)+1) // most files are smaller than what Copy takes
	n, err := io.CopyBuffer(h, struct{ io.Reader }{content}, buffer)
	if err == nil && n != size {
		err = errors.New("the file changed while it was read")
	}
	return hex.EncodeToString(h.Sum(nil)), err
}

// Sub returns the folder dir as a tree of its own, whose paths begin there.
func (t *Tree) Sub(dir string) (fs.FS, error) { return t.sub(dir) }

func (t *Tree) sub(dir string) (*Tree, error) {
	if dir == "." {
		return t, nil
	}
	info, err := t.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, pathError("open", dir, errors.New("not a folder"))
	}
	s := &Tree{Name: t.Name + ":" + dir, Commit: t.Commit, loose: t.loose, content: t.content}
	if t.content.open != nil {
		s.content.open = func(name string) (fs.File, error) { return t.content.open(path.Join(dir, name)) }
	}
	if t.content.warm != nil {
		s.content.warm = func(ctx context.Context, commit string, entries []Entry) error {
			for i := range entries {
				entries[i].Path = path.Join(dir, entries[i].Path)
			}
			return t.content.warm(ctx, commit, entries)
		}
	}
	for _, e := range t.under(dir) {
		e.Path = e.Path[len(dir)+1:]
		s.entries = append(s.entries, e)
	}
	for _, l := range t.left {
		if name, ok := strings.CutPrefix(l.Path, dir+"/"); ok {
			l.Path = name
			s.left = append(s.left, l)
		}
	}
	return s, nil
}
