package webhook

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/notifytest"
	cloudevents "github.com/cloudevents/sdk-go/v2"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// A received is one request as the receiver got it.
type received struct {
	header http.Header
	body   []byte
}

// receive runs a receiver, delivers n to it, and returns what arrived.
func receive(t *testing.T, n notifier.Notice) received {
	t.Helper()
	var got received
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got = received{r.Header, body}
	}))
	defer server.Close()
	c, err := New(server.URL, secret, true, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Deliver(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	return got
}

// The library of Standard Webhooks takes the signature, and no other text with it.
func TestSignatureIsThatOfStandardWebhooks(t *testing.T) {
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []notifier.Notice{notifytest.Notice(), notifytest.Hostile()} {
		got := receive(t, n)
		if err := verifier.Verify(got.body, got.header); err != nil {
			t.Error(err)
		}
		if err := verifier.Verify(append(got.body, ' '), got.header); err == nil {
			t.Error("another body has the same signature")
		}
		if id := got.header.Get("Webhook-Id"); id != n.Key || got.header.Get("Idempotency-Key") != n.Key {
			t.Errorf("it is known by %q, want the notice's key", id)
		}
	}
}

// The SDK of CloudEvents reads the event, and finds it valid.
func TestBodyIsACloudEvent(t *testing.T) {
	merged := notifytest.Notice()
	merged.Change.State = notifier.Merged
	for name, n := range map[string]notifier.Notice{"proposed": notifytest.Notice(), "merged": merged, "hostile": notifytest.Hostile()} {
		t.Run(name, func(t *testing.T) {
			got := receive(t, n)
			event, err := cloudevents.NewEventFromHTTPRequest(&http.Request{Header: got.header, Body: io.NopCloser(strings.NewReader(string(got.body)))})
			if err != nil {
				t.Fatal(err)
			}
			if err := event.Validate(); err != nil {
				t.Error(err)
			}
			if want := fmt.Sprintf("breakwater.contract.change.%s.v1", n.Change.State); event.Type() != want || event.ID() != n.Key || event.Subject() != n.Port.ID || !event.Time().Equal(n.Time) {
				t.Errorf("got %s", event)
			}
			var d data
			if err := event.DataAs(&d); err != nil {
				t.Fatal(err)
			}
			if d.Consumer.ID != n.Consumer.ID || d.Verdict != "block" || d.Total != len(n.Findings) || len(d.Findings) > maxFindings || d.Findings[0].Message != strings.ToValidUTF8(n.Findings[0].Message, "\uFFFD") {
				t.Errorf("got %+v", d)
			}
		})
	}
}

// The body is an interface: its members are these.
func TestBody(t *testing.T) {
	text, err := json.Marshal(newEvent(notifytest.Notice()))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"specversion":"1.0","id":"2ac6941ba14b1ab5430fe0e600ab951d","source":"urn:breakwater","type":"breakwater.contract.change.proposed.v1","subject":"checkout/orders","time":"2026-11-23T08:00:00Z","datacontenttype":"application/json","data":{"change":{"url":"https://github.com/acme/checkout/pull/412","title":"checkout#412: Drop the discount","state":"proposed"},"port":{"id":"checkout/orders","product":"checkout","name":"orders","owner":"@acme/checkout","format":"","version":{"base":null,"head":null,"suggested":null}},"consumer":{"id":"finance.kpi","team":"finance","owners":["@acme/finance"],"criticality":"critical"},"verdict":"block","impact":"violated","findings":[{"id":"0ea46631","digest":"03cf1cd4f4c7ef42a3edae3a3d388a0d","rule":"protobuf/field-removed","class":"breaking","verdict":"block","impact":"violated","path":"Order.discount","from":null,"to":null,"message":"Order.discount (field 4) is gone, and 4 is not reserved","need":null,"why":"needs Order.discount","fix":"Mark it deprecated now, tell finance.kpi, and remove it after 23 Dec 2026, when its notice has passed.","base":null,"head":null}],"findingsTotal":1}}`
	if string(text) != want {
		t.Errorf("got\n%s", text)
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct{ name, address, secret string }{
		{"a secret without its mark", "https://a.example", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
		{"a secret that is too short", "https://a.example", "whsec_aHVzaA=="},
		{"a secret that is no base64", "https://a.example", "whsec_hush hush hush hush hush hush hush"},
		{"http", "http://a.example", secret},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := New(tt.address, tt.secret, false, time.Now); err == nil || strings.Contains(err.Error(), strings.TrimPrefix(tt.secret, "whsec_")) {
				t.Errorf("got %v", err)
			}
		})
	}
}
