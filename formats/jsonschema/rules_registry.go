package jsonschema

import "github.com/breakwater-data/breakwater/checker/change"

// What Confluent's registry calls the differences that it refuses.
var confluentNames = []string{
	"confluent:ADDITIONAL_ITEMS_NARROWED", "confluent:ADDITIONAL_ITEMS_REMOVED", "confluent:ADDITIONAL_PROPERTIES_NARROWED", "confluent:ADDITIONAL_PROPERTIES_REMOVED",
	"confluent:COMBINED_TYPE_CHANGED", "confluent:COMBINED_TYPE_SUBSCHEMAS_CHANGED", "confluent:DEPENDENCY_ARRAY_ADDED", "confluent:DEPENDENCY_ARRAY_EXTENDED",
	"confluent:DEPENDENCY_SCHEMA_ADDED", "confluent:ENUM_ARRAY_NARROWED", "confluent:EXCLUSIVE_MAXIMUM_ADDED", "confluent:EXCLUSIVE_MAXIMUM_DECREASED",
	"confluent:EXCLUSIVE_MINIMUM_ADDED", "confluent:EXCLUSIVE_MINIMUM_INCREASED", "confluent:ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
	"confluent:ITEM_ADDED_TO_OPEN_CONTENT_MODEL", "confluent:ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL", "confluent:ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
	"confluent:MAXIMUM_ADDED", "confluent:MAXIMUM_DECREASED", "confluent:MAX_ITEMS_ADDED", "confluent:MAX_ITEMS_DECREASED", "confluent:MAX_LENGTH_ADDED",
	"confluent:MAX_LENGTH_DECREASED", "confluent:MAX_PROPERTIES_ADDED", "confluent:MAX_PROPERTIES_DECREASED", "confluent:MINIMUM_ADDED", "confluent:MINIMUM_INCREASED",
	"confluent:MIN_ITEMS_ADDED", "confluent:MIN_ITEMS_INCREASED", "confluent:MIN_LENGTH_ADDED", "confluent:MIN_LENGTH_INCREASED", "confluent:MIN_PROPERTIES_ADDED",
	"confluent:MIN_PROPERTIES_INCREASED", "confluent:MULTIPLE_OF_ADDED", "confluent:MULTIPLE_OF_CHANGED", "confluent:NOT_TYPE_NARROWED", "confluent:PATTERN_ADDED",
	"confluent:PATTERN_CHANGED", "confluent:PRODUCT_TYPE_EXTENDED", "confluent:PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
	"confluent:PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", "confluent:PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL",
	"confluent:PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "confluent:REQUIRED_ATTRIBUTE_ADDED",
	"confluent:REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", "confluent:SUM_TYPE_NARROWED", "confluent:TYPE_CHANGED", "confluent:TYPE_NARROWED", "confluent:UNIQUE_ITEMS_ADDED",
}

var confluentForward = &change.Rule{
	ID: "jsonschema/confluent-forward", Idea: "registry-refuses-forward",
	Title: "Confluent's registry does not call the change forward compatible",
	Class: change.Breaking, Breaks: change.JSON,
	Why: `Readers with the old schema may refuse new data, as the registry sees it. It compares keywords and not
values: an object is open if it may hold anything besides its properties, closed if it may hold nothing else, and
partially open if additionalProperties is a schema or there are patterns, and each has rules of its own.`,
	Fix:  "Make a change that the registry takes, or choose the profile strict, which proves by values what breaks.",
	Also: confluentNames,
}

var confluentBackward = &change.Rule{
	ID: "jsonschema/confluent-backward", Idea: "registry-refuses-backward",
	Title: "Confluent's registry does not call the change backward compatible",
	Class: change.Risky, Breaks: change.Replay,
	Why: `Readers with the new schema may refuse old data, as the registry sees it. A property that is new in an
open object counts, since old data may hold the name with another value; confluent-lenient lets it pass. In a closed object
it does not, unless it is required and has no default.`,
	Fix:  "Make a change that the registry takes: close the object one version ahead, give a required property a default, or keep it optional.",
	Also: confluentNames,
}
