package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/notifytest"
)

// words lists what a message shows, a block a line.
func words(m message) string {
	var b strings.Builder
	for _, block := range m.Blocks {
		if block.Text != nil {
			fmt.Fprintln(&b, block.Text.Text)
		}
		for _, e := range block.Elements {
			fmt.Fprintf(&b, "[%s](%s)\n", e.Text.Text, e.URL)
		}
	}
	return b.String()
}

func TestMessage(t *testing.T) {
	elsewhere, merged, bare := notifytest.Notice(), notifytest.Notice(), notifytest.Notice()
	elsewhere.Wanted = "#finance-data"
	merged.Change.State = notifier.Merged
	bare.Change = notifier.Change{}
	bare.Port.Product, bare.Port.Owner = "", ""
	bare.Findings[0].Hit.Verdict, bare.Findings[0].Hit.Impact, bare.Findings[0].Earliest = "notify", "unknown", nil
	tests := []struct {
		name string
		n    notifier.Notice
		want string
	}{
		{"proposed", elsewhere, "`checkout` wants to change `orders`, which `finance.kpi` reads\n" +
			"<https://github.com/acme/checkout/pull/412|checkout#412: Drop the discount> (proposed, not merged)\n" +
			"breaking: Order.discount (field 4) is gone, and 4 is not reserved\nfinance.kpi needs Order.discount\n" +
			"It should not be merged until you agree to it, or `@acme/checkout` makes it without breaking you. Earliest removal, when its notice has passed: 23 Dec 2026.\n" +
			"Meant for `#finance-data`; this webhook posts here.\n" +
			"[See the change](https://github.com/acme/checkout/pull/412)\n"},
		{"merged", merged, "`checkout` changed `orders`, which `finance.kpi` reads\n" +
			"<https://github.com/acme/checkout/pull/412|checkout#412: Drop the discount> (merged)\n" +
			"breaking: Order.discount (field 4) is gone, and 4 is not reserved\nfinance.kpi needs Order.discount\n" +
			"It is merged. Adapt what reads it, or talk to `@acme/checkout`.\n" +
			"[See the change](https://github.com/acme/checkout/pull/412)\n"},
		{"of which little is known", bare, "`checkout/orders` is about to change, and `finance.kpi` reads it\n" +
			"breaking: Order.discount (field 4) is gone, and 4 is not reserved\nfinance.kpi may be hit: it needs Order.discount\n" +
			"It does not wait for you. If it hurts you, tell its owner before it is merged.\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := words(newMessage(tt.n)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// The limits of Slack, in characters as they are sent.
const (
	maxBlocks  = 50
	maxSection = 3000
	maxMessage = 40_000
)

func TestMessageObeysNobody(t *testing.T) {
	m := newMessage(notifytest.Hostile())
	if len(m.Blocks) > maxBlocks || utf8.RuneCountInString(m.Text) > maxMessage || m.Markdown || m.UnfurlLinks || m.UnfurlMedia {
		t.Errorf("got %d blocks, a text of %d, %+v", len(m.Blocks), len(m.Text), m)
	}
	for _, b := range m.Blocks {
		if b.Text == nil {
			continue
		}
		text := b.Text.Text
		if n := utf8.RuneCountInString(text); n > maxSection {
			t.Errorf("a section has %d characters", n)
		}
		if strings.ContainsAny(text, "\x1b\r\u202e") {
			t.Errorf("it steers: %q", text)
		}
		if b.Text.Type == "mrkdwn" { // outside of code and of our own link nothing of a stranger stands
			if !*b.Text.Verbatim {
				t.Error("links are guessed")
			}
			for i, part := range strings.Split(text, "`") {
				part = strings.TrimPrefix(part, "<https://github.com/acme/checkout/pull/412|")
				if i%2 == 0 && strings.Contains(part, "evil") && strings.ContainsAny(part, "`*_~|<") {
					t.Errorf("a stranger writes markdown: %q", part)
				}
			}
		}
		if strings.Contains(text, "<!channel") || strings.Contains(text, "<https://evil") || strings.Contains(text, "&amp;amp;amp;") {
			t.Errorf("it is obeyed: %q", text)
		}
	}
}

// Slack, as emulate plays it, shows what was posted.
func TestDeliverToEmulate(t *testing.T) {
	ruletest.Peer(t, "node_modules/emulate")
	port := notifytest.Port(t)
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	notifytest.Node(t, url, "node_modules/emulate/dist/index.js", "start", "--host", "127.0.0.1", "-p", fmt.Sprint(port), "-s", "slack")
	c, err := New(url+"/services/T000000001/B000000001/X000000001", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []notifier.Notice{notifytest.Notice(), notifytest.Hostile()} {
		if err := c.Deliver(t.Context(), n); err != nil {
			t.Error(err)
		}
	}
	var history struct {
		Messages []struct {
			Text   string
			Blocks []block
		}
	}
	const general = "C000000001" // where that webhook posts to
	ask(t, url+"/api/conversations.history", `{"channel": "`+general+`"}`, &history)
	if len(history.Messages) < 2 {
		t.Fatalf("Slack has %+v", history)
	}
	first := history.Messages[1] // the newest comes first
	if want := words(newMessage(notifytest.Notice())); first.Text != "checkout wants to change orders, which finance.kpi reads" || words(message{Blocks: first.Blocks}) != want {
		t.Errorf("Slack shows %+v", first)
	}
}

func ask(t *testing.T, url, question string, answer any) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(question))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer any"}, "Content-Type": {"application/json"}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		t.Fatalf("%s: %s", err, text)
	}
}

// A message of an app stays one: it is changed, and a line is added to its thread.
func TestAnAppChangesItsMessage(t *testing.T) {
	ruletest.Peer(t, "node_modules/emulate")
	port := notifytest.Port(t)
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	notifytest.Node(t, url, "node_modules/emulate/dist/index.js", "start", "--host", "127.0.0.1", "-p", fmt.Sprint(port), "-s", "slack")
	const general = "C000000001"
	a, err := NewAPI(url+"/api", "xoxb-any", true)
	if err != nil {
		t.Fatal(err)
	}
	n := notifytest.Notice()
	n.To = general
	place, err := a.Put(t.Context(), n, "")
	if err != nil || !strings.HasPrefix(place, general+" ") {
		t.Fatalf("%q, %v", place, err)
	}
	n.Change.State = notifier.Merged
	if again, err := a.Put(t.Context(), n, place); err != nil || again != place {
		t.Fatalf("%q, %v", again, err)
	}
	type posted struct {
		Text   string
		Thread string `json:"thread_ts"`
		Blocks []block
	}
	var history, thread struct{ Messages []posted }
	ask(t, url+"/api/conversations.history", `{"channel": "`+general+`"}`, &history)
	ask(t, url+"/api/conversations.replies", `{"channel": "`+general+`", "ts": "`+strings.Fields(place)[1]+`"}`, &thread)
	if len(history.Messages) != 1 || !strings.Contains(words(message{Blocks: history.Messages[0].Blocks})+history.Messages[0].Text, "checkout changed orders") {
		t.Errorf("the channel shows %+v", history)
	}
	if len(thread.Messages) != 2 || thread.Messages[1].Text != "This change is merged." {
		t.Errorf("the thread shows %+v", thread)
	}
}

func TestWhatSlackAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		code         int
		temporary    bool
		want         string
	}{
		{"posted", `{"ok":true,"channel":"C1234567","ts":"1.2"}`, 200, false, "<nil>"},
		{"no such channel", `{"ok":false,"error":"channel_not_found"}`, 200, false, "the receiver answered channel_not_found"},
		{"broken for a while", `{"ok":false,"error":"internal_error"}`, 200, true, "the receiver answered internal_error"},
		{"too much", `{"ok":false,"error":"ratelimited"}`, 429, true, `the receiver answered 429 Too Many Requests: {"ok":false,"error":"ratelimited"}`},
		{"a page", "<html>", 200, true, "the receiver's answer is no JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.code)
				fmt.Fprint(w, tt.answer)
			}))
			defer server.Close()
			a, err := NewAPI(server.URL, "xoxb-hush", true)
			if err != nil {
				t.Fatal(err)
			}
			err = a.Deliver(t.Context(), notifytest.Notice())
			var temporary *notifier.Temporary
			if errors.As(err, &temporary) != tt.temporary || fmt.Sprint(err) != tt.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Somebody deletes the message: it is posted anew.
func TestAMessageThatIsGone(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		asked = append(asked, req.URL.Path)
		if req.URL.Path == "/chat.update" {
			fmt.Fprint(w, `{"ok":false,"error":"message_not_found"}`)
			return
		}
		fmt.Fprint(w, `{"ok":true,"channel":"C1234567","ts":"3.4"}`)
	}))
	defer server.Close()
	a, _ := NewAPI(server.URL, "xoxb-hush", true)
	place, err := a.Put(t.Context(), notifytest.Notice(), "C1234567 1.2")
	if err != nil || place != "C1234567 3.4" || len(asked) != 2 {
		t.Errorf("%q, %v, %q", place, err, asked)
	}
}
