package avro

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// find returns the type that a pending use names, nil if nobody declares it.
func (r *reader) find(p pending) *typ {
	if t := r.types[p.name]; t != nil || p.bare == "" {
		return t
	}
	return r.types[p.bare]
}

// link gives every pending use its type, and then holds each union against the rule
// that its branches differ.
func (r *reader) link() {
	for _, p := range r.pending {
		if p.use.typ = r.find(p); p.use.typ != nil {
			continue
		}
		if isFullName(p.name) {
			r.problems.Addf(p.use.at, "no type is called %s%s", clip(p.name), document.Suggest(p.name, r.names))
		}
		p.use.typ = &r.plain[nullKind]
	}
	for _, u := range r.unions {
		r.branches(u)
	}
}

// branches reports what a union may not hold: two branches that a reader cannot tell
// apart (specification, "Unions").
func (r *reader) branches(t *typ) {
	seen := make(map[string]bool, len(t.branches))
	for _, b := range t.branches {
		what := b.kind.String()
		if b.kind.isNamed() {
			what = b.name
		}
		switch {
		case b.kind == unionKind:
			r.problems.Addf(b.at, "a union does not stand directly in a union")
		case seen[what]:
			r.problems.Addf(b.at, "the union has two branches of the type %s", what)
		}
		seen[what] = true
	}
	t.branches = slices.DeleteFunc(t.branches, func(b *use) bool { return b.kind == unionKind })
}

// Limits of the search for types in other files.
const (
	maxFolders = 50
	maxLooked  = 2_000 // files
)

// A library finds types by name in the files beside those of the port.
type library struct {
	req    schema.Request
	reader *reader
	passed []string // the files that were looked into
	seen   map[string]bool
	whole  bool // all folders were read
}

// lookUp reads files until every name is declared, or there is nothing left to read.
func (l *library) lookUp() {
	l.seen = make(map[string]bool)
	for _, name := range l.req.Paths {
		l.seen[name] = true
	}
	r := l.reader
	for i := 0; i < len(r.pending); i++ { // which grows with what is read
		if p := r.pending[i]; r.find(p) == nil && isFullName(p.name) {
			l.search(p)
		}
	}
}

// search looks for a type in the files that are called after it, and then in all files
// of the port's folders.
func (l *library) search(p pending) {
	folders := l.folders()
	for _, folder := range folders {
		for _, file := range filesOf(p.name) {
			if l.readIn(path.Join(folder, file)); l.reader.find(p) != nil {
				return
			}
		}
	}
	if l.whole {
		return
	}
	l.whole = true
	for _, folder := range folders {
		entries, err := fs.ReadDir(l.req.FS, folder)
		if err != nil {
			continue // there is none
		}
		for _, e := range entries {
			if ending(e.Name()) == schemaFile && !e.IsDir() {
				l.declares(path.Join(folder, e.Name()))
			}
		}
	}
}

// filesOf lists how a file is called that declares a type alone.
func filesOf(name string) []string {
	return slices.Compact([]string{
		strings.ReplaceAll(name, ".", "/") + schemaFile,
		name + schemaFile,
		short(name) + schemaFile,
	})
}

// folders lists where types are looked up: beside the files of the port, in what
// encloses them, nearest first, and in the folders that the port includes.
func (l *library) folders() (all []string) {
	add := func(folder string) {
		if folder = path.Clean(folder); fs.ValidPath(folder) && !slices.Contains(all, folder) && len(all) < maxFolders {
			all = append(all, folder)
		}
	}
	for _, folder := range l.req.Include {
		add(folder)
	}
	for _, name := range l.req.Paths {
		add(path.Dir(name))
	}
	for _, name := range l.req.Paths {
		for folder := path.Dir(name); folder != "."; folder = path.Dir(folder) {
			add(path.Dir(folder))
		}
	}
	return all
}

// readIn reads a file into the registry, if it is there.
func (l *library) readIn(name string) {
	if l.seen[name] || len(l.passed) == maxLooked {
		return
	}
	if info, err := fs.Stat(l.req.FS, name); err != nil || !info.Mode().IsRegular() {
		return
	}
	l.seen[name] = true
	l.passed = append(l.passed, name)
	n, err := parse(l.req.FS, name)
	l.reader.problems.Add(err)
	if n != nil {
		l.reader.file(new(port), name, n)
	}
}

// declares reads a file if it declares a type that somebody names. What is wrong with
// files that nobody needs is not the port's concern.
func (l *library) declares(name string) {
	if l.seen[name] || len(l.passed) == maxLooked {
		return
	}
	n, err := parse(l.req.FS, name)
	l.passed = append(l.passed, name)
	if err != nil || n == nil {
		return
	}
	trial := &reader{problems: new(document.Problems), types: make(map[string]*typ)}
	trial.file(new(port), name, n)
	for _, p := range l.reader.pending {
		if l.reader.find(p) == nil && trial.find(p) != nil {
			l.seen[name] = true
			l.reader.file(new(port), name, n)
			return
		}
	}
}
