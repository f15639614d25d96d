package protobuf

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
)

func TestImportsAreFound(t *testing.T) {
	const order, money = "syntax = \"proto3\";\nimport \"common/money.proto\";\nmessage Order { Money total = 1; }\n", "syntax = \"proto3\";\nmessage Money { int64 cents = 1; }\n"
	tests := []struct {
		name    string
		files   files
		path    string
		include []string
		want    []string // that is read besides the port's own files
	}{
		{"in the nearest folder above", files{"shop/v1/order.proto": order, "shop/common/money.proto": money, "common/money.proto": "not read"},
			"shop/v1/order.proto", nil, []string{"shop/common/money.proto"}},
		{"in an include, and nowhere else", files{"shop/v1/order.proto": order, "shop/common/money.proto": "not read", "lib/common/money.proto": money},
			"shop/v1/order.proto", []string{"lib/"}, []string{"lib/common/money.proto"}},
		{"in a module of version 2", files{"buf.yaml": "version: v2\nmodules:\n  - path: proto\n  - path: lib\n", "proto/shop/order.proto": order, "proto/shop/common/money.proto": "not read", "lib/common/money.proto": money},
			"proto/shop/order.proto", nil, []string{"buf.yaml", "lib/common/money.proto"}},
		{"in a module of version 1", files{"proto/buf.yaml": "version: v1\n", "proto/shop/order.proto": order, "proto/common/money.proto": money},
			"proto/shop/order.proto", nil, []string{"proto/buf.yaml", "proto/common/money.proto"}},
		{"in another module of the workspace", files{"buf.work.yaml": "version: v1\ndirectories: [a, b]\n", "a/buf.yaml": "version: v1\n", "b/buf.yaml": "version: v1\n", "a/order.proto": order, "b/common/money.proto": money},
			"a/order.proto", nil, []string{"a/buf.yaml", "b/buf.yaml", "b/common/money.proto", "buf.work.yaml"}},
		{"in the roots of version 1 beta", files{"buf.yaml": "version: v1beta1\nbuild:\n  roots: [proto, lib]\n", "proto/order.proto": order, "lib/common/money.proto": money},
			"proto/order.proto", nil, []string{"buf.yaml", "lib/common/money.proto"}},
		{"for a file that no module holds", files{"buf.yaml": "version: v2\nmodules:\n  - path: proto\n", "old/order.proto": order, "common/money.proto": money},
			"old/order.proto", nil, []string{"buf.yaml", "common/money.proto"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var read []string
			r := schema.Request{FS: recorder{tt.files.fs(), &read}, Paths: []string{tt.path}, Include: tt.include}
			if _, err := Format.Load(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			slices.Sort(read)
			read = slices.DeleteFunc(slices.Compact(read), func(name string) bool { return name == tt.path })
			if !slices.Equal(read, tt.want) {
				t.Errorf("load reads %v, want %v", read, tt.want)
			}
			got, err := Format.Imports(r)
			exist := slices.DeleteFunc(slices.Clone(got), func(name string) bool { return tt.files[name] == "" })
			if err != nil || !slices.Equal(exist, tt.want) {
				t.Errorf("imports are %v, %v; want %v", exist, err, tt.want)
			}
		})
	}
}

// A file that comes where an import is looked up first changes what it means, and
// so does one that goes.
func TestImportsNameWhereTheyLooked(t *testing.T) {
	const order = "syntax = \"proto3\";\nimport \"common/money.proto\";\n"
	r := schema.Request{FS: files{"shop/v1/order.proto": order, "common/money.proto": "syntax = \"proto3\";"}.fs(), Paths: []string{"shop/v1/order.proto"}}
	got, err := Format.Imports(r)
	for _, want := range []string{"shop/v1/common/money.proto", "shop/common/money.proto", "common/money.proto", "shop/buf.yaml"} {
		if err != nil || !slices.Contains(got, want) {
			t.Errorf("%s is not among %v, %v", want, got, err)
		}
	}
	delete(r.FS.(fstest.MapFS), "common/money.proto")
	if got, err = Format.Imports(r); err != nil || !slices.Contains(got, "common/money.proto") {
		t.Errorf("a missing file is not among %v, %v", got, err)
	}
}

// A recorder notes what is read from it.
type recorder struct {
	fs.FS
	read *[]string
}

func (r recorder) ReadFile(name string) ([]byte, error) {
	*r.read = append(*r.read, name)
	return fs.ReadFile(r.FS, name)
}

func (r recorder) Stat(name string) (fs.FileInfo, error) { return fs.Stat(r.FS, name) }

// One file that is imported by two names is one file.
func TestOneFileUnderTwoNames(t *testing.T) {
	_, err := loadFiles(archive(`
-- a/x.proto --
syntax = "proto3";
import "money.proto";
message X { Money m = 1; }
-- a/money.proto --
syntax = "proto3";
message Money { int64 cents = 1; }
-- y.proto --
syntax = "proto3";
import "a/money.proto";
message Y { Money m = 1; }
`))
	if err != nil {
		t.Error(err)
	}
}

// Two files that are imported by one name, each by its neighbours, are two files.
func TestTwoFilesUnderOneName(t *testing.T) {
	_, err := loadFiles(archive(`
-- a/x.proto --
syntax = "proto3";
package a;
import "money.proto";
message X { Money m = 1; }
-- a/money.proto --
syntax = "proto3";
package a;
message Money { int64 cents = 1; }
-- b/y.proto --
syntax = "proto3";
package b;
import "money.proto";
message Y { Money m = 1; }
-- b/money.proto --
syntax = "proto3";
package b;
message Money { int64 cents = 1; }
`))
	if err != nil {
		t.Error(err)
	}
}

// A copy of a well-known file takes the place of the one that is built in, and
// neither that nor its going is a change.
func TestCopiesOfWellKnownFiles(t *testing.T) {
	without := files{"order.proto": "syntax = \"proto3\";\nimport \"google/protobuf/timestamp.proto\";\nmessage Order { google.protobuf.Timestamp at = 1; }\n"}
	with := files{"order.proto": without["order.proto"], "google/protobuf/timestamp.proto": "syntax = \"proto3\";\npackage google.protobuf;\nmessage Timestamp { int64 seconds = 1; int32 nanos = 2; }\n"}
	for _, sides := range [][2]files{{with, without}, {without, with}} {
		base, err1 := Format.Load(t.Context(), schema.Request{FS: sides[0].fs(), Paths: []string{"order.proto"}})
		head, err2 := Format.Load(t.Context(), schema.Request{FS: sides[1].fs(), Paths: []string{"order.proto"}})
		changes, err := Format.Diff(base, head)
		if err1 != nil || err2 != nil || err != nil || len(changes) > 0 {
			t.Errorf("got %v, %v, %v, %v", changes, err1, err2, err)
		}
	}
}

func TestPorts(t *testing.T) {
	tests := []struct {
		name, path string
		files      files
		want       string
	}{
		{"the package", "x/orders.proto", files{"x/orders.proto": "/* package no; */ syntax = \"proto3\"; // package no;\noption x = \"package no;\";\npackage acme . orders.v1 ;\n"}, "acme.orders.v1"},
		{"the folder where there is no package", "x/y/orders.proto", files{"x/y/orders.proto": "message M {}"}, "x/y"},
		{"the file where there is no folder either", "orders.proto", files{"orders.proto": ""}, "orders"},
		{"the module by its name", "proto/a/b.proto", files{"buf.yaml": "version: v2\nmodules:\n  - path: proto\n    name: buf.build/acme/orders\n", "proto/a/b.proto": "package p;"}, "acme/orders"},
		{"the module by its folder", "proto/a/b.proto", files{"proto/buf.yaml": "version: v1\n", "proto/a/b.proto": "package p;"}, "proto"},
		{"the package where the module is all there is", "a/b.proto", files{"buf.yaml": "version: v2\n", "a/b.proto": "package p;"}, "p"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Format.Ports(tt.files.fs(), tt.path, []byte(tt.files[tt.path]))
			if err != nil || len(got) != 1 || got[0].ID != tt.want || !slices.Equal(got[0].Paths, []string{tt.path}) {
				t.Errorf("got %+v, %v; want %s", got, err, tt.want)
			}
		})
	}
}

func TestScanSeesOnlyTheTopLevel(t *testing.T) {
	h, problem := scan(strings.Join([]string{
		`syntax = "proto3"; package a.b;`,
		`import "one.proto"; import public 'two' ".proto";import weak"three.proto";`,
		`/* import "no.proto"; */ // import "no.proto";`,
		`message M { string import = 1 [default = "import \"no.proto\";"]; }`,
		`option (x) = { import: "no.proto" };`,
		`message import {} import "four.proto";`,
	}, "\n"))
	var got []string
	for _, stmt := range h.imports {
		got = append(got, stmt.path)
		if stmt.public != (stmt.path == "two.proto") {
			t.Errorf("%s: public is %v", stmt.path, stmt.public)
		}
	}
	if want := []string{"one.proto", "two.proto", "three.proto", "four.proto"}; !slices.Equal(got, want) || h.pkg != "a.b" || problem != nil {
		t.Errorf("got %v in %s, %v; want %v", got, h.pkg, problem, want)
	}
}
