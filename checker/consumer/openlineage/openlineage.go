// Package openlineage finds consumers in OpenLineage events: of runs, of jobs and of
// datasets, one in a file, a list of them, or one on each line.
//
// A job reads its inputs. Which columns, the lineage of its outputs says: those that
// end up in a column, and those by which rows were joined, filtered, grouped or
// sorted. An input that no lineage mentions is read whole. Lineage that does not tell
// filters from columns may leave the filters out, so what it does not list is in
// doubt.
package openlineage

import (
	"bytes"
	"cmp"
	"errors"
	"path"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Limits of one file.
const (
	MaxBytes  = 64 << 20
	MaxErrors = 20 // that are told
)

// Read reads the events in a file.
func Read(file string, text []byte, from consumer.Import, _ consumer.Queries) (consumer.Imported, error) {
	if len(text) > MaxBytes {
		return consumer.Imported{}, source.Errorf(source.Top(file), "the file has %d bytes; the most that is read is %d", len(text), MaxBytes)
	}
	r := reader{file: file, from: from, runs: make(map[string]*run)}
	r.events(text)
	if r.count == 0 && len(r.errs) == 0 {
		r.fail(source.Top(file), "want an event of OpenLineage, got an empty file")
	}
	for _, id := range r.order {
		r.runs[id].gather(&r.gathered)
	}
	return consumer.Imported{Readings: r.gathered.Readings()}, errors.Join(r.errs...)
}

type reader struct {
	file     string
	from     consumer.Import
	count    int
	runs     map[string]*run
	order    []string
	gathered consumer.Gatherer
	errs     []error
}

func (r *reader) fail(at source.Span, format string, args ...any) {
	if len(r.errs) < MaxErrors {
		r.errs = append(r.errs, source.Errorf(at, format, args...))
	}
}

// events reads one document, or each line as one.
func (r *reader) events(text []byte) {
	if !isLines(r.file, text) {
		doc, err := document.Parse(r.file, text)
		if err != nil {
			r.errs = append(r.errs, err)
		}
		if doc != nil && doc.Kind == document.List {
			for _, n := range doc.Items {
				r.event(n)
			}
		} else if doc != nil {
			r.event(doc)
		}
		return
	}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		doc, err := document.Parse("event.json", line)
		for _, e := range source.Errors(err) {
			r.fail(r.at(number, e.Span), "%s", e.Msg)
		}
		if doc != nil {
			relocate(doc, r.file, number)
			r.event(doc)
		}
	}
}

// isLines reports whether each line is an event.
func isLines(file string, text []byte) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".ndjson", ".jsonl":
		return true
	}
	first, rest, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	return bytes.HasPrefix(first, []byte("{")) && bytes.HasSuffix(bytes.TrimSpace(first), []byte("}")) && bytes.HasPrefix(bytes.TrimSpace(rest), []byte("{"))
}

// at moves a span of a line's text into the file.
func (r *reader) at(line int, s source.Span) source.Span {
	return source.Span{File: r.file, Start: source.Pos{Line: line, Column: max(s.Start.Column, 1)}, End: source.Pos{Line: line, Column: max(s.End.Column, 1)}}
}

// relocate moves a document that was read from one line into the file.
func relocate(n *document.Node, file string, line int) {
	n.Span.File, n.Span.Start.Line, n.Span.End.Line = file, line, line
	for _, list := range [][]*document.Node{n.Keys, n.Items} {
		for _, child := range list {
			relocate(child, file, line)
		}
	}
}

// event reads one event.
func (r *reader) event(n *document.Node) {
	r.count++
	when := n.Get("eventTime")
	job, dataset := n.Get("job"), n.Get("dataset")
	if when.IsNull() || job.Get("name").String() == "" && dataset.Get("name").String() == "" {
		r.fail(n.At(), `want an event of OpenLineage, with "eventTime" and a "job" or a "dataset"`)
		return
	}
	at, err := time.Parse(time.RFC3339Nano, when.String())
	if err != nil {
		r.fail(when.At(), "want a time such as 2026-11-20T08:00:00Z, got %q", when.String())
		return
	}
	who, run := job, n.Get("run").Get("runId").String()
	if job.IsNull() {
		who = dataset
	}
	event := r.run(who, run, at)
	for _, in := range n.Get("inputs").List() {
		event.input(in)
	}
	for _, out := range append(n.Get("outputs").List(), dataset) {
		event.lineage(out)
	}
	for _, entry := range job.Get("facets").Get("lineage").Get("entries").List() {
		event.explicit(entry)
	}
}

// run returns what is known of a run of a job, or of all that was said without one.
func (r *reader) run(who *document.Node, id string, at time.Time) *run {
	name := strings.TrimPrefix(who.Get("namespace").String()+"/"+who.Get("name").String(), "/")
	key := name + "\x00" + id
	known := r.runs[key]
	if known == nil {
		u := consumer.Use{Consumer: r.from.Named(name), Span: who.At()}
		u.Purpose = "the job " + name
		owners(who, &u)
		known = &run{use: u, inputs: make(map[string]*input)}
		r.runs[key] = known
		r.order = append(r.order, key)
	}
	if at.After(known.use.Evidence.ObservedAt) {
		known.use.Evidence = r.from.Evidence(at)
	}
	return known
}

// owners reads who a job or a dataset belongs to: a handle may agree to a change, and
// another name is that of a team.
func owners(n *document.Node, u *consumer.Use) {
	for _, o := range n.Get("facets").Get("ownership").Get("owners").List() {
		name := o.Get("name").String()
		if strings.HasPrefix(name, "@") {
			u.Owners = append(u.Owners, name)
			continue
		}
		_, short, ok := strings.Cut(name, ":")
		if !ok {
			short = name
		}
		u.Team = cmp.Or(u.Team, short)
	}
}
