// Package pact finds consumers in Pact files, versions 1 to 4: what each request sends
// and what the consumer reads of the response, as its tests recorded it.
//
// A body stands for its members: those of a request are sent, those of a response are
// read, and what a response does not mention is not needed. Matching rules say how
// closely a value is looked at. A value without one has to be equal, so the consumer
// handles it, and may handle others that no test shows; a regular expression that lists
// words handles those and no others. Expressions are looked at and never run. Where the
// members are not told (an empty object, each key of a map, a body that is no JSON) all
// of it is needed.
//
// A file that is wrong somewhere still registers its consumer, for the whole port.
package pact

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breakwater-data/breakwater/checker/consumer"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// Limits of one file, besides those of a document.
const (
	MaxErrors = 20       // that are told
	MaxPaths  = 32 << 20 // bytes of the paths of all elements
	maxName   = 1024     // bytes of one name
	maxPath   = 4096     // bytes of the path of one element
	maxParts  = 5_000    // elements of one body
	maxValue  = 200      // bytes of a value that is kept
	maxValues = 50       // that a regular expression may list
)

// Read reads one file.
func Read(file string, text []byte, from consumer.Import, _ consumer.Queries) (consumer.Imported, error) {
	doc, err := document.ParseJSON(file, text)
	if err != nil {
		return consumer.Imported{}, err
	}
	r := &reader{from: from, left: MaxPaths}
	if doc == nil {
		r.fail(source.Top(file), "want a Pact file, got an empty one")
		return consumer.Imported{}, r.Err()
	}
	who, provider := r.name(doc, "consumer"), r.name(doc, "provider")
	if who == nil || provider == nil {
		return consumer.Imported{}, r.Err()
	}
	r.use = consumer.Use{Consumer: from.Named(who.Text), Evidence: from.Evidence(time.Time{}), Span: who.Span}
	r.provider = provider.Text
	r.version(doc)
	for _, n := range r.list(doc, "interactions") {
		r.interaction(n)
	}
	for _, n := range r.list(doc, "messages") {
		r.message(n, n.Get("contents"), r.contentType(n))
	}
	if r.count == 0 && r.wrong == 0 {
		r.notes = append(r.notes, source.Errorf(doc.At(), "%s expects nothing of %s, so it does not count", who.Text, r.provider))
	}
	if r.wrong > MaxErrors {
		r.Addf(source.Top(file), "%d more things are wrong", r.wrong-MaxErrors)
	}
	return consumer.Imported{Readings: r.readings(), Notes: r.notes}, r.Err()
}

type reader struct {
	document.Problems
	from     consumer.Import
	use      consumer.Use
	provider string
	isFourth bool // version 4 and later
	count    int  // interactions and messages
	wrong    int
	left     int // bytes that paths may still have

	calls    []consumer.Call
	messages map[string][]consumer.Call // by topic
	topics   []string
	unread   []string // what is not read, and counts for all
	notes    []*source.Error
}

// fail notes what is wrong, of which the first is told.
func (r *reader) fail(at source.Span, format string, args ...any) {
	if r.wrong++; r.wrong <= MaxErrors {
		r.Addf(at, format, args...)
	}
}

// readings returns what was read: calls, and messages by their topics.
func (r *reader) readings() (all []consumer.Reading) {
	add := func(calls []consumer.Call, topic string) {
		reading := consumer.Reading{Use: r.use, Calls: calls}
		reading.Ports, reading.Given = r.ports(topic)
		switch {
		case r.wrong > 0:
			reading.Calls, reading.Unclear = nil, "has a pact that cannot be read in full"
		case len(r.unread) > 0:
			reading.Calls, reading.Unclear = nil, "has a pact with "+r.unread[0]
		}
		all = append(all, reading)
	}
	if len(r.calls) > 0 || len(r.unread) > 0 || r.wrong > 0 { // what is not read may be of any port
		add(r.calls, "")
	}
	for _, topic := range r.topics {
		add(r.messages[topic], topic)
	}
	return all
}

// ports lists what the ports of the provider may be called, the best first, or those
// that the configuration gives it.
func (r *reader) ports(topic string) (names []string, given bool) {
	switch names = r.from.PortsOf(r.provider); {
	case names != nil:
		return names, true
	case topic == "":
		return []string{r.provider}, false
	}
	return []string{r.provider + "/" + topic, topic, r.provider}, false
}

// name returns the name of a participant; nil: there is none.
func (r *reader) name(doc *document.Node, key string) *document.Node {
	n := doc.Get(key).Get("name")
	switch {
	case doc.Get(key) == nil:
		r.fail(doc.At(), "want a Pact file, which names its %q", key)
	case n.String() == "" || n.Tag != document.String:
		r.fail(doc.Get(key).At(), "want a name for the %s", key)
	case len(n.Text) > maxName:
		r.fail(n.Span, "the name of the %s has %d bytes; the most is %d", key, len(n.Text), maxName)
	default:
		return n
	}
	return nil
}

// version reads which version of the specification the file is of. What does not say so
// is of one before the fourth.
func (r *reader) version(doc *document.Node) {
	meta := doc.Get("metadata")
	n := meta.Get("pactSpecification").Get("version")
	for _, older := range []*document.Node{meta.Get("pact-specification").Get("version"), meta.Get("pactSpecificationVersion")} {
		if n == nil {
			n = older
		}
	}
	if n == nil {
		return
	}
	switch major, _, _ := strings.Cut(n.String(), "."); major {
	case "1", "2", "3":
	case "4":
		r.isFourth = true
	default:
		r.fail(n.Span, "want version 1 to 4 of the Pact specification, got %q", clip(n.String()))
	}
}

// list returns the maps of a list.
func (r *reader) list(doc *document.Node, key string) []*document.Node {
	n := doc.Get(key)
	if !n.IsNull() && n.Kind != document.List {
		r.fail(n.Span, "want a list for %q", key)
	}
	return slices.DeleteFunc(slices.Clone(n.List()), func(one *document.Node) bool {
		if one.Kind != document.Map {
			r.fail(one.Span, "want each of %q as a map of keys and values", key)
		}
		return one.Kind != document.Map
	})
}

// member returns a member that is a map, if it is there.
func (r *reader) member(n *document.Node, key string) *document.Node {
	m := n.Get(key)
	if !m.IsNull() && m.Kind != document.Map {
		r.fail(m.Span, "want %q as a map of keys and values", key)
		return nil
	}
	return m
}

// interaction reads one interaction of any version.
func (r *reader) interaction(n *document.Node) {
	kind := n.Get("type")
	r.isFourth = r.isFourth || kind != nil
	switch {
	case kind == nil, kind.String() == "Synchronous/HTTP":
		r.count++
		r.exchange(n)
	case kind.String() == "Asynchronous/Messages":
		contents := n.Get("contents")
		r.message(n, contents, contents.Get("contentType").String())
	case kind.String() == "Synchronous/Messages":
		r.count++
		r.skip(n.At(), "synchronous messages, which are not read")
	default:
		r.fail(kind.Span, "want Synchronous/HTTP, Asynchronous/Messages or Synchronous/Messages, got %q", clip(kind.String()))
	}
}

// skip notes that something is not read, so that the consumer counts for the whole port.
func (r *reader) skip(at source.Span, what string) {
	r.unread = append(r.unread, what)
	if len(r.notes) < MaxErrors {
		r.notes = append(r.notes, source.Errorf(at, "%s has a pact with %s", r.use.ID, what))
	}
}

// message reads what the consumer takes of one message.
func (r *reader) message(n, contents *document.Node, contentType string) {
	r.count++
	topic := ""
	for _, key := range []string{"metadata", "metaData"} {
		meta := r.member(n, key)
		for _, name := range []string{"topic", "kafka_topic", "destination", "queue", "channel"} {
			if topic == "" && len(meta.Get(name).String()) <= maxName {
				topic = meta.Get(name).String()
			}
		}
	}
	call := consumer.Call{Span: place(n, "description")}
	rules := r.rules(n, "contents")
	b := body{reader: r, rules: rules, at: "body"}
	call.Reads = b.read(contents, contentType)
	if r.messages == nil {
		r.messages = make(map[string][]consumer.Call)
	}
	if r.messages[topic] == nil {
		r.topics = append(r.topics, topic)
	}
	r.messages[topic] = append(r.messages[topic], call)
}

// contentType returns the media type of a message before version 4.
func (r *reader) contentType(n *document.Node) string {
	for _, meta := range []*document.Node{n.Get("metadata"), n.Get("metaData")} {
		for _, key := range []string{"contentType", "content-type", "Content-Type"} {
			if text := meta.Get(key).String(); text != "" {
				return text
			}
		}
	}
	return ""
}

// place points at a member of n, or at n.
func place(n *document.Node, key string) source.Span {
	if at := n.Get(key); at != nil {
		return at.Span
	}
	return n.At()
}

// clip shortens a text for an error.
func clip(text string) string {
	const most = 60
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// thing names what stands at n, for an error.
func thing(n *document.Node) string {
	switch n.Kind {
	case document.List:
		return "a list"
	case document.Map:
		return "a map"
	}
	return fmt.Sprintf("%q", clip(n.Text))
}
