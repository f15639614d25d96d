package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/source"
)

// What the reports share that another program shows beside the code (sarif, github,
// gitlab) or beside its tests (junit): a finding in a few plain sentences, and its
// place in the head. They are made of a [Public] result, since nobody knows who reads
// them.

// maxNamed is how many consumers are named where there is little room.
const maxNamed = 10

// errorRule is the name under which programs that know only rules show what is wrong
// in a user's file.
const errorRule = "breakwater/error"

// shown lists the findings that have something to say, one of each edit.
func (v *view) shown() []policy.Finding {
	return slices.DeleteFunc(slices.Clone(v.r.Findings), func(f policy.Finding) bool { return !v.shows(f) })
}

// told says who is hit by a finding, or else why it was judged as it was, and then
// what to do: one paragraph for each.
func (v *view) told(f policy.Finding) []string {
	var paragraphs []string
	add := func(format, text string) {
		if text != "" {
			paragraphs = append(paragraphs, fmt.Sprintf(format, Plain(text)))
		}
	}
	do, because := v.advice(f)
	hits := named(v.hit(f))
	add("Hits %s.", hits)
	if hits != "" && f.Approval == nil && f.Awaits == "" && !f.Consented() {
		because = ""
	}
	add("Spares: %s.", v.spares(f))
	add("Because %s.", because)
	add("Also in %s.", strings.Join(v.alsoPorts(f), ", "))
	add("%s", do)
	return paragraphs
}

// named lists who is hit, each with the reason.
func named(hits []consumer.Hit) string {
	var names []string
	for _, h := range hits {
		names = append(names, fmt.Sprintf("%s (%s)", h.Use.ID, why(h)))
	}
	if more := len(names) - maxNamed; more > 0 {
		names = append(names[:maxNamed], fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// spot returns where in the head a finding is shown. What went with its file is
// shown at a file of its port that is left, or else where the port is, or would be,
// declared: there a tombstone could say where it went.
func (v *view) spot(f policy.Finding) source.Span {
	if !f.Head.IsZero() {
		return f.Head
	}
	i := slices.IndexFunc(v.r.Ports, func(p checker.Port) bool { return p.ID == f.Port })
	if i >= 0 && v.r.Ports[i].State != checker.Removed && len(v.r.Ports[i].Files) > 0 {
		return source.Top(v.r.Ports[i].Files[0])
	}
	return source.Top(policy.File)
}

// only returns what of span a reader should look at. What is gone is shown at what
// enclosed it, of which the first line is enough.
func only(f policy.Finding, span source.Span) source.Span {
	if gone(f) && span.End.Line > span.Start.Line {
		span.End = span.Start
	}
	return span
}

// columns counts where span begins and ends in its line as editors do, in UTF-16
// code units from 1. Ours count bytes, so that takes the line's text; where there is
// none, or the span does not end on the same line, or is empty, the answer is false.
func (v *view) columns(side checker.Side, span source.Span, excerpt source.Span) (start, end int, ok bool) {
	cut := v.r.Excerpts[checker.Place{Side: side, Span: excerpt}]
	i := span.Start.Line - cut.First
	if i < 0 || i >= len(cut.Lines) || span.Start.Line != span.End.Line || span.Start == span.End {
		return 0, 0, false
	}
	line := cut.Lines[i]
	if span.Start.Column < 1 || span.End.Column < span.Start.Column || span.End.Column > len(line)+1 {
		return 0, 0, false
	}
	units := func(column int) int { return len(utf16.Encode([]rune(line[:column-1]))) + 1 }
	return units(span.Start.Column), units(span.End.Column), true
}

// fingerprint is the same for a finding in every run that makes it, and for no other:
// it does not depend on lines, words or who is hit.
func fingerprint(parts ...string) string {
	sum := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(sum, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func fingerprintOf(f policy.Finding) string {
	return fingerprint(f.ID, f.Port, f.Rule.ID, string(f.Path), f.Key)
}

// problems lists the errors of a result, each once: what is wrong on both sides is
// said once.
func (v *view) problems() []checker.Error {
	said := make(map[string]bool)
	return slices.DeleteFunc(slices.Clone(v.r.Errors), func(e checker.Error) bool {
		again := said[e.Err.Error()]
		said[e.Err.Error()] = true
		return again
	})
}

// untold lists the problems that no finding tells of: the first of a contract that
// cannot be read is told by a finding, too.
func (v *view) untold() []checker.Error {
	return slices.DeleteFunc(v.problems(), func(e checker.Error) bool {
		return slices.ContainsFunc(v.r.Findings, func(f policy.Finding) bool {
			return f.Rule.Idea == change.Unreadable && cmp.Or(f.Head, f.Base).File == e.Err.Span.File && strings.Contains(f.Detail, e.Err.Msg)
		})
	})
}
