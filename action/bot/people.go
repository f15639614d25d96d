package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/google/go-github/v60/github"
)

// reviews tell who approved. Where they cannot be seen nobody did, and the log says so.
type reviews struct {
	*action.Reviews
	log *slog.Logger
}

// ApprovedBy implements [checker.Reviews].
func (r *reviews) ApprovedBy(ctx context.Context, owner string) ([]string, error) {
	people, err := r.Reviews.ApprovedBy(ctx, owner)
	if err != nil && gone(err) {
		r.log.Warn("it is not known who approved, so nobody counts", "repo", r.Owner+"/"+r.Repo, "pull", r.Number, "error", err.Error())
		return nil, nil
	}
	return people, err
}

// acks tell who agreed with a word on the pull request. Whether he may is asked of the
// forge each time: who left the team speaks for it no longer.
type acks struct {
	client *github.Client
	log    *slog.Logger
	author string // of the pull request, who cannot agree to his own change
	list   []store.Ack
}

func (t *task) acks(ctx context.Context) (checker.Acks, error) {
	list, err := t.Store.Acks(ctx, t.claim.ID)
	return &acks{t.client, t.Log, t.pull.GetUser().GetLogin(), list}, err
}

// Proposed implements [checker.Acks].
func (a *acks) Proposed() (all []policy.Approval) {
	for _, ack := range a.list {
		i := slices.IndexFunc(all, func(p policy.Approval) bool { return p.Digest == ack.Digest })
		if i < 0 {
			all = append(all, policy.Approval{Finding: ack.Finding, Digest: ack.Digest, By: "@" + ack.Login, Reason: ack.Reason, Until: ack.Until})
			continue
		}
		all[i].By += ", @" + ack.Login
		if ack.Until.After(all[i].Until) {
			all[i].Until = ack.Until
		}
	}
	return all
}

// AgreedBy implements [checker.Acks].
func (a *acks) AgreedBy(ctx context.Context, digest, owner string) (people []string, err error) {
	for _, ack := range a.list {
		if ack.Digest != digest || strings.EqualFold(ack.Login, a.author) {
			continue
		}
		speaks, err := behind(ctx, a.client, a.log, ack.Login, owner)
		if err != nil {
			return nil, err
		}
		if speaks {
			people = append(people, strings.ToLower(ack.Login))
		}
	}
	slices.Sort(people)
	return slices.Compact(people), nil
}

// objections lists who objects with a word on the pull request. Each is of one finding
// as it was then.
func (t *task) objections(ctx context.Context) (all []policy.Objection, err error) {
	list, err := t.Store.Objections(ctx, t.claim.ID)
	for _, o := range list {
		all = append(all, policy.Objection{Finding: o.Finding, Digest: o.Digest, Consumer: o.Consumer, By: "@" + o.Login, Reason: o.Reason})
	}
	return all, err
}

// behind reports whether login speaks for owner. Where the forge does not let us see
// that he does not.
func behind(ctx context.Context, client *github.Client, log *slog.Logger, login, owner string) (bool, error) {
	yes, err := action.Behind(ctx, client, login, owner)
	if err != nil && gone(err) {
		log.Warn("it is not known who is in a team, so nobody counts", "owner", owner, "error", err.Error())
		return false, nil
	}
	return yes, err
}

// roles are who may agree to what: what a command is held against before the next
// check judges it.
type roles struct {
	Head     string  `json:"head"`
	Findings []asked `json:"findings"` // those that block, and those that would but for somebody's word or silence
	Override []string
	Stewards []string // who may agree to what hits nobody who is registered
}

// asked is a finding that waits for somebody, or did.
type asked struct {
	ID, Digest, Rule, Detail string
	Consumers                map[string][]string // who is hit, and who owns him
	Silence                  map[string][]string // whose silence would count, and who owns him: those who are hit, or may be
	Owner                    string              // of the port
	Since                    time.Time           // when it was first shown as it is
	Passes                   bool                // since somebody agreed, or silence was taken for consent
}

// newRoles says who may agree to what of r, as JSON. What was shown before keeps its
// time: nobody can have agreed to it earlier.
func newRoles(r *checker.Result, before *store.Verdict, now time.Time) (string, error) {
	var was roles
	if before != nil {
		var err error
		if was, err = parseRoles(before.Roles); err != nil {
			return "", err
		}
	}
	since := make(map[string]time.Time)
	for _, f := range was.Findings {
		since[f.Digest] = f.Since
	}
	all := roles{Head: r.Head.Commit, Override: r.Policy.Override, Stewards: r.Policy.Approvers}
	owners := make(map[string]string)
	for _, p := range r.Ports {
		owners[p.ID] = p.Owner
	}
	for _, f := range r.Findings {
		if f.Verdict == policy.Block || f.Consented() || f.Approval != nil {
			all.Findings = append(all.Findings, newAsked(f, owners[f.Port], or(since[f.Digest], now)))
		}
	}
	text, err := json.Marshal(all)
	return string(text), err
}

func newAsked(f policy.Finding, owner string, since time.Time) asked {
	a := asked{ID: f.ID, Digest: f.Digest, Rule: f.Rule.ID, Detail: f.Detail, Consumers: make(map[string][]string), Silence: make(map[string][]string), Owner: owner, Since: since, Passes: f.Verdict != policy.Block}
	for _, h := range f.Hits {
		if h.Impact == consumer.Unaffected || h.Gap {
			continue
		}
		a.Silence[h.Use.ID] = append(a.Silence[h.Use.ID], h.Use.Owners...)
		if h.Impact >= consumer.Affected {
			a.Consumers[h.Use.ID] = append(a.Consumers[h.Use.ID], h.Use.Owners...)
		}
	}
	return a
}

// blocking lists the findings that block.
func (r roles) blocking() []asked {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f asked) bool { return f.Passes })
}

// listeners lists the owners of those whose silence would count.
func (r roles) listeners(f asked) (owners []string) {
	for _, id := range slices.Sorted(maps.Keys(f.Silence)) {
		owners = append(owners, f.Silence[id]...)
	}
	return owners
}

// speakers lists the owners any of whom has a say in a finding.
func (r roles) speakers(f asked) (owners []string) {
	for _, o := range f.Consumers {
		owners = append(owners, o...)
	}
	if len(f.Consumers) == 0 {
		owners = append(append(owners, r.Stewards...), f.Owner)
	}
	owners = append(owners, r.Override...)
	slices.Sort(owners)
	return slices.DeleteFunc(slices.Compact(owners), func(o string) bool { return o == "" })
}

func parseRoles(text string) (r roles, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &r)
	}
	return r, err
}
