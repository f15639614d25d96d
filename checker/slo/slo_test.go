package slo_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
)

func TestRules(t *testing.T) {
	ruletest.Run(t, slo.Rules(), func(t *testing.T, base, head fs.FS) []change.Change {
		return slo.Diff(read(t, base), read(t, head), source.Span{File: "promises", Start: source.Pos{Line: 1, Column: 1}})
	})
}

// read reads the file promises: one objective on each line.
func read(t *testing.T, fsys fs.FS) (all []slo.Objective) {
	text, err := fs.ReadFile(fsys, "promises")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		o, err := slo.Parse(line, source.Span{File: "promises", Start: source.Pos{Line: i + 1, Column: 1}})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	return all
}

func TestMeets(t *testing.T) {
	tests := []struct {
		name, promise, need string
		yes, sure           bool
	}{
		{"the same, spelled twice", "<= 90min", "<= PT1H30M", true, true},
		{"sooner than needed", "<= 1h", "<= 2h", true, true},
		{"later than needed", "<= 3h", "<= 2h", false, true},
		{"more than needed", ">= 99.95%", ">= 99.9 %", true, true},
		{"a month is more than four weeks less a second", ">= P1M", ">= 2419199s", true, true},
		{"a month may be 30 days", ">= P1M", ">= P30D", false, false},
		{"a year is twelve months", ">= P1Y", ">= 12mo", true, true},
		{"another unit", "<= 2h", "<= 2 rows", true, false},
		{"another window", ">= 99% over P30D", ">= 99% over P7D", true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			promise, err1 := slo.ParseLimit(tt.promise)
			need, err2 := slo.ParseLimit(tt.need)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			yes, sure := promise.Meets(need)
			if sure != tt.sure || sure && yes != tt.yes {
				t.Errorf("%s meets %s = %v, sure %v", promise, need, yes, sure)
			}
			if again, err := slo.ParseLimit(need.String()); err != nil || again.String() != need.String() {
				t.Errorf("%s parses as %s, %v", need, again, err)
			}
		})
	}
}
