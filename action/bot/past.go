package bot

import (
	"context"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// A past is the default branch as the bot saw it: where it was after each push, and when
// the bot learned of that. No date in it was written by anybody else. What was there
// before the bot came is taken to have come then.
type past struct {
	lib *library
}

// Before implements [checker.Past].
func (p *past) Before(ctx context.Context, paths []string) (moments []checker.Moment, missing string, err error) {
	tips, err := p.lib.Store.Tips(ctx, p.lib.repo())
	if err != nil {
		return nil, "", err
	}
	if len(tips) == 0 {
		return nil, "the default branch was not read yet", nil
	}
	trees := make([]*revision.Tree, len(tips))
	for i, tip := range tips {
		if trees[i], err = p.lib.at(ctx, tip.Head); err != nil {
			if gone(err) { // somebody pushed by force, and the forge forgot
				return moments, "what the default branch was is no longer there", nil
			}
			return nil, "", err
		}
	}
	for i, tip := range tips {
		if i+1 == len(tips) || differ(trees[i], trees[i+1], paths) {
			moments = append(moments, checker.Moment{Time: tip.At, Tree: func(context.Context) (*revision.Tree, error) { return trees[i], nil }})
		}
	}
	return moments, "", nil
}

// differ reports whether one of paths is another file in a than in b.
func differ(a, b *revision.Tree, paths []string) bool {
	for _, name := range paths {
		this, ok1 := a.Blob(name)
		that, ok2 := b.Blob(name)
		if ok1 != ok2 || this != that {
			return true
		}
	}
	return false
}
