package valueset

import (
	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A Kind says what sort of edit a [Difference] is. A rule layer has a rule for each
// kind and direction.
type Kind uint8

const (
	PropertyAdded    Kind = iota // Closed says that the base allowed no such member, Required that it has to be there
	PropertyRemoved              // Closed says that the head allows no such member
	PropertyRequired             // a property that was optional has to be there
	PropertyOptional             // a property that had to be there is optional
	TypeChanged                  // From and To are types
	NullAllowed                  // null is allowed besides what was
	NullForbidden                //
	ValueAdded                   // to a list of values; Key is the value
	ValueRemoved                 //
	ValuesOpened                 // there is no list of values any more
	ValuesClosed                 // there is a list of values now
	BoundChanged                 // of a number, or its divisor
	LengthChanged                // of a text, an array or an object
	PatternChanged               //
	FormatChanged                //
	UniqueChanged                //
	ObjectOpened                 // members that are not listed are allowed
	ObjectClosed                 //
	NamesChanged                 // which names members may have, or what members of some names are
	ItemsChanged                 // how many items are described, or which the array contains
	BranchAdded                  // to anyOf or oneOf
	BranchRemoved                //
	ConditionChanged             // not, if, then, else, or what depends on a member
	SetChanged                   // the values as a whole, where no single keyword tells why
	DefaultChanged               //
	Deprecated                   //
	Undeprecated                 //
	AccessChanged                // readOnly or writeOnly
	TagChanged                   // a keyword of the team's own: x-pii
	UnknownChanged               // a keyword that nobody here understands
	TextChanged                  // title, description and the like
)

// A Difference is one edit, as a person would name it.
type Difference struct {
	Kind Kind

	Path    change.Path // the element: below its definition, where the Comparer knows one
	Keyword string      // the one that was edited; empty: several
	Key     string      // tells apart the differences of one kind at one path

	From, To string // what was and is written; "" for nothing
	Closed   bool
	Required bool

	// Wider answers whether there is a value that the head allows and the base does
	// not, Narrower the reverse: Yes with such a value, No, or Undecided with reasons.
	// Annotations have No for both.
	Wider, Narrower Answer

	Base, Head source.Span // of what was edited, or of what encloses it

	// Place is the element whose schemas differ, which is Path or encloses it. WiderSet
	// holds values of it that show this very difference: the head allows them and the
	// base does not. NarrowerSet holds those that only the base allows.
	Place                 change.Path
	WiderSet, NarrowerSet Set
}

// unchanged is the answer for what decides nothing about values.
var unchanged = Answer{Verdict: No}

// beyond answers whether a has a value that b has not.
func (s *Space) beyond(a, b Set) Answer {
	answer := s.Within(a, b)
	answer.Verdict = not(answer.Verdict)
	return answer
}
