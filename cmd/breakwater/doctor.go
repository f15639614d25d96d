package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/spf13/cobra"
)

func (c *cli) doctorCommand() *cobra.Command {
	cmd := c.command("doctor [PATH]", "Check that everything is in place: git, configuration, registrations", "", cobra.MaximumNArgs(1),
		func(ctx context.Context, args []string) error { return c.doctor(ctx, folder(args)) })
	c.look(cmd, "text")
	return cmd
}

// A diagnosis is a list of what was looked at.
type diagnosis struct {
	lines []string
	err   error // the worst that was found
}

func (d *diagnosis) ok(format string, args ...any)   { d.say("✓", format, args...) }
func (d *diagnosis) note(format string, args ...any) { d.say("!", format, args...) }

func (d *diagnosis) bad(err error) {
	d.say("✗", "%s", err)
	d.err = errors.Join(d.err, err)
}

func (d *diagnosis) say(mark, format string, args ...any) {
	text := strings.ReplaceAll(strings.TrimSpace(fmt.Sprintf(format, args...)), "\n", "\n  ")
	d.lines = append(d.lines, mark+" "+text)
}

func (c *cli) doctor(ctx context.Context, dir string) error {
	var d diagnosis
	repo, err := revision.Open(ctx, dir)
	if err != nil {
		d.bad(err)
	} else {
		defer repo.Close()
		diagnoseGit(ctx, &d, repo)
		if tree, err := headTree(ctx, repo); err != nil {
			d.bad(err)
		} else {
			c.diagnoseContracts(ctx, &d, tree)
			diagnoseWorkflow(ctx, &d, repo, tree)
		}
	}
	if c.getenv("GITHUB_ACTIONS") != "" && c.getenv("GITHUB_TOKEN") == "" {
		d.note("GITHUB_TOKEN is not set: a report goes to the log only")
	}
	for _, line := range d.lines {
		for part := range strings.SplitSeq(line, "\n") {
			fmt.Fprintln(c.stdout, report.Plain(part))
		}
	}
	if d.err != nil && c.result == nil {
		c.result = &checker.Result{}
	}
	var usage usageError
	if d.err != nil && !errors.As(d.err, &usage) && !c.result.Misconfigured() && !c.result.Unreadable() {
		return errors.New("something is not in place; see above")
	}
	return nil
}

// near writes a path as seen from here, if it is not far.
func near(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(here, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

func diagnoseGit(ctx context.Context, d *diagnosis, repo *revision.Repo) {
	if repo.Bare() {
		d.ok("a bare repository: say --head REV to check")
	} else {
		d.ok("repository %s", near(repo.Root()))
	}
	base, err := repo.DefaultBranch(ctx)
	if err != nil {
		d.bad(err)
		return
	}
	left, err := repo.MergeBase(ctx, base, "HEAD")
	if err != nil {
		d.bad(err)
		return
	}
	d.ok("the target branch is %s; HEAD left it at %s", base, left[:min(7, len(left))])
	if repo.Shallow() {
		d.note("a shallow clone: what was deprecated before it begins does not count as matured; git fetch --unshallow mends it")
	}
}

// diagnoseWorkflow looks for what checks pull requests, where GitHub has them.
func diagnoseWorkflow(ctx context.Context, d *diagnosis, repo *revision.Repo, tree *revision.Tree) {
	if runs := runsBreakwater(tree); runs != "" {
		d.ok("%s runs breakwater", runs)
	} else if onGitHub(tree, repo.Remotes(ctx)) {
		d.note("no workflow runs breakwater, so no pull request is checked; breakwater init writes one")
	}
}

func (c *cli) diagnoseContracts(ctx context.Context, d *diagnosis, tree *revision.Tree) {
	ch, err := c.checker()
	if err != nil {
		d.bad(err)
		return
	}
	ch.Validate = true
	inv, err := ch.Inventory(ctx, tree)
	if err != nil {
		d.bad(err)
	}
	if inv == nil {
		return
	}
	c.result = &checker.Result{Errors: inv.Errors}
	if tree.Has(policy.File) {
		d.ok("%s is there", policy.File)
	} else {
		d.note("there is no %s; breakwater init writes one", policy.File)
	}
	diagnosePresets(d, inv)
	diagnosePorts(d, inv)
	diagnoseValidity(d, inv)
	for _, left := range tree.Left() {
		if ch.Concerns([]string{left.Path}) {
			d.note("%s is not read: %s", left.Path, left.Why)
		}
	}
	for _, e := range inv.Errors {
		d.bad(e.Err)
	}
}

func headTree(ctx context.Context, repo *revision.Repo) (*revision.Tree, error) {
	if repo.Bare() {
		return repo.Tree(ctx, "HEAD")
	}
	return repo.WorkingTree(ctx)
}

// diagnosePresets says where another tool's rules, or its configuration, judge.
func diagnosePresets(d *diagnosis, inv *checker.Inventory) {
	for _, p := range inv.Policy.Presets {
		switch {
		case p.Own && len(p.Under) > 0:
			d.note("%s says nothing of breaking changes: breakwater's own classes judge; formats.%s.preset in %s chooses others", p.Name, p.Format, policy.File)
		case p.Own:
			d.ok("%s: breakwater's own classes judge", p.Format)
		case len(p.Under) > 0:
			d.ok("%s is honoured in %s: rules that block: %d, exceptions: %d; formats.%s.preset in %s would go before it",
				p.Name, strings.Join(p.Under, ", "), len(p.IDs), len(p.Spared), p.Format, policy.File)
		default:
			d.ok("%s: the preset %s judges, with %d rules that block", p.Format, p.Name, len(p.IDs))
		}
	}
}

func diagnosePorts(d *diagnosis, inv *checker.Inventory) {
	undeclared, unowned, alone := 0, 0, 0
	for _, p := range inv.Ports {
		if !p.Declared {
			undeclared++
		}
		if p.Owner == "" {
			unowned++
		}
		if len(p.Uses) == 0 {
			alone++
		}
	}
	d.ok("ports: %d; registered consumers: %d", len(inv.Ports), len(inv.Consumers))
	if undeclared > 0 {
		d.note("ports that are declared nowhere, and only found by their content: %d; a break of them is told and not blocked; breakwater init lists them", undeclared)
	}
	if unowned > 0 {
		d.note("ports that name no owner: %d", unowned)
	}
	if alone > 0 {
		d.note("ports that nobody registered for: %d; every breaking change of them is blocked, unless policy.unregistered says otherwise", alone)
	}
	diagnoseImports(d, inv)
	for _, u := range inv.Unread {
		d.note("%s is not read: %s", u.Path, u.Why)
	}
}

// maxInvalid is how many of the invalid places of one port are listed.
const maxInvalid = 10

// diagnoseValidity says what of contracts their specification does not allow. They are
// compared all the same.
func diagnoseValidity(d *diagnosis, inv *checker.Inventory) {
	for _, p := range inv.Ports {
		for i, e := range p.Invalid {
			if i == maxInvalid {
				d.note("%s: %d more places are not valid", p.ID, len(p.Invalid)-i)
				break
			}
			d.note("%s: not valid: %s", e.Span, e.Msg)
		}
	}
}

// diagnoseImports says what of the imported consumers does not count here.
func diagnoseImports(d *diagnosis, inv *checker.Inventory) {
	for _, n := range inv.Notes {
		d.note("%s", n)
	}
	if len(inv.Elsewhere) == 0 {
		return
	}
	first := inv.Elsewhere[0]
	d.note("of what imported consumers read, no port here serves %d, such as %s, which %s reads; breakwater ports -v lists them",
		len(inv.Elsewhere), cmp.Or(first.Table.String(), strings.Join(first.Ports, " or ")), first.ID)
}
