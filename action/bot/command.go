package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/google/go-github/v60/github"
	"github.com/riverqueue/river"
)

// A Command is what somebody wrote below a pull request, or wanted with a button: a
// job.
type Command struct {
	Installation int64     `json:"installation"`
	Repo         string    `json:"repo"`
	Number       int       `json:"number"` // of the pull request
	Comment      int64     `json:"comment"`
	At           time.Time `json:"at"`   // when it was written
	Head         string    `json:"head"` // that the button stood at; empty: it was a comment
	Login        string    `json:"login"`
	Words        []string  `json:"words"` // behind /breakwater
}

// Kind implements store.Job.
func (Command) Kind() string { return "command" }

// Limits of commands.
const (
	maxCommand  = 4_000 // bytes of a comment that are read
	maxReason   = 500
	commandTime = 45 * time.Second // less than it takes for a job to be taken for dead
)

// An order is a command that is being carried out.
type order struct {
	*Bot
	Command
	client      *github.Client
	owner, name string
	subject     int64
	pull        *github.PullRequest
	roles       roles
}

// command carries out what somebody wanted. It may run twice, and does the same then.
func (b *Bot) command(ctx context.Context, job *river.Job[Command]) error {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	o := &order{Bot: b, Command: job.Args}
	what, outcome := o.what(), "done"
	err := o.carryOut(ctx, what)
	log := b.Log.With("repo", o.Repo, "pull", o.Number, "by", o.Login, "command", what)
	switch pause := wait(err, b.Now()); {
	case err == nil:
		log.Info("command")
	case errors.Is(err, errNotAllowed):
		outcome, err = "refused", nil
		log.Warn("command refused")
	case pause > 0:
		outcome, err = "limited", store.Later(pause)
	case gone(err):
		outcome = "given-up"
		log.Warn("command given up", "error", err.Error())
		err = nil
	default:
		outcome = "failed"
		log.Error("command not carried out; it is tried again", "error", err.Error())
	}
	b.metrics.commands.WithLabelValues(what, outcome).Inc()
	return err
}

var errNotAllowed = errors.New("not allowed")

func (o *order) what() string {
	if len(o.Words) > 0 {
		switch o.Words[0] {
		case "ack", "recheck", "explain":
			return o.Words[0]
		}
	}
	return "help"
}

func (o *order) carryOut(ctx context.Context, what string) (err error) {
	s := store.Subject{Installation: o.Installation, Repo: o.Repo}
	if o.client, o.owner, o.name, err = o.GitHub.of(ctx, &s); err != nil {
		return err
	}
	o.Installation = s.Installation
	if o.pull, _, err = o.client.PullRequests.Get(ctx, o.owner, o.name, o.Number); err != nil {
		return err
	}
	if err := o.read(ctx); err != nil {
		return err
	}
	if what == "ack" {
		return o.ack(ctx)
	}
	may, err := o.mayAsk(ctx)
	if err != nil {
		return err
	}
	if !may { // no answer: a stranger could have us write as often as he does
		return notAllowed([]error{o.audit(ctx, "refused", what), o.react(ctx, "-1")})
	}
	switch what {
	case "recheck":
		return errors.Join(o.recheck(ctx, func(*store.Tx) error { return nil }), o.react(ctx, "+1"))
	case "explain":
		return o.reply(ctx, o.explain())
	}
	return o.reply(ctx, usage)
}

const usage = "`/breakwater ack [FINDING] [REASON]` accepts what blocks and hits a consumer that you answer for\n" +
	"`/breakwater recheck` checks this pull request again\n" +
	"`/breakwater explain RULE` says why a rule exists, and what to do\n"

// read reads what the latest check said.
func (o *order) read(ctx context.Context) error {
	return o.Store.Do(ctx, func(tx *store.Tx) (err error) {
		if o.subject, err = tx.Find(ctx, o.Repo, store.Pull, fmt.Sprint(o.Number)); err != nil || o.subject == 0 {
			return err
		}
		v, err := tx.Verdict(ctx, o.subject)
		if err != nil || v == nil {
			return err
		}
		o.roles, err = parseRoles(v.Roles)
		return err
	})
}

// mayAsk reports whether somebody may have the bot do something that changes nothing:
// the author, whoever may write here, and who has a say in what blocks.
func (o *order) mayAsk(ctx context.Context) (bool, error) {
	if strings.EqualFold(o.Login, o.pull.GetUser().GetLogin()) {
		return true, nil
	}
	level, _, err := o.client.Repositories.GetPermissionLevel(ctx, o.owner, o.name, o.Login)
	switch {
	case err != nil && status(err) != http.StatusNotFound && status(err) != http.StatusForbidden:
		return false, fmt.Errorf("what %s may do: %w", o.Login, err)
	case err == nil && slices.Contains([]string{"admin", "maintain", "write"}, level.GetPermission()):
		return true, nil
	}
	for _, f := range o.roles.Findings {
		if speaks, err := o.speaks(ctx, o.roles.speakers(f)); speaks || err != nil {
			return speaks, err
		}
	}
	return false, nil
}

// speaks reports whether who commands is behind one of owners.
func (o *order) speaks(ctx context.Context, owners []string) (bool, error) {
	for _, owner := range owners {
		if yes, err := behind(ctx, o.client, o.Log, o.Login, owner); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}

var isFinding = regexp.MustCompile(`^[0-9a-f]{8}$`).MatchString

// ack writes down that somebody agrees to findings: to those that he names, or else to
// all in which he has a say.
func (o *order) ack(ctx context.Context) error {
	var named []string
	words := o.Words[1:]
	for len(words) > 0 && isFinding(words[0]) {
		named, words = append(named, words[0]), words[1:]
	}
	if why := o.cannot(named); why != "" {
		return o.decline(ctx, why, named)
	}
	var agreed []asked
	for _, f := range o.roles.Findings {
		if len(named) > 0 && !slices.Contains(named, f.ID) {
			continue
		}
		if o.Comment != 0 && o.At.Before(f.Since.Truncate(time.Second)) { // the forge's times have whole seconds
			return o.decline(ctx, fmt.Sprintf("Finding %s became what it is after you wrote this. Look at it, and say so again.", f.ID), named)
		}
		speaks, err := o.speaks(ctx, o.roles.speakers(f))
		if err != nil {
			return err
		}
		if speaks {
			agreed = append(agreed, f)
		} else if len(named) > 0 {
			return o.decline(ctx, fmt.Sprintf("You do not answer for what finding %s hits. %s", f.ID, o.whoDoes(f)), named)
		}
	}
	if len(agreed) == 0 {
		return o.decline(ctx, "Nothing that blocks here hits a consumer that you answer for.", named)
	}
	reason := cut(report.Plain(strings.Join(words, " ")), maxReason)
	if reason == "" {
		reason = "acknowledged on the pull request"
	}
	until := o.Now().Add(policy.DefaultApproval).Truncate(24 * time.Hour)
	err := o.recheck(ctx, func(tx *store.Tx) error {
		for _, f := range agreed {
			err := errors.Join(
				tx.Ack(ctx, store.Ack{Subject: o.subject, Digest: f.Digest, Finding: f.ID, Login: o.Login, Reason: reason, Until: until}),
				tx.Audit(ctx, o.entry("ack", fmt.Sprintf("%s %s %s: %s", f.ID, f.Digest, f.Rule, reason))),
			)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, o.react(ctx, "+1"))
}

// cannot says why nobody can agree now; empty: somebody can.
func (o *order) cannot(named []string) string {
	head := o.pull.GetHead().GetSHA()
	switch {
	case o.pull.GetState() == "closed":
		return "This pull request is closed."
	case strings.EqualFold(o.Login, o.pull.GetUser().GetLogin()):
		return "Whoever proposes a change cannot be the one who agrees to it; somebody else who answers for the consumer can."
	case o.subject == 0 || o.roles.Head != head || o.Head != "" && o.Head != head:
		return "The newest commit is still being checked. What can be agreed to stands in its report."
	case len(o.roles.Findings) == 0:
		return "Nothing blocks here."
	}
	for _, id := range named {
		if !slices.ContainsFunc(o.roles.Findings, func(f asked) bool { return f.ID == id }) {
			return fmt.Sprintf("No finding %s blocks here.", id)
		}
	}
	return ""
}

// whoDoes says who answers for what a finding hits, without mentioning anybody.
func (o *order) whoDoes(f asked) string {
	if public(o.pull) {
		return ""
	}
	if owners := o.roles.speakers(f); len(owners) > 0 {
		return "These do: `" + strings.ReplaceAll(report.Plain(strings.Join(owners, ", ")), "`", "'") + "`."
	}
	return "Nobody is named who does."
}

// decline says no, and to whom we would talk anyway also why.
func (o *order) decline(ctx context.Context, why string, named []string) error {
	may, err := o.mayAsk(ctx)
	if err != nil {
		return err
	}
	errs := []error{o.audit(ctx, "refused", strings.Join(append([]string{"ack"}, named...), " ")+": "+why), o.react(ctx, "-1")}
	if may {
		errs = append(errs, o.reply(ctx, why))
	}
	return notAllowed(errs)
}

// notAllowed is the end of a command that was refused, unless something went wrong.
func notAllowed(errs []error) error {
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return errNotAllowed
}

// recheck asks for a check in the transaction in which do writes.
func (o *order) recheck(ctx context.Context, do func(*store.Tx) error) error {
	return o.Store.Do(ctx, func(tx *store.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		_, err := tx.Want(ctx, store.Subject{Installation: o.Installation, Repo: o.Repo, Kind: store.Pull, Name: fmt.Sprint(o.Number)})
		return err
	})
}

func (o *order) entry(did, detail string) store.Entry {
	return store.Entry{Actor: o.Login, Repo: o.Repo, About: fmt.Sprint("pull ", o.Number), Did: did, Detail: cut(detail, 1_000)}
}

func (o *order) audit(ctx context.Context, did, detail string) error {
	return o.Store.Do(ctx, func(tx *store.Tx) error { return tx.Audit(ctx, o.entry(did, detail)) })
}

// react answers with a sign. It is a courtesy: where it cannot be given nothing is lost.
func (o *order) react(ctx context.Context, sign string) error {
	if o.Comment == 0 {
		return nil
	}
	_, _, err := o.client.Reactions.CreateIssueCommentReaction(ctx, o.owner, o.name, o.Comment, sign)
	if err != nil {
		o.Log.Debug("no reaction", "error", err.Error())
	}
	return nil
}

// reply answers with a comment: one for each command, however often it is carried out.
func (o *order) reply(ctx context.Context, text string) error {
	author, err := o.GitHub.as(ctx)
	if err != nil {
		return err
	}
	id := fmt.Sprint("reply/", o.Comment)
	if o.Comment == 0 {
		id = "reply/" + o.Head[:min(len(o.Head), 12)] + "/" + o.Login
	}
	c := &action.Comment{Client: o.client, Owner: o.owner, Repo: o.name, Number: o.Number, ID: action.CommentID(id), Author: author}
	_, err = c.Put(ctx, action.Body{Create: true, Render: func(int) string { return text }})
	return err
}

// explain says why a rule exists.
func (o *order) explain() string {
	if len(o.Words) < 2 {
		return "Which rule? `/breakwater explain RULE`"
	}
	for _, rules := range o.Checker.Rules() {
		i := slices.IndexFunc(rules.List, func(r *change.Rule) bool { return r.ID == o.Words[1] })
		if i < 0 {
			continue
		}
		r := rules.List[i]
		return fmt.Sprintf("**%s** (%s, `%s`)\n\n%s\n\n%s\n", r.Title, r.Class, r.ID, r.Why, r.Fix)
	}
	return "There is no rule `" + strings.ReplaceAll(report.Plain(cut(o.Words[1], 80)), "`", "'") + "`; `breakwater rules` lists all."
}
