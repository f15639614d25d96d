package protobuf

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/ast"
	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/parser"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// Limits of one port. A port comes from a stranger's pull request.
const (
	maxFileBytes  = 16 << 20
	maxPortBytes  = 512 << 20
	maxFiles      = 20_000
	maxPublicWays = 1_000 // ways from a file along public imports; names are looked up along each
	maxErrors     = 100
)

// A file is one .proto file of a port, or one that those import.
type file struct {
	path    string // in the file system of the request
	name    string // the import path, by which the compiler and descriptors know it
	own     bool   // the port's, not only imported
	set     string // the path of the descriptor set that it is in; empty: it is a source
	text    []byte
	lines   *source.Lines
	imports []importStmt
	opaque  bool // it cannot be given to the parser
	broken  bool // it, or something that it imports, has an error and was not linked

	parsed parser.Result // until it is linked
	linker.Result
	places places // once it is linked
	taken  bool   // it is the same as in the other revision, and was linked there
}

// at returns the span between two offsets of f.
func (f *file) at(start, end int) source.Span {
	if f.set != "" {
		return source.Top(f.path)
	}
	return source.Span{File: f.path, Start: f.lines.Pos(start), End: f.lines.Pos(end)}
}

// span returns where an AST node of f stands. The positions that the parser itself
// computes count tab stops and characters; ours count bytes, as editors' links do.
func (f *file) span(s ast.SourceSpan) source.Span {
	if s.Start().Line == 0 { // of no place
		return source.Top(f.path)
	}
	r := f.rangeOf(s)
	return f.at(int(r.start), int(r.end))
}

// rangeOf returns between which offsets an AST node of f stands.
func (f *file) rangeOf(s ast.SourceSpan) textRange {
	start, last := s.Start(), s.End()
	end := last.Offset
	if last.Col > 1 && end < len(f.text) { // the offset is that of the last character
		_, size := utf8.DecodeRune(f.text[end:])
		end += size
	}
	return textRange{int32(start.Offset), int32(max(start.Offset, end))}
}

// A graph is the files of a port and all that they import, found by scanning
// them: nothing is compiled yet. Files that are not there are errors at the
// statement that imports them.
type graph struct {
	fsys  fs.FS
	roots *roots
	files map[string]*file       // by path
	named map[string]*file       // by import path
	order []*file                // as found: the port's own first
	known map[string]linker.File // the well-known files that were asked for, or nil

	inSets  map[string]*file     // by import path: files of descriptor sets
	checked *protoregistry.Files // and what was found true of them

	bytes int
	full  bool // the limits of a port are reached; nothing more is read
	errs  []error
}

// collect reads the files of a port and follows their imports.
func collect(r schema.Request) *graph {
	g := &graph{
		fsys: r.FS, roots: newRoots(r.FS, r.Include), files: make(map[string]*file), known: make(map[string]linker.File),
		inSets: make(map[string]*file), checked: new(protoregistry.Files),
	}
	paths := slices.Clone(r.Paths)
	for i, p := range paths {
		paths[i] = path.Clean(p)
	}
	slices.Sort(paths)
	named := slices.ContainsFunc(paths, func(p string) bool { return path.Ext(p) == ".proto" || isSetName(p) })
	for _, p := range slices.Compact(paths) {
		switch {
		case isSetName(p) || !named && g.holdsSet(p):
			g.readSet(p)
		case path.Ext(p) == ".proto" || !named: // such as standard input, of which somebody said what it is
			g.read(p, true)
		}
	}
	for i := 0; i < len(g.order); i++ {
		if f := g.order[i]; f.set != "" {
			g.followSet(f)
		} else {
			g.follow(f)
		}
	}
	g.name()
	g.errs = append(g.errs, g.roots.errs...)
	return g
}

// read adds the file at path. One that cannot be parsed is an error.
func (g *graph) read(p string, own bool) *file {
	f := &file{path: p, own: own}
	g.files[p], g.order = f, append(g.order, f)
	fail := func(span source.Span, format string, args ...any) *file {
		f.opaque, f.broken = true, true
		g.errs = append(g.errs, source.Errorf(span, format, args...))
		return f
	}
	if g.full {
		f.opaque, f.broken = true, true
		return f
	}
	if info, err := fs.Stat(g.fsys, p); err == nil && info.Size() > maxFileBytes {
		return fail(source.Top(p), "the file has %d bytes; the most that is read is %d", info.Size(), maxFileBytes)
	}
	text, err := fs.ReadFile(g.fsys, p)
	g.bytes += len(text)
	f.text, f.lines = text, source.NewLines(text)
	switch {
	case err != nil:
		return fail(source.Top(p), "%w", err)
	case len(text) > maxFileBytes:
		return fail(source.Top(p), "the file has %d bytes; the most that is read is %d", len(text), maxFileBytes)
	case g.bytes > maxPortBytes || len(g.order) > maxFiles:
		g.full = true
		return fail(source.Top(p), "the port is too large: the most that is read is %d files with %d bytes together", maxFiles, maxPortBytes)
	case !utf8.Valid(text):
		at := invalidAt(text)
		return fail(f.at(at, at+1), "byte %#02x is not UTF-8; save the file in that encoding", text[at])
	}
	head, problem := scan(string(text))
	f.imports = head.imports
	if problem != nil {
		return fail(f.at(problem.at, problem.at+1), "%s", problem.msg)
	}
	return f
}

// invalidAt returns the offset of the first byte that is not UTF-8.
func invalidAt(text []byte) int {
	at := 0
	for {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size <= 1 {
			return at
		}
		at += size
	}
}

// follow finds the files that f imports.
func (g *graph) follow(f *file) {
	for i := range f.imports {
		stmt := &f.imports[i]
		found, tried := g.roots.find(f.path, stmt.path)
		switch {
		case found != "" && g.files[found] != nil:
			stmt.target = g.files[found]
		case found != "":
			stmt.target = g.read(found, false)
		case g.builtIn(stmt.path) == nil:
			f.broken = true
			g.errs = append(g.errs, source.Errorf(f.at(stmt.start, stmt.end),
				"%q is not found in %s; name the folder that it stands in as an include of the port", stmt.path, folders(tried)))
		}
	}
}

// folders lists where an import was looked up.
func folders(dirs []string) string {
	words := slices.Clone(dirs)
	for i, dir := range dirs {
		if dir == "." {
			words[i] = "the top folder"
		}
	}
	if n := len(words) - 1; n > 0 {
		return strings.Join(words[:n], ", ") + " or " + words[n]
	}
	return strings.Join(words, "")
}

// name gives each file the import path by which it is known. Where roots are
// guessed that is how it is first imported; two files never share a name.
func (g *graph) name() {
	g.named = make(map[string]*file)
	give := func(f *file, name string) {
		if f.name == "" && g.named[name] == nil {
			f.name = name
			g.named[name] = f
		}
	}
	for name, f := range g.inSets {
		g.named[name] = f
	}
	for _, f := range g.order {
		if name, ok := g.roots.nameOf(f.path); ok && f.set == "" {
			give(f, name)
		}
	}
	for _, f := range g.order {
		for _, stmt := range f.imports {
			if stmt.target != nil {
				give(stmt.target, stmt.path)
			}
		}
	}
	for _, f := range g.order {
		give(f, f.path)
		for i := 2; f.name == ""; i++ {
			give(f, fmt.Sprintf("%s#%d", f.path, i))
		}
	}
}

// sorted returns the files so that each stands after all that it imports. Those
// in a cycle are errors, and broken; so is all that needs something broken.
func (g *graph) sorted() []*file {
	const inside, done = 1, 2
	state := make(map[*file]int)
	ways := make(map[*file]int)
	var order, trail []*file
	var visit func(*file)
	visit = func(f *file) {
		state[f], trail = inside, append(trail, f)
		ways[f] = 1
		for _, stmt := range f.imports {
			to := stmt.target
			if to == nil {
				continue
			}
			if state[to] == 0 {
				visit(to)
			}
			if state[to] == inside {
				g.errs = append(g.errs, source.Errorf(f.at(stmt.start, stmt.end), "imports form a cycle: %s", cycle(trail, to)))
				f.broken = true
			}
			f.broken = f.broken || to.broken
			if stmt.public {
				ways[f] = min(ways[f]+ways[to], maxPublicWays+1)
			}
		}
		if ways[f] > maxPublicWays && !f.broken {
			g.errs = append(g.errs, source.Errorf(source.Top(f.path), "public imports lead on from here along more than %d ways", maxPublicWays))
			f.broken = true
		}
		state[f], trail = done, trail[:len(trail)-1]
		order = append(order, f)
	}
	if f := g.named[descriptorProto]; f != nil {
		visit(f)
	}
	for _, f := range g.order {
		if state[f] == 0 {
			visit(f)
		}
	}
	return order
}

// cycle words the part of trail that leads back to to.
func cycle(trail []*file, to *file) string {
	var names []string
	for _, f := range trail[slices.Index(trail, to):] {
		names = append(names, f.path)
	}
	return strings.Join(append(names, to.path), " imports ")
}

// builtIn returns the well-known file of that name, which is read from nowhere, or nil.
func (g *graph) builtIn(name string) linker.File {
	f, asked := g.known[name]
	if !asked {
		none := protocompile.ResolverFunc(func(string) (protocompile.SearchResult, error) {
			return protocompile.SearchResult{}, fs.ErrNotExist
		})
		if res, err := protocompile.WithStandardImports(none).FindFileByPath(name); err == nil {
			f, _ = linker.NewFileRecursive(res.Desc) // it is the library's own, so it has no error
		}
		g.known[name] = f
	}
	return f
}

// imports lists the files that load would read besides the port's own, the
// configuration that says where they are, and every place at which one of them was
// looked for: a file that comes or goes there changes what an import means.
func imports(r schema.Request) ([]string, error) {
	g := collect(r)
	list := slices.Collect(maps.Keys(g.roots.isFile))
	for _, f := range g.order {
		if !f.own {
			list = append(list, f.path)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}
