package bot

import (
	"context"
	"errors"

	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// What stands here reads a large repository through a clone of it. The clone is a short
// cut and no authority: for all that it cannot do the forge's API is asked.

// cloned returns the files at a commit as the clone has them; nil: there is none, or it
// cannot be used now.
func (l *library) cloned(ctx context.Context, commit string, files int) *revision.Tree {
	if !l.Clones.wants(l.repo(), files, l.Now()) {
		return nil
	}
	for {
		h, entries, err := l.openClone(ctx, commit)
		switch {
		case err == nil:
			l.metrics.clones.WithLabelValues("used").Inc()
			return l.cloneTree(ctx, h, commit, entries)
		case errors.Is(err, revision.ErrNoCommit) || ctx.Err() != nil:
			return nil
		case h != nil && !h.fresh && h.Answers(ctx) == nil: // it is the clone's fault
			l.Log.Warn("a clone is damaged, and made anew", "repo", l.repo(), "error", err.Error())
			l.metrics.clones.WithLabelValues("damaged").Inc()
			l.Clones.discard(h)
			l.dropClone()
			continue
		}
		l.Log.Warn("the repository cannot be cloned; its files are read one by one", "repo", l.repo(), "error", err.Error())
		l.metrics.clones.WithLabelValues("failed").Inc()
		if h != nil && h.fresh {
			l.Clones.discard(h)
			l.Clones.giveUp(l.repo(), l.Now())
		}
		l.dropClone()
		return nil
	}
}

// openClone holds the clone, for as long as the library is used, and lists a commit of
// it.
func (l *library) openClone(ctx context.Context, commit string) (*heldClone, []revision.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.clone == nil {
		h, err := l.Clones.hold(ctx, l.repo(), revision.Origin{Address: l.GitHub.web() + "/" + l.repo() + ".git", Token: l.token})
		if err != nil {
			return nil, nil, err
		}
		l.clone = h
	}
	entries, err := l.clone.Entries(ctx, commit)
	return l.clone, entries, err
}

func (l *library) token(ctx context.Context) (string, error) {
	return l.GitHub.token(ctx, l.installation)
}

// dropClone lets the clone go.
func (l *library) dropClone() {
	l.mu.Lock()
	h := l.clone
	l.clone = nil
	l.mu.Unlock()
	if h != nil {
		if err := l.Clones.release(h); err != nil {
			l.Log.Warn("a clone does not end well", "repo", l.repo(), "error", err.Error())
		}
	}
}

// Limits of what is brought together.
const (
	maxSiblings = 4 // trees
	maxJudging  = 500
)

func (l *library) cloneTree(ctx context.Context, h *heldClone, commit string, entries []revision.Entry) *revision.Tree {
	tree := revision.Listing{
		Name: revision.Label("", commit), Commit: commit, Entries: entries,
		Object: func(id string) ([]byte, error) { return l.cloneObject(ctx, h, id) },
		Warm: func(ctx context.Context, entries []revision.Entry) error {
			if err := l.cloneWarm(ctx, h, entries); err != nil {
				return l.warm(ctx, commit, entries)
			}
			return nil
		},
	}.Tree()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.trees) < maxSiblings {
		l.trees = append(l.trees, tree)
	}
	return tree
}

// cloneObject reads a file. One that was not brought ahead is asked for together with
// all that says how a repository is judged: whoever reads some of it reads the rest.
func (l *library) cloneObject(ctx context.Context, h *heldClone, id string) ([]byte, error) {
	text, err := h.Blob(id)
	if err == nil {
		return text, nil
	}
	if err = l.bring(ctx, h, append(l.judging(), id)); err == nil {
		if text, err = h.Blob(id); err == nil {
			return text, nil
		}
	}
	return l.object(ctx, id)
}

// bring has files come to the clone. Once that failed it is not tried again for this
// piece of work.
func (l *library) bring(ctx context.Context, h *heldClone, ids []string) error {
	l.mu.Lock()
	lost := l.lost
	l.mu.Unlock()
	if lost {
		return errNoFiles
	}
	err := h.Bring(ctx, ids)
	if err != nil && ctx.Err() == nil {
		l.Log.Warn("files are not to be had of a clone; the API is asked", "repo", l.repo(), "error", err.Error())
		l.mu.Lock()
		l.lost = true
		l.mu.Unlock()
	}
	return err
}

var errNoFiles = errors.New("files are not to be had of the clone")

// judging lists the files, of all trees, that say how a repository is judged and who
// reads what, where they are not declared to be elsewhere.
func (l *library) judging() (ids []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, tree := range l.trees {
		for _, dir := range []string{".breakwater", "consumers"} {
			for e := range tree.Under(dir) {
				if id, ok := e.Blob(); ok {
					ids = append(ids, id)
				}
			}
		}
		if id, ok := tree.Blob(policy.File); ok {
			ids = append(ids, id)
		}
	}
	return ids[:min(len(ids), maxJudging)]
}

// cloneWarm brings files in one request: those of one tree, and those that the other
// trees of the check have in their places, since a comparison reads both.
func (l *library) cloneWarm(ctx context.Context, h *heldClone, entries []revision.Entry) error {
	l.mu.Lock()
	trees := l.trees
	l.mu.Unlock()
	var ids, all []string
	for _, e := range entries {
		ids = append(ids, e.Blob)
		for _, tree := range trees {
			if id, ok := tree.Blob(e.Path); ok {
				all = append(all, id)
			}
		}
	}
	if err := l.bring(ctx, h, append(all, ids...)); err != nil {
		return err
	}
	return h.Warm(ids)
}
