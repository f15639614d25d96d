package ruletest

import (
	"strings"
	"testing"
	"unicode"
)

// Harmless fails for a text that holds what a terminal or a workflow would obey.
func Harmless(t testing.TB, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("a workflow would obey %q", line)
		}
		for _, r := range line {
			if !unicode.IsPrint(r) {
				t.Errorf("%q holds %U", line, r)
			}
		}
	}
}
