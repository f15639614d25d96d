package openapi

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

func validated(t *testing.T, files map[string]string) []*source.Error {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := Format.Load(t.Context(), schema.Request{FS: fsys, Paths: []string{"api/openapi.yaml"}})
	if err != nil {
		t.Fatal(err)
	}
	return source.Errors(Format.Validate(t.Context(), s))
}

const valid = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"

func TestValidation(t *testing.T) {
	ok := "paths:\n  /x:\n    get:\n      responses: {'204': {description: ok}}\n"
	tests := []struct{ name, text, want string }{
		{"a valid description", valid + ok, ""},
		{"a pattern that Go does not know", valid + ok + "components: {schemas: {A: {type: string, pattern: '^(?=a)'}}}\n", ""},
		{"an example that does not fit", valid + ok + "components: {schemas: {A: {type: string, example: 1}}}\n", ""},
		{"3.2", strings.Replace(valid, "3.0.3", "3.2.0", 1) + strings.Replace(ok, "get", "query", 1), ""},
		{"no responses", valid + "paths:\n  /x:\n    get: {}\n", "api/openapi.yaml:5:5: "},
		{"a parameter that the path does not have", valid + "paths:\n  /x/{id}:\n    get:\n      responses: {'204': {description: ok}}\n", "api/openapi.yaml:5:5: "},
		{"a type that is none", valid + ok + "components:\n  schemas:\n    A: {type: text}\n", "api/openapi.yaml:9:5: "},
		{
			"a type that is none, referred to twice",
			valid + strings.ReplaceAll(ok, "description: ok", "description: ok, content: {a/a: {schema: {$ref: '#/components/schemas/A'}}, b/b: {schema: {$ref: '#/components/schemas/A'}}}") +
				"components:\n  schemas:\n    A: {type: text}\n",
			"api/openapi.yaml:9:5: ",
		},
		{"no title", "openapi: 3.0.3\ninfo: {version: '1'}\n" + ok, "api/openapi.yaml:2:1: "},
		{"a schema of itself", valid + ok + "components: {schemas: {A: {allOf: [{$ref: '#/components/schemas/A'}]}}}\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			errs := validated(t, map[string]string{"api/openapi.yaml": tt.text})
			switch {
			case tt.want == "" && len(errs) > 0:
				t.Errorf("got %v", errs)
			case tt.want != "" && (len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), tt.want)):
				t.Errorf("got %v, want one at %s", errs, tt.want)
			}
		})
	}
}

// The validator is given what the description refers to, and nothing else.
func TestValidationReadsTheFilesOfTheTree(t *testing.T) {
	text := valid + "paths:\n  /x:\n    get:\n      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: 'parts/a.yaml#/A'}}}}}\n"
	if errs := validated(t, map[string]string{"api/openapi.yaml": text, "api/parts/a.yaml": "A: {type: string}\n"}); len(errs) > 0 {
		t.Errorf("got %v", errs)
	}
	errs := validated(t, map[string]string{"api/openapi.yaml": text, "api/parts/a.yaml": "A: {type: text}\n"})
	if len(errs) != 1 || !strings.Contains(errs[0].Msg, "text") {
		t.Errorf("got %v, want the type that is none", errs)
	}
}

func TestLargeDescriptionsAreSaidNotToBeValidated(t *testing.T) {
	text := valid + "paths: {}\nx-list: [" + strings.Repeat("1,", maxValidated) + "1]\n"
	errs := validated(t, map[string]string{"api/openapi.yaml": text})
	if len(errs) != 1 || !strings.Contains(errs[0].Msg, "not validated") {
		t.Errorf("got %v", errs)
	}
}
