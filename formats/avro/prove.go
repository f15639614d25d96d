package avro

import (
	"context"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

func prove(ctx context.Context, base, head *port, c change.Change) *schema.Witness { return nil }
