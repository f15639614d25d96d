package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/policy"
)

// An event is as much of a webhook as matters here. The forge signed it, but most of
// what is in it was written by anybody.
type event struct {
	name string

	Action     string `json:"action"`
	Ref        string `json:"ref"`
	Deleted    bool   `json:"deleted"`
	Repository repo   `json:"repository"`
	Sender     person `json:"sender"`

	Installation struct {
		ID int64 `json:"id"`
	} `json:"installation"`
	PullRequest *struct {
		Number int `json:"number"`
	} `json:"pull_request"`
	Review *struct {
		State string `json:"state"`
	} `json:"review"`
	Issue *struct {
		Number int `json:"number"`
	} `json:"issue"`
	Comment *struct {
		ID   int64  `json:"id"`
		Body string `json:"body"`
		User person `json:"user"`

		CreatedAt time.Time `json:"created_at"`
	} `json:"comment"`
	CheckRun *struct {
		ID      int64  `json:"id"`
		HeadSHA string `json:"head_sha"`
	} `json:"check_run"`
	CheckSuite *struct {
		HeadSHA string `json:"head_sha"`
	} `json:"check_suite"`
	RequestedAction struct {
		Identifier string `json:"identifier"`
	} `json:"requested_action"`
	MergeGroup *struct {
		BaseSHA string `json:"base_sha"`
		BaseRef string `json:"base_ref"`
		HeadSHA string `json:"head_sha"`
	} `json:"merge_group"`
	Changes struct {
		Base       json.RawMessage `json:"base"`
		Repository struct {
			Name struct {
				From string `json:"from"`
			} `json:"name"`
		} `json:"repository"`
		Owner struct {
			From struct {
				User         person `json:"user"`
				Organization person `json:"organization"`
			} `json:"from"`
		} `json:"owner"`
	} `json:"changes"`

	Repositories        []repo `json:"repositories"`
	RepositoriesAdded   []repo `json:"repositories_added"`
	RepositoriesRemoved []repo `json:"repositories_removed"`
}

type repo struct {
	FullName      string `json:"full_name"`
	DefaultBranch string `json:"default_branch"`
}

type person struct {
	Login string `json:"login"`
	Type  string `json:"type"`
}

// The names that the forge gives. A bounded repetition in a pattern is unrolled, which
// every start of the program pays for; so lengths are looked at beside it.
var (
	repoName    = regexp.MustCompile(`^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$`)
	hexadecimal = regexp.MustCompile(`^[0-9a-f]+$`)
	guid        = regexp.MustCompile(`^[A-Za-z0-9-]+$`)
	eventName   = regexp.MustCompile(`^[a-z0-9_]+$`)
)

func isRepo(text string) bool { return len(text) <= 201 && repoName.MatchString(text) }
func isSHA(text string) bool {
	return (len(text) == 40 || len(text) == 64) && hexadecimal.MatchString(text)
}
func isGUID(text string) bool  { return len(text) <= 100 && guid.MatchString(text) }
func isEvent(text string) bool { return len(text) <= 60 && eventName.MatchString(text) }

// events lists those that ask for something. Of the others nothing is read.
func known(name string) bool {
	switch name {
	case "pull_request", "pull_request_review", "issue_comment", "check_run", "check_suite", "push", "merge_group",
		"installation", "installation_repositories", "repository":
		return true
	}
	return false
}

// parseEvent reads an event strictly where it is used, and takes the rest as it comes.
func parseEvent(name string, body []byte) (*event, error) {
	e := &event{name: name}
	if !known(name) {
		if !json.Valid(body) {
			return nil, errors.New("want JSON")
		}
		return e, nil
	}
	if err := json.Unmarshal(body, e); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			err = fmt.Errorf("byte %d: %s holds a %s", wrong.Offset, wrong.Field, wrong.Value)
		}
		return nil, err
	}
	repos := append(append(append([]repo{e.Repository}, e.Repositories...), e.RepositoriesAdded...), e.RepositoriesRemoved...)
	for _, r := range repos {
		if r.FullName != "" && !isRepo(r.FullName) {
			return nil, fmt.Errorf("repository: want OWNER/NAME, got %q", cut(r.FullName, 80))
		}
	}
	if g := e.MergeGroup; g != nil && (!isSHA(g.BaseSHA) || !isSHA(g.HeadSHA)) {
		return nil, errors.New("merge_group: want the ids of two commits")
	}
	return e, nil
}

// route asks for what the event may have changed. Nothing is asked of the forge here.
func (b *Bot) route(ctx context.Context, tx *store.Tx, e *event, digest string) (asked bool, err error) {
	if e.name == "installation" || e.name == "installation_repositories" || e.name == "repository" {
		return b.routeInstallation(ctx, tx, e)
	}
	if e.Repository.FullName == "" {
		return false, nil
	}
	want := func(kind store.Kind, name string) (bool, error) {
		_, err := tx.Want(ctx, store.Subject{Installation: e.Installation.ID, Repo: e.Repository.FullName, Kind: kind, Name: name})
		return err == nil, err
	}
	switch {
	case e.name == "pull_request" && e.PullRequest != nil && e.PullRequest.Number > 0 && e.changesPull():
		return want(store.Pull, strconv.Itoa(e.PullRequest.Number))
	case e.name == "pull_request_review" && e.PullRequest != nil && e.PullRequest.Number > 0 && (e.Action == "submitted" || e.Action == "dismissed"):
		if e.loosens() {
			if passes, err := passes(ctx, tx, e.Repository.FullName, e.PullRequest.Number); passes || err != nil {
				return false, err
			}
		}
		return want(store.Pull, strconv.Itoa(e.PullRequest.Number))
	case e.name == "merge_group" && e.MergeGroup != nil && e.Action == "checks_requested":
		return want(store.Group, e.MergeGroup.BaseSHA+".."+e.MergeGroup.HeadSHA+" "+cut(strings.TrimPrefix(e.MergeGroup.BaseRef, "refs/heads/"), 250))
	case e.name == "push" && !e.Deleted && e.Repository.DefaultBranch != "" && e.Ref == "refs/heads/"+e.Repository.DefaultBranch:
		return want(store.Registry, "")
	case e.name == "issue_comment" && e.Action == "created" && e.Issue != nil && e.Comment != nil:
		return b.routeComment(ctx, tx, e)
	case e.name == "check_suite" && e.CheckSuite != nil && e.Action == "rerequested":
		return b.routeSuite(ctx, tx, e)
	case e.name == "check_run" && e.CheckRun != nil && (e.Action == "requested_action" || e.Action == "rerequested"):
		return b.routeRun(ctx, tx, e, digest)
	}
	return false, nil
}

// loosens reports whether a review takes back nothing that somebody agreed to.
func (e *event) loosens() bool {
	return e.Action == "submitted" && e.Review != nil && (e.Review.State == "approved" || e.Review.State == "commented")
}

// passes reports whether a pull request passes already, so that nobody's word can make
// it pass. Where a newer head came, its own event says so.
func passes(ctx context.Context, tx *store.Tx, repo string, number int) (bool, error) {
	id, err := tx.Find(ctx, repo, store.Pull, strconv.Itoa(number))
	if err != nil || id == 0 {
		return false, err
	}
	v, err := tx.Verdict(ctx, id)
	return v != nil && v.Finished && v.Verdict == policy.Pass.String(), err
}

// changesPull reports whether the event can change a verdict.
func (e *event) changesPull() bool {
	switch e.Action {
	case "opened", "reopened", "synchronize", "closed", "ready_for_review":
		return true
	case "edited":
		return len(e.Changes.Base) > 0
	}
	return false
}

// routeComment asks for a command that somebody wrote. Only a person's, only a new one.
func (b *Bot) routeComment(ctx context.Context, tx *store.Tx, e *event) (asked bool, err error) {
	words := strings.Fields(cut(e.Comment.Body, maxCommand))
	if len(words) == 0 || words[0] != "/breakwater" || e.Comment.User.Type != "User" || e.Sender.Login != e.Comment.User.Login || e.Issue.Number <= 0 || e.Comment.ID <= 0 {
		return false, nil
	}
	return b.enqueue(ctx, tx, Command{
		Installation: e.Installation.ID, Repo: e.Repository.FullName, Number: e.Issue.Number,
		Comment: e.Comment.ID, At: or(e.Comment.CreatedAt, b.Now()), Login: e.Comment.User.Login, Words: words[1:],
	}, fmt.Sprint("comment ", e.Repository.FullName, " ", e.Comment.ID))
}

// routeRun asks for what somebody wanted with a button at a check run. Whoever sends
// the very same event again wants nothing new.
func (b *Bot) routeRun(ctx context.Context, tx *store.Tx, e *event, digest string) (asked bool, err error) {
	s, err := tx.OfRun(ctx, e.Repository.FullName, e.CheckRun.ID)
	if err != nil || s == nil {
		return false, err
	}
	if e.Action == "rerequested" {
		return true, again(ctx, tx, *s)
	}
	number, err := strconv.Atoi(s.Name)
	if err != nil || e.Sender.Type != "User" || e.RequestedAction.Identifier != ackAction {
		return false, nil
	}
	return b.enqueue(ctx, tx, Command{
		Installation: e.Installation.ID, Repo: e.Repository.FullName, Number: number,
		Head: e.CheckRun.HeadSHA, Login: e.Sender.Login, Words: []string{"ack"},
	}, "action "+digest)
}

// routeSuite asks for all checks of a commit.
func (b *Bot) routeSuite(ctx context.Context, tx *store.Tx, e *event) (asked bool, err error) {
	subjects, err := tx.OfHead(ctx, e.Repository.FullName, e.CheckSuite.HeadSHA)
	for _, s := range subjects {
		if err == nil {
			asked = true
			err = again(ctx, tx, s)
		}
	}
	return asked, err
}

// again asks for a check whose run the forge has reopened: it is to be finished anew,
// even if it says the same.
func again(ctx context.Context, tx *store.Tx, s store.Subject) error {
	id, err := tx.Want(ctx, s)
	if err != nil {
		return err
	}
	v, err := tx.Verdict(ctx, id)
	if err != nil || v == nil {
		return err
	}
	v.Finished = false
	return tx.Put(ctx, v)
}

func (b *Bot) enqueue(ctx context.Context, tx *store.Tx, c Command, key string) (asked bool, err error) {
	first, err := tx.Once(ctx, key)
	if err != nil || !first {
		return false, err
	}
	return true, tx.Enqueue(ctx, c, time.Time{})
}

// before returns what a repository was called that was renamed or transferred; empty:
// the event does not say.
func (e *event) before() string {
	owner, name, _ := strings.Cut(e.Repository.FullName, "/")
	c := e.Changes
	was := cmp.Or(c.Owner.From.Organization.Login, c.Owner.From.User.Login, owner) + "/" + cmp.Or(c.Repository.Name.From, name)
	if !isRepo(was) || strings.EqualFold(was, e.Repository.FullName) {
		return ""
	}
	return was
}

// manyRepos is from how many repositories on they are looked at in a job of its own: an
// event has to be written down before the forge loses its patience.
const manyRepos = 20

// routeInstallation asks for what repositories say that came, and forgets those that
// went.
func (b *Bot) routeInstallation(ctx context.Context, tx *store.Tx, e *event) (asked bool, err error) {
	came, went := e.RepositoriesAdded, e.RepositoriesRemoved
	switch {
	case e.name == "installation" && (e.Action == "created" || e.Action == "unsuspend" || e.Action == "new_permissions_accepted"):
		return true, tx.Enqueue(ctx, Sweep{e.Installation.ID}, time.Time{})
	case e.name == "installation" && e.Action == "deleted":
		return false, tx.ForgetInstallation(ctx, e.Installation.ID)
	case e.name == "repository" && e.Action == "deleted":
		went = []repo{e.Repository}
	case e.name == "repository" && (e.Action == "renamed" || e.Action == "transferred"):
		came, went = []repo{e.Repository}, []repo{{FullName: e.before()}}
	case e.name != "installation_repositories":
		return false, nil
	}
	for _, r := range went {
		if r.FullName != "" && err == nil {
			err = tx.Forget(ctx, r.FullName)
		}
	}
	if len(came) > manyRepos && err == nil {
		return true, tx.Enqueue(ctx, Sweep{e.Installation.ID}, time.Time{})
	}
	for _, r := range came {
		if err == nil && r.FullName != "" {
			asked = true
			_, err = tx.Want(ctx, store.Subject{Installation: e.Installation.ID, Repo: r.FullName, Kind: store.Registry})
		}
	}
	return asked, err
}
