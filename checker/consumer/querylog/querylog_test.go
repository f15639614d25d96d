package querylog

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// The page that documents the columns names each of them.
func TestDocumentedHeaders(t *testing.T) {
	page, err := os.ReadFile("../../../docs/imports.md")
	if err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile(`[a-z_]+`).FindAllString(string(page), -1)
	for _, names := range headers {
		for _, name := range names {
			if !slices.Contains(words, name) {
				t.Errorf("%s is not documented", name)
			}
		}
	}
}
