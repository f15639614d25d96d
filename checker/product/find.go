package product

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

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
		files := slices.DeleteFunc(Match(r.tree, pattern), d.Versions.Holds)
		if len(files) == 0 && d.MovedTo == "" && d.Status != schema.Retired {
			r.wrong(source.Errorf(d.At(fmt.Sprint("files.", i)), "%s: %s", d.ID, r.missing(pattern)))
		}
		p.Paths = append(p.Paths, files...)
	}
	slices.Sort(p.Paths)
	p.Paths = slices.Compact(p.Paths)
	r.examples(p, d)
	if d.SLO != "" && !r.tree.Has(d.SLO) {
		r.wrong(source.Errorf(d.At("slo"), "%s: %s", d.ID, r.missing(d.SLO)))
		p.Promise = ""
	}
	for _, name := range p.Files() {
		r.taken[name] = true
	}
	if p.Format = r.formatOf(d, p.Paths); len(p.Examples) > 0 && !p.Format.Examples {
		r.wrong(source.Errorf(d.At("examples"), "%s: examples are not compared with a schema in %s", d.ID, p.Format.Name))
	}
	r.add(p)
}

// examples finds the files of example data that a declaration names.
func (r *search) examples(p *Port, d *Declaration) {
	for i, pattern := range d.Examples {
		files := Match(r.tree, pattern)
		if len(files) == 0 {
			r.wrong(source.Errorf(d.At(fmt.Sprint("examples.", i)), "%s: %s", d.ID, r.missing(pattern)))
		}
		p.Examples = append(p.Examples, files...)
	}
	slices.Sort(p.Examples)
	p.Examples = slices.Compact(p.Examples)
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
	var fits, called []int
	for i := range r.Formats {
		f := &r.Formats[i]
		if f.Name == d.Format {
			return f
		}
		if d.Format == "" && f.Called != nil && len(paths) > 0 && !slices.ContainsFunc(paths, func(name string) bool { return !f.Called(name) }) {
			called = append(called, i)
		}
		if d.Format == "" && slices.ContainsFunc(paths, f.Match) {
			fits = append(fits, i)
		}
	}
	for _, sure := range [][]int{called, fits} {
		if len(sure) == 1 {
			return &r.Formats[sure[0]]
		}
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
			p.In, p.Says = p.Span.File, p.Format
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
