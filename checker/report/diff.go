package report

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// A hunk is a stretch of a difference, with up to three lines around it that stayed.
type hunk struct{ Lines []hunkLine }

// A hunkLine is one line of a hunk.
type hunkLine struct {
	Op         byte // ' ' stayed, '-' is gone, '+' is new
	Base, Head int  // its number on each side; zero: that side is without it
	Text       string
	Open       bool // it ends its side without a line feed
}

// hunks returns how after differs from before, by lines. Lines that occur once on
// both sides anchor the difference, so it takes no more than n log n steps whatever
// a stranger's files hold, and is the same every time; a search for the shortest one
// either takes the square of that or gives up by the clock.
func hunks(before, after []byte) []hunk {
	var all []hunk
	var base, head int // the next line of each side
	for line := range bytes.Lines(diff.Diff("base", before, "head", after)) {
		text := strings.TrimSuffix(string(line), "\n")
		switch {
		case strings.HasPrefix(text, "@@ "):
			base, head = hunkStart(text)
			all = append(all, hunk{})
			continue
		case len(all) == 0: // the names of the two
			continue
		}
		lines := &all[len(all)-1].Lines
		if text[0] == '\\' { // "No newline at end of file"
			(*lines)[len(*lines)-1].Open = true
			continue
		}
		l := hunkLine{Op: text[0], Text: text[1:]}
		if l.Op != '+' {
			l.Base = base
			base++
		}
		if l.Op != '-' {
			l.Head = head
			head++
		}
		*lines = append(*lines, l)
	}
	return all
}

// hunkStart reads where a hunk begins: "@@ -1,3 +1,4 @@".
func hunkStart(header string) (base, head int) {
	number := func(field string) int {
		start, _, _ := strings.Cut(field[1:], ",")
		n, _ := strconv.Atoi(start) // the library writes nothing else
		return n
	}
	fields := strings.Fields(header)
	return number(fields[1]), number(fields[2])
}

// firstHunks cuts a difference after limit lines, and says how many are left out.
func firstHunks(all []hunk, limit int) (shown []hunk, left int) {
	for _, h := range all {
		n := min(len(h.Lines), limit)
		limit -= n
		left += len(h.Lines) - n
		if n > 0 {
			shown = append(shown, hunk{h.Lines[:n]})
		}
	}
	return shown, left
}

// A Row is a line of two texts side by side; the number of a side that is without it is
// zero.
type Row struct {
	Base, Head         int
	BaseText, HeadText string
	Gap                bool // lines that stayed are left out before it
}

// Changed reports whether the two sides of r differ.
func (r Row) Changed() bool { return r.Base == 0 || r.Head == 0 || r.BaseText != r.HeadText }

// SideBySide returns two texts side by side, where they differ: at most limit rows, and
// how many lines are left out.
func SideBySide(base, head []byte, limit int) (rows []Row, left int) {
	shown, left := firstHunks(hunks(base, head), limit)
	for _, h := range shown {
		gap := len(rows) > 0
		first := len(rows) // of the lines that are gone and have none beside them yet
		for _, l := range h.Lines {
			text := Plain(l.Text)
			switch {
			case l.Op == ' ':
				rows = append(rows, Row{l.Base, l.Head, text, text, gap})
				first = len(rows)
			case l.Op == '-':
				rows = append(rows, Row{Base: l.Base, BaseText: text, Gap: gap})
			case first < len(rows) && rows[first].Head == 0:
				rows[first].Head, rows[first].HeadText = l.Head, text
				first++
			default:
				rows = append(rows, Row{Head: l.Head, HeadText: text, Gap: gap})
				first = len(rows)
			}
			gap = false
		}
	}
	return rows, left
}
