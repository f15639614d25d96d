package store

import (
	"context"
	"time"
)

// An Objection is that somebody does not want a consumer's silence to be taken for
// consent to one finding as it was then, by its digest.
type Objection struct {
	Subject         int64
	Digest, Finding string
	Consumer        string // in whose name
	Login, Reason   string
	At              time.Time
}

// Object writes an objection down. Twice is once. Whoever objects no longer agrees.
func (tx *Tx) Object(ctx context.Context, o Objection) error {
	if _, err := tx.Exec(ctx, `DELETE FROM ack WHERE subject = $1 AND digest = $2 AND login = $3`, o.Subject, o.Digest, o.Login); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO objection (subject, digest, finding, consumer, login, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (subject, digest, consumer, login) DO UPDATE SET reason = excluded.reason, at = excluded.at`,
		o.Subject, o.Digest, o.Finding, o.Consumer, o.Login, o.Reason, stamp(tx.now()))
	return err
}

// Withdraw takes back what was objected to a finding in the name of a consumer.
func (tx *Tx) Withdraw(ctx context.Context, subject int64, digest, consumer string) error {
	_, err := tx.Exec(ctx, `DELETE FROM objection WHERE subject = $1 AND digest = $2 AND consumer = $3`, subject, digest, consumer)
	return err
}

// Objections lists what is objected to in a pull request, in that order.
func (s *Store) Objections(ctx context.Context, subject int64) (list []Objection, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = all(ctx, tx, `SELECT digest, finding, consumer, login, reason, at FROM objection WHERE subject = $1 ORDER BY id`, []any{subject},
			func(scan func(...any) error) (o Objection, err error) {
				var at int64
				err = scan(&o.Digest, &o.Finding, &o.Consumer, &o.Login, &o.Reason, &at)
				o.Subject, o.At = subject, unstamp(at)
				return o, err
			})
		return err
	})
	return list, err
}
