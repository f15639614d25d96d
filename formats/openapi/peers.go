package openapi

import (
	_ "embed"
	"strings"

	"github.com/breakwater-data/breakwater/checker/change"
)

// oasdiffText lists the checks of the peer with the level of each.
//
//go:embed oasdiff.txt
var oasdiffText string

// oasdiffLevels has ERR, WARN or INFO for each check.
var oasdiffLevels = readLevels(oasdiffText)

func readLevels(text string) map[string]string {
	levels := make(map[string]string)
	for line := range strings.Lines(text) {
		level, id, ok := strings.Cut(strings.TrimSpace(line), " ")
		if ok && level != "#" {
			levels[id] = level
		}
	}
	return levels
}

const oasdiff = "oasdiff:"

// also names checks of the peer, in which * stands for any part.
func also(patterns ...string) []string {
	ids := make([]string, len(patterns))
	for i, p := range patterns {
		ids[i] = oasdiff + p
	}
	return ids
}

// peers makes what a finding is also called. A name that the peer does not have is left
// out: it has a check for a keyword at one place and none at another.
func peers(ids ...string) (all []change.Peer) {
	for _, id := range ids {
		if _, ok := oasdiffLevels[id]; ok {
			all = append(all, change.Peer{ID: oasdiff + id})
		}
	}
	return all
}

// A place is where a schema stands, in the words of the peer.
type place uint8

const (
	body place = iota
	property
	parameter
	parameterProperty
	header
	headerProperty
	nowhere // the peer looks at nothing there
)

// inside returns the place of what stands within a schema at p.
func (p place) inside() place {
	switch p {
	case body, property:
		return property
	case parameter, parameterProperty:
		return parameterProperty
	case header:
		return headerProperty
	}
	return p
}

// id names a check of the peer for a schema at x: request-property-max-length-set.
func (x situation) id(fact string) string {
	if x.place == headerProperty || x.place == nowhere {
		return ""
	}
	side := "response-"
	if x.asWritten() {
		side = "request-"
	}
	return side + [...]string{"body-", "property-", "parameter-", "parameter-property-", "header-"}[x.place] + fact
}
