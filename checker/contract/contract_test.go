package contract_test

import (
	"io/fs"
	"path"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/contract"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats/odcs"
	"github.com/breakwater-data/breakwater/formats/protobuf"
)

func TestRules(t *testing.T) { ruletest.Run(t, contract.Rules(), diff) }

// diff compares a contract and a stream with what they were, and tells what the two
// together give.
func diff(t *testing.T, base, head fs.FS) []change.Change {
	a, b := read(t, base), read(t, head)
	promised, err := odcs.Format.Diff(a.promise, b.promise)
	if err != nil {
		t.Fatal(err)
	}
	served, err := protobuf.Format.Diff(a.body, b.body)
	if err != nil {
		t.Fatal(err)
	}
	was := contract.New(a.promise.Outline(), a.body.Outline(), nil, nil)
	return contract.Diff(was, contract.New(b.promise.Outline(), b.body.Outline(), nil, was), promised, served)
}

type side struct{ promise, body schema.Schema }

// read loads the contract and the stream that stand in fsys.
func read(t testing.TB, fsys fs.FS) (s side) {
	t.Helper()
	names, err := fs.Glob(fsys, "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, into := odcs.Format, &s.promise
		if path.Ext(name) == ".proto" {
			f, into = protobuf.Format, &s.body
		}
		if *into, err = f.Load(t.Context(), schema.Request{FS: fsys, Paths: []string{name}}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}
