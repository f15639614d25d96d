package odcs

import "github.com/breakwater-data/breakwater/checker/change"

var qualityRemoved = &change.Rule{
	ID: "odcs/quality-removed", Idea: change.QualityRemoved,
	Title: "A quality rule is no longer promised",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "What the rule kept out may come in from now on, and nobody is told.",
	Fix: "Keep the rule, or ask the consumers who rely on it first.",
}

var qualityAdded = &change.Rule{
	ID: "odcs/quality-added", Idea: "quality-added",
	Title: "A quality rule is promised",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "More is promised of the data, not less.",
	Fix: "Nothing is needed.",
}

var qualityWeakened = &change.Rule{
	ID: "odcs/quality-weakened", Idea: change.QualityWeakened,
	Title: "A quality rule accepts more than it did",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: `Data that would have been stopped comes through. A consumer that left the check to the
producer has none now.`,
	Fix: "Keep the old limit, or tell the consumers who rely on it which data to expect.",
}

var qualityStrengthened = &change.Rule{
	ID: "odcs/quality-strengthened", Idea: "quality-strengthened",
	Title: "A quality rule accepts less than it did",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Whatever comes through now would have come through before.",
	Fix: "Nothing is needed. Make sure that the data keeps the rule.",
}

var qualityChanged = &change.Rule{
	ID: "odcs/quality-changed", Idea: change.QualityWeakened,
	Title: "A quality rule checks something else, and may accept more",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: `Of a query, a text or a check of a tool's own nobody can tell whether it still stops
what it stopped before.`,
	Fix: "Add the new check beside the old one, or tell the consumers what is no longer checked.",
}

var qualityGrainChanged = &change.Rule{
	ID: "odcs/quality-grain-changed", Idea: change.QualityWeakened,
	Title: "Rows are unique by other columns",
	Class: change.Breaking, Breaks: change.Value | change.Query,
	Why: `A consumer that joins or updates by the old columns finds several rows where there was
one, or one where there were several.`,
	Fix: "Offer the data with the new grain as a table of its own.",
}
