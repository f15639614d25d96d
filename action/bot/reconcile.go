package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/google/go-github/v60/github"
	"github.com/riverqueue/river"
)

// Limits of looking for what was missed.
const (
	forgottenAfter = 15 * time.Minute   // nobody tried to bring a subject up to date; longer than a job rests
	deliveriesAge  = 3 * 24 * time.Hour // the forge sends nothing again that is older
	collectEvery   = 24 * time.Hour
	sweepTime      = 30 * time.Minute
	sweepEvery     = 6 // rounds between two looks at every open pull request
)

// reconcileForever looks for what was missed, at the start and then from time to time.
// Of several replicas one looks.
func (b *Bot) reconcileForever(ctx context.Context) {
	every := or(b.Reconcile, defaultReconcile)
	for round := 0; ; round++ {
		if round == 0 || b.myTurn(ctx, every) {
			if err := b.reconcile(ctx, round%sweepEvery == 0); err != nil && ctx.Err() == nil {
				b.Log.Warn("not all that may have been missed could be looked for", "error", err.Error())
			}
		}
		b.tidyClones(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
	}
}

// tidyClones removes the clones of repositories that are forgotten: each replica its own.
func (b *Bot) tidyClones(ctx context.Context) {
	err := b.Clones.tidy(func(repo string) (bool, error) {
		known, err := b.Store.Repository(ctx, repo)
		return known != nil, err
	}, b.Log)
	if err != nil && ctx.Err() == nil {
		b.Log.Warn("not all clones could be looked at", "error", err.Error())
	}
}

// myTurn reports whether no other replica looks at this time.
func (b *Bot) myTurn(ctx context.Context, every time.Duration) (mine bool) {
	err := b.Store.Do(ctx, func(tx *store.Tx) (err error) {
		mine, err = tx.Once(ctx, fmt.Sprint(store.Turn, "reconcile ", b.Now().UnixNano()/int64(every)))
		return err
	})
	return mine && err == nil
}

// reconcile asks for all that was missed: subjects that nobody is at, events that did
// not arrive, and, if everything is to be looked at, pull requests that no event told
// of.
func (b *Bot) reconcile(ctx context.Context, everything bool) error {
	ctx, cancel := context.WithTimeout(ctx, sweepTime)
	defer cancel()
	n, err := b.Store.Forgotten(ctx, b.Now().Add(-forgottenAfter))
	b.metrics.found("subject", n)
	errs := []error{err, b.redeliver(ctx), b.Store.Prune(ctx)}
	if b.outbox != nil {
		n, err := b.Store.Overdue(ctx, b.Now().Add(-overdueAfter))
		b.metrics.found("letter", n)
		errs = append(errs, err)
	}
	if everything {
		errs = append(errs, b.sweep(ctx))
	}
	return errors.Join(errs...)
}

// redeliver has the forge send again what did not arrive. It does not by itself.
func (b *Bot) redeliver(ctx context.Context) error {
	app := b.GitHub.client(0)
	opts := &github.ListCursorOptions{PerPage: perPage}
	arrived := make(map[string]bool)
	var failed []*github.HookDelivery
	for range maxPages {
		page, resp, err := app.Apps.ListHookDeliveries(ctx, opts)
		if status(err) == http.StatusNotFound { // a forge that keeps no list
			return nil
		}
		if err != nil {
			return fmt.Errorf("failed deliveries: %w", err)
		}
		old := false
		for _, d := range page {
			old = old || b.Now().Sub(d.GetDeliveredAt().Time) > deliveriesAge
			if code := d.GetStatusCode(); code >= 200 && code < 300 {
				arrived[d.GetGUID()] = true
			} else {
				failed = append(failed, d)
			}
		}
		if opts.Cursor = resp.Cursor; opts.Cursor == "" || old || len(page) == 0 {
			break
		}
	}
	var errs []error
	for _, d := range failed {
		if arrived[d.GetGUID()] || b.Now().Sub(d.GetDeliveredAt().Time) > deliveriesAge || !known(d.GetEvent()) {
			continue
		}
		arrived[d.GetGUID()] = true // once is enough
		if written, err := b.Store.Received(ctx, d.GetGUID()); written || err != nil {
			errs = append(errs, err)
			continue
		}
		_, _, err := app.Apps.RedeliverHookDelivery(ctx, d.GetID())
		if _, accepted := errors.AsType[*github.AcceptedError](err); accepted {
			err = nil
		}
		if err == nil {
			b.metrics.found("delivery", 1)
			b.Log.Info("asked for an event again", "delivery", d.GetGUID(), "event", d.GetEvent())
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// sweep looks at every repository: at open pull requests whose newest head has no
// finished check, and at what the repository says of ports and consumers, if that was
// not read lately.
func (b *Bot) sweep(ctx context.Context) error {
	app := b.GitHub.client(0)
	opts := &github.ListOptions{PerPage: perPage}
	var errs []error
	for range maxPages {
		page, resp, err := app.Apps.ListInstallations(ctx, opts)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("installations: %w", err))...)
		}
		for _, i := range page {
			if i.SuspendedAt == nil {
				errs = append(errs, b.sweepInstallation(ctx, i.GetID()))
			}
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			break
		}
	}
	return errors.Join(errs...)
}

// A Sweep is the job that looks at every repository of an installation.
type Sweep struct {
	Installation int64 `json:"installation"`
}

// Kind implements store.Job.
func (Sweep) Kind() string { return "sweep" }

func (b *Bot) sweepJob(ctx context.Context, job *river.Job[Sweep]) error {
	ctx, cancel := context.WithTimeout(ctx, sweepTime)
	defer cancel()
	err := b.sweepInstallation(ctx, job.Args.Installation)
	if pause := wait(err, b.Now()); pause > 0 {
		return store.Later(pause)
	}
	if y, ok := errors.AsType[*yielded](err); ok {
		return store.Later(y.pause)
	}
	if err != nil && gone(err) {
		b.Log.Warn("the installation cannot be looked at", "installation", job.Args.Installation, "error", err.Error())
		return nil
	}
	return err
}

func (b *Bot) sweepInstallation(ctx context.Context, installation int64) error {
	client := b.GitHub.client(installation)
	opts := &github.ListOptions{PerPage: perPage}
	var errs []error
	listed := make(map[string]bool)
	for range maxPages {
		if pause := b.yield(installation, "sweep"); pause > 0 {
			return errors.Join(append(errs, &yielded{pause})...)
		}
		page, resp, err := client.Apps.ListRepos(ctx, opts)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("repositories of installation %d: %w", installation, err))...)
		}
		for _, r := range page.Repositories {
			listed[r.GetFullName()] = true
			if !r.GetArchived() && !r.GetDisabled() && isRepo(r.GetFullName()) {
				errs = append(errs, b.sweepRepository(ctx, client, installation, r))
				if _, ok := errors.AsType[*yielded](errs[len(errs)-1]); ok {
					return errors.Join(errs...)
				}
			}
		}
		if opts.Page = resp.NextPage; opts.Page == 0 || ctx.Err() != nil {
			break
		}
	}
	if opts.Page == 0 && ctx.Err() == nil {
		errs = append(errs, b.forgetOthers(ctx, client, installation, listed))
	}
	return errors.Join(errs...)
}

// forgetOthers forgets what is known of repositories that the installation no longer
// has: they were deleted, renamed or taken away, and no event told of it. A list that
// changes while it is read may lack one that is there, so each is asked for.
func (b *Bot) forgetOthers(ctx context.Context, client *github.Client, installation int64, listed map[string]bool) error {
	known, err := b.Store.Repositories(ctx, installation)
	errs := []error{err}
	for _, r := range known {
		if listed[r.Repo] {
			continue
		}
		owner, name, _ := strings.Cut(r.Repo, "/")
		now, _, err := client.Repositories.Get(ctx, owner, name)
		switch {
		case err != nil && status(err) != http.StatusNotFound:
			errs = append(errs, fmt.Errorf("repository %s: %w", r.Repo, err))
		case err == nil && strings.EqualFold(now.GetFullName(), r.Repo):
		default:
			b.Log.Info("a repository is forgotten, for there is none of that name any more", "repo", r.Repo, "now", now.GetFullName())
			b.metrics.found("gone", 1)
			errs = append(errs, b.Store.Do(ctx, func(tx *store.Tx) error { return tx.Forget(ctx, r.Repo) }))
		}
	}
	return errors.Join(errs...)
}

// yielded says that work waits for the sake of checks.
type yielded struct{ pause time.Duration }

func (y *yielded) Error() string {
	return fmt.Sprintf("little is left of the hour's requests; what can wait does so for %v", y.pause.Round(time.Second))
}

// yield returns how long work that can wait has to.
func (b *Bot) yield(installation int64, what string) time.Duration {
	pause := b.GitHub.spare(installation, b.Now())
	if pause == 0 {
		return 0
	}
	b.metrics.yields.WithLabelValues(what).Inc()
	return pause + rand.N(afterLimit)
}

func (b *Bot) sweepRepository(ctx context.Context, client *github.Client, installation int64, r *github.Repository) error {
	if pause := b.yield(installation, "sweep"); pause > 0 {
		return &yielded{pause}
	}
	known, err := b.Store.Repository(ctx, r.GetFullName())
	if err != nil {
		return err
	}
	if known == nil || known.Failure != "" || known.Build != b.build() || b.Now().Sub(known.Collected) > collectEvery {
		if err := b.ask(ctx, store.Subject{Installation: installation, Repo: r.GetFullName(), Kind: store.Registry}); err != nil {
			return err
		}
	}
	opts := &github.PullRequestListOptions{State: "open", ListOptions: github.ListOptions{PerPage: perPage}}
	for range maxPages {
		page, resp, err := client.PullRequests.List(ctx, r.GetOwner().GetLogin(), r.GetName(), opts)
		if err != nil {
			if gone(err) {
				return nil
			}
			return fmt.Errorf("pull requests of %s: %w", r.GetFullName(), err)
		}
		for _, pr := range page {
			s := store.Subject{Installation: installation, Repo: r.GetFullName(), Kind: store.Pull, Name: strconv.Itoa(pr.GetNumber())}
			if err := b.sweepPull(ctx, s, pr.GetHead().GetSHA()); err != nil {
				return err
			}
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			break
		}
	}
	return nil
}

// sweepPull asks for a pull request whose head has no finished check.
func (b *Bot) sweepPull(ctx context.Context, s store.Subject, head string) error {
	return b.Store.Do(ctx, func(tx *store.Tx) error {
		id, err := tx.Find(ctx, s.Repo, s.Kind, s.Name)
		if err != nil {
			return err
		}
		v, err := tx.Verdict(ctx, id)
		if err != nil || v != nil && v.Head == head && (v.Finished || v.Run == 0) {
			return err
		}
		b.metrics.found("pull", 1)
		_, err = tx.Want(ctx, s)
		return err
	})
}

func (b *Bot) ask(ctx context.Context, s store.Subject) error {
	return b.Store.Do(ctx, func(tx *store.Tx) error {
		_, err := tx.Want(ctx, s)
		return err
	})
}
