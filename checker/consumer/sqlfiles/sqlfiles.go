// Package sqlfiles finds out what a consumer reads from the SQL that it runs. The
// text is all there is: who the consumer is, the configuration says.
package sqlfiles

import (
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
)

// MaxBytes is the size of the largest file that is read.
const MaxBytes = 8 << 20

// Read reads the statements of one file.
func Read(file string, text []byte, from consumer.Import, queries consumer.Queries) (consumer.Imported, error) {
	if len(text) > MaxBytes {
		return consumer.Imported{}, source.Errorf(source.Top(file), "the file has %d bytes; the most that is read is %d", len(text), MaxBytes)
	}
	var g consumer.Gatherer
	u := consumer.Use{Consumer: from.Consumer, Evidence: from.Evidence(from.ObservedAt), Span: source.Top(file)}
	g.AddReads(u, queries.Read(file, text, from.Dialect))
	return consumer.Imported{Readings: g.Readings()}, nil
}
