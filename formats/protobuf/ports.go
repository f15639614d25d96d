package protobuf

import (
	"io/fs"
	"path"
	"strings"

	"github.com/breakwater-data/breakwater/checker/schema"
)

// ports says which port a file belongs to where nobody declared one: its buf
// module, else its package, else its folder. Files that name the same ID are one
// port.
func ports(fsys fs.FS, file string, text []byte) ([]schema.Port, error) {
	p := schema.Port{Paths: []string{file}}
	var head header
	if !isSetName(file) {
		head, _ = scan(string(text))
	}
	m := newRoots(fsys, nil).module(file)
	switch {
	case m != nil && m.name != "":
		p.ID = withoutRegistry(m.name)
	case m != nil && m.dir != ".":
		p.ID = m.dir
	case head.pkg != "":
		p.ID = head.pkg
	case path.Dir(file) != "." && !isSetName(file):
		p.ID = path.Dir(file)
	default:
		p.ID = strings.TrimSuffix(file, path.Ext(file))
	}
	return []schema.Port{p}, nil
}

// withoutRegistry drops the host from a module's name: buf.build/acme/orders.
func withoutRegistry(module string) string {
	if host, rest, ok := strings.Cut(module, "/"); ok && strings.Contains(host, ".") {
		return rest
	}
	return module
}
