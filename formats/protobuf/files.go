package protobuf

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// files compares the port's own files, and what they say of all that is in them.
func (d *differ) files() {
	renamed, served := make(map[name]bool), d.servedFiles()
	for _, was := range d.base.files {
		if !was.own || !served[was] {
			continue
		}
		now, s := d.fileNow(was), everywhere
		to, isRenamed := d.packages[was.Package()]
		switch {
		case isRenamed && !renamed[was.Package()]:
			renamed[was.Package()] = true
			d.packageRenamed(was.Package(), to)
		case isRenamed:
		case now == nil:
			s.peers = false // to tools that pair by path it is another file
			now = d.fileGone(was)
		default:
			d.filePackage(was, now)
		}
		if now != nil && !d.sameText(was, now) {
			d.syntax(was, now, s)
			d.fileOptions(was, now, s)
			d.publicImports(was, now)
		}
	}
}

// servedFiles returns the files of the base that count: where one type is served,
// those that declare something that it reaches.
func (d *differ) servedFiles() map[*file]bool {
	served := make(map[*file]bool)
	for _, f := range d.base.files {
		served[f] = d.base.root == nil
	}
	for _, was := range d.base.order {
		if d.base.used[was.FullName()] != 0 {
			served[d.base.file(was)] = true
		}
	}
	return served
}

// everywhere is read and sent, as what is said of a whole file is.
var everywhere = scope{isRead | isSent, true}

// ofFile starts a change of a file: its address is its package, which encloses all
// that it declares.
func ofFile(was *file) change.Change {
	c := change.Change{Path: change.Path(was.Package()), Key: was.path, Base: source.Top(was.path)}
	if c.Path == "" {
		c.Path = change.Port
	}
	return c
}

// packageRenamed is one finding for all files of the package and all that is in
// them.
func (d *differ) packageRenamed(was, to name) {
	var peers []peer
	c := change.Change{Path: change.Path(was), From: string(was), To: string(to)}
	k := byName
	for _, f := range d.base.files {
		if !f.own || f.Package() != was {
			continue
		}
		now := d.fileNow(f)
		if c.Base.IsZero() || c.Head.IsZero() {
			c.Base = packageSpan(f)
		}
		if now != nil && c.Head.IsZero() {
			c.Head = packageSpan(now)
		}
		for decl := range top(f) {
			peers = append(peers, d.gone(decl)...)
			if kept := d.to[decl.FullName()]; kept != nil {
				k |= d.renameRisk(decl)
				if c.Head.IsZero() {
					c.Head = packageSpan(d.head.file(kept))
				}
			}
		}
		peers = append(peers, d.goneFile(f)...)
	}
	if c.Path == "" {
		c.Path = change.Port
	}
	c.Detail = fmt.Sprintf("the package %s is now called %s", orNone(was), orNone(to))
	d.report(packageRenamed, everywhere, k, peers, c)
}

func orNone(pkg name) string {
	if pkg == "" {
		return "(none)"
	}
	return string(pkg)
}

// goneFile lists what buf says of the file alone.
func (d *differ) goneFile(f *file) (peers []peer) {
	now := d.fileNow(f)
	switch {
	case now == nil:
		peers = append(peers, bufAt(f, nil, "FILE_NO_DELETE"))
	case now.Package() != f.Package():
		peers = append(peers, bufAt(f, now, "FILE_SAME_PACKAGE"))
	}
	if !d.head.packages[f.Package()] {
		peers = append(peers, bufAt(f, nil, "PACKAGE_NO_DELETE"))
	}
	return peers
}

// fileGone reports a file that is gone, unless its declarations went with it, all
// of which say so themselves. It returns the file in whose place another one
// stands, if there is one.
func (d *differ) fileGone(was *file) *file {
	to := make(map[string]bool)
	peers := d.goneFile(was)
	for decl := range top(was) {
		if now := d.to[decl.FullName()]; now != nil && d.head.file(now) != nil {
			to[d.head.file(now).path] = true
			peers = append(peers, d.relabeledWithin(decl)...)
		}
	}
	for i := range was.Extensions().Len() {
		if ext := d.head.extNamed[was.Extensions().Get(i).FullName()]; ext != nil && d.head.file(ext) != nil {
			to[d.head.file(ext).path] = true
		}
	}
	c := ofFile(was)
	c.From = was.path
	places := slices.Sorted(maps.Keys(to))
	switch {
	case len(places) > 0:
		c.To = strings.Join(places, ", ")
		c.Head = source.Top(places[0])
		c.Detail = fmt.Sprintf("%s is gone; what it declared stands in %s", was.path, list(places))
		d.report(fileMoved, everywhere, 0, peers, c)
	case !declaresAny(was):
		c.Detail = was.path + ", which declared nothing, is gone"
		d.report(fileRemoved, everywhere, byName, peers, c)
	}
	if len(places) == 1 && d.base.byPath[places[0]] == nil {
		return d.head.byPath[places[0]]
	}
	return nil
}

// filePackage reports a file that joined another package, while its own goes on
// elsewhere. What it declares says so itself.
func (d *differ) filePackage(was, now *file) {
	if was.Package() == now.Package() || declaresAny(was) {
		return
	}
	c := ofFile(was)
	c.From, c.To = string(was.Package()), string(now.Package())
	c.Head = packageSpan(now)
	c.Detail = fmt.Sprintf("%s, which declared nothing, belongs to the package %s instead of %s", now.path, orNone(now.Package()), orNone(was.Package()))
	d.report(filePackageChanged, everywhere, 0, d.goneFile(was), c)
}

func declaresAny(f *file) bool {
	for range top(f) {
		return true
	}
	return f.Extensions().Len() > 0
}

// syntax reports that a file is written in another edition. What that means for
// its elements is told where they are.
func (d *differ) syntax(was, now *file, s scope) {
	c := ofFile(was)
	c.From, c.To = syntaxOf(was), syntaxOf(now)
	if c.From == c.To {
		return
	}
	peers := buf("FILE_SAME_SYNTAX")
	for decl := range top(was) {
		peers = append(peers, d.relabeledWithin(decl)...)
	}
	c.Head = source.Top(now.path)
	c.Detail = fmt.Sprintf("%s was written in %s and is now in %s", now.path, c.From, c.To)
	d.report(syntaxChanged, s, 0, peers, c)
}

// relabeledWithin lists what buf says of messages with a field that is required on
// both sides, and says so by a label on the one and by a feature on the other. That
// happens where a message comes to stand in a file of another syntax.
func (d *differ) relabeledWithin(was decl) (peers []peer) {
	for part := range within(was) {
		base, ok := part.(message)
		now, stays := d.to[part.FullName()].(message)
		if !ok || !stays || base.FullName() != now.FullName() {
			continue
		}
		head := fieldsByNumber(now)
		for n, a := range fieldsByNumber(base) {
			if b := head[n]; b != nil && isRequired(a) && isRequired(b) && saysRequired(a) != saysRequired(b) {
				peers = append(peers, bufAt(d.base.file(base), d.head.file(now), "MESSAGE_SAME_REQUIRED_FIELDS"))
			}
		}
	}
	return peers
}

func syntaxOf(f *file) string {
	if f.Syntax() == protoreflect.Editions {
		return "edition " + strings.TrimPrefix(f.FileDescriptorProto().GetEdition().String(), "EDITION_")
	}
	return f.Syntax().String()
}

// The options that only generated code shows. Another tool names each of them:
// go_package is FILE_SAME_GO_PACKAGE.
var codeOptions = []protoreflect.Name{
	"cc_enable_arenas", "cc_generic_services", "csharp_namespace", "go_package", "java_generic_services",
	"java_multiple_files", "java_outer_classname", "java_package", "objc_class_prefix", "optimize_for", "php_class_prefix",
	"php_metadata_namespace", "php_namespace", "py_generic_services", "ruby_package", "swift_prefix",
}

// fileOptions reports, together, the options of a file that changed and that only
// generated code shows.
func (d *differ) fileOptions(was, now *file, s scope) {
	base, head := fileOptionsOf(was), fileOptionsOf(now)
	c := ofFile(was)
	var from, to, ids, words []string
	for _, option := range codeOptions {
		fd := base.Descriptor().Fields().ByName(option)
		a, b := text(fd, base.Get(fd)), text(fd, head.Get(fd))
		if a == b {
			continue
		}
		from, to = append(from, string(option)+" = "+a), append(to, string(option)+" = "+b)
		words = append(words, fmt.Sprintf("%s %s became %s", option, a, b))
		ids = append(ids, "FILE_SAME_"+strings.ToUpper(string(option)))
		if c.Head.IsZero() {
			c.Base, c.Head = optionSpan(was, option), optionSpan(now, option)
		}
	}
	if len(words) > 0 {
		c.From, c.To = strings.Join(from, "; "), strings.Join(to, "; ")
		c.Detail = fmt.Sprintf("%s: %s", now.path, strings.Join(words, ", "))
		d.report(fileOptionChanged, s, 0, buf(ids...), c)
	}
	whole := ofFile(was)
	whole.Head = source.Top(now.path)
	d.options(was, now, whole, s)
}

func fileOptionsOf(f *file) protoreflect.Message {
	opts, _ := f.Options().(*descriptorpb.FileOptions)
	return opts.ProtoReflect()
}

// publicImports reports imports that others got through this file.
func (d *differ) publicImports(was, now *file) {
	left := make(map[string]bool)
	for _, stmt := range now.imports {
		left[stmt.path] = left[stmt.path] || stmt.public
	}
	for _, stmt := range was.imports {
		if stmt.public && !left[stmt.path] {
			c := ofFile(was)
			c.Key, c.From, c.Base, c.Head = was.path+" "+stmt.path, stmt.path, was.at(stmt.start, stmt.end), source.Top(now.path)
			c.Detail = fmt.Sprintf("%s no longer imports %s publicly", now.path, stmt.path)
			d.report(publicImportRemoved, everywhere, byName, nil, c)
		}
	}
}

// packageSpan returns the package statement of f, or its top.
func packageSpan(f *file) source.Span {
	if f.set != "" {
		return source.Top(f.path)
	}
	return f.where(f.places.pkg)
}

// optionSpan returns the statement that sets an option of f, or its top.
func optionSpan(f *file, option protoreflect.Name) source.Span {
	if f.set != "" {
		return source.Top(f.path)
	}
	return f.where(f.places.options[string(option)])
}

var packageRenamed = &change.Rule{
	ID: "protobuf/package-renamed", Idea: "package-renamed",
	Title:  "A package has another name",
	Class:  change.Breaking,
	Breaks: change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code,
	Why: `The full name of every type in it changed: registries, Any values and the paths of gRPC methods that carry
the old name find nothing, and code has to be generated anew. The bytes of the messages stay the same.`,
	Fix:  `Serve the new package beside the old one, and remove the old one when no consumer is left on it.`,
	Also: also(goneDecl...),
}

var fileMoved = &change.Rule{
	ID: "protobuf/file-moved", Idea: "file-moved",
	Title:  "A file is gone, and what it declared stands in another one",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why: `Full names are the same, so data and names stay as they are. Only languages that generate
one unit for each file, such as C++ and Python, import from another place.`,
	Fix:  `Leave a file of the old name that imports the new one publicly, which keeps old imports working.`,
	Also: also("FILE_NO_DELETE", "PACKAGE_NO_DELETE", "MESSAGE_SAME_REQUIRED_FIELDS"),
}

var fileRemoved = &change.Rule{
	ID: "protobuf/file-removed", Idea: "file-removed",
	Title:  "A file that declared nothing was removed",
	Class:  change.Risky,
	Breaks: change.Query | change.Code,
	Why:    `Files of other repositories that name it in an import no longer compile.`,
	Fix:    `Keep the file until nobody imports it.`,
	Also:   also("FILE_NO_DELETE", "PACKAGE_NO_DELETE"),
}

var syntaxChanged = &change.Rule{
	ID: "protobuf/syntax-changed", Idea: "syntax-changed",
	Title:  "A file is written in another syntax or edition",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why: `The syntax is a spelling: what an element means, its presence, its packing, its checks, is
compared where the element stands and told there.`,
	Fix:  `Nothing has to be done, unless consumers compile the file with tools that do not know the edition yet.`,
	Also: also("FILE_SAME_SYNTAX", "MESSAGE_SAME_REQUIRED_FIELDS"),
}

var filePackageChanged = &change.Rule{
	ID: "protobuf/file-package-changed", Idea: "file-package-changed",
	Title:  "A file that declared nothing belongs to another package",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `Nothing in it has a name that could change.`,
	Fix:    `Nothing has to be done.`,
	Also:   also("FILE_SAME_PACKAGE", "PACKAGE_NO_DELETE"),
}

var fileOptionChanged = &change.Rule{
	ID: "protobuf/file-option-changed", Idea: "file-option-changed",
	Title:  "A file option that shapes generated code changed",
	Class:  change.Risky,
	Breaks: change.Code,
	Why: `Code that is generated from the file has another package, class or base class in that language. Data stays
as it is.`,
	Fix: `Change it together with the consumers that generate code in that language, or leave it.`,
	Also: also("FILE_SAME_CC_ENABLE_ARENAS", "FILE_SAME_CC_GENERIC_SERVICES", "FILE_SAME_CSHARP_NAMESPACE", "FILE_SAME_GO_PACKAGE",
		"FILE_SAME_JAVA_GENERIC_SERVICES", "FILE_SAME_JAVA_MULTIPLE_FILES", "FILE_SAME_JAVA_OUTER_CLASSNAME", "FILE_SAME_JAVA_PACKAGE",
		"FILE_SAME_OBJC_CLASS_PREFIX", "FILE_SAME_OPTIMIZE_FOR", "FILE_SAME_PHP_CLASS_PREFIX", "FILE_SAME_PHP_METADATA_NAMESPACE",
		"FILE_SAME_PHP_NAMESPACE", "FILE_SAME_PY_GENERIC_SERVICES", "FILE_SAME_RUBY_PACKAGE", "FILE_SAME_SWIFT_PREFIX"),
}

var publicImportRemoved = &change.Rule{
	ID: "protobuf/public-import-removed", Idea: "public-import-removed",
	Title:  "A file no longer passes on what it imports",
	Class:  change.Risky,
	Breaks: change.Query | change.Code,
	Why:    `Files of other repositories that name the imported types, and got them through this file, no longer compile.`,
	Fix:    `Keep the public import until nobody relies on it.`,
}
