package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
)

func inText(p change.Prose) string {
	var b strings.Builder
	for i, r := range wordRuns(p) {
		if i > 0 {
			b.WriteString(" ")
		}
		switch r.Op {
		case '-':
			fmt.Fprintf(&b, "[-%s-]", r.Text)
		case '+':
			fmt.Fprintf(&b, "{+%s+}", r.Text)
		default:
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

func TestWordsThatChanged(t *testing.T) {
	long := strings.Repeat("so ", 40)
	tests := []struct{ name, base, head, want string }{
		{"a word among others", "The net price in EUR.", "The gross price in EUR.", "The [-net-] {+gross+} price in EUR."},
		{"words at the end", "One row per order.", "One row per order and line.", "One row per [-order.-] {+order and line.+}"},
		{"only other folds", "a\n  b", "a b", "a b"},
		{"all of it", "a b", "c d", "[-a b-] {+c d+}"},
		{"long stretches that stay", long + "old " + long, long + "new " + long, "… so so so so so so [-old-] {+new+} so so so so so so …"},
		{"one word between others is no island", "a b c d e", "v w c x y", "[-a b c d e-] {+v w c x y+}"},
		{"what would steer a terminal", "a \x1b[2J", "a \u202e", "a [-\uFFFD[2J-] {+\uFFFD+}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := inText(change.Prose{Base: tt.base, Head: tt.head}); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// Texts that have nothing in common are what takes longest.
func TestLongTextsAreCut(t *testing.T) {
	var base, head strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&base, "a%d ", i)
		fmt.Fprintf(&head, "b%d ", i)
	}
	runs := wordRuns(change.Prose{Base: base.String(), Head: head.String()})
	if n := len(inText(change.Prose{Base: base.String(), Head: head.String()})); n > 1000 || runs[len(runs)-1].Text != "…" {
		t.Errorf("%d bytes, %v", n, runs[len(runs)-1])
	}
}

// Whatever is compared, the words that stayed and went are the base's, and those that
// stayed and came are the head's.
func FuzzWords(f *testing.F) {
	f.Add("The net price", "The gross price in EUR")
	f.Add("a b a c a", "a c b a a a")
	f.Fuzz(func(t *testing.T, base, head string) {
		if len(base)+len(head) > 4000 {
			t.Skip()
		}
		was, now := strings.Fields(Plain(base)), strings.Fields(Plain(head))
		var left, right []string
		for _, s := range compareWords(was, now) {
			if s.op != '+' {
				left = append(left, s.words...)
			}
			if s.op != '-' {
				right = append(right, s.words...)
			}
		}
		if strings.Join(left, " ") != strings.Join(was, " ") || strings.Join(right, " ") != strings.Join(now, " ") {
			t.Errorf("%q and %q came out as %q and %q", was, now, left, right)
		}
	})
}

func BenchmarkWordsThatDiffer(b *testing.B) {
	var base, head strings.Builder
	for i := range maxCompared {
		fmt.Fprintf(&base, "a%d ", i)
		fmt.Fprintf(&head, "b%d ", i)
	}
	for b.Loop() {
		wordRuns(change.Prose{Base: base.String(), Head: head.String()})
	}
}
