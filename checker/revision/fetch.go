package revision

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Remote is where a clone came from, and how to be let in.
type Remote struct {
	Server string // "https://github.com": the only server that is told the token
	Token  string // empty: git goes by what it has
}

// Fetch brings commits, by their full ids, and all files of each, in one round
// trip. What is there already is not asked for. In a shallow clone the history
// behind them stays where it is; no branch, no tag, no file of the work tree and no
// index is touched. Nothing else may use r meanwhile.
//
// The files come with them, although a filter would make the fetch itself twice as
// fast: git sends only those that the clone lacks, while a clone that was once
// filtered stays so, and asks for every file that is read later one by one.
func (r *Repo) Fetch(ctx context.Context, from Remote, ids ...string) error {
	var absent []string
	for _, id := range ids {
		if !isID(id) {
			return fmt.Errorf("fetch %q: it is no commit's full id", id)
		}
		if _, err := r.objects.get(id + "^{tree}"); errors.Is(err, errNoObject) && !slices.Contains(absent, id) {
			absent = append(absent, id)
		} else if err != nil && !errors.Is(err, errNoObject) {
			return err
		}
	}
	if len(absent) == 0 {
		return nil
	}
	depth := "--depth=1"
	if !r.shallow {
		depth = "" // it would cut a history that is whole
	}
	return r.fetchNow(ctx, from, depth, absent)
}

// deepening is how many commits are fetched behind the end of a shallow history,
// one step after the other, until two commits meet.
var deepening = [...]int{50, 500, 5000}

// FetchMergeBase is MergeBase for a clone that may be too shallow to tell: it
// fetches more and more of the history of a and b, two full ids, but not without
// end.
func (r *Repo) FetchMergeBase(ctx context.Context, from Remote, a, b string) (string, error) {
	base, err := r.MergeBase(ctx, a, b)
	for _, n := range deepening {
		if err == nil || !r.shallow || ctx.Err() != nil {
			break
		}
		if err := r.fetchNow(ctx, from, "--deepen="+strconv.Itoa(n), []string{a, b}); err != nil {
			return "", err
		}
		base, err = r.MergeBase(ctx, a, b)
	}
	return base, err
}

func (r *Repo) fetchNow(ctx context.Context, from Remote, depth string, ids []string) error {
	remote := defaultRemote(r.lines(ctx, "remote"))
	args := []string{"fetch", "--quiet", "--no-tags", "--no-recurse-submodules"}
	if depth != "" {
		args = append(args, depth)
	}
	g := &git{dir: r.git.dir, env: r.letIn(ctx, from)}
	if _, err := g.run(ctx, nil, append(append(args, remote), ids...)...); err != nil {
		hint := r.fetch(remote, strings.Join(ids, " "))
		if e, ok := errors.AsType[*Error](err); ok && e.Hint != "" {
			hint = e.Hint
		}
		return &Error{fmt.Errorf("commits %s are not in this clone, and could not be fetched: %w", shortIDs(ids), err), hint}
	}
	_, err := os.Stat(filepath.Join(r.common, "shallow"))
	r.shallow = err == nil
	return nil
}

func shortIDs(ids []string) string {
	var short []string
	for _, id := range ids {
		short = append(short, Label("", id))
	}
	return strings.Join(short, " and ")
}

// letIn returns the environment in which git tells the server the token, and no
// other server. It is not told where git has credentials of its own, as actions/checkout
// leaves them. Nothing of it is an argument, which every process could read.
func (r *Repo) letIn(ctx context.Context, from Remote) []string {
	if from.Token == "" || from.Server == "" {
		return r.git.env
	}
	server := strings.TrimSuffix(from.Server, "/") + "/"
	if own, _ := r.git.run(ctx, nil, "config", "--get-urlmatch", "http.extraheader", server); len(own) > 0 {
		return r.git.env
	}
	env := slices.Clone(r.git.env)
	n := 0
	env = slices.DeleteFunc(env, func(v string) bool {
		count, ok := strings.CutPrefix(v, "GIT_CONFIG_COUNT=")
		if ok {
			n, _ = strconv.Atoi(count) // git itself refuses what is no number
		}
		return ok
	})
	secret := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + from.Token))
	return append(env,
		fmt.Sprintf("GIT_CONFIG_COUNT=%d", n+1),
		fmt.Sprintf("GIT_CONFIG_KEY_%d=http.%s.extraheader", n, server),
		fmt.Sprintf("GIT_CONFIG_VALUE_%d=AUTHORIZATION: basic %s", n, secret))
}

// Find returns the full id of the commit that name means: here, or else of a branch
// or a tag where the clone came from. A full id is taken for what it says.
func (r *Repo) Find(ctx context.Context, from Remote, name string) (string, error) {
	if isID(name) {
		return name, nil
	}
	remote := defaultRemote(r.lines(ctx, "remote"))
	refs := []string{name} // HEAD: the branch that is the default there
	if name != "HEAD" {
		if why := badName(name); why != "" {
			return "", &Error{Err: fmt.Errorf("revision %q: %s", name, why)}
		}
		for _, rev := range []string{remote + "/" + name, name} { // what the remote has is younger
			if c, err := r.Commit(ctx, rev); err == nil {
				return c.ID, nil
			}
		}
		refs = []string{"refs/heads/" + name, "refs/tags/" + name + "^{}", "refs/tags/" + name}
	}
	g := &git{dir: r.git.dir, env: r.letIn(ctx, from)}
	out, err := g.run(ctx, nil, append([]string{"ls-remote", "--quiet", remote}, refs...)...)
	if err != nil {
		return "", &Error{fmt.Errorf("revision %q is not in this clone, and %s could not be asked: %w", name, remote, err), r.fetch(remote, "")}
	}
	found := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		if id, ref, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && isID(id) {
			found[ref] = id
		}
	}
	for _, ref := range refs {
		if id, ok := found[ref]; ok {
			return id, nil
		}
	}
	return "", &Error{Err: fmt.Errorf("revision %q is neither in this clone nor a branch or a tag of %s", name, remote)}
}
