package shoutrrr

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/notifytest"
)

func TestDeliver(t *testing.T) {
	var got string
	code := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		text, _ := io.ReadAll(req.Body)
		got = string(text)
		w.WriteHeader(code)
	}))
	defer server.Close()
	c, err := New("generic+"+server.URL+"/hush", true)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Deliver(t.Context(), notifytest.Notice()); err != nil || !strings.Contains(got, "checkout wants to change orders, which finance.kpi reads") || !strings.Contains(got, "https://github.com/acme/checkout/pull/412") {
		t.Errorf("it got %q, %v", got, err)
	}
	if err := c.Deliver(t.Context(), notifytest.Hostile()); err != nil || strings.ContainsAny(strings.ReplaceAll(got, "@\u200b", ""), "@<>*`|") {
		t.Errorf("it got %q, %v", got, err)
	}
	code = http.StatusInternalServerError
	var temporary *notifier.Temporary
	if err := c.Deliver(t.Context(), notifytest.Notice()); !errors.As(err, &temporary) || strings.Contains(err.Error(), "hush") {
		t.Errorf("a server that is broken: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, address := range []string{"", "hush", "nosuchservice://hush", "logger://", "smtp://u:hush@x.example:25/?from=a@b.c&to=d@e.f", "generic+http://x.example/hush", "generic://x.example/hush?disabletls=yes"} {
		if _, err := New(address, false); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
