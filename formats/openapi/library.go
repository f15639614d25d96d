package openapi

import (
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// A library holds a description and the files that it refers to, and follows
// references between them.
type library struct {
	fsys     fs.FS
	entry    string
	dialect  valueset.Dialect // of the schemas
	problems *document.Problems
	files    map[string]*document.Node // nil: it is not there, or cannot be read
	targets  map[reference]target
	anchors  map[string]map[string]*document.Node // by file: $anchor, $dynamicAnchor and $id
	swagger  *upgrade                             // of a description in Swagger 2.0; nil: it is none
	unsaid   map[*document.Node]bool              // media types that Swagger leaves open
	leaveOut []string                             // extensions of operations that are not looked at
	nodes    int                                  // of all files
}

// A reference is a text in a file.
type reference struct{ file, text string }

// A target is what a reference leads to.
type target struct {
	node *document.Node // nil: nowhere
	decl change.Path    // the name of what is declared there, for people
	name string         // its last part
}

// Limits of what one description may refer to.
const (
	maxFiles = 500
	maxChain = 64 // references that lead to references
)

// load reads a file of the tree once.
func (l *library) load(name string, from source.Span) *document.Node {
	if n, ok := l.files[name]; ok {
		return n
	}
	l.files[name] = nil
	if len(l.files) > maxFiles {
		l.problems.Addf(from, "the description refers to more than %d files", maxFiles)
		return nil
	}
	text, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		return nil
	}
	n, err := document.Parse(name, text)
	l.problems.Add(err)
	if l.nodes += n.Size(); l.nodes > document.MaxNodes {
		l.problems.Addf(from, "the description and the files that it refers to hold more than %d keys and values", document.MaxNodes)
		n = nil
	} else if l.unsaid != nil {
		n = l.upgrade(name, n)
	}
	l.files[name] = n
	return n
}

// follow returns what ref, the value of a $ref, leads to.
func (l *library) follow(ref *document.Node) target {
	key := reference{ref.Span.File, ref.Text}
	t, ok := l.targets[key]
	if !ok {
		t = l.find(ref)
		l.targets[key] = t
	}
	return t
}

func (l *library) find(ref *document.Node) target {
	name, fragment := split(ref)
	if !fs.ValidPath(name) {
		return target{}
	}
	root := l.load(name, ref.Span)
	if root == nil {
		return target{}
	}
	if fragment != "" && fragment[0] != '/' {
		return target{node: l.anchor(name, fragment), decl: change.Path("").Join(change.Name(fragment)), name: fragment}
	}
	n, steps := root, moved(root, pointer(fragment))
	for _, step := range steps {
		n = child(n, step)
	}
	return target{n, l.declName(name, steps), lastOf(steps)}
}

// split returns the file that a reference leads into, and where in it.
func split(ref *document.Node) (name, fragment string) {
	file, fragment, _ := strings.Cut(ref.Text, "#")
	if file == "" {
		return ref.Span.File, fragment
	}
	if decoded, err := url.PathUnescape(file); err == nil {
		file = decoded
	}
	return path.Join(path.Dir(ref.Span.File), file), fragment
}

// pointer takes a JSON pointer apart.
func pointer(text string) (steps []string) {
	if text == "" {
		return nil
	}
	for step := range strings.SplitSeq(text[1:], "/") {
		if strings.Contains(step, "%") {
			if decoded, err := url.PathUnescape(step); err == nil {
				step = decoded
			}
		}
		if strings.Contains(step, "~") {
			step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		}
		steps = append(steps, step)
	}
	return steps
}

func child(n *document.Node, step string) *document.Node {
	if n != nil && n.Kind == document.List {
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Items) {
			return n.Items[i]
		}
		return nil
	}
	return n.Get(step)
}

func lastOf(steps []string) string {
	if len(steps) == 0 {
		return ""
	}
	return steps[len(steps)-1]
}

// declName is the path under which a target is declared: a schema of the description
// itself by its name, all else by where it stands.
func (l *library) declName(file string, steps []string) change.Path {
	var p change.Path
	switch {
	case file != l.entry:
		p = p.Join(change.Name(strings.TrimSuffix(path.Base(file), path.Ext(file))))
		steps = steps[max(0, len(steps)-1):]
	case len(steps) == 3 && steps[0] == "components" && steps[1] == "schemas":
		steps = steps[2:]
	}
	for _, step := range steps {
		p = p.Join(change.Name(step))
	}
	return p
}

// anchor finds a schema by the name that it gives itself.
func (l *library) anchor(file, name string) *document.Node {
	if l.anchors[file] == nil {
		found := make(map[string]*document.Node)
		eachSchemaName(l.files[file], found)
		l.anchors[file] = found
	}
	return l.anchors[file][name]
}

func eachSchemaName(n *document.Node, found map[string]*document.Node) {
	if n == nil {
		return
	}
	for _, key := range []string{"$anchor", "$dynamicAnchor"} {
		if name := n.Get(key).String(); name != "" && found[name] == nil {
			found[name] = n
		}
	}
	for _, item := range n.Items {
		eachSchemaName(item, found)
	}
}

// deref follows references until something is said, and returns the last target that
// was passed. A nil node leads to nil.
func (l *library) deref(n *document.Node) (*document.Node, target) {
	var last target
	for range maxChain {
		ref := refOf(n)
		if ref == nil {
			return n, last
		}
		last = l.follow(ref)
		n = last.node
	}
	return nil, target{}
}

// refOf returns the reference that n is, or nil.
func refOf(n *document.Node) *document.Node {
	ref := n.Get("$ref")
	if ref == nil || ref.Kind != document.Scalar || ref.Tag != document.String {
		return nil
	}
	return ref
}

// Members that hold values and no schemas, and those whose keys are names.
var (
	plainKeys = []string{"enum", "const", "default", "example", "examples", "mapping", "value", "dataValue"}
	nameKeys  = []string{
		"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "schemas", "responses", "parameters", "requestBodies",
		"headers", "securitySchemes", "links", "callbacks", "pathItems", "content", "encoding", "paths", "webhooks", "mediaTypes",
	}
)

// eachRef calls do for every reference in n. An object whose keys are names is no place
// for a reference.
func eachRef(n *document.Node, names bool, do func(ref *document.Node)) {
	for i, item := range n.Items {
		if n.Kind == document.List {
			eachRef(item, false, do)
			continue
		}
		key := n.Keys[i].Text
		switch {
		case names:
			eachRef(item, false, do)
		case key == "$ref" && item.Kind == document.Scalar:
			do(item)
		case item.Kind == document.Scalar || slices.Contains(plainKeys, key) || strings.HasPrefix(key, "x-"):
		default:
			eachRef(item, item.Kind == document.Map && slices.Contains(nameKeys, key), do)
		}
	}
}
