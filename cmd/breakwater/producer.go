package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// producer reads the ports at spec: a folder, a contract's file, or the address of a
// repository; @REV behind a repository names a branch, tag or commit.
func (c *cli) producer(ctx context.Context, spec string) (*checker.Producer, error) {
	ch, err := c.checker()
	if err != nil {
		return nil, err
	}
	ch.Config, ch.Set = "", nil // those are this repository's own
	tree, done, err := c.producerTree(ctx, spec)
	if err != nil {
		return nil, err
	}
	defer done()
	inv, err := ch.Inventory(ctx, tree)
	if inv == nil {
		return nil, err
	}
	at, _ := splitRevision(spec)
	info, statErr := os.Stat(at)
	return &checker.Producer{Inventory: inv, Name: revision.Anonymous(at), Commit: tree.Commit, Alone: statErr == nil && !info.IsDir()}, err
}

func (c *cli) producerTree(ctx context.Context, spec string) (*revision.Tree, func(), error) {
	at, rev := splitRevision(spec)
	info, err := os.Stat(at)
	switch {
	case revision.IsRemote(at) && err != nil:
		return fetched(ctx, at, rev)
	case err != nil:
		return nil, nil, usagef("producer %q: want a folder, a contract's file or the address of a repository, with @REV behind it if need be", spec)
	case !info.IsDir() && rev == "":
		side, err := revision.OpenSide(ctx, at, nil)
		return side.Tree, func() {}, err
	case !info.IsDir():
		return nil, nil, usagef("producer %q: a file has no revisions; name its repository", spec)
	case rev == "":
		return c.present(ctx, at)
	}
	repo, err := revision.Open(ctx, at)
	if err != nil {
		return nil, nil, err
	}
	tree, err := repo.Tree(ctx, rev)
	if err != nil {
		repo.Close()
		return nil, nil, err
	}
	return tree, func() { repo.Close() }, nil
}

// fetched gets a repository from elsewhere into a folder that is gone afterwards.
func fetched(ctx context.Context, address, rev string) (*revision.Tree, func(), error) {
	dir, err := os.MkdirTemp("", "breakwater-producer-")
	if err != nil {
		return nil, nil, err
	}
	repo, tree, err := revision.FetchCommit(ctx, address, rev, dir)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return tree, func() { repo.Close(); os.RemoveAll(dir) }, nil
}

// present reads the working tree at dir. Where it is just what was committed, it is
// that commit.
func (c *cli) present(ctx context.Context, dir string) (*revision.Tree, func(), error) {
	tree, done, err := c.tree(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	repo, err := revision.Open(ctx, dir)
	if err != nil {
		return tree, done, nil // it is in no repository
	}
	committed, err := repo.Tree(ctx, "HEAD")
	if err != nil || len(revision.Changed(committed, tree)) > 0 {
		repo.Close()
		return tree, done, nil
	}
	return committed, func() { done(); repo.Close() }, nil
}

// splitRevision cuts @REV off the name of a producer, unless it is a folder or file with
// an @ in its name, or the user in an address.
func splitRevision(spec string) (at, rev string) {
	if _, err := os.Stat(spec); err == nil {
		return spec, ""
	}
	from := 0 // where a path begins
	if _, rest, ok := strings.Cut(spec, "://"); ok {
		from = len(spec) - len(rest) + max(strings.IndexByte(rest, '/'), 0)
	} else if revision.IsRemote(spec) {
		from = strings.IndexByte(spec, ':')
	}
	if i := strings.LastIndexByte(spec, '@'); i > from {
		return spec[:i], spec[i+1:]
	}
	return spec, ""
}

// portOf finds a port by its id, its contract or, if there is one such, its name alone.
// The only port of a contract's file is whatever it is called elsewhere.
func portOf(p *checker.Producer, id string) *checker.Held {
	var named []*checker.Held
	for i := range p.Ports {
		h := &p.Ports[i]
		if h.ID == id || id != "" && h.ContractID == id {
			return h
		}
		if h.Name == id || p.Alone && len(p.Ports) == 1 {
			named = append(named, h)
		}
	}
	if len(named) == 1 {
		return named[0]
	}
	return nil
}
