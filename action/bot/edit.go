package bot

import (
	"cmp"
	"context"
	"net/http"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/google/go-github/v60/github"
)

// What stands here saves requests for listings. Asked where a head left its branch, or
// where a branch is now, the forge also says which files differ from an earlier commit,
// and what git's id of all files is. If the earlier commit's listing is kept, the new
// one follows from it, and the id shows whether it is right: the forge leaves out modes,
// and files after the first 300.

// An edit is what the forge says of how the files of a commit came about.
type edit struct {
	from  string // the earlier commit
	files []*github.CommitFile
	tree  string // git's id of all files
}

// compare asks the forge where a branch is now, and where head left it.
func (l *library) compare(ctx context.Context, branch, head string) (tip, left string, err error) {
	if l.Clones.wants(l.repo(), 0, l.Now()) {
		return action.Compare(ctx, l.client, l.owner, l.name, branch, head)
	}
	// Without pages, the last commit is the head, however many there are.
	found, _, err := l.client.Repositories.CompareCommits(ctx, l.owner, l.name, branch, head, nil)
	tip, left = found.GetBaseCommit().GetSHA(), found.GetMergeBaseCommit().GetSHA()
	if err != nil || !isSHA(tip) || !isSHA(left) { // as it is with too many differences
		return action.Compare(ctx, l.client, l.owner, l.name, branch, head)
	}
	if n := len(found.Commits); n > 0 {
		l.learn(found.Commits[n-1], left, found.Files)
	}
	return tip, left, nil
}

// tip returns where the default branch is; "": there is none yet. A forge that does not
// say so at once is asked which branch that is.
func (l *library) tip(ctx context.Context) (string, error) {
	commit, _, err := l.client.Repositories.GetCommit(ctx, l.owner, l.name, "HEAD", nil)
	if err == nil && isSHA(commit.GetSHA()) {
		if len(commit.Parents) > 0 {
			l.learn(commit, commit.Parents[0].GetSHA(), commit.Files)
		}
		return commit.GetSHA(), nil
	}
	if wait(err, l.Now()) > 0 {
		return "", err
	}
	head, _, err := l.client.Repositories.GetCommitSHA1(ctx, l.owner, l.name, "HEAD", "") // it may have been too many differences
	if err == nil && isSHA(head) {
		return head, nil
	}
	if wait(err, l.Now()) > 0 || status(err) >= http.StatusInternalServerError {
		return "", err
	}
	repo, _, err := l.client.Repositories.Get(ctx, l.owner, l.name)
	if err != nil {
		return "", err
	}
	branch, _, err := l.client.Repositories.GetBranch(ctx, l.owner, l.name, repo.GetDefaultBranch(), 1)
	if status(err) == http.StatusNotFound {
		return "", nil
	}
	return branch.GetCommit().GetSHA(), err
}

// learn notes how the files of a commit came about.
func (l *library) learn(commit *github.RepositoryCommit, from string, files []*github.CommitFile) {
	if l.edits == nil {
		l.edits = make(map[string]edit)
	}
	l.edits[commit.GetSHA()] = edit{from, files, commit.GetCommit().GetTree().GetSHA()}
}

// derive lists the files of a commit of which the forge said how they came about; nil:
// that is not known, or not all.
func (l *library) derive(ctx context.Context, commit string) ([]revision.Entry, error) {
	e, ok := l.edits[commit]
	if !ok {
		return nil, nil
	}
	kept, err := l.Store.Object(ctx, l.repo(), store.Listing+e.from)
	if kept == nil || err != nil {
		return nil, err
	}
	before, err := parseListing(kept)
	entries := e.apply(before)
	if err != nil || !isSHA(e.tree) || revision.TreeID(entries) != e.tree {
		return nil, nil
	}
	return entries, l.keepListing(ctx, commit, entries)
}

// apply edits a listing. A file has the mode that it had, or the one that most have.
func (e edit) apply(before []revision.Entry) []revision.Entry {
	const regular = 0o100644
	modes := make(map[string]uint32, len(before))
	for _, f := range before {
		modes[f.Path] = f.Mode
	}
	touched := make(map[string]bool)
	var after []revision.Entry
	for _, f := range e.files {
		name, old := f.GetFilename(), cmp.Or(f.GetPreviousFilename(), f.GetFilename())
		touched[name] = true
		if f.GetStatus() == "renamed" {
			touched[old] = true
		}
		if f.GetStatus() != "removed" {
			after = append(after, revision.Entry{Path: name, Blob: f.GetSHA(), Mode: cmp.Or(modes[old], regular)})
		}
	}
	for _, f := range before {
		if !touched[f.Path] {
			after = append(after, f)
		}
	}
	return after
}
