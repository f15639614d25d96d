package store

import (
	"context"
	"fmt"
	"time"
)

// An Ack is what somebody agreed to: one finding as it was then, by its digest.
type Ack struct {
	Subject         int64
	Digest, Finding string
	Login, Reason   string
	Until, At       time.Time
}

// Ack writes down that somebody agreed. Twice is once.
func (tx *Tx) Ack(ctx context.Context, a Ack) error {
	_, err := tx.Exec(ctx, `INSERT INTO ack (subject, digest, finding, login, reason, until, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (subject, digest, login) DO UPDATE SET reason = excluded.reason, until = excluded.until, at = excluded.at`,
		a.Subject, a.Digest, a.Finding, a.Login, a.Reason, stamp(a.Until), stamp(tx.now()))
	return err
}

// Acks lists what was agreed to in a pull request, in that order.
func (s *Store) Acks(ctx context.Context, subject int64) (list []Ack, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = all(ctx, tx, `SELECT digest, finding, login, reason, until, at FROM ack WHERE subject = $1 ORDER BY id`, []any{subject},
			func(scan func(...any) error) (a Ack, err error) {
				var until, at int64
				err = scan(&a.Digest, &a.Finding, &a.Login, &a.Reason, &until, &at)
				a.Subject, a.Until, a.At = subject, unstamp(until), unstamp(at)
				return a, err
			})
		return err
	})
	return list, err
}

// An Entry is one thing that somebody did, or that was done in his name.
type Entry struct {
	At                 time.Time
	Actor, Repo, About string // "alice", "acme/checkout", "pull 7"
	Did, Detail        string // "ack", "3f2a91c4 …"
}

// Audit writes an entry.
func (tx *Tx) Audit(ctx context.Context, e Entry) error {
	_, err := tx.Exec(ctx, `INSERT INTO audit (at, actor, repo, about, did, detail) VALUES ($1, $2, $3, $4, $5, $6)`, stamp(tx.now()), e.Actor, e.Repo, e.About, e.Did, e.Detail)
	return err
}

// Trail lists the entries about a repository, the first one first.
func (s *Store) Trail(ctx context.Context, repo string) (list []Entry, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = all(ctx, tx, `SELECT at, actor, repo, about, did, detail FROM audit WHERE repo = $1 ORDER BY id`, []any{repo},
			func(scan func(...any) error) (e Entry, err error) {
				var at int64
				err = scan(&at, &e.Actor, &e.Repo, &e.About, &e.Did, &e.Detail)
				e.At = unstamp(at)
				return e, err
			})
		return err
	})
	return list, err
}

// LatestTrail lists the entries about repositories, the newest first: at most limit. All
// of them, if repos is nil.
func (s *Store) LatestTrail(ctx context.Context, repos []string, limit int) (list []Entry, err error) {
	in, args := among("repo", repos, 0)
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = all(ctx, tx, `SELECT at, actor, repo, about, did, detail FROM audit WHERE id > $1`+in+fmt.Sprintf(` ORDER BY id DESC LIMIT %d`, limit), args,
			func(scan func(...any) error) (e Entry, err error) {
				var at int64
				err = scan(&at, &e.Actor, &e.Repo, &e.About, &e.Did, &e.Detail)
				e.At = unstamp(at)
				return e, err
			})
		return err
	})
	return list, err
}
