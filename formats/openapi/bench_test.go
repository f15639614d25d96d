package openapi

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"go.yaml.in/yaml/v3"
)

// A shape is a description as large services have it: operations over schemas that refer
// to each other.
type shape struct {
	name               string
	operations, shared int
	fields             int // of each schema
	own                int // fields that each operation has of its own
	leaves             int // how many of the shared schemas refer to no other
}

// In the first two, schemas lead back to each other, as those of payment services do; in
// the third, they are two deep, as those of code hosts are.
var shapes = []shape{
	{"4MB", 450, 600, 32, 13, 0},
	{"12MB", 1000, 740, 44, 44, 0},
	{"12MB flat", 1000, 740, 44, 44, 640},
}

// write makes the description, in which as many schemas as edits says have another limit.
func (s shape) write(edits int) []byte {
	var b strings.Builder
	b.WriteString(`{"openapi": "3.0.3", "info": {"title": "t", "version": "1.0.0"}, "paths": {`)
	for i := range s.operations {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n  \"/v1/things%d/{id}\": {\"post\": {\n    \"operationId\": \"op%d\",\n    \"parameters\": [{\"name\": \"id\", \"in\": \"path\", \"required\": true, \"schema\": {\"type\": \"string\", \"maxLength\": 5000}}],\n", i, i)
		fmt.Fprintf(&b, "    \"requestBody\": {\"content\": {\"application/x-www-form-urlencoded\": {\"schema\": {\"type\": \"object\", \"properties\": {%s}}}}},\n", s.properties(s.own, i, 0, 0))
		fmt.Fprintf(&b, "    \"responses\": {\"200\": {\"description\": \"Successful response.\", \"content\": {\"application/json\": {\"schema\": {\"$ref\": \"#/components/schemas/Thing%d\"}}}},\n", i%s.shared)
		b.WriteString("      \"default\": {\"description\": \"Error response.\", \"content\": {\"application/json\": {\"schema\": {\"$ref\": \"#/components/schemas/Thing0\"}}}}}}}")
	}
	b.WriteString("\n}, \"components\": {\"schemas\": {")
	for i := range s.shared {
		if i > 0 {
			b.WriteString(",")
		}
		limit := 5000
		if i < edits {
			limit = 6000
		}
		first, targets := 0, s.shared
		if s.leaves > 0 {
			first, targets = s.shared-s.leaves, s.leaves
		}
		if first > 0 && i >= first {
			targets = 0
		}
		fmt.Fprintf(&b, "\n  \"Thing%d\": {\"type\": \"object\", \"required\": [\"f0\"], \"properties\": {%s,\n    \"last\": {\"type\": \"string\", \"maxLength\": %d}}}", i, s.properties(s.fields, i, first, targets), limit)
	}
	b.WriteString("\n}}}\n")
	return []byte(b.String())
}

// properties makes n of them; every tenth refers to one of the shared schemas from first
// on, of which there are so many targets.
func (s shape) properties(n, seed, first, targets int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("\n    \"f%d\": {\"description\": \"What the field %d of %d means, in a sentence or two, as is the custom.\", \"type\": \"string\", \"maxLength\": 5000, \"nullable\": true}", i, i, seed)
		if targets > 0 && i%10 == 9 {
			all[i] = fmt.Sprintf("\n    \"f%d\": {\"description\": \"Another thing.\", \"anyOf\": [{\"type\": \"string\"}, {\"$ref\": \"#/components/schemas/Thing%d\"}]}", i, first+(seed*7+i)%targets)
		}
	}
	return strings.Join(all, ",")
}

// compare reads both revisions and compares them, as a check does.
func compare(b testing.TB, name string, base, head []byte) int {
	load := func(text []byte) schema.Schema {
		s, err := Format.Load(b.Context(), schema.Request{FS: fstest.MapFS{name: {Data: text}}, Paths: []string{name}})
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
	changes, err := Format.Diff(load(base), load(head))
	if err != nil {
		b.Fatal(err)
	}
	return len(changes)
}

// BenchmarkDiff holds a comparison against only decoding both sides.
func BenchmarkDiff(b *testing.B) {
	for _, s := range shapes {
		base, few, many := s.write(0), s.write(1), s.write(s.shared)
		b.Run(s.name+"/floor=json", func(b *testing.B) {
			b.SetBytes(int64(len(base) + len(few)))
			b.ReportAllocs()
			for b.Loop() {
				for _, text := range [][]byte{base, few} {
					var v any
					if err := json.Unmarshal(text, &v); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		for i, head := range [][]byte{few, many} {
			b.Run(s.name+"/"+[]string{"edit", "edits"}[i], func(b *testing.B) {
				b.SetBytes(int64(len(base) + len(head)))
				b.ReportAllocs()
				for b.Loop() {
					compare(b, "openapi.json", base, head)
				}
			})
		}
	}
}

// BenchmarkDiffYAML holds it against the library that keeps positions, too.
func BenchmarkDiffYAML(b *testing.B) {
	s := shape{"1MB", 100, 120, 30, 10, 0}
	inYAML := func(text []byte) []byte {
		var n yaml.Node
		if err := yaml.Unmarshal(text, &n); err != nil {
			b.Fatal(err)
		}
		blockStyle(&n)
		out, err := yaml.Marshal(&n)
		if err != nil {
			b.Fatal(err)
		}
		return out
	}
	base, head := inYAML(s.write(0)), inYAML(s.write(1))
	b.Run("floor=yaml.v3", func(b *testing.B) {
		for b.Loop() {
			for _, text := range [][]byte{base, head} {
				var n yaml.Node
				if err := yaml.Unmarshal(text, &n); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("edit", func(b *testing.B) {
		for b.Loop() {
			compare(b, "openapi.yaml", base, head)
		}
	})
}

func blockStyle(n *yaml.Node) {
	n.Style = 0
	for _, inner := range n.Content {
		blockStyle(inner)
	}
}

// The peer is a process of its own, and so are we here: how many times our CPU and our
// memory it takes. Only benchmarks need it:
//
//	GOBIN=$BREAKWATER_PEERS/bin go install github.com/oasdiff/oasdiff@v1.35.0
func BenchmarkOasdiff(b *testing.B) {
	peer := ruletest.Peer(b, "bin/oasdiff")
	breakwater := filepath.Join(b.TempDir(), "breakwater")
	if out, err := exec.Command("go", "build", "-o", breakwater, "../../cmd/breakwater").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, s := range shapes {
		dir := b.TempDir()
		base, head := filepath.Join(dir, "base.json"), filepath.Join(dir, "head.json")
		for name, text := range map[string][]byte{base: s.write(0), head: s.write(1)} {
			if err := os.WriteFile(name, text, 0o600); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(s.name, func(b *testing.B) {
			var theirs, ours cost
			for b.Loop() {
				theirs.add(costOf(b, peer, "changelog", "--format", "json", base, head))
				ours.add(costOf(b, breakwater, "diff", base, head))
			}
			b.ReportMetric(theirs.seconds/ours.seconds, "cpu-ratio")
			b.ReportMetric(theirs.kilobytes/ours.kilobytes, "memory-ratio")
		})
	}
}

// A cost is what a process took.
type cost struct{ seconds, kilobytes float64 }

func (c *cost) add(d cost) {
	c.seconds, c.kilobytes = c.seconds+d.seconds, max(c.kilobytes, d.kilobytes)
}

// costOf runs a program. That it finds something is no failure.
func costOf(b *testing.B, program string, args ...string) cost {
	b.Helper()
	cmd := exec.Command(program, args...)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	done, peak := make(chan error), 0.0
	go func() { done <- cmd.Wait() }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(time.Millisecond):
			peak = max(peak, peakOf(cmd.Process.Pid))
		}
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 {
		b.Fatalf("%s %s: exit code %d", program, args, code)
	}
	used := cmd.ProcessState
	return cost{(used.UserTime() + used.SystemTime()).Seconds(), peak}
}

// peakOf returns the most memory that a process had so far, where the system tells.
func peakOf(pid int) (kilobytes float64) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
		_, _ = fmt.Sscan(rest, &kilobytes)
	}
	return kilobytes
}
