package odcs

import (
	"slices"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
	"github.com/breakwater-data/breakwater/checker/semantic"
	"github.com/breakwater-data/breakwater/checker/source"
	"github.com/breakwater-data/breakwater/checker/source/document"
)

// meant are the members, and the custom properties, by which a contract states what an
// element means. The standard has the first three; the others are what teams call what
// it has no member for. They are written in any case, and with or without separators.
var meant = map[string]semantic.Topic{
	"transformlogic": semantic.Origin, "transformsourceobjects": semantic.Origin, "datagranularitydescription": semantic.Grain,
	"grain": semantic.Grain, "granularity": semantic.Grain,
	"unit": semantic.Unit, "units": semantic.Unit, "unitofmeasure": semantic.Unit, "uom": semantic.Unit, "currency": semantic.Unit,
	"timezone": semantic.Zone, "tz": semantic.Zone,
	"identifierscheme": semantic.Identifier, "identifiersystem": semantic.Identifier, "idscheme": semantic.Identifier, "idsystem": semantic.Identifier,
}

func topicOf(key string) (semantic.Topic, bool) {
	topic, ok := meant[strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(key))]
	return topic, ok
}

// meanings lists what an object or a property states of what it means, the links to
// its definitions apart.
func meanings(n *document.Node) []semantic.Fact {
	if n == nil {
		return nil
	}
	var all []semantic.Fact
	add := func(key, value *document.Node) {
		if topic, ok := topicOf(key.Text); ok && !value.IsNull() {
			all = append(all, semantic.Fact{Topic: topic, Name: key.Text, Text: said(value), Span: memberSpan(key, value)})
		}
	}
	for i, key := range n.Keys {
		add(key, n.Items[i])
	}
	if custom, ok := properties(n.Get("customProperties")); ok {
		for i, key := range custom.Keys {
			add(key, custom.Items[i])
		}
	}
	return all
}

// said returns a value as a text: of a list, whose order means nothing, its items.
func said(n *document.Node) string {
	if n.Kind == document.Scalar {
		return n.Text
	}
	var texts []string
	for _, item := range n.List() {
		if item.Kind != document.Scalar {
			return fact(n)
		}
		texts = append(texts, item.Text)
	}
	if n.Kind != document.List {
		return fact(n)
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

// definitionsOf lists the links that say what an element, or the contract, is.
func definitionsOf(n *document.Node, at source.Span) []semantic.Fact {
	var all []semantic.Fact
	for _, l := range n.List() {
		if purposeOf(l.Get("type").String()) == meaningful {
			all = append(all, semantic.Fact{Topic: semantic.Definition, Name: "authoritativeDefinitions", Text: l.Get("url").String(), Span: at})
		}
	}
	return all
}

// proseOf returns the texts in a member that changed: its own, or those of what it
// holds.
func proseOf(f field) []change.Prose {
	if isMap(f.base) && isMap(f.head) && (!f.base.IsNull() || !f.head.IsNull()) {
		var all []change.Prose
		for _, inner := range f.inner("").fields() {
			if !isMap(inner.base) || !isMap(inner.head) {
				all = append(all, proseOf(inner)...)
			}
		}
		return all
	}
	if f.base.IsNull() || f.head.IsNull() || f.base.Kind != document.Scalar || f.head.Kind != document.Scalar {
		return nil
	}
	return change.NewProse(f.key, f.base.Text, f.head.Text)
}
