package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/source"
)

// card writes one finding: what changed and where, whom it breaks, who is hit and
// how to reach them, what to do.
func (t *text) card(f policy.Finding) {
	class := t.paint(classColor(f.Class), fmt.Sprintf("%-9s ", f.Class))
	if f.Rule.Idea == change.NotCompared {
		class = t.paint(yellow, "? not compared") + " "
	}
	t.sides("  "+class+Plain(f.Detail), t.paint(dim, f.Rule.ID), 12)
	t.locations(f)
	if f.Verdict == policy.Block || t.Verbose {
		t.labelled("breaks", fmt.Sprintf("%s (%s)", sentence(f.Rule.Why), surfaces(f.Breaks())))
	}
	t.proses(f)
	t.hits(f)
	if w := f.Witness; w != nil {
		t.labelled("proof", w.String())
	}
	if t.Verbose {
		t.labelled("perhaps", indirect(f.Indirect))
	}
	t.alsoIn(f)
	do, because := t.advice(f)
	t.labelled("do", do)
	t.labelled("because", because)
}

func classColor(c change.Class) color {
	return [...]color{change.Compatible: green, change.Risky: yellow, change.Breaking: red}[c]
}

// surfaces names what is at risk.
func surfaces(s change.Surface) string {
	const reading = change.Value | change.Wire | change.JSON | change.Replay | change.Request | change.Query | change.Code
	if s&reading == reading {
		return "however it is read"
	}
	return strings.Join(s.Names(), ", ")
}

// sentence returns the first sentence of text.
func sentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i]
	}
	return strings.TrimSuffix(text, ".")
}

// locations shows both sides of what changed. What is gone has a line on the head
// side, but no text of its own there.
func (t *text) locations(f policy.Finding) {
	base := checker.Place{Side: checker.BaseOf(f), Span: f.Base}
	head := checker.Place{Side: checker.Head, Span: f.Head}
	full := f.Verdict == policy.Block || t.Verbose
	gone := f.To == "" && !f.Base.IsZero() && f.Rule.Idea != change.Drift // whose contract is still there
	if f.Rule.Idea == change.Unreadable {                                 // the error above shows it
		t.line(4, "%s", t.paint(cyan, Plain(cmp.Or(f.Head, f.Base).String())))
		return
	}
	if !f.Base.IsZero() && (full || gone) {
		t.line(4, "%s  %s", t.paint(cyan, Plain(f.Base.String())), t.paint(dim, "("+Plain(t.r.At(base.Side).Name)+")"))
		if full {
			t.snippet(4, t.r.Excerpts[base], f.Base, 2)
		}
	}
	switch {
	case f.Head.IsZero():
	case gone && f.Rule.Idea.IsRemoval():
		t.line(4, "%s  %s", t.paint(cyan, Plain(f.Head.String())), t.paint(dim, "is without it now"))
	default:
		t.line(4, "%s", t.paint(cyan, Plain(f.Head.String())))
		if full && !gone {
			t.snippet(4, t.r.Excerpts[head], f.Head, 2)
		}
	}
}

// proses shows which words of a text changed, marked as git does.
func (t *text) proses(f policy.Finding) {
	label := "words"
	for _, p := range prosesOf(f) {
		var words []string
		for _, r := range p.Runs {
			switch r.Op {
			case '-':
				r.Text = t.paint(red, "[-"+r.Text+"-]")
			case '+':
				r.Text = t.paint(green, "{+"+r.Text+"+}")
			}
			words = append(words, r.Text)
		}
		t.painted(label, p.About+": "+strings.Join(words, " "))
		label = ""
	}
}

// hits names who is hit and how to reach them.
func (t *text) hits(f policy.Finding) {
	label := "hits"
	for _, h := range t.hit(f) {
		who := h.Use.ID
		if h.Use.Criticality != "" {
			who += " (" + h.Use.Criticality + ")"
		}
		t.painted(label, t.paint(bold, Plain(who))+"  "+Plain(why(h))+arrow(reach(h.Use.Consumer)))
		label = ""
	}
	t.labelled("spares", t.spares(f))
}

// indirect names who may be hit by way of others.
func indirect(far []consumer.Indirect) string {
	var names []string
	for _, i := range far {
		names = append(names, i.ID+" through "+strings.Join(i.Through, ", "))
	}
	if more := len(names) - maxNamed; more > 0 {
		names = append(names[:maxNamed], fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, "; ")
}

// reach says how to talk to a consumer: the channels, then the owners.
func reach(c consumer.Consumer) string {
	var ways []string
	for _, contact := range c.Contacts {
		ways = append(ways, contact.Channel+" "+contact.Target)
	}
	ways = append(ways, c.Owners...)
	return Plain(strings.Join(ways, " · "))
}

// arrow leads to what follows a text, if anything does.
func arrow(text string) string {
	if text == "" {
		return ""
	}
	return "   → " + text
}

// alsoIn names the other ports, and the places, that show the same edit.
func (t *text) alsoIn(f policy.Finding) {
	t.labelled("also in", strings.Join(t.alsoPorts(f), ", "))
	if f.Places.Total < 2 {
		return
	}
	var places []string
	for i, p := range f.Places.Paths {
		if i == 3 && !t.Verbose {
			break
		}
		places = append(places, string(p))
	}
	if more := f.Places.Total - len(places); more > 0 {
		places = append(places, fmt.Sprintf("and %d more", more))
	}
	t.labelled("shows at", Plain(strings.Join(places, ", ")))
}

// labelled writes a line of a card: what it is about, and the text, wrapped.
func (t *text) labelled(label, text string) { t.painted(label, Plain(text)) }

// painted is labelled for a text of which all that is a stranger's is plain already.
func (t *text) painted(label, text string) {
	if text != "" {
		t.wrapped(4, 13, fmt.Sprintf("%-9s%s", label, text))
	}
}

// snippet writes the lines of an excerpt with carets under span. Of the lines
// that the excerpt has, the last ones are written.
func (s *screen) snippet(indent int, cut source.Excerpt, span source.Span, lines int) {
	if len(cut.Lines) == 0 {
		return
	}
	skip := max(len(cut.Lines)-lines, 0)
	for i, line := range cut.Lines[skip:] {
		number := cut.First + skip + i
		if strings.TrimSpace(line) == "" && number != span.Start.Line {
			continue
		}
		s.code(indent, fmt.Sprintf("%5d", number), line)
		if number != span.Start.Line {
			continue
		}
		before, in, _ := split(line, span)
		s.carets(indent, before, in)
	}
}

// split cuts the line at which span begins into what stands before, in and behind it.
func split(line string, span source.Span) (before, in, behind string) {
	start := max(min(span.Start.Column-1, len(line)), 0)
	end := len(line)
	if span.End.Line == span.Start.Line {
		end = min(max(span.End.Column-1, start), len(line))
	}
	return line[:start], line[start:end], line[end:]
}
