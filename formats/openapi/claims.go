package openapi

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

func match(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".yaml", ".yml":
		return true
	}
	return false
}

// claims knows a description by its keyword, openapi or swagger, wherever that stands at
// the top.
func claims(name string, text []byte) bool {
	if !bytes.Contains(text, []byte("openapi")) && !bytes.Contains(text, []byte("swagger")) || len(text) > document.MaxBytes {
		return namesItself(text)
	}
	if opening.Match(text[:min(len(text), 4096)]) && (bytes.Contains(text, []byte("paths")) || bytes.Contains(text, []byte("info"))) {
		return true // most do, and need not be read
	}
	n, err := document.Parse(name, text)
	if err != nil {
		return namesItself(text)
	}
	return (n.Get("openapi") != nil || n.Get("swagger").String() != "") && (n.Get("info") != nil || n.Get("paths") != nil)
}

// opening matches what a description of a version that is read begins with.
var opening = regexp.MustCompile(`^\x{FEFF}?(?:\s*\{)?\s*(?:"openapi"|openapi)\s*:\s+["']?3\.`)

// namesItself looks for the keyword at the beginning of a text that cannot be read as a
// whole.
func namesItself(text []byte) bool {
	head := bytes.TrimLeft(text[:min(len(text), 4096)], "\ufeff \t\r\n{")
	for _, keyword := range []string{"openapi", "swagger"} {
		if bytes.HasPrefix(head, []byte(`"`+keyword+`"`)) || bytes.HasPrefix(head, []byte(keyword+":")) {
			return true
		}
	}
	return false
}

// Unread names documents of the version before 2, which are known and not compared.
func Unread(name string, text []byte) (why string, ok bool) {
	if !bytes.Contains(text, []byte("swaggerVersion")) || len(text) > document.MaxBytes {
		return "", false
	}
	n, err := document.Parse(name, text)
	if err != nil || n.Get("swaggerVersion").String() == "" || n.Get("apis") == nil {
		return "", false
	}
	return "Swagger " + short(n.Get("swaggerVersion").String()) + " is not read; convert the document to OpenAPI 3", true
}
