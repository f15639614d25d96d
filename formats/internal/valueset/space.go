package valueset

import (
	"encoding/binary"
	"math/big"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// A Set is a set of values in a [Space]: those that a schema allows. Sets of one space
// are the same if they are ==; the reverse is for [Space.Within] to say.
//
// It is the number of a formula, and its lowest bit denies it.
type Set int32

// The sets that every space has.
const (
	All  Set = 0
	None Set = 1
)

// Not returns the values that are not in s.
func (s Set) Not() Set { return s ^ 1 }

func (s Set) denied() bool { return s&1 == 1 }

// A Space holds sets that can be compared with each other. It is not safe for use by
// several goroutines.
type Space struct {
	formulas []formula
	index    map[string]Set
	schemas  map[*Schema]*compiled
	languages
	steps   int               // left for all questions
	answers map[[2]Set]Answer // of Within
	memo    map[string]*outcome
	key     []byte

	AnyForOne bool // oneOf is read as anyOf; to be set before the first schema is
}

// An op says what a formula means. Those behind and speak of values of some types,
// and hold for any value of another type.
type op uint8

const (
	opAnd      op = iota // all of kids; of none: everything
	opLazy               // the set of a schema that is not taken apart before it has to be
	opTypes              // the value has one of types
	opEnum               // the value is one of values
	opOpaque             // something that nobody understands, called text
	opMin                // bound, strictly above it if strict
	opMax                //
	opMultiple           // of bound
	opMinLen             // count
	opMaxLen             //
	opMatch              // the pattern text
	opFormat             // the format text
	opMinItems           //
	opMaxItems           //
	opUnique             //
	opItem               // kids[0], for the item at count
	opItems              // kids[0], for every item from count on
	opAtLeast            // count items are in kids[0]
	opAtMost             //
	opMinProps           //
	opMaxProps           //
	opRequired           // names[0]
	opProp               // kids[0], for the member names[0]
	opPattern            // kids[0], for members whose name matches text
	opOthers             // kids[0], for members that are not in names and match none of patterns
	opNames              // kids[0], for the names of members
)

type formula struct {
	op       op
	strict   bool
	types    Types // of which an atom speaks
	count    int
	kids     []Set
	bound    *big.Rat
	text     string
	names    []string // sorted
	patterns []string // sorted
	values   []*Value
	schema   *Schema // of opLazy
	at       *document.Node
	keyword  string
}

// NewSpace returns an empty space.
func NewSpace() *Space {
	s := &Space{
		index: make(map[string]Set), schemas: make(map[*Schema]*compiled), steps: MaxAllSteps,
		answers: make(map[[2]Set]Answer), memo: make(map[string]*outcome),
	}
	s.add(formula{op: opAnd})
	return s
}

// add returns the set of f, which is that of an equal formula if there is one.
func (s *Space) add(f formula) Set {
	key := s.key[:0]
	key = append(key, byte(f.op), byte(f.types), boolByte(f.strict))
	key = binary.AppendVarint(key, int64(f.count))
	for _, kid := range f.kids {
		key = binary.AppendVarint(key, int64(kid))
	}
	if f.bound != nil {
		key = append(append(key, 'b'), f.bound.RatString()...)
	}
	text := func(t string) {
		key = binary.AppendVarint(key, int64(len(t)))
		key = append(key, t...)
	}
	text(f.text)
	for _, name := range f.names {
		text(name)
	}
	key = append(key, '/')
	for _, p := range f.patterns {
		text(p)
	}
	for _, v := range f.values {
		text(v.String())
	}
	if f.schema != nil {
		key = binary.AppendVarint(append(key, 's'), int64(len(s.formulas))) // each is its own
	}
	s.key = key
	if set, ok := s.index[string(key)]; ok {
		return set
	}
	set := Set(len(s.formulas) << 1)
	s.formulas = append(s.formulas, f)
	s.index[string(key)] = set
	return set
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (s *Space) of(set Set) *formula { return &s.formulas[set>>1] }

// And returns the values that are in all of sets.
func (s *Space) And(sets ...Set) Set {
	kids := make([]Set, 0, len(sets))
	types := Any
	add := func(set Set) {
		switch f := s.of(set); {
		case f.op == opTypes && set.denied():
			types &^= f.types
		case f.op == opTypes:
			types &= f.types
		default:
			kids = append(kids, set)
		}
	}
	for _, set := range sets {
		if f := s.of(set); f.op == opAnd && !set.denied() {
			for _, kid := range f.kids {
				add(kid)
			}
		} else {
			add(set)
		}
	}
	if types != Any {
		kids = append(kids, s.OfType(types))
	}
	slices.Sort(kids)
	kids = slices.Compact(kids)
	for i := 1; i < len(kids); i++ {
		if kids[i] == kids[i-1].Not() && kids[i].denied() {
			return None
		}
	}
	switch {
	case slices.Contains(kids, None):
		return None
	case len(kids) == 1:
		return kids[0]
	}
	return s.add(formula{op: opAnd, kids: kids})
}

// Or returns the values that are in one of sets, or in several.
func (s *Space) Or(sets ...Set) Set {
	not := make([]Set, len(sets))
	for i, set := range sets {
		not[i] = set.Not()
	}
	return s.And(not...).Not()
}

// OfType returns the values of the given types.
func (s *Space) OfType(t Types) Set {
	switch t & Any {
	case Any:
		return All
	case 0:
		return None
	}
	return s.add(formula{op: opTypes, types: t & Any})
}

// Just returns the set of the given values.
func (s *Space) Just(values ...*Value) Set {
	if len(values) == 0 {
		return None
	}
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, func(a, b *Value) int { return strings.Compare(a.String(), b.String()) })
	sorted = slices.CompactFunc(sorted, (*Value).Equal)
	return s.add(formula{op: opEnum, values: sorted})
}

// opaque returns a set of which is known only why nothing is known of it. Two such sets
// are the same if identity is: it has to hold everything that the set depends on.
func (s *Space) opaque(why, identity string, at *document.Node, keyword string) Set {
	return s.add(formula{op: opOpaque, text: why, names: []string{identity}, at: at, keyword: keyword})
}
