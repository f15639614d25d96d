package store

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// A Job is what a worker is handed: a few words that name the work.
type Job = river.JobArgs

// Limits of jobs.
const (
	MaxAttempts = 20               // of one job; with their pauses an hour and a half
	longest     = 10 * time.Minute // between two attempts
	rescueAfter = time.Minute      // a job whose worker was killed is run again
	stuckAfter  = longest          // past its time, until a job that does not end is warned of
	poll        = 500 * time.Millisecond
)

// A queue is River's client, in the dialect of its database.
type queue interface {
	enqueue(ctx context.Context, tx *Tx, job Job, at time.Time) error
	work(ctx context.Context, w Work) (stop func(context.Context) error, err error)
}

// Enqueue adds a job that runs once the transaction is done, and not before at.
func (tx *Tx) Enqueue(ctx context.Context, job Job, at time.Time) error {
	if !at.After(tx.now()) { // what has a time waits for the replica that looks at clocks, and there may be none just now
		at = time.Time{}
	}
	return tx.queue.enqueue(ctx, tx, job, at)
}

// Work says who does the jobs.
type Work struct {
	Workers *river.Workers
	Slots   map[string]int // how many jobs at once, by queue
	Rescue  time.Duration  // when a job whose worker was killed is run again; zero: after a minute
	Log     *slog.Logger
}

// Work begins to do jobs. The function that it returns lets those that are running
// end, until its context does.
func (s *Store) Work(ctx context.Context, w Work) (stop func(context.Context) error, err error) {
	return s.queue.work(ctx, w)
}

// Later says that a job is to be run again after a while, and that this is no failure.
func Later(after time.Duration) error { return river.JobSnooze(after) }

// Never says that a job cannot succeed, however often it is run.
func Never(err error) error { return river.JobCancel(err) }

type riverQueue[T any] struct {
	driver riverdriver.Driver[T]
	client *river.Client[T] // inserts only
	unwrap func(*Tx) T
}

func newQueue[T any](ctx context.Context, driver riverdriver.Driver[T], log *slog.Logger, unwrap func(*Tx) T) (queue, error) {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, err
	}
	client, err := river.NewClient(driver, &river.Config{Logger: log})
	if err != nil {
		return nil, err
	}
	return &riverQueue[T]{driver, client, unwrap}, nil
}

func (q *riverQueue[T]) enqueue(ctx context.Context, tx *Tx, job Job, at time.Time) error {
	_, err := q.client.InsertTx(ctx, q.unwrap(tx), job, &river.InsertOpts{MaxAttempts: MaxAttempts, ScheduledAt: at})
	return err
}

func (q *riverQueue[T]) work(ctx context.Context, w Work) (func(context.Context) error, error) {
	config := &river.Config{
		Logger: w.Log, Workers: w.Workers, Queues: make(map[string]river.QueueConfig),
		JobTimeout:           -1, // each kind of job has its own
		RescueStuckJobsAfter: max(w.Rescue, 0), FetchPollInterval: poll,
		RetryPolicy:       patience{},
		JobStuckThreshold: stuckAfter,
	}
	if config.RescueStuckJobsAfter == 0 {
		config.RescueStuckJobsAfter = rescueAfter
	}
	for name, slots := range w.Slots {
		config.Queues[name] = river.QueueConfig{MaxWorkers: slots}
	}
	client, err := river.NewClient(q.driver, config)
	if err != nil {
		return nil, err
	}
	if err := client.Start(ctx); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		err := client.Stop(ctx)
		if err != nil && ctx.Err() != nil { // what did not end by then is cut short, and run again later
			ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer stop()
			err = errors.Join(err, client.StopAndCancel(ctx))
		}
		return err
	}, nil
}

// patience is how long to wait after a failure: two seconds, then twice as long each
// time, and never the same for all.
type patience struct{}

func (patience) NextRetry(job *rivertype.JobRow) time.Time {
	wait := min(2*time.Second<<min(len(job.Errors), 12), longest)
	return time.Now().Add(wait/2 + rand.N(wait/2))
}
