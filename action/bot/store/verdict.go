package store

import (
	"context"
	"fmt"
	"time"
)

// A Verdict is the latest that was found out about a subject, and where it is shown.
type Verdict struct {
	Subject    int64
	Head       string // the commit that it is about
	Run        int64  // the check run at the forge; zero: there is none; or BeingMade
	Annotated  int    // how many annotations the run has
	Finished   bool   // the run is
	Conclusion string // of the run
	Verdict    string
	Report     string // the JSON report
	Roles      string // who may agree, as JSON
	Open       bool   // the pull request is
	URL        string // where people look at it
	At         time.Time
}

// BeingMade stands for a run that is being made, by who may be killed before he learns
// what it is called.
const BeingMade = -1

// Verdict returns the latest verdict of a subject; nil: there is none.
func (tx *Tx) Verdict(ctx context.Context, subject int64) (*Verdict, error) {
	list, err := verdicts(ctx, tx, `WHERE subject = $1`, subject)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Verdict returns the latest verdict of a subject; nil: there is none.
func (s *Store) Verdict(ctx context.Context, subject int64) (v *Verdict, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		v, err = tx.Verdict(ctx, subject)
		return err
	})
	return v, err
}

func verdicts(ctx context.Context, tx *Tx, where string, args ...any) ([]Verdict, error) {
	return all(ctx, tx, `SELECT subject, head, run, annotated, finished, conclusion, verdict, report, roles, open, url, at FROM verdict `+where, args,
		func(scan func(...any) error) (v Verdict, err error) {
			var annotated, finished, open, at int64
			err = scan(&v.Subject, &v.Head, &v.Run, &annotated, &finished, &v.Conclusion, &v.Verdict, &v.Report, &v.Roles, &open, &v.URL, &at)
			v.Annotated, v.Finished, v.Open, v.At = int(annotated), finished != 0, open != 0, unstamp(at)
			return v, err
		})
}

// Put writes a verdict in the place of the one before.
func (tx *Tx) Put(ctx context.Context, v *Verdict) error {
	v.At = tx.now()
	_, err := tx.Exec(ctx, `INSERT INTO verdict (subject, head, run, annotated, finished, conclusion, verdict, report, roles, open, url, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (subject) DO UPDATE SET head = excluded.head, run = excluded.run,
		annotated = excluded.annotated, finished = excluded.finished, conclusion = excluded.conclusion, verdict = excluded.verdict,
		report = excluded.report, roles = excluded.roles, open = excluded.open, url = excluded.url, at = excluded.at`,
		v.Subject, v.Head, v.Run, v.Annotated, number(v.Finished), v.Conclusion, v.Verdict, v.Report, v.Roles, number(v.Open), v.URL, stamp(v.At))
	return err
}

func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// A Checked is a subject with its verdict.
type Checked struct {
	Subject
	Verdict
	Failure string // why it could not be brought up to date
}

// Checks lists the latest verdicts, the newest first: at most limit.
func (s *Store) Checks(ctx context.Context, limit int) (list []Checked, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = checked(ctx, tx, fmt.Sprintf(`ORDER BY at DESC, subject LIMIT %d`, limit))
		return err
	})
	return list, err
}

// Open lists the open pull requests of an installation that were checked.
func (tx *Tx) Open(ctx context.Context, installation int64) ([]Checked, error) {
	return checked(ctx, tx, `WHERE open <> 0 AND subject IN (SELECT id FROM subject WHERE installation = $1 AND kind = 'pull') ORDER BY subject`, installation)
}

// OpenChecks lists the open pull requests that were checked, the newest first: at most
// limit.
func (s *Store) OpenChecks(ctx context.Context, limit int) (list []Checked, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = checked(ctx, tx, fmt.Sprintf(`WHERE open <> 0 AND subject IN (SELECT id FROM subject WHERE kind = 'pull') ORDER BY at DESC, subject LIMIT %d`, limit))
		return err
	})
	return list, err
}

func checked(ctx context.Context, tx *Tx, where string, args ...any) (list []Checked, err error) {
	found, err := verdicts(ctx, tx, where, args...)
	for _, v := range found {
		c := Checked{Verdict: v, Subject: Subject{ID: v.Subject}}
		_, err := tx.Row(ctx, `SELECT installation, repo, kind, name, failure FROM subject WHERE id = $1`, []any{v.Subject},
			&c.Installation, &c.Repo, (*string)(&c.Kind), &c.Name, &c.Failure)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, err
}

// Find returns the id of a subject; zero: there is none.
func (tx *Tx) Find(ctx context.Context, repo string, kind Kind, name string) (id int64, err error) {
	_, err = tx.Row(ctx, `SELECT id FROM subject WHERE repo = $1 AND kind = $2 AND name = $3`, []any{repo, string(kind), name}, &id)
	return id, err
}

// OfRun returns the pull request whose check run it is; nil: it is none of ours.
func (tx *Tx) OfRun(ctx context.Context, repo string, run int64) (*Subject, error) {
	s := &Subject{Repo: repo}
	ok, err := tx.Row(ctx, `SELECT s.id, s.installation, s.kind, s.name FROM subject s JOIN verdict v ON v.subject = s.id WHERE s.repo = $1 AND v.run = $2`,
		[]any{repo, run}, &s.ID, &s.Installation, (*string)(&s.Kind), &s.Name)
	if !ok {
		return nil, err
	}
	return s, nil
}

// OfHead lists the subjects of a repository whose latest verdict is about a commit.
func (tx *Tx) OfHead(ctx context.Context, repo, head string) ([]Subject, error) {
	return all(ctx, tx, `SELECT s.id, s.installation, s.kind, s.name FROM subject s JOIN verdict v ON v.subject = s.id WHERE s.repo = $1 AND v.head = $2 ORDER BY s.id`,
		[]any{repo, head}, func(scan func(...any) error) (Subject, error) {
			s := Subject{Repo: repo}
			return s, scan(&s.ID, &s.Installation, (*string)(&s.Kind), &s.Name)
		})
}
