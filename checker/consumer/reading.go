package consumer

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/breakwater-data/breakwater/checker/source"
)

// A Reading is what a tool knows of a consumer: tables and columns, as queries name
// them. Which port serves the table is found out afterwards, and makes it a [Use].
// Where the source names a port or a contract itself, the embedded Use says so.
type Reading struct {
	Use              // who reads, how we know, and which objectives it needs; no Fields
	Table   Table    // which table; empty: the port as a whole
	Columns []Column // empty: all of them

	// Ports is what the source calls the port, where that may be an id of ours or
	// only the last step of one. Each is tried in turn; those that are Given, by the
	// configuration, are all meant.
	Ports []string
	Given bool

	Rows bool // only whether and how many rows there are, and no column

	// Calls is what the source recorded of calls of an API, or of messages, instead of a
	// Table.
	Calls []Call

	// Guess says that Table may be no table at all, only a name in a text.
	Guess bool
}

// A Table is the name of a table in parts, outermost first: database, schema,
// name. Outer parts may be missing.
type Table []string

func (t Table) String() string { return strings.Join(t, ".") }

// Fits returns in how many parts t and u agree, from the name outwards. It is 0
// where they contradict each other: these are two tables. Databases fold the case of
// names in two ways, so case tells nothing apart.
func (t Table) Fits(u Table) int {
	n := min(len(t), len(u))
	for i := 1; i <= n; i++ {
		if !strings.EqualFold(t[len(t)-i], u[len(u)-i]) {
			return 0
		}
	}
	return n
}

// Limits of what a name can be.
const (
	maxParts = 8
	maxName  = 1024 // bytes
)

// ParseTable takes apart a name as queries write it: shop.public."Orders". It
// returns nil for a text that is no name.
func ParseTable(text string) Table {
	if text = strings.TrimSpace(text); text == "" || len(text) > maxName || !utf8.ValidString(text) {
		return nil
	}
	var t Table
	for text != "" {
		part := text
		if end := closing(text[0]); end != 0 {
			i := strings.IndexByte(text[1:], end)
			if i < 0 {
				return nil
			}
			part, text = text[1:i+1], text[i+2:]
			if text != "" && text[0] != '.' {
				return nil
			}
		} else {
			i := strings.IndexByte(text, '.')
			if i < 0 {
				i = len(text)
			}
			part, text = strings.TrimSpace(text[:i]), text[i:]
		}
		if part == "" || len(t) == maxParts {
			return nil
		}
		if t = append(t, part); text == "." {
			return nil
		}
		text = strings.TrimPrefix(text, ".")
	}
	// BigQuery puts all parts into one pair of quotes.
	if len(t) == 1 && strings.Count(t[0], ".") > 0 && strings.Count(t[0], ".") < maxParts {
		return strings.Split(t[0], ".")
	}
	return t
}

// closing returns what closes a quoted name that begins with open, 0 if open does
// not begin one.
func closing(open byte) byte {
	switch open {
	case '"', '`':
		return open
	case '[':
		return ']'
	}
	return 0
}

// A Column is a column that a consumer was seen to read, and what for.
type Column struct {
	Name       string // as queries name it; a part of one: address.city
	Uses       []string
	Values     []string // as in [Need]
	Exhaustive bool
	Perhaps    bool // it may be a column of another table that is read
	Span       source.Span
}

// A TableRead is what queries read of one table.
type TableRead struct {
	Table   Table
	Columns []Column
	All     bool   // every column; Why says why. Neither All nor Columns: only its rows are counted
	Why     string // whose subject is the consumer: "selects *"
	Star    bool   // a star takes every column, and those of tomorrow
	Guess   bool   // it is a name in the text, and may be no table
	Span    source.Span
}

// Queries says what the statements in a text read, in the SQL of dialect, and which
// statements may read tables that are not among reads.
type Queries func(file string, text []byte, dialect string) (reads []TableRead, hiding []Hiding)

// A Hiding is a stretch of SQL that may read tables which nobody can tell, and why.
type Hiding struct {
	Span source.Span
	Why  string // whose subject is the consumer
}

// Read says what a text reads. Without a reader of SQL, and of what it cannot make
// out, every name in the text counts as a table that is read whole: those that no
// port serves fall away later.
func (q Queries) Read(file string, text []byte, dialect string) []TableRead {
	lines := source.NewLines(text)
	if q == nil {
		return mentions(file, text, lines, 0, len(text), "has SQL whose columns are not read")
	}
	reads, hiding := q(file, text, dialect)
	for _, h := range hiding {
		from, to := 0, len(text)
		if h.Span.Start != h.Span.End {
			from, to = offset(lines, h.Span.Start, to), offset(lines, h.Span.End, to)
		}
		reads = append(reads, mentions(file, text, lines, from, to, h.Why)...)
	}
	return reads
}

func offset(lines *source.Lines, pos source.Pos, most int) int {
	return max(0, min(lines.Offset(pos.Line)+pos.Column-1, most))
}

// An Import says where to look for consumers that another tool knows, and what that
// tool does not say itself.
type Import struct {
	Kind       string // one of [Kinds]
	Path       string // a pattern
	Consumer   Consumer
	ObservedAt time.Time // of what carries no date
	Dialect    string
	Git, Rev   string     // where a snapshot or a lock is copied from: an address, and a branch, a tag or a commit; no Git: somewhere else
	Ports      []Provider // the ports of providers that a source calls by names of its own
	Span       source.Span
}

// A Provider is what a source calls those whose ports these are.
type Provider struct {
	Name  string
	Ports []string // their ids
}

// PortsOf returns the ports of a provider; nil: the configuration does not say.
func (im Import) PortsOf(provider string) []string {
	for _, p := range im.Ports {
		if p.Name == provider {
			return p.Ports
		}
	}
	return nil
}

// The kinds of imports.
const (
	Agreement   = "agreement"
	Backstage   = "backstage"
	DBT         = "dbt"
	Lock        = "lock"
	OpenLineage = "openlineage"
	Pact        = "pact"
	QueryLog    = "query-log"
	Snapshot    = "snapshot"
	SQL         = "sql"
)

// Kinds lists every kind of import.
func Kinds() []string {
	return []string{Agreement, Backstage, DBT, Lock, OpenLineage, Pact, QueryLog, Snapshot, SQL}
}

// String says all of it, for a report on what changed: two imports of one text are the
// same.
func (im Import) String() string {
	c := im.Consumer
	text := im.Kind + " " + im.Path
	for _, said := range [][2]string{
		{"id", c.ID}, {"team", c.Team}, {"criticality", c.Criticality}, {"repo", c.Repo}, {"dialect", im.Dialect},
	} {
		if said[1] != "" {
			text += fmt.Sprintf(" %s %q", said[0], said[1])
		}
	}
	if len(c.Owners) > 0 {
		text += fmt.Sprintf(" owners %q", c.Owners)
	}
	for _, p := range im.Ports {
		text += fmt.Sprintf(" %q is %q", p.Name, p.Ports)
	}
	if !im.ObservedAt.IsZero() {
		text += " of " + im.ObservedAt.Format(time.RFC3339)
	}
	return text
}

// Named returns the consumer that a source calls id, with what the configuration
// says of it. A configured id goes before the source's.
func (im Import) Named(id string) Consumer {
	c := im.Consumer
	if c.ID == "" {
		c.ID = id
	}
	return c
}

// Evidence is what a reading of im rests on, seen at a time that its source says; the
// zero time: it says none.
func (im Import) Evidence(at time.Time) Evidence {
	if at.IsZero() {
		at = im.ObservedAt
	}
	return Evidence{Source: im.Kind, ObservedAt: at}
}

// Imported is what a source says.
type Imported struct {
	Readings []Reading
	Notes    []*source.Error // what does not count, and why: no error, and said where somebody asks
}
