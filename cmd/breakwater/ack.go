package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/spf13/cobra"
)

// An agreement is one run of ack, as its flags want it.
type agreement struct {
	report            string
	base, head        string
	staged            bool
	reason, until, by string
}

func (c *cli) ackCommand() *cobra.Command {
	var a agreement
	cmd := c.command("ack FINDING...", "Write the approvals that accept findings on purpose",
		`Ack writes .breakwater/approvals/FINDING.yaml for each finding, which goes by its id or
the beginning of it. The entry is proposed, and in force once those who are hit approved
the change that carries it, or once it stands on the target branch. It covers the finding
as it is: when the value, the places or those who are hit become others, it ends.

The finding is looked up in a stored report, or else in a check that is run here and
takes the same flags as breakwater check.`,
		cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error { return c.ack(ctx, a, args) })
	c.look(cmd, "text")
	c.gate(cmd)
	c.compares(cmd, &a.base, &a.head, &a.staged)
	f := cmd.Flags()
	f.StringVar(&a.report, "report", "", `a report that "breakwater check --output json=FILE" wrote; - for standard input`)
	f.StringVar(&a.reason, "reason", "", "why the break is accepted; those who are hit read it")
	f.StringVar(&a.until, "until", "P90D", "the last day on which it is: a date, or a time from now; at most a year")
	f.StringVar(&a.by, "by", "", "who accepts it: @alice, @acme/checkout or a mail address (default: who git says you are)")
	return cmd
}

func (c *cli) ack(ctx context.Context, a agreement, ids []string) error {
	if _, err := c.writers(); err != nil {
		return err
	}
	now, err := c.clock()
	if err != nil {
		return err
	}
	entry, err := a.entry(now)
	if err != nil {
		return err
	}
	repo, top, err := c.writable(ctx)
	if err != nil {
		return err
	}
	defer top.Close()
	if repo != nil {
		defer repo.Close()
	}
	if entry.By, err = a.author(ctx, repo); err != nil {
		return err
	}
	doc, err := c.judged(ctx, a, repo)
	if err != nil {
		return err
	}
	picked, err := pick(doc, ids)
	if err != nil {
		return err
	}
	return c.propose(top, entry, picked)
}

// writable opens the folder in which approvals are written: the top of the
// repository, or the working folder where there is none.
func (c *cli) writable(ctx context.Context) (repo *revision.Repo, top *os.Root, err error) {
	dir := "."
	if repo, err = revision.Open(ctx, dir); err == nil {
		if repo.Bare() {
			repo.Close()
			return nil, nil, usagef("a bare repository has no folder to write to; run breakwater ack in a clone")
		}
		dir = repo.Root()
	}
	if top, err = os.OpenRoot(dir); err != nil && repo != nil {
		repo.Close()
	}
	return repo, top, err
}

// maxReason is how long a reason may be: it stands in every report.
const maxReason = 1000

// entry holds what was said against what an approval has to say.
func (a agreement) entry(now time.Time) (policy.Approval, error) {
	entry := policy.Approval{Reason: strings.TrimSpace(a.reason)}
	if entry.Reason == "" || len(entry.Reason) > maxReason {
		return entry, usagef("--reason: say in at most %d characters why the break is accepted; those who are hit read it", maxReason)
	}
	today := now.UTC().Truncate(24 * time.Hour)
	q, unit, err := slo.ParseQuantity(a.until)
	switch date, wrong := time.Parse(time.DateOnly, a.until); {
	case wrong == nil:
		entry.Until = date
	case err == nil && unit == "s":
		entry.Until = q.After(today).Truncate(24 * time.Hour)
	default:
		return entry, usagef("--until: want a date such as %s, or a time from now such as P30D, got %q", today.Add(policy.DefaultApproval).Format(time.DateOnly), a.until)
	}
	if last := today.Add(policy.MaxApproval); !entry.Until.After(today) || entry.Until.After(last) {
		return entry, usagef("--until: want a day after today and until %s, got %s", last.Format(time.DateOnly), entry.Until.Format(time.DateOnly))
	}
	return entry, nil
}

var handle = regexp.MustCompile(`^@[\w.-]+(/[\w.-]+)*$|^[^\s@]+@[^\s@]+$`)

// author says who approves: who was named, or whom git knows by a handle or an
// address that the repository's CODEOWNERS knows, too.
func (a agreement) author(ctx context.Context, repo *revision.Repo) (string, error) {
	if a.by != "" && !handle.MatchString(a.by) {
		return "", usagef("--by: want a handle such as @alice or @acme/checkout, or a mail address, got %q", a.by)
	}
	if a.by != "" || repo == nil {
		return a.by, a.anonymous()
	}
	if user := "@" + repo.Setting(ctx, "github.user"); handle.MatchString(user) {
		return user, nil
	}
	tree, err := repo.WorkingTree(ctx)
	if err != nil {
		return "", err
	}
	owners := readCodeowners(tree)
	for _, who := range []string{repo.Setting(ctx, "user.email"), "@" + repo.Setting(ctx, "user.name")} {
		if owners.knows(who) && handle.MatchString(who) {
			return who, nil
		}
	}
	return "", a.anonymous()
}

func (a agreement) anonymous() error {
	if a.by != "" {
		return nil
	}
	return usagef("--by: say who accepts it, such as --by @acme/checkout; git config github.user would tell")
}

// judged returns the stored report, or that of a check that is run for it.
func (c *cli) judged(ctx context.Context, a agreement, repo *revision.Repo) (doc *report.Document, err error) {
	if a.report != "" {
		return c.stored(a.report)
	}
	if repo == nil {
		return nil, usagef("here is no repository to check; say --report FILE")
	}
	ch, err := c.checker()
	if err != nil {
		return nil, err
	}
	revs, err := revisions(ctx, repo, a.base, a.head, a.staged)
	if err != nil {
		return nil, err
	}
	err = action.Run(ctx, ch, revs, func(r *checker.Result) error {
		for _, e := range r.Errors {
			fmt.Fprintln(c.stderr, report.Plain(e.Err.Error()))
		}
		doc = report.NewDocument(r)
		return nil
	})
	return doc, err
}

// A blocker is a finding that can be approved, and who answers for its port.
type blocker struct {
	report.Finding
	owner string
}

// pick finds the findings that ids name, each by its beginning.
func pick(doc *report.Document, ids []string) ([]blocker, error) {
	var blocking []blocker
	other := make(map[string]string) // findings that need no approval, or take none
	sort := func(findings []report.Finding, owner string) {
		for _, f := range findings {
			switch {
			case f.Idea == change.Unreadable:
				other[f.ID] = "what cannot be read cannot be approved; mend the file"
			case f.Verdict != policy.Block.String():
				other[f.ID] = "it blocks nothing, so there is nothing to approve"
			case f.Approval != nil:
				other[f.ID] = fmt.Sprintf("an approval of it by %s is proposed already", f.Approval.By)
			default:
				blocking = append(blocking, blocker{f, owner})
			}
		}
	}
	for _, p := range doc.Ports {
		sort(p.Findings, p.Owner)
	}
	sort(doc.Findings, "")
	var picked []blocker
	for _, id := range ids {
		found := slices.DeleteFunc(slices.Clone(blocking), func(b blocker) bool { return id == "" || !strings.HasPrefix(b.ID, id) })
		switch {
		case len(found) > 1:
			return nil, usagef("%s is the beginning of several findings: %s", id, list(found))
		case len(found) == 0:
			for full, why := range other {
				if id != "" && strings.HasPrefix(full, id) {
					return nil, usagef("finding %s: %s", full, why)
				}
			}
			return nil, usagef("no finding %q; what waits for an approval: %s", id, cmp.Or(list(blocking), "nothing"))
		case !slices.ContainsFunc(picked, func(b blocker) bool { return b.ID == found[0].ID }):
			picked = append(picked, found[0])
		}
	}
	return picked, nil
}

// list names findings; empty if there are none.
func list(blocking []blocker) string {
	const few = 5
	var names []string
	for i, b := range blocking {
		if i == few {
			names = append(names, fmt.Sprintf("and %d more", len(blocking)-few))
			break
		}
		names = append(names, fmt.Sprintf("%s (%s)", b.ID, b.Message))
	}
	return strings.Join(names, ", ")
}

// propose writes one file for each finding, or none if one of them is there already.
func (c *cli) propose(top *os.Root, entry policy.Approval, picked []blocker) error {
	var files []string
	for _, b := range picked {
		file := path.Join(policy.Approvals, b.ID+".yaml")
		if !plainID.MatchString(b.ID) {
			return usagef("%q is no id of a finding", b.ID)
		}
		if _, err := top.Lstat(file); err == nil {
			return usagef("%s is there already; remove it first if it is for something that is over", file)
		}
		files = append(files, file)
	}
	for i, b := range picked {
		text := fmt.Sprintf("# %s\nfinding: %q\ndigest: %q\nby: %s\nreason: %s\nuntil: %s\n",
			report.Plain(b.Message), b.ID, b.Digest, strconv.Quote(entry.By), strconv.Quote(entry.Reason), entry.Until.Format(time.DateOnly))
		if err := writeNew(top, files[i], text); err != nil {
			return err
		}
		fmt.Fprintf(c.stdout, "wrote %s: %s\n  it counts once %s approved the change that carries it\n", files[i], report.Plain(b.Message), report.Plain(b.judges()))
	}
	_, err := fmt.Fprintf(c.stdout, "proposed until %s, not in force\nnext: commit %s, and have the pull request approved\n", entry.Until.Format("2 Jan 2006"), one(files))
	return err
}

func one(files []string) string {
	if len(files) == 1 {
		return files[0]
	}
	return policy.Approvals
}

// plainID is what a finding's id looks like: it becomes a file's name.
var plainID = regexp.MustCompile(`^[0-9a-f]{1,64}$`)

// judges says who has to approve: an owner of each consumer that is hit, or where
// none is, those who answer for the port.
func (b blocker) judges() string {
	var who []string
	for _, h := range b.Consumers {
		if h.Impact == consumer.Violated.String() || h.Impact == consumer.Affected.String() {
			owners := cmp.Or(strings.Join(h.Owners, " or "), "none is named")
			who = append(who, fmt.Sprintf("an owner of %s (%s)", h.ID, owners))
		}
	}
	switch {
	case len(who) == 0:
		return fmt.Sprintf("the port's owner (%s) and somebody else of policy.approvers", cmp.Or(b.owner, "none is named"))
	case len(who) == 1:
		return who[0]
	}
	return strings.Join(who[:len(who)-1], ", ") + " and " + who[len(who)-1]
}
