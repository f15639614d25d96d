// Package formats lists the schema languages that breakwater reads.
package formats

import (
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/formats/odcs"
)

// All returns every format. To add one, write its folder and add it here.
func All() []schema.Format {
	return []schema.Format{
		odcs.Format,
	}
}
