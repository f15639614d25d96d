package checker_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// protoOf is a port of many fields, of which the version-th is another one in each.
func protoOf(version int) []byte {
	text := "syntax = \"proto3\";\npackage acme.orders.v1;\nmessage Order {\n"
	for i := 1; i <= 300; i++ {
		if i != version {
			text += fmt.Sprintf("  string field_%d = %d;\n", i, i)
		}
	}
	return []byte(text + "}\n")
}

// versioned returns revisions of a port with n older versions, each as content says.
func versioned(n int, head []byte, content func(version int) []byte) checker.Revisions {
	config := []byte(`ports: [{id: s/orders, files: [orders.proto], versions: {tags: "v*"}}]`)
	tree := func(name string, text []byte) *revision.Tree {
		return revision.Memory(name, map[string][]byte{policy.File: config, "orders.proto": text})
	}
	var all refs
	for i := range n {
		name := fmt.Sprint("v", i+1)
		at := tree(name, content(i+1))
		all = append(all, checker.Ref{Version: policy.Version{Name: name, Commit: name}, Tree: func(context.Context) (*revision.Tree, error) { return at, nil }})
	}
	return checker.Revisions{Base: tree("base", protoOf(0)), Head: tree("head", head), Refs: all}
}

// Only the newest versions are asked for, and one that breaks is named once.
func TestVersionsAreBounded(t *testing.T) {
	text := string(protoOf(0))
	head := []byte(text[:len(text)-2] + "  string again = 301;\n}\n")
	old := []byte(text[:len(text)-2] + "  bytes gone = 301;\n}\n")
	r, err := newChecker().Check(t.Context(), versioned(product.MaxVersions+1, head, func(version int) []byte {
		if version == product.MaxVersions+1 {
			return []byte("not to be read")
		}
		return old
	}))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.Findings {
		if f.Against != nil {
			got = append(got, f.Rule.ID+" "+f.Against.Name)
		}
	}
	if fmt.Sprint(got) != "[protobuf/field-number-reused v1]" || len(r.Errors) > 0 || len(r.Findings) != 2 {
		t.Errorf("got %v\n%s", got, summary(r))
	}
}

// What older versions cost: nothing where the port did not change, and where they are
// all alike little more than one.
func BenchmarkVersions(b *testing.B) {
	text := string(protoOf(0))
	changed := []byte(text[:len(text)-2] + "  string note = 301;\n}\n")
	same := func(int) []byte { return protoOf(1) }
	for _, bb := range []struct {
		name    string
		n       int
		head    []byte
		content func(int) []byte
	}{
		{"unchanged, 50", 50, protoOf(0), protoOf},
		{"changed, none", 0, changed, protoOf},
		{"changed, 50 alike", 50, changed, same},
		{"changed, 50 that differ", 50, changed, protoOf},
	} {
		b.Run(bb.name, func(b *testing.B) {
			revs := versioned(bb.n, bb.head, bb.content)
			for b.Loop() {
				if _, err := newChecker().Check(b.Context(), revs); bb.n > 0 && err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
