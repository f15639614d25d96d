package revision

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// FetchFor is how long a repository elsewhere may take to answer.
const FetchFor = 2 * time.Minute

// IsRemote reports whether spec is the address of a repository elsewhere, as git
// writes it: https://host/path, user@host:path.
func IsRemote(spec string) bool {
	if strings.Contains(spec, "://") {
		return true
	}
	host, _, ok := strings.Cut(spec, ":")
	return ok && strings.Contains(host, "@") && !strings.Contains(host, "/")
}

// FetchCommit gets the one commit that rev names (empty: what the repository has checked
// out) from the repository at address, which [IsRemote], into the empty folder dir, and
// returns its files. Only git's own ways of transport are used, and no user is asked
// for a password.
func FetchCommit(ctx context.Context, address, rev, dir string) (*Repo, *Tree, error) {
	if rev == "" {
		rev = "HEAD"
	}
	if why := badName(rev); why != "" || strings.HasPrefix(rev, "-") || strings.ContainsAny(rev, ":+*^~") {
		return nil, nil, &Error{Err: fmt.Errorf("revision %q: %s", rev, cmp.Or(why, "want a branch, a tag or a commit's id"))}
	}
	if !IsRemote(address) || strings.HasPrefix(address, "-") {
		return nil, nil, &Error{Err: fmt.Errorf("want the address of a repository, got %q", Anonymous(address))}
	}
	whole := ctx
	ctx, stop := context.WithTimeout(ctx, FetchFor)
	defer stop()
	g := &git{dir: dir, env: append(environ(os.Environ(), false), "GIT_DIR="+dir)}
	if os.Getenv("GIT_ALLOW_PROTOCOL") == "" {
		g.env = append(g.env, "GIT_ALLOW_PROTOCOL=file:git:http:https:ssh")
	}
	if _, err := g.run(ctx, nil, "init", "--quiet", "--bare"); err != nil {
		return nil, nil, err
	}
	if _, err := g.run(ctx, nil, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", address, "+"+rev+":refs/heads/fetched"); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", Anonymous(address), err)
	}
	r, err := open(whole, dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")})
	if err != nil {
		return nil, nil, err
	}
	t, err := r.Tree(ctx, "refs/heads/fetched")
	if err != nil {
		r.Close()
		return nil, nil, err
	}
	t.Name = Label(Anonymous(address), t.Commit)
	return r, t, nil
}

// Anonymous returns an address without the user and password that it may carry.
func Anonymous(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	switch {
	case ok:
		host, path, _ := strings.Cut(rest, "/")
		return scheme + "://" + host[strings.LastIndexByte(host, '@')+1:] + "/" + path
	case IsRemote(address):
		return address[strings.IndexByte(address, '@')+1:]
	}
	return address
}
