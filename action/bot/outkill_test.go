package bot

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// What signs the notices of the test.
const receiverSecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// keyed receives webhooks, checks who signed them, and remembers their keys.
type keyed struct {
	mu    sync.Mutex
	times map[string]int // by key
	slow  chan struct{}  // closed: answers are given
}

func (k *keyed) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	checker, err := standardwebhooks.NewWebhook(receiverSecret)
	if err == nil {
		err = checker.Verify(body, req.Header)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	k.mu.Lock()
	k.times[req.Header.Get("Idempotency-Key")]++
	k.mu.Unlock()
	select {
	case <-k.slow:
	case <-req.Context().Done():
	}
}

func (k *keyed) count() (keys, all int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, n := range k.times {
		all += n
	}
	return len(k.times), all
}

// TestKilledBeforeItTold kills the bot when verdicts are written down and their notices
// are under way, again and again.
func TestKilledBeforeItTold(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	t.Run("sqlite", func(t *testing.T) {
		ruletest.Peer(t, "bin/postgres") // only where the long tests run
		killedBeforeItTold(t, "sqlite://"+filepath.Join(t.TempDir(), "bot.db"), 1)
	})
	t.Run("postgres", func(t *testing.T) { killedBeforeItTold(t, ruletest.StartPostgres(t).Database("bot"), 2) })
}

func killedBeforeItTold(t *testing.T, database string, replicas int) {
	const pulls, kills = 20, 5
	f := newForge(t)
	k := &keyed{times: make(map[string]int), slow: make(chan struct{})}
	receiver := httptest.NewServer(k)
	defer receiver.Close()
	for i := range pulls {
		r := f.repo(fmt.Sprintf("acme/checkout-%d", i), map[string]string{contract: whole, "consumers/finance.yaml": registration})
		r.commit(f, "topic", r.branches["main"], map[string]string{contract: without})
		r.open(f, 7, "topic", "ada")
	}
	fl := newFleet(t, f, database, replicas, func(c *serveConfig) { c.Receiver = receiver.URL })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	client := &http.Client{Timeout: 10 * time.Second}
	seen := 0 // of the requests, when a replica was last killed
	for i := range pulls {
		body := payload(fmt.Sprintf("acme/checkout-%d", i), "ada", object{"action": "opened", "pull_request": object{"number": 7}})
		if _, err := fl.deliver(ctx, client, fmt.Sprint("guid-", i), body); err != nil {
			t.Fatal(err)
		}
		if i%(pulls/kills) == pulls/kills-1 { // when a verdict is written, and its notice is under way
			for ctx.Err() == nil {
				if _, all := k.count(); all > seen {
					seen = all
					break
				}
				time.Sleep(5 * time.Millisecond)
			}
			n := i / (pulls / kills) % replicas
			fl.kill(n)
			fl.start(n)
		}
	}
	close(k.slow)
	s, err := store.Open(ctx, database, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for {
		waiting, dead, err := s.CountLetters(ctx)
		keys, all := k.count()
		if err == nil && keys == pulls && waiting == 0 && dead == 0 {
			if all == keys {
				t.Error("no kill hit a notice that was under way")
			}
			t.Logf("%d notices arrived, in %d requests, through %d kills", keys, all, kills)
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%d notices arrived of %d, %d wait, %d are dead: %v", keys, pulls, waiting, dead, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
