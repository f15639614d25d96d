package table

import "github.com/breakwater-data/breakwater/checker/change"

var columnRemoved = &change.Rule{
	ID: "table/column-removed", Idea: change.FieldRemoved,
	Title: "A column was removed",
	Class: change.Breaking, Breaks: everyone,
	Why: "A query that names the column fails. Whoever reads rows by name finds nothing in its place.",
	Fix: "Mark the column deprecated, wait until no registered consumer uses it, then remove it.",
}

var columnAdded = &change.Rule{
	ID: "table/column-added", Idea: change.FieldAdded,
	Title: "A column was added",
	Class: change.Compatible, Breaks: change.Query,
	Why: "Only a consumer that selects * notices.",
	Fix: "Nothing is needed. Consumers that select * should name their columns.",
}

var columnAddedSensitive = &change.Rule{
	ID: "table/column-added-sensitive", Idea: change.ClassificationRaised,
	Title: "A column was added that is more sensitive than all others",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: `The port now shows data that its consumers may not be allowed to hold. Whoever selects
* or copies the table takes it along unasked.`,
	Fix: "Put the column behind a port of its own, or mask it, and tell the consumers what obligations come with it.",
}

var columnRenamed = &change.Rule{
	ID: "table/column-renamed", Idea: "field-renamed",
	Title: "A column was renamed",
	Class: change.Breaking, Breaks: everyone,
	Why: "Queries name a column that is no longer there. To them a renamed column is a removed one.",
	Fix: "Add the column under its new name beside the old one, and remove the old one when nobody reads it any more.",
}

var columnRelabelled = &change.Rule{
	ID: "table/column-relabelled", Idea: "field-relabelled",
	Title: "A column goes by another name, and queries may still find it",
	Class: change.Risky, Breaks: everyone,
	Why: `The contract's name for the column and its name in the database no longer match what
they were. Queries go by one of them, catalogues and registrations by the other.`,
	Fix: "Tell the consumers which name to use, and keep the one that queries use.",
}

var columnMoved = &change.Rule{
	ID: "table/column-moved", Idea: change.FieldMoved,
	Title: "Columns stand in another order",
	Class: change.Compatible, Breaks: change.Query,
	Why: "Only a consumer that goes by position notices: select *, or a file without a header.",
	Fix: "Nothing is needed. Consumers should name their columns.",
}

var columnDeprecated = &change.Rule{
	ID: "table/column-deprecated", Idea: "field-deprecated",
	Title: "A column is deprecated",
	Class: change.Risky, Breaks: everyone,
	Why: "Nothing breaks yet. The consumers need the time until the removal to move, so they have to know.",
	Fix: "Say what replaces the column, and until when it stays.",
}

var columnUndeprecated = &change.Rule{
	ID: "table/column-undeprecated", Idea: "field-undeprecated",
	Title: "A column is no longer deprecated",
	Class: change.Compatible, Breaks: change.Query,
	Why: "The column stays, so nobody has to move.",
	Fix: nothing,
}

var columnTypeChanged = &change.Rule{
	ID: "table/column-type-changed", Idea: "field-type-changed",
	Title: "A column holds values of another kind",
	Class: change.Breaking, Breaks: everyone,
	Why: `A consumer reads the new values into the old type and fails, or worse, does not: a number
is rounded, a time shifts to another zone.`,
	Fix: "Add a column of the new type beside the old one, and fill both.",
}

var columnTypeWidened = &change.Rule{
	ID: "table/column-type-widened", Idea: "field-type-widened",
	Title: "A column holds values that its old type had no room for",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: "A consumer that stores or decodes the old type overflows or cuts off, on the first value that does not fit.",
	Fix: "Tell the consumers before larger values come, so that they can widen their own columns first.",
}

var columnTypeUnclear = &change.Rule{
	ID: "table/column-type-unclear", Idea: "field-type-unclear",
	Title: "A column's type is written in another way, which may mean the same or not",
	Class: change.Risky, Breaks: change.Value | change.Code,
	Why: `Databases do not agree on what the words mean, or one of them is not known here. Values
may be wider now, or of another kind.`,
	Fix: "Name the database in servers, or write the type with its size, such as DECIMAL(10, 2) or TIMESTAMPTZ.",
}

var columnTypeNarrowed = &change.Rule{
	ID: "table/column-type-narrowed", Idea: "field-type-narrowed",
	Title: "A column holds fewer kinds of values",
	Class: change.Compatible, Breaks: change.Code,
	Why: "Every value that comes now is one that could come before.",
	Fix: "Nothing is needed. Make sure that no value is cut off on the way.",
}

var columnNullable = &change.Rule{
	ID: "table/column-nullable", Idea: "field-nullable",
	Title: "A column may be null now",
	Class: change.Breaking, Breaks: change.Value | change.JSON | change.Code,
	Why: `Joins lose the rows whose key is null, typed decoders fail, and a table that does not
take nulls refuses the row.`,
	Fix: "Fill the column with a value that means unknown, or add a new column that may be null.",
}

var columnRequired = &change.Rule{
	ID: "table/column-required", Idea: "field-required",
	Title: "A column is never null any more",
	Class: change.Compatible, Breaks: change.Code,
	Why: "Whoever was ready for nulls is ready for none.",
	Fix: nothing,
}

var columnNotUnique = &change.Rule{
	ID: "table/column-not-unique", Idea: "unique-dropped",
	Title: "A column may hold a value twice now",
	Class: change.Breaking, Breaks: change.Value | change.Query,
	Why: "A join on the column returns rows twice, sums count twice, and an upsert overwrites one row with another.",
	Fix: "Keep the column unique, or add the column that tells the rows apart to the contract and ask consumers to join on both.",
}

var columnUnique = &change.Rule{
	ID: "table/column-unique", Idea: "unique-added",
	Title: "A column holds no value twice any more",
	Class: change.Compatible, Breaks: change.Query,
	Why: "Whoever was ready for several rows is ready for one.",
	Fix: nothing,
}

var keyChanged = &change.Rule{
	ID: "table/key-changed", Idea: "key-changed",
	Title: "The primary key is made of other columns",
	Class: change.Breaking, Breaks: change.Value | change.Query,
	Why: `A row stands for something else now. With a column more in the key, joins and upserts on
the old one find several rows; with one less, they mix what used to be apart.`,
	Fix: "Offer the data with the new key as a table of its own.",
}

var keyAdded = &change.Rule{
	ID: "table/key-added", Idea: "key-added",
	Title: "A table has a primary key now",
	Class: change.Compatible, Breaks: change.Query,
	Why: "What was true of the rows is promised now.",
	Fix: nothing,
}

var partitionChanged = &change.Rule{
	ID: "table/partition-changed", Idea: "partition-changed",
	Title: "A table is partitioned by other columns",
	Class: change.Risky, Breaks: change.Query,
	Why: "Queries that filter by the old column read the whole table now: they cost more, take longer, or are refused.",
	Fix: "Tell the consumers which column to filter by.",
}

var partitionFoldersChanged = &change.Rule{
	ID: "table/partition-folders-changed", Idea: "partition-changed",
	Title: "Files are laid out in other folders",
	Class: change.Breaking, Breaks: change.Value | change.Query,
	Why: "The folders are named after the columns of the partition. Whoever reads them by name finds none.",
	Fix: "Write the new folders beside the old ones until the consumers have moved.",
}

var classRaised = &change.Rule{
	ID: "table/column-classification-raised", Idea: change.ClassificationRaised,
	Title: "A column is classified as more sensitive",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "Masking and tighter access may follow. Consumers who may not hold data of that label have to drop the column.",
	Fix: "Ask the consumers whether they may hold such data, before access to it changes.",
}

var classLowered = &change.Rule{
	ID: "table/column-classification-lowered", Idea: "classification-lowered",
	Title: "A column is classified as less sensitive, or no longer at all",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "Protection of the data may end with the label. That is for whoever governs the data to decide.",
	Fix: "Have the owner of the data confirm the new label.",
}

var classChanged = &change.Rule{
	ID: "table/column-classification-changed", Idea: "classification-changed",
	Title: "A column has another label of classification, whose order is not known",
	Class: change.Risky, Breaks: change.Value | change.Promise,
	Why: "The data may be more sensitive than consumers are prepared for.",
	Fix: "Use the labels public, internal, confidential, restricted and secret, whose order is known.",
}

var classStated = &change.Rule{
	ID: "table/column-classification-stated", Idea: "classification-stated",
	Title: "A column without a label is classified as public or internal",
	Class: change.Compatible, Breaks: change.Promise,
	Why: "Data without a label is taken for internal, so nothing is asked of its consumers.",
	Fix: nothing,
}
