package action

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/google/go-github/v60/github"
)

// forgeTime is how long telling the forge may take, all in all. What the forge does
// not take by then stands in the log and in the summary.
const forgeTime = 2 * time.Minute

// tell sends the notices and keeps the comment, and returns where that is.
func (j *job) tell(ctx context.Context, r, shown *checker.Result) (url string) {
	ctx, cancel := context.WithTimeout(ctx, forgeTime)
	defer cancel()
	c := j.comment()
	var sent []string
	if j.in.notify {
		sent = j.notify(ctx, c, r)
	}
	create := j.in.comment.Wants(r)
	switch {
	case j.event.PullRequest == nil || j.in.comment == WhenNever:
		return ""
	case c == nil && create:
		j.say("notice", "There is no comment on the pull request, since the input github-token is empty. The report is in the summary.")
		return ""
	case c == nil:
		return ""
	}
	url, err := c.Put(ctx, Body{
		Render: func(limit int) string { return markdown(j.options, shown, limit) },
		Create: create || len(sent) > 0, Notices: sent, // somebody has to remember them
	})
	switch {
	case errors.Is(err, ErrOutdated):
		j.say("notice", "The pull request has a newer head, whose own run will comment.")
	case err != nil:
		j.say("notice", "There is no comment on the pull request: "+refused(err)+" The report is in the summary.")
	}
	return url
}

// comment returns the comment of the pull request; nil: there can be none.
func (j *job) comment() *Comment {
	p := j.event.PullRequest
	if p == nil || j.api == nil {
		return nil
	}
	id := cmp.Or(j.in.commentID, j.Getenv("GITHUB_WORKFLOW")+"/"+j.Getenv("GITHUB_JOB"))
	return &Comment{Client: j.api, Owner: j.owner, Repo: j.name, Number: p.Number, ID: CommentID(id), Rev: p.Head.SHA}
}

// notify sends the notices that were not sent before, and returns their keys.
func (j *job) notify(ctx context.Context, c *Comment, r *checker.Result) (sent []string) {
	if j.Notify == nil {
		j.say("warning", "The input notify is true, but this build of breakwater cannot send notices.")
		return nil
	}
	var delivered []string
	if c != nil {
		var err error
		delivered, err = c.Delivered(ctx)
		if err = errors.Join(err, c.current(ctx)); errors.Is(err, ErrOutdated) {
			return nil // the run of the newer head sends them
		}
		if err != nil {
			j.say("warning", "No notice was sent, since it is not known which were sent before: "+refused(err))
			return nil
		}
	}
	sent, err := j.Notify(ctx, r, j.change(r), delivered)
	if err != nil {
		j.say("warning", "Not every notice was sent: "+err.Error())
	}
	return sent
}

// change is what the event is about, as a notice calls it.
func (j *job) change(r *checker.Result) notifier.Change {
	repo := j.owner + "/" + j.name
	if p := j.event.PullRequest; p != nil {
		return notifier.Change{Title: fmt.Sprintf("%s#%d: %s", repo, p.Number, p.Title), URL: p.URL}
	}
	commit := r.Head.Commit
	about := notifier.Change{Title: repo + "@" + commit[:min(len(commit), 7)]}
	if j.options.Repository != "" && commit != "" {
		about.URL = j.options.Repository + "/commit/" + commit
	}
	if j.event.Name == "push" {
		about.State = notifier.Merged
	}
	return about
}

// Wants reports whether r is worth a first comment.
func (when When) Wants(r *checker.Result) bool {
	touched := len(r.Findings) > 0
	for _, p := range r.Ports {
		touched = touched || p.State != checker.Unchanged
	}
	switch when {
	case WhenAlways:
		return true
	case WhenChange:
		return touched || len(r.Errors) > 0
	case WhenAuto:
		return r.Verdict > policy.Pass || len(r.Errors) > 0
	}
	return false
}

// refused says why the forge did not take something, and what helps.
func refused(err error) string {
	code := 0
	answer, ok := errors.AsType[*github.ErrorResponse](err)
	if ok && answer.Response != nil {
		code = answer.Response.StatusCode
	}
	_, limited := errors.AsType[*github.RateLimitError](err)
	_, abused := errors.AsType[*github.AbuseRateLimitError](err)
	switch {
	case limited, abused, code == http.StatusTooManyRequests, code == http.StatusForbidden && answer.Response.Header.Get("Retry-After") != "":
		return "GitHub takes no more requests from this token for a while."
	case code == http.StatusUnauthorized:
		return "GitHub does not accept the github-token."
	case code == http.StatusForbidden, code == http.StatusNotFound:
		return `the token lacks "pull-requests: write" among the permissions of the job; on a pull request from a fork it never has it.`
	}
	return strings.TrimSuffix(err.Error(), ".") + "."
}
