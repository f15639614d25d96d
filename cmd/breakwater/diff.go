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
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats"
	"github.com/spf13/cobra"
)

func (c *cli) diffCommand() *cobra.Command {
	var as string
	cmd := c.command("diff BASE HEAD", "Compare one contract with another",
		`Diff compares two contracts, no repository needed. Each side is a file, a folder,
REV:PATH, or - for standard input (with --as). Nobody is registered here, so a
breaking change makes the exit code 1.`,
		cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
			return c.diff(ctx, args[0], args[1], as)
		})
	c.look(cmd, resultFormats()...)
	c.judge(cmd)
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

func (c *cli) diff(ctx context.Context, base, head, as string) error {
	if _, err := c.writers(); err != nil {
		return err
	}
	ch, err := c.checker()
	if err != nil {
		return err
	}
	if base == "-" && head == "-" {
		return usagef("only one side can be standard input")
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
	b, err1 := c.side(ctx, base, as, open)
	h, err2 := c.side(ctx, head, as, open)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	return action.Run(ctx, ch, checker.Revisions{Base: b, Head: h, Bare: true}, func(r *checker.Result) error {
		if len(r.Ports) == 0 && len(r.Unread) == 0 {
			return usagef("%s and %s: no contract that breakwater reads; say --as FORMAT if they are one", base, head)
		}
		return c.show(r)
	})
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
