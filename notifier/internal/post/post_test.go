package post

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/notifier"
)

func TestNewTarget(t *testing.T) {
	tests := []struct {
		name, address string
		loopback, ok  bool
	}{
		{"https", "https://events.acme.example/x?y=z", false, true},
		{"http", "http://events.acme.example/x", true, false},
		{"http on this machine", "http://127.0.0.1:1/x", true, true},
		{"http on this machine, which is not allowed", "http://127.0.0.1:1/x", false, false},
		{"a name that may be this machine", "http://localhost:1/x", true, false},
		{"a file", "file:///etc/passwd", true, false},
		{"a password", "https://u:hush@events.acme.example", false, false},
		{"no host", "https:///hush", false, false},
		{"no URL", "https://hush\x7f", false, false},
		{"nothing", "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewTarget(tt.address, tt.loopback)
			if (err == nil) != tt.ok || strings.Contains(fmt.Sprint(err), "hush") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPostSaysWhatTheReceiverAnswered(t *testing.T) {
	tests := []struct {
		name      string
		status    int
		header    map[string]string
		body      string
		want      string
		temporary bool
		after     time.Duration
	}{
		{"accepted", 204, nil, "", "<nil>", false, 0},
		{"refused", 404, nil, "no_service\n", "the receiver answered 404 Not Found: no_service", false, 0},
		{"refused in colours", 400, nil, "\x1b[31m" + strings.Repeat("x", 100), "the receiver answered 400 Bad Request: \uFFFD[31mxxxxxxxxxxxxxxx", false, 0},
		{"elsewhere", 302, map[string]string{"Location": "https://evil.example"}, "", "the receiver answered 302 Found; a redirect is not followed", false, 0},
		{"busy", 429, map[string]string{"Retry-After": "7"}, "", "the receiver answered 429 Too Many Requests", true, 7 * time.Second},
		{"busy until a date", 503, map[string]string{"Retry-After": "Mon, 23 Nov 2026 08:00:09 GMT", "Date": "Mon, 23 Nov 2026 08:00:00 GMT"}, "", "the receiver answered 503 Service Unavailable", true, 9 * time.Second},
		{"busy for ever", 429, map[string]string{"Retry-After": "99999999999"}, "", "the receiver answered 429 Too Many Requests", true, time.Hour},
		{"busy before now", 429, map[string]string{"Retry-After": "-5"}, "", "the receiver answered 429 Too Many Requests", true, 0},
		{"broken", 500, nil, "", "the receiver answered 500 Internal Server Error", true, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for name, value := range tt.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
			}))
			defer server.Close()
			target, err := NewTarget(server.URL+"/hush", true)
			if err != nil {
				t.Fatal(err)
			}
			err = target.Post(t.Context(), nil, []byte("{}"), 20)
			var temporary *notifier.Temporary
			if errors.As(err, &temporary) != tt.temporary || fmt.Sprint(err) != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if temporary != nil && temporary.After != tt.after {
				t.Errorf("it comes back after %v", temporary.After)
			}
		})
	}
}

func TestPostTellsNoAddress(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close() // nothing listens there now
	target, err := NewTarget(server.URL+"/services/hush", true)
	if err != nil {
		t.Fatal(err)
	}
	err = target.Post(t.Context(), nil, nil, 0)
	var temporary *notifier.Temporary
	if !errors.As(err, &temporary) || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := target.Post(ctx, nil, nil, 0); !errors.Is(err, context.Canceled) || errors.As(err, &temporary) {
		t.Errorf("got %v", err)
	}
}
