package report

import (
	"io"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A gitlabIssue is an entry of GitLab's Code Quality report, a part of the Code
// Climate format.
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// GitLab writes a Code Quality report for a merge request. GitLab compares it with
// the target branch's by the fingerprints.
func (o Options) GitLab(w io.Writer, r *checker.Result) error {
	v := newView(Public(r), o.Verbose)
	issues := []gitlabIssue{}
	for _, e := range v.untold() {
		issues = append(issues, gitlabIssue{
			Description: Plain(e.Err.Msg), CheckName: errorRule, Severity: "blocker",
			Fingerprint: fingerprint(errorRule, string(e.Side), e.Err.Error()), Location: newGitlabLocation(e.Err.Span),
		})
	}
	for _, f := range v.shown() {
		issues = append(issues, gitlabIssue{
			Description: Plain(strings.Join(append([]string{stop(f.Detail)}, v.told(f)...), " ")), CheckName: f.Rule.ID, Severity: severity(f),
			Fingerprint: fingerprintOf(f), Location: newGitlabLocation(v.spot(f)),
		})
	}
	return encode(w, issues)
}

// severity puts what blocks above all else: nothing is merged before it is dealt
// with. What is told of is major where something breaks (somebody agreed to it, or
// the port is not guarded), and minor where it may not.
func severity(f policy.Finding) string {
	switch {
	case f.Verdict == policy.Block:
		return "blocker"
	case f.Verdict == policy.Pass:
		return "info"
	case f.Class == change.Breaking:
		return "major"
	}
	return "minor"
}

func newGitlabLocation(s source.Span) gitlabLocation {
	if s.IsZero() {
		s = source.Top(policy.File)
	}
	l := gitlabLocation{Path: Plain(s.File)}
	l.Lines.Begin = max(s.Start.Line, 1)
	return l
}

// stop ends a sentence.
func stop(sentence string) string { return strings.TrimSuffix(sentence, ".") + "." }
