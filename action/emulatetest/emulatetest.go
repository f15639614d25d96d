// Package emulatetest runs emulate, a third-party program that plays GitHub's API and
// Slack's, for tests.
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

// A Server plays GitHub, and Slack, until the test ends.
type Server struct{ URL, Slack string }

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
	port := freePorts(t)
	s := &Server{fmt.Sprintf("http://127.0.0.1:%d", port), fmt.Sprintf("http://127.0.0.1:%d", port+1)}
	cmd := exec.CommandContext(t.Context(), node, script, "start", "--host", "127.0.0.1", "-p", fmt.Sprint(port), "-s", "github,slack", "--base-url", s.URL, "--seed", file)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for _, address := range []string{s.URL, s.Slack} {
		for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
			if err == nil {
				conn.Close()
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("emulate does not start: %v\n%s", err, &log)
			}
		}
	}
	return s
}

// freePorts returns a port on which nobody listens, nor on the one behind it: emulate
// takes one for each service, in a row.
func freePorts(t testing.TB) int {
	for range 100 {
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := first.Addr().(*net.TCPAddr).Port
		second, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+1))
		first.Close()
		if err == nil {
			second.Close()
			return port
		}
	}
	t.Fatal("no two ports in a row are free")
	return 0
}

// Call asks GitHub with a token, and has the answer read into what into points at, if
// anything.
func (s *Server) Call(t testing.TB, token, method, path, body string, into any) {
	t.Helper()
	call(t, token, method, s.URL+path, body, into)
}

// Ask asks Slack for what a method of its API answers, such as conversations.history.
func (s *Server) Ask(t testing.TB, method, body string, into any) {
	t.Helper()
	call(t, "xoxb-test", http.MethodPost, s.Slack+"/api/"+method, body, into)
}

func call(t testing.TB, token, method, url, body string, into any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
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
		t.Fatalf("%s %s: %v", method, url, err)
	}
}
