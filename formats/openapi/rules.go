package openapi

import (
	"embed"
	"slices"

	"github.com/breakwater-data/breakwater/checker/change"
)

//go:embed rules/*.txtar
var examples embed.FS

var rules = change.Rules{Examples: examples, List: slices.Concat(operationRules, exchangeRules, securityRules, elementRules, valueRules, annotationRules)}

// read is what breaks for whoever reads responses, sent for whoever sends requests.
const (
	read = change.Value | change.JSON | change.Code
	sent = change.Request | change.Code
)

// fixes that many rules share.
const (
	tellReaders = "Tell the consumers and wait until they handle it, or serve it under a new version or path."
	keepTaking  = "Accept what was accepted until no consumer sends it any more."
	nothingToDo = "Nothing has to be done."
)

// newRule returns a rule; its idea is its name where no other is known.
func newRule(name string, idea change.Idea, class change.Class, breaks change.Surface, title, why, fix string, peers ...string) *change.Rule {
	if idea == "" {
		idea = change.Idea(name)
	}
	return &change.Rule{ID: "openapi/" + name, Idea: idea, Title: title, Class: class, Breaks: breaks, Why: why, Fix: fix, Also: also(peers...)}
}

// breaksReaders returns a rule about responses that allow more than they did.
func breaksReaders(name string, idea change.Idea, title, why string, peers ...string) *change.Rule {
	return newRule(name, idea, change.Breaking, read, title, why, tellReaders, peers...)
}

// breaksSenders returns a rule about requests that allow less than they did.
func breaksSenders(name, title, why string, peers ...string) *change.Rule {
	return newRule(name, "", change.Breaking, sent, title, why, keepTaking, peers...)
}

// harmless returns a rule about what no consumer notices who does as the contract says.
func harmless(name string, idea change.Idea, title, why string, peers ...string) *change.Rule {
	return newRule(name, idea, change.Compatible, change.Code, title, why, nothingToDo, peers...)
}
