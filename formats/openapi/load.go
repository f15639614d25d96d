package openapi

import (
	"bytes"
	"context"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// A port is one description and what it refers to.
type port struct {
	lib      *library
	root     *document.Node
	settings settings
	now      time.Time // when it is judged; zero: not known
	span     source.Span
	inquiry  inquiry // of those who ask how a finding shows

	promises   []slo.Objective
	promisedBy map[*document.Node]bool // what they were read from
}

// load reads the description of a port. Only the first of its paths is one: the others
// are files that it refers to.
func load(_ context.Context, r schema.Request) (*port, error) {
	var problems document.Problems
	p := &port{settings: readSettings(r.Options, &problems), now: r.Now}
	p.lib = &library{
		fsys: r.FS, problems: &problems, files: make(map[string]*document.Node), targets: make(map[reference]target),
		anchors: make(map[string]map[string]*document.Node), unsaid: make(map[*document.Node]bool), leaveOut: p.settings.leaveOut,
	}
	for _, name := range r.Paths {
		if _, err := fs.Stat(r.FS, name); err != nil {
			problems.Add(err)
			continue
		}
		n := p.lib.load(name, source.Top(name))
		if n == nil || n.Get("openapi") == nil && len(r.Paths) > 1 {
			continue
		}
		if p.root != nil {
			problems.Addf(source.Top(name), "want one description for a port, %s is another", p.lib.entry)
			continue
		}
		p.root, p.lib.entry, p.span = n, name, source.Top(name)
	}
	if p.root != nil {
		p.check(&problems)
	} else if problems.Err() == nil && len(r.Paths) > 0 {
		problems.Addf(source.Top(r.Paths[0]), "want an OpenAPI description, the file says nothing")
	}
	return p, limited(problems.Err())
}

// maxErrors is how many errors of one description are told.
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

// check looks at what the comparison relies on: the version, references that lead
// somewhere, and paths that are told apart.
func (p *port) check(problems *document.Problems) {
	if p.root.Kind != document.Map {
		problems.Addf(p.root.At(), "want an OpenAPI description as an object")
		return
	}
	version := p.root.Get("openapi")
	switch text := version.String(); {
	case p.lib.swagger == nil && p.root.Get("swagger") != nil:
		problems.Addf(p.root.Key("swagger").At(), "want one version, got openapi and swagger")
	case p.root.Get("swagger") != nil && version == nil:
		problems.Addf(p.root.Get("swagger").At(), "want version 2.0 of Swagger, got %q", short(p.root.Get("swagger").String()))
	case strings.HasPrefix(text, "3.0."):
		p.lib.dialect = valueset.OpenAPI30
	case strings.HasPrefix(text, "3.1.") || strings.HasPrefix(text, "3.2."):
	case version == nil:
		problems.Addf(p.root.At(), "want openapi: 3.0, 3.1 or 3.2, it is not said")
	default:
		problems.Addf(version.At(), "want version 3.0, 3.1 or 3.2, got %q", short(text))
	}
	if d := p.root.Get("jsonSchemaDialect"); d.String() != "" && !strings.Contains(d.String(), "2020-12") && !strings.Contains(d.String(), "spec.openapis.org/oas/3") {
		problems.Addf(d.At(), "want the schema dialect of OpenAPI or draft 2020-12, got %q", short(d.String()))
	}
	p.checkRefs(problems)
	p.checkPaths(problems)
	p.readPromises(problems)
}

// checkRefs follows every reference, in the files that are referred to, too.
func (p *port) checkRefs(problems *document.Problems) {
	seen := make(map[reference]bool)
	looked := make(map[string]bool)
	for todo := []string{p.lib.entry}; len(todo) > 0; todo = todo[1:] {
		if looked[todo[0]] || p.lib.files[todo[0]] == nil {
			continue
		}
		looked[todo[0]] = true
		eachRef(p.lib.files[todo[0]], false, func(ref *document.Node) {
			key := reference{ref.Span.File, ref.Text}
			if seen[key] {
				return
			}
			seen[key] = true
			file, _, _ := strings.Cut(ref.Text, "#")
			switch t := p.lib.follow(ref); {
			case isRemote(file):
				problems.Addf(ref.At(), "%q is remote and is not fetched; keep a copy in the repository and refer to that", short(ref.Text))
			case t.node == nil:
				problems.Addf(ref.At(), "%q leads nowhere", short(ref.Text))
			default:
				todo = append(todo, t.node.Span.File)
				if _, end := p.lib.deref(t.node); refOf(t.node) != nil && end.node == nil {
					problems.Addf(ref.At(), "%q leads in a circle and says nothing", short(ref.Text))
				}
			}
		})
	}
}

func isRemote(file string) bool { return strings.Contains(file, ":") || strings.HasPrefix(file, "//") }

func short(text string) string {
	const most = 80
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// checkPaths refuses paths that no call could tell apart.
func (p *port) checkPaths(problems *document.Problems) {
	paths := p.root.Get("paths")
	if paths != nil && paths.Kind != document.Map && !paths.IsNull() {
		problems.Addf(paths.At(), "want paths as an object")
		return
	}
	seen := make(map[string]*document.Node)
	if paths == nil || paths.Kind != document.Map {
		return
	}
	for _, key := range paths.Keys {
		shape := shapeOf(key.Text)
		if other := seen[shape]; other != nil {
			problems.Add(&source.Error{Span: key.At(), Msg: "no call can tell this path from " + short(other.Text), Also: []source.Span{other.At()}})
		}
		seen[shape] = key
	}
}

// shapeOf replaces the names of path parameters, which callers do not see.
func shapeOf(template string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(template, '{')
		if open < 0 {
			break
		}
		end := strings.IndexByte(template[open:], '}')
		if end < 0 {
			break
		}
		b.WriteString(template[:open] + "{}")
		template = template[open+end+1:]
	}
	return b.String() + template
}

// imports lists the files that a description refers to.
func imports(r schema.Request) ([]string, error) {
	var problems document.Problems
	l := &library{fsys: r.FS, problems: &problems, files: make(map[string]*document.Node)}
	var found []string
	seen := make(map[string]bool)
	for todo := slices.Clone(r.Paths); len(todo) > 0 && len(seen) <= maxFiles; todo = todo[1:] {
		name := todo[0]
		if seen[name] {
			continue
		}
		seen[name] = true
		if !slices.Contains(r.Paths, name) {
			found = append(found, name)
		}
		if text, err := fs.ReadFile(r.FS, name); err == nil && staysHome(text) {
			continue
		}
		if n := l.load(name, source.Top(name)); n != nil {
			todo = append(todo, filesIn(n)...)
		}
	}
	slices.Sort(found)
	return found, nil
}

// filesIn lists the files that a document refers to by name.
func filesIn(n *document.Node) (files []string) {
	eachRef(n, false, func(ref *document.Node) {
		file, _, _ := strings.Cut(ref.Text, "#")
		name := path.Join(path.Dir(ref.Span.File), file)
		if file != "" && !isRemote(file) && fs.ValidPath(name) && !slices.Contains(files, name) {
			files = append(files, name)
		}
	})
	return files
}

// staysHome reports whether a text surely refers to nothing outside it, without reading
// it: whatever may be a key $ref has a value in quotes that begins with #. Most large
// descriptions are such.
func staysHome(text []byte) bool {
	for at := 0; ; at++ {
		i := bytes.IndexByte(text[at:], '\\')
		if i < 0 {
			break
		}
		if at += i + 1; mayHide(text[at:]) {
			return false
		}
	}
	for {
		_, after, found := bytes.Cut(text, []byte("$ref"))
		if !found {
			return true
		}
		value, isKey := bytes.CutPrefix(bytes.TrimLeft(after, "\"' \t\r\n"), []byte(":"))
		value = bytes.TrimLeft(value, " \t\r\n")
		if !isKey || len(value) < 2 || value[0] != '"' && value[0] != '\'' || value[1] != '#' {
			return false
		}
		text = after
	}
}

// mayHide reports whether what follows a backslash may be a character of $ref in other
// words, or a line break in the middle of it.
func mayHide(escape []byte) bool {
	digits := 0
	switch {
	case len(escape) == 0:
		return false
	case escape[0] == 'x':
		digits = 2
	case escape[0] == 'u':
		digits = 4
	case escape[0] == 'U':
		digits = 8
	default:
		return escape[0] == '\n' || escape[0] == '\r'
	}
	code, err := strconv.ParseUint(string(escape[1:min(len(escape), 1+digits)]), 16, 32)
	return err == nil && code < utf8.RuneSelf
}

// mentions lists what a file refers to by name.
func mentions(fsys fs.FS, name string) ([]string, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil || staysHome(text) {
		return nil, err
	}
	n, err := document.Parse(name, text)
	if err != nil || n == nil {
		return nil, nil // what cannot be read is an error when it is loaded
	}
	return filesIn(n), nil
}

// root returns a member of the description.
func (p *port) get(key string) *document.Node { return p.root.Get(key) }
