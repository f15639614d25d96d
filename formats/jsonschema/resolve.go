package jsonschema

import (
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// A library holds the documents of a port and those that they refer to, by where they
// stand and by the identifiers that they give themselves.
type library struct {
	fsys     fs.FS
	dialect  valueset.Dialect // of schemas that do not say
	problems *document.Problems
	files    map[string]*resource // by name; nil: it is not there, or cannot be read
	byURI    map[string]*resource
	byNode   map[*document.Node]*resource
	all      []*resource
	entry    *resource         // the document that is read as a whole
	entries  []string          // the port's own files
	beside   map[string]string // the files that addresses of the web were taken for
	nodes    int               // of all files
}

// A resource is a schema with an identifier of its own: a document, or a schema in one
// that has an $id.
type resource struct {
	lib     *library
	file    string
	node    *document.Node
	base    *url.URL
	scope   *valueset.Scope
	dialect valueset.Dialect
	anchors map[string]*document.Node
	dynamic map[string]bool // anchors that are dynamic
}

// Limits of what a port may refer to.
const maxFiles = 500

// scheme is that of the addresses of files in the tree.
const scheme = "tree"

func (l *library) load(name string, from source.Span) *resource {
	if r, ok := l.files[name]; ok {
		return r
	}
	l.files[name] = nil
	if len(l.files) > maxFiles {
		l.problems.Addf(from, "the schemas of one port refer to more than %d files", maxFiles)
		return nil
	}
	text, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		return nil
	}
	n, err := document.Parse(name, text)
	l.problems.Add(err)
	if err != nil {
		return nil
	}
	if n == nil {
		l.problems.Addf(source.Top(name), "want a JSON Schema, the file says nothing")
		return nil
	}
	if l.nodes += n.Size(); l.nodes > document.MaxNodes {
		l.problems.Addf(from, "the schemas of one port and the files that they refer to hold more than %d keys and values", document.MaxNodes)
		return nil
	}
	r := &resource{lib: l, file: name, node: n, base: &url.URL{Scheme: scheme, Path: "/" + name}, dialect: l.dialect}
	l.files[name] = r
	l.byURI[r.base.String()] = r
	r.open(n)
	r.index(n)
	return r
}

// open makes r the resource that the schema n begins.
func (r *resource) open(n *document.Node) {
	r.node, r.anchors, r.dynamic = n, make(map[string]*document.Node), make(map[string]bool)
	r.lib.byNode[n] = r
	r.lib.all = append(r.lib.all, r)
	if s := n.Get("$schema"); s.String() != "" {
		d, ok := dialectOf(s.String())
		if !ok {
			r.lib.problems.Addf(s.At(), "want a dialect that is known (draft 4, 6, 7, 2019-09 or 2020-12), got %q", s.String())
		}
		r.dialect = d
	}
	if id, fragment := r.idOf(n); id != "" && fragment == "" {
		if u, err := r.base.Parse(id); err == nil {
			u.Fragment = ""
			r.base = u
			r.lib.byURI[u.String()] = r
		} else {
			r.lib.problems.Addf(n.Get(r.idKey()).At(), "want a URI, got %q", id)
		}
	}
	r.scope = &valueset.Scope{Dialect: r.dialect, Resolve: r.resolve, Enter: r.enter}
}

func (r *resource) idKey() string {
	if r.dialect == valueset.Draft4 {
		return "id"
	}
	return "$id"
}

// idOf returns the identifier of a schema, and the anchor that drafts up to 7 write in
// it.
func (r *resource) idOf(n *document.Node) (id, fragment string) {
	id = n.Get(r.idKey()).String()
	if n.Get("$ref") != nil && r.dialect >= valueset.Draft7 {
		return "", "" // it stands beside a reference, and means nothing
	}
	id, fragment, _ = strings.Cut(id, "#")
	return id, fragment
}

// enter returns the scope of a schema that is a resource of its own.
func (r *resource) enter(n *document.Node) *valueset.Scope {
	if inner := r.lib.byNode[n]; inner != nil && inner != r {
		return inner.scope
	}
	return nil
}

// Keywords whose value is no schema, or an object of schemas by name.
var (
	plainKeywords = []string{"enum", "const", "default", "examples", "example"}
	namedKeywords = []string{"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"}
)

// index finds the identifiers and anchors in a schema.
func (r *resource) index(n *document.Node) {
	if n == nil || n.Kind != document.Map {
		return
	}
	if id, _ := r.idOf(n); id != "" && n != r.node {
		inner := &resource{lib: r.lib, file: r.file, base: r.base, dialect: r.dialect}
		inner.open(n)
		r = inner
	}
	if _, fragment := r.idOf(n); fragment != "" && r.dialect >= valueset.Draft7 {
		r.anchors[fragment] = n
	}
	for _, key := range []string{"$anchor", "$dynamicAnchor"} {
		if name := n.Get(key).String(); name != "" && r.dialect <= valueset.Draft201909 {
			r.anchors[name] = n
			r.dynamic[name] = r.dynamic[name] || key == "$dynamicAnchor"
		}
	}
	for i, key := range n.Keys {
		switch value := n.Items[i]; {
		case slices.Contains(plainKeywords, key.Text):
		case slices.Contains(namedKeywords, key.Text) && value.Kind == document.Map:
			for _, inner := range value.Items {
				r.index(inner)
			}
		case value.Kind == document.List:
			for _, inner := range value.Items {
				r.index(inner)
			}
		default:
			r.index(value)
		}
	}
}

// dialectOf knows the dialects by their identifiers.
func dialectOf(uri string) (valueset.Dialect, bool) {
	uri = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(uri), "https://"), "http://"), "#")
	switch uri {
	case "json-schema.org/draft/2020-12/schema", "json-schema.org/schema":
		return valueset.Draft202012, true
	case "json-schema.org/draft/2019-09/schema":
		return valueset.Draft201909, true
	case "json-schema.org/draft-07/schema":
		return valueset.Draft7, true
	case "json-schema.org/draft-06/schema":
		return valueset.Draft6, true
	case "json-schema.org/draft-04/schema":
		return valueset.Draft4, true
	}
	// Snowplow's self-describing schemas extend draft 4.
	return valueset.Draft4, strings.HasPrefix(uri, "iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/")
}

// resolve follows a reference.
func (r *resource) resolve(keyword string, ref *document.Node) (valueset.Target, error) {
	target, err := r.follow(ref)
	if err != nil || keyword == "$ref" || target.Node == nil {
		return target, err
	}
	_, fragment, _ := strings.Cut(ref.Text, "#")
	isDynamic := func(o *resource) bool { return o.dynamic[fragment] }
	if keyword == "$recursiveRef" {
		isDynamic = func(o *resource) bool { return o.node.Get("$recursiveAnchor").String() == "true" }
	}
	to := r.lib.byNode[target.Node]
	if keyword == "$dynamicRef" {
		to = r.lib.holder(target.Node, fragment)
	}
	if to == nil || !isDynamic(to) {
		return target, nil
	}
	if entry := r.lib.entry; isDynamic(entry) { // it is in scope wherever the reference is met
		if keyword == "$recursiveRef" {
			return valueset.Target{Node: entry.node, Scope: entry.scope, Name: target.Name}, nil
		}
		n := entry.anchors[fragment]
		return valueset.Target{Node: n, Scope: entry.scope, Name: target.Name}, nil
	}
	for _, other := range r.lib.all {
		if other != to && isDynamic(other) {
			return valueset.Target{Unclear: "the reference " + quote(ref.Text) + ", which means another schema in each of several places", Identity: r.lib.identity()}, nil
		}
	}
	return target, nil
}

// identity returns a text that differs if any of the documents does.
func (l *library) identity() string {
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(l.files)) {
		if r := l.files[name]; r != nil {
			all.WriteString(name + " " + valueset.Identity(r.node) + "\n")
		}
	}
	return all.String()
}

// holder returns the resource in which an anchor stands at n.
func (l *library) holder(n *document.Node, anchor string) *resource {
	for _, r := range l.all {
		if r.anchors[anchor] == n {
			return r
		}
	}
	return nil
}

func (r *resource) follow(ref *document.Node) (valueset.Target, error) {
	u, err := r.base.Parse(ref.Text)
	if err != nil {
		return valueset.Target{}, source.Errorf(ref.Span, "want a reference, got %s", quote(ref.Text))
	}
	fragment := u.Fragment
	u.Fragment, u.RawFragment = "", ""
	to := r.lib.find(r, u, ref)
	if to == nil {
		if _, ok := dialectOf(u.String()); ok {
			return valueset.Target{Unclear: "the schema of schemas, " + u.String(), Identity: u.String()}, nil
		}
		if u.Scheme == scheme {
			return valueset.Target{}, source.Errorf(ref.Span, "%s leads to no file that can be read: there is no %s", quote(ref.Text), strings.TrimPrefix(u.Path, "/"))
		}
		return valueset.Target{}, source.Errorf(ref.Span, "%s leads out of the repository, and nothing is fetched; put the schema beside this one and refer to its file", quote(ref.Text))
	}
	return to.at(fragment, ref)
}

// find returns the document or schema that has the address u.
func (l *library) find(from *resource, u *url.URL, ref *document.Node) *resource {
	if r := l.byURI[u.String()]; r != nil {
		return r
	}
	if u.Scheme == scheme {
		return l.load(strings.TrimPrefix(path.Clean(u.Path), "/"), ref.Span)
	}
	// Many give their schemas addresses of the web and refer to the file beside them.
	beside, _, _ := strings.Cut(ref.Text, "#")
	if beside == "" || strings.Contains(beside, ":") || strings.HasPrefix(beside, "/") {
		return nil
	}
	name := path.Join(path.Dir(from.file), beside)
	if !fs.ValidPath(name) {
		return nil
	}
	r := l.load(name, ref.Span)
	if r != nil {
		l.beside[u.String()] = name
	}
	return r
}

// at returns what a fragment means in r.
func (r *resource) at(fragment string, ref *document.Node) (valueset.Target, error) {
	if fragment != "" && fragment[0] != '/' {
		n := r.anchors[fragment]
		if n == nil {
			return valueset.Target{}, source.Errorf(ref.Span, "%s names an anchor that is not there", quote(ref.Text))
		}
		return valueset.Target{Node: n, Scope: r.scope, Name: r.name(fragment)}, nil
	}
	n, scope := r.node, r.scope
	var steps []string
	if fragment != "" {
		steps = strings.Split(fragment[1:], "/")
	}
	for i, step := range steps {
		step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		steps[i] = step
		if n = child(n, step); n == nil {
			return valueset.Target{}, source.Errorf(ref.Span, "%s leads nowhere: there is no %s", quote(ref.Text), quote(step))
		}
		if inner := r.lib.byNode[n]; inner != nil {
			scope = inner.scope
		}
	}
	t := valueset.Target{Node: n, Scope: scope}
	switch {
	case len(steps) == 0:
		t.Name = r.name("")
	case len(steps) == 2 && (steps[0] == "$defs" || steps[0] == "definitions"):
		t.Name = r.name(steps[1])
	}
	return t, nil
}

// child returns the member or the item called step.
func child(n *document.Node, step string) *document.Node {
	if n.Kind != document.List {
		return n.Get(step)
	}
	i := 0
	for _, c := range step {
		if c < '0' || c > '9' || i > len(n.Items) {
			return nil
		}
		i = 10*i + int(c-'0')
	}
	if step == "" || i >= len(n.Items) {
		return nil
	}
	return n.Items[i]
}

// name returns the path under which a definition of r is declared; of r itself, for "".
// Definitions go by their own name, and by that of their file if it is not the port's
// only one.
func (r *resource) name(definition string) string {
	stem := change.Name(stemOf(r.file))
	own := len(r.lib.entries) == 1 && r.lib.entries[0] == r.file
	switch {
	case r.lib.files[r.file] != r: // a schema within a document
		id := change.Name(stemOf(r.base.Path))
		if definition == "" {
			return string(change.Path("").Join(id))
		}
		return string(change.Path("").Join(id, change.Name(definition)))
	case definition == "":
		return string(change.Path("").Join(stem))
	case own && change.Name(definition) != stem:
		return string(change.Path("").Join(change.Name(definition)))
	}
	return string(change.Path("").Join(stem, change.Name(definition)))
}

// stemOf returns what a file is called, without what says that it is a schema.
func stemOf(name string) string {
	stem := path.Base(name)
	for _, ext := range []string{".json", ".yaml", ".yml", ".jsonschema", ".schema"} {
		if cut := strings.TrimSuffix(stem, ext); cut != "" {
			stem = cut
		}
	}
	return stem
}
