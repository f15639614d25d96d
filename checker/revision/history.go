package revision

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Commit is what a commit says of itself.
type Commit struct {
	ID      string
	Parents []string  // first the one on the branch that it was made on
	Time    time.Time // the committer's, which is when it came to be
	Author  string    // a name, without the address
	Subject string    // the first paragraph of the message, in one line
	Changed []string  // by Log alone: the paths that differ from the first parent, sorted
}

// Commit returns the commit that rev names.
func (r *Repo) Commit(ctx context.Context, rev string) (Commit, error) {
	if why := badName(rev); why != "" {
		return Commit{}, &Error{Err: fmt.Errorf("revision %q: %s", rev, why)}
	}
	if err := r.unambiguous(rev); err != nil {
		return Commit{}, err
	}
	obj, err := r.objects.get(rev + "^{commit}")
	switch {
	case errors.Is(err, errNoObject):
		return Commit{}, r.missing(ctx, rev)
	case err != nil:
		return Commit{}, fmt.Errorf("revision %q: %w", rev, err)
	}
	c, err := parseCommit(obj.text)
	if err != nil {
		return Commit{}, fmt.Errorf("commit %s: %w", obj.id, err)
	}
	c.ID = obj.id
	return c, nil
}

// badName says why rev cannot be a revision; empty: it can.
func badName(rev string) string {
	switch {
	case rev == "":
		return "it has no name"
	case len(rev) > MaxName:
		return fmt.Sprintf("a name of more than %d bytes", MaxName)
	case strings.ContainsFunc(rev, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "a name with control characters"
	}
	return ""
}

// start returns the name that rev starts from, without the steps from there:
// main of main~2, main^{tree}, main@{yesterday} and main:path.
func start(rev string) string {
	for i := 1; i < len(rev); i++ {
		if strings.IndexByte("~^:", rev[i]) >= 0 || strings.HasPrefix(rev[i:], "@{") {
			return rev[:i]
		}
	}
	return rev
}

// unambiguous returns an error if rev starts from the name of a branch and a
// tag, and they differ. Git would take the tag, which anyone who may push one can
// use to replace the base of a comparison.
func (r *Repo) unambiguous(rev string) error {
	name := start(rev)
	if strings.HasPrefix(name, "refs/") || isID(name) {
		return nil
	}
	var ids, refs []string
	for _, kind := range []string{"refs/heads/", "refs/tags/", "refs/remotes/"} {
		obj, err := r.objects.get(kind + name + "^{commit}")
		switch {
		case err == nil:
			ids, refs = append(ids, obj.id), append(refs, kind+name)
		case !errors.Is(err, errNoObject):
			return fmt.Errorf("revision %q: %w", rev, err)
		}
	}
	if len(slices.Compact(ids)) > 1 {
		return &Error{fmt.Errorf("revision %q: %s names several commits", rev, name), "write which one: " + strings.Join(refs, " or ")}
	}
	return nil
}

// parseCommit reads a commit object: headers, an empty line, the message.
func parseCommit(text []byte) (Commit, error) {
	var c Commit
	head, body, _ := bytes.Cut(text, []byte("\n\n"))
	dated := false
	for line := range strings.SplitSeq(string(head), "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "parent":
			c.Parents = append(c.Parents, value)
		case "author":
			name, _, _ := strings.Cut(value, "<")
			c.Author = clean(name)
		case "committer":
			// Whatever the name holds, the time stands behind the last ">".
			seconds, _, _ := strings.Cut(strings.TrimSpace(value[strings.LastIndexByte(value, '>')+1:]), " ")
			n, err := strconv.ParseInt(seconds, 10, 64)
			if err != nil || n < 0 || n > maxTime {
				return c, fmt.Errorf("its date is not understood: %q", value)
			}
			c.Time, dated = time.Unix(n, 0).UTC(), true
		}
	}
	if !dated {
		return c, errors.New("it has no date")
	}
	paragraph, _, _ := strings.Cut(strings.TrimLeft(string(body), "\n"), "\n\n")
	c.Subject = clean(paragraph)
	return c, nil
}

// maxTime is the last second of the year 9999, after which a date cannot be written.
const maxTime = 253402300799

// clean makes one line of UTF-8 out of what somebody wrote.
func clean(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " ")
}

// MergeBase returns the commit at which b left a: the best common ancestor.
func (r *Repo) MergeBase(ctx context.Context, a, b string) (string, error) {
	from, err1 := r.Commit(ctx, a)
	to, err2 := r.Commit(ctx, b)
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	if from.ID == to.ID {
		return from.ID, nil
	}
	out, err := r.git.run(ctx, nil, "merge-base", from.ID, to.ID)
	base := strings.TrimSpace(string(out))
	switch {
	case base == "" && (err == nil || isExit(err, 1)):
		return "", r.unrelated(ctx, a, b)
	case err != nil:
		return "", fmt.Errorf("merge base of %s and %s: %w", a, b, err)
	case !r.shallow || base == from.ID || base == to.ID:
		return base, nil
	}
	// Where the history was cut, a better one may lie behind the cut.
	switch cut, err := r.cut(ctx, from.ID, to.ID, "^"+base); {
	case err != nil:
		return "", fmt.Errorf("merge base of %s and %s: %w", a, b, err)
	case cut != "":
		return "", r.uncertain(ctx, a, b, cut)
	}
	return base, nil
}

// cut returns a commit, among those that rev-list gives for args, whose parents
// the clone left out; empty: there is none.
func (r *Repo) cut(ctx context.Context, args ...string) (string, error) {
	out, err := r.git.run(ctx, nil, append([]string{"rev-list", "--max-parents=0"}, args...)...)
	if err != nil {
		return "", err
	}
	for id := range strings.FieldsSeq(string(out)) {
		if c, err := r.Commit(ctx, id); err != nil || len(c.Parents) > 0 {
			return id, err
		}
	}
	return "", nil
}

// Log walks the history of rev along first parents, newest first: what was
// merged, and when. A walk that has paths gives only the commits that change a
// file at or below one of them. It ends at the first commit before since, and after
// max commits; zero: neither. It is complete unless max or a shallow clone cut it
// short; a commit whose parents the clone left out is not listed, since nobody
// can say what it changed.
func (r *Repo) Log(ctx context.Context, rev string, since time.Time, paths []string, max int) (commits []Commit, complete bool, err error) {
	tip, err := r.Commit(ctx, rev)
	if err != nil {
		return nil, false, err
	}
	if max <= 0 || max > MaxLog {
		max = MaxLog
	}
	rangeArgs := []string{"--first-parent", tip.ID}
	if !since.IsZero() {
		rangeArgs = slices.Insert(rangeArgs, 1, fmt.Sprintf("--since=%d", since.Unix()))
	}
	ids, err := r.walk(ctx, rangeArgs, paths, max+1)
	if err != nil {
		return nil, false, fmt.Errorf("history of %s: %w", rev, err)
	}
	complete = len(ids) <= max
	ids = ids[:min(len(ids), max)]
	cut := ""
	if r.shallow {
		if cut, err = r.cut(ctx, rangeArgs...); err != nil {
			return nil, false, fmt.Errorf("history of %s: %w", rev, err)
		}
		complete = complete && cut == ""
	}
	for _, id := range ids {
		if id == cut {
			continue
		}
		c, err := r.Commit(ctx, id)
		if err != nil {
			return nil, false, fmt.Errorf("history of %s: %w", rev, err)
		}
		commits = append(commits, c)
	}
	return commits, complete, r.addChanged(ctx, commits)
}

// walk returns the ids that rev-list gives for args, restricted to paths.
func (r *Repo) walk(ctx context.Context, args, paths []string, max int) ([]string, error) {
	args = append([]string{"rev-list", "--max-count=" + strconv.Itoa(max)}, args...)
	var stdin []byte
	switch {
	case slices.ContainsFunc(paths, func(p string) bool { return strings.Contains(p, "\n") }):
		args = append(append(args, "--"), paths...)
	case len(paths) > 0: // there may be more than a command line holds
		args = append(args, "--stdin")
		stdin = []byte("--\n" + strings.Join(paths, "\n") + "\n")
	}
	out, err := r.git.run(ctx, stdin, args...)
	return strings.Fields(string(out)), err
}

// addChanged fills in what each commit changed.
func (r *Repo) addChanged(ctx context.Context, commits []Commit) error {
	if len(commits) == 0 {
		return nil
	}
	var pairs strings.Builder
	for _, c := range commits {
		// The second id is what the first one is compared with.
		pairs.WriteString(strings.TrimSpace(c.ID+" "+strings.Join(c.Parents[:min(1, len(c.Parents))], "")) + "\n")
	}
	out, err := r.git.run(ctx, []byte(pairs.String()), "diff-tree", "--stdin", "--root", "-r", "--raw", "-z", "--no-renames", "--ignore-submodules=none")
	if err != nil {
		return err
	}
	changed, err := parseChanges(string(out))
	for i, c := range commits {
		commits[i].Changed = changed[c.ID]
	}
	return err
}

// parseChanges reads what `git diff-tree --stdin --raw -z` prints, for each
// commit that changes something
//
//	<id> NUL { :<modes, ids, status> NUL <path> NUL }
func parseChanges(out string) (map[string][]string, error) {
	changed := make(map[string][]string)
	id, isPath := "", false
	for record := range records(out) {
		switch {
		case isPath:
			changed[id] = append(changed[id], record)
			isPath = false
		case strings.HasPrefix(record, ":") && id != "":
			isPath = true
		case isID(record):
			id = record
		default:
			return nil, notUnderstood("diff-tree", record)
		}
	}
	return changed, nil
}
