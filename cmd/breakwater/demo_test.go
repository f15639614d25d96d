package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// The demo tells its story, and what the README shows of it is what it says.
func TestDemo(t *testing.T) {
	var out bytes.Buffer
	e := quiet()
	e.stdout, e.temp = &out, t.TempDir()
	if code := run(t.Context(), e, []string{"demo", "--now", "2026-11-23T08:00:00Z"}); code != exitPass {
		t.Fatalf("exit code %d:\n%s", code, &out)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```\n")
	transcript, _, _ := strings.Cut(rest, "```\n")
	if !strings.Contains(out.String(), transcript) {
		t.Errorf("the README shows what the demo does not say:\n%s", &out)
	}
}
