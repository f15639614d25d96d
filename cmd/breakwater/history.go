package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/spf13/cobra"
)

func (c *cli) historyCommand() *cobra.Command {
	var since string
	cmd := c.command("history [REV]", "Say which merged changes would have been stopped, and who would have been told",
		`History checks each commit of REV (default: HEAD) along first parents, which is what
was merged, against the one before. It judges by today's configuration and today's
registrations: what would have happened, had they been there.`,
		cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
			rev := "HEAD"
			if len(args) > 0 {
				rev = args[0]
			}
			return c.history(ctx, rev, since)
		})
	c.look(cmd, "text", "json")
	c.judge(cmd)
	cmd.Flags().StringVar(&since, "since", "180d", "how far to look back: a time such as 180d or P6M, or a date")
	return cmd
}

func (c *cli) history(ctx context.Context, rev, since string) error {
	if _, err := c.writers(); err != nil {
		return err
	}
	ch, err := c.checker()
	if err != nil {
		return err
	}
	from, err := lookBack(since, ch.Now)
	if err != nil {
		return err
	}
	repo, err := revision.Open(ctx, ".")
	if err != nil {
		return err
	}
	defer repo.Close()
	ch.Memory = new(product.Memory)
	commits, complete, err := repo.Log(ctx, rev, from, nil, 0)
	if err != nil {
		return err
	}
	h := report.History{Since: from, Revision: rev, Complete: complete, Commits: len(commits), Now: ch.Now, Tool: ch.Tool}
	gate, err := today(ctx, repo, rev)
	if err != nil {
		return err
	}
	p := player{checker: ch, repo: repo, gate: gate, near: gate}
	for _, commit := range commits {
		if len(commit.Parents) == 0 || !ch.Concerns(commit.Changed) {
			continue
		}
		r, err := p.replay(ctx, commit)
		if r == nil {
			return fmt.Errorf("commit %s: %w", commit.ID, err)
		}
		c.result = cmp.Or(c.result, gateErrors(r))
		h.Entries = append(h.Entries, report.Entry{Commit: commit.ID, Time: commit.Time, Subject: commit.Subject, Result: r})
	}
	return c.writeHistory(&h)
}

// gateErrors returns what is wrong with the configuration and the registrations that
// everything is judged by: they are wrong for the run, too.
func gateErrors(r *checker.Result) *checker.Result {
	wrong := slices.DeleteFunc(slices.Clone(r.Errors), func(e checker.Error) bool { return e.Contract || e.Side != checker.Gate })
	if len(wrong) == 0 {
		return nil
	}
	return &checker.Result{Errors: wrong}
}

// today is what the changes of the past are judged by: the working tree where the
// history is that of what is checked out, so that a registration can be tried
// before it is committed.
func today(ctx context.Context, repo *revision.Repo, rev string) (*revision.Tree, error) {
	if rev == "HEAD" && !repo.Bare() {
		return repo.WorkingTree(ctx)
	}
	return repo.Tree(ctx, rev)
}

// A player replays merged changes, newest first, so each tree is near to the one
// before.
type player struct {
	checker    *checker.Checker
	repo       *revision.Repo
	gate, near *revision.Tree
}

func (p *player) replay(ctx context.Context, commit revision.Commit) (*checker.Result, error) {
	head, err := p.repo.TreeNear(ctx, commit.ID, p.near)
	if err != nil {
		return nil, err
	}
	base, err := p.repo.TreeNear(ctx, commit.Parents[0], head)
	if err != nil {
		return nil, err
	}
	p.near = base
	then := *p.checker
	then.Now = commit.Time
	past := action.Past{Repo: p.repo, Tip: commit.Parents[0]}
	r, err := then.Check(ctx, checker.Revisions{Base: base, Head: head, Gate: p.gate, Past: past, Refs: past, Replay: true})
	if r != nil { // what a commit left alone is not kept, over a thousand commits
		r.Ports = slices.DeleteFunc(r.Ports, func(port checker.Port) bool { return port.State == checker.Unchanged })
		r.Unread, r.Excerpts = nil, nil
	}
	return r, err
}

// lookBack reads a time span, or a date.
func lookBack(text string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	q, unit, err := slo.ParseQuantity(text)
	if err != nil || unit != "s" {
		return time.Time{}, usagef("--since: want a time such as 180d, or a date such as 2026-01-31, got %q", text)
	}
	return q.Before(now), nil
}

func (c *cli) writeHistory(h *report.History) error {
	write := map[string]func(io.Writer, report.Options) error{"text": h.Text, "json": func(w io.Writer, _ report.Options) error { return h.JSON(w) }}
	return write[c.format](c.stdout, c.options())
}
