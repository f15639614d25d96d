// Package semantic compares what the elements of a port mean: the unit of a number,
// the zone of a time, what one row stands for, what a value is made of, the
// definition that it refers to, the scheme of an identifier. None of that shows in a
// type: every query still runs, and gives something else.
//
// A format says such things as facts ([Fact]), read from what its contract states
// and from nothing that it only suggests, and hands them over for each element that
// both sides have ([Diff]). What the facts mean is compared here, for all formats
// alike. A consumer that joins or groups by an element is hit harder than one that
// shows it: values that no longer stand for the same fall together, or apart,
// without a word. Which uses of an element these are, package consumer knows.
package semantic

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/source"
)

// A Topic is what a fact is about.
type Topic uint8

const (
	Unit       Topic = iota // what one of a number is: cent, kg, 1000 EUR
	Zone                    // of a time that does not say its own
	Grain                   // what one row of a table stands for
	Origin                  // what a value is made of, and how
	Definition              // the link to what says what the element is
	Identifier              // the scheme of an identifier: what its values are equal to elsewhere
)

// Topics lists what topics are called in configurations.
func Topics() []string { return topics[:] }

var topics = [...]string{Unit: "unit", Zone: "zone", Grain: "grain", Origin: "origin", Definition: "definition", Identifier: "identifier"}

// ParseTopic reads one of [Topics].
func ParseTopic(name string) (Topic, bool) {
	i := slices.Index(topics[:], name)
	return Topic(max(i, 0)), i >= 0
}

// A Fact is one thing that a contract states about what an element means.
type Fact struct {
	Topic Topic
	Name  string // in the contract's words: "transformLogic"; tells the facts of one topic apart
	Text  string // as written
	Span  source.Span
}

// Diff reports how what an element means became another thing. The element is at
// path, in what consumers have written down, and stands at baseAt and headAt: there
// a fact is missed that one side does not state.
func Diff(path change.Path, base, head []Fact, baseAt, headAt source.Span) []change.Change {
	if len(base) == 0 && len(head) == 0 {
		return nil
	}
	d := differ{path: path, baseAt: baseAt, headAt: headAt}
	was, now := group(base), group(head)
	all := maps.Clone(was)
	maps.Copy(all, now)
	for _, s := range slices.SortedFunc(maps.Keys(all), subject.compare) {
		d.compare(s, was[s], now[s])
	}
	return d.changes
}

// A subject is what facts answer: the unit, the text called transformLogic.
type subject struct {
	topic Topic
	name  string
}

func (s subject) compare(other subject) int {
	if s.topic != other.topic {
		return int(s.topic) - int(other.topic)
	}
	return strings.Compare(s.name, other.name)
}

func group(facts []Fact) map[subject][]Fact {
	groups := make(map[subject][]Fact)
	for _, f := range facts {
		s := subject{f.Topic, f.Name}
		if f.Topic == Unit || f.Topic == Zone || f.Topic == Definition {
			s.name = "" // however it is called, it is the same question
		}
		if f.meaning() != "" {
			groups[s] = append(groups[s], f)
		}
	}
	return groups
}

type differ struct {
	path           change.Path
	baseAt, headAt source.Span
	changes        []change.Change
}

// compare holds what both sides answer to one question against each other.
func (d *differ) compare(s subject, was, now []Fact) {
	lost, come := without(was, now), without(now, was)
	switch {
	case len(lost) == 0 && len(come) == 0:
	case s.topic == Definition && len(lost) == 0: // one more link takes no meaning away
	case len(was) == 0 && s.topic != Origin: // what nobody said may always have been so
		d.report(stated, s, nil, come)
	case len(now) == 0 && s.topic != Origin:
		d.report(unsaid, s, lost, nil)
	default:
		d.report(changed[s.topic], s, lost, come)
	}
}

// without lists the facts of a that mean something else than all of b.
func without(a, b []Fact) (rest []Fact) {
	for _, f := range a {
		if !slices.ContainsFunc(b, func(g Fact) bool { return f.meaning() == g.meaning() }) {
			rest = append(rest, f)
		}
	}
	return rest
}

func (d *differ) report(r *change.Rule, s subject, lost, come []Fact) {
	from, to := texts(lost), texts(come)
	c := change.Change{Rule: r, Path: d.path, Key: s.name, From: facts(lost), To: facts(come), Base: d.baseAt, Head: d.headAt}
	name := words[s.topic]
	if len(lost) > 0 {
		c.Base = lost[0].Span
		name = lost[0].about()
	}
	if len(come) > 0 {
		c.Head = come[0].Span
		name = come[0].about()
	}
	if r == stated || r == unsaid {
		c.Key = strings.TrimSpace(words[s.topic] + " " + s.name)
	}
	of := string(d.path)
	if change.Terms.Covers(d.path) {
		of = "the contract"
	}
	switch {
	case from == "":
		c.Detail = fmt.Sprintf("%s: %s is %s now, it was not said", of, name, excerpt(to))
	case to == "":
		c.Detail = fmt.Sprintf("%s: %s %s is no longer said", of, name, excerpt(from))
	default:
		c.Detail = fmt.Sprintf("%s: %s %s became %s", of, name, excerpt(from), excerpt(to))
		if c.Prose = change.NewProse(name, from, to); c.Prose != nil && max(len(from), len(to)) > mostQuoted {
			c.Detail = fmt.Sprintf("%s: %s changed", of, name) // its words say the rest
		}
	}
	d.changes = append(d.changes, c)
}

// words are what the topics are called where the contract has no word of its own.
var words = [...]string{Unit: "the unit", Zone: "the time zone", Grain: "the grain", Origin: "its origin", Definition: "the definition", Identifier: "the scheme of the identifier"}

// about names what f is about, to begin a sentence.
func (f Fact) about() string {
	if f.Topic == Origin && f.Name != "" {
		return f.Name
	}
	return words[f.Topic]
}

// texts joins what facts say, for people.
func texts(all []Fact) string {
	var said []string
	for _, f := range all {
		said = append(said, strings.TrimSpace(f.Text))
	}
	return strings.Join(said, ", ")
}

// facts joins what facts mean, for an approval to hold on to.
func facts(all []Fact) string {
	var said []string
	for _, f := range all {
		said = append(said, f.meaning())
	}
	slices.Sort(said)
	return change.Fingerprint(strings.Join(said, ", "))
}

// mostQuoted is how much of a text a sentence quotes.
const mostQuoted = 60

// excerpt quotes the beginning of a text.
func excerpt(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > mostQuoted {
		runes = append(runes[:mostQuoted], '…')
	}
	return fmt.Sprintf("%q", string(runes))
}
