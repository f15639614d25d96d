package table

import "github.com/breakwater-data/breakwater/checker/change"

var valueAdded = &change.Rule{
	ID: "table/column-value-added", Idea: change.ValueAdded,
	Title: "A column may hold a value that it never held",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: "A consumer that tells the values apart has no case for the new one: it fails, or counts it nowhere.",
	Fix: "Tell the consumers before the first row with the new value comes.",
}

var valueRemoved = &change.Rule{
	ID: "table/column-value-removed", Idea: change.ValueRemoved,
	Title: "A column no longer holds one of its values",
	Class: change.Risky, Breaks: change.Value | change.Query,
	Why: "A filter for the value returns nothing and nobody notices. If it was renamed, the new name is missing there too.",
	Fix: "Tell the consumers what became of the rows that had the value.",
}

var valuesOpened = &change.Rule{
	ID: "table/column-values-opened", Idea: "enum-opened",
	Title: "A column is no longer limited to a list of values",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: "A consumer that tells the values apart meets ones that it does not know.",
	Fix: "Keep the list, and add to it.",
}

var valuesClosed = &change.Rule{
	ID: "table/column-values-closed", Idea: "enum-closed",
	Title: "A column is limited to a list of values",
	Class: change.Compatible, Breaks: change.Code,
	Why: "Every value that comes now is one that could come before.",
	Fix: nothing,
}

const overflows = "Whoever sized a column, a form or a check by the old limit refuses or cuts off the first value beyond it."

var boundLoosened = &change.Rule{
	ID: "table/column-bound-loosened", Idea: "bound-loosened",
	Title: "A column may hold values beyond its old bounds",
	Class: change.Risky, Breaks: change.Value,
	Why: overflows,
	Fix: "Tell the consumers before the first value beyond the old bound comes.",
}

var boundTightened = &change.Rule{
	ID: "table/column-bound-tightened", Idea: "bound-tightened",
	Title: "A column holds values within tighter bounds",
	Class: change.Compatible, Breaks: change.Value,
	Why: "Every value that comes now is one that could come before.",
	Fix: nothing,
}

var lengthLoosened = &change.Rule{
	ID: "table/column-length-loosened", Idea: "length-loosened",
	Title: "A column may hold longer or shorter values than it did",
	Class: change.Risky, Breaks: change.Value,
	Why: overflows + " Of lists, an empty one may come where there never was one.",
	Fix: "Tell the consumers before the first such value comes.",
}

var lengthTightened = &change.Rule{
	ID: "table/column-length-tightened", Idea: "length-tightened",
	Title: "A column holds values of fewer lengths",
	Class: change.Compatible, Breaks: change.Value,
	Why: "Every value that comes now is one that could come before.",
	Fix: nothing,
}

var patternLoosened = &change.Rule{
	ID: "table/column-pattern-loosened", Idea: "pattern-loosened",
	Title: "The pattern of a column is gone, or is another one",
	Class: change.Risky, Breaks: change.Value,
	Why: "Values may come that the old pattern did not match. Whether another pattern matches more cannot be told from its text.",
	Fix: "Tell the consumers who take the values apart what they look like now.",
}

var patternTightened = &change.Rule{
	ID: "table/column-pattern-tightened", Idea: "pattern-tightened",
	Title: "A column has a pattern now",
	Class: change.Compatible, Breaks: change.Value,
	Why: "Every value that comes now is one that could come before.",
	Fix: nothing,
}

var formatLoosened = &change.Rule{
	ID: "table/column-format-loosened", Idea: "format-loosened",
	Title: "The format of a column is gone, or is another one",
	Class: change.Risky, Breaks: change.Value,
	Why: "A consumer that takes the values for e-mail addresses or UUIDs meets others.",
	Fix: "Tell the consumers who check or take apart the values what they look like now.",
}

var formatTightened = &change.Rule{
	ID: "table/column-format-tightened", Idea: "format-tightened",
	Title: "A column has a format now",
	Class: change.Compatible, Breaks: change.Value,
	Why: "Every value that comes now is one that could come before.",
	Fix: nothing,
}

var layoutChanged = &change.Rule{
	ID: "table/column-layout-changed", Idea: "layout-changed",
	Title: "Dates or times are written in another layout",
	Class: change.Breaking, Breaks: change.Value | change.JSON,
	Why: "A consumer that parses the text by the old layout fails, or takes the day for the month.",
	Fix: "Add a column in the new layout beside the old one.",
}

var layoutUnclear = &change.Rule{
	ID: "table/column-layout-unclear", Idea: "layout-unclear",
	Title: "The layout of dates or times is said on one side only",
	Class: change.Risky, Breaks: change.Value | change.JSON,
	Why: "It may be the layout that was meant all along, or another one. A consumer that parses the text would fail.",
	Fix: "Tell the consumers whether the text changes.",
}

var defaultZoneChanged = &change.Rule{
	ID: "table/column-default-zone-changed", Idea: "default-zone-changed",
	Title: "Times that do not say their zone are meant in another one",
	Class: change.Breaking, Breaks: change.Value,
	Why: "The same digits are another instant. Nothing fails, and every time is off by hours.",
	Fix: "Write the zone into the values, or add a column in the new zone.",
}
