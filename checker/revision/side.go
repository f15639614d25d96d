package revision

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A Side is one side of a comparison that needs no configuration: a folder, or
// one file of it.
type Side struct {
	Tree *Tree  // its paths begin at the folder
	File string // the name of the one file that is meant; empty: the whole folder is
}

// OpenSide finds what spec names: a folder, a file, or REV:path as git writes a
// file or folder of a commit (:path, of the index). A spec that is both is what
// exists on disk. The repository is asked for only if spec names a revision.
//
// A file on disk is the only one that its tree lists, but what lies beside it and
// below can be read, for what it imports.
func OpenSide(ctx context.Context, spec string, repo func() (*Repo, error)) (Side, error) {
	info, err := os.Stat(spec)
	switch {
	case err == nil && info.IsDir():
		t, err := Folder(spec)
		return Side{Tree: t}, err
	case err == nil && info.Mode().IsRegular():
		return fileSide(spec)
	case err == nil:
		return Side{}, fmt.Errorf("%q is %s", spec, whySpecial)
	}
	rev, name, ok := strings.Cut(spec, ":")
	if !ok {
		return Side{}, fmt.Errorf("%q: %w; what stands in a revision is written REV:PATH", spec, reason(err))
	}
	r, err := repo()
	if err != nil {
		return Side{}, err
	}
	return r.side(ctx, rev, name)
}

func fileSide(file string) (Side, error) {
	real, err := filepath.EvalSymlinks(file) // whoever names a link means what it leads to
	if err != nil {
		return Side{}, fmt.Errorf("file %q: %w", file, reason(err))
	}
	dir, name := filepath.Split(real)
	d, err := openDisk(filepath.Clean(dir))
	if err != nil {
		return Side{}, fmt.Errorf("file %q: %w", file, reason(err))
	}
	t := Listing{Name: file, Entries: []Entry{{Path: name, Mode: modeRegular}}}.tree(source{open: d.open})
	t.loose = true
	return Side{Tree: t, File: name}, nil
}

// side finds the file or folder at name in a revision, or in the index.
func (r *Repo) side(ctx context.Context, rev, name string) (Side, error) {
	tree := func() (*Tree, error) { return r.Tree(ctx, rev) }
	if rev == "" {
		tree = func() (*Tree, error) { return r.Index(ctx) }
	}
	t, err := tree()
	if err != nil {
		return Side{}, err
	}
	at := path.Clean(name)
	if strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") {
		here, _ := below(r.dir, r.root)
		at = path.Join(here, name) // as git counts it
	}
	info, err := t.Stat(at)
	if err != nil {
		return Side{}, fmt.Errorf("%q in %s: %w", name, t.Name, reason(err))
	}
	s := Side{Tree: t}
	if !info.IsDir() {
		at, s.File = path.Split(at)
	}
	if s.Tree, err = t.sub(path.Clean(at)); err != nil {
		return Side{}, err
	}
	s.Tree.Name = t.Name + ":" + name
	return s, nil
}
