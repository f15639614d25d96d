package revision

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Index returns what the next commit would hold: the staged files. A path whose
// conflict is not resolved is an error that names it.
func (r *Repo) Index(ctx context.Context) (*Tree, error) {
	out, err := r.git.run(ctx, nil, "ls-files", "-z", "-s", "-t")
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	files, err := parseFiles(string(out))
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	unborn, err := r.intended(ctx, files)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	l := Listing{Name: "index"}
	var unmerged []string
	for _, f := range files {
		switch {
		case f.stage != '0':
			unmerged = append(unmerged, printable(f.Path))
		case !unborn[f.Path]:
			l.Entries = append(l.Entries, f.Entry)
		}
	}
	if unmerged = slices.Compact(unmerged); unmerged != nil {
		return nil, &Error{fmt.Errorf("index: not merged: %s", some(unmerged)), "resolve the conflicts and run: git add"}
	}
	t := l.tree(r.content(nil))
	t.tracked = inIndex(files)
	return t, nil
}

// intended returns the paths of which the index knows only that they are going
// to be added (git add -N). It holds the empty blob for them, so an index without
// empty files costs no further question.
func (r *Repo) intended(ctx context.Context, files []staged) (map[string]bool, error) {
	empty, err := blobID(strings.NewReader(""), 0, r.sha256)
	if err != nil || r.root == "" || !slices.ContainsFunc(files, func(f staged) bool { return f.Blob == empty }) {
		return nil, err
	}
	out, err := r.git.run(ctx, nil, "diff-files", "-z", "--name-only", "--no-renames", "--diff-filter=A", "--ita-invisible-in-index")
	if err != nil {
		return nil, err
	}
	unborn := make(map[string]bool)
	for name := range records(string(out)) {
		unborn[name] = true
	}
	return unborn, nil
}

// some names the first few of names.
func some(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

// WorkingTree returns the files as they stand on disk: what git tracks, and what
// it neither tracks nor ignores. A file that git knows to be unchanged keeps the
// index's id, and its content is the one that git holds: line endings and filters
// of the checkout make no difference. What a sparse checkout leaves out is there.
func (r *Repo) WorkingTree(ctx context.Context) (*Tree, error) {
	if r.root == "" {
		return nil, &Error{errors.New("the repository has no working tree"), "say which revision to check with --head REV"}
	}
	out, said, err := r.git.output(ctx, nil, "ls-files", "-z", "-s", "-t", "-c", "-o", "-m", "-d", "--exclude-standard")
	if err != nil {
		return nil, fmt.Errorf("working tree: %w", err)
	}
	files, err := parseFiles(string(out))
	if err != nil {
		return nil, fmt.Errorf("working tree: %w", err)
	}
	d, err := openDisk(r.root)
	if err != nil {
		return nil, fmt.Errorf("working tree: %w", err)
	}
	l := Listing{Name: "working tree", Left: closed(string(said))}
	tracked := inIndex(files)
	for len(files) > 0 {
		n := 1 // a path is printed once for each of its tags
		for n < len(files) && files[n].Path == files[0].Path {
			n++
		}
		l.onDisk(d, files[:n])
		files = files[n:]
	}
	t := l.tree(r.content(d))
	t.tracked = tracked
	return t, nil
}

// inIndex lists all that the index holds, or nothing where a conflict makes that
// unclear.
func inIndex(files []staged) []Entry {
	entries := make([]Entry, 0, len(files))
	for _, f := range files {
		switch {
		case f.tag == tagOther || f.tag == tagRemoved || f.tag == tagModified: // another line says what is staged
		case f.stage != '0':
			return nil
		default:
			entries = append(entries, f.Entry)
		}
	}
	return entries
}

// onDisk adds the path of which git prints lines.
func (l *Listing) onDisk(d *disk, lines []staged) {
	f := lines[0]
	leave := func(why string) {
		l.Left = append(l.Left, Left{Path: printable(strings.TrimSuffix(f.Path, "/")), Why: why})
	}
	if f.tag == tagOther && strings.HasSuffix(f.Path, "/") {
		leave(whyNested)
		return
	}
	if f.tag == tagSparse {
		l.Entries = append(l.Entries, f.Entry)
		return
	}
	unchanged := f.tag == tagCached && len(lines) == 1
	if unchanged {
		// Git looked through a folder that has become a link; we do not.
		link, below := errors.AsType[belowLink](d.isFolder(parent(f.Path)))
		if !below {
			l.Entries = append(l.Entries, f.Entry)
		} else {
			leave(link.Error())
		}
		return
	}
	info, err := d.stat(f.Path)
	switch {
	case err != nil:
		if link, below := errors.AsType[belowLink](err); below {
			leave(link.Error())
		} else if !errors.Is(err, fs.ErrNotExist) {
			leave(whyUnreadable + reason(err).Error())
		}
	case info.IsDir() && f.Mode&modeType == modeSubmodule:
		leave(whySubmodule)
	case !info.IsDir():
		l.Entries = append(l.Entries, Entry{Path: f.Path, Mode: gitMode(info.Mode())})
	}
}

// closed reads which folders git could not list, of which it only warns.
func closed(said string) []Left {
	var left []Left
	for line := range strings.Lines(said) {
		rest, ok := strings.CutPrefix(line, "warning: could not open directory '")
		if i := strings.LastIndex(rest, "': "); ok && i >= 0 {
			dir, why := strings.TrimSuffix(rest[:i], "/"), strings.ToLower(strings.TrimSpace(rest[i+3:]))
			left = append(left, Left{Path: printable(dir), Why: whyUnreadable + why})
		}
	}
	return left
}
