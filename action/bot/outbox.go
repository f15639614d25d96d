package bot

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/google/go-github/v60/github"
	"github.com/riverqueue/river"
)

// An Outbox tells those who are hit. What is to be said is written down in the
// transaction of the verdict that it follows from, as letters; jobs deliver them.
//
// Each receiver has a thread for each change: he hears of it once, and again only if
// there is news for him: another finding, or that it was approved, merged, withdrawn or
// reverted. Pushes that change nothing for him are none.
type Outbox struct {
	*Bot
	Config notifier.Config
	// Open opens a channel of the configuration. Those of GitHub are the bot's own.
	Open func(notifier.Declaration) (notifier.Channel, error)
	// Hold is how long a letter is under way at most. One whose worker was killed is sent
	// again after it. Zero: two minutes.
	Hold time.Duration
}

// Attach has the bot tell those who are hit.
func (o *Outbox) Attach() {
	o.Prepare, o.Judged, o.outbox = o.told, o.judged, o
	o.Register = func(workers *river.Workers) {
		river.AddWorker(workers, within(or(o.Hold, letterHold), o.deliver))
		river.AddWorker(workers, within(letterHold, o.nudge))
	}
}

// told lists the notices that arrived: two of them may make a consent of silence.
func (o *Outbox) told(ctx context.Context, c *checker.Checker, s store.Subject) error {
	letters, err := o.Store.LettersOf(ctx, s.ID)
	for _, l := range letters {
		if l.Notice.Change.State.IsOver() {
			continue
		}
		for _, f := range l.Notice.Findings {
			if f.Finding.Verdict == policy.Block.String() {
				c.Notices = append(c.Notices, policy.Notice{
					Finding: f.ID, Digest: f.Digest, Consumer: l.Notice.Consumer.ID, Port: l.Notice.Port.ID, Channel: l.Notice.Channel, SentAt: l.Sent,
				})
			}
		}
	}
	return err
}

// judged writes the letters that follow from a verdict.
func (o *Outbox) judged(ctx context.Context, tx *store.Tx, j *Judgement) error {
	if j.Subject.Kind != store.Pull || j.Pull == nil {
		return nil
	}
	list, err := tx.Threads(ctx, j.Subject.ID)
	if err != nil {
		return err
	}
	w := &herald{Outbox: o, tx: tx, subject: j.Subject, threads: make(map[string]*store.Thread)}
	for i := range list {
		w.threads[list[i].ID] = &list[i]
	}
	if j.Result == nil {
		return w.closed(ctx, j)
	}
	return w.proposed(ctx, j)
}

// A herald is one verdict of which people are told.
type herald struct {
	*Outbox
	tx      *store.Tx
	subject store.Subject
	threads map[string]*store.Thread
}

// proposal is the pull request as people call it.
func proposal(s store.Subject, p *github.PullRequest, state notifier.State) notifier.Change {
	title := fmt.Sprintf("%s#%d", s.Repo, p.GetNumber())
	if p.GetTitle() != "" {
		title += ": " + p.GetTitle()
	}
	return notifier.Change{URL: p.GetHTMLURL(), Title: title, State: state}
}

// proposed tells of what a pull request would do as it is now.
func (w *herald) proposed(ctx context.Context, j *Judgement) error {
	notices, missed := notifier.Plan(report.NewDocument(j.Result), w.Config, proposal(j.Subject, j.Pull, notifier.Proposed))
	for _, m := range missed {
		w.Log.Warn("somebody is not told", "repo", w.subject.Repo, "consumer", report.Plain(m.Consumer), "port", report.Plain(m.Port), "why", report.Plain(m.Why))
	}
	hit := make(map[string]bool)
	for _, n := range notices {
		n.Time = w.Now()
		n.Consent = n.Verdict() == policy.Block.String() && (n.Consumer.Criticality == nil || policy.SilenceCounts(*n.Consumer.Criticality))
		if isApproved(n) {
			n.Change.State = notifier.Approved
		}
		id := name(n.Thread, n.Channel, n.To)
		hit[id] = true
		t := w.threads[id]
		if t == nil {
			t = &store.Thread{ID: id, Subject: w.subject.ID, Repo: w.subject.Repo, Consumer: n.Consumer.ID, Port: n.Port.ID, Channel: n.Channel, Receiver: n.To}
		}
		if err := w.tell(ctx, t, n); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(w.threads)) {
		if t := w.threads[id]; !hit[id] && !t.State.IsOver() {
			if err := w.end(ctx, t, notifier.Withdrawn); err != nil {
				return err
			}
		}
	}
	if len(notices) == 0 {
		return nil
	}
	return w.nextNudge(ctx, w.tx, w.subject.ID)
}

// isApproved reports whether those who had to agree to what hits a consumer did.
func isApproved(n notifier.Notice) bool {
	approved := false
	for _, f := range n.Findings {
		if f.Finding.Verdict == policy.Block.String() {
			return false
		}
		approved = approved || f.Approval != nil && f.Approval.InForce
	}
	return approved
}

// tell writes a letter if there is news in n. A message that stays is kept right, and of
// that its reader sees also what no longer hits him.
func (w *herald) tell(ctx context.Context, t *store.Thread, n notifier.Notice) error {
	var digests []string
	news := t.State != n.Change.State
	for _, f := range n.Findings {
		digests = append(digests, f.Digest)
		news = news || !slices.Contains(t.Digests, f.Digest)
	}
	slices.Sort(digests)
	digests = slices.Compact(digests)
	if !news && (!w.stays(t.Channel) || slices.Equal(digests, t.Digests)) {
		return nil
	}
	if !w.stays(t.Channel) && !t.State.IsOver() { // what it was told of once is no news
		digests = slices.Compact(slices.Sorted(slices.Values(slices.Concat(digests, t.Digests))))
	}
	t.Digests, t.State, t.Reminded = digests, n.Change.State, false
	return w.write(ctx, t, n)
}

// end tells how a change ended, of which somebody was told.
func (w *herald) end(ctx context.Context, t *store.Thread, state notifier.State) error {
	n := t.Notice
	n.Change.State, n.Time, n.Reminder, n.Consent = state, w.Now(), false, false
	t.State = state
	return w.write(ctx, t, n)
}

func (w *herald) write(ctx context.Context, t *store.Thread, n notifier.Notice) error {
	n.Key = name(t.ID, n.Key, fmt.Sprint(t.Said))
	return w.tx.Write(ctx, t, n, w.due(n.Channel))
}

// due is when a letter may be sent: to people not in their quiet hours.
func (o *Outbox) due(channel string) time.Time {
	if k := o.channel(channel).Kind; k == notifier.Webhook || k == notifier.GitHub {
		return o.Now()
	}
	return o.Config.Pace.Quiet.Next(o.Now())
}

func (o *Outbox) channel(name string) notifier.Declaration {
	i := slices.IndexFunc(o.Config.Channels, func(d notifier.Declaration) bool { return d.Name == name })
	if i < 0 {
		return notifier.Declaration{}
	}
	return o.Config.Channels[i]
}

// stays reports whether what a channel posted can be changed.
func (o *Outbox) stays(channel string) bool {
	d := o.channel(channel)
	return d.Kind == notifier.GitHub || d.TokenEnv != ""
}

// closed tells how a pull request ended.
func (w *herald) closed(ctx context.Context, j *Judgement) error {
	state := notifier.Withdrawn
	if j.Pull.GetMerged() {
		state = notifier.Merged
	}
	for _, id := range slices.Sorted(maps.Keys(w.threads)) {
		if t := w.threads[id]; t.State == notifier.Proposed || t.State == notifier.Approved {
			if err := w.end(ctx, t, state); err != nil {
				return err
			}
		}
	}
	if state == notifier.Merged {
		return w.reverted(ctx, j)
	}
	return nil
}

// What the forge writes into a pull request that takes another one back.
var reverts = regexp.MustCompile(`(?i)\breverts\s+([A-Za-z0-9._-]+/[A-Za-z0-9._-]+)?#(\d{1,9})\b`)

// reverted tells of the change that a merged pull request took back: one that was merged
// in the same repository, of ports that this one changed, too.
func (w *herald) reverted(ctx context.Context, j *Judgement) error {
	m := reverts.FindStringSubmatch(cut(j.Pull.GetBody(), maxCommand))
	if m == nil || m[1] != "" && !strings.EqualFold(m[1], w.subject.Repo) || j.Before == nil || j.Before.Report == "" {
		return nil
	}
	doc, err := report.Read(strings.NewReader(j.Before.Report))
	if err != nil {
		return nil // one of another version: nobody is told, and nothing is lost
	}
	number, _ := strconv.Atoi(m[2])
	id, err := w.tx.Find(ctx, w.subject.Repo, store.Pull, strconv.Itoa(number))
	if err != nil || id == 0 || id == w.subject.ID {
		return err
	}
	threads, err := w.tx.Threads(ctx, id)
	for i := range threads {
		t := &threads[i]
		changed := slices.ContainsFunc(doc.Ports, func(p report.Port) bool { return p.ID == t.Port && p.State != string(checker.Unchanged) })
		if err == nil && t.State == notifier.Merged && changed {
			err = w.end(ctx, t, notifier.Reverted)
		}
	}
	return err
}

// name makes a short name of parts.
func name(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return fmt.Sprintf("%x", h.Sum(nil))[:32]
}

// A Nudge is the job that looks after a day at a change of which people were told:
// whether it is time to remind somebody, and what their silence means by now.
type Nudge struct {
	Subject int64 `json:"subject"`
}

// Kind implements store.Job.
func (Nudge) Kind() string { return "nudge" }

// InsertOpts puts it where letters are.
func (Nudge) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: store.LetterQueue} }

// nextNudge asks for the nudge of tomorrow, once.
func (o *Outbox) nextNudge(ctx context.Context, tx *store.Tx, subject int64) error {
	at := o.Now().Add(24 * time.Hour)
	first, err := tx.Once(ctx, fmt.Sprint(store.Turn, "nudge ", subject, " ", at.UTC().Format(time.DateOnly)))
	if err != nil || !first {
		return err
	}
	return tx.Enqueue(ctx, Nudge{subject}, at)
}

func (o *Outbox) nudge(ctx context.Context, job *river.Job[Nudge]) error {
	return o.Store.Do(ctx, func(tx *store.Tx) error {
		threads, err := tx.Threads(ctx, job.Args.Subject)
		if err != nil {
			return err
		}
		open := false
		for i := range threads {
			t := &threads[i]
			if t.State != notifier.Proposed {
				open = open || t.State == notifier.Approved
				continue
			}
			open = true
			if err := o.remind(ctx, tx, t); err != nil {
				return err
			}
		}
		s, err := tx.Subject(ctx, job.Args.Subject)
		if err != nil || !open || s == nil {
			return err
		}
		if _, err := tx.Want(ctx, *s); err != nil {
			return err
		}
		return o.nextNudge(ctx, tx, job.Args.Subject)
	})
}

// remind tells somebody again who was told a while ago and whose consent is waited for.
func (o *Outbox) remind(ctx context.Context, tx *store.Tx, t *store.Thread) error {
	after := o.Config.Pace.Reminder
	if !t.Notice.Consent || t.Reminded || after == 0 {
		return nil
	}
	last, err := tx.LastSent(ctx, t.ID)
	if err != nil || last.IsZero() || o.Now().Before(last.Add(after)) {
		return err
	}
	n := t.Notice.Again()
	n.Time, t.Reminded = o.Now(), true
	n.Key = name(t.ID, n.Key, fmt.Sprint(t.Said))
	return tx.Write(ctx, t, n, o.due(t.Channel))
}
