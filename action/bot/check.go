package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/google/go-github/v60/github"
)

// A task is one check of one head.
type task struct {
	*Bot
	claim       *store.Claim
	client      *github.Client
	owner, name string
	pull        *github.PullRequest // nil: it is about none
	head        string
	public      bool   // strangers may read what is written
	home        string // of the repository, for people
	first       bool   // nothing was ever said of it
}

// A Judgement is what was found out about a subject.
type Judgement struct {
	Subject store.Subject
	Result  *checker.Result
	Pull    *github.PullRequest // nil: it is about none
	Before  *store.Verdict      // the one that this takes the place of; nil: there was none
}

// pull checks a pull request as it is now.
func (b *Bot) pull(ctx context.Context, claim *store.Claim, number int) (failure string, err error) {
	client, owner, name, err := b.GitHub.of(ctx, &claim.Subject)
	if err != nil {
		return b.final(err)
	}
	pr, _, err := client.PullRequests.Get(ctx, owner, name, number)
	if err != nil {
		return b.final(fmt.Errorf("pull request %d: %w", number, err))
	}
	t := &task{Bot: b, claim: claim, client: client, owner: owner, name: name, pull: pr, head: pr.GetHead().GetSHA(), home: pr.GetBase().GetRepo().GetHTMLURL(), public: public(pr)}
	if !isSHA(t.head) {
		return "", fmt.Errorf("pull request %d: the forge does not say what its head is", number)
	}
	if pr.GetState() == "closed" {
		return "", t.close(ctx)
	}
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	return t.conclude(ctx, t.runPull(ctx))
}

// runPull finds out what the pull request is to be compared with, and checks it.
func (t *task) runPull(ctx context.Context) error {
	branch := t.pull.GetBase().GetRef()
	lib := t.library(t.client, t.claim.Subject)
	defer lib.close()
	tip, base, err := lib.compare(ctx, branch, t.head)
	if err != nil {
		return err
	}
	return t.run(ctx, lib, comparison{
		gate: tip, base: base, branch: branch, topic: t.pull.GetHead().GetRef(), watched: branch == t.pull.GetBase().GetRepo().GetDefaultBranch(),
	})
}

// conclude has the run say what will not change by trying again: that the histories
// have nothing in common, that a commit is gone, that contents may not be read.
func (t *task) conclude(ctx context.Context, err error) (failure string, again error) {
	if failure, again = t.final(err); failure != "" {
		again = t.couldNot(ctx, t.claim, err)
	}
	return failure, again
}

// group checks a group of the merge queue.
func (b *Bot) group(ctx context.Context, claim *store.Claim) (failure string, err error) {
	commits, branch, _ := strings.Cut(claim.Name, " ")
	base, head, ok := strings.Cut(commits, "..")
	if !ok || !isSHA(base) || !isSHA(head) {
		return "not the commits of a merge group", nil
	}
	client, owner, name, err := b.GitHub.of(ctx, &claim.Subject)
	if err != nil {
		return b.final(err)
	}
	repo, _, err := client.Repositories.Get(ctx, owner, name)
	if err != nil {
		return b.final(err)
	}
	t := &task{Bot: b, claim: claim, client: client, owner: owner, name: name, head: head, home: repo.GetHTMLURL(), public: !repo.GetPrivate()}
	if err := t.begin(ctx); err != nil {
		return "", err
	}
	lib := t.library(t.client, t.claim.Subject)
	defer lib.close()
	return t.conclude(ctx, t.run(ctx, lib, comparison{gate: base, base: base, branch: branch, watched: branch == repo.GetDefaultBranch()}))
}

// final tells what will not change by trying again from what may.
func (b *Bot) final(err error) (failure string, again error) {
	if gone(err) || refused(err) {
		return cut(err.Error(), 500), nil
	}
	return "", err
}

// public reports whether strangers may read what is written on a pull request. What is
// not known counts as public, and so does what a fork brings.
func public(pr *github.PullRequest) bool {
	base, head := pr.GetBase().GetRepo(), pr.GetHead().GetRepo()
	seen := base.GetVisibility() == "public" || base.Private == nil && base.GetVisibility() == "" || base.Private != nil && !base.GetPrivate() && base.GetVisibility() != "internal"
	return seen || head == nil || !strings.EqualFold(head.GetFullName(), base.GetFullName())
}

// A comparison is what a check compares, besides the head.
type comparison struct {
	gate, base, branch, topic string
	watched                   bool // the bot knows what the branch was
}

// run checks, and shows what came of it.
func (t *task) run(ctx context.Context, lib *library, what comparison) error {
	revs, err := t.trees(ctx, lib, what)
	if err != nil {
		return err
	}
	c := t.Checker // a copy
	c.Now = t.Now()
	c.Registry = &elsewhere{t.Store, t.claim.Installation, t.claim.Repo}
	if t.pull != nil {
		c.Reviews = &reviews{Reviews: &action.Reviews{
			Client: t.client, Owner: t.owner, Repo: t.name, Number: t.pull.GetNumber(), Head: t.head, Author: t.pull.GetUser().GetLogin(),
		}, log: t.Log}
		if c.Acks, err = t.acks(ctx); err != nil {
			return err
		}
		if c.Objections, err = t.objections(ctx); err != nil {
			return err
		}
	}
	if t.Prepare != nil {
		if err := t.Prepare(ctx, &c, t.claim.Subject); err != nil {
			return err
		}
	}
	r, err := c.Check(ctx, revs)
	if err := errors.Join(lib.failure(), judged(err)); err != nil { // what it says may not be so
		return err
	}
	if err := t.current(ctx); err != nil { // nobody is told of what is no longer proposed
		return err
	}
	t.metrics.verdicts.WithLabelValues(r.Verdict.String()).Inc()
	v, same, err := t.write(ctx, r)
	if err != nil {
		return err
	}
	return t.publish(ctx, r, v, same)
}

// current returns errOutdated if the pull request has moved on.
func (t *task) current(ctx context.Context) error {
	if t.pull == nil {
		return nil
	}
	pr, _, err := t.client.PullRequests.Get(ctx, t.owner, t.name, t.pull.GetNumber())
	if err == nil && (pr.GetHead().GetSHA() != t.head || pr.GetState() == "closed") {
		err = errOutdated
	}
	return err
}

func (t *task) trees(ctx context.Context, lib *library, what comparison) (revs checker.Revisions, err error) {
	trees := make(map[string]*revision.Tree)
	for _, commit := range []string{what.gate, what.base, t.head} {
		if trees[commit] == nil {
			if trees[commit], err = lib.at(ctx, commit); err != nil {
				return revs, err
			}
		}
	}
	revs = checker.Revisions{Gate: trees[what.gate], Base: trees[what.base], Head: trees[t.head], Refs: &refs{lib}}
	if what.watched {
		revs.Past = &past{lib}
	}
	revs.Gate.Name = revision.Label(what.branch, what.gate)
	if revs.Head != revs.Gate {
		revs.Head.Name = revision.Label(what.topic, t.head)
	}
	return revs, nil
}

// write writes the verdict down, with all that follows from it. It is the same if it is
// of the same head as the one before, and its report differs in nothing but the time.
func (t *task) write(ctx context.Context, r *checker.Result) (v *store.Verdict, same bool, err error) {
	var text bytes.Buffer
	if err := report.JSON(&text, r); err != nil {
		return nil, false, err
	}
	err = t.Store.Do(ctx, func(tx *store.Tx) error {
		before, err := tx.Verdict(ctx, t.claim.ID)
		if err != nil {
			return err
		}
		v = &store.Verdict{Subject: t.claim.ID, Head: t.head}
		if before != nil && before.Head == t.head {
			same = timeless(before.Report) == timeless(text.String())
			v.Run, v.Annotated, v.Finished = before.Run, before.Annotated, before.Finished && same
		}
		roles, err := newRoles(r, before, t.Now())
		if err != nil {
			return err
		}
		v.Verdict, v.Report, v.Roles, v.Open, v.URL = r.Verdict.String(), text.String(), roles, true, t.url()
		v.Conclusion, _ = conclusion(r)
		if err := tx.Put(ctx, v); err != nil || t.Judged == nil {
			return err
		}
		return t.Judged(ctx, tx, &Judgement{Subject: t.claim.Subject, Result: r, Pull: t.pull, Before: before})
	})
	return v, same, err
}

// timeless returns a report without the time at which it was made.
func timeless(report string) string {
	before, after, _ := strings.Cut(report, `"now": "`)
	_, after, _ = strings.Cut(after, `"`)
	return before + after
}

func (t *task) url() string {
	if t.pull != nil {
		return t.pull.GetHTMLURL()
	}
	return t.home + "/commit/" + t.head
}

// conclusion is what the check run says in one word, and whether a report can be
// trusted to be all.
func conclusion(r *checker.Result) (word, title string) {
	blocks := r.Verdict == policy.Block
	switch {
	case r.Policy.FailOn == policy.FailOnNever && blocks:
		return "neutral", "This change would be blocked, and fail-on is never"
	case blocks:
		return "failure", "This change is blocked"
	case r.Misconfigured(), r.Unreadable():
		return "failure", "Not everything could be read"
	case r.Verdict == policy.Notify:
		return "success", "Consumers are to be told of this change"
	}
	return "success", "No consumer is affected"
}
