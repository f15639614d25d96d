package action

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/google/go-github/v60/github"
)

// forgeTime is how long telling the forge may take, all in all. What the forge does
// not take by then stands in the log and in the summary.
const forgeTime = 2 * time.Minute

// An Action is one step of a workflow: it finds out from the event what to compare,
// checks it, and reports where people look. What goes wrong with the forge is said,
// and changes no verdict.
type Action struct {
	Checker checker.Checker // the inputs add to its Config and Set
	Getenv  func(string) string
	Log     io.Writer // what the runner reads
	Dir     string    // in the repository; empty: here
	Pause   time.Duration

	// Notify tells the consumers who are hit, but nobody of whom delivered has the
	// key, and returns the keys of whom it told. Nil: nobody can be told.
	Notify func(ctx context.Context, r *checker.Result, delivered []string) (keys []string, err error)
}

// Run checks and reports. Whatever the error is, it has been said by then, and what
// there is of a result has been shown.
func (a *Action) Run(ctx context.Context) (*checker.Result, error) {
	j := &job{Action: a, console: console{a.Log}}
	r, err := j.check(ctx)
	if r != nil {
		err = errors.Join(err, j.publish(ctx, r))
	} else {
		err = errors.Join(err, j.excuse(err))
	}
	if err != nil {
		j.say("error", err.Error())
	}
	return r, err
}

// excuse says in the summary why there is no report.
func (j *job) excuse(why error) error {
	const title = "### Breakwater could not check this change\n\n"
	return writeSummary(j.Getenv("GITHUB_STEP_SUMMARY"), func(limit int) string {
		return title + fenced(why.Error(), limit-len(title))
	})
}

// A job is a run of an Action.
type job struct {
	*Action
	console

	in          inputs
	event       *event
	api         *github.Client // nil: there is no token
	owner, name string         // of the repository
	options     report.Options
}

func (j *job) check(ctx context.Context) (*checker.Result, error) {
	if err := j.begin(); err != nil {
		return nil, err
	}
	what, err := j.event.comparison(j.in)
	if err != nil {
		return nil, err
	}
	repo, err := revision.Open(ctx, cmp.Or(j.Dir, "."))
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	c := &clone{Repo: repo, api: j.api, owner: j.owner, name: j.name}
	c.from = revision.Remote{Server: j.Getenv("GITHUB_SERVER_URL"), Token: j.in.token}
	revs, err := c.revisions(ctx, c.ask(ctx, j.event, j.in, what))
	if err != nil {
		return nil, err
	}
	ch := j.Checker
	ch.Config = j.in.config
	if j.in.failOn != "" {
		ch.Set = append(ch.Set, "policy.fail-on="+j.in.failOn)
	}
	if p := j.event.PullRequest; p != nil && j.api != nil && p.Head.SHA == revs.Head.Commit {
		ch.Reviews = &witness{job: j, reviews: &Reviews{
			Client: j.api, Owner: j.owner, Repo: j.name, Number: p.Number, Head: p.Head.SHA, Author: p.User.Login,
		}}
	}
	return ch.Check(ctx, revs)
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

// begin reads what the workflow and the runner say.
func (j *job) begin() error {
	var err error
	if j.in, err = readInputs(j.Getenv); err != nil {
		return err
	}
	if j.event, err = readEvent(j.Getenv); err != nil {
		if j.in.base == "" || j.in.head == "" {
			return err
		}
		j.say("notice", err.Error()) // the inputs say what to compare
		j.event = &event{}
	}
	if j.owner, j.name, err = repositoryName(j.Getenv("GITHUB_REPOSITORY")); err != nil {
		return &InputError{err}
	}
	if server := strings.TrimSuffix(j.Getenv("GITHUB_SERVER_URL"), "/"); server != "" {
		j.options.Repository = server + "/" + j.owner + "/" + j.name
	}
	if j.in.token != "" {
		j.api, err = NewClient(cmp.Or(j.Getenv("GITHUB_API_URL"), "https://api.github.com"), j.in.token, cmp.Or(j.Pause, 500*time.Millisecond))
	}
	return err
}

// publish reports: first where nothing can refuse it.
func (j *job) publish(ctx context.Context, r *checker.Result) error {
	shown := r
	if j.event.public() {
		shown = report.Public(r)
	}
	writers := report.Writers(j.options)
	var text bytes.Buffer
	errs := []error{writers["text"](&text, shown)}
	j.aside(text.String())
	if annotate, ok := writers["github"]; ok && j.in.annotations {
		errs = append(errs, annotate(j.console, shown))
	}
	values := outputs(r)
	if j.in.summary {
		errs = append(errs, writeSummary(j.Getenv("GITHUB_STEP_SUMMARY"), func(limit int) string { return markdown(j.options, shown, limit) }))
	}
	files, err := j.files(writers, shown)
	errs = append(errs, err)
	values = append(values, files...)
	if url := j.tell(ctx, r, shown); url != "" {
		values = append(values, output{"comment-url", url})
	}
	return errors.Join(append(errs, writeOutputs(j.Getenv("GITHUB_OUTPUT"), values))...)
}

// files writes the reports that later steps read, and says where.
func (j *job) files(writers map[string]report.Writer, r *checker.Result) ([]output, error) {
	dir, err := os.MkdirTemp(cmp.Or(j.Getenv("RUNNER_TEMP"), os.TempDir()), "breakwater-")
	if err != nil {
		return nil, err
	}
	name := filepath.Join(dir, "report.json")
	values := []output{{"report-path", name}}
	err = writeReport(name, writers["json"], r)
	if w, ok := writers["sarif"]; ok && j.in.sarif != "" {
		name := j.in.sarif
		if !filepath.IsAbs(name) { // later steps count from there, whatever the working directory is
			name = filepath.Join(j.Getenv("GITHUB_WORKSPACE"), name)
		}
		err = errors.Join(err, writeReport(name, w, r))
		values = append(values, output{"sarif-path", name})
	}
	return values, err
}

// tell sends the notices and keeps the comment, and returns where that is.
func (j *job) tell(ctx context.Context, r, shown *checker.Result) (url string) {
	ctx, cancel := context.WithTimeout(ctx, forgeTime)
	defer cancel()
	c := j.comment()
	var sent []string
	if j.in.notify {
		sent = j.notify(ctx, c, r)
	}
	create := wanted(j.in.comment, r)
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
		Create: create, Notices: sent,
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

func (j *job) notify(ctx context.Context, c *Comment, r *checker.Result) (sent []string) {
	if j.Notify == nil {
		j.say("warning", "The input notify is true, but this build of breakwater cannot send notices.")
		return nil
	}
	var delivered []string
	if c != nil {
		var err error
		if delivered, err = c.Delivered(ctx); err != nil {
			j.say("warning", "No notice was sent, since it is not known which were sent before: "+refused(err))
			return nil
		}
	}
	sent, err := j.Notify(ctx, r, delivered)
	if err != nil {
		j.say("warning", "Not every notice was sent: "+err.Error())
	}
	return sent
}

// wanted reports whether r is worth a first comment.
func wanted(when When, r *checker.Result) bool {
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

// markdown renders r in at most limit bytes.
func markdown(o report.Options, r *checker.Result, limit int) string {
	o.Limit = limit
	var text bytes.Buffer
	if err := o.Markdown(&text, r); err != nil {
		return fenced(err.Error(), limit)
	}
	return text.String()
}

// fenced shows text as it is, in at most limit bytes: nothing of it is taken for
// Markdown.
func fenced(text string, limit int) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	const more = "and %d more lines"
	open, end := fence+"text\n", fence+"\n"
	room := limit - len(open) - len(end) - len(more) - 20
	var b strings.Builder
	b.WriteString(open)
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		if line = report.Plain(line); room < len(line)+1 {
			fmt.Fprintf(&b, more+"\n", len(lines)-i)
			break
		}
		room -= len(line) + 1
		b.WriteString(line + "\n")
	}
	return b.String() + end
}
