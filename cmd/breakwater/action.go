package main

import (
	"cmp"
	"context"
	"errors"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/channels"
	"github.com/spf13/cobra"
)

func (c *cli) actionCommand() *cobra.Command {
	return c.command("action", "Check the event that a GitHub workflow runs for",
		`Action is what the GitHub Action runs: it reads the event and the inputs from the
environment (GITHUB_EVENT_PATH, INPUT_FAIL_ON and so on), fetches what is missing to
compare, and reports in the log, in the summary and on the pull request.`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return c.action(ctx) })
}

// notices tells those whom r hits, as the configuration of the target branch says.
func (c *cli) notices(ctx context.Context, r *checker.Result, about notifier.Change, delivered []string) ([]string, error) {
	c.config = c.getenv("INPUT_CONFIG")
	config, err := c.notifyConfig(ctx, cmp.Or(r.Gate.Commit, r.Base.Commit))
	if err != nil {
		return nil, err
	}
	planned, _ := notifier.Plan(report.NewDocument(r), config, about)
	return channels.Send(ctx, config, planned, delivered, c.getenv, c.now)
}

func (c *cli) action(ctx context.Context) error {
	ch, err := c.checker()
	if err != nil {
		return err
	}
	a := &action.Action{Checker: *ch, Getenv: c.getenv, Log: c.stdout, Notify: c.notices}
	c.result, err = a.Run(ctx)
	if _, ok := errors.AsType[*action.InputError](err); ok {
		err = usageError{err}
	}
	if err != nil {
		err = said{err}
	}
	return err
}
