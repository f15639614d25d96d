package notifier

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/policy"
	"github.com/breakwater-data/breakwater/checker/report"
)

// What a notice shows of a report, whose words come from strangers. A section of a
// Slack message has room for all of them at their longest.
const (
	maxFindings = 10  // the others are counted
	maxText     = 250 // characters of a sentence
	maxName     = 100
	maxLabel    = 20
)

// clip makes one line of text, of at most max characters.
func clip(text string, max int) string {
	text = report.Plain(text)
	if utf8.RuneCountInString(text) <= max {
		return text
	}
	return string([]rune(text)[:max-1]) + "…"
}

// Name makes a stranger's name fit for a line of plain text.
func Name(name string) string { return clip(name, maxName) }

// A Sentence has names in it, which are a stranger's: each goes through mark, which
// makes it safe where the sentence is shown.
type Sentence func(mark func(name string) string) string

// Headline says in one sentence who does what to whom. It is a [Sentence].
func (n Notice) Headline(mark func(name string) string) string {
	product, alone := "wants to change", "is about to change"
	switch n.Change.State {
	case Merged:
		product, alone = "changed", "has changed"
	case Withdrawn:
		product, alone = "no longer wants to change", "does not change"
	case Reverted:
		product, alone = "took back its change of", "is as it was before"
	}
	if n.Port.Product == "" {
		return fmt.Sprintf("%s %s, and %s reads it", mark(n.Port.ID), alone, mark(n.Consumer.ID))
	}
	return fmt.Sprintf("%s %s %s, which %s reads", mark(n.Port.Product), product, mark(n.Port.Name), mark(n.Consumer.ID))
}

// Name is what people call the change: its title, else its address.
func (c Change) Name() string { return clip(cmp.Or(c.Title, c.URL), maxText) }

// Stage says how far the change has come.
func (c Change) Stage() string {
	switch c.State {
	case Approved:
		return "approved, not merged"
	case Merged, Withdrawn, Reverted:
		return string(c.State)
	}
	return "proposed, not merged"
}

// Label says how bad it is: its class.
func (f Finding) Label() string { return clip(f.Class, maxLabel) }

// What says what changed.
func (f Finding) What() string { return clip(f.Message, maxText) }

// Why says what that is to the consumer: "finance.kpi needs Order.discount".
func (f Finding) Why() string {
	why := f.Hit.ID + " " + f.Hit.Why
	if f.Hit.Impact == consumer.Unknown.String() {
		why = f.Hit.ID + " may be hit: it " + f.Hit.Why
	}
	return clip(why, maxText)
}

// Shown returns the findings that a message has room for, and how many it has not.
func (n Notice) Shown() (shown []Finding, more int) {
	shown = n.Findings[:min(len(n.Findings), maxFindings)]
	return shown, len(n.Findings) - len(shown)
}

// More counts what a message had no room for; "" if there was room for all.
func More(findings int) string {
	switch findings {
	case 0:
		return ""
	case 1:
		return "One more change hits it."
	}
	return fmt.Sprintf("%d more changes hit it.", findings)
}

// Next says what becomes of it now, and what its reader can do. It is a [Sentence].
func (n Notice) Next(mark func(name string) string) string {
	var lines []string
	owner := "its owner"
	if n.Port.Owner != "" {
		owner = mark(n.Port.Owner)
	}
	switch {
	case n.Change.State == Withdrawn:
		return "Nothing is left for you to do."
	case n.Change.State == Reverted:
		return "It was merged, and is taken back. What you adapted may have to go back as well."
	case n.Change.State == Approved:
		lines = append(lines, "Those who had to agree to it did. Adapt what reads it before it is merged.")
	case n.Change.State == Merged:
		lines = append(lines, fmt.Sprintf("It is merged. Adapt what reads it, or talk to %s.", owner))
	case n.Verdict() == policy.Block.String():
		lines = append(lines, fmt.Sprintf("It should not be merged until you agree to it, or %s makes it without breaking you.", owner))
	default:
		lines = append(lines, fmt.Sprintf("It does not wait for you. If it hurts you, tell %s before it is merged.", owner))
	}
	if n.Consent && n.Verdict() == policy.Block.String() && !n.Change.State.IsOver() {
		lines = append(lines, "If you say nothing until your notice has passed, that counts as consent.")
	}
	if n.Reminder {
		lines = append(lines, "This is a reminder.")
	}
	if day := n.Earliest(); day != "" && n.Change.State != Approved && n.Change.State != Merged {
		lines = append(lines, fmt.Sprintf("Earliest removal, when its notice has passed: %s.", day))
	}
	return strings.Join(lines, " ")
}

// News says in a few words how things stand now, for where the message itself says the
// rest.
func (n Notice) News() string {
	switch n.Change.State {
	case Approved:
		return "Those who had to agree to this change did. It is not merged."
	case Withdrawn:
		return "This change is withdrawn, or no longer hits you."
	case Merged:
		return "This change is merged."
	case Reverted:
		return "This change is taken back."
	}
	if n.Reminder {
		return "This is a reminder: the change still waits."
	}
	return "The change became another one. The message above says how it hits you now."
}

// Reader and PortName are the names that a message closes with.
func (n Notice) Reader() string   { return Name(n.Consumer.ID) }
func (n Notice) PortName() string { return Name(n.Port.ID) }
