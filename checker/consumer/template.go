package consumer

import (
	"net/url"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// A template is a path of an API with {} in place of its parameters, and the operations
// at it by their methods.
type template struct {
	root     change.Path
	segments []string
	methods  map[string]change.Path
}

// templates lists the paths that an outline serves. Paths are roots that begin with a
// slash, as in every description of an HTTP API.
func templates(o *schema.Outline) (all []template) {
	for _, root := range o.Roots {
		steps := root.Steps()
		if len(steps) != 1 || !strings.HasPrefix(steps[0].Word(), "/") {
			continue
		}
		t := template{root: root, segments: segmentsOf(steps[0].Word()), methods: make(map[string]change.Path)}
		for _, e := range o.Decls[root] {
			if e.Type == schema.Operation {
				t.methods[strings.ToLower(e.Step.Word())] = root.Join(e.Step)
			}
		}
		all = append(all, t)
	}
	return all
}

func segmentsOf(path string) []string {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, s := range segments {
		if plain, err := url.PathUnescape(s); err == nil {
			segments[i] = plain
		}
	}
	return segments
}

// How closely a segment of a template says what stands there.
const (
	differs = iota
	anything
	partly // {}.json
	exactly
)

// closeness says how closely the segment of a template fits one of a path.
func closeness(segment, text string) int {
	switch {
	case segment == text:
		return exactly
	case segment == "{}" && text != "":
		return anything
	case !strings.Contains(segment, "{}"):
		return differs
	}
	pieces := strings.Split(segment, "{}")
	rest, ok := strings.CutPrefix(text, pieces[0])
	last := pieces[len(pieces)-1]
	if !ok || !strings.HasSuffix(rest, last) {
		return differs
	}
	rest = strings.TrimSuffix(rest, last)
	for _, piece := range pieces[1 : len(pieces)-1] {
		i := strings.Index(rest[min(1, len(rest)):], piece) // a parameter is not empty
		if i < 0 || piece == "" {
			return differs
		}
		rest = rest[min(1, len(rest))+i+len(piece):]
	}
	if rest == "" {
		return differs
	}
	return partly
}

// A match is a template that fits a path, segment by segment.
type match struct {
	template
	fit     []int
	dropped int // segments at the beginning of the one that the other does not have
}

// fits aligns a path with a template at their ends. The address of a server, or a
// gateway, may put something before either.
func (t template) fits(path []string) (match, bool) {
	n := min(len(t.segments), len(path))
	m := match{template: t, dropped: max(len(t.segments), len(path)) - n}
	own, theirs := t.segments[len(t.segments)-n:], path[len(path)-n:]
	for i := range n {
		if closeness(own[i], theirs[i]) == differs {
			return m, false
		}
	}
	for i := range n {
		m.fit = append(m.fit, closeness(own[i], theirs[i]))
	}
	return m, true
}

// says reports whether m rests on more than parameters.
func (m match) says() bool {
	return slices.ContainsFunc(m.fit, func(c int) bool { return c > anything })
}

// beats reports whether m says more than n of each segment of a path, or as much.
func (m match) beats(n match) bool {
	more := false
	for i := range m.fit {
		if i < len(n.fit) && m.fit[i] < n.fit[i] {
			return false
		}
		more = more || i < len(n.fit) && m.fit[i] > n.fit[i]
	}
	return more
}

// find returns the templates that a call can be of: the most concrete that fits, or
// several that are none more concrete than the others.
func find(all []template, method, path string) []match {
	segments := segmentsOf(path)
	var whole, shifted []match
	for _, t := range all {
		m, ok := t.fits(segments)
		switch {
		case !ok || method != "" && t.methods[method] == "":
		case m.dropped == 0:
			whole = append(whole, m)
		case m.says():
			shifted = append(shifted, m)
		}
	}
	whole = best(whole)
	if len(whole) > 0 && slices.ContainsFunc(whole, match.says) {
		return whole
	}
	least := 0
	for i, m := range shifted {
		if i == 0 || m.dropped < least {
			least = m.dropped
		}
	}
	shifted = slices.DeleteFunc(shifted, func(m match) bool { return m.dropped > least })
	return append(whole, best(shifted)...)
}

func best(all []match) []match {
	return slices.DeleteFunc(slices.Clone(all), func(m match) bool {
		return slices.ContainsFunc(all, func(n match) bool { return n.beats(m) })
	})
}
