package semantic

import (
	"embed"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

// Rules lists the rules of this package.
func Rules() change.Rules {
	return change.Rules{
		List:     []*change.Rule{unitChanged, zoneChanged, grainChanged, originChanged, definitionChanged, identifierChanged, unsaid, stated},
		Examples: examples,
	}
}

// changed has the rule of each topic.
var changed = [...]*change.Rule{
	Unit: unitChanged, Zone: zoneChanged, Grain: grainChanged, Origin: originChanged, Definition: definitionChanged, Identifier: identifierChanged,
}

var unitChanged = &change.Rule{
	ID: "semantic/unit-changed", Idea: change.UnitChanged,
	Title: "A number is in another unit",
	Class: change.Breaking, Breaks: change.Value,
	Why: "The same number stands for more or less than it did. Nothing fails: sums, limits and comparisons are wrong.",
	Fix: "Add an element in the new unit, and keep this one as it is until its readers have moved.",
}

var zoneChanged = &change.Rule{
	ID: "semantic/zone-changed", Idea: change.ZoneChanged,
	Title: "A time is in another zone",
	Class: change.Breaking, Breaks: change.Value,
	Why: "The same text is another instant. Days begin at another hour, and what is grouped by day falls into the wrong one.",
	Fix: "Add an element in the new zone, and keep this one as it is until its readers have moved.",
}

var grainChanged = &change.Rule{
	ID: "semantic/grain-changed", Idea: change.GrainChanged,
	Title: "What one row stands for is described in another way",
	Class: change.Risky, Breaks: change.Value | change.Query,
	Why: "If a row stands for more or less than it did, joins and sums are wrong without any error.",
	Fix: "If the grain did change, offer the data as a table of its own. If not, tell the consumers that it did not.",
}

var originChanged = &change.Rule{
	ID: "semantic/origin-changed", Idea: change.OriginChanged,
	Title: "A value is made from other data, or in another way",
	Class: change.Risky, Breaks: change.Value,
	Why: "The values may be others from now on, and nothing else shows it: name and type are the same.",
	Fix: "Tell the consumers from which day on the values differ, and by how much.",
}

var definitionChanged = &change.Rule{
	ID: "semantic/definition-changed", Idea: change.DefinitionChanged,
	Title: "The link to the definition of an element is another one",
	Class: change.Risky, Breaks: change.Value,
	Why: `The element may stand for something else now, while every query still runs. Joins of data
that only looks alike give wrong results.`,
	Fix: "If the meaning changed, add an element with the new meaning. If only the link moved, say so in the pull request.",
}

var identifierChanged = &change.Rule{
	ID: "semantic/identifier-changed", Idea: change.IdentifierChanged,
	Title: "An identifier is one of another scheme",
	Class: change.Risky, Breaks: change.Value | change.Query,
	Why: "Its values are equal to other ones elsewhere than before: a join finds nothing, or what belongs to somebody else.",
	Fix: "Add the new identifier beside this one, and keep both until those who join by it have moved.",
}

var unsaid = &change.Rule{
	ID: "semantic/unsaid", Idea: change.MeaningUnsaid,
	Title: "The contract no longer says what an element means",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "What was stated (a unit, a zone, a grain, a definition) may become something else from now on, and no contract would show it.",
	Fix: "Keep stating it. If it became something else, state that.",
}

var stated = &change.Rule{
	ID: "semantic/stated", Idea: "meaning-stated",
	Title: "The contract says for the first time what an element means",
	Class: change.Risky, Breaks: change.Value,
	Why: "It may have been so all along. Whoever took it for something else reads it wrongly.",
	Fix: "Tell the consumers whether it was so before.",
}
