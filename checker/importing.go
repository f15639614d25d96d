package checker

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/index"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// importers lists the files of a language that may import what changed, directly or by
// way of each other. A file is imported by the end of its path; which file is truly
// meant depends on the port, and is for the language to say.
func (s *survey) importers(ctx context.Context, f schema.Format) map[string]bool {
	var paths []string
	for file := range s.revs.Head.Files() {
		if f.Match(file.Path) {
			paths = append(paths, file.Path)
		}
	}
	importing := make(map[string]bool)
	if f.Mentions == nil {
		for _, name := range paths {
			importing[name] = true
		}
		return importing
	}
	reached := make(map[string][]string) // paths, by the last step
	reach := func(name string) { reached[path.Base(name)] = append(reached[path.Base(name)], name) }
	for _, name := range s.changed {
		reach(name)
	}
	imports := s.mentions(ctx, f, paths)
	for more := true; more; {
		more = false
		for name, imported := range imports {
			if slices.ContainsFunc(imported, func(p string) bool { return endsIn(reached[path.Base(p)], p) }) {
				delete(imports, name)
				importing[name] = true
				reach(name)
				more = true
			}
		}
	}
	return importing
}

// mentions returns what each of paths imports, of those that import anything. A file
// that cannot be read imports whatever there is: loading it says what is wrong.
func (s *survey) mentions(ctx context.Context, f schema.Format, paths []string) map[string][]string {
	imports := make(map[string][]string)
	note := func(name string, imported []string) {
		if len(imported) > 0 {
			imports[name] = imported
		}
	}
	head := s.revs.Head
	key := func(name string) (key string, ok bool) {
		if s.Index == nil {
			return "", false
		}
		blob, ok := head.Blob(name)
		return fmt.Sprintf("imports\x00%s\x00%s\x00%s", f.Name, name, blob), ok
	}
	var unknown []string
	for _, name := range paths {
		if key, ok := key(name); ok {
			if imported, ok := index.Get[[]string](s.Index, key); ok {
				note(name, imported)
				continue
			}
		}
		unknown = append(unknown, name)
	}
	if head.Commit != "" {
		_ = head.Warm(ctx, unknown) // read ahead: what fails now fails later
	}
	glance := head.Glance()
	for _, name := range unknown {
		imported, err := f.Mentions(glance, name)
		if err != nil {
			note(name, s.changed)
			continue
		}
		note(name, imported)
		if key, ok := key(name); ok {
			index.Put(s.Index, key, imported)
		}
	}
	return imports
}

// endsIn reports whether one of paths is p, or ends in it.
func endsIn(paths []string, p string) bool {
	return slices.ContainsFunc(paths, func(name string) bool { return name == p || strings.HasSuffix(name, "/"+p) })
}
