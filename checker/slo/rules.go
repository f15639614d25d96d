package slo

import (
	"embed"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

// Rules lists the rules of this package.
func Rules() change.Rules {
	return change.Rules{List: []*change.Rule{
		weakened, removed, otherRemoved, incomparable, measuredDifferently, checkedMoreOften,
		obligationDropped, driverChanged, endAnnounced, strengthened, added,
	}, Examples: examples}
}

var weakened = &change.Rule{
	ID: "slo/weakened", Idea: "weakened",
	Title: "An objective promises less than it did",
	Class: change.Risky, IfNeeded: change.Breaking, Breaks: change.Promise,
	Why: `A consumer that planned on the stronger promise may miss its own target. Data that
arrives later, is kept for less time or is down more often breaks schedules, not code.`,
	Fix: "Ask the consumers what they need, and keep the promise inside it.",
}

// One rule has one class, so the two kinds of removal are two rules of one idea.
var (
	removed = &change.Rule{
		ID: "slo/removed", Idea: "removed",
		Title: "An objective that consumers plan on is no longer promised",
		Class: change.Breaking, Breaks: change.Promise,
		Why: `No promise is the weakest promise. Consumers build on how fresh, available and lasting
the data is, and on how long it is supported.`,
		Fix: "Promise less before you promise nothing, and give the consumers notice.",
	}
	otherRemoved = &change.Rule{
		ID: "slo/other-removed", Idea: "removed",
		Title: "An objective is no longer promised",
		Class: change.Risky, IfNeeded: change.Breaking, Breaks: change.Promise,
		Why: "No promise is the weakest promise. A consumer that relied on this one can no longer do so.",
		Fix: removed.Fix,
	}
)

var incomparable = &change.Rule{
	ID: "slo/incomparable", Idea: "incomparable",
	Title: "An objective changed in a way that has no order",
	Class: change.Risky, IfNeeded: change.Breaking, Breaks: change.Promise,
	Why: `It may promise less now. Which of the two promises more depends on the calendar, on
the unit, or on what the words mean.`,
	Fix: `Write the objective as a quantity with a unit, such as 26h, P1M or 99.9%, in the same
unit as before.`,
}

var measuredDifferently = &change.Rule{
	ID: "slo/measured-differently", Idea: "measured-differently",
	Title: "An objective is measured in another way",
	Class: change.Risky, IfNeeded: change.Breaking, Breaks: change.Promise,
	Why: `The number is the same and may mean less. Another schedule, clock or query can turn a
promise that was missed into one that is met.`,
	Fix: "Tell the consumers what is measured now, and why the number still holds for them.",
}

var checkedMoreOften = &change.Rule{
	ID: "slo/checked-more-often", Idea: "checked-more-often",
	Title: "An objective is checked more often",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Whenever it was checked it still is, and at other times too. What is missed is seen earlier.",
	Fix: "Nothing is needed.",
}

var (
	obligationDropped = &change.Rule{
		ID: "slo/obligation-dropped", Idea: "driver-changed",
		Title: "An objective is no longer promised for a regulatory reason",
		Class: change.Risky, Breaks: change.Promise,
		Why: "A promise that no law asks for is the first to give way. A consumer under the same law may have relied on it.",
		Fix: "Keep the regulatory objective, and add another one beside it.",
	}
	driverChanged = &change.Rule{
		ID: "slo/driver-changed", Idea: "driver-changed",
		Title: "An objective is promised for another reason",
		Class: change.Compatible, Breaks: change.Promise,
		Why: "The promise is the same. Only the reason that is given for it differs.",
		Fix: "Nothing is needed.",
	}
)

var endAnnounced = &change.Rule{
	ID: "slo/end-announced", Idea: "end-announced",
	Title: "The end of support or of life is announced",
	Class: change.Risky, Breaks: change.Promise,
	Why: "From that day on the data may be wrong, late or gone. Consumers need the time until then to move.",
	Fix: "Tell every consumer the date and what to use instead.",
}

var strengthened = &change.Rule{
	ID: "slo/strengthened", Idea: "strengthened",
	Title: "An objective promises more than it did",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Whoever relied on the old promise is served by the new one.",
	Fix: "Nothing is needed.",
}

var added = &change.Rule{
	ID: "slo/added", Idea: "added",
	Title: "An objective is promised now",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Nobody relied on what was not promised.",
	Fix: "Nothing is needed.",
}
