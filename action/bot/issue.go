package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/google/go-github/v60/github"
)

// issues tell a consumer in his own repository: one issue for each change of a port that
// he reads, which is kept right and closed with the change. It is a [notifier.Board], and
// a place is the issue's number.
type issues struct {
	*Bot
	client *github.Client
	us     string
	public bool // strangers may read the change
}

// newIssues opens issues in the name of the installation that the change is in: where it
// is not installed, nobody asked for issues.
func (o *Outbox) newIssues(ctx context.Context, l store.Letter) (notifier.Channel, error) {
	var s *store.Subject
	err := o.Store.Do(ctx, func(tx *store.Tx) (err error) {
		s, err = tx.Subject(ctx, l.Subject)
		return err
	})
	if err != nil || s == nil {
		return nil, errors.Join(err, errors.New("the change is no longer known"))
	}
	client, _, _, err := o.GitHub.of(ctx, s)
	if err != nil {
		return nil, o.forgeError(err)
	}
	us, err := o.GitHub.as(ctx)
	if err != nil {
		return nil, o.forgeError(err)
	}
	public, err := isPublic(ctx, client, s.Repo)
	if err != nil {
		return nil, o.forgeError(err)
	}
	return &issues{o.Bot, client, us, public}, nil
}

// Deliver implements [notifier.Channel].
func (i *issues) Deliver(ctx context.Context, n notifier.Notice) error {
	_, err := i.Put(ctx, n, "")
	return err
}

// isPublic reports whether strangers may read a repository.
func isPublic(ctx context.Context, client *github.Client, repo string) (bool, error) {
	owner, name, _ := strings.Cut(repo, "/")
	r, _, err := client.Repositories.Get(ctx, owner, name)
	return err == nil && !r.GetPrivate() && r.GetVisibility() != "internal", err
}

// Put implements [notifier.Board].
func (i *issues) Put(ctx context.Context, n notifier.Notice, place string) (string, error) {
	if public, err := isPublic(ctx, i.client, n.To); err != nil {
		return place, i.forgeError(err)
	} else if public && !i.public {
		return place, errors.New("its repository is public, and the one that changes is not: an issue there would tell strangers")
	}
	where, err := i.put(ctx, n, place)
	if err != nil {
		return where, i.forgeError(err)
	}
	return where, nil
}

func (i *issues) put(ctx context.Context, n notifier.Notice, place string) (string, error) {
	owner, name, _ := strings.Cut(n.To, "/")
	number, _ := strconv.Atoi(place)
	title, body, state, reason := n.Headline(notifier.Name), issueText(n), "open", "completed"
	if n.Change.State.IsOver() {
		state = "closed"
	}
	if n.Change.State == notifier.Withdrawn {
		reason = "not_planned"
	}
	if number == 0 { // who was killed before he could note the number finds it again
		var err error
		if number, err = i.find(ctx, owner, name, issueMark(n)); err != nil {
			return "", err
		}
	}
	if number == 0 {
		made, _, err := i.client.Issues.Create(ctx, owner, name, &github.IssueRequest{Title: &title, Body: &body})
		if err != nil {
			return "", err
		}
		return strconv.Itoa(made.GetNumber()), nil
	}
	place = strconv.Itoa(number)
	request := &github.IssueRequest{Title: &title, Body: &body, State: &state}
	if state == "closed" {
		request.StateReason = &reason
	}
	if _, _, err := i.client.Issues.Edit(ctx, owner, name, number, request); err != nil {
		if status(err) == http.StatusGone { // somebody deleted it: he does not want to hear of it
			return place, nil
		}
		return place, err
	}
	c := &action.Comment{Client: i.client, Owner: owner, Repo: name, Number: number, ID: action.CommentID("notice/" + n.Key), Author: i.us}
	_, err := c.Put(ctx, action.Body{Create: true, Render: func(int) string { return n.News() }})
	return place, err
}

// maxIssues is how many pages of our own issues are looked through.
const maxIssues = 10

// find returns the number of our issue of a thread; zero: there is none.
func (i *issues) find(ctx context.Context, owner, name, mark string) (number int, err error) {
	opts := &github.IssueListByRepoOptions{Creator: i.us, State: "all", ListOptions: github.ListOptions{PerPage: perPage}}
	for range maxIssues {
		page, resp, err := i.client.Issues.ListByRepo(ctx, owner, name, opts)
		if err != nil {
			return 0, err
		}
		for _, issue := range page {
			if issue.GetUser().GetLogin() == i.us && strings.HasPrefix(issue.GetBody(), mark) {
				return issue.GetNumber(), nil
			}
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			break
		}
	}
	return 0, nil
}

// issueMark is what an issue begins with, by which it is known again.
func issueMark(n notifier.Notice) string {
	return "<!-- breakwater:notice thread=" + n.Thread + " -->"
}

// issueText says a notice in Markdown. Whatever a stranger wrote stands in code, where
// nobody is mentioned and nothing is obeyed.
func issueText(n notifier.Notice) string {
	code := func(text string) string { return "`" + strings.ReplaceAll(notifier.Name(text), "`", "ʼ") + "`" }
	words := func(text string) string { return "`" + strings.ReplaceAll(text, "`", "ʼ") + "`" }
	lines := []string{issueMark(n), "**" + n.Headline(code) + ".**", ""}
	if n.Change.Name() != "" {
		lines = append(lines, words(n.Change.Name())+" ("+n.Change.Stage()+")", "")
	}
	if n.Change.URL != "" {
		lines = append(lines, "<"+n.Change.URL+">", "")
	}
	shown, more := n.Shown()
	for _, f := range shown {
		lines = append(lines, "- "+f.Label()+": "+words(f.What())+"; "+words(f.Why()))
	}
	if more := notifier.More(more); more != "" {
		lines = append(lines, "- "+more)
	}
	return strings.Join(append(lines, "", n.Next(code), "", "<sub>This issue is kept up to date, and closed with the change.</sub>"), "\n")
}

// forgeError says whether it helps to come back.
func (b *Bot) forgeError(err error) error {
	if gone(err) || status(err) == http.StatusUnprocessableEntity {
		return fmt.Errorf("no issue can be opened there (is the App installed, with issues: write?): GitHub answered %d", status(err))
	}
	return &notifier.Temporary{Err: errors.New("GitHub did not take the issue"), After: wait(err, b.Now())}
}
