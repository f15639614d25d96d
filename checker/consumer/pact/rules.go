package pact

import (
	"strings"

	"github.com/breakwater-data/breakwater/checker/source/document"
)

// rules are the matching rules of one body, by the steps of the path to what they are of.
type rules struct {
	kinds []*document.Node // of what stands here
	inner map[string]*rules
}

// maxStates bounds how many paths with wildcards are followed at once.
const maxStates = 16

// rules reads those of a request, a response or a message. Before version 3 they stand by
// their whole paths, and since then by part and path.
func (r *reader) rules(n *document.Node, part string) *rules {
	root := new(rules)
	all := r.member(n, "matchingRules")
	if all == nil {
		return root
	}
	for i, key := range all.Keys {
		switch {
		case key.Text == "body" || key.Text == part:
			for j, path := range all.Items[i].Keys {
				root.add(path.Text, all.Items[i].Items[j].Get("matchers").List())
			}
		case strings.HasPrefix(key.Text, "$.body"):
			root.add("$"+strings.TrimPrefix(key.Text, "$.body"), []*document.Node{all.Items[i]})
		case strings.HasPrefix(key.Text, "$['body']"):
			root.add("$"+strings.TrimPrefix(key.Text, "$['body']"), []*document.Node{all.Items[i]})
		}
	}
	return root
}

func (s *rules) add(path string, kinds []*document.Node) {
	steps, _ := stepsOf(path) // of what cannot be taken apart, as far as it can: it covers what is below
	for _, step := range steps {
		if s.inner == nil {
			s.inner = make(map[string]*rules)
		}
		if s.inner[step] == nil {
			s.inner[step] = new(rules)
		}
		s = s.inner[step]
	}
	s.kinds = append(s.kinds, kinds...)
}

// wildcard is the step to each item or member.
const wildcard = "*"

// stepsOf takes apart a path such as $.lines[*].sku or $['a b'][0].
func stepsOf(path string) (steps []string, ok bool) {
	rest, ok := strings.CutPrefix(path, "$")
	for ok && rest != "" {
		var step string
		switch {
		case strings.HasPrefix(rest, "['"), strings.HasPrefix(rest, `["`):
			step, rest, ok = strings.Cut(rest[2:], rest[1:2]+"]")
		case rest[0] == '[':
			step, rest, ok = strings.Cut(rest[1:], "]")
		case rest[0] == '.' && len(rest) > 1 && rest[1] != '.':
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			step, rest = rest[1:1+end], rest[1+end:]
		default:
			return steps, false
		}
		if !ok || step == "" || len(steps) == document.MaxDepth {
			return steps, false
		}
		steps = append(steps, step)
	}
	return steps, ok
}

// A matching is which rules are of an element, and which it inherits: those of what
// encloses it hold for it too, unless it has its own.
type matching struct {
	states []*rules
	holds  []*document.Node
	lost   bool // too many paths lead here to follow
}

func (s *rules) begin() matching {
	return matching{states: []*rules{s}, holds: s.kinds}
}

// next follows a step.
func (m matching) next(step string) matching {
	n := matching{holds: m.holds, lost: m.lost}
	var own []*document.Node
	for _, s := range m.states {
		for _, key := range [2]string{step, wildcard} {
			if inner := s.inner[key]; inner != nil && (key != wildcard || step != wildcard) {
				n.states = append(n.states, inner)
				own = append(own, inner.kinds...)
			}
		}
	}
	if len(n.states) > maxStates {
		n.states, n.lost = nil, true
	}
	if len(own) > 0 {
		n.holds = own
	}
	return n
}

// anyKey reports whether the keys of a map are not looked at.
func (m matching) anyKey() bool {
	if m.lost {
		return true
	}
	for _, s := range m.states {
		for _, k := range s.kinds {
			switch k.Get("match").String() {
			case "values", "eachKey", "eachValue", "each-key", "each-value":
				return true
			}
		}
	}
	return false
}

// values lists the values that the consumer handles of a scalar; exhaustive says that it
// handles no others. None says that any value will do.
func (m matching) values(n *document.Node) (values []string, exhaustive bool) {
	if m.lost || n.IsNull() || len(n.Text) > maxValue {
		return nil, false
	}
	if len(m.holds) == 0 {
		return []string{n.Text}, false
	}
	for _, k := range m.holds {
		switch kind := k.Get("match").String(); {
		case kind == "equality" && len(m.holds) == 1:
			return []string{n.Text}, false
		case len(m.holds) == 1 && k.Get("regex") != nil && (kind == "regex" || kind == ""):
			return words(k.Get("regex").String())
		}
	}
	return nil, false
}

// words lists those that a regular expression lists, if it does nothing else: a|b|c. It
// is taken apart, and not run. Whole says that no other text has one of them in it.
func words(expression string) (all []string, whole bool) {
	if len(expression) > maxValues*maxValue {
		return nil, false
	}
	inner, begins := strings.CutPrefix(expression, "^")
	inner, ends := strings.CutSuffix(inner, "$")
	group, opens := strings.CutPrefix(inner, "(")
	group, closes := strings.CutSuffix(strings.TrimPrefix(group, "?:"), ")")
	if opens && closes {
		inner = group
	}
	for word := range strings.SplitSeq(inner, "|") {
		if word == "" || len(word) > maxValue || len(all) == maxValues || strings.ContainsAny(word, `.*+?()[]{}\^$`) {
			return nil, false
		}
		all = append(all, word)
	}
	return all, begins && ends && (opens && closes || len(all) == 1)
}
