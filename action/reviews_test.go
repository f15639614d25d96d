package action

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

// review makes a review of the head, or of an earlier one.
func review(login, state string, head bool) *github.PullRequestReview {
	commit := rev
	if !head {
		commit = strings.Repeat("9", 40)
	}
	return &github.PullRequestReview{User: &github.User{Login: &login}, State: &state, CommitID: &commit}
}

func TestWhoApprovedThisHead(t *testing.T) {
	f := newForge(t)
	f.teams = map[string][]string{"acme/finance": {"bob", "grace", "zoe"}, "acme/empty": nil, "acme/authors": {"ada"}}
	f.reviews = []*github.PullRequestReview{
		review("ada", "APPROVED", true), // the author
		review("bob", "CHANGES_REQUESTED", true), review("Bob", "APPROVED", true), review("bob", "COMMENTED", true),
		review("carl", "APPROVED", true), review("carl", "DISMISSED", true),
		review("dora", "APPROVED", false), // an earlier head
		review("eve", "APPROVED", true), review("eve", "CHANGES_REQUESTED", true),
		review("finn", "APPROVED", false), review("finn", "APPROVED", true),
	}
	for range 120 {
		f.reviews = append(f.reviews, review("talker", "COMMENTED", true))
	}
	f.reviews = append(f.reviews, review("zoe", "APPROVED", true)) // on the second page
	r := &Reviews{Client: f.comment("token").Client, Owner: "acme", Repo: "checkout", Number: 7, Head: rev, Author: "Ada"}

	tests := []struct{ owner, want string }{
		{"@bob", "bob"}, {"@BOB", "bob"}, {"@finn", "finn"}, {"@zoe", "zoe"}, {"@acme/finance", "bob zoe"},
		{"@ada", ""}, {"@acme/authors", ""}, {"@carl", ""}, {"@dora", ""}, {"@eve", ""}, {"@talker", ""},
		{"@acme/empty", ""}, {"@acme/no-such-team", ""}, {"bob", ""}, {"bob@acme.example", ""}, {"@", ""}, {"", ""},
	}
	for range 2 { // the second time from memory
		for _, tt := range tests {
			if got, err := r.ApprovedBy(t.Context(), tt.owner); strings.Join(got, " ") != tt.want || err != nil {
				t.Errorf("of %q approved %v, %v; want %s", tt.owner, got, err, tt.want)
			}
		}
	}
	lists, asked := 0, make(map[string]int)
	for _, a := range f.asked {
		if strings.HasSuffix(a, "/reviews") {
			lists++
		}
		asked[a]++
	}
	if lists != 2 || asked["GET /orgs/acme/teams/empty/memberships/bob"] != 1 {
		t.Errorf("asked %v", asked)
	}
}

func TestReviewsThatCannotBeSeen(t *testing.T) {
	f := newForge(t)
	f.reviews = []*github.PullRequestReview{review("bob", "APPROVED", true)}
	f.before = func(w http.ResponseWriter, req *http.Request) bool {
		if strings.HasPrefix(req.URL.Path, "/orgs/") {
			refuse(w, http.StatusForbidden)
			return true
		}
		return false
	}
	r := &Reviews{Client: f.comment("token").Client, Owner: "acme", Repo: "checkout", Number: 7, Head: rev}
	if who, err := r.ApprovedBy(t.Context(), "@acme/finance"); who != nil || err == nil || !strings.Contains(err.Error(), "organisation's members") {
		t.Errorf("got %v, %v", who, err)
	}
	if who, err := r.ApprovedBy(t.Context(), "@bob"); len(who) != 1 || err != nil {
		t.Errorf("a person needs no team: %v, %v", who, err)
	}
}
