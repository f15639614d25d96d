package protobuf

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// bufConfig is what buf's own configuration is called. Of its sections, breaking says
// how changes are judged, and modules and build where files are (roots.go).
const bufConfig = "buf.yaml"

// bufWork lists the modules of a workspace, in buf's first version.
const bufWork = "buf.work.yaml"

// ownClasses is the preset that keeps to this tool's classes, whatever buf.yaml says.
const ownClasses = "breakwater"

// presets reads the preset that the format's section of breakwater.yaml names, else
// the breaking section of every buf.yaml, which a team that comes from buf has. It
// says what is wrong with the section.
func presets(fsys fs.FS, configs []string, section *document.Node) ([]schema.Preset, error) {
	b := bufReader{Problems: new(document.Problems), fsys: fsys}
	_, err := readContract(section)
	b.Add(err)
	if chosen := section.Get("preset"); !chosen.IsNull() {
		return b.named(chosen), b.Err()
	}
	var all []schema.Preset
	for _, name := range configs {
		all = append(all, b.file(name)...)
	}
	return all, b.Err()
}

type bufReader struct {
	*document.Problems
	fsys fs.FS
}

func (b bufReader) named(n *document.Node) []schema.Preset {
	p := schema.Preset{Name: n.String(), Span: n.Span}
	category, isBuf := strings.CutPrefix(p.Name, "buf:")
	switch {
	case p.Name == ownClasses:
		p.Own = true
	case isBuf && bufCategories[category] != "":
		p.IDs, _ = newRuleBook("v2").find(category)
	default:
		names := []string{"buf:FILE", "buf:PACKAGE", "buf:WIRE_JSON", "buf:WIRE", "buf:CSR", ownClasses}
		b.Addf(n.Span, "unknown preset %q%s", p.Name, document.Suggest(p.Name, names))
		return nil
	}
	return []schema.Preset{p}
}

// file reads one buf.yaml. A module that says nothing of breaking changes is judged by
// our own classes, and so is one inside a folder whose buf.yaml does.
func (b bufReader) file(name string) []schema.Preset {
	text, err := fs.ReadFile(b.fsys, name)
	if err != nil {
		b.Addf(source.Top(name), "%w", err)
		return nil
	}
	doc, err := document.Parse(name, text)
	if err != nil {
		b.Add(err)
		return nil
	}
	version := "v1beta1" // which had none to say
	if n := doc.Get("version"); !n.IsNull() {
		if version = n.String(); !slices.Contains(bufVersions, version) {
			b.Addf(n.Span, "want the version %s of buf.yaml, got %q", strings.Join(bufVersions, ", "), version)
			return nil
		}
	}
	dir := path.Dir(name)
	s := bufSection{bufReader: b, book: newRuleBook(version), name: name, span: source.Top(name), bases: []string{dir}}
	s.plugins = len(doc.Get("plugins").List())+len(doc.Get("policies").List()) > 0
	switch version {
	case "v2":
		return s.modules(doc, dir)
	case "v1beta1":
		if roots := doc.Get("build").Get("roots").List(); len(roots) > 0 {
			s.bases = nil
			for _, root := range roots {
				s.bases = append(s.bases, path.Join(dir, root.String()))
			}
		}
	}
	return []schema.Preset{s.preset(doc.Get("breaking"), s.bases)}
}

// A bufSection reads the breaking section of one module, or of several.
type bufSection struct {
	bufReader
	book    ruleBook
	name    string      // of the file
	span    source.Span // of the file
	bases   []string    // the folders that its paths start from
	plugins bool        // which bring rules of their own
}

// modules reads the modules of a version 2: each has a section of its own, or else
// that of the file.
func (s bufSection) modules(doc *document.Node, dir string) (all []schema.Preset) {
	var others []string
	for _, m := range doc.Get("modules").List() {
		under := path.Join(dir, m.Get("path").String())
		if own := m.Get("breaking"); !own.IsNull() {
			all = append(all, s.preset(own, []string{under}))
		} else {
			others = append(others, under)
		}
	}
	if len(all)+len(others) == 0 {
		others = []string{dir}
	}
	if len(others) > 0 {
		all = append(all, s.preset(doc.Get("breaking"), others))
	}
	return all
}

func (s bufSection) preset(section *document.Node, under []string) schema.Preset {
	p := schema.Preset{Name: s.name, Under: under, Span: s.span}
	if section == nil {
		p.Own = true
		return p
	}
	p.Span = section.Span
	f := s.Fields(section, "breaking")
	p.IDs, _ = s.book.find("FILE") // where none is said
	if use := f.List("use"); len(use) > 0 {
		p.IDs = s.rules(use)
	}
	except := s.rules(f.List("except"))
	p.IDs = slices.DeleteFunc(p.IDs, func(id string) bool { return slices.Contains(except, id) })
	if f.Bool("disable_builtin") {
		p.IDs = nil
	}
	for _, file := range s.paths(f.List("ignore")) {
		p.Spared = append(p.Spared, schema.Spared{Path: file})
	}
	if only := f.Fields("ignore_only").Node; only != nil {
		for i, key := range only.Keys {
			ids := s.rules([]*document.Node{key})
			for _, file := range s.paths(only.Items[i].List()) {
				if len(ids) > 0 {
					p.Spared = append(p.Spared, schema.Spared{IDs: ids, Path: file})
				}
			}
		}
	}
	if f.Bool("ignore_unstable_packages") {
		p.Spared = append(p.Spared, schema.Spared{Unstable: true})
	}
	f.Done()
	return p
}

// rules returns the ids that names of rules and categories mean. Those of a plugin,
// which does not run here, mean nothing.
func (s bufSection) rules(names []*document.Node) []string {
	var all []string
	for _, n := range names {
		ids, ok := s.book.find(n.String())
		if !ok && !s.plugins {
			s.Addf(n.At(), "unknown rule or category %q of buf %s%s", n.String(), s.book.version, document.Suggest(n.String(), s.book.names()))
		}
		all = append(all, ids...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// paths returns where files and folders stand in the repository.
func (s bufSection) paths(list []*document.Node) []string {
	var all []string
	for _, n := range list {
		if text := path.Clean(n.String()); !fs.ValidPath(text) {
			s.Addf(n.At(), "want a path below the folder of %s, got %q", s.name, n.String())
		} else {
			for _, base := range s.bases {
				all = append(all, path.Join(base, text))
			}
		}
	}
	return all
}
