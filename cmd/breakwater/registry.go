package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/snapshot"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/spf13/cobra"
)

func (c *cli) registryCommand() *cobra.Command {
	registry := &cobra.Command{Use: "registry", Short: "Take copies of registrations in other repositories"}
	var dry bool
	pull := c.command("pull", "Copy what other repositories register, as breakwater.yaml lists them",
		`Pull fetches each repository that an import of breakwater.yaml names (kind: snapshot, with
git and perhaps rev), and writes its registrations to the import's path, with the date.
Commit what it writes: a check fetches nothing. What cannot be fetched stays as it is, and
is in doubt once it is old.`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return c.pull(ctx, dry) })
	c.look(pull, "text")
	pull.Flags().StringVar(&c.config, "config", "", "the configuration's path in the repository (default breakwater.yaml)")
	pull.Flags().BoolVar(&dry, "dry-run", false, "fetch, and write nothing")
	registry.AddCommand(pull)
	return registry
}

func (c *cli) pull(ctx context.Context, dry bool) error {
	ch, err := c.checker()
	if err != nil {
		return err
	}
	tree, done, err := c.tree(ctx, ".")
	if err != nil {
		return err
	}
	defer done()
	imports, err := ch.Imports(tree)
	if err != nil {
		return usageError{err}
	}
	home, err := siteOf(ctx, ".", tree)
	if err != nil {
		return err
	}
	defer home.top.Close()
	pulled := 0
	var errs []error
	for _, im := range imports {
		if im.Git == "" {
			continue
		}
		pulled++
		text, said, err := c.copyOf(ctx, im)
		switch {
		case err != nil:
			err = fmt.Errorf("%s: %w", im.Path, err)
		case dry:
		case home.has(im.Path):
			err = replace(home.top, im.Path, text)
		default:
			err = writeNew(home.top, im.Path, string(text))
		}
		if errs = append(errs, err); err == nil {
			fmt.Fprintln(c.stdout, report.Plain(said))
		}
	}
	if pulled == 0 {
		return usagef("breakwater.yaml names no other repository; want under consumers.imports {kind: snapshot, path: .breakwater/registry/NAME.json, git: ADDRESS}")
	}
	return errors.Join(errs...)
}

// copyOf takes the copy that an import is of.
func (c *cli) copyOf(ctx context.Context, im consumer.Import) (text []byte, said string, err error) {
	now, err := c.clock()
	if err != nil {
		return nil, "", err
	}
	tree, done, err := fetched(ctx, im.Git, im.Rev)
	if err != nil {
		return nil, "", err
	}
	defer done()
	from := snapshot.From{Git: revision.Anonymous(im.Git), Rev: im.Rev, Commit: tree.Commit}
	text, n, err := snapshot.Take(tree, from, now)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", tree.Name, err)
	}
	return text, fmt.Sprintf("%s: %d of %s", im.Path, n, tree.Name), nil
}
