package consumer

import (
	"fmt"
	"mime"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/schema"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Limits of what is found out for one port. Who goes beyond uses the port.
const (
	MaxNeeds = 2_000      // elements that calls need
	maxTries = 50_000_000 // paths and elements that calls are held against
)

// A Needed is what calls need of one port.
type Needed struct {
	Needs    []Need
	Unlisted []bool          // of each call, whether the port has nothing that answers it
	Notes    []*source.Error // what calls send or read and the port does not list
	Over     bool            // it is more than the limits, and none is listed
}

// NeededBy finds out what calls need of a port. The outlines are those of its states, the
// one that counts first: a call that one does not list may be of the next.
func NeededBy(calls []Call, outlines ...*schema.Outline) Needed {
	a := answerer{at: make(map[change.Path]int), sent: make(map[change.Path]map[change.Path]int), made: make(map[change.Path]int), told: make(map[string]bool)}
	for _, o := range outlines {
		a.ports = append(a.ports, port{o, templates(o), make(map[string][]match)})
	}
	for _, c := range calls {
		listed := a.Over || slices.ContainsFunc(a.ports, func(p port) bool { return a.answer(p, c) })
		a.Unlisted = append(a.Unlisted, !listed)
	}
	for op, sent := range a.sent {
		for path, times := range sent {
			a.Needs[a.at[path]].Always = times == a.made[op]
		}
	}
	if a.Over = a.Over || len(a.Needs) > MaxNeeds; a.Over {
		a.Needs = nil
	}
	return a.Needed
}

type port struct {
	outline   *schema.Outline
	templates []template
	found     map[string][]match
}

type answerer struct {
	Needed
	ports []port
	tries int
	at    map[change.Path]int // where in Needs an element stands
	told  map[string]bool
	made  map[change.Path]int                 // how often an operation is called, and not to see it fail
	sent  map[change.Path]map[change.Path]int // by operation, in how many of these calls an element is sent
}

func (a *answerer) find(p port, method, path string) []match {
	key := method + " " + path
	found, ok := p.found[key]
	if !ok && a.try(len(p.templates)) {
		found = find(p.templates, method, path)
		p.found[key] = found
	}
	return found
}

// try reports whether so many things may be tried still.
func (a *answerer) try(n int) bool {
	a.tries += n
	a.Over = a.Over || a.tries > maxTries
	return !a.Over
}

// answer notes what a call needs of p, and reports whether p has anything to answer it.
func (a *answerer) answer(p port, c Call) bool {
	if c.isMessage() {
		return a.message(p, c)
	}
	method := strings.ToLower(c.Method)
	found := a.find(p, method, c.Path)
	for _, m := range found {
		a.operation(p, m.methods[method], c)
	}
	if len(found) > 0 {
		return true
	}
	found = slices.DeleteFunc(slices.Clone(a.find(p, "", c.Path)), func(m match) bool { return !m.says() })
	for _, m := range found {
		a.need(Need{Path: m.root, Rows: true, Why: fmt.Sprintf("makes the call %s, which is not listed,", c), Span: c.Span})
		a.note(c.Span, fmt.Sprintf("%s is no operation of %s", c, m.root))
	}
	return len(found) > 0
}

// operation notes what a call needs of the operation at op.
func (a *answerer) operation(p port, op change.Path, c Call) {
	counts := !c.fails()
	if counts {
		a.made[op]++
	}
	if a.sent[op] == nil {
		a.sent[op] = make(map[change.Path]int)
	}
	once := make(map[change.Path]bool)
	send := func(n Need, sometimes bool) {
		a.need(n)
		if counts && !once[n.Path] && !n.Rows && !sometimes {
			once[n.Path] = true
			a.sent[op][n.Path]++
		}
	}
	w := walker{Outline: p.outline, media: c.SentAs}
	for _, e := range p.outline.Decls[w.decl(op.Join("path"))] { // a call has all of them
		send(Need{Path: op.Join("path", e.Step), Span: c.Span}, false)
	}
	for _, part := range c.Sends {
		for _, n := range w.needs(op, part) {
			if n.Rows {
				a.note(part.Span, fmt.Sprintf("%s is sent to %s, which does not list it", part.Path, op))
			}
			send(n, part.Sometimes)
		}
	}
	for i, status := range c.Statuses {
		a.responses(p, op, c, status, i == 0)
	}
}

// responses notes what a call needs of the responses with a status. What is only taken
// besides the recorded one need not be there.
func (a *answerer) responses(p port, op change.Path, c Call, status string, recorded bool) {
	found := a.listed(p, op, status, recorded)
	if len(found) == 0 && recorded {
		a.need(Need{Path: op, Why: "waits for " + status + ", which is not listed,", Span: c.Span})
		a.note(c.Span, fmt.Sprintf("%s is waited for at %s, which does not list it", status, op))
	}
	w := walker{Outline: p.outline, media: c.ReadAs}
	for _, step := range found {
		at := op.Join(step)
		if len(c.Reads) == 0 {
			a.need(Need{Path: at, Rows: true, Span: c.Span})
		}
		for _, part := range c.Reads {
			for _, n := range w.needs(at, part) {
				if n.Rows && recorded {
					a.note(part.Span, fmt.Sprintf("%s is read of %s, which does not list it", part.Path, at))
				}
				a.need(n)
			}
		}
	}
}

// listed returns the responses that a status is described by: itself, or its hundred, or
// the rest. Of a hundred they are all that are of it.
func (a *answerer) listed(p port, op change.Path, status string, recorded bool) (steps []change.Step) {
	hundred := status[:1] + "XX"
	var rest []change.Step
	for _, e := range p.outline.Decls[walker{Outline: p.outline}.decl(op)] {
		if e.Type != "response" {
			continue
		}
		switch word := e.Step.Word(); {
		case strings.EqualFold(word, status):
			return []change.Step{e.Step}
		case strings.EqualFold(word, hundred):
			rest = append([]change.Step{e.Step}, rest...)
		case status == hundred && strings.HasPrefix(word, status[:1]):
			steps = append(steps, e.Step)
		case word == "default":
			rest = append(rest, e.Step)
		}
	}
	if len(steps) == 0 && recorded {
		return rest[:min(1, len(rest))]
	}
	return steps
}

// message notes what a consumer reads of a message: it is of a declaration that has all
// that it reads.
func (a *answerer) message(p port, c Call) bool {
	if len(p.templates) > 0 {
		return false
	}
	w := walker{Outline: p.outline, folds: true}
	found := false
	for _, root := range p.outline.Roots {
		if !a.try(len(p.outline.Decls[root]) * len(c.Reads)) {
			break
		}
		var needs []Need
		for _, part := range c.Reads {
			part.Path = change.Path("").Join(part.Path.Steps()[1:]...) // without the body, which it is
			needs = append(needs, w.needs(root, part)...)
		}
		if slices.ContainsFunc(needs, func(n Need) bool { return n.Rows }) {
			continue
		}
		found = true
		if len(needs) == 0 {
			needs = []Need{{Path: root, Why: "takes a message of which it lists nothing", Span: c.Span}}
		}
		for _, n := range needs {
			a.need(n)
		}
	}
	return found
}

// need adds n. What is needed twice is needed as widely as either says.
func (a *answerer) need(n Need) {
	i, known := a.at[n.Path]
	if !known {
		a.at[n.Path] = len(a.Needs)
		a.Needs = append(a.Needs, n)
		return
	}
	was := &a.Needs[i]
	was.Exhaustive = was.Exhaustive && n.Exhaustive && len(n.Values) > 0
	was.Seen = len(was.Values)+len(n.Values) > 0 && !was.Exhaustive
	was.Values = union(was.Values, n.Values)
	if !n.Rows && (was.Rows || n.Why != "") {
		was.Rows, was.Why, was.Span = false, n.Why, n.Span
	}
}

// maxTold bounds what is noted of one source.
const maxTold = 20

func (a *answerer) note(at source.Span, text string) {
	if !a.told[text] && len(a.told) < maxTold {
		a.told[text] = true
		a.Notes = append(a.Notes, source.Errorf(at, "%s", text))
	}
}

// A walker finds the elements of one outline that the parts of a call are.
type walker struct {
	*schema.Outline
	media string // the media type of the body
	folds bool   // order_id and orderId are one name, as in JSON that is made of something else
}

// decl returns the declaration that a full path leads to.
func (w walker) decl(p change.Path) change.Path {
	if _, own := w.Decls[p]; own {
		return p
	}
	e, _ := w.At(p)
	return e.Decl
}

// needs returns the elements below at that part is: one, or one in each media type. Where
// the port lists none, what is nearest to it is needed, and nothing else inside of that.
func (w walker) needs(at change.Path, part Part) []Need {
	return w.follow(Need{Path: at, Why: part.Why, Span: part.Span}, w.decl(at), part.Path.Steps(), part)
}

func (w walker) follow(n Need, decl change.Path, steps []change.Step, part Part) (needs []Need) {
	for i, step := range steps {
		if i > 0 && steps[i-1] == "body" {
			if several := w.mediaTypes(decl); len(several) > 0 {
				for _, e := range several {
					inner := n
					inner.Path = n.Path.Join(e.Step)
					needs = append(needs, w.follow(inner, e.Decl, steps[i:], part)...)
				}
				return needs
			}
		}
		e, ok := w.member(decl, step, i > 0 && steps[i-1] == "header")
		if !ok {
			n.Rows = len(w.Decls[decl]) > 0 // of what lists nothing, it may be anything
			n.Why = fmt.Sprintf("uses %s, which is not listed,", part.Path)
			return []Need{n}
		}
		n.Path, decl = n.Path.Join(e.Step), e.Decl
		if len(e.Values) > 0 && i == len(steps)-1 {
			n.Values, n.Exhaustive, n.Seen = part.Values, part.Exhaustive, len(part.Values) > 0 && !part.Exhaustive
		}
	}
	return []Need{n}
}

// member finds a member by its name. A name that is not listed is a key of a map, if it
// is one.
func (w walker) member(decl change.Path, step change.Step, isHeader bool) (schema.Edge, bool) {
	name, rest, isIndexed := strings.Cut(step.Word(), "[")
	for _, same := range []func(e schema.Edge) bool{
		func(e schema.Edge) bool { return e.Step == step },
		func(e schema.Edge) bool { return isHeader && strings.EqualFold(e.Step.Word(), step.Word()) },
		func(e schema.Edge) bool { return w.folds && folded(e.Step) == folded(step) },
		func(e schema.Edge) bool { return step != change.Items && e.Step == change.Values },
		func(e schema.Edge) bool { // filter[state] of a query
			return isIndexed && strings.HasSuffix(rest, "]") && (e.Step.Word() == name || e.Step.Word() == name+"[]")
		},
	} {
		if i := slices.IndexFunc(w.Decls[decl], same); i >= 0 {
			return w.Decls[decl][i], true
		}
	}
	return schema.Edge{}, false
}

// mediaTypes returns the media types of a body that a call can be in, where it has
// several: the one that the call names, else each.
func (w walker) mediaTypes(decl change.Path) (all []schema.Edge) {
	for _, e := range w.Decls[decl] {
		if e.Type == "body" && strings.Contains(e.Step.Word(), "/") {
			all = append(all, e)
		}
	}
	asked, _, err := mime.ParseMediaType(w.media)
	if err != nil {
		return all
	}
	for _, covers := range []func(string) bool{
		func(m string) bool { return m == asked },
		func(m string) bool { kind, _, _ := strings.Cut(asked, "/"); return m == kind+"/*" || m == "*/*" },
	} {
		same := slices.DeleteFunc(slices.Clone(all), func(e schema.Edge) bool {
			m, _, _ := strings.Cut(strings.ToLower(e.Step.Word()), ";")
			return !covers(strings.TrimSpace(m))
		})
		if len(same) > 0 {
			return same
		}
	}
	return all
}

func folded(step change.Step) string {
	return strings.ToLower(strings.ReplaceAll(string(step), "_", ""))
}
