package schema

import (
	"slices"
	"strings"
)

// The ladder of classification labels, each step with its synonyms.
var ladder = [][]string{
	{"public", "open", "unclassified"},
	{"internal", "internal use", "internal use only"},
	{"confidential", "sensitive"},
	{"restricted", "highly confidential"},
	{"secret", "strictly confidential"},
	{"top secret"},
}

// Sensitivity ranks a classification label: public is 0, and what is more
// sensitive ranks higher. A label of a team's own has no rank.
func Sensitivity(label string) (rank int, ok bool) {
	label = strings.Join(strings.FieldsFunc(strings.ToLower(label), func(r rune) bool {
		return r == ' ' || r == '-' || r == '_'
	}), " ")
	rank = slices.IndexFunc(ladder, func(step []string) bool { return slices.Contains(step, label) })
	return max(rank, 0), rank >= 0
}
