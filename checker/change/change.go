// Package change is the vocabulary that formats, policy and reports share:
// what changed, where, by which rule, and whom it can break.
//
// A format walks its two schemas once and makes a [Change] for each edit. The
// change names a [Rule], which says what kind of edit it is: its class for a
// reader of whom nothing is known, the surfaces that it puts at risk, why, and
// what to do instead. It has a [Path], the address that consumers use too. All
// that is decided later, who is hit and what becomes of it, is decided from
// these facts and never from the words in Detail.
package change

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source"
	"golang.org/x/tools/txtar"
)

// A Class says how much a change asks of a consumer.
// The order matters: a policy takes the worst.
type Class uint8

const (
	Compatible Class = iota // no consumer notices
	Risky                   // some consumers notice; look before you merge
	Breaking                // a correct consumer stops working
)

func (c Class) String() string { return classes[c] }

var classes = [...]string{Compatible: "compatible", Risky: "risky", Breaking: "breaking"}

// ParseClass reads what [Class.String] writes.
func ParseClass(text string) (Class, bool) {
	i := slices.Index(classes[:], text)
	return Class(max(i, 0)), i >= 0
}

// A Surface is a way in which a consumer touches a port. A change breaks some
// surfaces and leaves the others whole: renaming a Protobuf field breaks JSON
// and Code, and leaves Wire alone.
type Surface uint16

const (
	Value   Surface = 1 << iota // what is read still decodes, and is gone or means something else
	Wire                        // reads new data in the binary encoding
	JSON                        // reads new data in the JSON encoding
	Replay                      // reads old data with the new schema
	Request                     // sends data: parameters, bodies, inputs
	Query                       // names elements in text of its own: SQL, GraphQL
	Code                        // compiles against generated code
	Promise                     // relies on an SLO or on terms
)

// Overlaps reports whether s and t share a surface.
func (s Surface) Overlaps(t Surface) bool { return s&t != 0 }

var surfaces = [...]string{"value", "wire", "json", "replay", "request", "query", "code", "promise"}

// Names lists the surfaces in s, in the order above.
func (s Surface) Names() []string {
	names := []string{}
	for i, name := range surfaces {
		if s.Overlaps(1 << i) {
			names = append(names, name)
		}
	}
	return names
}

// SurfaceNames lists the name of every surface.
func SurfaceNames() []string { return surfaces[:] }

// ParseSurface reads one name.
func ParseSurface(name string) (Surface, bool) {
	i := slices.Index(surfaces[:], name)
	return 1 << max(i, 0), i >= 0
}

// An Idea is what rules of several formats have in common: avro/field-removed
// and protobuf/field-removed are one idea, which a policy names */field-removed.
type Idea string

// Ideas that the judgement asks about: a consumer's needs, or what became of the
// port as a whole. The others belong to the packages that report them.
const (
	PortRemoved          Idea = "port-removed"
	TypeRemoved          Idea = "type-removed"      // a message, a table: a declaration with all that it holds
	OperationRemoved     Idea = "operation-removed" // a method, an operation: something that is called
	FieldRemoved         Idea = "field-removed"
	FieldAdded           Idea = "field-added"
	FieldMoved           Idea = "field-moved"
	ValueAdded           Idea = "enum-value-added"      // Key is the value
	ValueRemoved         Idea = "enum-value-removed"    // Key is the value
	Closed               Idea = "closed-field-added"    // a member was added to an object that was closed
	ClassificationRaised Idea = "classification-raised" // To is the new label
	QualityRemoved       Idea = "quality-removed"       // Key is the name of the rule
	QualityWeakened      Idea = "quality-weakened"      // Key is the name of the rule
	UnitChanged          Idea = "unit-changed"
	ZoneChanged          Idea = "zone-changed"
	GrainChanged         Idea = "grain-changed"
	OriginChanged        Idea = "origin-changed"
	DefinitionChanged    Idea = "definition-changed"
	IdentifierChanged    Idea = "identifier-changed"
	MeaningUnsaid        Idea = "meaning-unsaid"
	Documentation        Idea = "documentation-changed"
	Drift                Idea = "drift" // To is empty where what was promised is not served any more
	NotCompared          Idea = "not-compared"
	Unreadable           Idea = "unreadable" // nothing can be said of anything
)

// IsRemoval reports whether what changed is gone for whoever reads it. Only what
// is removed has a notice to wait out.
func (i Idea) IsRemoval() bool {
	return i == PortRemoved || i == TypeRemoved || i == OperationRemoved || i == FieldRemoved || i == ValueRemoved
}

// IsMeaning reports whether an element stands for something else now, or may from now
// on, though it looks as before: whoever matches its values with others, joining or
// grouping, gets what does not belong together.
func (i Idea) IsMeaning() bool {
	switch i {
	case UnitChanged, ZoneChanged, GrainChanged, OriginChanged, DefinitionChanged, IdentifierChanged, MeaningUnsaid:
		return true
	}
	return false
}

// IsDeprecation reports whether what changed is announced to go away.
func (i Idea) IsDeprecation() bool { return strings.HasSuffix(string(i), "-deprecated") }

// A Rule names one kind of change. Rules are values: each is declared once, as
// a package variable beside the code that reports it.
type Rule struct {
	ID       string   // "protobuf/field-removed"; never renamed, never reused
	Idea     Idea     // "field-removed"
	Title    string   // one line, as a statement about the change
	Class    Class    // for a correct reader of whom nothing is known
	IfNeeded Class    // for a consumer whose declared need it violates; zero: Breaking
	Breaks   Surface  // the surfaces that it can put at risk
	Why      string   // what goes wrong, and for whom; the first sentence stands alone
	Fix      string   // what to do instead
	Then     string   // what belongs to a removal once it may happen: "reserve its number"; may be empty
	Also     []string // every name that other tools have for it: "buf:FIELD_NO_DELETE"; * stands for any part
}

// Needed returns r's class for a consumer whose declared need it violates.
func (r *Rule) Needed() Class {
	if r.IfNeeded == Compatible { // not said: nobody needs what is compatible
		return Breaking
	}
	return r.IfNeeded
}

// IsAlso reports whether another tool may call r by id.
func (r *Rule) IsAlso(id string) bool {
	return slices.ContainsFunc(r.Also, func(name string) bool { ok, _ := path.Match(name, id); return ok })
}

// Name returns the last part of r's id.
func (r *Rule) Name() string { return path.Base(r.ID) }

// Rules is what one package can report. Examples has a txtar archive
// rules/NAME.txtar for each rule: the files before and after, and the report
// that is wanted. It is the rule's test, and what `breakwater explain` shows.
type Rules struct {
	List     []*Rule
	Examples fs.FS
}

// Example returns the example of r, and false if r is not of these rules.
func (rs Rules) Example(r *Rule) (*txtar.Archive, bool) {
	if !slices.Contains(rs.List, r) {
		return nil, false
	}
	data, err := fs.ReadFile(rs.Examples, "rules/"+r.Name()+".txtar")
	return txtar.Parse(data), err == nil
}

// A Change is one difference between the base and the head of a port.
type Change struct {
	Rule *Rule

	// Path is the element that changed. Decl is empty if Path is where it is
	// declared, and the change then shows wherever that declaration does. A change that
	// means different things at different places (in a request, in a response)
	// is one Change for each: Path is the place, and Decl the declaration that
	// was edited, by which a report puts them on one card.
	Path, Decl Path
	Key        string // tells apart the changes of one rule at one path: an enum value

	From, To string  // canonical facts; an approval holds as long as they do
	Detail   string  // for people, a whole sentence: "Order.id: int32 became int64"; rewording it costs nothing
	Surfaces Surface // the ones at risk here; zero: all that the rule Breaks

	Prose []Prose // the texts for people that changed with it

	Base source.Span // for an addition, zero or the element that it was added to
	Head source.Span // for a removal, the nearest enclosing element that is left
	Also []Peer      // what other tools report for this very change
}

// A Peer is another tool's name for a change, and where that tool points
// if not at Head.
type Peer struct {
	ID       string // "buf:FIELD_NO_DELETE"
	At       source.Span
	Nowhere  bool   // it names no file, although Head does
	Was      string // the file of the base that it is about, if not Base's
	Unstable bool   // what it is about said, in the base, that it may still change: a package v1beta1
}

// IsGone reports whether nothing is left of what c is about for whoever reads it.
func (c Change) IsGone() bool {
	return c.Rule.Idea.IsRemoval() || c.Rule.Idea == Drift && c.To == ""
}

// Breaks returns the surfaces that c puts at risk.
func (c Change) Breaks() Surface { return cmp.Or(c.Surfaces, c.Rule.Breaks) }

// Sort orders changes by where a reader meets them: file, line, column, rule.
func Sort(changes []Change) {
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(
			strings.Compare(a.Head.File, b.Head.File),
			a.Head.Start.Compare(b.Head.Start),
			strings.Compare(a.Rule.ID, b.Rule.ID),
			strings.Compare(string(a.Path), string(b.Path)),
			strings.Compare(a.Key, b.Key),
			strings.Compare(a.From, b.From),
			strings.Compare(a.To, b.To),
		)
	})
}
