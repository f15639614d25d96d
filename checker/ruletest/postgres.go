package ruletest

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A Postgres is a throw-away cluster of a real PostgreSQL, which is reached over a
// socket in a folder of its own and goes away with the test.
type Postgres struct {
	Dir string // where the socket is

	t   testing.TB
	bin string
}

// StartPostgres starts one. It is a peer: see [Peer].
func StartPostgres(t testing.TB) *Postgres {
	t.Helper()
	bin, err := filepath.EvalSymlinks(Peer(t, "bin/postgres"))
	if err != nil {
		t.Fatal(err)
	}
	// A socket's path must be short, and its user may enter no folder of root's.
	dir, err := os.MkdirTemp("/tmp", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	pg := &Postgres{dir, t, filepath.Dir(bin)}
	if os.Geteuid() == 0 {
		pg.must(exec.Command("chown", "postgres", dir))
	}
	data := filepath.Join(dir, "data")
	pg.must(pg.Command("initdb", "-D", data, "-A", "trust", "-U", "owner", "--no-sync", "-E", "UTF8", "--locale=C"))
	options := fmt.Sprintf("-c listen_addresses='' -c unix_socket_directories=%s -c fsync=off", dir)
	pg.must(pg.Command("pg_ctl", "-D", data, "-o", options, "-l", filepath.Join(dir, "log"), "-w", "start"))
	t.Cleanup(func() { pg.must(pg.Command("pg_ctl", "-D", data, "-m", "immediate", "stop")) })
	return pg
}

// Command runs a program of PostgreSQL, which does not want to be run by root.
func (pg *Postgres) Command(name string, args ...string) *exec.Cmd {
	path := filepath.Join(pg.bin, name)
	cmd := exec.Command(path, args...)
	if os.Geteuid() == 0 {
		cmd = exec.Command("setpriv", append([]string{"--reuid=postgres", "--regid=postgres", "--clear-groups", path}, args...)...)
	}
	cmd.Dir = pg.Dir
	return cmd
}

// Database makes an empty database and returns its address.
func (pg *Postgres) Database(name string) string {
	pg.t.Helper()
	pg.must(pg.Command("createdb", "-h", pg.Dir, "-U", "owner", name))
	return fmt.Sprintf("postgres://owner@/%s?host=%s", name, url.QueryEscape(pg.Dir))
}

func (pg *Postgres) must(cmd *exec.Cmd) {
	pg.t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		pg.t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}
