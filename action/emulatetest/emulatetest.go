// Package emulatetest runs emulate, a third-party program that plays GitHub's API, for
// tests.
package emulatetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// A Server plays GitHub until the test ends.
type Server struct{ URL string }

// Start starts a server with what seed, a YAML document, says that there is. It is a
// peer: see [ruletest.Peer].
func Start(t testing.TB, seed string) *Server {
	t.Helper()
	node := ruletest.Peer(t, "node_modules/node/bin/node")
	script := ruletest.Peer(t, "node_modules/emulate/dist/index.js")
	file := filepath.Join(t.TempDir(), "seed.yaml")
	if err := os.WriteFile(file, []byte(seed), 0o600); err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	_, port, _ := net.SplitHostPort(address)
	s := &Server{URL: "http://" + address}
	cmd := exec.CommandContext(t.Context(), node, script, "start", "--host", "127.0.0.1", "-p", port, "-s", "github", "--base-url", s.URL, "--seed", file)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return s
		} else if time.Now().After(deadline) {
			t.Fatalf("emulate does not start: %v\n%s", err, &log)
		}
	}
}

// Call asks with a token, and has the answer read into what into points at, if
// anything.
func (s *Server) Call(t testing.TB, token, method, path, body string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode > 299 {
		err = fmt.Errorf("%s: %s", resp.Status, text)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}
