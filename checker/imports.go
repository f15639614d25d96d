package checker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/consumer/agreements"
	"github.com/breakwater-data/breakwater/checker/consumer/backstage"
	"github.com/breakwater-data/breakwater/checker/consumer/dbt"
	"github.com/breakwater-data/breakwater/checker/consumer/openlineage"
	"github.com/breakwater-data/breakwater/checker/consumer/pact"
	"github.com/breakwater-data/breakwater/checker/consumer/querylog"
	"github.com/breakwater-data/breakwater/checker/consumer/snapshot"
	"github.com/breakwater-data/breakwater/checker/consumer/sqlfiles"
	"github.com/breakwater-data/breakwater/checker/index"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/source"
)

// An importer reads what a file of one kind says of consumers. It returns what it
// could read together with its errors.
type importer func(file string, text []byte, from consumer.Import, queries consumer.Queries) (consumer.Imported, error)

// importerOf returns the importer of a kind that the configuration knows.
func importerOf(kind string) importer {
	return map[string]importer{
		consumer.Agreement:   agreements.Read,
		consumer.Backstage:   backstage.Read,
		consumer.DBT:         dbt.Read,
		consumer.Lock:        importLock,
		consumer.OpenLineage: openlineage.Read,
		consumer.Pact:        pact.Read,
		consumer.QueryLog:    querylog.Read,
		consumer.Snapshot:    snapshot.Read,
		consumer.SQL:         sqlfiles.Read,
	}[kind]
}

// imports lists what the target branch or the head imports.
func (s *survey) imports() []consumer.Import {
	all := slices.Clone(s.gate.Imports)
	for _, im := range s.headGate.Imports {
		if !slices.ContainsFunc(all, func(known consumer.Import) bool { return known.String() == im.String() }) {
			all = append(all, im)
		}
	}
	return all
}

// imported reads what other tools know in tree, and finds the ports that it is about.
func (s *survey) imported(ctx context.Context, side Side, tree *revision.Tree, read map[string]consumer.Imported) (key string, uses []consumer.Use) {
	var keys []string
	var readings []consumer.Reading
	for _, im := range s.imports() {
		names := product.Match(tree, im.Path)
		s.warm(ctx, tree, names)
		if len(names) == 0 {
			s.missingImport(side, im)
		}
		for _, name := range names {
			key, said := s.read(side, tree, name, im, read, importerOf(im.Kind))
			keys = append(keys, key)
			readings = append(readings, said.Readings...)
			for _, note := range said.Notes {
				s.note(side, note)
			}
		}
	}
	if len(readings) == 0 {
		return "", nil
	}
	return strings.Join(keys, "\n"), s.locate(ctx, side, s.lasting(side, readings))
}

// missingImport notes that a source of consumers is not there. It is an error where
// the head could mend it.
func (s *survey) missingImport(side Side, im consumer.Import) {
	s.doubted = true
	own := func(known consumer.Import) bool { return known.String() == im.String() }
	if s.isHead(side) && slices.ContainsFunc(s.headGate.Imports, own) && !s.revs.Replay {
		s.wrong(Head, []*source.Error{source.Errorf(im.Span, "%s", missingImport(im))})
	}
}

// lasting leaves out agreements that have ended, and notes what no longer stands for
// the present.
func (s *survey) lasting(side Side, readings []consumer.Reading) (kept []consumer.Reading) {
	stale := make(map[string]bool) // by file
	for _, r := range readings {
		if r.Evidence.Source == consumer.Agreement && !r.Until.IsZero() && s.Now.After(r.Until) {
			s.note(side, source.Errorf(r.Span, "the agreement of %s ended on %s, so it does not count", r.ID, r.Until.Format(time.DateOnly)))
			continue
		}
		if why := r.Evidence.Stale(s.Now); why != "" {
			s.doubted = true
			if !stale[r.Span.File] {
				stale[r.Span.File] = true
				s.note(side, source.Errorf(r.Span, "%s and maybe others are in doubt, and no registry is complete: %s", r.ID, why))
			}
		}
		kept = append(kept, r)
	}
	return kept
}

// maxNotes bounds what is noted of sources.
const maxNotes = 1000

func (s *survey) note(side Side, e *source.Error) {
	if s.isHead(side) && len(s.notes) < maxNotes {
		s.notes = append(s.notes, e)
	}
}

// isHead reports whether what is read at side is what the head says: where the trees
// are one, it is read as the target branch's.
func (s *survey) isHead(side Side) bool { return side == Head || s.revs.Head == s.revs.Gate }

// read reads one file of registrations, or remembers what it says. The key tells
// apart all that it may say.
func (s *survey) read(side Side, tree *revision.Tree, name string, from consumer.Import, read map[string]consumer.Imported, parse importer) (key string, said consumer.Imported) {
	blob, _ := tree.Blob(name)
	key = fmt.Sprintf("%s\x00%s\x00%s", from, name, blob)
	if said, ok := read[key]; ok {
		return key, said
	}
	if said, ok := index.Get[consumer.Imported](s.Index, key); ok && blob != "" {
		read[key] = said
		return key, said
	}
	text, err := tree.ReadFile(name)
	if err == nil {
		said, err = safely(parse, name, text, from, s.Queries)
	} else {
		err = source.Errorf(source.Top(name), "%w", err)
	}
	s.wrong(side, source.Errors(err))
	if read[key] = said; err == nil && blob != "" {
		index.Put(s.Index, key, said)
	}
	return key, said
}

// safely makes an error of a crash: the gate stays shut.
func safely(parse importer, name string, text []byte, from consumer.Import, queries consumer.Queries) (said consumer.Imported, err error) {
	defer func() {
		if p := recover(); p != nil {
			said, err = consumer.Imported{}, source.Errorf(source.Top(name), "the reader of registrations crashed, which is a defect of breakwater's: %v", p)
		}
	}()
	return parse(name, text, from, queries)
}

// warm reads files ahead that the index does not know.
func (s *survey) warm(ctx context.Context, tree *revision.Tree, names []string) {
	if len(names) > 1 && s.Index.Len() == 0 {
		_ = tree.Warm(ctx, names) // what fails now fails later
	}
}

func missingImport(im consumer.Import) string {
	if im.Git != "" {
		return im.Path + " is not there; run: breakwater registry pull"
	}
	return fmt.Sprintf("no file matches %q, from which consumers are imported", im.Path)
}
