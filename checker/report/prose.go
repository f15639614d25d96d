package report

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/sergi/go-diff/diffmatchpatch"
)

// Bounds of how a text changed. The library takes time in the square of what differs,
// and its own bound goes by the clock; so it gets few words and no clock.
const (
	maxCompared = 500 // words of each side
	around      = 6   // words that stay, shown on each side of what changed
	maxRuns     = 24  // stretches of words that are shown of one text
	maxProse    = 3   // texts of one finding
)

// A run is a stretch of words of a text: they stayed (' '), are gone ('-') or came ('+').
type run struct {
	Op   byte
	Text string
}

// A retold is a text that changed, as a report shows it.
type retold struct {
	About string
	Runs  []run
}

// prosesOf returns how the texts of a finding changed, the first few of them.
func prosesOf(f policy.Finding) []retold {
	var all []retold
	for _, p := range f.Prose[:min(len(f.Prose), maxProse)] {
		all = append(all, retold{Plain(p.About), wordRuns(p)})
	}
	return all
}

// wordRuns compares a text word by word. Long stretches that stayed are cut short, and
// so is what is too long to be compared. Every text in it is plain.
func wordRuns(p change.Prose) []run {
	base, head := strings.Fields(Plain(p.Base)), strings.Fields(Plain(p.Head))
	cut := len(base) > maxCompared || len(head) > maxCompared
	base, head = base[:min(len(base), maxCompared)], head[:min(len(head), maxCompared)]
	var runs []run
	for _, d := range compareWords(base, head) {
		switch {
		case d.op != ' ':
			runs = append(runs, run{d.op, shorten(d.words, 4*around, 4*around)})
		case len(runs) == 0:
			runs = append(runs, run{' ', shorten(d.words, 0, around)})
		default:
			runs = append(runs, run{' ', shorten(d.words, around, around)})
		}
	}
	if n := len(runs) - 1; n > 0 && runs[n].Op == ' ' {
		runs[n].Text = shorten(strings.Fields(runs[n].Text), around, 0)
	}
	if len(runs) > maxRuns {
		runs, cut = runs[:maxRuns], true
	}
	if cut {
		runs = append(runs, run{' ', "…"})
	}
	return runs
}

// shorten joins words, and leaves out the middle beyond the first and the last few.
func shorten(words []string, first, last int) string {
	if len(words) > first+last+1 {
		words = slices.Concat(words[:first], []string{"…"}, words[len(words)-last:])
	}
	return strings.Join(words, " ")
}

// A stretch is words of which the same became.
type stretch struct {
	op    byte
	words []string
}

// compareWords hands the library each word as one character, as it does with lines.
func compareWords(base, head []string) []stretch {
	index := make(map[string]rune)
	var names []string
	encode := func(words []string) []rune {
		text := make([]rune, len(words))
		for i, w := range words {
			if _, ok := index[w]; !ok {
				names = append(names, w)
				index[w] = rune(len(names)) // far below the characters that are none
			}
			text[i] = index[w]
		}
		return text
	}
	d := diffmatchpatch.New()
	d.DiffTimeout = 0
	var all []stretch
	for _, part := range d.DiffCleanupSemantic(d.DiffMainRunes(encode(base), encode(head), false)) {
		s := stretch{op: map[diffmatchpatch.Operation]byte{diffmatchpatch.DiffDelete: '-', diffmatchpatch.DiffInsert: '+', diffmatchpatch.DiffEqual: ' '}[part.Type]}
		for _, r := range part.Text {
			s.words = append(s.words, names[r-1])
		}
		all = append(all, s)
	}
	return all
}
