package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// inContainer starts the bot, asks for its health as compose.yaml does until it is well,
// and stops it as an engine does.
const inContainer = `
health() { eval "$HEALTH" 2>/dev/null; }
"$@" & bot=$!
for n in $(seq 600); do health && break; kill -0 $bot || exit 9; sleep 0.2; done
health || exit 8
! touch /nothing-is-written-here 2>/dev/null || exit 7
kill -TERM $bot
wait $bot
`

// TestServesAsComposeSays runs the bot with what compose.yaml gives it: the arguments, the
// user, the secrets, the volume, the network of its own, and a root that nobody writes
// to. There is no engine, so bubblewrap makes the walls.
func TestServesAsComposeSays(t *testing.T) {
	walls := ruletest.Peer(t, "bin/bwrap")
	program, err := exec.LookPath("breakwater") // this very program, as the scripts have it
	if err == nil {
		program, err = filepath.EvalSymlinks(program)
	}
	if err != nil {
		t.Fatal(err)
	}
	service := deployed(t, "compose.yaml")[0].Get("services").Get("bot")
	if service.Get("read_only").Text != "true" || !slices.Equal(texts(service.Get("cap_drop")), []string{"ALL"}) || !slices.Equal(texts(service.Get("tmpfs")), []string{"/tmp"}) {
		t.Fatal("the walls of compose.yaml are others")
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	args := []string{"--unshare-all", "--die-with-parent", "--uid", "10001", "--gid", "10001", "--cap-drop", "ALL", "--ro-bind", "/usr", "/usr"}
	for _, name := range []string{"bin", "lib", "lib64", "sbin"} {
		if to, err := os.Readlink("/" + name); err == nil {
			args = append(args, "--symlink", to, "/"+name)
		} else if _, err := os.Stat("/" + name); err == nil {
			args = append(args, "--ro-bind", "/"+name, "/"+name)
		}
	}
	notify, err := filepath.Abs(deploy + "notify.yaml")
	if err != nil {
		t.Fatal(err)
	}
	check := texts(service.Get("healthcheck").Get("test"))[1:]
	args = append(args, "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
		"--bind", data, "/var/lib/breakwater", "--ro-bind", notify, "/etc/breakwater/notify.yaml",
		"--ro-bind", file("app.pem", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))), "/run/secrets/app.pem",
		"--ro-bind", file("webhook", "a secret of the test's own\n"), "/run/secrets/webhook", "--ro-bind", file("client", "0123456789abcdef0123\n"), "/run/secrets/client",
		"--ro-bind", program, "/program/breakwater", "--remount-ro", "/",
		"--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "SLACK_TOKEN", "xoxb-test", "--setenv", "HEALTH", strings.Join(check, " "),
		"sh", "-c", inContainer, "sh", "/program/breakwater")
	args = append(args, texts(service.Get("command"))...)
	for _, turn := range []string{"first", "second"} { // the volume stays
		out, err := exec.CommandContext(t.Context(), walls, args...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), `"msg":"serving"`) || !strings.Contains(string(out), `"msg":"stopping"`) {
			t.Fatalf("the %s time: %v\n%s", turn, err, out)
		}
	}
	if info, err := os.Stat(filepath.Join(data, "bot.db")); err != nil || info.Size() == 0 {
		t.Errorf("the volume holds no database: %v", err)
	}
}
