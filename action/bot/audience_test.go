package bot

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/channels"
	"github.com/breakwater-data/breakwater/notifier/notifytest"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// What signs the notices of the test.
const receiverSecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// An audience is all who are told, one by each channel. It takes its time to answer, so
// that a bot which is killed is often killed between the telling and the note of it.
type audience struct {
	Webhook, Slack string // where it listens
	Mail           int    // a port

	mails func() []notifytest.Mail
	mu    sync.Mutex
	heard map[string]*heard // by the key of the notice
	asked int               // requests to the webhook, with those that repeat
	posts map[string]int    // messages in Slack, by thread
	lines int               // answers below them
}

// heard is one notice as the webhook's receiver, who honours its key, knows it.
type heard struct {
	Change, Consumer, State string
	Digests                 []string
}

// says is what a notice tells its reader, whatever its key.
func (h heard) says() string {
	return fmt.Sprint(h.Change, " ", h.Consumer, " ", h.State, " ", h.Digests)
}

// newAudience starts receivers. Mails go to MailDev, a peer.
func newAudience(t *testing.T) *audience {
	a := &audience{heard: make(map[string]*heard), posts: make(map[string]int)}
	serve := func(do http.HandlerFunc) string {
		server := httptest.NewServer(do)
		t.Cleanup(server.Close)
		return server.URL
	}
	a.Webhook, a.Slack = serve(a.webhook), serve(a.slack)
	a.Mail, a.mails = notifytest.MailDev(t)
	return a
}

// webhook takes a notice once, after it checked who signed it.
func (a *audience) webhook(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	checker, err := standardwebhooks.NewWebhook(receiverSecret)
	if err == nil {
		err = checker.Verify(body, req.Header)
	}
	var event struct {
		Data struct {
			Change   struct{ URL, State string }
			Consumer struct{ ID string }
			Findings []struct{ Digest string }
		}
	}
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	h := &heard{Change: event.Data.Change.URL, Consumer: event.Data.Consumer.ID, State: event.Data.Change.State}
	for _, f := range event.Data.Findings {
		h.Digests = append(h.Digests, f.Digest)
	}
	slices.Sort(h.Digests)
	a.mu.Lock()
	a.asked++
	if key := req.Header.Get("Idempotency-Key"); a.heard[key] == nil {
		a.heard[key] = h
	}
	a.mu.Unlock()
	time.Sleep(rand.N(300 * time.Millisecond))
}

// slack posts and changes messages, as Slack's API does.
func (a *audience) slack(w http.ResponseWriter, req *http.Request) {
	var m struct {
		Thread   string `json:"thread_ts"`
		Metadata struct {
			Payload struct{ Thread string } `json:"event_payload"`
		}
	}
	if json.NewDecoder(req.Body).Decode(&m) != nil || req.Header.Get("Authorization") != "Bearer xoxb-test" {
		fmt.Fprint(w, `{"ok":false,"error":"invalid_auth"}`)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case strings.HasSuffix(req.URL.Path, "chat.update"):
	case m.Thread != "":
		a.lines++
	default:
		a.posts[m.Metadata.Payload.Thread]++
	}
	fmt.Fprintf(w, `{"ok":true,"channel":"C1","ts":"%d.0"}`, len(a.posts))
}

// keys returns the notices that arrived at the webhook, and how many requests it took.
func (a *audience) keys() (all map[string]heard, asked int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all = make(map[string]heard)
	for key, h := range a.heard {
		all[key] = *h
	}
	return all, a.asked
}

// toldAs is the configuration by which a bot tells an audience, and what opens its
// channels.
func toldAs(c serveConfig) (notifier.Config, func(notifier.Declaration) (notifier.Channel, error)) {
	declared := notifier.Config{
		Channels: []notifier.Declaration{
			{Name: "events", Kind: notifier.Webhook, URL: c.Webhook, SecretEnv: "SECRET"},
			{Name: "chat", Kind: notifier.Slack, URL: c.Slack, TokenEnv: "TOKEN", To: []string{"#data"}},
			{Name: "mail", Kind: notifier.Email, Server: fmt.Sprint("127.0.0.1:", c.Mail), From: "us@acme.example", To: []string{"data@acme.example"}, TLS: notifier.NoTLS},
		},
		Routes: []notifier.Route{{To: []string{"events", "chat", "mail"}}},
	}
	secrets := map[string]string{"SECRET": receiverSecret, "TOKEN": "xoxb-test", channels.LoopbackVariable: "1"}
	return declared, func(d notifier.Declaration) (notifier.Channel, error) {
		return channels.One(d, func(name string) string { return secrets[name] }, time.Now)
	}
}

// repeated counts what is above one of each.
func repeated[K cmp.Ordered](times map[K]int) (n int) {
	for _, all := range times {
		n += all - 1
	}
	return n
}
