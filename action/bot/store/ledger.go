package store

import (
	"context"
	"errors"
	"time"
)

// A Delivery is one webhook as it came in.
type Delivery struct {
	GUID          string // the forge's own name for it; the same when it is sent again
	Event, Action string
	Repo          string // "acme/checkout"; empty: it is about none
	Digest        string // of the body
}

// ErrForeign says that a delivery has the name of an earlier one and another body.
var ErrForeign = errors.New("a delivery of that name had another body")

// Receive writes a delivery down and runs do in the same transaction: both happened,
// or neither. It is not fresh if the same was written down before; do is not run then.
func (s *Store) Receive(ctx context.Context, d Delivery, do func(*Tx) error) (fresh bool, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO delivery (guid, event, action, repo, digest, received) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (guid) DO NOTHING`,
			d.GUID, d.Event, d.Action, d.Repo, d.Digest, stamp(s.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			var was string
			if _, err := tx.Row(ctx, `SELECT digest FROM delivery WHERE guid = $1`, []any{d.GUID}, &was); err != nil || was == d.Digest {
				return err
			}
			return ErrForeign
		}
		fresh = true
		return do(tx)
	})
	return fresh && err == nil, err
}

// Received reports whether a delivery of that name was written down.
func (s *Store) Received(ctx context.Context, guid string) (known bool, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		var n int
		known, err = tx.Row(ctx, `SELECT 1 FROM delivery WHERE guid = $1`, []any{guid}, &n)
		return err
	})
	return known, err
}

// Turn begins the names of what is done once in a while, and forgotten after a day.
const Turn = "turn "

// Once notes that what is called key is done. It is not first if it was noted before.
func (tx *Tx) Once(ctx context.Context, key string) (first bool, err error) {
	n, err := tx.Exec(ctx, `INSERT INTO once (name, at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, key, stamp(tx.now()))
	return n == 1, err
}

// How long is remembered what came in, and what can be asked for again.
const (
	ledgerAge = 30 * 24 * time.Hour
	objectAge = 14 * 24 * time.Hour
	listAge   = 2 * 24 * time.Hour
	letterAge = 365 * 24 * time.Hour // a change rarely waits for longer for a consent
)

// Prune forgets what is old: deliveries, and what can be asked for again.
func (s *Store) Prune(ctx context.Context) error {
	return s.Do(ctx, func(tx *Tx) error {
		_, err1 := tx.Exec(ctx, `DELETE FROM delivery WHERE received < $1`, stamp(s.now().Add(-ledgerAge)))
		_, err2 := tx.Exec(ctx, `DELETE FROM object WHERE used < $1`, stamp(s.now().Add(-objectAge)))
		_, err3 := tx.Exec(ctx, `DELETE FROM answer WHERE used < $1`, stamp(s.now().Add(-objectAge)))
		_, err4 := tx.Exec(ctx, `DELETE FROM once WHERE name LIKE $1 AND at < $2`, Turn+"%", stamp(s.now().Add(-touchEvery)))
		_, err5 := tx.Exec(ctx, `DELETE FROM object WHERE id LIKE $1 AND used < $2`, Listing+"%", stamp(s.now().Add(-listAge)))
		_, err6 := tx.Exec(ctx, `DELETE FROM letter WHERE state IN ($1, $2) AND made < $3`, string(Sent), string(Dropped), stamp(s.now().Add(-letterAge)))
		return errors.Join(err1, err2, err3, err4, err5, err6)
	})
}
