// Package post sends a message to a web address that somebody declared, and to no
// other: it follows no redirect. An address may be a secret (that of a Slack webhook
// is), so no error names it.
package post

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/notifier"
)

// A Target is an address that messages go to. Make one with [NewTarget].
type Target struct {
	url    string
	client *http.Client
}

// NewTarget takes the address of a receiver: https, or http on this machine where
// loopback allows that.
func NewTarget(address string, loopback bool) (Target, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil: // the error of url.Parse repeats the address
		return Target{}, errors.New("want a URL such as https://events.acme.example/breakwater, without a user or a password")
	case u.Scheme == "https":
	case u.Scheme == "http" && loopback && isLoopback(u.Hostname()):
	default:
		return Target{}, errors.New("want a URL that begins with https://")
	}
	return Target{url: u.String(), client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// maxAnswer is how much of an answer is read.
const maxAnswer = 64 << 10

// Post sends body once. An answer that is no success is an error; it repeats the
// first quote bytes of what the receiver says, whose words may come from anywhere.
func (t Target) Post(ctx context.Context, header http.Header, body []byte, quote int) error {
	_, err := t.Ask(ctx, header, body, quote)
	return err
}

// Ask sends body once, as [Target.Post] does, and returns the beginning of the answer.
func (t Target) Ask(ctx context.Context, header http.Header, body []byte, quote int) (answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the receiver's URL cannot be used")
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", "breakwater")
	res, err := t.client.Do(req)
	if err != nil {
		var wrapped *url.Error // which has the address
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		if cause := context.Cause(ctx); errors.Is(cause, context.Canceled) {
			return nil, cause
		}
		return nil, &notifier.Temporary{Err: fmt.Errorf("the receiver cannot be reached: %w", err)}
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer)) // the status says enough
	if res.StatusCode/100 == 2 {
		return text, nil
	}
	return nil, refusal(res, string(text[:min(len(text), quote)]))
}

// refusal says what an answer means that is no success.
func refusal(res *http.Response, text string) error {
	err := fmt.Errorf("the receiver answered %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	if text = strings.TrimSpace(report.Plain(text)); text != "" {
		err = fmt.Errorf("%w: %s", err, text)
	}
	switch {
	case res.StatusCode/100 == 3:
		return fmt.Errorf("%w; a redirect is not followed", err)
	case res.StatusCode/100 == 5, res.StatusCode == http.StatusTooManyRequests, res.StatusCode == http.StatusRequestTimeout:
		return &notifier.Temporary{Err: err, After: retryAfter(res)}
	}
	return err
}

// retryAfter returns how long the receiver wants to be left alone, zero if it does
// not say so in seconds or by a date.
func retryAfter(res *http.Response) time.Duration {
	text := res.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), 3600)) * time.Second
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(res.Header.Get("Date")) // by the receiver's own clock
	if err != nil {
		return 0
	}
	return max(until.Sub(now), 0)
}
