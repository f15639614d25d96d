package action

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// Refs implements [checker.Refs]. A branch counts as the remote has it: a clone has
// seldom one of its own.
func (p Past) Refs(ctx context.Context, kind, pattern string, max int) (refs []checker.Ref, missing string, err error) {
	names, err := p.named(ctx, kind, pattern, max)
	if err != nil {
		return nil, "", err
	}
	if p.Repo.Shallow() {
		missing = fmt.Sprintf("this clone is shallow; run: git fetch --unshallow --tags origin %s", refspec(kind, pattern))
		if len(names) == 0 {
			return nil, "", &revision.Error{Err: fmt.Errorf("none of the %s %s is in this shallow clone", kind, pattern), Hint: strings.TrimPrefix(missing, "this clone is shallow; ")}
		}
	}
	near, err := p.Repo.Tree(ctx, p.Tip)
	if err != nil {
		return nil, "", err
	}
	for _, name := range names {
		commit, err := p.Repo.Commit(ctx, name)
		if err != nil {
			return nil, "", err
		}
		refs = append(refs, checker.Ref{
			Version: policy.Version{Name: shortName(name), Commit: commit.ID}, Time: commit.Time,
			Tree: func(ctx context.Context) (*revision.Tree, error) { return p.Repo.TreeNear(ctx, commit.ID, near) },
		})
	}
	return refs, missing, nil
}

// named lists the full names of tags or branches, newest first, and each branch once.
func (p Past) named(ctx context.Context, kind, pattern string, max int) ([]string, error) {
	if kind == "tags" {
		return p.Repo.Refs(ctx, "refs/tags/"+pattern, max)
	}
	remote, err1 := p.Repo.Refs(ctx, "refs/remotes/origin/"+pattern, max)
	local, err2 := p.Repo.Refs(ctx, "refs/heads/"+pattern, max)
	if err := cmp.Or(err1, err2); err != nil {
		return nil, err
	}
	local = slices.DeleteFunc(local, func(name string) bool {
		return slices.ContainsFunc(remote, func(other string) bool { return shortName(other) == shortName(name) })
	})
	both := slices.Concat(remote, local)
	return both[:min(len(both), max)], nil
}

// shortName is a tag or branch as people call it.
func shortName(ref string) string {
	for _, prefix := range []string{"refs/tags/", "refs/remotes/origin/", "refs/heads/"} {
		if name, ok := strings.CutPrefix(ref, prefix); ok {
			return name
		}
	}
	return ref
}

// refspec is what a fetch has to be told to bring them.
func refspec(kind, pattern string) string {
	if kind == "tags" {
		return fmt.Sprintf("'refs/tags/%s:refs/tags/%s'", pattern, pattern)
	}
	return fmt.Sprintf("'refs/heads/%s:refs/remotes/origin/%s'", pattern, pattern)
}
