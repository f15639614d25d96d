package jsonschema

import "github.com/breakwater-data/breakwater/checker/change"

var schemaRemoved = &change.Rule{
	ID: "jsonschema/schema-removed", Idea: change.TypeRemoved,
	Title: "A schema of the port is gone",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Replay | change.Query | change.Code,
	Why: `Consumers of what it described find no contract for it any more, and validators that load it
fail.`,
	Fix: "Keep the document until nobody reads what it describes. A document that only moved can be referred to from its old place.",
}

var fieldRemoved = &change.Rule{
	ID: "jsonschema/field-removed", Idea: change.FieldRemoved,
	Title: "A property was removed",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Replay | change.Query | change.Code,
	Why: `A consumer that reads the property finds nothing in its place, or, in an open object, anything
at all. Where the object is closed, old data that has it is refused.`,
	Fix:  "Mark the property deprecated, wait until no registered consumer uses it, and remove it.",
	Then: "reserve its name with the schema false, so that nothing else takes it",
}

var fieldAdded = &change.Rule{
	ID: "jsonschema/field-added", Idea: change.FieldAdded,
	Title: "A property was added",
	Class: change.Compatible, Breaks: change.Code,
	Why: `The object was open, so readers had to expect members that they do not know. Old data may hold
the name with any value; a team that replays such data and cannot rule that out chooses the
profile confluent, which refuses it.`,
	Fix: "Nothing has to be done.",
}

var closedFieldAdded = &change.Rule{
	ID: "jsonschema/closed-field-added", Idea: change.Closed,
	Title: "A property was added to an object that was closed",
	Class: change.Risky, Breaks: change.JSON | change.Replay | change.Code,
	Why: `additionalProperties: false told readers that there are no other members, so one who checks the
data against the old schema refuses the new member. Readers who only take what they know are not
touched.`,
	Fix: "Tell those who validate before the first such value is written, or open the object one release ahead.",
}

var fieldRequiredAdded = &change.Rule{
	ID: "jsonschema/field-required-added", Idea: "field-required-added",
	Title: "A property has to be there now",
	Class: change.Risky, Breaks: change.Replay | change.Code,
	Why: `New data always has it, which hurts no reader. Old data may lack it, and is refused by whoever
reads it with the new schema.`,
	Fix: "Keep it optional as long as data from before is read, or fill the old data.",
}

var fieldRequiredRemoved = &change.Rule{
	ID: "jsonschema/field-required-removed", Idea: "field-required-removed",
	Title: "A property need not be there any more",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Code,
	Why: `Readers relied on finding it: code without a check fails on the first value that lacks it, and a
validator refuses that value.`,
	Fix: "Keep writing it and keep it required, or add a new optional property and retire this one.",
}

var fieldDefaultChanged = &change.Rule{
	ID: "jsonschema/field-default-changed", Idea: "field-default-changed",
	Title: "A property that is absent stands for another value",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: "Readers that fill in defaults see another value in data that did not change.",
	Fix: "Write the value explicitly where it matters, and tell the consumers.",
}

var fieldDeprecated = &change.Rule{
	ID: "jsonschema/field-deprecated", Idea: "field-deprecated",
	Title: "A property is deprecated",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: "It is announced to go away. Those who read it have until then to move.",
	Fix: "Say what to use instead, and tell the consumers that read it.",
}

var fieldUndeprecated = &change.Rule{
	ID: "jsonschema/field-undeprecated", Idea: "field-undeprecated",
	Title: "A property is no longer deprecated",
	Class: change.Compatible, Breaks: change.Code,
	Why: `Nobody has to move any more. A notice period that had begun begins anew if it is deprecated
again.`,
	Fix: "Nothing has to be done.",
}

var fieldAccessChanged = &change.Rule{
	ID: "jsonschema/field-access-changed", Idea: "field-access-changed",
	Title: "A property became, or ceased to be, read-only or write-only",
	Class: change.Risky, Breaks: change.Value | change.Request | change.Code,
	Why: `Generated clients leave a read-only property out of what they send and a write-only one out of
what they read. No validator checks either.`,
	Fix: "Tell the consumers who send or read it.",
}

var unitChanged = &change.Rule{
	ID: "jsonschema/unit-changed", Idea: "unit-changed",
	Title: "The unit of a value changed",
	Class: change.Breaking, Breaks: change.Value,
	Why: "Every value decodes as before and means something else.",
	Fix: "Add a property with the new unit beside this one, and retire this one.",
}

var classificationRaised = &change.Rule{
	ID: "jsonschema/classification-raised", Idea: change.ClassificationRaised,
	Title: "A property is marked as more sensitive",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "Those who read it may not be allowed to, or have to protect it in another way from now on.",
	Fix: "Tell the consumers and those who answer for data protection.",
}

var classificationLowered = &change.Rule{
	ID: "jsonschema/classification-lowered", Idea: "classification-lowered",
	Title: "A property is marked as less sensitive, or no longer at all",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: `What was protected may now be copied freely. That is right only if the data changed, or the
label was wrong.`,
	Fix: "Let those who answer for data protection confirm it.",
}

var tagChanged = &change.Rule{
	ID: "jsonschema/tag-changed", Idea: "tag-changed",
	Title: "A keyword of the team's own changed",
	Class: change.Compatible, Breaks: change.Promise,
	Why: `Keywords that begin with x- decide nothing about values. Units and labels of classification have
rules of their own.`,
	Fix: "Nothing has to be done, unless a tool of yours reads it.",
}

var documentationChanged = &change.Rule{
	ID: "jsonschema/documentation-changed", Idea: "documentation-changed",
	Title: "What describes the data changed, and not the data",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Titles and descriptions decide nothing about values.",
	Fix: "Nothing has to be done.",
}

var notCompared = &change.Rule{
	ID: "jsonschema/not-compared", Idea: change.NotCompared,
	Title: "A change could not be decided",
	Class: change.Risky, Breaks: change.Value | change.JSON | change.Replay | change.Request | change.Code,
	Why: `The change may matter to consumers or not: it needs what is not compared, such as a pattern that
looks around, a format, a keyword that is not known or a search beyond the limits. So it is not
said to be safe.`,
	Fix: "Look at the difference, and tell the consumers whom it concerns. A pattern without look-around can be compared.",
}
