package protobuf

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// importers picks the files that may import one of changed, from what their import
// statements say: a file is imported by the end of its path. Which file is truly
// meant depends on the port; that is for imports to say.
func importers(fsys fs.FS, paths, changed []string) []string {
	if slices.ContainsFunc(changed, func(name string) bool { return strings.HasPrefix(path.Base(name), "buf.") }) {
		return paths // an import may mean another file now
	}
	reached := make(map[string][]string) // paths, by the last step
	reach := func(name string) { reached[path.Base(name)] = append(reached[path.Base(name)], name) }
	for _, name := range changed {
		if path.Ext(name) == ".proto" {
			reach(name)
		}
	}
	if len(reached) == 0 {
		return nil
	}
	var picked []string
	imports := make(map[string][]string)
	for _, name := range paths {
		if isSetName(name) { // which has all that it needs in itself
			continue
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			picked = append(picked, name) // load says what is wrong with it
			continue
		}
		if bytes.Contains(text, []byte("import")) {
			head, _ := scan(string(text))
			for _, stmt := range head.imports {
				imports[name] = append(imports[name], path.Clean(stmt.path))
			}
		}
	}
	for more := true; more; {
		more = false
		for name, imported := range imports {
			if slices.ContainsFunc(imported, func(p string) bool { return endsIn(reached[path.Base(p)], p) }) {
				delete(imports, name)
				picked = append(picked, name)
				reach(name)
				more = true
			}
		}
	}
	return picked
}

// endsIn reports whether one of paths is p, or ends in it.
func endsIn(paths []string, p string) bool {
	return slices.ContainsFunc(paths, func(name string) bool { return name == p || strings.HasSuffix(name, "/"+p) })
}
