package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/riverqueue/river"
)

// A clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

var quiet = slog.New(slog.DiscardHandler)

func open(t testing.TB, address string, now func() time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, quiet, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, s *store.Store, c *clock)) {
	start := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	t.Run("sqlite", func(t *testing.T) {
		c := &clock{now: start}
		test(t, open(t, "sqlite://"+filepath.Join(t.TempDir(), "a b%", "bot.db"), c.Now), c)
	})
	t.Run("postgres", func(t *testing.T) {
		c := &clock{now: start}
		test(t, open(t, ruletest.StartPostgres(t).Database("bot"), c.Now), c)
	})
}

func do(t *testing.T, s *store.Store, f func(tx *store.Tx) error) {
	t.Helper()
	if err := s.Do(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, s *store.Store, repo string) (id int64) {
	t.Helper()
	do(t, s, func(tx *store.Tx) (err error) {
		id, err = tx.Want(t.Context(), store.Subject{Installation: 1, Repo: repo, Kind: store.Pull, Name: "7"})
		return err
	})
	return id
}

func TestADeliveryIsTakenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, _ *clock) {
		d := store.Delivery{GUID: "g-1", Event: "push", Repo: "acme/a", Digest: "1"}
		runs := 0
		run := func(*store.Tx) error { runs++; return nil }
		broken := errors.New("broken")
		if _, err := s.Receive(t.Context(), d, func(*store.Tx) error { return broken }); !errors.Is(err, broken) {
			t.Fatalf("a receipt that fails says %v", err)
		}
		for i, want := range []bool{true, false, false} {
			if fresh, err := s.Receive(t.Context(), d, run); err != nil || fresh != want {
				t.Errorf("delivery %d: fresh is %v, %v", i, fresh, err)
			}
		}
		d.Digest = "2"
		if _, err := s.Receive(t.Context(), d, run); !errors.Is(err, store.ErrForeign) {
			t.Errorf("another body: %v", err)
		}
		if runs != 1 {
			t.Errorf("%d runs", runs)
		}
	})
}

func TestOneWorkerHoldsASubject(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, c *clock) {
		id := want(t, s, "acme/a")
		a, _, err := s.Claim(t.Context(), id, "a", 10*time.Second)
		if err != nil || a == nil || a.Repo != "acme/a" || a.Kind != store.Pull || a.Name != "7" || a.Installation != 1 {
			t.Fatalf("claim is %+v, %v", a, err)
		}
		b, until, err := s.Claim(t.Context(), id, "b", 10*time.Second)
		if err != nil || b != nil || !until.Equal(c.Now().Add(10*time.Second)) {
			t.Errorf("a second claim is %+v until %v, %v", b, until, err)
		}
		c.pass(8 * time.Second)
		if kept, err := s.Hold(t.Context(), a, 10*time.Second); err != nil || !kept {
			t.Errorf("kept is %v, %v", kept, err)
		}
		c.pass(9 * time.Second)
		if b, _, err = s.Claim(t.Context(), id, "b", 10*time.Second); err != nil || b != nil {
			t.Errorf("a prolonged claim is taken over: %+v, %v", b, err)
		}
		c.pass(2 * time.Second) // a is dead
		if b, _, err = s.Claim(t.Context(), id, "b", 10*time.Second); err != nil || b == nil {
			t.Fatalf("a dead worker's claim is not taken over: %v", err)
		}
		if kept, err := s.Hold(t.Context(), a, 10*time.Second); err != nil || kept {
			t.Errorf("a lost claim is kept: %v, %v", kept, err)
		}
		if all, err := s.Done(t.Context(), a, ""); err != nil || !all {
			t.Errorf("who lost his claim goes on: %v, %v", all, err)
		}
		want(t, s, "acme/a") // meanwhile
		if all, err := s.Done(t.Context(), b, ""); err != nil || all {
			t.Errorf("what was asked for meanwhile is forgotten: %v, %v", all, err)
		}
		if all, err := s.Done(t.Context(), b, ""); err != nil || !all {
			t.Errorf("all is %v, %v", all, err)
		}
		if b, until, err := s.Claim(t.Context(), id, "c", time.Second); err != nil || b != nil || !until.IsZero() {
			t.Errorf("there is nothing to do, and the claim is %+v until %v, %v", b, until, err)
		}
	})
}

func TestWhatNobodyIsAtIsAskedForAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, c *clock) {
		id := want(t, s, "acme/a")
		claim, _, err := s.Claim(t.Context(), id, "a", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		c.pass(30 * time.Second)
		if n, err := s.Forgotten(t.Context(), c.Now().Add(-10*time.Second)); err != nil || n != 0 {
			t.Errorf("what is held is forgotten: %d, %v", n, err)
		}
		if err := s.Release(t.Context(), claim, "GitHub is down"); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Forgotten(t.Context(), c.Now().Add(-10*time.Second)); err != nil || n != 0 {
			t.Errorf("what was tried just now is forgotten: %d, %v", n, err)
		}
		c.pass(30 * time.Second)
		if waiting, failed, err := s.Waiting(t.Context()); waiting != 1 || failed != 1 || err != nil {
			t.Errorf("waiting %d, failed %d, %v", waiting, failed, err)
		}
		for _, want := range []int{1, 0} { // once
			if n, err := s.Forgotten(t.Context(), c.Now().Add(-10*time.Second)); err != nil || n != want {
				t.Errorf("forgotten are %d, want %d, %v", n, want, err)
			}
		}
	})
}

func TestAJobRunsOnceItsTransactionIsDone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, _ *clock) {
		ran := make(chan int64, 10)
		workers := river.NewWorkers()
		river.AddWorker(workers, river.WorkFunc(func(_ context.Context, job *river.Job[store.Update]) error {
			ran <- job.Args.Subject
			return nil
		}))
		stop, err := s.Work(t.Context(), store.Work{Workers: workers, Slots: map[string]int{river.QueueDefault: 2}, Log: quiet})
		if err != nil {
			t.Fatal(err)
		}
		defer stop(context.WithoutCancel(t.Context()))
		undone := errors.New("undone")
		if err := s.Do(t.Context(), func(tx *store.Tx) error {
			return errors.Join(tx.Enqueue(t.Context(), store.Update{Subject: 13}, time.Time{}), undone)
		}); !errors.Is(err, undone) {
			t.Fatal(err)
		}
		id := want(t, s, "acme/a")
		select {
		case got := <-ran:
			if got != id {
				t.Errorf("ran %d, want %d", got, id)
			}
		case <-time.After(3 * time.Minute):
			t.Fatal("no job ran")
		}
	})
}

func TestReadingsAreFoundAcrossRepositories(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, c *clock) {
		use := func(id, port, contract string) consumer.Use {
			return consumer.Use{Consumer: consumer.Consumer{ID: id}, Port: port, ContractID: contract}
		}
		collect := func(repo string, installation int64, uses ...consumer.Use) {
			do(t, s, func(tx *store.Tx) error {
				return tx.Collect(t.Context(), store.Repository{Repo: repo, Installation: installation, Collected: c.Now()},
					[]store.Port{{ID: "p/" + repo, Document: []byte(`{}`)}}, uses)
			})
		}
		names := func(installation int64, but string, names ...string) (ids []string) {
			found, err := s.Readings(t.Context(), installation, but, names)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range found {
				ids = append(ids, r.Repo+" "+r.Use.ID)
			}
			return ids
		}
		collect("acme/kpi", 1, use("kpi", "checkout/orders", ""), use("other", "else/where", ""))
		collect("acme/churn", 1, use("churn", "", "urn:orders"))
		collect("rival/spy", 2, use("spy", "checkout/orders", ""))
		if got := names(1, "acme/checkout", "checkout/orders@2", "", "urn:orders"); !slices.Equal(got, []string{"acme/churn churn", "acme/kpi kpi"}) {
			t.Errorf("found %q", got)
		}
		if got := names(1, "acme/kpi", "checkout/orders"); got != nil {
			t.Errorf("its own repository is elsewhere: %q", got)
		}
		collect("acme/kpi", 1, use("kpi2", "checkout/orders", ""))
		if got := names(1, "", "checkout/orders"); !slices.Equal(got, []string{"acme/kpi kpi2"}) {
			t.Errorf("collected again: %q", got)
		}
		do(t, s, func(tx *store.Tx) error { return tx.ForgetInstallation(t.Context(), 1) })
		if got := names(1, "", "checkout/orders", "urn:orders"); got != nil {
			t.Errorf("after the App was removed: %q", got)
		}
		if got := names(2, "", "checkout/orders"); len(got) != 1 {
			t.Errorf("another organisation lost its own: %q", got)
		}
	})
}

// fill gives every field of v a value of its own.
func fill(t *testing.T, v reflect.Value, n *int) {
	*n++
	switch at := v.Addr().Interface().(type) {
	case *time.Time:
		*at = time.Unix(int64(*n), 0).UTC()
		return
	case **big.Rat:
		*at = big.NewRat(int64(*n), 7)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n % 100))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n % 100))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), n)
		fill(t, v.Index(1), n)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				t.Fatalf("%s.%s would be lost", v.Type(), v.Type().Field(i).Name)
			}
			fill(t, v.Field(i), n)
		}
	default:
		t.Fatalf("%s cannot be filled", v.Type())
	}
}

func TestEveryFieldOfARegistrationIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, c *clock) {
		var full consumer.Use
		n := 0
		fill(t, reflect.ValueOf(&full).Elem(), &n)
		empty, none := consumer.Use{Port: full.Port}, consumer.Use{Port: full.Port, SLO: []consumer.Bound{}}
		do(t, s, func(tx *store.Tx) error {
			return tx.Collect(t.Context(), store.Repository{Repo: "acme/kpi", Installation: 1}, nil, []consumer.Use{full, empty, none})
		})
		got, err := s.Readings(t.Context(), 1, "", []string{full.Port})
		if err != nil || len(got) != 3 {
			t.Fatalf("found %d, %v", len(got), err)
		}
		for i, want := range []consumer.Use{full, empty, none} {
			if !reflect.DeepEqual(got[i].Use, want) {
				t.Errorf("got  %+v\nwant %+v", got[i].Use, want)
			}
		}
	})
}

func TestCopiesOfOneRepositoryAreNotAnothers(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, c *clock) {
		if err := s.Keep(t.Context(), "acme/secret", map[string][]byte{"1": []byte("x"), "2": nil}); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			repo, id string
			want     string
			ok       bool
		}{{"acme/secret", "1", "x", true}, {"acme/secret", "2", "", true}, {"acme/secret", "3", "", false}, {"acme/public", "1", "", false}} {
			got, err := s.Object(t.Context(), tt.repo, tt.id)
			if err != nil || string(got) != tt.want || (got != nil) != tt.ok {
				t.Errorf("%s %s is %q, %v", tt.repo, tt.id, got, err)
			}
		}
		known, err := s.Known(t.Context(), "acme/secret", []string{"1", "2", "3"})
		if err != nil || !reflect.DeepEqual(known, map[string]bool{"1": true, "2": true}) {
			t.Errorf("known are %v, %v", known, err)
		}
		c.pass(30 * 24 * time.Hour)
		if err := s.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, _ := s.Object(t.Context(), "acme/secret", "1"); got != nil {
			t.Error("an old copy is kept")
		}
	})
}

func TestTheDatabaseIsNobodyElses(t *testing.T) {
	name := filepath.Join(t.TempDir(), "bot.db")
	open(t, "sqlite://"+name, time.Now)
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}
}

func TestOpenSaysWhatIsWanted(t *testing.T) {
	for _, tt := range []struct{ address, want string }{
		{"mysql://root:geheim@host/x", "want sqlite:///"},
		{"postgres://owner:geheim@127.0.0.1:1/x?password=geheim&connect_timeout=1", "database postgres://owner:xxxxx@127.0.0.1:1/x"},
		{"sqlite://", "want the path of a file"},
		{"sqlite:///dev/null/x.db", "not a directory"},
	} {
		s, err := store.Open(t.Context(), tt.address, quiet, time.Now)
		if err == nil {
			s.Close()
			t.Errorf("%s opens", tt.address)
		} else if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", tt.address, err)
		}
	}
}

func TestMigrationsRunOnce(t *testing.T) {
	address := "sqlite://" + filepath.Join(t.TempDir(), "bot.db")
	first, err := store.Open(t.Context(), address, quiet, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	want(t, first, "acme/a")
	first.Close()
	again := open(t, address, time.Now)
	if waiting, _, err := again.Waiting(t.Context()); err != nil || waiting != 1 {
		t.Errorf("waiting are %d, %v", waiting, err)
	}
}

func TestReplicasMigrateAtTheSameTime(t *testing.T) {
	address := ruletest.StartPostgres(t).Database("bot")
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			s, err := store.Open(context.Background(), address, quiet, time.Now)
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		})
	}
	wait.Wait()
}
