package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/breakwater-data/breakwater/checker/report"
	"github.com/breakwater-data/breakwater/notifier"
)

// An outcome is what became of a plan. A dry run names contacts; a run that sends
// does so from CI, whose log may be public, and names none.
type outcome struct {
	dry              bool
	config           notifier.Config
	notices          []notifier.Notice
	missed           []notifier.Missed
	known, delivered []string
}

// state says what became of n.
func (o outcome) state(n notifier.Notice) string {
	switch {
	case slices.Contains(o.known, n.Key):
		return "told before"
	case o.dry:
		return "would tell"
	case slices.Contains(o.delivered, n.Key):
		return "told"
	}
	return "not told"
}

func (o outcome) write(w io.Writer, format string, quiet bool) error {
	if format == "json" {
		return o.json(w)
	}
	fmt.Fprintln(w, o.summary())
	if quiet || len(o.config.Channels) == 0 {
		return nil
	}
	// No line begins with a name: a workflow obeys some beginnings.
	var b bytes.Buffer
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, n := range o.notices {
		to := ""
		switch {
		case !o.dry:
		case n.To != "":
			to = " to " + n.To
		case n.Wanted != "":
			to = " in its own channel, for " + n.Wanted
		}
		fmt.Fprintf(table, "%s\t%s\tabout %s\t(%s)\tby %s%s\n", o.state(n), report.Plain(n.Consumer.ID), report.Plain(n.Port.ID),
			n.Verdict(), n.Channel, report.Plain(to))
	}
	for _, m := range o.reasons() {
		fmt.Fprintf(table, "skipped\t%s\tabout %s\t\t%s\n", report.Plain(m.Consumer), report.Plain(m.Port), report.Plain(m.Why))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// reasons says why notices are skipped, which names contacts.
func (o outcome) reasons() []notifier.Missed {
	if o.dry {
		return o.missed
	}
	return nil
}

// summary says it in one line.
func (o outcome) summary() string {
	if len(o.config.Channels) == 0 {
		return "no channel is configured (notify.channels), so nobody is told"
	}
	count := make(map[string]int)
	for _, n := range o.notices {
		count[o.state(n)]++
	}
	var parts []string
	for _, p := range []struct{ state, text string }{
		{"would tell", "would be sent"}, {"told", "sent"}, {"not told", "not sent"}, {"told before", "sent before"},
	} {
		if n := count[p.state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p.text))
		}
	}
	if n := len(o.missed); n > 0 {
		skipped := fmt.Sprintf("%d skipped", n)
		if !o.dry {
			skipped += " (--dry-run says why)"
		}
		parts = append(parts, skipped)
	}
	if len(parts) == 0 {
		return "notices: none; nobody who is registered is hit"
	}
	return "notices: " + strings.Join(parts, ", ")
}

func (o outcome) json(w io.Writer) error {
	type notice struct {
		Key      string   `json:"key"`
		State    string   `json:"state"`
		Consumer string   `json:"consumer"`
		Port     string   `json:"port"`
		Verdict  string   `json:"verdict"`
		Channel  string   `json:"channel"`
		To       string   `json:"to,omitempty"`
		Findings []string `json:"findings"`
	}
	type missed struct {
		Consumer string `json:"consumer"`
		Port     string `json:"port"`
		Why      string `json:"why"`
	}
	out := struct {
		Notices []notice `json:"notices"`
		Missed  []missed `json:"missed"`
	}{[]notice{}, []missed{}}
	for _, n := range o.notices {
		one := notice{Key: n.Key, State: o.state(n), Consumer: report.Plain(n.Consumer.ID), Port: report.Plain(n.Port.ID), Verdict: n.Verdict(), Channel: n.Channel}
		if o.dry {
			one.To = report.Plain(n.To)
		}
		for _, f := range n.Findings {
			one.Findings = append(one.Findings, f.ID)
		}
		out.Notices = append(out.Notices, one)
	}
	for _, m := range o.reasons() {
		out.Missed = append(out.Missed, missed{report.Plain(m.Consumer), report.Plain(m.Port), report.Plain(m.Why)})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
