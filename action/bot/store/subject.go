package store

import (
	"context"
	"time"
)

// A Subject is something that has to be brought up to date: a pull request, a group
// of the merge queue, or what a repository says of ports and consumers.
type Subject struct {
	ID           int64
	Installation int64
	Repo         string // "acme/checkout"
	Kind         Kind
	Name         string // the number of the pull request; the commits of a group
}

// A Kind says what a Subject is.
type Kind string

const (
	Pull     Kind = "pull"     // a pull request; its name is its number
	Group    Kind = "group"    // a group of the merge queue: "BASE..HEAD"
	Registry Kind = "registry" // the ports and consumers of a repository
)

// An Update is the job that brings a subject up to date.
type Update struct {
	Subject int64 `json:"subject"`
}

// Kind implements Job.
func (Update) Kind() string { return "update" }

// Want asks for a subject to be brought up to date, which its job does once the
// transaction is done. How often somebody asks in the meantime does not matter.
func (tx *Tx) Want(ctx context.Context, s Subject) (id int64, err error) {
	_, err = tx.Row(ctx, `INSERT INTO subject (installation, repo, kind, name, wanted, touched) VALUES ($1, $2, $3, $4, 1, $5)
		ON CONFLICT (repo, kind, name) DO UPDATE SET wanted = subject.wanted + 1, installation = excluded.installation, touched = excluded.touched
		RETURNING id`, []any{s.Installation, s.Repo, string(s.Kind), s.Name, stamp(tx.now())}, &id)
	if err != nil {
		return 0, err
	}
	return id, tx.Enqueue(ctx, Update{id}, time.Time{})
}

// A Claim is a subject that one worker holds for a while.
type Claim struct {
	Subject
	Wanted int64 // how often it was asked for, as of the claim
	holder string
}

// Claim takes a subject for as long as hold, in the name of holder. It returns nil if
// there is nothing to do, or if somebody else holds it: until then.
func (s *Store) Claim(ctx context.Context, id int64, holder string, hold time.Duration) (c *Claim, until time.Time, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		now := stamp(s.now())
		found := Claim{Subject: Subject{ID: id}, holder: holder}
		ok, err := tx.Row(ctx, `UPDATE subject SET holder = $1, held = $2 WHERE id = $3 AND wanted > done AND (held < $4 OR holder = $1)
			RETURNING installation, repo, kind, name, wanted`, []any{holder, stamp(s.now().Add(hold)), id, now},
			&found.Installation, &found.Repo, (*string)(&found.Kind), &found.Name, &found.Wanted)
		if err != nil {
			return err
		}
		if ok {
			c = &found
			return nil
		}
		var held int64
		busy, err := tx.Row(ctx, `SELECT held FROM subject WHERE id = $1 AND wanted > done`, []any{id}, &held)
		if busy {
			until = unstamp(held)
		}
		return err
	})
	return c, until, err
}

// Hold prolongs a claim. It is lost if somebody else holds the subject by now.
func (s *Store) Hold(ctx context.Context, c *Claim, hold time.Duration) (kept bool, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		n, err := tx.Exec(ctx, `UPDATE subject SET held = $1 WHERE id = $2 AND holder = $3`, stamp(s.now().Add(hold)), c.ID, c.holder)
		kept = n == 1
		return err
	})
	return kept, err
}

// Done ends a claim: what was wanted when it was made is done, and failure says what
// could not be. It is not all if somebody asked again meanwhile; the claim stands then.
func (s *Store) Done(ctx context.Context, c *Claim, failure string) (all bool, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		var wanted int64
		ok, err := tx.Row(ctx, `UPDATE subject SET done = $1, failure = $2, touched = $3 WHERE id = $4 AND holder = $5 RETURNING wanted`,
			[]any{c.Wanted, failure, stamp(s.now()), c.ID, c.holder}, &wanted)
		if err != nil || !ok {
			all = true // somebody else holds it
			return err
		}
		if wanted > c.Wanted {
			c.Wanted = wanted
			return nil
		}
		all = true
		_, err = tx.Exec(ctx, `UPDATE subject SET holder = '', held = 0 WHERE id = $1 AND holder = $2`, c.ID, c.holder)
		return err
	})
	return all, err
}

// Release ends a claim of which nothing was done.
func (s *Store) Release(ctx context.Context, c *Claim, failure string) error {
	return s.Do(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `UPDATE subject SET holder = '', held = 0, failure = $1, touched = $2 WHERE id = $3 AND holder = $4`, failure, stamp(s.now()), c.ID, c.holder)
		return err
	})
}

// Forgotten asks again for the subjects that nobody brought up to date since, although
// somebody wants them and nobody holds them. It returns how many there are.
func (s *Store) Forgotten(ctx context.Context, since time.Time) (n int, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		ids, err := all(ctx, tx, `UPDATE subject SET touched = $1 WHERE wanted > done AND held < $1 AND touched < $2 RETURNING id`,
			[]any{stamp(s.now()), stamp(since)}, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
		n = len(ids)
		for _, id := range ids {
			if err == nil {
				err = tx.Enqueue(ctx, Update{id}, time.Time{})
			}
		}
		return err
	})
	return n, err
}

// Waiting counts the subjects that are not up to date, and how many of them failed.
func (s *Store) Waiting(ctx context.Context) (waiting, failed int64, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		_, err := tx.Row(ctx, `SELECT COUNT(*), COUNT(CASE WHEN failure <> '' THEN 1 END) FROM subject WHERE wanted > done`, nil, &waiting, &failed)
		return err
	})
	return waiting, failed, err
}

// Subject returns a subject; nil: there is none.
func (tx *Tx) Subject(ctx context.Context, id int64) (*Subject, error) {
	s := &Subject{ID: id}
	ok, err := tx.Row(ctx, `SELECT installation, repo, kind, name FROM subject WHERE id = $1`, []any{id}, &s.Installation, &s.Repo, (*string)(&s.Kind), &s.Name)
	if !ok {
		return nil, err
	}
	return s, nil
}
