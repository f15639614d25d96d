package report

import (
	"fmt"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/policy"
)

func (h *htmlPage) card(f policy.Finding) card {
	c := card{
		Anchor: anchor(f), Class: f.Class.String(), Word: f.Class.String(), Title: Plain(f.Detail), Rule: f.Rule.ID + " " + f.ID,
		Mark:    [...]string{change.Compatible: "✓", change.Risky: "!", change.Breaking: "✗"}[f.Class],
		Verdict: [...]string{policy.Pass: "passes", policy.Notify: "is told, and blocks nothing", policy.Block: "blocks the merge"}[f.Verdict],
		Breaks:  Plain(fmt.Sprintf("%s (%s)", sentence(f.Rule.Why), surfaces(f.Breaks()))),
		Spares:  Plain(h.spares(f)),
		Also:    Plain(strings.Join(h.alsoPorts(f), ", ")), Sides: h.bothSides(f), Prose: prosesOf(f),
	}
	if f.Rule.Idea == change.NotCompared {
		c.Mark, c.Word = "?", "not compared"
	}
	for _, hit := range h.hit(f) {
		c.Hits = append(c.Hits, hitLine{Plain(hit.Use.ID), Plain(hit.Use.Criticality), hit.Impact.String(), Plain(hit.Why)})
	}
	if w := f.Witness; w != nil {
		c.Proof = Plain(w.String())
	}
	if f.Places.Total > 1 {
		c.Places = Plain(placesOf(f))
	}
	do, because := h.advice(f)
	c.Do, c.Because = Plain(do), Plain(because)
	if f.Verdict == policy.Block && f.Approval == nil && !h.r.Bare && f.Rule.Idea != change.Unreadable {
		c.Approvals = policy.Approvals
		c.Accept = []string{"finding: " + quoted(f.ID), "digest: " + quoted(f.Digest), "by: …", "reason: …", "until: …"}
	}
	return c
}

// anchor names the card of a finding.
func anchor(f policy.Finding) string { return "f-" + f.ID }

// where is the place that a finding is about: what is gone stands in the base.
func (h *htmlPage) where(f policy.Finding) checker.Place {
	if f.Head.IsZero() || gone(f) {
		return checker.Place{Side: checker.BaseOf(f), Span: f.Base}
	}
	return checker.Place{Side: checker.Head, Span: f.Head}
}

// quoted keeps YAML from reading an id as a number.
func quoted(id string) string { return `"` + id + `"` }

// placesOf lists some of the places that show a finding.
func placesOf(f policy.Finding) string {
	const few = 10
	var places []string
	for _, p := range f.Places.Paths[:min(len(f.Places.Paths), few)] {
		places = append(places, string(p))
	}
	if more := f.Places.Total - len(places); more > 0 {
		places = append(places, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(places, ", ")
}

// bothSides shows what changed before and after.
func (h *htmlPage) bothSides(f policy.Finding) []side {
	var all []side
	add := func(label, note string, at checker.Place, mark bool) {
		if at.Span.IsZero() {
			return
		}
		s := side{Label: label, Note: note, Place: h.place(at)}
		if f.Rule.Idea != change.Unreadable { // the error above shows it
			s.Code = h.excerpt(at, mark)
		}
		all = append(all, s)
	}
	add("before", "", checker.Place{Side: checker.BaseOf(f), Span: f.Base}, true)
	note := ""
	if gone(f) {
		note = "is without it"
	}
	add("after", note, checker.Place{Side: checker.Head, Span: f.Head}, !gone(f))
	return all
}

// excerpt shows the text of a place, and marks what its span covers in its line.
func (h *htmlPage) excerpt(at checker.Place, mark bool) *excerpt {
	cut := h.r.Excerpts[at]
	if len(cut.Lines) == 0 {
		return nil
	}
	c := &excerpt{Label: Plain(at.Span.String())}
	for i, line := range cut.Lines {
		l := codeLine{Number: cut.First + i, Before: line}
		if mark && l.Number == at.Span.Start.Line {
			l.Before, l.Marked, l.After = split(line, at.Span)
		}
		l.Before, l.Marked, l.After = plainCode(l.Before), plainCode(l.Marked), plainCode(l.After)
		c.Lines = append(c.Lines, l)
	}
	return c
}

// diff shows how the text of the file at a place changed.
func (h *htmlPage) diff(at checker.Place, t checker.Text) fileDiff {
	d := fileDiff{Place: h.place(at)}
	d.Place.Text = Plain(at.Span.File)
	shown, left := firstHunks(hunks(t.Before, t.After), h.diffLines)
	for i, hunk := range shown {
		if i > 0 {
			d.Lines = append(d.Lines, diffLine{Base: "⋮", Head: "⋮"})
		}
		for _, l := range hunk.Lines {
			h.diffLines--
			d.Lines = append(d.Lines, newDiffLine(l))
		}
	}
	d.Open = len(d.Lines) <= openDiff
	if left > 0 {
		d.More = fmt.Sprintf("And %s.", many(left, "more line"))
	}
	return d
}

func newDiffLine(l hunkLine) diffLine {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprint(n)
	}
	return diffLine{
		Kind: map[byte]string{'-': "gone", '+': "come"}[l.Op], Sign: string(l.Op),
		Base: number(l.Base), Head: number(l.Head), Text: plainCode(strings.TrimSuffix(l.Text, "\r")),
	}
}
