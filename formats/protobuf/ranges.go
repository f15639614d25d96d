package protobuf

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// A span is the numbers from first to last, both included.
type span struct{ first, last int64 }

const maxFieldNumber = 1<<29 - 1

func (s span) String() string {
	switch {
	case s.first == s.last:
		return fmt.Sprint(s.first)
	case s.last == maxFieldNumber || s.last == math.MaxInt32:
		return fmt.Sprintf("%d to max", s.first)
	}
	return fmt.Sprintf("%d to %d", s.first, s.last)
}

func words(spans []span) []string {
	var all []string
	for _, s := range spans {
		all = append(all, s.String())
	}
	return all
}

// fieldRanges reads ranges of a message, whose ends are not included.
func fieldRanges(r protoreflect.FieldRanges) []span {
	var all []span
	for i := range r.Len() {
		all = append(all, span{int64(r.Get(i)[0]), int64(r.Get(i)[1]) - 1})
	}
	return merged(all)
}

// enumRanges reads ranges of an enum, whose ends are included.
func enumRanges(r protoreflect.EnumRanges) []span {
	var all []span
	for i := range r.Len() {
		all = append(all, span{int64(r.Get(i)[0]), int64(r.Get(i)[1])})
	}
	return merged(all)
}

// merged returns the same set of numbers in order, with as few spans as it takes:
// how a set is spelled means nothing.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.first, b.first) })
	var all []span
	for _, s := range spans {
		if n := len(all); n > 0 && s.first <= all[n-1].last+1 {
			all[n-1].last = max(all[n-1].last, s.last)
			continue
		}
		all = append(all, s)
	}
	return all
}

// lostRanges returns the numbers of base that head does not have. Both are merged.
func lostRanges(base, head []span) []span {
	var lost []span
	for _, s := range base {
		for len(head) > 0 && head[0].last < s.first {
			head = head[1:]
		}
		for _, h := range head {
			if h.first > s.last {
				break
			}
			if s.first < h.first {
				lost = append(lost, span{s.first, h.first - 1})
			}
			s.first = h.last + 1
		}
		if s.first <= s.last {
			lost = append(lost, s)
		}
	}
	return lost
}

// A reservedSet is what a message or an enum sets aside. The descriptors' own
// look-ups go through all of it each time.
type reservedSet struct {
	ranges []span
	names  map[protoreflect.Name]bool
}

func newReserved(ranges []span, names protoreflect.Names) reservedSet {
	r := reservedSet{ranges, make(map[protoreflect.Name]bool, names.Len())}
	for i := range names.Len() {
		r.names[names.Get(i)] = true
	}
	return r
}

func (r reservedSet) number(n int64) bool { return has(r.ranges, n) }

// has reports whether merged spans hold n.
func has(spans []span, n int64) bool {
	i, found := slices.BinarySearchFunc(spans, n, func(s span, n int64) int { return cmp.Compare(s.first, n) })
	return found || i > 0 && spans[i-1].last >= n
}

// without returns what r has and head does not.
func (r reservedSet) without(head reservedSet) reservedSet {
	lost := reservedSet{lostRanges(r.ranges, head.ranges), make(map[protoreflect.Name]bool)}
	for name := range r.names {
		if !head.names[name] {
			lost.names[name] = true
		}
	}
	return lost
}

// words lists r as a file would: numbers, then names in quotes.
func (r reservedSet) words() []string {
	all := words(r.ranges)
	for _, name := range slices.Sorted(maps.Keys(r.names)) {
		all = append(all, strconv.Quote(string(name)))
	}
	return all
}
