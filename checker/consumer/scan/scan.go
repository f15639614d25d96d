// Package scan finds out which elements of a port the files of a consumer read, so
// that a registration takes a minute and not an afternoon.
//
// It reads queries, dbt projects, code that uses generated classes, GraphQL documents
// and Pact files. What it finds is a proposal to a person, who is shown where each
// element was seen; so it keeps to what stands in the text. A name counts where the
// file also names the table or type that has it. It sees no element that is reached
// by a name made at run time, and it may see one of another table that is called the
// same in the same query.
package scan

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/product"
	"github.com/breakwater-data/breakwater/checker/revision"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Limits of one run.
const (
	maxFile  = 4 << 20 // bytes; what is larger is no source that a person wrote
	maxFiles = 50_000
	maxSeen  = 2_000 // elements; who reads more reads the port

	maxNested = 8 // lists of lists
)

// A Seen is an element that a file reads.
type Seen struct {
	Path change.Path // the whole path; empty: all there is, by a star
	Uses []string    // what for, as a registration says it: join, filter
	At   source.Span // where it was seen first
	More int         // in how many other places
	Why  string      // why it is taken to be all there is inside, where no star says so
}

// A Bound is an objective that a file relies on.
type Bound struct {
	Property string // "freshness"
	AtMost   string // "26h"
	At       source.Span
}

// Found is what the files of a consumer read of a port.
type Found struct {
	Fields   []Seen // by path
	Star     *Seen  // a query that takes every column; nil: none does
	SLO      []Bound
	Contacts []consumer.Contact
	Files    int             // that were looked into
	Unread   []*source.Error // what could not be
}

// SQL tells what the statements of a text read; columns tells those of a table whose
// name's last part is given.
type SQL func(file string, text []byte, columns func(table string) ([]string, bool)) []Table

// A Table is what one statement reads of a table.
type Table struct {
	Name    string // its last part; empty: it cannot be told which tables the statement reads
	Star    bool   // every column, whatever there is
	Why     string // why that is so, where no star says it
	At      source.Span
	Columns []Column
}

// A Column is a column that a statement reads; Uses says what for.
type Column struct {
	Name string
	Uses []string
	At   source.Span
}

// Scan looks through the files of tree below from, all of them if it is empty, for
// what the port with this outline serves. A nil sql finds columns by their names.
func Scan(tree *revision.Tree, from []string, o *schema.Outline, sql SQL) *Found {
	if sql == nil {
		sql = byName
	}
	s := &scanner{tree: tree, outline: o, sql: sql, found: new(Found), at: make(map[change.Path]int)}
	s.index()
	for _, name := range s.files(from) {
		s.file(name)
	}
	if s.over {
		s.found.Unread = append(s.found.Unread, source.Errorf(source.Span{}, "more than %d elements are read; none is listed, and the registration counts for the whole port", maxSeen))
		s.found.Fields = nil
	}
	s.drop()
	slices.SortFunc(s.found.Fields, func(a, b Seen) int { return cmp.Compare(a.Path, b.Path) })
	return s.found
}

type scanner struct {
	tree    *revision.Tree
	outline *schema.Outline
	sql     SQL
	found   *Found
	at      map[change.Path]int // where in found.Fields a path stands
	types   map[string][]change.Path
	over    bool // more was seen than there is room for
}

// index finds the declarations by the last step of their names, as code and queries
// name them.
func (s *scanner) index() {
	s.types = make(map[string][]change.Path)
	for decl := range s.outline.Decls {
		_, last := decl.Split()
		if name := bare(last); name != "" {
			s.types[fold(name)] = append(s.types[fold(name)], decl)
		}
	}
	for _, decls := range s.types {
		slices.Sort(decls)
	}
}

// bare returns the name that a step spells; empty if it is none.
func bare(step change.Step) string {
	if step == change.Items || step == change.Values {
		return ""
	}
	return strings.ReplaceAll(strings.ReplaceAll(strings.Trim(string(step), `"`), `\"`, `"`), `\\`, `\`)
}

// fold makes names comparable that differ in case only.
func fold(name string) string { return strings.ToLower(name) }

// files lists what is looked into: the consumer's own sources, no one else's.
func (s *scanner) files(from []string) []string {
	if len(from) == 0 {
		from = []string{"."}
	}
	seen := make(map[string]bool)
	var names []string
	for _, dir := range from {
		dir = path.Clean(dir)
		any := false
		for f := range s.tree.Under(dir) {
			any = true
			if !seen[f.Path] && !product.Foreign(f.Path) && !strings.HasPrefix(f.Path, ".breakwater/") && (readerOf(f.Path) != nil) {
				seen[f.Path] = true
				names = append(names, f.Path)
			}
		}
		if !any {
			if s.tree.Has(dir) {
				names = append(names, dir)
				continue
			}
			s.found.Unread = append(s.found.Unread, source.Errorf(source.Top(dir), "there is no such file or folder here"))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > maxFiles {
		s.found.Unread = append(s.found.Unread, source.Errorf(source.Top(names[maxFiles]), "more than %d files; say --from FOLDER", maxFiles))
		names = names[:maxFiles]
	}
	return names
}

// A reader looks for the port in one kind of file.
type reader func(s *scanner, name string, text []byte)

// readerOf returns what reads files that are called name; nil: nothing does.
func readerOf(name string) reader {
	base := strings.ToLower(path.Base(name))
	switch ext := path.Ext(base); {
	case ext == ".sql":
		return (*scanner).query
	case ext == ".yml" || ext == ".yaml":
		return (*scanner).dbt
	case ext == ".graphql" || ext == ".gql":
		return (*scanner).graphql
	case ext == ".json":
		return (*scanner).pact
	case languages[ext] != nil && !generatedName(base):
		return (*scanner).code
	}
	return nil
}

func (s *scanner) file(name string) {
	read := readerOf(name)
	if read == nil {
		s.found.Unread = append(s.found.Unread, source.Errorf(source.Top(name), "what this file reads cannot be told; known are SQL, dbt, GraphQL, Pact and code"))
		return
	}
	if info, err := s.tree.Stat(name); err == nil && info.Size() > maxFile {
		s.found.Unread = append(s.found.Unread, source.Errorf(source.Top(name), "the file has %d bytes; the most that is read is %d", info.Size(), maxFile))
		return
	}
	text, err := s.tree.ReadFile(name)
	if err != nil {
		s.found.Unread = append(s.found.Unread, source.Errorf(source.Top(name), "%w", err))
		return
	}
	s.found.Files++
	read(s, name, text)
}

// see enters an element that was seen.
func (s *scanner) see(p change.Path, at source.Span, uses ...string) {
	i, ok := s.at[p]
	if !ok {
		if len(s.found.Fields) == maxSeen {
			s.over = true
			return
		}
		s.at[p] = len(s.found.Fields)
		s.found.Fields = append(s.found.Fields, Seen{Path: p, At: at, Uses: uses})
		return
	}
	seen := &s.found.Fields[i]
	if at != seen.At {
		seen.More++
	}
	for _, u := range uses {
		if !slices.Contains(seen.Uses, u) {
			seen.Uses = append(seen.Uses, u)
		}
	}
}

// drop leaves out what was only passed on the way to its members: whoever names it
// would need them all.
func (s *scanner) drop() {
	places := schema.Places{Base: s.outline, Head: s.outline}
	s.found.Fields = slices.DeleteFunc(slices.Clone(s.found.Fields), func(outer Seen) bool {
		return outer.Why == "" && slices.ContainsFunc(s.found.Fields, func(inner Seen) bool {
			if outer.Path.Covers(inner.Path) || inner.Path.Covers(outer.Path) {
				return outer.Path != inner.Path && outer.Path.Covers(inner.Path)
			}
			return s.holds(outer.Path) && places.Meet(outer.Path, inner.Path)
		})
	})
}

// holds reports whether the element at p has members, and not only a value.
func (s *scanner) holds(p change.Path) bool {
	parent, step := p.Split()
	for _, e := range s.outline.Decls[parent] {
		if e.Step == step {
			_, inner := s.inside(p, e.Decl)
			return len(s.outline.Decls[inner]) > 0
		}
	}
	return false
}

// inside follows p, which leads to decl, into lists and maps.
func (s *scanner) inside(p, decl change.Path) (at, inner change.Path) {
	for range maxNested {
		edges := s.outline.Decls[decl]
		if len(edges) != 1 || edges[0].Step != change.Items && edges[0].Step != change.Values {
			break
		}
		p, decl = p.Join(edges[0].Step), edges[0].Decl
	}
	return p, decl
}

// seeStar enters a query that takes all there is.
func (s *scanner) seeStar(at source.Span, why string) {
	if s.found.Star == nil {
		s.found.Star = &Seen{At: at, Why: why}
		return
	}
	s.found.Star.More++
}

// Where says where an element was seen: queries/kpi.sql:3 and 2 more places.
func (s Seen) Where() string {
	where := fmt.Sprintf("%s:%d", s.At.File, s.At.Start.Line)
	switch s.More {
	case 0:
	case 1:
		where += " and 1 more place"
	default:
		where += fmt.Sprintf(" and %d more places", s.More)
	}
	if s.Why != "" {
		where += ": " + s.Why
	}
	return where
}
