package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/notifier"
)

// A recorder remembers which consumer was told of what blocks, and on which day. The
// nil recorder remembers nothing.
type recorder struct {
	top      *os.Root
	recorded []policy.Notice // on the target branch, and what is not committed yet
	remind   slo.Quantity
	now      time.Time
}

// recorder reads what was recorded before, if n is to be recorded.
func (c *cli) recorder(ctx context.Context, n notification, gate string) (*recorder, error) {
	if !n.record {
		return nil, nil
	}
	if n.state == string(notifier.Merged) {
		return nil, usagef("--record: what is merged waits for nobody's consent")
	}
	remind, unit, err := slo.ParseQuantity(n.remind)
	if err != nil || unit != slo.Seconds {
		return nil, usagef("--remind: want a time such as P7D, got %q", n.remind)
	}
	now, err := c.clock()
	if err != nil {
		return nil, err
	}
	repo, top, err := c.writable(ctx)
	if err != nil {
		return nil, err
	}
	r := &recorder{top: top, remind: remind, now: now}
	if repo == nil {
		r.close()
		return nil, usagef("--record: here is no repository to record in")
	}
	defer repo.Close()
	if err := r.read(ctx, repo, n.gate, gate); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// read reads the records of the target branch and of the working tree.
func (r *recorder) read(ctx context.Context, repo *revision.Repo, revs ...string) error {
	here, err := repo.WorkingTree(ctx)
	if err != nil {
		return err
	}
	trees := []*revision.Tree{here}
	for _, rev := range revs {
		if rev == "" {
			continue
		}
		tree, err := repo.Tree(ctx, rev)
		if err != nil {
			return err
		}
		trees = append(trees, tree)
	}
	for _, tree := range trees {
		notices, errs := policy.ReadNotices(tree)
		if len(errs) > 0 {
			var all []error
			for _, e := range errs {
				all = append(all, e)
			}
			return usageError{errors.Join(all...)}
		}
		r.recorded = append(r.recorded, notices...)
	}
	return nil
}

func (r *recorder) close() {
	if r != nil {
		r.top.Close()
	}
}

// plan makes reminders of the notices that are due again, and adds the keys of those
// that are not to known.
func (r *recorder) plan(notices []notifier.Notice, known []string) ([]notifier.Notice, []string) {
	if r == nil {
		return notices, known
	}
	known = slices.Clone(known)
	for i, n := range notices {
		findings := blocking(n)
		if len(findings) == 0 { // it waits for nobody's consent
			continue
		}
		notices[i].Consent = n.Consumer.Criticality == nil || policy.SilenceCounts(*n.Consumer.Criticality)
		days, last := 2, time.Time{}
		for _, f := range findings {
			told := r.told(n, f)
			if days = min(days, len(told)); len(told) > 0 && told[len(told)-1].After(last) {
				last = told[len(told)-1]
			}
		}
		switch {
		case days == 0: // something in it is news
		case days == 1 && !r.now.Before(r.remind.After(last)):
			notices[i] = notices[i].Again()
		default:
			known = append(known, n.Key)
		}
	}
	return notices, known
}

// blocking lists the findings of n that somebody has to consent to.
func blocking(n notifier.Notice) []notifier.Finding {
	return slices.DeleteFunc(slices.Clone(n.Findings), func(f notifier.Finding) bool { return f.Finding.Verdict != policy.Block.String() })
}

// told lists the days on which the reader of n was told of f by its channel, in order.
func (r *recorder) told(n notifier.Notice, f notifier.Finding) (days []time.Time) {
	for _, was := range r.recorded {
		if was.Digest == f.Digest && was.Consumer == n.Consumer.ID && was.Channel == n.Channel {
			days = append(days, was.SentAt.UTC().Truncate(24*time.Hour))
		}
	}
	slices.SortFunc(days, time.Time.Compare)
	return slices.Compact(days)
}

// write records the notices that were delivered, each in a file of its own: they come to
// the target branch in whatever order.
func (r *recorder) write(notices []notifier.Notice, delivered []string) error {
	if r == nil {
		return nil
	}
	for _, n := range notices {
		findings := blocking(n)
		if !slices.Contains(delivered, n.Key) || len(findings) == 0 {
			continue
		}
		var b strings.Builder
		for _, f := range findings {
			fmt.Fprintf(&b, "- finding: %s\n  digest: %s\n  consumer: %s\n  port: %s\n  channel: %s\n  sentAt: %s\n", strconv.Quote(f.ID), strconv.Quote(f.Digest),
				strconv.Quote(n.Consumer.ID), strconv.Quote(n.Port.ID), strconv.Quote(n.Channel), r.now.UTC().Format(time.RFC3339))
		}
		file := path.Join(policy.Notices, fmt.Sprintf("%s-%s.yaml", r.now.UTC().Format(time.DateOnly), n.Key[:12]))
		if _, err := r.top.Lstat(file); err == nil {
			continue // it was told to several addresses of one channel
		}
		if err := writeNew(r.top, file, b.String()); err != nil {
			return err
		}
	}
	return nil
}
