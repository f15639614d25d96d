package bot

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A budget is what the forge says of how much it still takes of an installation. Answers
// that had not changed cost nothing of it.
type budget struct {
	left, limit int
	reset       time.Time
}

// reserve is the part of an hour's requests that only checks of pull requests may use:
// what can wait waits for the next hour.
const reserve = 0.25

// spare returns how long what can wait has to, so that checks of pull requests find
// something left; zero: there is enough.
func (g *GitHub) spare(installation int64, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	b, known := g.budgets[installation]
	if !known || b.limit == 0 || !now.Before(b.reset) || float64(b.left) >= reserve*float64(b.limit) {
		return 0
	}
	return min(b.reset.Sub(now), time.Hour)
}

// counting counts requests, and notes what the forge says of the budget.
type counting struct {
	*GitHub
	next         http.RoundTripper
	installation int64 // zero: the App itself
}

func (c *counting) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if c.metrics == nil {
		return resp, err
	}
	if err != nil {
		c.metrics.requests.WithLabelValues("none").Inc()
		return resp, err
	}
	class := strconv.Itoa(resp.StatusCode/100) + "xx"
	if resp.StatusCode == http.StatusNotModified {
		class = "304"
	} else if c.installation != 0 {
		c.metrics.calls.WithLabelValues(kindOf(req)).Inc()
	}
	c.metrics.requests.WithLabelValues(class).Inc()
	if resource := resp.Header.Get("X-RateLimit-Resource"); resource == "" || resource == "core" {
		c.note(resp.Header)
	}
	return resp, nil
}

// note remembers what the forge says of the budget. Of answers that cross each other on
// the way the one that says less is the later.
func (c *counting) note(h http.Header) {
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if err != nil {
		return
	}
	name := "app"
	if c.installation != 0 {
		name = strconv.FormatInt(c.installation, 10)
	}
	next := budget{left: left}
	limit, err1 := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	seconds, err2 := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if err1 == nil && err2 == nil {
		next.limit, next.reset = limit, time.Unix(seconds, 0)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if was := c.budgets[c.installation]; was.reset.Equal(next.reset) && was.left < left {
		next.left = was.left
	}
	c.budgets[c.installation] = next
	c.metrics.budget.WithLabelValues(name).Set(float64(next.left))
}

// kindOf says what a request is for, in a word that no stranger chose.
func kindOf(req *http.Request) string {
	path := req.URL.Path
	for _, k := range [...]struct{ part, kind string }{
		{"/installation/repositories", "sweep"}, {"/compare/", "compare"}, {"/git/trees/", "tree"}, {"/git/blobs/", "blob"}, {"/tarball/", "archive"},
		{"/git/", "refs"}, {"check-runs", "run"}, {"/reviews", "people"}, {"/teams/", "people"}, {"/collaborators/", "people"},
		{"/comments", "comment"}, {"/issues", "issue"}, {"/pulls/", "pull"}, {"/pulls", "sweep"}, {"/commits/", "registry"}, {"/repos/", "registry"},
	} {
		if strings.Contains(path, k.part) {
			return k.kind
		}
	}
	return "other"
}
