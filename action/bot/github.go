package bot

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
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/breakwater-data/breakwater/action/bot/store"
	"github.com/gofri/go-github-ratelimit/v2/github_ratelimit"
	"github.com/gofri/go-github-ratelimit/v2/github_ratelimit/github_primary_ratelimit"
	"github.com/gofri/go-github-ratelimit/v2/github_ratelimit/github_secondary_ratelimit"
	"github.com/google/go-github/v60/github"
)

// A GitHub is the forge as an App sees it.
type GitHub struct {
	API   *url.URL // https://api.github.com/
	AppID int64

	apps    *ghinstallation.AppsTransport
	plain   *http.Client // without a token
	metrics *metrics
	store   *store.Store

	mu      sync.Mutex
	clients map[int64]*github.Client // by installation; zero: the App itself
	tokens  map[int64]*ghinstallation.Transport
	login   string           // what we are called
	homes   map[string]int64 // the installation of a repository, where no event said it
	budgets map[int64]budget
}

// DefaultAPI is where GitHub's API is.
const DefaultAPI = "https://api.github.com"

// NewGitHub returns the forge whose API is at address, for the App of that id. The key
// is the App's, as PEM.
func NewGitHub(address string, app int64, key []byte) (*GitHub, error) {
	u, err := url.Parse(strings.TrimSuffix(address, "/") + "/")
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("the forge's API: want an address such as %s, got %q", DefaultAPI, cut(address, 200))
	}
	if app <= 0 {
		return nil, errors.New("the App's id: want a number above 0")
	}
	g := &GitHub{API: u, AppID: app, clients: make(map[int64]*github.Client), tokens: make(map[int64]*ghinstallation.Transport), homes: make(map[string]int64), budgets: make(map[int64]budget), plain: &http.Client{Transport: newTransport()}}
	g.apps, err = ghinstallation.NewAppsTransport(&counting{g, newTransport(), 0}, app, key)
	if err != nil {
		return nil, errors.New("the App's key: want an RSA key as PEM") // the error may quote it
	}
	g.apps.BaseURL = strings.TrimSuffix(u.String(), "/")
	return g, nil
}

// Limits of what is asked of the forge.
const (
	dialTime     = 10 * time.Second
	answerTime   = 30 * time.Second
	maxNap       = 20 * time.Second // the longest wait for the forge that a job sits through
	maxKept      = 1 << 20          // bytes of an answer that is kept
	perPage      = 100
	maxPages     = 50
	connsPerHost = 16
)

func newTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = (&net.Dialer{Timeout: dialTime, KeepAlive: 30 * time.Second}).DialContext
	t.ResponseHeaderTimeout = answerTime
	t.MaxConnsPerHost, t.MaxIdleConnsPerHost = connsPerHost, connsPerHost
	return t
}

// client returns who asks in the name of an installation; of zero: the App itself.
func (g *GitHub) client(installation int64) *github.Client {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c, ok := g.clients[installation]; ok {
		return c
	}
	var transport http.RoundTripper = g.apps
	if installation != 0 {
		t := ghinstallation.NewFromAppsTransport(g.apps, installation)
		t.BaseURL = g.apps.BaseURL
		g.tokens[installation] = t
		transport = &remembering{g, &identified{g, installation, t, &counting{g, newTransport(), installation}}, installation}
	}
	limited := func(limit string) { g.metrics.limited.WithLabelValues(limit).Inc() }
	c := github.NewClient(&http.Client{Transport: github_ratelimit.New(transport,
		github_primary_ratelimit.WithLimitDetectedCallback(func(*github_primary_ratelimit.CallbackContext) { limited("primary") }),
		github_secondary_ratelimit.WithLimitDetectedCallback(func(*github_secondary_ratelimit.CallbackContext) { limited("secondary") }),
		github_secondary_ratelimit.WithSingleSleepLimit(maxNap, func(*github_secondary_ratelimit.CallbackContext) {}),
	)})
	c.BaseURL = g.API
	g.clients[installation] = c
	return c
}

// token returns what lets git in, in the name of an installation. It holds for a minute
// at least.
func (g *GitHub) token(ctx context.Context, installation int64) (string, error) {
	g.client(installation) // makes it
	g.mu.Lock()
	t := g.tokens[installation]
	g.mu.Unlock()
	if t == nil {
		return "", fmt.Errorf("installation %d: the App itself reads no repository", installation)
	}
	return t.Token(ctx)
}

// web is where people and git meet the forge.
func (g *GitHub) web() string { return Web(g.API) }

// Web returns where people meet the forge whose API is at api.
func Web(api *url.URL) string {
	web := url.URL{Scheme: api.Scheme, Host: api.Host}
	if api.Host == "api.github.com" {
		web.Host = "github.com"
	} else if tenant, ok := strings.CutPrefix(api.Host, "api."); ok && strings.HasSuffix(tenant, ".ghe.com") {
		web.Host = tenant
	}
	return web.String()
}

// identified sends requests with the token of an installation. One that the forge does
// not take any more is not shown again: a new one is asked for, if there still is one.
type identified struct {
	*GitHub
	installation int64
	pass         *ghinstallation.Transport
	next         http.RoundTripper
}

func (t *identified) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := t.pass.Token(req.Context())
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	if req.GetBody != nil { // the limiter sends a request again as it left it
		if req.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
	req.Header.Set("Authorization", "token "+token)
	resp, err := t.next.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusUnauthorized {
		t.mu.Lock()
		if t.tokens[t.installation] == t.pass {
			delete(t.clients, t.installation)
			delete(t.tokens, t.installation)
		}
		t.mu.Unlock()
	}
	return resp, err
}

// remembering asks whether an answer changed since it was last given: if it did not,
// the question costs nothing.
type remembering struct {
	*GitHub
	next         http.RoundTripper
	installation int64
}

func (r *remembering) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet || keptForGood(req.URL.Path) {
		return r.next.RoundTrip(req)
	}
	name := fmt.Sprint(r.installation, " ", req.URL.RequestURI(), " ", req.Header.Get("Accept"))
	tag, kept, err := r.store.Answer(req.Context(), name)
	if err == nil && tag != "" {
		req = req.Clone(req.Context())
		req.Header.Set("If-None-Match", tag)
	}
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	switch fresh := resp.Header.Get("ETag"); {
	case resp.StatusCode == http.StatusNotModified && tag != "":
		link, body, _ := bytes.Cut(kept, []byte("\n"))
		resp.Body.Close()
		resp.StatusCode, resp.Status = http.StatusOK, "200 OK"
		resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		if len(link) > 0 {
			resp.Header.Set("Link", string(link))
		}
	case resp.StatusCode == http.StatusOK && fresh != "":
		body, err := io.ReadAll(io.LimitReader(resp.Body, maxKept+1))
		if err != nil {
			resp.Body.Close()
			return nil, err
		}
		rest := resp.Body
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), rest), rest}
		if len(body) <= maxKept {
			_ = r.store.KeepAnswer(req.Context(), name, fresh, append([]byte(resp.Header.Get("Link")+"\n"), body...)) // it costs a request at most
		}
	}
	return resp, nil
}

// keptForGood reports whether an answer never changes, and is kept as it is.
func keptForGood(path string) bool {
	return strings.Contains(path, "/git/") && !strings.Contains(path, "/git/matching-refs/") || strings.Contains(path, "/tarball/")
}

// as returns what the bot is called as an author, such as "breakwater[bot]".
func (g *GitHub) as(ctx context.Context) (string, error) {
	g.mu.Lock()
	login := g.login
	g.mu.Unlock()
	if login != "" {
		return login, nil
	}
	app, _, err := g.client(0).Apps.Get(ctx, "")
	if err != nil {
		return "", fmt.Errorf("who we are: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.login = app.GetSlug() + "[bot]"
	return g.login, nil
}

// of returns who asks about a repository. It finds out by which installation, where the
// event did not say that.
func (g *GitHub) of(ctx context.Context, s *store.Subject) (client *github.Client, owner, name string, err error) {
	owner, name, _ = strings.Cut(s.Repo, "/")
	if s.Installation != 0 {
		return g.client(s.Installation), owner, name, nil
	}
	g.mu.Lock()
	home := g.homes[s.Repo]
	g.mu.Unlock()
	if home == 0 {
		found, _, err := g.client(0).Apps.FindRepositoryInstallation(ctx, owner, name)
		if err != nil {
			return nil, "", "", fmt.Errorf("the installation of %s: %w", s.Repo, err)
		}
		home = found.GetID()
		g.mu.Lock()
		g.homes[s.Repo] = home
		g.mu.Unlock()
	}
	s.Installation = home
	return g.client(home), owner, name, nil
}

// status returns the code of the forge's answer behind an error; zero: there was none.
func status(err error) int {
	if answer, ok := errors.AsType[*github.ErrorResponse](err); ok && answer.Response != nil {
		return answer.Response.StatusCode
	}
	if answer, ok := errors.AsType[*ghinstallation.HTTPError](err); ok && answer.Response != nil {
		return answer.Response.StatusCode
	}
	return 0
}

// wait returns how long the forge wants to be left alone; zero: it does not say so.
func wait(err error, now time.Time) time.Duration {
	const aWhile = time.Minute
	if limit, ok := errors.AsType[*github_primary_ratelimit.RateLimitReachedError](err); ok && limit.ResetTime != nil {
		return max(limit.ResetTime.Sub(now), time.Second)
	}
	if limit, ok := errors.AsType[*github.RateLimitError](err); ok {
		return max(limit.Rate.Reset.Sub(now), time.Second)
	}
	if abuse, ok := errors.AsType[*github.AbuseRateLimitError](err); ok {
		if abuse.RetryAfter != nil {
			return max(*abuse.RetryAfter, time.Second)
		}
		return aWhile
	}
	answer, ok := errors.AsType[*github.ErrorResponse](err)
	if !ok || answer.Response == nil || status(err) != http.StatusTooManyRequests && status(err) != http.StatusForbidden {
		return 0
	}
	seconds, notSaid := strconv.Atoi(answer.Response.Header.Get("Retry-After"))
	switch {
	case notSaid == nil:
		return time.Duration(min(max(seconds, 1), 3600)) * time.Second
	case status(err) == http.StatusTooManyRequests:
		return aWhile
	}
	return 0
}

// gone reports whether the forge says that what was asked for is not there, or not for
// us: the repository was deleted, the App removed, a permission taken back.
func gone(err error) bool {
	switch status(err) {
	case http.StatusNotFound, http.StatusGone, http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return wait(err, time.Time{}) == 0
	}
	return false
}

// refused reports whether the forge says that what is asked cannot be, as it does of
// commits that are nowhere any more, or of a repository without any.
func refused(err error) bool {
	code := status(err)
	return code == http.StatusUnprocessableEntity || code == http.StatusConflict
}
