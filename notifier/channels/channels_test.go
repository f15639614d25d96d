package channels

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/notifytest"
)

const config = `notify:
  channels:
    - {name: data-slack, kind: slack, url-env: SLACK_URL}
    - {name: events, kind: webhook, url-env: EVENTS_URL, secret-env: EVENTS_SECRET}
    - {name: fixed, kind: webhook, url: "https://127.0.0.1:1/x", secret-env: EVENTS_SECRET}
    - {name: mail, kind: email, server: "127.0.0.1:1", from: a@acme.example, username-env: MAIL_USER, password-env: MAIL_PASSWORD}
`

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func read(t *testing.T) notifier.Config {
	t.Helper()
	c, err := notifier.ReadFile(revision.Memory("gate", map[string][]byte{"breakwater.yaml": []byte(config)}), "breakwater.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func through(names ...string) (notices []notifier.Notice) {
	for i, name := range names {
		n := notifytest.Notice()
		n.Channel, n.Key = name, fmt.Sprint(i)
		notices = append(notices, n)
	}
	return notices
}

func TestOpen(t *testing.T) {
	tests := []struct {
		name string
		use  []string
		env  map[string]string
		want string // the channels that are open, and what is wrong
	}{
		{"all", []string{"data-slack", "events", "fixed", "mail"}, map[string]string{"SLACK_URL": "https://a.example", "EVENTS_URL": "https://b.example", "EVENTS_SECRET": secret, "MAIL_USER": "u", "MAIL_PASSWORD": "p"}, "data-slack events fixed mail"},
		{"only what is used", []string{"data-slack"}, map[string]string{"SLACK_URL": "https://a.example"}, "data-slack"},
		{"nothing is set", []string{"data-slack", "events", "fixed", "mail"}, nil, `
breakwater.yaml:3:7: channel "data-slack": the environment variable SLACK_URL is not set
breakwater.yaml:4:7: channel "events": the environment variable EVENTS_URL is not set
breakwater.yaml:5:7: channel "fixed": the environment variable EVENTS_SECRET is not set
breakwater.yaml:6:7: channel "mail": the environment variable MAIL_USER is not set`},
		{"one is not set, the other opens", []string{"data-slack", "mail"}, map[string]string{"SLACK_URL": "https://a.example", "MAIL_USER": "u"}, `data-slack
breakwater.yaml:6:7: channel "mail": the environment variable MAIL_PASSWORD is not set`},
		{"a URL on this machine", []string{"data-slack"}, map[string]string{"SLACK_URL": "http://127.0.0.1:1/hush"}, `
breakwater.yaml:3:7: channel "data-slack": want a URL that begins with https://`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			open, err := Open(read(t), through(tt.use...), func(name string) string { return tt.env[name] }, time.Now)
			var names []string
			for _, name := range []string{"data-slack", "events", "fixed", "mail"} {
				if open[name] != nil {
					names = append(names, name)
				}
			}
			got := strings.Join(names, " ")
			if err != nil {
				got += "\n" + err.Error()
			}
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// From the declaration to the wire: one receiver refuses, one is busy at first, and
// each of the others hears its notice once, though a third cannot be opened.
func TestSend(t *testing.T) {
	var mu sync.Mutex
	heard := make(map[string]int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = io.Copy(io.Discard, r.Body)
		switch heard[r.URL.Path]++; {
		case r.URL.Path == "/slack":
			http.Error(w, "no_service", http.StatusNotFound)
		case heard[r.URL.Path] == 1:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	defer server.Close()
	env := map[string]string{"SLACK_URL": server.URL + "/slack", "EVENTS_URL": server.URL + "/events", "EVENTS_SECRET": secret, LoopbackVariable: "1"}
	notices := through("data-slack", "events", "events", "data-slack", "mail")
	const known = "3" // the key of the fourth
	delivered, err := Send(t.Context(), read(t), notices, []string{known}, func(name string) string { return env[name] }, time.Now)
	if got := fmt.Sprint(delivered, heard); got != "[1 2] map[/events:3 /slack:1]" {
		t.Errorf("got %s", got)
	}
	if got := fmt.Sprint(err); got != `breakwater.yaml:6:7: channel "mail": the environment variable MAIL_USER is not set
finance.kpi was not told about checkout/orders by data-slack: the receiver answered 404 Not Found: no_service` {
		t.Errorf("got %s", got)
	}
}
