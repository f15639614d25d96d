package pages

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/breakwater-data/breakwater/action/bot"
	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// TestPagesByKeyboard goes through the pages in Chromium, on a desktop and on a phone, by
// day and by night: every link and button is reached by Tab, and seen when it is; forms
// are sent, and a dead letter is sent again, by keys alone; no page is wider than its
// window; and axe-core objects to nothing. BREAKWATER_PAGES names a folder for pictures.
func TestPagesByKeyboard(t *testing.T) {
	node := ruletest.Peer(t, "node_modules/node/bin/node")
	ruletest.Peer(t, "node_modules/axe-core")
	address, _ := newSite(t, bot.Login)
	fay := newBrowser(t, address)
	fay.login("fay")
	home, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	var cookies []object
	for _, c := range fay.client.Jar.Cookies(home) {
		cookies = append(cookies, object{"name": c.Name, "value": c.Value})
	}
	asked, err := json.Marshal(object{
		"peers": filepath.Dir(filepath.Dir(ruletest.Peer(t, "node_modules/playwright-core"))), "chromium": ruletest.Peer(t, "bin/chromium"),
		"url": address, "cookies": cookies, "pictures": os.Getenv("BREAKWATER_PAGES"),
		"paths": append(slices.DeleteFunc(paths(), func(p string) bool { return p == "/graph.svg" }), "/ports/acme/none?port=x"),
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "browse.cjs"))
	cmd.Stdin = bytes.NewReader(asked)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}
