package jsonschema

import "github.com/breakwater-data/breakwater/checker/change"

var fieldTypeChanged = &change.Rule{
	ID: "jsonschema/field-type-changed", Idea: "field-type-changed",
	Title: "A value may be of a type that it never was",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Replay | change.Code,
	Why: `Code that was written or generated for the old type fails on the first value of the new one, and
a validator refuses it.`,
	Fix: "Add a property of the new type beside this one, fill both, and retire this one when nobody reads it.",
}

var fieldTypeNarrowed = &change.Rule{
	ID: "jsonschema/field-type-narrowed", Idea: "field-type-narrowed",
	Title: "A value is of fewer types than it was",
	Class: change.Risky, Breaks: change.Replay | change.Code,
	Why: `Readers of new data are not touched. Old data of a type that is gone is refused by the new
schema.`,
	Fix: "Keep the type as long as data from before is read.",
}

var fieldNullable = &change.Rule{
	ID: "jsonschema/field-nullable", Idea: "field-nullable",
	Title: "A value may be null now",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Code,
	Why: "Code that takes the value without a check fails on the first null, and a validator refuses it.",
	Fix: "Leave the property out instead, if it is optional, or write a value that says unknown.",
}

var fieldNeverNull = &change.Rule{
	ID: "jsonschema/field-never-null", Idea: "field-required",
	Title: "A value is never null any more",
	Class: change.Risky, Breaks: change.Replay | change.Code,
	Why: "Readers of new data are not touched. Old data with null is refused by the new schema.",
	Fix: "Keep null allowed as long as data from before is read.",
}

var enumValueAdded = &change.Rule{
	ID: "jsonschema/enum-value-added", Idea: change.ValueAdded,
	Title: "A value may be one that it never was",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Code,
	Why: `The list said that there are no other values: a validator refuses the new one, and code that
handles each value has no case for it.`,
	Fix: "Tell the consumers and wait until they handle it, or leave the list open from the start.",
}

var enumValueRemoved = &change.Rule{
	ID: "jsonschema/enum-value-removed", Idea: change.ValueRemoved,
	Title: "A value is never one of those that it was",
	Class: change.Risky, Breaks: change.Value | change.Replay | change.Code,
	Why: `Readers of new data are not touched, unless they wait for the value. Old data that has it is
refused by the new schema.`,
	Fix: "Keep the value in the list as long as data from before is read.",
}

var enumOpened = &change.Rule{
	ID: "jsonschema/enum-opened", Idea: "enum-opened",
	Title: "A value is no longer limited to a list",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Code,
	Why: `Any other value may come, which a validator with the old schema refuses and no code has a case
for.`,
	Fix: "Extend the list instead, one announced value at a time.",
}

var enumClosed = &change.Rule{
	ID: "jsonschema/enum-closed", Idea: "enum-closed",
	Title: "A value is limited to a list",
	Class: change.Risky, Breaks: change.Replay | change.Code,
	Why: "Readers of new data are not touched. Old data with another value is refused by the new schema.",
	Fix: "Make sure that the list has every value that was ever written.",
}

var branchAdded = &change.Rule{
	ID: "jsonschema/branch-added", Idea: change.ValueAdded,
	Title: "There is one more alternative",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Code,
	Why: `A value may have a shape that readers never saw, such as another kind of event: a validator
refuses it, and code has no case for it.`,
	Fix: "Tell the consumers and wait until they skip or handle it, or publish it elsewhere.",
}

var branchRemoved = &change.Rule{
	ID: "jsonschema/branch-removed", Idea: change.ValueRemoved,
	Title: "There is one alternative less",
	Class: change.Risky, Breaks: change.Value | change.Replay | change.Code,
	Why: `Readers of new data wait for a shape that never comes. Old data of that shape is refused by the
new schema.`,
	Fix: "Keep the alternative as long as data from before is read.",
}
