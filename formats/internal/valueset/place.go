package valueset

import "github.com/breakwater-data/breakwater/checker/change"

// At returns the values that have a value of set at the end of steps: a member, an
// item, any member.
func (s *Space) At(steps []change.Step, set Set) Set {
	for i := len(steps) - 1; i >= 0; i-- {
		switch steps[i] {
		case change.Items:
			set = s.And(s.OfType(Array), s.add(formula{op: opAtLeast, types: Array, count: 1, kids: []Set{set}}))
		case change.Values:
			set = s.And(s.OfType(Object), s.add(formula{op: opOthers, types: Object, kids: []Set{set.Not()}}).Not())
		default:
			name := nameOf(steps[i])
			has := s.add(formula{op: opProp, types: Object, names: []string{name}, kids: []Set{set}})
			set = s.And(s.OfType(Object), s.add(required(name)), has)
		}
	}
	return set
}

// nameOf returns the name that a step stands for, without its quotes.
func nameOf(step change.Step) string {
	text := string(step)
	if len(text) < 2 || text[0] != '"' {
		return text
	}
	var name []byte
	for i := 1; i < len(text)-1; i++ {
		if text[i] == '\\' {
			i++
		}
		name = append(name, text[i])
	}
	return string(name)
}

// Find looks for a value that is in all of sets: Yes with one, No, or Undecided.
func (s *Space) Find(sets ...Set) Answer { return s.find(sets...) }
