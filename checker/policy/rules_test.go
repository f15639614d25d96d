package policy_test

import (
	"io/fs"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/formats"
)

// What an approval did is said of every run, of one without a change too; all else
// is said of changes only.
func TestRules(t *testing.T) {
	ruletest.Run(t, policy.Rules(), func(t *testing.T, base, head fs.FS) (changes []change.Change) {
		c := &checker.Checker{Formats: formats.All(), Unread: formats.Unread(), Now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
		revs := checker.Revisions{Base: revision.Of("base", base), Head: revision.Of("head", head)}
		r, err := c.Check(t.Context(), revs)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range r.Errors {
			t.Error(e.Err)
		}
		for _, f := range r.Findings {
			isApproval := f.Rule.Idea == "approval-unused" || f.Rule.Idea == "approval-expired"
			if !isApproval || len(revision.Changed(revs.Base, revs.Head)) > 0 {
				changes = append(changes, f.Change)
			}
		}
		return changes
	})
}
