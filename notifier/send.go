package notifier

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// How long a run goes on. A receiver that does not answer costs its own notices,
// and never more of the run than MaxTime.
const (
	MaxTime     = 2 * time.Minute  // for all notices of a run
	attemptTime = 15 * time.Second // for one try
	attempts    = 4
	firstWait   = time.Second // before the second try; each further one waits twice as long
	maxWait     = 30 * time.Second
)

// Send delivers the notices whose key is not among known, and returns the keys of
// those that were delivered, in the order of the plan. Channels, by name, work side
// by side, and each delivers one notice after the other, as receivers like it. The
// error joins all that could not be delivered.
func Send(ctx context.Context, notices []Notice, channels map[string]Channel, known []string) (delivered []string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, MaxTime, fmt.Errorf("the notices of a run have %v, and it has passed", MaxTime))
	defer cancel()
	byChannel := make(map[string][]int)
	for i, n := range notices {
		if !slices.Contains(known, n.Key) {
			byChannel[n.Channel] = append(byChannel[n.Channel], i)
		}
	}
	errs := make([]error, len(notices))
	sent := make([]bool, len(notices))
	var all sync.WaitGroup
	for name, queue := range byChannel {
		channel, ok := channels[name]
		if !ok {
			errs[queue[0]] = fmt.Errorf("channel %q is not open, so %d of the notices are not sent", name, len(queue))
			continue
		}
		all.Go(func() {
			tries := attempts
			for _, i := range queue {
				err := persist(ctx, channel, notices[i], tries)
				if sent[i] = err == nil; !sent[i] {
					errs[i] = fmt.Errorf("%s was not told about %s by %s: %w", notices[i].Consumer.ID, notices[i].Port.ID, name, err)
				}
				// A receiver that was down for one notice gets one try for the next.
				if tries = attempts; isTemporary(err) {
					tries = 1
				}
			}
		})
	}
	all.Wait()
	for i, n := range notices {
		if sent[i] {
			delivered = append(delivered, n.Key)
		}
	}
	return delivered, errors.Join(errs...)
}

func isTemporary(err error) bool {
	var temporary *Temporary
	return errors.As(err, &temporary)
}

// persist delivers n, and tries again where that may help, tries times in all.
func persist(ctx context.Context, channel Channel, n Notice, tries int) error {
	wait := firstWait
	for attempt := 1; ; attempt++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := try(ctx, channel, n)
		var temporary *Temporary
		if err == nil || !errors.As(err, &temporary) || attempt == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; %w", err, context.Cause(ctx))
		case <-time.After(pause(wait, temporary.After)):
		}
		wait *= 2
	}
}

func try(ctx context.Context, channel Channel, n Notice) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	return channel.Deliver(ctx, n)
}

// pause returns how long to leave a receiver alone: what it asked for, up to
// maxWait, or else about wait, so that many who were refused do not come back at
// once.
func pause(wait, asked time.Duration) time.Duration {
	if asked > 0 {
		return min(asked, maxWait)
	}
	return wait/2 + rand.N(wait)
}
