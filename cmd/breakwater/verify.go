package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/files"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/spf13/cobra"
)

func (c *cli) verifyCommand() *cobra.Command {
	var producers []string
	var lock bool
	cmd := c.command("verify", "Say whether what this repository needs is what its producers promise now",
		`Verify holds the registrations of this repository (`+files.Own+`, consumers/)
against the contracts of producers as they are now: is each field there, does it have the
values that are handled, are the objectives promised that are relied on. The exit code
is 1 if a need is not met.

With --lock it writes `+checker.LockFile+`, and a later verify says what changed since.`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return c.verify(ctx, producers, lock) })
	c.look(cmd, "text", "json")
	cmd.Flags().StringArrayVar(&producers, "producer", nil, "a producer's repository or contract: a folder, a file or an address, @REV behind it if need be; may be repeated (default: this repository)")
	cmd.Flags().BoolVar(&lock, "lock", false, "write what is promised now to "+checker.LockFile)
	return cmd
}

func (c *cli) verify(ctx context.Context, specs []string, lock bool) error {
	now, err := c.clock()
	if err != nil {
		return err
	}
	tree, done, err := c.tree(ctx, ".")
	if err != nil {
		return err
	}
	defer done()
	uses, err := registered(tree)
	if err != nil {
		return err
	}
	was, err := readLock(tree)
	if err != nil {
		return err
	}
	if len(specs) == 0 {
		specs = []string{"."}
	}
	var producers []*checker.Producer
	var failed []error
	for _, spec := range specs {
		p, err := c.producer(ctx, spec)
		if failed = append(failed, err); p != nil {
			producers = append(producers, p)
		}
	}
	r := checker.Verify(uses, producers, was, now)
	c.conclude(r)
	write := report.VerifyJSON
	if c.format == "text" {
		write = c.options().Verify
	}
	failed = append(failed, write(c.stdout, r))
	if lock && errors.Join(failed...) == nil {
		failed = append(failed, c.writeLock(ctx, tree, r.Lock(was)))
	}
	return errors.Join(failed...)
}

// conclude makes of r what the exit code depends on, and complains of what cannot be
// read.
func (c *cli) conclude(r *checker.Verification) {
	c.result = &checker.Result{Errors: r.Errors, Verdict: policy.Pass}
	for _, v := range r.Uses {
		if v.Answer() == consumer.NotMet {
			c.result.Verdict = policy.Block
		}
	}
	for _, e := range r.Errors {
		fmt.Fprintln(c.stderr, report.Plain(e.Err.Error()))
	}
}

// registered reads the registrations of this repository.
func registered(tree *revision.Tree) ([]consumer.Use, error) {
	var names []string
	for _, pattern := range files.Patterns {
		names = append(names, product.Match(tree, pattern)...)
	}
	slices.Sort(names)
	var uses []consumer.Use
	var errs []error
	for _, name := range slices.Compact(names) {
		text, err := tree.ReadFile(name)
		if err != nil {
			errs = append(errs, source.Errorf(source.Top(name), "%w", err))
			continue
		}
		found, err := files.Parse(name, text)
		uses = append(uses, found...)
		errs = append(errs, err)
	}
	for _, e := range checker.Twice(uses) {
		errs = append(errs, e)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usageError{err}
	}
	if len(uses) == 0 {
		return nil, usagef("nothing is registered here; breakwater register PORT writes %s", files.Own)
	}
	return uses, nil
}

// readLock reads the lock, which need not be there.
func readLock(tree *revision.Tree) (checker.Lock, error) {
	text, err := tree.ReadFile(checker.LockFile)
	if errors.Is(err, fs.ErrNotExist) {
		return checker.Lock{}, nil
	}
	if err != nil {
		return checker.Lock{}, source.Errorf(source.Top(checker.LockFile), "%w", err)
	}
	lock, err := checker.ParseLock(checker.LockFile, text)
	if err != nil {
		return lock, usageError{err}
	}
	return lock, nil
}

func (c *cli) writeLock(ctx context.Context, tree *revision.Tree, lock checker.Lock) error {
	home, err := siteOf(ctx, ".", tree)
	if err != nil {
		return err
	}
	defer home.top.Close()
	text, err := lock.Text()
	if err != nil {
		return err
	}
	if home.has(checker.LockFile) {
		err = replace(home.top, checker.LockFile, text)
	} else {
		err = writeNew(home.top, checker.LockFile, string(text))
	}
	if err == nil && c.format == "text" {
		_, err = fmt.Fprintln(c.stdout, "wrote "+checker.LockFile)
	}
	return err
}
