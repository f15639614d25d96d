package table

import (
	"embed"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

// Rules lists the rules of this package. A language of tables has them among its own.
func Rules() change.Rules {
	return change.Rules{List: []*change.Rule{
		tableRemoved, tableRenamed, tableRelabelled, tableKindChanged, tableMediumChanged, tableDeprecated, tableUndeprecated, tableAdded,
		columnRemoved, columnRenamed, columnRelabelled, columnAdded, columnAddedSensitive, columnMoved, columnDeprecated, columnUndeprecated,
		columnTypeChanged, columnTypeWidened, columnTypeUnclear, columnTypeNarrowed,
		columnNullable, columnRequired, columnNotUnique, columnUnique,
		keyChanged, keyAdded, partitionChanged, partitionFoldersChanged,
		classRaised, classLowered, classChanged, classStated,
		valueAdded, valueRemoved, valuesOpened, valuesClosed,
		boundLoosened, boundTightened, lengthLoosened, lengthTightened, patternLoosened, patternTightened, formatLoosened, formatTightened,
		layoutChanged, layoutUnclear, defaultZoneChanged,
	}, Examples: examples}
}

// everyone is each way of reading a table: what is gone is gone for all of them.
const everyone = change.Value | change.JSON | change.Query | change.Code

const nothing = "Nothing is needed."

var tableRemoved = &change.Rule{
	ID: "table/table-removed", Idea: "type-removed",
	Title: "A table was removed",
	Class: change.Breaking, Breaks: everyone,
	Why: "Every query that names the table fails, and everything that is built from it stops.",
	Fix: "Mark the table deprecated, say until when it is supported, and remove it when nobody reads it any more.",
}

var tableAdded = &change.Rule{
	ID: "table/table-added", Idea: "type-added",
	Title: "A table was added",
	Class: change.Compatible, Breaks: change.Query,
	Why: "Nobody reads it yet.",
	Fix: nothing,
}

var tableRenamed = &change.Rule{
	ID: "table/table-renamed", Idea: "type-renamed",
	Title: "A table was renamed",
	Class: change.Breaking, Breaks: everyone,
	Why: "Queries name a table that is no longer there. To them a renamed table is a removed one.",
	Fix: "Keep a view under the old name until the consumers have moved.",
}

var tableRelabelled = &change.Rule{
	ID: "table/table-relabelled", Idea: "type-relabelled",
	Title: "A table goes by another name, and queries may still find it",
	Class: change.Risky, Breaks: everyone,
	Why: `The contract's name for the table and its name in the database no longer match what
they were. Queries go by one of them, catalogues and registrations by the other.`,
	Fix: "Tell the consumers which name to use, and keep the one that queries use.",
}

var tableKindChanged = &change.Rule{
	ID: "table/table-kind-changed", Idea: "type-kind-changed",
	Title: "A table became a view, or a view a table",
	Class: change.Risky, Breaks: change.Value | change.Query | change.Promise,
	Why: `Queries still run, with other speed and freshness. A view cannot be captured for
changes, and a materialized one is as old as its last refresh.`,
	Fix: "Tell the consumers, above all those who copy the table or capture its changes.",
}

var tableMediumChanged = &change.Rule{
	ID: "table/table-medium-changed", Idea: "type-medium-changed",
	Title: "The data is read by another technology",
	Class: change.Breaking, Breaks: everyone,
	Why: "Whoever queries a table cannot read a topic, and whoever reads files cannot query. Every consumer has to be rebuilt.",
	Fix: "Add the new way to read beside the old one, and retire the old one when nobody uses it.",
}

var tableDeprecated = &change.Rule{
	ID: "table/table-deprecated", Idea: "type-deprecated",
	Title: "A table is deprecated",
	Class: change.Risky, Breaks: everyone,
	Why: "Nothing breaks yet. The consumers need the time until the removal to move, so they have to know.",
	Fix: "Say what replaces the table, and until when it stays.",
}

var tableUndeprecated = &change.Rule{
	ID: "table/table-undeprecated", Idea: "type-undeprecated",
	Title: "A table is no longer deprecated",
	Class: change.Compatible, Breaks: change.Query,
	Why: "The table stays, so nobody has to move.",
	Fix: nothing,
}
