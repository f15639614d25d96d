package openapi

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
	"go.yaml.in/yaml/v3"
)

// of makes a description whose one operation takes and returns a schema.
func of(version, text string) string {
	return "openapi: " + version + `
info: {title: t, version: "1"}
paths:
  /x:
    post:
      requestBody: {content: {application/json: {schema: ` + text + `}}}
      responses: {"200": {description: ok, content: {application/json: {schema: ` + text + `}}}}
components:
  schemas:
    A: {type: string, maxLength: 5}
    B: {type: string, maxLength: 5}
    Order: {type: object, properties: {sku: {type: string}, next: {$ref: '#/components/schemas/Order'}}}
`
}

func diffTexts(t testing.TB, before, after string) []change.Change {
	t.Helper()
	base, err := loadText(t, before, nil)
	if err != nil {
		t.Fatal(err)
	}
	head, err := loadText(t, after, nil)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := Format.Diff(base, head)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func TestAnotherSpellingIsNoFinding(t *testing.T) {
	order := `{type: object, properties: {sku: {type: string}, next: {$ref: '#/components/schemas/Order'}}}`
	tests := []struct{ name, was, is, wasVersion, isVersion string }{
		{"nullable and a list of types", `{type: string, nullable: true}`, `{type: [string, "null"]}`, "3.0.3", "3.1.0"},
		{"an upgrade of all there is", `{type: object, properties: {n: {type: integer, minimum: 0, exclusiveMinimum: true}}}`, `{type: object, properties: {n: {type: integer, exclusiveMinimum: 0}}}`, "3.0.3", "3.2.0"},
		{"null beside a reference", `{oneOf: [{$ref: '#/components/schemas/A'}, {type: "null"}]}`, `{anyOf: [{type: "null"}, {$ref: '#/components/schemas/B'}]}`, "3.1.0", "3.1.0"},
		{"inline and by reference", `{type: string, maxLength: 5}`, `{$ref: '#/components/schemas/A'}`, "3.1.0", "3.1.0"},
		{"a renamed component", `{$ref: '#/components/schemas/A'}`, `{$ref: '#/components/schemas/B'}`, "3.1.0", "3.1.0"},
		{"plain and allOf of one", order, `{allOf: [` + order + `]}`, "3.0.3", "3.0.3"},
		{"enum of one and const", `{type: string, enum: [a]}`, `{const: a}`, "3.1.0", "3.1.0"},
		{"enum and oneOf of const", `{type: string, enum: [a, b]}`, `{oneOf: [{const: a, title: A}, {const: b, title: B}]}`, "3.1.0", "3.1.0"},
		{"a bound that another implies", `{type: integer, minimum: 1}`, `{type: integer, minimum: 1, exclusiveMinimum: -3}`, "3.1.0", "3.1.0"},
		{"recursion, once unrolled", `{$ref: '#/components/schemas/Order'}`, order, "3.1.0", "3.1.0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range diffTexts(t, of(tt.wasVersion, tt.was), of(tt.isVersion, tt.is)) {
				if c.Rule.Class != change.Compatible || c.Rule != documentationChanged {
					t.Errorf("%s: %s", c.Rule.ID, c.Detail)
				}
			}
		})
	}
}

func TestParametersMayMoveBetweenPathAndOperation(t *testing.T) {
	write := func(path, operation string) string {
		return "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /x/{id}:\n    parameters: [" + path + "]\n    get:\n      parameters: [" + operation + "]\n      responses: {}\n"
	}
	id, limit := "{name: id, in: path, required: true, schema: {type: string}}", "{name: limit, in: query, schema: {type: integer}}"
	if changes := diffTexts(t, write(id+", "+limit, ""), write(id, limit)); len(changes) > 0 {
		t.Errorf("got %v", changes)
	}
	renamed := strings.ReplaceAll(strings.ReplaceAll(write(id, limit), "{id}", "{orderId}"), "name: id", "name: orderId")
	if changes := diffTexts(t, write(id, limit), renamed); len(changes) > 0 {
		t.Errorf("a renamed path parameter: got %v", changes)
	}
}

// Every description of the corpus is the same as itself, and as itself in JSON.
func TestDescriptionsDoNotDifferFromThemselves(t *testing.T) {
	var cases []peerCase
	ruletest.Corpus(t, "openapi/oasdiff-cases.json", &cases)
	for _, c := range cases {
		s, err := loadText(t, c.Before, c.BeforeFiles)
		if err != nil {
			continue
		}
		var v any
		if yaml.Unmarshal([]byte(c.Before), &v) != nil {
			continue
		}
		twin := s
		if text, err := json.Marshal(v); err == nil {
			if other, err := loadText(t, string(text), c.BeforeFiles); err == nil {
				twin = other
			}
		}
		for _, head := range []schema.Schema{s, twin} {
			changes, err := Format.Diff(s, head)
			if err != nil {
				t.Errorf("%s: %v", c.Name, err)
			}
			for _, one := range changes {
				t.Errorf("%s: %s: %s", c.Name, one.Rule.ID, one.Detail)
			}
		}
	}
}

func TestBadDescriptionsAreErrorsWithAPosition(t *testing.T) {
	const head = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
	tests := []struct{ name, text, want string }{
		{"dangling", head + "paths:\n  /x: {$ref: '#/components/pathItems/X'}\n", `openapi.yaml:4:14: "#/components/pathItems/X" leads nowhere`},
		{"in a circle", head + "components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}}}\n", "leads in a circle"},
		{"remote", head + "components: {schemas: {A: {$ref: 'https://acme.example/a.yaml'}}}\n", "is remote and is not fetched"},
		{"twice", head + "paths: {/x: {}, /x: {}}\n", "openapi.yaml:3:"},
		{"both versions", head + "swagger: '2.0'\n", "want one version"},
		{"another version", "openapi: 4.0.0\npaths: {}\n", "want version 3.0, 3.1 or 3.2"},
		{"paths that collide", head + "paths:\n  /x/{a}: {}\n  /x/{b}: {}\n", "openapi.yaml:5:3: no call can tell this path from /x/{a}"},
		{"too deep", head + "components: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "openapi.yaml:3:"},
		{"too large", head + strings.Repeat("# a comment that goes on and on\n", 3<<19), "the most that is read"},
		{"outside the tree", head + "components: {schemas: {A: {$ref: '../../../etc/passwd'}}}\n", "leads nowhere"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{"openapi.yaml": {Data: []byte(tt.text)}}
			_, err := Format.Load(t.Context(), schema.Request{FS: fsys, Paths: []string{"openapi.yaml"}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			for _, e := range source.Errors(err) {
				if e.Span.IsZero() {
					t.Errorf("%s has no position", e.Msg)
				}
			}
		})
	}
}

// A description that nobody can take apart is no crash, and equals itself.
func FuzzDiff(f *testing.F) {
	f.Add(of("3.0.3", `{type: string, nullable: true}`), of("3.1.0", `{type: [string, "null"]}`))
	f.Add(of("3.1.0", `{$ref: '#/components/schemas/Order'}`), of("3.1.0", `{oneOf: [{$ref: '#/components/schemas/A'}], discriminator: {propertyName: a}}`))
	f.Add(of("3.1.0", `{type: integer, maximum: 1e999999}`), of("3.1.0", `false`))
	f.Add("openapi: 3.1.0\npaths: {/x: {get: {callbacks: {a: {b: {$ref: '#/paths/~1x'}}}}}}", "openapi: 3.1.0\npaths: {/x: {put: 1}}")
	f.Add(inSwagger, inOpenAPI)
	f.Add("swagger: '2.0'\nparameters: {a: {$ref: '#/parameters/b'}, b: {$ref: '#/parameters/a'}}\npaths: {/x: {$ref: '#/paths/~1y'}, /y: {get: {parameters: [{$ref: '#/parameters/a'}, 1], responses: {a: 1}}}}", inSwagger)
	f.Fuzz(func(t *testing.T, before, after string) {
		base, err1 := loadText(t, before, nil)
		head, err2 := loadText(t, after, nil)
		for _, err := range []error{err1, err2} {
			if err != nil && strings.Contains(err.Error(), "crashed") {
				t.Fatal(err)
			}
		}
		for _, s := range []schema.Schema{base, head} {
			if s.Outline(); s.Crash() != nil {
				t.Fatal(s.Crash())
			}
		}
		if err1 != nil || err2 != nil {
			return
		}
		if _, err := Format.Diff(base, head); err != nil {
			t.Fatal(err)
		}
		if same, err := Format.Diff(base, base); err != nil || len(same) > 0 {
			t.Fatalf("differs from itself: %v %v", same, err)
		}
	})
}
