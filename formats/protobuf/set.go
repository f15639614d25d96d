package protobuf

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/bufbuild/protocompile/linker"
	"github.com/bufbuild/protocompile/parser"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// Descriptor sets are files as a compiler has read them: what protoc and buf build
// write. A file of a set stands, to us, in the set as in a folder, and its positions
// are those that the compiler noted. Nothing that a set says is believed before it is
// checked as a compiler would check its own work.
var setExts = []string{".binpb", ".pb", ".desc"}

const (
	maxSetBytes = 64 << 20
	maxSetDepth = 100 // messages inside each other, and options
)

func isSetName(name string) bool { return slices.Contains(setExts, path.Ext(name)) }

// isSet reports whether text is a descriptor set: nothing but files, of which the
// first is called as one. Other data has such names too.
func isSet(text []byte) bool {
	first := true
	for len(text) > 0 {
		entry, n := setEntry(text)
		if n < 0 {
			return false
		}
		if first {
			num, typ, tag := protowire.ConsumeTag(entry)
			if tag < 0 || num != 1 || typ != protowire.BytesType {
				return false
			}
			name, n := protowire.ConsumeBytes(entry[tag:])
			if n < 0 || !bytes.HasSuffix(name, []byte(".proto")) {
				return false
			}
		}
		first, text = false, text[n:]
	}
	return !first
}

// setEntry takes the next file off a set. The size is negative if there is none.
func setEntry(text []byte) (entry []byte, size int) {
	num, typ, tag := protowire.ConsumeTag(text)
	if tag < 0 || num != 1 || typ != protowire.BytesType {
		return nil, -1
	}
	entry, n := protowire.ConsumeBytes(text[tag:])
	if n < 0 {
		return nil, n
	}
	return entry, tag + n
}

// readSet adds the files of the set at p.
func (g *graph) readSet(p string) {
	fail := func(format string, args ...any) {
		g.errs = append(g.errs, source.Errorf(source.Top(p), format, args...))
	}
	if info, err := fs.Stat(g.fsys, p); err == nil && info.Size() > maxSetBytes {
		fail("the descriptor set has %d bytes; the most that is read is %d", info.Size(), maxSetBytes)
		return
	}
	text, err := fs.ReadFile(g.fsys, p)
	g.bytes += len(text)
	switch {
	case err != nil:
		fail("%w", err)
	case len(text) > maxSetBytes:
		fail("the descriptor set has %d bytes; the most that is read is %d", len(text), maxSetBytes)
	case g.bytes > maxPortBytes:
		fail("the port is too large: the most that is read is %d bytes", maxPortBytes)
	case !isSet(text):
		fail("want a descriptor set, as protoc --descriptor_set_out and buf build write it; this is none")
	default:
		for i := 0; len(text) > 0; i++ {
			entry, n := setEntry(text)
			text = text[n:]
			if len(g.order) >= maxFiles {
				fail("the descriptor set has more than %d files", maxFiles)
				return
			}
			if err := g.addFromSet(p, entry); err != nil {
				fail("file %d of the descriptor set: %w", i+1, err)
			}
		}
	}
}

// holdsSet reports whether the file at p is a set, whatever it is called.
func (g *graph) holdsSet(p string) bool {
	info, err := fs.Stat(g.fsys, p)
	if err != nil || info.Size() > maxSetBytes {
		return false
	}
	text, err := fs.ReadFile(g.fsys, p)
	return err == nil && isSet(text)
}

// addFromSet adds one file of the set at p. What every compiler has built in is not
// taken from a set.
func (g *graph) addFromSet(p string, entry []byte) error {
	d := new(descriptorpb.FileDescriptorProto)
	if err := (proto.UnmarshalOptions{RecursionLimit: maxSetDepth}).Unmarshal(entry, d); err != nil {
		return fmt.Errorf("it cannot be decoded: %w", err)
	}
	name := d.GetName()
	switch {
	case !fs.ValidPath(name):
		return fmt.Errorf("%q is no name of a file", clip(name, mostShown))
	case g.builtIn(name) != nil:
		return nil
	case g.inSets[name] != nil:
		if bytes.Equal(g.inSets[name].text, entry) {
			return nil
		}
		return fmt.Errorf("%s is there twice, and differs", clip(name, mostShown))
	}
	f := &file{path: p + "/" + name, name: name, own: !isImport(d), text: entry, set: p}
	for i, imported := range d.Dependency {
		f.imports = append(f.imports, importStmt{path: imported, public: slices.Contains(d.PublicDependency, int32(i))})
	}
	d.WeakDependency = nil // nobody checks it, and it means nothing here
	keepTrueLocations(d)
	f.parsed = parser.ResultWithoutAST(d)
	g.inSets[name], g.files[f.path], g.order = f, f, append(g.order, f)
	return nil
}

// isImport reports whether a file is in a set for the sake of others only. Only buf
// says so, in a field of its own.
func isImport(d *descriptorpb.FileDescriptorProto) bool {
	const bufExtension, bufIsImport = 8042, 1
	in := func(text []byte, want protowire.Number, use func(typ protowire.Type, value []byte)) {
		for len(text) > 0 {
			num, typ, tag := protowire.ConsumeTag(text)
			if tag < 0 {
				return
			}
			n := protowire.ConsumeFieldValue(num, typ, text[tag:])
			if n < 0 {
				return
			}
			if num == want {
				use(typ, text[tag:tag+n])
			}
			text = text[tag+n:]
		}
	}
	is := false
	in(d.ProtoReflect().GetUnknown(), bufExtension, func(typ protowire.Type, value []byte) {
		if inner, n := protowire.ConsumeBytes(value); typ == protowire.BytesType && n > 0 {
			in(inner, bufIsImport, func(typ protowire.Type, value []byte) {
				v, _ := protowire.ConsumeVarint(value)
				is = typ == protowire.VarintType && v != 0
			})
		}
	})
	return is
}

// keepTrueLocations drops what cannot be a place in a file.
func keepTrueLocations(d *descriptorpb.FileDescriptorProto) {
	info := d.GetSourceCodeInfo()
	if info == nil {
		return
	}
	info.Location = slices.DeleteFunc(info.Location, func(l *descriptorpb.SourceCodeInfo_Location) bool {
		isBad := func(n int32) bool { return n < 0 || n > maxSetBytes }
		return l == nil || len(l.Span) != 3 && len(l.Span) != 4 || slices.ContainsFunc(l.Span, isBad)
	})
}

// followSet finds the files that a file of a set imports: in sets, and nowhere else.
func (g *graph) followSet(f *file) {
	for i := range f.imports {
		stmt := &f.imports[i]
		if stmt.target = g.inSets[stmt.path]; stmt.target == nil && g.builtIn(stmt.path) == nil {
			f.broken = true
			g.errs = append(g.errs, source.Errorf(source.Top(f.path),
				"it imports %q, which is not in the descriptor set; build the set with its imports (protoc --include_imports)", clip(stmt.path, mostShown)))
		}
	}
}

// check holds a file of a set against the rules of the language, all that a compiler
// would have seen to, given those that it imports.
func (g *graph) check(f *file) error {
	for _, stmt := range f.imports {
		if builtIn := g.builtIn(stmt.path); stmt.target == nil && builtIn != nil {
			register(g.checked, builtIn)
		}
	}
	d, err := protodesc.NewFile(f.parsed.FileDescriptorProto(), g.checked)
	if err != nil {
		return err
	}
	return g.checked.RegisterFile(d)
}

// register adds a built-in file, and all that it imports.
func register(to *protoregistry.Files, d protoreflect.FileDescriptor) {
	if _, err := to.FindFileByPath(d.Path()); err == nil {
		return
	}
	for i := range d.Imports().Len() {
		register(to, d.Imports().Get(i).FileDescriptor)
	}
	_ = to.RegisterFile(d) // it is the library's own
}

// readOptions gives the custom options of a linked file of a set their types: in a
// set they are bytes under a number.
func readOptions(f *file) error {
	types := linker.ResolverFromFile(f.Result)
	var walk func(m protoreflect.Message) error
	walk = func(m protoreflect.Message) (err error) {
		if unknown := m.GetUnknown(); len(unknown) > 0 && m.Descriptor().ExtensionRanges().Len() > 0 {
			m.SetUnknown(nil)
			err = proto.UnmarshalOptions{Merge: true, AllowPartial: true, Resolver: types, RecursionLimit: maxSetDepth}.Unmarshal(unknown, m.Interface())
		}
		m.Range(func(fd field, v protoreflect.Value) bool {
			switch {
			case err != nil || fd.Message() == nil || fd.IsMap() || fd.IsExtension():
			case fd.IsList():
				for i := 0; i < v.List().Len() && err == nil; i++ {
					err = walk(v.List().Get(i).Message())
				}
			default:
				err = walk(v.Message())
			}
			return err == nil
		})
		return err
	}
	d := f.FileDescriptorProto()
	info := d.SourceCodeInfo
	d.SourceCodeInfo = nil // the largest part, in which there are no options
	err := walk(d.ProtoReflect())
	d.SourceCodeInfo = info
	return err
}

// inSet returns where d stands in a file of a set, as the compiler noted it.
func (f *file) inSet(d decl) source.Span {
	at := f.SourceLocations().ByDescriptor(d)
	if at.Path == nil {
		return source.Top(f.path)
	}
	return source.Span{
		File:  f.path,
		Start: source.Pos{Line: at.StartLine + 1, Column: at.StartColumn + 1},
		End:   source.Pos{Line: at.EndLine + 1, Column: at.EndColumn + 1},
	}
}

// jsonImage begins an image that buf wrote as JSON.
var jsonImage = regexp.MustCompile(`^\s*\{\s*"file"\s*:\s*\[\s*\{\s*"name"\s*:\s*"[^"]*\.proto"`)

// Unread tells why a file that holds descriptors is not read.
func Unread(name string, text []byte) (reason string, ok bool) {
	if path.Ext(name) != ".json" || !jsonImage.Match(text) {
		return "", false
	}
	return "an image of buf in JSON is not read; write it with buf build -o image.binpb", true
}
