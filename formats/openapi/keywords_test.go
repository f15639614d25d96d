package openapi

import (
	"strings"
	"testing"
)

// The keywords of the Schema Object in OpenAPI 3.0, 3.1 and 3.2, each with an edit of it:
// nothing that a description can say of a value is passed over in silence. Those
// without an edit are not compared, for the reason given.
func TestEverySchemaKeywordIsComparedOrWaived(t *testing.T) {
	const tables = `
$ref | {$ref: '#/components/schemas/A'} | {$ref: '#/components/schemas/Order'}
type | {type: string} | {type: integer}
enum | {enum: [a]} | {enum: [b]}
const | {const: a} | {const: b}
multipleOf | {type: integer, multipleOf: 2} | {type: integer, multipleOf: 3}
maximum | {type: integer, maximum: 1} | {type: integer, maximum: 2}
exclusiveMaximum | {type: integer, exclusiveMaximum: 1} | {type: integer, exclusiveMaximum: 2}
minimum | {type: integer, minimum: 1} | {type: integer, minimum: 2}
exclusiveMinimum | {type: integer, exclusiveMinimum: 1} | {type: integer, exclusiveMinimum: 2}
maxLength | {type: string, maxLength: 1} | {type: string, maxLength: 2}
minLength | {type: string, minLength: 1} | {type: string, minLength: 2}
pattern | {type: string, pattern: a} | {type: string, pattern: b}
format | {type: string, format: date} | {type: string, format: uuid}
maxItems | {type: array, maxItems: 1} | {type: array, maxItems: 2}
minItems | {type: array, minItems: 1} | {type: array, minItems: 2}
uniqueItems | {type: array, uniqueItems: true} | {type: array}
items | {type: array, items: {type: string}} | {type: array, items: {type: integer}}
prefixItems | {type: array, prefixItems: [{type: string}]} | {type: array, prefixItems: [{type: integer}]}
contains | {type: array, contains: {type: string}} | {type: array, contains: {type: integer}}
maxContains | {type: array, contains: {type: string}, maxContains: 1} | {type: array, contains: {type: string}, maxContains: 2}
minContains | {type: array, contains: {type: string}, minContains: 1} | {type: array, contains: {type: string}, minContains: 2}
unevaluatedItems | {type: array, unevaluatedItems: false} | {type: array}
maxProperties | {type: object, maxProperties: 1} | {type: object, maxProperties: 2}
minProperties | {type: object, minProperties: 1} | {type: object, minProperties: 2}
required | {type: object, required: [a]} | {type: object}
dependentRequired | {type: object, dependentRequired: {a: [b]}} | {type: object}
properties | {type: object, properties: {a: {type: string}}} | {type: object}
patternProperties | {type: object, patternProperties: {a: {type: string}}} | {type: object}
additionalProperties | {type: object, additionalProperties: false} | {type: object}
unevaluatedProperties | {type: object, unevaluatedProperties: false} | {type: object}
propertyNames | {type: object, propertyNames: {pattern: a}} | {type: object}
dependentSchemas | {type: object, dependentSchemas: {a: {required: [b]}}} | {type: object}
allOf | {allOf: [{type: string}]} | {allOf: [{type: integer}]}
anyOf | {anyOf: [{type: string, maxLength: 1}]} | {anyOf: [{type: string, maxLength: 2}]}
oneOf | {oneOf: [{type: string, maxLength: 1}]} | {oneOf: [{type: string, maxLength: 2}]}
not | {not: {type: string}} | {not: {type: integer}}
if | {if: {type: string}, then: {maxLength: 1}} | {if: {type: string, minLength: 1}, then: {maxLength: 0}}
then | {if: {type: string}, then: {maxLength: 1}} | {if: {type: string}, then: {maxLength: 2}}
else | {if: {type: string}, else: {maximum: 1}} | {if: {type: string}, else: {maximum: 2}}
nullable | {type: string, nullable: true} | {type: string}
discriminator | {type: object, discriminator: {propertyName: a}} | {type: object, discriminator: {propertyName: b}}
readOnly | {type: object, properties: {a: {readOnly: true}}} | {type: object, properties: {a: {}}}
writeOnly | {type: object, properties: {a: {writeOnly: true}}} | {type: object, properties: {a: {}}}
xml | {type: string, xml: {name: a}} | {type: string, xml: {name: b}}
externalDocs | {externalDocs: {url: a}} | {externalDocs: {url: b}}
example | {example: a} | {example: b}
examples | {examples: [a]} | {examples: [b]}
deprecated | {deprecated: true} | {}
title | {title: a} | {title: b}
description | {description: a} | {description: b}
default | {default: a} | {default: b}
contentEncoding | {contentEncoding: base64} | {contentEncoding: base16}
contentMediaType | {contentMediaType: image/png} | {contentMediaType: image/gif}
contentSchema | {contentSchema: {type: string}} | {contentSchema: {type: integer}}
$dynamicRef | {$dynamicRef: '#/components/schemas/A'} | {$dynamicRef: '#/components/schemas/Order'}
x-anything | {x-anything: a} | {x-anything: b}
nobodyKnows | {nobodyKnows: a} | {nobodyKnows: b}
$id | | says where a schema stands, not what it allows
$schema | | the dialect of the description is the only one that is read
$anchor | | a name for references, which are followed
$dynamicAnchor | | a name for references, which are followed
$defs | | what is declared is compared where it is used
$comment | | for those who write the description
$vocabulary | | belongs to meta-schemas
`
	for line := range strings.Lines(strings.TrimSpace(tables)) {
		parts := strings.SplitN(line, "|", 3)
		keyword, before, after := strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), strings.TrimSpace(parts[2])
		t.Run(keyword, func(t *testing.T) {
			if before == "" {
				if after == "" {
					t.Error("nobody says why it is not compared")
				}
				return
			}
			version := "3.1.0"
			if keyword == "nullable" {
				version = "3.0.3"
			}
			for _, pair := range [][2]string{{before, after}, {after, before}} {
				if changes := diffTexts(t, of(version, pair[0]), of(version, pair[1])); len(changes) == 0 {
					t.Errorf("%s became %s without a word", pair[0], pair[1])
				}
			}
		})
	}
}
