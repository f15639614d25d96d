package odcs

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// matched pairs the items of two lists by each key in turn, the surest first. It
// returns the index in now of each of was, or -1. Items of which a key is "" are
// not paired by it, and of several with one key each is paired once.
func matched[T any](was, now []T, keys ...func(T) string) (mates []int) {
	mates = make([]int, len(was))
	for i := range mates {
		mates[i] = -1
	}
	taken := make([]bool, len(now))
	for _, key := range keys {
		free := make(map[string][]int)
		for j, e := range now {
			if k := key(e); k != "" && !taken[j] {
				free[k] = append(free[k], j)
			}
		}
		for i, e := range was {
			if k := key(e); mates[i] < 0 && len(free[k]) > 0 {
				mates[i] = free[k][0]
				taken[mates[i]] = true
				free[k] = free[k][1:]
			}
		}
	}
	return mates
}

// andTheLast pairs what is left, if on either side that is one item.
func andTheLast(mates []int, head int) []int {
	i := slices.Index(mates, -1)
	left := unpaired(mates, head)
	if i >= 0 && len(left) == 1 && slices.Index(mates[i+1:], -1) < 0 {
		mates[i] = left[0]
	}
	return mates
}

// unpaired lists the indexes below head that are nobody's mate.
func unpaired(mates []int, head int) (left []int) {
	taken := make([]bool, head)
	for _, j := range mates {
		if j >= 0 {
			taken[j] = true
		}
	}
	for j := range head {
		if !taken[j] {
			left = append(left, j)
		}
	}
	return left
}

// textOf returns a key for [matched]: the text of one member.
func textOf(key string) func(*document.Node) string {
	return func(n *document.Node) string { return n.Get(key).String() }
}

// entries pairs the items of a list: by id, by name, by all they say, by whatever else
// tells them apart; and last the only two that are left. It is not ok if either is
// no list of maps.
func entries(f field, at pair, name func(*document.Node) string, others ...func(*document.Node) string) (both []pair, gone, added []*document.Node, ok bool) {
	was, now := f.base.List(), f.head.List()
	for _, side := range []*document.Node{f.base, f.head} {
		if !side.IsNull() && side.Kind != document.List || slices.ContainsFunc(side.List(), func(n *document.Node) bool { return n.Kind != document.Map }) {
			return nil, nil, nil, false
		}
	}
	content := func(n *document.Node) string { return fact(meaning(n)) }
	keys := append([]func(*document.Node) string{textOf("id"), name, content}, others...)
	mates := andTheLast(matched(was, now, keys...), len(now))
	for i, j := range mates {
		if j < 0 {
			gone = append(gone, was[i])
			continue
		}
		both = append(both, pair{at.path, was[i], now[j], was[i].At(), now[j].At()})
	}
	for _, j := range unpaired(mates, len(now)) {
		added = append(added, now[j])
	}
	return both, gone, added, true
}
