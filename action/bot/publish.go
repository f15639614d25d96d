package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/google/go-github/v60/github"
)

// What our check runs are called, and their button.
const (
	runName    = "breakwater"
	ackAction  = "ack"
	commentID  = "breakwater-bot"
	maxSummary = 65_535 // characters; bytes are never fewer
	maxRemarks = 50     // of one request
	maxAll     = 1_000  // remarks of one run; the report has all
	minSummary = 2_000
)

// begin has a check run say that the head is looked at.
func (t *task) begin(ctx context.Context) error {
	v, err := t.Store.Verdict(ctx, t.claim.ID)
	if err != nil {
		return err
	}
	if v != nil && v.Head == t.head && v.Run != store.BeingMade && v.Run != 0 {
		return nil
	}
	if v != nil && v.Head != t.head {
		if err := t.supersede(ctx, v); err != nil && !gone(err) {
			return err
		}
	}
	t.first = v == nil
	next := store.Verdict{Subject: t.claim.ID, Head: t.head, Run: store.BeingMade, Open: true, URL: t.url()}
	if v != nil { // what was said of the head before stands until there is more to say
		next.Verdict, next.Report, next.Roles = v.Verdict, v.Report, v.Roles
	}
	if err := t.put(ctx, &next); err != nil {
		return err
	}
	var run *github.CheckRun
	if v == nil && !t.isNew() || v != nil && v.Head == t.head { // else nobody made one, or wrote it down before
		run, err = t.findRun(ctx, t.head)
	}
	if err == nil && run == nil {
		run, err = t.makeRun(ctx)
	}
	if err != nil && !gone(err) && !refused(err) {
		return err
	}
	if err != nil { // without "checks: write" there is the comment
		t.Log.Warn("no check run", "repo", t.claim.Repo, "error", err.Error())
	}
	next.Run, next.Finished = run.GetID(), run.GetStatus() == "completed"
	return t.put(ctx, &next)
}

// newFor is for how long a pull request of which nothing is known is taken for one that
// was just opened, and not for one that was forgotten.
const newFor = 10 * time.Minute

// isNew reports whether a pull request was just opened.
func (t *task) isNew() bool {
	return t.pull != nil && t.pull.CreatedAt != nil && t.Now().Sub(t.pull.GetCreatedAt().Time) < newFor
}

func (t *task) put(ctx context.Context, v *store.Verdict) error {
	return t.Store.Do(ctx, func(tx *store.Tx) error { return tx.Put(ctx, v) })
}

// supersede ends the run of an earlier head, for which nobody will come back.
func (t *task) supersede(ctx context.Context, v *store.Verdict) error {
	if v.Run == 0 || v.Finished {
		return nil
	}
	run := v.Run
	if run == store.BeingMade {
		made, err := t.findRun(ctx, v.Head)
		if err != nil || made == nil || made.GetStatus() == "completed" {
			return err
		}
		run = made.GetID()
	}
	return t.complete(ctx, run, "cancelled", "A newer commit came", "The newer commit has a check of its own.")
}

// externalID is what we call a run ourselves, to know it again.
func (t *task) externalID() string {
	return fmt.Sprintf("breakwater:%s %s", t.claim.Kind, t.claim.Name)
}

// findRun returns our run of a head; nil: there is none. One that a process made that
// was killed before it could write that down is found again.
func (t *task) findRun(ctx context.Context, head string) (mine *github.CheckRun, err error) {
	name, filter := runName, "all"
	runs, _, err := t.client.Checks.ListCheckRunsForRef(ctx, t.owner, t.name, head, &github.ListCheckRunsOptions{
		CheckName: &name, Filter: &filter, ListOptions: github.ListOptions{PerPage: perPage},
	})
	if err != nil {
		return nil, err
	}
	for _, run := range runs.CheckRuns {
		if run.GetExternalID() == t.externalID() && (mine == nil || run.GetID() > mine.GetID()) {
			mine = run // the forge counts the latest
		}
	}
	return mine, nil
}

func (t *task) makeRun(ctx context.Context) (*github.CheckRun, error) {
	id, inProgress := t.externalID(), "in_progress"
	options := github.CreateCheckRunOptions{Name: runName, HeadSHA: t.head, ExternalID: &id, Status: &inProgress, StartedAt: &github.Timestamp{Time: t.Now()}}
	run, _, err := t.client.Checks.CreateCheckRun(ctx, t.owner, t.name, options)
	return run, err
}

// publish shows a result: the comment first, so that whoever sees the check finished
// finds it there.
// Where a run was finished with the same report as this, it stands.
func (t *task) publish(ctx context.Context, r *checker.Result, v *store.Verdict, same bool) error {
	shown := r
	if t.public {
		shown = report.Public(r)
	}
	options := report.Options{Repository: t.home, Answers: t.pull != nil}
	if t.pull != nil {
		err := t.comment(ctx, r, func(limit int) string { return markdown(options, shown, limit) })
		if errors.Is(err, errOutdated) {
			return err
		}
		if err != nil && !gone(err) {
			return err
		}
		if err != nil {
			t.Log.Warn("no comment", "repo", t.claim.Repo, "pull", t.pull.GetNumber(), "error", err.Error())
		}
	}
	if v.Run <= 0 || v.Finished && same { // it says so already
		return nil
	}
	if err := t.finish(ctx, shown, v, options); err != nil {
		if gone(err) {
			t.Log.Warn("the check run cannot be finished", "repo", t.claim.Repo, "error", err.Error())
			return nil
		}
		return err
	}
	v.Finished = true
	return t.put(ctx, v)
}

func (t *task) comment(ctx context.Context, r *checker.Result, render func(limit int) string) error {
	author, err := t.GitHub.as(ctx)
	if err != nil {
		return err
	}
	c := &action.Comment{
		Client: t.client, Owner: t.owner, Repo: t.name, Number: t.pull.GetNumber(), ID: commentID, Rev: t.head, Author: author,
		None: t.first && t.pull.Comments != nil && t.pull.GetComments() == 0,
	}
	_, err = c.Put(ctx, action.Body{Render: render, Create: action.WhenAuto.Wants(r)})
	return err
}

func markdown(o report.Options, r *checker.Result, limit int) string {
	o.Limit = limit
	var text bytes.Buffer
	if err := o.Markdown(&text, r); err != nil {
		return "the report cannot be written"
	}
	return text.String()
}

// finish ends the run with the report, and its remarks at the lines that changed, in
// batches. A run is annotated once: what people decided since changes no line.
func (t *task) finish(ctx context.Context, shown *checker.Result, v *store.Verdict, o report.Options) error {
	word, title := conclusion(shown)
	remarks := report.Remarks(shown)
	remarks = remarks[:min(len(remarks), maxAll)]
	for v.Annotated < len(remarks) {
		batch := remarks[v.Annotated:min(len(remarks), v.Annotated+maxRemarks)]
		output := &github.CheckRunOutput{Title: &title, Summary: &title, Annotations: annotations(batch)}
		if _, _, err := t.client.Checks.UpdateCheckRun(ctx, t.owner, t.name, v.Run, github.UpdateCheckRunOptions{Name: runName, Output: output}); err != nil {
			return fmt.Errorf("annotations: %w", err)
		}
		v.Annotated += len(batch)
		if err := t.put(ctx, v); err != nil {
			return err
		}
	}
	var actions []*github.CheckRunAction
	if word == "failure" && t.pull != nil && slices.ContainsFunc(shown.Findings, func(f policy.Finding) bool { return f.Verdict == policy.Block }) {
		actions = []*github.CheckRunAction{{Label: "Acknowledge", Description: "Accept what hits the consumers you own", Identifier: ackAction}}
	}
	for limit := maxSummary; ; limit /= 2 {
		err := t.end(ctx, v.Run, word, title, markdown(o, shown, limit), actions)
		if status(err) != http.StatusUnprocessableEntity || limit/2 < minSummary {
			return err
		}
	}
}

func annotations(remarks []report.Remark) (all []*github.CheckRunAnnotation) {
	for _, r := range remarks {
		level := "warning"
		if r.Blocks {
			level = "failure"
		}
		title := cut(r.Title, 250) // the forge takes 255 characters
		a := &github.CheckRunAnnotation{Path: &r.File, StartLine: &r.Line, EndLine: &r.EndLine, AnnotationLevel: &level, Title: &title, Message: &r.Message}
		if r.Column > 0 {
			a.StartColumn, a.EndColumn = &r.Column, &r.EndCol
		}
		all = append(all, a)
	}
	return all
}

// complete ends a run with a few words.
func (t *task) complete(ctx context.Context, run int64, word, title, summary string) error {
	return t.end(ctx, run, word, title, summary, nil)
}

func (t *task) end(ctx context.Context, run int64, word, title, summary string, actions []*github.CheckRunAction) error {
	completed := "completed"
	_, _, err := t.client.Checks.UpdateCheckRun(ctx, t.owner, t.name, run, github.UpdateCheckRunOptions{
		Name: runName, Status: &completed, Conclusion: &word, CompletedAt: &github.Timestamp{Time: t.Now()},
		Output: &github.CheckRunOutput{Title: &title, Summary: &summary}, Actions: actions,
	})
	if err != nil {
		return fmt.Errorf("check run: %w", err)
	}
	return nil
}

// close notes that a pull request is no longer open, and leaves no run waiting.
func (t *task) close(ctx context.Context) error {
	v, err := t.Store.Verdict(ctx, t.claim.ID)
	if err != nil || v == nil {
		return err
	}
	if v.Run > 0 && !v.Finished {
		if err := t.complete(ctx, v.Run, "cancelled", "The pull request is closed", "It is checked when it is opened again."); err != nil && !gone(err) {
			return err
		}
		v.Finished = true
	}
	v.Open = false
	return t.Store.Do(ctx, func(tx *store.Tx) error {
		if err := tx.Put(ctx, v); err != nil || t.Judged == nil {
			return err
		}
		return t.Judged(ctx, tx, &Judgement{Subject: t.claim.Subject, Pull: t.pull, Before: v})
	})
}

// couldNot ends the run of a subject that cannot be checked now: whoever waits for it
// learns why, and the gate stays shut. When it can be checked, the run says so.
func (b *Bot) couldNot(ctx context.Context, claim *store.Claim, why error) error {
	v, err := b.Store.Verdict(ctx, claim.ID)
	if err != nil || v == nil || v.Run <= 0 || v.Finished {
		return err
	}
	client, owner, name, err := b.GitHub.of(ctx, &claim.Subject)
	if err != nil {
		return err
	}
	t := &task{Bot: b, claim: claim, client: client, owner: owner, name: name, head: v.Head}
	text := strings.ReplaceAll(report.Plain(cut(why.Error(), 2_000)), "`", "'")
	return t.complete(ctx, v.Run, "failure", "Breakwater could not check this change", "It is tried again, and `/breakwater recheck` tries at once.\n\n`"+text+"`")
}
