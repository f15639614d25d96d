package ruletest

import (
	"os"
	"path/filepath"
	"testing"
)

// PeersVariable names the folder that .ci/peers filled.
const PeersVariable = "BREAKWATER_PEERS"

// Peer returns the path of a third-party program that .ci/peers installs, such as
// "bin/actionlint". Without the variable the test is skipped; with it a peer that
// is not there is an error.
func Peer(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv(PeersVariable)
	if dir == "" {
		t.Skipf("%s is not set; .ci/peers DIR installs %s", PeersVariable, name)
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s says where the peers are: %v", PeersVariable, err)
	}
	return path
}
