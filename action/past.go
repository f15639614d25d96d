package action

import (
	"context"
	"fmt"
	"time"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// A Past is the history of a target branch, as far as the clone has it.
type Past struct {
	Repo *revision.Repo
	Tip  string
}

// A removal that matured was announced within these many changes of its port's
// files; an older announcement counts as not seen.
const maxMoments = 500

// Before implements [checker.Past].
func (p Past) Before(ctx context.Context, paths []string) (moments []checker.Moment, missing string, err error) {
	commits, complete, err := p.Repo.Log(ctx, p.Tip, time.Time{}, paths, maxMoments)
	if err != nil {
		return nil, "", err
	}
	for _, commit := range commits {
		at := commit.Time
		if len(commit.Parents) > 0 { // whoever writes a commit writes its date, and cannot have come before its parent
			parent, err := p.Repo.Commit(ctx, commit.Parents[0])
			if err == nil && parent.Time.After(at) {
				at = parent.Time
			}
		}
		moments = append(moments, checker.Moment{Time: at, Tree: func(ctx context.Context) (*revision.Tree, error) {
			return p.Repo.Tree(ctx, commit.ID)
		}})
	}
	if !complete {
		missing = fmt.Sprintf("only the last %d changes of its files can be seen", len(commits))
		if p.Repo.Shallow() {
			missing = "the history is cut off in this shallow clone; run: git fetch --unshallow"
		}
	}
	return moments, missing, nil
}
