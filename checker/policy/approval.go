package policy

import (
	"fmt"
	"slices"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// An Approval accepts one finding on purpose.
type Approval struct {
	Finding, Digest, By, Reason string
	Until                       time.Time   // a date: its last day
	InForce                     bool        // it stands on the target branch, or those who are hit agreed
	Missing                     []string    // who has yet to approve the head that proposes it; empty: nobody, or nobody could be asked
	Span                        source.Span // the entry
}

// How long an approval may hold, counted from the day on which it is written.
const (
	DefaultApproval = 90 * 24 * time.Hour
	MaxApproval     = 365 * 24 * time.Hour
)

// Expired reports whether the last day of a has passed.
func (a Approval) Expired(now time.Time) bool {
	end := a.Until
	if end.Equal(end.Truncate(24 * time.Hour)) { // a date and no time of it
		end = end.AddDate(0, 0, 1).Add(-1)
	}
	return now.After(end)
}

// Same reports whether a and b say the same, wherever they stand.
func (a Approval) Same(b Approval) bool {
	return a.Finding == b.Finding && a.Digest == b.Digest && a.By == b.By && a.Reason == b.Reason && a.Until.Equal(b.Until)
}

// covers reports whether a is for f as it is. The digest decides. The id is what
// people see, so it has to be one of f's, yet it may be one that f had beside
// another finding of its name, or has without it.
func (a Approval) covers(f Finding) bool {
	return a.Digest == f.Digest && f.answers(a.Finding)
}

// Leftover reports the approvals in p that fit no finding, or that expired while
// their finding is still there and nothing else approves it.
func (p Policy) Leftover(findings []Finding) []change.Change {
	var changes []change.Change
	for _, a := range p.Approvals {
		i := slices.IndexFunc(findings, a.covers)
		c := change.Change{Path: change.Path("gate").Join(change.Name("approvals"), change.Name(a.Finding)), Key: a.Digest, Base: a.Span, Head: a.Span}
		switch {
		case i >= 0 && !a.Expired(p.Now):
			continue
		case i >= 0 && findings[i].Approval != nil && findings[i].Approval.InForce:
			c.Rule, c.Detail = approvalUnused, fmt.Sprintf("the approval of %s by %s expired on %s, and another one is in force", a.Finding, a.By, a.Until.Format(time.DateOnly))
		case i >= 0:
			c.Rule, c.Detail = approvalLapsed, fmt.Sprintf("the approval of %s by %s expired on %s", a.Finding, a.By, a.Until.Format(time.DateOnly))
		case slices.ContainsFunc(findings, func(f Finding) bool { return f.ID == a.Finding }):
			c.Rule, c.Detail = approvalUnused, fmt.Sprintf("the approval of %s by %s is for another change than this one", a.Finding, a.By)
		default:
			c.Rule, c.Detail = approvalUnused, fmt.Sprintf("the approval of %s by %s fits no finding of this change", a.Finding, a.By)
		}
		c.From, c.To = a.Digest, a.Until.Format(time.DateOnly)
		changes = append(changes, c)
	}
	return changes
}
