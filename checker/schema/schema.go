// Package schema is what the checker asks of a schema language, and all that
// it asks. Each language lives in its own folder under formats.
//
// A language is a [Language] value: functions over its own parsed form, which
// nobody else sees. Three things cross the border, because there the domain
// truly is one: changes ([change.Change]), the addresses that a consumer can use
// ([Outline]) and promises ([slo.Objective], [Terms]). Nothing else is shared,
// since one model of all languages would lose what it has no word for, and a
// gate that loses something says "compatible" by mistake.
package schema

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Request says what to load. Everything is read from FS and nowhere else, so
// a git tree, a folder and a fuzz input are the same thing.
type Request struct {
	FS        fs.FS
	Paths     []string       // the port's own files
	Include   []string       // the folders in which imports are looked up
	Root      string         // the type that is served; empty: every type is
	Examples  []string       // files of example data
	Direction Direction      // what consumers do with the port
	Options   *document.Node // the format's section of breakwater.yaml
	Now       time.Time      // when it is judged; zero: not known

	// Like is the port in another revision, or nothing: what is the same there may be
	// used again.
	Like Schema
}

// A Direction says whether consumers read a port, write to it, or both.
type Direction uint8

const (
	Read Direction = iota
	Write
	Both
)

// A Kind is the way in which a port is served.
type Kind string

const (
	Stream Kind = "stream"
	API    Kind = "api"
	SQL    Kind = "sql"
	Files  Kind = "files"
)

// Kinds lists every kind.
func Kinds() []string { return []string{string(Stream), string(API), string(SQL), string(Files)} }

// A Status is a port's place in its life. The empty Status means active: most
// contracts do not say.
type Status string

const (
	Draft      Status = "draft" // and "proposed", in contracts
	Active     Status = "active"
	Deprecated Status = "deprecated"
	Retired    Status = "retired"
)

// Statuses lists every status.
func Statuses() []string {
	return []string{string(Draft), string(Active), string(Deprecated), string(Retired)}
}

// A Language describes one schema language whose parsed form is T. Its fields
// are the whole contract between a format and the checker.
type Language[T any] struct {
	Name  string         // "avro"
	Kind  Kind           // how ports of it are served, where nobody says
	Rules []change.Rules // every rule that Diff can name
	Gaps  []string       // what is not compared, each as a noun phrase for the catalogue

	// Documents says that each file is a whole contract, as with ODCS; otherwise
	// the files of a folder belong together, as with Protobuf.
	Documents bool

	// Match tells by the name alone whether Claims has to look; Claims tells
	// whether the document is of this language.
	Match  func(path string) bool
	Claims func(path string, text []byte) bool

	// Called tells by the name alone that a document is of this language and of no
	// other, where it goes by a name of its own: orders.odcs.yaml. Nil: none does.
	Called func(path string) bool

	// Examples says that Load reads files of example data (Request.Examples).
	Examples bool

	// Load parses a port. It returns what it could read together with its
	// errors: *source.Error, joined when there are several.
	Load func(context.Context, Request) (T, error)

	// Diff reports how head differs from base. It is pure: the same two
	// schemas give the same changes, in any order.
	Diff func(base, head T) []change.Change

	// Outline gives the addresses that a consumer can use. It is asked once, and only
	// if somebody has to know them.
	Outline func(T) *Outline

	// The rest is optional: nil for a language that has no place for it.

	// Options lists the keys of the language's section in breakwater.yaml.
	Options []string

	// Presets lists the presets that the section chooses, or else those that the
	// files of other tools stand for: the ones in configs, which are called as one of
	// Configs is. Its errors are *source.Error, joined when there are several.
	Configs []string
	Presets func(fsys fs.FS, configs []string, section *document.Node) ([]Preset, error)

	// Imports lists the files that Load would read besides r.Paths, and where it
	// would look for them. It may list too many: a port is loaded only if one of its
	// files changed, or one that is listed.
	Imports func(r Request) ([]string, error)

	// Mentions lists what a file imports, each as the end of a path. It follows from
	// the path and the text of that file alone. Imports is asked only about ports with a
	// file that may import what changed; nil: about all. It is asked of every file, so
	// it has to be quick, and it may list too many.
	Mentions func(fsys fs.FS, path string) ([]string, error)

	// At is the Span of the outline, for those who ask for nothing else of it.
	At func(T) source.Span

	// Promises lists the objectives that are written in the schema.
	Promises func(T) []slo.Objective

	// Terms is what the document says of the port as a whole.
	Terms func(T) Terms

	// Ports lists the ports that a claimed document belongs to or declares;
	// documents that name the same ID are one port. It is cheap and may look
	// around in fsys. Where it is nil, each document is a port of its own, named
	// after its file.
	Ports func(fsys fs.FS, path string, text []byte) ([]Port, error)

	// Declared reads two documents that declare ports whose contracts stand in other
	// files, and returns what compares how they declare one of those.
	Declared func(base, head Document) Declared

	// Inputs lists what a claimed document says its product consumes, as ODPS
	// input ports do.
	Inputs func(path string, text []byte) ([]Input, error)

	// Tables lists the tables that the port serves, as queries name them.
	Tables func(T) []Table

	// Usage lists the elements that a consumer's text, such as a query, names.
	Usage func(text string, o *Outline) ([]change.Path, error)

	// Prove looks for a value that shows c, until ctx ends. Nil: none found.
	Prove func(ctx context.Context, base, head T, c change.Change) *Witness

	// Validate says what in a schema its specification does not allow, as far as a
	// comparison need not care. Its errors are *source.Error, joined.
	Validate func(context.Context, T) error
}

// A Port is an output port as a document or breakwater.yaml declares it.
type Port struct {
	ID         string // "checkout/orders": product and name
	ContractID string // the contract's own id, such as a URN
	Version    string // as written
	Owner      string
	Kind       Kind
	Status     Status
	Declared   bool // a document promises it; otherwise it was found by its content
	Paths      []string
	Include    []string
	Root       string
	Span       source.Span // of the declaration; zero: found by content
}

// A Document is a file that declares ports, such as a data product. The zero Document
// is one that is not there.
type Document struct {
	Path string
	Text []byte
}

// Declared compares how two documents declare a port. Head is the zero Port if it is
// not declared any more, and terms are those of head's contract. It may be called
// from several goroutines.
type Declared func(base, head Port, terms Terms) []change.Change

// Terms is what a contract says of its port besides its schema and objectives.
type Terms struct {
	ContractID   string
	Version      string
	VersionAt    source.Span // zero: not said where
	Owner        string
	Kind         Kind
	Status       Status
	Notice       slo.Quantity // before something is removed; zero: not said
	EndOfSupport time.Time    // zero: not said
	Span         source.Span  // of the status, else of the document
}

// A Table is a table that a port serves, as queries name it.
type Table struct {
	Names   [][]string             // what it is called on each server, in parts, outermost first
	Decl    change.Path            // the declaration that describes it
	Columns map[string]change.Path // by the name that queries use, in lower case; a part of one: address.city
}

// A Witness is a concrete value that shows a break.
type Witness struct {
	Written   string         // in text: JSON where the encoding is binary
	ReadAs    string         // what the other revision makes of it
	Encoding  string         // avro, protobuf, json or http
	Surface   change.Surface // the one that it shows broken
	Before    bool           // it was written with the base and is read with the head; otherwise the other way round
	CheckedBy string         // the codec that confirmed it
}

// Reader says who reads what was written: one with the old schema, or the new.
func (w *Witness) Reader() string {
	if w.Before {
		return "new"
	}
	return "old"
}

// String says w in a sentence whose subject is left out.
func (w *Witness) String() string {
	if w.Encoding == "http" { // a message is sent, and not stored to be read later
		if w.Before {
			return fmt.Sprintf("%s, valid before, is %s", w.Written, strings.Replace(w.ReadAs, "not valid", "not valid now", 1))
		}
		return fmt.Sprintf("%s, valid now, was %s", w.Written, strings.Replace(w.ReadAs, "not valid", "not valid before", 1))
	}
	written := map[bool]string{true: "before", false: "now"}[w.Before]
	return fmt.Sprintf("written %s %s is read by the %s reader as %s", written, w.Written, w.Reader(), w.ReadAs)
}

// A Format is a Language with its parsed form hidden, so that languages with
// different forms can stand in one list.
type Format struct {
	Name      string
	Kind      Kind
	Rules     []change.Rules
	Gaps      []string
	Options   []string
	Configs   []string
	Presets   func(fsys fs.FS, configs []string, section *document.Node) ([]Preset, error)
	Documents bool
	Match     func(path string) bool
	Claims    func(path string, text []byte) bool
	Called    func(path string) bool
	Examples  bool
	Load      func(context.Context, Request) (Schema, error)
	Imports   func(Request) ([]string, error)
	Mentions  func(fsys fs.FS, path string) ([]string, error)
	Ports     func(fsys fs.FS, path string, text []byte) ([]Port, error)
	Inputs    func(path string, text []byte) ([]Input, error)
	Declared  func(base, head Document) Declared
	Usage     func(text string, o *Outline) ([]change.Path, error)
	Tables    func(Schema) []Table
	compare   func(base, head Schema) []change.Change
	prove     func(ctx context.Context, base, head Schema, c change.Change) *Witness
	validate  func(context.Context, Schema) error
}

// A Schema is one port's schema at one revision. The zero Schema is that of a port that
// is not there.
type Schema struct {
	form     any
	shows    *shows
	Promises []slo.Objective
	Terms    Terms
}

// Shows is what all copies of a Schema know of its outline.
type shows struct {
	at      source.Span
	outline func() *Outline
	crash   atomic.Pointer[error]
}

// Outline returns the addresses that a consumer can use. They are found when they are
// asked for the first time, which may be from several goroutines.
func (s Schema) Outline() *Outline {
	if s.shows == nil {
		return new(Outline)
	}
	return s.shows.outline()
}

// At is where the document begins: what the Span of the outline says.
func (s Schema) At() source.Span {
	if s.shows == nil {
		return source.Span{}
	}
	if s.shows.at.IsZero() {
		return s.Outline().Span
	}
	return s.shows.at
}

// Crash returns the error of a language that crashed when the outline was asked for,
// which is empty then.
func (s Schema) Crash() error {
	if s.shows == nil || s.shows.crash.Load() == nil {
		return nil
	}
	return *s.shows.crash.Load()
}

// Infix tells the names of documents that say their language before the extension:
// orders.odcs.yaml, or odcs.yaml itself.
func Infix(language string) func(name string) bool {
	return func(name string) bool {
		stem := strings.ToLower(strings.TrimSuffix(path.Base(name), path.Ext(name)))
		return stem == language || strings.HasSuffix(stem, "."+language)
	}
}

// Form returns the parsed form of s, if it is a T.
func Form[T any](s Schema) (form T, ok bool) {
	form, ok = s.form.(T)
	return form, ok
}

// Format hides the type of l's parsed form.
func (l Language[T]) Format() Format {
	f := Format{
		Name: l.Name, Kind: l.Kind, Rules: l.Rules, Gaps: l.Gaps, Options: l.Options, Configs: l.Configs, Presets: l.Presets,
		Documents: l.Documents, Match: l.Match, Claims: l.Claims, Called: l.Called, Examples: l.Examples,
		Imports: l.Imports, Mentions: l.Mentions, Ports: l.Ports, Declared: l.Declared, Inputs: l.Inputs, Usage: l.Usage,
		Load: func(ctx context.Context, r Request) (s Schema, err error) {
			// A crash of a parser is an error of the contract: the gate stays shut.
			defer func() {
				if p := recover(); p != nil {
					s, err = Schema{}, crash(l.Name+" reader", r.Paths, p)
				}
			}()
			form, err := l.Load(ctx, r)
			s = Schema{form: form, shows: l.shows(form, r.Paths)}
			if l.Promises != nil {
				s.Promises = l.Promises(form)
			}
			if l.Terms != nil {
				s.Terms = l.Terms(form)
			}
			return s, err
		},
		compare: func(base, head Schema) []change.Change { return l.Diff(base.form.(T), head.form.(T)) },
	}
	if l.Tables != nil {
		f.Tables = func(s Schema) []Table {
			form, ok := s.form.(T)
			if !ok { // its reader crashed
				return nil
			}
			return l.Tables(form)
		}
	}
	if l.Prove != nil {
		f.prove = func(ctx context.Context, base, head Schema, c change.Change) *Witness {
			return l.Prove(ctx, base.form.(T), head.form.(T), c)
		}
	}
	if l.Validate != nil {
		f.validate = func(ctx context.Context, s Schema) error { return l.Validate(ctx, s.form.(T)) }
	}
	return f
}

// shows makes what is known of the outline of form, as long as nobody has asked for it.
func (l Language[T]) shows(form T, paths []string) *shows {
	s := new(shows)
	if l.At != nil {
		s.at = l.At(form)
	}
	s.outline = sync.OnceValue(func() (o *Outline) {
		defer func() {
			if p := recover(); p != nil {
				err := crash(l.Name+" outline", paths, p)
				s.crash.Store(&err)
				o = new(Outline)
			}
		}()
		return l.Outline(form)
	})
	return s
}

// crash makes an error of the contract out of a panic, with the place in our code.
func crash(what string, paths []string, p any) error {
	span := source.Span{}
	if len(paths) > 0 {
		span = source.Top(paths[0])
	}
	e := source.Errorf(span, "the %s crashed, which is a defect of breakwater's: %v", what, p)
	e.Err = fmt.Errorf("%s", debug.Stack())
	return e
}

// Diff reports how head differs from base, schema and promises alike, in the
// order of [change.Sort]. Both must have been loaded by f, without an error.
func (f Format) Diff(base, head Schema) (changes []change.Change, err error) {
	defer func() {
		if p := recover(); p != nil {
			changes, err = nil, crash(f.Name+" comparison", []string{head.At().File}, p)
		}
	}()
	changes = append(f.compare(base, head), slo.Diff(base.Promises, head.Promises, head.At())...)
	change.Sort(changes)
	return changes, nil
}

// Prove looks for a value that shows c, until ctx ends. A witness adds to a
// finding that stands without it, so a crash of the search only loses it.
func (f Format) Prove(ctx context.Context, base, head Schema, c change.Change) (w *Witness) {
	if f.prove == nil {
		return nil
	}
	defer func() {
		if recover() != nil {
			w = nil
		}
	}()
	return f.prove(ctx, base, head, c)
}

// Validate says what in a schema its specification does not allow. A schema that was
// read with errors is not validated.
func (f Format) Validate(ctx context.Context, s Schema) (err error) {
	if f.validate == nil {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = crash(f.Name+" validation", []string{s.At().File}, p)
		}
	}()
	return f.validate(ctx, s)
}

// A Recognizer knows contracts in a language that is not read yet, so that they
// are named as such and never passed over in silence.
type Recognizer struct {
	Match     func(path string) bool
	Recognize func(path string, text []byte) (why string, ok bool) // "Data Contract Specification 0.9.3 is not read yet"
}

// An Input is what a document says its own product consumes.
type Input struct {
	Consumer   string // the product's name or id
	Owner      string
	ContractID string // of what it reads
	Version    string
	Span       source.Span
}
