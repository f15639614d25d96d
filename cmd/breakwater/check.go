package main

import (
	"context"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/spf13/cobra"
)

func (c *cli) checkCommand() *cobra.Command {
	var base, head string
	var staged bool
	cmd := c.command("check [PATH]", "Judge what changed since the target branch",
		`Check compares every port of the repository at PATH (default: here) as it is now
with what it was where it left the target branch, and says whom the difference
hits. The exit code is 1 if it should not be merged.`,
		cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
			return c.check(ctx, folder(args), base, head, staged)
		})
	c.look(cmd, resultFormats()...)
	c.judge(cmd)
	c.remember(cmd)
	c.compares(cmd, &base, &head, &staged)
	return cmd
}

// compares adds the flags that say what is compared.
func (c *cli) compares(cmd *cobra.Command, base, head *string, staged *bool) {
	cmd.Flags().StringVar(base, "base", "", "the target branch (default: origin/HEAD, else main or master)")
	cmd.Flags().StringVar(head, "head", "", "the revision to check (default: the working tree, with untracked files)")
	cmd.Flags().BoolVar(staged, "staged", false, "check the index: what would be committed")
	cmd.MarkFlagsMutuallyExclusive("head", "staged")
}

// folder returns the folder that a command is about.
func folder(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

func (c *cli) check(ctx context.Context, dir, base, head string, staged bool) error {
	if _, err := c.writers(); err != nil {
		return err
	}
	ch, err := c.checker()
	if err != nil {
		return err
	}
	repo, err := revision.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer repo.Close()
	revs, err := revisions(ctx, repo, base, head, staged)
	if err != nil {
		return err
	}
	var keep func()
	ch.Index, keep = c.index(repo.Root())
	defer keep()
	return action.Run(ctx, ch, revs, c.show)
}

// revisions finds what to compare: the head with where it left base.
func revisions(ctx context.Context, repo *revision.Repo, base, head string, staged bool) (checker.Revisions, error) {
	var revs checker.Revisions
	var err error
	if base == "" {
		if base, err = repo.DefaultBranch(ctx); err != nil {
			return revs, err
		}
	}
	from := "HEAD"
	switch {
	case head != "":
		from = head
		revs.Head, err = repo.Tree(ctx, head)
	case staged:
		revs.Head, err = repo.Index(ctx)
	case repo.Bare():
		return revs, usagef("a bare repository has no working tree; say --head REV")
	default:
		revs.Head, err = repo.WorkingTree(ctx)
	}
	if err != nil {
		return revs, err
	}
	if revs.Gate, err = repo.TreeNear(ctx, base, revs.Head); err != nil {
		return revs, err
	}
	left, err := repo.MergeBase(ctx, base, from)
	if err != nil {
		return revs, err
	}
	revs.Base = revs.Gate
	if left != revs.Gate.Commit {
		if revs.Base, err = repo.TreeNear(ctx, left, revs.Gate); err != nil {
			return revs, err
		}
	}
	past := action.Past{Repo: repo, Tip: revs.Gate.Commit}
	revs.Past, revs.Refs = past, past
	return revs, nil
}
