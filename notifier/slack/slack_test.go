package slack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/internal/notifytest"
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
			"It is merged. Adapt what reads it, or talk to `@acme/checkout`. Earliest removal, when its notice has passed: 23 Dec 2026.\n" +
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
