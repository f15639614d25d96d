package revision

import (
	"strings"
)

// Changed lists the paths whose files differ between base and head, sorted:
// added, removed and edited ones. It goes by blob ids, so it reads nothing but
// what is on both sides and has not been hashed by git on one. A file that
// cannot be hashed counts as changed.
func Changed(base, head *Tree) []string {
	var paths []string
	path := func(e Entry) string { return e.Path }
	for was, now := range pairs(base.entries, head.entries, path) {
		switch {
		case now == nil:
			paths = append(paths, was.Path)
		case was == nil:
			paths = append(paths, now.Path)
		case !same(base, head, *was, *now):
			paths = append(paths, now.Path)
		}
	}
	return paths
}

func same(base, head *Tree, was, now Entry) bool {
	a, ok1 := base.blob(was)
	b, ok2 := head.blob(now)
	return ok1 && ok2 && a == b
}

// ChangedLeft lists what is not entered and may differ between base and head: a
// link that points elsewhere, a submodule that was moved, what became a link. It is
// the head's, or the base's if the head has none there.
func ChangedLeft(base, head *Tree) []Left {
	var left []Left
	path := func(l Left) string { return l.Path }
	for was, now := range pairs(base.left, head.left, path) {
		switch {
		case now == nil:
			left = append(left, *was)
		case was == nil, was.ID == "", *was != *now:
			left = append(left, *now)
		}
	}
	return left
}

// pairs walks two sorted lists at once and yields what stands at each path on
// either side; nil: nothing.
func pairs[T any](base, head []T, path func(T) string) func(yield func(was, now *T) bool) {
	return func(yield func(was, now *T) bool) {
		for i, j := 0, 0; i < len(base) || j < len(head); {
			order := 0
			switch {
			case i == len(base):
				order = 1
			case j == len(head):
				order = -1
			default:
				order = strings.Compare(path(base[i]), path(head[j]))
			}
			var was, now *T
			if order <= 0 {
				was = &base[i]
				i++
			}
			if order >= 0 {
				now = &head[j]
				j++
			}
			if !yield(was, now) {
				return
			}
		}
	}
}
