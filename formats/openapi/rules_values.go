package openapi

import "github.com/breakwater-data/breakwater/checker/change"

// A hazard is what one kind of edit of a schema does: to whoever reads it where it
// allows more, and to whoever sends it where it allows less. The other two ways are
// harmless, and where a hazard does not name a rule of its own they are
// response-narrowed and request-widened.
type hazard struct {
	loosened, tightened                *change.Rule
	responseTightened, requestLoosened *change.Rule
}

var valueRules = []*change.Rule{
	typeChanged.loosened, typeChanged.tightened, nullability.loosened, nullability.tightened,
	enumValue.loosened, enumValue.tightened, enumValue.responseTightened, extensibleValueAdded, enumeration.loosened, enumeration.tightened,
	bounds.loosened, bounds.tightened, lengths.loosened, lengths.tightened, patterns.loosened, patterns.tightened, headerPatternLoosened,
	formats.loosened, formats.tightened, uniqueness.loosened, uniqueness.tightened, openness.loosened, openness.tightened,
	names.loosened, names.tightened, items.loosened, items.tightened, branches.loosened, branches.tightened,
	conditions.loosened, conditions.tightened, values.loosened, values.tightened, responseNarrowed, requestWidened, notCompared,
}

var typeChanged = hazard{
	loosened: breaksReaders("field-type-changed", "", "A response may hold a type that it never held",
		"Code that was written or generated for the old type fails on the first value of the new one.",
		"response-*-type-changed", "response-*-type-generalized", "response-*-type-compatible", "response-*-type-specialized", "response-*-list-of-types-*", "request-*-type-*", "request-*-list-of-types-*"),
	tightened: breaksSenders("request-field-type-changed", "A request takes fewer types than it took",
		"What consumers send today is refused from the first day on.",
		"request-*-type-*", "request-*-list-of-types-*", "response-*-type-*", "response-*-list-of-types-*"),
}

var nullability = hazard{
	loosened: breaksReaders("field-nullable", "", "A response may hold null where it never did",
		"Code that takes the value without a check fails on the first null.", "re*-became-nullable", "re*-became-not-nullable"),
	tightened: breaksSenders("request-field-never-null", "A request may not hold null any more",
		"Requests that send null are refused.", "re*-became-not-nullable", "re*-became-nullable"),
}

var enumValue = hazard{
	loosened: breaksReaders("enum-value-added", change.ValueAdded, "A response may hold a value that it never held",
		"The list said that there are no other values: strict clients refuse the new one, and code that handles each value has no case for it.",
		"re*-enum-value-added", "re*-enum-value-removed", "re*-const-changed"),
	tightened: breaksSenders("request-enum-value-removed", "A request may not hold a value any more",
		"Requests that send the value are refused.",
		"re*-enum-value-removed", "re*-enum-value-added", "re*-const-changed", "request-*-x-extensible-enum-value-removed"),
	responseTightened: harmless("enum-value-removed", change.ValueRemoved, "A response never holds one of its values any more",
		"Readers are not touched unless they wait for the value.", "re*-enum-value-removed", "re*-enum-value-added"),
}

var extensibleValueAdded = newRule("extensible-enum-value-added", "", change.Compatible, read,
	"A response may hold one more value of a list that is open",
	"The contract says with x-extensible-enum that there may be others, so a correct reader expects values that it does not know.", nothingToDo,
	"re*-enum-value-added", "re*-enum-value-removed", "re*-became-not-enum", "re*-became-enum")

var enumeration = hazard{
	loosened: breaksReaders("enum-opened", "", "A response is no longer limited to a list of values",
		"Any other value may come, for which no code has a case.", "re*-became-*enum", "re*-const-removed", "re*-const-added", "re*-enum-value-*"),
	tightened: breaksSenders("request-enum-closed", "A request is limited to a list of values",
		"Requests that hold another value are refused.", "re*-became-*enum", "re*-const-added", "re*-const-removed", "re*-enum-value-*"),
}

var bounds = hazard{
	loosened: breaksReaders("bound-loosened", "", "A number in a response may lie beyond its old bounds",
		"Code that was sized by the bound overflows, and a validator refuses the number.",
		"re*-max-*", "re*-min-*", "re*-exclusive-*", "re*-multiple-of-*"),
	tightened: breaksSenders("request-bound-tightened", "A number in a request has to lie within tighter bounds",
		"Requests with a number beyond the bound are refused.", "re*-max-*", "re*-min-*", "re*-exclusive-*", "re*-multiple-of-*"),
}

var lengths = hazard{
	loosened: breaksReaders("length-loosened", "", "A response may be longer or shorter than it was",
		"Whoever sized a column by the limit cuts the value off, and a validator refuses it.",
		"re*-max-length-*", "re*-min-length-*", "re*-items-*", "re*-properties-*"),
	tightened: breaksSenders("request-length-tightened", "A request may have fewer lengths than before",
		"Requests of another length are refused.", "re*-max-length-*", "re*-min-length-*", "re*-items-*", "re*-properties-*"),
}

var patterns = hazard{
	loosened: breaksReaders("pattern-loosened", "", "A text in a response may be one that its pattern ruled out",
		"Code that takes the text apart by the pattern fails.", "re*-pattern-*"),
	tightened: breaksSenders("request-pattern-tightened", "A text in a request has to match a stricter pattern",
		"Requests whose text does not match are refused.", "re*-pattern-*"),
}

var headerPatternLoosened = newRule("header-pattern-loosened", "", change.Risky, read, "A header of a response may be one that its pattern ruled out",
	"Few clients take a header apart by its pattern; those that do may fail.", tellReaders)

var formats = hazard{
	loosened: breaksReaders("format-loosened", "", "A response has another format",
		"Readers that parse the value by its format fail.", "re*-type-*", "re*-content-*"),
	tightened: breaksSenders("request-format-tightened", "A request has to have another format",
		"Requests in the old format are refused.", "re*-type-*", "re*-content-*"),
}

var uniqueness = hazard{
	loosened: breaksReaders("unique-dropped", "", "An array in a response may hold an item twice",
		"Readers that take the items for a set count or overwrite.", "re*-unique-items-*"),
	tightened: breaksSenders("request-unique-added", "An array in a request may hold no item twice any more",
		"Requests with an item twice are refused.", "re*-unique-items-*"),
}

var openness = hazard{
	loosened: breaksReaders("object-opened", change.Closed, "An object in a response may hold members that it could not hold",
		"Strict clients refuse the first member that is not listed.", "re*-unevaluated-*", "re*-schema-became-*"),
	tightened: breaksSenders("request-object-closed", "An object in a request may not hold members that it could hold",
		"Requests with a member that is not listed are refused, or with one of another type.", "re*-unevaluated-*", "re*-schema-became-*"),
}

var names = hazard{
	loosened: breaksReaders("names-loosened", "", "Members in a response may have other names, or values, than before",
		"Readers that rely on the names meet others.", "re*-pattern-property-*", "re*-property-names-*"),
	tightened: breaksSenders("request-names-tightened", "Members in a request may have fewer names, or values, than before",
		"Requests with other members are refused.", "re*-pattern-property-*", "re*-property-names-*"),
}

var items = hazard{
	loosened: breaksReaders("items-loosened", "", "An array in a response may hold what it could not hold",
		"Code that takes items by their place meets others.", "re*-contains-*", "re*-prefix-items-*", "re*-unevaluated-items-*", "re*-schema-became-*"),
	tightened: breaksSenders("request-items-tightened", "An array in a request may hold less than it could",
		"Requests with such an array are refused.", "re*-contains-*", "re*-prefix-items-*", "re*-unevaluated-items-*", "re*-schema-became-*"),
}

var branches = hazard{
	loosened: breaksReaders("branch-added", change.ValueAdded, "A response has one more alternative",
		"A value may have a shape that readers never saw.", "re*-of-*", "re*-list-of-types-*", "re*-type-*", "re*-wrapped-*"),
	tightened: breaksSenders("request-branch-removed", "A request has one alternative less",
		"Requests of that shape are refused.", "re*-of-*", "re*-list-of-types-*", "re*-type-*", "re*-wrapped-*"),
}

var conditions = hazard{
	loosened: breaksReaders("condition-loosened", "", "A condition on a response rules out less than it did",
		"A combination of values that was ruled out may come.", "re*-all-of-*", "re*-if-*", "re*-then-*", "re*-else-*", "re*-dependent-*"),
	tightened: breaksSenders("request-condition-tightened", "A condition on a request rules out more than it did",
		"Requests with such a combination of values are refused.", "re*-all-of-*", "re*-if-*", "re*-then-*", "re*-else-*", "re*-dependent-*"),
}

var values = hazard{
	loosened: breaksReaders("values-widened", "", "A response may hold values that it could not, by several keywords together",
		"The schema is written in another way and allows values that the old one refuses.", "re*-schema-*", "re*-body-media-type-*"),
	tightened: breaksSenders("request-values-narrowed", "A request may not hold values that it could, by several keywords together",
		"The schema is written in another way and refuses values that the old one allows.", "re*-schema-*", "re*-body-media-type-*"),
}

var responseNarrowed = harmless("response-narrowed", "", "A response allows less than it did", "Whatever comes was allowed before.", "re*")

var requestWidened = harmless("request-widened", "", "A request allows more than it did", "What consumers send today is still accepted.", "re*")

var notCompared = newRule("not-compared", change.NotCompared, change.Risky, read|change.Request,
	"A change could not be decided",
	"The change may matter to consumers or not: it needs what is not compared, such as a pattern that looks around or a search beyond the limits.",
	"Look at the difference, and tell the consumers whom it concerns.", "re*")
