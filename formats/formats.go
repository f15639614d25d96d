// Package formats lists the schema languages that breakwater reads.
package formats

import (
	"path"

	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats/avro"
	"github.com/breakwater-data/breakwater/formats/dbt"
	"github.com/breakwater-data/breakwater/formats/jsonschema"
	"github.com/breakwater-data/breakwater/formats/odcs"
	"github.com/breakwater-data/breakwater/formats/openslo"
	"github.com/breakwater-data/breakwater/formats/protobuf"
)

// All returns every format. To add one, write its folder and add it here.
func All() []schema.Format {
	return []schema.Format{avro.Format, odcs.Format, protobuf.Format, openslo.Format, dbt.Format, jsonschema.Format}
}

// Unread returns what is known to be a contract and is not read yet.
func Unread() []schema.Recognizer {
	isJSON := func(name string) bool { return path.Ext(name) == ".json" }
	return []schema.Recognizer{
		{Match: odcs.Format.Match, Recognize: odcs.Unread},
		{Match: isJSON, Recognize: protobuf.Unread},
		{Match: avro.MatchUnread, Recognize: avro.Unread},
	}
}
