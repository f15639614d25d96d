package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/spf13/cobra"
	"golang.org/x/tools/txtar"
)

// The story is told by these archives: each is a commit, whose first line is its
// subject.
//
//go:embed demo/*.txtar
var story embed.FS

func (c *cli) demoCommand() *cobra.Command {
	cmd := c.command("demo", "Tell the story of a dropped field, in a real repository in a temporary folder", "", cobra.NoArgs,
		func(ctx context.Context, _ []string) error { return c.demo(ctx) })
	c.look(cmd, "text")
	return cmd
}

// The acts of the story, newest last: a branch that a commit begins, and how long
// ago it was made.
var acts = []struct {
	file   string
	from   string // the branch that it starts from; empty: it goes on where the story is
	branch string
	days   int
}{
	{"1-start", "", "main", 90},
	{"2-drop", "main", "drop-discount", 80},
	{"3-deprecate", "", "main", 45},
	{"4-move-on", "", "main", 5},
	{"5-remove", "main", "remove-discount", 0},
}

func (c *cli) demo(ctx context.Context) error {
	now, err := c.clock()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(c.temp, "breakwater-demo-")
	if err != nil {
		return err
	}
	for i, act := range acts {
		if err := stage(ctx, dir, i == 0, act.file, act.from, act.branch, now.AddDate(0, 0, -act.days)); err != nil {
			return err
		}
	}
	c.say(`The checkout team serves orders: a Protobuf stream, and an ODCS contract with its SLOs. finance.kpi
registered Order.discount, and freshness within 2h; marketing.churn registered other fields.
The repository is in %s`, dir)

	c.say("\n── 1 ── A pull request drops the discount and relaxes freshness from 1h to 90min\n")
	first := c.act(ctx, dir, now, "--base", "main~2", "--head", "drop-discount")
	c.say("\n── 2 ── The same, done properly: deprecated 45 days ago, finance.kpi has moved on, the notice has passed\n")
	second := c.act(ctx, dir, now, "--base", "main", "--head", "remove-discount")
	if first != exitBlock || second != exitPass {
		return fmt.Errorf("the story went wrong: exit codes %d and %d", first, second)
	}
	c.say(`
Look around (go install ./cmd/breakwater gives you the command):
  cd %s
  git log --all --graph --oneline
  breakwater who-uses checkout/orders#Order.status
  breakwater history --since 180d
  breakwater explain protobuf/field-removed`, dir)
	return nil
}

func (c *cli) say(format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...) + "\n") {
		fmt.Fprintln(c.stdout, report.Plain(strings.TrimSuffix(line, "\n")))
	}
}

// act runs a check as a user would, and returns its exit code.
func (c *cli) act(ctx context.Context, dir string, now time.Time, args ...string) int {
	c.say("$ breakwater check %s\n", strings.Join(args, " "))
	args = append([]string{"check", dir, "--now", now.Format(time.RFC3339), "--color", c.color}, args...)
	if c.verbose {
		args = append(args, "-v")
	}
	code := run(ctx, c.env, args)
	c.say("\n(exit code %d)", code)
	return code
}

// stage makes one commit of the story.
func stage(ctx context.Context, dir string, first bool, file, from, branch string, at time.Time) error {
	data, err := fs.ReadFile(story, "demo/"+file+".txtar")
	if err != nil {
		return err
	}
	ar := txtar.Parse(data)
	subject, _, _ := strings.Cut(string(ar.Comment), "\n")
	switch {
	case first:
		err = git(ctx, dir, at, "init", "-q", "-b", branch)
	case from != "":
		err = git(ctx, dir, at, "checkout", "-q", "-b", branch, from)
	default:
		err = git(ctx, dir, at, "checkout", "-q", branch)
	}
	if err != nil {
		return err
	}
	for _, f := range ar.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return err
		}
	}
	if err := git(ctx, dir, at, "add", "-A"); err != nil {
		return err
	}
	return git(ctx, dir, at, "commit", "-q", "-m", subject)
}

// git runs git in the demo's repository, with a name and a date of the story's and
// no configuration of the user's.
func git(ctx context.Context, dir string, at time.Time, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	date := at.Format(time.RFC3339)
	// In a git hook, variables of git's name the repository that the hook is of.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GIT_") })
	cmd.Env = append(cmd.Env,
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Demo", "GIT_AUTHOR_EMAIL=demo@acme.example", "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME=Demo", "GIT_COMMITTER_EMAIL=demo@acme.example", "GIT_COMMITTER_DATE="+date,
	)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}
