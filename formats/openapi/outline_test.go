package openapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// shared is a description with one schema that many operations answer with.
func shared(operations int, property string) string {
	var b strings.Builder
	b.WriteString("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n")
	for i := range operations {
		fmt.Fprintf(&b, "  /p%d:\n    get:\n      responses:\n        '200':\n          description: ok\n          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}\n", i)
	}
	b.WriteString("components:\n  schemas:\n    Order: {type: object, properties: {lines: {type: array, items: {$ref: '#/components/schemas/Line'}}}}\n")
	fmt.Fprintf(&b, "    Line: {type: object, properties: {sku: %s, next: {$ref: '#/components/schemas/Line'}}}\n", property)
	return b.String()
}

func TestSharedSchemaIsOneFinding(t *testing.T) {
	base, err := loadText(t, shared(500, "{type: string, maxLength: 5}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	head, err := loadText(t, shared(500, "{type: string, maxLength: 9}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := Format.Diff(base, head)
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) != 1 || changes[0].Path != "Line.sku" {
		t.Fatalf("got %v, want one change of Line.sku", changes)
	}
	shown := schema.Places{Base: base.Outline(), Head: head.Outline()}.Of(changes[0].Path)
	if shown.Total != 500 || shown.Paths[0] != `"/p0".get."200".body.lines[].sku` {
		t.Errorf("got %d places, the first %s", shown.Total, shown.Paths[0])
	}
}

func TestConsumersNameOperationsParametersAndFields(t *testing.T) {
	s, err := loadText(t, `
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    post:
      parameters: [{$ref: '#/components/parameters/Limit'}]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses:
        "200":
          description: ok
          headers: {Next: {schema: {type: string}}}
          content:
            application/json: {schema: {allOf: [{$ref: '#/components/schemas/Order'}, {type: object, properties: {total: {type: number}}}]}}
        "404": {$ref: '#/components/responses/Problem'}
components:
  parameters: {Limit: {name: limit, in: query, schema: {type: integer}}}
  responses: {Problem: {description: no, content: {application/json: {schema: {type: object, properties: {title: {type: string}}}}}}}
  schemas: {Order: {type: object, properties: {tags: {type: object, additionalProperties: {type: string}}, items: {type: array, items: {type: object, properties: {sku: {type: string}}}}}}}
`, nil)
	if err != nil {
		t.Fatal(err)
	}
	places := schema.Places{Base: s.Outline(), Head: s.Outline()}
	for _, text := range []string{
		`"/orders/{}".post`, `"/orders/{}".post.path.id`, `"/orders/{}".post.query.limit`, `"/orders/{}".post.request.body.items[].sku`,
		`"/orders/{}".post."200".body.items[].sku`, `"/orders/{}".post."200".body.total`, `"/orders/{}".post."200".header.Next`,
		`"/orders/{}".post."404".body.title`, `"/orders/{}".post."200".body.tags{}`, `request.Order.tags`,
	} {
		p, err := change.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := places.Resolve(p); err != nil || got != p {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
}
