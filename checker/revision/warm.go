package revision

import (
	"context"
	"io/fs"
	"os"
)

// Warm reads the files at paths ahead, in one go, if git holds them: what is
// read afterwards is in memory. In a partial clone it is what makes git fetch
// the blobs that it left behind together, and not one by one. It is never
// needed; it only saves time. Paths that are no file of the tree are passed over.
func (t *Tree) Warm(ctx context.Context, paths []string) error {
	if t.content.warm == nil {
		return nil
	}
	var entries []Entry
	for _, p := range paths {
		if e, ok := t.entry(p); ok && e.Blob != "" {
			entries = append(entries, e)
		}
	}
	return t.content.warm(ctx, t.Commit, entries)
}

// warm reads blobs into memory.
func (r *Repo) warm(ctx context.Context, commit string, entries []Entry) error {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.Blob
	}
	if commit != "" && r.partial() {
		if err := r.fetchBlobs(ctx, commit, entries); err != nil {
			return err
		}
	}
	return r.objects.warm(ids)
}

// partial reports whether the clone may have left blobs behind: a pack that came
// from a remote which promised the rest has a file beside it that says so.
func (r *Repo) partial() bool {
	found, _ := fs.Glob(os.DirFS(r.common), "objects/pack/*.promisor")
	return len(found) > 0
}

// fetchBlobs makes git fetch what is missing of a commit's entries. A command that
// compares contents asks the remote for all that it lacks at once, before it
// begins; the comparison itself is thrown away.
func (r *Repo) fetchBlobs(ctx context.Context, commit string, entries []Entry) error {
	const maxArgs = 100 << 10 // bytes of a command line that every system takes
	empty := "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
	if r.sha256 {
		empty = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
	}
	for len(entries) > 0 {
		args := []string{"diff-tree", "-r", "--shortstat", "--no-renames", "--no-ext-diff", "--no-textconv", empty, commit, "--"}
		for size := 0; len(entries) > 0 && size < maxArgs; entries = entries[1:] {
			args = append(args, entries[0].Path)
			size += len(entries[0].Path)
		}
		if _, err := r.git.run(ctx, nil, args...); err != nil {
			return err
		}
	}
	return nil
}
