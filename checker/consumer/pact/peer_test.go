package pact_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/pact"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"golang.org/x/tools/txtar"
)

// recorded are files that Pact wrote.
const recorded = "../testdata/imports/pact-js.txtar"

// TestPeer has Pact write files, and holds what is read of them against what Pact itself
// misses in a provider that lacks one member after the other.
func TestPeer(t *testing.T) {
	node := ruletest.Peer(t, "node_modules/.bin/node")
	modules := filepath.Dir(filepath.Dir(ruletest.Peer(t, "node_modules/@pact-foundation/pact")))
	dir := t.TempDir()
	cmd := exec.Command(node, "testdata/write.cjs", dir)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "PACT_DO_NOT_TRACK=true")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sameFiles(t, dir)
	text, err := os.ReadFile(filepath.Join(dir, "misses.txt"))
	if err != nil {
		t.Fatal(err)
	}
	missed := make(map[string]bool)
	for line := range strings.Lines(string(text)) {
		missed[strings.TrimSpace(line)] = true
	}
	names, _ := filepath.Glob(filepath.Join(dir, "web-*.json"))
	if len(names) != 3 {
		t.Fatalf("got %d files", len(names))
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		said, err := pact.Read(filepath.Base(name), text, consumer.Import{Kind: consumer.Pact}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, member := range []change.Path{
			"body.id", "body.total", "body.status", "body.currency", "body.note", "body.at", "body.labels", "body.items", "body.variants",
			"body.items[].sku", "body.items[].qty", "body.items[].tags", "body.variants[].kind",
		} {
			if key := filepath.Base(name) + " " + string(member); reads(said, member) != missed[key] {
				t.Errorf("%s: read %t, missed by Pact %t", key, reads(said, member), missed[key])
			}
		}
	}
}

func reads(said consumer.Imported, member change.Path) bool {
	for _, r := range said.Readings {
		for _, c := range r.Calls {
			for _, p := range c.Reads {
				if member.Covers(p.Path) || p.Path.Covers(member) {
					return true
				}
			}
		}
	}
	return false
}

// sameFiles holds what Pact wrote against what it wrote when it was recorded.
func sameFiles(t *testing.T, dir string) {
	ar, err := txtar.ParseFile(recorded)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range ar.Files {
		if f.Name == "want" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.Base(f.Name)))
		if err != nil {
			t.Error(err)
			continue
		}
		text = append(text, '\n')
		if string(text) != string(f.Data) && !ruletest.Update() {
			t.Errorf("Pact writes another %s now:\n%s", f.Name, text)
		}
		ar.Files[i].Data = text
	}
	if ruletest.Update() {
		if err := os.WriteFile(recorded, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
