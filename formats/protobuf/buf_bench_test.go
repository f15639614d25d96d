package protobuf

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breakwater-data/breakwater/checker/ruletest"
)

// A cost is what a process took: its processor time and, at its peak, all the memory in
// which it was resident, and the part that was its own. The rest are pages of the
// program's file, which processes share and the system takes back when it likes.
type cost struct{ seconds, kilobytes, own float64 }

// costOf runs a program in dir. That it finds something is no failure.
func costOf(b *testing.B, dir string, program string, args ...string) cost {
	b.Helper()
	var out bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	var peak cost
	done := make(chan error)
	go func() { done <- cmd.Wait() }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(time.Millisecond):
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
			peak.kilobytes = max(peak.kilobytes, sizeIn(status, "VmHWM:"))
			peak.own = max(peak.own, sizeIn(status, "RssAnon:"))
		}
	}
	used := cmd.ProcessState
	if code := used.ExitCode(); code != 0 && code != 1 && code != 100 || strings.HasPrefix(out.String(), "Failure") {
		b.Fatalf("%s %s: exit code %d\n%s", program, args, code, &out)
	}
	peak.seconds = (used.UserTime() + used.SystemTime()).Seconds()
	return peak
}

// sizeIn returns what a process says of its memory while it runs, where the system
// tells; what it tells at the end counts that of the parent as well.
func sizeIn(status []byte, name string) (kilobytes float64) {
	if _, rest, ok := strings.Cut(string(status), name); ok {
		_, _ = fmt.Sscan(rest, &kilobytes)
	}
	return kilobytes
}

// programs builds breakwater and finds buf, which only benchmarks need:
//
//	GOBIN=$BREAKWATER_PEERS/bin go install github.com/bufbuild/buf/cmd/buf@v1.75.0
func programs(b *testing.B) (breakwater, buf string) {
	buf = ruletest.Peer(b, "bin/buf")
	breakwater = filepath.Join(b.TempDir(), "breakwater")
	if out, err := exec.Command("go", "build", "-o", breakwater, "../../cmd/breakwater").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return breakwater, buf
}

func write(b *testing.B, dir string, f files) (size int) {
	for name, text := range f {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
		size += len(text)
	}
	return size
}

// BenchmarkBufHistory runs both programs over real changes: how many times the CPU
// of breakwater buf takes in the median, and how many times its memory, all and its
// own, where the files are the largest.
func BenchmarkBufHistory(b *testing.B) {
	sides := history(b)
	breakwater, buf := programs(b)
	var dirs []string
	largest, most := 0, 0
	for i, side := range sides {
		dir := b.TempDir()
		dirs = append(dirs, dir)
		for j, name := range []string{"before", "after"} {
			side[j]["buf.yaml"] = "version: v2\n"
			if size := write(b, filepath.Join(dir, name), side[j]); size > most {
				largest, most = i, size
			}
		}
	}
	for b.Loop() {
		var cpu []float64
		for i, dir := range dirs {
			theirs, ours := costOf(b, dir, buf, "breaking", "after", "--against", "before"), costOf(b, dir, breakwater, "diff", "before", "after")
			cpu = append(cpu, theirs.seconds/ours.seconds)
			if i == largest {
				b.ReportMetric(theirs.kilobytes/ours.kilobytes, "resident-largest")
				b.ReportMetric(theirs.own/ours.own, "own-largest")
			}
		}
		slices.Sort(cpu)
		b.ReportMetric(cpu[len(cpu)/2], "cpu-median")
	}
}

// manyPackages makes a tree of n files in packages of 20: each imports the one before
// it, and each package another.
func manyPackages(n int) files {
	f := make(files)
	for i := range n {
		p, k := i/20, i%20
		var t strings.Builder
		fmt.Fprintf(&t, "syntax = \"proto3\";\npackage acme.p%d.v1;\n", p)
		if k > 0 {
			fmt.Fprintf(&t, "import \"acme/p%d/v1/f%d.proto\";\n", p, k-1)
		}
		if p > 0 {
			fmt.Fprintf(&t, "import \"acme/p%d/v1/f0.proto\";\n", (p-1)/2)
		}
		for m := range 4 {
			fmt.Fprintf(&t, "\n// A comment of the usual length.\nmessage M%d_%d {\n", k, m)
			for j := range 12 {
				fmt.Fprintf(&t, "  // What the field holds.\n  string field_number_%d = %d;\n", j, j+1)
			}
			if k > 0 {
				fmt.Fprintf(&t, "  repeated M%d_%d before = 20;\n", k-1, m)
			}
			if p > 0 {
				fmt.Fprintf(&t, "  acme.p%d.v1.M0_%d up = 21;\n", (p-1)/2, m)
			}
			t.WriteString("}\n")
		}
		f[fmt.Sprintf("acme/p%d/v1/f%d.proto", p, k)] = t.String()
	}
	return f
}

// BenchmarkBufTree changes one of 5,000 files in a repository: how many times the CPU
// and the memory of breakwater buf takes.
func BenchmarkBufTree(b *testing.B) {
	breakwater, buf := programs(b)
	dir, tree := b.TempDir(), manyPackages(5000)
	tree["buf.yaml"] = "version: v2\n"
	write(b, dir, tree)
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-q", "-m", "start"}} {
		costOf(b, dir, "git", args...)
	}
	const changed = "acme/p200/v1/f10.proto"
	write(b, dir, files{changed: strings.Replace(tree[changed], "string field_number_3 ", "int32 field_number_3 ", 1)})
	for b.Loop() {
		theirs, ours := costOf(b, dir, buf, "breaking", "--against", ".git#branch=main"), costOf(b, dir, breakwater, "check", "--base", "main")
		b.ReportMetric(theirs.seconds/ours.seconds, "cpu")
		b.ReportMetric(theirs.kilobytes/ours.kilobytes, "memory")
	}
}
