package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
)

// A Repository is what is known of the default branch of one.
type Repository struct {
	Repo         string
	Installation int64
	Head         string    // the commit that was read
	Build        string    // the program that read it
	Collected    time.Time // when that was confirmed
	Failure      string    // why what is known may be incomplete; empty: it is not
}

// A Port is one that a default branch has.
type Port struct {
	Repo     string          `json:"repo"`
	ID       string          `json:"id"`
	Contract string          `json:"contractId"`
	Document json.RawMessage `json:"port"` // what people are shown of it
}

// Collect writes down what a repository says of ports and consumers, in the place of
// what it said before.
func (tx *Tx) Collect(ctx context.Context, r Repository, ports []Port, uses []consumer.Use) error {
	if err := errors.Join(tx.clear(ctx, r.Repo), tx.note(ctx, r)); err != nil {
		return err
	}
	if r.Head != "" {
		if _, err := tx.Exec(ctx, `INSERT INTO tip (repo, head, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, r.Repo, r.Head, stamp(r.Collected)); err != nil {
			return err
		}
	}
	for _, p := range ports {
		if _, err := tx.Exec(ctx, `INSERT INTO port (repo, id, contract, document) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, r.Repo, p.ID, p.Contract, string(p.Document)); err != nil {
			return err
		}
	}
	for i, u := range uses {
		text, err := json.Marshal(u)
		if err != nil {
			return fmt.Errorf("registration of %s: %w", u.ID, err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO reading (repo, n, consumer, port, contract, document) VALUES ($1, $2, $3, $4, $5, $6)`, r.Repo, i, u.ID, u.Port, u.ContractID, string(text)); err != nil {
			return err
		}
	}
	return nil
}

// A Tip is where the default branch was, and since when that is known.
type Tip struct {
	Head string
	At   time.Time
}

// maxTips is how many of a repository are listed.
const maxTips = 500

// Tips lists where the default branch of a repository was seen, the latest first.
func (s *Store) Tips(ctx context.Context, repo string) (list []Tip, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = all(ctx, tx, fmt.Sprintf(`SELECT head, at FROM tip WHERE repo = $1 ORDER BY at DESC, head LIMIT %d`, maxTips), []any{repo}, func(scan func(...any) error) (t Tip, err error) {
			var at int64
			err = scan(&t.Head, &at)
			t.At = unstamp(at)
			return t, err
		})
		return err
	})
	return list, err
}

func (tx *Tx) clear(ctx context.Context, repo string) error {
	_, err1 := tx.Exec(ctx, `DELETE FROM port WHERE repo = $1`, repo)
	_, err2 := tx.Exec(ctx, `DELETE FROM reading WHERE repo = $1`, repo)
	return errors.Join(err1, err2)
}

// note writes down how far a repository is known.
func (tx *Tx) note(ctx context.Context, r Repository) error {
	_, err := tx.Exec(ctx, `INSERT INTO repository (repo, installation, head, build, collected, failure) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (repo) DO UPDATE SET installation = excluded.installation, head = excluded.head, build = excluded.build,
		collected = excluded.collected, failure = excluded.failure`, r.Repo, r.Installation, r.Head, r.Build, stamp(r.Collected), r.Failure)
	return err
}

// Doubt says that what is known of a repository may be incomplete.
func (s *Store) Doubt(ctx context.Context, repo string, installation int64, why string) error {
	return s.Do(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO repository (repo, installation, head, build, collected, failure) VALUES ($1, $2, '', '', 0, $3)
			ON CONFLICT (repo) DO UPDATE SET failure = excluded.failure`, repo, installation, why)
		return err
	})
}

// Repository returns what is known of a repository; nil: nothing.
func (s *Store) Repository(ctx context.Context, repo string) (r *Repository, err error) {
	list, err := s.repositories(ctx, `WHERE repo = $1`, repo)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Repositories lists the repositories of an installation, by name.
func (s *Store) Repositories(ctx context.Context, installation int64) ([]Repository, error) {
	return s.repositories(ctx, `WHERE installation = $1 ORDER BY repo`, installation)
}

func (s *Store) repositories(ctx context.Context, where string, args ...any) (list []Repository, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = all(ctx, tx, `SELECT repo, installation, head, build, collected, failure FROM repository `+where, args, func(scan func(...any) error) (r Repository, err error) {
			var at int64
			err = scan(&r.Repo, &r.Installation, &r.Head, &r.Build, &at, &r.Failure)
			r.Collected = unstamp(at)
			return r, err
		})
		return err
	})
	return list, err
}

// Confirm says that what is known of a repository is what it says now.
func (s *Store) Confirm(ctx context.Context, repo string) error {
	return s.Do(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `UPDATE repository SET collected = $1 WHERE repo = $2`, stamp(s.now()), repo)
		return err
	})
}

// Forget removes all that is known of a repository: it is gone, or no longer ours to
// read.
func (tx *Tx) Forget(ctx context.Context, repo string) error {
	return tx.forget(ctx, `= $1`, repo)
}

// forget removes what is known of repositories that a condition picks.
func (tx *Tx) forget(ctx context.Context, which string, arg any) error {
	for _, statement := range []string{
		`DELETE FROM verdict WHERE subject IN (SELECT id FROM subject WHERE repo ` + which + `)`,
		`DELETE FROM letter WHERE thread IN (SELECT id FROM thread WHERE subject IN (SELECT id FROM subject WHERE repo ` + which + `))`,
		`DELETE FROM thread WHERE subject IN (SELECT id FROM subject WHERE repo ` + which + `)`,
		`DELETE FROM ack WHERE subject IN (SELECT id FROM subject WHERE repo ` + which + `)`,
		`DELETE FROM port WHERE repo ` + which, `DELETE FROM reading WHERE repo ` + which, `DELETE FROM tip WHERE repo ` + which,
		`DELETE FROM object WHERE repo ` + which, `UPDATE subject SET done = wanted, failure = '' WHERE repo ` + which,
		`DELETE FROM repository WHERE repo ` + which,
	} {
		if _, err := tx.Exec(ctx, statement, arg); err != nil {
			return err
		}
	}
	return nil
}

// ForgetInstallation removes all that is known of the repositories of an installation.
func (tx *Tx) ForgetInstallation(ctx context.Context, installation int64) error {
	return tx.forget(ctx, `IN (SELECT repo FROM repository WHERE installation = $1 UNION SELECT repo FROM subject WHERE installation = $1)`, installation)
}

// Readings lists what the other repositories of an installation register for a port
// that has one of names, and since when that is known. Each comes with its repository.
func (s *Store) Readings(ctx context.Context, installation int64, but string, names []string) (list []Reading, err error) {
	args, marks := []any{installation, but}, make([]string, 0, len(names))
	for _, name := range names {
		family, _, _ := strings.Cut(name, "@") // versions of a port are ports under one name
		for _, n := range slices.Compact([]string{name, family}) {
			if n != "" {
				args = append(args, n)
				marks = append(marks, fmt.Sprintf("$%d", len(args)))
			}
		}
	}
	if len(marks) == 0 {
		return nil, nil
	}
	in := "(" + strings.Join(marks, ", ") + ")"
	return s.readings(ctx, `WHERE y.installation = $1 AND y.repo <> $2 AND (r.port IN `+in+` OR r.contract IN `+in+`)`, args)
}

// A Reading is a registration in some repository.
type Reading struct {
	Repo      string
	Collected time.Time
	Use       consumer.Use
}

// AllReadings lists what everybody registers.
func (s *Store) AllReadings(ctx context.Context) ([]Reading, error) {
	return s.readings(ctx, "", nil)
}

func (s *Store) readings(ctx context.Context, where string, args []any) (list []Reading, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = all(ctx, tx, `SELECT r.repo, y.collected, r.document FROM reading r JOIN repository y ON y.repo = r.repo `+where+` ORDER BY r.repo, r.n`, args,
			func(scan func(...any) error) (r Reading, err error) {
				var at int64
				var text string
				if err := scan(&r.Repo, &at, &text); err != nil {
					return r, err
				}
				r.Collected = unstamp(at)
				return r, json.Unmarshal([]byte(text), &r.Use)
			})
		return err
	})
	return list, err
}

// Ports lists the ports of all repositories.
func (s *Store) Ports(ctx context.Context) (list []Port, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		list, err = all(ctx, tx, `SELECT repo, id, contract, document FROM port ORDER BY id, repo`, nil, func(scan func(...any) error) (p Port, err error) {
			var text string
			err = scan(&p.Repo, &p.ID, &p.Contract, &text)
			p.Document = json.RawMessage(text)
			return p, err
		})
		return err
	})
	return list, err
}

// ReadingsOf lists what a repository registers, as it was last collected.
func (tx *Tx) ReadingsOf(ctx context.Context, repo string) ([]consumer.Use, error) {
	return all(ctx, tx, `SELECT document FROM reading WHERE repo = $1 ORDER BY n`, []any{repo}, func(scan func(...any) error) (u consumer.Use, err error) {
		var text string
		if err := scan(&text); err != nil {
			return u, err
		}
		return u, json.Unmarshal([]byte(text), &u)
	})
}
