// Package valueset decides whether every value that one schema allows is allowed
// by another. It is what the formats that describe JSON share: JSON Schema of all
// drafts, OpenAPI, AsyncAPI.
//
// # Three answers
//
// [Space.Within] answers yes, which is a proof; no, with a value that shows it; or
// that it cannot decide, with the keyword and the place that it could not see
// through. It never guesses: a format without a known meaning, a pattern that no
// automaton describes and a search that is too long are undecided.
//
// # How it works
//
// A schema is read once into a [Schema], which is plain data: [Read] takes a tree, a
// [Dialect] and a function that resolves references, so it does not know where a
// schema came from. A [Space] turns schemas into formulas: each keyword is an atom ("if
// it is a string, it has at most 5 characters"), and applicators are the boolean
// operations over them. Equal formulas are one, so what two revisions share costs
// nothing to compare.
//
// "Every value of a is one of b" is then "no value is in a and not in b". The search
// for such a value (search.go) fixes its type, takes the formula apart until a list
// of atoms and denied atoms is left, and asks the solver of that type: intervals and
// divisors for numbers, products of automata for texts, and for arrays and objects a
// small set of items or members that have to be there, each of which is a search of
// its own. A value is finite, so a search that meets itself on the way down is given up
// there: if there were a value, there would be a smaller one. That makes recursive
// schemas decidable, and an answer that was found under that assumption is
// remembered only when nothing above it still assumes anything.
//
// # Differences
//
// [Compare] walks two schemas side by side and names what differs the way a person
// would: the property and the keyword, with the answer for either direction. A rule
// layer gives them names and classes.
//
// # Limits
//
// All work is counted in steps and not in time, so the same input has the same
// answer everywhere.
package valueset

// Limits of one comparison. What is beyond them is undecided.
const (
	MaxSteps    = 200_000   // of one question
	MaxAllSteps = 2_000_000 // of all questions to one Space

	maxDepth    = 64      // values within values in a search
	maxStates   = 20_000  // of a product of automata
	maxLength   = 200_000 // characters of a text that is built
	maxItems    = 64      // items or members of a value that is built
	maxPatterns = 8       // patterns by which the names of one object are told apart
	maxClauses  = 20_000  // alternatives of one formula
)

// A Verdict is the answer to a question about sets.
type Verdict uint8

const (
	Undecided Verdict = iota
	Yes
	No
)

func (v Verdict) String() string { return [...]string{"undecided", "yes", "no"}[v] }
