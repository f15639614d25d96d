package report

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestHunks(t *testing.T) {
	tests := []struct{ name, before, after, want string }{
		{"nothing changed", "a\nb\n", "a\nb\n", ""},
		{"a line in the middle, with three lines around it", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n6\n7\n8\n9\n",
			"@ |  2 2 2|  3 3 3|  4 4 4|- 5 0 5|  6 5 6|  7 6 7|  8 7 8"},
		{"all of it", "a\n", "b\n", "@ |- 1 0 a|+ 0 1 b"},
		{"a file that came", "", "a\nb\n", "@ |+ 0 1 a|+ 0 2 b"},
		{"a file that went", "a\n", "", "@ |- 1 0 a"},
		{"only the last line feed", "a\nb", "a\nb\n", "@ |  1 1 a|- 2 0 b (open)|+ 0 2 b"},
		{"lines that look like a hunk's own", "@@ -1 +1 @@\n\\ x\n", "@@ -1 +1 @@\n-\n", `@ |  1 1 @@ -1 +1 @@|- 2 0 \ x|+ 0 2 -`},
		{"two far apart", "a\n1\n2\n3\n4\n5\n6\n7\nz\n", "b\n1\n2\n3\n4\n5\n6\n7\ny\n",
			"@ |- 1 0 a|+ 0 1 b|  2 2 1|  3 3 2|  4 4 3@ |  6 6 5|  7 7 6|  8 8 7|- 9 0 z|+ 0 9 y"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got strings.Builder
			for _, h := range hunks([]byte(tt.before), []byte(tt.after)) {
				got.WriteString("@ ")
				for _, l := range h.Lines {
					fmt.Fprintf(&got, "|%c %d %d %s", l.Op, l.Base, l.Head, l.Text)
					if l.Open {
						got.WriteString(" (open)")
					}
				}
			}
			if got.String() != tt.want {
				t.Errorf("got  %s\nwant %s", &got, tt.want)
			}
		})
	}
}

// Applied to what was before, the hunks give what came after.
func TestHunksApply(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	text := func() []byte {
		var b []byte
		for range rng.IntN(60) {
			b = append(b, []string{"a\n", "b\n", "c\n", "\n", "d\r\n", fmt.Sprintf("%d\n", rng.IntN(50))}[rng.IntN(6)]...)
		}
		if rng.IntN(3) == 0 && len(b) > 0 {
			b = b[:len(b)-1]
		}
		return b
	}
	for range 2000 {
		before, after := text(), text()
		if got := apply(t, before, hunks(before, after)); !bytes.Equal(got, after) {
			t.Fatalf("before %q\nafter  %q\ngot    %q", before, after, got)
		}
	}
}

// apply makes the head of the base, and holds the hunks against the base.
func apply(t *testing.T, before []byte, all []hunk) []byte {
	t.Helper()
	lines := bytes.SplitAfter(before, []byte("\n"))
	var out []byte
	next := 1
	for _, h := range all {
		for _, l := range h.Lines {
			for l.Base > next {
				out = append(out, lines[next-1]...)
				next++
			}
			end := "\n"
			if l.Open {
				end = ""
			}
			if l.Base != 0 {
				if want := string(lines[next-1]); want != l.Text+end {
					t.Fatalf("line %d of the base is %q, not %q", next, want, l.Text+end)
				}
				next++
			}
			if l.Op == '+' || l.Op == ' ' {
				if n := bytes.Count(out, []byte("\n")) + 1; n != l.Head {
					t.Fatalf("line %d of the head is called %d", n, l.Head)
				}
				out = append(out, l.Text+end...)
			}
		}
	}
	for ; next <= len(lines); next++ {
		out = append(out, lines[next-1]...)
	}
	return out
}

// Some libraries number lines by runes, of which there are fewer than lines.
func TestHunksOfManyLines(t *testing.T) {
	const n = 100_000
	var before, after, other bytes.Buffer
	for i := range n {
		fmt.Fprintf(&before, "line %d\n", i)
		fmt.Fprintf(&other, "other %d\n", i%7)
		if i%9_000 != 17 {
			fmt.Fprintf(&after, "line %d\n", i)
		}
	}
	start := time.Now()
	all := hunks(before.Bytes(), after.Bytes())
	if len(all) != 12 || !bytes.Equal(apply(t, before.Bytes(), all), after.Bytes()) {
		t.Errorf("%d hunks of one line each, or they do not give the head", len(all))
	}
	all = hunks(before.Bytes(), other.Bytes()) // nothing in common
	if shown, left := firstHunks(all, 400); len(shown) != 1 || len(shown[0].Lines) != 400 || left != 2*n-400 {
		t.Errorf("%d hunks and %d lines left out", len(shown), left)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestFirstHunks(t *testing.T) {
	two := []hunk{{make([]hunkLine, 5)}, {make([]hunkLine, 5)}}
	for limit, want := range map[int][2]int{0: {0, 10}, 3: {1, 7}, 5: {1, 5}, 7: {2, 3}, 20: {2, 0}} {
		if shown, left := firstHunks(two, limit); len(shown) != want[0] || left != want[1] {
			t.Errorf("limit %d: %d hunks, %d lines left out, want %v", limit, len(shown), left, want)
		}
	}
}
