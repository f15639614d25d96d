// Package channels opens the channels that a configuration declares, and sends
// notices through them.
package channels

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/notifier"
	"github.com/breakwater-data/breakwater/notifier/email"
	"github.com/breakwater-data/breakwater/notifier/shoutrrr"
	"github.com/breakwater-data/breakwater/notifier/slack"
	"github.com/breakwater-data/breakwater/notifier/webhook"
)

// LoopbackVariable, when it is set, lets a web address be http on this machine, which
// is where tests have their receivers.
const LoopbackVariable = "BREAKWATER_LOOPBACK"

// Open opens the channels that notices go through, by name. Secrets come from the
// environment. A channel that cannot be opened keeps no other from it: Open returns
// those that it opened together with all that is wrong.
func Open(c notifier.Config, notices []notifier.Notice, getenv func(string) string, now func() time.Time) (map[string]notifier.Channel, error) {
	open := make(map[string]notifier.Channel)
	var errs []error
	for _, d := range c.Channels {
		if !slices.ContainsFunc(notices, func(n notifier.Notice) bool { return n.Channel == d.Name }) {
			continue
		}
		channel, err := opener{d, getenv, now}.open()
		if err != nil {
			errs = append(errs, source.Errorf(d.Span, "channel %q: %w", d.Name, err))
			continue
		}
		open[d.Name] = channel
	}
	return open, errors.Join(errs...)
}

// Send opens the channels that notices need and delivers those that are not known,
// as [notifier.Send] does. An error that holds a [source.Error] is, in part, one of
// the configuration or the environment.
func Send(ctx context.Context, c notifier.Config, notices []notifier.Notice, known []string, getenv func(string) string, now func() time.Time) (delivered []string, err error) {
	due := slices.DeleteFunc(slices.Clone(notices), func(n notifier.Notice) bool { return slices.Contains(known, n.Key) })
	open, err := Open(c, due, getenv, now)
	due = slices.DeleteFunc(due, func(n notifier.Notice) bool { return open[n.Channel] == nil }) // err says why
	delivered, sendErr := notifier.Send(ctx, due, open, nil)
	return delivered, errors.Join(err, sendErr)
}

// One opens one channel.
func One(d notifier.Declaration, getenv func(string) string, now func() time.Time) (notifier.Channel, error) {
	return opener{d, getenv, now}.open()
}

type opener struct {
	notifier.Declaration
	getenv func(string) string
	now    func() time.Time
}

func (o opener) open() (notifier.Channel, error) {
	loopback := o.getenv(LoopbackVariable) != ""
	switch o.Kind {
	case notifier.GitHub:
		return nil, errors.New("only the bot opens issues; see breakwater serve")
	case notifier.Shoutrrr:
		address, err := o.secret(o.URLEnv)
		if err != nil {
			return nil, err
		}
		return shoutrrr.New(address, loopback)
	case notifier.Slack:
		if o.TokenEnv != "" {
			token, err := o.secret(o.TokenEnv)
			if err != nil {
				return nil, err
			}
			return slack.NewAPI(o.URL, token, loopback)
		}
		address, err := o.secret(o.URLEnv)
		if err != nil {
			return nil, err
		}
		return slack.New(address, loopback)
	case notifier.Webhook:
		address, secret := o.URL, ""
		var err error
		if o.URLEnv != "" {
			address, err = o.secret(o.URLEnv)
		}
		if err == nil {
			secret, err = o.secret(o.SecretEnv)
		}
		if err != nil {
			return nil, err
		}
		return webhook.New(address, secret, loopback, o.now)
	case notifier.Email:
		username, err := o.secret(o.UsernameEnv)
		if err != nil {
			return nil, err
		}
		password, err := o.secret(o.PasswordEnv)
		if err != nil {
			return nil, err
		}
		return email.New(o.Declaration, username, password)
	}
	return nil, fmt.Errorf("there is no kind %q", o.Kind)
}

// secret returns what the variable called name holds; no name is no secret.
func (o opener) secret(name string) (string, error) {
	value := ""
	if name != "" {
		value = o.getenv(name)
	}
	if name != "" && value == "" {
		return "", fmt.Errorf("the environment variable %s is not set", name)
	}
	return value, nil
}
