// Package email sends notices by SMTP.
//
// Such a mail has the notice's key as its Message-ID, so one that arrives twice is
// shown once, and it refers to the notice's thread, so that mail programs show together
// what one consumer hears of one change.
package email

import (
	"context"
	"crypto/tls"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/wneessen/go-mail"
)

// A Channel is one mail server, and the address that it sends from.
type Channel struct {
	host, from, domain string
	username, password string
	tls                *tls.Config
	options            []mail.Option
	text               *texttemplate.Template
	html               *htmltemplate.Template
}

//go:embed *.tmpl
var templates embed.FS

// timeout is how long one step of a delivery may take.
const timeout = 10 * time.Second

// New takes a mail channel as it is declared, with what its environment variables
// hold; an empty username means that the server asks for none.
func New(d notifier.Declaration, username, password string) (*Channel, error) {
	host, service, err := net.SplitHostPort(d.Server)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("want a port from 1 to 65535 for the mail server, got %q", service)
	}
	c := &Channel{
		host: host, from: d.From, domain: d.From[strings.LastIndexByte(d.From, '@')+1:],
		username: username, password: password, tls: &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12},
	}
	c.options = []mail.Option{
		mail.WithPort(int(number)), mail.WithTimeout(timeout), mail.WithHELO("breakwater." + c.domain), mail.WithTLSConfig(c.tls),
	}
	switch d.TLS {
	case notifier.NoTLS:
		c.options = append(c.options, mail.WithTLSPolicy(mail.NoTLS))
	case notifier.DirectTLS:
		c.options = append(c.options, mail.WithSSL())
	default:
		c.options = append(c.options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if username != "" {
		c.options = append(c.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(username), mail.WithPassword(password))
	}
	if c.text, err = texttemplate.ParseFS(templates, "*.txt.tmpl"); err != nil {
		return nil, err
	}
	c.html, err = htmltemplate.ParseFS(templates, "*.html.tmpl")
	return c, err
}

// Deliver implements [notifier.Channel].
func (c *Channel) Deliver(ctx context.Context, n notifier.Notice) error {
	msg, err := c.message(n)
	if err != nil {
		return err
	}
	return c.send(ctx, msg, n.To)
}

// Gather implements [notifier.Gatherer].
func (c *Channel) Gather(ctx context.Context, key string, notices []notifier.Notice) error {
	first := notices[0]
	msg, err := c.envelope(key, first.To, fmt.Sprintf("%d changes to what you read", len(notices)), first.Time)
	if err != nil {
		return err
	}
	var text, html []view
	for _, n := range notices {
		text, html = append(text, newView(n, plain)), append(html, newView(n, marked))
	}
	if err := msg.SetBodyTextTemplate(c.text.Lookup("digest.txt.tmpl"), text); err != nil {
		return err
	}
	if err := msg.AddAlternativeHTMLTemplate(c.html.Lookup("digest.html.tmpl"), html); err != nil {
		return err
	}
	return c.send(ctx, msg, first.To)
}

func (c *Channel) send(ctx context.Context, msg *mail.Msg, recipient string) error {
	client, err := mail.NewClient(c.host, c.options...) // one for each: a client is one conversation
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return c.explain(err, recipient)
	}
	return nil
}

// A view is what the templates show: of the sentences that have names in them, text
// or HTML.
type view struct {
	notifier.Notice
	Shown          []notifier.Finding
	More           string
	Headline, Next any
}

func plain(s notifier.Sentence) any { return s(notifier.Name) }

func marked(s notifier.Sentence) any {
	return htmltemplate.HTML(s(func(name string) string {
		return "<strong>" + htmltemplate.HTMLEscapeString(notifier.Name(name)) + "</strong>"
	}))
}

func newView(n notifier.Notice, render func(notifier.Sentence) any) view {
	shown, more := n.Shown()
	return view{n, shown, notifier.More(more), render(n.Headline), render(n.Next)}
}

// envelope makes a mail without its text.
func (c *Channel) envelope(key, to, subject string, at time.Time) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.FromFormat("Breakwater", c.from), msg.To(to)); err != nil {
		return nil, errors.New("the address of the sender or of the recipient cannot be used") // no error names a recipient
	}
	msg.Subject(subject)
	msg.SetMessageIDWithValue(key + "@" + c.domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // out-of-office programs do not answer
	msg.SetDateWithValue(at)
	return msg, nil
}

func (c *Channel) message(n notifier.Notice) (*mail.Msg, error) {
	msg, err := c.envelope(n.Key, n.To, n.Headline(notifier.Name), n.Time)
	if err != nil {
		return nil, err
	}
	thread := "<" + n.Thread + ".thread@" + c.domain + ">"
	msg.SetGenHeader(mail.HeaderReferences, thread)
	msg.SetGenHeader(mail.HeaderInReplyTo, thread)
	if err := msg.SetBodyTextTemplate(c.text.Lookup("notice.txt.tmpl"), newView(n, plain)); err != nil {
		return nil, err
	}
	return msg, msg.AddAlternativeHTMLTemplate(c.html.Lookup("notice.html.tmpl"), newView(n, marked))
}

// minRedacted is how long a text has to be to be worth hiding: a shorter one hides
// nothing but half of the other words.
const minRedacted = 4

// explain says what the server said, without the recipient and the credentials,
// which servers like to repeat.
func (c *Channel) explain(err error, recipient string) error {
	text := "the mail server: " + report.Plain(err.Error())
	for _, secret := range []string{recipient, c.username, c.password} {
		if len(secret) >= minRedacted {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	if isTemporary(err) {
		return &notifier.Temporary{Err: errors.New(text)}
	}
	return errors.New(text)
}

// isTemporary reports whether the server asked to come back later (4xx), or could
// not be reached.
func isTemporary(err error) bool {
	var sending *mail.SendError
	var answer *textproto.Error
	var network net.Error
	switch {
	case errors.As(err, &sending):
		return sending.IsTemp()
	case errors.As(err, &answer):
		return answer.Code/100 == 4
	}
	return errors.As(err, &network)
}
