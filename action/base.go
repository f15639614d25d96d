package action

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/google/go-github/v60/github"
)

// fetchTime is how long bringing what a shallow clone lacks may take.
const fetchTime = 3 * time.Minute

// A comparison is what a run compares: names or ids of commits.
type comparison struct {
	gate string // what decides: the tip of the target branch
	head string
	base string // what the head started from; empty: where it left the gate

	branch, topic string // what to call gate and head in reports; may be empty
	fallback      string // a branch that does for the gate if that cannot be had
}

const noCommit = "0000000000000000000000000000000000000000"

// comparison says what the event is about. The inputs base and head go before it.
func (e *event) comparison(in inputs) (comparison, error) {
	var c comparison
	trunk := cmp.Or(e.Repository.DefaultBranch, "HEAD")
	switch {
	case e.PullRequest != nil:
		p := e.PullRequest
		c = comparison{gate: p.Base.SHA, head: p.Head.SHA, branch: p.Base.Ref, topic: p.Head.Ref}
	case e.MergeGroup != nil:
		c = comparison{gate: e.MergeGroup.BaseSHA, base: e.MergeGroup.BaseSHA, head: e.MergeGroup.HeadSHA}
	case e.Name == "push" && strings.Trim(e.After, "0") == "" && e.After != "":
		return c, inputErrorf("the push deletes %s: there is nothing to check", shortBranch(e.Ref))
	case e.Name == "push" && strings.Trim(e.Before, "0") == "": // a new branch
		c = comparison{gate: trunk, head: cmp.Or(e.After, e.SHA), branch: trunk, topic: shortBranch(e.Ref)}
	case e.Name == "push":
		c = comparison{gate: e.Before, base: e.Before, head: cmp.Or(e.After, e.SHA), topic: shortBranch(e.Ref)}
		if shortBranch(e.Ref) != trunk {
			c.fallback = trunk
		}
	case e.Name == "workflow_dispatch", e.Name == "schedule", in.base != "":
		c = comparison{gate: trunk, head: e.SHA, branch: trunk}
	default:
		return c, inputErrorf("the event %q does not say what to compare; give the inputs base and head", cut(e.Name, 80))
	}
	if in.base != "" {
		c.gate, c.base, c.branch, c.fallback = in.base, "", in.base, ""
	}
	if in.head != "" {
		c.head, c.topic = in.head, in.head
	}
	if c.head == "" {
		return c, inputErrorf("neither GITHUB_SHA nor the input head says what to check")
	}
	return c, nil
}

func shortBranch(ref string) string { return strings.TrimPrefix(ref, "refs/heads/") }

// A clone is the repository that is checked, and where it came from.
type clone struct {
	*revision.Repo
	from        revision.Remote
	api         *github.Client // nil: nobody to ask
	owner, name string         // of the repository, there
}

// ask has the forge say where the target branch is now and where the head of a
// pull request left it: one call instead of a history. It answers the event's own
// word with what it knows better; where it does not know, that stays.
func (c *clone) ask(ctx context.Context, e *event, in inputs, what comparison) comparison {
	if c.api == nil || e.PullRequest == nil || in.base != "" || in.head != "" {
		return what
	}
	if tip, left, err := Compare(ctx, c.api, c.owner, c.name, what.branch, what.head); err == nil {
		what.gate, what.base = tip, left
	}
	return what
}

// Compare asks the forge where a branch is now, and where head left it.
func Compare(ctx context.Context, client *github.Client, owner, name, branch, head string) (tip, left string, err error) {
	// The second page: it has the answer without the files.
	found, _, err := client.Repositories.CompareCommits(ctx, owner, name, branch, head, &github.ListOptions{Page: 2, PerPage: 1})
	if err != nil {
		return "", "", fmt.Errorf("where %s left %s: %w", cut(head, 80), cut(branch, 80), err)
	}
	tip, left = found.GetBaseCommit().GetSHA(), found.GetMergeBaseCommit().GetSHA()
	if !isSHA(tip) || !isSHA(left) {
		return "", "", fmt.Errorf("the forge does not say where %s left %s", cut(head, 80), cut(branch, 80))
	}
	return tip, left, nil
}

// revisions brings the commits that are missing, and lists their files.
func (c *clone) revisions(ctx context.Context, what comparison) (checker.Revisions, error) {
	revs, err := c.bring(ctx, what)
	if err == nil || what.fallback == "" || ctx.Err() != nil {
		return revs, err
	}
	// The commit before a push is nowhere: the branch was pushed by force.
	what.gate, what.branch, what.base, what.fallback = what.fallback, what.fallback, "", ""
	revs, other := c.bring(ctx, what)
	if other != nil {
		other = errors.Join(err, other)
	}
	return revs, other
}

func (c *clone) bring(ctx context.Context, what comparison) (revs checker.Revisions, err error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	gate, err1 := c.Find(ctx, c.from, what.gate)
	head, err2 := c.Find(ctx, c.from, what.head)
	if err := errors.Join(err1, err2); err != nil {
		return revs, err
	}
	base := what.base
	if base == "" {
		if err := c.Fetch(ctx, c.from, gate, head); err != nil {
			return revs, err
		}
		if base, err = c.FetchMergeBase(ctx, c.from, gate, head); err != nil {
			if c.Shallow() {
				err = fmt.Errorf("%w, or say fetch-depth: 0 to actions/checkout", err)
			}
			return revs, err
		}
	}
	if err := c.Fetch(ctx, c.from, gate, head, base); err != nil {
		return revs, err
	}
	return c.trees(ctx, what, gate, head, base)
}

func (c *clone) trees(ctx context.Context, what comparison, gate, head, base string) (revs checker.Revisions, err error) {
	if revs.Gate, err = c.Tree(ctx, gate); err != nil {
		return revs, err
	}
	if revs.Base = revs.Gate; base != gate {
		if revs.Base, err = c.TreeNear(ctx, base, revs.Gate); err != nil {
			return revs, err
		}
	}
	if revs.Head, err = c.TreeNear(ctx, head, revs.Base); err != nil {
		return revs, err
	}
	revs.Gate.Name, revs.Head.Name = revision.Label(what.branch, gate), revision.Label(what.topic, head)
	past := Past{Repo: c.Repo, Tip: gate}
	revs.Past, revs.Refs = past, past
	return revs, nil
}

// repositoryName splits GITHUB_REPOSITORY.
func repositoryName(full string) (owner, name string, err error) {
	owner, name, ok := strings.Cut(full, "/")
	if !ok || owner == "" || name == "" || strings.ContainsAny(name, "/?#%") {
		return "", "", fmt.Errorf("GITHUB_REPOSITORY: want OWNER/NAME, got %q", cut(full, 80))
	}
	return owner, name, nil
}
