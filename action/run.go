package action

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/google/go-github/v60/github"
)

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
	Notify func(ctx context.Context, r *checker.Result, about notifier.Change, delivered []string) (keys []string, err error)
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
		ch.Set = append(slices.Clip(ch.Set), "policy.fail-on="+j.in.failOn)
	}
	if p := j.event.PullRequest; p != nil && j.api != nil && p.Head.SHA == revs.Head.Commit {
		ch.Reviews = &witness{job: j, reviews: &Reviews{
			Client: j.api, Owner: j.owner, Repo: j.name, Number: p.Number, Head: p.Head.SHA, Author: p.User.Login,
		}}
	}
	return ch.Check(ctx, revs)
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
	if j.in.annotations {
		errs = append(errs, writers["github"](j.console, shown))
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
	if j.in.sarif != "" {
		name := j.in.sarif
		if !filepath.IsAbs(name) { // later steps count from there, whatever the working directory is
			name = filepath.Join(j.Getenv("GITHUB_WORKSPACE"), name)
		}
		err = errors.Join(err, writeReport(name, writers["sarif"], r))
		values = append(values, output{"sarif-path", name})
	}
	return values, err
}
