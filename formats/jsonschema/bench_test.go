package jsonschema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	benchSchemas    = 1000
	benchProperties = 30
)

// benchPair is a schema of 30 properties and an edited copy.
func benchPair(n int) (base, head string) {
	var b strings.Builder
	fmt.Fprintf(&b, `{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Event %d", "type": "object", "required": ["f0", "f1"], "properties": {`, n)
	for i := range benchProperties {
		if i > 0 {
			b.WriteString(",\n")
		}
		switch i % 6 {
		case 0:
			fmt.Fprintf(&b, `"f%d": {"type": "string", "minLength": 1, "maxLength": %d, "description": "The field of the number %d"}`, i, 10+i, i)
		case 1:
			fmt.Fprintf(&b, `"f%d": {"type": "integer", "minimum": 0, "maximum": %d}`, i, 100+i)
		case 2:
			fmt.Fprintf(&b, `"f%d": {"type": ["string", "null"], "pattern": "^[a-z]{%d}-[0-9]+$"}`, i, 1+i%5)
		case 3:
			fmt.Fprintf(&b, `"f%d": {"enum": ["new", "paid", "shipped", "v%d"]}`, i, i)
		case 4:
			fmt.Fprintf(&b, `"f%d": {"type": "array", "items": {"type": "number", "multipleOf": 0.01}, "maxItems": 20}`, i)
		case 5:
			fmt.Fprintf(&b, `"f%d": {"type": "object", "properties": {"street": {"type": "string"}, "zip": {"type": "string", "format": "date"}}, "required": ["zip"]}`, i)
		}
	}
	b.WriteString("}}")
	base = b.String()
	head = strings.Replace(base, `"maximum": 101`, `"maximum": 1010`, 1)
	head = strings.Replace(head, `"shipped", "v9"`, `"shipped", "lost", "v9"`, 1)
	return base, strings.Replace(head, `"f29": `, `"f30": `, 1)
}

// Whole is what a check does: read both sides and compare them.
func BenchmarkWhole(b *testing.B) {
	for b.Loop() {
		for n := range benchSchemas {
			base, head := benchPair(n)
			if changes := compare(b, mustRead(b, base), mustRead(b, head)); len(changes) != 4 {
				b.Fatal(details(changes))
			}
		}
	}
}

// Compile is the floor: what a validator does to get ready.
func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		for n := range benchSchemas {
			base, head := benchPair(n)
			for _, text := range []string{base, head} {
				doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
				if err != nil {
					b.Fatal(err)
				}
				c := jsonschema.NewCompiler()
				if err := c.AddResource("x.json", doc); err != nil {
					b.Fatal(err)
				}
				if _, err := c.Compile("x.json"); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}
