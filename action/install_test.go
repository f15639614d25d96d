package action

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// archive makes a release's archive, in which the program says hello.
func archive(t *testing.T) []byte {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	out := tar.NewWriter(zip)
	for name, text := range map[string]string{"breakwater": "#!/bin/sh\necho hello\n", "LICENSE": "free"} {
		if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		out.Write([]byte(text))
	}
	out.Close()
	zip.Close()
	return b.Bytes()
}

// releases serves the release 0.4.1, which is the latest, and 0.3.0, whose archive was
// changed after its checksum was made.
func releases(t *testing.T) *httptest.Server {
	file := archive(t)
	sums := func(version string) string {
		return fmt.Sprintf("%064d  breakwater_%s_plan9_mips.tar.gz\n%x  breakwater_%s_linux_amd64.tar.gz\n", 0, version, sha256.Sum256(file), version)
	}
	files := map[string][]byte{
		"/download/v0.4.1/checksums.txt": []byte(sums("0.4.1")), "/download/v0.4.1/breakwater_0.4.1_linux_amd64.tar.gz": file,
		"/download/v0.3.0/checksums.txt": []byte(sums("0.3.0")), "/download/v0.3.0/breakwater_0.3.0_linux_amd64.tar.gz": append(file[:len(file):len(file)], 0),
		"/latest/download/checksums.txt": []byte(sums("0.4.1")),
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		text, ok := files[req.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Write(text)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestInstall(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the script is run with what Linux has")
	}
	s := releases(t)
	tests := []struct {
		name string
		vars map[string]string
		code int
		want string // of what is said, or of what the program says
	}{
		{"a release", map[string]string{"INPUT_VERSION": "0.4.1"}, 0, "hello"},
		{"a release with a v", map[string]string{"INPUT_VERSION": "v0.4.1"}, 0, "hello"},
		{"the release of the tag", map[string]string{"ACTION_REF": "v0.4.1"}, 0, "hello"},
		{"the latest of a series", map[string]string{"ACTION_REF": "v0"}, 0, "hello"},
		{"a series that has ended", map[string]string{"ACTION_REF": "v1"}, 2, "the latest release is no 1: it is breakwater_0.4.1_linux_amd64.tar.gz"},
		{"an archive that was changed", map[string]string{"INPUT_VERSION": "0.3.0"}, 4, "breakwater_0.3.0_linux_amd64.tar.gz is not what its checksum says"},
		{"no such release", map[string]string{"INPUT_VERSION": "9.9.9"}, 4, "the checksums of breakwater 9.9.9 could not be downloaded"},
		{"a version that is a path", map[string]string{"INPUT_VERSION": "../../latest"}, 2, "input version: want a release such as 0.4.0"},
		{"a processor without a release", map[string]string{"INPUT_VERSION": "0.4.1", "RUNNER_ARCH": "ARM64"}, 4, "no archive for linux on arm64"},
		{"a system that nobody knows", map[string]string{"RUNNER_OS": "Plan 9"}, 2, "there is no breakwater for Plan 9"},
		{"a program that is there", map[string]string{"INPUT_BINARY_PATH": "/bin/true"}, 0, ""},
		{"a program that is not", map[string]string{"INPUT_BINARY_PATH": "/no/such"}, 2, "input binary-path: there is no program /no/such"},
		{"source, and no Go", map[string]string{"ACTION_REF": "main", "PATH": withoutGo(t)}, 2, "Go is needed to build breakwater"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			temp := t.TempDir()
			output := filepath.Join(temp, "output")
			cmd := exec.Command("bash", "install.sh")
			cmd.Env = []string{
				"PATH=" + os.Getenv("PATH"), "RUNNER_OS=Linux", "RUNNER_ARCH=X64", "RUNNER_TEMP=" + temp, "GITHUB_OUTPUT=" + output,
				"GITHUB_ACTION_PATH=..", "BREAKWATER_RELEASES=" + s.URL,
			}
			for name, value := range tt.vars {
				cmd.Env = append(cmd.Env, name+"="+value)
			}
			said, err := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != tt.code {
				t.Fatalf("exit code %d, want %d: %v: %s", code, tt.code, err, said)
			}
			if tt.code == 0 {
				text, _ := os.ReadFile(output)
				path, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "path=")
				if said, err = exec.Command(path).Output(); !ok || err != nil {
					t.Fatalf("the program %q: %v", path, err)
				}
			}
			if !strings.Contains(string(said), tt.want) {
				t.Errorf("it says %q, want %q", said, tt.want)
			}
		})
	}
}

// withoutGo makes a folder of the programs that the script needs, among which is no go.
func withoutGo(t *testing.T) string {
	dir := t.TempDir()
	for _, name := range []string{"bash", "uname", "mktemp"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fromSource is the program as the script builds it, once for all tests.
var fromSource = sync.OnceValues(func() (program string, err error) {
	output := filepath.Join(scratch, "output")
	cmd := exec.Command("bash", "install.sh")
	cmd.Env = append(os.Environ(), "RUNNER_TEMP="+scratch, "GITHUB_OUTPUT="+output, "GITHUB_ACTION_PATH=..", "ACTION_REF=0123abc", "XDG_CONFIG_HOME="+scratch, "RUNNER_OS=", "RUNNER_ARCH=")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	text, err := os.ReadFile(output)
	return strings.TrimPrefix(strings.TrimSpace(string(text)), "path="), err
})

func TestInstallBuildsFromSource(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("it takes a build")
	}
	program, err := fromSource()
	if err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(program, "version").CombinedOutput(); err != nil || !strings.Contains(string(said), "breakwater") {
		t.Errorf("%v: %s", err, said)
	}
}
