package report

import (
	"io"

	"github.com/breakwater-data/breakwater/checker"
)

// HTML writes
func (o Options) HTML(w io.Writer, r *checker.Result) error { return nil }
