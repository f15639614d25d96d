// Package shoutrrr sends notices to whatever a URL of the library of that name leads
// to: Teams, Discord, Google Chat, Matrix, ntfy and others.
//
// What arrives is a few lines of plain text: it is the long tail, and each of them has
// rules of its own. Such a URL holds the secret, so no error repeats one.
package shoutrrr

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/breakwater-data/breakwater/notifier"
	"github.com/nicholas-fedor/shoutrrr"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
)

// A Channel is one URL.
type Channel struct{ sender *router.ServiceRouter }

// New takes a URL such as discord://token@id. It may lead over http, or to this machine,
// only where loopback allows that.
func New(address string, loopback bool) (*Channel, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return nil, errors.New("want a URL of shoutrrr such as discord://token@id")
	}
	service, _, _ := strings.Cut(u.Scheme, "+")
	switch {
	case service == "logger" || service == "smtp" || service == "script":
		return nil, errors.New("want a URL of a service that other kinds of channels do not have; smtp is the kind email, and a log tells nobody")
	case u.Query().Has("disabletls") && u.Query().Get("disabletls") != "no" && !loopback, strings.HasSuffix(u.Scheme, "+http") && !loopback:
		return nil, errors.New("want a URL that keeps TLS")
	}
	sender, err := shoutrrr.CreateSender(address)
	if err != nil {
		return nil, errors.New("the URL is none that shoutrrr knows; see the list of its services") // the error may quote it
	}
	return &Channel{sender}, nil
}

// Deliver implements [notifier.Channel]. The library says neither what an answer was nor
// when to come back, so what fails is tried again.
func (c *Channel) Deliver(ctx context.Context, n notifier.Notice) error {
	sent := make(chan error, 1)
	go func() { sent <- errors.Join(c.sender.Send(text(n), nil)...) }()
	select {
	case <-ctx.Done():
		return &notifier.Temporary{Err: errors.New("the receiver does not answer")}
	case err := <-sent:
		if err != nil {
			return &notifier.Temporary{Err: errors.New("the receiver did not take it")}
		}
		return nil
	}
}

// text writes n in lines. Whatever a receiver might obey in it is broken up: marks of
// Markdown, mentions and tags.
func text(n notifier.Notice) string {
	safe := func(s string) string {
		return strings.NewReplacer("@", "@\u200b", "<", "‹", ">", "›", "*", "∗", "_", "＿", "`", "ʼ", "[", "(", "]", ")", "|", "¦", "#", "＃").Replace(s)
	}
	name := func(s string) string { return safe(notifier.Name(s)) }
	lines := []string{n.Headline(name) + "."}
	if n.Change.Name() != "" {
		lines = append(lines, safe(n.Change.Name())+" ("+n.Change.Stage()+")")
	}
	if n.Change.URL != "" {
		lines = append(lines, n.Change.URL)
	}
	shown, more := n.Shown()
	for _, f := range shown {
		lines = append(lines, "- "+safe(f.Label()+": "+f.What()+"; "+f.Why()))
	}
	if more := notifier.More(more); more != "" {
		lines = append(lines, more)
	}
	return strings.Join(append(lines, n.Next(name)), "\n")
}
