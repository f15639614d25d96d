package checker_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/index"
	"github.com/breakwater-data/breakwater/checker/revision"
)

// organisation is a repository with ports and with consumers that list ten fields
// each. read counts how often a file is read.
func organisation(ports, consumers int, read map[string]int) *revision.Tree {
	l := revision.Listing{Name: "organisation"}
	texts := make(map[string]string)
	add := func(path, text string) {
		blob := fmt.Sprintf("%x", len(texts)+1)
		texts[blob] = text
		l.Entries = append(l.Entries, revision.Entry{Path: path, Blob: blob, Mode: 0o100644})
	}
	for p := range ports {
		var b strings.Builder
		fmt.Fprintf(&b, "apiVersion: v3.1.0\nkind: DataContract\nid: urn:p%d\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t%d\n    properties:\n", p, p)
		for c := range 30 {
			fmt.Fprintf(&b, "      - {name: c%d, logicalType: string}\n", c)
		}
		add(fmt.Sprintf("contracts/p%d.odcs.yaml", p), b.String())
	}
	for i := range consumers {
		var b strings.Builder
		fmt.Fprintf(&b, "apiVersion: breakwater/v1\nkind: Consumption\nconsumer: {id: team%d.c%d, team: team%d, owners: [\"@acme/team%d\"]}\n", i%100, i, i%100, i%100)
		fmt.Fprintf(&b, "consumes:\n  - port: contracts/p%d\n    needs:\n      fields:\n", i%ports)
		for c := range 10 {
			fmt.Fprintf(&b, "        - {path: t%d.c%d, uses: [join]}\n", i%ports, (i+c)%30)
		}
		b.WriteString("      slo: [{property: freshness, atMost: 26h}]\n")
		add(fmt.Sprintf("consumers/team%d/c%d.yaml", i%100, i), b.String())
	}
	names := make(map[string]string)
	for _, e := range l.Entries {
		names[e.Blob] = e.Path
	}
	l.Object = func(blob string) ([]byte, error) {
		read[names[blob]]++
		return []byte(texts[blob]), nil
	}
	return l.Tree()
}

// kept writes an index and reads it again, as two runs do.
func kept(t testing.TB, x *index.Index) *index.Index {
	t.Helper()
	var b bytes.Buffer
	if err := x.Write(&b, "test"); err != nil {
		t.Fatal(err)
	}
	return index.Read(b.Bytes(), "test")
}

// The second run reads only the registrations that changed, and says the same.
func TestIndexSparesReading(t *testing.T) {
	said := func(x *index.Index) (inventory string, read map[string]int) {
		read = make(map[string]int)
		c := newChecker()
		c.Index = x
		inv, err := c.Inventory(t.Context(), organisation(5, 40, read))
		if err != nil || len(inv.Consumers) != 40 {
			t.Fatal(err, len(inv.Consumers))
		}
		var b strings.Builder
		for _, p := range inv.Ports {
			fmt.Fprintln(&b, p.ID)
			for _, u := range p.Uses {
				fmt.Fprintf(&b, "  %+v\n", u)
			}
		}
		return b.String(), read
	}
	x := new(index.Index)
	first, read := said(x)
	if len(read) != 45 {
		t.Fatalf("the first run read %d files", len(read))
	}
	x = kept(t, x)
	second, read := said(x)
	for name := range read {
		if strings.HasPrefix(name, "consumers/") {
			t.Errorf("%s is read again", name)
		}
	}
	if second != first {
		t.Errorf("got:\n%s\nwant:\n%s", second, first)
	}
}

// Ten thousand consumers with ten fields each, of whom a change touches five ports.
func BenchmarkTenThousandConsumers(b *testing.B) {
	x := new(index.Index)
	check := func(x *index.Index) {
		c := newChecker()
		c.Index = x
		base := organisation(200, 10_000, make(map[string]int))
		r, err := c.Check(b.Context(), checker.Revisions{Base: base, Head: base})
		if err != nil || len(r.Consumers) != 10_000 {
			b.Fatal(err, len(r.Consumers))
		}
	}
	b.Run("first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			x = new(index.Index)
			check(x)
		}
	})
	b.Run("second", func(b *testing.B) {
		b.ReportAllocs()
		x := kept(b, x)
		for b.Loop() {
			check(x)
		}
	})
}
