package action

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"
)

// A Comment is the one comment that Breakwater keeps on a pull request: made once,
// and edited from then on. It is known by its first line, a marker, and by its author:
// anybody can paste a marker.
type Comment struct {
	Client      *github.Client
	Owner, Repo string
	Number      int    // of the pull request
	ID          string // tells it from those of other workflows and jobs: see [CommentID]
	Rev         string // the head that is reported on; empty: it is about none
	Author      string // who we are, as an author is named; empty: the forge is asked
	None        bool   // there was none of anybody's when it was begun, and nobody else makes one of ours
}

// A Body is what a Comment is to say.
type Body struct {
	Render  func(limit int) string // Markdown of at most limit bytes
	Create  bool                   // even if there is no comment yet
	Notices []string               // keys of notices that were delivered since
}

// Limits of a comment. GitHub takes this many characters; bytes are never fewer.
const (
	maxComment  = 65_536
	minComment  = 2_000 // below this a refusal has another reason than the length
	maxNotices  = 100   // keys; the latest are kept
	maxNotice   = 128   // bytes of a key
	maxID       = 100   // bytes
	maxPages    = 30    // of a hundred comments
	perPage     = 100
	maxRewrites = 3 // of a comment that is deleted while we write it
)

// ErrOutdated says that a pull request has a newer head than the one that is
// reported on, whose own run will report.
var ErrOutdated = errors.New("the pull request has a newer head")

var (
	unfit     = regexp.MustCompile(`[^A-Za-z0-9._/]+`)
	isNotice  = regexp.MustCompile(`^[A-Za-z0-9._:/=]+(-[A-Za-z0-9._:/=]+)*$`)
	noticesAt = regexp.MustCompile(`^<!-- breakwater:report [^\n]*-->\r?\n<!-- breakwater:notices ([^\n]*) -->`)
)

// CommentID makes an id of a comment of any text. What does not fit into a marker is
// left out, so that no text ends it.
func CommentID(text string) string {
	id := strings.Trim(unfit.ReplaceAllString(text, "-"), "-")
	if id != text || len(id) > maxID {
		id = id[:min(len(id), maxID)] + "." + short(text)
	}
	return id
}

// Delivered returns the keys of the notices that the comment remembers.
func (c *Comment) Delivered(ctx context.Context) ([]string, error) {
	own, err := c.own(ctx)
	if err != nil || len(own) == 0 {
		return nil, err
	}
	return notices(own[0]), nil
}

// Put makes the comment, or edits it, and returns where it is: "" if there is none.
// A body that is too long for the forge is rendered again, shorter. Of several
// comments, which racing jobs may leave, the first is kept.
func (c *Comment) Put(ctx context.Context, b Body) (url string, err error) {
	for range maxRewrites {
		own, err := c.own(ctx)
		if err != nil || len(own) == 0 && !b.Create {
			return "", err
		}
		var mine *github.IssueComment
		if len(own) > 0 {
			mine = own[0]
		}
		written, err := c.write(ctx, b, mine)
		switch {
		case errors.Is(err, errDeleted):
			b.Create = true // it was there, and is wanted
			continue
		case err != nil:
			return "", err
		}
		if mine == nil { // another job may have made one meanwhile
			if own, err = c.by(ctx, written.GetUser().GetLogin()); err != nil || len(own) == 0 {
				return written.GetHTMLURL(), err
			}
		}
		if err := c.forget(ctx, own[1:]); err != nil {
			return written.GetHTMLURL(), err
		}
		if own[0].GetID() == written.GetID() {
			return written.GetHTMLURL(), nil
		}
	}
	return "", fmt.Errorf("the comment on pull request %d disappears whenever it is written", c.Number)
}

var errDeleted = errors.New("the comment was deleted")

// write edits mine, or makes a comment if it is nil.
func (c *Comment) write(ctx context.Context, b Body, mine *github.IssueComment) (*github.IssueComment, error) {
	for limit := maxComment; ; limit /= 2 {
		text := c.text(b, mine, limit)
		if mine != nil && strings.ReplaceAll(mine.GetBody(), "\r\n", "\n") == text {
			return mine, nil
		}
		if err := c.current(ctx); err != nil {
			return nil, err
		}
		written, resp, err := c.send(ctx, &github.IssueComment{Body: &text}, mine)
		switch {
		case err == nil:
			return written, nil
		case mine != nil && (status(resp) == http.StatusNotFound || status(resp) == http.StatusGone):
			return nil, errDeleted
		case status(resp) != http.StatusUnprocessableEntity || limit/2 < minComment:
			return nil, fmt.Errorf("comment on pull request %d: %w", c.Number, err)
		}
	}
}

func (c *Comment) send(ctx context.Context, to, mine *github.IssueComment) (*github.IssueComment, *github.Response, error) {
	if mine != nil {
		return c.Client.Issues.EditComment(ctx, c.Owner, c.Repo, mine.GetID(), to)
	}
	return c.Client.Issues.CreateComment(ctx, c.Owner, c.Repo, c.Number, to)
}

// current returns ErrOutdated if the pull request has moved on.
func (c *Comment) current(ctx context.Context) error {
	if c.Rev == "" {
		return nil
	}
	pr, _, err := c.Client.PullRequests.Get(ctx, c.Owner, c.Repo, c.Number)
	switch {
	case err != nil:
		return fmt.Errorf("pull request %d: %w", c.Number, err)
	case pr.GetHead().GetSHA() != c.Rev:
		return ErrOutdated
	}
	return nil
}

// mark begins the first line of the comment.
func (c *Comment) mark() string { return fmt.Sprintf("<!-- breakwater:report id=%s ", c.ID) }

// text writes the whole comment, of at most limit bytes.
func (c *Comment) text(b Body, mine *github.IssueComment, limit int) string {
	head := fmt.Sprintf("%srev=%s -->\n", c.mark(), c.Rev)
	var keys []string
	for _, key := range append(notices(mine), b.Notices...) {
		if len(key) <= maxNotice && isNotice.MatchString(key) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	if keys = keys[max(0, len(keys)-maxNotices):]; len(keys) > 0 {
		head += fmt.Sprintf("<!-- breakwater:notices %s -->\n", strings.Join(keys, " "))
	}
	return head + strings.TrimSpace(b.Render(limit-len(head))) // the forge trims it, too
}

// notices returns the keys that a comment remembers.
func notices(mine *github.IssueComment) []string {
	found := noticesAt.FindStringSubmatch(mine.GetBody())
	if found == nil {
		return nil
	}
	return strings.Fields(found[1])
}

// own returns our comments, the first made first.
func (c *Comment) own(ctx context.Context) ([]*github.IssueComment, error) {
	if c.None {
		c.None = false
		return nil, nil
	}
	return c.by(ctx, c.Author)
}

// by is own for an author who is known already.
func (c *Comment) by(ctx context.Context, login string) ([]*github.IssueComment, error) {
	opts := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: perPage}}
	var marked []*github.IssueComment
	for range maxPages {
		page, resp, err := c.Client.Issues.ListComments(ctx, c.Owner, c.Repo, c.Number, opts)
		if err != nil {
			return nil, fmt.Errorf("comments of pull request %d: %w", c.Number, err)
		}
		for _, comment := range page {
			if strings.HasPrefix(comment.GetBody(), c.mark()) {
				marked = append(marked, comment)
			}
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			break
		}
	}
	if len(marked) == 0 {
		return nil, nil
	}
	if login == "" {
		var err error
		if login, err = viewer(ctx, c.Client); err != nil {
			return nil, err
		}
	}
	own := slices.DeleteFunc(marked, func(m *github.IssueComment) bool { return !strings.EqualFold(m.GetUser().GetLogin(), login) })
	slices.SortFunc(own, func(a, b *github.IssueComment) int { return cmp.Compare(a.GetID(), b.GetID()) })
	return own, nil
}

// forget deletes comments; another job may have been faster.
func (c *Comment) forget(ctx context.Context, comments []*github.IssueComment) error {
	for _, comment := range comments {
		resp, err := c.Client.Issues.DeleteComment(ctx, c.Owner, c.Repo, comment.GetID())
		if err != nil && status(resp) != http.StatusNotFound {
			return fmt.Errorf("a second comment on pull request %d: %w", c.Number, err)
		}
	}
	return nil
}
