package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestSideBySide(t *testing.T) {
	rows, left := SideBySide([]byte("a\nb\nc\nd\n"), []byte("a\nB\nc\nd\ne\n"), 100)
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprintf("%d %s|%d %s %v", r.Base, r.BaseText, r.Head, r.HeadText, r.Changed()))
	}
	if want := "1 a|1 a false\n2 b|2 B true\n3 c|3 c false\n4 d|4 d false\n0 |5 e true"; strings.Join(got, "\n") != want || left != 0 {
		t.Errorf("got\n%s\nand %d left out; want\n%s", strings.Join(got, "\n"), left, want)
	}
	if rows, left := SideBySide(nil, []byte("a\nb\nc\n"), 2); len(rows) != 2 || left != 1 {
		t.Errorf("%d rows, %d left out", len(rows), left)
	}
	if rows, _ := SideBySide([]byte("a\n"), []byte("a\n"), 2); len(rows) != 0 {
		t.Errorf("the same differs: %+v", rows)
	}
}

func TestRegistrySVG(t *testing.T) {
	var all []Reads
	for n := range 30 {
		all = append(all, Reads{fmt.Sprint("shop/port-", n), "finance.<kpi>"})
	}
	var b bytes.Buffer
	if err := RegistrySVG(&b, all); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if !strings.Contains(text, "finance.&lt;kpi&gt;") || !strings.Contains(text, "And 6 more ports.") || strings.Count(text, `class="reads"`) != 24 {
		t.Errorf("it draws\n%s", text)
	}
	if err := RegistrySVG(&b, nil); err != nil {
		t.Errorf("of nothing: %v", err)
	}
}
