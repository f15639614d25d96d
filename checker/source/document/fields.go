package document

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agext/levenshtein"
	"github.com/breakwater-data/breakwater/checker/source"
)

// Problems gathers what is wrong in a document that we define, so that one run
// tells all of it. The zero Problems is ready for use.
type Problems struct {
	errs  []error
	spare []string // for the next Fields to note what it was asked for
}

// Err returns all that was added, joined; nil if nothing was.
func (p *Problems) Err() error { return errors.Join(p.errs...) }

// Add adds err unless it is nil.
func (p *Problems) Add(err error) {
	if err != nil {
		p.errs = append(p.errs, err)
	}
}

// Addf adds an error at n.
func (p *Problems) Addf(at source.Span, format string, args ...any) {
	p.Add(source.Errorf(at, format, args...))
}

// Fields reads the members of one Map strictly: a member that nobody asks for
// before [Fields.Done] is an error, and so is one of the wrong kind. The
// methods return the zero value for what is absent or wrong.
type Fields struct {
	Node     *Node
	problems *Problems
	asked    []string
}

// Fields reads n, which should be a Map; what names it in an error. An absent n
// has no members.
func (p *Problems) Fields(n *Node, what string) *Fields {
	if !n.IsNull() && n.Kind != Map {
		p.Addf(n.Span, "want %s as a map of keys and values, got %s", what, n.describe())
		n = nil
	}
	return &Fields{Node: n, problems: p}
}

// describe says what n is, for an error.
func (n *Node) describe() string {
	switch {
	case n.IsNull():
		return "nothing"
	case n.Kind == List:
		return "a list"
	case n.Kind == Map:
		return "a map"
	}
	return quote(n.Text)
}

// Has reports whether key is given and not null.
func (f *Fields) Has(key string) bool { return !f.Any(key).IsNull() }

// Any returns the value of key, whatever it is.
func (f *Fields) Any(key string) *Node {
	if f.asked == nil {
		if f.asked, f.problems.spare = f.problems.spare, nil; f.asked == nil {
			f.asked = make([]string, 0, 20) // most of what is read has fewer members
		}
	}
	f.asked = append(f.asked, key)
	return f.Node.Get(key)
}

// At returns where the value of key stands, else where the map does.
func (f *Fields) At(key string) source.Span {
	if n := f.Node.Get(key); n != nil {
		return n.Span
	}
	return f.Node.At()
}

// Text returns the text of a scalar.
func (f *Fields) Text(key string) string {
	n := f.Any(key)
	if !n.IsNull() && n.Kind != Scalar {
		f.problems.Addf(n.Span, "want a text for %q, got %s", key, n.describe())
	}
	return n.String()
}

// Required is Text for a member that must be given.
func (f *Fields) Required(key string) string {
	text := f.Text(key)
	if n := f.Node.Get(key); text == "" && (n.IsNull() || n.Kind == Scalar) {
		f.missing(key)
	}
	return text
}

// Require reports a member that must be given, of whatever kind, and is not.
func (f *Fields) Require(key string) {
	if !f.Has(key) {
		f.missing(key)
	}
}

func (f *Fields) missing(key string) {
	if f.Node != nil {
		f.problems.Addf(f.At(key), "want a value for %q", key)
	}
}

// OneOf is Text for a member that takes one of few values.
func (f *Fields) OneOf(key string, values ...string) string {
	text := f.Text(key)
	if text != "" && !slices.Contains(values, text) {
		f.problems.Addf(f.At(key), "want %s for %q, got %s%s", listed(values), key, quote(text), near(text, values))
		return ""
	}
	return text
}

// Bool returns a member that is true or false.
func (f *Fields) Bool(key string) bool {
	n := f.Any(key)
	switch {
	case n.IsNull():
	case n.Kind == Scalar && n.Tag == Bool:
		return strings.EqualFold(n.Text, "true")
	default:
		f.problems.Addf(n.Span, "want true or false for %q, got %s", key, n.describe())
	}
	return false
}

// Date returns a member that is a date or a time stamp.
func (f *Fields) Date(key string) time.Time {
	text := f.Text(key)
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	if text != "" {
		f.Problem(key, "want a date such as 2027-01-31, got %q", text)
	}
	return time.Time{}
}

// List returns the items of a member that is a list.
func (f *Fields) List(key string) []*Node {
	n := f.Any(key)
	if !n.IsNull() && n.Kind != List {
		f.problems.Addf(n.Span, "want a list for %q, got %s", key, n.describe())
	}
	return n.List()
}

// Texts returns the texts of a member that is a list of scalars.
func (f *Fields) Texts(key string) []string {
	var texts []string
	for _, n := range f.List(key) {
		if n.IsNull() || n.Kind != Scalar {
			f.problems.Addf(n.Span, "want a text in the list %q, got %s", key, n.describe())
			continue
		}
		texts = append(texts, n.Text)
	}
	return texts
}

// Fields returns the members of a member that is a map.
func (f *Fields) Fields(key string) *Fields {
	return f.problems.Fields(f.Any(key), fmt.Sprintf("%q", key))
}

// Each returns the members of each map in a list.
func (f *Fields) Each(key string) []*Fields {
	var all []*Fields
	for _, n := range f.List(key) {
		all = append(all, f.problems.Fields(n, fmt.Sprintf("each of %q", key)))
	}
	return all
}

// Problem adds an error at the value of key.
func (f *Fields) Problem(key, format string, args ...any) {
	f.problems.Addf(f.At(key), format, args...)
}

// Done reports every member that nobody asked for.
func (f *Fields) Done() {
	if f.Node == nil {
		return
	}
	for _, key := range f.Node.Keys {
		if !slices.Contains(f.asked, key.Text) {
			f.problems.Addf(key.Span, "unknown key %s%s", quote(key.Text), Suggest(key.Text, f.asked))
		}
	}
	f.asked, f.problems.spare = nil, f.asked[:0]
}

// Suggest says which of known a person may have meant, or which there are if
// they are few, as the tail of a sentence.
func Suggest(text string, known []string) string {
	if tail := near(text, known); tail != "" || len(known) == 0 || len(known) > 12 {
		return tail
	}
	return "; known: " + listed(known)
}

func near(text string, known []string) string {
	best, score := "", 0.0
	for _, k := range known {
		if s := levenshtein.Similarity(strings.ToLower(text), strings.ToLower(k), nil); s > score {
			best, score = k, s
		}
	}
	if score < 0.6 {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

func listed(words []string) string {
	words = slices.Compact(slices.Sorted(slices.Values(words)))
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
