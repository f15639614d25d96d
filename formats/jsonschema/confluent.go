package jsonschema

import "github.com/breakwater-data/breakwater/checker/change"

func confluentDiff(base, head *port) []change.Change { return nil }
