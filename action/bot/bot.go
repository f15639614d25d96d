// Package bot is breakwater as a GitHub App: one server that checks the pull requests
// of every repository it is installed in, knows who reads what across all of them, and
// takes the word of those who are hit.
//
// # The way of an event
//
//	POST /webhook -> signature -> ledger and job, in one transaction -> 202
//	  -> update: claim the subject -> the pull request, its trees, its reviews, by the API
//	  -> checker.Check -> verdict and what follows from it, in one transaction
//	  -> comment and check run
//
// What an event says is a hint and never the truth: it names what may have changed, and
// the forge is asked how things stand. So events may be lost, doubled, late, out of
// order or a year old, and the outcome is the same. The truth is at the forge; the store
// holds what has to be done (package store says how none of it is lost), who agreed to
// what, and copies.
//
// # Who decides
//
// A pull request is checked as the Action does it: contracts from the merge base to the
// head, everything that judges from the tip of the target branch, nothing checked out and
// nothing run. What people write below it is a command only if it is new, by a person, and
// if the forge says at that moment that he may: an owner of a consumer that is hit, or
// somebody whom the policy names. What he agrees to is one finding as it was then.
package bot

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker"
	"github.com/riverqueue/river"
	"golang.org/x/sync/semaphore"
)

// A Bot is one replica. Its fields are set before Run and left alone then.
type Bot struct {
	Store   *store.Store
	GitHub  *GitHub
	Checker checker.Checker // copied for each check, which has its own time and its own people
	Secrets [][]byte        // any of them may have signed a webhook
	Pages   Pages
	Log     *slog.Logger
	Now     func() time.Time

	// Clones are of large repositories; nil: all is read through the API.
	Clones *Clones
	// Prepare may add to a check what it is to know besides; nil: nothing.
	Prepare func(ctx context.Context, c *checker.Checker, s store.Subject) error
	// Judged is told of a verdict in the transaction that writes it down: what it
	// writes there happens if the verdict does. It may be told of the same again. Nil:
	// nobody is told.
	Judged func(ctx context.Context, tx *store.Tx, j *Judgement) error
	// Mount adds pages to what the bot answers, behind Pages; nil: there are none.
	Mount func(mux *http.ServeMux)
	// Sees says which repositories somebody sees who logged in; it returns nil for
	// somebody who did not. Nil: nobody can.
	Sees func(req *http.Request) func(repo string) bool
	// Register adds workers for jobs that Judged enqueues; nil: there are none.
	Register func(*river.Workers)

	Slots     int           // checks at once; zero: four
	Rescue    time.Duration // see store.Work
	Hold      time.Duration // how long a claim lasts without a sign of life; zero: 15 seconds
	Reconcile time.Duration // how often the forge is asked what was missed; zero: every ten minutes
	Drain     time.Duration // how long what runs may go on once the bot is to stop; zero: 20 seconds

	name     string // of this replica
	metrics  *metrics
	memory   *semaphore.Weighted // bytes of webhooks that are being read
	stopping atomic.Bool
	outbox   *Outbox             // nil: nobody is told
	looks    *semaphore.Weighted // comparisons that somebody looks at
}

// Pages says who may look at pages and at the API that is behind them.
type Pages string

// The settings of Pages.
const (
	Login     Pages = "login"     // whoever logs in, and sees what the forge lets him see
	Anonymous Pages = "anonymous" // everybody: for private networks
	Off       Pages = "off"
)

const (
	defaultSlots     = 4
	defaultHold      = 15 * time.Second
	defaultReconcile = 10 * time.Minute
	defaultDrain     = 20 * time.Second
)

// check says what is missing for the bot to run.
func (b *Bot) check() error {
	if len(b.Secrets) == 0 {
		return errors.New("no webhook secret: anybody could send events")
	}
	for _, s := range b.Secrets {
		if len(s) < minSecret {
			return errors.New("a webhook secret needs at least 16 bytes")
		}
	}
	return nil
}

// minSecret is how many bytes a secret has that nobody guesses.
const minSecret = 16

// start readies what Run and the handlers need.
func (b *Bot) start() {
	if b.metrics == nil {
		b.metrics = newMetrics(b)
		b.GitHub.metrics, b.GitHub.store = b.metrics, b.Store
		b.memory, b.looks = semaphore.NewWeighted(maxReading), semaphore.NewWeighted(maxLooks)
		var name [6]byte
		rand.Read(name[:]) // never fails
		b.name = hex.EncodeToString(name[:])
	}
}

// Run serves on l and does the work, until ctx ends. What runs then may end first.
func (b *Bot) Run(ctx context.Context, l net.Listener) error {
	if err := b.check(); err != nil {
		return errors.Join(err, l.Close())
	}
	b.start()
	stop, err := b.work(ctx)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	server := b.server()
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	reconciled := make(chan struct{})
	background, quit := context.WithCancel(ctx)
	go func() { defer close(reconciled); b.reconcileForever(background) }()
	b.Log.Info("serving", "address", l.Addr().String(), "replica", b.name)

	select {
	case err = <-served:
	case <-ctx.Done():
	}
	b.stopping.Store(true)
	b.Log.Info("stopping")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), or(b.Drain, defaultDrain))
	defer cancel()
	quit()
	if closing := server.Shutdown(drain); closing != nil {
		server.Close()
	}
	<-reconciled
	if stopping := stop(drain); stopping != nil {
		b.Log.Warn("what was running is cut short, and runs again later", "error", stopping.Error())
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// work begins to do the jobs.
func (b *Bot) work(ctx context.Context) (func(context.Context) error, error) {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	workers := river.NewWorkers()
	// An update holds a claim while it runs and so may be asked for while it does: what it is
	// given here is how soon the queue hands the work of a killed replica to a live one.
	river.AddWorker(workers, within(or(b.Hold, defaultHold), func(_ context.Context, job *river.Job[store.Update]) error {
		return b.update(life, job)
	}))
	river.AddWorker(workers, within(commandTime, b.command))
	river.AddWorker(workers, within(sweepTime, b.sweepJob))
	if b.Register != nil {
		b.Register(workers)
	}
	slots := map[string]int{river.QueueDefault: or(b.Slots, defaultSlots)}
	if b.outbox != nil {
		slots[store.LetterQueue] = letterSlots
	}
	// A job outlives the signal to stop, for as long as the bot drains.
	stop, err := b.Store.Work(context.WithoutCancel(ctx), store.Work{Workers: workers, Slots: slots, Rescue: b.Rescue, Log: slog.New(atLeast{b.Log.Handler(), slog.LevelWarn})})
	if err != nil {
		end()
		return nil, err
	}
	return func(ctx context.Context) error {
		defer end()
		defer context.AfterFunc(ctx, end)()
		return stop(ctx)
	}, nil
}

// A limited worker has so long for a job. The queue runs a job again whose worker was
// killed once that has passed; of one without a limit it never knows.
type limited[T store.Job] struct {
	river.WorkerDefaults[T]
	limit time.Duration
	do    func(context.Context, *river.Job[T]) error
}

func within[T store.Job](limit time.Duration, do func(context.Context, *river.Job[T]) error) river.Worker[T] {
	return &limited[T]{limit: limit, do: do}
}

// Work implements [river.Worker].
func (w *limited[T]) Work(ctx context.Context, job *river.Job[T]) error { return w.do(ctx, job) }

// Timeout implements [river.Worker].
func (w *limited[T]) Timeout(*river.Job[T]) time.Duration { return w.limit }

// atLeast leaves out what is said below a level: a queue tells much that is nobody's
// concern.
type atLeast struct {
	slog.Handler
	level slog.Level
}

func (h atLeast) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.level && h.Handler.Enabled(ctx, level)
}

func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}

// Limits of a connection. Whoever is slower, or sends more, is cut off.
const (
	headerTime = 5 * time.Second
	readTime   = 20 * time.Second
	writeTime  = 30 * time.Second
	idleTime   = time.Minute
	maxHeader  = 64 << 10
)

func (b *Bot) server() *http.Server {
	return &http.Server{
		Handler: b.Handler(), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(b.Log.Handler(), slog.LevelWarn),
	}
}

// Handler answers all that the bot is asked over HTTP.
func (b *Bot) Handler() *http.ServeMux {
	b.start()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /webhook", b.webhook)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", b.ready)
	mux.Handle("GET /metrics", b.metrics.handler())
	b.mountAPI(mux)
	if b.Mount != nil {
		b.Mount(mux)
	}
	return mux
}

// ready reports whether events can be taken.
func (b *Bot) ready(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeout(req.Context(), 2*time.Second)
	defer cancel()
	switch {
	case b.stopping.Load():
		say(w, http.StatusServiceUnavailable, "stopping")
	case b.Store.Ping(ctx) != nil:
		say(w, http.StatusServiceUnavailable, "the database does not answer")
	default:
		say(w, http.StatusOK, "ready")
	}
}

// say answers with one line.
func say(w http.ResponseWriter, code int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	w.Write([]byte(line + "\n"))
}
