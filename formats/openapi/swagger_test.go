package openapi

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
)

// The same interface in Swagger 2.0 and in OpenAPI 3.0.
const (
	inSwagger = `
swagger: "2.0"
info: {title: Orders, version: "1"}
host: api.acme.example
basePath: /v1
schemes: [https]
consumes: [application/json]
produces: [application/json]
securityDefinitions:
  basic: {type: basic}
  key: {type: apiKey, in: header, name: X-Key}
  login: {type: oauth2, flow: accessCode, authorizationUrl: https://a.example, tokenUrl: https://t.example, scopes: {read: reads}}
  machine: {type: oauth2, flow: application, tokenUrl: https://t.example, scopes: {read: reads}}
security: [{key: []}]
parameters:
  limit: {name: limit, in: query, type: integer, format: int32, maximum: 100}
  order: {name: order, in: body, required: true, schema: {$ref: '#/definitions/Order'}}
responses:
  problem: {description: wrong, schema: {type: object, properties: {title: {type: string}}}}
definitions:
  Order:
    type: object
    required: [sku]
    properties:
      sku: {type: string, maxLength: 9}
      note: {type: string, x-nullable: true}
      next: {$ref: '#/definitions/Order'}
      value: {type: string, x-nullable: true}
  Pet: {type: object, discriminator: kind, required: [kind], properties: {kind: {type: string}}}
  Cat: {allOf: [{$ref: '#/definitions/Pet'}, {type: object, properties: {lives: {type: integer}}}]}
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, type: string}]
    get:
      parameters:
        - $ref: '#/parameters/limit'
        - {name: tags, in: query, type: array, items: {type: string}}
        - {name: kinds, in: query, type: array, items: {type: string}, collectionFormat: multi}
        - {name: sizes, in: query, type: array, items: {type: string}, collectionFormat: pipes}
        - {name: X-Trace, in: header, type: string, x-nullable: true}
      responses:
        "200": {description: ok, schema: {$ref: '#/definitions/Order'}, headers: {X-Left: {type: integer}, x-right: {type: string, enum: [a]}}}
        "400": {$ref: '#/responses/problem'}
    put:
      parameters: [{$ref: '#/parameters/order'}]
      responses: {"200": {description: ok, schema: {$ref: '#/definitions/Cat'}}}
    post:
      consumes: [multipart/form-data]
      produces: [application/pdf]
      security: [{login: [read]}]
      parameters:
        - {name: scan, in: formData, type: file, required: true}
        - {name: pages, in: formData, type: array, items: {type: integer}, collectionFormat: multi}
      responses: {"200": {description: ok, schema: {type: file}}}
`
	inOpenAPI = `
openapi: 3.0.3
info: {title: Orders, version: "1"}
servers: [{url: https://api.acme.example/v1}]
security: [{key: []}]
components:
  securitySchemes:
    basic: {type: http, scheme: basic}
    key: {type: apiKey, in: header, name: X-Key}
    login: {type: oauth2, flows: {authorizationCode: {authorizationUrl: https://a.example, tokenUrl: https://t.example, scopes: {read: reads}}}}
    machine: {type: oauth2, flows: {clientCredentials: {tokenUrl: https://t.example, scopes: {read: reads}}}}
  parameters:
    limit: {name: limit, in: query, schema: {type: integer, format: int32, maximum: 100}}
  requestBodies:
    order: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
  responses:
    problem: {description: wrong, content: {application/json: {schema: {type: object, properties: {title: {type: string}}}}}}
  schemas:
    Order:
      type: object
      required: [sku]
      properties:
        sku: {type: string, maxLength: 9}
        note: {type: string, nullable: true}
        next: {$ref: '#/components/schemas/Order'}
        value: {type: string, nullable: true}
    Pet: {type: object, discriminator: {propertyName: kind}, required: [kind], properties: {kind: {type: string}}}
    Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, properties: {lives: {type: integer}}}]}
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      parameters:
        - $ref: '#/components/parameters/limit'
        - {name: tags, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: kinds, in: query, schema: {type: array, items: {type: string}}}
        - {name: sizes, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: string}}}
        - {name: X-Trace, in: header, schema: {type: string, nullable: true}}
      responses:
        "200":
          description: ok
          headers: {X-Left: {schema: {type: integer}}, x-right: {schema: {type: string, enum: [a]}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}
        "400": {$ref: '#/components/responses/problem'}
    put:
      requestBody: {$ref: '#/components/requestBodies/order'}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Cat'}}}}}
    post:
      security: [{login: [read]}]
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [scan]
              properties:
                scan: {type: string, format: binary}
                pages: {type: array, items: {type: integer}}
      responses: {"200": {description: ok, content: {application/pdf: {schema: {type: string, format: binary}}}}}
`
)

func TestMigrationFromSwaggerIsSilent(t *testing.T) {
	for _, pair := range [][2]string{{inSwagger, inOpenAPI}, {inOpenAPI, inSwagger}, {inSwagger, strings.Replace(inOpenAPI, "3.0.3", "3.0.4", 1)}} {
		for _, c := range diffTexts(t, pair[0], pair[1]) {
			t.Errorf("%s at lines %d, %d: %s", c.Rule.ID, c.Base.Start.Line, c.Head.Start.Line, c.Detail)
		}
	}
}

// An edit of a description in Swagger is the finding that it is in OpenAPI 3, at its own
// place.
func TestEditsOfSwagger(t *testing.T) {
	tests := []struct{ name, from, to, want string }{
		{"a definition", "maxLength: 9", "maxLength: 5", "request-length-tightened request.Order.sku"},
		{"null", "x-nullable: true}\n      next", "x-nullable: false}\n      next", "request-field-never-null request.Order.note"},
		{"a shared parameter", "maximum: 100", "maximum: 50", "request-bound-tightened request.components.parameters.limit"},
		{"the host", "host: api", "host: app", "server-removed servers"},
		{"the default media type", "produces: [application/json]", "produces: [application/xml]", "media-type-removed"},
		{"how a list is written", "collectionFormat: pipes", "collectionFormat: ssv", "parameter-encoding-changed"},
		{"how a list is written, without a word for it in 3.0", "collectionFormat: pipes", "collectionFormat: tsv", "not-compared"},
		{"how a list is written in a form", "items: {type: integer}, collectionFormat: multi", "items: {type: integer}", "encoding-changed"},
		{"a field of a form", "type: file, required: true", "type: file", "request-field-optional"},
		{"the tag of alternatives", "discriminator: kind", "discriminator: sort", "discriminator-changed Pet"},
		{"the flow of a security scheme", "flow: application", "flow: password", "security-flow-removed"},
		{"a shared response", "title: {type: string}", "title: {type: integer}", "field-type-changed components.responses.problem.body.title"},
		{"a header that is called like an extension", "enum: [a]", "enum: [a, b]", "enum-value-added"},
		{"a property that is called like a keyword", "value: {type: string, x-nullable: true}", "value: {type: string, x-nullable: false}", "request-field-never-null request.Order.value"},
		{"a shared body", "in: body, required: true", "in: body", "request-body-optional"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			after := strings.Replace(inSwagger, tt.from, tt.to, 1)
			if after == inSwagger {
				t.Fatal("the edit changes nothing")
			}
			line := strings.Count(inSwagger[:strings.Index(inSwagger, tt.from)], "\n") + 1
			var got []string
			for _, c := range diffTexts(t, inSwagger, after) {
				says := c.Rule.Name() + " " + string(c.Path)
				got = append(got, says)
				if strings.Contains(says, tt.want) {
					if c.Base.Start.Line != line {
						t.Errorf("%s is told at line %d, want %d", says, c.Base.Start.Line, line)
					}
					return
				}
			}
			t.Errorf("got %q, want %s", got, tt.want)
		})
	}
}

// What is shared between files is rewritten where it is used.
func TestSwaggerInSeveralFiles(t *testing.T) {
	files := func(maximum, length string) fstest.MapFS {
		return fstest.MapFS{
			"api.yaml": {Data: []byte(`{swagger: "2.0", info: {title: t, version: "1"}, paths: {/a: {get: {parameters: [{$ref: 'shared.yaml#/limit'}, {$ref: 'other.yaml#/parameters/b'}], responses: {"200": {$ref: 'shared.yaml#/ok'}}}}, /b: {$ref: 'shared.yaml#/b'}}}`)},
			"shared.yaml": {Data: []byte(`{limit: {name: limit, in: query, type: integer, maximum: ` + maximum + `}, ok: {description: ok, schema: {$ref: 'other.yaml#/definitions/Order'}},
 b: {get: {parameters: [{name: f, in: formData, type: string}], responses: {"200": {description: d}}}}}`)},
			"other.yaml": {Data: []byte(`{swagger: "2.0", info: {title: o, version: "1"}, parameters: {b: {name: b, in: body, schema: {$ref: '#/definitions/Order'}}}, definitions: {Order: {type: object, properties: {sku: {type: string, maxLength: ` + length + `}}}}, paths: {}}`)},
		}
	}
	read := func(fsys fstest.MapFS) schema.Schema {
		s, err := Format.Load(t.Context(), schema.Request{FS: fsys, Paths: []string{"api.yaml"}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	changes, err := Format.Diff(read(files("9", "9")), read(files("8", "5")))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, c.Rule.Name()+" "+c.Base.File)
	}
	if want := "request-length-tightened other.yaml, response-narrowed other.yaml, request-bound-tightened shared.yaml"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

func TestBadSwagger(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"of another version", `{swagger: "1.2", info: {}, paths: {}}`, "want version 2.0 of Swagger, got \"1.2\""},
		{"beside another version", `{swagger: "2.0", openapi: 3.0.3, info: {}, paths: {}}`, "want one version, got openapi and swagger"},
		{"with a reference to nothing", `{swagger: "2.0", info: {}, paths: {/a: {get: {parameters: [{$ref: '#/parameters/none'}]}}}}`, "leads nowhere"},
		{"with a path that refers to itself", `{swagger: "2.0", info: {}, paths: {/a: {$ref: '#/paths/~1a'}}}`, "leads in a circle"},
		{"with too many media types", `{swagger: "2.0", produces: [` + strings.Repeat("a/b, ", 51) + `], paths: {/a: {get: {responses: {"200": {schema: {}}}}}}}`, "want at most 50 media types"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := loadText(t, tt.text, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
