package revision

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// A Tree is a file system.
var (
	_ fs.ReadFileFS = (*Tree)(nil)
	_ fs.ReadDirFS  = (*Tree)(nil)
	_ fs.StatFS     = (*Tree)(nil)
	_ fs.SubFS      = (*Tree)(nil)
)

// ReadFile returns the content of the file at name, which the caller may change.
// An error is fs.ErrNotExist only if there is no such file; git's own are an [Error].
func (t *Tree) ReadFile(name string) ([]byte, error) {
	e, err := t.find("read", name)
	if err != nil {
		return nil, err
	}
	text, err := t.read(e)
	if err != nil {
		return nil, pathError("read", name, err)
	}
	return text, nil
}

func (t *Tree) read(e Entry) ([]byte, error) {
	if e.Blob != "" {
		return t.content.object(e.Blob)
	}
	f, err := t.content.open(e.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

// Glance returns t for a quick look at many files: what lies on disk is read
// there, as the checkout's filters left it, which takes a fraction of asking git for
// it. It is good for finding out where to look, and not for judging.
func (t *Tree) Glance() fs.FS { return glance{t} }

type glance struct{ *Tree }

// ReadFile implements fs.ReadFileFS.
func (g glance) ReadFile(name string) ([]byte, error) {
	if e, ok := g.entry(name); ok && e.Blob != "" && g.content.glance != nil {
		if text, err := g.content.glance(name); err == nil {
			return text, nil
		}
	}
	return g.Tree.ReadFile(name)
}

// readAll reads a file that is not larger than MaxFile.
func readAll(f fs.File) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxFile {
		return nil, tooLarge(info.Size())
	}
	text := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	n, err := text.ReadFrom(io.LimitReader(f, MaxFile+1))
	if err == nil && n > MaxFile {
		err = tooLarge(n)
	}
	return text.Bytes(), err
}

// tooLarge is the error of a file with more than MaxFile bytes.
type tooLarge int64

func (size tooLarge) Error() string {
	return fmt.Sprintf("the file has %d bytes; the most that is read is %d", int64(size), MaxFile)
}

// Open opens a file or a folder. A file that git has not hashed is read as one
// goes and may have any size.
func (t *Tree) Open(name string) (fs.File, error) {
	e, err := t.find("open", name)
	switch {
	case err == nil && e.Blob == "":
		return t.content.open(e.Path)
	case err == nil:
		text, err := t.content.object(e.Blob)
		if err != nil {
			return nil, pathError("open", name, err)
		}
		return &openFile{info: blobInfo{e, t}, Reader: bytes.NewReader(text)}, nil
	case errors.Is(err, errFolder):
		list, err := t.ReadDir(name)
		return &openDir{info: dirInfo(path.Base(name)), list: list}, err
	}
	return nil, err
}

// Stat describes the file or folder at name.
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	e, err := t.find("stat", name)
	if errors.Is(err, errFolder) {
		return dirInfo(path.Base(name)), nil
	}
	if err != nil {
		return nil, err
	}
	return t.info(e)
}

func (t *Tree) info(e Entry) (fs.FileInfo, error) {
	if e.Blob != "" {
		return blobInfo{e, t}, nil
	}
	f, err := t.content.open(e.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Stat()
}

// ReadDir lists the folder name, sorted. What is left out is not in it.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	if _, err := t.find("readdir", name); err == nil {
		return nil, pathError("readdir", name, errors.New("not a folder"))
	} else if !errors.Is(err, errFolder) {
		return nil, err
	}
	prefix := name + "/"
	if name == "." {
		prefix = ""
	}
	var list []fs.DirEntry
	for rest := t.under(name); len(rest) > 0; {
		child, _, isDir := strings.Cut(rest[0].Path[len(prefix):], "/")
		if !isDir {
			list = append(list, fileEntry{rest[0], t})
			rest = rest[1:]
			continue
		}
		list = append(list, fs.FileInfoToDirEntry(dirInfo(child)))
		end := prefix + child + after
		n, _ := slices.BinarySearchFunc(rest, end, func(e Entry, end string) int { return strings.Compare(e.Path, end) })
		rest = rest[n:]
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// errFolder is the answer of find for what is no file.
var errFolder = errors.New("a folder")

// find returns the entry of the file at name. An error says why there is none.
func (t *Tree) find(op, name string) (Entry, error) {
	if !fs.ValidPath(name) {
		return Entry{}, pathError(op, name, fs.ErrInvalid)
	}
	if e, ok := t.entry(name); ok {
		return e, nil
	}
	if name == "." || len(t.under(name)) > 0 {
		return Entry{}, pathError(op, name, errFolder)
	}
	for dir := name; dir != "."; dir = path.Dir(dir) {
		i, ok := slices.BinarySearchFunc(t.left, dir, func(l Left, dir string) int { return strings.Compare(l.Path, dir) })
		if ok {
			return Entry{}, pathError(op, name, leftOut{t.left[i]})
		}
	}
	return Entry{}, pathError(op, name, fs.ErrNotExist)
}

func pathError(op, name string, err error) error {
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// leftOut is why a path that exists is not there for a reader.
type leftOut struct{ Left }

func (l leftOut) Error() string { return l.Path + " is " + l.Why }

// Is makes a path that is left out one that does not exist, except where that
// is only not known.
func (l leftOut) Is(err error) bool {
	return err == fs.ErrNotExist && !l.IsUnreadable()
}

// An openFile is a blob that was opened.
type openFile struct {
	info blobInfo
	*bytes.Reader
}

func (f *openFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openFile) Close() error               { return nil }

// An openDir is a folder that was opened.
type openDir struct {
	info dirInfo
	list []fs.DirEntry
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *openDir) Close() error               { return nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, pathError("read", string(d.info), errFolder)
}

// ReadDir returns the next n entries, as fs.ReadDirFile wants it.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(d.list) {
		if n > 0 && len(d.list) == 0 {
			return nil, io.EOF
		}
		n = len(d.list)
	}
	list := d.list[:n:n]
	d.list = d.list[n:]
	return list, nil
}

// A fileEntry is a file as a folder lists it.
type fileEntry struct {
	entry Entry
	tree  *Tree
}

func (f fileEntry) Name() string               { return path.Base(f.entry.Path) }
func (f fileEntry) IsDir() bool                { return false }
func (f fileEntry) Type() fs.FileMode          { return 0 }
func (f fileEntry) Info() (fs.FileInfo, error) { return f.tree.info(f.entry) }

// A blobInfo describes a file that git has. Its size is in no listing, so Size reads.
type blobInfo fileEntry

func (b blobInfo) Name() string       { return path.Base(b.entry.Path) }
func (b blobInfo) Mode() fs.FileMode  { return fs.FileMode(b.entry.Mode&0o111 | 0o444) }
func (b blobInfo) ModTime() time.Time { return time.Time{} }
func (b blobInfo) IsDir() bool        { return false }
func (b blobInfo) Sys() any           { return nil }

func (b blobInfo) Size() int64 {
	text, _ := b.tree.content.object(b.entry.Blob)
	return int64(len(text))
}

// A dirInfo describes a folder by its name.
type dirInfo string

func (i dirInfo) Name() string       { return string(i) }
func (i dirInfo) Size() int64        { return 0 }
func (i dirInfo) Mode() fs.FileMode  { return fs.ModeDir | 0o555 }
func (i dirInfo) ModTime() time.Time { return time.Time{} }
func (i dirInfo) IsDir() bool        { return true }
func (i dirInfo) Sys() any           { return nil }
