package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/notifier"
	"github.com/riverqueue/river"
)

// A Thread is what one receiver hears of one change.
type Thread struct {
	ID                string
	Subject           int64
	Repo              string // of the change
	Consumer, Port    string
	Channel, Receiver string
	State             notifier.State
	Digests           []string // the findings that he was told of, or will be
	Notice            notifier.Notice
	Place             string // where the message stands that can be changed
	Said              int64  // how many letters were written
	Reminded          bool
}

// A Letter is one thing that is said in a thread.
type Letter struct {
	ID       int64
	Thread   string
	Key      string
	State    LetterState
	Notice   notifier.Notice
	Message  string // what it is sent with: the same for all that are sent together
	Gathered bool   // its receiver had his share of the week, so it waits for others
	Due      time.Time
	Tries    int // one whose worker was killed is made again, and no further one
	Failure  string
	Made     time.Time
	Sent     time.Time

	Repo, Place string // of its thread
	Subject     int64
}

// A LetterState says how far a letter has come.
type LetterState string

const (
	Waiting LetterState = "waiting"
	Sent    LetterState = "sent"
	Dead    LetterState = "dead"    // it could not be delivered, and is kept until somebody has it sent again
	Dropped LetterState = "dropped" // there was newer news before it was sent
)

// LetterQueue is the queue of letters: a receiver that hangs holds up no check.
const LetterQueue = "letters"

// A Deliver is the job that delivers a letter.
type Deliver struct {
	Letter int64 `json:"letter"`
}

// Kind implements Job.
func (Deliver) Kind() string { return "deliver" }

// InsertOpts puts it into a queue of its own.
func (Deliver) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: LetterQueue} }

// Threads lists the threads of a subject.
func (tx *Tx) Threads(ctx context.Context, subject int64) ([]Thread, error) {
	return all(ctx, tx, `SELECT id, subject, repo, consumer, port, channel, receiver, state, digests, notice, place, said, reminded FROM thread WHERE subject = $1 ORDER BY id`, []any{subject},
		func(scan func(...any) error) (t Thread, err error) {
			var digests, notice string
			var reminded int64
			err = scan(&t.ID, &t.Subject, &t.Repo, &t.Consumer, &t.Port, &t.Channel, &t.Receiver, (*string)(&t.State), &digests, &notice, &t.Place, &t.Said, &reminded)
			t.Reminded = reminded != 0
			if err == nil {
				err = errors.Join(json.Unmarshal([]byte(digests), &t.Digests), json.Unmarshal([]byte(notice), &t.Notice))
			}
			return t, err
		})
}

// Write writes a letter in a thread, due at a time, and has it delivered then. What waits
// there and is not under way is dropped: this is the newer news. Nothing is said of what
// is over before its receiver heard of it.
func (tx *Tx) Write(ctx context.Context, t *Thread, n notifier.Notice, due time.Time) error {
	now := stamp(tx.now())
	if _, err := tx.Exec(ctx, `UPDATE letter SET state = $1 WHERE thread = $2 AND state = $3 AND held <= $4`, string(Dropped), t.ID, string(Waiting), now); err != nil {
		return err
	}
	var heard int
	if _, err := tx.Row(ctx, `SELECT COUNT(*) FROM letter WHERE thread = $1 AND state <> $2`, []any{t.ID, string(Dropped)}, &heard); err != nil {
		return err
	}
	t.Said++
	t.Notice = n
	if err := tx.putThread(ctx, t); err != nil || heard == 0 && n.Change.State == notifier.Withdrawn {
		return err
	}
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	var id int64
	fresh, err := tx.Row(ctx, `INSERT INTO letter (thread, key, state, notice, due, made) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key) DO NOTHING RETURNING id`,
		[]any{t.ID, n.Key, string(Waiting), string(text), stamp(due), now}, &id)
	if err != nil || !fresh {
		return err
	}
	return tx.Enqueue(ctx, Deliver{id}, due)
}

func (tx *Tx) putThread(ctx context.Context, t *Thread) error {
	digests, err1 := json.Marshal(t.Digests)
	notice, err2 := json.Marshal(t.Notice)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO thread (id, subject, repo, consumer, port, channel, receiver, state, digests, notice, place, said, reminded)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO UPDATE SET state = excluded.state, digests = excluded.digests,
		notice = excluded.notice, said = excluded.said, reminded = excluded.reminded`,
		t.ID, t.Subject, t.Repo, t.Consumer, t.Port, t.Channel, t.Receiver, string(t.State), string(digests), string(notice), t.Place, t.Said, number(t.Reminded))
	return err
}

// Letters lists letters, the newest first: at most limit. The condition is about l, the
// letter, and t, its thread.
func (tx *Tx) letters(ctx context.Context, where string, limit int, args ...any) ([]Letter, error) {
	return all(ctx, tx, `SELECT l.id, l.thread, l.key, l.state, l.notice, l.message, l.gathered, l.due, l.tries, l.failure, l.made, l.sent, t.repo, t.place, t.subject
		FROM letter l JOIN thread t ON t.id = l.thread `+where+fmt.Sprintf(` LIMIT %d`, limit), args,
		func(scan func(...any) error) (l Letter, err error) {
			var notice string
			var gathered, due, tries, made, sent int64
			err = scan(&l.ID, &l.Thread, &l.Key, (*string)(&l.State), &notice, &l.Message, &gathered, &due, &tries, &l.Failure, &made, &sent, &l.Repo, &l.Place, &l.Subject)
			l.Gathered, l.Due, l.Tries, l.Made, l.Sent = gathered != 0, unstamp(due), int(tries), unstamp(made), unstamp(sent)
			if err == nil {
				err = json.Unmarshal([]byte(notice), &l.Notice)
			}
			return l, err
		})
}

// maxGathered is how many letters one message holds at most.
const maxGathered = 50

// A Ration is how much one receiver gets in a while; what is more is gathered.
type Ration struct {
	Messages int // zero: as many as there are
	In       time.Duration
}

// Take takes a letter, and those that go with it, for as long as hold. There are none
// if it is not to be sent now: then it is at again, or never if that is zero.
func (s *Store) Take(ctx context.Context, id int64, hold time.Duration, ration func(notifier.Notice) Ration) (together []Letter, again time.Time, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		together, again = nil, time.Time{}
		now := s.now()
		list, err := tx.letters(ctx, `WHERE l.id = $1 AND l.state = $2`, 1, id, string(Waiting))
		if err != nil || len(list) == 0 {
			return err
		}
		l := list[0]
		var held int64
		if _, err := tx.Row(ctx, `SELECT MAX(held) FROM letter WHERE thread = $1 AND id <= $2 AND state = $3`, []any{l.Thread, id, string(Waiting)}, &held); err != nil {
			return err
		}
		if again = later(l.Due, unstamp(held)); again.After(now) {
			return nil
		}
		if l.Message == "" {
			if again, err = tx.ration(ctx, &l, ration(l.Notice)); err != nil || again.After(now) {
				return err
			}
		}
		n, err := tx.Exec(ctx, `UPDATE letter SET held = $1, tries = tries + CASE WHEN held = 0 THEN 1 ELSE 0 END WHERE message = $2 AND state = $3 AND held <= $4`, stamp(now.Add(hold)), l.Message, string(Waiting), stamp(now))
		if err != nil || n == 0 {
			again = now.Add(hold)
			return err
		}
		together, err = tx.letters(ctx, `WHERE l.message = $1 AND l.state = $2 ORDER BY l.id`, maxGathered, l.Message, string(Waiting))
		return err
	})
	return together, again, err
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// ration says when a letter may be sent, and makes a message of it and of all that were
// gathered meanwhile.
func (tx *Tx) ration(ctx context.Context, l *Letter, r Ration) (again time.Time, err error) {
	l.Message = l.Key
	others := ``
	if r.Messages > 0 {
		var sent int
		var first int64
		since := stamp(tx.now().Add(-r.In))
		_, err := tx.Row(ctx, `SELECT COUNT(*), COALESCE(MIN(sent), 0) FROM (SELECT l.message, MAX(l.sent) AS sent FROM letter l JOIN thread t ON t.id = l.thread
			WHERE t.channel = $1 AND t.receiver = $2 AND l.state = $3 AND l.sent > $4 GROUP BY l.message) AS messages`, []any{l.Notice.Channel, l.Notice.To, string(Sent), since}, &sent, &first)
		if err != nil {
			return again, err
		}
		if sent >= r.Messages {
			again = unstamp(first).Add(r.In + time.Second)
			_, err := tx.Exec(ctx, `UPDATE letter SET gathered = 1, due = $1 WHERE id = $2`, stamp(again), l.ID)
			return again, err
		}
		if l.Gathered {
			others = fmt.Sprintf(` OR id IN (SELECT l.id FROM letter l JOIN thread t ON t.id = l.thread
				WHERE t.channel = $4 AND t.receiver = $5 AND l.state = 'waiting' AND l.gathered = 1 AND l.message = '' AND l.held <= $3 ORDER BY l.id LIMIT %d)`, maxGathered-1)
		}
	}
	args := []any{l.Message, l.ID, stamp(tx.now())}
	if others != "" {
		args = append(args, l.Notice.Channel, l.Notice.To)
	}
	_, err = tx.Exec(ctx, `UPDATE letter SET message = $1 WHERE (id = $2`+others+`) AND held <= $3`, args...)
	return again, err
}

// Delivered notes that letters arrived, and where they stand, if that can be changed.
func (s *Store) Delivered(ctx context.Context, together []Letter, place string) error {
	return s.Do(ctx, func(tx *Tx) error {
		for _, l := range together {
			if _, err := tx.Exec(ctx, `UPDATE letter SET state = $1, sent = $2, held = 0, failure = '' WHERE id = $3`, string(Sent), stamp(s.now()), l.ID); err != nil {
				return err
			}
			if place == "" {
				continue
			}
			if _, err := tx.Exec(ctx, `UPDATE thread SET place = $1 WHERE id = $2`, place, l.Thread); err != nil {
				return err
			}
		}
		return nil
	})
}

// Undelivered notes why letters did not arrive. They are tried again at a time; zero:
// they are dead.
func (s *Store) Undelivered(ctx context.Context, together []Letter, place, failure string, again time.Time) error {
	state := Waiting
	if again.IsZero() {
		state = Dead
	}
	return s.Do(ctx, func(tx *Tx) error {
		for _, l := range together {
			_, err1 := tx.Exec(ctx, `UPDATE letter SET state = $1, due = $2, held = 0, failure = $3 WHERE id = $4`, string(state), stamp(again), failure, l.ID)
			var err2 error
			if place != "" {
				_, err2 = tx.Exec(ctx, `UPDATE thread SET place = $1 WHERE id = $2`, place, l.Thread)
			}
			if err := errors.Join(err1, err2); err != nil {
				return err
			}
		}
		return nil
	})
}

// Again has a dead letter sent again, alone, because actor wants it. It is not ok if
// there is no such letter.
func (s *Store) Again(ctx context.Context, id int64, actor string) (ok bool, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err := tx.letters(ctx, `WHERE l.id = $1 AND l.state = $2`, 1, id, string(Dead))
		if ok = err == nil && len(list) > 0; !ok {
			return err
		}
		l, now := list[0], stamp(s.now())
		_, err1 := tx.Exec(ctx, `UPDATE letter SET state = $1, due = $2, made = $2, held = 0, tries = 0, message = '', gathered = 0 WHERE id = $3`, string(Waiting), now, id)
		err2 := tx.Audit(ctx, Entry{Actor: actor, Repo: l.Repo, About: fmt.Sprint("letter ", id), Did: "redeliver", Detail: l.Notice.Consumer.ID + " by " + l.Notice.Channel})
		return errors.Join(err1, err2, tx.Enqueue(ctx, Deliver{id}, time.Time{}))
	})
	return ok, err
}

// Overdue has letters delivered that should have been a while ago: their jobs are gone.
// It returns how many there are.
func (s *Store) Overdue(ctx context.Context, since time.Time) (n int, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		ids, err := all(ctx, tx, `UPDATE letter SET due = $1 WHERE state = $2 AND due < $3 AND held < $3 RETURNING id`, []any{stamp(s.now()), string(Waiting), stamp(since)},
			func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
		n = len(ids)
		for _, id := range ids {
			if err == nil {
				err = tx.Enqueue(ctx, Deliver{id}, time.Time{})
			}
		}
		return err
	})
	return n, err
}

// LettersOf lists the letters about a subject that arrived, the first one first.
func (s *Store) LettersOf(ctx context.Context, subject int64) (list []Letter, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = tx.letters(ctx, `WHERE t.subject = $1 AND l.state = $2 ORDER BY l.id`, notifier.MaxNotices*10, subject, string(Sent))
		return err
	})
	return list, err
}

// CountLetters counts the letters that wait, and those that are dead.
func (s *Store) CountLetters(ctx context.Context) (waiting, dead int64, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		_, err := tx.Row(ctx, `SELECT COUNT(CASE WHEN state = 'waiting' THEN 1 END), COUNT(CASE WHEN state = 'dead' THEN 1 END) FROM letter WHERE state IN ('waiting', 'dead')`, nil, &waiting, &dead)
		return err
	})
	return waiting, dead, err
}

// LastSent returns when the last letter of a thread arrived; zero: none did.
func (tx *Tx) LastSent(ctx context.Context, thread string) (time.Time, error) {
	var last int64
	_, err := tx.Row(ctx, `SELECT COALESCE(MAX(sent), 0) FROM letter WHERE thread = $1 AND state = $2`, []any{thread, string(Sent)}, &last)
	return unstamp(last), err
}

// Letters lists letters about repositories, the newest first: at most limit. All of them,
// if repos is nil.
func (s *Store) Letters(ctx context.Context, state LetterState, repos []string, limit int) (list []Letter, err error) {
	in, args := among("t.repo", repos, string(state))
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = tx.letters(ctx, `WHERE l.state = $1`+in+` ORDER BY l.id DESC`, limit, args...)
		return err
	})
	return list, err
}

// among is a condition that holds for the names, as text and arguments behind args.
func among(column string, names []string, args ...any) (string, []any) {
	if names == nil {
		return "", args
	}
	var marks []string
	for _, n := range names {
		args = append(args, n)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	return " AND " + column + " IN (" + strings.Join(append(marks, "''"), ", ") + ")", args
}
