package revision

import (
	"context"
	"strings"
)

// nearby lists all that the commit id holds, from what near holds and git's word
// on the difference. The commit of near is compared with a commit, the index of
// near with it: both are cheap where folders are the same.
func (r *Repo) nearby(ctx context.Context, id string, near *Tree) ([]Entry, error) {
	args := []string{"diff-tree", "-r", near.Commit, id}
	if near.Commit == "" {
		// -R, since git takes the index for the newer side. What is only going to be
		// added (git add -N) is in the index, and not in the commit.
		args = []string{"diff-index", "--cached", "-R", "--ita-visible-in-index", id}
	}
	args = append([]string{args[0], "--raw", "-z", "--no-abbrev", "--no-renames", "--ignore-submodules=none"}, args[1:]...)
	out, err := r.git.run(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	differ, err := parseRaw(string(out))
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(near.tracked)+len(differ))
	for _, e := range near.tracked {
		if _, ok := differ[e.Path]; !ok {
			entries = append(entries, e)
		}
	}
	for _, e := range differ {
		if e.Mode != 0 {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// parseRaw reads what git prints for --raw -z, for each path
//
//	:<mode> SP <mode> SP <id> SP <id> SP <status> NUL <path> NUL
//
// and returns the second side of each, with Mode 0 where there is nothing.
func parseRaw(out string) (map[string]Entry, error) {
	differ := make(map[string]Entry)
	var facts []string
	for record := range records(out) {
		if facts == nil {
			facts = strings.Split(record, " ")
			if len(facts) != 5 || !strings.HasPrefix(record, ":") || !isID(facts[3]) {
				return nil, notUnderstood("diff", record)
			}
			continue
		}
		mode, err := parseMode(facts[1])
		if err != nil {
			return nil, notUnderstood("diff", strings.Join(facts, " "))
		}
		differ[record] = Entry{Path: record, Blob: facts[3], Mode: mode}
		facts = nil
	}
	return differ, nil
}
