package main

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// codeowners tells who owns a file, as GitHub's CODEOWNERS says: the last pattern
// that matches wins.
type codeowners []ownedBy

type ownedBy struct {
	patterns []string // of doublestar
	owners   []string
}

// readCodeowners reads the first of the places where the file may stand.
func readCodeowners(tree *revision.Tree) codeowners {
	for _, name := range []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"} {
		if text, err := tree.ReadFile(name); err == nil {
			return parseCodeowners(string(text))
		}
	}
	return nil
}

func parseCodeowners(text string) codeowners {
	var all codeowners
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if fields := strings.Fields(line); len(fields) > 0 {
			all = append(all, ownedBy{globs(fields[0]), fields[1:]})
		}
	}
	return all
}

// globs turns a pattern of CODEOWNERS, which are those of gitignore, into globs: one
// without a slash inside matches at any depth, and a folder means all in it.
func globs(pattern string) []string {
	trimmed := strings.Trim(pattern, "/")
	if !strings.Contains(strings.TrimSuffix(pattern, "/"), "/") {
		trimmed = "**/" + trimmed
	}
	if strings.HasSuffix(pattern, "/") {
		return []string{trimmed + "/**"}
	}
	return []string{trimmed, trimmed + "/**"}
}

// of returns the owners of the file at path.
func (c codeowners) of(path string) []string {
	for i := len(c) - 1; i >= 0; i-- {
		for _, glob := range c[i].patterns {
			if ok, err := doublestar.Match(glob, path); ok && err == nil {
				return c[i].owners
			}
		}
	}
	return nil
}

// knows reports whether who owns anything.
func (c codeowners) knows(who string) bool {
	return slices.ContainsFunc(c, func(o ownedBy) bool { return slices.Contains(o.owners, who) })
}
