package jsonschema

import (
	"slices"

	"github.com/breakwater-data/breakwater/checker/source/document"
	"github.com/breakwater-data/breakwater/formats/internal/valueset"
)

// Settings are the section formats.jsonschema of breakwater.yaml.
type settings struct {
	profile string           // strict, confluent or confluent-lenient
	dialect valueset.Dialect // of schemas without $schema
}

const (
	strict           = "strict"
	confluent        = "confluent"
	confluentLenient = "confluent-lenient"
)

var dialects = []string{"2020-12", "2019-09", "draft-07", "draft-06", "draft-04"}

func readSettings(section *document.Node, problems *document.Problems) settings {
	f := problems.Fields(section, "jsonschema")
	s := settings{profile: f.OneOf("profile", strict, confluent, confluentLenient)}
	s.dialect = valueset.Dialect(max(slices.Index(dialects, f.OneOf("dialect", dialects...)), 0))
	return s
}
