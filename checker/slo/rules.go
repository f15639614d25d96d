package slo

import (
	"embed"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

// Rules lists the rules of this package.
func Rules() change.Rules {
	return change.Rules{List: []*change.Rule{weakened, relied, other}, Examples: examples}
}

var weakened = &change.Rule{
	ID: "slo/weakened", Idea: "weakened", Title: "An objective promises less than before",
	Class: change.Risky, IfNeeded: change.Breaking, Breaks: change.Promise,
	Why: "A consumer that planned on the old value may miss its own target.",
	Fix: "Ask the consumers what they need, and keep the promise inside it.",
}

// One rule has one class, so the two kinds of removal are two rules of one idea.
var (
	relied = &change.Rule{
		ID: "slo/removed", Idea: "removed", Title: "An objective that consumers plan on is no longer promised",
		Class: change.Breaking, Breaks: change.Promise,
		Why: "No promise is the weakest promise.",
		Fix: "Promise less before promising nothing, and give notice.",
	}
	other = &change.Rule{
		ID: "slo/other-removed", Idea: "removed", Title: "A lesser objective is no longer promised",
		Class: change.Risky, Breaks: change.Promise, Why: relied.Why, Fix: relied.Fix,
	}
)

func removed(property string) *change.Rule {
	switch property {
	case "freshness", "latency", "availability", "retention", "support", "endOfSupport", "endOfLife":
		return relied
	}
	return other
}
