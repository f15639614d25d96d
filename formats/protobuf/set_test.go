package protobuf

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// compiled returns the descriptor set of some files, as protoc would write it with
// --include_imports and --include_source_info; nil if they do not compile.
func compiled(f files) []byte {
	c := protocompile.Compiler{
		Resolver:       protocompile.WithStandardImports(&protocompile.SourceResolver{Accessor: protocompile.SourceAccessorFromMap(f)}),
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	linked, err := c.Compile(context.Background(), f.protos()...)
	if err != nil {
		return nil
	}
	set, seen := new(descriptorpb.FileDescriptorSet), make(map[string]bool)
	var add func(protoreflect.FileDescriptor)
	add = func(d protoreflect.FileDescriptor) {
		if seen[d.Path()] {
			return
		}
		seen[d.Path()] = true
		for i := range d.Imports().Len() {
			add(d.Imports().Get(i).FileDescriptor)
		}
		set.File = append(set.File, protodesc.ToFileDescriptorProto(d))
	}
	for _, l := range linked {
		add(l)
	}
	text, err := proto.Marshal(set)
	if err != nil {
		panic(err)
	}
	return text
}

func loadSet(text []byte) (schema.Schema, error) {
	return Format.Load(context.Background(), schema.Request{FS: files{"all.binpb": string(text)}.fs(), Paths: []string{"all.binpb"}})
}

// told words changes by all that does not depend on where the files stand.
func told(changes []change.Change, withLines bool) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s %s %s %s %s", c.Rule.ID, c.Path, c.Key, c.From, c.To)
		for _, p := range c.Also {
			fmt.Fprintf(&b, " %s", p.ID)
		}
		if withLines {
			fmt.Fprintf(&b, " %s:%d %s:%d", c.Base.File, c.Base.Start.Line, c.Head.File, c.Head.Start.Line)
		}
		b.WriteString("\n")
	}
	return strings.ReplaceAll(b.String(), "all.binpb/", "")
}

// sides are before and after of every example of a rule.
func sides() map[string][2]files {
	all := make(map[string][2]files)
	for _, r := range rules.List {
		a, _ := rules.Example(r)
		before, after := make(files), make(files)
		for _, f := range a.Files {
			if name, ok := strings.CutPrefix(f.Name, "before/"); ok {
				before[name] = string(f.Data)
			} else if name, ok := strings.CutPrefix(f.Name, "after/"); ok {
				after[name] = string(f.Data)
			}
		}
		all[r.ID] = [2]files{before, after}
	}
	return all
}

// A set says what its sources say: the two do not differ, and two sets differ as
// their sources do, at the same lines.
func TestSetsSayWhatTheirSourcesSay(t *testing.T) {
	compared, withLines := 0, 0
	for id, s := range sides() {
		t.Run(path.Base(id), func(t *testing.T) {
			var source, set [2]schema.Schema
			for i, f := range s {
				text := compiled(f)
				if text == nil {
					t.Skip("the files need roots that a compiler is not told of")
				}
				var err error
				if source[i], err = loadFiles(f); err != nil {
					t.Fatal(err)
				}
				if set[i], err = loadSet(text); err != nil {
					t.Fatal(err)
				}
				for _, pair := range [][2]schema.Schema{{source[i], set[i]}, {set[i], source[i]}} {
					changes, err := Format.Diff(pair[0], pair[1])
					if err != nil || len(changes) > 0 {
						t.Errorf("a set differs from its sources: %v %s", err, told(changes, true))
					}
				}
			}
			want, err1 := Format.Diff(source[0], source[1])
			got, err2 := Format.Diff(set[0], set[1])
			if err1 != nil || err2 != nil || told(got, false) != told(want, false) {
				t.Errorf("%v %v\nof sets:\n%sof sources:\n%s", err1, err2, told(got, false), told(want, false))
			}
			if compared++; told(got, true) == told(want, true) {
				withLines++
			}
		})
	}
	t.Logf("%d examples, %d with every line the same", compared, withLines)
	if compared < 60 || withLines < compared*3/4 {
		t.Error("too few could be compared")
	}
}

// What compiled sets of buf's own cases say, by category.
func TestBufCasesAsSets(t *testing.T) {
	var cases []struct {
		Name, Category string
		Before, After  files
		Expected       []expectation
	}
	ruletest.Corpus(t, "protobuf/buf-cases.json", &cases)
	agree := 0
	for _, c := range cases {
		if c.Category == "own" {
			continue
		}
		base, err1 := loadSet(compiled(c.Before))
		head, err2 := loadSet(compiled(c.After))
		if err1 != nil || err2 != nil {
			t.Errorf("%s: %v %v", c.Name, err1, err2)
			continue
		}
		changes, err := Format.Diff(base, head)
		ours := make(map[string]bool)
		for key := range said(changes, c.Category) {
			ours[strings.ReplaceAll(key, "all.binpb/", "")] = true
		}
		if d := difference(ours, c.Expected); d != "" || err != nil {
			t.Errorf("%s %s: %v %s", c.Category, c.Name, err, d)
		} else {
			agree++
		}
	}
	t.Logf("%d cases agree", agree)
}

// lie returns a set of one file that an edit made false.
func lie(t *testing.T, source string, edit func(*descriptorpb.FileDescriptorSet)) []byte {
	t.Helper()
	set := new(descriptorpb.FileDescriptorSet)
	if err := proto.Unmarshal(compiled(files{"a.proto": source, "b.proto": "syntax = \"proto3\";\nimport \"a.proto\";\nmessage B {\n  A a = 1;\n}\n"}), set); err != nil {
		t.Fatal(err)
	}
	edit(set)
	text, err := proto.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const honest = "syntax = \"proto3\";\nmessage A {\n  string id = 1;\n  E e = 2;\n  oneof o {\n    int32 x = 3;\n  }\n}\nenum E {\n  E_NONE = 0;\n}\n"

func TestSetsThatLie(t *testing.T) {
	file := func(s *descriptorpb.FileDescriptorSet, name string) *descriptorpb.FileDescriptorProto {
		i := slices.IndexFunc(s.File, func(f *descriptorpb.FileDescriptorProto) bool { return f.GetName() == name })
		return s.File[i]
	}
	a := func(s *descriptorpb.FileDescriptorSet) *descriptorpb.DescriptorProto {
		return file(s, "a.proto").MessageType[0]
	}
	tests := []struct {
		name string
		edit func(*descriptorpb.FileDescriptorSet)
		want string
	}{
		{"a type that is nowhere", func(s *descriptorpb.FileDescriptorSet) { a(s).Field[1].TypeName = proto.String(".Gone") }, `all.binpb/a.proto:1:1: the descriptor set is not as a compiler would make it`},
		{"a message for an enum", func(s *descriptorpb.FileDescriptorSet) { a(s).Field[1].TypeName = proto.String(".A") }, `all.binpb/a.proto:1:1: the descriptor set is not`},
		{"two fields of one number", func(s *descriptorpb.FileDescriptorSet) { a(s).Field[1].Number = proto.Int32(1) }, `all.binpb/a.proto:1:1: the descriptor set is not`},
		{"two messages of one name", func(s *descriptorpb.FileDescriptorSet) {
			file(s, "a.proto").MessageType = append(file(s, "a.proto").MessageType, proto.CloneOf(a(s)))
		}, `all.binpb/a.proto:1:1: the descriptor set is not`},
		{"a name that another file has", func(s *descriptorpb.FileDescriptorSet) { file(s, "b.proto").MessageType[0].Name = proto.String("A") }, `all.binpb/b.proto:1:1: the descriptor set is not`},
		{"a oneof that is not there", func(s *descriptorpb.FileDescriptorSet) { a(s).Field[2].OneofIndex = proto.Int32(7) }, `all.binpb/a.proto:1:1: the descriptor set is not`},
		{"a negative number", func(s *descriptorpb.FileDescriptorSet) { a(s).Field[0].Number = proto.Int32(-1) }, `all.binpb/a.proto:1:1: the descriptor set is not`},
		{"a name that is none", func(s *descriptorpb.FileDescriptorSet) { a(s).Field[0].Name = proto.String("x y") }, `all.binpb/a.proto:1:1: the descriptor set is not`},
		{"a type of no kind", func(s *descriptorpb.FileDescriptorSet) {
			a(s).Field[0].Type = descriptorpb.FieldDescriptorProto_Type(99).Enum()
		}, `all.binpb/a.proto:1:1: the descriptor set is not`},
		{"a public import that is not there", func(s *descriptorpb.FileDescriptorSet) { file(s, "b.proto").PublicDependency = []int32{9} }, `all.binpb/b.proto:1:1: the descriptor set is not`},
		{"an edition to come", func(s *descriptorpb.FileDescriptorSet) {
			file(s, "a.proto").Syntax, file(s, "a.proto").Edition = proto.String("editions"), descriptorpb.Edition_EDITION_99999_TEST_ONLY.Enum()
		}, `all.binpb/a.proto:1:1: the descriptor set is not`},
		{"an import that is missing", func(s *descriptorpb.FileDescriptorSet) {
			s.File = slices.DeleteFunc(s.File, func(f *descriptorpb.FileDescriptorProto) bool { return f.GetName() == "a.proto" })
		}, `all.binpb/b.proto:1:1: it imports "a.proto", which is not in the descriptor set`},
		{"imports in a circle", func(s *descriptorpb.FileDescriptorSet) { file(s, "a.proto").Dependency = []string{"b.proto"} }, `all.binpb/b.proto:1:1: imports form a cycle: `},
		{"one file twice", func(s *descriptorpb.FileDescriptorSet) {
			twin := proto.CloneOf(file(s, "a.proto"))
			twin.Package = proto.String("other")
			s.File = append(s.File, twin)
		}, `all.binpb:1:1: file 3 of the descriptor set: a.proto is there twice, and differs`},
		{"a name outside", func(s *descriptorpb.FileDescriptorSet) { file(s, "b.proto").Name = proto.String("../b.proto") }, `all.binpb:1:1: file 2 of the descriptor set: "../b.proto" is no name of a file`},
		{"messages inside each other without end", func(s *descriptorpb.FileDescriptorSet) {
			for range 1000 {
				file(s, "a.proto").MessageType = []*descriptorpb.DescriptorProto{{Name: proto.String("A"), NestedType: file(s, "a.proto").MessageType}}
			}
		}, `all.binpb:1:1: file 1 of the descriptor set: it cannot be decoded`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := loadSet(lie(t, honest, tt.edit))
			if err == nil || !strings.HasPrefix(strings.Split(err.Error(), "\n")[0], tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
	if _, err := loadSet([]byte("syntax = \"proto3\";")); err == nil || !strings.HasPrefix(err.Error(), "all.binpb:1:1: want a descriptor set") {
		t.Errorf("a source under the name of a set: %v", err)
	}
}

// Places that no file has are not believed; what has none stands at the top.
func TestSetsWithoutPlaces(t *testing.T) {
	for name, edit := range map[string]func(*descriptorpb.FileDescriptorProto){
		"none":      func(f *descriptorpb.FileDescriptorProto) { f.SourceCodeInfo = nil },
		"cut off":   func(f *descriptorpb.FileDescriptorProto) { f.SourceCodeInfo.Location[3].Span = []int32{1} },
		"negative":  func(f *descriptorpb.FileDescriptorProto) { f.SourceCodeInfo.Location[3].Span = []int32{-5, 0, 7} },
		"backwards": func(f *descriptorpb.FileDescriptorProto) { f.SourceCodeInfo.Location[3].Span = []int32{9, 9, 1, 1} },
	} {
		t.Run(name, func(t *testing.T) {
			head, err := loadSet(lie(t, honest, func(s *descriptorpb.FileDescriptorSet) {
				for _, f := range s.File {
					edit(f)
				}
			}))
			if err != nil {
				t.Fatal(err)
			}
			base, err := loadSet(lie(t, strings.Replace(honest, "string id", "bytes id", 1), func(*descriptorpb.FileDescriptorSet) {}))
			if err != nil {
				t.Fatal(err)
			}
			changes, err := Format.Diff(base, head)
			if err != nil || len(changes) != 1 || changes[0].Base.String() != "all.binpb/a.proto:3:3" {
				t.Errorf("got %v %s", err, told(changes, true))
			}
			if at := changes[0].Head.Start; at.Line < 1 || at.Column < 1 {
				t.Errorf("the head stands at %v", at)
			}
		})
	}
}

// buf marks what is in an image for the sake of others.
func TestImportsOfAnImageAreNotThePorts(t *testing.T) {
	image := lie(t, honest, func(s *descriptorpb.FileDescriptorSet) {
		isImport := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 1)
		s.File[0].ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 8042, protowire.BytesType), isImport))
	})
	s, err := loadSet(image)
	if err != nil || len(s.Outline().Roots) != 1 || s.Outline().Roots[0] != "B" {
		t.Errorf("got %v %v", s.Outline().Roots, err)
	}
}

func TestClaimsOfSets(t *testing.T) {
	set := compiled(files{"a.proto": honest})
	for name, want := range map[string]bool{"a.binpb": true, "a.pb": true, "a.desc": true, "a.bin": false} {
		if got := Format.Match(name) && Format.Claims(name, set); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for what, text := range map[string][]byte{
		"nothing": nil, "a text": []byte("hello: 1"), "another message": protowire.AppendVarint([]byte{0x08}, 5),
		"a list of names": {0x0a, 0x03, 'a', 'b', 'c'}, "cut off": set[:len(set)-1], "more after it": append(bytes.Clone(set), 0xff),
	} {
		if Format.Claims("a.pb", text) {
			t.Errorf("%s is taken for a set", what)
		}
	}
}

func FuzzSet(f *testing.F) {
	for _, source := range []string{honest, "edition = \"2023\";\nmessage A {\n  reserved x;\n  map<string, A> m = 1;\n}\n", "syntax = \"proto2\";\nmessage A {\n  extensions 5 to 9;\n  optional group G = 1 {}\n}\nextend A {\n  optional int32 e = 5;\n}\n"} {
		f.Add(compiled(files{"a.proto": source}))
	}
	base, err := loadSet(compiled(files{"a.proto": honest}))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		head, err := loadSet(text)
		if err != nil {
			if strings.Contains(err.Error(), "crashed") {
				t.Fatal(err)
			}
			return
		}
		if same, err := Format.Diff(head, head); err != nil || len(same) > 0 {
			t.Errorf("a set differs from itself: %v %v", same, err)
		}
		for _, pair := range [][2]schema.Schema{{base, head}, {head, base}} {
			if _, err := Format.Diff(pair[0], pair[1]); err != nil {
				t.Error(err)
			}
		}
	})
}

// Whatever a set says, it is read, or refused with a place, and never brings down
// the compiler.
func TestRandomLies(t *testing.T) {
	source := "syntax = \"proto2\";\npackage p;\nmessage A {\n  extensions 100 to 200;\n  reserved 50 to 60;\n  optional group G = 1 {}\n  map<string, A> m = 2;\n  oneof o {\n    E e = 3;\n  }\n  optional string s = 4 [default = \"x\"];\n}\nextend A {\n  optional int32 ext = 100;\n}\nenum E {\n  E_NONE = 0;\n  E_ONE = 1;\n}\nservice S {\n  rpc Do(A) returns (stream A);\n}\n"
	text := compiled(files{"a.proto": source, "b.proto": "syntax = \"proto3\";\nimport public \"a.proto\";\nmessage B {\n  p.A a = 1;\n}\n"})
	honest, err := loadSet(text)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	const rounds = 3000
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 1))
		set := new(descriptorpb.FileDescriptorSet)
		if err := proto.Unmarshal(text, set); err != nil {
			t.Fatal(err)
		}
		for range 1 + r.IntN(3) {
			tellALie(r, set.ProtoReflect())
		}
		lying, err := proto.Marshal(set)
		if err != nil {
			continue
		}
		head, err := loadSet(lying)
		if err != nil {
			refused++
			if strings.Contains(err.Error(), "crashed") || !strings.HasPrefix(err.Error(), "all.binpb") {
				t.Errorf("seed %d: %s", seed, err)
			}
			continue
		}
		for _, pair := range [][2]schema.Schema{{honest, head}, {head, honest}, {head, head}} {
			if _, err := Format.Diff(pair[0], pair[1]); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
	}
	t.Logf("%d of %d refused", refused, rounds)
}

// tellALie sets a random field of m, or of a message in it, to something else.
func tellALie(r *rand.Rand, m protoreflect.Message) {
	fields := m.Descriptor().Fields()
	fd := fields.Get(r.IntN(fields.Len()))
	if fd.Name() == "source_code_info" && r.IntN(4) > 0 {
		return
	}
	value := func() protoreflect.Value {
		switch fd.Kind() {
		case protoreflect.StringKind:
			return protoreflect.ValueOfString([]string{"", "A", ".p.A", "p.E", ".p.A.G", "x y", "a.proto", "G", "\xc3\xa9", "9", "proto3", "editions"}[r.IntN(12)])
		case protoreflect.EnumKind:
			return protoreflect.ValueOfEnum(protoreflect.EnumNumber(r.IntN(1002) - 1))
		case protoreflect.BoolKind:
			return protoreflect.ValueOfBool(r.IntN(2) == 0)
		case protoreflect.Int32Kind:
			return protoreflect.ValueOfInt32([]int32{-1, 0, 1, 4, 100, 19000, 1 << 29, -1 << 31, 1<<31 - 1}[r.IntN(9)])
		}
		return protoreflect.Value{}
	}
	switch {
	case fd.IsList() && fd.Message() != nil:
		list := m.Mutable(fd).List()
		if list.Len() == 0 || r.IntN(8) == 0 {
			list.Append(list.NewElement())
		}
		if r.IntN(8) == 0 {
			list.Append(list.Get(r.IntN(list.Len())))
		}
		tellALie(r, list.Get(r.IntN(list.Len())).Message())
	case fd.Message() != nil:
		tellALie(r, m.Mutable(fd).Message())
	case fd.IsList():
		if v := value(); v.IsValid() {
			m.Mutable(fd).List().Append(v)
		}
	case r.IntN(4) == 0:
		m.Clear(fd)
	default:
		if v := value(); v.IsValid() {
			m.Set(fd, v)
		}
	}
}

func TestImagesInJSONAreNamed(t *testing.T) {
	image := `{"file": [{"name": "acme/orders.proto", "package": "acme", "bufExtension": {"isImport": false}}]}`
	if why, ok := Unread("image.json", []byte(image)); !ok || !strings.Contains(why, "image.binpb") {
		t.Errorf("got %q %v", why, ok)
	}
	for _, other := range []string{"", `{"file": []}`, `{"file": [{"name": "orders.avsc"}]}`} {
		if why, ok := Unread("other.json", []byte(other)); ok {
			t.Errorf("%s: %s", other, why)
		}
	}
}
