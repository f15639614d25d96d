package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/breakwater-data/breakwater/action"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/riverqueue/river"
)

// Limits of one update.
const (
	updateTime   = 10 * time.Minute
	maxOutdated  = 5                // heads that come while the one before is checked, until the next event is waited for
	sayAfter     = 5                // attempts until the check run says that something is wrong
	afterLimit   = 30 * time.Second // over which jobs that waited come back, at most
	concludeTime = time.Minute
)

// errOutdated says that what was found out is about an earlier head than the newest.
var errOutdated = action.ErrOutdated

// update brings one subject up to date. Of all who are asked to at the same time one
// does it, for all.
func (b *Bot) update(ctx context.Context, job *river.Job[store.Update]) error {
	ctx, cancel := context.WithTimeout(ctx, updateTime)
	defer cancel()
	holder := fmt.Sprint(b.name, "/", job.ID, "/", job.Attempt, "/", rand.Uint32())
	hold := or(b.Hold, defaultHold)
	claim, until, err := b.Store.Claim(ctx, job.Args.Subject, holder, hold)
	switch {
	case err != nil:
		return err
	case claim == nil && until.IsZero():
		return nil
	case claim == nil:
		return store.Later(max(until.Sub(b.Now()), 0) + time.Second)
	}
	log := b.Log.With("repo", claim.Repo, "subject", string(claim.Kind)+" "+claim.Name, "attempt", job.Attempt)
	if claim.Kind == store.Registry {
		if pause := b.yield(claim.Installation, "registry"); pause > 0 {
			return errors.Join(b.Store.Release(ctx, claim, ""), store.Later(pause))
		}
	}
	ctx, lost := b.keep(ctx, claim, hold)
	defer lost()
	for {
		began := b.Now()
		failure, err := b.bring(ctx, claim)
		if claim.Kind != store.Registry {
			b.metrics.checks.Observe(b.Now().Sub(began).Seconds())
		}
		if err != nil {
			return b.failed(ctx, job.Attempt, claim, err)
		}
		outcome := "done"
		if failure != "" {
			outcome = "given-up"
			log.Warn("given up", "why", failure)
		} else {
			log.Info("up to date", "took", b.Now().Sub(began).String())
		}
		b.metrics.updates.WithLabelValues(string(claim.Kind), outcome).Inc()
		all, err := b.Store.Done(ctx, claim, failure)
		if err != nil || all {
			return err
		}
	}
}

// keep prolongs a claim until lost is called. The context ends when the claim is lost,
// which happens to who hangs for so long that another took over.
func (b *Bot) keep(ctx context.Context, claim *store.Claim, hold time.Duration) (_ context.Context, lost context.CancelFunc) {
	ctx, lost = context.WithCancel(ctx)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(hold / 3):
			}
			kept, err := b.Store.Hold(ctx, claim, hold)
			if err == nil && !kept {
				lost()
			}
		}
	}()
	return ctx, lost
}

// failed says when to try again, and sees to it that the check run does not wait for
// ever.
func (b *Bot) failed(ctx context.Context, attempt int, claim *store.Claim, err error) error {
	stopped := errors.Is(ctx.Err(), context.Canceled) // by the bot, or by who took over; a deadline is a failure
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concludeTime)
	defer cancel()
	log := b.Log.With("repo", claim.Repo, "subject", string(claim.Kind)+" "+claim.Name, "attempt", attempt, "error", err.Error())
	pause := wait(err, b.Now())
	if !stopped && pause == 0 && attempt >= sayAfter {
		if concluding := b.couldNot(ctx, claim, err); concluding != nil {
			log.Warn("nor can the check run say so", "why", concluding.Error())
		}
	}
	if releasing := b.Store.Release(ctx, claim, cut(err.Error(), 500)); releasing != nil {
		log.Warn("the claim is not released; it ends by itself", "why", releasing.Error())
	}
	switch {
	case stopped:
		b.metrics.updates.WithLabelValues(string(claim.Kind), "stopped").Inc()
		log.Info("cut short")
		return store.Later(time.Second)
	case pause > 0:
		b.metrics.updates.WithLabelValues(string(claim.Kind), "limited").Inc()
		log.Warn("GitHub takes no more for a while", "until", b.Now().Add(pause).Format(time.RFC3339))
		return store.Later(pause + rand.N(min(pause, afterLimit)))
	}
	b.metrics.updates.WithLabelValues(string(claim.Kind), "failed").Inc()
	log.Error("not up to date; it is tried again")
	return err
}

// bring brings the subject of a claim up to date. A failure is final: trying again
// would not help.
func (b *Bot) bring(ctx context.Context, claim *store.Claim) (failure string, err error) {
	switch claim.Kind {
	case store.Pull:
		number, err := strconv.Atoi(claim.Name)
		if err != nil {
			return "not the number of a pull request", nil
		}
		for range maxOutdated {
			failure, err = b.pull(ctx, claim, number)
			if !errors.Is(err, errOutdated) {
				return failure, err
			}
		}
		return "", err
	case store.Group:
		return b.group(ctx, claim)
	case store.Registry:
		return b.collect(ctx, claim)
	}
	return "a subject of a kind that this version does not know", nil
}
