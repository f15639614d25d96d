// Package snapshot reads registrations that stand in another repository, as they were
// when somebody took a copy:
//
//	{"apiVersion": "breakwater/v1", "kind": "Snapshot", "takenAt": "2026-11-20T08:00:00Z",
//	 "from": {"git": "https://…", "rev": "main", "commit": "…"}, "registrations": […]}
//
// Each of registrations is what a file of that repository says. A copy ages: what it
// says is in doubt when it is old, as with everything that was observed.
package snapshot

import (
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/files"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Read reads a snapshot.
func Read(file string, text []byte, _ consumer.Import, _ consumer.Queries) (consumer.Imported, error) {
	doc, err := document.Parse(file, text)
	if err != nil {
		return consumer.Imported{}, err
	}
	if doc == nil {
		return consumer.Imported{}, source.Errorf(source.Top(file), "want a snapshot (kind: Snapshot), got an empty file")
	}
	var problems document.Problems
	f := problems.Fields(doc, "a snapshot")
	f.Require("apiVersion")
	f.OneOf("apiVersion", "breakwater/v1")
	f.Require("kind")
	f.OneOf("kind", "Snapshot")
	f.Require("takenAt")
	taken := f.Date("takenAt")
	from := f.Fields("from")
	from.Text("git")
	from.Text("rev")
	from.Text("commit")
	from.Done()
	uses, err := files.Read(f.List("registrations"))
	f.Done()
	problems.Add(err)
	var all consumer.Imported
	for _, u := range uses {
		if u.Port == "" && u.ContractID == "" {
			continue // which is a problem by now, and nobody's data
		}
		u.Evidence = consumer.Evidence{Source: consumer.Snapshot, ObservedAt: taken}
		all.Readings = append(all.Readings, consumer.Reading{Use: u})
	}
	return all, problems.Err()
}
