package policy

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Notice is the record of a notice that was sent: a consumer was told of a finding.
// Two of them, on different days, begin what makes silence a consent.
type Notice struct {
	Finding, Digest, Consumer, Port string
	Channel                         string // by its name in the configuration
	SentAt                          time.Time

	// Recorded is when the record came to where nobody who is judged can write: onto
	// the target branch, into a database. Whoever knows a digest has seen the
	// finding, so nothing counts from before. Zero: SentAt is beyond doubt.
	Recorded time.Time
	Doubt    string // why it does not count; empty: it may
	Span     source.Span
}

// Same reports whether n and m record the same notice, wherever they stand.
func (n Notice) Same(m Notice) bool {
	return n.Finding == m.Finding && n.Digest == m.Digest && n.Consumer == m.Consumer && n.Port == m.Port && n.Channel == m.Channel && n.SentAt.Equal(m.SentAt)
}

// At returns when the notice begins to count.
func (n Notice) At() time.Time {
	if n.Recorded.After(n.SentAt) {
		return n.Recorded
	}
	return n.SentAt
}

// clockSkew is how far the clock of whoever sent a notice may be ahead of the one of
// whoever recorded it.
const clockSkew = time.Hour

// refused says why n does not count at now; empty: it does.
func (n Notice) refused(now time.Time) string {
	switch {
	case n.Doubt != "":
		return n.Doubt
	case n.At().After(now):
		return fmt.Sprintf("it is dated %s, which is still to come", n.At().Format(time.DateOnly))
	case !n.Recorded.IsZero() && n.SentAt.After(n.Recorded.Add(clockSkew)):
		return fmt.Sprintf("it is dated %s and was recorded before, on %s", n.SentAt.Format(time.DateOnly), n.Recorded.Format(time.DateOnly))
	}
	return ""
}

// An Objection takes from a consumer's silence that it is a consent: this consumer
// has to agree.
type Objection struct {
	Finding, Consumer, By, Reason string
	Digest                        string // of the finding as it was then; empty: whatever becomes of it
	Span                          source.Span
}

// Where notices are recorded, and where objections stand.
const (
	Notices    = ".breakwater/notices"
	Objections = ".breakwater/objections"
)

// MaxNotices is how many recorded notices, or objections, one tree may hold.
const MaxNotices = 10_000

// ReadNotices reads the recorded notices in tree.
func ReadNotices(tree *revision.Tree) ([]Notice, []*source.Error) {
	return records(tree, Notices, "a notice", notice)
}

// ReadNoticeFile reads the notices that one file records.
func ReadNoticeFile(tree *revision.Tree, file string) ([]Notice, []*source.Error) {
	return recordsIn(tree, file, "a notice", notice)
}

// ReadObjections reads the objections in tree.
func ReadObjections(tree *revision.Tree) ([]Objection, []*source.Error) {
	return records(tree, Objections, "an objection", objection)
}

func notice(f *document.Fields) Notice {
	n := Notice{
		Finding: f.Required("finding"), Digest: f.Required("digest"), Consumer: f.Required("consumer"), Port: f.Text("port"),
		Channel: f.Required("channel"), SentAt: f.Date("sentAt"), Span: f.At("finding"),
	}
	f.Require("sentAt")
	return n
}

// maxReason is how many bytes an objection has to say why: it stands in every report.
const maxReason = 1000

func objection(f *document.Fields) Objection {
	o := Objection{
		Finding: f.Required("finding"), Consumer: f.Required("consumer"), By: f.Required("by"), Reason: f.Required("reason"),
		Span: f.At("finding"),
	}
	if len(o.Reason) > maxReason {
		f.Problem("reason", "say it in at most %d characters", maxReason)
		o.Reason = strings.ToValidUTF8(o.Reason[:maxReason], "") + "…"
	}
	return o
}

// records reads the entries of all files in a folder.
func records[T any](tree *revision.Tree, dir, what string, read func(*document.Fields) T) (all []T, errs []*source.Error) {
	for file := range tree.Under(dir) {
		entries, wrong := recordsIn(tree, file.Path, what, read)
		all, errs = append(all, entries...), append(errs, wrong...)
		if len(all) > MaxNotices {
			return all[:MaxNotices], append(errs, source.Errorf(source.Top(file.Path), "%s has more than %d entries; remove those of changes that are over", dir, MaxNotices))
		}
	}
	return all, errs
}

// recordsIn reads the entries of one file, which is an entry, a list of them, or
// several documents of either.
func recordsIn[T any](tree *revision.Tree, file, what string, read func(*document.Fields) T) (all []T, errs []*source.Error) {
	if !slices.Contains([]string{".yaml", ".yml"}, path.Ext(file)) {
		return nil, nil
	}
	text, err := tree.ReadFile(file)
	if err != nil {
		return nil, []*source.Error{source.Errorf(source.Top(file), "%w", err)}
	}
	var problems document.Problems
	docs, err := document.ParseAll(file, text)
	problems.Add(err)
	for _, doc := range docs {
		entries := []*document.Node{doc}
		if doc.Kind == document.List {
			entries = doc.Items
		}
		for _, n := range entries {
			f := problems.Fields(n, what)
			all = append(all, read(f))
			f.Done()
		}
	}
	return all, source.Errors(problems.Err())
}
