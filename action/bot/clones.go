package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/gofrs/flock"
)

// Clones are bare clones of repositories that are too large for the forge's API, in a
// folder that is one process's alone. They hold single commits and the files that were
// read, and nothing that cannot be had again: whoever deletes the folder loses time.
type Clones struct {
	Over int   // of repositories with more files than this; zero: of every one
	Max  int64 // bytes of all; what was not used for longest goes first

	dir  string
	lock *flock.Flock

	mu     sync.Mutex
	held   map[string]*heldClone // by folder
	sizes  map[string]int64      // of those that nobody holds, by folder
	failed map[string]time.Time  // when there was no making one

	removing sync.WaitGroup
}

// Limits of clones.
const (
	DefaultCloneOver = 5_000    // files, of which the forge's listing has half a megabyte
	DefaultClones    = 10 << 30 // bytes of all clones
	retryClone       = 10 * time.Minute
	nameFile         = "repository" // in a clone: whose it is; its age says when it was used
)

// OpenClones takes the folder dir for clones.
func OpenClones(dir string, over int, most int64) (*Clones, error) {
	if over < 0 || most <= 0 {
		return nil, errors.New("want a number of files, and of bytes above 0")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	c := &Clones{
		Over: over, Max: most, dir: dir, lock: flock.New(filepath.Join(dir, "lock")),
		held: make(map[string]*heldClone), sizes: make(map[string]int64), failed: make(map[string]time.Time),
	}
	switch mine, err := c.lock.TryLock(); {
	case err != nil:
		return nil, err
	case !mine:
		return nil, fmt.Errorf("another process has its clones in %s; each needs a folder of its own", dir)
	}
	left, err := filepath.Glob(filepath.Join(dir, revision.Unfinished+"*"))
	for _, name := range left {
		err = errors.Join(err, os.RemoveAll(name))
	}
	for _, folder := range c.folders() {
		c.sizes[folder] = revision.FolderSize(folder)
	}
	return c, err
}

// Close lets another process have the folder.
func (c *Clones) Close() error {
	c.removing.Wait()
	return c.lock.Unlock()
}

// folders lists the folders of all clones.
func (c *Clones) folders() []string {
	all, _ := filepath.Glob(filepath.Join(c.dir, "*.git"))
	return all
}

// folder is where the clone of a repository is, whose name is no path.
func (c *Clones) folder(repo string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(repo)))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:16])+".git")
}

// wants reports whether a repository is to be cloned, of which that many files are
// known.
func (c *Clones) wants(repo string, files int, now time.Time) bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	folder := c.folder(repo)
	_, there := c.sizes[folder]
	if c.held[folder] == nil && now.Sub(c.failed[folder]) < retryClone {
		return false
	}
	return there || c.held[folder] != nil || c.Over == 0 || files > c.Over
}

// A heldClone is a clone that somebody uses.
type heldClone struct {
	*revision.Clone
	folder string
	fresh  bool // it was made just now
	open   sync.Once
	err    error
	users  int
	gone   bool // nobody is to use it any more
}

// hold opens the clone of a repository, for which many may hold it at once.
func (c *Clones) hold(ctx context.Context, repo string, from revision.Origin) (*heldClone, error) {
	folder := c.folder(repo)
	from.Max = c.Max
	c.mu.Lock()
	h := c.held[folder]
	if h == nil {
		_, there := c.sizes[folder]
		h = &heldClone{folder: folder, fresh: !there}
		c.held[folder] = h
		delete(c.sizes, folder)
	}
	h.users++
	c.mu.Unlock()
	h.open.Do(func() {
		if h.Clone, h.err = revision.OpenClone(context.WithoutCancel(ctx), folder, from); h.err == nil {
			h.err = os.WriteFile(filepath.Join(folder, nameFile), []byte(repo), 0o600)
		}
	})
	if h.err != nil {
		c.discard(h)
		return nil, errors.Join(h.err, c.release(h))
	}
	return h, nil
}

// discard has nobody use the clone from now on. Who holds it may end what he does.
func (c *Clones) discard(h *heldClone) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !h.gone {
		h.gone = true
		delete(c.held, h.folder)
		c.remove(h.folder)
	}
}

// remove takes a clone away; who reads of it goes on as far as the system lets him.
func (c *Clones) remove(folder string) {
	delete(c.sizes, folder)
	away, err := os.MkdirTemp(c.dir, revision.Unfinished)
	if err == nil {
		err = os.Rename(folder, filepath.Join(away, "clone"))
	}
	if err != nil {
		os.RemoveAll(folder)
		return
	}
	c.removing.Go(func() { os.RemoveAll(away) }) // what is left of it goes at the next start
}

// giveUp says that there is no use in a clone of a repository for a while.
func (c *Clones) giveUp(repo string, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed[c.folder(repo)] = now
}

// release ends the use of a clone. The last who held it sees to it that all of them fit.
func (c *Clones) release(h *heldClone) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h.users--; h.users > 0 {
		return nil
	}
	var err error
	if h.Clone != nil {
		err = h.Clone.Close()
	}
	if h.gone {
		return err
	}
	delete(c.held, h.folder)
	if h.Worn() {
		c.remove(h.folder)
		return err
	}
	now := time.Now() // the file system's own clock, by which it is known after a start
	err = errors.Join(err, os.Chtimes(filepath.Join(h.folder, nameFile), now, now))
	c.sizes[h.folder] = revision.FolderSize(h.folder)
	c.fit()
	return err
}

// fit removes the clones that were not used for longest, until the others fit. Those
// that are held stay.
func (c *Clones) fit() {
	for total := c.total(); total > c.Max; total = c.total() {
		oldest, used := "", time.Time{}
		for folder := range c.sizes {
			at := time.Time{}
			if info, err := os.Stat(filepath.Join(folder, nameFile)); err == nil {
				at = info.ModTime()
			}
			if oldest == "" || at.Before(used) {
				oldest, used = folder, at
			}
		}
		if oldest == "" {
			return
		}
		c.remove(oldest)
	}
}

func (c *Clones) total() (bytes int64) {
	for _, size := range c.sizes {
		bytes += size
	}
	return bytes
}

// size returns how many bytes the clones have that nobody holds.
func (c *Clones) size() int64 {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total()
}

// tidy removes the clones of repositories that are not ours to read any more.
func (c *Clones) tidy(ours func(repo string) (bool, error), log *slog.Logger) error {
	if c == nil {
		return nil
	}
	var errs []error
	for _, folder := range c.folders() {
		name, err := os.ReadFile(filepath.Join(folder, nameFile))
		keep := err == nil
		if keep {
			if keep, err = ours(string(name)); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		c.mu.Lock()
		if _, idle := c.sizes[folder]; idle && !keep {
			c.remove(folder)
			log.Info("a clone is removed, for the repository is not ours to read any more", "repo", string(name))
		}
		c.mu.Unlock()
	}
	return errors.Join(errs...)
}
