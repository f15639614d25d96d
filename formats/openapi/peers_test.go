package openapi

import (
	"path"
	"strings"
	"testing"
)

// What a rule says that it is also called, the peer has.
func TestPeersExist(t *testing.T) {
	for _, r := range rules.List {
		for _, pattern := range r.Also {
			found := false
			for id := range oasdiffLevels {
				ok, _ := path.Match(strings.TrimPrefix(pattern, oasdiff), id)
				found = found || ok
			}
			if !found {
				t.Errorf("%s: the peer has no check called %s", r.ID, pattern)
			}
		}
	}
}
