package table_test

import (
	"testing"

	"github.com/breakwater-data/breakwater/checker/ruletest"
	"github.com/breakwater-data/breakwater/formats/internal/table"
	"github.com/breakwater-data/breakwater/formats/odcs"
)

// The rules have no spelling of their own, so their examples are contracts.
func TestRules(t *testing.T) { ruletest.Format(t, odcs.Format, table.Rules()) }
