package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats"
	"github.com/spf13/cobra"
)

func (c *cli) diffCommand() *cobra.Command {
	var as string
	var against []string
	cmd := c.command("diff BASE HEAD", "Compare one contract with another",
		`Diff compares two contracts, no repository needed. Each side is a file, a folder,
REV:PATH, or - for standard input (with --as). Nobody is registered here, so a
breaking change makes the exit code 1.

With --against the head is held against older versions, too, newest first; arguments
behind HEAD are further ones.`,
		cobra.MinimumNArgs(2), func(ctx context.Context, args []string) error {
			if len(args) > 2 && len(against) == 0 {
				return usagef("want two sides, got %d; older versions go behind --against", len(args))
			}
			return c.diff(ctx, args[0], args[1], append(against, args[2:]...), as)
		})
	c.look(cmd, resultFormats()...)
	c.judge(cmd)
	cmd.Flags().StringArrayVar(&against, "against", nil, "an older version that the head must not break either; may be repeated")
	cmd.Flags().StringVar(&as, "as", "", "the format of both sides, whatever the files are called")
	c.completes(cmd, "as", formatNames()...)
	return cmd
}

func formatNames() []string {
	var names []string
	for _, f := range formats.All() {
		names = append(names, f.Name)
	}
	return names
}

func (c *cli) diff(ctx context.Context, base, head string, against []string, as string) error {
	if _, err := c.writers(); err != nil {
		return err
	}
	ch, err := c.checker()
	if err != nil {
		return err
	}
	sides := append([]string{base, head}, against...)
	if slices.Index(sides, "-") != lastIndex(sides, "-") {
		return usagef("only one side can be standard input")
	}
	if len(against) > product.MaxVersions {
		return usagef("--against: want at most %d older versions, got %d", product.MaxVersions, len(against))
	}
	if as != "" {
		i := slices.IndexFunc(ch.Formats, func(f schema.Format) bool { return f.Name == as })
		if i < 0 {
			return usagef("--as: want %s, got %q", strings.Join(formatNames(), " or "), as)
		}
		ch.Formats, ch.Unread = []schema.Format{forced(ch.Formats[i])}, nil
	}
	var repo *revision.Repo
	defer func() {
		if repo != nil {
			repo.Close()
		}
	}()
	open := func() (*revision.Repo, error) {
		var err error
		if repo == nil {
			repo, err = revision.Open(ctx, ".")
		}
		return repo, err
	}
	trees := make([]*revision.Tree, len(sides))
	errs := make([]error, len(sides))
	for i, spec := range sides {
		trees[i], errs[i] = c.side(ctx, spec, as, open)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return action.Run(ctx, ch, checker.Revisions{Base: trees[0], Head: trees[1], Against: trees[2:], Bare: true}, func(r *checker.Result) error {
		if len(r.Ports) == 0 && len(r.Unread) == 0 {
			return usagef("%s and %s: no contract that breakwater reads; say --as FORMAT if they are one", base, head)
		}
		return c.show(r)
	})
}

func lastIndex(list []string, text string) int {
	for i, s := range slices.Backward(list) {
		if s == text {
			return i
		}
	}
	return -1
}

// forced makes a format claim every file: the user said what they are.
func forced(f schema.Format) schema.Format {
	f.Match = func(string) bool { return true }
	f.Claims = func(string, []byte) bool { return true }
	return f
}

// maxStdin is the largest contract that is read from standard input.
const maxStdin = revision.MaxFile

func (c *cli) side(ctx context.Context, spec, as string, repo func() (*revision.Repo, error)) (*revision.Tree, error) {
	if spec != "-" {
		side, err := revision.OpenSide(ctx, spec, repo)
		var cannot *revision.Error
		if err != nil && !errors.As(err, &cannot) {
			err = usageError{err}
		}
		return side.Tree, err
	}
	if as == "" {
		return nil, usagef("standard input has no name to tell its format by; say --as %s", strings.Join(formatNames(), " or "))
	}
	text, err := io.ReadAll(io.LimitReader(c.stdin, maxStdin+1))
	if err == nil && len(text) > maxStdin {
		err = fmt.Errorf("more than %d bytes", maxStdin)
	}
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	return revision.Memory("standard input", map[string][]byte{"stdin": text}), nil
}
