package valueset

import "slices"

// A demand is something that one item, or one member, has to fulfil.
type demand struct {
	at   int // the item that it is about; -1: any from from on
	from int
	set  Set
	all  int // a number that the demands of one keyword share: they go to different items; 0: none
}

// A counter bounds how many items are in a set.
type counter struct {
	set  Set
	most int
}

// An arraySearch looks for an array.
type arraySearch struct {
	*branch
	min, max int // max < 0: no limit
	prefix   int // items behind it are all alike
	demands  []demand
	counters []counter
	unique   bool
	repeats  bool // some item comes twice
	not      []*Value
	vague    []Reason
	unsure   bool // something was not searched to the end
}

func (b *branch) array() *outcome {
	s := &arraySearch{branch: b, max: -1}
	for _, set := range b.holds {
		if o := s.read(set); o != nil {
			return o
		}
	}
	if s.max >= 0 && s.min > s.max || s.unique && s.repeats {
		return nothing
	}
	if s.repeats {
		return s.twice()
	}
	return s.lengths()
}

// read takes one atom, and returns what is then known of the whole, or nil.
func (s *arraySearch) read(set Set) *outcome {
	f := s.of(set)
	switch {
	case f.op == opMinItems && !set.denied():
		s.min = max(s.min, f.count)
	case f.op == opMinItems:
		s.atMost(f.count - 1)
	case f.op == opMaxItems && !set.denied():
		s.atMost(f.count)
	case f.op == opMaxItems:
		s.min = max(s.min, f.count+1)
	case f.op == opUnique && !set.denied():
		s.unique = true
	case f.op == opUnique:
		s.repeats = true
		s.min = max(s.min, 2)
	case f.op == opItem:
		s.prefix = max(s.prefix, f.count+1)
		if set.denied() {
			s.min = max(s.min, f.count+1)
			s.demands = append(s.demands, demand{at: f.count, set: f.kids[0].Not()})
		}
	case f.op == opItems:
		s.prefix = max(s.prefix, f.count)
		if set.denied() {
			s.min = max(s.min, f.count+1)
			s.demands = append(s.demands, demand{at: -1, from: f.count, set: f.kids[0].Not()})
		}
	case f.op == opAtLeast && !set.denied(), f.op == opAtMost && set.denied():
		return s.atLeast(f, set.denied())
	case f.op == opAtMost:
		s.counters = append(s.counters, counter{f.kids[0], f.count})
	case f.op == opAtLeast:
		s.counters = append(s.counters, counter{f.kids[0], f.count - 1})
	case f.op == opEnum:
		for _, v := range f.values {
			if v.typ == Array {
				s.not = append(s.not, v)
			}
		}
	}
	return nil
}

func (s *arraySearch) atMost(n int) {
	if s.max < 0 || n < s.max {
		s.max = n
	}
	if n < 0 {
		s.min, s.max = 1, 0
	}
}

// atLeast demands items, as many as f counts, or one more than it allows.
func (s *arraySearch) atLeast(f *formula, more bool) *outcome {
	n := f.count
	if more {
		n++
	}
	if n > maxItems {
		return s.stuck(f.keyword, "an array of very many items", f.at)
	}
	s.min = max(s.min, n)
	group := len(s.demands) + 1
	for range n {
		s.demands = append(s.demands, demand{at: -1, set: f.kids[0], all: group})
	}
	return nil
}

// lengths tries one length after the other. What is demanded fits into the items up to
// the prefix and one more for each demand, and each array that is ruled out has one
// length, so longer arrays need not be tried.
func (s *arraySearch) lengths() *outcome {
	last := max(s.min, s.prefix) + len(s.demands) + len(s.not)
	if s.max >= 0 {
		last = min(last, s.max)
	}
	if s.min > maxItems {
		return s.tooMany()
	}
	result := nothing
	for n := s.min; n <= last; n++ {
		if n > maxItems {
			return result.or(s.tooMany())
		}
		if result = result.or(s.place(make([][]Set, n), 0, make([]int, n))); result.verdict == Yes || s.left <= 0 {
			return result
		}
	}
	if result.verdict == No && s.unsure {
		return &outcome{reasons: s.vague}
	}
	return result
}

func (s *arraySearch) tooMany() *outcome {
	for _, set := range s.holds {
		if f := s.of(set); f.op == opMinItems || f.op == opAtLeast || f.op == opItem {
			return s.stuck(f.keyword, "an array of very many items", f.at)
		}
	}
	return tooLong
}

// place gives each demand from the one at i on an item, in every way. groups has the
// group of demands that an item serves already.
func (s *arraySearch) place(items [][]Set, i int, groups []int) *outcome {
	if s.left <= 0 {
		return tooLong
	}
	if i == len(s.demands) {
		return s.count(items)
	}
	d := s.demands[i]
	first, last := d.from, len(items)-1
	if d.at >= 0 {
		first, last = d.at, d.at
	}
	result := nothing
	emptyTail := false // one untouched item behind the prefix stands for all of them
	for at := first; at <= last && at < len(items); at++ {
		if d.all > 0 && groups[at] == d.all {
			continue
		}
		if at >= s.prefix && len(items[at]) == 0 && groups[at] == 0 {
			if emptyTail {
				continue
			}
			emptyTail = true
		}
		next, nextGroups := slices.Clone(items), slices.Clone(groups)
		next[at] = append(slices.Clone(items[at]), d.set)
		if d.all > 0 {
			nextGroups[at] = d.all
		}
		if one := s.solve(s.goal(at, next[at])); one.verdict == No {
			continue
		}
		if result = result.or(s.place(next, i+1, nextGroups)); result.verdict == Yes {
			return result
		}
	}
	return result
}

// goal returns what has to hold for the item at i, besides more.
func (s *arraySearch) goal(i int, more []Set) []Set {
	goal := slices.Clone(more)
	for _, set := range s.holds {
		f := s.of(set)
		if !set.denied() && (f.op == opItem && f.count == i || f.op == opItems && f.count <= i) {
			goal = append(goal, f.kids[0])
		}
	}
	return goal
}

// count decides of each item whether it is one of those that a counter counts.
func (s *arraySearch) count(items [][]Set) *outcome {
	if len(s.counters) == 0 {
		return s.fill(items)
	}
	if len(s.counters) > maxCounters {
		return tooLong
	}
	return s.choose(items, 0, make([]int, len(s.counters)))
}

// maxCounters bounds how many keywords may count the items of one array.
const maxCounters = 6

func (s *arraySearch) choose(items [][]Set, i int, used []int) *outcome {
	if s.left <= 0 || !s.spend(1) {
		return tooLong
	}
	if i == len(items) {
		return s.fill(items)
	}
	result := nothing
	for mask := range 1 << len(s.counters) {
		next, counts := slices.Clone(items), slices.Clone(used)
		fits := true
		for c, counter := range s.counters {
			set := counter.set
			if mask&(1<<c) == 0 {
				set = set.Not()
			} else if counts[c]++; counts[c] > counter.most {
				fits = false
			}
			next[i] = append(slices.Clone(next[i]), set)
		}
		if !fits || s.solve(s.goal(i, next[i])).verdict == No {
			continue
		}
		if result = result.or(s.choose(next, i+1, counts)); result.verdict == Yes {
			return result
		}
	}
	return result
}

// fill finds a value for each item.
func (s *arraySearch) fill(items [][]Set) *outcome {
	values := make([]*Value, len(items))
	for i := range items {
		goal := s.goal(i, items[i])
		if s.unique && i > 0 {
			goal = append(goal, s.Just(values[:i]...).Not())
		}
		o := s.solve(goal)
		if o.verdict == No && s.unique && i > 0 && !s.alike(items[:i+1]) {
			// The items before may have taken what only this one could be.
			s.unsure = true
			s.vague = merged(s.vague, s.uniqueReason())
			return &outcome{reasons: s.vague}
		}
		if o.verdict != Yes {
			return o
		}
		values[i] = o.value
	}
	v := arrayValue(values)
	if !slices.ContainsFunc(s.not, v.Equal) {
		return found(v)
	}
	return s.another(items, values)
}

func (s *arraySearch) uniqueReason() []Reason {
	for _, set := range s.holds {
		if f := s.of(set); f.op == opUnique {
			return []Reason{{f.keyword, "arrays whose items must differ and have few values each", f.at.At()}}
		}
	}
	return nil
}

// alike reports whether the same has to hold for all of items.
func (s *arraySearch) alike(items [][]Set) bool {
	first := s.And(s.goal(0, items[0])...)
	for i := range items {
		if s.And(s.goal(i, items[i])...) != first {
			return false
		}
	}
	return true
}

// another varies an array that is excluded.
func (s *arraySearch) another(items [][]Set, values []*Value) *outcome {
	for i := range items {
		goal := s.goal(i, items[i])
		for _, not := range s.not {
			if i < len(not.items) {
				goal = append(goal, s.Just(not.items[i]).Not())
			}
		}
		if o := s.solve(goal); o.verdict == Yes {
			next := slices.Clone(values)
			next[i] = o.value
			if v := arrayValue(next); s.suitsValue(v) {
				return found(v)
			}
		}
	}
	if len(items) == 0 {
		return nothing // there is one empty array
	}
	return s.excluded()
}

// excluded says that a value was found and is one of those that are ruled out.
func (b *branch) excluded() *outcome {
	for _, set := range b.holds {
		if f := b.of(set); f.op == opEnum {
			return b.stuck("enum", "lists of arrays or objects", f.at)
		}
	}
	return tooLong
}

// twice looks for an array in which an item comes twice.
func (s *arraySearch) twice() *outcome {
	if len(s.demands)+len(s.counters) > 0 {
		return &outcome{reasons: s.uniqueReason()}
	}
	result := nothing
	for j := 1; j <= s.prefix+1 && (s.max < 0 || j < s.max); j++ {
		for i := range j {
			o := s.solve(append(s.goal(i, nil), s.goal(j, nil)...))
			if o.verdict != Yes {
				result = result.or(o)
				continue
			}
			n := max(s.min, j+1)
			if n > maxItems {
				return s.tooMany()
			}
			same := make([][]Set, n)
			same[i], same[j] = []Set{s.Just(o.value)}, []Set{s.Just(o.value)}
			if result = result.or(s.fill(same)); result.verdict == Yes {
				return result
			}
		}
	}
	return result
}
