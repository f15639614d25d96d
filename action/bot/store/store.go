// Package store is what the bot remembers: one file of SQLite, or a PostgreSQL that
// many replicas share. It is the same code for both.
//
// Nothing in it is the truth about a pull request: that is at the forge, and whatever
// is lost here can be asked for again. What must not be lost is that there is something
// to do. So an event is written down together with its job, in one transaction, before
// the forge is told that it arrived ([Store.Receive]); and what has to be brought up to
// date is a [Subject], which remembers how often it was asked for and how much of that
// was answered. Workers [Store.Claim] a subject for a while and prolong that as long as
// they live; one that is killed loses it, and the job is run again by another.
//
// The queue is River's, in the same database. Its jobs may run twice; what they do is
// held together by the subjects and by keys, never by a job running once.
package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A Store is open until Close. It is safe for concurrent use.
type Store struct {
	db    database
	queue queue
	now   func() time.Time
}

// An opened database, in one of the two dialects.
type database interface {
	// begin runs do in a transaction, which is undone if do returns an error.
	begin(ctx context.Context, do func(*Tx) error) error
	ping(ctx context.Context) error
	close()
	blob() string // what a column of bytes is called
	key() string  // what a key that counts by itself is called
	newQueue(ctx context.Context, log *slog.Logger) (queue, error)
	// alone waits until no other process brings the database up to date.
	alone(ctx context.Context) (done func(), err error)
}

// Open opens the database at address and brings it up to date:
// sqlite:///var/lib/breakwater/bot.db, or postgres://user@host/name.
func Open(ctx context.Context, address string, log *slog.Logger, now func() time.Time) (*Store, error) {
	scheme, _, _ := strings.Cut(address, "://")
	var db database
	var err error
	switch scheme {
	case "sqlite":
		db, err = openSQLite(ctx, strings.TrimPrefix(address, "sqlite://"))
	case "postgres", "postgresql":
		db, err = openPostgres(ctx, address)
	default:
		return nil, fmt.Errorf("database: want sqlite:///path/to/bot.db or postgres://…, got %q", anonymous(address))
	}
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", anonymous(address), err)
	}
	s := &Store{db: db, now: now}
	if err := s.bringUpToDate(ctx, log); err != nil {
		db.close()
		return nil, fmt.Errorf("database %s: %w", anonymous(address), err)
	}
	return s, nil
}

func (s *Store) bringUpToDate(ctx context.Context, log *slog.Logger) error {
	done, err := s.db.alone(ctx)
	if err != nil {
		return err
	}
	defer done()
	if s.queue, err = s.db.newQueue(ctx, log); err != nil {
		return err
	}
	return s.migrate(ctx)
}

// anonymous is an address that may be shown: without a password.
func anonymous(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		scheme, _, _ := strings.Cut(address, ":")
		return scheme
	}
	u.RawQuery = "" // it may hold a password, too
	return u.Redacted()
}

// Close closes the database. Workers are to be stopped before.
func (s *Store) Close() { s.db.close() }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.ping(ctx) }

// Do runs do in a transaction, which is undone if do returns an error.
func (s *Store) Do(ctx context.Context, do func(*Tx) error) error {
	return s.db.begin(ctx, func(tx *Tx) error {
		tx.queue, tx.now = s.queue, s.now
		return do(tx)
	})
}

//go:embed migrations/*.sql
var migrations embed.FS

// migrate runs the migrations that have not run yet.
func (s *Store) migrate(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	slices.Sort(names)
	err = s.Do(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE IF NOT EXISTS breakwater_migration (name TEXT PRIMARY KEY, at BIGINT NOT NULL)`)
		return err
	})
	if err != nil {
		return err
	}
	words := strings.NewReplacer("BYTES", s.db.blob(), "COUNTED", s.db.key())
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		err = s.Do(ctx, func(tx *Tx) error {
			if n, err := tx.Exec(ctx, `INSERT INTO breakwater_migration (name, at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, stamp(s.now())); err != nil || n == 0 {
				return err
			}
			for statement := range strings.SplitSeq(words.Replace(string(text)), ";\n") {
				if strings.TrimSpace(statement) == "" {
					continue
				}
				if _, err := tx.Exec(ctx, statement); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// A Tx is a transaction. It ends with the function that it was handed to.
type Tx struct {
	conn
	queue queue
	now   func() time.Time
}

// A conn speaks to either database. Arguments are $1, $2 and so on.
type conn interface {
	// Exec returns how many rows were written.
	Exec(ctx context.Context, query string, args ...any) (rows int64, err error)
	// Each calls row for each row of the answer; row calls scan.
	Each(ctx context.Context, query string, args []any, row func(scan func(into ...any) error) error) error
}

// Row scans the first row of the answer; it is not ok if there is none.
func (tx *Tx) Row(ctx context.Context, query string, args []any, into ...any) (ok bool, err error) {
	err = tx.Each(ctx, query, args, func(scan func(into ...any) error) error {
		if ok {
			return nil
		}
		ok = true
		return scan(into...)
	})
	return ok && err == nil, err
}

// all reads every row of the answer.
func all[T any](ctx context.Context, tx *Tx, query string, args []any, read func(scan func(into ...any) error) (T, error)) (list []T, err error) {
	err = tx.Each(ctx, query, args, func(scan func(into ...any) error) error {
		v, err := read(scan)
		list = append(list, v)
		return err
	})
	return list, err
}

// Times are microseconds since 1970, so that both databases order them alike.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func unstamp(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// ErrBusy says that the database is locked or out of room; later it may not be.
var ErrBusy = errors.New("the database is busy")
