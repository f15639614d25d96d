package jsonschema

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// A port is the schemas of its documents.
type port struct {
	roots     []root
	settings  settings
	direction schema.Direction
	files     map[string][]byte // what was read, for the validator
	beside    map[string]string // and which of them addresses of the web were taken for
	examples  []example         // in the order of their files
	promises  []slo.Objective   // what x-slo says at the top of a document, of the whole of it
	span      source.Span
}

// A root is a document that is served.
type root struct {
	name   change.Path
	file   string
	schema *valueset.Schema
}

// load reads the schemas of a port and what they refer to.
func load(_ context.Context, r schema.Request) (*port, error) {
	var problems document.Problems
	p := &port{direction: r.Direction, settings: readSettings(r.Options, &problems)}
	lib := &library{
		fsys: r.FS, dialect: p.settings.dialect, problems: &problems, files: make(map[string]*resource),
		byURI: make(map[string]*resource), byNode: make(map[*document.Node]*resource), entries: r.Paths, beside: make(map[string]string),
	}
	var reader valueset.Reader
	promises := slo.Reader{Problems: &problems}
	for _, name := range r.Paths {
		if p.span.IsZero() {
			p.span = source.Top(name)
		}
		if _, err := fs.Stat(r.FS, name); err != nil {
			problems.Add(err)
			continue
		}
		entry := lib.load(name, source.Top(name))
		if entry == nil {
			continue
		}
		lib.entry = entry
		if n := entry.node.Get(extension); n != nil {
			p.promises = append(p.promises, promises.Extension(n, "")...)
		}
		p.roots = append(p.roots, root{change.Path("").Join(change.Name(stemOf(name))), name, reader.Read(entry.scope, entry.node)})
	}
	problems.Add(reader.Problems.Err())
	p.files, p.beside = lib.texts(), lib.beside
	problems.Add(p.readExamples(r))
	return p, limited(problems.Err())
}

// extension is the keyword of objectives, which are compared as such.
const extension = "x-slo"

// maxErrors is how many errors of one port are told.
const maxErrors = 100

func limited(err error) error {
	all := source.Errors(err)
	if len(all) <= maxErrors {
		return err
	}
	var some document.Problems
	for _, e := range all[:maxErrors] {
		some.Add(e)
	}
	some.Addf(all[maxErrors].Span, "there are %d more errors", len(all)-maxErrors)
	return some.Err()
}

// texts returns what was read, by name.
func (l *library) texts() map[string][]byte {
	texts := make(map[string][]byte, len(l.files))
	for name, r := range l.files {
		if r != nil {
			texts[name], _ = fs.ReadFile(l.fsys, name)
		}
	}
	return texts
}

// imports lists the files that the schemas of a port refer to.
func imports(r schema.Request) ([]string, error) {
	var found []string
	seen := make(map[string]bool)
	for todo := slices.Clone(r.Paths); len(todo) > 0 && len(seen) <= maxFiles; {
		name := todo[0]
		todo = todo[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		text, err := fs.ReadFile(r.FS, name)
		if err != nil {
			continue // what is not there is an error when it is loaded
		}
		if !slices.Contains(r.Paths, name) {
			found = append(found, name)
		}
		n, err := document.Parse(name, text)
		if err != nil {
			continue
		}
		for _, ref := range refsIn(n) {
			beside, _, _ := strings.Cut(ref, "#")
			if beside == "" || strings.Contains(beside, ":") {
				continue
			}
			if next := path.Join(path.Dir(name), beside); fs.ValidPath(next) {
				todo = append(todo, next)
			}
		}
	}
	slices.Sort(found)
	return found, nil
}

// refsIn lists the references in a document.
func refsIn(n *document.Node) (refs []string) {
	if n == nil {
		return nil
	}
	for i, item := range n.Items {
		if n.Kind == document.Map && (n.Keys[i].Text == "$ref" || n.Keys[i].Text == "$dynamicRef") && item.Kind == document.Scalar {
			refs = append(refs, item.Text)
		}
		refs = append(refs, refsIn(item)...)
	}
	return refs
}

func quote(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
