package report

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/source"
)

// escapedPath makes a path a relative URI.
func escapedPath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.ReplaceAll(strings.Join(segments, "/"), ":", "%3A") // no scheme
}

// link returns the address at the forge where span can be looked at; empty if there
// is none, as for files that are not committed.
func (o Options) link(rev checker.Revision, span source.Span) string {
	repository := strings.TrimSuffix(o.Repository, "/")
	u, err := url.Parse(repository)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || rev.Commit == "" || span.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s/blob/%s/%s#L%d", repository, url.PathEscape(rev.Commit), escapedPath(span.File), max(span.Start.Line, 1))
}
