package document_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"go.yaml.in/yaml/v3"
)

// The readers beside what they are measured against: on YAML, the library alone,
// without the conversion of its nodes; on JSON, encoding/json.
func BenchmarkYAML(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"config of 1,000 ports", configYAML(1000)},
		{"contract of 2,000 columns", contractYAML(2000)},
		{"API of 4 MB", apiYAML(4 << 20)},
	} {
		text := []byte(bb.text)
		bench := func(name string, read func() error) {
			b.Run(bb.name+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					if err := read(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		bench("ours", func() error {
			_, err := document.ParseAll("x.yaml", text)
			return err
		})
		bench("library converted", func() error {
			_, err := document.ParseLibrary("x.yaml", text)
			return err
		})
		bench("library alone", func() error {
			for dec := yaml.NewDecoder(bytes.NewReader(text)); ; {
				var n yaml.Node
				if err := dec.Decode(&n); errors.Is(err, io.EOF) {
					return nil
				} else if err != nil {
					return err
				}
			}
		})
	}
}

func BenchmarkJSON(b *testing.B) {
	var v any
	if err := yaml.Unmarshal([]byte(apiYAML(4<<20)), &v); err != nil {
		b.Fatal(err)
	}
	compact, err := json.Marshal(v)
	if err != nil {
		b.Fatal(err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, compact, "", "  "); err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string][]byte{"compact": compact, "indented": indented.Bytes()} {
		b.Run(name+"/ours", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := document.ParseAll("x.json", text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/encoding", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				var v any
				if err := json.Unmarshal(text, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func configYAML(ports int) string {
	var b strings.Builder
	b.WriteString("version: 1\nports:\n")
	for i := range ports {
		fmt.Fprintf(&b, "  - id: checkout/orders-%d\n    owner: \"@acme/checkout\"\n    files: [contracts/orders-%d/**/*.proto]\n", i, i)
	}
	return b.String()
}

func contractYAML(columns int) string {
	var b strings.Builder
	b.WriteString("apiVersion: v3.1.0\nkind: DataContract\nid: urn:acme:orders\nschema:\n  - name: orders\n    properties:\n")
	for i := range columns {
		fmt.Fprintf(&b, `      - name: column_%d
        businessName: Column number %d
        logicalType: string
        physicalType: varchar(%d)
        required: true
        description: >
          What the column means, in a sentence or two
          that take more than one line.
        classification: internal   # for now
        logicalTypeOptions:
          maxLength: %d
        tags: ['finance', "sales"]
`, i, i, i%255+1, i%255+1)
	}
	return b.String()
}

func apiYAML(size int) string {
	var b strings.Builder
	b.WriteString("openapi: 3.0.3\ninfo:\n  title: Orders\n  version: 1.10.0\npaths:\n")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `  /customers/{customer}/orders-%d:
    get:
      operationId: getOrders%d
      description: "Returns the orders of a customer: open, paid and shipped ones."
      parameters:
      - name: customer
        in: path
        required: true
        schema: {type: string, maxLength: 36}
      - in: query
        name: limit
        schema:
          type: integer
          format: int32
          minimum: 1
          maximum: %d
      responses:
        '200':
          description: |-
            The orders, newest first.
            There may be none.
          content:
            application/json:
              schema:
                type: object
                required:
                - id
                - total
                properties:
                  id:
                    type: string
                    format: uuid
                  total:
                    type: number
                    example: 12.5
                  status:
                    $ref: '#/components/schemas/Status'
        default:
          $ref: '#/components/responses/Error'
`, i, i, i%1000+1)
	}
	b.WriteString("components: {}\n")
	return b.String()
}
