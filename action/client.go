package action

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/hashicorp/go-retryablehttp"
)

// Limits of what is asked of the forge.
const (
	requestTime = 20 * time.Second // for one request
	attempts    = 4                // of one request
	maxPatience = 30 * time.Second // the longest wait that the forge may ask for
)

// NewClient returns a client of the forge's API at base, such as
// https://api.github.com. It asks again where that helps: soon after a server's
// error (after pause, then twice that), and when the forge says so after too many
// requests, unless that is long. What fails after that is the answer.
func NewClient(base, token string, pause time.Duration) (*github.Client, error) {
	u, err := url.Parse(strings.TrimSuffix(base, "/") + "/")
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, inputErrorf("the forge's API: want an address such as https://api.github.com, got %q", cut(base, 200))
	}
	patient := retryablehttp.NewClient()
	patient.HTTPClient.Timeout = requestTime
	patient.Logger = nil
	patient.RetryMax = attempts - 1
	patient.RetryWaitMin, patient.RetryWaitMax = pause, 4*pause
	patient.CheckRetry = worthwhile
	patient.Backoff = func(least, most time.Duration, attempt int, resp *http.Response) time.Duration {
		if wait := asked(resp); wait > 0 {
			return wait
		}
		return retryablehttp.DefaultBackoff(least, most, attempt, nil)
	}
	patient.ErrorHandler = retryablehttp.PassthroughErrorHandler
	client := github.NewClient(patient.StandardClient())
	if token != "" {
		client = client.WithAuthToken(token)
	}
	client.BaseURL = u
	return client, nil
}

// worthwhile reports whether to ask again.
func worthwhile(ctx context.Context, resp *http.Response, err error) (bool, error) {
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case err != nil:
		return retryablehttp.DefaultRetryPolicy(ctx, resp, err)
	case resp.StatusCode == http.StatusForbidden, resp.StatusCode == http.StatusTooManyRequests:
		wait := asked(resp)
		return 0 < wait && wait <= maxPatience, nil
	}
	return resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented, nil
}

// asked returns how long the forge asks to wait after too many requests; zero: it
// does not say.
func asked(resp *http.Response) time.Duration {
	if resp == nil || resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusTooManyRequests {
		return 0
	}
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > int(time.Hour/time.Second) {
		return 0
	}
	return max(time.Duration(seconds)*time.Second, time.Millisecond)
}

// status returns the answer's code behind an error; zero: there was no answer.
func status(resp *github.Response) int {
	if resp == nil || resp.Response == nil {
		return 0
	}
	return resp.StatusCode
}

// viewer returns who the client is, as the author of a comment is named. The token
// of a workflow may not ask the first question, and a forge in a test not know the
// second.
func viewer(ctx context.Context, client *github.Client) (string, error) {
	user, resp, err := client.Users.Get(ctx, "")
	switch {
	case err == nil:
		return user.GetLogin(), nil
	case status(resp) != http.StatusForbidden && status(resp) != http.StatusNotFound:
		return "", fmt.Errorf("who the token is: %w", err)
	}
	path := "graphql"
	if strings.HasSuffix(client.BaseURL.Path, "/v3/") { // GitHub Enterprise Server
		path = "../graphql"
	}
	var answer struct {
		Data struct {
			Viewer struct {
				Login string `json:"login"`
			} `json:"viewer"`
		} `json:"data"`
	}
	req, err := client.NewRequest(http.MethodPost, path, map[string]string{"query": "{viewer{login}}"})
	if err != nil {
		return "", err
	}
	if _, err := client.Do(ctx, req, &answer); err == nil && answer.Data.Viewer.Login != "" {
		return answer.Data.Viewer.Login, nil
	}
	return actionsBot, nil
}

// actionsBot is who a workflow's own token is.
const actionsBot = "github-actions[bot]"
