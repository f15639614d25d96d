package protobuf

import (
	"github.com/breakwater-data/breakwater/checker/change"
)

var enumValueRemoved = &change.Rule{
	ID: "protobuf/enum-value-removed", Idea: change.ValueRemoved,
	Title:  "A value of an enum was removed",
	Class:  change.Breaking,
	Breaks: change.Value | change.JSON | change.Replay | change.Request | change.Code,
	Why: `A consumer that waits for the value never sees it again, code that names it no longer compiles, and old
data that holds it has no name for it.`,
	Fix:  `Mark the value deprecated, wait until no registered consumer needs it, and remove it.`,
	Then: `reserve its number and its name`,
	Also: also(append(goneValue, "ENUM_VALUE_SAME_NAME")...),
}

var enumValueAdded = &change.Rule{
	ID: "protobuf/enum-value-added", Idea: change.ValueAdded,
	Title:  "An enum has a new value",
	Class:  change.Risky,
	Breaks: change.Value | change.Wire | change.JSON | change.Code,
	Why: `A consumer that handles every value it knows and no other falls through, a JSON reader with the old schema
refuses the new name, and a closed enum drops the number.`,
	Fix: `Tell the consumers before the first message carries it, so that they handle it or have a branch for what they do not know.`,
}

var requestEnumValueAdded = &change.Rule{
	ID: "protobuf/request-enum-value-added", Idea: "request-enum-value-added",
	Title:  "An enum has a new value that consumers can send",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `Nobody has to send it, and nothing that is sent today is refused.`,
	Fix:    `Nothing has to be done.`,
}

var enumValueRenamed = &change.Rule{
	ID: "protobuf/enum-value-renamed", Idea: "enum-value-renamed",
	Title:  "A value of an enum has another name",
	Class:  change.Breaking,
	Breaks: change.JSON | change.Request | change.Query | change.Code,
	Why: `JSON carries the name: readers with the old schema refuse the new one. Code that names the value no longer
compiles. Binary data carries the number and stays as it is.`,
	Fix:  `Keep the name. To move to another, allow aliases and declare the new name after the old one.`,
	Also: also("ENUM_VALUE_SAME_NAME"),
}

var enumValueRenumbered = &change.Rule{
	ID: "protobuf/enum-value-renumbered", Idea: "enum-value-renumbered",
	Title:  "A value of an enum has another number",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.Replay | change.Request | change.Code,
	Why: `Binary data carries the number: readers of either version take the value for another one, or for one that they do
not know.`,
	Fix:  `Give the value its old number back. A number is never given to anything else.`,
	Also: also(append(goneValue, "ENUM_VALUE_SAME_NAME")...),
}

var enumNumbersSwapped = &change.Rule{
	ID: "protobuf/enum-numbers-swapped", Idea: "enum-numbers-swapped",
	Title:  "Values of an enum changed places: each has the number of another",
	Class:  change.Breaking,
	Breaks: change.Value | change.Wire | change.Replay | change.Request | change.Code,
	Why: `Nothing fails and everything is wrong: readers of either version take one value for the other, and no
parser can tell.`,
	Fix:  `Give every value its old number back. The order in the file can change without new numbers.`,
	Also: also("ENUM_VALUE_SAME_NAME"),
}

var enumAliasRemoved = &change.Rule{
	ID: "protobuf/enum-alias-removed", Idea: "enum-alias-removed",
	Title:  "A value of an enum lost one of its names",
	Class:  change.Breaking,
	Breaks: change.JSON | change.Request | change.Query | change.Code,
	Why:    `JSON that carries the name is refused, and code that uses it no longer compiles.`,
	Fix:    `Mark the name deprecated, and remove it when nobody uses it.`,
	Also:   also("ENUM_VALUE_SAME_NAME"),
}

var enumAliasAdded = &change.Rule{
	ID: "protobuf/enum-alias-added", Idea: "enum-alias-added",
	Title:  "A value of an enum has one more name",
	Class:  change.Compatible,
	Breaks: change.Code,
	Why:    `What is written keeps its first name, and readers of the new version understand both.`,
	Fix:    `Nothing has to be done.`,
}

var enumPrintedNameChanged = &change.Rule{
	ID: "protobuf/enum-printed-name-changed", Idea: "enum-printed-name-changed",
	Title:  "JSON writes a value of an enum by another of its names",
	Class:  change.Breaking,
	Breaks: change.JSON | change.Code,
	Why: `Of several names for a number JSON writes the one that is declared first. Readers with the old schema may not know
it, and everyone who compares text meets another one.`,
	Fix:  `Declare the old name first, and new names after it.`,
	Also: also("ENUM_VALUE_SAME_NAME"),
}

var opennessChanged = &change.Rule{
	ID: "protobuf/enum-openness-changed", Idea: "enum-openness-changed",
	Title:  "An enum became open or closed",
	Class:  change.Risky,
	Breaks: change.Value | change.Wire | change.Replay | change.Request | change.Code,
	Why: `A closed enum drops numbers that it does not list, as if the field had not been set; an open one keeps them. So
the two versions read the same bytes in two ways.`,
	Fix:  `Keep enum_type as it was, and let consumers handle numbers that they do not know before you open it.`,
	Also: also("ENUM_SAME_TYPE"),
}

var enumDefaultChanged = &change.Rule{
	ID: "protobuf/enum-default-changed", Idea: "enum-default-changed",
	Title:  "Another value of an enum is the first one",
	Class:  change.Risky,
	Breaks: change.Value | change.Request | change.Code,
	Why: `The first value is what a field reads as where nothing is set. No default is ever sent, so the two
versions read such a message in two ways.`,
	Fix:  `Keep the first value first.`,
	Also: also("FIELD_SAME_DEFAULT"),
}
