package protobuf

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/semantic"
	"github.com/breakwater-data/breakwater/checker/slo"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A contract says which options are a part of it: those that are known (see
// [knownOptions]), and those that breakwater.yaml lists:
//
//	options:
//	  - acme.unit                                          # any other value counts
//	  - {name: acme.max_delay, tighter: lower}             # a number
//	  - {name: acme.access, order: [OPEN, STAFF, NOBODY]}  # from the loosest value to the tightest
//	  - {name: acme.pii, tag: classification}              # tells people what the element holds
//	  - {name: acme.freshness, promise: freshness, unit: s}
//	  - {name: acme.currency, means: unit}                 # what the element means
type contract struct {
	orderings map[name]ordering
	tags      map[name]string // the label that the value of an option is, or of which it is one
	promises  map[name]promise
	means     map[name]semantic.Topic
}

// A promise is an option that sets an objective.
type promise struct{ property, unit string }

// readContract reads the options of the format's section.
func readContract(section *document.Node) (contract, error) {
	c := contract{orderings: maps.Clone(knownOptions), tags: make(map[name]string), promises: make(map[name]promise), means: make(map[name]semantic.Topic)}
	var problems document.Problems
	items := section.Get("options")
	if !items.IsNull() && items.Kind != document.List {
		problems.Addf(items.Span, "want a list of options")
	}
	for _, n := range items.List() {
		if n.Kind == document.Scalar {
			c.add(&problems, n, name(n.Text), compareExactly)
			continue
		}
		f := problems.Fields(n, "an option")
		option, order := name(f.Required("name")), compareExactly
		switch f.OneOf("tighter", "lower", "higher") {
		case "lower":
			order = compareNumbers(-1)
		case "higher":
			order = compareNumbers(1)
		}
		if steps := f.Texts("order"); len(steps) > 0 {
			order = compareSteps(steps)
		}
		c.add(&problems, n, option, order)
		if tag := f.Text("tag"); tag != "" {
			c.tags[option] = tag
		}
		property, unit := f.Text("promise"), f.Text("unit")
		if property != "" {
			c.promises[option] = promise{property, unit}
			delete(c.orderings, option) // promises are compared as such
		}
		if topic, ok := semantic.ParseTopic(f.OneOf("means", semantic.Topics()...)); ok {
			c.means[option] = topic
			delete(c.orderings, option)
		}
		f.Done()
	}
	return c, problems.Err()
}

func (c contract) add(problems *document.Problems, n *document.Node, option name, order ordering) {
	if option != "" && !option.IsValid() {
		problems.Addf(n.At(), "want the full name of an option, such as acme.freshness, got %q", string(option))
		return
	}
	c.orderings[option] = order
}

// holds reports whether an option is a part of the contract.
func (c contract) holds(option name) bool {
	return option == httpOption || c.orderings[option] != nil || c.promises[option] != promise{} || c.hasMeaning(option)
}

func (c contract) hasMeaning(option name) bool {
	_, ok := c.means[option]
	return ok
}

// meanings lists what options say of the meaning of the element at span that has them.
func (c contract) meanings(options protoreflect.Message, at source.Span) []semantic.Fact {
	var all []semantic.Fact
	for _, option := range slices.Sorted(maps.Keys(c.means)) {
		if text := optionText(options, option); text != "" {
			if plain, err := strconv.Unquote(text); err == nil {
				text = plain
			}
			all = append(all, semantic.Fact{Topic: c.means[option], Name: string(option), Text: text, Span: at})
		}
	}
	return all
}

// compareExactly takes every difference for one that a consumer minds.
func compareExactly(base, head facts) (tighter, looser []string) {
	for _, at := range slices.Sorted(maps.Keys(unionOf(base, head))) {
		if a, b := base[at], head[at]; a.String() != b.String() || !slices.Equal(a.texts, b.texts) {
			tighter = append(tighter, strings.TrimSpace(at+" "+became(a, b)))
		}
	}
	return tighter, tighter
}

// compareNumbers takes a number for tighter if it goes in direction sign. A limit that
// comes is tighter than none.
func compareNumbers(sign int) ordering {
	return func(base, head facts) (tighter, looser []string) {
		for _, at := range slices.Sorted(maps.Keys(unionOf(base, head))) {
			a, before := base[at]
			b, after := head[at]
			words := strings.TrimSpace(at + " " + became(a, b))
			step := 0
			switch {
			case before && after && (a.number == nil || b.number == nil):
				if !slices.Equal(a.texts, b.texts) || (a.number == nil) != (b.number == nil) {
					tighter, looser = append(tighter, words), append(looser, words)
				}
			case !before:
				step = 1
			case !after:
				step = -1
			default:
				step = sign * b.number.Cmp(a.number)
			}
			switch step {
			case 1:
				tighter = append(tighter, words)
			case -1:
				looser = append(looser, words)
			}
		}
		return tighter, looser
	}
}

// compareSteps takes the later of steps for the tighter one. One that is not listed
// can be either; an option that is absent is looser than any.
func compareSteps(steps []string) ordering {
	rank := func(f facts) int {
		if len(f) == 0 {
			return -1
		}
		return slices.IndexFunc(steps, func(s string) bool { return s == plain(f[""]) })
	}
	return func(base, head facts) (tighter, looser []string) {
		words := []string{became(base[""], head[""])}
		a, b := rank(base), rank(head)
		switch {
		case maps.EqualFunc(base, head, func(a, b fact) bool { return a.String() == b.String() }):
			return nil, nil
		case a < 0 && len(base) > 0 || b < 0 && len(head) > 0:
			return words, words
		case a < b:
			return words, nil
		}
		return nil, words
	}
}

// plain is a fact as a person writes it, without quotes.
func plain(f fact) string {
	text := f.String()
	if unquoted, err := strconv.Unquote(text); err == nil {
		return unquoted
	}
	return text
}

// labels lists the labels that options of d stand for.
func (p *port) labels(d decl) []string {
	if len(p.contract.tags) == 0 {
		return nil
	}
	var all []string
	for _, option := range slices.Sorted(maps.Keys(p.contract.tags)) {
		f, ok := factsOf(d.Options().ProtoReflect(), option)[""]
		switch text := plain(f); {
		case !ok || text == "false":
		case text == "true":
			all = append(all, p.contract.tags[option])
		default:
			all = append(all, p.contract.tags[option]+":"+strings.ToLower(text))
		}
	}
	return all
}

// promise collects the objectives that options of the port's own elements set, and
// says which of them hold none.
func (p *port) promise() error {
	var problems document.Problems
	add := func(d decl, element change.Path) {
		for _, option := range slices.Sorted(maps.Keys(p.contract.promises)) {
			f, ok := factsOf(d.Options().ProtoReflect(), option)[""]
			if !ok {
				continue
			}
			said, at := p.contract.promises[option], p.at(d)
			limit, err := slo.Promised(said.property, slo.Word{Text: plain(f), Span: at}, slo.Word{Text: said.unit, Span: at})
			if err != nil {
				problems.Add(source.Errorf(at, "(%s) is to promise %s: %w", option, said.property, err))
				continue
			}
			p.promised = append(p.promised, slo.Objective{
				Property: slo.Property(said.property), Element: element, Limit: limit,
				Raw: strings.TrimSpace(plain(f) + " " + said.unit), ID: string(option), Span: at,
			})
		}
	}
	if len(p.contract.promises) == 0 {
		return nil
	}
	for _, f := range p.files {
		if f.own {
			add(f, "")
		}
	}
	for _, d := range p.order {
		if !p.own(d) || isEntry(d) {
			continue
		}
		add(d, pathOf(d))
		if m, ok := d.(message); ok {
			for i := range m.Fields().Len() {
				add(m.Fields().Get(i), pathOf(m.Fields().Get(i)))
			}
		}
	}
	return problems.Err()
}
