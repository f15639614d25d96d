package jsonschema

import "github.com/breakwater-data/breakwater/checker/change"

var boundLoosened = &change.Rule{
	ID: "jsonschema/bound-loosened", Idea: "bound-loosened",
	Title: "A number may lie beyond its old bounds",
	Class: change.Breaking, Breaks: change.Value | change.JSON,
	Why: `A validator with the old schema refuses the first number beyond the bound, or between the steps,
and code that was sized by it overflows.`,
	Fix: "Tell the consumers before such numbers are written.",
}

var boundTightened = &change.Rule{
	ID: "jsonschema/bound-tightened", Idea: "bound-tightened",
	Title: "A number lies within tighter bounds",
	Class: change.Risky, Breaks: change.Replay,
	Why: "Readers of new data are not touched. Old data beyond the bound is refused by the new schema.",
	Fix: "Keep the bound as long as data from before is read.",
}

var lengthLoosened = &change.Rule{
	ID: "jsonschema/length-loosened", Idea: "length-loosened",
	Title: "A text, array or object may be longer or shorter than it was",
	Class: change.Breaking, Breaks: change.Value | change.JSON,
	Why: `A validator with the old schema refuses the first value of another length, and whoever sized a
column by it cuts it off.`,
	Fix: "Tell the consumers before such values are written.",
}

var lengthTightened = &change.Rule{
	ID: "jsonschema/length-tightened", Idea: "length-tightened",
	Title: "A text, array or object has fewer lengths",
	Class: change.Risky, Breaks: change.Replay,
	Why: "Readers of new data are not touched. Old data of another length is refused by the new schema.",
	Fix: "Keep the limit as long as data from before is read.",
}

var patternLoosened = &change.Rule{
	ID: "jsonschema/pattern-loosened", Idea: "pattern-loosened",
	Title: "A text may be one that its old pattern ruled out",
	Class: change.Breaking, Breaks: change.Value | change.JSON,
	Why: `A validator with the old schema refuses such a text, and code that takes the text apart by the
pattern fails.`,
	Fix: "Tell the consumers before such texts are written.",
}

var patternTightened = &change.Rule{
	ID: "jsonschema/pattern-tightened", Idea: "pattern-tightened",
	Title: "A text matches a stricter pattern",
	Class: change.Risky, Breaks: change.Replay,
	Why: "Readers of new data are not touched. Old texts that do not match are refused by the new schema.",
	Fix: "Make sure that the pattern matches every text that was ever written.",
}

var formatLoosened = &change.Rule{
	ID: "jsonschema/format-loosened", Idea: "format-loosened",
	Title: "The format of a text is gone, or is another one",
	Class: change.Risky, Breaks: change.Value | change.JSON | change.Replay | change.Code,
	Why: `Readers that parse the text by its format fail. Whether a validator checks formats is its own
choice, so this is no proof of a break.`,
	Fix: "Keep the format, or add a property with the new one.",
}

var formatTightened = &change.Rule{
	ID: "jsonschema/format-tightened", Idea: "format-tightened",
	Title: "A text has a format now",
	Class: change.Risky, Breaks: change.Replay | change.Code,
	Why: `Readers of new data are not touched. Old texts without the format are refused by validators that
check formats.`,
	Fix: "Make sure that old texts have the format.",
}

var uniqueDropped = &change.Rule{
	ID: "jsonschema/unique-dropped", Idea: "unique-dropped",
	Title: "An array may hold an item twice now",
	Class: change.Breaking, Breaks: change.Value | change.JSON,
	Why: "Readers that take the items for a set count or overwrite, and a validator refuses the array.",
	Fix: "Keep the items distinct, or tell the consumers.",
}

var uniqueAdded = &change.Rule{
	ID: "jsonschema/unique-added", Idea: "unique-added",
	Title: "An array holds no item twice any more",
	Class: change.Risky, Breaks: change.Replay,
	Why: `Readers of new data are not touched. Old arrays with an item twice are refused by the new
schema.`,
	Fix: "Make sure that old arrays are distinct.",
}

var objectOpened = &change.Rule{
	ID: "jsonschema/object-opened", Idea: change.Closed,
	Title: "An object may hold members that are not listed",
	Class: change.Risky, Breaks: change.JSON,
	Why: `A reader who checks the data against the old, closed schema refuses the first such member.
Readers who only take what they know are not touched.`,
	Fix: "Tell those who validate before such members are written.",
}

var objectClosed = &change.Rule{
	ID: "jsonschema/object-closed", Idea: "object-closed",
	Title: "An object holds no members that are not listed",
	Class: change.Risky, Breaks: change.Replay,
	Why: "Readers of new data are not touched. Old data with other members is refused by the new schema.",
	Fix: "Make sure that old data has no such members.",
}

var namesLoosened = &change.Rule{
	ID: "jsonschema/names-loosened", Idea: "names-loosened",
	Title: "Members may have names, or values, that they could not have",
	Class: change.Breaking, Breaks: change.Value | change.JSON,
	Why: "A validator with the old schema refuses a member of such a name, or with such a value.",
	Fix: "Tell the consumers before such members are written.",
}

var namesTightened = &change.Rule{
	ID: "jsonschema/names-tightened", Idea: "names-tightened",
	Title: "Members have fewer names, or values, than they could have",
	Class: change.Risky, Breaks: change.Replay,
	Why: "Readers of new data are not touched. Old data with other members is refused by the new schema.",
	Fix: "Make sure that old data has no such members.",
}

var itemsLoosened = &change.Rule{
	ID: "jsonschema/items-loosened", Idea: "items-loosened",
	Title: "An array may hold what it could not hold",
	Class: change.Breaking, Breaks: change.Value | change.JSON,
	Why: `A validator with the old schema refuses such an array, and code that takes items by their place
meets others.`,
	Fix: "Tell the consumers before such arrays are written.",
}

var itemsTightened = &change.Rule{
	ID: "jsonschema/items-tightened", Idea: "items-tightened",
	Title: "An array holds less than it could hold",
	Class: change.Risky, Breaks: change.Replay,
	Why: "Readers of new data are not touched. Old arrays may be refused by the new schema.",
	Fix: "Make sure that old arrays suit the new schema.",
}

var conditionLoosened = &change.Rule{
	ID: "jsonschema/condition-loosened", Idea: "condition-loosened",
	Title: "A condition rules out less than it did",
	Class: change.Breaking, Breaks: change.Value | change.JSON,
	Why: `A combination of values that not, if, or a dependency ruled out may come now, and a validator
refuses it.`,
	Fix: "Tell the consumers before such values are written.",
}

var conditionTightened = &change.Rule{
	ID: "jsonschema/condition-tightened", Idea: "condition-tightened",
	Title: "A condition rules out more than it did",
	Class: change.Risky, Breaks: change.Replay,
	Why: `Readers of new data are not touched. Old data in a combination that is ruled out now is refused
by the new schema.`,
	Fix: "Make sure that old data suits the condition.",
}

var valuesWidened = &change.Rule{
	ID: "jsonschema/values-widened", Idea: "values-widened",
	Title: "Values are allowed that were not, by several keywords together",
	Class: change.Breaking, Breaks: change.Value | change.JSON,
	Why: `The schema is written in another way and allows values that the old one refuses. No single
keyword says so; the proof shows a value.`,
	Fix: "Look at the value in the proof, and write the schema so that it is refused as before.",
}

var valuesNarrowed = &change.Rule{
	ID: "jsonschema/values-narrowed", Idea: "values-narrowed",
	Title: "Values are refused that were allowed, by several keywords together",
	Class: change.Risky, Breaks: change.Replay,
	Why: `Readers of new data are not touched. Old data may be refused by the new schema; the proof shows
a value.`,
	Fix: "Look at the value in the proof, and make sure that no old data is like it.",
}

var requestNarrowed = &change.Rule{
	ID: "jsonschema/request-narrowed", Idea: "request-narrowed",
	Title: "What consumers send may be refused now",
	Class: change.Breaking, Breaks: change.Request,
	Why: "A value that was right by the old schema is refused from the first day on.",
	Fix: "Accept the old values until no consumer sends them.",
}

var requestWidened = &change.Rule{
	ID: "jsonschema/request-widened", Idea: "request-widened",
	Title: "Consumers may send more than before",
	Class: change.Compatible, Breaks: change.Code,
	Why: "What consumers send today is still accepted.",
	Fix: "Nothing has to be done.",
}
