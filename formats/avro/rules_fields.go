package avro

import "github.com/breakwater-data/breakwater/checker/change"

var fieldRemoved = &change.Rule{
	ID: "avro/field-removed", Idea: change.FieldRemoved,
	Title: "A field was removed",
	Class: change.Breaking, Breaks: change.Value | change.Wire | change.JSON | change.Query | change.Code,
	Why: `A consumer that reads the field finds nothing in its place: the old reader fills in the default of its own schema, on every
record, and fails on every record if that has none.`,
	Fix:  `Give the field a default and mark it deprecated ("deprecated": true), wait until no registered consumer uses it, then remove it.`,
	Also: []string{"avro:READER_FIELD_MISSING_DEFAULT_VALUE"},
}

var fieldAdded = &change.Rule{
	ID: "avro/field-added", Idea: change.FieldAdded,
	Title: "A field was added",
	Class: change.Compatible, Breaks: change.Code,
	Why: `Old readers skip it, and new readers of old data take its default.`,
	Fix: `Nothing is needed.`,
}

var fieldRequiredAdded = &change.Rule{
	ID: "avro/field-required-added", Idea: "field-required-added",
	Title: "A field was added without a default",
	Class: change.Risky, Breaks: change.Replay,
	Why: `A new reader has nothing to put in its place when it reads data that was written before: it fails on the first record. Old
readers skip the field.`,
	Fix:  `Give the field a default. For an optional field that is a union with null first and "default": null; without it the union does not help.`,
	Also: []string{"avro:READER_FIELD_MISSING_DEFAULT_VALUE", "avro:TYPE_MISMATCH"},
}

var fieldRenamed = &change.Rule{
	ID: "avro/field-renamed", Idea: "field-renamed",
	Title: "A field was renamed",
	Class: change.Breaking, Breaks: change.Value | change.Wire | change.JSON | change.Replay | change.Query | change.Code,
	Why: `Old readers do not find the field under its new name: they take their default on every record, or fail if they have
none. An alias in the new schema helps only new readers of old data.`,
	Fix:  `Keep the name, or add the field under its new name beside the old one and remove that when nobody reads it any more. Declare the old name as an alias.`,
	Also: []string{"avro:READER_FIELD_MISSING_DEFAULT_VALUE"},
}

var fieldDefaultChanged = &change.Rule{
	ID: "avro/field-default-changed", Idea: "field-default-changed",
	Title: "The default of a field changed, or is gone",
	Class: change.Risky, Breaks: change.Value | change.Replay,
	Why: `New readers fill the default in where data was written without the field. That data, which is older than the base, now reads
as something else, or not at all.`,
	Fix: `Keep the default as long as data without the field is kept.`,
}

var fieldDefaultAdded = &change.Rule{
	ID: "avro/field-default-added", Idea: "field-default-added",
	Title: "A field got a default",
	Class: change.Compatible, Breaks: change.Code,
	Why: `More data can be read than before.`,
	Fix: `Nothing is needed.`,
}

var fieldNullable = &change.Rule{
	ID: "avro/field-nullable", Idea: "field-nullable",
	Title: "A field may be null now",
	Class: change.Breaking, Breaks: change.Wire | change.JSON | change.Code,
	Why: `The old reader has no branch for null and fails on the first record that holds it. Code of consumers is not ready for null
either.`,
	Fix:  `Write a value that means unknown, or add a new field that may be null.`,
	Also: []string{"avro:MISSING_UNION_BRANCH"},
}

var fieldRequired = &change.Rule{
	ID: "avro/field-required", Idea: "field-required",
	Title: "A field is never null any more",
	Class: change.Risky, Breaks: change.Replay,
	Why:  `A new reader fails on old data that holds null. Readers of today are ready for nulls and get none.`,
	Fix:  `Keep null in the union as long as data with null is kept.`,
	Also: []string{"avro:MISSING_UNION_BRANCH"},
}

var fieldDeprecated = &change.Rule{
	ID: "avro/field-deprecated", Idea: "field-deprecated",
	Title: "A field is deprecated",
	Class: change.Risky, Breaks: change.Value | change.Wire | change.JSON | change.Query | change.Code,
	Why: `Nothing breaks yet. The consumers need the time until the removal to move, so they have to know.`,
	Fix: `Say what replaces the field: "deprecated": "use amount".`,
}

var undeprecated = &change.Rule{
	ID: "avro/undeprecated", Idea: "undeprecated",
	Title: "Something is no longer deprecated",
	Class: change.Compatible, Breaks: change.Code,
	Why: `It stays, so nobody has to move.`,
	Fix: `Nothing is needed.`,
}

var aliasAmbiguous = &change.Rule{
	ID: "avro/alias-ambiguous", Idea: "alias-ambiguous",
	Title: "An alias names a second field of data that was written before",
	Class: change.Risky, Breaks: change.Replay,
	Why: `Which of the two old fields is read depends on the library: Java refuses the pair of schemas, others take the one or
the other.`,
	Fix: `Remove the alias, or give the field a name of its own.`,
}

var aliasRemoved = &change.Rule{
	ID: "avro/alias-removed", Idea: "alias-removed",
	Title: "An alias was removed",
	Class: change.Risky, Breaks: change.Value | change.Replay,
	Why: `A new reader no longer finds the field, or the type, in data that was written under the older name.`,
	Fix: `Keep the alias as long as such data is kept.`,
}

var defaultOfLaterBranch = &change.Rule{
	ID: "avro/default-of-later-branch", Idea: "default-of-later-branch",
	Title: "A default is no value of the first branch of its union",
	Class: change.Risky, Breaks: change.Replay | change.Code,
	Why: `Several libraries refuse the whole schema: before 1.12 Avro took a default for a value of the first branch only.`,
	Fix: `Put the branch of the default first.`,
}

var sortOrderChanged = &change.Rule{
	ID: "avro/sort-order-changed", Idea: "sort-order-changed",
	Title: "A field sorts otherwise",
	Class: change.Compatible, Breaks: change.Value,
	Why: `Only who compares encoded records byte by byte notices.`,
	Fix: `Nothing is needed, unless sorted data is merged.`,
}
