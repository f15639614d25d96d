package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/riverqueue/river"
)

// Limits of deliveries.
const (
	letterSlots  = 8 // they mostly wait for receivers
	letterHold   = 2 * time.Minute
	letterTime   = 30 * time.Second
	firstRetry   = 30 * time.Second // then twice as long each time
	longestRetry = time.Hour
	maxAsked     = 24 * time.Hour     // that a receiver is left alone because it says so
	letterAge    = 7 * 24 * time.Hour // after which a letter is dead
	overdueAfter = 15 * time.Minute
	week         = 7 * 24 * time.Hour
)

// deliver delivers a letter, and those that go with it. Whoever is killed between the
// delivery and the note of it delivers again, under the same key.
func (o *Outbox) deliver(ctx context.Context, job *river.Job[store.Deliver]) error {
	hold := or(o.Hold, letterHold)
	together, again, err := o.Store.Take(ctx, job.Args.Letter, hold, o.ration)
	switch {
	case err != nil:
		return err
	case len(together) == 0 && again.IsZero():
		return nil
	case len(together) == 0:
		return store.Later(max(again.Sub(o.Now()), 0) + time.Second)
	}
	ctx, cancel := context.WithTimeout(ctx, min(letterTime, hold/2))
	defer cancel()
	l := together[0]
	kind := string(o.channel(l.Notice.Channel).Kind)
	place, err := o.send(ctx, together)
	ctx = context.WithoutCancel(ctx)
	log := o.Log.With("repo", l.Repo, "consumer", report.Plain(l.Notice.Consumer.ID), "port", report.Plain(l.Notice.Port.ID), "channel", l.Notice.Channel,
		"state", string(l.Notice.Change.State), "key", l.Message, "letters", len(together), "try", l.Tries)
	if err == nil {
		log.Info("told")
		o.metrics.letters.WithLabelValues(kind, "delivered").Inc()
		return o.Store.Delivered(ctx, together, place)
	}
	next := o.retry(l, err)
	failure := cut(report.Plain(err.Error()), 500)
	if err := o.Store.Undelivered(ctx, together, place, failure, next); err != nil {
		return err
	}
	if next.IsZero() {
		log.Error("not told; it is among the dead letters", "error", failure)
		o.metrics.letters.WithLabelValues(kind, "dead").Inc()
		return nil
	}
	log.Warn("not told yet", "error", failure, "again", next.Format(time.RFC3339))
	o.metrics.letters.WithLabelValues(kind, "failed").Inc()
	return store.Later(max(next.Sub(o.Now()), 0) + time.Second)
}

// ration is what the receiver of a notice gets in a week.
func (o *Outbox) ration(n notifier.Notice) store.Ration {
	if o.channel(n.Channel).Kind != notifier.Email {
		return store.Ration{}
	}
	return store.Ration{Messages: o.Config.Pace.PerWeek, In: week}
}

// retry says when a letter is tried again; never, if that is zero.
func (o *Outbox) retry(l store.Letter, err error) time.Time {
	temporary, ok := errors.AsType[*notifier.Temporary](err)
	now := o.Now()
	if !ok || now.Sub(l.Made) > letterAge {
		return time.Time{}
	}
	pause := min(firstRetry<<min(max(l.Tries-1, 0), 10), longestRetry)
	pause = pause/2 + rand.N(pause) // not all at once
	return now.Add(max(pause, min(temporary.After, maxAsked)))
}

// send sends letters as one message.
func (o *Outbox) send(ctx context.Context, together []store.Letter) (place string, err error) {
	l := together[0]
	channel, err := o.open(ctx, l)
	if err != nil {
		return "", err
	}
	if len(together) > 1 {
		if gatherer, ok := channel.(notifier.Gatherer); ok {
			var all []notifier.Notice
			for _, l := range together {
				all = append(all, l.Notice)
			}
			return "", gatherer.Gather(ctx, l.Message, all)
		}
		return "", fmt.Errorf("channel %q cannot say several things at once", l.Notice.Channel)
	}
	if board, ok := channel.(notifier.Board); ok {
		return board.Put(ctx, l.Notice, l.Place)
	}
	return "", channel.Deliver(ctx, l.Notice)
}

func (o *Outbox) open(ctx context.Context, l store.Letter) (notifier.Channel, error) {
	d := o.channel(l.Notice.Channel)
	switch d.Kind {
	case "":
		return nil, fmt.Errorf("channel %q is no longer declared", l.Notice.Channel)
	case notifier.GitHub:
		return o.newIssues(ctx, l)
	}
	return o.Open(d)
}
