//go:build unix

package revision

import (
	"syscall"
	"testing"
)

// mkfifo makes a named pipe, which blocks whoever opens it.
func mkfifo(t testing.TB, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
}
