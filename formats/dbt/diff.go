package dbt

import (
	"embed"
	"fmt"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

var rules = change.Rules{List: []*change.Rule{notCompared, documentationChanged}, Examples: examples}

var notCompared = &change.Rule{
	ID: "dbt/not-compared", Idea: change.NotCompared,
	Title: "A part of a dbt file changed that is not compared",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: `Of dbt only the freshness of sources is compared. What changed may matter to consumers
or not, and so it is not said to be safe.`,
	Fix: "Look at the difference, and tell the consumers whom it concerns.",
}

var documentationChanged = &change.Rule{
	ID: "dbt/documentation-changed", Idea: "documentation-changed",
	Title: "What describes the data changed, and not the data",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Descriptions promise nothing.",
	Fix: "Nothing is needed.",
}

// diff compares what is no objective. The objectives are compared by [slo.Diff].
func diff(base, head *port) (changes []change.Change) {
	sections := make(map[string]section)
	for _, s := range head.sections {
		sections[s.name] = s
	}
	for _, was := range base.sections {
		now, kept := sections[was.name]
		if !kept {
			now.span = head.span
		}
		c := change.Change{
			Rule: notCompared, Path: change.Terms.Join(change.Name(was.name)), From: was.bare, To: now.bare,
			Base: was.span, Head: now.span, Detail: fmt.Sprintf("%s: what changed is not compared", was.name),
		}
		switch {
		case was.full == now.full, !kept && was.judged: // that its objectives are gone is said
			continue
		case was.bare == now.bare:
			c.Rule, c.From, c.To, c.Detail = documentationChanged, was.full, now.full, fmt.Sprintf("%s: descriptions changed", was.name)
		}
		changes = append(changes, c)
	}
	return changes
}
