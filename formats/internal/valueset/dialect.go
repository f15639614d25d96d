package valueset

// A Dialect says which keywords a schema may use and what they mean.
type Dialect uint8

const (
	Draft202012 Dialect = iota // the one of a schema that does not say
	Draft201909
	Draft7
	Draft6
	Draft4
	OpenAPI30 // Draft 4 with nullable, and without what OpenAPI 3.0 leaves out
)

var dialectNames = [...]string{"draft 2020-12", "draft 2019-09", "draft 7", "draft 6", "draft 4", "OpenAPI 3.0"}

func (d Dialect) String() string { return dialectNames[d] }

// since reports whether d is the draft first, or a later one.
func (d Dialect) since(first Dialect) bool { return d <= first }

// Knows reports whether keyword is an assertion or an applicator of d, so that it
// decides which values a schema allows.
func (d Dialect) Knows(keyword string) bool {
	k, ok := keywords[keyword]
	return ok && d.since(k.first) && (k.last == 0 || k.last <= d)
}

// A span of drafts has a keyword: from first on, up to last, which zero leaves open.
type draftSpan struct {
	first, last Dialect
}

var keywords = map[string]draftSpan{
	"$ref": {first: OpenAPI30}, "type": {first: OpenAPI30}, "enum": {first: OpenAPI30},
	"multipleOf": {first: OpenAPI30}, "minimum": {first: OpenAPI30}, "maximum": {first: OpenAPI30},
	"exclusiveMinimum": {first: OpenAPI30}, "exclusiveMaximum": {first: OpenAPI30},
	"minLength": {first: OpenAPI30}, "maxLength": {first: OpenAPI30}, "pattern": {first: OpenAPI30}, "format": {first: OpenAPI30},
	"items": {first: OpenAPI30}, "minItems": {first: OpenAPI30}, "maxItems": {first: OpenAPI30}, "uniqueItems": {first: OpenAPI30},
	"properties": {first: OpenAPI30}, "additionalProperties": {first: OpenAPI30}, "required": {first: OpenAPI30},
	"minProperties": {first: OpenAPI30}, "maxProperties": {first: OpenAPI30},
	"allOf": {first: OpenAPI30}, "anyOf": {first: OpenAPI30}, "oneOf": {first: OpenAPI30}, "not": {first: OpenAPI30},
	"nullable":        {first: OpenAPI30, last: OpenAPI30},
	"additionalItems": {first: Draft4, last: Draft201909}, "patternProperties": {first: Draft4},
	"dependencies": {first: Draft4, last: Draft7},
	"const":        {first: Draft6}, "contains": {first: Draft6}, "propertyNames": {first: Draft6},
	"if": {first: Draft7}, "then": {first: Draft7}, "else": {first: Draft7},
	"dependentRequired": {first: Draft201909}, "dependentSchemas": {first: Draft201909},
	"minContains": {first: Draft201909}, "maxContains": {first: Draft201909},
	"unevaluatedItems": {first: Draft201909}, "unevaluatedProperties": {first: Draft201909},
	"$recursiveRef": {first: Draft201909, last: Draft201909},
	"prefixItems":   {first: Draft202012}, "$dynamicRef": {first: Draft202012},
}
