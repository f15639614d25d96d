package protobuf

import (
	"bytes"
	"io/fs"
	"path"
)

// mentions lists the paths in the import statements of a file, and the files of buf's
// that say where those are looked up.
func mentions(fsys fs.FS, name string) ([]string, error) {
	if isSetName(name) { // which has all that it needs in itself
		return nil, nil
	}
	text, err := fs.ReadFile(fsys, name)
	if err != nil || !bytes.Contains(text, []byte("import")) {
		return nil, err
	}
	head, _ := scan(string(text))
	if len(head.imports) == 0 {
		return nil, nil
	}
	paths := []string{bufConfig, bufWork}
	for _, stmt := range head.imports {
		paths = append(paths, path.Clean(stmt.path))
	}
	return paths, nil
}
