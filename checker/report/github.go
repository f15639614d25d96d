package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/source"
)

// maxAnnotations is how many errors, and how many warnings, GitHub keeps of one step.
// It drops the others without a word.
const maxAnnotations = 10

// What a workflow command would take for its own syntax.
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// GitHub writes workflow commands, which GitHub Actions shows as annotations at the
// lines that changed: what blocks as errors, what is to be told as warnings, those
// that hit somebody who is registered first. What passes is not annotated.
func (o Options) GitHub(w io.Writer, r *checker.Result) error {
	errors, warnings := annotations(r)
	var b bytes.Buffer
	writeAnnotations(&b, "error", errors)
	writeAnnotations(&b, "warning", warnings)
	_, err := w.Write(b.Bytes())
	return err
}

// annotations lists what blocks or is broken, and what is to be told.
func annotations(r *checker.Result) (errors, warnings []annotation) {
	v := newView(Public(r), false)
	for _, e := range v.untold() {
		errors = append(errors, v.annotateError(e))
	}
	found := v.shown()
	slices.SortStableFunc(found, func(a, b policy.Finding) int { return cmp.Compare(worst(b), worst(a)) })
	for _, f := range found {
		switch a := v.annotate(f); f.Verdict {
		case policy.Block:
			errors = append(errors, a)
		case policy.Notify:
			warnings = append(warnings, a)
		}
	}
	return errors, warnings
}

// A Remark is an annotation as the forge's API takes it: at lines of a file, and at
// columns if they are of one line.
type Remark struct {
	File           string
	Line, EndLine  int
	Column, EndCol int // zero: the whole lines
	Blocks         bool
	Title, Message string
}

// Remarks lists all that is to be annotated, with what blocks first. What stands in no
// file is not among it.
func Remarks(r *checker.Result) (all []Remark) {
	errors, warnings := annotations(r)
	for i, a := range slices.Concat(errors, warnings) {
		if a.span.IsZero() {
			continue
		}
		remark := Remark{
			File: a.span.File, Line: max(a.span.Start.Line, 1), EndLine: max(a.span.End.Line, a.span.Start.Line, 1),
			Blocks: i < len(errors), Title: Plain(a.title), Message: plainLines(a.message),
		}
		if a.start > 0 && remark.Line == remark.EndLine {
			remark.Column, remark.EndCol = a.start, max(a.end, a.start)
		}
		all = append(all, remark)
	}
	return all
}

// An annotation is one workflow command.
type annotation struct {
	span           source.Span
	start, end     int // columns; zero: the whole lines
	title, message string
}

func (v *view) annotate(f policy.Finding) annotation {
	word := [...]string{policy.Pass: "pass", policy.Notify: "notify", policy.Block: "blocked"}[f.Verdict]
	a := annotation{span: only(f, v.spot(f)), title: word + ": " + f.Detail, message: strings.Join(append(v.told(f), f.Rule.ID+" "+f.ID), "\n")}
	a.start, a.end, _ = v.columns(checker.Head, a.span, f.Head)
	return a
}

func (v *view) annotateError(e checker.Error) annotation {
	a := annotation{span: e.Err.Span, title: "error: " + e.Err.Msg, message: "Without it the check is not complete."}
	if e.Side != checker.Base {
		a.start, a.end, _ = v.columns(e.Side, a.span, a.span)
	}
	return a
}

// writeAnnotations writes as many of one level as are shown.
func writeAnnotations(b *bytes.Buffer, level string, all []annotation) {
	shown := all[:min(len(all), maxAnnotations)]
	for i, a := range shown {
		if more := len(all) - len(shown); i == len(shown)-1 && more > 0 {
			a.message += fmt.Sprintf("\nAnd %s in the summary.", many(more, "more "+level))
		}
		fmt.Fprintf(b, "::%s %s::%s\n", level, strings.Join(a.properties(), ","), commandData.Replace(plainLines(a.message)))
	}
}

func (a annotation) properties() []string {
	var all []string
	add := func(name string, value any) {
		all = append(all, name+"="+commandProperty.Replace(Plain(fmt.Sprint(value))))
	}
	if !a.span.IsZero() {
		add("file", a.span.File)
		add("line", max(a.span.Start.Line, 1))
		add("endLine", max(a.span.End.Line, a.span.Start.Line, 1))
	}
	if a.start > 0 {
		add("col", a.start)
		add("endColumn", max(a.end, a.start))
	}
	add("title", a.title)
	return all
}

func plainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Plain(line)
	}
	return strings.Join(lines, "\n")
}
