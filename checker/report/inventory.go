package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// Ports lists what stands in a tree, for a terminal.
func (o Options) Ports(w io.Writer, inv *checker.Inventory) error {
	s := newScreen(o)
	rows := [][]string{}
	for _, p := range inv.Ports {
		declared := ""
		if !p.Declared {
			declared = "found by content"
		}
		files := strings.Join(p.Files, " ")
		if len(p.Files) > 2 {
			files = fmt.Sprintf("%s and %s", p.Files[0], many(len(p.Files)-1, "more file"))
		}
		rows = append(rows, []string{p.ID, string(p.Kind), p.Format, string(p.Status), p.Version.Head, used(p), p.Owner, declared, files})
	}
	s.line(0, "%s, %s registered", s.paint(bold, many(len(inv.Ports), "port")), many(len(inv.Consumers), "consumer"))
	s.table(rows)
	for _, id := range slices.Sorted(maps.Keys(inv.Moved)) {
		s.line(0, "%s", s.paint(dim, Plain(fmt.Sprintf("%s went to %s", id, inv.Moved[id]))))
	}
	if len(inv.Unread) > 0 {
		s.line(0, "")
		s.line(0, "%s", s.paint(bold, many(len(inv.Unread), "contract")+" not read"))
		for _, u := range inv.Unread {
			s.wrapped(0, 4, fmt.Sprintf("%s  %s", Plain(u.Path), s.paint(dim, Plain(u.Why))))
		}
	}
	if slices.ContainsFunc(inv.Ports, func(h checker.Held) bool { return !h.Declared }) {
		s.line(0, "")
		s.wrapped(0, 0, s.paint(dim, "What is found by its content only is told of and never blocked; breakwater init declares it."))
	}
	_, err := w.Write(s.Bytes())
	return err
}

// used says how many uses a port has, and how many needs it never promised to meet.
func used(p checker.Held) string {
	text, gaps := many(len(p.Uses), "use"), 0
	for _, of := range p.Gaps {
		gaps += len(of)
	}
	if gaps > 0 {
		text += ", " + many(gaps, "gap")
	}
	return text
}

// table writes rows in columns. A column in which nothing stands is left out.
func (s *screen) table(rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(Plain(cell)))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			if widths[i] > 0 {
				cell = Plain(cell)
				b.WriteString(cell + strings.Repeat(" ", widths[i]-width(cell)+2))
			}
		}
		s.line(0, "%s", b.String())
	}
}

// PortsJSON lists what stands in a tree, for machines.
func PortsJSON(w io.Writer, inv *checker.Inventory) error {
	type held struct {
		Port
		Promises  []string `json:"promises"`
		Consumers []string `json:"consumers"`
		Gaps      []string `json:"gaps"`
	}
	out := struct {
		SchemaVersion int               `json:"schemaVersion"`
		Ports         []held            `json:"ports"`
		Moved         map[string]string `json:"moved"` // where ports went, by the ids that they had here
		Unread        []Unread          `json:"unread"`
		Errors        []Error           `json:"errors"`
	}{SchemaVersion, []held{}, inv.Moved, []Unread{}, []Error{}}
	for _, p := range inv.Ports {
		h := held{Port: newPort(p.Port, nil), Promises: []string{}, Consumers: []string{}, Gaps: []string{}}
		for _, o := range p.Promises {
			h.Promises = append(h.Promises, fmt.Sprintf("%s %s", o.Path(), o.Limit))
		}
		for _, u := range p.Uses {
			h.Consumers = append(h.Consumers, u.ID)
		}
		for _, id := range slices.Sorted(maps.Keys(p.Gaps)) {
			for _, gap := range p.Gaps[id] {
				h.Gaps = append(h.Gaps, id+" "+gap)
			}
		}
		out.Ports = append(out.Ports, h)
	}
	for _, u := range inv.Unread {
		out.Unread = append(out.Unread, Unread{u.Path, u.Why})
	}
	for _, e := range inv.Errors {
		out.Errors = append(out.Errors, newError(e))
	}
	return encode(w, out)
}

// WhoUses says who uses a port, or one element of it, for a terminal.
func (o Options) WhoUses(w io.Writer, q *checker.Question) error {
	s := newScreen(o)
	what := q.Port.ID
	if q.Path != "" {
		what += "#" + string(q.Port.Outline.Short(q.Path))
	}
	s.line(0, "%s   %s", s.paint(bold, Plain(what)), s.paint(dim, Plain(portFacts(q.Port.Port))))
	var spared []string
	users := 0
	for _, h := range sortHits(q.Hits) {
		if h.Impact == consumer.Unaffected {
			spared = append(spared, h.Use.ID)
			continue
		}
		users++
		who := h.Use.ID
		if h.Use.Criticality != "" {
			who += " (" + h.Use.Criticality + ")"
		}
		s.line(0, "")
		s.wrapped(0, 4, s.paint(bold, Plain(who))+"  "+Plain(needs(h.Use, q.Port.Outline))+arrow(reach(h.Use.Consumer)))
		if h.Impact == consumer.Unknown {
			s.wrapped(4, 6, Plain("perhaps: it "+h.Why))
		}
		if h.Use.Purpose != "" {
			s.wrapped(4, 6, Plain("for "+h.Use.Purpose))
		}
		for _, gap := range q.Port.Gaps[h.Use.ID] {
			s.wrapped(4, 6, s.paint(yellow, "gap")+"  it "+Plain(gap))
		}
		s.line(4, "%s", s.paint(dim, Plain(fmt.Sprintf("%s, %s", h.Use.Span, evidence(h.Use)))))
	}
	s.line(0, "")
	switch {
	case users == 0 && len(spared) == 0:
		s.line(0, "nobody is registered")
	case users == 0:
		s.line(0, "nobody who is registered reads it")
	default:
		s.line(0, "%s", many(users, "use"))
	}
	if len(spared) > 0 {
		s.wrapped(0, 2, s.paint(dim, Plain("registered for the port, and not for this: "+strings.Join(slices.Compact(spared), ", "))))
	}
	_, err := w.Write(s.Bytes())
	return err
}

// needs says what a use relies on.
func needs(u consumer.Use, o *schema.Outline) string {
	var parts []string
	switch {
	case u.SelectAll:
		parts = append(parts, "selects *")
	case len(u.Fields) == 0:
		parts = append(parts, "reads every field")
	default:
		var fields []string
		for _, n := range u.Fields {
			f := string(o.Short(n.Path))
			if len(n.Values) > 0 {
				f += " in " + strings.Join(n.Values, "|")
			}
			fields = append(fields, f)
		}
		parts = append(parts, "reads "+strings.Join(fields, ", "))
	}
	for _, b := range u.SLO {
		parts = append(parts, "needs "+b.String())
	}
	if u.MaxClassification != "" {
		parts = append(parts, "may handle up to "+u.MaxClassification)
	}
	return strings.Join(parts, "; ")
}

func evidence(u consumer.Use) string {
	text := u.Evidence.Source
	if !u.Evidence.ObservedAt.IsZero() {
		text += ", seen " + day(u.Evidence.ObservedAt)
	}
	return text
}

// WhoUsesJSON says who uses a port, for machines.
func WhoUsesJSON(w io.Writer, q *checker.Question) error {
	type use struct {
		Hit
		Needs    string   `json:"needs"`
		Gaps     []string `json:"gaps"`
		Evidence string   `json:"evidence"`
		File     string   `json:"file"`
		Line     int      `json:"line"`
	}
	out := struct {
		SchemaVersion int         `json:"schemaVersion"`
		Port          string      `json:"port"`
		Path          change.Path `json:"path"`
		Consumers     []use       `json:"consumers"`
	}{SchemaVersion, q.Port.ID, q.Path, []use{}}
	for _, h := range sortHits(q.Hits) {
		out.Consumers = append(out.Consumers, use{newHit(h), needs(h.Use, q.Port.Outline), append([]string{}, q.Port.Gaps[h.Use.ID]...), h.Use.Evidence.Source, h.Use.Span.File, h.Use.Span.Start.Line})
	}
	return encode(w, out)
}
