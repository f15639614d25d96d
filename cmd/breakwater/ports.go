package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/spf13/cobra"
)

func (c *cli) portsCommand() *cobra.Command {
	cmd := c.command("ports [PATH]", "List the ports that are found, and the contracts that are not read", "", cobra.MaximumNArgs(1),
		func(ctx context.Context, args []string) error {
			inv, err := c.inventory(ctx, folder(args))
			if inv == nil {
				return err
			}
			write := map[string]func() error{
				"text": func() error { return c.options().Ports(c.stdout, inv) },
				"json": func() error { return report.PortsJSON(c.stdout, inv) },
			}[c.format]
			return errors.Join(err, write())
		})
	c.look(cmd, "text", "json")
	c.remember(cmd)
	return cmd
}

func (c *cli) whoUsesCommand() *cobra.Command {
	cmd := c.command("who-uses PORT[#PATH]", "Say who reads a port, or one element of it", "", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			inv, err := c.inventory(ctx, ".")
			if inv == nil {
				return err
			}
			id, path, err := portAndPath(args[0])
			if err != nil {
				return err
			}
			q, err := inv.WhoUses(id, path)
			switch {
			case err != nil:
				return usagef("port %s: %w", id, err)
			case q == nil && inv.Moved[id] != "":
				return usagef("port %s went to %s", id, inv.Moved[id])
			case q == nil:
				return unknownPort(id, inv)
			case c.format == "json":
				return report.WhoUsesJSON(c.stdout, q)
			}
			return c.options().WhoUses(c.stdout, q)
		})
	c.look(cmd, "text", "json")
	c.remember(cmd)
	return cmd
}

// inventory reads the ports and the registrations as they are in the working
// tree, or in a folder that is in no repository, and complains of what is wrong
// with them.
func (c *cli) inventory(ctx context.Context, dir string) (*checker.Inventory, error) {
	ch, err := c.checker()
	if err != nil {
		return nil, err
	}
	tree, done, err := c.tree(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer done()
	var keep func()
	ch.Index, keep = c.index(dir)
	defer keep()
	inv, err := ch.Inventory(ctx, tree)
	if err == nil {
		c.result = &checker.Result{Errors: inv.Errors} // for the exit code
		for _, e := range inv.Errors {
			fmt.Fprintln(c.stderr, report.Plain(e.Err.Error()))
		}
		if c.verbose {
			c.tellElsewhere(inv)
		}
	}
	return inv, err
}

// maxTold bounds what -v lists.
const maxTold = 200

// tellElsewhere lists what of the imported consumers does not count here.
func (c *cli) tellElsewhere(inv *checker.Inventory) {
	for _, n := range inv.Notes {
		fmt.Fprintln(c.stderr, report.Plain(n.Error()))
	}
	for i, r := range inv.Elsewhere {
		if i == maxTold {
			fmt.Fprintf(c.stderr, "and %d more\n", len(inv.Elsewhere)-maxTold)
			break
		}
		fmt.Fprintln(c.stderr, report.Plain(fmt.Sprintf("%s: %s reads %s, which no port here serves", r.Span, r.ID, cmp.Or(r.Table.String(), strings.Join(r.Ports, " or ")))))
	}
}

// tree reads the working tree at dir. Outside a repository it is just a folder.
func (c *cli) tree(ctx context.Context, dir string) (tree *revision.Tree, done func(), err error) {
	repo, err := revision.Open(ctx, dir)
	if err != nil {
		if tree, folderErr := revision.Folder(dir); folderErr == nil {
			return tree, func() {}, nil
		}
		return nil, nil, err
	}
	done = func() { repo.Close() }
	tree, err = headTree(ctx, repo)
	if err != nil {
		done()
	}
	return tree, done, err
}
