package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
)

// A History is what would have become of the changes that were merged.
type History struct {
	Tool     checker.Tool
	Now      time.Time
	Revision string
	Since    time.Time
	Commits  int  // all that were looked at
	Complete bool // none is missing: the clone is not cut off
	Entries  []Entry
}

// An Entry is one commit that touched a contract.
type Entry struct {
	Commit  string
	Time    time.Time
	Subject string
	Result  *checker.Result
}

// verdict returns what would have become of e. What could not be read would have
// stopped it, too.
func (e Entry) verdict() policy.Verdict { return e.Result.Verdict }

// Text writes for a person: the summary first, then each commit that would have
// been stopped or told of, newest first.
func (h *History) Text(w io.Writer, o Options) error {
	s := newScreen(o)
	var n [policy.Block + 1]int
	touched := 0
	for _, e := range h.Entries {
		if changed(e) {
			n[e.verdict()]++
			touched++
		}
	}
	s.line(0, "%s", s.paint(bold, fmt.Sprintf("%s of %s since %s, %d of them changed a contract", many(h.Commits, "commit"), Plain(h.Revision), day(h.Since), touched)))
	s.line(0, "%s · %s · %d would have passed", s.paint(red, many(n[policy.Block], "commit")+" would have been stopped"), s.paint(yellow, fmt.Sprintf("%d would have told somebody", n[policy.Notify])), n[policy.Pass])
	s.line(0, "%s", s.paint(dim, "judged by today's configuration and registrations"))
	if !h.Complete {
		s.line(0, "%s", s.paint(yellow, "older commits are missing in this shallow clone; run: git fetch --unshallow"))
	}
	for _, e := range h.Entries {
		if e.verdict() > policy.Pass || o.Verbose && changed(e) {
			s.line(0, "")
			h.entry(s, e)
		}
	}
	_, err := w.Write(s.Bytes())
	return err
}

func changed(e Entry) bool {
	return len(e.Result.Findings) > 0 || slices.ContainsFunc(e.Result.Ports, func(p checker.Port) bool { return p.State != checker.Unchanged })
}

// The most findings of one commit that are listed.
const maxListed = 5

func (h *History) entry(s *screen, e Entry) {
	mark := [...]string{policy.Pass: "✓", policy.Notify: "!", policy.Block: "✗"}[e.verdict()]
	c := [...]color{policy.Pass: green, policy.Notify: yellow, policy.Block: red}[e.verdict()]
	s.wrapped(0, 4, fmt.Sprintf("%s %s  %s  %s", s.paint(c, mark), e.Time.Format(time.DateOnly), s.paint(dim, e.Commit[:min(7, len(e.Commit))]), s.paint(bold, Plain(e.Subject))))
	listed := 0
	for _, verdict := range []policy.Verdict{policy.Block, policy.Notify} {
		for _, f := range e.Result.Findings {
			if f.Verdict != verdict {
				continue
			}
			if listed++; listed > maxListed && !s.Verbose {
				continue
			}
			s.wrapped(4, 16, fmt.Sprintf("%s  %s  %s", s.paint(classColor(f.Class), fmt.Sprintf("%-10s", f.Class)), Plain(f.Detail), s.paint(dim, Plain(f.Port)+"  "+f.Rule.ID)))
			if who := told(f); who != "" {
				s.wrapped(16, 18, "tells "+who)
			}
		}
	}
	if more := listed - maxListed; more > 0 && !s.Verbose {
		s.line(4, "and %s", many(more, "more finding"))
	}
}

// told names whom a finding would have been told to.
func told(f policy.Finding) string {
	var names []string
	for _, hit := range hitConsumers(f) {
		if hit.Impact > consumer.Unaffected {
			name := hit.Use.ID
			if ways := reach(hit.Use.Consumer); ways != "" {
				name += " (" + ways + ")"
			}
			names = append(names, name)
		}
	}
	return Plain(strings.Join(names, "; "))
}

func day(t time.Time) string { return t.Format("2 Jan 2006") }

// JSON writes for machines: each commit with its whole report.
func (h *History) JSON(w io.Writer) error {
	type commit struct {
		Commit  string    `json:"commit"`
		Time    time.Time `json:"time"`
		Subject string    `json:"subject"`
		Report  Document  `json:"report"`
	}
	out := struct {
		SchemaVersion int       `json:"schemaVersion"`
		Tool          Tool      `json:"tool"`
		Now           time.Time `json:"now"`
		Revision      string    `json:"revision"`
		Since         time.Time `json:"since"`
		Commits       int       `json:"commits"`
		Complete      bool      `json:"complete"`
		Entries       []commit  `json:"entries"`
	}{SchemaVersion, Tool(h.Tool), h.Now.UTC(), h.Revision, h.Since.UTC(), h.Commits, h.Complete, []commit{}}
	for _, e := range h.Entries {
		out.Entries = append(out.Entries, commit{e.Commit, e.Time.UTC(), e.Subject, *NewDocument(e.Result)})
	}
	return encode(w, out)
}
