package revision

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

// Of makes a tree of any file system, such as a txtar archive or a
// fstest.MapFS. Its blob ids are git's, so it compares with a tree out of git.
// What cannot be listed is left out.
func Of(name string, fsys fs.FS) *Tree {
	l, err := list(name, fsys)
	if err != nil {
		l.Left = append(l.Left, Left{Path: ".", Why: whyUnreadable + err.Error()})
	}
	return l.tree(source{open: fsys.Open})
}

// Memory makes a tree of files by path.
func Memory(name string, files map[string][]byte) *Tree {
	l := Listing{Name: name}
	byID := make(map[string][]byte, len(files))
	for path, text := range files {
		id, _ := blobID(bytes.NewReader(text), int64(len(text)), false)
		byID[id] = text
		l.Entries = append(l.Entries, Entry{Path: path, Blob: id, Mode: modeRegular})
	}
	return l.tree(source{object: func(id string) ([]byte, error) { return bytes.Clone(byID[id]), nil }})
}

// Folder makes a tree of the folder dir, whose files are read and hashed when
// somebody asks. No link is followed, though dir may be one itself; a ".git" is not
// listed, and a folder that has one is a repository of its own.
func Folder(dir string) (*Tree, error) {
	d, err := openDisk(dir)
	if err != nil {
		return nil, fmt.Errorf("folder %q: %w", dir, reason(err))
	}
	l, err := list(dir, d.root.FS())
	if err != nil {
		return nil, fmt.Errorf("folder %q: %w", dir, err)
	}
	return l.tree(source{open: d.open}), nil
}

// list lists what is in fsys.
func list(name string, fsys fs.FS) (Listing, error) {
	l := Listing{Name: name}
	leave := func(path, why string) { l.Left = append(l.Left, Left{Path: printable(path), Why: why}) }
	seen := 0
	err := fs.WalkDir(fsys, ".", func(at string, d fs.DirEntry, err error) error {
		seen++
		switch {
		case err != nil && at == ".":
			return reason(err)
		case err != nil:
			leave(at, whyUnreadable+reason(err).Error())
			return fs.SkipDir
		case at == ".":
			return nil
		case seen > MaxFolder:
			return fmt.Errorf("more than %d files and folders; name the folder that holds the contracts", MaxFolder)
		case strings.EqualFold(d.Name(), ".git"):
			return skip(d)
		case !fs.ValidPath(at):
			leave(at, whyEncoding)
			return skip(d)
		case !d.IsDir():
			l.Entries = append(l.Entries, Entry{Path: at, Mode: gitMode(d.Type())})
			return nil
		case strings.Count(at, "/") >= MaxDepth:
			return fmt.Errorf("%s: more than %d folders inside each other", at, MaxDepth)
		}
		if _, err := fs.Lstat(fsys, path.Join(at, ".git")); err == nil {
			leave(at, whyNested)
			return fs.SkipDir
		}
		return nil
	})
	return l, err
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// gitMode returns the mode that git would give to a file; zero: none.
func gitMode(m fs.FileMode) uint32 {
	switch {
	case m.IsRegular():
		return modeRegular | 0o644
	case m&fs.ModeSymlink != 0:
		return modeLink
	}
	return 0
}

// reason strips the operation and the path from an error of the file system.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// A disk reads regular files below a folder and follows no link on the way.
type disk struct {
	root *os.Root
	dir  string // root's, as the system wants it

	mu     sync.Mutex
	folder map[string]error // by path, "" the top: nil if it is a folder and no step to it is a link
	asked  map[string]int   // how often by folder, for one in it
}

func openDisk(dir string) (*disk, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &disk{root: root, dir: dir, folder: map[string]error{"": nil}, asked: make(map[string]int)}, nil
}

// open opens a regular file. A folder, a link or a device is an error, and so is
// a file that was swapped for one meanwhile.
func (d *disk) open(path string) (fs.File, error) {
	want, err := d.stat(path)
	if err == nil && !want.Mode().IsRegular() {
		err = errors.New(whySpecial)
	}
	if err != nil {
		return nil, pathError("open", path, reason(err))
	}
	f, err := d.root.Open(filepath.FromSlash(path))
	if err != nil {
		return nil, pathError("open", path, reason(err))
	}
	if got, err := f.Stat(); err != nil || !os.SameFile(want, got) {
		f.Close()
		return nil, pathError("open", path, errors.New("the file was replaced while it was opened"))
	}
	return f, nil
}

// glance reads the file at path, whose folders are known to be folders.
func (d *disk) glance(path string) ([]byte, error) {
	return readFile(filepath.Join(d.dir, filepath.FromSlash(path)))
}

// stat describes what is at path itself. It does not exist where a step to it
// is a link.
func (d *disk) stat(name string) (fs.FileInfo, error) {
	if err := d.isFolder(parent(name)); err != nil {
		return nil, err
	}
	return os.Lstat(filepath.Join(d.dir, filepath.FromSlash(name)))
}

// isFolder returns nil if path is a folder and no step to it is a link.
func (d *disk) isFolder(path string) error {
	err, known := d.known(path)
	if known {
		return err
	}
	if err = d.isFolder(parent(path)); err == nil {
		if d.listed(parent(path)) {
			if err, known = d.known(path); known {
				return err
			}
		}
		mode, statErr := lstatMode(filepath.Join(d.dir, filepath.FromSlash(path)))
		switch {
		case statErr != nil:
			err = statErr
		case mode&fs.ModeSymlink != 0:
			err = belowLink{path}
		case !mode.IsDir():
			err = fs.ErrNotExist
		}
	}
	d.mu.Lock()
	d.folder[path] = err
	d.mu.Unlock()
	return err
}

func (d *disk) known(path string) (err error, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	err, known = d.folder[path]
	return err, known
}

// listed is told that somebody asks for a folder in dir, which is one itself, and
// reports whether it has just listed dir, and with it all folders and links there: one
// look for a thousand.
func (d *disk) listed(dir string) bool {
	const few = 8
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.asked[dir]++; d.asked[dir] != few {
		return false
	}
	f, err := os.Open(filepath.Join(d.dir, filepath.FromSlash(dir)))
	if err != nil {
		return false
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case e.IsDir():
			d.folder[name] = nil
		case e.Type()&fs.ModeSymlink != 0:
			d.folder[name] = belowLink{name}
		}
	}
	return err == nil
}

// belowLink is why a file that a link leads to is not there.
type belowLink struct{ link string }

func (e belowLink) Error() string {
	return "below the symbolic link " + e.link + ", which is not followed"
}
func (e belowLink) Is(err error) bool { return err == fs.ErrNotExist }
