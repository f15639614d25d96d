package avro

import "github.com/breakwater-data/breakwater/checker/change"

var typeChanged = &change.Rule{
	ID: "avro/field-type-changed", Idea: "field-type-changed",
	Title: "A type became another one, and neither reads the other",
	Class: change.Breaking, Breaks: change.Wire | change.JSON | change.Replay | change.Code,
	Why:  `Old readers fail on new data and new readers on old data, on the first record that holds the value.`,
	Fix:  `Add a field of the new type beside the old one, and fill both.`,
	Also: []string{"avro:TYPE_MISMATCH", "avro:MISSING_UNION_BRANCH"},
}

var typeWidened = &change.Rule{
	ID: "avro/field-type-widened", Idea: "field-type-widened",
	Title: "A type became one that the old reader does not take",
	Class: change.Breaking, Breaks: change.Wire | change.JSON | change.Code,
	Why:  `Old readers fail on new data. New readers take old data: a number is promoted, a union has a branch for it.`,
	Fix:  `Move the readers to the new schema before the first record is written with it, or add a field of the new type.`,
	Also: []string{"avro:TYPE_MISMATCH", "avro:MISSING_UNION_BRANCH"},
}

var typeNarrowed = &change.Rule{
	ID: "avro/field-type-narrowed", Idea: "field-type-narrowed",
	Title: "A type became one that does not take old data",
	Class: change.Risky, Breaks: change.Replay | change.Code,
	Why:  `A new reader fails on data that was written before. Readers of today promote the new values, or have a branch for them.`,
	Fix:  `Keep the wider type as long as old data is read.`,
	Also: []string{"avro:TYPE_MISMATCH", "avro:MISSING_UNION_BRANCH"},
}

var typeRespelled = &change.Rule{
	ID: "avro/field-type-respelled", Idea: "field-type-respelled",
	Title: "A type became one that reads the same data",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: `Bytes that are not UTF-8 become unreadable text, and code has another type. Resolution takes string and bytes for each
other.`,
	Fix: `Keep the type.`,
}

var promotionLosesDigits = &change.Rule{
	ID: "avro/promotion-loses-digits", Idea: "promotion-loses-digits",
	Title: "A number is read into a type with fewer digits",
	Class: change.Risky, Breaks: change.Value | change.Replay,
	Why: `Large numbers are read as numbers nearby, without an error. A float holds whole numbers up to 16,777,216 exactly and a
double those up to 9,007,199,254,740,992.`,
	Fix: `Keep numbers that have to be exact, such as ids and amounts, in a type that holds them.`,
}

var branchAdded = &change.Rule{
	ID: "avro/union-branch-added", Idea: change.ValueAdded,
	Title: "A union has a new branch",
	Class: change.Breaking, Breaks: change.Wire | change.JSON | change.Code,
	Why:  `The old reader has no branch for the value and fails on the first record that holds it.`,
	Fix:  `Move the readers to the new schema before the first value of the branch is written.`,
	Also: []string{"avro:MISSING_UNION_BRANCH"},
}

var branchRemoved = &change.Rule{
	ID: "avro/union-branch-removed", Idea: "union-branch-removed",
	Title: "A branch of a union is gone",
	Class: change.Risky, Breaks: change.Replay | change.Code,
	Why:  `A new reader fails on old data that holds a value of the branch.`,
	Fix:  `Keep the branch as long as such data is kept.`,
	Also: []string{"avro:MISSING_UNION_BRANCH"},
}

var branchCovered = &change.Rule{
	ID: "avro/union-branch-covered", Idea: "union-branch-covered",
	Title: "A branch came or went that another one stands in for",
	Class: change.Compatible, Breaks: change.Code,
	Why: `The reader promotes the value to one of its own branches.`,
	Fix: `Nothing is needed.`,
}

var unionChoiceUnclear = &change.Rule{
	ID: "avro/union-choice-unclear", Idea: "union-choice-unclear",
	Title: "Which branch of a union reads the value depends on the library",
	Class: change.Risky, Breaks: change.Value | change.Wire | change.JSON | change.Replay,
	Why: `One library reads the value as one type and the next as another, or not at all. They do not agree on which branch
matches: the one of the full name, the short name, the structure, the closest number.`,
	Fix: `Let the union have a branch of the very type that is written, and one alone of each short name.`,
}

var fixedSizeChanged = &change.Rule{
	ID: "avro/fixed-size-changed", Idea: "fixed-size-changed",
	Title: "A fixed has another size",
	Class: change.Breaking, Breaks: change.Wire | change.JSON | change.Replay | change.Code,
	Why:  `A fixed is written without its length, so no reader with the other size can read on.`,
	Fix:  `Declare a fixed of another name, and a field for it.`,
	Also: []string{"avro:FIXED_SIZE_MISMATCH"},
}

var enumValueAdded = &change.Rule{
	ID: "avro/enum-value-added", Idea: change.ValueAdded,
	Title: "An enum has a new symbol that old readers do not know",
	Class: change.Breaking, Breaks: change.Wire | change.JSON | change.Code,
	Why:  `The old reader fails on the first record that carries the symbol, because its enum has no default.`,
	Fix:  `Give the enum a default first, and write the symbol when every reader has it.`,
	Also: []string{"avro:MISSING_ENUM_SYMBOLS"},
}

var enumValueMasked = &change.Rule{
	ID: "avro/enum-value-masked", Idea: change.ValueAdded,
	Title: "An enum has a new symbol, which old readers take for the default",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: `Old readers decode the symbol as the default of their enum, and do not notice that it is another one.`,
	Fix: `Tell the consumers before the first record carries it.`,
}

var enumValueRemoved = &change.Rule{
	ID: "avro/enum-value-removed", Idea: change.ValueRemoved,
	Title: "A symbol of an enum was removed",
	Class: change.Risky, Breaks: change.Replay | change.Code,
	Why:  `A new reader fails on old data that carries the symbol, or takes the default of the enum. Code that names it no longer compiles.`,
	Fix:  `Keep the symbol as long as such data is kept, and tell those who wait for it.`,
	Also: []string{"avro:MISSING_ENUM_SYMBOLS"},
}

var enumDefaultChanged = &change.Rule{
	ID: "avro/enum-default-changed", Idea: "enum-default-changed",
	Title: "The default of an enum changed, or is gone",
	Class: change.Risky, Breaks: change.Value | change.Replay,
	Why: `Symbols that a reader does not know read as another symbol now, or not at all.`,
	Fix: `Keep the default.`,
}

var typeRenamed = &change.Rule{
	ID: "avro/type-renamed", Idea: "type-renamed",
	Title: "A type has another name",
	Class: change.Breaking, Breaks: change.Wire | change.JSON | change.Replay | change.Query | change.Code,
	Why: `A reader takes a record, an enum or a fixed only for one of the same name, or of an alias of its own. Some decoders are laxer at
the root; registries and unions are not.`,
	Fix:  `Keep the name. Where it has to change, declare the old full name as an alias, and move the readers first.`,
	Also: []string{"avro:NAME_MISMATCH"},
}

var namespaceChanged = &change.Rule{
	ID: "avro/namespace-changed", Idea: "package-renamed",
	Title: "A namespace has another name",
	Class: change.Breaking, Breaks: change.Code,
	Why: `Generated classes move to another package, and those who read into classes of the old one (SpecificRecord) do not find
them. Data resolves by the short name, so it stays readable.`,
	Fix: `Keep the namespace, or tell those who generate code.`,
}

var typeRemoved = &change.Rule{
	ID: "avro/type-removed", Idea: change.TypeRemoved,
	Title: "A schema that is served is gone",
	Class: change.Breaking, Breaks: change.Value | change.Wire | change.JSON | change.Query | change.Code,
	Why: `Whoever reads data of the type finds none.`,
	Fix: `Mark it deprecated, wait until no registered consumer reads it, then remove it.`,
}

var typeAdded = &change.Rule{
	ID: "avro/type-added", Idea: "type-added",
	Title: "A schema is served that was not",
	Class: change.Compatible, Breaks: change.Code,
	Why: `Nobody reads it yet.`,
	Fix: `Nothing is needed.`,
}

var typeDeprecated = &change.Rule{
	ID: "avro/type-deprecated", Idea: "type-deprecated",
	Title: "A type is deprecated",
	Class: change.Risky, Breaks: change.Value | change.Wire | change.JSON | change.Query | change.Code,
	Why: `Nothing breaks yet. The consumers need the time until the removal to move, so they have to know.`,
	Fix: `Say what replaces the type.`,
}
