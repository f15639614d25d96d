package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/spf13/cobra"
)

func (c *cli) initCommand() *cobra.Command {
	var dry bool
	cmd := c.command("init [PATH]", "Find the contracts and write breakwater.yaml",
		`Init lists the ports that are found by their content in breakwater.yaml, which guards
them: from then on a change that breaks a consumer is blocked, and not only told.
Contracts that declare their port themselves (ODCS, ODPS) need no entry.`,
		cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
			return c.init(ctx, folder(args), dry)
		})
	c.look(cmd, "text")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "print the file instead of writing it")
	return cmd
}

func (c *cli) init(ctx context.Context, dir string, dry bool) error {
	inv, err := c.inventory(ctx, dir)
	if inv == nil {
		return err
	}
	tree, done, err := c.tree(ctx, dir)
	if err != nil {
		return err
	}
	defer done()
	if tree.Has(policy.File) && !dry {
		return usagef("%s is there already; breakwater init --dry-run prints what it would hold", policy.File)
	}
	if len(inv.Ports) == 0 {
		return usagef("no contract was found; breakwater reads %s", strings.Join(formatNames(), " and "))
	}
	text, guarded := draft(inv, tree)
	if dry {
		_, err := fmt.Fprint(c.stdout, text)
		return err
	}
	top := dir
	if repo, err := revision.Open(ctx, dir); err == nil {
		top = repo.Root()
		repo.Close()
	}
	// Never over a file, and never through a link that somebody left there.
	f, err := os.OpenFile(filepath.Join(top, policy.File), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return usageError{err}
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%s: %w", policy.File, err)
	}
	self := len(inv.Ports) - guarded
	_, err = fmt.Fprintf(c.stdout, `wrote %s: %d declared, %d of which declare themselves

next
  breakwater check                   compare the working tree with the default branch
  breakwater history --since 180d    what would have been stopped so far, and who would have been told
  breakwater doctor                  is everything in place

register a consumer in consumers/TEAM.yaml
%s`, policy.File, len(inv.Ports), self, indent(registration(report.Plain(inv.Ports[0].ID))))
	return err
}

func registration(port string) string {
	return fmt.Sprintf(`apiVersion: breakwater/v1
kind: Consumption
consumer: {id: TEAM.JOB, team: TEAM, criticality: medium, owners: ["@ORG/TEAM"]}
contacts: [{channel: slack, target: "#TEAM"}]
consumes:
  - port: %s
    needs:
      fields: []    # the elements that it reads; none: every one
      slo: []       # {property: freshness, atMost: 26h}
`, port)
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}

// draft writes a configuration that declares what is found by content.
func draft(inv *checker.Inventory, tree *revision.Tree) (text string, guarded int) {
	owners := readCodeowners(tree)
	var b strings.Builder
	b.WriteString("# The output ports of this repository, and how strict the gate is.\nversion: 1\n")
	var themselves []string
	for _, p := range inv.Ports {
		if p.Declared {
			themselves = append(themselves, p.ID)
			continue
		}
		if guarded++; guarded == 1 {
			b.WriteString("\nports:\n")
		}
		fmt.Fprintf(&b, "  - id: %s\n", scalar(p.ID))
		if who := owners.of(p.Files[0]); len(who) > 0 {
			fmt.Fprintf(&b, "    owner: %s\n", scalar(who[0]))
		}
		fmt.Fprintf(&b, "    kind: %s\n    format: %s\n    files:\n", p.Kind, p.Format)
		for _, pattern := range patterns(p.Files, tree) {
			fmt.Fprintf(&b, "      - %s\n", scalar(pattern))
		}
	}
	if len(themselves) > 0 {
		b.WriteString("\n# These declare themselves in their contracts:\n")
		for _, id := range themselves {
			fmt.Fprintf(&b, "#   %s\n", report.Plain(id))
		}
	}
	b.WriteString("\npolicy:\n  fail-on: breaking      # breaking | risky | never\n  unregistered: block    # a breaking change that hits nobody who is registered: block | notify | pass\n  notice: P30D           # between a deprecation and the removal\n")
	return b.String(), guarded
}

// patterns names files by folder where all files of their kind there are meant.
func patterns(files []string, tree *revision.Tree) []string {
	var all []string
	for _, file := range files {
		dir, ext := path.Dir(file), path.Ext(file)
		whole := ext != "" && !strings.ContainsAny(dir, `*?[]{}\`)
		for other := range tree.Under(dir) {
			if path.Dir(other.Path) == dir && path.Ext(other.Path) == ext && !slices.Contains(files, other.Path) {
				whole = false
			}
		}
		pattern := file
		if whole && len(files) > 1 {
			pattern = path.Join(dir, "*"+ext)
		}
		if !slices.Contains(all, pattern) {
			all = append(all, pattern)
		}
	}
	return all
}

// scalar quotes text for YAML unless it is a plain word or path.
func scalar(text string) string {
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '/', r == '.', r == '_':
		case r == '-' && text[0] != '-':
		default:
			return strconv.Quote(text)
		}
	}
	if c := text[0]; '0' <= c && c <= '9' {
		return strconv.Quote(text)
	}
	return text
}
