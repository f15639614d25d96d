package openapi

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Settings are the section formats.openapi of breakwater.yaml.
type settings struct {
	stripPrefix string   // of paths, so that a move of all of them is none
	extensions  []string // the only extensions that are compared; none: all
	validate    bool     // what is not valid any more is a finding
}

func readSettings(section *document.Node, problems *document.Problems) settings {
	f := problems.Fields(section, "openapi")
	s := settings{stripPrefix: strings.TrimSuffix(f.Text("strip-path-prefix"), "/"), extensions: f.Texts("extensions")}
	s.validate = f.Bool("validate")
	f.Text("preset")
	return s
}
