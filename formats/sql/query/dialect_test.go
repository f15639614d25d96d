package query_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/formats/sql/query"
)

// The files of testdata/dialects say what each of their queries reads, in lines
// that start with "-- > ". They were written down by hand or read by one: the
// flag -update is there for changes of many, which want to be read again.
func TestDialects(t *testing.T) {
	files, err := filepath.Glob("testdata/dialects/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	asked, understood := 0, 0
	for _, file := range files {
		d, ok := query.ParseDialect(strings.TrimSuffix(filepath.Base(file), ".sql"))
		if !ok {
			t.Errorf("%s is not named for a dialect", file)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var updated strings.Builder
		for i, block := range strings.Split(string(text), "-- # ") {
			if i == 0 {
				updated.WriteString(block)
				continue
			}
			name, rest, _ := strings.Cut(block, "\n")
			sql, want := expectation(rest)
			got := read(sql, d, nil)
			asked++
			if !strings.Contains(got, "not understood") {
				understood++
			}
			if got != want && !ruletest.Update() {
				t.Errorf("%s: %s:\n%s\nreads\n%swant\n%s", d, name, sql, got, want)
			}
			updated.WriteString("-- # " + name + "\n" + sql + "-- > " + strings.ReplaceAll(strings.TrimSuffix(got, "\n"), "\n", "\n-- > ") + "\n")
		}
		if ruletest.Update() {
			if err := os.WriteFile(file, []byte(updated.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d queries, %d understood", asked, understood)
}

// expectation takes the lines "-- > " off a query.
func expectation(block string) (sql, want string) {
	for line := range strings.Lines(block) {
		if text, ok := strings.CutPrefix(line, "-- > "); ok {
			want += text
		} else {
			sql += line
		}
	}
	return sql, want
}
