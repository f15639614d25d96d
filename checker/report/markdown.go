package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker"
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
)

// Markdown writes what stands on a pull request, for somebody who may never have
// seen a contract: the verdict, who is hit and how to reach them, what to do; what
// each port went through is folded. Where a Limit is set, the report leaves out what
// matters least until it fits.
func (o Options) Markdown(w io.Writer, r *checker.Result) error {
	var text []byte
	for detail := everything; ; detail++ {
		m := &markdown{view: newView(r, o.Verbose), Options: o, detail: detail}
		m.report()
		text = m.Bytes()
		if o.Limit == 0 || len(text) <= o.Limit || detail == countsOnly {
			break
		}
	}
	_, err := w.Write(text)
	return err
}

// A detail is how much a report says.
type detail uint8

const (
	everything detail = iota
	withoutDiffs
	withoutPorts // who is hit, and what to do
	fewConsumers
	countsOnly
)

// maxFew is how many consumers are listed in a report that has to be short.
const maxFew = 20

// maxDiff is how many lines of a port's contracts are shown as they changed.
const maxDiff = 80

// markdown is a report that is being written.
type markdown struct {
	*view
	Options
	bytes.Buffer
	detail detail
}

func (m *markdown) line(format string, args ...any) {
	fmt.Fprintf(m, strings.TrimRight(format, " ")+"\n", args...)
}

func (m *markdown) report() {
	m.line("### %s\n", m.title())
	if m.detail == countsOnly {
		m.line("The whole report is too long to be shown here; it is in the summary of the run.\n")
	} else {
		m.errors()
		m.consumers()
		m.todo()
		m.notCompared()
	}
	if m.detail < withoutPorts {
		for _, p := range m.r.Ports {
			m.port(p.ID, m.portSummary(p), m.r.Of(p.ID), p.Texts)
		}
		m.port("", "the gate, and what stands beside the ports", m.r.Of(""), nil)
	} else if m.detail < countsOnly {
		m.line("The findings of each port are left out here, since they are too many; they are in the summary of the run.\n")
	}
	m.line("<sub>%s</sub>", m.footer())
}

// title is the verdict.
func (m *markdown) title() string {
	blocking, hit := m.blocking()
	switch {
	case m.r.Verdict == policy.Block && hit > 0 && blocking.risky == 0:
		return "⛔ This change breaks " + many(hit, "consumer")
	case m.r.Verdict == policy.Block:
		return "⛔ This change is blocked: " + m.headline()
	case m.r.Verdict == policy.Notify:
		return "⚠️ " + m.headline()
	case len(m.r.Errors) > 0:
		return "❌ Not checked: " + m.headline()
	}
	return "✅ No consumer is affected"
}

// errors lists what could not be read.
func (m *markdown) errors() {
	said := make(map[string]bool)
	for _, e := range m.r.Errors {
		if text := e.Err.Msg; !said[e.Err.Error()] {
			said[e.Err.Error()] = true
			m.line("- **error** at %s: %s", m.link(e.Side, e.Err.Span.String(), e.Err.Span.File, e.Err.Span.Start.Line), prose(text))
		}
	}
	if len(said) > 0 {
		m.line("")
	}
}

// A row is one consumer whom one edit hits.
type row struct {
	finding policy.Finding
	hit     consumer.Hit
}

// rows lists whom the findings hit that ask for something, the worst first.
func (m *markdown) rows() (rows []row) {
	for _, f := range m.r.Findings {
		if f.Verdict == policy.Pass || !m.shows(f) {
			continue
		}
		for _, h := range hitConsumers(m.edits[editOf(f)]...) {
			if h.Impact > consumer.Unaffected {
				rows = append(rows, row{f, h})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.finding.Verdict, a.finding.Verdict), cmp.Compare(b.hit.Impact, a.hit.Impact), strings.Compare(a.hit.Use.ID, b.hit.Use.ID))
	})
	return rows
}

// consumers is the table of who is hit by what.
func (m *markdown) consumers() {
	rows := m.rows()
	if len(rows) == 0 {
		if m.r.Verdict > policy.Pass {
			m.blockers()
		} else if len(m.r.Errors) == 0 {
			m.line("%s.\n", upper(prose(strings.TrimSuffix(m.calm(), "; "+nobody))))
		}
		return
	}
	reach := slices.ContainsFunc(rows, func(r row) bool { return reachable(r.hit.Use.Consumer) != "" })
	if reach {
		m.line("| consumer | what happens | where | reach them |\n|---|---|---|---|")
	} else {
		m.line("| consumer | what happens | where |\n|---|---|---|")
	}
	shown := rows
	if m.detail >= fewConsumers {
		shown = rows[:min(len(rows), maxFew)]
	}
	for _, row := range shown {
		cells := []string{m.who(row.hit), m.happens(row), m.where(row.finding)}
		if reach {
			cells = append(cells, reachable(row.hit.Use.Consumer))
		}
		m.line("| %s |", strings.Join(cells, " | "))
	}
	m.line("")
	if more := len(rows) - len(shown); more > 0 {
		m.line("and %d more\n", more)
	}
}

// blockers lists what asks for something and hits nobody who is registered.
func (m *markdown) blockers() {
	for _, f := range m.r.Findings {
		if f.Verdict > policy.Pass && m.shows(f) {
			m.line("- %s · %s", m.detailOf(f), m.where(f))
		}
	}
	m.line("")
}

func (m *markdown) who(h consumer.Hit) string {
	who := "**" + prose(h.Use.ID) + "**"
	if h.Use.Criticality != "" {
		who += " (" + prose(h.Use.Criticality) + ")"
	}
	return who
}

// happens says what a change does to a consumer.
func (m *markdown) happens(r row) string {
	why := r.hit.Why
	if r.hit.Impact == consumer.Unknown {
		why = "perhaps: it " + why
	}
	return m.detailOf(r.finding) + "; " + marked(why, r.finding)
}

// detailOf is what a finding says.
func (m *markdown) detailOf(f policy.Finding) string { return marked(f.Detail, f) }

// marked is prose in which the element that f is about is code.
func marked(text string, f policy.Finding) string {
	for _, p := range append(slices.Clone(f.Places.Paths), f.Path) {
		before, after, ok := strings.Cut(text, string(p))
		if ok && p != "" && (before == "" || strings.HasSuffix(before, " ")) && !strings.ContainsAny(after[:min(len(after), 1)], ".[{\"abcdefghijklmnopqrstuvwxyz_") {
			return prose(before) + code(string(p)) + prose(after)
		}
	}
	return prose(text)
}

// where links the line that shows a finding best: what is gone is shown where it was.
func (m *markdown) where(f policy.Finding) string {
	span, side := f.Head, checker.Head
	if f.To == "" && !f.Base.IsZero() || span.IsZero() {
		span, side = f.Base, checker.BaseOf(f)
	}
	if span.IsZero() {
		return ""
	}
	name := span.File[strings.LastIndexByte(span.File, '/')+1:]
	return m.link(side, fmt.Sprintf("%s#L%d", name, span.Start.Line), span.File, span.Start.Line)
}

// link leads to a line of a file, where it can be looked at.
func (m *markdown) link(side checker.Side, text, file string, line int) string {
	url := fileURL(m.Repository, m.r.At(side).Commit, file, line)
	if url == "" {
		return code(text)
	}
	return "[" + code(text) + "](" + url + ")"
}

// reachable says how to talk to a consumer. It is code, so that nobody is mentioned.
func reachable(c consumer.Consumer) string {
	var ways []string
	for _, contact := range c.Contacts {
		ways = append(ways, code(contact.Target))
	}
	for _, owner := range c.Owners {
		ways = append(ways, code(owner))
	}
	return strings.Join(ways, ", ")
}

// todo says what to do about what blocks, and how to merge it on purpose.
func (m *markdown) todo() {
	var fixes []string
	var proposed []policy.Finding
	for _, f := range m.r.Findings {
		if f.Verdict != policy.Block || !m.shows(f) {
			continue
		}
		if fix := prose(f.Fix); !slices.Contains(fixes, fix) {
			fixes = append(fixes, fix)
		}
		if f.Approval != nil {
			proposed = append(proposed, f)
		}
	}
	switch {
	case len(fixes) == 1:
		m.line("**To merge safely**: %s\n", fixes[0])
	case len(fixes) > 1:
		m.line("**To merge safely**\n")
		for i, fix := range fixes {
			if i == maxFew {
				m.line("- and %d more, with their findings", len(fixes)-i)
				break
			}
			m.line("- %s", fix)
		}
		m.line("")
	}
	for _, f := range proposed {
		missing := cmp.Or(strings.Join(f.Approval.Missing, ", "), "an owner of each consumer that is hit")
		m.line("**To be approved**: %s. Still to approve this pull request: %s\n", m.detailOf(f), prose(missing))
	}
	if ids := m.approvable(); len(ids) > 0 && m.Answers {
		m.line("**To merge it on purpose**: %s, each with a comment like %s.\n", prose(m.approvers()), code("/breakwater ack "+ids[0]+" REASON"))
	} else if len(ids) > 0 {
		m.line("**To merge it on purpose**: run %s, commit what it writes, and %s.\n", code(ackCommand(ids)), prose(m.approvers()))
	}
}

// notCompared lists what nobody looked at, which is never folded away.
func (m *markdown) notCompared() {
	listed := 0
	for _, f := range m.r.Findings {
		if f.Rule.Idea != change.NotCompared || !m.shows(f) {
			continue
		}
		if listed++; listed <= maxFew {
			m.line("- **not compared** %s · %s", prose(f.Detail), m.where(f))
		}
	}
	if listed > maxFew {
		m.line("- and %d more that are not compared", listed-maxFew)
	}
	if listed > 0 {
		m.line("")
	}
}

// portSummary is the line that stays when a port is folded.
func (m *markdown) portSummary(p checker.Port) string {
	var n [change.Breaking + 1]int
	for _, f := range m.r.Of(p.ID) {
		n[f.Class]++
	}
	summary := fmt.Sprintf("%s: %d breaking, %d risky, %d compatible", p.ID, n[change.Breaking], n[change.Risky], n[change.Compatible])
	if p.Version.Suggested != "" {
		summary += fmt.Sprintf("; version should become %s (is %s)", p.Version.Suggested, cmp.Or(p.Version.Head, p.Version.Base))
	}
	return htmlText(summary)
}

// port folds what became of a port: a row for each finding, and what changed in
// its contracts.
func (m *markdown) port(id, summary string, findings []policy.Finding, texts []checker.Text) {
	var rows []string
	if m.r.Verdict == policy.Pass && !m.Verbose && !slices.ContainsFunc(findings, func(f policy.Finding) bool { return f.Class > change.Compatible }) {
		return
	}
	for _, f := range findings {
		if f.Class == change.Compatible && f.Verdict == policy.Pass && !m.Verbose && id == "" {
			continue
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", marks[f.Verdict]+" "+f.Class.String(), m.detailOf(f), m.where(f), code(f.Rule.ID)))
	}
	if len(rows) == 0 {
		return
	}
	m.line("<details><summary>%s</summary>\n", summary)
	m.line("| class | change | where | rule |\n|---|---|---|---|\n%s\n", strings.Join(rows, "\n"))
	m.proses(findings)
	m.proofs(findings)
	if m.detail == everything {
		m.diffs(texts)
	}
	m.line("</details>\n")
}

// proses shows which words of the port's texts changed.
func (m *markdown) proses(findings []policy.Finding) {
	shown := 0
	for _, f := range findings {
		for _, p := range prosesOf(f) {
			if shown == maxProses {
				break
			}
			shown++
			var words []string
			for _, r := range p.Runs {
				text := prose(r.Text)
				switch r.Op {
				case '-':
					text = "~~" + text + "~~"
				case '+':
					text = "**" + text + "**"
				}
				words = append(words, text)
			}
			m.line("- %s, %s: %s", code(string(f.Path)), prose(p.About), strings.Join(words, " "))
		}
	}
	if shown > 0 {
		m.line("")
	}
}

// maxProses is how many texts a port shows.
const maxProses = 10

// proofs shows the values by which breaks were seen.
func (m *markdown) proofs(findings []policy.Finding) {
	shown := 0
	for _, f := range findings {
		w := f.Witness
		if w == nil || f.Verdict < policy.Block || shown == maxProofs || !m.shows(f) {
			continue
		}
		shown++
		if w.Encoding == "http" {
			m.line("- **proof**: %s", code(w.String()))
			continue
		}
		when := "now"
		if w.Before {
			when = "before"
		}
		m.line("- **proof**: written %s, %s is read by the %s reader as %s", when, code(w.Written), w.Reader(), code(w.ReadAs))
	}
	if shown > 0 {
		m.line("")
	}
}

// maxProofs is how many values a port shows.
const maxProofs = 5

var marks = [...]string{policy.Pass: "✓", policy.Notify: "!", policy.Block: "✗"}

// diffs shows what changed in a port's files.
func (m *markdown) diffs(texts []checker.Text) {
	left := maxDiff
	for _, t := range texts {
		shown, more := firstHunks(hunks(t.Before, t.After), left)
		if len(shown) == 0 {
			continue
		}
		var b strings.Builder
		for i, h := range shown {
			if i > 0 {
				b.WriteString("@@\n")
			}
			for _, l := range h.Lines {
				left--
				b.WriteString(command(string(l.Op)+plainCode(l.Text)) + "\n")
			}
		}
		fence := strings.Repeat("`", max(3, longestRun(b.String(), '`')+1))
		m.line("%s\n%sdiff\n%s%s", code(cmp.Or(t.Head, t.Base)), fence, b.String(), fence)
		if more > 0 {
			m.line("and %s", many(more, "more line"))
		}
		m.line("")
	}
}

// footer says what was compared by what.
func (m *markdown) footer() string {
	parts := []string{m.r.Tool.Name + " " + m.r.Tool.Version}
	if c := m.r.Base.Commit; c != "" {
		base := "base " + c[:min(len(c), 7)]
		if m.r.Gate.Name != "" && m.r.Gate.Commit != c {
			base += " (merge base)"
		}
		parts = append(parts, base)
	}
	n := m.count
	if m.r.Verdict > policy.Pass {
		parts = append(parts, fmt.Sprintf("%d breaking, %d risky, %d compatible", n.Class[change.Breaking], n.Class[change.Risky], n.Class[change.Compatible]))
	}
	parts = append(parts, many(len(m.r.Ports), "port"), many(len(m.r.Consumers), "registered consumer"))
	if len(m.r.Unread) > 0 {
		parts = append(parts, many(len(m.r.Unread), "contract")+" not read yet")
	}
	return prose(strings.Join(parts, " · "))
}
