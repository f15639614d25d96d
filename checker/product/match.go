package product

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// Folders that hold other people's contracts, copies, or what a tool wrote.
var notOurs = []string{".git", "vendor", "third_party", "node_modules", "testdata", "generated", "gen"}

// Foreign reports whether the file at name stands in a folder of other people's
// contracts, or of copies.
func Foreign(name string) bool {
	dir := path.Dir(name)
	return dir != "." && slices.ContainsFunc(strings.Split(dir, "/"), func(step string) bool { return slices.Contains(notOurs, step) })
}

// stem returns the path without what its name ends in.
func stem(name string) string {
	base := path.Base(name)
	if i := strings.IndexByte(strings.TrimLeft(base, "."), '.'); i > 0 {
		base = base[:i+len(base)-len(strings.TrimLeft(base, "."))]
	}
	return path.Join(path.Dir(name), base)
}

// Match lists the files of tree that pattern names: a file, a folder with all in
// it, or a glob in which ** crosses folders.
func Match(tree *revision.Tree, pattern string) []string {
	pattern = path.Clean(pattern)
	if tree.Has(pattern) {
		return []string{pattern}
	}
	root, rest := doublestar.SplitPattern(pattern)
	if !strings.ContainsAny(pattern, `*?[{\`) {
		root, rest = pattern, "**"
	}
	var paths []string
	for file := range tree.Under(root) {
		if ok, err := doublestar.Match(rest, strings.TrimPrefix(strings.TrimPrefix(file.Path, root), "/")); ok && err == nil {
			paths = append(paths, file.Path)
		}
	}
	return paths
}

// CheckPattern says what is wrong with a pattern, before there is a tree.
func CheckPattern(pattern string) error {
	switch {
	case pattern == "":
		return errors.New("want a file, a folder or a pattern")
	case path.IsAbs(pattern) || pattern == ".." || strings.HasPrefix(path.Clean(pattern), "../"):
		return fmt.Errorf("want a path inside the repository, got %q", pattern)
	case !doublestar.ValidatePattern(pattern):
		return fmt.Errorf("%q is no pattern that can match", pattern)
	}
	return nil
}
