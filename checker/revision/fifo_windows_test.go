package revision

import "testing"

func mkfifo(t testing.TB, path string) { t.Skip("no named pipes in a folder here") }
