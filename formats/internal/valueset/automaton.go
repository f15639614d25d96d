package valueset

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
)

// Languages remembers the automata of patterns.
type languages struct{ byPattern map[string]*language }

func (l *languages) language(pattern string) *language {
	found := l.byPattern[pattern]
	if found == nil {
		found = newLanguage(pattern)
		if l.byPattern == nil {
			l.byPattern = make(map[string]*language)
		}
		l.byPattern[pattern] = found
	}
	return found
}

// A language is the set of texts in which a pattern is found: a deterministic
// automaton that is built as far as it is asked for.
type language struct {
	pattern string
	why     string // why there is no automaton; empty if there is one
	prog    *syntax.Prog
	words   bool // the pattern asks for the boundaries of words
	states  []automatonState
	index   map[string]int32
	steps   map[[2]int32]int32
	mark    []uint32 // of each instruction, the last closure that passed it
	turn    uint32
	stack   []uint32
	here    []uint32
}

// An automatonState is where the pattern may be.
type automatonState struct {
	matched  bool // found already, whatever follows
	start    bool
	prevWord bool
	at       []uint32
	accepts  int8 // if the text ends here: 0 is not known yet
}

const maxProgram = 20_000

func newLanguage(pattern string) *language {
	l := &language{pattern: pattern, index: make(map[string]int32), steps: make(map[[2]int32]int32)}
	l.prog, l.why = program(pattern)
	if l.why == "" && len(l.prog.Inst) > maxProgram {
		l.why = "a very long automaton"
	}
	if l.why != "" {
		return l
	}
	for _, in := range l.prog.Inst {
		const atWords = syntax.EmptyWordBoundary | syntax.EmptyNoWordBoundary
		l.words = l.words || in.Op == syntax.InstEmptyWidth && syntax.EmptyOp(in.Arg)&atWords != 0
	}
	l.mark = make([]uint32, len(l.prog.Inst))
	l.state(automatonState{start: true, at: []uint32{uint32(l.prog.Start)}})
	return l
}

// state returns the number of a state; that of the first is 0.
func (l *language) state(s automatonState) int32 {
	key := []byte{boolByte(s.matched)<<2 | boolByte(s.start)<<1 | boolByte(s.prevWord)}
	for _, pc := range s.at {
		key = binary.AppendUvarint(key, uint64(pc))
	}
	if n, ok := l.index[string(key)]; ok {
		return n
	}
	n := int32(len(l.states))
	l.states = append(l.states, s)
	l.index[string(key)] = n
	return n
}

// ends marks the end of a text where a character is expected.
const ends rune = -1

// closure lists the instructions that read a character and can be reached from a
// state before r is read; found reports whether the pattern is found on the way.
func (l *language) closure(s *automatonState, r rune) (at []uint32, found bool) {
	var allowed syntax.EmptyOp
	if s.start {
		allowed |= syntax.EmptyBeginText | syntax.EmptyBeginLine
	}
	if r == ends {
		allowed |= syntax.EmptyEndText | syntax.EmptyEndLine
	}
	if s.prevWord == (r != ends && syntax.IsWordChar(r)) {
		allowed |= syntax.EmptyNoWordBoundary
	} else {
		allowed |= syntax.EmptyWordBoundary
	}
	l.turn++
	l.here = l.here[:0]
	l.stack = append(l.stack[:0], s.at...)
	for len(l.stack) > 0 {
		pc := l.stack[len(l.stack)-1]
		l.stack = l.stack[:len(l.stack)-1]
		if l.mark[pc] == l.turn {
			continue
		}
		l.mark[pc] = l.turn
		switch in := &l.prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			l.stack = append(l.stack, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			l.stack = append(l.stack, in.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(in.Arg)&^allowed == 0 {
				l.stack = append(l.stack, in.Out)
			}
		case syntax.InstMatch:
			return nil, true
		case syntax.InstFail:
		default:
			l.here = append(l.here, pc)
		}
	}
	return l.here, false
}

// step returns the state behind r.
func (l *language) step(from int32, r rune) int32 {
	if l.states[from].matched {
		return from
	}
	if to, ok := l.steps[[2]int32{from, r}]; ok {
		return to
	}
	s := l.states[from]
	at, found := l.closure(&s, r)
	next := automatonState{matched: found}
	if !found {
		next.at = append(next.at, uint32(l.prog.Start)) // the pattern may begin anywhere
		for _, pc := range at {
			if l.prog.Inst[pc].MatchRune(r) {
				next.at = append(next.at, l.prog.Inst[pc].Out)
			}
		}
		slices.Sort(next.at)
		next.at = slices.Compact(next.at)
		next.prevWord = l.words && syntax.IsWordChar(r)
	}
	to := l.state(next)
	l.steps[[2]int32{from, r}] = to
	return to
}

// accepts reports whether the pattern is found in a text that ends in a state.
func (l *language) accepts(state int32) bool {
	s := &l.states[state]
	if s.accepts == 0 {
		_, found := l.closure(s, ends)
		s.accepts = -1
		if found || s.matched {
			s.accepts = 1
		}
	}
	return s.accepts == 1
}

// matches reports whether the pattern is found in text.
func (l *language) matches(text string) bool {
	state := int32(0)
	for _, r := range text {
		state = l.step(state, r)
	}
	return l.accepts(state)
}

// cuts lists the characters at which the pattern may begin to behave in another way.
func (l *language) cuts() (cuts []rune) {
	for _, in := range l.prog.Inst {
		switch in.Op {
		case syntax.InstRune, syntax.InstRune1:
			for i, r := range in.Rune {
				cuts = append(cuts, r+rune(i%2))
			}
			if len(in.Rune) == 1 {
				cuts = append(cuts, in.Rune[0]+1)
			}
		case syntax.InstRuneAnyNotNL:
			cuts = append(cuts, '\n', '\n'+1)
		}
	}
	if l.words {
		cuts = append(cuts, '0', '9'+1, 'A', 'Z'+1, '_', '_'+1, 'a', 'z'+1)
	}
	return cuts
}
