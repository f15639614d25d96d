package pages

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/action/bot"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// TestPagesAreAccessible has axe-core look at every page.
func TestPagesAreAccessible(t *testing.T) {
	node := ruletest.Peer(t, "node_modules/node/bin/node")
	peers := filepath.Dir(filepath.Dir(ruletest.Peer(t, "node_modules/axe-core")))
	url, _ := newSite(t, bot.Login)
	fay := newBrowser(t, url)
	fay.login("fay")
	type shown struct {
		Path string `json:"path"`
		HTML string `json:"html"`
	}
	var all []shown
	for _, path := range append(paths(), "/nowhere-to-be-seen", "/ports/acme/none?port=x") {
		if _, text := fay.get(path); strings.HasPrefix(text, "<!DOCTYPE") {
			all = append(all, shown{path, text})
		}
	}
	text, err := json.Marshal(all)
	if err != nil || len(all) < len(paths()) {
		t.Fatalf("%d pages, %v", len(all), err)
	}
	if file := os.Getenv("BREAKWATER_PAGES"); file != "" { // to look at them
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(node, filepath.Join("testdata", "axe.cjs"), peers)
	cmd.Stdin = bytes.NewReader(text)
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
