package valueset

import (
	"maps"
	"slices"
	"sort"
)

// An objectSearch looks for an object. Members that have to be there are chosen one
// after the other; each value is a search of its own.
type objectSearch struct {
	*branch
	min, max int // max < 0: no limit
	absent   map[string]bool
	known    []string // every name that is mentioned
	patterns []string // every pattern that tells names apart
	allNames []Set    // for every name
	demands  []nameDemand
	not      []*Value
	unsure   bool // a choice of a name was not taken back
	fresh    int  // names that were made up
	vague    []Reason
}

// A nameDemand is that some member, of a kind that by says, is in set.
type nameDemand struct {
	by   *formula // nil: any member
	set  Set
	name Set // for its name; All: nothing
}

func (b *branch) object() *outcome {
	s := &objectSearch{branch: b, max: -1, absent: make(map[string]bool)}
	members := make(map[string][]Set)
	for _, set := range b.holds {
		s.read(set, members)
	}
	if s.max >= 0 && s.min > s.max {
		return nothing
	}
	sort.Strings(s.known)
	s.known = slices.Compact(s.known)
	slices.Sort(s.patterns)
	s.patterns = slices.Compact(s.patterns)
	uncertain := nothing
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if s.absent[name] {
			return nothing
		}
		switch o := s.member(name, members[name]); o.verdict {
		case No:
			return nothing
		case Undecided:
			uncertain = uncertain.or(o)
		}
	}
	o := s.meet(members, 0)
	if o.verdict == No && s.unsure {
		return &outcome{reasons: s.vague}
	}
	if o.verdict == Undecided && uncertain.verdict == Undecided {
		return o.or(uncertain)
	}
	return o
}

// read takes one atom. What has to be there goes to members.
func (s *objectSearch) read(set Set, members map[string][]Set) {
	f := s.of(set)
	s.known = append(s.known, f.names...)
	denied := set.denied()
	switch f.op {
	case opMinProps:
		if denied {
			s.atMost(f.count - 1)
		} else {
			s.min = max(s.min, f.count)
		}
	case opMaxProps:
		if denied {
			s.min = max(s.min, f.count+1)
		} else {
			s.atMost(f.count)
		}
	case opRequired:
		if name := f.names[0]; denied {
			s.absent[name] = true
		} else {
			members[name] = append(members[name], All)
		}
	case opProp:
		if name := f.names[0]; denied {
			members[name] = append(members[name], f.kids[0].Not())
		}
	case opPattern, opOthers:
		if f.op == opPattern {
			s.patterns = append(s.patterns, f.text)
		}
		s.patterns = append(s.patterns, f.patterns...)
		if denied {
			s.demands = append(s.demands, nameDemand{by: f, set: f.kids[0].Not(), name: All})
		}
	case opNames:
		if denied {
			s.demands = append(s.demands, nameDemand{set: All, name: f.kids[0].Not()})
		} else {
			s.allNames = append(s.allNames, f.kids[0])
		}
	case opEnum:
		for _, v := range f.values {
			if v.typ == Object {
				s.not = append(s.not, v)
			}
		}
	}
}

func (s *objectSearch) atMost(n int) {
	if s.max < 0 || n < s.max {
		s.max = n
	}
	if n < 0 {
		s.min, s.max = 1, 0
	}
}

// member looks for a value of the member called name.
func (s *objectSearch) member(name string, more []Set) *outcome {
	for _, set := range s.allNames {
		switch s.eval(set, textValue(name)) {
		case No:
			return nothing
		case Undecided:
			return s.opaqueNames()
		}
	}
	goal, perhaps := s.goal(name, more)
	return s.either(goal, perhaps)
}

// either looks for a value that is in all of goal, where it cannot be told whether it
// has to be in perhaps as well. One that is in all of them will do.
func (s *objectSearch) either(goal, perhaps []Set) *outcome {
	if len(perhaps) == 0 {
		return s.solve(goal)
	}
	if o := s.solve(slices.Concat(goal, perhaps)); o.verdict == Yes {
		return o
	}
	if s.solve(goal).verdict == No {
		return nothing
	}
	return s.opaqueNames()
}

// goal lists what has to hold for the value of the member called name, besides more,
// and what has to if a pattern that cannot be seen through matches the name.
func (s *objectSearch) goal(name string, more []Set) (goal, perhaps []Set) {
	goal = slices.Clone(more)
	for _, set := range s.holds {
		f := s.of(set)
		if set.denied() || f.op != opProp && f.op != opPattern && f.op != opOthers {
			continue
		}
		switch s.covers(f, name) {
		case Yes:
			goal = append(goal, f.kids[0])
		case Undecided:
			perhaps = append(perhaps, f.kids[0])
		}
	}
	return goal, perhaps
}

// opaqueNames says which patterns of names cannot be seen through.
func (s *objectSearch) opaqueNames() *outcome {
	for _, set := range s.holds {
		f := s.of(set)
		for _, pattern := range append(slices.Clone(f.patterns), f.text) {
			if f.op != opPattern && f.op != opOthers || pattern == "" {
				continue
			}
			if l := s.language(pattern); l.why != "" {
				return s.stuck(f.keyword, patternIs(l), f.at)
			}
		}
		if f.op == opNames {
			return s.stuck(f.keyword, "the names of members", f.at)
		}
	}
	return tooLong
}

// meet gives each demand from the one at i on a member, in every way.
func (s *objectSearch) meet(members map[string][]Set, i int) *outcome {
	if s.left <= 0 {
		return tooLong
	}
	if s.max >= 0 && len(members) > s.max {
		return nothing
	}
	if i == len(s.demands) {
		return s.fill(members)
	}
	d := s.demands[i]
	result := nothing
	try := func(name string) bool {
		next := maps.Clone(members)
		next[name] = append(slices.Clone(next[name]), d.set)
		if o := s.member(name, next[name]); o.verdict != Yes {
			result = result.or(o)
			return false
		}
		result = result.or(s.meet(next, i+1))
		return result.verdict == Yes
	}
	names := slices.Sorted(maps.Keys(members))
	for _, name := range s.known {
		if _, ok := members[name]; !ok && !s.absent[name] {
			names = append(names, name)
		}
	}
	for _, name := range names {
		switch s.isFor(d, name) {
		case Yes:
			if try(name) {
				return result
			}
		case Undecided:
			result = result.or(s.opaqueNames())
		}
	}
	return result.or(s.invent(members, d, func(name string) *outcome {
		s.fresh++
		next := maps.Clone(members)
		next[name] = []Set{d.set}
		return s.meet(next, i+1)
	}))
}

// isFor says whether the member called name can be the one that d demands.
func (s *objectSearch) isFor(d nameDemand, name string) Verdict {
	if d.name != All {
		if v := s.eval(d.name, textValue(name)); v != Yes {
			return v
		}
	}
	if d.by == nil {
		return Yes
	}
	return s.covers(d.by, name)
}

// invent makes up names that are not mentioned and fulfil d, one of each kind that the
// patterns tell apart, and goes on with each.
func (s *objectSearch) invent(members map[string][]Set, d nameDemand, then func(name string) *outcome) *outcome {
	var patterns []string
	for _, p := range s.patterns {
		if s.language(p).why == "" {
			patterns = append(patterns, p)
		}
	}
	if len(patterns) > maxPatterns {
		return s.manyPatterns()
	}
	base := append([]Set{s.OfType(String), d.name}, s.allNames...)
	var used []*Value
	for _, name := range s.known {
		used = append(used, textValue(name))
	}
	for name := range members {
		used = append(used, textValue(name))
	}
	if len(used) > 0 {
		base = append(base, s.Just(used...).Not())
	}
	result := nothing
	for mask := range 1 << len(patterns) {
		goal := slices.Clone(base)
		matching := make(map[string]bool)
		for i, p := range patterns {
			set := s.add(formula{op: opMatch, types: String, text: p, keyword: "patternProperties"})
			if matching[p] = mask&(1<<i) != 0; !matching[p] {
				set = set.Not()
			}
			goal = append(goal, set)
		}
		if d.by != nil {
			if isFor := kindCovers(d.by, matching); isFor == No {
				continue
			} else if isFor == Undecided {
				result = result.or(s.opaqueNames())
				continue
			}
		}
		// The value first: that is what is mostly impossible.
		if o := s.either(s.goalOfKind(matching, d.set)); o.verdict != Yes {
			result = result.or(o)
			continue
		}
		name := s.solve(append(slices.Clone(goal), s.add(formula{op: opMinLen, types: String, count: 1})))
		if name.verdict != Yes { // so it has to be the empty name, if any
			name = s.solve(goal)
		}
		if name.verdict != Yes {
			result = result.or(name)
			continue
		}
		if result = result.or(then(name.value.text)); result.verdict == Yes {
			return result
		}
		if s.fresh > 1 { // another name of this kind might have done
			s.unsure = true
		}
	}
	return result
}

func (s *objectSearch) manyPatterns() *outcome {
	for _, set := range s.holds {
		if f := s.of(set); f.op == opPattern || f.op == opOthers {
			return s.stuck(f.keyword, "more patterns of names than are told apart", f.at)
		}
	}
	return tooLong
}

// kindCovers is covers for a name that is not mentioned and of which is known which
// patterns it matches. A pattern that cannot be seen through is not in matching.
func kindCovers(f *formula, matching map[string]bool) Verdict {
	known := func(pattern string) Verdict {
		if m, ok := matching[pattern]; ok {
			return verdictOf(m)
		}
		return Undecided
	}
	switch f.op {
	case opPattern:
		return known(f.text)
	case opOthers:
		return all(len(f.patterns), func(i int) Verdict { return not(known(f.patterns[i])) })
	}
	return No
}

func (s *objectSearch) goalOfKind(matching map[string]bool, set Set) (goal, perhaps []Set) {
	goal = []Set{set}
	for _, held := range s.holds {
		f := s.of(held)
		if held.denied() {
			continue
		}
		switch kindCovers(f, matching) {
		case Yes:
			goal = append(goal, f.kids[0])
		case Undecided:
			perhaps = append(perhaps, f.kids[0])
		}
	}
	return goal, perhaps
}

// fill adds members until there are enough, and finds the values of all.
func (s *objectSearch) fill(members map[string][]Set) *outcome {
	for _, name := range s.known {
		if len(members) >= s.min {
			break
		}
		if _, ok := members[name]; !ok && !s.absent[name] && s.member(name, nil).verdict == Yes {
			members = maps.Clone(members)
			members[name] = nil
		}
	}
	if len(members) < s.min {
		if s.min > maxItems {
			return s.tooMany()
		}
		return s.invent(members, nameDemand{set: All, name: All}, func(name string) *outcome {
			next := maps.Clone(members)
			next[name] = nil
			return s.fill(next)
		})
	}
	values := make(map[string]*Value, len(members))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		o := s.member(name, members[name])
		if o.verdict != Yes {
			return o
		}
		values[name] = o.value
	}
	v := objectValue(values)
	if !slices.ContainsFunc(s.not, v.Equal) {
		return found(v)
	}
	return s.another(members, values)
}

func (s *objectSearch) tooMany() *outcome {
	for _, set := range s.holds {
		if f := s.of(set); f.op == opMinProps || f.op == opMaxProps {
			return s.stuck(f.keyword, "an object of very many members", f.at)
		}
	}
	return tooLong
}

// another varies an object that is excluded: with one more member, or another value.
func (s *objectSearch) another(members map[string][]Set, values map[string]*Value) *outcome {
	if s.max < 0 || len(members) < s.max {
		names := slices.Clone(s.known)
		s.invent(members, nameDemand{set: All, name: All}, func(name string) *outcome {
			names = append(names, name)
			return tooLong // it is the names that are wanted
		})
		for _, name := range names {
			if _, ok := members[name]; ok || s.absent[name] {
				continue
			}
			if o := s.member(name, nil); o.verdict == Yes {
				next := maps.Clone(values)
				next[name] = o.value
				if v := objectValue(next); s.suitsValue(v) {
					return found(v)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		goal := slices.Clone(members[name])
		for _, not := range s.not {
			if w := not.get(name); w != nil {
				goal = append(goal, s.Just(w).Not())
			}
		}
		if o := s.member(name, goal); o.verdict == Yes {
			next := maps.Clone(values)
			next[name] = o.value
			if v := objectValue(next); s.suitsValue(v) {
				return found(v)
			}
		}
	}
	if s.max == 0 {
		return nothing // there is one empty object
	}
	return s.excluded()
}
