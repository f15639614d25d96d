package protobuf

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
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

// benchmarkFloor parses and links both sides, with the places of all that is
// declared, and does nothing else.
func benchmarkFloor(b *testing.B, n int) {
	base, head := tree(n), edited(tree(n))
	size := 0
	for _, text := range base {
		size += 2 * len(text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		floor(b, base)
		floor(b, head)
	}
}

func floor(b *testing.B, side files) linker.Files {
	c := protocompile.Compiler{
		Resolver: protocompile.WithStandardImports(protocompile.ResolverFunc(func(name string) (protocompile.SearchResult, error) {
			if text, ok := side[name]; ok {
				return protocompile.SearchResult{Source: strings.NewReader(text)}, nil
			}
			return protocompile.SearchResult{}, fs.ErrNotExist
		})),
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	all, err := c.Compile(context.Background(), side.protos()...)
	if err != nil {
		b.Fatal(err)
	}
	return all
}

// history yields the real changes of the corpus, both sides of each.
func history(b *testing.B) (sides [][2]files) {
	var cases []struct{ Shared, Before, After files }
	ruletest.Corpus(b, "protobuf/googleapis-history.json", &cases)
	for _, c := range cases {
		before, after := maps.Clone(c.Shared), maps.Clone(c.Shared)
		maps.Copy(before, c.Before)
		maps.Copy(after, c.After)
		sides = append(sides, [2]files{before, after})
	}
	return sides
}

// BenchmarkHistory checks real changes, and proves what they break.
func BenchmarkHistory(b *testing.B) {
	sides := history(b)
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range sides {
			was, err1 := loadFiles(c[0])
			now, err2 := loadFiles(c[1])
			changes, err := Format.Diff(was, now)
			if err1 != nil || err2 != nil || err != nil {
				b.Fatal(err1, err2, err)
			}
			for _, c := range changes {
				if c.Rule.Class > change.Compatible {
					Format.Prove(b.Context(), was, now, c)
				}
			}
		}
	}
}

func BenchmarkHistoryFloor(b *testing.B) {
	sides := history(b)
	b.ReportAllocs()
	for b.Loop() {
		for _, c := range sides {
			floor(b, c[0])
			floor(b, c[1])
		}
	}
}

// BenchmarkProve looks for a witness of one change in a large port.
func BenchmarkProve(b *testing.B) {
	base, err1 := loadPort(tree(200))
	head, err2 := loadPort(edited(tree(200)))
	changes := diff(base, head)
	if err1 != nil || err2 != nil {
		b.Fatal(err1, err2)
	}
	for b.Loop() {
		if prove(b.Context(), base, head, changes[0]) == nil {
			b.Fatal("none is found")
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
