package valueset

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// An Answer is what [Space.Within] says: Yes, No with a value of the one set that is
// not in the other, or Undecided with the reasons.
type Answer struct {
	Verdict
	Witness *Value
	Reasons []Reason
}

// A Reason is what could not be seen through.
type Reason struct {
	Keyword string // empty: it is about the search as a whole
	What    string // a noun phrase: "the pattern ^(?=a)"
	At      source.Span
}

// Within answers whether every value of a is a value of b.
func (s *Space) Within(a, b Set) Answer {
	if a == b || a == None || b == All {
		return Answer{Verdict: Yes}
	}
	if known, ok := s.answers[[2]Set{a, b}]; ok {
		return known
	}
	answer := s.find(a, b.Not())
	switch answer.Verdict {
	case Yes:
		answer.Verdict = No
	case No:
		answer.Verdict = Yes
	}
	s.answers[[2]Set{a, b}] = answer
	return answer
}

// find answers whether there is a value in all of sets: Yes with one, No, or Undecided.
func (s *Space) find(sets ...Set) Answer {
	q := &search{Space: s, left: min(MaxSteps, s.steps), stack: make(map[string]int), low: math.MaxInt}
	before := q.left
	o := q.solve(sets)
	s.steps -= before - q.left
	switch {
	case o.verdict == Undecided && q.left <= 0:
		o = &outcome{reasons: []Reason{{What: fmt.Sprintf("a search of more than %d steps", max(before, 0))}}}
	case o.verdict == Undecided && len(o.reasons) == 0:
		o = &outcome{reasons: []Reason{{What: "values that are too large to be built"}}}
	}
	return Answer{o.verdict, o.value, o.reasons}
}

// Contains answers whether v is in set.
func (s *Space) Contains(set Set, v *Value) Verdict {
	q := &search{Space: s, left: min(MaxSteps, s.steps)}
	return q.eval(set, v)
}

// A search looks for a value that is in several sets at once.
type search struct {
	*Space
	left  int            // steps
	stack map[string]int // the goals that are being searched, with their depth
	low   int            // the outermost goal that an answer relied on as having no value
}

// An outcome says whether there is a value.
type outcome struct {
	verdict Verdict
	value   *Value
	reasons []Reason
}

var nothing = &outcome{verdict: No}

func found(v *Value) *outcome { return &outcome{verdict: Yes, value: v} }

// spend takes n steps, and reports whether there were so many.
func (q *search) spend(n int) bool {
	q.left -= n
	return q.left > 0
}

func (q *search) stuck(keyword, what string, at *document.Node) *outcome {
	return &outcome{reasons: []Reason{{keyword, what, at.At()}}}
}

var tooLong = &outcome{} // the reason is added by whoever asked

// solve looks for a value that is in all of goal.
func (q *search) solve(goal []Set) *outcome {
	goal = slices.Clone(goal)
	slices.Sort(goal)
	goal = slices.Compact(goal)
	if len(goal) > 0 && goal[0] == All {
		goal = goal[1:]
	}
	for i, set := range goal {
		if set == None || i > 0 && set == goal[i-1].Not() && set.denied() {
			return nothing
		}
	}
	key := make([]byte, 0, 4*len(goal))
	for _, set := range goal {
		key = binary.AppendUvarint(key, uint64(set))
	}
	if o, ok := q.memo[string(key)]; ok {
		return o
	}
	if at, ok := q.stack[string(key)]; ok {
		q.low = min(q.low, at)
		return nothing // a smaller value would do
	}
	depth := len(q.stack)
	if depth > maxDepth || !q.spend(1+len(goal)) {
		return tooLong
	}
	outer := q.low
	q.low = math.MaxInt
	q.stack[string(key)] = depth
	o := q.anyType(goal)
	delete(q.stack, string(key))
	independent := q.low >= depth
	if independent {
		q.low = math.MaxInt
	}
	if o.verdict == Yes || independent && q.left > 0 {
		q.memo[string(key)] = o
	}
	q.low = min(outer, q.low)
	return o
}

// anyType tries one type after the other.
func (q *search) anyType(goal []Set) *outcome {
	possible := q.possible(goal)
	result := nothing
	for _, t := range [...]Types{Integer, String, Boolean, Null, Object, Array, Fraction} {
		if possible&t == 0 {
			continue
		}
		b := &branch{search: q, typ: t}
		if result = result.or(b.start(goal)); result.verdict == Yes {
			return result
		}
	}
	return result
}

// or returns what is known if o is one way to a value and p another.
func (o *outcome) or(p *outcome) *outcome {
	switch {
	case o.verdict == Yes || p.verdict == No:
		return o
	case p.verdict == Yes || o.verdict == No:
		return p
	}
	return &outcome{reasons: merged(o.reasons, p.reasons)}
}

func merged(a, b []Reason) []Reason {
	const most = 5
	for _, r := range b {
		if !slices.Contains(a, r) && len(a) < most {
			a = append(a[:len(a):len(a)], r)
		}
	}
	return a
}

// possible returns the types that a value of goal can have at most, at first sight.
func (q *search) possible(goal []Set) Types {
	t := Any
	for _, set := range goal {
		t &= q.typesOf(set, 0)
	}
	return t
}

func (q *search) typesOf(set Set, depth int) Types {
	f := q.of(set)
	switch {
	case f.op == opTypes && set.denied():
		return Any &^ f.types
	case f.op == opTypes:
		return f.types
	case f.op == opEnum && !set.denied():
		t := Types(0)
		for _, v := range f.values {
			t |= v.typ
		}
		return t
	case f.op == opAnd && !set.denied() && depth < 3:
		t := Any
		for _, kid := range f.kids {
			t &= q.typesOf(kid, depth+1)
		}
		return t
	case f.op == opAnd && set.denied() && depth < 3 && len(f.kids) <= maxItems:
		t := Types(0)
		for _, kid := range f.kids {
			t |= q.typesOf(kid.Not(), depth+1)
		}
		return t
	case f.op > opOpaque && set.denied():
		return f.types
	}
	return Any
}

// A branch is one way to satisfy a goal with a value of one type: a list of atoms that
// hold, a list of those that do not, and alternatives that are still open.
type branch struct {
	*search
	typ     Types
	holds   []Set   // atoms, denied or not, that speak of values of the type
	clauses [][]Set // of each, one has to hold
	opened  []Set   // schemas that refer to themselves and were taken apart already
}

func (b *branch) start(goal []Set) *outcome {
	if !b.assert(goal...) {
		return nothing
	}
	return b.run()
}

// assert adds what has to hold, and reports false if it cannot.
func (b *branch) assert(sets ...Set) bool {
	for todo := slices.Clone(sets); len(todo) > 0; {
		set := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !b.spend(1) {
			return true // run notices
		}
		f := b.of(set)
		switch {
		case f.op == opLazy:
			next := b.Of(f.schema)
			if set.denied() {
				next = next.Not()
			}
			if !slices.Contains(b.opened, set) { // a schema that is itself says nothing
				b.opened = append(b.opened, set)
				todo = append(todo, next)
			}
		case f.op == opAnd && !set.denied():
			todo = append(todo, f.kids...)
		case f.op == opAnd:
			clause := make([]Set, len(f.kids))
			for i, kid := range f.kids {
				clause[i] = kid.Not()
			}
			b.clauses = append(b.clauses, clause)
		default:
			switch b.plainly(set) {
			case No:
				return false
			case Undecided:
				if slices.Contains(b.holds, set.Not()) {
					return false
				}
				if !slices.Contains(b.holds, set) {
					b.holds = append(b.holds, set)
				}
			}
		}
	}
	return true
}

// plainly says whether set holds for every value of the type, or for none.
func (b *branch) plainly(set Set) Verdict {
	f := b.of(set)
	var holds bool
	switch {
	case f.op == opAnd || f.op == opLazy || f.op == opEnum || f.op == opOpaque:
		return Undecided
	case f.op == opTypes:
		holds = f.types&b.typ != 0
	case f.types&b.typ == 0:
		holds = true
	default:
		return Undecided
	}
	if holds != set.denied() {
		return Yes
	}
	return No
}

// status says whether set follows from what holds, or contradicts it, at first sight.
func (b *branch) status(set Set, depth int) Verdict {
	f := b.of(set)
	if f.op != opAnd {
		switch v := b.plainly(set); {
		case v != Undecided:
			return v
		case slices.Contains(b.holds, set):
			return Yes
		case slices.Contains(b.holds, set.Not()):
			return No
		}
		return Undecided
	}
	if depth > 2 || len(f.kids) > maxItems {
		return Undecided
	}
	all := Yes
	for _, kid := range f.kids {
		switch b.status(kid, depth+1) {
		case No:
			all = No
		case Undecided:
			if all == Yes {
				all = Undecided
			}
		}
		if all == No {
			break
		}
	}
	if set.denied() {
		return not(all)
	}
	return all
}

// run takes the alternatives apart until only atoms are left.
func (b *branch) run() *outcome {
	for {
		if b.left <= 0 {
			return tooLong
		}
		if !b.propagate() {
			return nothing
		}
		if len(b.clauses) == 0 {
			return b.leaf()
		}
		smallest := 0
		for i, c := range b.clauses {
			if len(c) < len(b.clauses[smallest]) {
				smallest = i
			}
		}
		clause := b.clauses[smallest]
		rest := slices.Delete(slices.Clone(b.clauses), smallest, smallest+1)
		result := nothing
		for _, set := range clause {
			next := &branch{search: b.search, typ: b.typ, holds: slices.Clone(b.holds), clauses: slices.Clone(rest), opened: slices.Clone(b.opened)}
			if !next.assert(set) {
				continue
			}
			if result = result.or(next.run()); result.verdict == Yes {
				break
			}
		}
		return result
	}
}

// propagate drops alternatives that are settled and asserts the only one that is left,
// until nothing follows any more. It reports false if something cannot hold.
func (b *branch) propagate() bool {
	for changed := true; changed; {
		changed = false
		kept := make([][]Set, 0, len(b.clauses))
		clauses := b.clauses
		b.clauses = nil
		for _, clause := range clauses {
			open, settled := clause[:0:0], false
			for _, set := range clause {
				switch b.status(set, 0) {
				case Yes:
					settled = true
				case Undecided:
					open = append(open, set)
				}
				if settled {
					break
				}
			}
			b.spend(1 + len(clause)/4)
			switch {
			case settled:
			case len(open) == 0:
				return false
			case len(open) == 1:
				if !b.assert(open[0]) {
					return false
				}
				changed = true
			default:
				kept = append(kept, open)
			}
		}
		b.clauses = append(kept, b.clauses...)
		if b.left <= 0 {
			return true
		}
	}
	return true
}

// leaf looks for a value of the type for which all of b.holds holds.
func (b *branch) leaf() *outcome {
	for _, set := range b.holds {
		if f := b.of(set); f.op == opEnum && !set.denied() {
			return b.among(f.values)
		}
	}
	switch b.typ {
	case Null:
		return b.among([]*Value{{typ: Null}})
	case Boolean:
		return b.among([]*Value{boolValue(true), boolValue(false)})
	case Integer, Fraction:
		return b.unclear(b.number())
	case String:
		return b.unclear(b.text())
	case Array:
		return b.unclear(b.array())
	}
	return b.unclear(b.object())
}

// among looks through a list of values.
func (b *branch) among(values []*Value) *outcome {
	result := nothing
	for _, v := range values {
		if v.typ != b.typ {
			continue
		}
		holds := Yes
		for _, set := range b.holds {
			if s := b.eval(set, v); s == No {
				holds = No
				break
			} else if s == Undecided {
				holds = Undecided
			}
		}
		switch holds {
		case Yes:
			return found(v)
		case Undecided:
			result = result.or(b.opaques())
		}
	}
	return result
}

// opaques returns what of b.holds nobody can see through.
func (b *branch) opaques() *outcome {
	o := &outcome{}
	for _, set := range b.holds {
		switch f := b.of(set); {
		case f.op == opOpaque:
			o.reasons = merged(o.reasons, []Reason{{f.keyword, f.text, f.at.At()}})
		case f.op == opFormat:
			o.reasons = merged(o.reasons, []Reason{{f.keyword, fmt.Sprintf("the format %q", clip(f.text)), f.at.At()}})
		case f.op == opMatch && b.language(f.text).why != "":
			o.reasons = merged(o.reasons, []Reason{{f.keyword, patternIs(b.language(f.text)), f.at.At()}})
		}
	}
	return o
}

func patternIs(l *language) string {
	return fmt.Sprintf("the pattern %s, which has %s", quote(clip(l.pattern)), l.why)
}

// unclear gives up a value if something unknown would have to hold for it.
func (b *branch) unclear(o *outcome) *outcome {
	if o.verdict != Yes {
		return o
	}
	if unknown := b.opaques(); len(unknown.reasons) > 0 && !b.known(o.value) {
		return unknown
	}
	return o
}

// known reports whether all of b.holds is known to hold for v.
func (b *branch) known(v *Value) bool {
	for _, set := range b.holds {
		if b.eval(set, v) != Yes {
			return false
		}
	}
	return true
}
