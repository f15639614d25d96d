package slo_test

import (
	"os"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/slo"
)

// Each row of testdata/verdicts.txt, and the row the other way round.
func TestVerdicts(t *testing.T) {
	data, err := os.ReadFile("testdata/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, " | ")
		if len(cells) != 4 {
			t.Fatalf("want PROPERTY | BASE | HEAD | VERDICT, got %q", line)
		}
		rows++
		t.Run(line, func(t *testing.T) {
			base, err := promised(cells[0], cells[1])
			if err != nil {
				t.Fatal(err)
			}
			head, err := promised(cells[0], cells[2])
			if err != nil {
				if cells[3] != "refused" {
					t.Error(err)
				}
				return
			}
			if got := verdicts[head.Compare(base)]; got != cells[3] {
				t.Errorf("%s is %s: %s than %s", head, got, cells[3], base)
			}
			if got := verdicts[base.Compare(head)]; got != turned(cells[3]) {
				t.Errorf("the other way round, %s is %s", base, got)
			}
		})
	}
	if rows < 200 {
		t.Errorf("there are %d rows; want 200", rows)
	}
}

var verdicts = map[slo.Order]string{slo.Incomparable: "unclear", slo.Same: "same", slo.Stronger: "stronger", slo.Weaker: "weaker"}

func turned(verdict string) string {
	switch verdict {
	case "weaker":
		return "stronger"
	case "stronger":
		return "weaker"
	}
	return verdict
}

// promised reads a value, and a unit behind a plus.
func promised(property, text string) (slo.Limit, error) {
	value, unit, _ := strings.Cut(text, " + ")
	return slo.Promised(property, slo.Word{Text: value}, slo.Word{Text: unit})
}

// Over all limits of the table, the comparison is an order: it is the same the other
// way round, and what is at least as strong as something is at least as strong as
// whatever that is as strong as.
func TestCompareIsAnOrder(t *testing.T) {
	limits := make(map[string][]slo.Limit)
	data, err := os.ReadFile("testdata/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		for _, text := range cells[1:max(1, len(cells)-1)] {
			if l, err := promised(cells[0], text); err == nil {
				property := slo.Property(cells[0])
				limits[property] = append(limits[property], l)
			}
		}
	}
	for property, all := range limits {
		orders := make([][]slo.Order, len(all))
		for i, a := range all {
			for _, b := range all {
				orders[i] = append(orders[i], a.Compare(b))
			}
		}
		for i, row := range orders {
			for j, ij := range row {
				for k, jk := range orders[j] {
					if atLeast(ij) && atLeast(jk) && !atLeast(row[k]) {
						t.Errorf("%s: %s is %s %s, which is %s %s, and yet the first is %s the last", property, all[i], ij, all[j], jk, all[k], row[k])
					}
				}
				ordered(t, all[i], all[j])
			}
		}
	}
}

func atLeast(o slo.Order) bool { return o == slo.Same || o == slo.Stronger }

// ordered checks what holds of any two limits.
func ordered(t *testing.T, a, b slo.Limit) {
	t.Helper()
	ab, ba := a.Compare(b), b.Compare(a)
	if turned(verdicts[ab]) != verdicts[ba] {
		t.Errorf("%s is %s %s, and that is %s the first", a, ab, b, ba)
	}
	if a.Compare(a) != slo.Same {
		t.Errorf("%s is not the same as itself", a)
	}
	if yes, sure := a.Meets(b); atLeast(ab) && !(yes && sure) {
		t.Errorf("%s is %s %s, and does not meet it", a, ab, b)
	}
}
