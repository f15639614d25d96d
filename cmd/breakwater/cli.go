package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/formats"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// A cli is one run of the program: the world, the common flags, and how it ends.
type cli struct {
	env
	flags

	result *checker.Result
	err    error
}

// flags are those that most commands share.
type flags struct {
	format  string
	outputs []string
	config  string
	sets    []string
	failOn  string
	at      string
	color   string
	cache   string
	quiet   bool
	verbose bool
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "breakwater",
		Short: "Blocks contract changes that break the consumers of your data",
		Long: `Breakwater compares the contracts (schemas and SLOs) of a data product's output
ports between two revisions. It says which changes break which registered
consumers, and blocks the merge or tells the teams downstream.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(c.stdin)
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	root.AddCommand(
		c.checkCommand(), c.diffCommand(), c.historyCommand(), c.explainCommand(), c.rulesCommand(), c.portsCommand(),
		c.whoUsesCommand(), c.impactCommand(), c.registerCommand(), c.verifyCommand(), c.ackCommand(), c.registryCommand(),
		c.initCommand(), c.doctorCommand(), c.demoCommand(), c.notifyCommand(), c.actionCommand(), c.serveCommand(), c.versionCommand(),
	)
	return root
}

// command makes a command of run, whose error is the command's own and not one of
// usage unless it says so.
func (c *cli) command(use, short, long string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Long: long, Args: args, RunE: func(cmd *cobra.Command, args []string) error {
		c.err = run(cmd.Context(), args)
		return nil
	}}
}

// look adds the flags that say how to report, and sees to it that they hold what the
// command knows.
func (c *cli) look(cmd *cobra.Command, formats ...string) {
	f := cmd.Flags()
	cmd.PreRunE = func(*cobra.Command, []string) error {
		return errors.Join(oneOf("--format", c.format, slices.Sorted(slices.Values(formats))), oneOf("--color", c.color, []string{"auto", "always", "never"}))
	}
	f.StringVar(&c.format, "format", "text", "how to report: "+strings.Join(formats, ", "))
	f.StringVar(&c.color, "color", "auto", "colours: auto, always or never")
	f.BoolVarP(&c.verbose, "verbose", "v", false, "show what is fine, too")
	f.BoolVarP(&c.quiet, "quiet", "q", false, "show the verdict only")
	f.StringVar(&c.at, "now", "", "the time that it is taken to be (RFC 3339), for tests and replays")
	c.completes(cmd, "format", formats...)
	c.completes(cmd, "color", "auto", "always", "never")
}

// oneOf complains of a flag that holds none of values.
func oneOf(flag, value string, values []string) error {
	if slices.Contains(values, value) {
		return nil
	}
	return fmt.Errorf("%s: want %s, got %q", flag, orList(values), value)
}

// orList lists words for a sentence: auto, always or never.
func orList(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// resultFormats lists how the result of a check can be reported, text first: it is
// the default.
func resultFormats() []string {
	names := slices.Sorted(maps.Keys(report.Writers(report.Options{})))
	return append([]string{"text"}, slices.DeleteFunc(names, func(n string) bool { return n == "text" })...)
}

// judge adds the flags that say how to judge, and where else to report.
func (c *cli) judge(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&c.outputs, "output", nil, "write a report to a file as well, as FORMAT=PATH; may be repeated")
	c.gate(cmd)
}

// gate adds the flags that the judgement itself depends on.
func (c *cli) gate(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.config, "config", "", "the configuration's path in the repository (default breakwater.yaml)")
	f.StringArrayVar(&c.sets, "set", nil, "a configuration KEY=VALUE, dotted: policy.notice=P14D; may be repeated")
	f.StringVar(&c.failOn, "fail-on", "", "what makes the exit code 1: breaking, risky or never")
	c.completes(cmd, "fail-on", "breaking", "risky", "never")
}

func (c *cli) completes(cmd *cobra.Command, flag string, values ...string) {
	// The only error is that the flag does not exist, which a test would show.
	_ = cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp
	})
}

// checker returns a Checker as the flags want it.
func (c *cli) checker() (*checker.Checker, error) {
	now, err := c.clock()
	if err != nil {
		return nil, err
	}
	sets := slices.Clone(c.sets)
	if c.failOn != "" {
		sets = append(sets, "policy.fail-on="+c.failOn)
	}
	return &checker.Checker{
		Formats: formats.All(), Unread: formats.Unread(), Now: now, Tool: tool(), Config: c.config, Set: sets, Queries: queries,
		Notify: notifier.Check,
	}, nil
}

func (c *cli) clock() (time.Time, error) {
	if c.at == "" {
		return c.now().Truncate(time.Second), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, c.at); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("--now: want a time such as 2026-11-23T08:00:00Z, got %q", c.at)
}

// tool says who made a report.
func tool() checker.Tool {
	t := checker.Tool{Name: "breakwater", Version: "devel"}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		t.Version = strings.TrimPrefix(info.Main.Version, "v")
	}
	return t
}

// options say how a report to w looks.
func (c *cli) options() report.Options {
	o := report.Options{Width: c.columns(), Verbose: c.verbose, Quiet: c.quiet}
	switch {
	case c.color == "always":
		o.Color = true
	case c.color == "never":
	case c.getenv("CLICOLOR_FORCE") != "" && c.getenv("CLICOLOR_FORCE") != "0":
		o.Color = true
	default:
		o.Color = o.Width > 0 && c.getenv("NO_COLOR") == "" && c.getenv("TERM") != "dumb"
	}
	return o
}

// columns returns the width of the terminal, zero if standard output is none.
func columns() int {
	width, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// writers checks that the wanted reports are known before anything is done.
func (c *cli) writers() (map[string]report.Writer, error) {
	if !slices.Contains([]string{"", "breaking", "risky", "never"}, c.failOn) {
		return nil, usagef("--fail-on: want breaking, risky or never, got %q", c.failOn)
	}
	writers := report.Writers(c.options())
	for _, o := range c.outputs {
		format, path, ok := strings.Cut(o, "=")
		if _, known := writers[format]; !ok || path == "" || !known {
			return nil, usagef("--output: want FORMAT=PATH with a format of %s, got %q", orList(slices.Sorted(maps.Keys(writers))), o)
		}
	}
	return writers, nil
}

// show writes the result as the flags want it. It is written before the run
// fails, as far as there is one.
func (c *cli) show(r *checker.Result) error {
	if c.result = r; r == nil {
		return nil
	}
	writers, err := c.writers()
	if err != nil {
		return err
	}
	errs := []error{writers[c.format](c.stdout, r)}
	plain := report.Writers(report.Options{Verbose: c.verbose})
	for _, o := range c.outputs {
		format, path, _ := strings.Cut(o, "=")
		var b bytes.Buffer
		err := plain[format](&b, r)
		if err == nil {
			err = os.WriteFile(path, b.Bytes(), 0o644)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// complain tells a person what went wrong.
func (c *cli) complain(err error) {
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintln(c.stderr, "breakwater:", report.Plain(line))
		}
	}
}

// write hands w, and the options that fit it, to a function that may fail.
func (c *cli) write(text func(w io.Writer, o report.Options) error) error {
	return text(c.stdout, c.options())
}
