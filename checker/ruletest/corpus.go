package ruletest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// CorpusVariable names the folder of conformance cases, which is not part of
// this repository: what the best tools of each format, or real codecs, say of
// real changes. Tests that need it skip where it is not set.
const CorpusVariable = "BREAKWATER_CORPUS"

// CorpusPath returns the path of a file in the corpus, or skips the test.
func CorpusPath(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv(CorpusVariable)
	if dir == "" {
		t.Skipf("needs the conformance cases: set %s to their folder", CorpusVariable)
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

// Corpus decodes a JSON file of the corpus, or skips the test.
func Corpus(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(CorpusPath(t, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// A Waiver is a case in which we say something else than the corpus does.
type Waiver struct{ Case, Says, Why string }

// Agree holds the disagreements of a conformance test, by case, against a file
// of waivers, one on each line:
//
//	CASE | WHAT WE SAY | WHY WE ARE RIGHT
//
// A disagreement without a waiver fails, and so does a waiver that no longer
// applies: agreement only rises. With -update the file is rewritten; a new line
// has "open" for its reason, which is a promise to look at it.
func Agree(t *testing.T, file string, total int, says map[string]string) {
	t.Helper()
	waivers := readWaivers(t, file)
	t.Logf("%s: %d of %d cases agree", file, total-len(says), total)
	if *update {
		writeWaivers(t, file, waivers, says)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(says)) {
		switch w, ok := waivers[name]; {
		case !ok:
			t.Errorf("%s: disagreement without a waiver: %s", name, says[name])
		case w.Says != oneLine(says[name]):
			t.Errorf("%s: the waiver is for something else: %s\n we say: %s", name, w.Says, says[name])
		}
	}
	for name := range waivers {
		if _, ok := says[name]; !ok {
			t.Errorf("%s: agrees now; remove its waiver from %s", name, file)
		}
	}
}

func oneLine(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", "¦")
}

func readWaivers(t *testing.T, file string) map[string]Waiver {
	t.Helper()
	waivers := make(map[string]Waiver)
	data, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.SplitN(line, "|", 3)
		if len(parts) != 3 || strings.TrimSpace(parts[2]) == "" {
			t.Fatalf("%s: want CASE | WHAT WE SAY | WHY, got %q", file, line)
		}
		w := Waiver{strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])}
		waivers[w.Case] = w
	}
	return waivers
}

func writeWaivers(t *testing.T, file string, waivers map[string]Waiver, says map[string]string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# CASE | WHAT WE SAY | WHY WE ARE RIGHT\n")
	for _, name := range slices.Sorted(maps.Keys(says)) {
		why := waivers[name].Why
		if why == "" {
			why = "open"
		}
		fmt.Fprintf(&b, "%s | %s | %s\n", name, oneLine(says[name]), why)
	}
	if len(says) == 0 {
		os.Remove(file)
		return
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
