package revision

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// An Origin is a repository elsewhere, of which a [Clone] is made.
type Origin struct {
	Address string // https://github.com/acme/checkout.git: https, or http on a network of one's own

	// Token lets in; nil: nothing does. It is asked for before each fetch, and told to
	// the server of Address alone, by the environment: no command line, no file has it.
	Token func(context.Context) (string, error)

	Max int64 // bytes on disk, beyond which a fetch is cut off; zero: DefaultClone
}

// Limits of a clone.
const (
	DefaultClone = 4 << 30
	maxPacks     = 400 // of a clone, after which it is better made anew
	cloneFor     = 5 * time.Minute
	watchEvery   = 500 * time.Millisecond
	slowest      = 1000 // bytes a second, below which a server is given up
	slowestFor   = 30   // seconds
)

// A Clone is a bare copy of a repository elsewhere, and holds only what was asked
// for: single commits, each without what came before it, with the listing of its files;
// and files that were brought. A read never asks the network: what was not brought is
// missing. It is safe for concurrent use; its folder is one process's alone.
type Clone struct {
	dir  string
	from Origin
	repo *Repo

	mu sync.Mutex // one fetch at a time
}

// ErrNoCommit says that the repository elsewhere answers, and has no such commit: a
// branch was pushed by force, and the forge forgot.
var ErrNoCommit = errors.New("the repository has no such commit")

// OpenClone opens the clone in the folder dir, and makes it if there is none. What a
// process that was killed left half done in it is removed. The clone ends with ctx.
func OpenClone(ctx context.Context, dir string, from Origin) (*Clone, error) {
	u, err := url.Parse(from.Address)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, &Error{Err: fmt.Errorf("want the address of a repository such as https://github.com/acme/checkout.git, got %q", Anonymous(from.Address))}
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	c := &Clone{dir: dir, from: from}
	if _, err := os.Stat(filepath.Join(dir, "HEAD")); err != nil {
		if err := c.make(ctx); err != nil {
			return nil, err
		}
	} else if err := c.heal(); err != nil {
		return nil, err
	}
	c.repo, err = open(ctx, dir, outward())
	return c, err
}

// make begins an empty clone beside dir, and moves it there once it is whole.
func (c *Clone) make(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(c.dir), 0o700); err != nil {
		return err
	}
	next, err := os.MkdirTemp(filepath.Dir(c.dir), Unfinished)
	if err != nil {
		return err
	}
	defer os.RemoveAll(next)
	g := &git{dir: next, env: append(environ(outward(), false), "GIT_DIR="+next)}
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", "--template="}, // no hooks
		{"config", "remote.origin.url", c.from.Address},
	} {
		if _, err := g.run(ctx, nil, args...); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(c.dir); err != nil {
		return err
	}
	return os.Rename(next, c.dir)
}

// Unfinished begins the names of folders in which clones are being made.
const Unfinished = "unfinished-"

// heal removes what a git that was killed left behind: nobody holds its locks.
func (c *Clone) heal() error {
	return filepath.WalkDir(c.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		base := d.Name()
		if strings.HasSuffix(base, ".lock") || strings.HasPrefix(base, "tmp_") || strings.HasPrefix(base, ".tmp-") {
			return os.Remove(name)
		}
		return nil
	})
}

// Close ends git.
func (c *Clone) Close() error { return c.repo.Close() }

// Entries lists all that a commit holds, given by its full id, and brings it before if
// it is not there yet.
func (c *Clone) Entries(ctx context.Context, commit string) ([]Entry, error) {
	if !isID(commit) {
		return nil, fmt.Errorf("commit %q: it is no full id", commit)
	}
	if _, err := c.repo.objects.get(commit + "^{tree}"); errors.Is(err, errNoObject) {
		if err := c.bringCommit(ctx, commit); err != nil {
			return nil, fmt.Errorf("commit %s: %w", Label("", commit), err)
		}
	} else if err != nil {
		return nil, err
	}
	return c.repo.entries(ctx, commit, nil)
}

// bringCommit fetches one commit and its listing. The commits that are there are named
// to the server, so that only what is other than in them comes.
func (c *Clone) bringCommit(ctx context.Context, commit string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.repo.objects.get(commit + "^{tree}"); err == nil {
		return nil // by another
	}
	return c.fetch(ctx, nil, "--depth=1", "origin", "+"+commit+":refs/at/"+commit)
}

// Bring fetches those of blobs that are not there, in one request.
func (c *Clone) Bring(ctx context.Context, blobs []string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	absent, err := c.absent(ctx, blobs)
	if err != nil || len(absent) == 0 {
		return err
	}
	return c.fetch(ctx, []byte(strings.Join(absent, "\n")+"\n"), "--stdin", "origin")
}

// absent lists those of ids that the clone does not have, each once.
func (c *Clone) absent(ctx context.Context, ids []string) (absent []string, err error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for _, id := range ids {
		if !isID(id) {
			return nil, fmt.Errorf("blob %q: it is no full id", id)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := c.repo.git.run(ctx, []byte(strings.Join(ids, "\n")+"\n"), "cat-file", "--batch-check")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(out)) {
		if id, ok := strings.CutSuffix(strings.TrimSpace(line), " missing"); ok {
			absent = append(absent, id)
		}
	}
	return absent, nil
}

// Blob returns a file that is there.
func (c *Clone) Blob(id string) ([]byte, error) { return c.repo.objects.blob(id) }

// Warm reads files ahead that are there, as long as they fit into the memory.
func (c *Clone) Warm(blobs []string) error { return c.repo.objects.warm(blobs) }

// Answers asks the repository elsewhere for nothing but an answer. If it does, and the
// clone still cannot be used, then the clone is damaged.
func (c *Clone) Answers(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.outside(ctx, nil, "ls-remote", "--quiet", "origin", "HEAD")
}

// Worn reports whether the clone was fetched into so often that it is better made anew.
func (c *Clone) Worn() bool {
	packs, _ := fs.Glob(os.DirFS(c.dir), "objects/pack/*.pack")
	return len(packs) > maxPacks
}

// fetch brings something without the files that git would bring with it. That the remote promised
// them is said to this one command only: to all others what is not there is missing, and
// they ask nobody.
func (c *Clone) fetch(ctx context.Context, stdin []byte, what ...string) error {
	args := []string{"-c", "remote.origin.promisor=true", "-c", "remote.origin.partialclonefilter=blob:none"}
	if stdin != nil {
		args = append(args, "-c", "fetch.negotiationAlgorithm=noop") // single objects: what else is there does not matter
	}
	args = append(args, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--filter=blob:none")
	err := c.outside(ctx, stdin, append(args, what...)...)
	if err != nil && (strings.Contains(err.Error(), "not our ref") || strings.Contains(err.Error(), "couldn't find remote ref")) {
		return fmt.Errorf("%w: %w", ErrNoCommit, err)
	}
	return err
}

// outside runs a command that may ask the server, within limits of time and of disk.
func (c *Clone) outside(ctx context.Context, stdin []byte, args ...string) error {
	env := slices.Clone(c.repo.git.env)
	settings := []string{
		"http.followRedirects=false", "credential.helper=", fmt.Sprintf("http.lowSpeedLimit=%d", slowest), fmt.Sprintf("http.lowSpeedTime=%d", slowestFor),
	}
	u, err := url.Parse(c.from.Address)
	if err != nil {
		return err
	}
	if c.from.Token != nil {
		token, err := c.from.Token(ctx)
		if err != nil {
			return err
		}
		secret := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token))
		settings = append(settings, fmt.Sprintf("http.%s://%s/.extraheader=AUTHORIZATION: basic %s", u.Scheme, u.Host, secret))
	}
	env = append(env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", len(settings)), "GIT_ALLOW_PROTOCOL="+u.Scheme)
	for i, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, value))
	}
	ctx, stop := context.WithTimeoutCause(ctx, cloneFor, fmt.Errorf("the server takes more than %v", cloneFor))
	defer stop()
	ctx, end := c.guard(ctx)
	defer end()
	_, err = (&git{dir: c.dir, env: env}).run(ctx, stdin, args...)
	return err
}

// guard ends the context when the clone grows too large.
func (c *Clone) guard(ctx context.Context) (context.Context, func()) {
	most := c.from.Max
	if most <= 0 {
		most = DefaultClone
	}
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if size := FolderSize(c.dir); size > most {
				cancel(fmt.Errorf("the clone has %d MiB; the most is %d", size>>20, most>>20))
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

// FolderSize returns how many bytes the files of a folder have. Those that go while it
// counts are not counted.
func FolderSize(dir string) (size int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil
	})
	return size
}

// outward is the environment of a git that asks a server: how to get there, and no
// secret that this process was given for something else.
func outward() (env []string) {
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch upper := strings.ToUpper(name); {
		case slices.Contains([]string{
			"PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "USERPROFILE", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE",
			"GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH",
		}, upper), strings.HasSuffix(upper, "_PROXY"):
			env = append(env, v)
		}
	}
	return env
}
