package action

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-github/v60/github"
)

// Reviews tell who approved a pull request as it is now. An approval of an earlier
// head does not count, nor does one that was dismissed or taken back, nor the
// author's. It asks the forge once, when it is first asked.
type Reviews struct {
	Client      *github.Client
	Owner, Repo string
	Number      int
	Head        string // the commit that has to be approved
	Author      string // of the pull request

	mu        sync.Mutex
	read      bool
	approvers []string            // in lower case, sorted
	members   map[string][]string // who of them is in a team, by "org/team"
}

// ApprovedBy returns who of owner approved, sorted: "@user" himself, or for
// "@org/team" its members. An owner that is neither, such as an address, cannot.
func (r *Reviews) ApprovedBy(ctx context.Context, owner string) (people []string, err error) {
	name, ok := strings.CutPrefix(strings.ToLower(owner), "@")
	if !ok || name == "" {
		return nil, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.readOnce(ctx); err != nil {
		return nil, err
	}
	org, team, ok := strings.Cut(name, "/")
	if !ok {
		if slices.Contains(r.approvers, name) {
			people = []string{name}
		}
		return people, nil
	}
	if people, known := r.members[name]; known {
		return people, nil
	}
	for _, login := range r.approvers {
		in, err := isMember(ctx, r.Client, org, team, login)
		if err != nil {
			return nil, err
		}
		if in {
			people = append(people, login)
		}
	}
	r.members[name] = people
	return people, nil
}

// readOnce lists the approvers.
func (r *Reviews) readOnce(ctx context.Context) error {
	if r.read {
		return nil
	}
	latest := make(map[string]*github.PullRequestReview) // by login: the one that counts
	opts := &github.ListOptions{PerPage: perPage}
	for range maxPages { // the oldest review is first
		page, resp, err := r.Client.PullRequests.ListReviews(ctx, r.Owner, r.Repo, r.Number, opts)
		if err != nil {
			return fmt.Errorf("reviews of pull request %d: %w", r.Number, err)
		}
		for _, review := range page {
			switch review.GetState() {
			case "APPROVED", "CHANGES_REQUESTED", "DISMISSED":
				latest[strings.ToLower(review.GetUser().GetLogin())] = review
			}
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			break
		}
	}
	for login, review := range latest {
		if review.GetState() == "APPROVED" && review.GetCommitID() == r.Head && login != "" && !strings.EqualFold(login, r.Author) {
			r.approvers = append(r.approvers, login)
		}
	}
	slices.Sort(r.approvers)
	r.members, r.read = make(map[string][]string), true
	return nil
}

// Behind reports whether the person called login is behind owner: "@user" himself, or
// for "@org/team" one of its members.
func Behind(ctx context.Context, client *github.Client, login, owner string) (bool, error) {
	name, ok := strings.CutPrefix(strings.ToLower(owner), "@")
	if !ok || name == "" || login == "" {
		return false, nil
	}
	org, team, ok := strings.Cut(name, "/")
	if !ok {
		return strings.EqualFold(name, login), nil
	}
	return isMember(ctx, client, org, team, login)
}

func isMember(ctx context.Context, client *github.Client, org, team, login string) (bool, error) {
	membership, resp, err := client.Teams.GetTeamMembershipBySlug(ctx, org, team, login)
	switch {
	case err == nil:
		return membership.GetState() == "active", nil
	case status(resp) == http.StatusNotFound:
		return false, nil
	case status(resp) == http.StatusForbidden:
		return false, fmt.Errorf("who is in @%s/%s cannot be seen; give a github-token that may read the organisation's members: %w", org, team, err)
	}
	return false, fmt.Errorf("who is in @%s/%s: %w", org, team, err)
}

// A witness answers for the reviews of the pull request. Where they cannot be seen
// nobody approved: that is said, and is no reason to give no verdict.
type witness struct {
	job     *job
	reviews *Reviews

	mu   sync.Mutex
	said bool
}

// ApprovedBy implements [checker.Reviews].
func (w *witness) ApprovedBy(ctx context.Context, owner string) ([]string, error) {
	people, err := w.reviews.ApprovedBy(ctx, owner)
	if err == nil || ctx.Err() != nil {
		return people, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.said {
		w.said = true
		w.job.say("notice", "It is not known who approved, so nobody counts: "+err.Error())
	}
	return nil, nil
}
