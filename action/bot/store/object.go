package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Listing begins the name of an object that lists the files of a commit. There is one for
// every commit that was looked at, so they are not kept for long.
const Listing = "listing "

// touchEvery is how exactly it is remembered when a copy was last used.
const touchEvery = 24 * time.Hour

// Object returns the copy of an object of a repository's; nil: there is none. An
// object is never taken from another repository's copies: who may not read that one
// could name the object's id.
func (s *Store) Object(ctx context.Context, repo, id string) (content []byte, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		var used int64
		ok, err := tx.Row(ctx, `SELECT content, used FROM object WHERE repo = $1 AND id = $2`, []any{repo, id}, &content, &used)
		if ok && used < stamp(s.now().Add(-touchEvery)) {
			_, err = tx.Exec(ctx, `UPDATE object SET used = $1 WHERE repo = $2 AND id = $3`, stamp(s.now()), repo, id)
		}
		if ok && content == nil {
			content = []byte{}
		}
		return err
	})
	return content, err
}

// Known lists which of ids there are copies of.
func (s *Store) Known(ctx context.Context, repo string, ids []string) (known map[string]bool, err error) {
	const most = 500 // arguments of one question
	known = make(map[string]bool)
	for len(ids) > 0 && err == nil {
		part := ids[:min(len(ids), most)]
		ids = ids[len(part):]
		args, marks := []any{repo}, make([]string, len(part))
		for i, id := range part {
			args, marks[i] = append(args, id), fmt.Sprintf("$%d", i+2)
		}
		err = s.Do(ctx, func(tx *Tx) error {
			return tx.Each(ctx, `SELECT id FROM object WHERE repo = $1 AND id IN (`+strings.Join(marks, ", ")+`)`, args, func(scan func(...any) error) error {
				var id string
				err := scan(&id)
				known[id] = true
				return err
			})
		})
	}
	return known, err
}

// Keep copies objects.
func (s *Store) Keep(ctx context.Context, repo string, objects map[string][]byte) error {
	return s.Do(ctx, func(tx *Tx) error {
		for id, content := range objects {
			if content == nil {
				content = []byte{}
			}
			_, err := tx.Exec(ctx, `INSERT INTO object (repo, id, content, used) VALUES ($1, $2, $3, $4) ON CONFLICT (repo, id) DO NOTHING`, repo, id, content, stamp(s.now()))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Answer returns what the forge last answered to the question name, and its tag; ""
// if that is not known.
func (s *Store) Answer(ctx context.Context, name string) (tag string, content []byte, err error) {
	var packed []byte
	err = s.Do(ctx, func(tx *Tx) error {
		_, err := tx.Row(ctx, `SELECT tag, content FROM answer WHERE name = $1`, []any{name}, &tag, &packed)
		return err
	})
	if err != nil || tag == "" {
		return "", nil, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		content, err = io.ReadAll(unpacked)
	}
	if err != nil { // a damaged copy is none
		return "", nil, nil
	}
	return tag, content, nil
}

// KeepAnswer remembers an answer and its tag. Answers are wordy: packed they take a
// fraction.
func (s *Store) KeepAnswer(ctx context.Context, name, tag string, content []byte) error {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err1 := w.Write(content)
	if err := errors.Join(err1, w.Close()); err != nil {
		return err
	}
	return s.Do(ctx, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO answer (name, tag, content, used) VALUES ($1, $2, $3, $4)
			ON CONFLICT (name) DO UPDATE SET tag = excluded.tag, content = excluded.content, used = excluded.used`, name, tag, packed.Bytes(), stamp(s.now()))
		return err
	})
}
