package main

import (
	"context"
	"io"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/spf13/cobra"
)

func (c *cli) impactCommand() *cobra.Command {
	var depth int
	cmd := c.command("impact PORT[#PATH]", "Say what a removal would hit, and what that would hit in turn",
		`Impact shows who reads a port, or one element of it, and follows each reader that is
a product itself: to the ports that it publishes, and to who reads those. Which field
of a product comes from which is seldom known, so what lies behind a product is hit
perhaps. Products that feed each other are shown once.`,
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			return c.impact(ctx, args[0], depth)
		})
	c.look(cmd, "text", "json", "svg", "mermaid", "dot")
	cmd.Flags().IntVar(&depth, "depth", checker.MaxDepth, "how many products it is followed through; 0: who reads the port itself")
	return cmd
}

// impactWriters lists how a reach can be written.
func (c *cli) impactWriters(errors []checker.Error) map[string]func(io.Writer, *checker.Reach) error {
	return map[string]func(io.Writer, *checker.Reach) error{
		"text": func(w io.Writer, r *checker.Reach) error { return c.options().Impact(w, r) },
		"json": func(w io.Writer, r *checker.Reach) error { return report.ImpactJSON(w, r, errors) },
		"svg":  report.ImpactSVG, "mermaid": report.ImpactMermaid, "dot": report.ImpactDOT,
	}
}

func (c *cli) impact(ctx context.Context, what string, depth int) error {
	if depth < 0 || depth > checker.MaxDepth {
		return usagef("--depth: want 0 to %d, got %d", checker.MaxDepth, depth)
	}
	id, path, err := portAndPath(what)
	if err != nil {
		return err
	}
	inv, err := c.inventory(ctx, ".")
	if inv == nil {
		return err
	}
	r, wrong := inv.Reach(id, path, depth)
	switch {
	case wrong != nil:
		return usagef("port %s: %w", id, wrong)
	case r == nil:
		return unknownPort(id, inv)
	}
	if wrong := c.impactWriters(inv.Errors)[c.format](c.stdout, r); wrong != nil {
		return wrong
	}
	return err
}

// portAndPath takes PORT#PATH apart.
func portAndPath(what string) (id string, path change.Path, err error) {
	id, text, _ := strings.Cut(what, "#")
	if text != "" {
		if path, err = change.Parse(text); err != nil {
			return "", "", usageError{err}
		}
	}
	return id, path, nil
}

// unknownPort says that a port is not in this repository, and which may be meant.
func unknownPort(id string, inv *checker.Inventory) error {
	var ids []string
	for _, p := range inv.Ports {
		ids = append(ids, p.ID)
	}
	return usagef("port %q is not in this repository%s", id, document.Suggest(id, ids))
}
