// Package contract holds what a contract promises against the body that serves it: an
// ODCS contract beside a Protobuf stream, say. The two are written by hand, in two
// languages and two files, so one moves and the other stands still; and since the
// contract is what consumers read, nobody hears of it.
//
// [New] finds out which element of the body each element of the contract means. They
// go by what breakwater.yaml says, by the name under which the contract has it stored,
// by its own name, and by names that only differ in how they are spelled. [Diff] then
// tells what the two no longer agree on and did before: disagreements that
// are new only, so that a contract that never quite fitted its body is no finding on every change.
// What the contract alone says (classification, quality, units) is compared by its own
// format, and is told of the body's elements, which are what consumers name.
//
// Nothing here knows a language: both sides are outlines.
package contract

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
)

// Names says by the path of an element of a contract which element of the body it is.
type Names map[change.Path]change.Path

// A Match is a contract and its body, and what of one is what of the other.
type Match struct {
	Promise, Body *schema.Outline
	Names         Names // of all elements that were found, roots included

	elements map[change.Path]element // of the contract, by their paths
	means    Names                   // the other way round
	order    []change.Path           // outermost first
	extra    map[change.Path]schema.Edge
	extras   []change.Path // of the body, in an order
	lost     []change.Path // roots of the contract that no declaration of the body is
	seen     map[[2]change.Path]bool
}

// An element is one element of a contract, and what serves it.
type element struct {
	promised schema.Edge
	served   schema.Edge
	at       change.Path // its place in the body; empty: nothing serves it
	declared change.Path // the same, by the declaration that it stands in
	want, is family      // the kinds of values that are promised and served
}

// New finds out what of body the elements of promise are. Given are the names that
// somebody wrote down; was is how the two went together before, nil if there is no
// before: a declaration that lost most of what it had is still the same one.
func New(promise, body *schema.Outline, given Names, was *Match) *Match {
	m := &Match{
		Promise: promise, Body: body, Names: make(Names),
		elements: make(map[change.Path]element), means: make(Names), extra: make(map[change.Path]schema.Edge), seen: make(map[[2]change.Path]bool),
	}
	full := m.resolve(given)
	var before Names
	if was != nil {
		before = was.Names
	}
	taken := make(map[change.Path]bool)
	for _, likeness := range m.likenesses(full, before) {
		for _, root := range promise.Roots {
			if m.Names[root] != "" {
				continue
			}
			if decl := likeness(root, taken); decl != "" {
				m.Names[root], m.means[decl], taken[decl] = decl, root, true
			}
		}
	}
	for _, root := range promise.Roots {
		if decl := m.Names[root]; decl != "" {
			m.walk(root, root, decl, decl, full, before)
		} else {
			m.lost = append(m.lost, root)
		}
	}
	return m
}

// resolve makes the paths that somebody wrote down full ones. Those that name nothing
// here are left out: they may name something on the other side.
func (m *Match) resolve(given Names) Names {
	full := make(Names, len(given))
	for of, is := range given {
		a, ok1 := m.Promise.Full(of)
		b, ok2 := m.Body.Full(is)
		if ok1 && ok2 {
			full[a] = b
		}
	}
	return full
}

// A likeness picks the declaration of the body that a root of the contract is, if
// there is one and no other; never one that is taken.
type likeness func(root change.Path, taken map[change.Path]bool) change.Path

// likenesses are the ways to find the declaration, the surest first.
func (m *Match) likenesses(given, was Names) []likeness {
	return []likeness{
		func(root change.Path, _ map[change.Path]bool) change.Path { return given[root] },
		func(root change.Path, taken map[change.Path]bool) change.Path {
			if before := was[root]; before != "" && slices.Contains(m.Body.Roots, before) && !taken[before] {
				return before
			}
			return ""
		},
		m.byName(func(name string) string { return name }),
		m.byName(spelling),
		m.byName(func(name string) string { return singular(spelling(name)) }),
		m.byContent(was),
	}
}

// byName finds the declaration whose name comes to the same as one of the root's.
func (m *Match) byName(key func(name string) string) likeness {
	called := make(map[string][]change.Path)
	for _, decl := range m.Body.Roots {
		called[key(last(decl))] = append(called[key(last(decl))], decl)
	}
	return func(root change.Path, taken map[change.Path]bool) change.Path {
		for _, name := range m.called(root) {
			if found := only(called[key(name)], taken); found != "" {
				return found
			}
		}
		return ""
	}
}

// maxAlike bounds how many pairs of an object and a declaration are compared by what is
// in them. Where there are more, names have to tell.
const maxAlike = 10_000

// byContent finds the declaration that has most of the root's elements; or, where both
// sides have one thing only, any of them.
func (m *Match) byContent(was Names) likeness {
	roots := m.Body.Roots
	return func(root change.Path, taken map[change.Path]bool) change.Path {
		if len(roots)*len(m.Promise.Roots) > maxAlike {
			return ""
		}
		alone := len(m.Promise.Roots) == 1 && len(roots) == 1 && was[root] == ""
		var alike []change.Path
		for _, decl := range roots {
			if common, all := m.common(root, decl); 2*common > all || alone && common > 0 {
				alike = append(alike, decl)
			}
		}
		return only(alike, taken)
	}
}

// only returns the one of decls that is not taken, if there is just one.
func only(decls []change.Path, taken map[change.Path]bool) (found change.Path) {
	for _, decl := range decls {
		switch {
		case taken[decl]:
		case found != "":
			return ""
		default:
			found = decl
		}
	}
	return found
}

// common counts the elements of a root of the contract, and those of them that have one
// of the same name in a declaration of the body.
func (m *Match) common(root, decl change.Path) (common, all int) {
	served := make(map[string]bool)
	for _, e := range m.Body.Decls[decl] {
		served[spelling(e.Step.Word())] = true
	}
	for _, e := range m.Promise.Decls[root] {
		if slices.ContainsFunc(m.called(root.Join(e.Step)), func(name string) bool { return served[spelling(name)] }) {
			common++
		}
	}
	return common, len(m.Promise.Decls[root])
}

// walk pairs what is declared at promised, at the place of it, with what is declared at
// served, at the place in. Every pair of declarations is walked once.
func (m *Match) walk(of, promised, in, served change.Path, given, was Names) {
	pair := [2]change.Path{promised, served}
	if m.seen[pair] {
		return
	}
	m.seen[pair] = true
	named, body := make(map[change.Step]bool), newIndex(m.Body.Decls[served])
	for _, e := range m.Promise.Decls[promised] {
		at := of.Join(e.Step)
		found := element{promised: e, want: familyOf(m.Promise, e)}
		if is, ok := body.serves(m, at, e.Step, given, was[at]); ok {
			found.served, found.at, found.declared = is, in.Join(is.Step), served.Join(is.Step)
			found.is = familyOf(m.Body, is)
			m.Names[at], m.means[found.at], named[is.Step] = found.at, at, true
		}
		m.elements[at] = found
		m.order = append(m.order, at)
		if found.at != "" && e.Decl != "" && found.served.Decl != "" {
			m.walk(at, e.Decl, found.at, found.served.Decl, given, was)
		}
	}
	for _, e := range m.Body.Decls[served] {
		if at := in.Join(e.Step); !named[e.Step] {
			m.extra[at] = e
			m.extras = append(m.extras, at)
		}
	}
}

// An index finds the elements of one declaration of the body: by the step that leads
// to them, and by a name however it is spelled. Where two are spelled so, none is found.
type index struct {
	edges   []schema.Edge
	steps   map[change.Step]int
	spelled map[string]int // -1: several
}

func newIndex(edges []schema.Edge) index {
	x := index{edges, make(map[change.Step]int, len(edges)), make(map[string]int, len(edges))}
	for i, e := range edges {
		x.steps[e.Step] = i
		name := spelling(e.Step.Word())
		if _, twice := x.spelled[name]; twice {
			i = -1
		}
		x.spelled[name] = i
	}
	return x
}

// serves returns the element that the one of the contract at a path is, where the
// contract reaches it by step. Before is what it was before, empty if that is not known.
func (x index) serves(m *Match, at change.Path, step change.Step, given Names, before change.Path) (schema.Edge, bool) {
	if is := given[at]; is != "" {
		_, step = is.Split()
		i, ok := x.steps[step]
		return x.at(i, ok)
	}
	if step == change.Items || step == change.Values {
		i, ok := x.steps[step]
		return x.at(i, ok)
	}
	names := m.called(at)
	for _, name := range names {
		if i, ok := x.steps[change.Name(name)]; ok {
			return x.at(i, ok)
		}
	}
	for _, name := range names {
		if i, ok := x.spelled[spelling(name)]; ok {
			return x.at(i, i >= 0)
		}
	}
	if before != "" {
		_, step = before.Split()
		i, ok := x.steps[step]
		return x.at(i, ok)
	}
	return schema.Edge{}, false
}

func (x index) at(i int, ok bool) (schema.Edge, bool) {
	if !ok {
		return schema.Edge{}, false
	}
	return x.edges[i], true
}

// called lists what an element of the contract is called: as it is stored, and as the
// contract says.
func (m *Match) called(at change.Path) []string {
	own := last(at)
	if stored := m.Promise.Stored[at]; stored != "" && stored != own {
		name := stored[strings.LastIndexByte(stored, '.')+1:] // it may say its schema
		return []string{name, own}
	}
	return []string{own}
}

// last returns the last name of a path.
func last(p change.Path) string {
	_, step := p.Split()
	return step.Word()
}

// spelling reduces a name to what customerId and CUSTOMER_ID have in common.
func spelling(name string) string { return strings.ToLower(separators.Replace(name)) }

var separators = strings.NewReplacer("_", "", "-", "", " ", "", ".", "")

// singular reduces a word to what order and orders have in common.
func singular(word string) string {
	switch {
	case strings.HasSuffix(word, "ies"):
		return strings.TrimSuffix(word, "ies") + "y"
	case strings.HasSuffix(word, "ses"), strings.HasSuffix(word, "xes"), strings.HasSuffix(word, "ches"):
		return strings.TrimSuffix(word, "es")
	}
	return strings.TrimSuffix(word, "s")
}
