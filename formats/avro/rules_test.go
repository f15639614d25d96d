package avro

import (
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
)

func TestRules(t *testing.T) { ruletest.Format(t, Format, rules) }
