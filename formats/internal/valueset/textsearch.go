package valueset

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// A textSearch looks for a text of so many characters that is in some languages, not
// in others, and none of some words.
type textSearch struct {
	in, out  []*language
	min, max int // max < 0: no limit
	not      []string

	alphabet []rune
	trie     []map[rune]int32 // of the words in not
	ended    []bool           // a word ends at the node
}

// A textNode is a state of the product that was reached, and how.
type textNode struct {
	parent int32
	by     rune
	states []int32 // of each language, and of the trie (-1: outside)
}

// find returns the shortest such text. Undecided means that it would take too long,
// and No that there is none.
func (s *textSearch) find(spend func(int) bool) (text string, found Verdict) {
	if s.min > maxLength {
		return "", Undecided
	}
	if s.max >= 0 && s.min > s.max {
		return "", No
	}
	if len(s.in)+len(s.out) == 0 {
		return s.plain()
	}
	s.prepare()
	start := make([]int32, len(s.in)+len(s.out)+1)
	nodes := []textNode{{parent: -1, states: start}}
	level := []int32{0}
	seen := make(map[string]bool)
	for length := 0; len(level) > 0 && (s.max < 0 || length <= s.max); length++ {
		for _, n := range level {
			if length >= s.min && s.accepts(nodes[n].states) {
				return s.word(nodes, n), Yes
			}
		}
		if length < s.min {
			clear(seen) // the same state at another length is another one
		}
		var next []int32
		for _, n := range level {
			if !spend(len(s.alphabet)) || len(nodes) > maxStates {
				return "", Undecided
			}
			for _, r := range s.alphabet {
				to := s.step(nodes[n].states, r)
				key := stateKey(to)
				if !seen[key] {
					seen[key] = true
					next = append(next, int32(len(nodes)))
					nodes = append(nodes, textNode{n, r, to})
				}
			}
		}
		level = next
	}
	return "", No
}

// plain finds a text where only its length and some words matter.
func (s *textSearch) plain() (string, Verdict) {
	if s.min == 0 && !slices.Contains(s.not, "") {
		return "", Yes
	}
	if s.max == 0 {
		return "", No
	}
	before := strings.Repeat("a", max(s.min, 1)-1)
	for n := range len(s.not) + 1 {
		last := rune('a' + n)
		if last > 'z' {
			last = rune(0x4e00 + n)
		}
		if text := before + string(last); !slices.Contains(s.not, text) {
			return text, Yes
		}
	}
	return "", Undecided
}

func stateKey(states []int32) string {
	key := make([]byte, 0, 3*len(states))
	for _, s := range states {
		key = binary.AppendVarint(key, int64(s))
	}
	return string(key)
}

func (s *textSearch) step(from []int32, r rune) []int32 {
	to := make([]int32, len(from))
	for i, l := range s.in {
		to[i] = l.step(from[i], r)
	}
	for i, l := range s.out {
		to[len(s.in)+i] = l.step(from[len(s.in)+i], r)
	}
	last := len(from) - 1
	to[last] = -1
	if node := from[last]; node >= 0 {
		if next, ok := s.trie[node][r]; ok {
			to[last] = next
		}
	}
	return to
}

func (s *textSearch) accepts(states []int32) bool {
	for i, l := range s.in {
		if !l.accepts(states[i]) {
			return false
		}
	}
	for i, l := range s.out {
		if l.accepts(states[len(s.in)+i]) {
			return false
		}
	}
	node := states[len(states)-1]
	return node < 0 || !s.ended[node]
}

func (s *textSearch) word(nodes []textNode, n int32) string {
	var runes []rune
	for ; nodes[n].parent >= 0; n = nodes[n].parent {
		runes = append(runes, nodes[n].by)
	}
	slices.Reverse(runes)
	return string(runes)
}

// prepare chooses one character of each kind that the languages tell apart, and
// files the words that are not wanted.
func (s *textSearch) prepare() {
	s.trie, s.ended = []map[rune]int32{{}}, []bool{false}
	cuts := []rune{0, 0xD800, 0xE000}
	for _, word := range s.not {
		node := int32(0)
		for _, r := range word {
			cuts = append(cuts, r, r+1)
			next, ok := s.trie[node][r]
			if !ok {
				next = int32(len(s.trie))
				s.trie, s.ended = append(s.trie, map[rune]int32{}), append(s.ended, false)
				s.trie[node][r] = next
			}
			node = next
		}
		s.ended[node] = true
	}
	all := slices.Concat(s.in, s.out)
	for _, l := range all {
		cuts = append(cuts, l.cuts()...)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	kinds := make(map[string]int)
	for i, from := range cuts {
		to := rune(unicode.MaxRune)
		if i+1 < len(cuts) {
			to = cuts[i+1] - 1
		}
		if from > to || from > unicode.MaxRune || 0xD800 <= from && from < 0xE000 {
			continue
		}
		r := nicest(from, to)
		kind := s.kind(all, r)
		if known, ok := kinds[kind]; !ok {
			kinds[kind] = len(s.alphabet)
			s.alphabet = append(s.alphabet, r)
		} else if niceness(r) < niceness(s.alphabet[known]) {
			s.alphabet[known] = r
		}
	}
	slices.SortFunc(s.alphabet, func(a, b rune) int { return niceness(a) - niceness(b) })
}

// kind is the same for characters that nothing tells apart.
func (s *textSearch) kind(all []*language, r rune) string {
	var key []byte
	for _, l := range all {
		for i := range l.prog.Inst {
			if in := &l.prog.Inst[i]; in.Op >= syntax.InstRune { // it reads a character
				key = append(key, boolByte(in.MatchRune(r)))
			}
		}
		if l.words {
			key = append(key, boolByte(isWord(r)))
		}
	}
	for _, word := range s.not {
		if strings.ContainsRune(word, r) {
			key = append(key, string(r)...)
			break
		}
	}
	return string(key)
}

func isWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
}

// nicest returns the character between from and to that people read best.
func nicest(from, to rune) rune {
	for _, r := range "a0A_-. x1X/" {
		if from <= r && r <= to {
			return r
		}
	}
	if r := max(from, '!'); r <= min(to, '~') {
		return r
	}
	return from
}

func niceness(r rune) int {
	switch {
	case r == 'a':
		return 0
	case r == '0':
		return 1
	case 'a' <= r && r <= 'z':
		return 2 + int(r-'a')
	case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return 40 + int(r)
	case ' ' < r && r <= '~':
		return 200 + int(r)
	case r == ' ':
		return 400
	}
	return 500 + int(r)
}
