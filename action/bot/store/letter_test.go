package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/notifier"
)

// say writes a letter in the thread of a change of a repository.
func say(t *testing.T, s *store.Store, repo, key string, state notifier.State, due time.Time) {
	t.Helper()
	id := want(t, s, repo)
	do(t, s, func(tx *store.Tx) error {
		threads, err := tx.Threads(t.Context(), id)
		thread := &store.Thread{ID: "thread " + repo, Subject: id, Repo: repo, Channel: "mail", Receiver: "data@acme.example"}
		if len(threads) > 0 {
			thread = &threads[0]
		}
		n := notifier.Notice{Key: key, Channel: "mail", To: "data@acme.example", Change: notifier.Change{State: state}}
		thread.State = state
		return errors.Join(err, tx.Write(t.Context(), thread, n, due))
	})
}

// take takes a letter and returns the keys of those that are sent with it.
func take(t *testing.T, s *store.Store, id int64, perWeek int) (letters []store.Letter, keys []string, again time.Time) {
	t.Helper()
	letters, again, err := s.Take(t.Context(), id, time.Minute, func(notifier.Notice) store.Ration {
		return store.Ration{Messages: perWeek, In: 7 * 24 * time.Hour}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range letters {
		keys = append(keys, l.Key)
	}
	return letters, keys, again
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestALetterIsTakenByOneWorker(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, c *clock) {
		say(t, s, "acme/a", "one", notifier.Proposed, c.Now().Add(time.Hour))
		if _, keys, again := take(t, s, 1, 0); len(keys) > 0 || !again.Equal(c.Now().Add(time.Hour)) {
			t.Errorf("before its time: %q, %v", keys, again)
		}
		c.pass(time.Hour)
		first, keys, _ := take(t, s, 1, 0)
		if !slices.Equal(keys, []string{"one"}) {
			t.Fatalf("got %q", keys)
		}
		if _, keys, again := take(t, s, 1, 0); len(keys) > 0 || again.IsZero() {
			t.Errorf("somebody else takes it meanwhile: %q, %v", keys, again)
		}
		say(t, s, "acme/a", "two", notifier.Merged, c.Now()) // while the first is under way
		if _, keys, again := take(t, s, 2, 0); len(keys) > 0 || again.IsZero() {
			t.Errorf("the second overtakes the first: %q, %v", keys, again)
		}
		must(t, s.Delivered(t.Context(), first, "C1 2"))
		second, keys, _ := take(t, s, 2, 0)
		if !slices.Equal(keys, []string{"two"}) || second[0].Place != "C1 2" {
			t.Errorf("got %+v", second)
		}
		c.pass(2 * time.Minute) // its worker was killed
		again, keys, _ := take(t, s, 2, 0)
		if !slices.Equal(keys, []string{"two"}) || again[0].Tries != 1 { // of which its receiver is not to blame
			t.Fatalf("got %+v", again)
		}
		must(t, s.Undelivered(t.Context(), again, "", "out of reach", c.Now()))
		if again, keys, _ := take(t, s, 2, 0); !slices.Equal(keys, []string{"two"}) || again[0].Tries != 2 {
			t.Errorf("got %+v", again)
		}
	})
}

func TestNewerNewsTakesThePlaceOfWhatWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, c *clock) {
		say(t, s, "acme/a", "one", notifier.Proposed, c.Now().Add(time.Hour))
		say(t, s, "acme/a", "two", notifier.Merged, c.Now())
		if _, keys, again := take(t, s, 1, 0); len(keys) > 0 || !again.IsZero() {
			t.Errorf("what is old is said: %q", keys)
		}
		if _, keys, _ := take(t, s, 2, 0); !slices.Equal(keys, []string{"two"}) {
			t.Errorf("got %q", keys)
		}
		say(t, s, "acme/b", "three", notifier.Proposed, c.Now().Add(time.Hour))
		say(t, s, "acme/b", "four", notifier.Withdrawn, c.Now())
		if waiting, _, err := s.CountLetters(t.Context()); waiting != 1 || err != nil {
			t.Errorf("%d wait, %v", waiting, err)
		}
	})
}

func TestWhatIsTooMuchIsGathered(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, c *clock) {
		for n := range 5 {
			say(t, s, fmt.Sprint("acme/", n), fmt.Sprint(n), notifier.Proposed, c.Now())
			letters, keys, again := take(t, s, int64(n+1), 2)
			switch {
			case n < 2 && len(keys) != 1:
				t.Errorf("letter %d: %q", n, keys)
			case n < 2:
				must(t, s.Delivered(t.Context(), letters, ""))
			case len(keys) > 0 || !again.After(c.Now().Add(6*24*time.Hour)):
				t.Errorf("letter %d: %q, %v", n, keys, again)
			}
			c.pass(time.Hour)
		}
		c.pass(7 * 24 * time.Hour)
		first, keys, _ := take(t, s, 4, 2)
		if slices.Sort(keys); !slices.Equal(keys, []string{"2", "3", "4"}) {
			t.Fatalf("got %q", keys)
		}
		must(t, s.Undelivered(t.Context(), first, "", "down", c.Now().Add(time.Hour)))
		c.pass(time.Hour)
		say(t, s, "acme/6", "6", notifier.Proposed, c.Now())
		again, keys, _ := take(t, s, 3, 2) // the same together, under the same key
		if slices.Sort(keys); !slices.Equal(keys, []string{"2", "3", "4"}) || again[0].Message != first[0].Message {
			t.Errorf("got %q", keys)
		}
	})
}

func TestDeadLettersAreKept(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, c *clock) {
		say(t, s, "acme/a", "one", notifier.Proposed, c.Now())
		letters, _, _ := take(t, s, 1, 0)
		must(t, s.Undelivered(t.Context(), letters, "", "404", time.Time{}))
		if n, err := s.Overdue(t.Context(), c.Now().Add(time.Hour)); n != 0 || err != nil {
			t.Errorf("%d are sent again by themselves, %v", n, err)
		}
		for _, tt := range []struct {
			repos []string
			want  int
		}{{nil, 1}, {[]string{"acme/a", "acme/b"}, 1}, {[]string{"acme/b"}, 0}, {[]string{}, 0}} {
			list, err := s.Letters(t.Context(), store.Dead, tt.repos, 10)
			if len(list) != tt.want || err != nil {
				t.Errorf("of %q there are %d, %v", tt.repos, len(list), err)
			}
		}
		if ok, err := s.Again(t.Context(), 1, "fay"); !ok || err != nil {
			t.Fatal(ok, err)
		}
		trail, err := s.LatestTrail(t.Context(), []string{"acme/a"}, 10)
		if len(trail) != 1 || trail[0].Actor != "fay" || err != nil {
			t.Errorf("the trail is %+v, %v", trail, err)
		}
		c.pass(time.Hour) // and its job is gone
		if n, err := s.Overdue(t.Context(), c.Now().Add(-time.Minute)); n != 1 || err != nil {
			t.Errorf("%d are overdue, %v", n, err)
		}
		letters, keys, _ := take(t, s, 1, 0)
		if !slices.Equal(keys, []string{"one"}) {
			t.Fatalf("got %q", keys)
		}
		must(t, s.Delivered(t.Context(), letters, ""))
		do(t, s, func(tx *store.Tx) error {
			last, err := tx.LastSent(t.Context(), "thread acme/a")
			if !last.Equal(c.Now()) {
				t.Errorf("it was last sent %v", last)
			}
			return err
		})
		c.pass(400 * 24 * time.Hour)
		must(t, s.Prune(t.Context()))
		if list, err := s.LettersOf(t.Context(), letters[0].Subject); len(list) != 0 || err != nil {
			t.Errorf("after a year there are %d, %v", len(list), err)
		}
	})
}
