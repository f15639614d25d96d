package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// What pages show of the past comes from the forge, as checks do.

// A Version is a revision of the default branch, and when the bot first saw it.
type Version struct {
	Commit string
	At     time.Time
}

// lookTime is how long somebody who looks at a page waits at most.
const lookTime = 25 * time.Second

// maxLooks is how many comparisons are made at once: pages take nothing from checks.
const maxLooks = 2

// maxVersions is how many revisions of a port are listed.
const maxVersions = 50

// Versions lists the revisions of a repository's default branch at which one of files
// became another, the newest first. Missing says why there may have been more.
func (b *Bot) Versions(ctx context.Context, repo string, files []string) (versions []Version, missing string, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	lib, err := b.reader(ctx, repo)
	if err != nil {
		return nil, "", err
	}
	defer lib.close()
	moments, missing, err := (&past{lib}).Before(ctx, files)
	for _, m := range moments[:min(len(moments), maxVersions)] {
		tree, err := m.Tree(ctx)
		if err != nil {
			return nil, "", err
		}
		versions = append(versions, Version{tree.Commit, m.Time})
	}
	return versions, missing, err
}

// A Comparison is two revisions of a repository, and what a port is in each.
type Comparison struct {
	Result *checker.Result
	Files  []ComparedFile
}

// A ComparedFile is a file on both sides; nil: it is not there.
type ComparedFile struct {
	Name       string
	Base, Head []byte
}

// ErrNoVersion says that a revision is none that the default branch had.
var ErrNoVersion = errors.New("the default branch had no such revision, or not since the bot came")

// Compare compares two revisions of a repository's default branch, and the files of one
// port in them.
func (b *Bot) Compare(ctx context.Context, repo string, files []string, base, head string) (*Comparison, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if err := b.looks.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer b.looks.Release(1)
	tips, err := b.Store.Tips(ctx, repo)
	if err != nil {
		return nil, err
	}
	for _, commit := range []string{base, head} { // not just any commit: those of forks can be read by the same way
		if !slices.ContainsFunc(tips, func(t store.Tip) bool { return t.Head == commit }) {
			return nil, ErrNoVersion
		}
	}
	lib, err := b.reader(ctx, repo)
	if err != nil {
		return nil, err
	}
	defer lib.close()
	var trees [2]*revision.Tree
	for i, commit := range []string{base, head} {
		if trees[i], err = lib.at(ctx, commit); err != nil {
			return nil, err
		}
	}
	c := b.Checker // a copy
	c.Now = b.Now()
	r, err := c.Check(ctx, checker.Revisions{Gate: trees[0], Base: trees[0], Head: trees[1], Refs: &refs{lib}})
	if err := errors.Join(lib.failure(), err); err != nil {
		return nil, err
	}
	out := &Comparison{Result: r}
	for _, name := range files {
		f := ComparedFile{Name: name}
		if trees[0].Has(name) {
			f.Base, _ = trees[0].ReadFile(name) // the report says what cannot be read
		}
		if trees[1].Has(name) {
			f.Head, _ = trees[1].ReadFile(name)
		}
		out.Files = append(out.Files, f)
	}
	return out, lib.failure()
}

// reader reads a repository that is known.
func (b *Bot) reader(ctx context.Context, repo string) (*library, error) {
	known, err := b.Store.Repository(ctx, repo)
	if err != nil || known == nil {
		return nil, errors.Join(err, fmt.Errorf("%s is not known", repo))
	}
	s := store.Subject{Installation: known.Installation, Repo: repo}
	client, _, _, err := b.GitHub.of(ctx, &s)
	if err != nil {
		return nil, err
	}
	return b.library(client, s), nil
}
