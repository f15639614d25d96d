package openapi

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// What a description imports is found without reading it where that is sure, and by
// reading it otherwise.
func TestImportsAreFoundHoweverReferencesAreWritten(t *testing.T) {
	tests := []struct {
		name, file, text string
		home             bool // it need not be read
		want             []string
	}{
		{"none", "a.json", `{"openapi": "3.1.0"}`, true, nil},
		{"within", "a.json", `{"a": {"$ref" : "#/b"}, "c": "\u00e9\n\\u0024"}`, true, nil},
		{"within, in YAML", "a.yaml", "a: {$ref: '#/b'}\nb:\n  \"$ref\":\n    \"#/c\"\n", true, nil},
		{"to a file", "a.json", `{"a": {"$ref": "#/b"}, "c": {"$ref": "b.json#/c"}}`, false, []string{"b.json"}},
		{"to a file, bare", "a.yaml", "a:\n  $ref: b.yaml\n", false, []string{"b.yaml"}},
		{"an escaped key", "a.json", `{"a": {"\u0024ref": "b.json"}}`, false, []string{"b.json"}},
		{"an escaped letter", "a.json", `{"a": {"$\u0072ef": "b.json"}}`, false, []string{"b.json"}},
		{"a short escape of YAML", "a.yaml", `a: {"\x24ref": b.yaml}`, false, []string{"b.yaml"}},
		{"a long escape of YAML", "a.yaml", `a: {"\U00000024ref": b.yaml}`, false, []string{"b.yaml"}},
		{"an anchored key", "a.yaml", "a:\n  ? &k $ref\n  : b.yaml\n", false, []string{"b.yaml"}},
		{"a word in a text", "a.json", `{"a": "write $ref for it", "b": {"$ref": "#/a"}}`, false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := staysHome([]byte(tt.text)); got != tt.home {
				t.Errorf("stays home: got %t", got)
			}
			fsys := fstest.MapFS{tt.file: {Data: []byte(tt.text)}}
			got, err := imports(schema.Request{FS: fsys, Paths: []string{tt.file}})
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("imports: got %v, %v, want %v", got, err, tt.want)
			}
			if got, err := mentions(fsys, tt.file); err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("mentions: got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestClaimsKnowsDescriptionsByTheirFirstLineOrByAllOfThem(t *testing.T) {
	for text, want := range map[string]bool{
		"openapi: 3.0.3\ninfo: {}\n":                            true,
		"# ours\nopenapi: '3.1.0'\npaths: {}\n":                 true,
		`{"openapi": "3.0.3", "paths": {}}`:                     true,
		`{"components": {}, "info": {}, "openapi": "3.0.3"}`:    true,
		"openapi: 3.0.3\nservers: []\n":                         false,
		"openapi: true\npaths: [api.yaml]\n":                    true, // a version that is refused where it is read
		"x: 1\nconfig: {openapi: 3.0.3, paths: {}}\n":           false,
		`{"tool": {"openapi": "3.0.3"}, "info": {"name": "x"}}`: false,
		"openapi: 3.0.3\ninfo: {\n":                             true, // it cannot be read, and says what it is
		"openapigen: 3.0.3\npaths: {}\n":                        false,
	} {
		if got := claims("a.yaml", []byte(text)); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
}

// Each file has its limit; a description that is spread over many has one, too.
func TestFilesThatComeToTooMuchAreRefused(t *testing.T) {
	part := "x: [" + strings.Repeat("1,", document.MaxNodes/3) + "1]\n"
	beside := make(map[string]string)
	entry := "openapi: 3.1.0\ninfo: {title: t, version: \"1\"}\npaths: {}\nx-a:\n"
	text := entry + "components:\n  schemas:\n"
	for i := range 4 {
		beside[fmt.Sprintf("p%d.yaml", i)] = part
		text += fmt.Sprintf("    S%d: {$ref: 'p%d.yaml#/x'}\n", i, i)
	}
	if _, err := loadText(t, text, beside); err == nil || !strings.Contains(err.Error(), "hold more than 3000000 keys and values") {
		t.Errorf("got %v", err)
	}
}
