package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
		case "ack", "object", "recheck", "explain":
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
	switch what {
	case "ack":
		return o.ack(ctx)
	case "object":
		return o.object(ctx)
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
	"`/breakwater object [FINDING] [REASON]` says that the silence of a consumer that you answer for is no consent, until you accept\n" +
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
// all in which he has a say. What he objected to before he objects to no longer.
func (o *order) ack(ctx context.Context) error {
	named, reason := o.named()
	agreed, refused, err := o.pick(ctx, o.roles.blocking(), named, o.roles.speakers)
	switch {
	case err != nil:
		return err
	case refused != "":
		return o.declined(ctx, refused, named)
	}
	reason = or(reason, "acknowledged on the pull request")
	until := o.Now().Add(policy.DefaultApproval).Truncate(24 * time.Hour)
	consumers, err := o.listeners(ctx, agreed)
	if err != nil {
		return err
	}
	err = o.recheck(ctx, func(tx *store.Tx) error {
		for _, f := range agreed {
			err := errors.Join(
				tx.Ack(ctx, store.Ack{Subject: o.subject, Digest: f.Digest, Finding: f.ID, Login: o.Login, Reason: reason, Until: until}),
				tx.Audit(ctx, o.entry("ack", fmt.Sprintf("%s %s %s: %s", f.ID, f.Digest, f.Rule, reason))),
			)
			for _, id := range consumers[f.ID] {
				err = errors.Join(err, tx.Withdraw(ctx, o.subject, f.Digest, id))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, o.react(ctx, "+1"))
}

// object writes down that somebody does not want the silence of those for whom he
// answers to be taken for consent.
func (o *order) object(ctx context.Context) error {
	named, reason := o.named()
	against, refused, err := o.pick(ctx, o.roles.Findings, named, o.roles.listeners)
	switch {
	case err != nil:
		return err
	case refused != "":
		return o.declined(ctx, refused, named)
	}
	consumers, err := o.listeners(ctx, against)
	if err != nil {
		return err
	}
	reason = or(reason, "said on the pull request")
	err = o.recheck(ctx, func(tx *store.Tx) error {
		for _, f := range against {
			err := tx.Audit(ctx, o.entry("object", fmt.Sprintf("%s %s %s for %s: %s", f.ID, f.Digest, f.Rule, strings.Join(consumers[f.ID], ", "), reason)))
			for _, id := range consumers[f.ID] {
				err = errors.Join(err, tx.Object(ctx, store.Objection{Subject: o.subject, Digest: f.Digest, Finding: f.ID, Consumer: id, Login: o.Login, Reason: reason}))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, o.react(ctx, "+1"))
}

// named splits what stands behind a command into the findings that it names and a
// reason.
func (o *order) named() (ids []string, reason string) {
	var words []string
	for words = o.Words[1:]; len(words) > 0 && isFinding(words[0]); words = words[1:] {
		ids = append(ids, words[0])
	}
	return ids, cut(report.Plain(strings.Join(words, " ")), maxReason)
}

// pick lists the findings that the command is about: of those that stand to be decided
// the named ones, or else all in which whoever commands has a say, who is one of those
// that speakers lists. Refused says why there are none.
func (o *order) pick(ctx context.Context, open []asked, named []string, speakers func(asked) []string) (picked []asked, refused string, err error) {
	if why := o.cannot(open, named); why != "" {
		return nil, why, nil
	}
	for _, f := range open {
		if len(named) > 0 && !slices.Contains(named, f.ID) {
			continue
		}
		if o.Comment != 0 && o.At.Before(f.Since.Truncate(time.Second)) { // the forge's times have whole seconds
			return nil, fmt.Sprintf("Finding %s became what it is after you wrote this. Look at it, and say so again.", f.ID), nil
		}
		speaks, err := o.speaks(ctx, speakers(f))
		if err != nil {
			return nil, "", err
		}
		if speaks {
			picked = append(picked, f)
		} else if len(named) > 0 {
			return nil, fmt.Sprintf("You do not answer for what finding %s hits. %s", f.ID, o.whoDoes(speakers(f))), nil
		}
	}
	if len(picked) == 0 {
		refused = "Nothing that blocks here hits a consumer that you answer for."
	}
	return picked, refused, nil
}

// listeners lists, by finding, those whose silence would count and for whom whoever
// commands answers.
func (o *order) listeners(ctx context.Context, findings []asked) (map[string][]string, error) {
	all := make(map[string][]string)
	for _, f := range findings {
		for _, id := range slices.Sorted(maps.Keys(f.Silence)) {
			speaks, err := o.speaks(ctx, f.Silence[id])
			if err != nil {
				return nil, err
			}
			if speaks {
				all[f.ID] = append(all[f.ID], id)
			}
		}
	}
	return all, nil
}

// cannot says why nobody can decide now on the findings that are open; empty: somebody
// can.
func (o *order) cannot(open []asked, named []string) string {
	head := o.pull.GetHead().GetSHA()
	switch {
	case o.pull.GetState() == "closed":
		return "This pull request is closed."
	case o.what() == "ack" && strings.EqualFold(o.Login, o.pull.GetUser().GetLogin()):
		return "Whoever proposes a change cannot be the one who agrees to it; somebody else who answers for the consumer can."
	case o.subject == 0 || o.roles.Head != head || o.Head != "" && o.Head != head:
		return "The newest commit is still being checked. What can be agreed to stands in its report."
	case len(open) == 0:
		return "Nothing blocks here."
	}
	for _, id := range named {
		if !slices.ContainsFunc(open, func(f asked) bool { return f.ID == id }) {
			return fmt.Sprintf("No finding %s blocks here.", id)
		}
	}
	return ""
}

// whoDoes says who answers for what a finding hits, without mentioning anybody.
func (o *order) whoDoes(owners []string) string {
	if public(o.pull) {
		return ""
	}
	if len(owners) > 0 {
		return "These do: `" + strings.ReplaceAll(report.Plain(strings.Join(owners, ", ")), "`", "'") + "`."
	}
	return "Nobody is named who does."
}

// declined says no, and to whom we would talk anyway also why.
func (o *order) declined(ctx context.Context, why string, named []string) error {
	may, err := o.mayAsk(ctx)
	if err != nil {
		return err
	}
	errs := []error{o.audit(ctx, "refused", strings.Join(append([]string{o.what()}, named...), " ")+": "+why), o.react(ctx, "-1")}
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
