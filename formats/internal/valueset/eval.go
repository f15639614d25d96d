package valueset

import (
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"
)

// eval says whether v is in set.
func (q *search) eval(set Set, v *Value) Verdict {
	if !q.spend(1) {
		return Undecided
	}
	verdict := q.evalFormula(q.of(set), v)
	if set.denied() {
		return not(verdict)
	}
	return verdict
}

func verdictOf(yes bool) Verdict {
	if yes {
		return Yes
	}
	return No
}

// not returns the verdict on the opposite.
func not(v Verdict) Verdict {
	if v == Undecided {
		return v
	}
	return Yes + No - v
}

// all returns whether each of n things holds.
func all(n int, holds func(i int) Verdict) Verdict {
	result := Yes
	for i := range n {
		switch holds(i) {
		case No:
			return No
		case Undecided:
			result = Undecided
		}
	}
	return result
}

func (q *search) evalFormula(f *formula, v *Value) Verdict {
	switch f.op {
	case opAnd:
		return all(len(f.kids), func(i int) Verdict { return q.eval(f.kids[i], v) })
	case opLazy:
		return q.eval(q.Of(f.schema), v)
	case opTypes:
		return verdictOf(f.types&v.typ != 0)
	case opEnum:
		_, listed := slices.BinarySearchFunc(f.values, v, func(a, b *Value) int { return strings.Compare(a.String(), b.String()) })
		return verdictOf(listed)
	case opOpaque:
		return Undecided
	}
	switch {
	case f.types&v.typ == 0:
		return Yes
	case v.typ&Number != 0:
		return evalNumber(f, v.num)
	case v.typ == String:
		return q.evalText(f, v.text)
	case v.typ == Array:
		return q.evalArray(f, v.items)
	}
	return q.evalObject(f, v)
}

func evalNumber(f *formula, n *big.Rat) Verdict {
	switch f.op {
	case opMin:
		c := n.Cmp(f.bound)
		return verdictOf(c > 0 || c == 0 && !f.strict)
	case opMax:
		c := n.Cmp(f.bound)
		return verdictOf(c < 0 || c == 0 && !f.strict)
	case opMultiple:
		return verdictOf(new(big.Rat).Quo(n, f.bound).IsInt())
	case opFormat:
		if n.IsInt() && n.Num().BitLen() < 24 {
			return Yes // whatever kind of number it names
		}
	}
	return Undecided
}

func (q *search) evalText(f *formula, text string) Verdict {
	switch f.op {
	case opMinLen:
		return verdictOf(utf8.RuneCountInString(text) >= f.count)
	case opMaxLen:
		return verdictOf(utf8.RuneCountInString(text) <= f.count)
	case opMatch:
		if l := q.language(f.text); l.why == "" {
			q.spend(len(text))
			return verdictOf(l.matches(text))
		}
	case opFormat:
		if slices.Contains(formatSamples[f.text], text) {
			return Yes
		}
	}
	return Undecided
}

// Texts that have a format, whoever is asked.
var formatSamples = map[string][]string{
	"date-time": {"2026-01-31T12:30:00Z"}, "date": {"2026-01-31"}, "time": {"12:30:00Z"}, "duration": {"P1D"},
	"email": {"a@example.com"}, "idn-email": {"a@example.com"}, "hostname": {"example.com"}, "idn-hostname": {"example.com"},
	"ipv4": {"192.0.2.1"}, "ipv6": {"2001:db8::1"}, "uri": {"https://example.com/a"}, "uri-reference": {"/a", "https://example.com/a"},
	"iri": {"https://example.com/a"}, "iri-reference": {"/a", "https://example.com/a"}, "uri-template": {"/a"},
	"uuid": {"123e4567-e89b-12d3-a456-426614174000"}, "json-pointer": {"/a"}, "relative-json-pointer": {"1"}, "regex": {"a"},
}

func (q *search) evalArray(f *formula, items []*Value) Verdict {
	switch f.op {
	case opMinItems:
		return verdictOf(len(items) >= f.count)
	case opMaxItems:
		return verdictOf(len(items) <= f.count)
	case opUnique:
		seen := make(map[string]bool, len(items))
		for _, item := range items {
			if seen[item.String()] {
				return No
			}
			seen[item.String()] = true
		}
		return Yes
	case opItem:
		if f.count >= len(items) {
			return Yes
		}
		return q.eval(f.kids[0], items[f.count])
	case opItems:
		if f.count >= len(items) {
			return Yes
		}
		return all(len(items)-f.count, func(i int) Verdict { return q.eval(f.kids[0], items[f.count+i]) })
	}
	sure, perhaps := 0, 0
	for _, item := range items {
		switch q.eval(f.kids[0], item) {
		case Yes:
			sure++
		case Undecided:
			perhaps++
		}
	}
	switch {
	case f.op == opAtLeast && sure >= f.count, f.op == opAtMost && sure+perhaps <= f.count:
		return Yes
	case f.op == opAtLeast && sure+perhaps < f.count, f.op == opAtMost && sure > f.count:
		return No
	}
	return Undecided
}

func (q *search) evalObject(f *formula, v *Value) Verdict {
	switch f.op {
	case opMinProps:
		return verdictOf(len(v.keys) >= f.count)
	case opMaxProps:
		return verdictOf(len(v.keys) <= f.count)
	case opRequired:
		return verdictOf(v.get(f.names[0]) != nil)
	case opProp:
		if member := v.get(f.names[0]); member != nil {
			return q.eval(f.kids[0], member)
		}
		return Yes
	case opNames:
		return all(len(v.keys), func(i int) Verdict { return q.eval(f.kids[0], textValue(v.keys[i])) })
	}
	return all(len(v.keys), func(i int) Verdict {
		switch q.covers(f, v.keys[i]) {
		case No:
			return Yes
		case Yes:
			return q.eval(f.kids[0], v.items[i])
		}
		if q.eval(f.kids[0], v.items[i]) == Yes {
			return Yes
		}
		return Undecided
	})
}

// covers says whether f speaks of the members called name.
func (q *search) covers(f *formula, name string) Verdict {
	switch f.op {
	case opProp, opRequired:
		return verdictOf(f.names[0] == name)
	case opPattern:
		return q.matches(f.text, name)
	case opOthers:
		if slices.Contains(f.names, name) {
			return No
		}
		return all(len(f.patterns), func(i int) Verdict { return not(q.matches(f.patterns[i], name)) })
	}
	return No
}

func (q *search) matches(pattern, name string) Verdict {
	l := q.language(pattern)
	if l.why != "" {
		return Undecided
	}
	q.spend(len(name))
	return verdictOf(l.matches(name))
}
