package main

import (
	"context"
	"io"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats"
	"github.com/spf13/cobra"
)

// catalogue lists all that can be reported.
func catalogue() report.Catalogue {
	c := &checker.Checker{Formats: formats.All()}
	return report.Catalogue{Rules: c.Rules(), Formats: c.Formats}
}

func (c *cli) explainCommand() *cobra.Command {
	cmd := c.command("explain RULE", "Say why a rule exists, and show it at work", "", cobra.ExactArgs(1),
		func(_ context.Context, args []string) error {
			all := catalogue()
			return c.write(func(w io.Writer, o report.Options) error {
				found, err := all.Explain(w, args[0], o)
				if !found {
					return usagef("unknown rule %q%s", args[0], document.Suggest(args[0], all.IDs()))
				}
				return err
			})
		})
	c.look(cmd, "text")
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return catalogue().IDs(), cobra.ShellCompDirectiveNoFileComp
	}
	return cmd
}

func (c *cli) rulesCommand() *cobra.Command {
	cmd := c.command("rules", "List every rule, and what is not compared", "", cobra.NoArgs,
		func(context.Context, []string) error {
			all := catalogue()
			return c.write(func(w io.Writer, o report.Options) error {
				switch c.format {
				case "text":
					return all.Text(w, o)
				case "json":
					return all.JSON(w)
				case "markdown":
					return all.Markdown(w)
				}
				return usagef("--format: want %s, got %q", strings.Join([]string{"text", "json", "markdown"}, " or "), c.format)
			})
		})
	c.look(cmd, "text", "json", "markdown")
	return cmd
}

func (c *cli) versionCommand() *cobra.Command {
	return c.command("version", "Print the version", "", cobra.NoArgs, func(context.Context, []string) error {
		t := tool()
		_, err := io.WriteString(c.stdout, t.Name+" "+t.Version+"\n")
		return err
	})
}
