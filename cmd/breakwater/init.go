package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
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
	var forge string
	var dry bool
	cmd := c.command("init [PATH]", "Find the contracts, write breakwater.yaml and the workflow",
		`Init lists the ports that are found by their content in breakwater.yaml, which guards
them: from then on a change that breaks a consumer is blocked, and not only told.
Contracts that declare their port themselves (ODCS, ODPS) need no entry.

In a repository on GitHub it also writes the workflow that checks every pull request.
What is there already stays as it is.`,
		cobra.MaximumNArgs(1), func(ctx context.Context, args []string) error {
			return c.init(ctx, folder(args), forge, dry)
		})
	c.look(cmd, "text")
	cmd.Flags().StringVar(&forge, "workflow", "auto", "the workflow to write: auto (as the repository looks), github or none")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "print the files instead of writing them")
	c.completes(cmd, "workflow", "auto", "github", "none")
	return cmd
}

// A draft is a file that init writes where it is missing.
type draft struct {
	path string
	text string
	does string // what it does from now on
	have string // what does that already; empty: nothing, so write it
}

func (c *cli) init(ctx context.Context, dir, forge string, dry bool) error {
	if !slices.Contains([]string{"auto", "github", "none"}, forge) {
		return usagef("--workflow: want auto, github or none, got %q", forge)
	}
	inv, err := c.inventory(ctx, dir)
	if inv == nil {
		return err
	}
	tree, done, err := c.tree(ctx, dir)
	if err != nil {
		return err
	}
	defer done()
	at, err := siteOf(ctx, dir, tree)
	if err != nil {
		return err
	}
	defer at.top.Close()
	drafts := []draft{draftConfig(inv, tree, at)}
	if forge == "github" || forge == "auto" && at.github {
		drafts = append(drafts, draftWorkflow(tree, at))
	}
	if len(inv.Ports) == 0 && drafts[0].have == "" {
		return usagef("no contract was found; breakwater reads %s", strings.Join(formatNames(), " and "))
	}
	if dry {
		return c.print(drafts)
	}
	if err := c.writeDrafts(at.top, drafts); err != nil {
		return err
	}
	return c.next(inv, len(drafts) > 1)
}

// print shows the files, each under its name if there are several.
func (c *cli) print(drafts []draft) error {
	for _, d := range drafts {
		if len(drafts) > 1 {
			fmt.Fprintf(c.stdout, "-- %s --\n", d.path)
		}
		if _, err := fmt.Fprint(c.stdout, d.text); err != nil {
			return err
		}
	}
	return nil
}

// writeDrafts writes what is missing, and says what it wrote and what was there.
func (c *cli) writeDrafts(top *os.Root, drafts []draft) error {
	var had []string
	for _, d := range drafts {
		if d.have != "" {
			had = append(had, d.have)
		}
	}
	if len(had) == len(drafts) {
		return usagef("%s; breakwater init --dry-run prints what it would write", strings.Join(had, ", and "))
	}
	for _, d := range drafts {
		line := d.have
		if line == "" {
			if err := writeNew(top, d.path, d.text); err != nil {
				return err
			}
			line = "wrote " + d.path + ": " + d.does
		}
		fmt.Fprintln(c.stdout, report.Plain(line))
	}
	return nil
}

// writeNew writes a file that is not there: never over one, and never through a
// link that somebody left on the way.
func writeNew(top *os.Root, name, text string) error {
	for i, r := range name {
		if r != '/' {
			continue
		}
		info, err := top.Lstat(name[:i])
		switch {
		case errors.Is(err, fs.ErrNotExist):
			err = top.Mkdir(name[:i], 0o755)
		case err == nil && !info.IsDir():
			err = fmt.Errorf("%s is not a folder, so %s cannot be written", name[:i], name)
		}
		if err != nil {
			return usageError{err}
		}
	}
	f, err := top.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return usageError{err}
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// next says what to do with what was written.
func (c *cli) next(inv *checker.Inventory, workflow bool) error {
	port := "PRODUCT/PORT"
	if len(inv.Ports) > 0 {
		port = report.Plain(inv.Ports[0].ID)
	}
	merge := "have your CI run breakwater check for every merge request: docs/ci.md of breakwater shows how"
	if workflow {
		merge = `commit, push, and require the check "breakwater" in the rules of the branch: until then nothing is blocked`
	}
	_, err := fmt.Fprintf(c.stdout, `
next
  breakwater check                   compare the working tree with the default branch
  breakwater history --since 180d    what would have been stopped so far, and who would have been told
  breakwater doctor                  is everything in place
then %s

register a consumer in consumers/TEAM.yaml
%s`, merge, indent(registration(port)))
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

// draftConfig writes a configuration that declares what is found by content.
func draftConfig(inv *checker.Inventory, tree *revision.Tree, at site) draft {
	guarded := 0
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
	d := draft{path: policy.File, text: b.String()}
	d.does = fmt.Sprintf("%d declared, %d of which declare themselves", len(inv.Ports), len(inv.Ports)-guarded)
	if at.has(d.path) {
		d.have = d.path + " is there already"
	}
	return d
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
