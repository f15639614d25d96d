package main

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/channels"
	"github.com/spf13/cobra"
)

// A notification is one run of notify, as its flags want it.
type notification struct {
	report, gate, sent string
	url, title, state  string
	dry, record        bool
	remind             string
}

func (c *cli) notifyCommand() *cobra.Command {
	var n notification
	cmd := c.command("notify --report FILE", "Tell the consumers that a stored report says are hit",
		`Notify reads what "breakwater check --output json=FILE" stored, and tells each consumer
that is hit what happens to it: through the contacts that it registered, and through
the routes that the configuration adds. Channels and routes are those of the target
branch, and what a channel needs to know in secret comes from the environment.`,
		cobra.NoArgs, func(ctx context.Context, _ []string) error { return c.notify(ctx, n) })
	c.look(cmd, "text", "json")
	f := cmd.Flags()
	f.StringVar(&n.report, "report", "", "the stored report; - for standard input")
	f.StringVar(&n.gate, "gate", "", "the revision whose configuration says who is told (default: the target branch of the report)")
	f.StringVar(&c.config, "config", "", "the configuration's path in the repository (default breakwater.yaml)")
	f.StringVar(&n.sent, "sent", "", "a file with the keys of what was sent before; what is sent now is added to it")
	f.StringVar(&n.url, "change-url", "", "where the change can be looked at")
	f.StringVar(&n.title, "change-title", "", `what people call the change, such as "checkout#412: Drop the discount"`)
	f.StringVar(&n.state, "change-state", string(notifier.Proposed), "how far the change has come: proposed or merged")
	f.BoolVar(&n.record, "record", false, "write what was sent to "+policy.Notices+", and send a reminder when it is time; on the target branch it makes a consent of silence")
	f.StringVar(&n.remind, "remind", "P7D", "how long after the first notice the reminder is sent, with --record")
	f.BoolVar(&n.dry, "dry-run", false, "send nothing; say who would be told, and how")
	c.completes(cmd, "change-state", string(notifier.Proposed), string(notifier.Merged))
	return cmd
}

func (c *cli) notify(ctx context.Context, n notification) error {
	if c.format != "text" && c.format != "json" {
		return usagef("--format: want json or text, got %q", c.format)
	}
	change, err := n.change()
	if err != nil {
		return err
	}
	doc, err := c.stored(n.report)
	if err != nil {
		return err
	}
	known, err := readKeys(n.sent)
	if err != nil {
		return err
	}
	config, err := c.notifyConfig(ctx, cmp.Or(n.gate, deref(doc.Base.Commit)))
	if err != nil {
		return err
	}
	out := outcome{dry: n.dry, config: config, known: known}
	out.notices, out.missed = notifier.Plan(doc, config, change)
	rec, err := c.recorder(ctx, n, deref(doc.Base.Commit))
	if err != nil {
		return err
	}
	defer rec.close()
	out.notices, out.known = rec.plan(out.notices, known)
	if n.dry {
		return out.write(c.stdout, c.format, c.quiet)
	}
	out.delivered, err = channels.Send(ctx, config, out.notices, out.known, c.getenv, c.now)
	if mistake := (*source.Error)(nil); errors.As(err, &mistake) {
		err = usageError{err}
	}
	return errors.Join(out.write(c.stdout, c.format, c.quiet), writeKeys(n.sent, known, out.delivered), rec.write(out.notices, out.delivered), err)
}

// maxURL is how long the change's address may be, which a message has to have room for.
const maxURL = 1000

func (n notification) change() (notifier.Change, error) {
	change := notifier.Change{URL: n.url, Title: n.title, State: notifier.State(n.state)}
	if change.State != notifier.Proposed && change.State != notifier.Merged {
		return change, usagef("--change-state: want proposed or merged, got %q", n.state)
	}
	u, err := url.Parse(n.url)
	if n.url != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(n.url) > maxURL) {
		return change, usagef("--change-url: want an address such as https://github.com/acme/checkout/pull/412, of at most %d characters", maxURL)
	}
	return change, nil
}

// stored reads a report.
func (c *cli) stored(name string) (*report.Document, error) {
	if name == "" {
		return nil, usagef(`--report: want a file that "breakwater check --output json=FILE" wrote`)
	}
	from := c.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, usageError{err}
		}
		defer f.Close()
		from = f
	}
	doc, err := report.Read(from)
	if err != nil {
		return nil, usagef("%s: %w", name, err)
	}
	return doc, nil
}

// notifyConfig reads who is told at the gate: a pull request does not decide it.
func (c *cli) notifyConfig(ctx context.Context, gate string) (notifier.Config, error) {
	var config notifier.Config
	if gate == "" {
		return config, usagef("the report names no commit of its target branch; say --gate REV")
	}
	repo, err := revision.Open(ctx, ".")
	if err != nil {
		return config, err
	}
	defer repo.Close()
	tree, err := repo.Tree(ctx, gate)
	if err != nil {
		return config, err
	}
	if c.config != "" && !tree.Has(c.config) {
		return config, usagef("--config: %s has no %s", tree.Name, c.config)
	}
	if config, err = notifier.ReadFile(tree, cmp.Or(c.config, policy.File)); err != nil {
		return config, usageError{err}
	}
	return config, nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// maxKeys is how large a file of keys may be; the oldest keys are forgotten first.
const maxKeys = 20_000

// readKeys reads the keys of what was sent before, one a line.
func readKeys(name string) ([]string, error) {
	if name == "" {
		return nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, usageError{err}
	}
	return strings.Fields(string(text)), nil
}

func writeKeys(name string, known, delivered []string) error {
	if name == "" || len(delivered) == 0 {
		return nil
	}
	keys := slices.Concat(known, delivered)
	keys = keys[max(len(keys)-maxKeys, 0):]
	return os.WriteFile(name, []byte(strings.Join(keys, "\n")+"\n"), 0o644)
}
