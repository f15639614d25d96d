package product

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A Memory keeps what was learned of files, by path and blob id, so that the second
// of two trees costs what differs. It is good for one set of formats, and safe for
// concurrent use.
type Memory struct {
	mu   sync.Mutex
	seen map[fileID]seen
}

// A fileID is a file with this very content.
type fileID struct{ path, blob string }

func (m *Memory) get(id fileID) (s seen, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok = m.seen[id]
	return s, ok
}

func (m *Memory) put(id fileID, s seen) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.seen = make(map[fileID]seen)
	}
	m.seen[id] = s
}

// seen is what a file turned out to be.
type seen struct {
	format int // in Finder.Formats, or none
	ports  []schema.Port
	inputs []schema.Input
	copied bool // a tool wrote it from another file
	unread string
	err    error
	looked map[string]string // the other files that this depends on, and their blob ids; "" for one that was not there
}

const none = -1

// Why says why a file that stands in a port of the format called name is none of
// it; empty: it is one.
func (f *Finder) Why(tree *revision.Tree, format, name string) string {
	r := &search{Finder: f, tree: tree}
	s := r.recognize(r.at(name))
	switch {
	case s.format != none && r.Formats[s.format].Name == format:
		return ""
	case s.format != none:
		return "it is " + r.Formats[s.format].Name
	case s.unread != "":
		return s.unread
	}
	return "it does not look like it"
}

// mayBeContract reports whether a file's name asks for a look into it. For all
// others even the blob id, which may take reading, is not wanted.
func (r *search) mayBeContract(name string) bool {
	return slices.ContainsFunc(r.Formats, func(f schema.Format) bool { return f.Match(name) }) ||
		slices.ContainsFunc(r.Unread, func(u schema.Recognizer) bool { return u.Match(name) })
}

// recognize says what file is. What was learned of a file with this blob holds as
// long as the other files that were looked at are the same, too.
func (r *search) recognize(file fileID) seen {
	if s, ok := r.Memory.get(file); ok && s.holds(r.tree) {
		return s
	}
	s := r.inspect(r.tree, file.path)
	r.Memory.put(file, s)
	return s
}

// at returns the file at path as it is in the tree.
func (r *search) at(path string) fileID {
	blob, _ := r.tree.Blob(path)
	return fileID{path, blob}
}

func (s seen) holds(tree *revision.Tree) bool {
	for name, blob := range s.looked {
		if now, _ := tree.Blob(name); now != blob {
			return false
		}
	}
	return true
}

func (f *Finder) inspect(tree *revision.Tree, name string) seen {
	s := seen{format: none}
	var text []byte
	read := func() bool {
		if text == nil && s.err == nil {
			if text, s.err = tree.ReadFile(name); text == nil {
				text = []byte{}
			}
		}
		return s.err == nil
	}
	for i, format := range f.Formats {
		if !format.Match(name) || !read() || !format.Claims(name, text) {
			continue
		}
		s.format, s.copied = i, generated(text)
		if format.Inputs != nil {
			s.inputs, _ = format.Inputs(name, text) // what is wrong is said when it is loaded
		}
		s.ports = []schema.Port{{ID: stem(name), Paths: []string{name}}}
		if format.Ports == nil {
			return s
		}
		fsys := &lookout{tree: tree, looked: make(map[string]string)}
		// What is wrong with the document is said when it is loaded.
		if ports, err := format.Ports(fsys, name, text); err == nil {
			s.ports, s.looked = ports, fsys.looked
		}
		return s
	}
	for _, u := range f.Unread {
		if u.Match(name) && read() {
			if why, ok := u.Recognize(name, text); ok {
				s.unread, s.copied = why, generated(text)
				break
			}
		}
	}
	if s.err != nil {
		s.err = source.Errorf(source.Top(name), "the file cannot be read: %w", reason(s.err))
	}
	return s
}

// reason returns what the system said, without the paths that it repeats.
func reason(err error) error {
	for {
		e, ok := errors.AsType[*fs.PathError](err)
		if !ok {
			return err
		}
		err = e.Err
	}
}

// A lookout is a tree that notes which of its files were looked at.
type lookout struct {
	tree   *revision.Tree
	looked map[string]string
}

// Open implements fs.FS.
func (l *lookout) Open(name string) (fs.File, error) {
	l.note(name)
	return l.tree.Open(name)
}

// Stat implements fs.StatFS: most look only whether a file is there.
func (l *lookout) Stat(name string) (fs.FileInfo, error) {
	l.note(name)
	return l.tree.Stat(name)
}

func (l *lookout) note(name string) {
	blob, _ := l.tree.Blob(name)
	l.looked[name] = blob
}

// generated reports whether a tool wrote text and says so near its top.
func generated(text []byte) bool {
	top := string(text[:min(len(text), 1024)])
	return strings.Contains(top, "@generated") || strings.Contains(top, "Code generated ") && strings.Contains(top, "DO NOT EDIT")
}
