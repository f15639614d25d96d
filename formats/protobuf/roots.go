package protobuf

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Roots answers in which folders a file's imports are looked up: those that the
// port names, else those of the buf module that the file belongs to, else the
// file's own ancestors, nearest first. It remembers what it asked of the file
// system, on which its answers rest.
type roots struct {
	fsys    fs.FS
	include []string
	configs map[string]*workspace // by folder; nil: no buf.yaml there or above
	isFile  map[string]bool       // all that was asked for
	errs    []error
}

// A workspace is what one buf.yaml says, with the buf.work.yaml around it.
type workspace struct {
	modules []module
	roots   []string // of all modules that see each other
}

// A module is a folder whose files are one unit to buf.
type module struct {
	dir  string
	name string // "buf.build/acme/orders"; mostly empty
}

func newRoots(fsys fs.FS, include []string) *roots {
	r := &roots{fsys: fsys, configs: make(map[string]*workspace), isFile: make(map[string]bool)}
	for _, dir := range include {
		r.include = append(r.include, path.Clean(dir))
	}
	return r
}

// of returns the folders in which the imports of file are looked up, in order.
func (r *roots) of(file string) []string {
	if len(r.include) > 0 {
		return r.include
	}
	if w := r.workspace(path.Dir(file)); w != nil {
		if m := w.module(file); m != nil {
			own := func(dir string) bool { return dir == m.dir }
			i := max(slices.IndexFunc(w.roots, own), 0)
			return slices.Concat(w.roots[i:i+1], w.roots[:i], w.roots[i+1:])
		}
	}
	var above []string
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		above = append(above, dir)
		if dir == "." {
			return above
		}
	}
}

// module returns the module that file belongs to, or nil.
func (r *roots) module(file string) *module {
	if w := r.workspace(path.Dir(file)); w != nil {
		return w.module(file)
	}
	return nil
}

// find returns the file that imported means in file, and the folders in which it
// looked for it.
func (r *roots) find(file, imported string) (found string, tried []string) {
	tried = r.of(file)
	if !fs.ValidPath(imported) || imported == "." {
		return "", tried
	}
	for _, dir := range tried {
		if name := path.Join(dir, imported); r.exists(name) {
			return name, tried
		}
	}
	return "", tried
}

// nameOf returns the import path by which file is known, if its roots tell: only
// a buf module or an include does.
func (r *roots) nameOf(file string) (string, bool) {
	dirs := r.include
	if len(dirs) == 0 {
		m := r.module(file)
		if m == nil {
			return "", false
		}
		dirs = []string{m.dir}
	}
	for _, dir := range dirs {
		if name, ok := below(dir, file); ok {
			return name, true
		}
	}
	return "", false
}

func (r *roots) exists(name string) bool {
	is, known := r.isFile[name]
	if !known {
		info, err := fs.Stat(r.fsys, name)
		is = err == nil && !info.IsDir()
		r.isFile[name] = is
	}
	return is
}

// workspace returns what the nearest buf.yaml at dir or above says.
func (r *roots) workspace(dir string) *workspace {
	w, known := r.configs[dir]
	switch {
	case known:
		return w
	case r.exists(path.Join(dir, bufConfig)):
		w = r.readConfig(dir)
	case dir != ".":
		w = r.workspace(path.Dir(dir))
	}
	r.configs[dir] = w
	return w
}

// readConfig reads the buf.yaml in dir. Version 2 lists its modules; the earlier
// ones are a module each, which a buf.work.yaml further up may bring together.
func (r *roots) readConfig(dir string) *workspace {
	config := r.yaml(path.Join(dir, bufConfig))
	name := config.Get("name").String()
	w := new(workspace)
	switch config.Get("version").String() {
	case "v2":
		for _, m := range config.Get("modules").List() {
			w.add(path.Join(dir, m.Get("path").String()), m.Get("name").String())
		}
		if len(w.modules) == 0 {
			w.add(dir, name)
		}
		return w
	case "v1beta1":
		for _, root := range config.Get("build").Get("roots").List() {
			w.add(path.Join(dir, root.String()), name)
		}
	}
	if len(w.modules) == 0 {
		w.add(dir, name)
	}
	w.roots = append(w.roots, r.siblings(dir)...)
	return w
}

// siblings returns the roots of the modules that a buf.work.yaml above dir puts
// beside the one in dir.
func (r *roots) siblings(dir string) []string {
	for up := dir; ; up = path.Dir(up) {
		if work := path.Join(up, bufWork); r.exists(work) {
			var dirs []string
			for _, d := range r.yaml(work).Get("directories").List() {
				if sibling := path.Join(up, d.String()); sibling != dir {
					dirs = append(dirs, sibling)
				}
			}
			return dirs
		}
		if up == "." {
			return nil
		}
	}
}

func (r *roots) yaml(name string) *document.Node {
	text, err := fs.ReadFile(r.fsys, name)
	if err == nil {
		var n *document.Node
		if n, err = document.Parse(name, text); err == nil {
			return n
		}
	}
	r.errs = append(r.errs, err)
	return nil
}

func (w *workspace) add(dir, name string) {
	w.modules = append(w.modules, module{dir, name})
	w.roots = append(w.roots, dir)
}

// module returns the innermost module that holds file, or nil.
func (w *workspace) module(file string) *module {
	var found *module
	for i, m := range w.modules {
		if _, ok := below(m.dir, file); ok && (found == nil || len(m.dir) > len(found.dir)) {
			found = &w.modules[i]
		}
	}
	return found
}

// below returns file as seen from dir, if it is there.
func below(dir, file string) (string, bool) {
	if dir == "." {
		return file, true
	}
	return strings.CutPrefix(file, dir+"/")
}
