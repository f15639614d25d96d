package jsonschema

import (
	"bytes"
	"path"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

func match(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".yaml", ".yml", ".jsonschema":
		return true
	}
	return false
}

// claims knows a schema by the dialect that it names, or by what its file is called. A
// document that names a schema for itself, as configurations do, is no schema.
func claims(name string, text []byte) bool {
	called := isCalledSchema(name)
	if !called && !bytes.Contains(text, []byte("$schema")) {
		return false
	}
	if len(text) > document.MaxBytes {
		return called || namesDialect(text[:4096])
	}
	if !called && !namesDialect(text) {
		return false
	}
	n, err := document.Parse(name, text)
	if err != nil {
		return called || namesDialect(text)
	}
	if n == nil || n.Kind != document.Map {
		return false
	}
	if _, ok := dialectOf(n.Get("$schema").String()); ok {
		return true
	}
	if !called || n.Get("$schema") != nil && !strings.Contains(n.Get("$schema").String(), "schema") {
		return false
	}
	for _, keyword := range []string{"type", "properties", "$ref", "allOf", "anyOf", "oneOf", "enum", "const", "$defs", "definitions", "items"} {
		if n.Get(keyword) != nil {
			return n.Get("openapi") == nil && n.Get("asyncapi") == nil
		}
	}
	return false
}

func isCalledSchema(name string) bool {
	base := strings.ToLower(path.Base(name))
	for _, end := range []string{".schema.json", ".schema.yaml", ".schema.yml", ".jsonschema", ".jsonschema.json"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return false
}

func namesDialect(text []byte) bool {
	return bytes.Contains(text, []byte("json-schema.org/")) || bytes.Contains(text, []byte("iglucentral.com/schemas/"))
}
