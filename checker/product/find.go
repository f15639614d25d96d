package product

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A Finder finds ports.
type Finder struct {
	Formats []schema.Format
	Unread  []schema.Recognizer
	Skip    func(path string) bool // files that are no contracts, such as registrations; nil: none
	Bare    bool                   // every file is a contract that somebody wants compared, wherever it stands
	Memory  *Memory
}

// A Memory keeps what was learned of files, by path and blob id, so that the second
// of two trees costs what differs. It is good for one set of formats, and safe for
// concurrent use.
type Memory struct {
	mu   sync.Mutex
	seen map[fileID]seen
}

// A fileID is a file with this very content.
type fileID struct{ path, blob string }

func (m *Memory) get(id fileID) (s seen, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok = m.seen[id]
	return s, ok
}

func (m *Memory) put(id fileID, s seen) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.seen = make(map[fileID]seen)
	}
	m.seen[id] = s
}

// seen is what a file turned out to be.
type seen struct {
	format int // in Finder.Formats, or none
	ports  []schema.Port
	inputs []schema.Input
	copied bool // a tool wrote it from another file
	unread string
	err    error
	looked map[string]string // the other files that this depends on, and their blob ids; "" for one that was not there
}

const none = -1

// Folders that hold other people's contracts, copies, or what a tool wrote.
var notOurs = []string{".git", "vendor", "third_party", "node_modules", "testdata", "generated", "gen"}

// Find lists the ports in tree: those declared first, then those that its other
// files declare or show.
func (f *Finder) Find(ctx context.Context, tree *revision.Tree, declared []Declaration) *Found {
	r := &search{Finder: f, tree: tree, found: new(Found), taken: make(map[string]bool), byID: make(map[string]*Port)}
	for i := range declared {
		r.declared(&declared[i])
	}
	candidates := r.candidates()
	// Read ahead; a file that could not be is reported when it is looked into.
	_ = tree.Warm(ctx, slices.DeleteFunc(slices.Clone(candidates), func(name string) bool {
		_, known := r.Memory.get(r.at(name))
		return known
	}))
	for _, name := range candidates {
		r.look(name)
	}
	r.join()
	r.split()
	r.found.Ports = slices.SortedFunc(maps.Values(r.byID), func(a, b *Port) int { return strings.Compare(a.ID, b.ID) })
	return r.found
}

type search struct {
	*Finder
	tree   *revision.Tree
	found  *Found
	taken  map[string]bool // by a declaration
	byID   map[string]*Port
	joined []*Port // ports of a product that name a contract and no file
}

// declared adds a port of breakwater.yaml.
func (r *search) declared(d *Declaration) {
	p := &Port{Config: d, Promise: d.SLO, Port: schema.Port{
		ID: d.ID, Owner: d.Owner, Kind: d.Kind, Status: d.Status, Declared: true,
		Include: d.Include, Root: d.Root, Span: d.Span,
	}}
	for i, pattern := range d.Files {
		files := Match(r.tree, pattern)
		if len(files) == 0 && d.MovedTo == "" && d.Status != schema.Retired {
			r.wrong(source.Errorf(d.At(fmt.Sprint("files.", i)), "%s: %s", d.ID, r.missing(pattern)))
		}
		p.Paths = append(p.Paths, files...)
	}
	slices.Sort(p.Paths)
	p.Paths = slices.Compact(p.Paths)
	if d.SLO != "" && !r.tree.Has(d.SLO) {
		r.wrong(source.Errorf(d.At("slo"), "%s: %s", d.ID, r.missing(d.SLO)))
		p.Promise = ""
	}
	for _, name := range p.Files() {
		r.taken[name] = true
	}
	p.Format = r.formatOf(d, p.Paths)
	r.add(p)
}

func (r *search) wrong(e *source.Error) { r.found.Config = append(r.found.Config, e) }

// missing says why pattern names no file.
func (r *search) missing(pattern string) string {
	for _, left := range r.tree.Left() {
		if left.Path == pattern || strings.HasPrefix(pattern, left.Path+"/") {
			return fmt.Sprintf("%s is not read: %s", left.Path, left.Why)
		}
	}
	return fmt.Sprintf("no file matches %q", pattern)
}

// formatOf says what language a declared port is in: the one that is named, else
// the one whose files are called so. Only where several could be meant does it look
// into the files: a thousand ports that nobody changed are not read. Whether a file
// is what its name says is seen when it is loaded.
func (r *search) formatOf(d *Declaration, paths []string) *schema.Format {
	var fits []int
	for i := range r.Formats {
		f := &r.Formats[i]
		if f.Name == d.Format {
			return f
		}
		if d.Format == "" && slices.ContainsFunc(paths, f.Match) {
			fits = append(fits, i)
		}
	}
	if len(fits) == 1 {
		return &r.Formats[fits[0]]
	}
	why := "no format reads its files"
	for _, name := range paths {
		s := r.recognize(r.at(name))
		if s.format != none {
			return &r.Formats[s.format]
		}
		if s.unread != "" {
			why = s.unread
			r.found.Unread = append(r.found.Unread, Unread{name, s.unread})
		}
	}
	if len(paths) > 0 {
		r.wrong(source.Errorf(d.At("files"), "%s: %s", d.ID, why))
	}
	return new(schema.Format)
}

// Why says why a file that stands in a port of the format called name is none of
// it; empty: it is one.
func (f *Finder) Why(tree *revision.Tree, format, name string) string {
	r := &search{Finder: f, tree: tree}
	s := r.recognize(r.at(name))
	switch {
	case s.format != none && r.Formats[s.format].Name == format:
		return ""
	case s.format != none:
		return "it is " + r.Formats[s.format].Name
	case s.unread != "":
		return s.unread
	}
	return "it does not look like it"
}

// add enters a port under its id, and reports whether it could. Files that were
// found to be of one port are put together; two declarations of one id are an error.
func (r *search) add(p *Port) bool {
	was := r.byID[p.ID]
	switch {
	case was == nil:
		r.byID[p.ID] = p
	case !was.Declared && !p.Declared && was.Format.Name == p.Format.Name:
		was.Paths = append(was.Paths, p.Paths...)
	case was.Declared && !p.Declared: // the declaration says which files are its own
		p.ID = p.Paths[0]
		r.byID[p.ID] = p
	default:
		e := source.Errorf(p.Span, "port %q is declared twice; the other is at %s", p.ID, was.Span)
		e.Also = []source.Span{was.Span}
		r.wrong(e)
		return false
	}
	return true
}

// candidates lists the files that no port claims and whose names ask for a look
// into them.
func (r *search) candidates() []string {
	var names []string
	for file := range r.tree.Files() {
		name := file.Path
		if !r.taken[name] && r.mayBeContract(name) && (r.Bare || !Foreign(name)) && (r.Skip == nil || !r.Skip(name)) {
			names = append(names, name)
		}
	}
	return names
}

// look adds the ports that a file declares or shows by its content.
func (r *search) look(name string) {
	s := r.recognize(r.at(name))
	if !r.Bare && s.copied {
		return
	}
	r.found.Inputs = append(r.found.Inputs, s.inputs...)
	if s.err != nil {
		r.found.Errors = append(r.found.Errors, source.Errors(s.err)...)
	}
	if s.unread != "" {
		r.found.Unread = append(r.found.Unread, Unread{name, s.unread})
	}
	for _, port := range s.ports {
		port.Paths = slices.Clone(port.Paths)
		p := &Port{Port: port, Format: &r.Formats[s.format]}
		if r.Bare && !p.Format.Documents {
			p.ID, p.Declared = p.Format.Name, false
		}
		if len(p.Paths) == 0 {
			r.joined = append(r.joined, p)
			continue
		}
		r.add(p)
	}
}

// mayBeContract reports whether a file's name asks for a look into it. For all
// others even the blob id, which may take reading, is not wanted.
func (r *search) mayBeContract(name string) bool {
	return slices.ContainsFunc(r.Formats, func(f schema.Format) bool { return f.Match(name) }) ||
		slices.ContainsFunc(r.Unread, func(u schema.Recognizer) bool { return u.Match(name) })
}

// join gives the ports that a product declares by a contract's id the files of
// that contract, which are then no port of their own.
func (r *search) join() {
	byContract := make(map[string]*Port)
	for _, id := range slices.Sorted(maps.Keys(r.byID)) {
		if p := r.byID[id]; p.ContractID != "" && byContract[p.ContractID] == nil {
			byContract[p.ContractID] = p
		}
	}
	if len(r.joined) > 0 {
		r.contractsOfDeclared(func(id string, p *Port) {
			if byContract[id] == nil {
				byContract[id] = p
			}
		})
	}
	for _, p := range r.joined {
		body := byContract[p.ContractID]
		switch {
		case p.ContractID == "":
			r.found.Unread = append(r.found.Unread, Unread{p.Span.File, fmt.Sprintf("port %s names no contract", p.ID)})
		case body == nil:
			r.found.Unread = append(r.found.Unread, Unread{p.Span.File, fmt.Sprintf("contract %s of port %s is in no file here", p.ContractID, p.ID)})
		case body.Config != nil: // breakwater.yaml goes first
		default:
			delete(r.byID, body.ID)
			p.Format, p.Paths = body.Format, body.Paths
			p.Include, p.Root = body.Include, body.Root
			if p.Version == "" {
				p.Version = body.Version
			}
			if p.Owner == "" {
				p.Owner = body.Owner
			}
			if body.Status != "" {
				p.Status = body.Status
			}
			if !r.add(p) {
				r.byID[body.ID] = body
			}
		}
	}
}

// split takes ports that were found by their content apart by folder where two files
// go by one name: they are copies or versions of each other, and no one port.
func (r *search) split() {
	for id, p := range maps.Clone(r.byID) {
		if p.Declared || r.Bare || !slices.ContainsFunc(p.Paths, func(name string) bool { return hasNamesake(p.Paths, name) }) {
			continue
		}
		delete(r.byID, id)
		for _, name := range p.Paths {
			part := *p
			part.ID, part.Paths = path.Join(path.Dir(name), path.Base(id)), []string{name}
			r.add(&part)
		}
	}
}

func hasNamesake(paths []string, name string) bool {
	return slices.ContainsFunc(paths, func(other string) bool { return other != name && path.Base(other) == path.Base(name) })
}

// contractsOfDeclared looks up the contract ids of ports in breakwater.yaml. That
// takes reading their files, so it is done only where somebody names contracts.
func (r *search) contractsOfDeclared(each func(id string, p *Port)) {
	for _, id := range slices.Sorted(maps.Keys(r.byID)) {
		p := r.byID[id]
		if p.Config == nil {
			continue
		}
		for _, name := range p.Files() {
			for _, port := range r.recognize(r.at(name)).ports {
				if port.ContractID != "" {
					each(port.ContractID, p)
				}
			}
		}
	}
}

// ContractIDs adds to ids those of the contracts in the ports that
// breakwater.yaml declares, which Find does not look into.
func (f *Finder) ContractIDs(tree *revision.Tree, found *Found, ids map[string]bool) {
	r := &search{Finder: f, tree: tree, byID: make(map[string]*Port)}
	for _, p := range found.Ports {
		r.byID[p.ID] = p
	}
	r.contractsOfDeclared(func(id string, _ *Port) { ids[id] = true })
}

// recognize says what file is. What was learned of a file with this blob holds as
// long as the other files that were looked at are the same, too.
func (r *search) recognize(file fileID) seen {
	if s, ok := r.Memory.get(file); ok && s.holds(r.tree) {
		return s
	}
	s := r.inspect(r.tree, file.path)
	r.Memory.put(file, s)
	return s
}

// at returns the file at path as it is in the tree.
func (r *search) at(path string) fileID {
	blob, _ := r.tree.Blob(path)
	return fileID{path, blob}
}

func (s seen) holds(tree *revision.Tree) bool {
	for name, blob := range s.looked {
		if now, _ := tree.Blob(name); now != blob {
			return false
		}
	}
	return true
}

func (f *Finder) inspect(tree *revision.Tree, name string) seen {
	s := seen{format: none}
	var text []byte
	read := func() bool {
		if text == nil && s.err == nil {
			if text, s.err = tree.ReadFile(name); text == nil {
				text = []byte{}
			}
		}
		return s.err == nil
	}
	for i, format := range f.Formats {
		if !format.Match(name) || !read() || !format.Claims(name, text) {
			continue
		}
		s.format, s.copied = i, generated(text)
		if format.Inputs != nil {
			s.inputs, _ = format.Inputs(name, text) // what is wrong is said when it is loaded
		}
		s.ports = []schema.Port{{ID: stem(name), Paths: []string{name}}}
		if format.Ports == nil {
			return s
		}
		fsys := &lookout{tree: tree, looked: make(map[string]string)}
		// What is wrong with the document is said when it is loaded.
		if ports, err := format.Ports(fsys, name, text); err == nil {
			s.ports, s.looked = ports, fsys.looked
		}
		return s
	}
	for _, u := range f.Unread {
		if u.Match(name) && read() {
			if why, ok := u.Recognize(name, text); ok {
				s.unread, s.copied = why, generated(text)
				break
			}
		}
	}
	if s.err != nil && len(source.Errors(s.err)) > 0 && source.Errors(s.err)[0].Span.IsZero() {
		s.err = source.Errorf(source.Top(name), "%w", s.err)
	}
	return s
}

// A lookout is a tree that notes which of its files were looked at.
type lookout struct {
	tree   *revision.Tree
	looked map[string]string
}

// Open implements fs.FS.
func (l *lookout) Open(name string) (fs.File, error) {
	l.note(name)
	return l.tree.Open(name)
}

// Stat implements fs.StatFS: most look only whether a file is there.
func (l *lookout) Stat(name string) (fs.FileInfo, error) {
	l.note(name)
	return l.tree.Stat(name)
}

func (l *lookout) note(name string) {
	blob, _ := l.tree.Blob(name)
	l.looked[name] = blob
}

// Foreign reports whether the file at name stands in a folder of other people's
// contracts, or of copies.
func Foreign(name string) bool {
	dir := path.Dir(name)
	return dir != "." && slices.ContainsFunc(strings.Split(dir, "/"), func(step string) bool { return slices.Contains(notOurs, step) })
}

// generated reports whether a tool wrote text and says so near its top.
func generated(text []byte) bool {
	top := string(text[:min(len(text), 1024)])
	return strings.Contains(top, "@generated") || strings.Contains(top, "Code generated ") && strings.Contains(top, "DO NOT EDIT")
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
