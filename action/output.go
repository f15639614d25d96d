package action

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/report"
)

// maxSummary is how many bytes the summary of a step may have. The runner drops a
// longer one whole.
const maxSummary = 1 << 20

// An output is one value that later steps read.
type output struct{ name, value string }

// outputs counts what a workflow may want to branch on. Everything long is a file.
func outputs(r *checker.Result) []output {
	n := report.Count(r)
	return []output{
		{"verdict", r.Verdict.String()},
		{"breaking-count", strconv.Itoa(n.Class[change.Breaking])},
		{"risky-count", strconv.Itoa(n.Class[change.Risky])},
		{"compatible-count", strconv.Itoa(n.Class[change.Compatible])},
		{"consumers-count", strconv.Itoa(n.Violated + n.Affected + n.Unknown)},
	}
}

// writeOutputs appends values to the file that the runner reads. No value can end
// itself: the word at its end is new each time.
func writeOutputs(name string, values []output) error {
	var b strings.Builder
	for _, v := range values {
		end := random()
		fmt.Fprintf(&b, "%s<<%s\n%s\n%s\n", v.name, end, v.value, end)
	}
	return appendTo(name, b.String())
}

// writeSummary appends to the summary of the step, as far as there is room.
func writeSummary(name string, render func(limit int) string) error {
	room := maxSummary
	if info, err := os.Stat(name); err == nil {
		room -= int(min(info.Size(), maxSummary))
	}
	const least = 200 // bytes, in which nothing can be said
	if room -= len("\n\n"); room < least {
		return nil
	}
	return appendTo(name, strings.TrimSpace(render(room))+"\n\n")
}

// appendTo appends to a file of the runner's; with no name there is none.
func appendTo(name, text string) error {
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// writeReport writes a report to a file.
func writeReport(name string, w report.Writer, r *checker.Result) error {
	var b bytes.Buffer
	if err := w(&b, r); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

// markdown renders r in at most limit bytes.
func markdown(o report.Options, r *checker.Result, limit int) string {
	o.Limit = limit
	var text bytes.Buffer
	if err := o.Markdown(&text, r); err != nil {
		return fenced(err.Error(), limit)
	}
	return text.String()
}

// fenced shows text as it is, in at most limit bytes: nothing of it is taken for
// Markdown.
func fenced(text string, limit int) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	const more = "and %d more lines"
	open, end := fence+"text\n", fence+"\n"
	room := limit - len(open) - len(end) - len(more) - 20
	var b strings.Builder
	b.WriteString(open)
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		if line = report.Plain(line); room < len(line)+1 {
			fmt.Fprintf(&b, more+"\n", len(lines)-i)
			break
		}
		room -= len(line) + 1
		b.WriteString(line + "\n")
	}
	return b.String() + end
}
