// Package slack posts notices to an incoming webhook of Slack.
//
// Such a webhook posts to one channel, the one that it was made for, and knows
// neither edits nor repetition: a notice that is sent twice is shown twice. So whoever
// calls [notifier.Send] keeps the keys of what was delivered.
package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/internal/post"
)

// A Channel is one incoming webhook.
type Channel struct{ target post.Target }

// New takes the address of an incoming webhook, which is its secret as well.
func New(address string, loopback bool) (*Channel, error) {
	target, err := post.NewTarget(address, loopback)
	return &Channel{target}, err
}

// quoted is how much of Slack's answer an error repeats: "no_service".
const quoted = 100

// Deliver implements [notifier.Channel].
func (c *Channel) Deliver(ctx context.Context, n notifier.Notice) error {
	body, err := json.Marshal(newMessage(n))
	if err != nil {
		return err
	}
	return c.target.Post(ctx, http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body, quoted)
}

// The parts of a message that are used here, in the names of Slack's Block Kit.
type (
	message struct {
		Text        string  `json:"text"` // where blocks are not shown, such as in a notification
		Markdown    bool    `json:"mrkdwn"`
		Blocks      []block `json:"blocks"`
		UnfurlLinks bool    `json:"unfurl_links"`
		UnfurlMedia bool    `json:"unfurl_media"`
	}
	block struct {
		Type     string   `json:"type"`
		Text     *text    `json:"text,omitempty"`
		Elements []button `json:"elements,omitempty"`
	}
	text struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		Emoji    *bool  `json:"emoji,omitempty"`    // of plain_text: :name: is no picture
		Verbatim *bool  `json:"verbatim,omitempty"` // of mrkdwn: what looks like a link or a name is none
	}
	button struct {
		Type string `json:"type"`
		Text text   `json:"text"`
		URL  string `json:"url"`
	}
)

// newMessage writes n. What strangers wrote stands in plain text, in code or in the
// name of a link, and everywhere without the three characters that Slack obeys.
func newMessage(n notifier.Notice) message {
	m := message{Text: escape(n.Headline(notifier.Name))}
	m.add(section(n.Headline(code)))
	if n.Change.Name() != "" {
		m.add(section(change(n.Change)))
	}
	shown, more := n.Shown()
	for _, f := range shown {
		m.add(plain(f.Label() + ": " + f.What() + "\n" + f.Why()))
	}
	m.add(section(strings.TrimSpace(notifier.More(more) + " " + n.Next(code))))
	if n.Wanted != "" {
		m.add(section("Meant for " + code(n.Wanted) + "; this webhook posts here."))
	}
	if n.Change.URL != "" {
		see := text{Type: "plain_text", Text: "See the change"}
		m.add(block{Type: "actions", Elements: []button{{Type: "button", Text: see, URL: n.Change.URL}}})
	}
	return m
}

func (m *message) add(b block) { m.Blocks = append(m.Blocks, b) }

func section(markdown string) block {
	return block{Type: "section", Text: &text{Type: "mrkdwn", Text: markdown, Verbatim: new(true)}}
}

func plain(words string) block {
	return block{Type: "section", Text: &text{Type: "plain_text", Text: escape(words), Emoji: new(false)}}
}

// change links to the change by its name.
func change(c notifier.Change) string {
	name := strings.NewReplacer("*", "∗", "_", "＿", "~", "∼", "`", "ʼ", "|", "¦").Replace(escape(c.Name()))
	if c.URL != "" {
		name = "<" + strings.ReplaceAll(escape(c.URL), "|", "%7C") + "|" + name + ">"
	}
	return name + " (" + c.Stage() + ")"
}

// escape writes the characters that Slack obeys as it wants them.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// code writes a name so that nothing in it is obeyed.
func code(name string) string {
	return "`" + strings.ReplaceAll(escape(notifier.Name(name)), "`", "ʼ") + "`"
}
