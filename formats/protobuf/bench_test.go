package protobuf

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/bufbuild/protocompile"
)

// tree makes a port of n files, each with messages that refer to the file before.
func tree(n int) files {
	f := make(files)
	for i := range n {
		var b strings.Builder
		fmt.Fprintf(&b, "syntax = \"proto3\";\npackage acme.v1;\n")
		if i > 0 {
			fmt.Fprintf(&b, "import \"f%d.proto\";\n", i-1)
		}
		for m := range 20 {
			fmt.Fprintf(&b, "\n// A comment of the usual length, as most messages have one.\nmessage M%d_%d {\n", i, m)
			for k := range 15 {
				fmt.Fprintf(&b, "  // What the field holds.\n  string field_number_%d = %d;\n", k, k+1)
			}
			if i > 0 {
				fmt.Fprintf(&b, "  repeated M%d_%d before = 20;\n", i-1, m)
			}
			fmt.Fprintf(&b, "  enum Kind {\n    M%d_%d_UNKNOWN = 0;\n    M%d_%d_KNOWN = 1;\n  }\n  Kind kind = 21 [deprecated = true];\n}\n", i, m, i, m)
		}
		f[fmt.Sprintf("f%d.proto", i)] = b.String()
	}
	return f
}

func edited(f files) files {
	g := make(files)
	for name, text := range f {
		g[name] = text
	}
	g["f0.proto"] = strings.Replace(g["f0.proto"], "string field_number_3 = 4;", "int32 field_number_3 = 4;", 5)
	return g
}

func benchmarkCheck(b *testing.B, n int) {
	base, head := tree(n), edited(tree(n))
	size := 0
	for _, text := range base {
		size += 2 * len(text)
	}
	bfs, hfs := base.fs(), head.fs()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		was, err1 := Format.Load(context.Background(), schema.Request{FS: bfs, Paths: base.protos()})
		now, err2 := Format.Load(context.Background(), schema.Request{FS: hfs, Paths: head.protos()})
		changes, err := Format.Diff(was, now)
		if err1 != nil || err2 != nil || err != nil || len(changes) != 5 {
			b.Fatal(err1, err2, err, len(changes))
		}
	}
}

// benchmarkFloor parses and links both sides and does nothing else.
func benchmarkFloor(b *testing.B, n int) {
	base, head := tree(n), edited(tree(n))
	size := 0
	for _, text := range base {
		size += 2 * len(text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, side := range []files{base, head} {
			c := protocompile.Compiler{Resolver: protocompile.ResolverFunc(func(name string) (protocompile.SearchResult, error) {
				return protocompile.SearchResult{Source: bytes.NewReader([]byte(side[name]))}, nil
			})}
			if _, err := c.Compile(context.Background(), side.protos()...); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkTree(b *testing.B)      { benchmarkCheck(b, 200) }
func BenchmarkTreeFloor(b *testing.B) { benchmarkFloor(b, 200) }
func BenchmarkFile(b *testing.B)      { benchmarkCheck(b, 1) }
func BenchmarkFileFloor(b *testing.B) { benchmarkFloor(b, 1) }

// BenchmarkDiff compares two trees that are loaded.
func BenchmarkDiff(b *testing.B) {
	base, err1 := loadPort(tree(200))
	head, err2 := loadPort(edited(tree(200)))
	if err1 != nil || err2 != nil {
		b.Fatal(err1, err2)
	}
	for b.Loop() {
		head.paired = nil
		diff(base, head)
	}
}

// BenchmarkImports asks what a tree would read, as the checker does of every port.
func BenchmarkImports(b *testing.B) {
	f := tree(200)
	r := schema.Request{FS: f.fs(), Paths: f.protos()}
	for b.Loop() {
		if _, err := Format.Imports(r); err != nil {
			b.Fatal(err)
		}
	}
}
