package jsonschema

import (
	"slices"
	"strings"
	"testing"
)

// What Confluent's registry says of an old and a new schema, for readers with the new
// one (BACKWARD): the empty text if it takes the change.
func TestRegistryCompatibility(t *testing.T) {
	const (
		openOld    = `{"type":"object","properties":{"a":{"type":"string"}}}`
		closedOld  = `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}`
		partialOld = `{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}}`
	)
	with := func(old, property, more string) string {
		return strings.Replace(old, `"properties":{`, more+`"properties":{`+property+",", 1)
	}
	tests := []struct{ name, original, update, strict, lenient string }{
		{"optional in an open object", openOld, with(openOld, `"b":{"type":"string"}`, ""), "PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", ""},
		{"optional without a type in an open object", openOld, with(openOld, `"b":{}`, ""), "", ""},
		{"optional in a closed object", closedOld, with(closedOld, `"b":{"type":"string"}`, ""), "", ""},
		{"optional, covered", partialOld, with(partialOld, `"b":{"type":"string"}`, ""), "", ""},
		{"optional, not covered", partialOld, with(partialOld, `"b":{"type":"integer"}`, ""), "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"},
		{"required in a closed object", closedOld, with(closedOld, `"b":{"type":"string"}`, `"required":["b"],`), "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL"},
		{"required with a default in a closed object", closedOld, with(closedOld, `"b":{"type":"string","default":""}`, `"required":["b"],`), "", ""},
		{"removed from an open object", with(openOld, `"b":{"type":"string"}`, ""), openOld, "", ""},
		{"removed from a closed object", with(closedOld, `"b":{"type":"string"}`, ""), closedOld, "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", ""},
		{"removed, covered", with(partialOld, `"b":{"type":"string"}`, ""), partialOld, "", ""},
		{"removed, not covered", with(partialOld, `"b":{"type":"integer"}`, ""), partialOld, "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL"},
		{"required now", openOld, strings.Replace(openOld, `"properties"`, `"required":["a"],"properties"`, 1), "REQUIRED_ATTRIBUTE_ADDED", "REQUIRED_ATTRIBUTE_ADDED"},
		{"required, of what is no property", openOld, strings.Replace(openOld, `"properties"`, `"required":["z"],"properties"`, 1), "", ""},
		{"closed", openOld, closedOld, "ADDITIONAL_PROPERTIES_REMOVED", ""},
		{"opened", closedOld, openOld, "", ""},
		{"a type more", `{"type":"string"}`, `{"type":["string","null"]}`, "", ""},
		{"a whole number is a number", `{"type":"integer"}`, `{"type":"number"}`, "", ""},
		{"a number is no whole number", `{"type":"number"}`, `{"type":"integer"}`, "TYPE_NARROWED", "TYPE_NARROWED"},
		{"a type for what had none", `{}`, `{"type":"string"}`, "TYPE_NARROWED", "TYPE_NARROWED"},
		{"no type any more", `{"type":"string"}`, `{}`, "", ""},
		{"a limit of 0", `{"type":"string"}`, `{"type":"string","minLength":0}`, "MIN_LENGTH_ADDED", "MIN_LENGTH_ADDED"},
		{"a higher limit", `{"type":"string","maxLength":1}`, `{"type":"string","maxLength":2}`, "", ""},
		{"the same pattern in other words", `{"type":"string","pattern":"a+"}`, `{"type":"string","pattern":"aa*"}`, "PATTERN_CHANGED", "PATTERN_CHANGED"},
		{"a value more", `{"type":"string","enum":["a"]}`, `{"type":"string","enum":["a","b"]}`, "", ""},
		{"a value less", `{"type":"string","enum":["a","b"]}`, `{"type":"string","enum":["a"]}`, "ENUM_ARRAY_NARROWED", "ENUM_ARRAY_NARROWED"},
		{"an alternative more", `{"oneOf":[{"type":"string"}]}`, `{"oneOf":[{"type":"string"},{"type":"null"}]}`, "", ""},
		{"an alternative less", `{"oneOf":[{"type":"string"},{"type":"null"}]}`, `{"oneOf":[{"type":"string"}]}`, "SUM_TYPE_NARROWED", "SUM_TYPE_NARROWED"},
		{"an alternative of others", `{"type":"string"}`, `{"oneOf":[{"type":"null"},{"type":"string"}]}`, "", ""},
		{"a part more", `{"allOf":[{"type":"object"}]}`, `{"allOf":[{"type":"object"},{"type":"object","minProperties":1}]}`, "PRODUCT_TYPE_EXTENDED", "PRODUCT_TYPE_EXTENDED"},
		{"oneOf to anyOf", `{"oneOf":[{"type":"string"},{"type":"null"}]}`, `{"anyOf":[{"type":"null"},{"type":"string"}]}`, "", ""},
		{"anyOf to oneOf", `{"anyOf":[{"type":"string"},{"type":"null"}]}`, `{"oneOf":[{"type":"null"},{"type":"string"}]}`, "COMBINED_TYPE_CHANGED", "COMBINED_TYPE_CHANGED"},
		{"not, loosened", `{"not":{"type":["string","null"]}}`, `{"not":{"type":"string"}}`, "", ""},
		{"not, tightened", `{"not":{"type":"string"}}`, `{"not":{"type":["string","null"]}}`, "NOT_TYPE_NARROWED", "NOT_TYPE_NARROWED"},
		{"a position more in an open tuple", `{"type":"array","prefixItems":[{"type":"string"}]}`, `{"type":"array","prefixItems":[{"type":"string"},{"type":"string"}]}`, "ITEM_ADDED_TO_OPEN_CONTENT_MODEL", "ITEM_ADDED_TO_OPEN_CONTENT_MODEL"},
		{"what it does not look at", `{"type":"array","contains":{"type":"string"}}`, `{"type":"array","contains":{"type":"null"}}`, "", ""},
		{"recursion", `{"type":"object","properties":{"n":{"$ref":"#"}}}`, `{"type":"object","properties":{"n":{"$ref":"#"}}}`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			original, err1 := loaded(t, tt.original)
			update, err2 := loaded(t, tt.update)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			for lenient, want := range map[bool]string{false: tt.strict, true: tt.lenient} {
				var got []string
				for _, f := range registryCompare(lenient, "x", original.roots[0].schema, update.roots[0].schema) {
					got = append(got, f.name)
				}
				if names := strings.Join(slices.Compact(got), " "); names != want {
					t.Errorf("lenient %v: got %q, want %q", lenient, names, want)
				}
			}
		})
	}
}
