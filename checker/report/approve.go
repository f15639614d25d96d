package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
)

// How a break is accepted on purpose: what the reports that people read say of it.

// approvable lists the ids of the findings that an approval would let pass and that
// have none: what only one edit did in several ports takes one for each.
func (v *view) approvable() (ids []string) {
	for _, f := range v.r.Findings {
		if v.waits(f) {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

func (v *view) waits(f policy.Finding) bool {
	return f.Verdict == policy.Block && f.Approval == nil && f.Rule.Idea != change.Unreadable && !v.r.Bare
}

// ackCommand is the command that proposes approvals.
func ackCommand(ids []string) string {
	const few = 4
	if len(ids) > few {
		ids = append(slices.Clone(ids[:few]), "…")
	}
	return fmt.Sprintf("breakwater ack %s --reason \"…\"", strings.Join(ids, " "))
}

// approvers says who has to agree then.
func (v *view) approvers() string {
	const few = 3
	var who []string
	nobody := false // hit by one of them
	for _, f := range v.r.Findings {
		if !v.waits(f) {
			continue
		}
		hit := false
		for _, h := range f.Hits {
			if h.Impact >= consumer.Affected && !h.Gap {
				hit = true
				who = append(who, h.Use.ID)
			}
		}
		nobody = nobody || !hit
	}
	slices.Sort(who)
	who = slices.Compact(who)
	if len(who) > few {
		who = append(who[:few:few], many(len(who)-few, "other"))
	}
	if nobody {
		who = append(who, "the port's owner", "somebody else whom policy.approvers names")
	}
	if len(who) == 1 {
		return who[0] + " approves the pull request"
	}
	return strings.Join(who[:len(who)-1], ", ") + " and " + who[len(who)-1] + " approve the pull request"
}
